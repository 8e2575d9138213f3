#include "align/matches.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

enum { DIAGONALS = 128 /* slots for diagonals at first */ };

#define NONE TTI_NO_POSITION

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

static void set_diagonal_end(const tti_anchors *x, const tti_anchor *y)
{
    *find_diagonal(x, y->b - y->a) = (tti_diagonal){y->b - y->a, y->a + y->len};
}

/* Notes how far the newest anchor reaches on its diagonal. */
static tt_status record_newest_anchor(tti_anchors *x, tt_error *error)
{
    if (x->count * 2 <= x->diagonal_slots) {
        set_diagonal_end(x, &x->anchors[x->count - 1]);
        return TT_OK;
    }
    TTI_TRY(clear_diagonals(x, x->diagonal_slots * 2, error));
    for (size_t k = 0; k < x->count; k++) /* in order, so that the last one stays */
        set_diagonal_end(x, &x->anchors[k]);
    return TT_OK;
}

/* ---- Matches ------------------------------------------------------------------------------ */

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

/* How many tokens after place `end` of a may be equal at all. */
static uint32_t room_after(const tti_anchors *x, const tti_query_side *a, uint32_t end,
                           uint32_t shift)
{
    const uint32_t in_a = a->count - end, in_b = x->b_count - (end + shift);
    return in_a < in_b ? in_a : in_b;
}

uint32_t tti_match_length(const tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p)
{
    const uint32_t end = i + TTI_KGRAM_TOKENS;
    return TTI_KGRAM_TOKENS +
           equal_tokens(a->tokens + end, x->b + p + TTI_KGRAM_TOKENS, room_after(x, a, end, p - i));
}

tt_status tti_matches_clear(tti_anchors *x, tt_error *error)
{
    x->count = 0;
    return clear_diagonals(x, DIAGONALS, error);
}

tt_status tti_matches_add(tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p,
                          tt_error *error)
{
    const uint32_t shift = p - i;
    const uint32_t floor = find_diagonal(x, shift)->end; /* where the match before it stopped */
    const uint32_t most = a->self ? shift : NONE;        /* the two places may not overlap */
    uint32_t end = i + TTI_KGRAM_TOKENS, room;
    if (floor >= end) /* it is in that one */
        return TT_OK;
    while (i > floor && i + shift > 0 && end - i < most && a->tokens[i - 1] == x->b[i - 1 + shift])
        i--;
    room = room_after(x, a, end, shift);
    room = room < most - (end - i) ? room : most - (end - i);
    end += equal_tokens(a->tokens + end, x->b + (end + shift), room);
    if (tti_reserve(x->allocator, &x->anchors, &x->capacity, x->count + 1, sizeof *x->anchors) != 0)
        return tti_fail_memory(error, "anchors");
    x->anchors[x->count++] =
        (tti_anchor){.a = i, .b = i + shift, .len = end - i, .before = NONE, .first_b = i + shift};
    return record_newest_anchor(x, error);
}
