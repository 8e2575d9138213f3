/*
 * What the numbers of a pair make of it: which of the options' rules admit it, and how its articles
 * relate.
 */
#ifndef TTI_VERIFY_RELATION_H
#define TTI_VERIFY_RELATION_H

#include "corpus/corpus.h"

/** Which rules admit a pair; none is 0. */
typedef enum tti_admission {
    TTI_NOT_ADMITTED = 0,
    TTI_ADMITTED = 1,           /**< resemblance or containment */
    TTI_ADMITTED_BY_OVERLAP = 2 /**< overlap alone */
} tti_admission;

/** `a_shorter`: article a has fewer tokens than b. */
tti_admission tti_admission_of(const tt_options *options, const tt_pair *pair, int a_shorter);

/** The relation of a pair that `admission` admits. `facts_threshold`: the least share of facts that
 * agree in copies; it is not used where options->facts is off. */
int32_t tti_relation_of(const tt_options *options, const tt_pair *pair, tti_admission admission,
                        const tti_doc *a, const tti_doc *b, double facts_threshold);

/** The same pair with its sides exchanged: every number and the relation, but not a and b. */
tt_pair tti_pair_swapped(const tt_pair *pair);
/** A pair of documents with the numbers of `doc` on side a. */
tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc);

#endif
