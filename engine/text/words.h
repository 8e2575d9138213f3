/*
 * The English words for numbers and dates, which are facts of an article.
 *
 * They are looked up by their token hash, which the tokenizer has anyway: a filter of 4096 bits
 * turns away nearly every other token with one load.
 */
#ifndef TTI_TEXT_WORDS_H
#define TTI_TEXT_WORDS_H

#include <stdint.h>

enum { TTI_WORDS_SLOTS = 256 };

/** A word; one with no flags is an unused slot. */
typedef struct tti_word_slot {
    uint64_t hash;
    uint8_t flags;
} tti_word_slot;

typedef struct tti_words {
    uint64_t seed;
    uint64_t filter[64];
    tti_word_slot slots[TTI_WORDS_SLOTS];
} tti_words;

/** Fills the table with the hashes the words have under `seed`. */
void tti_words_init(tti_words *words, uint64_t seed);

/** TTI_TOKEN_NUMBER_WORD, TTI_TOKEN_DATE_WORD or 0 for a hash that passed the filter. `token_flags`
 * tells a name from a common word: "May" and "Sun" count as dates with a capital only. */
uint8_t tti_words_find(const tti_words *words, uint64_t hash, uint8_t token_flags);

static inline int tti_words_may_have(const tti_words *words, uint64_t hash)
{
    return (int)(words->filter[hash >> 58] >> (hash >> 52 & 63) & 1);
}

#endif
