/*
 * Seeds that stand in two places or more, and those places: what is left of a corpus's seeds once
 * the others, which link nothing, are gone.
 */
#ifndef TTI_SEED_PARTITIONS_H
#define TTI_SEED_PARTITIONS_H

#include "corpus/corpus.h"

/** One place of a seed. The places of a seed lie together, by (document, place). */
typedef struct tti_posting {
    uint32_t doc; /**< TTI_FIRST_POSTING is set in the first of a seed's places */
    uint32_t pos;
} tti_posting;

#define TTI_FIRST_POSTING (UINT32_C(1) << 31)

/** Some of the seeds, whole. */
typedef struct tti_posting_list {
    tti_posting *places;
    size_t count, capacity;
} tti_posting_list;

typedef struct tti_shared_seeds {
    const tt_allocator *allocator;
    tti_posting_list *parts;
    size_t part_count, part_capacity;
    size_t count;     /**< places of all parts */
    uint32_t *counts; /**< seeds of each document, shared or not */
    size_t doc_count;
} tti_shared_seeds;

/** Zero `out` before. Which part a seed is in depends on the threads. @return TT_OK, TT_ENOMEM */
tt_status tti_shared_seeds_find(tti_shared_seeds *out, const tti_corpus *corpus,
                                const tt_options *options, tt_error *error);
void tti_shared_seeds_free(tti_shared_seeds *shared);

#endif
