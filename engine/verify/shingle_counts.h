/*
 * Distinct shingles of the documents that candidates name, and the places where a document repeats
 * one of its own: what turns a count of shared places into a count of shared shingles.
 */
#ifndef TTI_VERIFY_SHINGLE_COUNTS_H
#define TTI_VERIFY_SHINGLE_COUNTS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "sketch/minhash.h"

/** The shingles of one document. */
typedef struct tti_shingles {
    uint32_t distinct;     /**< 0: not counted */
    uint32_t repeat_count; /**< places whose shingle stands earlier in the document */
    uint32_t *repeats;     /**< those places, ascending */
} tti_shingles;

/** Counts one document after another. One thread's; zero it before first use. */
typedef struct tti_shingle_counter {
    uint32_t *table; /**< `base` + the place of a shingle; what is less is of a document before, so
                          that nothing is cleared between two of them */
    size_t table_capacity;
    uint32_t base; /**< 0: not used yet */
    uint32_t *folds;
    size_t fold_capacity;
    uint32_t *repeats;
    size_t repeat_capacity;
    tti_minhash hash;
} tti_shingle_counter;

/** out->repeats is borrowed until the next call. @return TT_OK, TT_ENOMEM */
tt_status tti_shingles_count(tti_shingle_counter *counter, const tti_doc *doc,
                             const tt_options *options, tti_shingles *out);
void tti_shingle_counter_free(tti_shingle_counter *counter, const tt_allocator *allocator);

typedef struct tti_shingle_counts {
    const tt_allocator *allocator;
    tti_shingles *docs;
    size_t doc_count;
} tti_shingle_counts;

/** Counts the documents that the candidates name. Zero `out` before. */
tt_status tti_shingle_counts_make(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const tti_candidates *candidates, const tt_options *options,
                                  tt_error *error);
void tti_shingle_counts_free(tti_shingle_counts *r);

#endif
