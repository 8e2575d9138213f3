/*
 * Seeds on their way into a seed map: put into the map's partitions as they are sampled, in chunks,
 * so that each partition is then packed at once, in cache. One thread's; the documents ascend.
 */
#ifndef TTI_INDEX_PARTITION_BUFFERS_H
#define TTI_INDEX_PARTITION_BUFFERS_H

#include "seed/minimizers.h"

enum { TTI_POSTINGS_PARTITIONS = 4096 };

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_partition_buffers {
    const tt_allocator *allocator;
    char **ends;   /**< of each partition where its next seed goes, or NULL */
    void **blocks; /**< what the chunks are cut from */
    size_t block_count, block_capacity, used;
} tti_partition_buffers;

/** @return TT_OK, TT_ENOMEM */
tt_status tti_partition_buffers_add(tti_partition_buffers *sieve, const tti_minimizers *sample,
                                    uint32_t doc, tt_error *error);
/** The number of seeds of a partition. */
size_t tti_partition_buffers_count(const tti_partition_buffers *sieve, uint32_t part);
/** Writes the seeds of a partition in their order. @return behind the last */
tti_seed *tti_partition_buffers_copy(const tti_partition_buffers *sieve, uint32_t part,
                                     tti_seed *out);
void tti_partition_buffers_free(tti_partition_buffers *sieve);

#endif
