#include "lsh/top_k.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"


enum { MIN_CAPACITY = 128 };

void tti_top_k_free(tti_top_k *c)
{
    tti_release(c->allocator, c->added, c->capacity, sizeof *c->added);
    tti_release(c->allocator, c->spare, c->spare_capacity, sizeof *c->spare);
    tti_table_free(&c->places);
}

/* The met come last: as many as they have room for have it everywhere. */
static tt_status grow_top_k(tti_top_k *c)
{
    const size_t room = c->capacity == 0 ? MIN_CAPACITY : c->capacity * 2;
    c->places.allocator = c->allocator;
    if (tti_table_reserve(&c->places, room) != 0 ||
        tti_reserve(c->allocator, &c->spare, &c->spare_capacity, room, sizeof *c->spare) != 0 ||
        tti_reserve(c->allocator, &c->added, &c->capacity, room, sizeof *c->added) != 0)
        return TT_ENOMEM;
    return TT_OK;
}

tt_status tti_top_k_add(tti_top_k *c, uint32_t doc)
{
    if (c->count == c->capacity)
        TTI_TRY(grow_top_k(c));
    if (tti_table_find_or_add(&c->places, tti_table_hash_u32(doc), (uint32_t)c->count, NULL, NULL,
                              NULL) == c->count)
        c->added[c->count++] = doc;
    return TT_OK;
}

tt_status tti_top_k_select(tti_top_k *c, const tti_band_rule *rule, const tti_sketches *sketches,
                           uint32_t b, tti_candidates *out)
{
    const uint8_t *own = sketches->signatures + (size_t)b * sketches->num_hashes;
    tt_status status = TT_OK;
    size_t n = 0;
    const size_t added = c->count;
    tti_table_clear(&c->places); /* the documents stay where they are */
    c->count = 0;
    for (size_t k = 0; k < added; k++) {
        const uint32_t doc = (uint32_t)c->added[k];
        const uint32_t distance = tti_signature_distance(
            rule, own, sketches->signatures + (size_t)doc * sketches->num_hashes);
        if (distance <= rule->max_distance)
            c->added[n++] = (uint64_t)distance << 32 | doc;
    }
    if (n > rule->max_pairs) {
        tti_radix_sort_u64(c->added, c->spare, n);
        status = tti_candidates_add_skipped(out, b, n - rule->max_pairs, NULL);
        n = rule->max_pairs;
    }
    for (size_t k = 0; k < n && status == TT_OK; k++)
        status = tti_candidates_add(
            out, tti_candidate_pack((uint32_t)c->added[k], b, TTI_WANT_PAIR), NULL);
    return status;
}
