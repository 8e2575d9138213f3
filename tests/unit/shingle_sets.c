#include "verify/shingle_sets.h"

#include "../texts.h"
#include "sketch/minhash.h"
#include "util/alloc.h"

static int by_value(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

/* The sorted distinct shingles of some tokens. */
static uint64_t *distinct(const wordlist *w, uint32_t width, uint64_t seed, size_t *count)
{
    const uint32_t n = tti_shingle_count((uint32_t)w->count, width);
    const uint32_t tokens = tti_shingle_width((uint32_t)w->count, width);
    uint64_t *out = malloc((n + 1) * sizeof *out);
    size_t kept = 0;
    for (uint32_t k = 0; k < n; k++)
        out[k] = tti_shingle_hash(w->words + k, tokens, seed);
    qsort(out, n, sizeof *out, by_value);
    for (uint32_t k = 0; k < n; k++)
        if (kept == 0 || out[kept - 1] != out[k])
            out[kept++] = out[k];
    *count = kept;
    return out;
}

static tti_doc doc_of(const wordlist *w)
{
    return (tti_doc){.hashes = w->words, .token_count = (uint32_t)w->count};
}

/* Positions whose shingle occurred earlier in the article. */
static uint32_t list_repeats(const tti_doc *doc, uint32_t width, uint64_t seed, uint32_t *repeats)
{
    const uint32_t n = tti_shingle_count(doc->token_count, width);
    const uint32_t w = tti_shingle_width(doc->token_count, width);
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (tti_shingle_hash(doc->hashes + k, w, seed) ==
                tti_shingle_hash(doc->hashes + i, w, seed)) {
                repeats[count++] = i;
                break;
            }
    return count;
}

static void counts_are_those_of_sorted_lists(void **state)
{
    rng r = {3};
    tti_shingle_set set;
    (void)state;
    tti_shingle_set_init(&set, &tti_libc_allocator);
    for (int round = 0; round < 400; round++) {
        const uint32_t width = 1 + rng_below(&r, 8);
        const uint64_t seed = rng_next(&r);
        wordlist a = {NULL, 0, 0};
        size_t na, nb;
        uint64_t *x, *y;
        tti_doc doc;
        words_random(&a, &r, 1 + rng_below(&r, 300), 4 + rng_below(&r, 200));
        doc = doc_of(&a);
        x = distinct(&a, width, seed, &na);
        assert_int_equal(tti_shingle_set_load(&set, &doc, width, seed, NULL), TT_OK);
        assert_int_equal(set.size, na);
        for (int other = 0; other < 5; other++) { /* one load, several counts */
            wordlist b = {NULL, 0, 0};
            uint32_t shared = 0, repeats[500], repeat_count;
            words_copy(&b, &a, 0, rng_below(&r, 300));
            words_random(&b, &r, 1 + rng_below(&r, 100), 50);
            y = distinct(&b, width, seed, &nb);
            for (size_t i = 0, k = 0; i < na && k < nb;) {
                shared += x[i] == y[k];
                if (x[i] <= y[k])
                    i++;
                else
                    k++;
            }
            doc = doc_of(&b);
            assert_int_equal(tti_shingle_set_shared(&set, &doc, width, seed, NULL, 0), shared);
            repeat_count = list_repeats(&doc, width, seed, repeats);
            assert_int_equal(tti_shingle_set_shared(&set, &doc, width, seed, repeats, repeat_count),
                             shared);
            free(y);
            words_free(&b);
        }
        free(x);
        words_free(&a);
    }
    tti_shingle_set_free(&set);
}

static void a_short_article_is_one_shingle(void **state)
{
    const uint32_t words[] = {1, 2, 3, 4};
    const tti_doc doc = {.hashes = words, .token_count = 4};
    const tti_doc part = {.hashes = words, .token_count = 3};
    tti_shingle_set set;
    (void)state;
    assert_int_equal(tti_shingle_count(4, 5), 1);
    assert_int_equal(tti_shingle_count(5, 5), 1);
    assert_int_equal(tti_shingle_count(6, 5), 2);
    assert_int_equal(tti_shingle_count(0, 5), 0);
    tti_shingle_set_init(&set, &tti_libc_allocator);
    assert_int_equal(tti_shingle_set_load(&set, &doc, 5, 0, NULL), TT_OK);
    assert_int_equal(set.size, 1);
    assert_int_equal(tti_shingle_set_shared(&set, &doc, 5, 0, NULL, 0), 1);
    assert_int_equal(tti_shingle_set_shared(&set, &part, 5, 0, NULL, 0), 0);
    tti_shingle_set_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_sorted_lists),
        cmocka_unit_test(a_short_article_is_one_shingle),
    };
    return cmocka_run_group_tests_name("sets", tests, NULL, NULL);
}
