/* Lines with tokens -> paragraphs. */
#ifndef TTI_TEXT_PARAGRAPHS_H
#define TTI_TEXT_PARAGRAPHS_H

#include "text/tokenizer.h"

/** What is between a line and the next one with tokens. */
enum {
    TTI_GAP_BLANK = 1u << 0, /**< a line of white space */
    TTI_GAP_RULE = 1u << 1,  /**< a line of other characters: dashes, stars */
    TTI_GAP_MARK = 1u << 2   /**< U+2029 */
};

/** A line that holds at least one token. */
typedef struct tti_line {
    uint32_t begin, end; /**< bytes of the text, without the line's end */
    uint32_t tokens;     /**< of the article up to the line's end */
    uint8_t gap;         /**< TTI_GAP_* */
    uint8_t start;       /**< layout: how the line goes on from the one before it */
    uint16_t indent;     /**< layout: columns of white space at its start */
    uint16_t width;      /**< layout: columns up to its last character */
} tti_line;

/**
 * Splits an article at ends of its lines, tokens->lines, of which there is at least one, and writes
 * the paragraphs, without keys, after the store's paragraph_count, which stays as it is. *count is
 * their number. @return TT_OK, TT_ENOMEM
 */
tt_status tti_paragraphs_split(tti_tokens *tokens, const uint8_t *text, tt_paragraphs mode,
                               uint32_t *count, tt_error *error);

#endif
