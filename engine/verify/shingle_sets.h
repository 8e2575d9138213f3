/* The shingle set of one article, against which others are counted exactly. */
#ifndef TTI_VERIFY_SHINGLE_SETS_H
#define TTI_VERIFY_SHINGLE_SETS_H

#include "corpus/corpus.h"

/** A hash set; zero it before first use. Belongs to one thread. */
typedef struct tti_shingle_set {
    const tt_allocator *allocator;
    uint64_t *keys;
    uint32_t *marks; /**< 0: empty slot; else the last count that met the key */
    size_t key_capacity, mark_capacity;
    size_t slot_mask;
    uint32_t mark;
    uint32_t size; /**< distinct shingles */
} tti_shingle_set;

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator);
void tti_shingle_set_free(tti_shingle_set *set);

/** Makes it the set of the shingles of `w` tokens of `doc`. @return TT_OK, TT_ENOMEM */
tt_status tti_shingle_set_load(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                               tt_error *error);

/** Distinct shingles of `doc` that are in the set. `repeats`: places of it whose shingle stands
 * earlier in it, as far as they are known, ascending: they are not looked at. */
uint32_t tti_shingle_set_shared(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                                const uint32_t *repeats, uint32_t repeat_count);

#endif
