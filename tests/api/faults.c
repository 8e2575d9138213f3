/* Every allocation fails in turn: each call returns TT_ENOMEM, leaks nothing, and releases every
 * block with the size of its allocation. */
#include "../texts.h"

enum { COUNT = 9 };

static char *texts[COUNT];
static char names[COUNT][8];

/* A small corpus with work for every stage: copies, near copies, a repeated body, a shared
 * paragraph, a damaged copy. */
static int make_texts(void **state)
{
    rng r = {99};
    wordlist w = {NULL, 0, 0}, other = {NULL, 0, 0}, twice = {NULL, 0, 0};
    (void)state;
    words_random(&w, &r, 120, 3000);
    texts[0] = text_of(&w, 40);
    texts[1] = text_of(&w, 40);
    words_replace(&w, &r, 30, 3000);
    texts[2] = text_of(&w, 40);
    words_replace(&w, &r, 80, 3000);
    texts[3] = text_of(&w, 60);
    words_random(&other, &r, 80, 3000);
    texts[4] = text_of(&other, 0);
    words_copy(&other, &w, 0, 45);
    texts[5] = text_of(&other, 0);
    words_copy(&twice, &other, 0, 60);
    words_random(&twice, &r, 10, 3000);
    words_copy(&twice, &other, 0, 60);
    texts[6] = text_of(&twice, 50);
    texts[7] = joined("", "");
    texts[8] = joined("two words", "");
    for (int k = 0; k < COUNT; k++)
        (void)snprintf(names[k], sizeof names[k], "n%d", k);
    words_free(&w), words_free(&other), words_free(&twice);
    return 0;
}

static int free_texts(void **state)
{
    (void)state;
    for (int k = 0; k < COUNT; k++)
        free(texts[k]);
    return 0;
}

static int take_nothing(void *ctx, const char *bytes, size_t size)
{
    return (void)ctx, (void)bytes, (void)size, 0;
}

/* Everything a result can be asked. */
static tt_status ask(const tt_result *x, size_t *found)
{
    results r = {0};
    tt_status status = results_collect(&r, x);
    *found = r.pair_count + r.cluster_count + r.section_count;
    results_free(&r);
    if (status == TT_OK)
        status = tt_result_write(x, take_nothing, NULL, NULL, NULL);
    return status;
}

static tt_status run(const tt_options *o, size_t *found)
{
    tt_scan *b = NULL;
    tt_result *x = NULL;
    tt_article batch[COUNT];
    tt_status status = tt_scan_open(&b, o, NULL);
    for (int k = 0; k < COUNT; k++)
        batch[k] = article_of(names[k], texts[k]);
    if (status == TT_OK)
        status = tt_scan_add(b, batch, 5, NULL, NULL);
    if (status == TT_OK)
        status = tt_scan_add(b, batch + 5, COUNT - 5, NULL, NULL);
    if (status == TT_OK)
        status = tt_scan_finish(b, &x, NULL);
    tt_scan_close(b);
    if (status == TT_OK)
        status = ask(x, found);
    tt_result_close(x);
    return status;
}

/* Runs with the k-th allocation failing, for each k until a run succeeds. */
static void fail_each_allocation(int threads, uint64_t memory)
{
    counting c;
    tt_options o = TT_OPTIONS_INIT;
    size_t expected = 0, found = 0, spared = 0, k = 1;
    tt_status status;
    o.min_section = 20;
    o.threads = threads;
    o.memory_limit = memory;
    o.keep = TT_KEEP_SOURCE;
    o.keep_sources = "a,b";
    counting_start(&c, 0);
    o.allocator = &c.allocator;
    assert_int_equal(run(&o, &expected), TT_OK);
    assert_true(counting_is_clean(&c));
    assert_true(expected > 0);
    for (;; k++) {
        found = 0;
        counting_start(&c, k);
        o.allocator = &c.allocator;
        status = run(&o, &found);
        if (!counting_is_clean(&c))
            fail_msg("allocation %zu fails: %zu bytes in %zu blocks are left, wrong size: %d", k,
                     atomic_load(&c.held), atomic_load(&c.blocks), atomic_load(&c.wrong));
        if (status != TT_OK)
            assert_int_equal(status, TT_ENOMEM);
        else
            assert_int_equal(found, expected);
        if (atomic_load(&c.calls) < k)
            break; /* there are fewer than k allocations */
        spared += status == TT_OK;
    }
    assert_int_equal(status, TT_OK);
    assert_true(k > 100);
    assert_true(spared * 10 < k); /* only releasing spare room may fail unnoticed */
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each_allocation(1, 0);
}

static void every_allocation_may_fail_while_threads_run(void **state)
{
    (void)state;
    fail_each_allocation(3, 0);
}

static void every_allocation_may_fail_under_a_memory_limit(void **state)
{
    (void)state;
    fail_each_allocation(1, UINT64_C(32) << 20);
}

/* Adding articles without enough memory leaves the scan as it was. */
static void a_failed_add_can_be_tried_again(void **state)
{
    (void)state;
    for (size_t k = 1;; k++) {
        counting c;
        tt_options o = TT_OPTIONS_INIT;
        tt_scan *b = NULL;
        tt_result *x = NULL;
        tt_article batch[COUNT];
        tt_status status;
        size_t before;
        for (int i = 0; i < COUNT; i++)
            batch[i] = article_of(names[i], texts[i]);
        counting_start(&c, 0);
        o.allocator = &c.allocator;
        o.threads = 1;
        assert_int_equal(tt_scan_open(&b, &o, NULL), TT_OK);
        assert_int_equal(tt_scan_add(b, batch, 2, NULL, NULL), TT_OK);
        before = atomic_load(&c.calls);
        c.fail_at = before + k;
        status = tt_scan_add(b, batch + 2, COUNT - 2, NULL, NULL);
        c.fail_at = 0;
        if (status != TT_OK) {
            assert_int_equal(status, TT_ENOMEM);
            assert_int_equal(tt_scan_add(b, batch + 2, COUNT - 2, NULL, NULL), TT_OK);
        }
        assert_int_equal(tt_scan_finish(b, &x, NULL), TT_OK);
        assert_int_equal(tt_result_summary(x)->articles, COUNT);
        tt_result_close(x);
        tt_scan_close(b);
        assert_true(counting_is_clean(&c));
        if (status == TT_OK)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_while_threads_run),
        cmocka_unit_test(every_allocation_may_fail_under_a_memory_limit),
        cmocka_unit_test(a_failed_add_can_be_tried_again),
    };
    return cmocka_run_group_tests_name("faults", tests, make_texts, free_texts);
}
