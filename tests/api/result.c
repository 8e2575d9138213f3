/* What a result answers beyond its arrays: ids, the pairs of one article, from any thread. */
#include "../support.h"

#include <pthread.h>

enum { COUNT = 60, THREADS = 4 };

/* Articles 0, 3, 6 ... have one text, 1, 4, 7 ... another and 2, 5, 8 ... texts of their own. */
static tt_result *scan_articles(const tt_options *options)
{
    tt_scan *scan = NULL;
    tt_result *result = NULL;
    assert_int_equal(tt_scan_open(&scan, options, NULL), TT_OK);
    for (int i = 0; i < COUNT; i++) {
        char id[20], text[200];
        tt_article a;
        (void)snprintf(id, sizeof id, i % 2 == 0 ? "%d" : "id-%d", i);
        if (i % 3 == 2)
            (void)snprintf(text, sizeof text, "its%d own%d few%d words%d and%d no%d more%d", i, i,
                           i, i, i, i, i);
        else
            (void)snprintf(text, sizeof text, "Story %d begins here and goes on for some words.",
                           i % 3);
        a = article_of(id, text);
        a.flags = i % 4 == 0 ? TT_ARTICLE_INTEGER_ID : 0;
        assert_int_equal(tt_scan_add(scan, &a, 1, NULL, NULL), TT_OK);
    }
    assert_int_equal(tt_scan_finish(scan, &result, NULL), TT_OK);
    tt_scan_close(scan);
    return result;
}

static void an_article_is_found_by_its_id(void **state)
{
    tt_result *r = scan_articles(NULL);
    const tt_id missing[] = {{"id-0", 4, 0, 0}, {"", 0, 0, 0}, {"0", 1, 0, 0}, {"2", 1, 1, 0}};
    (void)state;
    assert_int_equal(tt_result_article_count(r), COUNT);
    for (uint64_t i = 0; i < COUNT; i++) {
        const tt_id id = tt_result_id(r, i);
        tt_article a;
        assert_int_equal(tt_result_find(r, &id), i);
        assert_int_equal(tt_result_article(r, i, &a, NULL), TT_OK);
        assert_ptr_equal(a.id, id.bytes);
        assert_int_equal(a.flags, id.flags);
    }
    for (size_t k = 0; k < sizeof missing / sizeof *missing; k++)
        assert_true(tt_result_find(r, &missing[k]) == TT_NO_ARTICLE);
    assert_null(tt_result_id(r, COUNT).bytes);
    assert_null(tt_result_id(r, TT_NO_ARTICLE).bytes);
    tt_result_close(r);
}

/* Without memory for a table of ids every article is looked at. */
static void an_article_is_found_without_memory_too(void **state)
{
    counting memory;
    tt_options o = TT_OPTIONS_INIT;
    tt_result *r;
    (void)state;
    counting_start(&memory, 0);
    o.allocator = &memory.allocator;
    o.threads = 1;
    r = scan_articles(&o);
    for (uint64_t i = 0; i < COUNT; i++) {
        const tt_id id = tt_result_id(r, i);
        memory.fail_at = atomic_load(&memory.calls) + 1;
        assert_int_equal(tt_result_find(r, &id), i);
    }
    tt_result_close(r);
    assert_true(counting_is_clean(&memory));
}

static void check_pairs_of(const tt_result *r)
{
    size_t count, found, total = 0;
    const tt_pair *pairs = tt_result_pairs(r, &count);
    const uint64_t *positions;
    assert_true(count > COUNT / 3);
    for (uint64_t i = 0; i < COUNT; i++) {
        size_t k = 0;
        assert_int_equal(tt_result_pairs_of(r, i, &positions, &found, NULL), TT_OK);
        for (size_t p = 0; p < count; p++)
            if (pairs[p].a == i || pairs[p].b == i) {
                assert_true(k < found);
                assert_int_equal(positions[k++], p);
            }
        assert_int_equal(k, found);
        total += found;
    }
    assert_int_equal(total, 2 * count);
    assert_int_equal(tt_result_pairs_of(r, COUNT, &positions, &found, NULL), TT_EINVAL);
}

static void the_pairs_of_an_article_are_those_that_name_it(void **state)
{
    tt_result *r = scan_articles(NULL);
    (void)state;
    check_pairs_of(r);
    tt_result_close(r);
}

typedef struct reading {
    const tt_result *result;
    size_t dropped, pairs;
    uint64_t number;
} reading;

static void *read_all(void *ctx)
{
    reading *x = ctx;
    const tt_id id = tt_result_id(x->result, 41);
    const tt_pair *dropped;
    const uint64_t *positions;
    x->number = tt_result_find(x->result, &id);
    if (tt_result_dropped(x->result, &dropped, &x->dropped, NULL) != TT_OK ||
        tt_result_pairs_of(x->result, 3, &positions, &x->pairs, NULL) != TT_OK)
        x->number = TT_NO_ARTICLE;
    return NULL;
}

/* What the first call makes is made once, whichever thread calls first. */
static void threads_may_ask_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        tt_result *r = scan_articles(NULL);
        pthread_t threads[THREADS];
        reading readings[THREADS];
        for (int t = 0; t < THREADS; t++) {
            readings[t] = (reading){r, 0, 0, 0};
            assert_int_equal(pthread_create(&threads[t], NULL, read_all, &readings[t]), 0);
        }
        for (int t = 0; t < THREADS; t++)
            (void)pthread_join(threads[t], NULL);
        for (int t = 0; t < THREADS; t++) {
            assert_int_equal(readings[t].number, 41);
            assert_int_equal(readings[t].dropped, 2 * (COUNT / 3 - 1));
            assert_true(readings[t].pairs > 0);
        }
        tt_result_close(r);
    }
}

/* Each allocation fails in turn; what was made before stays, and a later call succeeds. */
static void a_call_that_fails_can_be_made_again(void **state)
{
    counting memory;
    tt_options o = TT_OPTIONS_INIT;
    tt_result *r;
    const tt_pair *dropped;
    const uint64_t *positions;
    size_t count;
    tt_status status = TT_ENOMEM;
    (void)state;
    counting_start(&memory, 0);
    o.allocator = &memory.allocator;
    o.threads = 1;
    r = scan_articles(&o);
    for (int k = 1; status != TT_OK; k++) {
        memory.fail_at = atomic_load(&memory.calls) + (size_t)k;
        status = tt_result_dropped(r, &dropped, &count, NULL);
        if (status == TT_OK)
            status = tt_result_pairs_of(r, 0, &positions, &count, NULL);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        assert_true(k < 100);
    }
    memory.fail_at = 0;
    check_pairs_of(r);
    assert_int_equal(tt_result_dropped(r, &dropped, &count, NULL), TT_OK);
    assert_int_equal(count, 2 * (COUNT / 3 - 1));
    tt_result_close(r);
    assert_true(counting_is_clean(&memory));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_article_is_found_by_its_id),
        cmocka_unit_test(an_article_is_found_without_memory_too),
        cmocka_unit_test(the_pairs_of_an_article_are_those_that_name_it),
        cmocka_unit_test(threads_may_ask_at_once),
        cmocka_unit_test(a_call_that_fails_can_be_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
