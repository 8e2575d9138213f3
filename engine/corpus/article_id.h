/* The id of an article: its bytes, and whether it was a number, for 7 is not "7". */
#ifndef TTI_CORPUS_ARTICLE_ID_H
#define TTI_CORPUS_ARTICLE_ID_H

#include "twicetold.h"
#include "util/hash.h"

#include <string.h>

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
