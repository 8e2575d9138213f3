#include "live/seedmap.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "live/seedbase.h"

#include <string.h>

enum {
    LATE_FEW = 64,  /* late seeds that are never worth packing */
    LATE_SHARE = 3, /* nor are they below this part of the packed ones */
    PARTS = TTI_SIEVE_PARTS
};

struct tti_seedmap_part {
    tti_seedbase base;
    tti_seedtable late;
};

/* ---- One partition --------------------------------------------------------------------------- */

static uint32_t size_of(const tti_seedmap_part *p)
{
    return p->base.used + p->late.places;
}

/* Packs `from`, which is all that is to be in a partition. @return 0, or -1: it is as it was */
static int pack(const tt_allocator *a, tti_seedmap_part *p, const tti_seed *from, uint32_t count)
{
    tti_seedbase made = {0};
    if (tti_seedbase_make(&made, a, from, count) != 0)
        return -1;
    tti_seedbase_free(&p->base, a);
    tti_seedtable_free(&p->late, a);
    p->base = made;
    return 0;
}

static void list_part(const tti_seedmap_part *p, tti_seed *out)
{
    (void)tti_seedtable_list(&p->late, tti_seedbase_list(&p->base, out));
}

/* Without memory it stays as it is, which is as right. */
static void repack(const tt_allocator *a, tti_seedmap_part *p)
{
    const uint32_t count = size_of(p);
    tti_seed *all = tti_alloc(a, count, sizeof *all);
    if (all == NULL)
        return;
    list_part(p, all);
    (void)pack(a, p, all, count);
    tti_release(a, all, count, sizeof *all);
}

static void repack_if_worth(const tt_allocator *a, tti_seedmap_part *p)
{
    const uint32_t holes = p->base.room - p->base.used;
    if ((p->late.places > LATE_FEW && p->late.places > p->base.room / LATE_SHARE) ||
        (holes > LATE_FEW && holes > p->base.used))
        repack(a, p);
}

/* ---- Filling --------------------------------------------------------------------------------- */

static int make_parts(tti_seedmap *map)
{
    if (map->parts == NULL)
        map->parts = tti_alloc_zero(map->allocator, PARTS, sizeof *map->parts);
    return map->parts == NULL ? -1 : 0;
}

static tti_seedmap_part *part_of(const tti_seedmap *map, const tti_sample *s, size_t i)
{
    return &map->parts[s->parts[s->places[i]] & (PARTS - 1)];
}

static uint32_t key_of(const tti_sample *s, size_t i)
{
    return s->keys[s->places[i]];
}

static size_t merged_size(const tti_seedmap *map, const tti_sieve *sieves, int count, uint32_t p)
{
    size_t sum = size_of(&map->parts[p]);
    for (int t = 0; t < count; t++)
        sum += tti_sieve_count(&sieves[t], p);
    return sum;
}

static int merge_part(tti_seedmap *map, const tti_sieve *sieves, int count, uint32_t p,
                      tti_seed *scratch)
{
    tti_seedmap_part *x = &map->parts[p];
    const size_t size = merged_size(map, sieves, count, p);
    tti_seed *at = scratch + size_of(x);
    if (at == scratch + size)
        return 0;
    list_part(x, scratch);
    for (int t = 0; t < count; t++)
        at = tti_sieve_list(&sieves[t], p, at);
    return pack(map->allocator, x, scratch, (uint32_t)size);
}

tt_status tti_seedmap_merge(tti_seedmap *map, const tti_sieve *sieves, int count, int threads,
                            tt_error *error)
{
    const tt_allocator *a = map->allocator;
    size_t largest = 0;
    int failed = 0;
    (void)threads;
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (uint32_t p = 0; p < PARTS; p++) {
        const size_t size = merged_size(map, sieves, count, p);
        largest = size > largest ? size : largest;
    }
    if (largest >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many seeds in one partition");
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(| : failed)
    {
        tti_seed *scratch = tti_alloc(a, largest, sizeof *scratch);
        failed = scratch == NULL;
#pragma omp for schedule(dynamic, 16)
        for (int p = 0; p < PARTS; p++)
            if (scratch != NULL)
                failed |= merge_part(map, sieves, count, (uint32_t)p, scratch) != 0;
        tti_release(a, scratch, largest, sizeof *scratch);
    }
    return failed ? tti_fail_memory(error, "seeds") : TT_OK;
}

tt_status tti_seedmap_add(tti_seedmap *map, const tti_sample *s, uint32_t doc, tt_error *error)
{
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (size_t i = 0; i < s->count; i++)
        tti_seedtable_prefetch(&part_of(map, s, i)->late, key_of(s, i));
    for (size_t i = 0; i < s->count; i++) {
        tti_seedmap_part *p = part_of(map, s, i);
        if (tti_seedtable_add(&p->late, map->allocator, key_of(s, i),
                              (tti_posting){doc, s->places[i]}) != 0)
            return tti_fail_memory(error, "seeds");
        repack_if_worth(map->allocator, p);
    }
    return TT_OK;
}

void tti_seedmap_remove(tti_seedmap *map, const tti_sample *s, uint32_t doc)
{
    for (size_t i = 0; map->parts != NULL && i < s->count; i++) {
        tti_seedmap_part *p = part_of(map, s, i);
        const tti_posting place = {doc, s->places[i]};
        if (!tti_seedbase_remove(&p->base, key_of(s, i), place))
            tti_seedtable_remove(&p->late, map->allocator, key_of(s, i), place);
        repack_if_worth(map->allocator, p);
    }
}

/* ---- Finding --------------------------------------------------------------------------------- */

size_t tti_seedmap_get(const tti_seedmap *map, const tti_sample *s, size_t i, tti_posting *out)
{
    const tti_seedmap_part *p;
    const tti_seed *x;
    const tti_posting *y;
    uint32_t n, m, k = 0, l = 0;
    if (map->parts == NULL)
        return 0;
    p = part_of(map, s, i);
    x = tti_seedbase_get(&p->base, key_of(s, i), &n);
    y = tti_seedtable_get(&p->late, key_of(s, i), &m);
    while (k + l < TTI_SEED_PLACES && k + l < n + m) {
        const int packed =
            l == m ||
            (k < n && (x[k].doc < y[l].doc || (x[k].doc == y[l].doc && x[k].pos < y[l].pos)));
        out[k + l] = packed ? (tti_posting){x[k].doc, x[k].pos} : y[l];
        k += packed ? 1 : 0;
        l += packed ? 0 : 1;
    }
    return (size_t)n + m;
}

void tti_seedmap_prefetch(const tti_seedmap *map, const tti_sample *s)
{
    for (size_t i = 0; map->parts != NULL && i < s->count; i++) {
        tti_seedbase_prefetch_start(&part_of(map, s, i)->base, key_of(s, i));
        tti_seedtable_prefetch(&part_of(map, s, i)->late, key_of(s, i));
    }
    for (size_t i = 0; map->parts != NULL && i < s->count; i++)
        tti_seedbase_prefetch_bucket(&part_of(map, s, i)->base, key_of(s, i));
}

/* ---- The whole ------------------------------------------------------------------------------- */

int tti_seedmap_has(const tti_seedmap *map, const tti_sample *s, size_t i, uint32_t doc)
{
    const tti_posting place = {doc, s->places[i]};
    const tti_seedmap_part *p;
    if (map->parts == NULL)
        return 0;
    p = part_of(map, s, i);
    return tti_seedbase_has(&p->base, key_of(s, i), place) +
               tti_seedtable_has(&p->late, key_of(s, i), place) ==
           1;
}

uint64_t tti_seedmap_count(const tti_seedmap *map)
{
    uint64_t sum = 0;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++) {
        if (!tti_seedbase_is_sound(&map->parts[p].base) ||
            !tti_seedtable_is_sound(&map->parts[p].late))
            return UINT64_MAX;
        sum += size_of(&map->parts[p]);
    }
    return sum;
}

uint64_t tti_seedmap_memory(const tti_seedmap *map)
{
    uint64_t sum = 0;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++)
        sum += tti_seedbase_memory(&map->parts[p].base) + tti_seedtable_memory(&map->parts[p].late);
    return sum;
}

void tti_seedmap_free(tti_seedmap *map)
{
    const tt_allocator *a = map->allocator;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++) {
        tti_seedbase_free(&map->parts[p].base, a);
        tti_seedtable_free(&map->parts[p].late, a);
    }
    tti_release(a, map->parts, PARTS, sizeof *map->parts);
    map->parts = NULL;
}
