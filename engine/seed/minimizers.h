/*
 * Seeds: the k-grams of four tokens that stand for a document when others are looked for that share
 * text with it. They are its minimizers (Roberts et al. 2004; winnowing, Schleimer et al. 2003): of
 * any six k-grams in a row the one with the least hash, so that a shared run of nine tokens shares
 * one. Short documents keep every k-gram, and so does every document where shorter sections are
 * looked for.
 *
 * Always holds: positions ascend. The seeds of a document follow from its tokens alone.
 */
#ifndef TTI_SEED_MINIMIZERS_H
#define TTI_SEED_MINIMIZERS_H

#include "corpus/corpus.h"
#include "kernels/kernels.h"
#include "util/array.h"

enum {
    TTI_SEED_SHORT_DOC = 64,     /**< a document of fewer tokens keeps every k-gram */
    TTI_SEED_MAX_POSTINGS = 48,  /**< a seed with more postings is frequent */
    TTI_SEED_FIRST_POSTINGS = 4, /**< how many postings of a frequent seed are followed */
    TTI_SEED_SPARSE_DOC = 5, /**< one shared seed is enough if one of the two has no more seeds */
    /** Any shared run of so many tokens shares a seed. */
    TTI_SEED_RUN_TOKENS = TTI_MINIMIZER_TOKENS + TTI_MINIMIZER_WINDOW - 1
};

/** A seed and one place where it occurs. The key is half of its hash; the other half has chosen the
 * partition. Two k-grams share both by chance once in 2^32 or more: what seeds find is verified. */
typedef struct tti_seed {
    uint32_t key, doc, pos;
} tti_seed;

/** The seeds of one document. Belongs to one thread; zero it before first use. */
typedef struct tti_minimizers {
    TTI_ARRAY(uint32_t) keys;             /**< of every k-gram: one half of its hash */
    TTI_ARRAY(uint32_t) partition_hashes; /**< of every k-gram: the other half */
    TTI_ARRAY(uint32_t) positions;        /**< of the seeds, in tokens */
    TTI_ARRAY(uint32_t) least;            /**< scratch for the kernel */
} tti_minimizers;

/** @return TT_OK, TT_ENOMEM */
tt_status tti_minimizers_find(tti_minimizers *out, const tti_doc *doc, const tt_options *options,
                              const tt_allocator *allocator, tt_error *error);
void tti_minimizers_free(tti_minimizers *minimizers, const tt_allocator *allocator);

/** The key of the i-th seed. */
static inline uint32_t tti_minimizers_key(const tti_minimizers *m, size_t i)
{
    return m->keys.items[tti_array_at(&m->positions, i)];
}

/** The i-th seed, as one of `doc`. */
static inline tti_seed tti_minimizers_seed(const tti_minimizers *m, size_t i, uint32_t doc)
{
    return (tti_seed){tti_minimizers_key(m, i), doc, m->positions.items[i]};
}

/** The partition of the i-th seed; `count`, a power of two, is that of the partitions. */
static inline uint32_t tti_minimizers_partition(const tti_minimizers *m, size_t i, uint32_t count)
{
    return m->partition_hashes.items[tti_array_at(&m->positions, i)] & (count - 1);
}

/** True if sections are so short that every k-gram is a seed. */
int tti_seeds_are_dense(const tt_options *options);

/** True if the options need seeds: every rule but resemblance, which LSH serves, and sections. */
int tti_seeds_needed(const tt_options *options);

#endif
