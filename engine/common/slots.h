/*
 * A hash table of 32-bit numbers whose keys lie elsewhere: open addressing with linear probing, at
 * most half full; removal by shifting.
 */
#ifndef TTI_SLOTS_H
#define TTI_SLOTS_H

#include "twicetold.h"

typedef struct tti_slot {
    uint32_t hash, value; /**< value: number + 1; 0 is empty */
} tti_slot;

/** Zero it, but for the allocator, before first use. */
typedef struct tti_slots {
    const tt_allocator *allocator;
    tti_slot *slots;
    size_t slot_count, used;
} tti_slots;

/** Whether number `value` has the key at `key`. */
typedef int (*tti_slots_equal)(const void *ctx, uint32_t value, const void *key);

void tti_slots_free(tti_slots *s);
/** Room for `count` numbers. @return 0, or -1 without memory and with everything as it was */
int tti_slots_reserve(tti_slots *s, size_t count);
/** The number with a key, or UINT32_MAX. */
uint32_t tti_slots_find(const tti_slots *s, uint32_t hash, tti_slots_equal equal, const void *ctx,
                        const void *key);
/** Adds a number; there is room. */
void tti_slots_add(tti_slots *s, uint32_t hash, uint32_t value);
/** Removes a number that is there. */
void tti_slots_remove(tti_slots *s, uint32_t hash, uint32_t value);
/** Removes all, and keeps the memory. */
void tti_slots_clear(tti_slots *s);

/** Begins to fetch what a search will read. */
static inline void tti_slots_prefetch(const tti_slots *s, uint32_t hash)
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
static inline uint32_t tti_slots_hash(uint32_t key)
{
    const uint32_t x = key * 0x9E3779B1u;
    return x >> 8 | x << 24;
}

/** The slot with a hash, or the empty one where it would go: there is room. Filling it and emptying
 * it, the last one filled first, is the caller's, who does not use the functions above then. */
static inline tti_slot *tti_slots_at(const tti_slots *s, uint32_t hash)
{
    size_t at = hash & (s->slot_count - 1);
    while (s->slots[at].value != 0 && s->slots[at].hash != hash)
        at = (at + 1) & (s->slot_count - 1);
    return &s->slots[at];
}

#endif
