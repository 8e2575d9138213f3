/*
 * Character properties, from utf8proc: classes, case, normalised bytes, canonical order.
 *
 * Casefold and NFKD are taken character by character. That equals NFKD of the fold of the NFD of
 * the whole token (Unicode 3.13, D146) but for characters with an iota subscript, which
 * tti_characters_needs_order() names.
 */
#include "text/characters.h"

#include <string.h>

#include <utf8proc.h>

_Atomic uint64_t tti_characters_table[TTI_CHARACTERS_TABLED];

typedef struct code_range {
    uint32_t first, last;
} code_range;

/*
 * Letters that are a token each: the scripts Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar
 * of Unicode 15.0 (Blocks.txt, Scripts.txt); only the letters among them count. U+3007, a number by
 * category, is written among ideographs like one.
 */
static const code_range single_ranges[] = {
    {0x0E00, 0x0E7F},   /* Thai */
    {0x0E80, 0x0EFF},   /* Lao */
    {0x1000, 0x109F},   /* Myanmar */
    {0x1780, 0x17FF},   /* Khmer */
    {0x3005, 0x3007},   /* ideographic iteration mark, closing mark, zero */
    {0x303B, 0x303C},   /* vertical iteration mark, masu mark */
    {0x3041, 0x30FF},   /* Hiragana, Katakana, prolonged sound mark */
    {0x31F0, 0x31FF},   /* Katakana phonetic extensions */
    {0x3400, 0x4DBF},   /* CJK extension A */
    {0x4E00, 0x9FFF},   /* CJK unified ideographs */
    {0xA9E0, 0xA9FF},   /* Myanmar extended B */
    {0xAA60, 0xAA7F},   /* Myanmar extended A */
    {0xF900, 0xFAFF},   /* CJK compatibility ideographs */
    {0xFF66, 0xFF9D},   /* half-width Katakana */
    {0x1AFF0, 0x1AFFF}, /* Kana extended B */
    {0x1B000, 0x1B16F}, /* Kana supplement, extended A, small kana extension */
    {0x20000, 0x3FFFD}, /* CJK extensions B .. H and compatibility supplement */
};

static int is_in_ranges(const code_range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code <= ranges[i].last)
            return code >= ranges[i].first;
    return 0;
}

static int is_single_letter(uint32_t code)
{
    return is_in_ranges(single_ranges, sizeof single_ranges / sizeof single_ranges[0], code);
}

/* Half-width voiced sound marks: letters that decompose to combining marks. */
static int is_half_width_mark(uint32_t code)
{
    return code == 0xFF9E || code == 0xFF9F;
}

/* The letters that are written for an apostrophe: U+02BC, U+02BB and U+02BD turned. As ' and U+2019
 * they separate, so that a text is the same with any of them. */
static int is_letter_apostrophe(uint32_t code)
{
    return code >= 0x2BB && code <= 0x2BD;
}

/* Letters that only stretch the one before them: Arabic tatweel, N'Ko lajanyalan. */
static int is_stretching(uint32_t code)
{
    return code == 0x640 || code == 0x7FA;
}

static unsigned class_of_letter(uint32_t code, const utf8proc_property_t *property)
{
    /* Hangul fillers are letters that show nothing. */
    if (property->ignorable || is_stretching(code))
        return TTI_CHAR_IGNORE;
    if (is_letter_apostrophe(code))
        return TTI_CHAR_OTHER;
    if (is_half_width_mark(code))
        return TTI_CHAR_MARK;
    return is_single_letter(code) ? TTI_CHAR_SINGLE : TTI_CHAR_WORD;
}

static unsigned character_class(uint32_t code, const utf8proc_property_t *property)
{
    switch (property->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return class_of_letter(code, property);
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        /* Variation selectors choose a glyph and follow emoji too. */
        return property->ignorable ? TTI_CHAR_IGNORE : TTI_CHAR_MARK;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return code == 0x3007 ? TTI_CHAR_SINGLE : TTI_CHAR_WORD;
    case UTF8PROC_CATEGORY_CF: /* the zero width space is where a word ends (UAX #29) */
        return code == 0x200B ? TTI_CHAR_SPACE : TTI_CHAR_IGNORE;
    case UTF8PROC_CATEGORY_ZS: return TTI_CHAR_SPACE;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return TTI_CHAR_LINE;
    case UTF8PROC_CATEGORY_CC:
        if (code == '\n' || code == '\r')
            return TTI_CHAR_LINE;
        return (code >= '\t' && code <= '\r') || code == 0x85 ? TTI_CHAR_SPACE : TTI_CHAR_OTHER;
    default: return TTI_CHAR_OTHER;
    }
}

/* The combining classes of Unicode, ascending: a rank of 6 bits orders marks as well as they do. */
static const uint8_t combining_classes[] = {
    0,   1,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,
    23,  24,  25,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  84,  91,  103, 107, 118,
    122, 129, 130, 132, 202, 214, 216, 218, 220, 222, 224, 226, 228, 230, 232, 233, 234, 240,
};

enum { UNRANKED = 63 };

static unsigned combining_rank(uint32_t code)
{
    const int combining_class = utf8proc_get_property((utf8proc_int32_t)code)->combining_class;
    for (unsigned i = 0; i < sizeof combining_classes; i++)
        if (combining_classes[i] == combining_class)
            return i;
    return UNRANKED;
}

int tti_characters_is_small_letter(uint32_t code)
{
    return utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_LL;
}

int tti_characters_needs_order(uint32_t code)
{
    return code == 0x345 || code == 0x37A || (code >= 0x1F80 && code <= 0x1FFC);
}

static int is_decimal_digit(uint32_t code)
{
    return utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_ND;
}

/* The scripts in which a word goes on through digits, as in "B2B" and "2nd". */
static const code_range latin_ranges[] = {
    {0x0041, 0x02AF},   /* Latin to IPA extensions */
    {0x1D00, 0x1EFF},   /* phonetic extensions, Latin extended additional */
    {0x2071, 0x214F},   /* superscripts and subscripts, letter-like symbols */
    {0x2C60, 0x2C7F},   /* extended C */
    {0xA720, 0xA7FF},   /* extended D */
    {0xAB30, 0xAB6F},   /* extended E */
    {0xFB00, 0xFB06},   /* ligatures */
    {0xFF21, 0xFF5A},   /* full width */
    {0x1D400, 0x1D7FF}, /* mathematical */
};

int tti_characters_part(uint32_t before, uint32_t after)
{
    const uint32_t letter = is_decimal_digit(before) ? after : before;
    return (is_decimal_digit(before) || is_decimal_digit(after)) &&
           !is_in_ranges(latin_ranges, sizeof latin_ranges / sizeof latin_ranges[0], letter);
}

/*
 * The character that stands for those that the same word is written with. Decimal digits of all
 * scripts are those of ASCII: Unicode has each script's ten in a row. Keyboards of Arabic and
 * Persian have different yehs and kafs, which look alike, and the press of Egypt and Persian text
 * of old encodings write alef maksura for a yeh at the end of a word.
 */
static uint32_t plainest_form(uint32_t code)
{
    uint32_t digit = 0;
    switch (code) {
    case 0x0649:
    case 0x06CC: return 0x064A;
    case 0x06A9: return 0x0643;
    default: break;
    }
    if (code < 0x80 || !is_decimal_digit(code))
        return code;
    while (is_decimal_digit(code - digit - 1))
        digit++;
    return '0' + digit % 10;
}

size_t tti_characters_normalise(uint32_t code, int fold, uint8_t out[TTI_CHARACTERS_MAX_FOLD])
{
    utf8proc_int32_t codes[20];
    utf8proc_ssize_t count;
    size_t n = 0;
    const int options = UTF8PROC_DECOMPOSE | (fold ? UTF8PROC_COMPAT | UTF8PROC_CASEFOLD : 0);
    if (tti_is_hangul(code))
        return tti_hangul_normalise(code, out);
    count = utf8proc_decompose_char((utf8proc_int32_t)code, codes, 20, (utf8proc_option_t)options,
                                    NULL);
    if (count < 0 || count > 20) {
        codes[0] = (utf8proc_int32_t)code;
        count = 1;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++)
        n +=
            tti_utf8_encode(fold ? plainest_form((uint32_t)codes[i]) : (uint32_t)codes[i], out + n);
    return n;
}

/* The fold's size, bytes and order, or the slow bit where they do not fit. */
static uint64_t fold_bits(uint32_t code, unsigned class)
{
    uint8_t bytes[TTI_CHARACTERS_MAX_FOLD];
    const size_t size = tti_characters_normalise(code, 1, bytes);
    uint64_t bits = 0;
    unsigned first = 0, last = 0, length;
    for (size_t i = 0; i < size; i += length) {
        last = combining_rank(tti_utf8_decode(bytes + i, size - i, &length));
        if (i == 0)
            first = last;
    }
    /* A single rank describes both ends of the bytes: 0 for a letter, `last` for a mark. */
    if (size == 0 || size > 6 || last == UNRANKED || first != (class == TTI_CHAR_MARK ? last : 0) ||
        tti_characters_needs_order(code))
        return UINT64_C(1) << 6;
    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t)bytes[i] << (16 + 8 * i);
    return bits | (uint64_t)size << 7 | (uint64_t)last << 10;
}

uint64_t tti_characters_fill(uint32_t code)
{
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    const unsigned class = character_class(code, property);
    uint64_t entry = class;
    if (class >= TTI_CHAR_WORD) {
        const int category = property->category;
        entry |= (uint64_t)(category == UTF8PROC_CATEGORY_LU) << 3 |
                 (uint64_t)(category == UTF8PROC_CATEGORY_LT) << 4 |
                 (uint64_t)(category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)
                     << 5 |
                 fold_bits(code, class);
    }
    if (code < TTI_CHARACTERS_TABLED)
        atomic_store_explicit(&tti_characters_table[code], entry, memory_order_relaxed);
    return entry;
}

/* The rank of a decomposed character: only marks have one. */
static unsigned rank_in_text(const uint8_t *text, size_t size, unsigned *length)
{
    const uint32_t code = tti_utf8_decode(text, size, length);
    uint64_t entry;
    if (code < 0x300)
        return 0;
    entry = tti_characters_get(code);
    if (tti_char_class(entry) != TTI_CHAR_MARK || is_half_width_mark(code))
        return 0;
    return tti_char_slow(entry) ? combining_rank(code) : tti_char_rank(entry);
}

/*
 * Orders one run of marks, text[0, size): a pass for each rank that occurs in it, so that a run of
 * any length costs no square. Marks of one rank keep their order.
 */
static void order_marks_of_run(uint8_t *text, size_t size, uint64_t ranks, uint8_t *scratch)
{
    size_t filled = 0;
    unsigned length;
    for (unsigned rank = 0; ranks >> rank != 0; rank++) {
        if ((ranks >> rank & 1) == 0)
            continue;
        for (size_t i = 0; i < size; i += length) {
            if (rank_in_text(text + i, size - i, &length) != rank)
                continue;
            memcpy(scratch + filled, text + i, length);
            filled += length;
        }
    }
    memcpy(text, scratch, size);
}

void tti_characters_order_marks(uint8_t *text, size_t size, uint8_t *scratch)
{
    size_t begin = 0;
    uint64_t ranks = 0;
    unsigned length, before = 0;
    int wrong = 0;
    for (size_t i = 0; i <= size; i += length) {
        const unsigned rank =
            i < size ? rank_in_text(text + i, size - i, &length) : (length = 1, 0);
        if (rank != 0) {
            wrong |= rank < before;
            ranks |= UINT64_C(1) << rank;
        } else {
            if (wrong)
                order_marks_of_run(text + begin, i - begin, ranks, scratch);
            begin = i + length;
            ranks = 0;
            wrong = 0;
        }
        before = rank;
    }
}
