/*
 * Chain stage: anchors -> chains -> gaps and ends -> passages.
 *
 * In:  the tokens of two articles, b loaded into the anchors' table.
 * Out: passages, and how many tokens of either side are aligned.
 *
 * Chaining is the O(n h) dynamic programme over the last LOOK_BACK anchors.
 */
#include "align/align.h"

#include "align/anchors.h"
#include "align/gaps.h"
#include "kernels/kernels.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <assert.h>
#include <string.h>

enum {
    LOOK_BACK = 50,     /* anchors before one that may precede it in a chain (minimap2's h) */
    FEW_BACK = 8,       /* where there is one anchor a place */
    NEAREST = 4,        /* of them that are looked at one by one */
    FEW_CHAINS = 8,     /* that are tried there: other ones repeat them */
    MAX_SKEW = 32,      /* difference of the two gaps that one chain may pass over */
    X_DROP = 6,         /* how far below its best an extension may fall */
    STALE = 64,         /* tokens that it may pass over where both sides are aligned already */
    UNIT = 4,           /* score of an aligned token; gaps cost parts of it */
    LEAST_ANCHORED = 6, /* of them in exact matches */
    LEAST_PASSAGE = 8 /* aligned tokens of a passage, but in very short articles: a stock phrase is
                         shorter */
};

#define NONE TTI_NO_ANCHOR

_Static_assert((int)TTI_CHAIN_MAX_GAP <= (int)TTI_GAP_MAX_TOKENS,
               "a gap that a chain passes over can be aligned");

typedef struct chain_end {
    int64_t score;
    uint32_t anchor;
} chain_end;

struct tti_aligner {
    const tt_allocator *allocator;
    tti_anchors anchors;
    uint32_t *places;  /* of each anchor: where it begins in b, */
    uint32_t *reaches; /* how far after that one may begin that follows it, */
    uint32_t *firsts;  /* where its chain begins in b */
    size_t place_capacity, reach_capacity, first_capacity;
    chain_end *ends;
    size_t end_count, end_capacity;
    uint32_t *path; /* a chain's anchors, last first */
    size_t path_count, path_capacity;
    tti_block *blocks, *chain; /* all passages' blocks; the chain being made */
    size_t block_count, block_capacity, chain_count, chain_capacity;
    tti_passage *passages;
    size_t passage_count, passage_capacity;
    uint8_t *a_seen, *b_seen; /* a byte a token: aligned already */
    uint32_t a_left, b_left;  /* how much of them the last run used */
    size_t a_seen_capacity, b_seen_capacity;
    int seen_any; /* some of it is set */
};

tt_status tti_aligner_open(tti_aligner **out, const tt_allocator *allocator, tt_error *error)
{
    tti_aligner *al = tti_alloc_zero(allocator, 1, sizeof *al);
    *out = al;
    if (al == NULL)
        return tti_fail_memory(error, "an aligner");
    al->allocator = al->anchors.allocator = allocator;
    return TT_OK;
}

void tti_aligner_close(tti_aligner *al)
{
    if (al == NULL)
        return;
    tti_anchors_free(&al->anchors);
    tti_release(al->allocator, al->places, al->place_capacity, sizeof *al->places);
    tti_release(al->allocator, al->reaches, al->reach_capacity, sizeof *al->reaches);
    tti_release(al->allocator, al->firsts, al->first_capacity, sizeof *al->firsts);
    tti_release(al->allocator, al->ends, al->end_capacity, sizeof *al->ends);
    tti_release(al->allocator, al->path, al->path_capacity, sizeof *al->path);
    tti_release(al->allocator, al->blocks, al->block_capacity, sizeof *al->blocks);
    tti_release(al->allocator, al->chain, al->chain_capacity, sizeof *al->chain);
    tti_release(al->allocator, al->passages, al->passage_capacity, sizeof *al->passages);
    tti_release(al->allocator, al->a_seen, al->a_seen_capacity, 1);
    tti_release(al->allocator, al->b_seen, al->b_seen_capacity, 1);
    tti_release(al->allocator, al, 1, sizeof *al);
}

/* Grows a byte map and zeroes what is new. */
static int reserve_aligned_marks(const tt_allocator *a, uint8_t **seen, size_t *capacity,
                                 size_t need)
{
    const size_t old = *capacity;
    if (tti_reserve(a, seen, capacity, need, 1) != 0)
        return -1;
    memset(*seen + old, 0, *capacity - old);
    return 0;
}

tt_status tti_aligner_load(tti_aligner *al, const uint32_t *tokens, uint32_t count, tt_error *error)
{
    if (reserve_aligned_marks(al->allocator, &al->b_seen, &al->b_seen_capacity, count) != 0)
        return tti_fail_memory(error, "an article's grams");
    return tti_anchors_load(&al->anchors, tokens, count, error);
}

/* ---- Chains ------------------------------------------------------------------------------- */

/* Score that y gains as the successor of x, or a negative number if it cannot follow. */
static inline int64_t chain_gain(const tti_anchor *x, const tti_anchor *y)
{
    int64_t gap_a, gap_b, least, most, len = y->len;
    if (y->b - x->b - 1 >= x->len + TTI_CHAIN_MAX_GAP) /* before it in b (it wraps), or too far */
        return -1;
    gap_a = (int64_t)y->a - x->a - x->len, gap_b = (int64_t)y->b - x->b - x->len;
    least = gap_a < gap_b ? gap_a : gap_b, most = gap_a < gap_b ? gap_b : gap_a;
    if (y->a <= x->a || most > TTI_CHAIN_MAX_GAP || most - least > MAX_SKEW)
        return -1;
    if (least < 0)
        len += least; /* they overlap: only the rest is new */
    return len <= 0 ? -1 : len * UNIT - (most - least) - (least > 0 ? least / 4 : 0);
}

/* Lets y follow the anchor at `j` where that gives more. @return 0 if nothing from there back can
 */
static inline int try_predecessor(const tti_anchors *all, tti_anchor *y, size_t j, int self)
{
    const tti_anchor *x = &all->anchors[j];
    int64_t gain;
    if (x->best + (int64_t)y->len * UNIT <= y->score)
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

static int is_zero(const uint8_t eight[8])
{
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return word == 0;
}

/* Finds the anchor, of those from `first` on, that y, the k-th, follows best. Mostly it is one of
 * the last; of the others those that it cannot follow are told apart side by side, by their places
 * in b.
 */
static void find_predecessor(tti_aligner *al, tti_anchor *y, size_t k, size_t first, int self)
{
    uint8_t near[LOOK_BACK];
    size_t n = k - first;
    for (size_t tried = 0; n > 0 && tried < NEAREST; tried++)
        if (!try_predecessor(&al->anchors, y, first + --n, self))
            return;
    if (n > 0)
        tti_kernels_get()->near(al->places + first, al->reaches + first, al->firsts + first, n,
                                y->b, self ? y->a + y->len : 0, near);
    while (n > 0) {
        if (n >= 8 && is_zero(near + n - 8))
            n -= 8;
        else if (near[--n] && !try_predecessor(&al->anchors, y, first + n, self))
            return;
    }
}

static tt_status chain_anchors(tti_aligner *al, int self, tt_error *error)
{
    tti_anchors *all = &al->anchors;
    const size_t look_back = all->crowded ? FEW_BACK : LOOK_BACK;
    uint32_t reach = 0; /* where the anchors so far end in a */
    size_t first = 0;   /* anchors before this one all end too far before the one at hand */
    int64_t best = 0;   /* score so far */
    if (tti_reserve(al->allocator, &al->places, &al->place_capacity, all->count,
                    sizeof *al->places) != 0 ||
        tti_reserve(al->allocator, &al->reaches, &al->reach_capacity, all->count,
                    sizeof *al->reaches) != 0 ||
        tti_reserve(al->allocator, &al->firsts, &al->first_capacity, all->count,
                    sizeof *al->firsts) != 0)
        return tti_fail_memory(error, "chains");
    for (size_t k = 0; k < all->count; k++) {
        tti_anchor *y = &all->anchors[k];
        y->score = (int64_t)y->len * UNIT;
        al->places[k] = y->b;
        al->reaches[k] = y->len + TTI_CHAIN_MAX_GAP;
        if (y->a > reach + TTI_CHAIN_MAX_GAP)
            first = k;
        if (k - first > look_back)
            first = k - look_back;
        if (y->a + y->len > reach)
            reach = y->a + y->len;
        find_predecessor(al, y, k, first, self);
        al->firsts[k] = y->first_b;
        if (y->before != NONE)
            all->anchors[y->before].followed = 1;
        if (y->score > best)
            best = y->score;
        y->best = best;
    }
    return TT_OK;
}

static int compare_chain_ends(const void *x, const void *y)
{
    const chain_end *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return (p->anchor > q->anchor) - (p->anchor < q->anchor);
}

/* Ends of chains with a score of `least` or more: a long text has very many single grams. What a
 * better chain follows is part of that one or of one better still. */
static tt_status sort_chain_ends(tti_aligner *al, int64_t least, tt_error *error)
{
    const tti_anchors *all = &al->anchors;
    if (tti_reserve(al->allocator, &al->ends, &al->end_capacity, all->count, sizeof *al->ends) != 0)
        return tti_fail_memory(error, "chains");
    al->end_count = 0;
    for (size_t k = 0; k < all->count; k++)
        if (all->anchors[k].score >= least && !all->anchors[k].followed)
            al->ends[al->end_count++] = (chain_end){all->anchors[k].score, (uint32_t)k};
    tti_qsort(al->ends, al->end_count, sizeof *al->ends, compare_chain_ends);
    if (all->crowded && al->end_count > FEW_CHAINS)
        al->end_count = FEW_CHAINS;
    return TT_OK;
}

/* ---- Blocks of one chain ------------------------------------------------------------------ */

static tt_status append_block(tti_aligner *al, uint32_t a, uint32_t b, uint32_t len,
                              tt_error *error)
{
    tti_block *last = al->chain_count > 0 ? &al->chain[al->chain_count - 1] : NULL;
    if (len == 0)
        return TT_OK;
    if (last != NULL && last->a + last->len == a && last->b + last->len == b) {
        last->len += len;
        return TT_OK;
    }
    if (al->chain_count == al->chain_capacity &&
        tti_reserve(al->allocator, &al->chain, &al->chain_capacity, al->chain_count + 1,
                    sizeof *al->chain) != 0)
        return tti_fail_memory(error, "aligned blocks");
    al->chain[al->chain_count++] = (tti_block){a, b, len};
    return TT_OK;
}

/* Blocks of the gap between two ends: the longest common subsequence of what lies there. */
static tt_status append_gap_blocks(tti_aligner *al, const tti_query_side *a,
                                   const tti_block *gap_a_b, uint32_t b_len, tt_error *error)
{
    tti_gap_match matches[TTI_CHAIN_MAX_GAP];
    const uint32_t *p = a->tokens + gap_a_b->a, *q = al->anchors.b + gap_a_b->b;
    const uint32_t longer = gap_a_b->len > b_len ? gap_a_b->len : b_len;
    uint32_t n;
    if (longer == 1 && *p != *q) /* a word replaced: most gaps are that */
        return TT_OK;
    n = tti_gap_align(p, gap_a_b->len, q, b_len, matches);
    if (!tti_gap_is_related(gap_a_b->len, b_len, n))
        return TT_OK;
    for (uint32_t k = 0; k < n; k++)
        TTI_TRY(append_block(al, gap_a_b->a + matches[k].a, gap_a_b->b + matches[k].b, 1, error));
    return TT_OK;
}

/* Walks back from (a, b) over at most `most` tokens while that pays, and makes blocks of it. */
static tt_status extend_left(tti_aligner *al, const tti_query_side *s, const tti_block *from,
                             uint32_t most, tt_error *error)
{
    const uint32_t a = from->a, b = from->b;
    int score = 0, best = 0;
    uint32_t best_step = 0, stale = 0;
    for (uint32_t step = 1; step <= most && score > best - X_DROP && stale < STALE; step++) {
        stale += al->a_seen[a - step] & al->b_seen[b - step];
        score += s->tokens[a - step] == al->anchors.b[b - step] ? 1 : -1;
        if (score > best)
            best = score, best_step = step;
    }
    for (uint32_t step = best_step; step > 0; step--)
        if (s->tokens[a - step] == al->anchors.b[b - step])
            TTI_TRY(append_block(al, a - step, b - step, 1, error));
    return TT_OK;
}

static tt_status extend_right(tti_aligner *al, const tti_query_side *s, uint32_t a, uint32_t b,
                              tt_error *error)
{
    /* Within one article the first place may not run into the second. */
    const uint32_t a_end = s->self ? al->chain[0].b : s->count;
    int score = 0, best = 0;
    uint32_t best_step = 0, stale = 0;
    for (uint32_t step = 0; a + step < a_end && b + step < al->anchors.b_count &&
                            score > best - X_DROP && stale < STALE;
         step++) {
        stale += al->a_seen[a + step] & al->b_seen[b + step];
        score += s->tokens[a + step] == al->anchors.b[b + step] ? 1 : -1;
        if (score > best)
            best = score, best_step = step + 1;
    }
    for (uint32_t step = 0; step < best_step; step++)
        if (s->tokens[a + step] == al->anchors.b[b + step])
            TTI_TRY(append_block(al, a + step, b + step, 1, error));
    return TT_OK;
}

/* The chain's anchors that no better chain took, last first, into al->path. */
static tt_status trace(tti_aligner *al, uint32_t end, tt_error *error)
{
    if (tti_reserve(al->allocator, &al->path, &al->path_capacity, al->anchors.count,
                    sizeof *al->path) != 0)
        return tti_fail_memory(error, "a chain");
    al->path_count = 0;
    for (uint32_t k = end; k != NONE && !al->anchors.anchors[k].used;
         k = al->anchors.anchors[k].before) {
        al->anchors.anchors[k].used = 1;
        al->path[al->path_count++] = k;
    }
    return TT_OK;
}

/* Adds what anchor x brings after the place (*a, *b) where the chain stands, and moves that on. */
static tt_status append_anchor_blocks(tti_aligner *al, const tti_query_side *s, const tti_anchor *x,
                                      uint32_t *a, uint32_t *b, tt_error *error)
{
    uint32_t skip = 0, len = x->len;
    if (x->a < *a)
        skip = *a - x->a;
    if (x->b<*b && * b - x->b> skip)
        skip = *b - x->b;
    if (skip >= len)
        return TT_OK;
    if (x->a > *a && x->b > *b)
        TTI_TRY(append_gap_blocks(al, s, &(tti_block){*a, *b, x->a - *a}, x->b - *b, error));
    TTI_TRY(append_block(al, x->a + skip, x->b + skip, len - skip, error));
    *a = x->a + len;
    *b = x->b + len;
    return TT_OK;
}

/* Turns al->path into the blocks of al->chain. */
static tt_status build_chain_blocks(tti_aligner *al, const tti_query_side *s, tt_error *error)
{
    const tti_anchor *first = &al->anchors.anchors[al->path[al->path_count - 1]];
    const tti_anchor *last = &al->anchors.anchors[al->path[0]];
    uint32_t a = first->a, b = first->b, most = a < b ? a : b;
    if (s->self && b - (last->a + last->len) < most)
        most = b < last->a + last->len ? 0 : b - (last->a + last->len);
    al->chain_count = 0;
    TTI_TRY(extend_left(al, s, &(tti_block){a, b, 0}, most, error));
    for (size_t k = al->path_count; k-- > 0;) {
        const tti_anchor *x = &al->anchors.anchors[al->path[k]];
        if (s->self && al->chain_count > 0 && x->a + x->len > al->chain[0].b)
            break;
        TTI_TRY(append_anchor_blocks(al, s, x, &a, &b, error));
    }
    return extend_right(al, s, a, b, error);
}

/* ---- Passages ----------------------------------------------------------------------------- */

static uint32_t count_unaligned(const uint8_t *seen, uint32_t begin, uint32_t len)
{
    uint32_t fresh = 0;
    for (uint32_t i = begin; i < begin + len; i++)
        fresh += !seen[i];
    return fresh;
}

/* memset to 1, but quick for the few tokens of a block. */
static void mark_aligned(uint8_t *seen, uint32_t len)
{
    static const uint64_t ones = 0x0101010101010101u;
    if (len < sizeof ones || len > 16 * sizeof ones) {
        memset(seen, 1, len);
        return;
    }
    for (uint32_t i = 0; i + sizeof ones < len; i += sizeof ones)
        memcpy(seen + i, &ones, sizeof ones);
    memcpy(seen + len - sizeof ones, &ones, sizeof ones);
}

static tt_status append_passage(tti_aligner *al, const tti_block *blocks, size_t count,
                                tt_error *error)
{
    const tti_block *last = &blocks[count - 1];
    tti_passage p = {blocks->a, last->a + last->len,       blocks->b,      last->b + last->len,
                     0,         (uint32_t)al->block_count, (uint32_t)count};
    if (tti_reserve(al->allocator, &al->blocks, &al->block_capacity, al->block_count + count,
                    sizeof *al->blocks) != 0 ||
        tti_reserve(al->allocator, &al->passages, &al->passage_capacity, al->passage_count + 1,
                    sizeof *al->passages) != 0)
        return tti_fail_memory(error, "passages");
    for (size_t k = 0; k < count; k++) {
        p.matched += blocks[k].len;
        al->blocks[al->block_count++] = blocks[k];
    }
    al->passages[al->passage_count++] = p;
    return TT_OK;
}

/* Cuts al->chain at its long unaligned runs. */
static tt_status split_chain_into_passages(tti_aligner *al, tt_error *error)
{
    size_t begin = 0;
    for (size_t k = 1; k <= al->chain_count; k++) {
        const tti_block *x = &al->chain[k - 1], *y = &al->chain[k];
        if (k < al->chain_count && y->a - (x->a + x->len) <= TTI_SPLIT_GAP &&
            y->b - (x->b + x->len) <= TTI_SPLIT_GAP)
            continue;
        TTI_TRY(append_passage(al, al->chain + begin, k - begin, error));
        begin = k;
    }
    return TT_OK;
}

/* Takes the best chain that is left, if it aligns enough that is new. */
static tt_status accept_chain(tti_aligner *al, const tti_query_side *s, uint32_t end,
                              uint32_t least, tti_alignment *out, tt_error *error)
{
    uint32_t fresh_a = 0, fresh_b = 0, matched = 0;
    TTI_TRY(trace(al, end, error));
    if (al->path_count == 0)
        return TT_OK;
    TTI_TRY(build_chain_blocks(al, s, error));
    for (size_t k = 0; k < al->chain_count; k++)
        matched += al->chain[k].len;
    if (matched < least)
        return TT_OK;
    if (!al->seen_any)
        fresh_a = fresh_b = matched;
    for (size_t k = 0; k < al->chain_count && al->seen_any; k++) {
        fresh_a += count_unaligned(al->a_seen, al->chain[k].a, al->chain[k].len);
        fresh_b += count_unaligned(al->b_seen, al->chain[k].b, al->chain[k].len);
    }
    if (fresh_a * 2 < matched && fresh_b * 2 < matched)
        return TT_OK;
    for (size_t k = 0; k < al->chain_count; k++) {
        mark_aligned(al->a_seen + al->chain[k].a, al->chain[k].len);
        mark_aligned(al->b_seen + al->chain[k].b, al->chain[k].len);
    }
    al->seen_any = 1;
    out->aligned_a += fresh_a;
    out->aligned_b += fresh_b;
    return split_chain_into_passages(al, error);
}

/* Zeroes what the run before left in the byte maps. */
static void clear_aligned_marks(tti_aligner *al)
{
    if (al->a_left > 0)
        memset(al->a_seen, 0, al->a_left);
    if (al->b_left > 0)
        memset(al->b_seen, 0, al->b_left);
    al->a_left = al->b_left = 0;
    al->seen_any = 0;
}

static tt_status run(tti_aligner *al, const tti_query_side *s, tti_alignment *out, tt_error *error)
{
    const uint32_t shorter = s->count < al->anchors.b_count ? s->count : al->anchors.b_count;
    const uint32_t least = shorter >= 2 * LEAST_PASSAGE ? LEAST_PASSAGE : (shorter + 1) / 2;
    const int64_t least_score = (least < LEAST_PASSAGE ? TTI_KGRAM_TOKENS : LEAST_ANCHORED) * UNIT;
    tt_status status = TT_OK;
    memset(out, 0, sizeof *out);
    al->passage_count = al->block_count = 0;
    clear_aligned_marks(al);
    if (reserve_aligned_marks(al->allocator, &al->a_seen, &al->a_seen_capacity, s->count) != 0)
        return tti_fail_memory(error, "an alignment");
    al->a_left = s->count;
    al->b_left = al->anchors.b_count;
    TTI_TRY(tti_anchors_find(&al->anchors, s, error));
    TTI_TRY(chain_anchors(al, s->self, error));
    TTI_TRY(sort_chain_ends(al, least_score, error));
    for (size_t k = 0; k < al->end_count && status == TT_OK; k++)
        status = accept_chain(al, s, al->ends[k].anchor, least, out, error);
    out->passages = al->passages;
    out->passage_count = al->passage_count;
    out->blocks = al->blocks;
    out->a_aligned = al->a_seen;
    out->b_aligned = al->b_seen;
    return status;
}

tt_status tti_aligner_run(tti_aligner *al, const uint32_t *tokens, uint32_t count,
                          tti_alignment *out, tt_error *error)
{
    const tti_query_side s = {tokens, count, 0};
    return run(al, &s, out, error);
}

tt_status tti_aligner_run_self(tti_aligner *al, tti_alignment *out, tt_error *error)
{
    const tti_query_side s = {al->anchors.b, al->anchors.b_count, 1};
    return run(al, &s, out, error);
}

tt_status tti_aligner_match(tti_aligner *al, const uint32_t *tokens, uint32_t count, uint32_t least,
                            int *enough, tt_error *error)
{
    const tti_query_side s = {tokens, count, 0};
    return tti_anchors_match(&al->anchors, &s, least, enough, error);
}

uint32_t tti_aligner_shared_shingles(const tti_aligner *al, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count)
{
    return tti_anchors_shared_shingles(&al->anchors, w, repeats, repeat_count);
}
