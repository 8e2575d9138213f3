/* The builder's and the index's insides, shared by build.c, finish.c, index.c and query.c. */
#ifndef TTI_RESULT_RESULT_H
#define TTI_RESULT_RESULT_H

#include "corpus/corpus.h"
#include "result/clusters.h"
#include "result/sections.h"
#include "seed/seeds.h"
#include "text/tokenizer.h"
#include "util/arena.h"
#include "util/spill.h"
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
    tti_owned_options settings; /**< as the caller sees them */
    tt_options options;         /**< as the stages do: the allocator is the store's */
    tti_corpus_store store;
    tti_doc_articles members;
    tti_verified verified; /**< pairs of documents; links are gone */
    tti_clusters clusters;
    tti_sections sections;
    tt_pair *pairs; /**< as reported: of articles */
    size_t pair_room;
    size_t pair_count;
    tt_cluster *groups; /**< as reported */
    size_t group_count;
    uint64_t *grouped; /**< the articles of all groups */
    size_t grouped_count;
    tt_summary summary;
    pthread_mutex_t seed_lock; /**< the seeds are made by the first query */
    tti_seeds seeds;
    int seeds_made;
};

/** Makes the reported pairs and clusters from the verified ones. `candidates`: what was looked at,
 * and how much was not. */
tt_status tti_result_list(tt_result *index, const tti_candidates *candidates, tt_error *error);

/** Whether some rule admits pairs. Without one, articles of the same tokens are no pair, no
 * cluster, and not dropped either. */
int tti_options_have_rule(const tt_options *options);

#endif
