/*
 * MinHash signatures (Broder 1997): value i is the least of mul[i] * x + add[i] mod 2^32 over the
 * 32-bit folds x of a set's shingles, mul[i] odd. The signature of a union is the minimum of the
 * signatures, so an article's comes from its paragraphs'.
 */
#ifndef TTI_MINHASH_H
#define TTI_MINHASH_H

#include "twicetold.h"

/** The hash functions of a seed. */
typedef struct tti_minhash {
    const tt_allocator *allocator;
    uint32_t *mul, *add;
    uint32_t lanes; /**< values in a signature */
} tti_minhash;

tt_status tti_minhash_open(tti_minhash *m, const tt_allocator *allocator, uint32_t lanes,
                           uint64_t seed, tt_error *error);
void tti_minhash_close(tti_minhash *m);

/** The 32 bits of a shingle that are hashed on. */
static inline uint32_t tti_minhash_fold(uint64_t shingle)
{
    return (uint32_t)(shingle >> 32);
}

/** The signature of no shingles: the largest values. */
void tti_minhash_clear(const tti_minhash *m, uint32_t *signature);

/** Takes `count` folded shingles into the signature. */
void tti_minhash_update(const tti_minhash *m, uint32_t *signature, const uint32_t *folds,
                        size_t count);

#endif
