#include "lsh/closest.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"

#include <string.h>

enum { LEAST_ROOM = 128 };

void tti_closest_free(tti_closest *c)
{
    tti_release(c->allocator, c->met, c->capacity, sizeof *c->met);
    tti_release(c->allocator, c->spare, c->spare_capacity, sizeof *c->spare);
    tti_slots_free(&c->places);
}

/* The met come last: as many as they have room for have it everywhere. */
static tt_status grow(tti_closest *c)
{
    const size_t room = c->capacity == 0 ? LEAST_ROOM : c->capacity * 2;
    c->places.allocator = c->allocator;
    if (tti_slots_reserve(&c->places, room) != 0 ||
        tti_reserve(c->allocator, &c->spare, &c->spare_capacity, room, sizeof *c->spare) != 0 ||
        tti_reserve(c->allocator, &c->met, &c->capacity, room, sizeof *c->met) != 0)
        return TT_ENOMEM;
    return TT_OK;
}

tt_status tti_closest_meet(tti_closest *c, uint32_t doc)
{
    const uint32_t hash = tti_slots_hash(doc);
    tti_slot *slot;
    if (c->count == c->capacity)
        TTI_TRY(grow(c));
    slot = tti_slots_at(&c->places, hash);
    if (slot->value == 0) {
        c->met[c->count++] = doc;
        *slot = (tti_slot){hash, (uint32_t)c->count};
    }
    return TT_OK;
}

static void forget(tti_closest *c)
{
    for (size_t k = c->count; k-- > 0;) /* from the last, so that all others are still found */
        tti_slots_at(&c->places, tti_slots_hash((uint32_t)c->met[k]))->value = 0;
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
