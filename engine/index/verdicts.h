/* Verdicts on their way to the caller. What they name is copied, since it may have left the index
 * before the batch is on the disk. */
#ifndef TTI_INDEX_VERDICTS_H
#define TTI_INDEX_VERDICTS_H

#include "index/classify.h"

/** Where the tokens of an article are, in bytes. */
typedef struct tti_extents {
    TTI_ARRAY(uint32_t) begins;
    TTI_ARRAY(uint32_t) ends;
} tti_extents;

typedef struct tti_verdicts {
    TTI_ARRAY(tt_verdict) list;
    tti_slab memory; /**< of what they point to */
    tti_extents own; /**< of the article that was added last */
    tti_extents other;
} tti_verdicts;

void tti_verdicts_init(tti_verdicts *v, const tt_allocator *allocator);
void tti_verdicts_free(tti_verdicts *v);
void tti_verdicts_clear(tti_verdicts *v);
/** Adds the verdict on the article at `position` of the batch, whose id stays borrowed.
 * `of_itself`: it is about the article and the one with its id. @return TT_OK, TT_ENOMEM */
tt_status tti_verdicts_add(tti_verdicts *v, const tti_article_table *table,
                           const tti_decision *decision, size_t position, const tt_article *article,
                           const tti_db_row *row, int of_itself, tt_error *error);

#endif
