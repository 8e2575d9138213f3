#include "text_probe.h"

/* In expected texts '/' separates paragraphs and '|' tokens. */

static void blank_lines_part_paragraphs(void **state)
{
    (void)state;
    const char *text = "a b\nc\n\nd\n \t\ne\n\n\n\nf\n";
    assert_joined(text, TT_PARAGRAPHS_AUTO, "a|b|c/d/e/f");
    assert_joined(text, TT_PARAGRAPHS_BLANK, "a|b|c/d/e/f");
    assert_joined(text, TT_PARAGRAPHS_LINE, "a|b/c/d/e/f");
    assert_joined(text, TT_PARAGRAPHS_NONE, "a|b|c|d|e|f");
}

static void every_kind_of_line_end_counts(void **state)
{
    (void)state;
    assert_joined("a\r\nb\r\n\r\nc\r\nd", TT_PARAGRAPHS_AUTO, "a|b/c|d");
    assert_joined("a\rb\r\rc", TT_PARAGRAPHS_AUTO, "a|b/c");
    assert_joined("a\rb\nc\r\nd\u2028e\u2029f", TT_PARAGRAPHS_LINE, "a/b/c/d/e/f");
    assert_joined("a\u2028\u2028b\nc", TT_PARAGRAPHS_AUTO, "a/b|c");
    assert_joined("a\nb\u2029c\nd", TT_PARAGRAPHS_BLANK, "a|b/c|d");
    assert_joined("a\r\nb", TT_PARAGRAPHS_BLANK, "a|b");
    assert_joined("a\n\rb", TT_PARAGRAPHS_BLANK, "a/b");
}

static void white_space_of_any_kind_is_blank(void **state)
{
    (void)state;
    assert_joined("a\n\u3000\u00A0\u2003\nb\nc", TT_PARAGRAPHS_AUTO, "a/b|c");
    assert_joined("a\n\uFEFF\u200B\nb\nc", TT_PARAGRAPHS_AUTO, "a/b|c");
    assert_joined("a\n\v\f\nb\nc", TT_PARAGRAPHS_AUTO, "a/b|c");
}

static void lines_without_tokens_are_no_paragraphs(void **state)
{
    (void)state;
    assert_joined("***\n\na\n\n---\n\nb\n\n***", TT_PARAGRAPHS_AUTO, "a/b");
    assert_joined("***\na\n---\nb\n***\n", TT_PARAGRAPHS_LINE, "a/b");
    assert_joined("a\n---\nb", TT_PARAGRAPHS_BLANK, "a|b");
    assert_joined("\n\n\n", TT_PARAGRAPHS_AUTO, "");
    assert_joined("* * *", TT_PARAGRAPHS_NONE, "");
}

static void blank_lines_at_the_ends_part_nothing(void **state)
{
    (void)state;
    assert_joined("\n\nFirst line.\nSecond line.\n\n", TT_PARAGRAPHS_AUTO,
                  "First|line/Second|line");
}

static void without_blank_lines_a_line_is_a_paragraph(void **state)
{
    (void)state;
    assert_joined("Headline of it\nThe first paragraph.\nThe second one, which is longer.\nEnd.",
                  TT_PARAGRAPHS_AUTO,
                  "Headline|of|it/The|first|paragraph/The|second|one|which|is|longer/End");
    /* lines of lists have any width */
    assert_joined("Apples\nPears of the north\nPlums\nCherries and so on\nFigs", TT_PARAGRAPHS_AUTO,
                  "Apples/Pears|of|the|north/Plums/Cherries|and|so|on/Figs");
}

static void wrapped_lines_are_joined(void **state)
{
    (void)state;
    assert_joined("Officials said that the new\nbridge would open in the\nspring of next year.\n"
                  "Nobody believed it at the\ntime.\nIt took another decade to\nfinish the work.\n",
                  TT_PARAGRAPHS_AUTO,
                  "Officials|said|that|the|new|bridge|would|open|in|the|spring|of|next|year|Nobody|"
                  "believed|it|at|the|time/It|took|another|decade|to|finish|the|work");
}

static void an_indented_line_starts_a_paragraph(void **state)
{
    (void)state;
    assert_joined("The ministry confirmed the\nreport on Monday evening.\n"
                  "    Later it was withdrawn by\nthe same ministry, in full.\n"
                  "    No reason was ever given\nfor that.\n",
                  TT_PARAGRAPHS_AUTO,
                  "The|ministry|confirmed|the|report|on|Monday|evening/Later|it|was|withdrawn|by|"
                  "the|same|ministry|in|full/No|reason|was|ever|given|for|that");
}

static void a_heading_stands_alone_in_wrapped_text(void **state)
{
    (void)state;
    assert_joined("The market fell for a third\nday, and traders were not\nsurprised at all.\n"
                  "Outlook\nAnalysts expect that prices\nwill go on falling until\nthe summer.\n",
                  TT_PARAGRAPHS_AUTO,
                  "The|market|fell|for|a|third|day|and|traders|were|not|surprised|at|all/Outlook/"
                  "Analysts|expect|that|prices|will|go|on|falling|until|the|summer");
}

static void wrapped_lines_of_scripts_without_case_are_joined(void **state)
{
    (void)state;
    /* Hebrew letters instead of words: only widths decide. */
    assert_joined(
        "\u05D0\u05D1\u05D2\u05D3 \u05D4\u05D5\u05D6\u05D7 \u05D8\u05D9\u05DB\u05DC "
        "\u05DE\u05E0\u05E1\n"
        "\u05D0\u05D1\u05D2\u05D3 \u05D4\u05D5\u05D6\u05D7 \u05D8\u05D9\u05DB\u05DC \u05DE\u05E0\n"
        "\u05D0\u05D1\u05D2\u05D3 \u05D4\u05D5\u05D6\u05D7 \u05D8\u05D9\u05DB\u05DC "
        "\u05DE\u05E0\u05E1\n"
        "\u05D0\u05D1\u05D2\u05D3 \u05D4\u05D5\u05D6\u05D7 \u05D8\u05D9\u05DB\u05DC "
        "\u05DE\u05E0\u05E1\n"
        "\u05D0\u05D1\u05D2",
        TT_PARAGRAPHS_AUTO,
        "\u05D0\u05D1\u05D2\u05D3|\u05D4\u05D5\u05D6\u05D7|\u05D8\u05D9\u05DB\u05DC|"
        "\u05DE\u05E0\u05E1|"
        "\u05D0\u05D1\u05D2\u05D3|\u05D4\u05D5\u05D6\u05D7|\u05D8\u05D9\u05DB\u05DC|\u05DE\u05E0|"
        "\u05D0\u05D1\u05D2\u05D3|\u05D4\u05D5\u05D6\u05D7|\u05D8\u05D9\u05DB\u05DC|"
        "\u05DE\u05E0\u05E1|"
        "\u05D0\u05D1\u05D2\u05D3|\u05D4\u05D5\u05D6\u05D7|\u05D8\u05D9\u05DB\u05DC|"
        "\u05DE\u05E0\u05E1|"
        "\u05D0\u05D1\u05D2");
}

static void lines_longer_than_any_column_are_paragraphs(void **state)
{
    (void)state;
    char text[600];
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        memset(text + n, 'x', 130);
        memcpy(text + n + 130, "\nand", 4);
        n += 134;
    }
    probe p = probe_open(text, n, TT_PARAGRAPHS_AUTO);
    assert_int_equal(p.added.paragraph_count, 5);
    probe_close(&p);
}

static void a_paragraph_has_the_same_key_in_any_article(void **state)
{
    (void)state;
    probe a = probe_text("one two\n\nThree four, five\n\nsix");
    probe b = probe_text("Zero.\n\n\"three FOUR\nfive\"\n\nmore");
    probe c = probe_text("three four five");
    assert_int_equal(a.added.paragraph_count, 3);
    assert_int_equal(b.added.paragraph_count, 3);
    assert_true(tti_hash128_equal(a.store.paragraphs[1].key, b.store.paragraphs[1].key));
    assert_true(tti_hash128_equal(a.store.paragraphs[1].key, c.store.paragraphs[0].key));
    assert_true(tti_hash128_equal(c.added.key, c.store.paragraphs[0].key));
    assert_false(tti_hash128_equal(a.store.paragraphs[0].key, a.store.paragraphs[1].key));
    assert_false(tti_hash128_equal(a.added.key, b.added.key));
    probe_close(&a);
    probe_close(&b);
    probe_close(&c);
}

static void a_rewrapped_article_has_the_same_key(void **state)
{
    (void)state;
    assert_same("The first line\nof it.\n\nAnd more of\nit",
                "The first line of it.\nAnd more of it");
}

static void first_tokens_are_flagged(void **state)
{
    (void)state;
    const uint8_t both = TTI_TOKEN_PARAGRAPH | TTI_TOKEN_SENTENCE;
    probe p = probe_text("a b\nc\n\nd e");
    for (uint32_t i = 0; i < p.added.token_count; i++)
        p.store.flags[i] &= (uint8_t) ~(TTI_TOKEN_KIND | TTI_TOKEN_UPPER);
    assert_int_equal(p.store.flags[0], both);
    assert_int_equal(p.store.flags[1], 0);
    assert_int_equal(p.store.flags[2], 0);
    assert_int_equal(p.store.flags[3], both);
    assert_int_equal(p.store.flags[4], 0);
    probe_close(&p);
}

/* Paragraphs cover all tokens, in order, none empty, in every mode. */
static void paragraphs_cover_the_tokens(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",  "Bc",     " ",      "  ",     "\n",
                                         "\r", "\n\n",   "\r\n",   ".",      "-",
                                         "\t", "\u4E2D", "\u2028", "\u2029", "\u00E9 "};
    uint64_t random = test_seed(7);
    for (int round = 0; round < 4000; round++) {
        char text[400];
        size_t size = 0;
        const size_t count = next_random(&random) % 100;
        for (size_t i = 0; i < count; i++) {
            const char *piece = pieces[next_random(&random) % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        for (int mode = TT_PARAGRAPHS_AUTO; mode <= TT_PARAGRAPHS_NONE; mode++) {
            probe p = probe_open(text, size, (tt_paragraphs)mode);
            uint32_t end = 0;
            for (uint32_t i = 0; i < p.added.paragraph_count; i++) {
                const tti_paragraph *paragraph = &p.store.paragraphs[i];
                assert_int_equal(paragraph->begin, end);
                assert_true(paragraph->end > paragraph->begin);
                end = paragraph->end;
            }
            assert_int_equal(end, p.added.token_count);
            probe_close(&p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_lines_part_paragraphs),
        cmocka_unit_test(every_kind_of_line_end_counts),
        cmocka_unit_test(white_space_of_any_kind_is_blank),
        cmocka_unit_test(lines_without_tokens_are_no_paragraphs),
        cmocka_unit_test(blank_lines_at_the_ends_part_nothing),
        cmocka_unit_test(without_blank_lines_a_line_is_a_paragraph),
        cmocka_unit_test(wrapped_lines_are_joined),
        cmocka_unit_test(an_indented_line_starts_a_paragraph),
        cmocka_unit_test(a_heading_stands_alone_in_wrapped_text),
        cmocka_unit_test(wrapped_lines_of_scripts_without_case_are_joined),
        cmocka_unit_test(lines_longer_than_any_column_are_paragraphs),
        cmocka_unit_test(a_paragraph_has_the_same_key_in_any_article),
        cmocka_unit_test(a_rewrapped_article_has_the_same_key),
        cmocka_unit_test(first_tokens_are_flagged),
        cmocka_unit_test(paragraphs_cover_the_tokens),
    };
    return cmocka_run_group_tests_name("paragraph", tests, NULL, NULL);
}
