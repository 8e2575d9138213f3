#include "../texts.h"

/* Matches of one query, copied. */
typedef struct matches {
    tt_match *items;
    tt_occurrence *passages; /* of all, in order */
    size_t count, passage_count, calls;
} matches;

static int collect(void *ctx, const tt_match *m, size_t n)
{
    matches *out = ctx;
    out->calls++;
    out->items = copy_more(out->items, out->count, m, n, sizeof *m);
    out->count += n;
    for (size_t k = 0; k < n; k++) {
        out->passages = copy_more(out->passages, out->passage_count, m[k].passages,
                                  m[k].passage_count, sizeof *out->passages);
        out->passage_count += m[k].passage_count;
    }
    return 0;
}

static void free_matches(matches *m)
{
    free(m->items);
    free(m->passages);
    memset(m, 0, sizeof *m);
}

static matches ask(const tt_result *x, const char *text)
{
    matches out = {0};
    tt_query *q = NULL;
    const tt_article probe = article_of("", text);
    assert_int_equal(tt_query_open(&q, x, NULL), TT_OK);
    assert_int_equal(tt_query_run(q, &probe, collect, &out, NULL), TT_OK);
    tt_query_close(q);
    return out;
}

static const tt_match *match_of(const matches *m, uint64_t article)
{
    for (size_t k = 0; k < m->count; k++)
        if (m->items[k].pair.a == article)
            return &m->items[k];
    return NULL;
}

static void the_same_tokens_are_identical(void **state)
{
    char *text = random_text(1, 150);
    const char *texts[] = {text, "a b", "single", "five small words stand here"};
    tt_result *x = index_of(NULL, texts, 4);
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        matches m = ask(x, texts[k]);
        const tt_match *found = match_of(&m, k);
        assert_non_null(found);
        assert_int_equal(found->admitted, 1);
        assert_int_equal(found->pair.relation, TT_IDENTICAL);
        assert_true(found->pair.b == UINT64_MAX);
        assert_true(found->pair.resemblance == 1 && found->pair.overlap_a == 1 &&
                    found->pair.overlap_b == 1 && found->pair.facts == 1);
        free_matches(&m);
    }
    tt_result_close(x);
    free(text);
}

static void a_passage_that_is_shared_is_given_by_its_bytes(void **state)
{
    char *shared = random_text(2, 60), *head = random_text(3, 100), *tail = random_text(4, 90);
    char *other = random_text(5, 120), *spaced, *stored, *probe, *more;
    const char *texts[2];
    tt_result *x;
    matches m;
    (void)state;
    spaced = joined(head, " ");
    more = joined(spaced, shared);
    stored = joined(more, " and so on");
    free(spaced), free(more);
    spaced = joined(shared, ". ");
    probe = joined(spaced, tail);
    texts[0] = other, texts[1] = stored;
    x = index_of(NULL, texts, 2);
    m = ask(x, probe);
    assert_int_equal(m.count, 1);
    assert_true(m.items[0].pair.a == 1);
    assert_int_equal(m.items[0].admitted, 0); /* only two fifths of the query */
    assert_int_equal(m.items[0].passage_count, 1);
    assert_true(m.passages[0].article == UINT64_MAX);
    assert_int_equal(m.passages[0].begin, 0);
    assert_int_equal(m.passages[0].end, strlen(shared));
    assert_int_equal(m.passages[0].of_begin, strlen(head) + 1);
    assert_int_equal(m.passages[0].of_end, strlen(head) + 1 + strlen(shared));
    assert_true(m.passages[0].similarity == 1);
    free_matches(&m);
    m = ask(x, tail);
    assert_int_equal(m.calls, 0); /* nothing matches: no call */
    tt_result_close(x);
    free(shared), free(head), free(tail), free(other), free(spaced), free(stored), free(probe);
}

static void bad_queries_are_refused_and_the_next_one_works(void **state)
{
    char *text = random_text(6, 80);
    const char *texts[] = {text};
    tt_options o = TT_OPTIONS_INIT;
    tt_result *x;
    tt_query *q = NULL;
    tt_article probe = article_of("", "bad \xff bytes");
    tt_error error = {TT_OK, 0, ""};
    matches m = {0};
    (void)state;
    o.max_article_bytes = 2000;
    x = index_of(&o, texts, 1);
    assert_int_equal(tt_query_open(&q, x, NULL), TT_OK);
    assert_int_equal(tt_query_run(q, &probe, collect, &m, &error), TT_EFORMAT);
    assert_int_equal(error.where, 4);
    probe.text_size = 2001;
    assert_int_equal(tt_query_run(q, &probe, collect, &m, NULL), TT_ELIMIT);
    probe.text = NULL;
    probe.text_size = 10;
    assert_int_equal(tt_query_run(q, &probe, collect, &m, NULL), TT_EINVAL);
    probe.text_size = 0;
    assert_int_equal(tt_query_run(q, &probe, collect, &m, NULL), TT_OK);
    assert_int_equal(m.calls, 0);
    for (int round = 0; round < 3; round++) {
        probe = article_of("", text);
        assert_int_equal(tt_query_run(q, &probe, collect, &m, NULL), TT_OK);
        assert_int_equal(m.calls, (size_t)round + 1);
    }
    free_matches(&m);
    tt_query_close(q);
    tt_result_close(x);
    free(text);
}

static void the_best_matches_come_first_and_no_more_than_asked_for(void **state)
{
    enum { COPIES = 12 };
    rng r = {17};
    char *texts[COPIES];
    wordlist base = {NULL, 0, 0};
    tt_options o = TT_OPTIONS_INIT;
    tt_result *x;
    matches m;
    char *probe;
    (void)state;
    words_random(&base, &r, 300, 4000);
    probe = text_of(&base, 0);
    for (size_t k = 0; k < COPIES; k++) {
        wordlist copy = {NULL, 0, 0};
        words_copy(&copy, &base, 0, 300 - 10 * (k + 1));
        words_random(&copy, &r, 10 * (k + 1), 4000);
        texts[k] = text_of(&copy, 0);
        words_free(&copy);
    }
    o.max_matches = 5;
    x = index_of(&o, (const char *const *)texts, COPIES);
    m = ask(x, probe);
    assert_int_equal(m.count, 5);
    for (size_t k = 0; k < m.count; k++)
        assert_true(m.items[k].pair.a == k);
    free_matches(&m);
    tt_result_close(x);
    for (size_t k = 0; k < COPIES; k++)
        free(texts[k]);
    free(probe);
    words_free(&base);
}

/* A pair of a scan of everything, seen as a match of its later article. */
static void assert_same_numbers(const tt_pair *scanned, const tt_pair *asked)
{
    assert_true(scanned->resemblance == asked->resemblance);
    assert_true(scanned->containment_a == asked->containment_a);
    assert_true(scanned->containment_b == asked->containment_b);
    assert_true(scanned->overlap_a == asked->overlap_a);
    assert_true(scanned->overlap_b == asked->overlap_b);
    assert_true(scanned->facts == asked->facts);
    assert_int_equal(scanned->relation, asked->relation);
}

enum { SCANNED = 120 };

static int is_pair(const results *r, uint64_t x, uint64_t y)
{
    for (size_t k = 0; k < r->pair_count; k++)
        if ((r->pairs[k].a == x && r->pairs[k].b == y) ||
            (r->pairs[k].a == y && r->pairs[k].b == x))
            return 1;
    return 0;
}

/* A scan also compares each article of a story with the one that is kept, however few seeds the two
 * share; a query knows of no story. */
static int share_a_story(const results *r, uint64_t x, uint64_t y)
{
    for (uint64_t middle = 0; middle < SCANNED; middle++)
        if (is_pair(r, middle, x) && is_pair(r, middle, y))
            return 1;
    return 0;
}

static void a_query_finds_what_a_scan_finds_with_the_same_numbers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        rng r = {seed};
        char *texts[SCANNED];
        wordlist all[SCANNED] = {{NULL, 0, 0}};
        results found = {0};
        tt_result *x;
        size_t compared = 0;
        for (size_t k = 0; k < SCANNED; k++) {
            if (k > 5 && rng_below(&r, 2)) {
                const wordlist *of = &all[rng_below(&r, (uint32_t)k)];
                const size_t from = rng_below(&r, 20), to = of->count - rng_below(&r, 10);
                words_copy(&all[k], of, from, to);
                words_replace(&all[k], &r, rng_below(&r, 150), 3000);
                words_random(&all[k], &r, rng_below(&r, 100), 3000);
            } else {
                words_random(&all[k], &r, 5 + rng_below(&r, 300), 3000);
            }
            texts[k] = text_of(&all[k], 0);
        }
        x = index_of(NULL, (const char *const *)texts, SCANNED);
        assert_non_null(x);
        assert_int_equal(results_collect(&found, x), TT_OK);
        for (uint64_t b = 0; b < SCANNED; b++) {
            matches m = ask(x, texts[b]);
            for (size_t k = 0; k < found.pair_count; k++) {
                const tt_match *match = match_of(&m, found.pairs[k].a);
                if (found.pairs[k].b != b)
                    continue;
                if (match == NULL && share_a_story(&found, found.pairs[k].a, b))
                    continue;
                if (match == NULL)
                    fail_msg("seed %d: the query with %d does not find %d", (int)seed, (int)b,
                             (int)found.pairs[k].a);
                assert_int_equal(match->admitted, 1);
                assert_same_numbers(&found.pairs[k], &match->pair);
                compared++;
            }
            free_matches(&m);
        }
        assert_true(compared > 20);
        results_free(&found);
        tt_result_close(x);
        for (size_t k = 0; k < SCANNED; k++) {
            free(texts[k]);
            words_free(&all[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_tokens_are_identical),
        cmocka_unit_test(a_passage_that_is_shared_is_given_by_its_bytes),
        cmocka_unit_test(bad_queries_are_refused_and_the_next_one_works),
        cmocka_unit_test(the_best_matches_come_first_and_no_more_than_asked_for),
        cmocka_unit_test(a_query_finds_what_a_scan_finds_with_the_same_numbers),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
