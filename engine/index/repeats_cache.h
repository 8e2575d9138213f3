/*
 * Which tokens of an article repeat which of an earlier one: kept with each document once they were
 * needed. A repeat leads to the earliest article that holds the text, so the repeats of a document
 * follow from those of the documents it shares passages with, and so on back. After a removal they
 * are computed again when they are next needed; an addition changes none, since no article repeats
 * a later one.
 */
#ifndef TTI_INDEX_REPEATS_CACHE_H
#define TTI_INDEX_REPEATS_CACHE_H

#include "index/comparer.h"
#include "result/repeats.h"

/** A document whose repeats wait for those of its candidates. */
typedef struct tti_repeats_frame {
    uint32_t doc;
    size_t begin, end, next; /**< of its candidates, and the first not known to have repeats */
    int has_candidates;
} tti_repeats_frame;

typedef struct tti_repeats_cache {
    tti_article_table *table; /**< whose groups hold what is cached */
    const tt_options *options;
    const tti_seed_rules *rules;
    TTI_ARRAY(tti_repeats_frame) frames; /**< a stack */
    TTI_ARRAY(uint32_t) candidates;      /**< of the frames */
    tti_verified passages;               /**< of the frame on top */
    TTI_ARRAY(uint32_t) local;           /**< documents that one computation involves, ascending */
    TTI_ARRAY(tti_token_repeat) repeats; /**< of the last computation */
    TTI_ARRAY(tti_block) blocks;
} tti_repeats_cache;

void tti_repeats_cache_init(tti_repeats_cache *c, tti_article_table *table,
                            const tti_seed_rules *rules, const tt_options *options);
void tti_repeats_cache_free(tti_repeats_cache *c);

/** Makes the repeats of a document available in its group, if they are not there.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_repeats_cache_fill(tti_repeats_cache *c, tti_comparer *comparer, uint32_t doc,
                                 tt_error *error);
/** Computes the repeats of document b from the passages it shares with others, which are sorted and
 * which it changes: into c->repeats and c->blocks. Those others have theirs. */
tt_status tti_repeats_cache_compute(tti_repeats_cache *c, tti_verified *passages, uint32_t b,
                                    tt_error *error);
/** Keeps what was computed last as the repeats of `doc`. Without memory nothing is kept. */
void tti_repeats_cache_store(tti_repeats_cache *c, uint32_t doc);

#endif
