#include "seed/minimizers.h"

#include "sketch/minhash.h"
#include "util/error.h"

#include <string.h>

enum { BEFORE = TTI_MINIMIZER_WINDOW - 1 }; /* zeros that the kernel wants before its scratch */

/* In text of one repeated word a k-gram that occurs again within a window is the same seed. */
static void drop_repeated_minimizers(tti_minimizers *m)
{
    const uint32_t *keys = m->keys.items;
    uint32_t *positions = m->positions.items;
    size_t kept = 0;
    for (size_t k = 0; k < m->positions.count; k++) {
        const uint32_t pos = positions[k];
        if (kept > 0 && pos - positions[kept - 1] < TTI_MINIMIZER_WINDOW &&
            keys[pos] == keys[positions[kept - 1]])
            continue;
        positions[kept++] = pos;
    }
    m->positions.count = kept;
}

tt_status tti_minimizers_find(tti_minimizers *m, const tti_doc *doc, const tt_options *options,
                              const tt_allocator *a, tt_error *error)
{
    const size_t n = tti_shingle_count(doc->token_count, TTI_MINIMIZER_TOKENS);
    const uint64_t seed = options->seed;
    m->positions.count = 0;
    if (n == 0)
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_resize(&m->keys, a, n) != TT_OK ||
                      tti_array_resize(&m->partition_hashes, a, n) != TT_OK ||
                      tti_array_resize(&m->positions, a, n + 1) != TT_OK ||
                      tti_array_resize(&m->least, a, n + BEFORE) != TT_OK,
                  error, "seeds");
    m->positions.count = n;
    if (doc->token_count >= TTI_MINIMIZER_TOKENS) {
        tti_kernels_get()->hash_kgrams(doc->hashes, n, seed, m->keys.items,
                                       m->partition_hashes.items);
    } else { /* its one k-gram is all of it */
        const uint64_t hash = tti_shingle_hash(doc->hashes, doc->token_count, seed);
        m->keys.items[0] = (uint32_t)(hash >> 32);
        m->partition_hashes.items[0] = (uint32_t)hash;
    }
    if (doc->token_count < TTI_SEED_SHORT_DOC || tti_seeds_are_dense(options)) {
        for (uint32_t k = 0; k < n; k++)
            m->positions.items[k] = k;
        return TT_OK;
    }
    memset(m->least.items, 0, BEFORE * sizeof *m->least.items);
    m->positions.count = tti_kernels_get()->find_minimizers(
        m->keys.items, n, m->least.items + BEFORE, m->positions.items);
    drop_repeated_minimizers(m);
    return TT_OK;
}

void tti_minimizers_free(tti_minimizers *m, const tt_allocator *a)
{
    tti_array_free(&m->keys, a);
    tti_array_free(&m->partition_hashes, a);
    tti_array_free(&m->positions, a);
    tti_array_free(&m->least, a);
}

int tti_seeds_are_dense(const tt_options *o)
{
    return (o->find & TT_FIND_SECTIONS) && o->min_section < TTI_SEED_RUN_TOKENS;
}

int tti_seeds_needed(const tt_options *o)
{
    return o->containment >= 0 || o->overlap >= 0 || (o->find & TT_FIND_SECTIONS);
}
