/*
 * The distinct shingles of documents, and the positions where a document repeats one of its own:
 * what turns a count of shared positions into a count of shared shingles.
 */
#ifndef TTI_VERIFY_SHINGLE_COUNTS_H
#define TTI_VERIFY_SHINGLE_COUNTS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "sketch/minhash.h"
#include "util/array.h"
#include "util/table.h"

/** The shingles of one document. */
typedef struct tti_doc_shingles {
    uint32_t distinct;     /**< 0: not counted */
    uint32_t repeat_count; /**< positions whose shingle occurs earlier in the document */
    uint32_t *repeats;     /**< those positions, ascending */
} tti_doc_shingles;

/** Counts one document after another. Belongs to one thread; zero it before first use. */
typedef struct tti_shingle_counter {
    tti_table first_positions;  /**< of the distinct shingles */
    TTI_ARRAY(uint32_t) hashes; /**< of all shingles */
    TTI_ARRAY(uint32_t) repeats;
    tti_minhash minhash;
    int ready; /**< `minhash` is made */
} tti_shingle_counter;

/** out->repeats is borrowed until the next call. @return TT_OK, TT_ENOMEM */
tt_status tti_shingle_counter_run(tti_shingle_counter *counter, const tti_doc *doc,
                                  const tt_options *options, tti_doc_shingles *out);
void tti_shingle_counter_free(tti_shingle_counter *counter, const tt_allocator *allocator);

/** The shingles of the documents of a corpus that candidates name. */
typedef struct tti_shingle_counts {
    const tt_allocator *allocator;
    tti_doc_shingles *docs;
    size_t doc_count;
} tti_shingle_counts;

/** Zero `out` before. It is to be freed also after a failure. @return TT_OK, TT_ENOMEM */
tt_status tti_shingle_counts_make(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const tti_candidates *candidates, const tt_options *options,
                                  tt_error *error);
void tti_shingle_counts_free(tti_shingle_counts *counts);

#endif
