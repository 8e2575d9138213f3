/*
 * The text stage: one article's UTF-8 bytes -> paragraphs -> tokens, in one pass.
 *
 * A token is a run of Unicode letters, marks and digits (general categories L*, M*, N*); format
 * characters (Cf: soft hyphen, joiners) inside a run belong to it but are ignored, and so are the
 * other default-ignorable ones (variation selectors) and tatweel. A run ends between a decimal
 * digit and a letter of another script than Latin. A word that a hyphen cuts in two at the end of a
 * line is one token (text/hyphens.h). Han, kana, Thai, Lao, Khmer and Myanmar characters are a
 * token each, with the marks that follow them. Everything else separates, with the marks that
 * follow it: the zero width space too, and letters that stand for an apostrophe (U+02BC). A token's
 * hash is XXH3-64 (seeded) of its normalised bytes: NFKD of its case-folded letters, so that
 * composed and decomposed, wide and narrow, upper and lower case forms are equal; for ASCII that is
 * simply its lower case. Decimal digits of all scripts are those of ASCII, and the yehs and kafs of
 * Arabic and Persian are one. docs/quality.md has the reasons.
 */
#ifndef TTI_TEXT_TOKENIZER_H
#define TTI_TEXT_TOKENIZER_H

#include "twicetold.h"
#include "util/array.h"
#include "util/hash.h"

/** What a token looks like; the facts of an article are made from it. */
enum {
    TTI_TOKEN_NUMERAL = 1u << 0,     /**< starts with a digit (category N*) */
    TTI_TOKEN_NUMBER_WORD = 1u << 1, /**< number words of eight languages up to 20 and the tens, and
                                          in English hundred .. billion, first .. tenth, dozen,
                                          half, quarter (text/words.c) */
    TTI_TOKEN_DATE_WORD = 1u << 2,   /**< months and weekdays of these languages, and the usual
                                          abbreviations of English */
    TTI_TOKEN_CAPITAL = 1u << 3,     /**< its first letter is upper or title case */
    TTI_TOKEN_SENTENCE = 1u << 4,    /**< first of a sentence: after . ! ? : ; quote or bracket
                                          openings at the start of a line, or a line's first */
    TTI_TOKEN_UPPER = 1u << 5,       /**< two letters or more, all upper case; without CAPITAL a
                                          short word (tti_token_is_short), or in a script without
                                          capitals a character that is a word by itself */
    TTI_TOKEN_PARAGRAPH = 1u << 6    /**< first of a paragraph */
};

/** The bits of a token's flags that say what it is: TTI_TOKEN_NUMERAL, TTI_TOKEN_NUMBER_WORD or
 * TTI_TOKEN_DATE_WORD alone; any other number for a word, by a class of its first letter, of which
 * there are twelve and letters that are read for one another share one; 0: a word in a script
 * without capitals, as Han and Arabic. So words of two texts can be told to be alike although texts
 * are not kept. */
enum { TTI_TOKEN_KIND = 0x87 };

static inline int tti_token_is_number_or_date(uint8_t flags)
{
    const unsigned kind = flags & TTI_TOKEN_KIND;
    return kind == TTI_TOKEN_NUMERAL || kind == TTI_TOKEN_NUMBER_WORD ||
           kind == TTI_TOKEN_DATE_WORD;
}

/** A short word in lower case (kernels/split.h). */
static inline int tti_token_is_short(uint8_t flags)
{
    return (flags & (TTI_TOKEN_CAPITAL | TTI_TOKEN_UPPER)) == TTI_TOKEN_UPPER &&
           (flags & TTI_TOKEN_KIND) > TTI_TOKEN_NUMERAL;
}

/** A paragraph: tokens [begin, end) of its article; never empty. */
typedef struct tti_paragraph {
    uint32_t begin, end;
    tti_hash128 key; /**< identity of its tokens */
} tti_paragraph;

/** What a store may leave out: a scan that neither aligns nor looks for sections needs hashes
 * alone, and the rest takes a sixth of its time. */
enum {
    TTI_SKIP_FLAGS = 1u << 0,     /**< `flags` stays empty */
    TTI_SKIP_EXTENTS = 1u << 1,   /**< `extents` stays empty */
    TTI_SKIP_PARAGRAPHS = 1u << 2 /**< `paragraphs` stays empty: they are counted only */
};

/**
 * A growing store of the tokens of many articles, struct of arrays; tti_tokens_append_text adds an
 * article at its end. Owner: whoever made it, tti_tokens_free().
 */
typedef struct tti_tokens {
    const tt_allocator *allocator;
    uint32_t *hashes; /**< low 32 bits of each token's hash */
    uint8_t *flags;   /**< TTI_TOKEN_* */
    size_t count, capacity, flags_capacity;
    uint8_t *extents; /**< of every token (kernels/token_extents.h), article by article */
    size_t extents_size, extents_capacity;
    tti_paragraph *paragraphs;
    size_t paragraph_count, paragraph_capacity;
    unsigned skips; /**< TTI_SKIP_*, none after tti_tokens_init(); set before the first article */
    /* Scratch, of the current article: */
    TTI_ARRAY(uint64_t) hashes64;             /**< whole hashes of its tokens */
    TTI_ARRAY(uint8_t) folded;                /**< normalised bytes of the tokens in the batch */
    TTI_ARRAY(struct tti_line) lines;         /**< with at least one token */
    TTI_ARRAY(struct tti_cut_word) cut_words; /**< by the ends of lines */
    TTI_ARRAY(uint8_t) word;                  /**< one of them, joined */
    struct tti_tokenizer *tokenizer;
} tti_tokens;

void tti_tokens_init(tti_tokens *tokens, const tt_allocator *allocator);
void tti_tokens_free(tti_tokens *tokens);
void tti_tokens_clear(tti_tokens *tokens); /**< empties it, keeps the memory */

/** What tti_tokens_append_text added: counts to be taken from the ends of the store's arrays. */
typedef struct tti_tokenized_text {
    uint32_t token_count;
    uint32_t paragraph_count; /**< of the article, whether or not the store keeps them */
    size_t extents_size;
    tti_hash128 key; /**< identity of the article's tokens */
} tti_tokenized_text;

/**
 * Appends one article. `text` may be read up to its size only. At most 2^32 - 2 tokens an article.
 * On failure the store's counts are as they were.
 * @return TT_OK; TT_EFORMAT (invalid UTF-8, `where`: byte offset); TT_ENOMEM; TT_ELIMIT.
 */
tt_status tti_tokens_append_text(tti_tokens *tokens, const char *text, size_t size,
                                 tt_paragraphs paragraphs, uint64_t seed, tti_tokenized_text *added,
                                 tt_error *error);

/** Byte extents of an article's tokens, decoded. begins, ends: token_count each. */
void tti_token_extents_decode(const uint8_t *extents, uint32_t token_count, uint32_t *begins,
                              uint32_t *ends);

/** Where in the extents of an article a search is. Begins as {.extents = extents}. */
typedef struct tti_extent_cursor {
    const uint8_t *extents;
    const uint8_t *at; /**< the next token's; NULL: none has been looked for */
    uint32_t token;    /**< its number */
    uint64_t position; /**< where the one before it ends, in bytes of the article */
} tti_extent_cursor;

/** The bytes of the article's tokens [begin, end), begin < end: quick where they lie behind those
 * that were located last. */
void tti_extent_cursor_locate(tti_extent_cursor *cursor, uint32_t begin, uint32_t end,
                              uint64_t *first, uint64_t *last);

#endif
