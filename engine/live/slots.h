/* A hash table of 32-bit numbers whose keys lie elsewhere: open addressing, removal by shifting. */
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
/** Room for `count` numbers. @return 0, or -1 without memory */
int tti_slots_reserve(tti_slots *s, size_t count);
/** The number with a key, or UINT32_MAX. */
uint32_t tti_slots_find(const tti_slots *s, uint32_t hash, tti_slots_equal equal, const void *ctx,
                        const void *key);
/** Begins to fetch what tti_slots_find() will read. */
void tti_slots_prefetch(const tti_slots *s, uint32_t hash);
/** Adds a number; there is room. */
void tti_slots_add(tti_slots *s, uint32_t hash, uint32_t value);
/** Removes a number that is there. */
void tti_slots_remove(tti_slots *s, uint32_t hash, uint32_t value);

#endif
