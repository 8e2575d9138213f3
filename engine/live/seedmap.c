#include "live/seedmap.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "live/seedbase.h"

#include <string.h>

enum {
    LATE_FEW = 64,  /* late seeds that are never worth packing */
    LATE_SHARE = 3, /* nor are they below this part of the packed ones */
    PARTS = TTI_SIEVE_PARTS,
    LARGE_CHUNK = 1 << 24 /* bytes, of which huge pages are a part that counts */
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

static void list_part(const tti_seedmap_part *p, tti_seed *out)
{
    (void)tti_seedtable_list(&p->late, tti_seedbase_list(&p->base, out));
}

/* Packs a partition anew. Without memory it stays as it is, which is as right. */
static void repack(tti_seedmap *map, tti_seedmap_part *p)
{
    const tt_allocator *a = map->allocator;
    const uint32_t count = size_of(p);
    tti_seed *all = tti_alloc(a, count, sizeof *all);
    tti_seedbase made = {0};
    if (all == NULL)
        return;
    list_part(p, all);
    if (tti_seedbase_make(&made, a, NULL, all, count) == 0) {
        tti_seedbase_free(&p->base, a, &map->heap);
        tti_seedtable_free(&p->late, a);
        p->base = made;
    }
    tti_release(a, all, count, sizeof *all);
}

static void repack_if_worth(tti_seedmap *map, tti_seedmap_part *p)
{
    const uint32_t holes = p->base.room - p->base.used;
    if ((p->late.places > LATE_FEW && p->late.places > p->base.room / LATE_SHARE) ||
        (holes > LATE_FEW && holes > p->base.used))
        repack(map, p);
}

/* ---- Filling --------------------------------------------------------------------------------- */

static int make_parts(tti_seedmap *map)
{
    map->heap.allocator = map->allocator;
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

/* One thread's share of a merge. What a partition was before is kept until all threads are done,
 * since the heap that it lies in is one thread's. */
typedef struct merging {
    tti_seedmap *map;
    const tti_sieve *sieves;
    int sieve_count;
    size_t largest;
    uint64_t bytes;
    tti_seedbase *before; /* of each partition */
} merging;

static int merge_part(const merging *m, uint32_t p, tti_heap *heap, tti_seed *scratch)
{
    const tt_allocator *a = m->map->allocator;
    tti_seedmap_part *x = &m->map->parts[p];
    const size_t size = merged_size(m->map, m->sieves, m->sieve_count, p);
    tti_seed *at = scratch + size_of(x);
    tti_seedbase made = {0};
    if (at == scratch + size)
        return 0;
    list_part(x, scratch);
    for (int t = 0; t < m->sieve_count; t++)
        at = tti_sieve_list(&m->sieves[t], p, at);
    if (tti_seedbase_make(&made, a, heap, scratch, (uint32_t)size) != 0)
        return -1;
    m->before[p] = x->base;
    tti_seedtable_free(&x->late, a);
    x->base = made;
    return 0;
}

static int merge_all(const merging *m, tti_heap *heaps, int threads)
{
    const tt_allocator *a = m->map->allocator;
    int failed = 0;
    (void)threads;
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(| : failed)
    {
        tti_seed *scratch = tti_alloc(a, m->largest, sizeof *scratch);
        tti_heap *heap = &heaps[threads > 1 ? tti_thread() : 0];
        failed = scratch == NULL;
#pragma omp for schedule(dynamic, 16)
        for (int p = 0; p < PARTS; p++)
            if (scratch != NULL)
                failed |= merge_part(m, (uint32_t)p, heap, scratch) != 0;
        tti_release(a, scratch, m->largest, sizeof *scratch);
    }
    return failed;
}

static int merge_in_heaps(const merging *m, int threads)
{
    const tt_allocator *a = m->map->allocator;
    tti_heap *heaps = tti_alloc_zero(a, (size_t)threads, sizeof *heaps);
    int failed;
    if (heaps == NULL)
        return -1;
    for (int t = 0; t < threads; t++) {
        heaps[t].allocator = a;
        heaps[t].least = m->bytes / (uint64_t)threads > 4 * LARGE_CHUNK ? LARGE_CHUNK : 0;
    }
    failed = merge_all(m, heaps, threads);
    for (uint32_t p = 0; p < PARTS; p++)
        tti_seedbase_free(&m->before[p], a, &m->map->heap);
    for (int t = 0; t < threads; t++)
        tti_heap_join(&m->map->heap, &heaps[t]);
    tti_release(a, heaps, (size_t)threads, sizeof *heaps);
    return failed;
}

tt_status tti_seedmap_merge(tti_seedmap *map, const tti_sieve *sieves, int count, int threads,
                            tt_error *error)
{
    merging m = {.map = map, .sieves = sieves, .sieve_count = count};
    int failed;
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (uint32_t p = 0; p < PARTS; p++) {
        const size_t size = merged_size(map, sieves, count, p);
        m.largest = size > m.largest ? size : m.largest;
        m.bytes += size * sizeof(tti_seed);
    }
    if (m.largest >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many seeds in one partition");
    m.before = tti_alloc_zero(map->allocator, PARTS, sizeof *m.before);
    failed = m.before == NULL || merge_in_heaps(&m, threads) != 0;
    tti_release(map->allocator, m.before, PARTS, sizeof *m.before);
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
        repack_if_worth(map, p);
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
        repack_if_worth(map, p);
    }
}

/* ---- Finding --------------------------------------------------------------------------------- */

size_t tti_seedmap_get(const tti_seedmap *map, const tti_sample *s, size_t i, tti_posting *out,
                       size_t most)
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
    while (k + l < most && k + l < n + m) {
        const int packed =
            l == m ||
            (k < n && (x[k].doc < y[l].doc || (x[k].doc == y[l].doc && x[k].pos < y[l].pos)));
        out[k + l] = packed ? (tti_posting){x[k].doc, x[k].pos} : y[l];
        k += packed ? 1 : 0;
        l += packed ? 0 : 1;
    }
    return k + l;
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
    uint64_t sum = map->heap.bytes;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++)
        sum += tti_seedbase_memory(&map->parts[p].base) + tti_seedtable_memory(&map->parts[p].late);
    return sum;
}

void tti_seedmap_free(tti_seedmap *map)
{
    const tt_allocator *a = map->allocator;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++) {
        tti_seedbase_free(&map->parts[p].base, a, NULL);
        tti_seedtable_free(&map->parts[p].late, a);
    }
    tti_heap_free(&map->heap);
    tti_release(a, map->parts, PARTS, sizeof *map->parts);
    map->parts = NULL;
}
