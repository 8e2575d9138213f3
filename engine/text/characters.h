/*
 * What the tokenizer needs to know of a character, in one 64-bit word.
 *
 *     bits  0.. 2  class (TTI_CHAR_*), never 0 in a filled entry
 *     bit   3      upper case (Lu)
 *     bit   4      title case (Lt)
 *     bit   5      number (N*)
 *     bit   6      slow: bytes do not fit here, or depend on their neighbours
 *     bits  7.. 9  size of the normalised bytes, 1 .. 6
 *     bits 10..15  rank of the combining class of the last normalised character, 0: a starter
 *     bits 16..63  the normalised bytes (tti_characters_normalise), first byte lowest
 *
 * The table is filled character by character as text asks for them: every thread that finds a hole
 * computes the same word and stores it, so no lock is needed, and no call to utf8proc is made twice
 * for a character of common text.
 */
#ifndef TTI_TEXT_CHARACTERS_H
#define TTI_TEXT_CHARACTERS_H

#include "util/utf8.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TTI_CHAR_OTHER = 1,  /**< separates: punctuation, symbols, controls, unassigned */
    TTI_CHAR_SPACE = 2,  /**< separates: white space */
    TTI_CHAR_LINE = 3,   /**< separates and ends a line: LF, CR, U+2028, U+2029 */
    TTI_CHAR_IGNORE = 4, /**< format characters and default-ignorable ones */
    TTI_CHAR_WORD = 5,   /**< letters and numbers that form runs */
    TTI_CHAR_SINGLE = 6, /**< a letter that is a token by itself */
    TTI_CHAR_MARK = 7
};

/** Code points with a table entry; those above have none (tti_characters_get). */
#define TTI_CHARACTERS_TABLED 0x40000u

/** Most bytes that one character's normalised form can have: 18 characters of 4 bytes. */
#define TTI_CHARACTERS_MAX_FOLD 80

extern _Atomic uint64_t tti_characters_table[TTI_CHARACTERS_TABLED];

/** Computes the entry of a code point and stores it if it has a place. */
uint64_t tti_characters_fill(uint32_t code);

/** The entry of a code point. Threads: any. */
static inline uint64_t tti_characters_get(uint32_t code)
{
    uint64_t entry = 0;
    if (code < TTI_CHARACTERS_TABLED)
        entry = atomic_load_explicit(&tti_characters_table[code], memory_order_relaxed);
    return entry != 0 ? entry : tti_characters_fill(code);
}

static inline unsigned tti_char_class(uint64_t entry)
{
    return entry & 7;
}
static inline int tti_char_upper(uint64_t entry)
{
    return (entry >> 3) & 1;
}
static inline int tti_char_title(uint64_t entry)
{
    return (entry >> 4) & 1;
}
static inline int tti_char_number(uint64_t entry)
{
    return (entry >> 5) & 1;
}
static inline int tti_char_slow(uint64_t entry)
{
    return (entry >> 6) & 1;
}
static inline unsigned tti_char_size(uint64_t entry)
{
    return (entry >> 7) & 7;
}
static inline unsigned tti_char_rank(uint64_t entry)
{
    return (entry >> 10) & 63;
}
static inline uint64_t tti_char_bytes(uint64_t entry)
{
    return entry >> 16;
}

/** True if a word ends between two letters or numbers that follow each other: a decimal digit and a
 * letter of another script than Latin. Urdu and Hebrew are written with a space there or without.
 */
int tti_characters_part(uint32_t before, uint32_t after);

/** Bytes of one character: NFKD of its case fold with digits and some letters in their plainest
 * form, or without `fold` NFD. @return their number. */
size_t tti_characters_normalise(uint32_t code, int fold, uint8_t out[TTI_CHARACTERS_MAX_FOLD]);

/** Whether a character is a small letter (Ll). */
int tti_characters_is_small_letter(uint32_t code);

/** Whether folding the character must wait until the marks around it are in order: those with an
 * iota subscript, whose fold is a letter. */
int tti_characters_needs_order(uint32_t code);

/**
 * Puts runs of combining marks into canonical order, in place. `scratch` has room for `size` bytes;
 * the text is valid UTF-8.
 */
void tti_characters_order_marks(uint8_t *text, size_t size, uint8_t *scratch);

static inline void tti_utf8_encode_3(uint32_t code, uint8_t *out)
{
    out[0] = (uint8_t)(0xE0 | code >> 12);
    out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    out[2] = (uint8_t)(0x80 | (code & 0x3F));
}

static inline int tti_is_hangul(uint32_t code)
{
    return code >= 0xAC00 && code <= 0xD7A3;
}

/** Normalises a Hangul syllable, by arithmetic (Unicode 3.12). @return 6 or 9; 9 bytes are written
 */
static inline size_t tti_hangul_normalise(uint32_t code, uint8_t *out)
{
    const uint32_t index = code - 0xAC00, trail = index % 28;
    tti_utf8_encode_3(0x1100 + index / 588, out);
    tti_utf8_encode_3(0x1161 + index % 588 / 28, out + 3);
    tti_utf8_encode_3(0x11A7 + trail, out + 6);
    return trail == 0 ? 6 : 9;
}

#endif
