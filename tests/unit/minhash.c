#include "sketch/minhash.h"

#include "../texts.h"
#include "common/alloc.h"
#include "kernels/kernels.h"

#include <math.h>

static void every_kernel_set_gives_the_generic_answer(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    const tti_kernels *generic = all[sets - 1];
    rng r = {4};
    (void)state;
    assert_string_equal(generic->name, "generic");
    for (size_t lanes = 16; lanes <= 1024; lanes += lanes < 140 ? 1 : 37)
        for (size_t n = 0; n <= 70; n += n < 20 ? 1 : 7) {
            uint32_t mul[1024], add[1024], folds[70], start[1024], expected[1024], got[1024];
            for (size_t k = 0; k < lanes; k++) {
                mul[k] = (uint32_t)rng_next(&r) | 1;
                add[k] = (uint32_t)rng_next(&r);
                start[k] = rng_below(&r, 2) ? UINT32_MAX : (uint32_t)rng_next(&r);
            }
            for (size_t k = 0; k < n; k++)
                folds[k] = (uint32_t)rng_next(&r);
            for (size_t k = 0; k < lanes; k++) {
                expected[k] = start[k];
                for (size_t i = 0; i < n; i++)
                    if (mul[k] * folds[i] + add[k] < expected[k])
                        expected[k] = mul[k] * folds[i] + add[k];
            }
            for (size_t s = 0; s < sets; s++) {
                memcpy(got, start, lanes * sizeof *got);
                all[s]->minhash(got, mul, add, lanes, folds, n);
                if (memcmp(got, expected, lanes * sizeof *got) != 0)
                    fail_msg("%s: %zu lanes, %zu shingles", all[s]->name, lanes, n);
            }
        }
}

static void signatures_are_the_same_for_ever(void **state)
{
    /* made once from libxxhash's XXH3-64: stored signatures must not change their meaning */
    static const uint32_t folds[] = {1, 2, 3, 0x80000000u, 0xFFFFFFFFu};
    static const uint32_t known[16] = {
        0x189512c6u, 0x2e112184u, 0x4dc7c084u, 0x10af07b0u,
        0x0575aa44u, 0x03195b01u, 0x4482b0ffu, 0x2a7ebaaau,
        0x01451d40u, 0x6b175039u, 0x44b000f6u, 0x5a493d7du,
        0x1c7368f3u, 0x501b66b0u, 0x03a43927u, 0x21734af3u};
    uint32_t signature[16];
    tti_minhash m;
    (void)state;
    assert_int_equal(tti_minhash_open(&m, &tti_libc_allocator, 16, 42, NULL), TT_OK);
    tti_minhash_clear(&m, signature);
    for (int k = 0; k < 16; k++)
        assert_int_equal(signature[k], UINT32_MAX);
    tti_minhash_update(&m, signature, folds, 5);
    for (int k = 0; k < 16; k++)
        if (signature[k] != known[k])
            fail_msg("value %d is %#x and was %#x", k, signature[k], known[k]);
    tti_minhash_close(&m);
}

static void a_signature_of_a_union_is_the_least_of_both(void **state)
{
    rng r = {6};
    uint32_t folds[200], whole[128], first[128], second[128];
    tti_minhash m;
    (void)state;
    assert_int_equal(tti_minhash_open(&m, &tti_libc_allocator, 128, 7, NULL), TT_OK);
    for (int k = 0; k < 200; k++)
        folds[k] = (uint32_t)rng_next(&r);
    tti_minhash_clear(&m, whole), tti_minhash_clear(&m, first), tti_minhash_clear(&m, second);
    tti_minhash_update(&m, whole, folds, 200);
    tti_minhash_update(&m, first, folds, 70);
    tti_minhash_update(&m, second, folds + 60, 140);
    for (int k = 0; k < 128; k++)
        assert_int_equal(whole[k], first[k] < second[k] ? first[k] : second[k]);
    tti_minhash_close(&m);
}

/* The share of equal values estimates the resemblance without bias: 200 pairs of sets, each within
 * four standard deviations but for at most one, and their mean within a quarter of one. */
static void estimates_lie_within_four_sigma(void **state)
{
    enum { LANES = 256, PAIRS = 200, SIZE = 400 };
    rng r = {8};
    tti_minhash m;
    double sum = 0;
    int outside = 0;
    (void)state;
    assert_int_equal(tti_minhash_open(&m, &tti_libc_allocator, LANES, 99, NULL), TT_OK);
    for (int pair = 0; pair < PAIRS; pair++) {
        const uint32_t shared = rng_below(&r, SIZE + 1);
        const double exact = (double)shared / (2.0 * SIZE - shared);
        const double sigma = sqrt(exact * (1 - exact) / LANES);
        uint32_t a[SIZE], b[SIZE], x[LANES], y[LANES], equal = 0;
        double off;
        for (uint32_t k = 0; k < SIZE; k++) {
            a[k] = (uint32_t)rng_next(&r);
            b[k] = k < shared ? a[k] : (uint32_t)rng_next(&r);
        }
        tti_minhash_clear(&m, x), tti_minhash_clear(&m, y);
        tti_minhash_update(&m, x, a, SIZE);
        tti_minhash_update(&m, y, b, SIZE);
        for (int k = 0; k < LANES; k++)
            equal += x[k] == y[k];
        off = (double)equal / LANES - exact;
        outside += fabs(off) > 4 * sigma + 1e-9;
        sum += sigma > 0 ? off / sigma : 0;
    }
    assert_true(outside <= 1);
    assert_true(fabs(sum / PAIRS) < 0.25);
    tti_minhash_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_set_gives_the_generic_answer),
        cmocka_unit_test(signatures_are_the_same_for_ever),
        cmocka_unit_test(a_signature_of_a_union_is_the_least_of_both),
        cmocka_unit_test(estimates_lie_within_four_sigma),
    };
    return cmocka_run_group_tests_name("minhash", tests, NULL, NULL);
}
