#include "result/clusters.h"

#include "../support.h"
#include "util/alloc.h"

enum { DOCS = 12 };

static tti_doc_pair pair_of(uint64_t a, uint64_t b, int32_t relation)
{
    return (tti_doc_pair){
        {.a = a, .b = b, .overlap_a = 1, .overlap_b = 1, .relation = relation}, TTI_ADMITTED, 0};
}

static tti_doc_pair pair_sharing(uint64_t a, uint64_t b, double of_a, double of_b)
{
    tti_doc_pair p = pair_of(a, b, TT_NEAR);
    p.numbers.overlap_a = of_a, p.numbers.overlap_b = of_b;
    return p;
}

static tti_verified verified_of(const tti_doc_pair *pairs, size_t count)
{
    return (tti_verified){.allocator = &tti_libc_allocator,
                          .pairs = {(tti_doc_pair *)pairs, count, count}};
}

/* Makes clusters of documents 0 .. DOCS - 1 in the given order; pairs are sorted. */
static void make(const tti_doc_pair *pairs, size_t count, const uint32_t *order, uint32_t *kept)
{
    const tti_verified v = verified_of(pairs, count);
    tti_clusters c = {.allocator = &tti_libc_allocator, .representative = kept, .doc_count = DOCS};
    assert_int_equal(tti_clusters_assign(&c, &v, order, NULL), TT_OK);
}

static const uint32_t in_order[DOCS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static void alone_every_document_is_kept(void **state)
{
    uint32_t kept[DOCS];
    (void)state;
    make(NULL, 0, in_order, kept);
    for (uint32_t d = 0; d < DOCS; d++)
        assert_int_equal(kept[d], d);
}

static void a_chain_is_not_one_cluster(void **state)
{
    const tti_doc_pair pairs[] = {pair_of(0, 1, TT_NEAR), pair_of(1, 2, TT_NEAR),
                                  pair_of(2, 3, TT_NEAR), pair_of(3, 4, TT_NEAR)};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 4, in_order, kept);
    assert_int_equal(kept[0], 0);
    assert_int_equal(kept[1], 0);
    assert_int_equal(kept[2], 2); /* it is not a pair with 0 */
    assert_int_equal(kept[3], 2);
    assert_int_equal(kept[4], 4);
}

static void the_preferred_document_takes_its_pairs_first(void **state)
{
    const tti_doc_pair pairs[] = {pair_of(0, 1, TT_NEAR), pair_of(0, 2, TT_CONTAINED),
                                  pair_of(1, 2, TT_NEAR), pair_of(2, 3, TT_CONTAINS)};
    const uint32_t order[DOCS] = {2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 4, order, kept);
    for (uint32_t d = 0; d < 4; d++)
        assert_int_equal(kept[d], 2);
}

/* The first takes one of two twins, which goes to its twin, of which it has more. */
static void twins_stay_together(void **state)
{
    const tti_doc_pair pairs[] = {pair_sharing(0, 1, 0.4, 0.7), pair_sharing(0, 3, 0.9, 0.9),
                                  pair_sharing(1, 2, 1, 0.9)};
    const uint32_t other[DOCS] = {0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 3, other, kept);
    assert_true(kept[0] == 0 && kept[1] == 2 && kept[2] == 2 && kept[3] == 0);
    make(pairs, 3, in_order, kept);
    assert_true(kept[0] == 0 && kept[1] == 1 && kept[2] == 1 && kept[3] == 0); /* the better one */
}

/* An article that has little of itself in the kept one is kept too. */
static void a_member_has_most_of_itself_in_the_kept_one(void **state)
{
    const tti_doc_pair pairs[] = {pair_sharing(0, 1, 0.9, 0.5), pair_sharing(0, 2, 0.5, 0.9)};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 2, in_order, kept);
    assert_true(kept[0] == 0 && kept[1] == 1 && kept[2] == 0);
}

static void a_series_is_never_clustered(void **state)
{
    const tti_doc_pair pairs[] = {pair_of(0, 1, TT_SERIES), pair_of(1, 2, TT_NEAR)};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 2, in_order, kept);
    assert_int_equal(kept[0], 0);
    assert_int_equal(kept[1], 1);
    assert_int_equal(kept[2], 1);
}

/* Two stories that a third document has, a round-up of them, are not brought together by it: the
 * one that it has most of stays with it. */
static void other_news_does_not_meet_in_a_list(void **state)
{
    const tti_doc_pair pairs[] = {pair_sharing(0, 1, 0.3, 0.9), pair_sharing(0, 2, 0.3, 1),
                                  pair_sharing(0, 3, 0.3, 0.9), pair_of(1, 2, TT_SERIES),
                                  pair_of(1, 3, TT_NEAR),       pair_of(2, 3, TT_RELATED)};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 6, in_order, kept);
    assert_true(kept[0] == 0 && kept[2] == 0 && kept[1] == 1 && kept[3] == 1);
}

/* A pair that is refused by mistake does not leave a copy of all the others out. */
static void most_of_the_members_decide(void **state)
{
    const tti_doc_pair pairs[] = {pair_of(0, 1, TT_NEAR),   pair_of(0, 2, TT_NEAR),
                                  pair_of(0, 3, TT_NEAR),   pair_of(1, 2, TT_NEAR),
                                  pair_of(1, 3, TT_SERIES), pair_of(2, 3, TT_NEAR)};
    uint32_t kept[DOCS];
    (void)state;
    make(pairs, 6, in_order, kept);
    for (uint32_t d = 0; d < 4; d++)
        assert_int_equal(kept[d], 0);
}

static int by_documents(const void *x, const void *y)
{
    const tt_pair *p = &((const tti_doc_pair *)x)->numbers,
                  *q = &((const tti_doc_pair *)y)->numbers;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

static int is_refused_in(const tti_verified *v, uint32_t d, const uint32_t *kept, uint32_t cluster)
{
    int refused = 0;
    for (uint32_t member = 0; member < DOCS && !refused; member++) {
        const tti_doc_pair *p = tti_verified_find(v, d, member);
        refused = kept[member] == cluster && p != NULL && p->numbers.relation == TT_SERIES;
    }
    return refused;
}

/* Random pairs and orders: every member is a pair with the kept one, which is in its own cluster;
 * no document is left that a better one could have taken, unless one of its cluster refuses it. */
static void members_are_pairs_of_the_kept_one_and_none_is_left(void **state)
{
    rng r = {9};
    (void)state;
    for (int round = 0; round < 2000; round++) {
        tti_doc_pair pairs[DOCS * DOCS];
        uint32_t order[DOCS], rank[DOCS], kept[DOCS];
        size_t n = 0;
        tti_verified v;
        for (uint32_t b = 0; b < DOCS; b++)
            for (uint32_t a = 0; a < b; a++)
                if (rng_below(&r, 5) == 0)
                    pairs[n++] = pair_of(a, b, rng_below(&r, 6) == 0 ? TT_SERIES : TT_NEAR);
        qsort(pairs, n, sizeof *pairs, by_documents);
        v = verified_of(pairs, n);
        memcpy(order, in_order, sizeof order);
        for (uint32_t k = DOCS; k > 1; k--) {
            const uint32_t with = rng_below(&r, k), t = order[k - 1];
            order[k - 1] = order[with], order[with] = t;
        }
        for (uint32_t k = 0; k < DOCS; k++)
            rank[order[k]] = k;
        make(pairs, n, order, kept);
        for (uint32_t d = 0; d < DOCS; d++) {
            const tti_doc_pair *p = tti_verified_find(&v, d, kept[d]);
            assert_int_equal(kept[kept[d]], kept[d]);
            assert_true(kept[d] == d || (p != NULL && p->numbers.relation != TT_SERIES));
            for (uint32_t other = 0; other < DOCS; other++) {
                p = tti_verified_find(&v, d, other);
                if (p != NULL && p->numbers.relation != TT_SERIES && kept[other] == other)
                    assert_true(rank[kept[d]] <= rank[other] || is_refused_in(&v, d, kept, other));
            }
        }
    }
}

static void proposals_bring_a_group_to_its_preferred_document(void **state)
{
    const tti_doc_pair pairs[] = {pair_of(0, 1, TT_NEAR), pair_of(0, 2, TT_NEAR),
                                  pair_of(0, 3, TT_NEAR), pair_of(5, 6, TT_NEAR),
                                  pair_of(7, 8, TT_SERIES)};
    const uint32_t order[DOCS] = {3, 1, 2, 0, 6, 5, 4, 7, 8, 9, 10, 11};
    const tti_verified v = verified_of(pairs, 5);
    tti_candidates c;
    (void)state;
    tti_candidates_init(&c, &tti_libc_allocator);
    assert_int_equal(tti_clusters_propose_pairs(&v, order, DOCS, &c, NULL), TT_OK);
    assert_int_equal(tti_candidates_sort_unique(&c, NULL), TT_OK);
    assert_int_equal(c.pairs.count,
                     2); /* 3 with 1 and 2; 0 and 3 are already a pair, as are 5 and 6 */
    assert_true(c.pairs.items[0] == tti_candidate_pack(1, 3, TTI_WANT_PAIR));
    assert_true(c.pairs.items[1] == tti_candidate_pack(2, 3, TTI_WANT_PAIR));
    tti_candidates_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_every_document_is_kept),
        cmocka_unit_test(a_chain_is_not_one_cluster),
        cmocka_unit_test(the_preferred_document_takes_its_pairs_first),
        cmocka_unit_test(twins_stay_together),
        cmocka_unit_test(a_member_has_most_of_itself_in_the_kept_one),
        cmocka_unit_test(a_series_is_never_clustered),
        cmocka_unit_test(other_news_does_not_meet_in_a_list),
        cmocka_unit_test(most_of_the_members_decide),
        cmocka_unit_test(members_are_pairs_of_the_kept_one_and_none_is_left),
        cmocka_unit_test(proposals_bring_a_group_to_its_preferred_document),
    };
    return cmocka_run_group_tests_name("cluster", tests, NULL, NULL);
}
