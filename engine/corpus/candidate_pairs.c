#include "corpus/candidate_pairs.h"

#include "util/error.h"
#include "util/sort.h"

void tti_candidates_init(tti_candidates *c, const tt_allocator *allocator)
{
    *c = (tti_candidates){.allocator = allocator};
}

void tti_candidates_free(tti_candidates *c)
{
    tti_array_free(&c->pairs, c->allocator);
    tti_array_free(&c->skipped, c->allocator);
}

tt_status tti_candidates_add(tti_candidates *c, uint64_t packed, tt_error *error)
{
    TTI_TRY_ALLOC(tti_array_push(&c->pairs, c->allocator, packed), error, "candidates");
    return TT_OK;
}

tt_status tti_candidates_add_skipped(tti_candidates *c, uint32_t b, size_t count, tt_error *error)
{
    const uint32_t bounded = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    TTI_TRY_ALLOC(tti_array_push(&c->skipped, c->allocator, (uint64_t)b << 32 | bounded), error,
                  "candidates");
    return TT_OK;
}

tt_status tti_candidates_append(tti_candidates *c, const tti_candidates *from, tt_error *error)
{
    TTI_TRY_ALLOC(
        tti_array_append(&c->pairs, c->allocator, from->pairs.items, from->pairs.count) |
            tti_array_append(&c->skipped, c->allocator, from->skipped.items, from->skipped.count),
        error, "candidates");
    return TT_OK;
}

tt_status tti_candidates_sort_unique(tti_candidates *c, tt_error *error)
{
    const size_t room = c->pairs.count > c->skipped.count ? c->pairs.count : c->skipped.count;
    uint64_t *const pairs = c->pairs.items, *const skipped = c->skipped.items;
    uint64_t *spare = tti_alloc(c->allocator, room, sizeof *spare);
    size_t n = 0;
    TTI_TRY_ALLOC(spare == NULL, error, "sorting candidates");
    tti_radix_sort_u64(pairs, spare, c->pairs.count);
    tti_radix_sort_u64(skipped, spare, c->skipped.count);
    tti_release(c->allocator, spare, room, sizeof *spare);
    for (size_t i = 0; i < c->pairs.count; i++) {
        if (n > 0 && pairs[n - 1] >> 2 == pairs[i] >> 2)
            pairs[n - 1] |= pairs[i];
        else
            pairs[n++] = pairs[i];
    }
    c->pairs.count = n;
    n = 0;
    for (size_t i = 0; i < c->skipped.count; i++) {
        n -= n > 0 && skipped[n - 1] >> 32 == skipped[i] >> 32;
        skipped[n++] = skipped[i];
    }
    c->skipped.count = n;
    return TT_OK;
}

uint32_t tti_candidates_skipped_of(const tti_candidates *c, uint32_t b)
{
    const uint64_t *skipped = c->skipped.items;
    size_t i;
    TTI_LOWER_BOUND(i, 0, c->skipped.count, skipped[i] >> 32 < b);
    return i < c->skipped.count && skipped[i] >> 32 == b ? (uint32_t)skipped[i] : 0;
}
