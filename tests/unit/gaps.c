#include "align/gaps.h"

#include "../support.h"

/* Length of the longest common subsequence, by the textbook algorithm. */
static uint32_t plain_lcs(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
    uint32_t best[TTI_GAP_MAX_TOKENS + 1][TTI_GAP_MAX_TOKENS + 1] = {{0}};
    for (uint32_t i = 1; i <= na; i++)
        for (uint32_t j = 1; j <= nb; j++)
            if (a[i - 1] == b[j - 1])
                best[i][j] = best[i - 1][j - 1] + 1;
            else
                best[i][j] = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
    return best[na][nb];
}

static void check(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
    tti_gap_match m[TTI_GAP_MAX_TOKENS];
    const uint32_t n = tti_gap_align(a, na, b, nb, m);
    assert_int_equal(n, plain_lcs(a, na, b, nb));
    for (uint32_t k = 0; k < n; k++) {
        assert_true(m[k].a < na && m[k].b < nb);
        assert_int_equal(a[m[k].a], b[m[k].b]);
        if (k > 0)
            assert_true(m[k].a > m[k - 1].a && m[k].b > m[k - 1].b);
    }
}

static void random_gaps_align_as_many_tokens_as_the_plain_programme(void **state)
{
    rng r = {1};
    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint32_t a[TTI_GAP_MAX_TOKENS], b[TTI_GAP_MAX_TOKENS];
        const uint32_t na = rng_below(&r, TTI_GAP_MAX_TOKENS + 1),
                       nb = rng_below(&r, TTI_GAP_MAX_TOKENS + 1);
        const uint32_t kinds = 1 + rng_below(&r, round % 3 == 0 ? 3 : 40);
        for (uint32_t i = 0; i < na; i++)
            a[i] = rng_below(&r, kinds);
        for (uint32_t i = 0; i < nb; i++)
            b[i] = rng_below(&r, kinds);
        check(a, na, b, nb);
    }
}

static void empty_sides_align_nothing(void **state)
{
    const uint32_t a[2] = {1, 2};
    tti_gap_match m[TTI_GAP_MAX_TOKENS];
    (void)state;
    assert_int_equal(tti_gap_align(a, 0, a, 0, m), 0);
    assert_int_equal(tti_gap_align(a, 2, a, 0, m), 0);
    assert_int_equal(tti_gap_align(a, 0, a, 2, m), 0);
    assert_int_equal(tti_gap_align(a, 1, a + 1, 1, m), 0);
    assert_int_equal(tti_gap_align(a, 1, a, 1, m), 1);
}

static void full_gaps_of_one_token_align_in_full(void **state)
{
    uint32_t a[TTI_GAP_MAX_TOKENS];
    (void)state;
    for (uint32_t i = 0; i < TTI_GAP_MAX_TOKENS; i++)
        a[i] = 7;
    check(a, TTI_GAP_MAX_TOKENS, a, TTI_GAP_MAX_TOKENS);
    check(a, TTI_GAP_MAX_TOKENS, a, 1);
    check(a, 1, a, TTI_GAP_MAX_TOKENS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_gaps_align_as_many_tokens_as_the_plain_programme),
        cmocka_unit_test(empty_sides_align_nothing),
        cmocka_unit_test(full_gaps_of_one_token_align_in_full),
    };
    return cmocka_run_group_tests_name("gap", tests, NULL, NULL);
}
