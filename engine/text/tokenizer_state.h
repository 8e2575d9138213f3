/*
 * Inside the text stage: an article in work, and the batches in which its tokens go to the store.
 *
 *     scan.c   bytes -> extents and normalised bytes of tokens, ends of lines    (the only decoder)
 *     text.c   a batch of tokens -> hashes, flags, spans in the store; paragraphs at the end
 */
#ifndef TTI_TEXT_TOKENIZER_STATE_H
#define TTI_TEXT_TOKENIZER_STATE_H

#include "kernels/kernels.h"
#include "text/tokenizer.h"
#include "text/words.h"

/** The text before the token may open a sentence; never stored. */
enum { TTI_TOKEN_MAYBE_SENTENCE = TTI_RUN_MAYBE_SENTENCE };

/** An article in work; one a store, used again for the next. */
typedef struct tti_tokenizer {
    tti_words words;       /**< stays from article to article */
    tti_token_batch batch; /**< empty between articles */
    tti_split split;
    const uint8_t *text;
    uint32_t size;
    uint32_t position;     /**< bytes read */
    uint32_t flushed;      /**< tokens of the article that are in the store */
    uint32_t before_begin; /**< extent of the last token read */
    uint32_t before_end;
    uint32_t stored_begin; /**< extent of the last token in the store */
    uint32_t stored_end;
    int by_lines; /**< lines matter for the paragraphs wanted */
    uint32_t line_begin;
    size_t line_count;
    size_t extents_size; /**< of the store, with this article's spans so far */
    size_t folded_size;  /**< bytes in use */
    uint64_t seed;
    const tti_kernels *kernels;
    tti_tokens *tokens;
    tt_error *error;
} tti_tokenizer;

/** Reads the whole text. @return TT_OK, TT_EFORMAT, TT_ENOMEM */
tt_status tti_tokenizer_run(tti_tokenizer *scan);

/** Moves the batch into the store. @return TT_OK, TT_ENOMEM */
tt_status tti_tokenizer_flush(tti_tokenizer *scan);

/** Ends the current line, which is text[line_begin, end), `count` tokens after the article's start
 * and before `next`; `gap` (TTI_GAP_*) stands behind it. @return TT_OK, TT_ENOMEM */
tt_status tti_tokenizer_end_line(tti_tokenizer *scan, uint32_t count, uint32_t end, uint32_t next,
                                 uint8_t gap);

#endif
