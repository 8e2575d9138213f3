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

#endif
