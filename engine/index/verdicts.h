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
/** Turns what differs into bytes. Side a of the facts is the other article, `of`; `own_extents` are
 * those of the article. @return TT_OK, TT_ENOMEM */
tt_status tti_verdicts_differences(tti_verdicts *v, const tti_article_table *table, uint32_t of,
                                   const tti_facts *facts, const uint8_t *own_extents,
                                   const tt_difference **differences, size_t *count);
/** The first article with the tokens of `article`, but for `number`, that is withdrawn, or is not,
 * or TTI_NONE. */
uint32_t tti_verdicts_member(const tti_article_table *table, uint32_t article, int is_withdrawn,
                             uint32_t number);
/** Appends the verdict on an article. `of_itself`: it is about the article and the one with its id.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verdicts_append(tti_verdicts *v, const tti_article_table *table,
                              const tti_decision *decision, size_t position, const tti_db_row *row,
                              int of_itself);

/** Makes the last verdict say what the article says of its embargo and its end. */
static inline void tti_verdicts_set_terms(tti_verdicts *v, const tt_article *article)
{
    tti_array_last(&v->list).embargoed = article->embargoed;
    tti_array_last(&v->list).expires = article->expires;
}

#endif
