#include "index/postings.h"

#include "index/packed_postings.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

enum {
    LATE_FEW = 64,  /* late seeds that are never worth packing */
    LATE_SHARE = 3, /* nor are they below this part of the packed ones */
    PARTS = TTI_POSTINGS_PARTITIONS,
    LARGE_CHUNK = 1 << 24 /* bytes, of which huge pages are a part that counts */
};

struct tti_postings_partition {
    tti_packed_postings packed;
    tti_delta_postings delta;
};

/* ---- One partition --------------------------------------------------------------------------- */

static uint32_t partition_size(const tti_postings_partition *p)
{
    return p->packed.used + p->delta.places;
}

static void list_part(const tti_postings_partition *p, tti_seed *out)
{
    (void)tti_delta_postings_copy(&p->delta, tti_packed_postings_copy(&p->packed, out));
}

/* Packs a partition anew. Without memory it stays as it is, which is as right. */
static void repack(tti_postings *map, tti_postings_partition *p)
{
    const tt_allocator *a = map->allocator;
    const uint32_t count = partition_size(p);
    tti_seed *all = tti_alloc(a, count, sizeof *all);
    tti_packed_postings made = {0};
    if (all == NULL)
        return;
    list_part(p, all);
    if (tti_packed_postings_build(&made, a, NULL, all, count) == 0) {
        tti_packed_postings_free(&p->packed, a, &map->slab);
        tti_delta_postings_free(&p->delta, a);
        p->packed = made;
    }
    tti_release(a, all, count, sizeof *all);
}

static void repack_if_worthwhile(tti_postings *map, tti_postings_partition *p)
{
    const uint32_t holes = p->packed.room - p->packed.used;
    if ((p->delta.places > LATE_FEW && p->delta.places > p->packed.room / LATE_SHARE) ||
        (holes > LATE_FEW && holes > p->packed.used))
        repack(map, p);
}

/* ---- Filling --------------------------------------------------------------------------------- */

static int make_parts(tti_postings *map)
{
    map->slab.allocator = map->allocator;
    if (map->parts == NULL)
        map->parts = tti_alloc_zero(map->allocator, PARTS, sizeof *map->parts);
    return map->parts == NULL ? -1 : 0;
}

static tti_postings_partition *partition_of_seed(const tti_postings *map, const tti_minimizers *s,
                                                 size_t i)
{
    return &map->parts[tti_minimizers_partition(s, i, PARTS)];
}

static uint32_t key_of_seed(const tti_minimizers *s, size_t i)
{
    return tti_minimizers_key(s, i);
}

static size_t merged_size(const tti_postings *map, const tti_partition_buffers *buffers, int count,
                          uint32_t p)
{
    size_t sum = partition_size(&map->parts[p]);
    for (int t = 0; t < count; t++)
        sum += tti_partition_buffers_count(&buffers[t], p);
    return sum;
}

/* One thread's share of a merge. What a partition was before is kept until all threads are done,
 * since the heap that it lies in is one thread's. */
typedef struct postings_merge {
    tti_postings *map;
    const tti_partition_buffers *buffers;
    int buffer_count;
    size_t largest;
    uint64_t bytes;
    tti_packed_postings *before; /* of each partition */
} postings_merge;

static int merge_part(const postings_merge *m, uint32_t p, tti_slab *slab, tti_seed *scratch)
{
    const tt_allocator *a = m->map->allocator;
    tti_postings_partition *x = &m->map->parts[p];
    const size_t size = merged_size(m->map, m->buffers, m->buffer_count, p);
    tti_seed *at = scratch + partition_size(x);
    tti_packed_postings made = {0};
    if (at == scratch + size)
        return 0;
    list_part(x, scratch);
    for (int t = 0; t < m->buffer_count; t++)
        at = tti_partition_buffers_copy(&m->buffers[t], p, at);
    if (tti_packed_postings_build(&made, a, slab, scratch, (uint32_t)size) != 0)
        return -1;
    m->before[p] = x->packed;
    tti_delta_postings_free(&x->delta, a);
    x->packed = made;
    return 0;
}

static int merge_all(const postings_merge *m, tti_slab *heaps, int threads)
{
    const tt_allocator *a = m->map->allocator;
    int failed = 0;
    (void)threads;
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(| : failed)
    {
        tti_seed *scratch = tti_alloc(a, m->largest, sizeof *scratch);
        tti_slab *slab = &heaps[threads > 1 ? tti_thread_index() : 0];
        failed = scratch == NULL;
#pragma omp for schedule(dynamic, 16)
        for (int p = 0; p < PARTS; p++)
            if (scratch != NULL)
                failed |= merge_part(m, (uint32_t)p, slab, scratch) != 0;
        tti_release(a, scratch, m->largest, sizeof *scratch);
    }
    return failed;
}

static int merge_in_heaps(const postings_merge *m, int threads)
{
    const tt_allocator *a = m->map->allocator;
    tti_slab *heaps = tti_alloc_zero(a, (size_t)threads, sizeof *heaps);
    int failed;
    if (heaps == NULL)
        return -1;
    for (int t = 0; t < threads; t++) {
        heaps[t].allocator = a;
        heaps[t].least = m->bytes / (uint64_t)threads > 4 * LARGE_CHUNK ? LARGE_CHUNK : 0;
    }
    failed = merge_all(m, heaps, threads);
    for (uint32_t p = 0; p < PARTS; p++)
        tti_packed_postings_free(&m->before[p], a, &m->map->slab);
    for (int t = 0; t < threads; t++)
        tti_slab_merge(&m->map->slab, &heaps[t]);
    tti_release(a, heaps, (size_t)threads, sizeof *heaps);
    return failed;
}

tt_status tti_postings_merge(tti_postings *map, const tti_partition_buffers *buffers, int count,
                             int threads, tt_error *error)
{
    postings_merge m = {.map = map, .buffers = buffers, .buffer_count = count};
    int failed;
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (uint32_t p = 0; p < PARTS; p++) {
        const size_t size = merged_size(map, buffers, count, p);
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

tt_status tti_postings_add(tti_postings *map, const tti_minimizers *s, uint32_t doc,
                           tt_error *error)
{
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (size_t i = 0; i < s->positions.count; i++)
        tti_delta_postings_prefetch(&partition_of_seed(map, s, i)->delta, key_of_seed(s, i));
    for (size_t i = 0; i < s->positions.count; i++) {
        tti_postings_partition *p = partition_of_seed(map, s, i);
        if (tti_delta_postings_add(&p->delta, map->allocator, key_of_seed(s, i),
                                   (tti_doc_position){doc, s->positions.items[i]}) != 0)
            return tti_fail_memory(error, "seeds");
        repack_if_worthwhile(map, p);
    }
    return TT_OK;
}

void tti_postings_remove(tti_postings *map, const tti_minimizers *s, uint32_t doc)
{
    for (size_t i = 0; map->parts != NULL && i < s->positions.count; i++) {
        tti_postings_partition *p = partition_of_seed(map, s, i);
        const tti_doc_position place = {doc, s->positions.items[i]};
        if (!tti_packed_postings_remove(&p->packed, key_of_seed(s, i), place))
            tti_delta_postings_remove(&p->delta, map->allocator, key_of_seed(s, i), place);
        repack_if_worthwhile(map, p);
    }
}

/* ---- Finding --------------------------------------------------------------------------------- */

size_t tti_postings_find(const tti_postings *map, const tti_minimizers *s, size_t i,
                         tti_doc_position *out, size_t most)
{
    const tti_postings_partition *p;
    const tti_seed *x;
    const tti_doc_position *y;
    uint32_t n, m, k = 0, l = 0;
    if (map->parts == NULL)
        return 0;
    p = partition_of_seed(map, s, i);
    x = tti_packed_postings_find(&p->packed, key_of_seed(s, i), &n);
    y = tti_delta_postings_find(&p->delta, key_of_seed(s, i), &m);
    while (k + l < most && k + l < n + m) {
        const int packed =
            l == m ||
            (k < n && (x[k].doc < y[l].doc || (x[k].doc == y[l].doc && x[k].pos < y[l].pos)));
        out[k + l] = packed ? (tti_doc_position){x[k].doc, x[k].pos} : y[l];
        k += packed ? 1 : 0;
        l += packed ? 0 : 1;
    }
    return k + l;
}

void tti_postings_prefetch(const tti_postings *map, const tti_minimizers *s)
{
    for (size_t i = 0; map->parts != NULL && i < s->positions.count; i++) {
        tti_packed_postings_prefetch_start(&partition_of_seed(map, s, i)->packed,
                                           key_of_seed(s, i));
        tti_delta_postings_prefetch(&partition_of_seed(map, s, i)->delta, key_of_seed(s, i));
    }
    for (size_t i = 0; map->parts != NULL && i < s->positions.count; i++)
        tti_packed_postings_prefetch_bucket(&partition_of_seed(map, s, i)->packed,
                                            key_of_seed(s, i));
}

/* ---- The whole ------------------------------------------------------------------------------- */

int tti_postings_has(const tti_postings *map, const tti_minimizers *s, size_t i, uint32_t doc)
{
    const tti_doc_position place = {doc, s->positions.items[i]};
    const tti_postings_partition *p;
    if (map->parts == NULL)
        return 0;
    p = partition_of_seed(map, s, i);
    return tti_packed_postings_has(&p->packed, key_of_seed(s, i), place) +
               tti_delta_postings_has(&p->delta, key_of_seed(s, i), place) ==
           1;
}

uint64_t tti_postings_count(const tti_postings *map)
{
    uint64_t sum = 0;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++) {
        if (!tti_packed_postings_is_valid(&map->parts[p].packed) ||
            !tti_delta_postings_is_valid(&map->parts[p].delta))
            return UINT64_MAX;
        sum += partition_size(&map->parts[p]);
    }
    return sum;
}

uint64_t tti_postings_memory(const tti_postings *map)
{
    uint64_t sum = map->slab.bytes;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++)
        sum += tti_packed_postings_memory(&map->parts[p].packed) +
               tti_delta_postings_memory(&map->parts[p].delta);
    return sum;
}

void tti_postings_free(tti_postings *map)
{
    const tt_allocator *a = map->allocator;
    for (size_t p = 0; map->parts != NULL && p < PARTS; p++) {
        tti_packed_postings_free(&map->parts[p].packed, a, NULL);
        tti_delta_postings_free(&map->parts[p].delta, a);
    }
    tti_slab_free(&map->slab);
    tti_release(a, map->parts, PARTS, sizeof *map->parts);
    map->parts = NULL;
}
