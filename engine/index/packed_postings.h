/*
 * The seeds of most articles, packed: a bucket for every four, in each of which they stand in order
 * of key, document and place. It is made at once and only shrinks; what comes later is in a
 * tti_delta_postings until both are packed anew.
 */
#ifndef TTI_INDEX_PACKED_POSTINGS_H
#define TTI_INDEX_PACKED_POSTINGS_H

#include "index/delta_postings.h"
#include "index/slab.h"

/** Zeroed, it is empty. */
typedef struct tti_packed_postings {
    tti_seed *seeds;       /**< removed ones stand last in their bucket, without a document */
    uint32_t *starts;      /**< behind them; bucket b is seeds[starts[b], starts[b + 1]) */
    tti_slab_chunk *chunk; /**< of a heap, or NULL: both are the allocator's */
    uint32_t room, used, buckets;
} tti_packed_postings;

/** Packs seeds that stand in any order into an empty base, in memory of a heap, or, where it is
 * NULL, of the allocator. @return 0, or -1 without memory */
int tti_packed_postings_build(tti_packed_postings *packed, const tt_allocator *a, tti_slab *slab,
                              const tti_seed *from, uint32_t count);
/** The seeds of a key in order: *count of them. */
const tti_seed *tti_packed_postings_find(const tti_packed_postings *packed, uint32_t key,
                                         uint32_t *count);
/** Whether a key has a place. */
int tti_packed_postings_has(const tti_packed_postings *packed, uint32_t key,
                            tti_doc_position place);
/** Removes a place. @return whether it was there */
int tti_packed_postings_remove(tti_packed_postings *packed, uint32_t key, tti_doc_position place);
/** Begin to fetch what tti_packed_postings_find() will read: first one, then the other. */
void tti_packed_postings_prefetch_start(const tti_packed_postings *packed, uint32_t key);
void tti_packed_postings_prefetch_bucket(const tti_packed_postings *packed, uint32_t key);
/** Writes all seeds. @return behind the last */
tti_seed *tti_packed_postings_copy(const tti_packed_postings *packed, tti_seed *out);
/** Whether every seed is in its bucket, in order, and they are as many as it says. */
int tti_packed_postings_is_valid(const tti_packed_postings *packed);
/** Bytes beside a heap. */
uint64_t tti_packed_postings_memory(const tti_packed_postings *packed);
/** `heap`: what it was made in, or NULL if it was not or everything in it is given back at once. */
void tti_packed_postings_free(tti_packed_postings *packed, const tt_allocator *a, tti_slab *slab);

#endif
