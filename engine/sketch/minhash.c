#include "sketch/minhash.h"

#include "common/hash.h"
#include "kernels/kernels.h"

#include <string.h>

enum {
    EMPTY = -1, /* a bin's value that no fold has been less than */
    SMALL = 40  /* shingles of a set that fills few bins */
};

void tti_minhash_init(tti_minhash *m, uint32_t lanes, uint64_t seed)
{
    m->lanes = lanes;
    for (uint32_t i = 0; i < lanes; i++) {
        const uint64_t h = tti_hash_u32(&i, 1, seed);
        m->mul[i] = (uint32_t)h | 1u;
        m->add[i] = (uint32_t)(h >> 32);
    }
    for (uint32_t k = 0; k < TTI_MINHASH_WIDTH; k++) {
        const uint32_t label = TTI_MINHASH_LANES + k;
        const uint64_t h = tti_hash_u32(&label, 1, seed);
        m->mul_fold[k] = (uint32_t)h | 1u;
        m->add_fold = (uint32_t)(h >> 32);
    }
}

void tti_minhash_fold(const tti_minhash *m, const uint32_t *tokens, size_t count, uint32_t width,
                      uint32_t *folds)
{
    tti_kernels_get()->fold(tokens, count, m->mul_fold, m->add_fold, width, folds);
}

/* A small set: all permutations cost less than to list those that are wanted. The few bins that
 * have folds are emptied again for them. */
static void make_small(const tti_minhash *m, const uint32_t *folds, size_t count,
                       uint32_t *signature)
{
    tti_kernels_get()->least(m->mul, m->add, m->lanes, folds, count, signature);
    for (size_t k = 0; k < count; k++)
        if (folds[k] != (uint32_t)EMPTY)
            signature[tti_bin_of(folds[k], m->lanes)] = (uint32_t)EMPTY;
    tti_kernels_get()->bins(signature, m->lanes, folds, count);
}

/* Gives the empty bins their values: their permutations side by side. */
static void fill_empty(const tti_minhash *m, const uint32_t *folds, size_t count,
                       uint32_t *signature)
{
    uint32_t empty[TTI_MINHASH_LANES], mul[TTI_MINHASH_LANES], add[TTI_MINHASH_LANES];
    uint32_t least[TTI_MINHASH_LANES];
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->lanes; i++) {
        empty[n] = i;
        mul[n] = m->mul[i];
        add[n] = m->add[i];
        n += signature[i] == (uint32_t)EMPTY;
    }
    if (n == 0)
        return;
    tti_kernels_get()->least(mul, add, n, folds, count, least);
    for (uint32_t k = 0; k < n; k++)
        signature[empty[k]] = least[k];
}

void tti_minhash_make(const tti_minhash *m, const uint32_t *folds, size_t count,
                      uint32_t *signature)
{
    if (count < SMALL) {
        make_small(m, folds, count, signature);
        return;
    }
    memset(signature, EMPTY, m->lanes * sizeof *signature);
    tti_kernels_get()->bins(signature, m->lanes, folds, count);
    fill_empty(m, folds, count, signature);
}

void tti_minhash_classic(const tti_minhash *m, const uint32_t *folds, size_t count,
                         uint32_t *signature)
{
    tti_kernels_get()->least(m->mul, m->add, m->lanes, folds, count, signature);
}

void tti_minhash_bands(const tti_minhash *m, const uint32_t *signature, uint32_t bands,
                       uint32_t *keys)
{
    const uint32_t rows = m->lanes / bands;
    if (rows <= TTI_MINHASH_WIDTH)
        tti_kernels_get()->bands(signature, bands, m->mul_fold, m->add_fold, rows, keys);
    else
        for (uint32_t band = 0; band < bands; band++)
            keys[band] = (uint32_t)tti_hash_u32(signature + (size_t)band * rows, rows, 0);
    for (uint32_t band = 0; band < bands; band++)
        keys[band] |= 1;
}
