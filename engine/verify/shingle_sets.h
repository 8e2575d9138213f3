/*
 * The distinct shingles of documents, exactly: how many there are, where a document repeats one of
 * its own, which turns a count of shared positions into a count of shared shingles, and the set of
 * one document, against which the shingles of others are counted.
 */
#ifndef TTI_VERIFY_SHINGLE_SETS_H
#define TTI_VERIFY_SHINGLE_SETS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "sketch/minhash.h"
#include "util/array.h"

/** The shingles of one document. */
typedef struct tti_doc_shingles {
    uint32_t distinct;     /**< 0: not counted */
    uint32_t repeat_count; /**< positions whose shingle occurs earlier in the document */
    uint32_t *repeats;     /**< those positions, ascending */
} tti_doc_shingles;

/** Counts one document after another. Belongs to one thread; zero it before first use. */
typedef struct tti_shingle_counter {
    /** Where each distinct shingle occurs first, plus `base`; a slot below the base is unused, so
     * that nothing is cleared between two documents. */
    TTI_ARRAY(uint32_t) slots;
    uint32_t base;              /**< 0: not used yet */
    TTI_ARRAY(uint32_t) hashes; /**< of all shingles */
    TTI_ARRAY(uint32_t) repeats;
    tti_minhash minhash;
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

/** Belongs to one thread. */
typedef struct tti_shingle_set {
    const tt_allocator *allocator;
    /** Slots, a power of two of them and at most half of them used. */
    TTI_ARRAY(uint64_t) hashes;
    TTI_ARRAY(uint32_t) counted; /**< the last count that met each; 0: the slot is unused */
    uint32_t count_number;       /**< loading the set is the first count */
    uint32_t size;               /**< distinct shingles */
} tti_shingle_set;

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator);
void tti_shingle_set_free(tti_shingle_set *set);

/** Makes it the set of the shingles of `w` tokens of `doc`. @return TT_OK, TT_ENOMEM */
tt_status tti_shingle_set_load(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                               tt_error *error);

/** Counts the distinct shingles of `doc` that are in the set. `repeats`: positions whose shingle
 * occurs earlier in it, as far as they are known, ascending: they are passed over. */
uint32_t tti_shingle_set_shared(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                                const uint32_t *repeats, uint32_t repeat_count);

#endif
