/*
 * What the kernels of the tokenizer take and return: runs of ASCII letters and digits in a piece of
 * text, and hashes of many short byte strings.
 */
#ifndef TTI_KERNELS_SPLIT_H
#define TTI_KERNELS_SPLIT_H

#include <stdint.h>

enum {
    TTI_SPLIT_BYTES = 4096,                    /**< longest piece; a multiple of 64 */
    TTI_SPLIT_RUNS = TTI_SPLIT_BYTES / 2 + 64, /**< with room for stores past the last one */
    TTI_SPLIT_PADDING = 64 /**< bytes that may be written past the folded ones */
};

/** The classes of the letters a to z, which are at 1 to 26: those that are read for one another
 * share one. The bits are those of TTI_TOKEN_KIND. */
static const uint8_t tti_letter_classes[32] = {0,    0x85, 0x82, 0x83, 0x87, 0x85, 0x86, 0x83, 0x82,
                                               0x84, 5,    3,    0x84, 0x81, 0x81, 0x85, 0x86, 0x83,
                                               3,    0x80, 5,    7,    7,    7,    7,    6,    6};

/** A word in lower case of fewer bytes is a short one: most are articles, prepositions and the
 * like, which say little about what a text is about. It has TTI_RUN_UPPER without TTI_RUN_CAPITAL.
 */
enum { TTI_SHORT_WORD_BYTES = 5 };

/** Flags of a run, beside the class of its first letter; the values are those of TTI_TOKEN_*. */
enum {
    TTI_RUN_NUMERAL = 1u << 0,       /**< starts with a digit */
    TTI_RUN_KIND = 0x87,             /**< the bits of a class, and of a numeral */
    TTI_RUN_CAPITAL = 1u << 3,       /**< starts with a capital */
    TTI_RUN_UPPER = 1u << 5,         /**< two letters or more, all capitals */
    TTI_RUN_MAYBE_SENTENCE = 1u << 4 /**< preceded by more than spaces, commas, hyphens */
};

/**
 * Maximal runs of ASCII letters, ASCII digits and bytes above 0x7F in a piece of text, as positions
 * in the piece. The flags of a run with bytes above 0x7F (it is listed in `dirty`) mean nothing.
 */
typedef struct tti_split {
    uint32_t count, dirty_count, line_count;
    uint16_t begin[TTI_SPLIT_RUNS];
    uint16_t end[TTI_SPLIT_RUNS];
    uint8_t first[TTI_SPLIT_RUNS]; /**< NUMERAL, CAPITAL, MAYBE_SENTENCE and the class of the first
                                        letter */
    uint8_t whole[TTI_SPLIT_RUNS]; /**< UPPER */
    uint16_t dirty[TTI_SPLIT_RUNS];
    uint16_t line_at[TTI_SPLIT_BYTES];   /**< every '\n' and '\r' */
    uint16_t line_runs[TTI_SPLIT_BYTES]; /**< runs that begin before it */
} tti_split;

/** Tokens that have been read and are not in the store yet. */
typedef struct tti_token_batch {
    uint32_t count;
    uint32_t begin[TTI_SPLIT_RUNS];  /**< bytes of the text */
    uint32_t size[TTI_SPLIT_RUNS];   /**< bytes of the text */
    uint32_t at[TTI_SPLIT_RUNS];     /**< normalised bytes: where in a buffer */
    uint32_t length[TTI_SPLIT_RUNS]; /**< normalised bytes: how many, never 0 */
    uint8_t flags[TTI_SPLIT_RUNS];
} tti_token_batch;

/* XXH3-64 of 1 .. 8 bytes, from its specification; the default secret is folded into two words. */
#define TTI_XXH_PRIME_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define TTI_XXH_PRIME_3 UINT64_C(0x165667B19E3779F9)
#define TTI_XXH_MIX UINT64_C(0x9FB21C651E98DF25)

typedef struct tti_xxh_flips {
    uint64_t one;  /**< for 1 .. 3 bytes */
    uint64_t four; /**< for 4 .. 8 bytes */
} tti_xxh_flips;

static inline tti_xxh_flips tti_xxh_flips_of(uint64_t seed)
{
    const uint32_t low = (uint32_t)seed;
    const uint32_t swapped = low << 24 | (low & 0xFF00) << 8 | (low >> 8 & 0xFF00) | low >> 24;
    return (tti_xxh_flips){UINT64_C(0x87275A9B) + seed,
                           UINT64_C(0xC73AB174C5ECD5A2) - (seed ^ (uint64_t)swapped << 32)};
}

#endif
