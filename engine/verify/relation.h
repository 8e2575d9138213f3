/*
 * How the two articles of a pair relate: do they state the same facts, which of the options' rules
 * admit them, and what is each to the other.
 *
 * A form that is filled in with new values (dividends, prices, the day's weather) aligns as well as
 * a damaged copy does; the difference is that its facts are replaced by other facts.
 */
#ifndef TTI_VERIFY_RELATION_H
#define TTI_VERIFY_RELATION_H

#include "align/align.h"
#include "corpus/corpus.h"

/** The share of the facts of two aligned articles on which they agree, from 0 to 1; 1 if there are
 * none. Names count half, because they are more often misread or written in another way. */
double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment);

/** The least share at which the two are still copies. `wish`: tt_options.facts; 0 takes the
 * default, which falls with the number of aligned tokens: the fewer there are, the more facts must
 * agree. */
double tti_facts_threshold(const tti_alignment *alignment, double wish);

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
