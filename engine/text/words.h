/*
 * The few English words the text stage knows: numbers, dates, abbreviations.
 *
 * Number and date words are told by their token hash, which the stage has anyway: a filter of 4096
 * bits turns away nearly every other token with one load.
 */
#ifndef TTI_TEXT_WORDS_H
#define TTI_TEXT_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum { TTI_WORDS_SLOTS = 256 };

typedef struct tti_words {
    uint64_t seed;
    uint64_t filter[64];
    uint64_t hashes[TTI_WORDS_SLOTS]; /**< open addressing; a slot with flags 0 is free */
    uint8_t flags[TTI_WORDS_SLOTS];
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

/** Whether a period after text[begin, end) belongs to it: initials and titles. */
int tti_words_is_abbreviation(const uint8_t *text, size_t begin, size_t end);

#endif
