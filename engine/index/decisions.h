/* What editors decided, in memory: what holds about each article, and about each pair of them. */
#ifndef TTI_INDEX_DECISIONS_H
#define TTI_INDEX_DECISIONS_H

#include "index/db.h"
#include "index/slab.h"
#include "util/array.h"
#include "util/table.h"

/** What holds about an article, or about it and `of`. */
typedef struct tti_decided {
    tt_id id, of;
    tt_decision_kind kind;
} tti_decided;

/** Zeroed, it is empty. */
typedef struct tti_decisions {
    TTI_ARRAY(tti_decided) list;
    tti_table table;
    tti_slab memory; /**< of ids */
    int64_t last;    /**< number of the last decision */
} tti_decisions;

void tti_decisions_init(tti_decisions *d, const tt_allocator *allocator);
void tti_decisions_free(tti_decisions *d);
/** What holds about an article (`of` NULL), or about two. */
tt_decision_kind tti_decisions_find(const tti_decisions *d, const tt_id *id, const tt_id *of);
/** Reads what was decided since it was read last. */
tt_status tti_decisions_read(tti_decisions *d, tti_db *db, tt_error *error);

#endif
