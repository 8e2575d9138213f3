/*
 * MinHash signatures (Broder 1997) by one permutation (Li, Owen and Zhang 2012): the 32-bit hashes
 * of a set's shingles fall into as many bins as the signature has values, by their upper bits, and
 * a value is the least hash of its bin. A bin that stays empty takes the least
 * value of one more permutation, mul[i] * hash + add[i] mod 2^32 with mul[i] odd. Two bins that are
 * both empty are then equal with probability J, as the others are, so that the share of equal
 * values estimates the resemblance J without bias for sets of any size. A long text costs one step
 * a shingle, a short one what the classic scheme costs. docs/performance.md has both, and a third,
 * measured.
 */
#ifndef TTI_SKETCH_MINHASH_H
#define TTI_SKETCH_MINHASH_H

#include "util/hash.h"

enum {
    TTI_MINHASH_MAX_HASHES = 1024, /**< most values in a signature */
    TTI_MINHASH_MAX_SHINGLE = 64   /**< most tokens in a shingle */
};

/** The hash functions of a seed. */
typedef struct tti_minhash {
    uint32_t num_hashes; /**< values in a signature, 1 .. TTI_MINHASH_MAX_HASHES */
    uint32_t shingle_add;
    uint32_t shingle_mul[TTI_MINHASH_MAX_SHINGLE];
    uint32_t mul[TTI_MINHASH_MAX_HASHES], add[TTI_MINHASH_MAX_HASHES];
} tti_minhash;

void tti_minhash_init(tti_minhash *m, uint32_t num_hashes, uint64_t seed);

/**
 * The hashes of `count` shingles of `width` tokens, 1 .. TTI_MINHASH_MAX_SHINGLE: that of the i-th
 * is multilinear in tokens i .. i + width - 1 (Carter and Wegman 1979). `hashes` has room for
 * `count`.
 */
void tti_minhash_hash_shingles(const tti_minhash *m, const uint32_t *tokens, size_t count,
                               uint32_t width, uint32_t *shingle_hashes);

/** The signature, m->num_hashes values, of a set of `count` hashed shingles; that of none is all
 * ones.
 */
void tti_minhash_signature(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                           uint32_t *signature);

/** The same by the classic scheme, a permutation for each value: cheaper where there are hardly
 * more shingles than values. Not comparable with the former. */
void tti_minhash_signature_classic(const tti_minhash *m, const uint32_t *shingle_hashes,
                                   size_t count, uint32_t *signature);

/**
 * The keys of `bands` bands of a signature, each of m->num_hashes / bands values: equal values give
 * equal keys, others do by chance once in 2^31. 0 is no key.
 */
void tti_minhash_bands(const tti_minhash *m, const uint32_t *signature, uint32_t bands,
                       uint32_t *keys);

/* ---- Shingles -------------------------------------------------------------------------------- */

/** The 64-bit hash of a shingle, XXH3-64 of the 32-bit hashes of its tokens. */
static inline uint64_t tti_shingle_hash(const uint32_t *hashes, uint32_t tokens, uint64_t seed)
{
    switch (tokens) { /* constant sizes let the compiler drop the branches inside XXH3 */
    case 3: return tti_hash_u32(hashes, 3, seed);
    case 4: return tti_hash_u32(hashes, 4, seed);
    case 5: return tti_hash_u32(hashes, 5, seed);
    default: return tti_hash_u32(hashes, tokens, seed);
    }
}

/** Shingles of an article of `token_count` tokens: one, all of it, where it has fewer than w. */
static inline uint32_t tti_shingle_count(uint32_t token_count, uint32_t w)
{
    if (token_count == 0)
        return 0;
    return token_count < w ? 1 : token_count - w + 1;
}

/** Tokens in each of those shingles. */
static inline uint32_t tti_shingle_width(uint32_t token_count, uint32_t w)
{
    return token_count < w ? token_count : w;
}

#endif
