/*
 * A ledger: what a result file or a gold file says, with articles as numbers that two ledgers
 * share. Lines of types other than pair, cluster, section and summary, and fields that are not
 * needed, are passed over.
 */
#ifndef TTI_EVAL_LABELS_H
#define TTI_EVAL_LABELS_H

#include "output/id_map.h"
#include "twicetold.h"

/** Two articles, a < b. */
typedef struct tti_label_pair {
    uint32_t a, b;
} tti_label_pair;

typedef struct tti_label_member {
    uint32_t article, cluster;
} tti_label_member;

typedef struct tti_label_extent {
    uint32_t article, section;
    uint64_t begin, end; /**< begin < end */
} tti_label_extent;

typedef struct tti_labels {
    const tt_allocator *allocator;
    tti_label_pair *pairs; /**< pairs that are copies; ascending, unique */
    size_t pair_count, pair_capacity;
    tti_label_member *members; /**< of all clusters; no article twice; clusters are runs from 0 */
    size_t member_count, member_capacity, cluster_count;
    uint32_t *cluster_of; /**< by article: its cluster + 1, 0 for none; see tti_labels_cluster_of */
    size_t cluster_of_count;
    tti_label_extent *extents; /**< occurrences of all sections; sections are runs from 0 */
    size_t extent_count, extent_capacity, section_count;
    uint64_t articles; /**< of the summary line, 0 without one */
    uint64_t pair_lines;
} tti_labels;

/** The cluster of an article, from 1; 0 for none. */
static inline uint32_t tti_labels_cluster_of(const tti_labels *ledger, uint32_t article)
{
    return article < ledger->cluster_of_count ? ledger->cluster_of[article] : 0;
}

/**
 * Reads a file into an empty ledger. @return TT_OK; TT_EIO; TT_EFORMAT (message "FILE:LINE:
 * reason", `where` the line); TT_ENOMEM; TT_ELIMIT (over 2^32 - 2 articles).
 */
tt_status tti_labels_read(tti_labels *ledger, tti_id_map *names, const char *path, tt_error *error);

void tti_labels_free(tti_labels *ledger);

/** tt_eval with an allocator. */
tt_status tti_eval(const tt_allocator *allocator, const char *result_path, const char *gold_path,
                   tt_scores *out, tt_error *error);

/** Fills the section part of the scores; the gold has sections. */
tt_status tti_eval_sections(const tt_allocator *allocator, const tti_labels *found,
                            const tti_labels *gold, tt_scores *out, tt_error *error);

#endif
