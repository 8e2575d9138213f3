/* Buckets: the documents, or paragraphs, that have the same key in one band. */
#ifndef TTI_LSH_BUCKETS_H
#define TTI_LSH_BUCKETS_H

#include "sketch/sketch.h"

#include <assert.h>

/** Keys with the numbers that have them, except for most keys that only one number has: a filter
 * counts all keys first, and only those that may be shared are then added. Once they are sorted,
 * equal keys are together, in order of number. */
typedef struct tti_shared_keys {
    const tt_allocator *allocator;
    uint64_t *records; /**< key << 32 | number */
    size_t count, room;
    uint64_t *seen_bits; /**< two bits for each value of a key's upper bits, side by side: some key
                        has them, and a second one */
    size_t words;
    int shift;
} tti_shared_keys;

/** Room for `room` keys. Zero `out` but for the allocator. @return TT_OK, TT_ENOMEM */
tt_status tti_shared_keys_init(tti_shared_keys *out, size_t room, tt_error *error);
void tti_shared_keys_free(tti_shared_keys *k);
static inline void tti_shared_keys_count(tti_shared_keys *k, uint32_t key)
{
    const uint32_t upper = key >> k->shift;
    const uint64_t once = UINT64_C(1) << upper % 32 * 2;
    uint64_t *word = &k->seen_bits[upper / 32];
    *word |= once | (*word & once) << 1;
}
static inline void tti_shared_keys_add(tti_shared_keys *k, uint32_t key, uint32_t number)
{
    const uint32_t upper = key >> k->shift;
    assert(k->count < k->room);
    k->records[k->count] = (uint64_t)key << 32 | number;
    k->count += k->seen_bits[upper / 32] >> (upper % 32 * 2 + 1) & 1;
}
/** Sorts what was added. @return TT_OK, TT_ENOMEM */
tt_status tti_shared_keys_sort(tti_shared_keys *k, tt_error *error);
/** Where the bucket that begins at record i ends. */
static inline size_t tti_shared_keys_bucket_end(const tti_shared_keys *k, size_t i)
{
    size_t end = i + 1;
    while (end < k->count && (k->records[end] ^ k->records[i]) >> 32 == 0)
        end++;
    return end;
}

/** A document in a bucket that others are in too. */
typedef struct tti_bucket_member {
    uint32_t doc;   /**< its number among the sketched ones */
    uint32_t begin; /**< the bucket's first member */
} tti_bucket_member;

/** One band's buckets of two documents and more, one after the other. */
typedef struct tti_buckets {
    const tt_allocator *allocator;
    tti_bucket_member *members;
    size_t count;
} tti_buckets;

#define TTI_NO_BUCKET_MEMBER UINT32_MAX

/**
 * Puts the sketched documents that have tokens into buckets. In place of the k-th of their keys in
 * the band comes the number of the member that it is, or TTI_NO_BUCKET_MEMBER where no earlier
 * document is in its bucket.
 * Zero `out` but for the allocator. @return TT_OK, TT_ENOMEM
 */
tt_status tti_buckets_make(tti_buckets *out, tti_sketches *sketches, uint32_t band,
                           const tti_corpus *corpus, tt_error *error);
void tti_buckets_free(tti_buckets *b);

#endif
