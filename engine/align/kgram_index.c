#include "align/kgram_index.h"

#include "kernels/kernels.h"
#include "util/alloc.h"
#include "util/error.h"

enum {
    LEAST_BITS = 6, /* of a slot's number: 64 slots */
    FINE_BITS = 3,  /* more in the number of a presence bit: eight of them a slot */
    MOST_BITS = 32 - FINE_BITS
};

/* Odd; any would do, for tokens are hashes. */
static const uint32_t multipliers[TTI_KGRAM_TOKENS] = {0x9E3779B1u, 0x2C1B3C6Du, 0xB55A4F09u,
                                                       0x297A2D39u};

void tti_kgram_index_free(tti_kgram_index *g)
{
    tti_release(g->allocator, g->keys, g->key_capacity, sizeof *g->keys);
    tti_release(g->allocator, g->heads, g->head_capacity, sizeof *g->heads);
    tti_release(g->allocator, g->next, g->next_capacity, sizeof *g->next);
    tti_release(g->allocator, g->present, g->present_capacity, sizeof *g->present);
    tti_release(g->allocator, g->other_keys, g->other_capacity, sizeof *g->other_keys);
    tti_release(g->allocator, g->hits, g->hit_capacity, sizeof *g->hits);
}

static void make_keys(const uint32_t *tokens, uint32_t grams, uint32_t *keys)
{
    tti_kernels_get()->fold(tokens, grams, multipliers, 0, TTI_KGRAM_TOKENS, keys);
}

static tt_status reserve(tti_kgram_index *g, uint32_t count, size_t slots, tt_error *error)
{
    const tt_allocator *a = g->allocator;
    const size_t words = (slots << FINE_BITS) / 32;
    if (tti_reserve(a, &g->keys, &g->key_capacity, count, sizeof *g->keys) != 0 ||
        tti_reserve(a, &g->next, &g->next_capacity, count, sizeof *g->next) != 0 ||
        tti_reserve(a, &g->heads, &g->head_capacity, slots, sizeof *g->heads) != 0 ||
        tti_reserve(a, &g->present, &g->present_capacity, words, sizeof *g->present) != 0)
        return tti_fail_memory(error, "an article's grams");
    memset(g->heads, 0xFF, slots * sizeof *g->heads);
    memset(g->present, 0, words * sizeof *g->present);
    return TT_OK;
}

tt_status tti_kgram_index_build(tti_kgram_index *g, const uint32_t *tokens, uint32_t count,
                                tt_error *error)
{
    const uint32_t grams = tti_kgram_count(count);
    int bits = LEAST_BITS;
    while (bits < MOST_BITS && (size_t)1 << bits < (size_t)count * 2)
        bits++;
    TTI_TRY(reserve(g, count, (size_t)1 << bits, error));
    g->tokens = tokens;
    g->count = count;
    g->shift = 32 - bits;
    make_keys(tokens, grams, g->keys);
    for (uint32_t p = grams; p-- > 0;) {
        const uint32_t fine = g->keys[p] >> (g->shift - FINE_BITS);
        uint32_t *head = tti_kgram_index_head(g, g->keys[p]);
        g->next[p] = *head; /* from the back, so that a slot's places ascend */
        *head = p;
        g->present[fine / 32] |= 1u << fine % 32;
    }
    return TT_OK;
}

tt_status tti_kgram_index_probe(tti_kgram_index *g, const uint32_t *tokens, uint32_t count,
                                tt_error *error)
{
    const uint32_t grams = tti_kgram_count(count);
    if (tti_reserve(g->allocator, &g->other_keys, &g->other_capacity, count,
                    sizeof *g->other_keys) != 0 ||
        tti_reserve(g->allocator, &g->hits, &g->hit_capacity, (size_t)count + 1, sizeof *g->hits) !=
            0)
        return tti_fail_memory(error, "an article's grams");
    make_keys(tokens, grams, g->other_keys);
    g->hit_count =
        tti_kernels_get()->probe(g->other_keys, grams, g->present, g->shift - FINE_BITS, g->hits);
    return TT_OK;
}
