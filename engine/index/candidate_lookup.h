/*
 * The candidate lookup: the earlier articles that an article must be compared with are those that
 * share enough of its seeds, by the rules of a scan (seed/candidates.h), looked up in the postings
 * of the index.
 */
#ifndef TTI_INDEX_CANDIDATE_LOOKUP_H
#define TTI_INDEX_CANDIDATE_LOOKUP_H

#include "index/article_table.h"
#include "seed/candidates.h"

/** What one thread looks up candidates with. */
typedef struct tti_candidate_lookup {
    tti_seed_counts counts; /**< counts.found: the candidates of the last document */
    tti_minimizers seeds;   /**< of the last document */
    tti_table own_seeds;    /**< numbers of its seeds, each seed once: where it occurs first */
} tti_candidate_lookup;

void tti_candidate_lookup_init(tti_candidate_lookup *x, const tt_allocator *allocator);
void tti_candidate_lookup_free(tti_candidate_lookup *x);

/** Finds the candidates of a document among those with a number less than `number`, which is its
 * own in the table or, where it is not in there, the table's count: in x->counts.found, sorted,
 * each once. `number` itself is among them where the document repeats itself. `rules`: but for
 * their counts. @return TT_OK, TT_ENOMEM
 */
tt_status tti_candidate_lookup_run(tti_candidate_lookup *x, const tti_article_table *table,
                                   const tti_seed_rules *rules, const tti_doc *doc, uint32_t number,
                                   tt_error *error);

#endif
