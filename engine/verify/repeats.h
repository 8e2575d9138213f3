/*
 * Distinct shingles of the documents that candidates name, and the places where a document repeats
 * one of its own: what turns a count of shared places into a count of shared shingles.
 */
#ifndef TTI_REPEATS_H
#define TTI_REPEATS_H

#include "common/candidate.h"
#include "common/corpus.h"

/** The shingles of one document. */
typedef struct tti_shingles {
    uint32_t distinct;     /**< 0: not counted */
    uint32_t repeat_count; /**< places whose shingle stands earlier in the document */
    uint32_t *repeats;     /**< those places, ascending */
} tti_shingles;

typedef struct tti_repeats {
    const tt_allocator *allocator;
    tti_shingles *docs;
    size_t doc_count;
} tti_repeats;

/** Counts the documents that the candidates name. Zero `out` before. */
tt_status tti_repeats_make(tti_repeats *out, const tti_corpus *corpus,
                           const tti_candidates *candidates, const tt_options *options,
                           tt_error *error);
void tti_repeats_free(tti_repeats *r);

#endif
