/* The shingle set of one article, against which the shingles of others are counted exactly. */
#ifndef TTI_VERIFY_SHINGLE_SETS_H
#define TTI_VERIFY_SHINGLE_SETS_H

#include "corpus/corpus.h"
#include "util/array.h"
#include "util/table.h"

/** Belongs to one thread. */
typedef struct tti_shingle_set {
    const tt_allocator *allocator;
    tti_table numbers;           /**< of the shingles, by their hashes */
    TTI_ARRAY(uint64_t) hashes;  /**< of the distinct shingles */
    TTI_ARRAY(uint32_t) counted; /**< number of the last count that met each of them */
    uint32_t count_number;
} tti_shingle_set;

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator);
void tti_shingle_set_free(tti_shingle_set *set);

/** Makes it the set of the shingles of `w` tokens of `doc`. @return TT_OK, TT_ENOMEM */
tt_status tti_shingle_set_load(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                               tt_error *error);

/** Its distinct shingles. */
static inline uint32_t tti_shingle_set_size(const tti_shingle_set *set)
{
    return (uint32_t)set->hashes.count;
}

/** Counts the distinct shingles of `doc` that are in the set. `repeats`: positions whose shingle
 * occurs earlier in it, as far as they are known, ascending: they are passed over. */
uint32_t tti_shingle_set_shared(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                                const uint32_t *repeats, uint32_t repeat_count);

#endif
