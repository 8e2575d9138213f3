/* Of the documents that one shares buckets with, those whose signatures are closest to its own. */
#ifndef TTI_LSH_TOP_K_H
#define TTI_LSH_TOP_K_H

#include "lsh/bands.h"
#include "util/table.h"

/** The documents that one was met with, each once. One thread's; zero it but for the allocator. */
typedef struct tti_top_k {
    const tt_allocator *allocator;
    uint64_t *added, *spare; /**< numbers of documents; in the end, distance << 32 | number */
    size_t count, capacity, spare_capacity;
    tti_table places; /**< among the met, by document */
} tti_top_k;

void tti_top_k_free(tti_top_k *c);

/** Notes a document, unless it was noted already. @return TT_OK, TT_ENOMEM */
tt_status tti_top_k_add(tti_top_k *c, uint32_t doc);

/** Adds those of the met that are worth counting as candidates of document b, and forgets all. */
tt_status tti_top_k_select(tti_top_k *c, const tti_band_rule *rule, const tti_sketches *sketches,
                           uint32_t b, tti_candidates *out);

#endif
