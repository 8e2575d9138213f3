/*
 * The grams of one article, four tokens each, indexed by hash, and which grams of another may stand
 * among them. Most grams of most pairs do not: a bit for each slot tells, eight times as many as
 * there are slots, before any place is looked at.
 */
#ifndef TTI_ALIGN_KGRAM_INDEX_H
#define TTI_ALIGN_KGRAM_INDEX_H

#include "twicetold.h"

#include <string.h>

enum { TTI_KGRAM_TOKENS = 4 }; /**< tokens in a gram */

#define TTI_NO_POSITION UINT32_MAX

/** One thread's; zero it but for the allocator. */
typedef struct tti_kgram_index {
    const tt_allocator *allocator;
    const uint32_t *tokens; /**< of the loaded article, borrowed */
    uint32_t count;         /**< its tokens */
    uint32_t *keys;         /**< hashes of its grams */
    uint32_t *heads, *next; /**< first place of a slot; next place of a place's slot; ascending */
    uint32_t *present;      /**< a bit for each key >> (shift - 3) */
    int shift;              /**< a key's slot is key >> shift */
    uint32_t *other_keys;   /**< hashes of the other article's grams */
    uint32_t *hits;         /**< its places whose gram may stand in the loaded one, ascending */
    size_t hit_count;
    size_t key_capacity, head_capacity, next_capacity, present_capacity, other_capacity,
        hit_capacity;
} tti_kgram_index;

void tti_kgram_index_free(tti_kgram_index *g);

/** Indexes an article, whose tokens stay borrowed. @return TT_OK, TT_ENOMEM */
tt_status tti_kgram_index_build(tti_kgram_index *g, const uint32_t *tokens, uint32_t count,
                                tt_error *error);

/** Fills hits and other_keys for another article. @return TT_OK, TT_ENOMEM */
tt_status tti_kgram_index_probe(tti_kgram_index *g, const uint32_t *tokens, uint32_t count,
                                tt_error *error);

/** Grams of an article of so many tokens. */
static inline uint32_t tti_kgram_count(uint32_t token_count)
{
    return token_count < TTI_KGRAM_TOKENS ? 0 : token_count - TTI_KGRAM_TOKENS + 1;
}

static inline int tti_kgrams_equal(const uint32_t *x, const uint32_t *y)
{
    return memcmp(x, y, TTI_KGRAM_TOKENS * sizeof *x) == 0;
}

/** The first place from p on, of its slot, where the gram stands; TTI_NO_POSITION if there is none.
 */
static inline uint32_t tti_kgram_index_find(const tti_kgram_index *g, const uint32_t *gram,
                                            uint32_t p)
{
    while (p != TTI_NO_POSITION && !tti_kgrams_equal(gram, g->tokens + p))
        p = g->next[p];
    return p;
}

static inline uint32_t *tti_kgram_index_head(const tti_kgram_index *g, uint32_t key)
{
    return &g->heads[key >> g->shift];
}

#endif
