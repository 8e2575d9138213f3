/* Words constructed to have the same hash: under the seed for which they were made, they count as
 * the same word (docs/quality.md); under another, and so with --seed random, they do not. */
#include "util/hash.h"

#include "../texts.h"

enum { WORDS = 1 << 20, PAIRS = 60 };

typedef struct hashed {
    uint32_t hash, word;
} hashed;

static int by_hash(const void *x, const void *y)
{
    const hashed *p = x, *q = y;
    return (p->hash > q->hash) - (p->hash < q->hash);
}

/* Makes two articles of PAIRS words that differ, but have the same hashes under `seed`. */
static void make_pair(uint64_t seed, char **one, char **other)
{
    hashed *all = malloc(WORDS * sizeof *all);
    wordlist a = {NULL, 0, 0}, b = {NULL, 0, 0};
    assert_non_null(all);
    for (uint32_t k = 0; k < WORDS; k++) {
        char word[300]; /* more than spell() needs, so that gcc sees no read past it in XXH3 */
        const size_t size = spell(k, word);
        all[k] = (hashed){(uint32_t)XXH3_64bits_withSeed(word, size, seed), k};
    }
    qsort(all, WORDS, sizeof *all, by_hash);
    for (size_t k = 1; k < WORDS && a.count < PAIRS; k++)
        if (all[k].hash == all[k - 1].hash) {
            words_add(&a, all[k - 1].word);
            words_add(&b, all[k].word);
        }
    assert_int_equal(a.count, PAIRS);
    *one = text_of(&a, 0);
    *other = text_of(&b, 0);
    words_free(&a), words_free(&b);
    free(all);
}

static size_t count_pairs(const char *const *texts, uint64_t seed)
{
    tt_options o = TT_OPTIONS_INIT;
    results r = {0};
    size_t count;
    tt_result *x;
    o.seed = seed;
    x = index_of(&o, texts, 2);
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    count = r.pair_count + r.section_count;
    results_free(&r);
    tt_result_close(x);
    return count;
}

static void words_made_for_one_seed_do_nothing_under_another(void **state)
{
    char *texts[2];
    (void)state;
    make_pair(0, &texts[0], &texts[1]);
    assert_int_equal(count_pairs((const char *const *)texts, 0), 2); /* the words do collide */
    for (uint64_t seed = 1; seed < 20; seed++)
        assert_int_equal(count_pairs((const char *const *)texts, seed), 0);
    free(texts[0]);
    free(texts[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_made_for_one_seed_do_nothing_under_another),
    };
    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
