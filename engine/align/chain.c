#include "align/chain.h"

#include "kernels/kernels.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

enum {
    LOOK_BACK = 50,           /* anchors before one that may precede it in a chain (minimap2's h) */
    REPETITIVE_LOOK_BACK = 8, /* the same, where each position has one anchor at most */
    NEAREST = 4,              /* anchors that are tried one by one before the others are filtered */
    REPETITIVE_CHAINS = 8,    /* chains of a repetitive text; further ones only repeat them */
    MAX_SKEW = 32             /* by how much the two sides of a gap may differ */
};

void tti_chains_free(tti_chains *c)
{
    tti_array_free(&c->ends, c->allocator);
    tti_array_free(&c->path, c->allocator);
    tti_array_free(&c->begins_b, c->allocator);
    tti_array_free(&c->reaches, c->allocator);
    tti_array_free(&c->firsts_b, c->allocator);
}

/* What y adds to the score of a chain as the successor of x; negative if it cannot follow. */
static inline int64_t chain_gain(const tti_anchor *x, const tti_anchor *y)
{
    int64_t gap_a, gap_b, shorter, longer, len = y->len;
    if (y->b - x->b - 1 >= x->len + TTI_CHAIN_MAX_GAP) /* before x in b (it wraps), or too far */
        return -1;
    gap_a = (int64_t)y->a - x->a - x->len, gap_b = (int64_t)y->b - x->b - x->len;
    shorter = gap_a < gap_b ? gap_a : gap_b, longer = gap_a < gap_b ? gap_b : gap_a;
    if (y->a <= x->a || longer > TTI_CHAIN_MAX_GAP || longer - shorter > MAX_SKEW)
        return -1;
    if (shorter < 0)
        len += shorter; /* they overlap, and only the rest of y is new */
    return len <= 0
               ? -1
               : len * TTI_CHAIN_TOKEN_SCORE - (longer - shorter) - (shorter > 0 ? shorter / 4 : 0);
}

/* Lets y follow anchor j if that gives a higher score. @return 0 if neither j nor any anchor before
 * it can give one */
static inline int try_predecessor(const tti_anchors *all, tti_anchor *y, size_t j, int self)
{
    const tti_anchor *x = &all->anchors.items[j];
    int64_t gain;
    if (x->best + (int64_t)y->len * TTI_CHAIN_TOKEN_SCORE <= y->score)
        return 0;
    gain = chain_gain(x, y);
    if (gain <= 0 || (self && y->a + y->len > x->first_b))
        return 1; /* it cannot follow, or would run into its own repetition */
    if (x->score + gain > y->score) {
        y->score = x->score + gain;
        y->before = (uint32_t)j;
        y->first_b = x->first_b;
    }
    return 1;
}

static int are_all_zero(const uint8_t eight[8])
{
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return word == 0;
}

/* Finds the best predecessor of y, the k-th anchor, among those from `first` on. Mostly it is one
 * of the nearest. A kernel tells which of the others y can follow at all, by their positions in b.
 */
static void find_predecessor(const tti_chains *c, const tti_anchors *all, tti_anchor *y, size_t k,
                             size_t first, int self)
{
    uint8_t near[LOOK_BACK];
    size_t n = k - first;
    assert(n <= LOOK_BACK);
    for (size_t tried = 0; n > 0 && tried < NEAREST; tried++)
        if (!try_predecessor(all, y, first + --n, self))
            return;
    if (n > 0)
        tti_kernels_get()->find_near(c->begins_b.items + first, c->reaches.items + first,
                                     c->firsts_b.items + first, n, y->b, self ? y->a + y->len : 0,
                                     near);
    while (n > 0) {
        if (n >= 8 && are_all_zero(near + n - 8))
            n -= 8;
        else if (near[--n] && !try_predecessor(all, y, first + n, self))
            return;
    }
}

/* The dynamic programme, O(n h) over the last h anchors. */
static void score_chains(const tti_chains *c, tti_anchors *all, int self)
{
    const size_t look_back = all->repetitive ? REPETITIVE_LOOK_BACK : LOOK_BACK;
    uint32_t reach = 0; /* how far the anchors so far reach in a */
    size_t first = 0;   /* the anchors before this one end too far before the k-th */
    int64_t best = 0;   /* the highest score so far */
    for (size_t k = 0; k < all->anchors.count; k++) {
        tti_anchor *y = &all->anchors.items[k];
        assert(k == 0 || y->a > y[-1].a || (y->a == y[-1].a && y->b > y[-1].b));
        y->score = (int64_t)y->len * TTI_CHAIN_TOKEN_SCORE;
        c->begins_b.items[k] = y->b;
        c->reaches.items[k] = y->len + TTI_CHAIN_MAX_GAP;
        if (y->a > reach + TTI_CHAIN_MAX_GAP)
            first = k;
        if (k - first > look_back)
            first = k - look_back;
        if (y->a + y->len > reach)
            reach = y->a + y->len;
        find_predecessor(c, all, y, k, first, self);
        c->firsts_b.items[k] = y->first_b;
        if (y->before != TTI_NO_ANCHOR)
            all->anchors.items[y->before].followed = 1;
        if (y->score > best)
            best = y->score;
        y->best = best;
    }
}

TTI_SORT_DEFINE(sort_ends_by_score, tti_chain_end,
                x->score != y->score ? x->score > y->score : x->anchor < y->anchor)

tt_status tti_chains_find(tti_chains *c, tti_anchors *anchors, int self, int64_t least_score,
                          tt_error *error)
{
    const tt_allocator *a = c->allocator;
    const size_t n = anchors->anchors.count;
    TTI_TRY_ALLOC(tti_array_resize(&c->begins_b, a, n) != TT_OK ||
                      tti_array_resize(&c->reaches, a, n) != TT_OK ||
                      tti_array_resize(&c->firsts_b, a, n) != TT_OK ||
                      tti_array_resize(&c->ends, a, n) != TT_OK ||
                      tti_array_resize(&c->path, a, n) != TT_OK,
                  error, "chains");
    score_chains(c, anchors, self);
    /* A long text has very many single anchors, of a low score. An anchor that another one follows
     * ends no chain by itself: what follows it is part of a better one. */
    c->ends.count = 0;
    for (size_t k = 0; k < n; k++) {
        const tti_anchor *x = &anchors->anchors.items[k];
        if (x->score >= least_score && !x->followed)
            c->ends.items[c->ends.count++] = (tti_chain_end){x->score, (uint32_t)k};
    }
    sort_ends_by_score(c->ends.items, c->ends.count);
    if (anchors->repetitive && c->ends.count > REPETITIVE_CHAINS)
        c->ends.count = REPETITIVE_CHAINS;
    return TT_OK;
}

void tti_chains_trace(tti_chains *c, tti_anchors *anchors, uint32_t end)
{
    c->path.count = 0;
    for (uint32_t k = end; k != TTI_NO_ANCHOR && !anchors->anchors.items[k].used;
         k = anchors->anchors.items[k].before) {
        anchors->anchors.items[k].used = 1;
        c->path.items[c->path.count++] = k;
    }
}
