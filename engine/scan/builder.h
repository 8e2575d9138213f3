/* The builder's insides, shared by build.c and finish.c. */
#ifndef TTI_SCAN_BUILDER_H
#define TTI_SCAN_BUILDER_H

#include "corpus/corpus.h"
#include "result/result.h"
#include "util/table.h"

struct tt_scan {
    tti_owned_options settings;
    tti_corpus_store store;
    tti_table ids; /**< ordinals by the articles' ids */
    double text_seconds;
    tti_tokens *scratch; /**< of each thread; what a batch leaves in it is copied to the store */
    size_t scratch_count;
};

void tti_scan_free_scratch(tt_scan *builder);

#endif
