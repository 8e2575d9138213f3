#include "text/words.h"

#include <string.h>

#include "common/hash.h"
#include "text/text.h"

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

static void add_word(tti_words *words, const char *word, size_t size, uint8_t flags)
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
            add_word(words, word, (size_t)(space - word), lists[i].flags);
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

int tti_words_abbreviation(const uint8_t *text, size_t begin, size_t end)
{
    static const char known[][6] = {"Mr",   "Mrs",  "Ms",  "Dr",   "Sen", "Rep", "Gen", "Gov",
                                    "Inc",  "Corp", "Co",  "Ltd",  "St",  "vs",  "No",  "Prof",
                                    "Lt",   "Col",  "Sgt", "Capt", "Rev", "Hon", "Maj", "Adm",
                                    "Bros", "Jan",  "Feb", "Aug",  "Sept", "Oct", "Nov", "Dec"};
    const size_t size = end - begin;
    if (size == 1)
        return text[begin] >= 'A' && text[begin] <= 'Z';
    for (size_t i = 0; size < 5 && i < sizeof known / sizeof known[0]; i++)
        if (memcmp(known[i], text + begin, size) == 0 && known[i][size] == '\0')
            return 1;
    return 0;
}
