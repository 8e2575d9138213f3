/*
 * The corpus: what the stages after text see of the articles. Articles with the same tokens are one
 * document, which stands for the first of them; documents are in input order. The arrays of a
 * document belong to the store and never change.
 */
#ifndef TTI_CORPUS_CORPUS_H
#define TTI_CORPUS_CORPUS_H

#include "text/tokenizer.h"
#include "twicetold.h"
#include "util/alloc.h"
#include "util/hash.h"
#include "util/id.h"
#include "util/spill.h"

/** The tokens of one article. */
typedef struct tti_doc {
    const uint32_t *hashes;
    const uint8_t *flags;
    const tti_paragraph *paragraphs;
    int64_t published; /**< of the first article with these tokens, or TT_NO_TIME */
    uint32_t token_count;
    uint32_t paragraph_count;
    uint32_t article; /**< the number of the first article with these tokens */
} tti_doc;

/** What is kept of every article. */
typedef struct tti_article {
    const uint8_t *extents; /**< of its tokens: equal tokens can be at other bytes */
    const char *id;
    const char *source;
    uint64_t text_size;
    int64_t published;
    uint32_t id_size, source_size;
    uint32_t doc; /**< its document; until tti_corpus_store_merge_equal() a separate one for each
                       article */
    uint32_t flags;
} tti_article;

/** For a tti_table of articles by their ids. */
static inline uint32_t tti_id_hash(tt_id x)
{
    return (uint32_t)XXH3_64bits_withSeed(x.bytes, x.size, x.flags);
}

static inline tt_id tti_article_id(const tti_article *article)
{
    return tti_id(article->id, article->id_size, article->flags);
}

static inline int tti_article_has_id(const void *articles, uint32_t number, const void *id)
{
    return tti_id_equal(tti_article_id((const tti_article *)articles + number), *(const tt_id *)id);
}

typedef struct tti_corpus {
    tti_doc *docs;
    size_t doc_count;
    tti_article *articles;
    size_t article_count;
} tti_corpus;

/** The articles of each document. */
typedef struct tti_doc_articles {
    uint32_t *firsts;   /**< document d has articles[firsts[d] .. firsts[d + 1]) */
    uint32_t *articles; /**< ascending for each document */
} tti_doc_articles;

/** What one call of tt_scan_add() left: the arrays of the tokens, and the ids and sources. */
typedef struct tti_stored_batch {
    const char *tokens; /**< in the arena, or in the spill file */
    char *names;
    size_t name_size;
} tti_stored_batch;

/** The articles of a scan and the memory that holds them. */
typedef struct tti_corpus_store {
    const tt_allocator
        *allocator;   /**< of all that grows with the articles: the spill file's, if any */
    tti_spill *spill; /**< NULL without a memory limit */
    tti_arena arena;  /**< empty with one */
    tti_stored_batch *batches;
    size_t batch_count, batch_capacity;
    tti_corpus corpus;
    size_t doc_capacity, article_capacity;
    tti_hash128 *token_hashes; /**< of the tokens of each article */
    size_t token_hash_capacity;
    uint64_t bytes, tokens, paragraphs;
    uint64_t digest; /**< of all articles that were given */
} tti_corpus_store;

/** Makes a zeroed store ready for articles; does nothing to one that is ready. `options` are
 * resolved. @return TT_OK, TT_ENOMEM, TT_EIO */
tt_status tti_corpus_store_open(tti_corpus_store *store, const tt_options *options,
                                tt_error *error);
void tti_corpus_store_free(tti_corpus_store *store);

/** Frees a batch that was stored last but one did not keep, or one of a store that ends. */
void tti_stored_batch_free(tti_corpus_store *store, tti_stored_batch *batch);

/** Makes one document of all articles with the same tokens; an article without tokens stays alone.
 * `out`: the articles of each document; the caller's, of doc_count + 2 and article_count numbers
 * from the store's allocator, also where this fails. @return TT_OK, TT_ENOMEM */
tt_status tti_corpus_store_merge_equal(tti_corpus_store *store, tti_doc_articles *out,
                                       tt_error *error);

#endif
