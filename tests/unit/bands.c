#include "lsh/bands.h"
#include "options.h"

#include "../texts.h"

#include <math.h>

static void recall_is_the_chance_that_some_band_agrees(void **state)
{
    (void)state;
    for (uint32_t num_hashes = 16; num_hashes <= 256; num_hashes *= 2)
        for (uint32_t rows = 1; rows <= num_hashes; rows *= 2) {
            double before = -1;
            for (double s = 0; s <= 1; s += 0.05) {
                double miss = 1;
                for (uint32_t band = 0; band < num_hashes / rows; band++)
                    miss *= 1 - pow(s, rows);
                assert_true(fabs(tti_bands_recall(num_hashes, rows, s) - (1 - miss)) < 1e-9);
                assert_true(tti_bands_recall(num_hashes, rows, s) >= before);
                before = tti_bands_recall(num_hashes, rows, s);
            }
            assert_true(tti_bands_recall(num_hashes, rows, 1) == 1);
        }
}

static void the_most_rows_that_still_find_nearly_all_are_chosen(void **state)
{
    (void)state;
    for (uint32_t num_hashes = 16; num_hashes <= 1024; num_hashes += 16)
        for (double s = 0.2; s < 1; s += 0.1) {
            const uint32_t rows = tti_bands_rows(num_hashes, s);
            assert_int_equal(num_hashes % rows, 0);
            assert_true(rows == 1 || tti_bands_recall(num_hashes, rows, s) >= 0.9995);
            for (uint32_t more = rows + 1; more <= num_hashes; more++)
                if (num_hashes % more == 0)
                    assert_true(tti_bands_recall(num_hashes, more, s) < 0.9995);
        }
    assert_int_equal(tti_bands_rows(128, 0.7), 4);
}

/* Only bands, no seeds: resemblance is the only threshold, and sections are not requested. */
static void planted_pairs_are_found_by_bands_alone(void **state)
{
    static const double thresholds[] = {0.3, 0.5, 0.7, 0.9};
    enum { COPIES = 150, WORDS = 200 };
    (void)state;
    for (size_t t = 0; t < 4; t++) {
        rng r = {t + 1};
        char *texts[2 * COPIES];
        tt_options o = TT_OPTIONS_INIT;
        results found = {0};
        tt_result *x;
        /* the number of new words at the end leaves about `least` of the shingles shared */
        const double least = thresholds[t] + 0.02;
        const uint32_t kept = (uint32_t)ceil(WORDS * 2 * least / (1 + least)) + 4;
        for (size_t k = 0; k < COPIES; k++) {
            wordlist a = {NULL, 0, 0}, b = {NULL, 0, 0};
            words_random(&a, &r, WORDS, 60000);
            words_copy(&b, &a, 0, kept < WORDS ? kept : WORDS);
            words_random(&b, &r, WORDS - b.count, 60000);
            texts[k] = text_of(&a, 0);
            texts[COPIES + k] = text_of(&b, 0);
            words_free(&a), words_free(&b);
        }
        o.resemblance = thresholds[t];
        o.containment = o.overlap = TT_OFF;
        o.find = TT_FIND_PAIRS;
        x = index_of(&o, (const char *const *)texts, 2 * COPIES);
        assert_non_null(x);
        assert_int_equal(results_collect(&found, x), TT_OK);
        if (found.pair_count < COPIES - 1)
            fail_msg("at %g, %zu pairs of %d are found", thresholds[t], found.pair_count, COPIES);
        for (size_t k = 0; k < found.pair_count; k++) {
            assert_true(found.pairs[k].b == found.pairs[k].a + COPIES);
            assert_true(found.pairs[k].resemblance >= thresholds[t]);
        }
        results_free(&found);
        tt_result_close(x);
        for (size_t k = 0; k < 2 * COPIES; k++)
            free(texts[k]);
    }
}

/* An article of a story of sixty is compared with some of them, and its copy is among these. */
static void of_a_popular_story_the_closest_are_candidates(void **state)
{
    enum { STORY = 60, WORDS = 300, MOST = 16, COPIED = STORY - 3 };
    rng r = {7};
    wordlist story = {NULL, 0, 0}, copies[STORY + 1] = {{NULL, 0, 0}};
    char *texts[STORY + 1];
    tt_options o = TT_OPTIONS_INIT;
    results found = {0};
    size_t of_last = 0, best = 0;
    tt_result *x;
    (void)state;
    words_random(&story, &r, WORDS, 60000);
    for (size_t k = 0; k <= STORY; k++) {
        words_copy(&copies[k], k == STORY ? &copies[COPIED] : &story, 0, WORDS);
        words_replace(&copies[k], &r, k == STORY ? 4 : 15, 60000);
        texts[k] = text_of(&copies[k], 0);
    }
    o.containment = o.overlap = TT_OFF;
    o.find = TT_FIND_PAIRS;
    o.max_matches = MOST;
    x = index_of(&o, (const char *const *)texts, STORY + 1);
    assert_non_null(x);
    assert_int_equal(results_collect(&found, x), TT_OK);
    for (size_t k = 0; k < found.pair_count; k++)
        if (found.pairs[k].b == STORY) {
            of_last++;
            best += found.pairs[k].a == COPIED;
        }
    assert_int_equal(of_last, MOST);
    assert_int_equal(best, 1);
    assert_true(tt_result_summary(x)->pairs_omitted >= STORY - MOST);
    results_free(&found);
    tt_result_close(x);
    words_free(&story);
    for (size_t k = 0; k <= STORY; k++) {
        words_free(&copies[k]);
        free(texts[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recall_is_the_chance_that_some_band_agrees),
        cmocka_unit_test(the_most_rows_that_still_find_nearly_all_are_chosen),
        cmocka_unit_test(planted_pairs_are_found_by_bands_alone),
        cmocka_unit_test(of_a_popular_story_the_closest_are_candidates),
    };
    return cmocka_run_group_tests_name("bands", tests, NULL, NULL);
}
