/*
 * From a seed to its places: what tti_seeds is to a batch, but growing and shrinking. In each of
 * its partitions most seeds are packed; those of late documents stand in a table beside them until
 * there are many, and then the partition is packed anew, one at a time, so that no article waits
 * for the whole.
 */
#ifndef TTI_SEEDMAP_H
#define TTI_SEEDMAP_H

#include "live/heap.h"
#include "live/seedtable.h"
#include "live/sieve.h"

typedef struct tti_seedmap_part tti_seedmap_part;

typedef struct tti_seedmap {
    const tt_allocator *allocator;
    tti_seedmap_part *parts; /**< NULL until the first seed */
    tti_heap heap;           /**< of what tti_seedmap_merge() packs */
} tti_seedmap;

void tti_seedmap_free(tti_seedmap *map);

/** Bytes of the tables and lists. */
uint64_t tti_seedmap_memory(const tti_seedmap *map);

/** Adds all seeds of some sieves. On failure the map is not to be used. */
tt_status tti_seedmap_merge(tti_seedmap *map, const tti_sieve *sieves, int sieve_count, int threads,
                            tt_error *error);

/** Adds the seeds of a document. On failure some of them are there: the map is not to be used. */
tt_status tti_seedmap_add(tti_seedmap *map, const tti_sample *sample, uint32_t doc,
                          tt_error *error);
/** Removes the seeds of a document that was added. */
void tti_seedmap_remove(tti_seedmap *map, const tti_sample *sample, uint32_t doc);

/** The first places of the seed that is `sample`'s i-th, in order, `most` of them at most.
 * @return how many */
size_t tti_seedmap_get(const tti_seedmap *map, const tti_sample *sample, size_t i, tti_posting *out,
                       size_t most);
/** Begins to fetch what tti_seedmap_get() will read of all the seeds. */
void tti_seedmap_prefetch(const tti_seedmap *map, const tti_sample *sample);

/** The number of places of all seeds, or UINT64_MAX if some are out of order. */
uint64_t tti_seedmap_count(const tti_seedmap *map);
/** Whether the seed that is `sample`'s i-th has its place in `doc`. */
int tti_seedmap_has(const tti_seedmap *map, const tti_sample *sample, size_t i, uint32_t doc);

#endif
