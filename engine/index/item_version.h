/* What an article is to the one in the index that has its id: the same, an older version, a newer.
 */
#ifndef TTI_INDEX_ITEM_VERSION_H
#define TTI_INDEX_ITEM_VERSION_H

#include "index/index.h"

typedef struct tti_item_version {
    uint32_t old;   /**< the article with the same id, or TTI_NONE */
    int keeps_old;  /**< the old one stays: it is the same, or a newer version */
    int is_related; /**< the verdict is about the two */
    tti_decision decision;
} tti_item_version;

/** Compares a row with the article that has its id. `with_verdict`: it needs a decision too. */
tt_status tti_item_version_find(tt_index *x, const tti_db_row *row, int with_verdict,
                                tti_item_version *out, tt_error *error);

#endif
