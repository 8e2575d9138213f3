/* Alignments of two texts: the passages that they share, and segments from beginning to end. */
#include "../texts.h"

#include <math.h>

/* Aligns two texts, or a with itself if b is NULL. */
static tt_alignment *align(const char *a, const char *b, uint32_t min_tokens)
{
    const tt_article x = article_of("a", a), y = article_of("b", b == NULL ? "" : b);
    tt_alignment *out = NULL;
    assert_int_equal(tt_align(&out, &x, b == NULL ? NULL : &y, NULL, min_tokens, NULL), TT_OK);
    assert_non_null(out);
    return out;
}

static char *extent(const char *text, uint64_t begin, uint64_t end)
{
    char *out = calloc(1, (size_t)(end - begin) + 1);
    assert_non_null(out);
    memcpy(out, text + begin, (size_t)(end - begin));
    return out;
}

/* Formats the segments: "=words" is equal, "[a|b]" differs, "{" and "}" enclose a passage. */
static void assert_reading(const char *a, const char *b, const char *expected)
{
    tt_alignment *al = align(a, b, 1);
    size_t n;
    const tt_segment *s = tt_alignment_segments(al, &n);
    char *out = calloc(1, 4 * (strlen(a) + strlen(b)) + 100);
    assert_non_null(out);
    for (size_t k = 0; k < n; k++) {
        char *x = extent(a, s[k].begin_a, s[k].end_a), *y = extent(b, s[k].begin_b, s[k].end_b);
        const int first = k == 0 || s[k - 1].passage != s[k].passage;
        const int last = k + 1 == n || s[k + 1].passage != s[k].passage;
        sprintf(out + strlen(out), "%s", s[k].passage != TT_NO_PASSAGE && first ? "{" : "");
        if (s[k].kind == TT_SEGMENT_EQUAL)
            sprintf(out + strlen(out), "=%s", x);
        else
            sprintf(out + strlen(out), "[%s|%s]", x, y);
        sprintf(out + strlen(out), "%s", s[k].passage != TT_NO_PASSAGE && last ? "}" : "");
        assert_int_equal(s[k].kind == TT_SEGMENT_ONLY_A, s[k].tokens_b == 0);
        assert_int_equal(s[k].kind == TT_SEGMENT_ONLY_B, s[k].tokens_a == 0);
        free(x), free(y);
    }
    assert_string_equal(out, expected);
    free(out);
    tt_alignment_close(al);
}

static void a_number_in_the_first_sentence_is_changed_within_the_passage(void **state)
{
    (void)state;
    assert_reading("At least three people were killed when a bus left the road near Lima.",
                   "At least five people were killed when a bus left the road near Lima.",
                   "{=At least[three|five]=people were killed when a bus left the road near Lima}");
}

static void an_equal_first_word_before_a_changed_one_is_equal(void **state)
{
    (void)state;
    assert_reading("The five members of the council voted for the plan on Monday night.",
                   "The seven members of the council voted for the plan on Monday night.",
                   "=The[five|seven]{=members of the council voted for the plan on Monday night}");
}

static void words_of_one_text_alone_are_beside_nothing(void **state)
{
    (void)state;
    assert_reading("Prices rose in March, the office said on Friday, after a long fall.",
                   "Prices rose in March, the statistics office said on Friday, after a long fall, "
                   "and may rise again.",
                   "{=Prices rose in March, the[|statistics]=office said on Friday, after a long "
                   "fall}[|and may rise again]");
}

static void quotation_marks_and_case_do_not_differ(void **state)
{
    const char *a = "\"It's the minister's plan,\" he said in the house on Monday, and left.";
    const char *b = "\xe2\x80\x9cIt\xe2\x80\x99s the minister\xe2\x80\x99s plan,\xe2\x80\x9d he "
                    "said in the House on Monday, and left.";
    tt_alignment *al = align(a, b, 0);
    size_t n;
    int admitted;
    const tt_pair *p = tt_alignment_pair(al, &admitted);
    (void)state;
    assert_true(admitted);
    assert_int_equal(p->a, 0);
    assert_int_equal(p->b, 1);
    assert_int_equal(p->relation, TT_IDENTICAL);
    assert_true(p->resemblance == 1 && p->overlap_a == 1 && p->overlap_b == 1);
    (void)tt_alignment_segments(al, &n);
    assert_int_equal(n, 1);
    (void)tt_alignment_passages(al, &n);
    assert_int_equal(n, 0); /* it is shorter than min_section */
    tt_alignment_close(al);
    al = align(a, b, 8);
    (void)tt_alignment_passages(al, &n);
    assert_int_equal(n, 1);
    tt_alignment_close(al);
}

static void a_moved_passage_is_told_apart(void **state)
{
    char *p = random_text(1, 40), *q = random_text(2, 60);
    char *front = joined(p, ". "), *back = joined(q, ". ");
    char *a = joined(front, q), *b = joined(back, p);
    tt_alignment *al = align(a, b, 0);
    size_t n, segments;
    const tt_passage *x = tt_alignment_passages(al, &n);
    const tt_segment *s = tt_alignment_segments(al, &segments);
    (void)state;
    assert_int_equal(n, 2);
    assert_int_equal(x[0].tokens, 60);
    assert_int_equal(x[0].moved, 0);
    assert_int_equal(x[0].begin_a, strlen(front));
    assert_int_equal(x[0].end_a, strlen(a));
    assert_int_equal(x[0].begin_b, 0);
    assert_int_equal(x[0].end_b, strlen(q));
    assert_int_equal(x[1].tokens, 40);
    assert_int_equal(x[1].moved, 1);
    assert_int_equal(x[1].segment_count, 1);
    assert_int_equal(x[1].segments->kind, TT_SEGMENT_EQUAL);
    assert_int_equal(x[1].segments->passage, 1);
    assert_int_equal(segments, 3);
    assert_int_equal(s[0].kind, TT_SEGMENT_ONLY_A);
    assert_int_equal(s[1].kind, TT_SEGMENT_EQUAL);
    assert_ptr_equal(x[0].segments, &s[1]);
    assert_int_equal(s[2].kind, TT_SEGMENT_ONLY_B);
    tt_alignment_close(al);
    free(p), free(q), free(front), free(back), free(a), free(b);
}

static void a_text_is_aligned_with_itself(void **state)
{
    char *p = random_text(3, 50), *q = random_text(4, 30);
    char *head = joined(p, ". "), *tail = joined(". ", p), *middle = joined(head, q);
    char *text = joined(middle, tail);
    tt_alignment *al = align(text, NULL, 0);
    size_t n;
    const tt_passage *x = tt_alignment_passages(al, &n);
    (void)state;
    assert_int_equal(n, 1);
    assert_int_equal(x->begin_a, 0);
    assert_int_equal(x->end_a, strlen(p));
    assert_int_equal(x->begin_b, strlen(middle) + 2);
    assert_int_equal(x->end_b, strlen(text));
    assert_int_equal(x->segment_count, 1);
    assert_int_equal(x->segments->tokens_a, 50);
    (void)tt_alignment_segments(al, &n);
    assert_int_equal(n, 0);
    tt_alignment_close(al);
    free(p), free(q), free(head), free(tail), free(middle), free(text);
}

static void texts_that_share_nothing_have_one_segment(void **state)
{
    char *a = random_text(5, 80);
    (void)state;
    assert_reading("one two three", "four five", "[one two three|four five]");
    assert_reading("", "four, five.", "[|four, five]");
    assert_reading("one", " \n", "[one|]");
    assert_reading(" - ", "", "");
    tt_alignment *al = align(a, "", 0);
    const tt_pair *p = tt_alignment_pair(al, NULL);
    assert_true(p->resemblance == 0 && p->overlap_a == 0 && p->overlap_b == 0);
    tt_alignment_close(al);
    free(a);
}

/* ---- Agreement with a scan ------------------------------------------------------------------- */

static void assert_same_number(double x, double y)
{
    assert_true(x == y || (isnan(x) && isnan(y)));
}

static void assert_like_scan(const char *a, const char *b, const tt_options *o)
{
    const char *texts[] = {a, b};
    const tt_article x = article_of("a", a), y = article_of("b", b);
    tt_result *result = index_of(o, texts, 2);
    tt_alignment *al = NULL;
    results r = {0};
    size_t n;
    int admitted;
    assert_int_equal(tt_align(&al, &x, &y, o, 0, NULL), TT_OK);
    const tt_passage *p = tt_alignment_passages(al, &n);
    const tt_pair *pair = tt_alignment_pair(al, &admitted);
    assert_int_equal(results_collect(&r, result), TT_OK);
    assert_int_equal(admitted, 1);
    assert_int_equal(r.pair_count, 1);
    assert_same_number(pair->resemblance, r.pairs->resemblance);
    assert_same_number(pair->containment_a, r.pairs->containment_a);
    assert_same_number(pair->containment_b, r.pairs->containment_b);
    assert_same_number(pair->overlap_a, r.pairs->overlap_a);
    assert_same_number(pair->overlap_b, r.pairs->overlap_b);
    assert_same_number(pair->facts, r.pairs->facts);
    assert_int_equal(pair->relation, r.pairs->relation);
    assert_int_equal(n, r.section_count);
    for (size_t k = 0; k < n; k++) {
        const tt_occurrence *occurrence = &r.sections[k].occurrences[1];
        assert_int_equal(p[k].begin_a, occurrence->of_begin);
        assert_int_equal(p[k].end_a, occurrence->of_end);
        assert_int_equal(p[k].begin_b, occurrence->begin);
        assert_int_equal(p[k].end_b, occurrence->end);
        assert_same_number(p[k].similarity, occurrence->similarity);
    }
    results_free(&r);
    tt_result_close(result);
    tt_alignment_close(al);
}

static void numbers_and_passages_are_those_of_a_scan(void **state)
{
    char *p = random_text(6, 90), *q = random_text(7, 50), *r = random_text(8, 40);
    char *x = joined(p, ". "), *y = joined(x, q), *z = joined(x, r);
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    assert_like_scan(y, z, &o);
    assert_like_scan(x, y, &o);
    assert_like_scan(y, x, &o);
    o.shingle_tokens = 3;
    o.facts = TT_OFF;
    assert_like_scan(y, z, &o);
    free(p), free(q), free(r), free(x), free(y), free(z);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void wrong_arguments_are_refused(void **state)
{
    const tt_article good = article_of("a", "text"), bad = article_of("b", "a \xff");
    const tt_article absent = {.text_size = 1};
    tt_options o = TT_OPTIONS_INIT;
    tt_alignment *al;
    tt_error error;
    (void)state;
    assert_int_equal(tt_align(NULL, &good, &good, NULL, 0, NULL), TT_EINVAL);
    assert_int_equal(tt_align(&al, NULL, &good, NULL, 0, NULL), TT_EINVAL);
    assert_null(al);
    assert_int_equal(tt_align(&al, &good, &bad, NULL, 0, &error), TT_EFORMAT);
    assert_null(al);
    assert_int_equal(error.where, 2);
    assert_int_equal(tt_align(&al, &bad, NULL, NULL, 0, NULL), TT_EFORMAT);
    assert_int_equal(tt_align(&al, &absent, &good, NULL, 0, NULL), TT_EINVAL);
    o.max_article_bytes = 3;
    assert_int_equal(tt_align(&al, &good, NULL, &o, 0, NULL), TT_ELIMIT);
    o.shingle_tokens = 1000;
    assert_int_equal(tt_align(&al, &good, NULL, &o, 0, NULL), TT_EINVAL);
    tt_alignment_close(NULL);
}

static void every_allocation_may_fail(void **state)
{
    char *p = random_text(9, 60), *q = random_text(10, 50), *x = joined(p, ". "),
         *y = joined(q, ". ");
    char *a = joined(x, q), *b = joined(y, p);
    const tt_article left = article_of("a", a), right = article_of("b", b);
    (void)state;
    for (size_t k = 1;; k++) {
        counting c;
        tt_options o = TT_OPTIONS_INIT;
        tt_alignment *al = NULL;
        tt_status status;
        counting_start(&c, k);
        o.allocator = &c.allocator;
        status = tt_align(&al, &left, k % 2 == 0 ? NULL : &right, &o, 0, NULL);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        assert_int_equal(status == TT_OK, al != NULL);
        tt_alignment_close(al);
        assert_true(counting_is_clean(&c));
        if (atomic_load(&c.calls) < k && k % 2 == 1)
            break;
    }
    free(p), free(q), free(x), free(y), free(a), free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_in_the_first_sentence_is_changed_within_the_passage),
        cmocka_unit_test(an_equal_first_word_before_a_changed_one_is_equal),
        cmocka_unit_test(words_of_one_text_alone_are_beside_nothing),
        cmocka_unit_test(quotation_marks_and_case_do_not_differ),
        cmocka_unit_test(a_moved_passage_is_told_apart),
        cmocka_unit_test(a_text_is_aligned_with_itself),
        cmocka_unit_test(texts_that_share_nothing_have_one_segment),
        cmocka_unit_test(numbers_and_passages_are_those_of_a_scan),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("align", tests, NULL, NULL);
}
