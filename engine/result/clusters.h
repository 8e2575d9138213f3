/*
 * The cluster stage: verified pairs -> the documents that represent others, and those others.
 *
 * Documents are visited in order of preference. One that is not in a cluster yet represents a new
 * one, and takes into it, the closest first, every copy without a cluster that has most of itself
 * in it and is a copy of most of the members that it is paired with. Then each goes to the
 * representative that has most of it. So a cluster is one story's text: each member is a copy of
 * its representative, clusters do not form chains, and a list of many stories does not gather them.
 */
#ifndef TTI_RESULT_CLUSTERS_H
#define TTI_RESULT_CLUSTERS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "util/array.h"
#include "verify/verify.h"

/** Always holds after tti_clusters_assign(): the representative of a representative is itself. */
typedef struct tti_clusters {
    const tt_allocator *allocator;
    uint32_t
        *representative; /**< of each document: a document, itself if it is in no other's cluster */
    uint32_t *preferred; /**< of each document: the article to keep of those with its tokens */
    size_t doc_count;
} tti_clusters;

/** Clusters of articles, as the caller sees them. */
typedef struct tti_cluster_list {
    TTI_ARRAY(tt_cluster) clusters;
    TTI_ARRAY(uint64_t) members; /**< of all clusters, one after another */
} tti_cluster_list;

/** How much an article is wanted as the one that is kept: the greater value comes first, then the
 * longer article, then the earlier one. */
typedef struct tti_preference {
    int64_t value;
    uint32_t length;
    uint32_t article;
    uint32_t doc;
} tti_preference;

/** By tt_options.keep. In representative.c. */
tti_preference tti_preference_of(const tti_corpus *corpus, const tt_options *options,
                                 uint32_t article);

/** Sorts articles, the most wanted first. In representative.c. */
void tti_preferences_sort(tti_preference *items, size_t count);

/** Chooses out->preferred and the order in which documents are visited: those that pairs name, the
 * best first, then the others. In representative.c. @return TT_OK, TT_ENOMEM */
tt_status tti_representatives_rank(tti_clusters *out, const tti_corpus *corpus,
                                   const tti_doc_articles *doc_articles,
                                   const tti_verified *verified, const tt_options *options,
                                   uint32_t *order, tt_error *error);

/**
 * Proposes pairs worth verifying before clustering: in each group that the pairs connect, the
 * preferred document with every other. The copies of a popular story are found as a star around the
 * first of them; this lets them gather around the one that is to be kept.
 */
tt_status tti_clusters_propose_pairs(const tti_verified *verified, const uint32_t *order,
                                     size_t doc_count, tti_candidates *out, tt_error *error);

/** Fills out->representative. @return TT_OK, TT_ENOMEM */
tt_status tti_clusters_assign(tti_clusters *out, const tti_verified *verified,
                              const uint32_t *order, tt_error *error);

/** Lists the clusters of two articles or more by first member, with ascending members. */
tt_status tti_clusters_list(const tti_clusters *clusters, const tti_corpus *corpus,
                            tti_cluster_list *out, tt_error *error);

void tti_clusters_free(tti_clusters *clusters);

/** How a source is preferred by a list of names with commas between them: the first has the
 * greatest rank; INT64_MIN for one that is not in it. In representative.c. */
int64_t tti_source_rank(const char *source, size_t size, const char *list);

#endif
