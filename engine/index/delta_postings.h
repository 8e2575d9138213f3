/*
 * The seeds of late articles, key by key with their places in order: a hash table that grows and
 * shrinks. Sound for one partition of a seed map.
 */
#ifndef TTI_INDEX_DELTA_POSTINGS_H
#define TTI_INDEX_DELTA_POSTINGS_H

#include "seed/minimizers.h"

/** Where a seed stands. */
typedef struct tti_doc_position {
    uint32_t doc, pos;
} tti_doc_position;

static inline int tti_doc_position_before(tti_doc_position x, tti_doc_position y)
{
    return x.doc != y.doc ? x.doc < y.doc : x.pos < y.pos;
}

typedef struct tti_delta_slot tti_delta_slot;

/** Zeroed, it is empty. */
typedef struct tti_delta_postings {
    tti_delta_slot *slots;
    uint32_t slot_count, used;
    uint32_t places; /**< of all keys */
    uint64_t memory; /**< bytes of the lists */
} tti_delta_postings;

/** @return 0, or -1 without memory: nothing is added */
int tti_delta_postings_add(tti_delta_postings *t, const tt_allocator *a, uint32_t key,
                           tti_doc_position place);
/** Removes a place, if it is there. */
void tti_delta_postings_remove(tti_delta_postings *t, const tt_allocator *a, uint32_t key,
                               tti_doc_position place);
/** The places of a key in order: *count of them. */
const tti_doc_position *tti_delta_postings_find(const tti_delta_postings *t, uint32_t key,
                                                uint32_t *count);
/** Whether a key has a place. */
int tti_delta_postings_has(const tti_delta_postings *t, uint32_t key, tti_doc_position place);
/** Begins to fetch what tti_delta_postings_find() will read. */
void tti_delta_postings_prefetch(const tti_delta_postings *t, uint32_t key);
/** Writes all seeds in some order. @return behind the last */
tti_seed *tti_delta_postings_copy(const tti_delta_postings *t, tti_seed *out);
/** Whether the places of every key are in order, and as many as it says. */
int tti_delta_postings_is_valid(const tti_delta_postings *t);
/** Bytes of the table and its lists. */
uint64_t tti_delta_postings_memory(const tti_delta_postings *t);
void tti_delta_postings_free(tti_delta_postings *t, const tt_allocator *a);

#endif
