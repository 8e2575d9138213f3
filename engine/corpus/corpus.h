/*
 * The corpus: what the stages after text see of the articles. Articles with the same tokens are one
 * document, which stands for the first of them; documents are in input order. A document's arrays
 * lie in chunks that the builder owns and never change.
 */
#ifndef TTI_CORPUS_CORPUS_H
#define TTI_CORPUS_CORPUS_H

#include "text/tokenizer.h"
#include "twicetold.h"

#include "util/hash.h"
#include <string.h>

/** Tokens of one article, borrowed from a chunk. */
typedef struct tti_doc {
    const uint32_t *hashes;
    const uint8_t *flags;
    const tti_paragraph *paragraphs;
    uint32_t token_count;
    uint32_t paragraph_count;
    uint32_t article; /**< ordinal of the first article with these tokens */
} tti_doc;

/** What is kept of every article. */
typedef struct tti_article {
    const uint8_t *extents; /**< its own: equal tokens may stand at other bytes */
    const char *id;
    const char *source;
    uint64_t text_size;
    int64_t published;
    uint32_t id_size, source_size;
    uint32_t doc; /**< its document; during a build, before classes are made, itself */
    uint32_t flags;
} tti_article;

/** All a build has read. */
typedef struct tti_corpus {
    tti_doc *docs;
    size_t doc_count;
    tti_article *articles;
    size_t article_count;
} tti_corpus;

/** The id of an article: its bytes, and whether it was a number, for 7 is not "7". */
typedef struct tti_article_id {
    const char *bytes;
    size_t size;
    uint32_t flags; /**< of the article: TT_ARTICLE_INTEGER_ID counts */
} tti_article_id;

static inline uint32_t tti_article_id_hash(tti_article_id x)
{
    return (uint32_t)XXH3_64bits_withSeed(x.bytes, x.size, x.flags & TT_ARTICLE_INTEGER_ID);
}

static inline int tti_article_id_equal(tti_article_id x, tti_article_id y)
{
    return x.size == y.size && memcmp(x.bytes, y.bytes, y.size) == 0 &&
           ((x.flags ^ y.flags) & TT_ARTICLE_INTEGER_ID) == 0;
}

#endif
