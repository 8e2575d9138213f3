/*
 * The cluster stage: verified pairs -> kept documents and those that match them directly.
 *
 * Documents are taken in order of preference; one that nobody has taken is kept and takes every
 * free document that it is paired with. So each member is a verified pair with the kept one, and
 * there are no chains.
 */
#ifndef TTI_RESULT_CLUSTERS_H
#define TTI_RESULT_CLUSTERS_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "verify/verify.h"

/** The articles of each document: those with the same tokens. */
typedef struct tti_doc_articles {
    uint32_t *firsts;   /**< document d's articles: articles[firsts[d] .. firsts[d + 1]) */
    uint32_t *articles; /**< ascending in each */
} tti_doc_articles;

typedef struct tti_clusters {
    const tt_allocator *allocator;
    uint32_t *kept; /**< of each document: the document kept in its place (itself, if kept) */
    uint32_t *best; /**< of each document: the preferred one among its articles */
    size_t doc_count;
} tti_clusters;

/** Preferred articles and the order of preference of the documents that pairs name: order[0] is the
 * best of them. The others, which nothing competes with, come last. */
tt_status tti_representatives_rank(tti_clusters *out, const tti_corpus *corpus,
                                   const tti_doc_articles *members, const tti_verified *verified,
                                   const tt_options *options, uint32_t *order, tt_error *error);

/**
 * Pairs worth verifying before clustering: in each group that the pairs connect, the preferred
 * document with every other. Popular stories are found as stars around their first copies; this
 * gives them the chance to gather around the one that is to be kept.
 */
tt_status tti_clusters_propose_pairs(const tti_verified *verified, const uint32_t *order,
                                     size_t doc_count, tti_candidates *out, tt_error *error);

/** Fills out->kept. */
tt_status tti_clusters_assign(tti_clusters *out, const tti_verified *verified,
                              const uint32_t *order, tt_error *error);

void tti_clusters_free(tti_clusters *c);

#endif
