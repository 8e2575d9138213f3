/*
 * Which texts have a word: a set of words, of which each has up to eight bits.
 */
#ifndef TTI_VERIFY_WORD_OWNERS_H
#define TTI_VERIFY_WORD_OWNERS_H

#include "util/array.h"
#include "util/error.h"
#include "util/table.h"

enum { TTI_WORD_FILTER = 64 };

/** Zeroed but for the table's allocator, it is empty. */
typedef struct tti_word_owners {
    tti_table table; /**< of the words' hashes */
    TTI_ARRAY(uint8_t) bits;
    uint64_t filter[TTI_WORD_FILTER]; /**< most words that are not in the table have no bit here */
} tti_word_owners;

/** Empties the set and makes room for `count` words. @return TT_OK, TT_ENOMEM */
static inline tt_status tti_word_owners_reset(tti_word_owners *w, size_t count)
{
    w->bits.count = 0;
    memset(w->filter, 0, sizeof w->filter);
    TTI_TRY(tti_array_reserve(&w->bits, w->table.allocator, count));
    return tti_table_reset(&w->table, count);
}

/** Sets bits of a word, for which there is room. */
static inline void tti_word_owners_add(tti_word_owners *w, uint32_t word, uint8_t bits)
{
    const uint32_t hash = tti_table_hash_u32(word), n = (uint32_t)w->bits.count;
    const uint32_t found = tti_table_find_or_add(&w->table, hash, n, NULL, NULL, NULL);
    w->filter[hash % TTI_WORD_FILTER] |= UINT64_C(1) << (hash >> 26);
    if (found == n)
        w->bits.items[w->bits.count++] = bits;
    else
        w->bits.items[found] |= bits;
}

/** Sets bits of a word if it is in the set. */
static inline void tti_word_owners_mark(tti_word_owners *w, uint32_t word, uint8_t bits)
{
    const uint32_t hash = tti_table_hash_u32(word);
    uint32_t found;
    if ((w->filter[hash % TTI_WORD_FILTER] >> (hash >> 26) & 1) == 0)
        return;
    found = tti_table_find(&w->table, hash, NULL, NULL, NULL);
    if (found != TTI_TABLE_NONE)
        w->bits.items[found] |= bits;
}

static inline void tti_word_owners_free(tti_word_owners *w)
{
    tti_array_free(&w->bits, w->table.allocator);
    tti_table_free(&w->table);
}

#endif
