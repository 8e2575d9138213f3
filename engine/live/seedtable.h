/*
 * The seeds of late articles, key by key with their places in order: a hash table that grows and
 * shrinks. Sound for one partition of a seed map.
 */
#ifndef TTI_SEEDTABLE_H
#define TTI_SEEDTABLE_H

#include "seed/seeds.h"

/** Where a seed stands. */
typedef struct tti_posting {
    uint32_t doc, pos;
} tti_posting;

static inline int tti_posting_before(tti_posting x, tti_posting y)
{
    return x.doc != y.doc ? x.doc < y.doc : x.pos < y.pos;
}

typedef struct tti_seedslot tti_seedslot;

/** Zeroed, it is empty. */
typedef struct tti_seedtable {
    tti_seedslot *slots;
    uint32_t slot_count, used;
    uint32_t places; /**< of all keys */
    uint64_t memory; /**< bytes of the lists */
} tti_seedtable;

/** @return 0, or -1 without memory: nothing is added */
int tti_seedtable_add(tti_seedtable *t, const tt_allocator *a, uint32_t key, tti_posting place);
/** Removes a place, if it is there. */
void tti_seedtable_remove(tti_seedtable *t, const tt_allocator *a, uint32_t key, tti_posting place);
/** The places of a key in order: *count of them. */
const tti_posting *tti_seedtable_get(const tti_seedtable *t, uint32_t key, uint32_t *count);
/** Whether a key has a place. */
int tti_seedtable_has(const tti_seedtable *t, uint32_t key, tti_posting place);
/** Begins to fetch what tti_seedtable_get() will read. */
void tti_seedtable_prefetch(const tti_seedtable *t, uint32_t key);
/** Writes all seeds in some order. @return behind the last */
tti_seed *tti_seedtable_list(const tti_seedtable *t, tti_seed *out);
/** Whether the places of every key are in order, and as many as it says. */
int tti_seedtable_is_sound(const tti_seedtable *t);
/** Bytes of the table and its lists. */
uint64_t tti_seedtable_memory(const tti_seedtable *t);
void tti_seedtable_free(tti_seedtable *t, const tt_allocator *a);

#endif
