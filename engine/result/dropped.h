/*
 * Which articles dedup drops. First those that the article which is kept of their cluster makes
 * unnecessary. What is left of a cluster has other facts or much of its own; in the order in which
 * articles are preferred, each is kept unless one that is kept already has it, without a conflict.
 * So one copy of each stage of a story stays.
 */
#ifndef TTI_RESULT_DROPPED_H
#define TTI_RESULT_DROPPED_H

#include "result/result.h"

/** A document that another one has. */
typedef struct tti_cover {
    uint32_t doc, by;
    double share; /**< of the document, in the other */
} tti_cover;

typedef TTI_ARRAY(tti_cover) tti_cover_list;

/**
 * Chooses which documents are kept.
 * @param order  documents, the most wanted first
 * @param covers are sorted
 * @param kept   by documents, UINT32_MAX at first; each of `order` gets itself if it is kept, or
 * the kept one that has most of it
 */
void tti_covers_choose(const uint32_t *order, size_t count, tti_cover *covers, size_t cover_count,
                       uint32_t *kept);

/** Lists the articles that dedup drops, ascending. @return TT_OK, TT_ENOMEM */
tt_status tti_dropped_list(tt_result *result, tt_error *error);

#endif
