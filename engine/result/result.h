/* The inside of a tt_result, which a scan or the reader of result files fills. */
#ifndef TTI_RESULT_RESULT_H
#define TTI_RESULT_RESULT_H

#include "corpus/corpus.h"
#include "options.h"
#include "result/clusters.h"
#include "result/notices.h"
#include "result/sections.h"
#include "util/array.h"
#include "util/table.h"
#include "verify/verify.h"

#include <pthread.h>

struct tt_result {
    const tt_allocator
        *allocator; /**< of the arrays; under a memory limit that of the spill file */

    /* What the caller sees. */
    TTI_ARRAY(tt_pair) pairs;
    tti_cluster_list clusters;
    tti_sections sections;
    tti_notices notices; /**< of a file too */
    TTI_ARRAY(tt_notice) notice_list;
    tt_summary summary;
    tti_corpus_store store;     /**< the articles; of those in a file only the ids are known */
    tti_owned_options settings; /**< as the caller sees them; of a file only the allocator is set */

    /* Of a file. */
    char *summary_line; /**< NULL: none */
    size_t summary_line_size;

    /* Of a scan. */
    int is_scan;
    tt_options options; /**< as the stages see them: the allocator is that of the store */
    tti_doc_articles doc_articles;
    tti_verified verified; /**< without passages once the sections are made */
    tti_clusters doc_clusters;

    /* Made by the first call that needs it, under the lock. */
    pthread_mutex_t lock;
    tti_table ids; /**< the articles by their ids; a file's from the start */
    int has_ids;
    TTI_ARRAY(tt_pair) dropped;
    int has_dropped;
    uint64_t *article_pairs;  /**< positions of the pairs of every article, one after another */
    uint64_t *article_starts; /**< article i has [starts[i], starts[i + 1]) of them */
    int has_article_pairs;
};

/** A result without articles, whose own memory comes from `allocator`. NULL: out of memory.
 * Owner: the caller, tt_result_close(). */
tt_result *tti_result_open(const tt_allocator *allocator);

/** The number of the article with an id, or TTI_TABLE_NONE; `hash` is that of the id. The table of
 * ids is made. */
uint32_t tti_result_lookup(const tt_result *result, tt_id id, uint32_t hash);

/** Turns differences in tokens into those in bytes of two articles with these extents, in order of
 * a. */
void tti_differences_of_bytes(const tti_difference *from, size_t count, const uint8_t *extents_a,
                              const uint8_t *extents_b, tt_difference *out);

/** The pair of articles a and b, in that order, whose documents are the same or a verified pair. In
 * pairs.c. */
tt_pair tti_pair_of_articles(const tt_result *result, uint32_t a, uint32_t b);

/** Lists the notices, and says which sections are such. @return TT_OK, TT_ENOMEM */
tt_status tti_result_list_notices(tt_result *result, tt_error *error);

/** Lists the pairs and clusters of articles. `candidates`: the pairs of documents that were
 * compared, and how many were not. @return TT_OK, TT_ENOMEM */
tt_status tti_result_list(tt_result *result, const tti_candidates *candidates, tt_error *error);

#endif
