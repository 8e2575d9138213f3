#include "util/sort.h"

#include "../support.h"

static int by_value(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

/* Sizes on both sides of the limit of insertion sort. */
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

/* All numbers but one have the same upper bits, so that most of them are one run, which is sorted
 * by lower bits; runs within it are too. */
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

/* ---- Sorting by comparison ------------------------------------------------------------------- */

typedef struct pair {
    uint16_t a;
    uint32_t b;
} pair;

TTI_SORT_DEFINE(sort_pairs, pair, x->a != y->a ? x->a < y->a : x->b < y->b)

static int by_pair(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Orders that are hard for quicksort, and random ones of few and of many values. */
static uint32_t pattern(rng *r, int kind, size_t k, size_t n)
{
    switch (kind) {
    case 0: return (uint32_t)k;
    case 1: return (uint32_t)(n - k);
    case 2: return 5;
    case 3: return (uint32_t)(k < n / 2 ? k : n - k);
    case 4: return (uint32_t)(k * 7919 % 31);
    case 5: return rng_below(r, 3);
    default: return (uint32_t)rng_next(r);
    }
}

static void any_order_is_sorted_by_comparison(void **state)
{
    const uint64_t seed = test_seed("sort");
    rng r = {seed};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 9; kind++) {
            const size_t n = sizes[s] + (kind > 6 ? rng_below(&r, 40) : 0);
            pair *x = calloc(n + 1, sizeof *x), *y = calloc(n + 1, sizeof *y);
            for (size_t k = 0; k < n; k++) {
                x[k].a = kind % 2 == 0 ? 1 : (uint16_t)rng_below(&r, 9);
                x[k].b = pattern(&r, kind, k, n);
            }
            memcpy(y, x, (n + 1) * sizeof *x);
            sort_pairs(x, n);
            tti_qsort(y, n, sizeof *y, by_pair);
            for (size_t k = 0; k < n; k++)
                if (by_pair(&x[k], &y[k]) != 0)
                    fail_msg("seed %llu: %zu of kind %d", (unsigned long long)seed, n, kind);
            free(x), free(y);
        }
}

/* Heapsort is used at depths that hardly any input reaches. */
static void heapsort_sorts_too(void **state)
{
    static pair x[1000];
    rng r = {5};
    (void)state;
    for (size_t k = 0; k < 1000; k++)
        x[k] = (pair){(uint16_t)rng_below(&r, 100), (uint32_t)k};
    sort_pairs_quick(x, 1000, 0);
    for (size_t k = 1; k < 1000; k++)
        assert_true(by_pair(&x[k - 1], &x[k]) < 0);
}

static void an_empty_array_may_be_null_and_is_not_touched(void **state)
{
    uint64_t value = 3, spare = 4;
    tti_sort_entry entry = {5, 6, 7}, spare_entry = {8, 9, 10};
    (void)state;
    tti_radix_sort_u64(NULL, NULL, 0);
    tti_radix_sort_entries(NULL, NULL, 0);
    tti_qsort(NULL, 0, 8, by_value);
    sort_pairs(NULL, 0);
    tti_radix_sort_u64(&value, &spare, 1);
    tti_radix_sort_entries(&entry, &spare_entry, 1);
    assert_int_equal(value, 3);
    assert_int_equal(spare, 4);
    assert_true(entry.key == 5 && entry.doc == 6 && entry.pos == 7);
    assert_true(spare_entry.key == 8 && spare_entry.doc == 9 && spare_entry.pos == 10);
}

/* ---- Searching ------------------------------------------------------------------------------- */

static void bounds_are_where_a_plain_loop_finds_them(void **state)
{
    uint32_t x[40];
    const uint64_t seed = test_seed("bounds");
    rng r = {seed};
    (void)state;
    for (int turn = 0; turn < 2000; turn++) {
        const size_t n = rng_below(&r, 41), from = rng_below(&r, (uint32_t)n + 1);
        size_t low, high, i = 0;
        for (size_t k = 0; k < n; k++)
            x[k] = (k > 0 ? x[k - 1] : 0) + rng_below(&r, 3);
        for (uint32_t wanted = 0; wanted < 85; wanted++) {
            for (low = from; low < n && x[low] < wanted;)
                low++;
            for (high = low; high < n && x[high] == wanted;)
                high++;
            TTI_LOWER_BOUND(i, from, n, x[i] < wanted);
            if (i != low)
                fail_msg("seed %llu: turn %d: %zu", (unsigned long long)seed, turn, i);
            TTI_LOWER_BOUND(i, from, n, x[i] <= wanted);
            if (i != high)
                fail_msg("seed %llu: turn %d: %zu", (unsigned long long)seed, turn, i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_any_width_are_sorted),
        cmocka_unit_test(equal_keys_keep_their_order),
        cmocka_unit_test(long_runs_are_sorted_by_their_lower_bits),
        cmocka_unit_test(records_of_any_keys_are_sorted),
        cmocka_unit_test(any_order_is_sorted_by_comparison),
        cmocka_unit_test(heapsort_sorts_too),
        cmocka_unit_test(an_empty_array_may_be_null_and_is_not_touched),
        cmocka_unit_test(bounds_are_where_a_plain_loop_finds_them),
    };
    return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
