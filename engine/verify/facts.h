/* Do two aligned articles tell the same facts? A form that is filled in anew is not a copy. */
#ifndef TTI_FACTS_H
#define TTI_FACTS_H

#include "chain/align.h"
#include "common/corpus.h"

/** The share of facts on which two aligned articles agree; 1 where there are none. */
double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment);

/** The least share at which the two still count as copies. `wish`: tt_options.facts. */
double tti_facts_threshold(const tti_doc *a, const tti_doc *b, double wish);

#endif
