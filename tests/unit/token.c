#include "text_probe.h"

static void punctuation_and_white_space_separate(void **state)
{
    (void)state;
    assert_tokens("", "");
    assert_tokens(" \t\r\n.,;!?()[]<>&%$#@*_+=|~^\\/\"'", "");
    assert_tokens("Hello, World!", "Hello|World");
    assert_tokens("don't re-enter snake_case", "don|t|re|enter|snake|case");
    assert_tokens("don\u2019t \u201cquoted\u201d\u2014dash\u2026end", "don|t|quoted|dash|end");
    assert_tokens("<a href=\"x\">y</a>", "a|href|x|y|a");
    assert_tokens("a\u00A0b\u3000c\u2003d\xC2\x85"
                  "e",
                  "a|b|c|d|e");
}

static void letters_and_digits_run_together(void **state)
{
    (void)state;
    assert_tokens("3.5 1,000 2nd 0x7F B2B 19h30", "3|5|1|000|2nd|0x7F|B2B|19h30");
    assert_tokens("x\u00B2 \u2167 \u00BD \u2460", "x\u00B2|\u2167|\u00BD|\u2460");
    assert_tokens("\u0661\u0662\u0663 \u0967\u0968 \uFF11\uFF12",
                  "\u0661\u0662\u0663|\u0967\u0968|\uFF11\uFF12");
}

static void control_characters_separate_and_nul_does_not_end_a_text(void **state)
{
    (void)state;
    const char text[] = "one\0two\x01three\x7F";
    probe p = probe_open(text, sizeof text - 1, TT_PARAGRAPHS_AUTO);
    assert_int_equal(p.added.token_count, 3);
    assert_int_equal(p.begins[1], 4);
    probe_close(&p);
}

static void emoji_and_symbols_separate(void **state)
{
    (void)state;
    assert_tokens("up\U0001F600down\u2764\uFE0Fheart", "up|down|heart");
    assert_tokens("\U0001F468\u200D\U0001F469\u200D\U0001F467 family", "family");
    assert_tokens("\U0001F44D\U0001F3FD #\uFE0F\u20E3 \U0001F1E9\U0001F1EA", "");
    assert_tokens("5\u20AC \u00A35 10\u00B0C 5\u00D76", "5|5|10|C|5|6");
    assert_tokens("\uE000\uFFFD\U000F0000 x", "x");
}

static void marks_belong_to_the_character_they_stand_on(void **state)
{
    (void)state;
    assert_tokens("e\u0301a", "e\u0301a");
    assert_tokens(" \u0301a", "a");
    assert_tokens("=\u0338b", "b");
    assert_tokens("\u4E2D\u0301x", "\u4E2D\u0301|x");
}

static void format_characters_inside_a_word_count_for_nothing(void **state)
{
    (void)state;
    assert_tokens("soft\u00ADhyphen", "soft\u00ADhyphen");
    assert_tokens("trailing\u00AD end\u2060", "trailing|end");
    assert_tokens("\uFEFFbom \u202Aleft\u202C", "bom|left");
    assert_tokens("a\u00AD\u200D\u00ADb", "a\u00AD\u200D\u00ADb");
    assert_tokens("\u00AD\u2060", "");
    assert_same("soft\u00ADhyphen no\u2060break", "softhyphen nobreak");
    assert_same("\u0643\u062A\u0640\u0640\u0627\u0628", "\u0643\u062A\u0627\u0628");
    assert_same("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                "\u0645\u06CC\u062E\u0648\u0627\u0647\u0645");
    assert_same("e\u200D\u0301", "\u00E9");
}

static void zero_width_space_separates(void **state)
{
    (void)state;
    assert_tokens("zero\u200Bwidth \u200Bspace\u200B", "zero|width|space");
    assert_same("\u1780\u17B6\u200B\u1781", "\u1780\u17B6\u1781");
}

static void all_apostrophes_separate(void **state)
{
    (void)state;
    assert_same("don't the ministers' '20s", "don\u2019t the ministers\u2019 \u201820s");
    assert_same("don't", "don\u02BCt");
    assert_same("don't", "don\uFF07t");
    assert_same("\u043F'\u044F\u0442\u044C", "\u043F\u02BC\u044F\u0442\u044C");
    assert_same("Hawai'i 'okina", "Hawai\u02BBi \u02BBokina");
    assert_same("\"quoted\" 'twice'", "\u201Cquoted\u201D \u2018twice\u2019");
    assert_same("\"quoted\"", "\u00ABquoted\u00BB");
}

static void digits_of_all_scripts_are_equal(void **state)
{
    (void)state;
    assert_same("12 3.5 2034", "\u0661\u0662 \u0663\u066B\u0665 \u0662\u0660\u0663\u0664");
    assert_same("12 60789", "\u06F1\u06F2 \u06F6\u06F0\u06F7\u06F8\u06F9");
    assert_same("12 34", "\u0967\u0968 \u0969\u096A");
    assert_same("90 12", "\u0E59\u0E50 \uFF11\U0001D7D0");
    assert_same("19 80", "\U0001E141\U0001E149 \U000104A8\U000104A0");
    assert_same("covid19", "COVID\u0661\u0669");
    probe p = probe_text("\u0662\u0660 2nd x2");
    assert_int_equal(p.store.flags[0] & TTI_TOKEN_NUMERAL, TTI_TOKEN_NUMERAL);
    probe_close(&p);
}

static void digits_part_from_letters_outside_latin(void **state)
{
    (void)state;
    assert_tokens("15\u0627\u06AF\u0633\u062A \u06F5\u06F9\u0641",
                  "15|\u0627\u06AF\u0633\u062A|\u06F5\u06F9|\u0641");
    assert_tokens("\u05D1\u05BE2034 \u05D12034", "\u05D1|2034|\u05D1|2034");
    assert_tokens("3\uC6D4 \uC81C3\uCC28", "3|\uC6D4|\uC81C|3|\uCC28");
    assert_tokens("3\u0301\u200D\u0641", "3\u0301|\u0641");
    assert_tokens("\u0401\u00B2 caf\u00E9\u0662 2\u00E8me \u0661st \u21675",
                  "\u0401\u00B2|caf\u00E9\u0662|2\u00E8me|\u0661st|\u21675");
}

/* The first line of a text of `lines` lines. */
static char *in_lines(const char *first, int lines)
{
    char *text = malloc(strlen(first) + (size_t)lines * 8);
    assert_non_null(text);
    strcpy(text, first);
    for (int k = 1; k < lines; k++)
        strcat(text, "\nmore");
    return text;
}

static void words_cut_by_the_end_of_a_line_are_joined(void **state)
{
    (void)state;
    assert_tokens("commu-\nnications be-\r\ntween a-\rb", "commu-\nnications|be-\r\ntween|a-\rb");
    assert_same("The commu-\nnications be-\r\ntween Bra- \n  bant",
                "The communications between Brabant");
    assert_same("Gen\u00E8-\nve vo\u00AD\nte sur-\u00ACx vi\u00AC\nlle "
                "\u043C\u043E\u0441\u2010\n\u043A\u0432\u0430",
                "Gen\u00E8ve vote sur x ville \u043C\u043E\u0441\u043A\u0432\u0430");
    assert_same("cafe\u0301-\nte\u0301ria be-\ntween\n\nun-\n\nder",
                "caf\u00E9t\u00E9ria between un der");
    assert_same("one-\ntwo-\nthree", "one twothree");
    assert_same(
        "out-of-\ntown well-\nto-do 3rd-\nplace 15-\nyear anti-\nAmerican a/b-\nc \u4E2D-\nx",
        "out of town well to do 3rd place 15 year anti American a b c \u4E2D x");
    assert_same("-\nx y -\nz", "x y z");
}

static void a_joined_word_has_the_flags_and_lines_of_a_word(void **state)
{
    (void)state;
    probe p = probe_text("It ended. Sep-\ntember was thir-\nteen\n\nBra-\nbant");
    assert_int_equal(p.added.token_count, 6);
    assert_int_equal(p.store.flags[2],
                     TTI_TOKEN_DATE_WORD | TTI_TOKEN_CAPITAL | TTI_TOKEN_SENTENCE);
    assert_int_equal(p.store.flags[4], TTI_TOKEN_NUMBER_WORD);
    assert_int_equal(p.store.flags[5] & ~TTI_TOKEN_KIND,
                     TTI_TOKEN_CAPITAL | TTI_TOKEN_SENTENCE | TTI_TOKEN_PARAGRAPH);
    assert_int_equal(p.added.paragraph_count, 2);
    assert_int_equal(p.store.paragraphs[1].begin, 5);
    assert_int_equal(p.begins[4], 26);
    assert_int_equal(p.ends[4], 36);
    assert_int_equal(p.begins[5], 38);
    probe_close(&p);
}

static void text_without_hyphenation_keeps_its_compounds(void **state)
{
    (void)state;
    char *hyphenated = in_lines("well-\nknown", 15), *wrapped = in_lines("well-\nknown", 16);
    probe p = probe_text(hyphenated), q = probe_text(wrapped);
    assert_int_equal(p.added.token_count, 15);
    assert_int_equal(q.added.token_count, 17);
    probe_close(&p);
    probe_close(&q);
    free(hyphenated);
    free(wrapped);
}

static void yehs_and_kafs_are_equal(void **state)
{
    (void)state;
    assert_same("\u064A\u0643", "\u06CC\u06A9");
    assert_same("\u0641\u064A", "\u0641\u0649");
    assert_same("\u0626", "\u06CC\u0654");
    assert_same("\uFBFD\uFB8F", "\u06CC\u06A9");
}

static void han_and_kana_are_a_token_a_character(void **state)
{
    (void)state;
    assert_tokens("A\u80A1 B\u80A1", "A|\u80A1|B|\u80A1");
    assert_tokens("\u4E2D\u56FD\uFF0C\u4EBA\u6C11\u3002", "\u4E2D|\u56FD|\u4EBA|\u6C11");
    assert_tokens("2024\u5E7412\u6708", "2024|\u5E74|12|\u6708");
    assert_tokens("\u4EBA\u3005\u4E8C\u3007\u3007", "\u4EBA|\u3005|\u4E8C|\u3007|\u3007");
    assert_tokens("\u30B9\u30FC\u30D1\u30FC\u3067\u3059",
                  "\u30B9|\u30FC|\u30D1|\u30FC|\u3067|\u3059");
    assert_tokens("\uFF76\uFF9E\uFF70", "\uFF76\uFF9E|\uFF70");
    assert_tokens("\U00020000\U0002F800\uF900\u3400", "\U00020000|\U0002F800|\uF900|\u3400");
    assert_tokens("NHK\u3067\u306F", "NHK|\u3067|\u306F");
    assert_tokens("\u4E2D\uFE00\u56FD\U000E0100x", "\u4E2D|\u56FD|x");
}

static void half_width_and_composed_kana_are_equal(void **state)
{
    (void)state;
    assert_same("\uFF76\uFF9E\uFF70", "\u30AC\u30FC");
    assert_same("\u30AB\u3099", "\u30AC");
    assert_same("\uF900", "\u8C48");
}

static void southeast_asian_letters_take_their_marks(void **state)
{
    (void)state;
    assert_tokens("\u0E1B\u0E23\u0E30\u0E40\u0E17\u0E28",
                  "\u0E1B|\u0E23|\u0E30|\u0E40|\u0E17|\u0E28");
    assert_tokens("\u0E17\u0E35\u0E48\u0E19\u0E35\u0E48", "\u0E17\u0E35\u0E48|\u0E19\u0E35\u0E48");
    assert_tokens("\u0E51\u0E52\u0E01", "\u0E51\u0E52|\u0E01");
    assert_tokens("\u1780\u17D2\u1781\u17BB\u17C6", "\u1780\u17D2|\u1781\u17BB\u17C6");
    assert_tokens("\u1019\u103C\u1014\u103A\u1019\u102C", "\u1019\u103C|\u1014\u103A|\u1019\u102C");
    assert_tokens("\u0EA5\u0EB2\u0EA7", "\u0EA5|\u0EB2|\u0EA7");
}

static void other_scripts_have_words(void **state)
{
    (void)state;
    assert_tokens("\uD55C\uAD6D\uC5B4 \uBB38\uC7A5", "\uD55C\uAD6D\uC5B4|\uBB38\uC7A5");
    assert_tokens("\u0939\u093F\u0928\u094D\u0926\u0940 \u0915\u093F\u0964",
                  "\u0939\u093F\u0928\u094D\u0926\u0940|\u0915\u093F");
    assert_tokens("\u0643\u062A\u0640\u0640\u0627\u0628\u064C\u060C",
                  "\u0643\u062A\u0640\u0640\u0627\u0628\u064C");
    assert_tokens("\u05E9\u05C1\u05DC\u05D5\u05B9\u05DD\u05BE\u05D0",
                  "\u05E9\u05C1\u05DC\u05D5\u05B9\u05DD|\u05D0");
    assert_tokens("\u041C\u043E\u0441\u043A\u0432\u0430-\u0440\u0435\u043A\u0430",
                  "\u041C\u043E\u0441\u043A\u0432\u0430|\u0440\u0435\u043A\u0430");
    assert_tokens("\u1275\u130D\u122D\u129B\u1361\u12A0", "\u1275\u130D\u122D\u129B|\u12A0");
    assert_tokens("\U00010400\U00010428 \U0001D400x", "\U00010400\U00010428|\U0001D400x");
}

static void composed_and_decomposed_are_equal(void **state)
{
    (void)state;
    assert_same("caf\u00E9 \u0439 \u1EC7", "cafe\u0301 \u0438\u0306 e\u0323\u0302");
    assert_same("\uD55C\uAD6D\uC5B4", "\u1112\u1161\u11AB\u1100\u116E\u11A8\u110B\u1165");
    assert_same("x\u0301\u0323", "x\u0323\u0301");
    assert_same("\u05E9\u05BC\u05C1", "\u05E9\u05C1\u05BC");
    assert_same("\u212B", "A\u030A");
    assert_same("a\u2260b", "a=\u0338b");
}

static void case_and_compatibility_forms_are_equal(void **state)
{
    (void)state;
    assert_same("HELLO World", "hello wORLD");
    assert_same("\uFF21\uFF42\uFF43 \uFB01ne \U0001D400\U0001D41B", "abc fine ab");
    assert_same("Stra\u00DFe", "STRASSE");
    assert_same("\u03A3\u038A\u03A3\u03A5\u03A6\u039F\u03A3",
                "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2");
    assert_same("\u0130", "i\u0307");
    assert_same("\u01C4 \u01C5 \u01C6", "D\u017D d\u017E D\u017E");
    assert_same("\u1FB4", "\u03B1\u0345\u0301");
    assert_same("\u1FB4", "\u0391\u0301\u0399");
    assert_same("x\u00B2", "x2");
}

static void different_words_differ(void **state)
{
    (void)state;
    probe p = probe_text("cafe caf\u00E9 resume r\u00E9sum\u00E9 \u0131 i a b ab ba");
    for (uint32_t i = 0; i < p.added.token_count; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_int_not_equal(p.store.hashes[i], p.store.hashes[k]);
    probe_close(&p);
}

static void a_token_is_the_hash_of_its_lower_case(void **state)
{
    (void)state;
    const char *words[] = {"a",
                           "of",
                           "The",
                           "Four",
                           "fives",
                           "eightlen",
                           "ninechars",
                           "Sixteencharslong",
                           "Seventeenchars123"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char lower[32];
        probe p = probe_text(words[i]);
        const size_t size = strlen(words[i]);
        for (size_t k = 0; k < size; k++)
            lower[k] =
                (char)(words[i][k] >= 'A' && words[i][k] <= 'Z' ? words[i][k] + 32 : words[i][k]);
        assert_int_equal(p.added.token_count, 1);
        assert_true(p.store.hashes64.items[0] == XXH3_64bits_withSeed(lower, size, PROBE_SEED));
        assert_int_equal(p.store.hashes[0], (uint32_t)p.store.hashes64.items[0]);
        probe_close(&p);
    }
}

static void long_tokens_are_tokens(void **state)
{
    (void)state;
    /* Longer than any buffer: ASCII, accented, and with endless marks. */
    enum { SIZE = 100001 };
    char *text = malloc(SIZE);
    uint8_t *folded = malloc(SIZE);
    memset(text, 'Q', SIZE);
    memset(folded, 'q', SIZE);
    text[9] = ' ';
    probe p = probe_open(text, SIZE, TT_PARAGRAPHS_AUTO);
    assert_int_equal(p.added.token_count, 2);
    assert_int_equal(p.begins[1], 10);
    assert_int_equal(p.ends[1], SIZE);
    assert_true(p.store.hashes64.items[1] == XXH3_64bits_withSeed(folded, SIZE - 10, PROBE_SEED));
    probe_close(&p);
    for (size_t i = 1; i + 1 < SIZE; i += 2)
        memcpy(text + i, i % 4 == 1 ? "\u0301" : "\u0323", 2);
    p = probe_open(text, SIZE, TT_PARAGRAPHS_AUTO);
    assert_int_equal(p.added.token_count, 1);
    for (size_t i = 1; i + 1 < SIZE; i += 2)
        memcpy(folded + i, i < SIZE / 2 + 1 ? "\u0323" : "\u0301", 2);
    assert_int_equal(p.store.hashes[0], (uint32_t)XXH3_64bits_withSeed(folded, SIZE, PROBE_SEED));
    probe_close(&p);
    free(text);
    free(folded);
}

/* The flags of the tokens of a text, a letter each: N W D C U, s for a short word. S and P are left
 * out. */
static void assert_flags(const char *text, const char *expected)
{
    static const struct {
        uint8_t flag;
        char letter;
    } letters[] = {{TTI_TOKEN_NUMERAL, 'N'},
                   {TTI_TOKEN_NUMBER_WORD, 'W'},
                   {TTI_TOKEN_DATE_WORD, 'D'},
                   {TTI_TOKEN_CAPITAL, 'C'}};
    char found[256];
    size_t filled = 0;
    probe p = probe_text(text);
    for (uint32_t i = 0; i < p.added.token_count; i++) {
        if (i > 0)
            found[filled++] = ' ';
        const size_t before = filled;
        for (size_t k = 0; k < sizeof letters / sizeof letters[0]; k++)
            if (letters[k].flag < TTI_TOKEN_CAPITAL
                    ? (p.store.flags[i] & TTI_TOKEN_KIND) == letters[k].flag
                    : (p.store.flags[i] & letters[k].flag) != 0)
                found[filled++] = letters[k].letter;
        if (tti_token_is_short(p.store.flags[i]))
            found[filled++] = 's';
        else if ((p.store.flags[i] & TTI_TOKEN_UPPER) != 0)
            found[filled++] = 'U';
        if (filled == before)
            found[filled++] = '-';
    }
    found[filled] = '\0';
    assert_string_equal(found, expected);
    probe_close(&p);
}

static void flags_tell_numbers_dates_and_capitals(void **state)
{
    (void)state;
    assert_flags("He paid 5 dollars 10th \u0663 \u2167", "C s N - N N N");
    assert_flags("twenty Hundred first dozen zero third ones", "W WC W W s W s");
    assert_flags("January jan SEPT Monday tues", "DC Ds DCU DC Ds");
    assert_flags("may May sun Sun march", "s DC s DC -");
    assert_flags("USA U A1B2 iPhone McDonald B52 NATO4", "CU C CU - C C CU");
    assert_flags("\u0421\u0421\u0421\u0420 \u0421ergei \u01C5x \u00C9T\u00C9 stra\u00DFe",
                 "CU C C CU -");
    assert_flags("\u4E2D \u0639\u0631\u0628", "U -");
}

static void alike_words_have_one_class_of_letter(void **state)
{
    static const char *const pairs[][2] = {{"Hazen", "Bazen"},
                                           {"Gaston", "Caston"},
                                           {"\u00C9cole", "Ecole"},
                                           {"lui", "iui"},
                                           {"\u041C\u0430", "\u041Co"}};
    (void)state;
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        probe a = probe_text(pairs[k][0]), b = probe_text(pairs[k][1]);
        const uint8_t kind = a.store.flags[0] & TTI_TOKEN_KIND;
        assert_int_equal(kind, b.store.flags[0] & TTI_TOKEN_KIND);
        assert_true(kind != 0 && !tti_token_is_number_or_date(a.store.flags[0]));
        probe_close(&a);
        probe_close(&b);
    }
    for (char c = 'a'; c <= 'z'; c++) {
        const char text[] = {c, '\0'};
        probe p = probe_text(text);
        assert_false(tti_token_is_number_or_date(p.store.flags[0]));
        probe_close(&p);
    }
}

/* The tokens that begin a sentence. */
static void assert_sentences(const char *text, const char *expected)
{
    char found[256];
    size_t filled = 0;
    probe p = probe_text(text);
    for (uint32_t i = 0; i < p.added.token_count; i++) {
        const uint32_t size = p.ends[i] - p.begins[i];
        if ((p.store.flags[i] & TTI_TOKEN_SENTENCE) == 0)
            continue;
        if (filled > 0)
            found[filled++] = ' ';
        memcpy(found + filled, p.text + p.begins[i], size);
        filled += size;
    }
    found[filled] = '\0';
    assert_string_equal(found, expected);
    probe_close(&p);
}

static void sentences_start_after_stops_and_quotes(void **state)
{
    (void)state;
    assert_sentences("One two. Three four! Five? Six", "One Three Five Six");
    assert_sentences("It said: Buy; Sell at 10:30 or 3.5 on x.y.com now", "It Buy Sell");
    assert_sentences("He said (quietly.) \"Go on,\" Bob \u201cNo\u201d then", "He Go No");
    assert_sentences("Mr. Smith of J. P. Morgan Inc. met Gen. Lee. Dr. No", "Mr Dr");
    assert_sentences("the U.S. Senate voted. The", "the The");
    assert_sentences("don't can't 'Yes' he said.\u00A0So", "don Yes So");
    assert_sentences("\u4F60\u597D\u3002\u518D\u89C1", "\u4F60 \u518D");
    assert_sentences("\u0939\u0948\u0964 \u092F\u0939", "\u0939\u0948 \u092F\u0939");
    assert_sentences("a \u00AB\u00A0Oui \u00BB dit", "a Oui");
    assert_sentences("head\n\nbody of it", "head body");
}

/* A tt_write_fn. */
static int append_bytes(void *ctx, const char *bytes, size_t size)
{
    (void)strncat(ctx, bytes, size);
    return 0;
}

static void assert_words(const char *text, const char *wanted)
{
    static char written[60000];
    written[0] = '\0';
    assert_int_equal(tt_write_words(append_bytes, written, text, strlen(text)), TT_OK);
    assert_string_equal(written, wanted);
}

static void words_are_written_as_they_are_compared(void **state)
{
    static char long_text[50001], longer[60000];
    (void)state;
    assert_words("", "");
    assert_words(" \u0301- ", "");
    assert_words("  Port Aldery, re-opened\n", "port aldery re opened");
    assert_words("Stra\u00DFe \u1E9E", "strasse ss");
    assert_words("\u0401\u0436", "\u0435\u0308\u0436");
    assert_words("\u0130zmir I\u0307zmir", "i\u0307zmir i\u0307zmir");
    assert_words("caf\u00E9 cafe\u0301 =\u0338b", "cafe\u0301 cafe\u0301 b");
    assert_words("\uFF21\uFF22 \u0661 so\u00ADft", "ab 1 soft");
    assert_words("a\u0323\u0307 a\u0307\u0323", "a\u0323\u0307 a\u0323\u0307");
    for (size_t k = 0; k < sizeof long_text - 1; k++) /* across pieces */
        long_text[k] = k % 7 == 6 ? ' ' : 'X';
    for (size_t k = 0; k < sizeof long_text; k++)
        longer[k] = long_text[k] == 'X' ? 'x' : long_text[k];
    assert_words(long_text, longer);
    assert_int_equal(tt_write_words(append_bytes, longer, "a\xFF", 2), TT_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_written_as_they_are_compared),
        cmocka_unit_test(punctuation_and_white_space_separate),
        cmocka_unit_test(letters_and_digits_run_together),
        cmocka_unit_test(control_characters_separate_and_nul_does_not_end_a_text),
        cmocka_unit_test(emoji_and_symbols_separate),
        cmocka_unit_test(marks_belong_to_the_character_they_stand_on),
        cmocka_unit_test(format_characters_inside_a_word_count_for_nothing),
        cmocka_unit_test(zero_width_space_separates),
        cmocka_unit_test(all_apostrophes_separate),
        cmocka_unit_test(digits_of_all_scripts_are_equal),
        cmocka_unit_test(digits_part_from_letters_outside_latin),
        cmocka_unit_test(words_cut_by_the_end_of_a_line_are_joined),
        cmocka_unit_test(a_joined_word_has_the_flags_and_lines_of_a_word),
        cmocka_unit_test(text_without_hyphenation_keeps_its_compounds),
        cmocka_unit_test(yehs_and_kafs_are_equal),
        cmocka_unit_test(han_and_kana_are_a_token_a_character),
        cmocka_unit_test(half_width_and_composed_kana_are_equal),
        cmocka_unit_test(southeast_asian_letters_take_their_marks),
        cmocka_unit_test(other_scripts_have_words),
        cmocka_unit_test(composed_and_decomposed_are_equal),
        cmocka_unit_test(case_and_compatibility_forms_are_equal),
        cmocka_unit_test(different_words_differ),
        cmocka_unit_test(a_token_is_the_hash_of_its_lower_case),
        cmocka_unit_test(long_tokens_are_tokens),
        cmocka_unit_test(flags_tell_numbers_dates_and_capitals),
        cmocka_unit_test(alike_words_have_one_class_of_letter),
        cmocka_unit_test(sentences_start_after_stops_and_quotes),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
