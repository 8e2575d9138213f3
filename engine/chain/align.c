/*
 * Chain stage: anchors -> chains -> gaps and ends -> passages.
 *
 * In:  the tokens of two articles, b indexed by its grams of four tokens.
 * Out: passages, and how many tokens of either side are aligned.
 *
 * Anchors are maximal exact matches. A gram that stands in more than RARE places of b starts none
 * (it is still passed through by the extension of its neighbours), unless nothing rarer is shared.
 * Chaining is the O(n h) dynamic programme over the last LOOK_BACK anchors.
 */
#include "chain/align.h"

#include "chain/gap.h"
#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"
#include "kernels/kernels.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    RARE = 16,          /* places of a gram in b that still make it an anchor */
    LOOK_BACK = 50,     /* anchors before one that may precede it in a chain (minimap2's h) */
    MAX_SKEW = 32,      /* difference of the two gaps that one chain may pass over */
    X_DROP = 6,         /* how far below its best an extension may fall */
    STALE = 64,         /* tokens that it may pass over where both sides are aligned already */
    UNIT = 4,           /* score of an aligned token; gaps cost parts of it */
    GAP_FIFTHS = 2,     /* fifths of a gap's longer side that must align for any of it to */
    LEAST_ANCHORED = 6, /* of them in exact matches */
    LEAST_PASSAGE = 8 /* aligned tokens of a passage, but in very short articles: a stock phrase is
                         shorter */
};

#define NONE UINT32_MAX

_Static_assert((int)TTI_MAX_GAP <= (int)TTI_GAP_LIMIT,
               "a gap that a chain passes over can be aligned");
_Static_assert((int)TTI_GRAM == (int)TTI_SAMPLE_TOKENS, "the kernel hashes grams of this length");

typedef struct anchor {
    uint32_t a, b, len;
    uint32_t before;  /* the anchor before it in its best chain, or NONE */
    uint32_t first_b; /* where that chain begins in b */
    int64_t score;    /* of the best chain that ends here */
    uint8_t used;
} anchor;

/* How far the last anchor of a diagonal reaches in a; end 0: an empty slot. */
typedef struct diagonal {
    uint32_t shift, end;
} diagonal;

typedef struct chain_end {
    int64_t score;
    uint32_t anchor;
} chain_end;

struct tti_aligner {
    const tt_allocator *allocator;
    const uint32_t *b;
    uint32_t b_count;
    uint32_t *heads, *next; /* gram table: first place of a slot's grams, next place of a place's */
    size_t head_capacity, next_capacity;
    uint32_t head_mask;
    uint32_t *slots, *unused; /* hashes of the grams of the side at hand, and their other halves */
    size_t slot_capacity, unused_capacity;
    anchor *anchors;
    size_t anchor_count, anchor_capacity;
    int passed_over;     /* some gram stood in too many places to look at all */
    diagonal *diagonals; /* open addressing by shift */
    size_t diagonal_slots, diagonal_capacity;
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
};

tt_status tti_aligner_open(tti_aligner **out, const tt_allocator *allocator, tt_error *error)
{
    tti_aligner *al = tti_alloc_zero(allocator, 1, sizeof *al);
    *out = al;
    if (al == NULL)
        return tti_fail_memory(error, "an aligner");
    al->allocator = allocator;
    return TT_OK;
}

void tti_aligner_close(tti_aligner *al)
{
    if (al == NULL)
        return;
    tti_release(al->allocator, al->heads, al->head_capacity, sizeof *al->heads);
    tti_release(al->allocator, al->next, al->next_capacity, sizeof *al->next);
    tti_release(al->allocator, al->slots, al->slot_capacity, sizeof *al->slots);
    tti_release(al->allocator, al->unused, al->unused_capacity, sizeof *al->unused);
    tti_release(al->allocator, al->anchors, al->anchor_capacity, sizeof *al->anchors);
    tti_release(al->allocator, al->diagonals, al->diagonal_capacity, sizeof *al->diagonals);
    tti_release(al->allocator, al->ends, al->end_capacity, sizeof *al->ends);
    tti_release(al->allocator, al->path, al->path_capacity, sizeof *al->path);
    tti_release(al->allocator, al->blocks, al->block_capacity, sizeof *al->blocks);
    tti_release(al->allocator, al->chain, al->chain_capacity, sizeof *al->chain);
    tti_release(al->allocator, al->passages, al->passage_capacity, sizeof *al->passages);
    tti_release(al->allocator, al->a_seen, al->a_seen_capacity, 1);
    tti_release(al->allocator, al->b_seen, al->b_seen_capacity, 1);
    tti_release(al->allocator, al, 1, sizeof *al);
}

/* ---- Grams -------------------------------------------------------------------------------- */

/* The hash of every gram of `tokens`, into al->slots. */
static tt_status hash_grams(tti_aligner *al, const uint32_t *tokens, uint32_t count,
                            tt_error *error)
{
    const size_t grams = count < TTI_GRAM ? 0 : count - TTI_GRAM + 1;
    if (tti_reserve(al->allocator, &al->slots, &al->slot_capacity, grams, sizeof *al->slots) != 0 ||
        tti_reserve(al->allocator, &al->unused, &al->unused_capacity, grams, sizeof *al->unused) !=
            0)
        return tti_fail_memory(error, "an article's grams");
    if (grams > 0)
        tti_kernels_get()->hash_grams(tokens, grams, 0, al->slots, al->unused);
    return TT_OK;
}

static int same_gram(const uint32_t *x, const uint32_t *y)
{
    return memcmp(x, y, TTI_GRAM * sizeof *x) == 0;
}

/* Grows a byte map and zeroes what is new. */
static int reserve_seen(const tt_allocator *a, uint8_t **seen, size_t *capacity, size_t need)
{
    const size_t old = *capacity;
    if (tti_reserve(a, seen, capacity, need, 1) != 0)
        return -1;
    memset(*seen + old, 0, *capacity - old);
    return 0;
}

tt_status tti_aligner_load(tti_aligner *al, const uint32_t *tokens, uint32_t count, tt_error *error)
{
    size_t slots = 64;
    while (slots < (size_t)count * 2)
        slots *= 2;
    if (tti_reserve(al->allocator, &al->heads, &al->head_capacity, slots, sizeof *al->heads) != 0 ||
        tti_reserve(al->allocator, &al->next, &al->next_capacity, count, sizeof *al->next) != 0 ||
        reserve_seen(al->allocator, &al->b_seen, &al->b_seen_capacity, count) != 0)
        return tti_fail_memory(error, "an article's grams");
    TTI_TRY(hash_grams(al, tokens, count, error));
    al->b = tokens;
    al->b_count = count;
    al->head_mask = (uint32_t)(slots - 1);
    memset(al->heads, 0xFF, slots * sizeof *al->heads);
    for (uint32_t p = count < TTI_GRAM ? 0 : count - TTI_GRAM + 1; p-- > 0;) {
        uint32_t *head = &al->heads[al->slots[p] & al->head_mask];
        al->next[p] = *head; /* from the back, so that a slot's places ascend */
        *head = p;
    }
    return TT_OK;
}

/* ---- Anchors ------------------------------------------------------------------------------ */

typedef struct side {
    const uint32_t *tokens;
    uint32_t count;
    int self; /* the two sides are one article */
} side;

/* The diagonal of a match, b - a, wraps around zero; any 32 bits tell two apart. */
static diagonal *find_diagonal(const tti_aligner *al, uint32_t shift)
{
    size_t slot = (shift * 0x9E3779B1u) >> 7 & (al->diagonal_slots - 1);
    while (al->diagonals[slot].end != 0 && al->diagonals[slot].shift != shift)
        slot = (slot + 1) & (al->diagonal_slots - 1);
    return &al->diagonals[slot];
}

/* Empties the table of diagonals and makes it `slots` large, a power of two. */
static tt_status clear_diagonals(tti_aligner *al, size_t slots, tt_error *error)
{
    if (tti_reserve(al->allocator, &al->diagonals, &al->diagonal_capacity, slots,
                    sizeof *al->diagonals) != 0)
        return tti_fail_memory(error, "anchors");
    al->diagonal_slots = slots;
    memset(al->diagonals, 0, slots * sizeof *al->diagonals);
    return TT_OK;
}

/* Notes how far the newest anchor reaches on its diagonal. */
static tt_status note_diagonal(tti_aligner *al, tt_error *error)
{
    const anchor *x = &al->anchors[al->anchor_count - 1];
    if (al->anchor_count * 2 > al->diagonal_slots) {
        TTI_TRY(clear_diagonals(al, al->diagonal_slots * 2, error));
        for (size_t k = 0; k < al->anchor_count; k++) /* in order, so that the last one stays */
            *find_diagonal(al, al->anchors[k].b - al->anchors[k].a) = (diagonal){
                al->anchors[k].b - al->anchors[k].a, al->anchors[k].a + al->anchors[k].len};
        return TT_OK;
    }
    *find_diagonal(al, x->b - x->a) = (diagonal){x->b - x->a, x->a + x->len};
    return TT_OK;
}

/* Records the maximal match through gram (i, p). */
static tt_status add_anchor(tti_aligner *al, const side *a, uint32_t i, uint32_t p, tt_error *error)
{
    const uint32_t most = a->self ? p - i : UINT32_MAX; /* the two places may not overlap */
    uint32_t end = i + TTI_GRAM, shift = p - i;
    const uint32_t floor = find_diagonal(al, shift)->end; /* where the match before it stopped */
    while (i > floor && i + shift > 0 && end - i < most && a->tokens[i - 1] == al->b[i - 1 + shift])
        i--;
    while (end < a->count && end + shift < al->b_count && end - i < most &&
           a->tokens[end] == al->b[end + shift])
        end++;
    if (tti_reserve(al->allocator, &al->anchors, &al->anchor_capacity, al->anchor_count + 1,
                    sizeof *al->anchors) != 0)
        return tti_fail_memory(error, "anchors");
    al->anchors[al->anchor_count++] =
        (anchor){i, i + shift, end - i < most ? end - i : most, NONE, i + shift, 0, 0};
    return note_diagonal(al, error);
}

/* Anchors through place i of a. */
static tt_status anchors_at(tti_aligner *al, const side *a, uint32_t i, int common_too,
                            tt_error *error)
{
    const anchor *last = al->anchor_count > 0 ? &al->anchors[al->anchor_count - 1] : NULL;
    uint32_t places[RARE + 1], n = 0;
    uint32_t *head = &al->heads[al->slots[i] & al->head_mask];
    if (a->self) /* places up to here are first places now: i is the slot's first */
        *head = al->next[i];
    if (*head == NONE)
        return TT_OK;
    /* Mostly the one place of the gram lies in the match that was found last. */
    if (last != NULL && *head - i == last->b - last->a && i + TTI_GRAM <= last->a + last->len &&
        al->next[*head] == NONE)
        return TT_OK;
    for (uint32_t p = *head; p != NONE && n <= RARE; p = al->next[p])
        if ((!a->self || p >= i + TTI_GRAM) && same_gram(a->tokens + i, al->b + p))
            places[n++] = p;
    al->passed_over |= n > RARE;
    if (n > RARE && a->self) /* the next place leads on to the others */
        n = 1;
    if (n > RARE && !common_too)
        return TT_OK;
    for (uint32_t k = 0; k < n && k < RARE; k++)
        if (find_diagonal(al, places[k] - i)->end < i + TTI_GRAM)
            TTI_TRY(add_anchor(al, a, i, places[k], error));
    return TT_OK;
}

static int by_place(const void *x, const void *y)
{
    const anchor *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Leaves the anchors in order of (a, b). */
static tt_status find_anchors(tti_aligner *al, const side *a, int common_too, tt_error *error)
{
    size_t before = 0;
    int ordered = 1;
    al->anchor_count = 0;
    TTI_TRY(clear_diagonals(al, 128, error));
    TTI_TRY(hash_grams(al, a->tokens, a->count, error));
    for (uint32_t i = 0; i + TTI_GRAM <= a->count; i++) {
        TTI_TRY(anchors_at(al, a, i, common_too, error));
        /* Where all is common, what follows is in the longest match already. */
        for (; common_too && before < al->anchor_count; before++)
            if (al->anchors[before].a + al->anchors[before].len > i + TTI_GRAM)
                i = al->anchors[before].a + al->anchors[before].len - TTI_GRAM;
    }
    for (size_t k = 1; k < al->anchor_count && ordered; k++)
        ordered = by_place(&al->anchors[k - 1], &al->anchors[k]) <= 0;
    if (!ordered)
        tti_sort(al->anchors, al->anchor_count, sizeof *al->anchors, by_place);
    return TT_OK;
}

/* ---- Chains ------------------------------------------------------------------------------- */

/* Score that y gains as the successor of x, or a negative number if it cannot follow. */
static int64_t link_gain(const anchor *x, const anchor *y)
{
    const int64_t gap_a = (int64_t)y->a - x->a - x->len, gap_b = (int64_t)y->b - x->b - x->len;
    const int64_t least = gap_a < gap_b ? gap_a : gap_b, most = gap_a < gap_b ? gap_b : gap_a;
    int64_t len = y->len;
    if (y->a <= x->a || y->b <= x->b || most > TTI_MAX_GAP || most - least > MAX_SKEW)
        return -1;
    if (least < 0)
        len += least; /* they overlap: only the rest is new */
    return len <= 0 ? -1 : len * UNIT - (most - least) - (least > 0 ? least / 4 : 0);
}

static void link_anchors(tti_aligner *al, int self)
{
    uint32_t reach = 0; /* where the anchors so far end in a */
    size_t first = 0;   /* anchors before this one all end too far before the one at hand */
    for (size_t k = 0; k < al->anchor_count; k++) {
        anchor *y = &al->anchors[k];
        y->score = (int64_t)y->len * UNIT;
        if (y->a > reach + TTI_MAX_GAP)
            first = k;
        if (k - first > LOOK_BACK)
            first = k - LOOK_BACK;
        if (y->a + y->len > reach)
            reach = y->a + y->len;
        for (size_t j = k; j-- > first;) {
            const anchor *x = &al->anchors[j];
            const int64_t gain = link_gain(x, y);
            if (self && y->a + y->len > x->first_b) /* it would run into its own repetition */
                continue;
            if (gain > 0 && x->score + gain > y->score) {
                y->score = x->score + gain;
                y->before = (uint32_t)j;
                y->first_b = x->first_b;
            }
        }
    }
}

static int best_first(const void *x, const void *y)
{
    const chain_end *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return (p->anchor > q->anchor) - (p->anchor < q->anchor);
}

/* Ends of chains with a score of `least` or more: a long text has very many single grams. */
static tt_status order_chains(tti_aligner *al, int64_t least, tt_error *error)
{
    if (tti_reserve(al->allocator, &al->ends, &al->end_capacity, al->anchor_count,
                    sizeof *al->ends) != 0)
        return tti_fail_memory(error, "chains");
    al->end_count = 0;
    for (size_t k = 0; k < al->anchor_count; k++)
        if (al->anchors[k].score >= least)
            al->ends[al->end_count++] = (chain_end){al->anchors[k].score, (uint32_t)k};
    tti_sort(al->ends, al->end_count, sizeof *al->ends, best_first);
    return TT_OK;
}

/* ---- Blocks of one chain ------------------------------------------------------------------ */

static tt_status add_block(tti_aligner *al, uint32_t a, uint32_t b, uint32_t len, tt_error *error)
{
    tti_block *last = al->chain_count > 0 ? &al->chain[al->chain_count - 1] : NULL;
    if (len == 0)
        return TT_OK;
    if (last != NULL && last->a + last->len == a && last->b + last->len == b) {
        last->len += len;
        return TT_OK;
    }
    if (tti_reserve(al->allocator, &al->chain, &al->chain_capacity, al->chain_count + 1,
                    sizeof *al->chain) != 0)
        return tti_fail_memory(error, "aligned blocks");
    al->chain[al->chain_count++] = (tti_block){a, b, len};
    return TT_OK;
}

/* Blocks of the gap between two ends: the longest common subsequence of what lies there. */
static tt_status add_gap(tti_aligner *al, const side *a, const tti_block *gap_a_b, uint32_t b_len,
                         tt_error *error)
{
    tti_gap_match matches[TTI_MAX_GAP];
    const uint32_t n =
        tti_gap_align(a->tokens + gap_a_b->a, gap_a_b->len, al->b + gap_a_b->b, b_len, matches);
    const uint32_t longer = gap_a_b->len > b_len ? gap_a_b->len : b_len;
    /* Unrelated text has a common subsequence too, of its commonest words. */
    if (n * 5 < longer * GAP_FIFTHS)
        return TT_OK;
    for (uint32_t k = 0; k < n; k++)
        TTI_TRY(add_block(al, gap_a_b->a + matches[k].a, gap_a_b->b + matches[k].b, 1, error));
    return TT_OK;
}

/* Walks back from (a, b) over at most `most` tokens while that pays, and makes blocks of it. */
static tt_status extend_left(tti_aligner *al, const side *s, const tti_block *from, uint32_t most,
                             tt_error *error)
{
    const uint32_t a = from->a, b = from->b;
    int score = 0, best = 0;
    uint32_t best_step = 0, stale = 0;
    for (uint32_t step = 1; step <= most && score > best - X_DROP && stale < STALE; step++) {
        stale += al->a_seen[a - step] & al->b_seen[b - step];
        score += s->tokens[a - step] == al->b[b - step] ? 1 : -1;
        if (score > best)
            best = score, best_step = step;
    }
    for (uint32_t step = best_step; step > 0; step--)
        if (s->tokens[a - step] == al->b[b - step])
            TTI_TRY(add_block(al, a - step, b - step, 1, error));
    return TT_OK;
}

static tt_status extend_right(tti_aligner *al, const side *s, uint32_t a, uint32_t b,
                              tt_error *error)
{
    /* Within one article the first place may not run into the second. */
    const uint32_t a_end = s->self ? al->chain[0].b : s->count;
    int score = 0, best = 0;
    uint32_t best_step = 0, stale = 0;
    for (uint32_t step = 0;
         a + step < a_end && b + step < al->b_count && score > best - X_DROP && stale < STALE;
         step++) {
        stale += al->a_seen[a + step] & al->b_seen[b + step];
        score += s->tokens[a + step] == al->b[b + step] ? 1 : -1;
        if (score > best)
            best = score, best_step = step + 1;
    }
    for (uint32_t step = 0; step < best_step; step++)
        if (s->tokens[a + step] == al->b[b + step])
            TTI_TRY(add_block(al, a + step, b + step, 1, error));
    return TT_OK;
}

/* The chain's anchors that no better chain took, last first, into al->path. */
static tt_status trace(tti_aligner *al, uint32_t end, tt_error *error)
{
    if (tti_reserve(al->allocator, &al->path, &al->path_capacity, al->anchor_count,
                    sizeof *al->path) != 0)
        return tti_fail_memory(error, "a chain");
    al->path_count = 0;
    for (uint32_t k = end; k != NONE && !al->anchors[k].used; k = al->anchors[k].before) {
        al->anchors[k].used = 1;
        al->path[al->path_count++] = k;
    }
    return TT_OK;
}

/* Adds what anchor x brings after the place (*a, *b) where the chain stands, and moves that on. */
static tt_status add_link(tti_aligner *al, const side *s, const anchor *x, uint32_t *a, uint32_t *b,
                          tt_error *error)
{
    uint32_t skip = 0, len = x->len;
    if (x->a < *a)
        skip = *a - x->a;
    if (x->b<*b && * b - x->b> skip)
        skip = *b - x->b;
    if (skip >= len)
        return TT_OK;
    if (x->a > *a && x->b > *b)
        TTI_TRY(add_gap(al, s, &(tti_block){*a, *b, x->a - *a}, x->b - *b, error));
    TTI_TRY(add_block(al, x->a + skip, x->b + skip, len - skip, error));
    *a = x->a + len;
    *b = x->b + len;
    return TT_OK;
}

/* Turns al->path into the blocks of al->chain. */
static tt_status make_chain(tti_aligner *al, const side *s, tt_error *error)
{
    const anchor *first = &al->anchors[al->path[al->path_count - 1]];
    const anchor *last = &al->anchors[al->path[0]];
    uint32_t a = first->a, b = first->b, most = a < b ? a : b;
    if (s->self && b - (last->a + last->len) < most)
        most = b < last->a + last->len ? 0 : b - (last->a + last->len);
    al->chain_count = 0;
    TTI_TRY(extend_left(al, s, &(tti_block){a, b, 0}, most, error));
    for (size_t k = al->path_count; k-- > 0;) {
        const anchor *x = &al->anchors[al->path[k]];
        if (s->self && al->chain_count > 0 && x->a + x->len > al->chain[0].b)
            break;
        TTI_TRY(add_link(al, s, x, &a, &b, error));
    }
    return extend_right(al, s, a, b, error);
}

/* ---- Passages ----------------------------------------------------------------------------- */

static uint32_t count_fresh(const uint8_t *seen, uint32_t begin, uint32_t len)
{
    uint32_t fresh = 0;
    for (uint32_t i = begin; i < begin + len; i++)
        fresh += !seen[i];
    return fresh;
}

static tt_status add_passage(tti_aligner *al, const tti_block *blocks, size_t count,
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
static tt_status add_passages(tti_aligner *al, tt_error *error)
{
    size_t begin = 0;
    for (size_t k = 1; k <= al->chain_count; k++) {
        const tti_block *x = &al->chain[k - 1], *y = &al->chain[k];
        if (k < al->chain_count && y->a - (x->a + x->len) <= TTI_SPLIT_GAP &&
            y->b - (x->b + x->len) <= TTI_SPLIT_GAP)
            continue;
        TTI_TRY(add_passage(al, al->chain + begin, k - begin, error));
        begin = k;
    }
    return TT_OK;
}

/* Takes the best chain that is left, if it aligns enough that is new. */
static tt_status take_chain(tti_aligner *al, const side *s, uint32_t end, uint32_t least,
                            tti_alignment *out, tt_error *error)
{
    uint32_t fresh_a = 0, fresh_b = 0, matched = 0;
    TTI_TRY(trace(al, end, error));
    if (al->path_count == 0)
        return TT_OK;
    TTI_TRY(make_chain(al, s, error));
    for (size_t k = 0; k < al->chain_count; k++)
        matched += al->chain[k].len;
    if (matched < least)
        return TT_OK;
    for (size_t k = 0; k < al->chain_count; k++) {
        fresh_a += count_fresh(al->a_seen, al->chain[k].a, al->chain[k].len);
        fresh_b += count_fresh(al->b_seen, al->chain[k].b, al->chain[k].len);
    }
    if (fresh_a * 2 < matched && fresh_b * 2 < matched)
        return TT_OK;
    for (size_t k = 0; k < al->chain_count; k++) {
        memset(al->a_seen + al->chain[k].a, 1, al->chain[k].len);
        memset(al->b_seen + al->chain[k].b, 1, al->chain[k].len);
    }
    out->aligned_a += fresh_a;
    out->aligned_b += fresh_b;
    return add_passages(al, error);
}

/* Zeroes what the run before left in the byte maps. */
static void clear_seen(tti_aligner *al)
{
    if (al->a_left > 0)
        memset(al->a_seen, 0, al->a_left);
    if (al->b_left > 0)
        memset(al->b_seen, 0, al->b_left);
    al->a_left = al->b_left = 0;
}

static tt_status run(tti_aligner *al, const side *s, tti_alignment *out, tt_error *error)
{
    const uint32_t shorter = s->count < al->b_count ? s->count : al->b_count;
    const uint32_t least = shorter >= 2 * LEAST_PASSAGE ? LEAST_PASSAGE : (shorter + 1) / 2;
    const int64_t least_score = (least < LEAST_PASSAGE ? TTI_GRAM : LEAST_ANCHORED) * UNIT;
    tt_status status = TT_OK;
    memset(out, 0, sizeof *out);
    al->passage_count = al->block_count = 0;
    al->passed_over = 0;
    clear_seen(al);
    if (reserve_seen(al->allocator, &al->a_seen, &al->a_seen_capacity, s->count) != 0)
        return tti_fail_memory(error, "an alignment");
    al->a_left = s->count;
    al->b_left = al->b_count;
    TTI_TRY(find_anchors(al, s, 0, error));
    if (al->anchor_count == 0)
        TTI_TRY(find_anchors(al, s, 1, error));
    link_anchors(al, s->self);
    TTI_TRY(order_chains(al, least_score, error));
    for (size_t k = 0; k < al->end_count && status == TT_OK; k++)
        status = take_chain(al, s, al->ends[k].anchor, least, out, error);
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
    const side s = {tokens, count, 0};
    return run(al, &s, out, error);
}

tt_status tti_aligner_run_self(tti_aligner *al, tti_alignment *out, tt_error *error)
{
    const side s = {al->b, al->b_count, 1};
    return run(al, &s, out, error);
}

/* An anchor is maximal, so it holds every shared shingle that runs through one of its grams; in
 * order of place, those that no anchor before held are new. */
uint32_t tti_aligner_shared(const tti_aligner *al, uint32_t w, const uint32_t *repeats,
                            uint32_t repeat_count)
{
    uint32_t shared = 0, until = 0, r = 0;
    if (w < TTI_GRAM || al->passed_over)
        return UINT32_MAX;
    for (size_t k = 0; k < al->anchor_count; k++) {
        const anchor *x = &al->anchors[k];
        const uint32_t end = x->len >= w ? x->a + x->len - w + 1 : x->a;
        const uint32_t begin = x->a > until ? x->a : until;
        if (end <= begin)
            continue;
        shared += end - begin;
        until = end;
        while (r < repeat_count && repeats[r] < begin)
            r++;
        for (; r < repeat_count && repeats[r] < end; r++)
            shared--;
    }
    return shared;
}
