#include "sketch/minhash.h"

#include "kernels/kernels.h"
#include "util/hash.h"

#include <string.h>

enum {
    EMPTY_BIN = -1, /* a bin's value that no hash has been less than */
    SMALL_SET = 40  /* shingles of a set that fills few bins */
};

void tti_minhash_init(tti_minhash *m, uint32_t num_hashes, uint64_t seed)
{
    m->num_hashes = num_hashes;
    for (uint32_t i = 0; i < num_hashes; i++) {
        const uint64_t h = tti_hash_u32(&i, 1, seed);
        m->mul[i] = (uint32_t)h | 1u;
        m->add[i] = (uint32_t)(h >> 32);
    }
    for (uint32_t k = 0; k < TTI_MINHASH_MAX_SHINGLE; k++) {
        const uint32_t label = TTI_MINHASH_MAX_HASHES + k;
        const uint64_t h = tti_hash_u32(&label, 1, seed);
        m->shingle_mul[k] = (uint32_t)h | 1u;
        m->shingle_add = (uint32_t)(h >> 32);
    }
}

void tti_minhash_hash_shingles(const tti_minhash *m, const uint32_t *tokens, size_t count,
                               uint32_t width, uint32_t *shingle_hashes)
{
    tti_kernels_get()->hash_shingles(tokens, count, m->shingle_mul, m->shingle_add, width,
                                     shingle_hashes);
}

/* A small set: all permutations cost less than to list those that are wanted. The few bins that
 * have hashes are emptied again for them. */
static void sign_small_set(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                           uint32_t *signature)
{
    tti_kernels_get()->min_hashes(m->mul, m->add, m->num_hashes, shingle_hashes, count, signature);
    for (size_t k = 0; k < count; k++)
        if (shingle_hashes[k] != (uint32_t)EMPTY_BIN)
            signature[tti_minhash_bin(shingle_hashes[k], m->num_hashes)] = (uint32_t)EMPTY_BIN;
    tti_kernels_get()->fill_bins(signature, m->num_hashes, shingle_hashes, count);
}

/* Gives the empty bins their values: their permutations side by side. */
static void fill_empty_bins(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                            uint32_t *signature)
{
    uint32_t empty[TTI_MINHASH_MAX_HASHES], mul[TTI_MINHASH_MAX_HASHES],
        add[TTI_MINHASH_MAX_HASHES];
    uint32_t least[TTI_MINHASH_MAX_HASHES];
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->num_hashes; i++) {
        empty[n] = i;
        mul[n] = m->mul[i];
        add[n] = m->add[i];
        n += signature[i] == (uint32_t)EMPTY_BIN;
    }
    if (n == 0)
        return;
    tti_kernels_get()->min_hashes(mul, add, n, shingle_hashes, count, least);
    for (uint32_t k = 0; k < n; k++)
        signature[empty[k]] = least[k];
}

void tti_minhash_signature(const tti_minhash *m, const uint32_t *shingle_hashes, size_t count,
                           uint32_t *signature)
{
    if (count < SMALL_SET) {
        sign_small_set(m, shingle_hashes, count, signature);
        return;
    }
    memset(signature, EMPTY_BIN, m->num_hashes * sizeof *signature);
    tti_kernels_get()->fill_bins(signature, m->num_hashes, shingle_hashes, count);
    fill_empty_bins(m, shingle_hashes, count, signature);
}

void tti_minhash_signature_classic(const tti_minhash *m, const uint32_t *shingle_hashes,
                                   size_t count, uint32_t *signature)
{
    tti_kernels_get()->min_hashes(m->mul, m->add, m->num_hashes, shingle_hashes, count, signature);
}

void tti_minhash_bands(const tti_minhash *m, const uint32_t *signature, uint32_t bands,
                       uint32_t *keys)
{
    const uint32_t rows = m->num_hashes / bands;
    if (rows <= TTI_MINHASH_MAX_SHINGLE)
        tti_kernels_get()->hash_bands(signature, bands, m->shingle_mul, m->shingle_add, rows, keys);
    else
        for (uint32_t band = 0; band < bands; band++)
            keys[band] = (uint32_t)tti_hash_u32(signature + (size_t)band * rows, rows, 0);
    for (uint32_t band = 0; band < bands; band++)
        keys[band] |= 1;
}
