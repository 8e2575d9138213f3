#include "lsh/closest.h"

#include "common/alloc.h"
#include "common/radix.h"

#include <string.h>

enum { LEAST_SLOTS = 256 };

void tti_closest_free(tti_closest *c)
{
    tti_release(c->allocator, c->met, c->capacity, sizeof *c->met);
    tti_release(c->allocator, c->spare, c->spare_capacity, sizeof *c->spare);
    tti_release(c->allocator, c->slots, c->slot_capacity, sizeof *c->slots);
}

static uint32_t *find_slot(const tti_closest *c, uint32_t doc)
{
    size_t slot = (doc * 0x9E3779B1u) >> 8 & (c->slot_count - 1);
    while (c->slots[slot] != 0 && c->met[c->slots[slot] - 1] != doc)
        slot = (slot + 1) & (c->slot_count - 1);
    return &c->slots[slot];
}

/* Doubles the table and makes room for as many documents as fill half of it. */
static tt_status grow(tti_closest *c)
{
    const size_t slots = c->slot_count == 0 ? LEAST_SLOTS : c->slot_count * 2;
    if (tti_reserve(c->allocator, &c->met, &c->capacity, slots / 2, sizeof *c->met) != 0 ||
        tti_reserve(c->allocator, &c->spare, &c->spare_capacity, slots / 2, sizeof *c->spare) !=
            0 ||
        tti_reserve(c->allocator, &c->slots, &c->slot_capacity, slots, sizeof *c->slots) != 0)
        return TT_ENOMEM;
    c->slot_count = slots;
    memset(c->slots, 0, slots * sizeof *c->slots);
    for (size_t k = 0; k < c->count; k++)
        *find_slot(c, (uint32_t)c->met[k]) = (uint32_t)k + 1;
    return TT_OK;
}

tt_status tti_closest_meet(tti_closest *c, uint32_t doc)
{
    uint32_t *slot;
    if (c->count * 2 >= c->slot_count && grow(c) != TT_OK)
        return TT_ENOMEM;
    slot = find_slot(c, doc);
    if (*slot == 0) {
        c->met[c->count++] = doc;
        *slot = (uint32_t)c->count;
    }
    return TT_OK;
}

static void forget(tti_closest *c)
{
    for (size_t k = c->count; k-- > 0;) /* from the last, so that all others are still found */
        *find_slot(c, (uint32_t)c->met[k]) = 0;
    c->count = 0;
}

tt_status tti_closest_choose(tti_closest *c, const tti_bands_rule *rule,
                             const tti_sketches *sketches, uint32_t b, tti_candidates *out)
{
    const uint8_t *own = sketches->signatures + (size_t)b * sketches->lanes;
    tt_status status = TT_OK;
    size_t n = 0;
    const size_t met = c->count;
    forget(c); /* the met stay where they are */
    for (size_t k = 0; k < met; k++) {
        const uint32_t doc = (uint32_t)c->met[k];
        const uint32_t distance =
            tti_bands_distance(rule, own, sketches->signatures + (size_t)doc * sketches->lanes);
        if (distance <= rule->farthest)
            c->met[n++] = (uint64_t)distance << 32 | doc;
    }
    if (n > rule->most_pairs) {
        tti_radix_u64(c->met, c->spare, n);
        status = tti_candidates_skip(out, b, n - rule->most_pairs, NULL);
        n = rule->most_pairs;
    }
    for (size_t k = 0; k < n && status == TT_OK; k++)
        status = tti_candidates_add(out, tti_candidate_pack((uint32_t)c->met[k], b, TTI_WANT_PAIR),
                                    NULL);
    return status;
}
