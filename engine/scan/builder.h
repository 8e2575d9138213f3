/* The inside of a tt_scan. */
#ifndef TTI_SCAN_BUILDER_H
#define TTI_SCAN_BUILDER_H

#include "corpus/corpus.h"
#include "options.h"
#include "result/notices.h"
#include "util/table.h"

struct tt_scan {
    tti_owned_options settings;
    tti_corpus_store store;
    tti_table ids;       /**< the articles by their ids */
    tti_notices notices; /**< that it was given */
    double text_seconds;
    tti_tokens
        *scratch; /**< of each thread; the tokens of a batch are copied from it to the store */
    size_t scratch_count;
    int is_at_work; /**< a call is: tt_options.progress may not make another */
};

/** Begins a call. @return TT_OK, TT_EINVAL */
tt_status tti_scan_begin_work(tt_scan *scan, tt_error *error);

void tti_scan_free_scratch(tt_scan *scan);

#endif
