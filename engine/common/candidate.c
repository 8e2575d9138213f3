#include "common/candidate.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"

#include <string.h>

void tti_candidates_init(tti_candidates *c, const tt_allocator *allocator)
{
    memset(c, 0, sizeof *c);
    c->allocator = allocator;
}

void tti_candidates_free(tti_candidates *c)
{
    tti_release(c->allocator, c->packed, c->capacity, sizeof *c->packed);
    tti_candidates_init(c, c->allocator);
}

tt_status tti_candidates_add(tti_candidates *c, uint64_t packed, tt_error *error)
{
    if (tti_reserve(c->allocator, &c->packed, &c->capacity, c->count + 1, sizeof *c->packed) != 0)
        return tti_fail_memory(error, "candidates");
    c->packed[c->count++] = packed;
    return TT_OK;
}

tt_status tti_candidates_append(tti_candidates *c, const tti_candidates *from, tt_error *error)
{
    if (from->count == 0)
        return TT_OK;
    if (tti_reserve(c->allocator, &c->packed, &c->capacity, c->count + from->count,
                    sizeof *c->packed) != 0)
        return tti_fail_memory(error, "candidates");
    memcpy(c->packed + c->count, from->packed, from->count * sizeof *c->packed);
    c->count += from->count;
    return TT_OK;
}

tt_status tti_candidates_settle(tti_candidates *c, tt_error *error)
{
    uint64_t *spare = tti_alloc(c->allocator, c->count, sizeof *spare);
    size_t kept = 0;
    if (spare == NULL)
        return tti_fail_memory(error, "sorting candidates");
    tti_radix_u64(c->packed, spare, c->count, 64);
    tti_release(c->allocator, spare, c->count, sizeof *spare);
    for (size_t i = 0; i < c->count; i++) {
        if (kept > 0 && c->packed[kept - 1] >> 2 == c->packed[i] >> 2)
            c->packed[kept - 1] |= c->packed[i];
        else
            c->packed[kept++] = c->packed[i];
    }
    c->count = kept;
    return TT_OK;
}
