/*
 * The index of one article's k-grams by their hashes, and which k-grams of another article may
 * occur in it. Most k-grams of most pairs do not: a filter of one bit for each of eight times as
 * many hashes as there are slots says so before any position is looked at.
 */
#ifndef TTI_ALIGN_KGRAM_INDEX_H
#define TTI_ALIGN_KGRAM_INDEX_H

#include "util/array.h"

#include <string.h>

enum { TTI_KGRAM_TOKENS = 4 }; /**< tokens in a k-gram */

#define TTI_NO_POSITION UINT32_MAX

/** Belongs to one thread. Zero it, but for the allocator, before first use. */
typedef struct tti_kgram_index {
    const tt_allocator *allocator;
    const uint32_t *tokens;           /**< of the indexed article; borrowed */
    uint32_t count;                   /**< how many */
    TTI_ARRAY(uint32_t) hashes;       /**< of the indexed article's k-grams */
    TTI_ARRAY(uint32_t) heads;        /**< the first position of each slot */
    TTI_ARRAY(uint32_t) next;         /**< the next position in the same slot; positions ascend */
    TTI_ARRAY(uint32_t) filter;       /**< one bit for each hash >> (shift - 3) that occurs */
    int shift;                        /**< the slot of a hash is hash >> shift */
    TTI_ARRAY(uint32_t) query_hashes; /**< of the k-grams probed last */
    TTI_ARRAY(uint32_t)
    hits; /**< positions of the probed article whose k-gram passes the filter,
               ascending */
} tti_kgram_index;

void tti_kgram_index_free(tti_kgram_index *index);

/** Indexes an article, whose tokens stay borrowed. @return TT_OK, TT_ENOMEM */
tt_status tti_kgram_index_build(tti_kgram_index *index, const uint32_t *tokens, uint32_t count,
                                tt_error *error);

/** Fills `hits` and `query_hashes` for another article. @return TT_OK, TT_ENOMEM */
tt_status tti_kgram_index_probe(tti_kgram_index *index, const uint32_t *tokens, uint32_t count,
                                tt_error *error);

/** How many k-grams an article of `token_count` tokens has. */
static inline uint32_t tti_kgram_count(uint32_t token_count)
{
    return token_count < TTI_KGRAM_TOKENS ? 0 : token_count - TTI_KGRAM_TOKENS + 1;
}

static inline int tti_kgrams_equal(const uint32_t *x, const uint32_t *y)
{
    return memcmp(x, y, TTI_KGRAM_TOKENS * sizeof *x) == 0;
}

/** The slot of a hash: its first position, which may be TTI_NO_POSITION. */
static inline uint32_t *tti_kgram_index_head(const tti_kgram_index *index, uint32_t hash)
{
    return &index->heads.items[hash >> index->shift];
}

/** The first position from `p` on, within the slot of p, where `kgram` occurs, or TTI_NO_POSITION.
 */
static inline uint32_t tti_kgram_index_find(const tti_kgram_index *index, const uint32_t *kgram,
                                            uint32_t p)
{
    while (p != TTI_NO_POSITION && !tti_kgrams_equal(kgram, index->tokens + p)) {
        assert(index->next.items[p] == TTI_NO_POSITION || index->next.items[p] > p);
        p = index->next.items[p];
    }
    return p;
}

#endif
