/* Every allocation of every call on an index fails in turn: each call returns TT_ENOMEM, leaks
 * nothing, and leaves the index whole. */
#define _DEFAULT_SOURCE
#include "index.h"

enum { ARTICLES = 60, MOST_CALLS = 100000 };

typedef tt_status (*call_fn)(tt_index *live, lines *out);

static char **texts;

static void assert_whole(const char *path)
{
    uint64_t findings = 1;
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
}

/* Opens an index and makes the call, with the k-th allocation failing. */
static tt_status attempt(const char *path, counting *c, uint32_t flags, call_fn call)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_index *live = NULL;
    lines out = {0};
    tt_status status;
    o.threads = 1;
    o.allocator = &c->allocator;
    status = tt_index_open(&live, path, flags, &o, NULL);
    assert_int_equal(status == TT_OK, live != NULL);
    if (status == TT_OK)
        status = call(live, &out);
    tt_index_close(live);
    lines_free(&out);
    return status;
}

static void fail_each(uint32_t flags, call_fn call)
{
    const char *path = index_of_texts(texts, ARTICLES);
    tt_status status = TT_ENOMEM;
    size_t k = 0;
    while (status != TT_OK && ++k < MOST_CALLS) {
        counting c;
        counting_start(&c, k);
        status = attempt(path, &c, flags, call);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        assert_true(counting_is_clean(&c));
        if (k % 16 == 0)
            assert_whole(path);
    }
    assert_int_equal(status, TT_OK);
    assert_whole(path);
    print_message("%zu allocations failed\n", k - 1);
    (void)fresh_path();
}

static tt_status add(tt_index *live, lines *out)
{
    const tt_article a[] = {article_of("7", texts[3]), article_of("new", texts[4])};
    return tt_index_add(live, a, 2, NULL, add_verdicts, out, NULL);
}

static tt_status query(tt_index *live, lines *out)
{
    const tt_article a[] = {article_of("7", texts[3]), article_of("new", texts[4])};
    return tt_index_query(live, a, 2, NULL, add_verdicts, out, NULL);
}

static tt_status drop(tt_index *live, lines *out)
{
    const tt_id ids[] = {{"3", 1, 0, 0}, {"not there", 9, 0, 0}};
    (void)out;
    return tt_index_remove(live, ids, 2, NULL, NULL);
}

static tt_status expire(tt_index *live, lines *out)
{
    (void)out;
    return tt_index_expire(live, 5, NULL, NULL);
}

static void adding(void **state)
{
    (void)state;
    fail_each(0, add);
}

static void asking(void **state)
{
    (void)state;
    fail_each(TT_INDEX_READ, query);
}

static void removing(void **state)
{
    (void)state;
    fail_each(0, drop);
}

static void expiring(void **state)
{
    (void)state;
    fail_each(0, expire);
}

/* A reader takes in the changes of another handle. It queries twice, with the k-th allocation
 * failing; the second answer is that of a fresh reader. */
static void following(void **state)
{
    tt_status status = TT_ENOMEM;
    size_t k = 0;
    (void)state;
    while (status != TT_OK && ++k < MOST_CALLS) {
        const char *path = index_of_texts(texts, ARTICLES);
        tt_options o = TT_OPTIONS_INIT;
        tt_index *writer = NULL, *reader = NULL, *fresh = NULL;
        lines told = {0}, expected = {0}, none = {0};
        counting c;
        counting_start(&c, 0);
        o.threads = 1;
        o.allocator = &c.allocator;
        assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, &o, NULL), TT_OK);
        assert_int_equal(query(reader, &none), TT_OK);
        assert_int_equal(tt_index_open(&writer, path, 0, NULL, NULL), TT_OK);
        assert_int_equal(tt_index_expire(writer, 5, NULL, NULL), TT_OK);
        assert_int_equal(add(writer, &none), TT_OK);
        c.fail_at = atomic_load(&c.calls) + k;
        lines_free(&none);
        status = query(reader, &none);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        assert_int_equal(query(reader, &told), TT_OK);
        assert_int_equal(tt_index_open(&fresh, path, TT_INDEX_READ, NULL, NULL), TT_OK);
        assert_int_equal(query(fresh, &expected), TT_OK);
        assert_same_lines(&expected, &told);
        tt_index_close(fresh);
        tt_index_close(reader);
        tt_index_close(writer);
        assert_true(counting_is_clean(&c));
        lines_free(&none);
        lines_free(&told);
        lines_free(&expected);
    }
    assert_int_equal(status, TT_OK);
    print_message("%zu allocations failed\n", k - 1);
    (void)fresh_path();
}

static void checking(void **state)
{
    const char *path = index_of_texts(texts, ARTICLES);
    tt_status status = TT_ENOMEM;
    (void)state;
    for (size_t k = 1; status != TT_OK && k < MOST_CALLS; k++) {
        counting c;
        tt_options o = TT_OPTIONS_INIT;
        uint64_t findings = 0;
        counting_start(&c, k);
        o.threads = 1;
        o.allocator = &c.allocator;
        status = tt_index_check(path, &o, NULL, NULL, &findings, NULL);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        assert_int_equal(findings, 0); /* lack of memory is not damage */
        assert_true(counting_is_clean(&c));
    }
    assert_int_equal(status, TT_OK);
    (void)fresh_path();
}

static int set_up(void **state)
{
    (void)state;
    texts = make_texts(21, ARTICLES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free_texts(texts, ARTICLES);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding),   cmocka_unit_test(asking),    cmocka_unit_test(removing),
        cmocka_unit_test(expiring), cmocka_unit_test(following), cmocka_unit_test(checking),
    };
    return cmocka_run_group_tests_name("live_memory", tests, set_up, tear_down);
}
