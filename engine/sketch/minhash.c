#include "sketch/minhash.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/hash.h"
#include "kernels/kernels.h"

#include <string.h>

tt_status tti_minhash_open(tti_minhash *m, const tt_allocator *allocator, uint32_t lanes,
                           uint64_t seed, tt_error *error)
{
    m->allocator = allocator;
    m->lanes = lanes;
    m->mul = tti_alloc(allocator, lanes, sizeof *m->mul);
    m->add = tti_alloc(allocator, lanes, sizeof *m->add);
    if (m->mul == NULL || m->add == NULL) {
        tti_minhash_close(m);
        return tti_fail_memory(error, "hash functions");
    }
    for (uint32_t i = 0; i < lanes; i++) {
        const uint64_t h = XXH3_64bits_withSeed(&i, sizeof i, seed);
        m->mul[i] = (uint32_t)h | 1u;
        m->add[i] = (uint32_t)(h >> 32);
    }
    return TT_OK;
}

void tti_minhash_close(tti_minhash *m)
{
    tti_release(m->allocator, m->mul, m->lanes, sizeof *m->mul);
    tti_release(m->allocator, m->add, m->lanes, sizeof *m->add);
    m->mul = m->add = NULL;
}

void tti_minhash_clear(const tti_minhash *m, uint32_t *signature)
{
    memset(signature, 0xFF, m->lanes * sizeof *signature);
}

void tti_minhash_update(const tti_minhash *m, uint32_t *signature, const uint32_t *folds,
                        size_t count)
{
    tti_kernels_get()->minhash(signature, m->mul, m->add, m->lanes, folds, count);
}
