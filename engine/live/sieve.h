/*
 * Seeds on their way into a seed map: put into the map's partitions as they are sampled, in chunks,
 * so that each partition is then packed at once, in cache. One thread's; the documents ascend.
 */
#ifndef TTI_SIEVE_H
#define TTI_SIEVE_H

#include "seed/seeds.h"

enum { TTI_SIEVE_PARTS = 4096 };

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_sieve {
    const tt_allocator *allocator;
    char **ends;   /**< of each partition where its next seed goes, or NULL */
    void **blocks; /**< what the chunks are cut from */
    size_t block_count, block_capacity, used;
} tti_sieve;

/** @return TT_OK, TT_ENOMEM */
tt_status tti_sieve_add(tti_sieve *sieve, const tti_sample *sample, uint32_t doc, tt_error *error);
/** The number of seeds of a partition. */
size_t tti_sieve_count(const tti_sieve *sieve, uint32_t part);
/** Writes the seeds of a partition in their order. @return behind the last */
tti_seed *tti_sieve_list(const tti_sieve *sieve, uint32_t part, tti_seed *out);
void tti_sieve_free(tti_sieve *sieve);

#endif
