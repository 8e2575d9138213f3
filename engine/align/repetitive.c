#include "align/repetitive.h"

#include "util/error.h"

enum {
    NEAR_DIAGONAL = 16,  /* positions on either side of the diagonal that are tried */
    LONG_MATCH = 12,     /* with a match as long near the diagonal, no others are tried */
    FIRST_POSITIONS = 4, /* positions that are tried in any case, the first in b */
    STEPS_PER_TOKEN = 1  /* further comparisons of eight tokens, for each token of b */
};

typedef struct repetitive_search {
    const tti_anchors *x;
    const tti_query_side *a;
    uint32_t diagonal; /* b - a of the matches that are followed */
    uint32_t weight;   /* the length of the match that set it, less for every one since */
    uint64_t budget;   /* steps left beyond the first positions */
    uint32_t i;        /* the position of a that is matched, */
    uint32_t best;     /* its best match in b, */
    uint32_t length;   /* and how long that is */
} repetitive_search;

static uint32_t distance_to_diagonal(const repetitive_search *s, uint32_t p)
{
    const uint32_t off = p - s->i - s->diagonal;
    return off < (uint32_t)-off ? off : (uint32_t)-off;
}

/* @return how many steps it took */
static uint32_t try_match_at(repetitive_search *s, uint32_t p)
{
    const uint32_t length = tti_anchors_match_length(s->x, s->a, s->i, p);
    if (length > s->length ||
        (length == s->length && distance_to_diagonal(s, p) < distance_to_diagonal(s, s->best))) {
        s->best = p;
        s->length = length;
    }
    return 1 + length / 8;
}

static void try_near_diagonal(repetitive_search *s)
{
    const int64_t kgrams = tti_kgram_count(s->x->b_count);
    const int64_t there = (int64_t)s->i + (int32_t)s->diagonal;
    const int64_t begin = there < NEAR_DIAGONAL ? 0 : there - NEAR_DIAGONAL;
    const int64_t end = there + NEAR_DIAGONAL < kgrams ? there + NEAR_DIAGONAL : kgrams;
    for (int64_t p = begin; p < end; p++)
        if (tti_kgrams_equal(s->a->tokens + s->i, s->x->b + p))
            (void)try_match_at(s, (uint32_t)p);
}

static void try_all_positions(repetitive_search *s)
{
    const tti_kgram_index *index = &s->x->index;
    const uint32_t *kgram = s->a->tokens + s->i;
    uint32_t p = tti_kgram_index_find(
        index, kgram, *tti_kgram_index_head(index, index->query_hashes.items[s->i]));
    for (uint32_t n = 0; p != TTI_NO_POSITION && (n < FIRST_POSITIONS || s->budget > 0); n++) {
        const uint64_t steps = try_match_at(s, p);
        if (n >= FIRST_POSITIONS)
            s->budget -= steps < s->budget ? steps : s->budget;
        p = tti_kgram_index_find(index, kgram, index->next.items[p]);
    }
}

tt_status tti_repetitive_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error)
{
    const tti_kgram_index *index = &x->index;
    repetitive_search s = {.x = x, .a = a, .budget = (uint64_t)x->b_count * STEPS_PER_TOKEN};
    uint32_t next =
        0; /* the last k-grams of a match may lead to another; the others need no look */
    TTI_TRY(tti_anchors_clear(x, error));
    for (size_t h = 0; h < index->hits.count; h++) {
        s.i = index->hits.items[h];
        if (s.i < next)
            continue;
        s.best = TTI_NO_POSITION, s.length = 0;
        try_near_diagonal(&s);
        if (s.length < LONG_MATCH)
            try_all_positions(&s);
        if (s.length == 0)
            continue;
        TTI_TRY(tti_anchors_add(x, a, s.i, s.best, error));
        next = s.i + s.length - TTI_KGRAM_TOKENS + 1;
        s.weight -= s.weight / 4;
        if (s.length >= s.weight) {
            s.weight = s.length;
            s.diagonal = s.best - s.i;
        }
    }
    return TT_OK;
}
