/*
 * The shared seeds of a corpus: those that occur in two places or more, with their postings. What
 * occurs once leads nowhere and is dropped partition by partition, so that the seeds of a corpus
 * are never held, sorted, as a whole.
 *
 * Always holds: the postings of a seed lie together in one list, in order of (doc, pos), and the
 * first of them is marked.
 */
#ifndef TTI_SEED_PARTITIONS_H
#define TTI_SEED_PARTITIONS_H

#include "corpus/corpus.h"
#include "util/array.h"

/** One place where a seed occurs. */
typedef struct tti_posting {
    uint32_t doc; /**< TTI_FIRST_POSTING is set in the first posting of a seed */
    uint32_t pos;
} tti_posting;

#define TTI_FIRST_POSTING (UINT32_C(1) << 31)

/** All postings of some of the seeds. */
typedef TTI_ARRAY(tti_posting) tti_posting_list;

typedef struct tti_shared_seeds {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_posting_list) lists;
    size_t count;      /**< postings of all lists */
    uint32_t *counts;  /**< seeds of each document, shared or not */
    uint32_t *popular; /**< seeds of each document that have more than TTI_SEED_MAX_POSTINGS
                            postings */
    size_t doc_count;
} tti_shared_seeds;

/** Zero `out` before; free it also after a failure. Which list a seed is in depends on the threads.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_shared_seeds_find(tti_shared_seeds *out, const tti_corpus *corpus,
                                const tt_options *options, tt_error *error);
void tti_shared_seeds_free(tti_shared_seeds *shared);

/** How many partitions the seeds of so many tokens have: a power of two. */
uint32_t tti_seed_partition_count(uint64_t tokens);

#endif
