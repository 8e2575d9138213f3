#include "text/words.h"

#include <stdio.h>
#include <string.h>

#include "text/tokenizer.h"
#include "util/hash.h"
#include "util/table.h"

enum { NEEDS_CAPITAL = 1u << 7, NEEDS_SMALL = 1u << 6 };

/* Words of one kind, parted by spaces, as the tokenizer folds them: in NFKD. */
typedef struct word_list {
    uint8_t flags;
    const char *words;
} word_list;

/*
 * The numbers from 1 to 20 and the tens from 30 to 90, a language a line: a dash where it has two
 * words, or one that means something else more often, in this language or another one: Spanish
 * "once", Portuguese "dos", Italian "due", French "sept".
 */
static const char *const number_words[TTI_NUMBER_WORD_LISTS] = {
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety ",
    /* German */
    "- zwei drei vier fu\u0308nf sechs sieben acht neun zehn elf zwo\u0308lf dreizehn vierzehn "
    "fu\u0308nfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreissig vierzig fu\u0308nfzig "
    "sechzig siebzig achtzig neunzig ",
    /* French */
    "- deux trois quatre cinq six - huit neuf dix onze douze treize quatorze quinze - - - - vingt "
    "trente quarante cinquante soixante - - - ",
    /* Spanish */
    "- - tres cuatro cinco seis siete ocho nueve diez - doce trece catorce quince "
    "diecise\u0301is diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta "
    "setenta ochenta noventa ",
    /* Portuguese */
    "- dois tre\u0302s quatro - - sete oito nove dez - - treze - - dezesseis dezessete dezoito "
    "dezenove vinte trinta quarenta cinquenta sessenta - oitenta - ",
    /* Italian */
    "- - tre quattro cinque - sette - - dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti trenta quaranta - sessanta settanta ottanta novanta ",
    /* Dutch */
    "- twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig ",
    /* Russian, and the forms of the smallest in other cases */
    "- два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать "
    "сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто ",
    "- двух трех четырех пяти шести семи восьми девяти десяти - - - - - - - - - - - - - - - - - ",
    "- две тре\u0308х четыре\u0308х - - - - - - - - - - - - - - - - - - - - - - - ",
};

static const word_list lists[] = {
    {TTI_TOKEN_NUMBER_WORD,
     "hundred thousand million billion first second third fourth fifth sixth seventh eighth ninth "
     "tenth dozen half quarter "},
    {TTI_TOKEN_DATE_WORD,
     "january february april june july august september october november december jan feb apr jun "
     "jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday sunday mon "
     "tue tues thu thur thurs fri "
     /* German */
     "januar februar ma\u0308rz mai juni juli oktober dezember montag dienstag mittwoch donnerstag "
     "freitag samstag sonnabend sonntag "
     /* French */
     "janvier fe\u0301vrier juin juillet aou\u0302t septembre octobre novembre de\u0301cembre "
     "lundi "
     "mardi mercredi jeudi vendredi samedi dimanche "
     /* Spanish and Portuguese */
     "enero febrero marzo abril junio agosto septiembre octubre noviembre diciembre lunes martes "
     "mie\u0301rcoles jueves viernes sa\u0301bado janeiro fevereiro marc\u0327o maio junho julho "
     "setembro outubro novembro dezembro "
     /* Italian */
     "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedi\u0300 "
     "martedi\u0300 mercoledi\u0300 giovedi\u0300 venerdi\u0300 sabato domenica "
     /* Dutch */
     "januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag "
     "zondag "
     /* Russian */
     "января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
     "понедельник вторник среду четверг пятницу субботу воскресенье "},
    {TTI_TOKEN_DATE_WORD | NEEDS_CAPITAL, "march may mar wed sat sun "},
    {TTI_TOKEN_DATE_WORD | NEEDS_SMALL, "mars avril mayo julio domingo "},
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

static void insert_words(tti_words *words, word_list list)
{
    const char *word = list.words;
    for (const char *space; (space = strchr(word, ' ')) != NULL; word = space + 1)
        if (*word != '-')
            insert_word(words, word, (size_t)(space - word), list.flags);
}

void tti_words_init(tti_words *words, uint64_t seed)
{
    memset(words, 0, sizeof *words);
    words->seed = seed;
    for (size_t i = 0; i < TTI_NUMBER_WORD_LISTS; i++)
        insert_words(words, (word_list){TTI_TOKEN_NUMBER_WORD, number_words[i]});
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        insert_words(words, lists[i]);
}

uint8_t tti_words_find(const tti_words *words, uint64_t hash, uint8_t token_flags)
{
    size_t at = hash % TTI_WORDS_SLOTS;
    for (; words->slots[at].flags != 0; at = (at + 1) % TTI_WORDS_SLOTS) {
        const uint8_t flags = words->slots[at].flags;
        const unsigned unwanted =
            (token_flags & TTI_TOKEN_CAPITAL) != 0 ? NEEDS_SMALL : NEEDS_CAPITAL;
        if (words->slots[at].hash == hash)
            return (flags & unwanted) != 0 ? 0
                                           : flags & (TTI_TOKEN_NUMBER_WORD | TTI_TOKEN_DATE_WORD);
    }
    return 0;
}

/* ---- Small numbers --------------------------------------------------------------------------- */

#define HOME_OF_NUMBER(slot, count) ((slot)->hash & ((count)-1))
#define IS_NUMBER_USED(slot, base) ((slot)->value != 0)
TTI_PROBING(numbers, tti_number_slot, HOME_OF_NUMBER, IS_NUMBER_USED)

static uint32_t insert_number(tti_small_numbers *numbers, const char *token, size_t size,
                              unsigned value, uint64_t seed)
{
    const uint32_t hash = (uint32_t)XXH3_64bits_withSeed(token, size, seed);
    *numbers_unused(numbers->slots, TTI_NUMBER_SLOTS, hash % TTI_NUMBER_SLOTS, 0) =
        (tti_number_slot){hash, (uint8_t)value};
    return hash;
}

void tti_small_numbers_init(tti_small_numbers *numbers, uint64_t seed)
{
    memset(numbers, 0, sizeof *numbers);
    for (unsigned n = 1; n < TTI_SMALL_NUMBERS; n++) {
        char numeral[4];
        const int size = snprintf(numeral, sizeof numeral, "%u", n);
        numbers->numerals[n] = insert_number(numbers, numeral, (size_t)size, n, seed);
    }
    for (size_t i = 0; i < TTI_NUMBER_WORD_LISTS; i++) {
        const char *word = number_words[i];
        for (unsigned n = 1; n < TTI_SMALL_NUMBERS; n += n < 20 ? 1 : 10) {
            const char *space = strchr(word, ' ');
            if (*word != '-')
                numbers->words[n][i] =
                    insert_number(numbers, word, (size_t)(space - word), n, seed);
            word = space + 1;
        }
    }
}

/* @return the value of a token, 0 if it is no small number */
static unsigned find_number(const tti_small_numbers *numbers, uint32_t hash)
{
    size_t at = hash % TTI_NUMBER_SLOTS;
    while (numbers->slots[at].value != 0 && numbers->slots[at].hash != hash)
        at = (at + 1) % TTI_NUMBER_SLOTS;
    return numbers->slots[at].value;
}

unsigned tti_small_number_of(const tti_small_numbers *numbers, const uint32_t *hashes,
                             uint32_t count, uint32_t *size)
{
    const unsigned n = find_number(numbers, hashes[0]);
    *size = 1;
    if (n >= 20 && n % 10 == 0 && hashes[0] != numbers->numerals[n] && count > 1) {
        const unsigned unit = find_number(numbers, hashes[1]);
        if (unit > 0 && unit < 10 && hashes[1] != numbers->numerals[unit]) {
            *size = 2;
            return n + unit;
        }
    }
    return n;
}
