/*
 * The inner loops that exist once per instruction set. All sets give the same results; the fastest
 * one that this processor runs is chosen at first use, or the one that
 * TT_KERNELS=generic|avx2|avx512 in the environment asks for.
 */
#ifndef TTI_KERNELS_KERNELS_H
#define TTI_KERNELS_KERNELS_H

#include "kernels/split.h"
#include "util/hash.h"

/* k-grams of four tokens, and the windows of which each has a minimizer. */
enum {
    TTI_MINIMIZER_TOKENS = 4, /**< of a gram */
    TTI_MINIMIZER_WINDOW = 6  /**< grams in a row of which the least is taken */
};

/** The bin of one permutation hashing that a hash falls into. */
static inline size_t tti_minhash_bin(uint32_t hash, size_t num_hashes)
{
    return (size_t)((uint64_t)hash * num_hashes >> 32);
}

typedef struct tti_kernels {
    const char *name;
    /** Finds the runs of text[0, size), size in 1 .. TTI_SPLIT_BYTES, and copies it to `folded`
     * with its ASCII letters in lower case. Reads nothing past the text, writes up to
     * TTI_SPLIT_PADDING bytes past the copy. */
    void (*split)(const uint8_t *text, size_t size, uint8_t *folded, tti_split *out);
    /** Appends runs [begin, end) of the split of text[base, ...) to the batch, which has room;
     * their flags only if they are wanted. */
    void (*append_runs)(const tti_split *split, uint32_t begin, uint32_t end, uint32_t base,
                        int with_flags, tti_token_batch *batch);
    /** XXH3-64 of the normalised bytes of the batch's tokens, whole and its low half. Eight of
     * `bytes` may be read from any at[i], whatever the length. */
    void (*hash_tokens)(const tti_token_batch *batch, const uint8_t *bytes, uint64_t seed,
                        uint64_t *wide, uint32_t *low);
    /** XXH3-128 of the wide hashes of `count` tokens. */
    tti_hash128 (*key)(const uint64_t *wide, size_t count, uint64_t seed);
    /** XXH3-64 of bytes. */
    uint64_t (*hash_bytes)(const void *bytes, size_t size, uint64_t seed);
    /** Writes the batch's extents (kernels/token_extents.h); the token before ends at `end`.
     * `extents` has room for TTI_EXTENT_MAX_BYTES bytes a token and TTI_SPLIT_PADDING more. @return
     * bytes written */
    size_t (*extents)(const tti_token_batch *batch, uint32_t end, uint8_t *extents);
    /** hashes[i]: the hash of tokens i .. i + width - 1, from add and mul[0, width); i < count. */
    void (*hash_shingles)(const uint32_t *tokens, size_t count, const uint32_t *mul, uint32_t add,
                          uint32_t width, uint32_t *hashes);
    /** keys[i]: the same hash of values [i * rows, (i + 1) * rows); i < bands. */
    void (*hash_bands)(const uint32_t *values, size_t bands, const uint32_t *mul, uint32_t add,
                       uint32_t rows, uint32_t *keys);
    /** The value at tti_minhash_bin(hash, num_hashes) becomes min(itself, hash), for every hash. */
    void (*fill_bins)(uint32_t *signature, size_t num_hashes, const uint32_t *hashes, size_t count);
    /** least[i] = min(mul[i] * hash + add[i] for every hash), i < num_hashes; UINT32_MAX for none.
     */
    void (*min_hashes)(const uint32_t *mul, const uint32_t *add, size_t num_hashes,
                       const uint32_t *hashes, size_t count, uint32_t *least);
    /** @return in how many positions two signatures have the same value */
    uint32_t (*count_equal)(const uint8_t *x, const uint8_t *y, size_t num_hashes);
    /** keys[i], parts[i]: two hashes of tokens i..i+3, i < grams. */
    void (*hash_kgrams)(const uint32_t *tokens, size_t grams, uint64_t seed, uint32_t *keys,
                        uint32_t *parts);
    /** Writes the positions of the minimizers among `grams` keys, at least TTI_MINIMIZER_WINDOW, to
     * out, ascending; out and least have room for `grams`, and before least[0] lie
     * TTI_MINIMIZER_WINDOW - 1 zeros.
     * @return how many */
    size_t (*find_minimizers)(const uint32_t *keys, size_t grams, uint32_t *least, uint32_t *out);
    /** Writes the positions i < grams whose bit, number keys[i] >> shift of `bits`, is set, to out,
     * ascending. It has room for one more than `grams`. @return how many */
    size_t (*find_set_bits)(const uint32_t *keys, size_t grams, const uint32_t *bits, int shift,
                            uint32_t *out);
    /** @return whether one of `count` tokens is this one */
    int (*has_token)(const uint32_t *tokens, size_t count, uint32_t token);
    /** near[k]: 1 if b[k] < at, at - b[k] <= reach[k] and end <= first[k], else 0; k < count.
     * at, b < 2^31. */
    void (*find_near)(const uint32_t *b, const uint32_t *reach, const uint32_t *first, size_t count,
                      uint32_t at, uint32_t end, uint8_t *near);
} tti_kernels;

/** The set in use. Threads: any. */
const tti_kernels *tti_kernels_get(void);

/** Every set that this processor runs, best first. @return their number, at most `capacity` */
size_t tti_kernels_all(const tti_kernels **out, size_t capacity);

/* XXH3 of many bytes, in separate files: xxhash.h chooses its instructions as it is compiled. */
tti_hash128 tti_kernel_key_avx2(const uint64_t *hashes, size_t count, uint64_t seed);
tti_hash128 tti_kernel_key_avx512(const uint64_t *hashes, size_t count, uint64_t seed);
uint64_t tti_kernel_hash_bytes_avx2(const void *bytes, size_t size, uint64_t seed);
uint64_t tti_kernel_hash_bytes_avx512(const void *bytes, size_t size, uint64_t seed);

#endif
