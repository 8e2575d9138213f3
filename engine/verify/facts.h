/*
 * Do two aligned articles tell the same facts? A form that is filled in anew (dividends, prices,
 * the day's weather) aligns as well as a damaged copy does; what differs is that its facts are
 * replaced by other facts.
 */
#ifndef TTI_VERIFY_FACTS_H
#define TTI_VERIFY_FACTS_H

#include "align/align.h"
#include "corpus/corpus.h"

/** The share of the facts of two aligned articles on which they agree, from 0 to 1; 1 where there
 * are none. Names count half: they are misread more often, and told differently. */
double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment);

/** The least share at which the two are still copies. `wish`: tt_options.facts, 0 for the default,
 * which falls with the number of tokens that align: the less there is, the more of it must agree.
 */
double tti_facts_threshold(const tti_alignment *alignment, double wish);

#endif
