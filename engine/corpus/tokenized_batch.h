/* A batch of articles -> tokens: what the builder and the living index begin with. */
#ifndef TTI_CORPUS_TOKENIZED_BATCH_H
#define TTI_CORPUS_TOKENIZED_BATCH_H

#include "corpus/corpus.h"
#include "text/tokenizer.h"

/** Where an article of the batch went. */
typedef struct tti_tokenized_article {
    tti_tokenized_text added;
    size_t token_begin, extents_begin, paragraph_begin;
    int thread; /**< whose store it is in */
    tt_status status;
} tti_tokenized_article;

/** Appends the articles to `threads` stores, one a thread; list[i] says where the i-th is, or why
 * it was not accepted. @return TT_OK, TT_ENOMEM */
tt_status tti_tokenize_batch(const tt_options *options, const tt_article *articles, size_t count,
                             tti_tokens *stores, int threads, tti_tokenized_article *list,
                             tt_error *error);

/** Fails with the reason why the first article that was not accepted was not; TT_OK if all were. */
tt_status tti_tokenized_batch_error(const tt_article *articles, const tti_tokenized_article *list,
                                    size_t count, tt_error *error);

/** Whether an id is UTF-8 and not empty and, where it was a number, written as JSON writes
 * integers.
 */
int tti_id_is_valid(tt_id id);

#endif
