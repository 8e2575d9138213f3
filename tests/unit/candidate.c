#include "corpus/candidate_pairs.h"

#include "../support.h"
#include "util/alloc.h"

static void what_is_packed_is_unpacked(void **state)
{
    static const uint32_t ends[] = {0, 1, 77, 1u << 30, TTI_MAX_DOCS - 1};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++)
            for (unsigned want = 0; want < 4; want++) {
                const uint64_t c = tti_candidate_pack(ends[i], ends[k], want);
                assert_int_equal(tti_candidate_a(c), ends[i]);
                assert_int_equal(tti_candidate_b(c), ends[k]);
                assert_int_equal(tti_candidate_want(c), want);
            }
    assert_true(tti_candidate_pack(9, 3, 3) <
                tti_candidate_pack(0, 4, 0)); /* b is compared first */
    assert_true(tti_candidate_pack(1, 3, 3) < tti_candidate_pack(2, 3, 0));
}

static void equal_pairs_are_joined_with_all_they_want(void **state)
{
    rng r = {5};
    uint8_t wanted[20][20] = {{0}};
    size_t due = 0;
    tti_candidates c, more;
    (void)state;
    tti_candidates_init(&c, &tti_libc_allocator);
    tti_candidates_init(&more, &tti_libc_allocator);
    for (int k = 0; k < 500; k++) {
        const uint32_t b = rng_below(&r, 20), a = rng_below(&r, b + 1);
        const unsigned want = 1 + rng_below(&r, 3);
        due += wanted[a][b] == 0;
        wanted[a][b] |= (uint8_t)want;
        assert_int_equal(
            tti_candidates_add(k % 2 ? &c : &more, tti_candidate_pack(a, b, want), NULL), TT_OK);
    }
    assert_int_equal(tti_candidates_append(&c, &more, NULL), TT_OK);
    assert_int_equal(tti_candidates_sort_unique(&c, NULL), TT_OK);
    assert_int_equal(c.pairs.count, due);
    for (size_t k = 0; k < c.pairs.count; k++) {
        const uint64_t x = c.pairs.items[k];
        assert_int_equal(tti_candidate_want(x), wanted[tti_candidate_a(x)][tti_candidate_b(x)]);
        if (k > 0)
            assert_true(c.pairs.items[k - 1] >> 2 < x >> 2);
    }
    tti_candidates_free(&c);
    tti_candidates_free(&more);
}

static void of_what_was_skipped_the_largest_count_stands(void **state)
{
    tti_candidates c;
    (void)state;
    tti_candidates_init(&c, &tti_libc_allocator);
    assert_int_equal(tti_candidates_add_skipped(&c, 7, 10, NULL), TT_OK);
    assert_int_equal(tti_candidates_add_skipped(&c, 3, (size_t)1 << 40, NULL), TT_OK);
    assert_int_equal(tti_candidates_add_skipped(&c, 7, 25, NULL), TT_OK);
    assert_int_equal(tti_candidates_add_skipped(&c, 7, 1, NULL), TT_OK);
    assert_int_equal(tti_candidates_sort_unique(&c, NULL), TT_OK);
    assert_int_equal(tti_candidates_skipped_of(&c, 7), 25);
    assert_int_equal(tti_candidates_skipped_of(&c, 3), UINT32_MAX);
    assert_int_equal(tti_candidates_skipped_of(&c, 5), 0);
    assert_int_equal(tti_candidates_skipped_of(&c, 8), 0);
    tti_candidates_free(&c);
}

static void none_at_all_are_settled(void **state)
{
    tti_candidates c;
    (void)state;
    tti_candidates_init(&c, &tti_libc_allocator);
    assert_int_equal(tti_candidates_append(&c, &c, NULL), TT_OK);
    assert_int_equal(tti_candidates_sort_unique(&c, NULL), TT_OK);
    assert_int_equal(c.pairs.count, 0);
    assert_int_equal(tti_candidates_skipped_of(&c, 0), 0);
    tti_candidates_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(equal_pairs_are_joined_with_all_they_want),
        cmocka_unit_test(of_what_was_skipped_the_largest_count_stands),
        cmocka_unit_test(none_at_all_are_settled),
    };
    return cmocka_run_group_tests_name("candidate", tests, NULL, NULL);
}
