/* The inside of a tt_result, which a scan or the reader of result files fills, and of what a scan
 * keeps of its articles. */
#ifndef TTI_RESULT_RESULT_H
#define TTI_RESULT_RESULT_H

#include "corpus/corpus.h"
#include "result/clusters.h"
#include "result/sections.h"
#include "seed/seeds.h"
#include "text/tokenizer.h"
#include "util/alloc.h"
#include "util/spill.h"
#include "util/table.h"
#include "verify/verify.h"

#include <pthread.h>

/** What one call of tt_scan_add left: the arrays of its tokens, and the ids and sources. */
typedef struct tti_stored_batch {
    const char *kept; /**< in the arena, or under a memory limit in the file */
    char *names;
    size_t name_size;
} tti_stored_batch;

/** The articles of a build and the memory that holds them. */
typedef struct tti_corpus_store {
    const tt_allocator *allocator; /**< of all that grows with the articles: the file's, if any */
    tti_spill *spill;              /**< NULL without a memory limit */
    tti_arena arena;               /**< empty with one */
    tti_stored_batch *chunks;
    size_t chunk_count, chunk_capacity;
    tti_corpus corpus; /**< while building: a document an article; then the distinct ones */
    size_t doc_capacity, article_capacity;
    tti_hash128 *keys; /**< of each article's tokens; while building */
    size_t key_capacity;
    uint64_t bytes, tokens, paragraphs;
} tti_corpus_store;

/** Makes a zeroed store ready for articles, and leaves one that is ready alone. `options`:
 * resolved.
 * @return TT_OK, TT_ENOMEM, TT_EIO */
tt_status tti_corpus_store_open(tti_corpus_store *s, const tt_options *options, tt_error *error);
void tti_corpus_store_free(tti_corpus_store *s);

/** A clone of the resolved options that owns its strings. */
typedef struct tti_owned_options {
    tt_options options;
    size_t source_size, dir_size; /**< bytes of keep_sources and temp_dir, their ends included */
} tti_owned_options;

tt_status tti_owned_options_copy(tti_owned_options *out, const tt_options *options,
                                 tt_error *error);
void tti_owned_options_free(tti_owned_options *s);

struct tt_result {
    const tt_allocator *allocator; /**< of all arrays below; under a memory limit the file's */

    /* What the caller sees, of a scan and of a file alike. */
    tt_pair *pairs;
    size_t pair_count, pair_capacity;
    tt_cluster *clusters;
    size_t cluster_count, cluster_capacity;
    uint64_t *members; /**< of all clusters, one after another */
    size_t member_count, member_capacity;
    tti_sections sections;
    tt_summary summary;

    /* The articles; of those in a file the id alone is known. */
    tti_corpus_store store;
    tti_owned_options settings; /**< as the caller sees them; of a file only the allocator is set */

    /* Of a file. */
    char *summary_line; /**< NULL: none */
    size_t summary_line_size;

    /* Of a scan. */
    int is_scan;
    tt_options options; /**< as the stages see them: the allocator is the store's */
    tti_doc_articles doc_articles;
    tti_verified verified; /**< pairs of documents; links are gone */
    tti_clusters doc_clusters;

    /* Made by the first call that needs it, under the lock. */
    pthread_mutex_t lock;
    tti_table ids; /**< articles by their ids; of a file always there */
    int has_ids;
    tt_pair *dropped;
    size_t dropped_count, dropped_capacity;
    int has_dropped;
    uint64_t *article_pairs;  /**< positions of the pairs of every article, one after another */
    uint64_t *article_starts; /**< article i has [starts[i], starts[i + 1]) of them */
    int has_article_pairs;
};

/** A result without articles, whose own memory comes from `allocator`. NULL: out of memory.
 * Owner: the caller, tt_result_close(). */
tt_result *tti_result_open(const tt_allocator *allocator);

/** The number of the article with an id, or UINT32_MAX; `hash` is the id's. The result has its
 * table of ids. */
uint32_t tti_result_lookup(const tt_result *result, tti_article_id id, uint32_t hash);

/** Makes the pairs and clusters that are reported from the verified pairs of documents.
 * `candidates`: those that were compared, and how many were not. */
tt_status tti_result_list(tt_result *result, const tti_candidates *candidates, tt_error *error);

/** Whether some rule admits pairs. Without one, articles of the same tokens are no pair, no
 * cluster, and not dropped either. */
int tti_options_have_rule(const tt_options *options);

#endif
