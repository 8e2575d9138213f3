#include "align/repetitive.h"

#include "align/matches.h"
#include "util/error.h"

enum {
    SKEW = 16,  /* places on either side of the diagonal that are looked at */
    CLEAR = 12, /* a match as long near the diagonal is not looked for elsewhere */
    FIRST = 4,  /* places that are always looked at, the first in b */
    STEPS = 1   /* further ones, tokens compared in eights, for each token of b */
};

#define NONE TTI_NO_POSITION

/* The diagonal that is followed, and the longest match of the place at hand. */
typedef struct search {
    const tti_anchors *x;
    const tti_query_side *a;
    uint32_t shift;  /* b - a of the diagonal */
    uint32_t weight; /* length of its match, less for each place since */
    uint64_t budget; /* of steps beyond the first places */
    uint32_t i, best, length;
} search;

static uint32_t off_diagonal(const search *s, uint32_t p)
{
    const uint32_t shift = p - s->i, off = shift - s->shift;
    return off < (uint32_t)-off ? off : (uint32_t)-off;
}

/* @return steps that it took */
static uint32_t try_match_at(search *s, uint32_t p)
{
    const uint32_t length = tti_match_length(s->x, s->a, s->i, p);
    if (length > s->length ||
        (length == s->length && off_diagonal(s, p) < off_diagonal(s, s->best))) {
        s->best = p;
        s->length = length;
    }
    return 1 + length / 8;
}

static void search_near_diagonal(search *s)
{
    const int64_t grams = tti_kgram_count(s->x->b_count);
    const int64_t there = (int64_t)s->i + (int32_t)s->shift;
    const int64_t begin = there < SKEW ? 0 : there - SKEW;
    const int64_t end = there + SKEW < grams ? there + SKEW : grams;
    for (int64_t p = begin; p < end; p++)
        if (tti_kgrams_equal(s->a->tokens + s->i, s->x->b + p))
            (void)try_match_at(s, (uint32_t)p);
}

static void search_all_positions(search *s)
{
    const tti_kgram_index *g = &s->x->grams;
    const uint32_t *gram = s->a->tokens + s->i;
    uint32_t p = tti_kgram_index_find(g, gram, *tti_kgram_index_head(g, g->other_keys[s->i]));
    for (uint32_t n = 0; p != NONE && (n < FIRST || s->budget > 0); n++) {
        const uint64_t steps = try_match_at(s, p);
        if (n >= FIRST)
            s->budget -= steps < s->budget ? steps : s->budget;
        p = tti_kgram_index_find(g, gram, g->next[p]);
    }
}

/* Follows the new match's diagonal if it says more than the one before. */
static void follow(search *s)
{
    s->weight -= s->weight / 4;
    if (s->length < s->weight)
        return;
    s->weight = s->length;
    s->shift = s->best - s->i;
}

tt_status tti_repetitive_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const tti_kgram_index *g = &x->grams;
    search s = {.x = x, .a = a, .budget = (uint64_t)x->b_count * STEPS};
    uint32_t next = 0; /* the last grams of a match may lead to another; others need no look */
    TTI_TRY(tti_matches_clear(x, error));
    for (size_t h = 0; h < g->hit_count; h++) {
        s.i = g->hits[h];
        if (s.i < next)
            continue;
        s.best = NONE, s.length = 0;
        search_near_diagonal(&s);
        if (s.length < CLEAR)
            search_all_positions(&s);
        if (s.length == 0)
            continue;
        TTI_TRY(tti_matches_add(x, a, s.i, s.best, error));
        next = s.i + s.length - TTI_KGRAM_TOKENS + 1;
        follow(&s);
    }
    return TT_OK;
}
