/*
 * Chain stage, first step. In: the tokens of two articles. Out: their maximal exact matches.
 *
 * Near copies are the common case, so a match is run through by comparing tokens, not by looking up
 * its grams: another match can begin inside of one only where a gram stands in b twice, and those
 * places are found when a match is long enough for that to pay.
 */
#include "chain/anchors.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"

#include <string.h>

enum {
    RARE = 16,       /* places of a gram in b that still make it an anchor */
    DIAGONALS = 128, /* slots for diagonals at first */
    LONG = 16,       /* a match of this part of b: it pays to know b's doubled grams */
};

#define NONE TTI_NO_PLACE

void tti_anchors_free(tti_anchors *x)
{
    tti_grams_free(&x->grams);
    tti_release(x->allocator, x->doubled, x->doubled_capacity, sizeof *x->doubled);
    tti_release(x->allocator, x->anchors, x->capacity, sizeof *x->anchors);
    tti_release(x->allocator, x->diagonals, x->diagonal_capacity, sizeof *x->diagonals);
}

/* ---- The loaded side ---------------------------------------------------------------------- */

tt_status tti_anchors_load(tti_anchors *x, const uint32_t *tokens, uint32_t count, tt_error *error)
{
    x->b = tokens;
    x->b_count = count;
    x->knows_doubled = 0;
    x->grams.allocator = x->allocator;
    return tti_grams_load(&x->grams, tokens, count, error);
}

/* True if gram p of b stands elsewhere in b too. */
static int is_doubled(const tti_anchors *x, uint32_t p)
{
    const tti_grams *g = &x->grams;
    for (uint32_t q = *tti_grams_head(g, g->keys[p]); q != NONE; q = g->next[q])
        if (q != p && tti_grams_equal(x->b + p, x->b + q))
            return 1;
    return 0;
}

/* Finds the places whose gram stands elsewhere too. */
static tt_status find_doubled(tti_anchors *x, tt_error *error)
{
    const uint32_t grams = tti_grams_of(x->b_count);
    uint32_t doubled = grams;
    if (tti_reserve(x->allocator, &x->doubled, &x->doubled_capacity, (size_t)grams + 1,
                    sizeof *x->doubled) != 0)
        return tti_fail_memory(error, "an article's grams");
    x->doubled[grams] = grams;
    for (uint32_t p = grams; p-- > 0;) {
        if (is_doubled(x, p))
            doubled = p;
        x->doubled[p] = doubled;
    }
    x->knows_doubled = 1;
    return TT_OK;
}

/* ---- Diagonals ---------------------------------------------------------------------------- */

/* The diagonal of a match, b - a, wraps around zero; any 32 bits tell two apart. */
static tti_diagonal *find_diagonal(const tti_anchors *x, uint32_t shift)
{
    size_t slot = (shift * 0x9E3779B1u) >> 7 & (x->diagonal_slots - 1);
    while (x->diagonals[slot].end != 0 && x->diagonals[slot].shift != shift)
        slot = (slot + 1) & (x->diagonal_slots - 1);
    return &x->diagonals[slot];
}

/* Empties the table of diagonals and makes it `slots` large, a power of two. */
static tt_status clear_diagonals(tti_anchors *x, size_t slots, tt_error *error)
{
    if (tti_reserve(x->allocator, &x->diagonals, &x->diagonal_capacity, slots,
                    sizeof *x->diagonals) != 0)
        return tti_fail_memory(error, "anchors");
    x->diagonal_slots = slots;
    memset(x->diagonals, 0, slots * sizeof *x->diagonals);
    return TT_OK;
}

static void note_diagonal(const tti_anchors *x, const tti_anchor *y)
{
    *find_diagonal(x, y->b - y->a) = (tti_diagonal){y->b - y->a, y->a + y->len};
}

/* Notes how far the newest anchor reaches on its diagonal. */
static tt_status note_newest(tti_anchors *x, tt_error *error)
{
    if (x->count * 2 <= x->diagonal_slots) {
        note_diagonal(x, &x->anchors[x->count - 1]);
        return TT_OK;
    }
    TTI_TRY(clear_diagonals(x, x->diagonal_slots * 2, error));
    for (size_t k = 0; k < x->count; k++) /* in order, so that the last one stays */
        note_diagonal(x, &x->anchors[k]);
    return TT_OK;
}

/* ---- Anchors ------------------------------------------------------------------------------ */

/* How many of the first `most` tokens of the two are equal: eight at a time, then one. */
static uint32_t equal_tokens(const uint32_t *p, const uint32_t *q, uint32_t most)
{
    uint32_t n = 0;
    for (; n + 8 <= most; n += 8) {
        uint64_t x[4], y[4];
        memcpy(x, p + n, sizeof x);
        memcpy(y, q + n, sizeof y);
        if (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])) != 0)
            break;
    }
    while (n < most && p[n] == q[n])
        n++;
    return n;
}

/* Records the maximal match through gram (i, p); `floor` is where the match before it on its
 * diagonal stopped. */
static tt_status add_anchor(tti_anchors *x, const tti_side *a, uint32_t i, uint32_t p,
                            uint32_t floor, tt_error *error)
{
    const uint32_t shift = p - i;
    const uint32_t most = a->self ? shift : NONE; /* the two places may not overlap */
    uint32_t end = i + TTI_GRAM, room;
    while (i > floor && i + shift > 0 && end - i < most && a->tokens[i - 1] == x->b[i - 1 + shift])
        i--;
    room =
        a->count - end < x->b_count - (end + shift) ? a->count - end : x->b_count - (end + shift);
    room = room < most - (end - i) ? room : most - (end - i);
    end += equal_tokens(a->tokens + end, x->b + (end + shift), room);
    if (tti_reserve(x->allocator, &x->anchors, &x->capacity, x->count + 1, sizeof *x->anchors) != 0)
        return tti_fail_memory(error, "anchors");
    x->anchors[x->count++] =
        (tti_anchor){.a = i, .b = i + shift, .len = end - i, .before = NONE, .first_b = i + shift};
    return note_newest(x, error);
}

/* Anchors through place i of a, whose gram b has at place p and not before. */
static tt_status anchors_at(tti_anchors *x, const tti_side *a, uint32_t i, uint32_t p,
                            int common_too, tt_error *error)
{
    uint32_t places[RARE + 1], n = 0;
    for (; p != NONE && n <= RARE; p = tti_grams_from(&x->grams, a->tokens + i, x->grams.next[p]))
        if (!a->self || p >= i + TTI_GRAM)
            places[n++] = p;
    x->passed_over |= n > RARE;
    if (n > RARE && a->self) /* the next place leads on to the others */
        n = 1;
    if (n > RARE && !common_too)
        return TT_OK;
    for (uint32_t k = 0; k < n && k < RARE; k++) {
        const uint32_t floor = find_diagonal(x, places[k] - i)->end;
        if (floor < i + TTI_GRAM)
            TTI_TRY(add_anchor(x, a, i, places[k], floor, error));
    }
    return TT_OK;
}

/* True if gram i lies in the anchor found last, at place p of b, the last of its slot. */
static inline int is_passed(const tti_anchors *x, uint32_t i, uint32_t p)
{
    const tti_anchor *last;
    if (x->count == 0)
        return 0;
    last = &x->anchors[x->count - 1];
    return p - i == last->b - last->a && i + TTI_GRAM <= last->a + last->len &&
           x->grams.next[p] == NONE;
}

/* The first place after i whose gram may begin another anchor than the one found last. */
static inline uint32_t pass_on(const tti_anchors *x, uint32_t i)
{
    const tti_anchor *last = &x->anchors[x->count - 1];
    const uint32_t shift = last->b - last->a, end = last->a + last->len - TTI_GRAM + 1;
    uint32_t next;
    if (i + 1 >= end)
        return i + 1;
    next = x->doubled[i + 1 + shift] - shift;
    return next < end ? next : end;
}

enum { RARE_ONES, ALL_OR_NONE, COMMON_TOO };

/* The first place after i to look at, where matches of common grams are wanted: what is in the
 * longest match already leads to no other. *before: anchors that were seen to. */
static uint32_t pass_common(const tti_anchors *x, uint32_t i, size_t *before)
{
    for (; *before < x->count; ++*before) {
        const uint32_t end = x->anchors[*before].a + x->anchors[*before].len;
        if (end > i + TTI_GRAM)
            i = end - TTI_GRAM;
    }
    return i + 1;
}

/* Matches of the a side with another article. */
static tt_status find_in_other(tti_anchors *x, const tti_side *a, int how, tt_error *error)
{
    const tti_grams *g = &x->grams;
    uint32_t next = 0; /* places before this one need no look */
    size_t before = 0;
    TTI_TRY(tti_grams_probe(&x->grams, a->tokens, a->count, error));
    for (size_t h = 0; h < g->hit_count; h++) {
        const uint32_t i = g->hits[h];
        const size_t found = x->count;
        uint32_t p;
        if (i < next)
            continue;
        p = tti_grams_from(g, a->tokens + i, *tti_grams_head(g, g->other_keys[i]));
        if (p == NONE)
            continue;
        if (!is_passed(x, i, p)) {
            TTI_TRY(anchors_at(x, a, i, p, how == COMMON_TOO, error));
            if (how == ALL_OR_NONE && x->passed_over)
                return TT_OK;
            if (x->count == found && how != COMMON_TOO)
                continue;
        }
        if (how == COMMON_TOO) {
            next = pass_common(x, i, &before);
            continue;
        }
        if (!x->knows_doubled && x->anchors[x->count - 1].len > x->b_count / LONG)
            TTI_TRY(find_doubled(x, error));
        if (x->knows_doubled)
            next = pass_on(x, i);
    }
    return TT_OK;
}

/* Matches of the loaded side with later places of itself; uses the table up. */
static tt_status find_in_itself(tti_anchors *x, const tti_side *a, tt_error *error)
{
    const tti_grams *g = &x->grams;
    const uint32_t grams = tti_grams_of(a->count);
    for (uint32_t i = 0; i < grams; i++) {
        uint32_t *head = tti_grams_head(g, g->keys[i]), p;
        *head = g->next[i]; /* places up to here are first places now: i is the slot's first */
        p = tti_grams_from(g, a->tokens + i, *head);
        if (p != NONE && !is_passed(x, i, p))
            TTI_TRY(anchors_at(x, a, i, p, 0, error));
    }
    return TT_OK;
}

static int by_place(const void *x, const void *y)
{
    const tti_anchor *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Leaves the anchors in order of (a, b). */
static tt_status find(tti_anchors *x, const tti_side *a, int how, tt_error *error)
{
    int ordered = 1;
    x->count = 0;
    TTI_TRY(clear_diagonals(x, DIAGONALS, error));
    TTI_TRY(a->self ? find_in_itself(x, a, error) : find_in_other(x, a, how, error));
    for (size_t k = 1; k < x->count && ordered; k++)
        ordered = by_place(&x->anchors[k - 1], &x->anchors[k]) <= 0;
    if (!ordered)
        tti_sort(x->anchors, x->count, sizeof *x->anchors, by_place);
    return TT_OK;
}

tt_status tti_anchors_find(tti_anchors *x, const tti_side *a, tt_error *error)
{
    x->passed_over = 0;
    TTI_TRY(find(x, a, RARE_ONES, error));
    return x->count > 0 || !x->passed_over ? TT_OK : find(x, a, COMMON_TOO, error);
}

tt_status tti_anchors_match(tti_anchors *x, const tti_side *a, tt_error *error)
{
    x->passed_over = 0;
    return find(x, a, ALL_OR_NONE, error);
}

/* An anchor is maximal, so it holds every shared shingle that runs through one of its grams; in
 * order of place, those that no anchor before held are new. */
uint32_t tti_anchors_shared(const tti_anchors *x, uint32_t w, const uint32_t *repeats,
                            uint32_t repeat_count)
{
    uint32_t shared = 0, until = 0, r = 0;
    if (w < TTI_GRAM || x->passed_over)
        return UINT32_MAX;
    for (size_t k = 0; k < x->count; k++) {
        const tti_anchor *y = &x->anchors[k];
        const uint32_t end = y->len >= w ? y->a + y->len - w + 1 : y->a;
        const uint32_t begin = y->a > until ? y->a : until;
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
