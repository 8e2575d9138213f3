/* Shingles: w tokens in a row as a 64-bit hash, XXH3-64 of their 32-bit hashes. */
#ifndef TTI_SKETCH_SHINGLES_H
#define TTI_SKETCH_SHINGLES_H

#include "util/hash.h"

/** The hash of `tokens` tokens at `hashes`. */
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
