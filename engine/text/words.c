#include "text/words.h"

#include <stdio.h>
#include <string.h>

#include "text/tokenizer.h"
#include "util/hash.h"
#include "util/table.h"

enum { NEEDS_CAPITAL = 1u << 7 };

/* Words of one kind, parted by spaces. */
typedef struct word_list {
    uint8_t flags;
    const char *words;
} word_list;

static const word_list lists[] = {
    {TTI_TOKEN_NUMBER_WORD,
     "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
     "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
     "hundred thousand million billion first second third fourth fifth sixth seventh eighth ninth "
     "tenth dozen half quarter "},
    {TTI_TOKEN_DATE_WORD,
     "january february april june july august september october november december jan feb apr jun "
     "jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday sunday mon "
     "tue tues thu thur thurs fri "},
    {TTI_TOKEN_DATE_WORD | NEEDS_CAPITAL, "march may mar wed sat sun "},
};

#define HOME_OF(slot, count) ((slot)->hash & ((count)-1))
#define IS_USED(slot, base) ((slot)->flags != 0)
TTI_PROBING(words, tti_word_slot, HOME_OF, IS_USED)

static void insert_word(tti_words *words, const char *word, size_t size, uint8_t flags)
{
    const uint64_t hash = XXH3_64bits_withSeed(word, size, words->seed);
    *words_unused(words->slots, TTI_WORDS_SLOTS, hash % TTI_WORDS_SLOTS, 0) =
        (tti_word_slot){hash, flags};
    words->filter[hash >> 58] |= UINT64_C(1) << (hash >> 52 & 63);
}

void tti_words_init(tti_words *words, uint64_t seed)
{
    memset(words, 0, sizeof *words);
    words->seed = seed;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const char *word = lists[i].words;
        for (const char *space; (space = strchr(word, ' ')) != NULL; word = space + 1)
            insert_word(words, word, (size_t)(space - word), lists[i].flags);
    }
}

uint8_t tti_words_find(const tti_words *words, uint64_t hash, uint8_t token_flags)
{
    size_t at = hash % TTI_WORDS_SLOTS;
    for (; words->slots[at].flags != 0; at = (at + 1) % TTI_WORDS_SLOTS) {
        const uint8_t flags = words->slots[at].flags;
        if (words->slots[at].hash != hash)
            continue;
        if ((flags & NEEDS_CAPITAL) != 0 && (token_flags & TTI_TOKEN_CAPITAL) == 0)
            return 0;
        return flags & (TTI_TOKEN_NUMBER_WORD | TTI_TOKEN_DATE_WORD);
    }
    return 0;
}

void tti_small_numbers_init(tti_small_numbers *numbers, uint64_t seed)
{
    const char *word = lists[0].words;
    memset(numbers, 0, sizeof *numbers);
    for (unsigned n = 1; n < TTI_SMALL_NUMBERS; n++) {
        char numeral[4];
        const int size = snprintf(numeral, sizeof numeral, "%u", n);
        numbers->numerals[n] = (uint32_t)XXH3_64bits_withSeed(numeral, (size_t)size, seed);
        if (n <= 20 || n % 10 == 0) {
            const char *space = strchr(word, ' ');
            numbers->words[n] = (uint32_t)XXH3_64bits_withSeed(word, (size_t)(space - word), seed);
            word = space + 1;
        }
    }
}

/* The number whose hash is in the table. @return 0: none */
static unsigned find_number(const uint32_t *table, uint32_t hash)
{
    unsigned n = TTI_SMALL_NUMBERS - 1;
    while (n > 0 && table[n] != hash)
        n--;
    return n;
}

unsigned tti_small_number_of(const tti_small_numbers *numbers, const uint32_t *hashes,
                             uint32_t count, uint32_t *size)
{
    unsigned n = find_number(numbers->numerals, hashes[0]);
    *size = 1;
    if (n > 0)
        return n;
    n = find_number(numbers->words, hashes[0]);
    if (n >= 20 && count > 1) {
        const unsigned unit = find_number(numbers->words, hashes[1]);
        if (unit > 0 && unit < 10) {
            *size = 2;
            return n + unit;
        }
    }
    return n;
}
