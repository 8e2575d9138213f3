/*
 * Chain stage, first step. In: the tokens of two articles. Out: their maximal exact matches.
 *
 * Near copies are the common case, so a match is run through by comparing tokens, not by looking up
 * its grams: another match can begin inside of one only where a gram stands in b twice, and those
 * places are found when a match is long enough for that to pay.
 */
#include "align/anchors.h"

#include "align/matches.h"
#include "align/repetitive.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

enum {
    RARE = 16,   /* places of a gram in b that still make it an anchor */
    LONG = 16,   /* a match of this part of b: it pays to know b's doubled grams */
    CROWD = 64,  /* anchors, beside two for each gram of a: more cost more than they tell */
    COMMON = 128 /* grams passed over before the first rare one: there is none worth a search */
};

#define NONE TTI_NO_POSITION

void tti_anchors_free(tti_anchors *x)
{
    tti_kgram_index_free(&x->grams);
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
    return tti_kgram_index_build(&x->grams, tokens, count, error);
}

/* True if gram p of b stands elsewhere in b too. */
static int occurs_twice(const tti_anchors *x, uint32_t p)
{
    const tti_kgram_index *g = &x->grams;
    for (uint32_t q = *tti_kgram_index_head(g, g->keys[p]); q != NONE; q = g->next[q])
        if (q != p && tti_kgrams_equal(x->b + p, x->b + q))
            return 1;
    return 0;
}

/* Finds the places whose gram stands elsewhere too. */
static tt_status find_repeated_kgrams(tti_anchors *x, tt_error *error)
{
    const uint32_t grams = tti_kgram_count(x->b_count);
    uint32_t doubled = grams;
    if (tti_reserve(x->allocator, &x->doubled, &x->doubled_capacity, (size_t)grams + 1,
                    sizeof *x->doubled) != 0)
        return tti_fail_memory(error, "an article's grams");
    x->doubled[grams] = grams;
    for (uint32_t p = grams; p-- > 0;) {
        if (occurs_twice(x, p))
            doubled = p;
        x->doubled[p] = doubled;
    }
    x->knows_doubled = 1;
    return TT_OK;
}

/* ---- Anchors ------------------------------------------------------------------------------ */

/* True if the grams of a side stand in so many places of the other that rare ones tell nothing. */
static inline int is_too_repetitive(const tti_anchors *x, const tti_query_side *a)
{
    return x->count > (size_t)tti_kgram_count(a->count) * 2 + CROWD ||
           (x->count == 0 && x->passed_over > COMMON);
}

/* Anchors through place i of a, whose gram b has at place p and not before. */
static tt_status add_anchors_at(tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p,
                                tt_error *error)
{
    uint32_t places[RARE + 1], n = 0;
    for (; p != NONE && n <= RARE;
         p = tti_kgram_index_find(&x->grams, a->tokens + i, x->grams.next[p]))
        if (!a->self || p >= i + TTI_KGRAM_TOKENS)
            places[n++] = p;
    x->passed_over += n > RARE;
    if (a->self && n > 1 && (n > RARE || is_too_repetitive(x, a)))
        n = 1; /* the next place leads on to the others */
    if (n > RARE)
        return TT_OK;
    for (uint32_t k = 0; k < n; k++)
        TTI_TRY(tti_matches_add(x, a, i, places[k], error));
    return TT_OK;
}

/* True if gram i lies in the anchor found last, at place p of b, the last of its slot. */
static inline int is_inside_last_anchor(const tti_anchors *x, uint32_t i, uint32_t p)
{
    const tti_anchor *last;
    if (x->count == 0)
        return 0;
    last = &x->anchors[x->count - 1];
    return p - i == last->b - last->a && i + TTI_KGRAM_TOKENS <= last->a + last->len &&
           x->grams.next[p] == NONE;
}

/* The first place after i whose gram may begin another anchor than the one found last. */
static inline uint32_t next_anchor_start(const tti_anchors *x, uint32_t i)
{
    const tti_anchor *last = &x->anchors[x->count - 1];
    const uint32_t shift = last->b - last->a, end = last->a + last->len - TTI_KGRAM_TOKENS + 1;
    uint32_t next;
    if (i + 1 >= end)
        return i + 1;
    next = x->doubled[i + 1 + shift] - shift;
    return next < end ? next : end;
}

/* The first place whose gram is not in the farthest of the matches found from the `found`-th on, or
 * in the last one. What tti_anchors_shared_shingles() counts needs no other: a shingle that is not
 * all in that match ends with a gram that is not. */
static inline uint32_t end_of_matches(const tti_anchors *x, size_t found)
{
    uint32_t end = 0;
    for (size_t k = found < x->count ? found : x->count - 1; k < x->count; k++)
        if (x->anchors[k].a + x->anchors[k].len > end)
            end = x->anchors[k].a + x->anchors[k].len;
    return end - TTI_KGRAM_TOKENS + 1;
}

/* The first hit after the h-th at `next` or beyond. Hits ascend, and in a match nearly every place
 * is one, so that it is near h + the places passed over, and never after. */
static size_t next_hit_from(const tti_kgram_index *g, size_t h, uint32_t next)
{
    size_t k = h + 1;
    if (next > g->hits[h] + 1)
        k = h + (next - g->hits[h]);
    if (k > g->hit_count)
        k = g->hit_count;
    while (k > h + 1 && g->hits[k - 1] >= next)
        k--;
    return k;
}

/* Matches of the a side with another article, by the grams that are rare there. `all_or_none`: ends
 * where one is not. */
static tt_status find_in_other(tti_anchors *x, const tti_query_side *a, int all_or_none,
                               tt_error *error)
{
    const tti_kgram_index *g = &x->grams;
    uint32_t next = 0; /* places before this one need no look */
    for (size_t h = 0; h < g->hit_count && !is_too_repetitive(x, a);
         h = next_hit_from(g, h, next)) {
        const uint32_t i = g->hits[h];
        const size_t found = x->count;
        uint32_t p =
            tti_kgram_index_find(g, a->tokens + i, *tti_kgram_index_head(g, g->other_keys[i]));
        if (p == NONE)
            continue;
        if (!is_inside_last_anchor(x, i, p)) {
            TTI_TRY(add_anchors_at(x, a, i, p, error));
            if (all_or_none && x->passed_over > 0)
                return TT_OK;
            if (x->count == found)
                continue;
        }
        if (all_or_none) {
            next = end_of_matches(x, found);
            continue;
        }
        if (!x->knows_doubled && x->anchors[x->count - 1].len > x->b_count / LONG)
            TTI_TRY(find_repeated_kgrams(x, error));
        if (x->knows_doubled)
            next = next_anchor_start(x, i);
    }
    return TT_OK;
}

/* Matches of the loaded side with later places of itself; uses the table up. */
static tt_status find_in_itself(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const tti_kgram_index *g = &x->grams;
    const uint32_t grams = tti_kgram_count(a->count);
    for (uint32_t i = 0; i < grams; i++) {
        uint32_t *head = tti_kgram_index_head(g, g->keys[i]), p;
        *head = g->next[i]; /* places up to here are first places now: i is the slot's first */
        p = tti_kgram_index_find(g, a->tokens + i, *head);
        if (p != NONE && !is_inside_last_anchor(x, i, p))
            TTI_TRY(add_anchors_at(x, a, i, p, error));
    }
    return TT_OK;
}

static int compare_anchors(const void *x, const void *y)
{
    const tti_anchor *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Puts the anchors in order of (a, b). */
static void order(tti_anchors *x)
{
    int ordered = 1;
    for (size_t k = 1; k < x->count && ordered; k++)
        ordered = compare_anchors(&x->anchors[k - 1], &x->anchors[k]) <= 0;
    if (!ordered)
        tti_qsort(x->anchors, x->count, sizeof *x->anchors, compare_anchors);
}

tt_status tti_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    x->passed_over = 0;
    x->crowded = 0;
    TTI_TRY(tti_matches_clear(x, error));
    if (a->self) {
        TTI_TRY(find_in_itself(x, a, error));
    } else {
        TTI_TRY(tti_kgram_index_probe(&x->grams, a->tokens, a->count, error));
        TTI_TRY(find_in_other(x, a, 0, error));
        x->crowded = is_too_repetitive(x, a) || (x->count == 0 && x->passed_over > 0);
        if (x->crowded)
            TTI_TRY(tti_repetitive_anchors_find(x, a, error));
    }
    order(x);
    return TT_OK;
}

tt_status tti_anchors_match(tti_anchors *x, const tti_query_side *a, uint32_t least, int *enough,
                            tt_error *error)
{
    x->passed_over = 0;
    x->crowded = 0;
    TTI_TRY(tti_matches_clear(x, error));
    TTI_TRY(tti_kgram_index_probe(&x->grams, a->tokens, a->count, error));
    *enough = x->grams.hit_count >= least; /* a shared shingle begins with a shared gram */
    if (!*enough)
        return TT_OK;
    TTI_TRY(find_in_other(x, a, 1, error));
    x->crowded = is_too_repetitive(x, a);
    order(x);
    return TT_OK;
}

/* An anchor is maximal, so it holds every shared shingle that runs through one of its grams; in
 * order of place, those that no anchor before held are new. */
uint32_t tti_anchors_shared_shingles(const tti_anchors *x, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count)
{
    uint32_t shared = 0, until = 0, r = 0;
    if (w < TTI_KGRAM_TOKENS || x->passed_over > 0 || x->crowded)
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
