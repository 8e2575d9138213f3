/*
 * xxHash, inlined: a dependency of the build only.
 *
 * Numbers are hashed, and stored, as the bytes that they have on a little-endian machine, so that
 * hashes and files are the same on all. There these functions are xxHash's own and copies.
 */
#ifndef TTI_UTIL_HASH_H
#define TTI_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#  define TTI_LITTLE_ENDIAN 1
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#  define TTI_LITTLE_ENDIAN 0
#else
#  error "twicetold needs a machine that is little-endian or big-endian"
#endif

/** The identity of a run of tokens: XXH3-128 of their 64-bit hashes. */
typedef struct tti_hash128 {
    uint64_t low, high;
} tti_hash128;

static inline int tti_hash128_equal(tti_hash128 x, tti_hash128 y)
{
    return x.low == y.low && x.high == y.high;
}

/** Writes `count` numbers to 4 * count bytes, which need not be aligned. */
static inline void tti_write_le32(uint8_t *out, const uint32_t *numbers, size_t count)
{
#if TTI_LITTLE_ENDIAN
    memcpy(out, numbers, count * sizeof *numbers);
#else
    for (size_t i = 0; i < count; i++) {
        const uint32_t turned = __builtin_bswap32(numbers[i]);
        memcpy(out + i * 4, &turned, 4);
    }
#endif
}

/** Reads back what tti_write_le32() wrote. */
static inline void tti_read_le32(uint32_t *numbers, const uint8_t *in, size_t count)
{
#if TTI_LITTLE_ENDIAN
    memcpy(numbers, in, count * sizeof *numbers);
#else
    for (size_t i = 0; i < count; i++)
        numbers[i] = XXH_readLE32(in + i * 4);
#endif
}

enum { TTI_HASH_BLOCK = 64 /* numbers that are turned round at a time */ };

/** Adds numbers to an XXH3-64. */
static inline void tti_hash_add_u32(XXH3_state_t *state, const uint32_t *numbers, size_t count)
{
#if TTI_LITTLE_ENDIAN
    (void)XXH3_64bits_update(state, numbers, count * sizeof *numbers);
#else
    uint8_t bytes[TTI_HASH_BLOCK * 4];
    for (size_t i = 0, n; i < count; i += n) {
        n = count - i < TTI_HASH_BLOCK ? count - i : TTI_HASH_BLOCK;
        tti_write_le32(bytes, numbers + i, n);
        (void)XXH3_64bits_update(state, bytes, n * 4);
    }
#endif
}

/** XXH3-64 of numbers. */
static inline uint64_t tti_hash_u32(const uint32_t *numbers, size_t count, uint64_t seed)
{
#if TTI_LITTLE_ENDIAN
    return XXH3_64bits_withSeed(numbers, count * sizeof *numbers, seed);
#else
    uint8_t bytes[TTI_HASH_BLOCK * 4];
    XXH3_state_t state;
    if (count <= TTI_HASH_BLOCK) {
        tti_write_le32(bytes, numbers, count);
        return XXH3_64bits_withSeed(bytes, count * 4, seed);
    }
    XXH3_INITSTATE(&state);
    (void)XXH3_64bits_reset_withSeed(&state, seed);
    tti_hash_add_u32(&state, numbers, count);
    return XXH3_64bits_digest(&state);
#endif
}

/** XXH3-64 of at most TTI_HASH_BLOCK numbers, seed 0. */
static inline uint64_t tti_hash_u64(const uint64_t *numbers, size_t count)
{
#if TTI_LITTLE_ENDIAN
    return XXH3_64bits(numbers, count * sizeof *numbers);
#else
    uint8_t bytes[TTI_HASH_BLOCK * 8];
    for (size_t i = 0; i < count; i++)
        XXH_writeLE64(bytes + i * 8, numbers[i]);
    return XXH3_64bits(bytes, count * 8);
#endif
}

/** The key of tokens by their 64-bit hashes. */
static inline tti_hash128 tti_hash128_u64(const uint64_t *tokens, size_t count, uint64_t seed)
{
    XXH128_hash_t h;
#if TTI_LITTLE_ENDIAN
    h = XXH3_128bits_withSeed(tokens, count * sizeof *tokens, seed);
#else
    uint8_t bytes[TTI_HASH_BLOCK * 8];
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    (void)XXH3_128bits_reset_withSeed(&state, seed);
    for (size_t i = 0, n; i < count; i += n) {
        n = count - i < TTI_HASH_BLOCK ? count - i : TTI_HASH_BLOCK;
        for (size_t k = 0; k < n; k++)
            XXH_writeLE64(bytes + k * 8, tokens[i + k]);
        (void)XXH3_128bits_update(&state, bytes, n * 8);
    }
    h = XXH3_128bits_digest(&state);
#endif
    return (tti_hash128){h.low64, h.high64};
}

#endif
