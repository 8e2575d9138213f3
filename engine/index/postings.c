#include "index/postings.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/table.h"
#include "util/threads.h"

enum {
    DELTA_MIN = 64,         /* postings in a delta that are never worth packing; nor are fewer */
    DELTA_SHARE = 3,        /* than this part of the packed ones */
    BUCKET_SEEDS = 4,       /* of packed postings, on average: a cache line or two */
    LINEAR_SEARCH_MAX = 24, /* seeds of a bucket that are looked through one by one */
    LARGE_CHUNK = 1 << 24, /* bytes of a slab's chunk, of which huge pages are a part that counts */
    BUFFER_CHUNK = 1024,   /* bytes */
    BUFFER_BLOCK = 16 << 20, /* bytes taken at once, enough for huge pages */
    BLOCK_CHUNKS = BUFFER_BLOCK / BUFFER_CHUNK - 1
};

#define NO_DOC UINT32_MAX

/* A seed's key is the least of its window, so that the high bits are mostly zero: it is mixed
 * before it selects one of `count` slots or buckets, any number of them. */
static inline uint32_t index_of_key(uint32_t key, uint32_t count)
{
    return (uint32_t)((uint64_t)(key * 0x9E3779B1u ^ key >> 15) * count >> 32);
}

static inline int position_before(tti_doc_position x, tti_doc_position y)
{
    return x.doc != y.doc ? x.doc < y.doc : x.pos < y.pos;
}

static inline int is_same_position(tti_doc_position x, tti_doc_position y)
{
    return x.doc == y.doc && x.pos == y.pos;
}

/* ---- Buffers ---------------------------------------------------------------------------------
 *
 * A chunk lies at a multiple of its size, so that the address of the next seed also tells whether
 * the chunk is full and where it begins: there is one pointer for each partition, and all of them
 * stay in cache.
 */

typedef struct buffer_chunk {
    struct buffer_chunk *previous;
    uint32_t number; /* of the chunks before it */
    uint32_t unused;
    tti_seed seeds[];
} buffer_chunk;

enum { CHUNK_SEEDS = (BUFFER_CHUNK - sizeof(buffer_chunk)) / sizeof(tti_seed) };

/* The chunk that an end is in. An end is never at the beginning of a chunk. */
static buffer_chunk *chunk_of_end(char *end)
{
    return end == NULL ? NULL
                       : (buffer_chunk *)(end - ((uintptr_t)(end - 1) & (BUFFER_CHUNK - 1)) - 1);
}

static int is_chunk_full(const char *end)
{
    return ((uintptr_t)end & (BUFFER_CHUNK - 1)) == 0 ||
           BUFFER_CHUNK - ((uintptr_t)end & (BUFFER_CHUNK - 1)) < sizeof(tti_seed);
}

static tt_status add_buffer_chunk(tti_partition_buffers *b, uint32_t partition)
{
    buffer_chunk *c, *previous = chunk_of_end(b->ends[partition]);
    char *block;
    if (b->blocks.count == 0 || b->chunks_used == BLOCK_CHUNKS) {
        TTI_TRY(tti_array_reserve(&b->blocks, b->allocator, 1));
        block = tti_alloc(b->allocator, BUFFER_BLOCK, 1);
        if (block == NULL)
            return TT_ENOMEM;
        b->blocks.items[b->blocks.count++] = block;
        b->chunks_used = 0;
    }
    block = tti_array_last(&b->blocks);
    block += (size_t)(-(uintptr_t)block & (BUFFER_CHUNK - 1));
    c = (buffer_chunk *)(block + b->chunks_used++ * BUFFER_CHUNK);
    c->previous = previous;
    c->number = previous == NULL ? 0 : previous->number + 1;
    b->ends[partition] = (char *)c->seeds;
    return TT_OK;
}

tt_status tti_partition_buffers_add(tti_partition_buffers *b, const tti_minimizers *seeds,
                                    uint32_t doc, tt_error *error)
{
    if (b->ends == NULL)
        b->ends = tti_alloc_zero(b->allocator, TTI_POSTINGS_PARTITIONS, sizeof *b->ends);
    TTI_TRY_ALLOC(b->ends == NULL, error, "seeds");
    for (size_t k = 0; k < seeds->positions.count; k++) {
        const uint32_t partition = tti_minimizers_partition(seeds, k, TTI_POSTINGS_PARTITIONS);
        const tti_seed seed = tti_minimizers_seed(seeds, k, doc);
        if (b->ends[partition] == NULL || is_chunk_full(b->ends[partition]))
            TTI_TRY_ALLOC(add_buffer_chunk(b, partition), error, "seeds");
        memcpy(b->ends[partition], &seed, sizeof seed);
        b->ends[partition] += sizeof seed;
    }
    return TT_OK;
}

static size_t last_chunk_count(const buffer_chunk *c, const char *end)
{
    return (size_t)(end - (const char *)c->seeds) / sizeof(tti_seed);
}

static size_t buffered_count(const tti_partition_buffers *b, uint32_t partition)
{
    char *end = b->ends == NULL ? NULL : b->ends[partition];
    const buffer_chunk *c = chunk_of_end(end);
    return c == NULL ? 0 : (size_t)c->number * CHUNK_SEEDS + last_chunk_count(c, end);
}

/* Writes the seeds of a partition in the order in which they came. @return behind the last */
static tti_seed *copy_buffered(const tti_partition_buffers *b, uint32_t partition, tti_seed *out)
{
    tti_seed *const end = out + buffered_count(b, partition);
    tti_seed *at = end;
    const buffer_chunk *c = b->ends == NULL ? NULL : chunk_of_end(b->ends[partition]);
    size_t count = c == NULL ? 0 : last_chunk_count(c, b->ends[partition]);
    for (; c != NULL; c = c->previous, count = CHUNK_SEEDS) {
        at -= count;
        memcpy(at, c->seeds, count * sizeof *at);
    }
    return end;
}

void tti_partition_buffers_free(tti_partition_buffers *b)
{
    const tt_allocator *a = b->allocator;
    for (size_t k = 0; k < b->blocks.count; k++)
        tti_release(a, b->blocks.items[k], BUFFER_BLOCK, 1);
    tti_array_free(&b->blocks, a);
    tti_release(a, b->ends, TTI_POSTINGS_PARTITIONS, sizeof *b->ends);
    *b = (tti_partition_buffers){.allocator = a};
}

/* ---- The delta: a hash table from keys to their positions ------------------------------------ */

typedef struct position_list {
    uint32_t capacity;
    tti_doc_position at[];
} position_list;

typedef struct delta_slot {
    uint32_t key, count; /* count 0: unused */
    union {
        tti_doc_position one; /* count 1 */
        position_list *many;  /* in order */
    } positions;
} delta_slot;

/* Any number of slots will do, so that a table need not be half empty for being a power of two. */
typedef struct delta_postings {
    delta_slot *slots;
    uint32_t slot_count, used;
    uint32_t positions; /* of all keys */
    uint64_t list_bytes;
} delta_postings;

#define SLOT_HOME(slot, slot_count) index_of_key((slot)->key, (uint32_t)(slot_count))
#define SLOT_IS_USED(slot, base) ((slot)->count != 0)
TTI_PROBING(delta, delta_slot, SLOT_HOME, SLOT_IS_USED)

static size_t list_size(uint32_t capacity)
{
    return sizeof(position_list) + capacity * sizeof(tti_doc_position);
}

/* The slot of a key, or the unused one where it would go; NULL: there are no slots. */
static delta_slot *find_delta_slot(const delta_postings *d, uint32_t key)
{
    size_t at;
    if (d->slot_count == 0)
        return NULL;
    at = index_of_key(key, d->slot_count);
    while (d->slots[at].count != 0 && d->slots[at].key != key)
        at = tti_next_slot(at, d->slot_count);
    return &d->slots[at];
}

static const tti_doc_position *slot_positions(const delta_slot *x)
{
    return x->count > 1 ? x->positions.many->at : &x->positions.one;
}

static tt_status resize_delta(delta_postings *d, const tt_allocator *a, uint32_t slot_count)
{
    delta_slot *slots = tti_alloc_zero(a, slot_count, sizeof *slots);
    if (slots == NULL)
        return TT_ENOMEM;
    delta_rehash(d->slots, d->slot_count, slots, slot_count, 0);
    tti_release(a, d->slots, d->slot_count, sizeof *d->slots);
    d->slots = slots;
    d->slot_count = slot_count;
    return TT_OK;
}

static tt_status resize_list(delta_postings *d, const tt_allocator *a, delta_slot *x,
                             uint32_t capacity)
{
    position_list *old = x->positions.many, *list;
    const uint32_t was = old->capacity;
    list = a->resize(a->ctx, old, list_size(was), list_size(capacity));
    if (list == NULL)
        return TT_ENOMEM;
    d->list_bytes += list_size(capacity) - list_size(was);
    list->capacity = capacity;
    x->positions.many = list;
    return TT_OK;
}

/* Makes room for one more position in a slot that has some. */
static tt_status reserve_place(delta_postings *d, const tt_allocator *a, delta_slot *x)
{
    position_list *list;
    if (x->count > 1)
        return x->count < x->positions.many->capacity
                   ? TT_OK
                   : resize_list(d, a, x, x->positions.many->capacity * 2);
    list = tti_alloc(a, list_size(2), 1);
    if (list == NULL)
        return TT_ENOMEM;
    list->capacity = 2;
    list->at[0] = x->positions.one;
    x->positions.many = list;
    d->list_bytes += list_size(2);
    x->count = 1;
    return TT_OK;
}

static tt_status add_to_delta(delta_postings *d, const tt_allocator *a, uint32_t key,
                              tti_doc_position position)
{
    delta_slot *x;
    uint32_t at;
    if ((d->used + 1) * 3 > d->slot_count * 2)
        TTI_TRY(resize_delta(d, a, d->slot_count + d->slot_count / 2 + 16));
    x = find_delta_slot(d, key);
    if (x->count == 0) {
        *x = (delta_slot){key, 1, {.one = position}};
        d->used++;
        d->positions++;
        return TT_OK;
    }
    TTI_TRY(reserve_place(d, a, x));
    for (at = x->count; at > 0 && position_before(position, x->positions.many->at[at - 1]); at--)
        x->positions.many->at[at] = x->positions.many->at[at - 1];
    x->positions.many->at[at] = position;
    x->count++;
    d->positions++;
    return TT_OK;
}

/* The index of a position among those of a slot, or their count. */
static uint32_t find_position(const delta_slot *x, tti_doc_position position)
{
    const tti_doc_position *positions = slot_positions(x);
    size_t k;
    TTI_LOWER_BOUND(k, 0, x->count, position_before(positions[k], position));
    return k < x->count && is_same_position(positions[k], position) ? (uint32_t)k : x->count;
}

static void remove_from_list(delta_postings *d, const tt_allocator *a, delta_slot *x, uint32_t at)
{
    position_list *list = x->positions.many;
    x->count--;
    memmove(list->at + at, list->at + at + 1, (x->count - at) * sizeof *list->at);
    if (x->count == 1) {
        x->positions.one = list->at[0];
        d->list_bytes -= list_size(list->capacity);
        tti_release(a, list, list_size(list->capacity), 1);
    } else if (x->count * 4 < list->capacity) {
        (void)resize_list(d, a, x, list->capacity / 2);
    }
}

static void remove_from_delta(delta_postings *d, const tt_allocator *a, uint32_t key,
                              tti_doc_position position)
{
    delta_slot *x = find_delta_slot(d, key);
    const uint32_t at = x == NULL ? 0 : find_position(x, position);
    if (x == NULL || at == x->count)
        return;
    d->positions--;
    if (x->count > 1) {
        remove_from_list(d, a, x, at);
        return;
    }
    delta_remove_slot(d->slots, d->slot_count, x, 0);
    d->used--;
    if (d->slot_count > 16 && d->used * 3 < d->slot_count) /* without memory it stays large */
        (void)resize_delta(d, a, d->slot_count - d->slot_count / 3);
}

/* Writes all postings in some order. @return behind the last */
static tti_seed *copy_delta(const delta_postings *d, tti_seed *out)
{
    for (uint32_t k = 0; k < d->slot_count; k++)
        for (uint32_t i = 0; i < d->slots[k].count; i++) {
            const tti_doc_position position = slot_positions(&d->slots[k])[i];
            *out++ = (tti_seed){d->slots[k].key, position.doc, position.pos};
        }
    return out;
}

static int is_delta_in_order(const delta_postings *d)
{
    uint32_t positions = 0;
    for (uint32_t k = 0; k < d->slot_count; k++) {
        const tti_doc_position *at = slot_positions(&d->slots[k]);
        for (uint32_t i = 1; i < d->slots[k].count; i++)
            if (!position_before(at[i - 1], at[i]))
                return 0;
        positions += d->slots[k].count;
    }
    return positions == d->positions;
}

static void free_delta(delta_postings *d, const tt_allocator *a)
{
    for (uint32_t k = 0; k < d->slot_count; k++)
        if (d->slots[k].count > 1)
            tti_release(a, d->slots[k].positions.many,
                        list_size(d->slots[k].positions.many->capacity), 1);
    tti_release(a, d->slots, d->slot_count, sizeof *d->slots);
    *d = (delta_postings){0};
}

/* ---- Packed postings: buckets, each in order of key, document and position ---------------------
 */

typedef struct packed_postings {
    tti_seed *seeds;       /* removed ones are last in their bucket, and have no document */
    uint32_t *starts;      /* behind the seeds; bucket b is seeds[starts[b], starts[b + 1]) */
    tti_slab_chunk *chunk; /* of a slab, or NULL: seeds and starts are the allocator's */
    uint32_t capacity, used, bucket_count;
} packed_postings;

static inline int seed_before(const tti_seed *x, const tti_seed *y)
{
    if (x->key != y->key)
        return x->key < y->key;
    return x->doc != y->doc ? x->doc < y->doc : x->pos < y->pos;
}

TTI_SORT_DEFINE(sort_bucket, tti_seed, seed_before(x, y))

static size_t packed_size(const packed_postings *p)
{
    return p->bucket_count == 0 ? 0
                                : (size_t)p->capacity * sizeof *p->seeds +
                                      ((size_t)p->bucket_count + 1) * sizeof *p->starts;
}

/* A stable counting sort by bucket. Each start is first the end of its bucket, and steps back as
 * the bucket is filled from there. A long bucket mostly has one key, and is in order then. */
static void fill_buckets(packed_postings *p, const tti_seed *seeds, uint32_t count)
{
    uint32_t sum = 0;
    memset(p->starts, 0, ((size_t)p->bucket_count + 1) * sizeof *p->starts);
    for (uint32_t i = 0; i < count; i++)
        p->starts[index_of_key(seeds[i].key, p->bucket_count)]++;
    for (uint32_t b = 0; b <= p->bucket_count; b++)
        p->starts[b] = sum += p->starts[b];
    for (uint32_t i = count; i-- > 0;)
        p->seeds[--p->starts[index_of_key(seeds[i].key, p->bucket_count)]] = seeds[i];
    for (uint32_t b = 0; b < p->bucket_count; b++) {
        const uint32_t begin = p->starts[b], end = p->starts[b + 1];
        for (uint32_t k = begin + 1; k < end; k++)
            if (!seed_before(&p->seeds[k - 1], &p->seeds[k])) {
                sort_bucket(p->seeds + begin, end - begin);
                break;
            }
    }
}

/* Packs seeds that are in any order, in memory of a slab or, where it is NULL, of the allocator. */
static tt_status pack_postings(packed_postings *out, const tt_allocator *a, tti_slab *slab,
                               const tti_seed *seeds, uint32_t count)
{
    packed_postings p = {.capacity = count,
                         .used = count,
                         .bucket_count = count / BUCKET_SEEDS + (count % BUCKET_SEEDS != 0)};
    *out = (packed_postings){0};
    if (count == 0)
        return TT_OK;
    p.seeds = slab == NULL ? tti_alloc(a, packed_size(&p), 1)
                           : tti_slab_alloc(slab, packed_size(&p), &p.chunk);
    if (p.seeds == NULL)
        return TT_ENOMEM;
    p.starts = (uint32_t *)(p.seeds + count);
    fill_buckets(&p, seeds, count);
    *out = p;
    return TT_OK;
}

/* The postings of a key in order: *count of them. */
static const tti_seed *find_packed(const packed_postings *p, uint32_t key, uint32_t *count)
{
    const tti_seed *at;
    size_t size, first = 0, end;
    *count = 0;
    if (p->bucket_count == 0)
        return NULL;
    end = index_of_key(key, p->bucket_count);
    at = p->seeds + p->starts[end];
    size = p->starts[end + 1] - p->starts[end];
    if (size > LINEAR_SEARCH_MAX) {
        TTI_LOWER_BOUND(first, 0, size, at[first].key < key);
        TTI_LOWER_BOUND(end, first, size, at[end].key == key && at[end].doc != NO_DOC);
    } else {
        while (first < size && at[first].key < key)
            first++;
        for (end = first; end < size && at[end].key == key && at[end].doc != NO_DOC;)
            end++;
    }
    *count = (uint32_t)(end - first);
    return at + first;
}

/* One posting, or NULL; *behind: how many of its bucket follow it. */
static tti_seed *find_packed_one(const packed_postings *p, uint32_t key, tti_doc_position position,
                                 size_t *behind)
{
    const tti_seed wanted = {key, position.doc, position.pos};
    const uint32_t b = p->bucket_count == 0 ? 0 : index_of_key(key, p->bucket_count);
    tti_seed *at;
    size_t size, k;
    if (p->bucket_count == 0)
        return NULL;
    at = p->seeds + p->starts[b];
    size = p->starts[b + 1] - p->starts[b];
    TTI_LOWER_BOUND(k, 0, size, seed_before(&at[k], &wanted));
    if (k == size || seed_before(&wanted, &at[k]))
        return NULL;
    *behind = size - k - 1;
    return at + k;
}

static int remove_packed(packed_postings *p, uint32_t key, tti_doc_position position)
{
    size_t behind;
    tti_seed *at = find_packed_one(p, key, position, &behind);
    if (at == NULL)
        return 0;
    memmove(at, at + 1, behind * sizeof *at);
    at[behind] = (tti_seed){UINT32_MAX, NO_DOC, UINT32_MAX};
    p->used--;
    return 1;
}

static tti_seed *copy_packed(const packed_postings *p, tti_seed *out)
{
    for (uint32_t k = 0; k < p->capacity; k++)
        if (p->seeds[k].doc != NO_DOC)
            *out++ = p->seeds[k];
    return out;
}

static int is_packed_in_order(const packed_postings *p)
{
    uint32_t used = 0;
    for (uint32_t b = 0; b < p->bucket_count; b++)
        for (uint32_t k = p->starts[b]; k < p->starts[b + 1]; k++) {
            const tti_seed *at = &p->seeds[k];
            if (at->doc == NO_DOC)
                continue;
            if (index_of_key(at->key, p->bucket_count) != b ||
                (k > p->starts[b] && !seed_before(at - 1, at)))
                return 0;
            used++;
        }
    return used == p->used;
}

/* `slab`: what they were packed in; NULL if all of that is freed at once. */
static void free_packed(packed_postings *p, const tt_allocator *a, tti_slab *slab)
{
    if (p->chunk == NULL)
        tti_release(a, p->seeds, packed_size(p), 1);
    else if (slab != NULL)
        tti_slab_release(slab, p->chunk, packed_size(p));
    *p = (packed_postings){0};
}

/* ---- One partition ----------------------------------------------------------------------------
 */

struct tti_postings_partition {
    packed_postings packed;
    delta_postings delta;
};

static tt_status make_partitions(tti_postings *p)
{
    p->slab.allocator = p->allocator;
    if (p->partitions == NULL)
        p->partitions =
            tti_alloc_zero(p->allocator, TTI_POSTINGS_PARTITIONS, sizeof *p->partitions);
    return p->partitions == NULL ? TT_ENOMEM : TT_OK;
}

static tti_postings_partition *partition_of(const tti_postings *p, const tti_minimizers *s,
                                            size_t i)
{
    return &p->partitions[tti_minimizers_partition(s, i, TTI_POSTINGS_PARTITIONS)];
}

static uint32_t key_of(const tti_minimizers *s, size_t i)
{
    return tti_minimizers_key(s, i);
}

static uint32_t partition_size(const tti_postings_partition *x)
{
    return x->packed.used + x->delta.positions;
}

/* Packs a partition again. Without memory it stays as it is, which is as right. */
static void repack(tti_postings *p, tti_postings_partition *x)
{
    const tt_allocator *a = p->allocator;
    const uint32_t count = partition_size(x);
    tti_seed *all = tti_alloc(a, count, sizeof *all);
    packed_postings packed;
    if (all == NULL)
        return;
    (void)copy_delta(&x->delta, copy_packed(&x->packed, all));
    if (pack_postings(&packed, a, NULL, all, count) == TT_OK) {
        free_packed(&x->packed, a, &p->slab);
        free_delta(&x->delta, a);
        x->packed = packed;
    }
    tti_release(a, all, count, sizeof *all);
}

static void repack_if_worthwhile(tti_postings *p, tti_postings_partition *x)
{
    const uint32_t removed = x->packed.capacity - x->packed.used;
    if ((x->delta.positions > DELTA_MIN && x->delta.positions > x->packed.capacity / DELTA_SHARE) ||
        (removed > DELTA_MIN && removed > x->packed.used))
        repack(p, x);
}

/* ---- Many at once ------------------------------------------------------------------------------
 */

/* What a partition was before is kept until all threads are done, since the slab that it is in
 * belongs to one thread. */
typedef struct postings_merge {
    tti_postings *p;
    const tti_partition_buffers *buffers;
    int buffer_count;
    size_t largest; /* partition */
    uint64_t bytes;
    packed_postings *before; /* of each partition */
} postings_merge;

static size_t merged_size(const postings_merge *m, uint32_t partition)
{
    size_t sum = partition_size(&m->p->partitions[partition]);
    for (int t = 0; t < m->buffer_count; t++)
        sum += buffered_count(&m->buffers[t], partition);
    return sum;
}

static tt_status merge_partition(const postings_merge *m, uint32_t partition, tti_slab *slab,
                                 tti_seed *scratch)
{
    tti_postings_partition *x = &m->p->partitions[partition];
    const size_t size = merged_size(m, partition);
    tti_seed *at = copy_delta(&x->delta, copy_packed(&x->packed, scratch));
    packed_postings packed;
    if (at == scratch + size)
        return TT_OK;
    for (int t = 0; t < m->buffer_count; t++)
        at = copy_buffered(&m->buffers[t], partition, at);
    assert(at == scratch + size);
    TTI_TRY(pack_postings(&packed, m->p->allocator, slab, scratch, (uint32_t)size));
    m->before[partition] = x->packed;
    free_delta(&x->delta, m->p->allocator);
    x->packed = packed;
    return TT_OK;
}

static int merge_partitions(const postings_merge *m, tti_slab *slabs, int threads)
{
    const tt_allocator *a = m->p->allocator;
    int failed = 0;
    (void)threads;
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(| : failed)
    {
        tti_seed *scratch = tti_alloc(a, m->largest, sizeof *scratch);
        tti_slab *slab = &slabs[threads > 1 ? tti_thread_index() : 0];
        failed = scratch == NULL;
#pragma omp for schedule(dynamic, 16)
        for (int k = 0; k < TTI_POSTINGS_PARTITIONS; k++)
            if (scratch != NULL)
                failed |= merge_partition(m, (uint32_t)k, slab, scratch) != TT_OK;
        tti_release(a, scratch, m->largest, sizeof *scratch);
    }
    return failed;
}

static tt_status merge_in_slabs(const postings_merge *m, int threads)
{
    const tt_allocator *a = m->p->allocator;
    tti_slab *slabs = tti_alloc_zero(a, (size_t)threads, sizeof *slabs);
    int failed;
    if (slabs == NULL)
        return TT_ENOMEM;
    for (int t = 0; t < threads; t++) {
        slabs[t].allocator = a;
        slabs[t].least = m->bytes / (uint64_t)threads > 4 * LARGE_CHUNK ? LARGE_CHUNK : 0;
    }
    failed = merge_partitions(m, slabs, threads);
    for (uint32_t k = 0; k < TTI_POSTINGS_PARTITIONS; k++)
        free_packed(&m->before[k], a, &m->p->slab);
    for (int t = 0; t < threads; t++)
        tti_slab_merge(&m->p->slab, &slabs[t]);
    tti_release(a, slabs, (size_t)threads, sizeof *slabs);
    return failed ? TT_ENOMEM : TT_OK;
}

tt_status tti_postings_merge(tti_postings *p, const tti_partition_buffers *buffers, int count,
                             int threads, tt_error *error)
{
    postings_merge m = {.p = p, .buffers = buffers, .buffer_count = count};
    tt_status status = TT_ENOMEM;
    TTI_TRY_ALLOC(make_partitions(p), error, "seeds");
    for (uint32_t k = 0; k < TTI_POSTINGS_PARTITIONS; k++) {
        const size_t size = merged_size(&m, k);
        m.largest = size > m.largest ? size : m.largest;
        m.bytes += size * sizeof(tti_seed);
    }
    if (m.largest >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many seeds in one partition");
    m.before = tti_alloc_zero(p->allocator, TTI_POSTINGS_PARTITIONS, sizeof *m.before);
    if (m.before != NULL)
        status = merge_in_slabs(&m, threads);
    tti_release(p->allocator, m.before, TTI_POSTINGS_PARTITIONS, sizeof *m.before);
    TTI_TRY_ALLOC(status, error, "seeds");
    return TT_OK;
}

/* ---- One document ------------------------------------------------------------------------------
 */

/* Where the search for a key begins. It is prefetched by the caller: GCC takes a function that only
 * prefetches for one without effect, and drops its calls. */
static inline const delta_slot *delta_home(const delta_postings *d, uint32_t key)
{
    return d->slot_count == 0 ? NULL : &d->slots[index_of_key(key, d->slot_count)];
}

tt_status tti_postings_add(tti_postings *p, const tti_minimizers *seeds, uint32_t doc,
                           tt_error *error)
{
    TTI_TRY_ALLOC(make_partitions(p), error, "seeds");
    for (size_t i = 0; i < seeds->positions.count; i++)
        __builtin_prefetch(delta_home(&partition_of(p, seeds, i)->delta, key_of(seeds, i)));
    for (size_t i = 0; i < seeds->positions.count; i++) {
        tti_postings_partition *x = partition_of(p, seeds, i);
        TTI_TRY_ALLOC(add_to_delta(&x->delta, p->allocator, key_of(seeds, i),
                                   (tti_doc_position){doc, seeds->positions.items[i]}),
                      error, "seeds");
        repack_if_worthwhile(p, x);
    }
    return TT_OK;
}

void tti_postings_remove(tti_postings *p, const tti_minimizers *seeds, uint32_t doc)
{
    for (size_t i = 0; p->partitions != NULL && i < seeds->positions.count; i++) {
        tti_postings_partition *x = partition_of(p, seeds, i);
        const tti_doc_position position = {doc, seeds->positions.items[i]};
        if (!remove_packed(&x->packed, key_of(seeds, i), position))
            remove_from_delta(&x->delta, p->allocator, key_of(seeds, i), position);
        repack_if_worthwhile(p, x);
    }
}

size_t tti_postings_find(const tti_postings *p, const tti_minimizers *seeds, size_t i,
                         tti_doc_position *out, size_t most)
{
    const tti_postings_partition *x;
    const delta_slot *slot;
    const tti_seed *packed;
    const tti_doc_position *delta = NULL;
    uint32_t packed_count, delta_count = 0, k = 0, l = 0;
    if (p->partitions == NULL)
        return 0;
    x = partition_of(p, seeds, i);
    packed = find_packed(&x->packed, key_of(seeds, i), &packed_count);
    slot = find_delta_slot(&x->delta, key_of(seeds, i));
    if (slot != NULL && slot->count > 0) {
        delta = slot_positions(slot);
        delta_count = slot->count;
    }
    while (k + l < most && k + l < packed_count + delta_count)
        if (l == delta_count ||
            (k < packed_count &&
             position_before((tti_doc_position){packed[k].doc, packed[k].pos}, delta[l]))) {
            out[k + l] = (tti_doc_position){packed[k].doc, packed[k].pos};
            k++;
        } else {
            out[k + l] = delta[l];
            l++;
        }
    return k + l;
}

void tti_postings_prefetch(const tti_postings *p, const tti_minimizers *seeds)
{
    for (size_t i = 0; p->partitions != NULL && i < seeds->positions.count; i++) {
        const packed_postings *packed = &partition_of(p, seeds, i)->packed;
        if (packed->bucket_count > 0)
            __builtin_prefetch(
                &packed->starts[index_of_key(key_of(seeds, i), packed->bucket_count)]);
        __builtin_prefetch(delta_home(&partition_of(p, seeds, i)->delta, key_of(seeds, i)));
    }
    for (size_t i = 0; p->partitions != NULL && i < seeds->positions.count; i++) {
        const packed_postings *packed = &partition_of(p, seeds, i)->packed;
        if (packed->bucket_count > 0)
            __builtin_prefetch(
                &packed
                     ->seeds[packed->starts[index_of_key(key_of(seeds, i), packed->bucket_count)]]);
    }
}

/* ---- The whole ---------------------------------------------------------------------------------
 */

int tti_postings_has(const tti_postings *p, const tti_minimizers *seeds, size_t i, uint32_t doc)
{
    const tti_doc_position position = {doc, seeds->positions.items[i]};
    const tti_postings_partition *x;
    const delta_slot *slot;
    size_t behind;
    int found;
    if (p->partitions == NULL)
        return 0;
    x = partition_of(p, seeds, i);
    found = find_packed_one(&x->packed, key_of(seeds, i), position, &behind) != NULL;
    slot = find_delta_slot(&x->delta, key_of(seeds, i));
    if (slot != NULL && slot->count > 0)
        found += find_position(slot, position) < slot->count;
    return found == 1;
}

uint64_t tti_postings_count(const tti_postings *p)
{
    uint64_t sum = 0;
    for (size_t k = 0; p->partitions != NULL && k < TTI_POSTINGS_PARTITIONS; k++) {
        if (!is_packed_in_order(&p->partitions[k].packed) ||
            !is_delta_in_order(&p->partitions[k].delta))
            return UINT64_MAX;
        sum += partition_size(&p->partitions[k]);
    }
    return sum;
}

uint64_t tti_postings_memory(const tti_postings *p)
{
    uint64_t sum = p->slab.bytes;
    for (size_t k = 0; p->partitions != NULL && k < TTI_POSTINGS_PARTITIONS; k++) {
        const tti_postings_partition *x = &p->partitions[k];
        sum += x->packed.chunk == NULL ? packed_size(&x->packed) : 0;
        sum += x->delta.list_bytes + (uint64_t)x->delta.slot_count * sizeof *x->delta.slots;
    }
    return sum;
}

void tti_postings_free(tti_postings *p)
{
    const tt_allocator *a = p->allocator;
    for (size_t k = 0; p->partitions != NULL && k < TTI_POSTINGS_PARTITIONS; k++) {
        free_packed(&p->partitions[k].packed, a, NULL);
        free_delta(&p->partitions[k].delta, a);
    }
    tti_slab_free(&p->slab);
    tti_release(a, p->partitions, TTI_POSTINGS_PARTITIONS, sizeof *p->partitions);
    p->partitions = NULL;
}
