#include "corpus/candidate_pairs.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

void tti_candidates_init(tti_candidates *c, const tt_allocator *allocator)
{
    memset(c, 0, sizeof *c);
    c->allocator = allocator;
}

void tti_candidates_free(tti_candidates *c)
{
    tti_release(c->allocator, c->packed, c->capacity, sizeof *c->packed);
    tti_release(c->allocator, c->skipped, c->skipped_capacity, sizeof *c->skipped);
    tti_candidates_init(c, c->allocator);
}

tt_status tti_candidates_add(tti_candidates *c, uint64_t packed, tt_error *error)
{
    if (tti_reserve(c->allocator, &c->packed, &c->capacity, c->count + 1, sizeof *c->packed) != 0)
        return tti_fail_memory(error, "candidates");
    c->packed[c->count++] = packed;
    return TT_OK;
}

tt_status tti_candidates_add_skipped(tti_candidates *c, uint32_t b, size_t count, tt_error *error)
{
    const uint32_t bounded = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    if (tti_reserve(c->allocator, &c->skipped, &c->skipped_capacity, c->skipped_count + 1,
                    sizeof *c->skipped) != 0)
        return tti_fail_memory(error, "candidates");
    c->skipped[c->skipped_count++] = (uint64_t)b << 32 | bounded;
    return TT_OK;
}

uint32_t tti_candidates_skipped_of(const tti_candidates *c, uint32_t b)
{
    size_t low = 0, high = c->skipped_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (c->skipped[middle] >> 32 < b)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->skipped_count && c->skipped[low] >> 32 == b ? (uint32_t)c->skipped[low] : 0;
}

/* Appends `count` numbers to an array of the candidates'. */
static tt_status append_u64s(const tt_allocator *a, uint64_t **to, size_t *to_count,
                             size_t *capacity, const uint64_t *from, size_t count, tt_error *error)
{
    if (count == 0)
        return TT_OK;
    if (tti_reserve(a, to, capacity, *to_count + count, sizeof **to) != 0)
        return tti_fail_memory(error, "candidates");
    memcpy(*to + *to_count, from, count * sizeof **to);
    *to_count += count;
    return TT_OK;
}

tt_status tti_candidates_append(tti_candidates *c, const tti_candidates *from, tt_error *error)
{
    TTI_TRY(append_u64s(c->allocator, &c->packed, &c->count, &c->capacity, from->packed,
                        from->count, error));
    return append_u64s(c->allocator, &c->skipped, &c->skipped_count, &c->skipped_capacity,
                       from->skipped, from->skipped_count, error);
}

/* Bands and seeds speak of the same pairs: the largest count of a document stands. */
static void sort_unique_skipped(tti_candidates *c, uint64_t *spare)
{
    size_t kept = 0;
    tti_radix_sort_u64(c->skipped, spare, c->skipped_count);
    for (size_t i = 0; i < c->skipped_count; i++) {
        if (kept > 0 && c->skipped[kept - 1] >> 32 == c->skipped[i] >> 32)
            kept--;
        c->skipped[kept++] = c->skipped[i];
    }
    c->skipped_count = kept;
}

tt_status tti_candidates_sort_unique(tti_candidates *c, tt_error *error)
{
    const size_t room = c->count > c->skipped_count ? c->count : c->skipped_count;
    uint64_t *spare = tti_alloc(c->allocator, room, sizeof *spare);
    size_t kept = 0;
    if (spare == NULL)
        return tti_fail_memory(error, "sorting candidates");
    tti_radix_sort_u64(c->packed, spare, c->count);
    sort_unique_skipped(c, spare);
    tti_release(c->allocator, spare, room, sizeof *spare);
    for (size_t i = 0; i < c->count; i++) {
        if (kept > 0 && c->packed[kept - 1] >> 2 == c->packed[i] >> 2)
            c->packed[kept - 1] |= c->packed[i];
        else
            c->packed[kept++] = c->packed[i];
    }
    c->count = kept;
    return TT_OK;
}
