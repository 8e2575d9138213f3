#include "index/packed_postings.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
    OF_A_BUCKET = 4, /* seeds, on average: a cache line or two */
    FEW = 24,        /* seeds that are looked through one by one */
    MANY = 64        /* seeds that are not sorted one by one */
};

#define NO_DOC UINT32_MAX

/* Keys are the least of their windows, so their high bits are mostly zero: they are mixed. */
static uint32_t bucket_of(const tti_packed_postings *x, uint32_t key)
{
    return (uint32_t)((uint64_t)(key * 0x9E3779B1u ^ key >> 15) * x->buckets >> 32);
}

static int seed_before(const tti_seed *x, const tti_seed *y)
{
    if (x->key != y->key)
        return x->key < y->key;
    return x->doc != y->doc ? x->doc < y->doc : x->pos < y->pos;
}

static int by_all(const void *x, const void *y)
{
    return seed_before(x, y) ? -1 : seed_before(y, x);
}

static int is_sorted(const tti_seed *at, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (!seed_before(&at[i - 1], &at[i]))
            return 0;
    return 1;
}

/* They come in order of document mostly: most buckets are short, and a long one has one key. */
static void sort_bucket(tti_seed *at, uint32_t count)
{
    if (count > MANY) {
        if (!is_sorted(at, count))
            qsort(at, count, sizeof *at, by_all);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        const tti_seed x = at[i];
        uint32_t k = i;
        for (; k > 0 && seed_before(&x, &at[k - 1]); k--)
            at[k] = at[k - 1];
        at[k] = x;
    }
}

/* A stable counting sort by bucket. Each start is first the place behind its bucket, and steps back
 * as the bucket fills from its end. */
static void sort_into_buckets(tti_packed_postings *x, const tti_seed *from, uint32_t count)
{
    uint32_t sum = 0;
    memset(x->starts, 0, ((size_t)x->buckets + 1) * sizeof *x->starts);
    for (uint32_t i = 0; i < count; i++)
        x->starts[bucket_of(x, from[i].key)]++;
    for (uint32_t b = 0; b <= x->buckets; b++)
        x->starts[b] = sum += x->starts[b];
    for (uint32_t i = count; i-- > 0;)
        x->seeds[--x->starts[bucket_of(x, from[i].key)]] = from[i];
    for (uint32_t b = 0; b < x->buckets; b++)
        sort_bucket(x->seeds + x->starts[b], x->starts[b + 1] - x->starts[b]);
}

static size_t bytes_of(const tti_packed_postings *x)
{
    return x->buckets == 0
               ? 0
               : (size_t)x->room * sizeof *x->seeds + ((size_t)x->buckets + 1) * sizeof *x->starts;
}

int tti_packed_postings_build(tti_packed_postings *x, const tt_allocator *a, tti_slab *slab,
                              const tti_seed *from, uint32_t count)
{
    tti_packed_postings made = {
        .room = count, .used = count, .buckets = count / OF_A_BUCKET + (count % OF_A_BUCKET != 0)};
    if (count == 0)
        return 0;
    made.seeds = slab == NULL ? tti_alloc(a, bytes_of(&made), 1)
                              : tti_slab_alloc(slab, bytes_of(&made), &made.chunk);
    if (made.seeds == NULL)
        return -1;
    made.starts = (uint32_t *)(made.seeds + count);
    sort_into_buckets(&made, from, count);
    *x = made;
    return 0;
}

/* The first of the bucket's seeds that is not before `x`. */
static uint32_t lower_bound(const tti_seed *at, uint32_t count, const tti_seed *x)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (seed_before(&at[middle], x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const tti_seed *tti_packed_postings_find(const tti_packed_postings *x, uint32_t key,
                                         uint32_t *count)
{
    const tti_seed least = {key, 0, 0}, most = {key, NO_DOC, 0};
    const tti_seed *at;
    uint32_t size, first = 0, end;
    *count = 0;
    if (x->buckets == 0)
        return NULL;
    end = bucket_of(x, key);
    at = x->seeds + x->starts[end];
    size = x->starts[end + 1] - x->starts[end];
    if (size > FEW) {
        first = lower_bound(at, size, &least);
        end = lower_bound(at, size, &most);
    } else {
        while (first < size && at[first].key < key)
            first++;
        for (end = first; end < size && at[end].key == key && at[end].doc != NO_DOC;)
            end++;
    }
    *count = end - first;
    return at + first;
}

/* The place of a key, or NULL; *behind: how many of its bucket stand behind it. */
static tti_seed *find_posting(const tti_packed_postings *x, uint32_t key, tti_doc_position place,
                              uint32_t *behind)
{
    const tti_seed wanted = {key, place.doc, place.pos};
    const uint32_t b = x->buckets == 0 ? 0 : bucket_of(x, key);
    tti_seed *at;
    uint32_t size, k;
    if (x->buckets == 0)
        return NULL;
    at = x->seeds + x->starts[b];
    size = x->starts[b + 1] - x->starts[b];
    k = lower_bound(at, size, &wanted);
    if (k == size || seed_before(&wanted, &at[k]))
        return NULL;
    *behind = size - k - 1;
    return at + k;
}

int tti_packed_postings_has(const tti_packed_postings *x, uint32_t key, tti_doc_position place)
{
    uint32_t behind;
    return find_posting(x, key, place, &behind) != NULL;
}

int tti_packed_postings_remove(tti_packed_postings *x, uint32_t key, tti_doc_position place)
{
    uint32_t behind;
    tti_seed *at = find_posting(x, key, place, &behind);
    if (at == NULL)
        return 0;
    memmove(at, at + 1, behind * sizeof *at);
    at[behind] = (tti_seed){UINT32_MAX, NO_DOC, UINT32_MAX};
    x->used--;
    return 1;
}

void tti_packed_postings_prefetch_start(const tti_packed_postings *x, uint32_t key)
{
#if defined(__GNUC__)
    if (x->buckets > 0)
        __builtin_prefetch(&x->starts[bucket_of(x, key)]);
#else
    (void)x;
    (void)key;
#endif
}

void tti_packed_postings_prefetch_bucket(const tti_packed_postings *x, uint32_t key)
{
#if defined(__GNUC__)
    if (x->buckets > 0)
        __builtin_prefetch(&x->seeds[x->starts[bucket_of(x, key)]]);
#else
    (void)x;
    (void)key;
#endif
}

tti_seed *tti_packed_postings_copy(const tti_packed_postings *x, tti_seed *out)
{
    for (uint32_t k = 0; k < x->room; k++)
        if (x->seeds[k].doc != NO_DOC)
            *out++ = x->seeds[k];
    return out;
}

int tti_packed_postings_is_valid(const tti_packed_postings *x)
{
    uint32_t used = 0;
    for (uint32_t b = 0; b < x->buckets; b++)
        for (uint32_t k = x->starts[b]; k < x->starts[b + 1]; k++) {
            const tti_seed *at = &x->seeds[k];
            if (at->doc != NO_DOC && bucket_of(x, at->key) != b)
                return 0;
            if (at->doc != NO_DOC && k > x->starts[b] && !seed_before(at - 1, at))
                return 0;
            used += at->doc != NO_DOC;
        }
    return used == x->used;
}

uint64_t tti_packed_postings_memory(const tti_packed_postings *x)
{
    return x->chunk == NULL ? bytes_of(x) : 0;
}

void tti_packed_postings_free(tti_packed_postings *x, const tt_allocator *a, tti_slab *slab)
{
    if (x->chunk == NULL)
        tti_release(a, x->seeds, bytes_of(x), 1);
    else if (slab != NULL)
        tti_slab_release(slab, x->chunk, bytes_of(x));
    *x = (tti_packed_postings){0};
}
