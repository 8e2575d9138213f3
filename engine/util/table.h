/*
 * A hash table of 32-bit numbers whose keys lie elsewhere: open addressing with linear probing, at
 * most half full; removal by shifting.
 */
#ifndef TTI_UTIL_TABLE_H
#define TTI_UTIL_TABLE_H

#include "twicetold.h"

typedef struct tti_table_slot {
    uint32_t hash, value; /**< value: number + 1; 0 is empty */
} tti_table_slot;

/** Zero it, but for the allocator, before first use. */
typedef struct tti_table {
    const tt_allocator *allocator;
    tti_table_slot *slots;
    size_t slot_count, used;
} tti_table;

/** Whether number `value` has the key at `key`. */
typedef int (*tti_table_equal_fn)(const void *ctx, uint32_t value, const void *key);

void tti_table_free(tti_table *s);
/** Room for `count` numbers. @return 0, or -1 without memory and with everything as it was */
int tti_table_reserve(tti_table *s, size_t count);
/** The number with a key, or UINT32_MAX. */
uint32_t tti_table_find(const tti_table *s, uint32_t hash, tti_table_equal_fn equal,
                        const void *ctx, const void *key);
/** Adds a number; there is room. */
void tti_table_add(tti_table *s, uint32_t hash, uint32_t value);
/** Removes a number that is there. */
void tti_table_remove(tti_table *s, uint32_t hash, uint32_t value);
/** Removes all, and keeps the memory. */
void tti_table_clear(tti_table *s);

/** Begins to fetch what a search will read. */
static inline void tti_table_prefetch(const tti_table *s, uint32_t hash)
{
#if defined(__GNUC__)
    if (s->slot_count > 0)
        __builtin_prefetch(&s->slots[hash & (s->slot_count - 1)]);
#else
    (void)s;
    (void)hash;
#endif
}

/* ---- Keys that are numbers themselves: a slot needs no look at them -------------------------- */

/** Different numbers have different hashes. */
static inline uint32_t tti_table_hash_u32(uint32_t key)
{
    const uint32_t x = key * 0x9E3779B1u;
    return x >> 8 | x << 24;
}

/** The slot with a hash, or the empty one where it would go: there is room. Filling it and emptying
 * it, the last one filled first, is the caller's, who does not use the functions above then. */
static inline tti_table_slot *tti_table_slot_of(const tti_table *s, uint32_t hash)
{
    size_t at = hash & (s->slot_count - 1);
    while (s->slots[at].value != 0 && s->slots[at].hash != hash)
        at = (at + 1) & (s->slot_count - 1);
    return &s->slots[at];
}

#endif
