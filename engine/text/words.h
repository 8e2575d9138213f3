/*
 * The words for numbers and dates in several languages, which are facts of an article.
 *
 * They are looked up by their token hash, which the tokenizer has anyway: a filter of 4096 bits
 * turns away nearly every other token with one load.
 */
#ifndef TTI_TEXT_WORDS_H
#define TTI_TEXT_WORDS_H

#include <stdint.h>

enum { TTI_WORDS_SLOTS = 1024 };

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
 * tells a name from a common word: "May" and "Sun" count as dates with a capital only, "mars" and
 * "mayo" without one. */
uint8_t tti_words_find(const tti_words *words, uint64_t hash, uint8_t token_flags);

static inline int tti_words_may_have(const tti_words *words, uint64_t hash)
{
    return (int)(words->filter[hash >> 58] >> (hash >> 52 & 63) & 1);
}

enum { TTI_SMALL_NUMBERS = 100, TTI_NUMBER_SLOTS = 1024, TTI_NUMBER_WORD_LISTS = 10 };

/** A token that is a small number; one of value 0 is an unused slot. */
typedef struct tti_number_slot {
    uint32_t hash; /**< the low bits, as a document has them */
    uint8_t value;
} tti_number_slot;

/** The numbers from 1 to 99 as tokens: one desk writes "twenty-one", another 21. */
typedef struct tti_small_numbers {
    uint32_t numerals[TTI_SMALL_NUMBERS];
    uint32_t words[TTI_SMALL_NUMBERS][TTI_NUMBER_WORD_LISTS]; /**< by languages; 0: none */
    tti_number_slot slots[TTI_NUMBER_SLOTS];
} tti_small_numbers;

/** Fills the table with the hashes that the tokens have under `seed`. */
void tti_small_numbers_init(tti_small_numbers *numbers, uint64_t seed);

/** The number from 1 to 99 that tokens [0, count) begin with: a numeral, a word, or the two words
 * of "twenty-one". @return 0 if they begin with none; *size: its tokens */
unsigned tti_small_number_of(const tti_small_numbers *numbers, const uint32_t *hashes,
                             uint32_t count, uint32_t *size);

#endif
