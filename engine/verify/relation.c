#include "verify/relation.h"

/* An article that has half as many tokens again as another contains it, or is no copy of it. */
#define CONTAINING 1.5

/* With fewer aligned tokens than this, a pair needs a greater overlap than that. */
#define FEW_TOKENS 20
#define FEW_TOKENS_OVERLAP 0.85

static int reaches(double value, double rule)
{
    return rule >= 0 && value >= rule; /* NAN reaches nothing */
}

tti_admission tti_admission_of(const tt_options *o, const tt_pair *p, int a_shorter)
{
    if (reaches(p->resemblance, o->resemblance) || reaches(p->containment_a, o->containment) ||
        reaches(p->containment_b, o->containment))
        return TTI_ADMITTED;
    return reaches(a_shorter ? p->overlap_a : p->overlap_b, o->overlap) ? TTI_ADMITTED_BY_OVERLAP
                                                                        : TTI_NOT_ADMITTED;
}

/* True if so little aligns that most of the shorter article must: any two short bulletins of one
 * form would be copies otherwise. */
static int aligns_too_little(const tt_pair *p, const tti_doc *a, const tti_doc *b)
{
    const int a_shorter = a->token_count < b->token_count;
    const double overlap = a_shorter ? p->overlap_a : p->overlap_b;
    const uint32_t shorter = a_shorter ? a->token_count : b->token_count;
    return overlap * shorter < FEW_TOKENS && overlap < FEW_TOKENS_OVERLAP;
}

int32_t tti_relation_of(const tt_options *o, const tt_pair *p, tti_admission admission,
                        const tti_doc *a, const tti_doc *b, double facts_threshold)
{
    const double a_tokens = a->token_count, b_tokens = b->token_count;
    const double containment = o->containment < 0 ? 0.8 : o->containment;
    if (o->facts >= 0 && (p->facts < facts_threshold ||
                          (admission == TTI_ADMITTED_BY_OVERLAP && aligns_too_little(p, a, b))))
        return TT_SERIES;
    if (a_tokens >= CONTAINING * b_tokens &&
        (p->containment_b >= containment || p->overlap_b >= o->drop))
        return TT_CONTAINS;
    if (b_tokens >= CONTAINING * a_tokens &&
        (p->containment_a >= containment || p->overlap_a >= o->drop))
        return TT_CONTAINED;
    return TT_NEAR;
}

tt_pair tti_pair_swapped(const tt_pair *pair)
{
    tt_pair p = *pair;
    p.containment_a = pair->containment_b, p.containment_b = pair->containment_a;
    p.overlap_a = pair->overlap_b, p.overlap_b = pair->overlap_a;
    if (p.relation == TT_CONTAINS || p.relation == TT_CONTAINED)
        p.relation = p.relation == TT_CONTAINS ? TT_CONTAINED : TT_CONTAINS;
    return p;
}

tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc)
{
    return pair->a == doc ? *pair : tti_pair_swapped(pair);
}
