/*
 * A ledger: what a result file or a gold file says, with articles as numbers that two ledgers
 * share. Lines of types other than pair, cluster, section and summary, and fields that are not
 * needed, are passed over.
 */
#ifndef TTI_LEDGER_H
#define TTI_LEDGER_H

#include "result/names.h"
#include "twicetold.h"

/** Two articles, a < b. */
typedef struct tti_couple {
    uint32_t a, b;
} tti_couple;

typedef struct tti_member {
    uint32_t article, cluster;
} tti_member;

typedef struct tti_extent {
    uint32_t article, section;
    uint64_t begin, end; /**< begin < end */
} tti_extent;

typedef struct tti_ledger {
    const tt_allocator *allocator;
    tti_couple *couples; /**< pairs that are copies; ascending, unique */
    size_t couple_count, couple_capacity;
    tti_member *members; /**< of all clusters; no article twice; clusters are runs from 0 */
    size_t member_count, member_capacity, cluster_count;
    uint32_t *cluster_of; /**< by article: its cluster + 1, 0 for none; see tti_cluster_of */
    size_t cluster_of_count;
    tti_extent *extents; /**< occurrences of all sections; sections are runs from 0 */
    size_t extent_count, extent_capacity, section_count;
    uint64_t articles; /**< of the summary line, 0 without one */
    uint64_t pair_lines;
} tti_ledger;

/** The cluster of an article, from 1; 0 for none. */
static inline uint32_t tti_cluster_of(const tti_ledger *ledger, uint32_t article)
{
    return article < ledger->cluster_of_count ? ledger->cluster_of[article] : 0;
}

/**
 * Reads a file into an empty ledger. @return TT_OK; TT_EIO; TT_EFORMAT (message "FILE:LINE:
 * reason", `where` the line); TT_ENOMEM; TT_ELIMIT (over 2^32 - 2 articles).
 */
tt_status tti_ledger_read(tti_ledger *ledger, tti_names *names, const char *path, tt_error *error);

void tti_ledger_free(tti_ledger *ledger);

/** tt_eval with an allocator. */
tt_status tti_eval(const tt_allocator *allocator, const char *result_path, const char *gold_path,
                   tt_scores *out, tt_error *error);

/** Fills the section part of the scores; the gold has sections. */
tt_status tti_eval_sections(const tt_allocator *allocator, const tti_ledger *found,
                            const tti_ledger *gold, tt_scores *out, tt_error *error);

#endif
