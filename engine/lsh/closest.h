/* Of the documents that one shares buckets with, those whose signatures are closest to its own. */
#ifndef TTI_CLOSEST_H
#define TTI_CLOSEST_H

#include "common/slots.h"
#include "lsh/bands.h"

/** The documents that one was met with, each once. One thread's; zero it but for the allocator. */
typedef struct tti_closest {
    const tt_allocator *allocator;
    uint64_t *met, *spare; /**< numbers of documents; in the end, distance << 32 | number */
    size_t count, capacity, spare_capacity;
    tti_slots places; /**< among the met, by document */
} tti_closest;

void tti_closest_free(tti_closest *c);

/** Notes a document, unless it was noted already. @return TT_OK, TT_ENOMEM */
tt_status tti_closest_meet(tti_closest *c, uint32_t doc);

/** Adds those of the met that are worth counting as candidates of document b, and forgets all. */
tt_status tti_closest_choose(tti_closest *c, const tti_bands_rule *rule,
                             const tti_sketches *sketches, uint32_t b, tti_candidates *out);

#endif
