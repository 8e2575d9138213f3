#include "sketch/minhash.h"

#include "../texts.h"
#include "kernels/kernels.h"

#include <math.h>

enum { LANES = 256 };

static void draw(rng *r, uint32_t *out, size_t count)
{
    for (size_t k = 0; k < count; k++)
        out[k] = (uint32_t)rng_next(r);
}

static void check_same(const char *what, const tti_kernels *set, const uint32_t *got,
                       const uint32_t *expected, size_t count, size_t n)
{
    if (memcmp(got, expected, count * sizeof *got) != 0)
        fail_msg("%s of %s: %zu values of %zu", what, set->name, count, n);
}

static void every_kernel_set_hashes_shingles_by_the_formula(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    rng r = {3};
    uint32_t tokens[140], mul[64], expected[70], got[70];
    (void)state;
    draw(&r, tokens, 140);
    draw(&r, mul, 64);
    for (uint32_t width = 1; width <= 64; width += width < 8 ? 1 : 28)
        for (size_t n = 0; n <= 70; n++) {
            for (size_t i = 0; i < n; i++) {
                uint32_t x = 77;
                for (uint32_t k = 0; k < width; k++)
                    x += mul[k] * tokens[i + k];
                x = (x ^ x >> 15) * 0x2C1B3C6Du;
                x = (x ^ x >> 12) * 0x297A2D39u;
                expected[i] = x ^ x >> 15;
            }
            for (size_t s = 0; s < sets; s++) {
                all[s]->hash_shingles(tokens, n, mul, 77, width, got);
                check_same("shingle", all[s], got, expected, n, width);
            }
        }
}

static void every_kernel_set_finds_the_least_hash_of_bins_and_permutations(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    rng r = {4};
    (void)state;
    for (size_t num_hashes = 1; num_hashes <= 1024; num_hashes += num_hashes < 140 ? 1 : 37)
        for (size_t n = 0; n <= 150; n += n < 20 ? 1 : 13) {
            uint32_t mul[1024], add[1024], hashes[150], bins[1024], least[1024], got[1024];
            draw(&r, mul, num_hashes), draw(&r, add, num_hashes), draw(&r, hashes, n);
            memset(bins, 0xFF, sizeof bins);
            memset(least, 0xFF, sizeof least);
            for (size_t k = 0; k < n; k++) {
                const size_t bin = (size_t)((uint64_t)hashes[k] * num_hashes >> 32);
                bins[bin] = hashes[k] < bins[bin] ? hashes[k] : bins[bin];
                for (size_t i = 0; i < num_hashes; i++)
                    if (mul[i] * hashes[k] + add[i] < least[i])
                        least[i] = mul[i] * hashes[k] + add[i];
            }
            for (size_t s = 0; s < sets; s++) {
                memset(got, 0xFF, sizeof got);
                all[s]->fill_bins(got, num_hashes, hashes, n);
                check_same("bins", all[s], got, bins, num_hashes, n);
                all[s]->min_hashes(mul, add, num_hashes, hashes, n, got);
                check_same("least", all[s], got, least, num_hashes, n);
            }
        }
}

static void every_kernel_set_hashes_bands_as_shingles(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    rng r = {6};
    uint32_t values[1024], mul[64], expected[256], got[256];
    (void)state;
    draw(&r, values, 1024);
    draw(&r, mul, 64);
    for (uint32_t rows = 1; rows <= 64; rows++)
        for (size_t bands = 1; bands * rows <= 1024 && bands <= 256; bands += bands < 40 ? 1 : 50) {
            for (size_t band = 0; band < bands; band++)
                tti_kernels_get()->hash_shingles(values + band * rows, 1, mul, 77, rows,
                                                 &expected[band]);
            for (size_t s = 0; s < sets; s++) {
                all[s]->hash_bands(values, bands, mul, 77, rows, got);
                check_same("bands", all[s], got, expected, bands, rows);
            }
        }
}

static void every_kernel_set_counts_equal_values(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    rng r = {5};
    (void)state;
    for (size_t num_hashes = 1; num_hashes <= 1024; num_hashes += num_hashes < 140 ? 1 : 37) {
        uint8_t x[1024], y[1024];
        uint32_t expected = 0;
        for (size_t i = 0; i < num_hashes; i++) {
            x[i] = (uint8_t)rng_next(&r);
            y[i] = rng_below(&r, 4) == 0 ? (uint8_t)(x[i] + 1) : x[i];
            expected += x[i] == y[i];
        }
        for (size_t s = 0; s < sets; s++) {
            assert_int_equal(all[s]->count_equal(x, y, num_hashes), expected);
            assert_int_equal(all[s]->count_equal(x, x, num_hashes), num_hashes);
        }
    }
}

static void signatures_are_the_same_for_ever(void **state)
{
    /* made once with XXH3-64 of libxxhash: signatures that users keep must not change their meaning
     */
    static const uint32_t tokens[] = {1, 2, 3, 0x80000000u, 0xFFFFFFFFu, 7, 8, 9};
    static const uint32_t known[16] = {0x395e30efu, 0x6816159fu, 0x4cab65b9u, 0x2fdb8166u,
                                       0xa8fd5025u, 0x52ec4e75u, 0x638d43dcu, 0x6e1d5b3au,
                                       0x86c9cd53u, 0x120144c9u, 0x673e43e6u, 0x0b87ac03u,
                                       0x19126e2du, 0xdb532ef7u, 0x0c857cb0u, 0x0579300eu};
    uint32_t hashes[4], signature[16];
    tti_minhash m;
    (void)state;
    tti_minhash_init(&m, 16, 42);
    tti_minhash_signature(&m, NULL, 0, signature);
    for (int k = 0; k < 16; k++)
        assert_int_equal(signature[k], UINT32_MAX);
    tti_minhash_hash_shingles(&m, tokens, 4, 5, hashes);
    tti_minhash_signature(&m, hashes, 4, signature);
    for (int k = 0; k < 16; k++)
        if (signature[k] != known[k])
            fail_msg("value %d is %#x and was %#x", k, signature[k], known[k]);
}

static void a_value_is_the_least_of_its_bin_or_of_its_own_permutation(void **state)
{
    static const uint32_t hashes[] = {0x00000005u, 0x00000003u, 0xFFFFFFF0u};
    uint32_t signature[16], classic[16];
    tti_minhash m;
    (void)state;
    tti_minhash_init(&m, 16, 1);
    tti_minhash_signature(&m, hashes, 3, signature);
    tti_minhash_signature_classic(&m, hashes, 3, classic);
    assert_int_equal(signature[0], 3);
    assert_int_equal(signature[15], 0xFFFFFFF0u);
    assert_memory_equal(signature + 1, classic + 1, 14 * sizeof *signature);
}

typedef void make_fn(const tti_minhash *, const uint32_t *, size_t, uint32_t *);

/* The share of equal values is an unbiased estimate of the resemblance: of 200 pairs of sets of
 * `size`, at most one is off by four standard deviations, and the mean by a quarter of one. */
static void check_estimates(make_fn *make, uint32_t size, uint64_t seed)
{
    enum { PAIRS = 200, MOST = 2000 };
    static uint32_t a[MOST], b[MOST];
    rng r = {seed};
    tti_minhash m;
    double sum = 0;
    int outside = 0;
    tti_minhash_init(&m, LANES, 99);
    for (int pair = 0; pair < PAIRS; pair++) {
        const uint32_t shared = rng_below(&r, size + 1);
        const double exact = (double)shared / (2.0 * size - shared);
        const double sigma = sqrt(exact * (1 - exact) / LANES);
        uint32_t x[LANES], y[LANES], equal = 0;
        double off;
        draw(&r, a, size), draw(&r, b, size);
        memcpy(b, a, shared * sizeof *b);
        make(&m, a, size, x);
        make(&m, b, size, y);
        for (int k = 0; k < LANES; k++)
            equal += x[k] == y[k];
        off = (double)equal / LANES - exact;
        outside += fabs(off) > 4 * sigma + 1e-9;
        sum += sigma > 0 ? off / sigma : 0;
    }
    if (outside > 1 || fabs(sum / PAIRS) >= 0.25)
        fail_msg("sets of %u: %d outside, mean off by %.3f sigma", (unsigned)size, outside,
                 sum / PAIRS);
}

static void estimates_lie_within_four_sigma(void **state)
{
    static const uint32_t sizes[] = {5, 20, 60, 130, 400, 2000};
    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        check_estimates(tti_minhash_signature, sizes[k], 8 + k);
        check_estimates(tti_minhash_signature_classic, sizes[k], 80 + k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_set_hashes_shingles_by_the_formula),
        cmocka_unit_test(every_kernel_set_finds_the_least_hash_of_bins_and_permutations),
        cmocka_unit_test(every_kernel_set_hashes_bands_as_shingles),
        cmocka_unit_test(every_kernel_set_counts_equal_values),
        cmocka_unit_test(signatures_are_the_same_for_ever),
        cmocka_unit_test(a_value_is_the_least_of_its_bin_or_of_its_own_permutation),
        cmocka_unit_test(estimates_lie_within_four_sigma),
    };
    return cmocka_run_group_tests_name("minhash", tests, NULL, NULL);
}
