#include "text/words.h"

#include <string.h>

#include "text/tokenizer.h"
#include "util/hash.h"

enum { NEEDS_CAPITAL = 1u << 7, SLOT_MASK = TTI_WORDS_SLOTS - 1 };

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

static void insert_word(tti_words *words, const char *word, size_t size, uint8_t flags)
{
    const uint64_t hash = XXH3_64bits_withSeed(word, size, words->seed);
    size_t slot = hash & SLOT_MASK;
    while (words->flags[slot] != 0)
        slot = (slot + 1) & SLOT_MASK;
    words->hashes[slot] = hash;
    words->flags[slot] = flags;
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
    for (size_t slot = hash & SLOT_MASK; words->flags[slot] != 0; slot = (slot + 1) & SLOT_MASK) {
        const uint8_t flags = words->flags[slot];
        if (words->hashes[slot] != hash)
            continue;
        if ((flags & NEEDS_CAPITAL) != 0 && (token_flags & TTI_TOKEN_CAPITAL) == 0)
            return 0;
        return flags & (TTI_TOKEN_NUMBER_WORD | TTI_TOKEN_DATE_WORD);
    }
    return 0;
}

/* Up to four letters as a number. */
#define LETTERS(a, b, c, d)                                                                        \
  ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

int tti_words_is_abbreviation(const uint8_t *text, size_t begin, size_t end)
{
    const size_t size = end - begin;
    uint32_t letters = 0;
    if (size == 1)
        return text[begin] >= 'A' && text[begin] <= 'Z';
    if (size > 4)
        return 0;
    for (size_t i = 0; i < size; i++)
        letters |= (uint32_t)text[begin + i] << (8 * i);
    switch (letters) {
    case LETTERS('M', 'r', 0, 0):
    case LETTERS('M', 'r', 's', 0):
    case LETTERS('M', 's', 0, 0):
    case LETTERS('D', 'r', 0, 0):
    case LETTERS('S', 't', 0, 0):
    case LETTERS('P', 'r', 'o', 'f'):
    case LETTERS('R', 'e', 'v', 0):
    case LETTERS('H', 'o', 'n', 0):
    case LETTERS('S', 'e', 'n', 0):
    case LETTERS('R', 'e', 'p', 0):
    case LETTERS('G', 'o', 'v', 0):
    case LETTERS('G', 'e', 'n', 0):
    case LETTERS('C', 'o', 'l', 0):
    case LETTERS('M', 'a', 'j', 0):
    case LETTERS('C', 'a', 'p', 't'):
    case LETTERS('L', 't', 0, 0):
    case LETTERS('S', 'g', 't', 0):
    case LETTERS('A', 'd', 'm', 0):
    case LETTERS('I', 'n', 'c', 0):
    case LETTERS('C', 'o', 'r', 'p'):
    case LETTERS('C', 'o', 0, 0):
    case LETTERS('L', 't', 'd', 0):
    case LETTERS('B', 'r', 'o', 's'):
    case LETTERS('v', 's', 0, 0):
    case LETTERS('N', 'o', 0, 0):
    case LETTERS('J', 'a', 'n', 0):
    case LETTERS('F', 'e', 'b', 0):
    case LETTERS('A', 'u', 'g', 0):
    case LETTERS('S', 'e', 'p', 't'):
    case LETTERS('O', 'c', 't', 0):
    case LETTERS('N', 'o', 'v', 0):
    case LETTERS('D', 'e', 'c', 0): return 1;
    default: return 0;
    }
}
