/*
 * From a seed to its places: what tti_seeds is to a batch, but growing and shrinking. In each of
 * its partitions most seeds are packed; those of late documents stand in a table beside them until
 * there are many, and then the partition is packed anew, one at a time, so that no article waits
 * for the whole.
 */
#ifndef TTI_INDEX_POSTINGS_H
#define TTI_INDEX_POSTINGS_H

#include "index/delta_postings.h"
#include "index/partition_buffers.h"
#include "index/slab.h"

typedef struct tti_postings_partition tti_postings_partition;

typedef struct tti_postings {
    const tt_allocator *allocator;
    tti_postings_partition *parts; /**< NULL until the first seed */
    tti_slab slab;                 /**< of what tti_postings_merge() packs */
} tti_postings;

void tti_postings_free(tti_postings *map);

/** Bytes of the tables and lists. */
uint64_t tti_postings_memory(const tti_postings *map);

/** Adds all seeds of some sieves. On failure the map is not to be used. */
tt_status tti_postings_merge(tti_postings *map, const tti_partition_buffers *buffers,
                             int buffer_count, int threads, tt_error *error);

/** Adds the seeds of a document. On failure some of them are there: the map is not to be used. */
tt_status tti_postings_add(tti_postings *map, const tti_minimizers *sample, uint32_t doc,
                           tt_error *error);
/** Removes the seeds of a document that was added. */
void tti_postings_remove(tti_postings *map, const tti_minimizers *sample, uint32_t doc);

/** The first places of the seed that is `sample`'s i-th, in order, `most` of them at most.
 * @return how many */
size_t tti_postings_find(const tti_postings *map, const tti_minimizers *sample, size_t i,
                         tti_doc_position *out, size_t most);
/** Begins to fetch what tti_postings_find() will read of all the seeds. */
void tti_postings_prefetch(const tti_postings *map, const tti_minimizers *sample);

/** The number of places of all seeds, or UINT64_MAX if some are out of order. */
uint64_t tti_postings_count(const tti_postings *map);
/** Whether the seed that is `sample`'s i-th has its place in `doc`. */
int tti_postings_has(const tti_postings *map, const tti_minimizers *sample, size_t i, uint32_t doc);

#endif
