/*
 * The seed stage: sampled grams of four tokens with their places -> candidate pairs.
 *
 * Sampling is by minimizers (Roberts et al. 2004; winnowing, Schleimer et al. 2003): of any six
 * grams in a row the one with the least hash is a seed, so that a shared run of nine tokens shares
 * one. Short documents keep every gram.
 */
#ifndef TTI_SEED_SEEDS_H
#define TTI_SEED_SEEDS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "kernels/kernels.h"

enum {
    TTI_SEED_SHORT_DOC = 64,     /**< documents of fewer tokens keep every gram */
    TTI_SEED_MAX_POSTINGS = 48,  /**< a seed in more places links to the first few only */
    TTI_SEED_FIRST_POSTINGS = 4, /**< those few */
    TTI_SEED_SPARSE_DOC = 4 /**< of two documents, if one has no more seeds, one shared is enough */
};

/** A seed's place. The key is half of its hash; the other half chose the partition. */
typedef struct tti_seed {
    uint32_t key, doc, pos;
} tti_seed;

/** Every seed of a corpus, in partitions, sorted in each by (key, document, place). Two grams share
 * key and partition by chance once in 2^32 and more: what seeds find is verified. Immutable once
 * made. */
typedef struct tti_seeds {
    const tt_allocator *allocator;
    tti_seed *seeds;
    size_t count;
    size_t *starts;           /**< partition p is seeds[starts[p], starts[p + 1]) */
    uint32_t partition_count; /**< a power of two */
    uint32_t *counts;         /**< seeds of each document */
    size_t doc_count;
} tti_seeds;

/** Resemblance alone is found by LSH; every other rule, and sections, need seeds. */
int tti_seeds_needed(const tt_options *options);
/** The partitions of a corpus of so many tokens, all documents together: a power of two. */
uint32_t tti_seed_partition_count(uint64_t tokens);

/** Tokens of all documents together. */
uint64_t tti_corpus_token_count(const tti_corpus *corpus);
/** Where a range of documents ends that begins at `begin` and has about `share` tokens. */
uint32_t tti_corpus_range_end(const tti_corpus *corpus, uint64_t share, uint32_t begin);

/** Sorts by key; equal keys keep their order. `spare` has room for `count`. One thread. */
void tti_seeds_sort(tti_seed *seeds, tti_seed *spare, size_t count);

/** Samples and sorts. Zero `out` before; partition_count may be set, to a power of two. */
tt_status tti_seeds_make(tti_seeds *out, const tti_corpus *corpus, const tt_options *options,
                         tt_error *error);
void tti_seeds_free(tti_seeds *seeds);

/** Adds the candidates that the seeds of a corpus give. The table is never held as a whole. */
tt_status tti_seed_candidates_add(const tti_corpus *corpus, const tt_options *options,
                                  tti_candidates *candidates, tt_error *error);

/** The seeds of one document, in order of place. Zero it before first use; one thread's. */
typedef struct tti_minimizers {
    uint32_t *keys, *parts; /**< of every gram */
    uint32_t *places;       /**< of the seeds */
    size_t count;
    uint32_t *least;
    size_t key_capacity, part_capacity, place_capacity, least_capacity;
} tti_minimizers;

/** @return TT_OK, TT_ENOMEM */
tt_status tti_minimizers_find(tti_minimizers *sample, const tti_doc *doc, uint64_t seed,
                              const tt_allocator *allocator, tt_error *error);
void tti_minimizers_free(tti_minimizers *sample, const tt_allocator *allocator);

/** The places of the seed that is `sample`'s i-th: *count of them. */
const tti_seed *tti_seeds_lookup(const tti_seeds *seeds, const tti_minimizers *sample, size_t i,
                                 size_t *count);

#endif
