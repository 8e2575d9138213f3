#include "util/sort.h"

#include "../support.h"

static int by_value(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

/* Sizes on both sides of where insertion sort gives way. */
static const size_t sizes[] = {0, 1, 2, 3, 47, 48, 49, 50, 1000, 5000};

static void numbers_of_any_width_are_sorted(void **state)
{
    static const int widths[] = {1, 11, 12, 31, 33, 63, 64};
    rng r = {1};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            const size_t n = sizes[s];
            uint64_t *x = calloc(n + 1, sizeof *x), *y = calloc(n + 1, sizeof *y);
            uint64_t *spare = calloc(n + 1, sizeof *spare);
            for (size_t k = 0; k < n; k++)
                x[k] = y[k] = rng_next(&r) >> (64 - widths[w]);
            tti_radix_sort_u64(x, spare, n);
            qsort(y, n, sizeof *y, by_value);
            assert_memory_equal(x, y, n * sizeof *x + 1);
            free(x), free(y), free(spare);
        }
}

static void equal_keys_keep_their_order(void **state)
{
    rng r = {2};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int shift = 0; shift < 64; shift += 9) {
            const size_t n = sizes[s];
            tti_sort_entry *x = calloc(n + 1, sizeof *x), *spare = calloc(n + 1, sizeof *spare);
            for (size_t k = 0; k < n; k++)
                x[k] = (tti_sort_entry){(uint64_t)rng_below(&r, 7) << shift | 5, (uint32_t)k, 9};
            tti_radix_sort_entries(x, spare, n);
            for (size_t k = 1; k < n; k++)
                assert_true(x[k - 1].key < x[k].key ||
                            (x[k - 1].key == x[k].key && x[k - 1].doc < x[k].doc));
            free(x), free(spare);
        }
}

/* Numbers that agree in their upper bits but for one of them: most are one run, sorted by what is
 * below; so are those of a run in it. */
static void long_runs_are_sorted_by_their_lower_bits(void **state)
{
    enum { N = 5000 };
    static uint64_t x[N], y[N], spare[N];
    rng r = {3};
    (void)state;
    for (size_t k = 0; k < N; k++)
        x[k] = k == 77 ? UINT64_MAX : k % 3 == 0 ? rng_below(&r, 900) : rng_next(&r) >> 30;
    memcpy(y, x, sizeof x);
    tti_radix_sort_u64(x, spare, N);
    qsort(y, N, sizeof *y, by_value);
    assert_memory_equal(x, y, sizeof x);
}

static void records_of_any_keys_are_sorted(void **state)
{
    static const int widths[] = {1, 12, 31, 40, 64};
    rng r = {4};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            const size_t n = sizes[s];
            tti_sort_entry *x = calloc(n + 1, sizeof *x), *spare = calloc(n + 1, sizeof *spare);
            for (size_t k = 0; k < n; k++)
                x[k] = (tti_sort_entry){rng_next(&r) >> (64 - widths[w]), (uint32_t)k, 9};
            tti_radix_sort_entries(x, spare, n);
            for (size_t k = 1; k < n; k++)
                assert_true(x[k - 1].key < x[k].key ||
                            (x[k - 1].key == x[k].key && x[k - 1].doc < x[k].doc));
            free(x), free(spare);
        }
}

static void nothing_at_all_is_sorted(void **state)
{
    (void)state;
    tti_radix_sort_u64(NULL, NULL, 0);
    tti_radix_sort_entries(NULL, NULL, 0);
    tti_qsort(NULL, 0, 8, by_value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_any_width_are_sorted),
        cmocka_unit_test(equal_keys_keep_their_order),
        cmocka_unit_test(long_runs_are_sorted_by_their_lower_bits),
        cmocka_unit_test(records_of_any_keys_are_sorted),
        cmocka_unit_test(nothing_at_all_is_sorted),
    };
    return cmocka_run_group_tests_name("radix", tests, NULL, NULL);
}
