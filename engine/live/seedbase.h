/*
 * The seeds of most articles, packed: a bucket for every four, in each of which they stand in order
 * of key, document and place. It is made at once and only shrinks; what comes later is in a
 * tti_seedtable until both are packed anew.
 */
#ifndef TTI_SEEDBASE_H
#define TTI_SEEDBASE_H

#include "live/heap.h"
#include "live/seedtable.h"

/** Zeroed, it is empty. */
typedef struct tti_seedbase {
    tti_seed *seeds;  /**< removed ones stand last in their bucket, without a document */
    uint32_t *starts; /**< behind them; bucket b is seeds[starts[b], starts[b + 1]) */
    tti_chunk *chunk; /**< of a heap, or NULL: both are the allocator's */
    uint32_t room, used, buckets;
} tti_seedbase;

/** Packs seeds that stand in any order into an empty base, in memory of a heap, or, where it is
 * NULL, of the allocator. @return 0, or -1 without memory */
int tti_seedbase_make(tti_seedbase *base, const tt_allocator *a, tti_heap *heap,
                      const tti_seed *from, uint32_t count);
/** The seeds of a key in order: *count of them. */
const tti_seed *tti_seedbase_get(const tti_seedbase *base, uint32_t key, uint32_t *count);
/** Whether a key has a place. */
int tti_seedbase_has(const tti_seedbase *base, uint32_t key, tti_posting place);
/** Removes a place. @return whether it was there */
int tti_seedbase_remove(tti_seedbase *base, uint32_t key, tti_posting place);
/** Begin to fetch what tti_seedbase_get() will read: first one, then the other. */
void tti_seedbase_prefetch_start(const tti_seedbase *base, uint32_t key);
void tti_seedbase_prefetch_bucket(const tti_seedbase *base, uint32_t key);
/** Writes all seeds. @return behind the last */
tti_seed *tti_seedbase_list(const tti_seedbase *base, tti_seed *out);
/** Whether every seed is in its bucket, in order, and they are as many as it says. */
int tti_seedbase_is_sound(const tti_seedbase *base);
/** Bytes beside a heap. */
uint64_t tti_seedbase_memory(const tti_seedbase *base);
/** `heap`: what it was made in, or NULL if it was not or everything in it is given back at once. */
void tti_seedbase_free(tti_seedbase *base, const tt_allocator *a, tti_heap *heap);

#endif
