#include "align/kgram_index.h"

#include "kernels/kernels.h"
#include "util/error.h"

enum {
    LEAST_SLOT_BITS = 6, /* the smallest index has 64 slots */
    FILTER_BITS = 3,     /* the filter has eight bits a slot */
    MOST_SLOT_BITS = 32 - FILTER_BITS
};

/* Odd. Any four would do, because tokens are hashes already. */
static const uint32_t multipliers[TTI_KGRAM_TOKENS] = {0x9E3779B1u, 0x2C1B3C6Du, 0xB55A4F09u,
                                                       0x297A2D39u};

void tti_kgram_index_free(tti_kgram_index *index)
{
    const tt_allocator *a = index->allocator;
    tti_array_free(&index->hashes, a);
    tti_array_free(&index->heads, a);
    tti_array_free(&index->next, a);
    tti_array_free(&index->filter, a);
    tti_array_free(&index->query_hashes, a);
    tti_array_free(&index->hits, a);
}

static void hash_kgrams(const uint32_t *tokens, uint32_t count, uint32_t *hashes)
{
    tti_kernels_get()->hash_shingles(tokens, count, multipliers, 0, TTI_KGRAM_TOKENS, hashes);
}

tt_status tti_kgram_index_build(tti_kgram_index *index, const uint32_t *tokens, uint32_t count,
                                tt_error *error)
{
    const tt_allocator *a = index->allocator;
    const uint32_t kgrams = tti_kgram_count(count);
    size_t slots, words;
    int bits = LEAST_SLOT_BITS;
    while (bits < MOST_SLOT_BITS && (size_t)1 << bits < (size_t)count * 2)
        bits++;
    slots = (size_t)1 << bits;
    words = (slots << FILTER_BITS) / 32;
    TTI_TRY_ALLOC(tti_array_resize(&index->hashes, a, kgrams) != TT_OK ||
                      tti_array_resize(&index->next, a, kgrams) != TT_OK ||
                      tti_array_resize(&index->heads, a, slots) != TT_OK ||
                      tti_array_resize(&index->filter, a, words) != TT_OK,
                  error, "an article's k-grams");
    memset(index->heads.items, 0xFF, slots * sizeof *index->heads.items);
    memset(index->filter.items, 0, words * sizeof *index->filter.items);
    index->tokens = tokens;
    index->count = count;
    index->shift = 32 - bits;
    hash_kgrams(tokens, kgrams, index->hashes.items);
    for (uint32_t p = kgrams; p-- > 0;) { /* from the last, so that a slot's positions ascend */
        const uint32_t bit = index->hashes.items[p] >> (index->shift - FILTER_BITS);
        uint32_t *head = tti_kgram_index_head(index, index->hashes.items[p]);
        index->next.items[p] = *head;
        *head = p;
        index->filter.items[bit / 32] |= 1u << bit % 32;
    }
    return TT_OK;
}

tt_status tti_kgram_index_probe(tti_kgram_index *index, const uint32_t *tokens, uint32_t count,
                                tt_error *error)
{
    const uint32_t kgrams = tti_kgram_count(count);
    TTI_TRY_ALLOC(tti_array_resize(&index->query_hashes, index->allocator, kgrams) != TT_OK ||
                      tti_array_resize(&index->hits, index->allocator, (size_t)kgrams + 1) != TT_OK,
                  error, "an article's k-grams");
    hash_kgrams(tokens, kgrams, index->query_hashes.items);
    index->hits.count =
        tti_kernels_get()->find_set_bits(index->query_hashes.items, kgrams, index->filter.items,
                                         index->shift - FILTER_BITS, index->hits.items);
    return TT_OK;
}
