/* What differs: of two texts, in the result of a scan, in verdicts, and what dedup makes of it. */
#include "../texts.h"

#define STORY(dead, hurt, ambulances, place)                                                       \
  "At least " dead " people were killed and " hurt " injured when a passenger train hit a "        \
  "lorry at a level crossing near " place " on Tuesday, police said. The train was on its way "    \
  "from Harfield to Marsden when it struck the lorry, the rail regulator said in a statement. "    \
  "Emergency services sent " ambulances " ambulances and two helicopters to the crossing. The "    \
  "injured were taken to the county hospital and to two clinics in the neighbouring district, "    \
  "where relatives were waiting for news late into the night."

static const char first[] = STORY("three", "12", "15", "Oakley");
static const char second[] = STORY("five", "31", "15", "Oakley");
static const char misread[] = STORY("three", "12", "15", "Oaklcy");

static void assert_words(const char *text, uint64_t begin, uint64_t end, const char *expected)
{
    assert_int_equal(end - begin, strlen(expected));
    assert_memory_equal(text + begin, expected, strlen(expected));
}

static void assert_second_differs(const tt_difference *d, size_t count)
{
    assert_int_equal(count, 2);
    assert_words(first, d[0].begin_a, d[0].end_a, "three");
    assert_words(second, d[0].begin_b, d[0].end_b, "five");
    assert_words(first, d[1].begin_a, d[1].end_a, "12");
    assert_words(second, d[1].begin_b, d[1].end_b, "31");
    assert_int_equal(d[0].kind, TT_DIFFERS_NUMERAL);
}

static void an_alignment_tells_what_differs(void **state)
{
    const tt_article a = article_of("a", first), b = article_of("b", second),
                     c = article_of("c", misread);
    tt_alignment *al = NULL;
    const tt_difference *d;
    size_t count;
    (void)state;
    assert_int_equal(tt_align(&al, &a, &b, NULL, 0, NULL), TT_OK);
    d = tt_alignment_differences(al, &count);
    assert_second_differs(d, count);
    assert_int_equal(tt_alignment_pair(al, NULL)->conflicts, 2);
    assert_int_equal(tt_alignment_pair(al, NULL)->relation, TT_NEAR);
    tt_alignment_close(al);
    assert_int_equal(tt_align(&al, &a, &c, NULL, 0, NULL), TT_OK);
    (void)tt_alignment_differences(al, &count);
    assert_int_equal(count, 0); /* a name that was misread */
    tt_alignment_close(al);
}

static void a_result_tells_what_differs_and_drops_no_other_news(void **state)
{
    const char *const texts[] = {first, second, misread};
    tt_result *r = index_of(NULL, texts, 3);
    tt_difference d[TT_MOST_DIFFERENCES], back[TT_MOST_DIFFERENCES];
    const tt_pair *dropped;
    size_t count;
    (void)state;
    count = tt_result_differences(r, 0, 1, d);
    assert_second_differs(d, count);
    assert_int_equal(tt_result_differences(r, 1, 0, back), count);
    for (size_t k = 0; k < count; k++) {
        assert_int_equal(back[k].begin_a, d[k].begin_b);
        assert_int_equal(back[k].end_b, d[k].end_a);
    }
    assert_int_equal(tt_result_differences(r, 0, 2, d), 0);
    assert_int_equal(tt_result_differences(r, 0, 99, d), 0);
    assert_int_equal(tt_result_dropped(r, &dropped, &count, NULL), TT_OK);
    for (size_t k = 0; k < count; k++)
        assert_true(dropped[k].a != 1 && dropped[k].b != 1);
    tt_result_close(r);
}

/* The last stage is longer, and is kept; of the first, which has another toll, one copy stays. */
static void one_copy_of_each_stage_is_kept(void **state)
{
    static const char last[] = STORY("five", "31", "15", "Oakley") " The line is closed.";
    static const char reprint[] = "HARFIELD - " STORY("three", "12", "15", "Oakley");
    const char *const texts[] = {first, last, misread, reprint, first};
    tt_result *r = index_of(NULL, texts, 5);
    const tt_pair *dropped;
    size_t count;
    (void)state;
    assert_int_equal(tt_result_dropped(r, &dropped, &count, NULL), TT_OK);
    assert_int_equal(count, 3);
    for (size_t k = 0; k < count; k++) {
        assert_int_equal(dropped[k].a, k == 0 ? 0 : k == 1 ? 2 : 4);
        assert_int_equal(dropped[k].b, 3); /* the longest */
        assert_int_equal(dropped[k].conflicts, 0);
    }
    tt_result_close(r);
}

static int check_verdicts(void *ctx, const tt_verdict *v, size_t count)
{
    (void)ctx;
    assert_int_equal(count, 3);
    assert_int_equal(v[0].kind, TT_VERDICT_NEW);
    assert_int_equal(v[0].relation, -1);
    assert_int_equal(v[1].kind, TT_VERDICT_CORRECTION);
    assert_int_equal(v[1].relation, TT_NEAR);
    assert_int_equal(v[1].conflicts, 2);
    assert_int_equal(v[1].difference_count, 2);
    assert_words(second, v[1].differences[0].begin_a, v[1].differences[0].end_a, "five");
    assert_words(first, v[1].differences[0].begin_b, v[1].differences[0].end_b, "three");
    assert_int_equal(v[2].kind, TT_VERDICT_DUPLICATE);
    assert_int_equal(v[2].conflicts, 0);
    return 0;
}

static void a_verdict_tells_what_differs(void **state)
{
    const tt_article articles[] = {article_of("a", first), article_of("b", second),
                                   article_of("c", misread)};
    tt_index *index = NULL;
    (void)state;
    assert_int_equal(tt_index_open(&index, NULL, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(index, articles, 3, NULL, check_verdicts, NULL, NULL), TT_OK);
    tt_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alignment_tells_what_differs),
        cmocka_unit_test(a_result_tells_what_differs_and_drops_no_other_news),
        cmocka_unit_test(one_copy_of_each_stage_is_kept),
        cmocka_unit_test(a_verdict_tells_what_differs),
    };
    return cmocka_run_group_tests_name("facts of the interface", tests, NULL, NULL);
}
