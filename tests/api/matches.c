/* What an index in memory says of new text: every match, with its numbers and passages. */
#include "../texts.h"

#include <math.h>

/* Matches of one article, copied, but for the bytes of their ids. */
typedef struct matches {
    tt_match *items;
    uint64_t *of;        /* numbers of the articles that they are with */
    tt_repeat *passages; /* of all, in order */
    size_t count, passage_count, calls;
} matches;

static int collect(void *ctx, const tt_verdict *verdicts, size_t count)
{
    matches *out = ctx;
    out->calls++;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < verdicts[k].match_count; i++) {
            const tt_match *m = &verdicts[k].matches[i];
            char id[24];
            uint64_t number;
            (void)snprintf(id, sizeof id, "%.*s", (int)m->of.size, m->of.bytes);
            number = strtoull(id, NULL, 10);
            out->items = copy_more(out->items, out->count, m, 1, sizeof *m);
            out->of = copy_more(out->of, out->count++, &number, 1, sizeof number);
            out->passages = copy_more(out->passages, out->passage_count, m->passages,
                                      m->passage_count, sizeof *m->passages);
            out->passage_count += m->passage_count;
        }
    return 0;
}

static void free_matches(matches *m)
{
    free(m->items);
    free(m->of);
    free(m->passages);
    memset(m, 0, sizeof *m);
}

/** An index in memory of the texts, under the ids "0", "1", .... Owner: the caller. */
static tt_index *memory_of(const tt_options *options, const char *const *texts, size_t count)
{
    tt_index *index = NULL;
    assert_int_equal(tt_index_open(&index, NULL, TT_INDEX_MATCHES, options, NULL), TT_OK);
    for (size_t k = 0; k < count; k++) {
        char id[24];
        tt_article a;
        (void)snprintf(id, sizeof id, "%zu", k);
        a = article_of(id, texts[k]);
        assert_int_equal(tt_index_add(index, &a, 1, NULL, NULL, NULL, NULL), TT_OK);
    }
    return index;
}

static matches ask(tt_index *index, const char *text)
{
    matches out = {0};
    const tt_article probe = article_of("new", text);
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &out, NULL), TT_OK);
    return out;
}

static const tt_match *match_of(const matches *m, uint64_t article)
{
    for (size_t k = 0; k < m->count; k++)
        if (m->of[k] == article)
            return &m->items[k];
    return NULL;
}

static void the_same_tokens_are_identical(void **state)
{
    char *text = random_text(1, 150);
    const char *texts[] = {text, "a b", "single", "five small words stand here"};
    tt_index *index = memory_of(NULL, texts, 4);
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        matches m = ask(index, texts[k]);
        const tt_match *found = match_of(&m, k);
        assert_non_null(found);
        assert_int_equal(found->admitted, 1);
        assert_int_equal(found->relation, TT_IDENTICAL);
        assert_true(found->resemblance == 1 && found->overlap == 1 && found->overlap_of == 1 &&
                    found->facts == 1);
        free_matches(&m);
    }
    tt_index_close(index);
    free(text);
}

static void a_passage_that_is_shared_is_given_by_its_bytes(void **state)
{
    char *shared = random_text(2, 60), *head = random_text(3, 100), *tail = random_text(4, 90);
    char *other = random_text(5, 120), *spaced, *stored, *probe, *more;
    const char *texts[2];
    tt_index *index;
    matches m;
    (void)state;
    spaced = joined(head, " ");
    more = joined(spaced, shared);
    stored = joined(more, " and so on");
    free(spaced), free(more);
    spaced = joined(shared, ". ");
    probe = joined(spaced, tail);
    texts[0] = other, texts[1] = stored;
    index = memory_of(NULL, texts, 2);
    m = ask(index, probe);
    assert_int_equal(m.count, 1);
    assert_true(m.of[0] == 1);
    assert_int_equal(m.items[0].admitted, 0); /* only two fifths of the new text */
    assert_int_equal(m.items[0].passage_count, 1);
    assert_int_equal(m.passages[0].begin, 0);
    assert_int_equal(m.passages[0].end, strlen(shared));
    assert_int_equal(m.passages[0].of_begin, strlen(head) + 1);
    assert_int_equal(m.passages[0].of_end, strlen(head) + 1 + strlen(shared));
    assert_true(m.passages[0].similarity == 1);
    free_matches(&m);
    m = ask(index, tail);
    assert_int_equal(m.count, 0);
    free_matches(&m);
    tt_index_close(index);
    free(shared), free(head), free(tail), free(other), free(spaced), free(stored), free(probe);
}

static int stop_at_once(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)verdicts;
    ++*(int *)ctx;
    return count > 0;
}

static void bad_queries_are_refused_and_the_next_one_works(void **state)
{
    char *text = random_text(6, 80);
    const char *texts[] = {text};
    tt_options o = TT_OPTIONS_INIT;
    tt_index *index;
    tt_article probe = article_of("new", "bad \xff bytes");
    tt_error error = {TT_OK, 0, ""};
    matches m = {0};
    int calls = 0;
    (void)state;
    o.max_article_bytes = 2000;
    index = memory_of(&o, texts, 1);
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &m, &error), TT_EFORMAT);
    probe.text_size = 2001;
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &m, NULL), TT_ELIMIT);
    probe.text = NULL;
    probe.text_size = 10;
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &m, NULL), TT_EINVAL);
    assert_int_equal(m.calls, 0);
    probe.text_size = 0;
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &m, NULL), TT_OK);
    assert_int_equal(m.count, 0);
    probe = article_of("new", text);
    assert_int_equal(tt_index_query(index, &probe, 1, NULL, stop_at_once, &calls, &error),
                     TT_ESTOPPED);
    assert_int_equal(error.status, TT_ESTOPPED);
    assert_int_equal(calls, 1);
    for (size_t round = 1; round <= 3; round++) {
        assert_int_equal(tt_index_query(index, &probe, 1, NULL, collect, &m, NULL), TT_OK);
        assert_int_equal(m.count, round);
    }
    free_matches(&m);
    tt_index_close(index);
    free(text);
}

static void without_the_flag_there_are_none(void **state)
{
    char *text = random_text(7, 80);
    const tt_article a = article_of("a", text), b = article_of("b", text);
    tt_index *index = NULL;
    matches m = {0};
    (void)state;
    assert_int_equal(tt_index_open(&index, NULL, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(index, &a, 1, NULL, collect, &m, NULL), TT_OK);
    assert_int_equal(tt_index_query(index, &b, 1, NULL, collect, &m, NULL), TT_OK);
    assert_int_equal(m.calls, 2);
    assert_int_equal(m.count, 0);
    tt_index_close(index);
    free(text);
}

static void the_best_matches_come_first_and_no_more_than_asked_for(void **state)
{
    enum { COPIES = 12 };
    rng r = {17};
    char *texts[COPIES];
    wordlist base = {NULL, 0, 0};
    tt_options o = TT_OPTIONS_INIT;
    tt_index *index;
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
    index = memory_of(&o, (const char *const *)texts, COPIES);
    m = ask(index, probe);
    assert_int_equal(m.count, 5);
    for (size_t k = 0; k < m.count; k++)
        assert_true(m.of[k] == k);
    free_matches(&m);
    tt_index_close(index);
    for (size_t k = 0; k < COPIES; k++)
        free(texts[k]);
    free(probe);
    words_free(&base);
}

/* A pair of a scan of everything, seen as a match of its later article. */
static void assert_same_numbers(const tt_pair *scanned, const tt_match *asked)
{
    assert_true(scanned->resemblance == asked->resemblance);
    assert_true(scanned->containment_a == asked->containment_of);
    assert_true(scanned->containment_b == asked->containment);
    assert_true(scanned->overlap_a == asked->overlap_of);
    assert_true(scanned->overlap_b == asked->overlap);
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
        tt_index *index;
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
        index = memory_of(NULL, (const char *const *)texts, SCANNED);
        assert_non_null(x);
        assert_int_equal(results_collect(&found, x), TT_OK);
        for (uint64_t b = 0; b < SCANNED; b++) {
            matches m = ask(index, texts[b]);
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
                assert_same_numbers(&found.pairs[k], match);
                compared++;
            }
            free_matches(&m);
        }
        assert_true(compared > 20);
        results_free(&found);
        tt_result_close(x);
        tt_index_close(index);
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
        cmocka_unit_test(without_the_flag_there_are_none),
        cmocka_unit_test(bad_queries_are_refused_and_the_next_one_works),
        cmocka_unit_test(the_best_matches_come_first_and_no_more_than_asked_for),
        cmocka_unit_test(a_query_finds_what_a_scan_finds_with_the_same_numbers),
    };
    return cmocka_run_group_tests_name("matches", tests, NULL, NULL);
}
