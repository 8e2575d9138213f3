/*
 * Do two aligned articles state the same facts? A form that is filled in with new values
 * (dividends, prices, the day's weather) aligns as well as a damaged copy does; the difference is
 * that its facts are replaced by other facts.
 */
#ifndef TTI_VERIFY_FACTS_H
#define TTI_VERIFY_FACTS_H

#include "align/align.h"
#include "corpus/corpus.h"

/** The share of the facts of two aligned articles on which they agree, from 0 to 1; 1 if there are
 * none. Names count half, because they are more often misread or written in another way. */
double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment);

/** The least share at which the two are still copies. `wish`: tt_options.facts; 0 takes the
 * default, which falls with the number of aligned tokens: the fewer there are, the more facts must
 * agree. */
double tti_facts_threshold(const tti_alignment *alignment, double wish);

#endif
