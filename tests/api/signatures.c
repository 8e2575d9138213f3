/* tt_signatures(): known answers, estimates, refusals. python/tests has known answers for many more
 * texts and options, and a program that computes them from the description alone.
 */
#include "../texts.h"

#include <math.h>
#include <stdio.h>

enum { VALUES = 1024 };

static void a_signature_is_what_it_was(void **state)
{
    const tt_article a = article_of(
        "",
        "A ferry ran aground in thick fog off Port Aldery early on Tuesday, and nobody was hurt.");
    static const uint32_t wanted[] = {0x0D907DD2, 0x0DB9F775, 0x24F45DAF, 0x3ABA706D,
                                      0x45004AF9, 0x0B064B49, 0x6808C557, 0x0FCF6EAB,
                                      0x00842AF3, 0x9D08A723, 0x46781045, 0xB4B05931,
                                      0x245DCAEE, 0x00E4DFE9, 0xE33B0EF5, 0x0CED6C3E};
    tt_options o = TT_OPTIONS_INIT;
    uint32_t found[16];
    (void)state;
    o.num_hashes = 16;
    assert_int_equal(tt_signatures(found, &a, 1, &o, NULL, NULL), TT_OK);
    assert_memory_equal(found, wanted, sizeof wanted);
}

static void equal_values_estimate_the_resemblance(void **state)
{
    char *first = random_text(1, 600), *second = random_text(2, 600), *third = random_text(3, 600);
    char *x = joined(first, second), *y = joined(first, third);
    const tt_article both[2] = {article_of("", x), article_of("", y)};
    tt_options o = TT_OPTIONS_INIT;
    uint32_t rows[2 * VALUES];
    double equal = 0;
    const double wanted = 1 / 3.0; /* but for the seams */
    (void)state;
    o.num_hashes = VALUES;
    assert_int_equal(tt_signatures(rows, both, 2, &o, NULL, NULL), TT_OK);
    for (size_t i = 0; i < VALUES; i++)
        equal += rows[i] == rows[VALUES + i];
    assert_true(fabs(equal / VALUES - wanted) < 4 * sqrt(wanted * (1 - wanted) / VALUES) + 0.01);
    free(first);
    free(second);
    free(third);
    free(x);
    free(y);
}

static void threads_and_neighbours_make_no_difference(void **state)
{
    enum { COUNT = 300, LANES = 128 };
    static uint32_t one[COUNT * LANES], many[COUNT * LANES], alone[LANES];
    char *texts[COUNT];
    tt_article list[COUNT];
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        texts[i] = random_text(i, i);
        list[i] = article_of("", texts[i]);
    }
    o.threads = 1;
    assert_int_equal(tt_signatures(one, list, COUNT, &o, NULL, NULL), TT_OK);
    o.threads = 7;
    assert_int_equal(tt_signatures(many, list, COUNT, &o, NULL, NULL), TT_OK);
    assert_memory_equal(one, many, sizeof one);
    assert_int_equal(tt_signatures(alone, &list[200], 1, NULL, NULL, NULL), TT_OK);
    assert_memory_equal(one + 200 * LANES, alone, sizeof alone);
    for (size_t i = 0; i < COUNT; i++)
        free(texts[i]);
}

static void an_article_that_is_refused_has_a_row_of_ones(void **state)
{
    tt_article list[5] = {article_of("", "some words"), article_of("", "bad \xff"),
                          article_of("", "far too long for the limit"), article_of("", ""),
                          article_of("", "gone")};
    const tt_status wanted[5] = {TT_OK, TT_EFORMAT, TT_ELIMIT, TT_OK, TT_EINVAL};
    tt_status statuses[5];
    uint32_t rows[5 * 16];
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {TT_OK, 0, ""};
    (void)state;
    o.num_hashes = 16;
    o.max_article_bytes = 12;
    list[4].text = NULL;
    assert_int_equal(tt_signatures(rows, list, 5, &o, statuses, NULL), TT_OK);
    assert_memory_equal(statuses, wanted, sizeof wanted);
    assert_true(rows[0] != UINT32_MAX);
    for (size_t i = 16; i < 5 * 16; i++)
        assert_true(rows[i] == UINT32_MAX);
    assert_int_equal(tt_signatures(rows, list, 5, &o, NULL, &error), TT_EFORMAT);
    assert_int_equal(error.where, 1);
    assert_string_equal(error.message, "article 1: id or text is not valid UTF-8");
    assert_int_equal(tt_signatures(rows, NULL, 5, &o, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_signatures(NULL, NULL, 0, &o, NULL, NULL), TT_OK);
    o.num_hashes = 7;
    assert_int_equal(tt_signatures(rows, list, 1, &o, NULL, &error), TT_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_what_it_was),
        cmocka_unit_test(equal_values_estimate_the_resemblance),
        cmocka_unit_test(threads_and_neighbours_make_no_difference),
        cmocka_unit_test(an_article_that_is_refused_has_a_row_of_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
