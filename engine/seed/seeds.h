/*
 * The seed stage: sampled grams of four tokens with their places -> candidate pairs.
 *
 * Sampling is by minimizers (Roberts et al. 2004; winnowing, Schleimer et al. 2003): of any six
 * grams in a row the one with the least hash is a seed, so that a shared run of nine tokens shares
 * one. Short documents keep every gram.
 */
#ifndef TTI_SEEDS_H
#define TTI_SEEDS_H

#include "common/candidate.h"
#include "common/corpus.h"
#include "common/radix.h"

enum {
    TTI_SEED_TOKENS = 4,
    TTI_SEED_WINDOW = 6,
    TTI_SEED_SHORT = 64,    /**< documents of fewer tokens keep every gram */
    TTI_SEED_PLACES = 48,   /**< a seed in more places links to the first few only */
    TTI_SEED_FEW = 4        /**< those few */
};

/** Every seed of a corpus, in partitions by the low bits of the hash, sorted in each by
 * (hash, document, place). Immutable once made. */
typedef struct tti_seeds {
    const tt_allocator *allocator;
    tti_record *records; /**< key: hash; pos: first token */
    size_t count;
    size_t *starts; /**< partition p is records[starts[p], starts[p + 1]) */
    uint32_t partition_count; /**< a power of two */
    uint32_t *counts; /**< seeds of each document */
    size_t doc_count;
} tti_seeds;

/** Samples and sorts. Zero `out` before. */
tt_status tti_seeds_make(tti_seeds *out, const tti_corpus *corpus, const tt_options *options,
                         tt_error *error);
void tti_seeds_free(tti_seeds *seeds);

/** Adds the candidates that the seeds give. */
tt_status tti_seeds_candidates(const tti_seeds *seeds, const tt_options *options,
                               tti_candidates *candidates, tt_error *error);

/** Calls `take` for each seed of a document, in order of place. */
typedef void (*tti_seed_fn)(void *ctx, uint64_t hash, uint32_t pos);
void tti_seeds_of(const tti_doc *doc, uint64_t seed, tti_seed_fn take, void *ctx);

/** The records with the given hash: *count of them. */
const tti_record *tti_seeds_lookup(const tti_seeds *seeds, uint64_t hash, size_t *count);

#endif
