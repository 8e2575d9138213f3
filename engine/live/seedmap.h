/*
 * From a seed to its places: what tti_seeds is to a batch, but growing and shrinking. Each seed's
 * places are in order of document, which is that of arrival. Partitions of their own grow one at a
 * time, so that no article waits for the whole table.
 */
#ifndef TTI_SEEDMAP_H
#define TTI_SEEDMAP_H

#include "seed/seeds.h"

enum { TTI_SEEDMAP_PARTS = 4096 };

typedef struct tti_posting {
    uint32_t doc, pos;
} tti_posting;

typedef struct tti_seedmap_part tti_seedmap_part;

typedef struct tti_seedmap {
    const tt_allocator *allocator;
    tti_seedmap_part *parts; /**< NULL until the first seed */
} tti_seedmap;

void tti_seedmap_free(tti_seedmap *map);

/** Bytes of the tables and lists. */
uint64_t tti_seedmap_memory(const tti_seedmap *map);

/** Fills an empty map from a batch's seeds, in TTI_SEEDMAP_PARTS partitions and unsorted. */
tt_status tti_seedmap_fill(tti_seedmap *map, const tti_seeds *seeds, int threads, tt_error *error);

/** Adds the seeds of a document. On failure some of them are there: the map is not to be used. */
tt_status tti_seedmap_add(tti_seedmap *map, const tti_sample *sample, uint32_t doc,
                          tt_error *error);
/** Removes the seeds of a document that was added. */
void tti_seedmap_remove(tti_seedmap *map, const tti_sample *sample, uint32_t doc);

/** The places of the seed that is `sample`'s i-th: *count of them, in order. */
const tti_posting *tti_seedmap_get(const tti_seedmap *map, const tti_sample *sample, size_t i,
                                   size_t *count);
/** Begins to fetch what tti_seedmap_get will read. */
void tti_seedmap_prefetch(const tti_seedmap *map, const tti_sample *sample, size_t i);

#endif
