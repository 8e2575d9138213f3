/* Verdicts on their way to the caller, made of decisions. */
#ifndef TTI_INDEX_VERDICTS_H
#define TTI_INDEX_VERDICTS_H

#include "index/classify.h"

/** Where the tokens of an article are, in bytes. */
typedef struct tti_extents {
    TTI_ARRAY(uint32_t) begins;
    TTI_ARRAY(uint32_t) ends;
} tti_extents;

/** Verdicts on their way to the caller. What they name is copied, since it may have left the index
 * before the batch is on the disk. */
typedef struct tti_verdicts {
    TTI_ARRAY(tt_verdict) list;
    tti_slab memory; /**< of what they point to */
    tti_extents own; /**< of the article that was added last */
    tti_extents other;
} tti_verdicts;

void tti_verdicts_clear(tti_verdicts *v);
/** Memory that lasts as long as the verdicts. @return NULL: out of memory */
void *tti_verdicts_take(tti_verdicts *v, size_t size);
/** Appends the verdict on an article; a copy of what is withdrawn is withdrawn. `of_itself`: it is
 * about the article and the one with its id.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verdicts_append(tti_verdicts *v, const tti_article_table *table,
                              const tti_decision *decision, size_t position, const tti_db_row *row,
                              int of_itself);

#endif
