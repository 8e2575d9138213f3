/*
 * Every document is sampled once; its seeds go to partitions by half of their hash, each partition
 * a chain of chunks, so that none needs to be counted beforehand. A partition is then gathered and
 * sorted in a core's cache, and what stands there once is dropped. Each thread samples a range of
 * documents; the ranges are gathered in order, so that the places of a seed are in order too.
 *
 * The partitions of a large corpus are made in groups, so that not all seeds are held at once.
 */
#include "seed/partitions.h"

#include "seed/seeds.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum {
    GROUP_BYTES = 768 << 20, /* of seeds that are held at once where memory has no limit, or */
    MOST_GROUPS = 3,         /* a third: each group samples all documents anew */
    CHUNK = 128,             /* seeds */
    SLAB = 4096,             /* chunks that are allocated together: 6 MiB, for huge pages */
    SMALL_SLAB = 256         /* where there are few */
};

/* One thread's seeds of one partition. */
typedef struct chain {
    uint32_t first, last; /* chunks */
    size_t count;         /* seeds */
} chain;

/* One thread: its documents, their seeds, and the shared places of the partitions it has sorted. */
typedef struct worker {
    uint32_t begin, end;
    chain *chains; /* of every partition */
    uint32_t slab; /* chunks in each of the following */
    tti_seed **slabs;
    size_t slab_count, slab_capacity;
    uint32_t *next; /* the chunk after each in its chain */
    size_t next_capacity;
    uint32_t chunk_count;
    tti_minimizers sample;
    tti_seed *seeds, *spare;
    size_t seed_capacity, spare_capacity;
    tti_posting_list found;
    tt_status status;
} worker;

typedef struct job {
    tti_shared_seeds *out;
    const tti_corpus *corpus;
    uint64_t seed;
    uint32_t partition_count;
    uint32_t group, group_count; /* the group-th part of the partitions is at hand */
    uint32_t slab;               /* chunks */
    worker *workers;
    int threads;
    uint64_t share; /* tokens of a thread */
} job;

/* ---- Chunks ---------------------------------------------------------------------------------- */

static inline tti_seed *chunk_at(const worker *w, uint32_t chunk)
{
    return w->slabs[chunk / w->slab] + (size_t)(chunk % w->slab) * CHUNK;
}

static int allocate_slab(worker *w, const tt_allocator *a)
{
    if (tti_reserve(a, &w->slabs, &w->slab_capacity, w->slab_count + 1, sizeof *w->slabs) != 0 ||
        tti_reserve(a, &w->next, &w->next_capacity, (w->slab_count + 1) * w->slab,
                    sizeof *w->next) != 0)
        return -1;
    w->slabs[w->slab_count] = tti_alloc(a, (size_t)w->slab * CHUNK, sizeof(tti_seed));
    if (w->slabs[w->slab_count] == NULL)
        return -1;
    w->slab_count++;
    return 0;
}

static int append_chunk(worker *w, chain *c, const tt_allocator *a)
{
    if (w->chunk_count == w->slab_count * w->slab && allocate_slab(w, a) != 0)
        return -1;
    if (c->count == 0)
        c->first = w->chunk_count;
    else
        w->next[c->last] = w->chunk_count;
    c->last = w->chunk_count++;
    return 0;
}

static void free_chunks(worker *w, const tt_allocator *a)
{
    for (size_t k = 0; k < w->slab_count; k++)
        tti_release(a, w->slabs[k], (size_t)w->slab * CHUNK, sizeof(tti_seed));
    tti_release(a, w->slabs, w->slab_capacity, sizeof *w->slabs);
    tti_release(a, w->next, w->next_capacity, sizeof *w->next);
}

/* Copies a chain to `out`. @return its end there */
static tti_seed *gather(const worker *w, const chain *c, tti_seed *out)
{
    uint32_t chunk = c->first;
    for (size_t left = c->count; left > 0;) {
        const size_t n = left < CHUNK ? left : CHUNK;
        memcpy(out, chunk_at(w, chunk), n * sizeof *out);
        out += n;
        left -= n;
        if (left > 0)
            chunk = w->next[chunk];
    }
    return out;
}

/* ---- Sampling -------------------------------------------------------------------------------- */

static int is_in_current_group(const job *j, uint32_t partition)
{
    return (uint64_t)partition * j->group_count / j->partition_count == j->group;
}

static int append_doc_seeds(const job *j, worker *w, uint32_t doc)
{
    const tt_allocator *a = j->out->allocator;
    const tti_minimizers *s = &w->sample;
    for (size_t k = 0; k < s->count; k++) {
        const uint32_t pos = s->places[k], p = s->parts[pos] & (j->partition_count - 1);
        chain *c = &w->chains[p];
        if (j->group_count > 1 && !is_in_current_group(j, p))
            continue;
        if (c->count % CHUNK == 0 && append_chunk(w, c, a) != 0)
            return -1;
        chunk_at(w, c->last)[c->count++ % CHUNK] = (tti_seed){s->keys[pos], doc, pos};
    }
    j->out->counts[doc] = (uint32_t)s->count;
    return 0;
}

static void sample_range(const job *j, worker *w)
{
    for (uint32_t d = w->begin; d < w->end && w->status == TT_OK; d++) {
        w->status =
            tti_minimizers_find(&w->sample, &j->corpus->docs[d], j->seed, j->out->allocator, NULL);
        if (w->status == TT_OK && append_doc_seeds(j, w, d) != 0)
            w->status = TT_ENOMEM;
    }
}

/* ---- Partitions ------------------------------------------------------------------------------ */

static size_t equal_key_end(const tti_seed *seeds, size_t begin, size_t end)
{
    size_t k = begin + 1;
    while (k < end && seeds[k].key == seeds[begin].key)
        k++;
    return k;
}

/* Appends the places of the seeds, sorted, that stand twice. */
static int append_shared_postings(worker *w, size_t count, const tt_allocator *a)
{
    tti_posting_list *f = &w->found;
    if (tti_reserve(a, &f->places, &f->capacity, f->count + count, sizeof *f->places) != 0)
        return -1;
    for (size_t i = 0, k; i < count; i = k) {
        k = equal_key_end(w->seeds, i, count);
        if (k - i < 2)
            continue;
        for (size_t r = i; r < k; r++)
            f->places[f->count++] =
                (tti_posting){w->seeds[r].doc | (r == i ? TTI_FIRST_POSTING : 0), w->seeds[r].pos};
    }
    return 0;
}

static void sort_partition(const job *j, worker *w, uint32_t p)
{
    const tt_allocator *a = j->out->allocator;
    size_t count = 0;
    tti_seed *at;
    for (int t = 0; t < j->threads; t++)
        count += j->workers[t].chains[p].count;
    if (w->status != TT_OK || count < 2)
        return;
    if (tti_reserve(a, &w->seeds, &w->seed_capacity, count, sizeof *w->seeds) != 0 ||
        tti_reserve(a, &w->spare, &w->spare_capacity, count, sizeof *w->spare) != 0) {
        w->status = TT_ENOMEM;
        return;
    }
    at = w->seeds;
    for (int t = 0; t < j->threads; t++)
        at = gather(&j->workers[t], &j->workers[t].chains[p], at);
    tti_seeds_sort(w->seeds, w->spare, count);
    if (append_shared_postings(w, count, a) != 0)
        w->status = TT_ENOMEM;
}

/* ---- Driver ---------------------------------------------------------------------------------- */

static tt_status check_workers(const job *j, tt_error *error)
{
    for (int t = 0; t < j->threads; t++)
        if (j->workers[t].status != TT_OK)
            return tti_fail_memory(error, "seeds");
    return TT_OK;
}

static tt_status run(const job *j, tt_error *error)
{
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(static, 1)
    for (int t = 0; t < j->threads; t++)
        sample_range(j, &j->workers[t]);
    TTI_TRY(check_workers(j, error));
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(dynamic, 1)
    for (int64_t p = 0; p < (int64_t)j->partition_count; p++)
        sort_partition(j, &j->workers[tti_thread_index()], (uint32_t)p);
    return check_workers(j, error);
}

static tt_status open_workers(const job *j, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    uint32_t d = 0;
    for (int t = 0; t < j->threads; t++) {
        worker *w = &j->workers[t];
        w->slab = j->slab;
        w->begin = d;
        w->end = d = t + 1 < j->threads ? tti_corpus_range_end(j->corpus, j->share, d)
                                        : (uint32_t)j->corpus->doc_count;
        w->chains = tti_alloc(a, j->partition_count, sizeof *w->chains);
        if (w->chains == NULL)
            return tti_fail_memory(error, "seeds");
    }
    return TT_OK;
}

/* The seeds of a group are done with once they are sorted; their chunks serve the next. */
static void reset_group(const job *j)
{
    for (int t = 0; t < j->threads; t++) {
        j->workers[t].chunk_count = 0;
        memset(j->workers[t].chains, 0, j->partition_count * sizeof *j->workers[t].chains);
    }
}

/* Hands the workers' places over, unless something failed, and frees the rest. */
static void close_workers(const job *j, tt_status status)
{
    const tt_allocator *a = j->out->allocator;
    for (int t = 0; t < j->threads; t++) {
        worker *w = &j->workers[t];
        tti_release(a, w->chains, j->partition_count, sizeof *w->chains);
        free_chunks(w, a);
        tti_minimizers_free(&w->sample, a);
        tti_release(a, w->seeds, w->seed_capacity, sizeof *w->seeds);
        tti_release(a, w->spare, w->spare_capacity, sizeof *w->spare);
        if (status != TT_OK || w->found.count == 0) {
            tti_release(a, w->found.places, w->found.capacity, sizeof *w->found.places);
            continue;
        }
        j->out->parts[j->out->part_count++] = w->found; /* there is room */
        j->out->count += w->found.count;
    }
}

/* One group after the other, in the same memory. */
static tt_status find_groups(job *j, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    tti_shared_seeds *out = j->out;
    tt_status status = TT_OK;
    if (tti_reserve(a, &out->parts, &out->part_capacity, (size_t)j->threads, sizeof *out->parts) !=
        0)
        return tti_fail_memory(error, "seeds");
    j->workers = tti_alloc_zero(a, (size_t)j->threads, sizeof *j->workers);
    if (j->workers == NULL)
        return tti_fail_memory(error, "seeds");
    status = open_workers(j, error);
    for (; j->group < j->group_count && status == TT_OK; j->group++) {
        reset_group(j);
        status = run(j, error);
    }
    close_workers(j, status);
    tti_release(a, j->workers, (size_t)j->threads, sizeof *j->workers);
    return status;
}

/* Under a limit one group does, for it is not in memory. */
static uint32_t choose_groups(uint64_t tokens, const tt_options *options)
{
    const uint64_t groups = tokens / 3 * sizeof(tti_seed) / GROUP_BYTES + 1;
    if (options->memory_limit > 0)
        return 1;
    return groups < MOST_GROUPS ? (uint32_t)groups : MOST_GROUPS;
}

tt_status tti_shared_seeds_find(tti_shared_seeds *out, const tti_corpus *corpus,
                                const tt_options *options, tt_error *error)
{
    const uint64_t tokens = tti_corpus_token_count(corpus);
    job j = {.out = out,
             .corpus = corpus,
             .seed = options->seed,
             .partition_count = tti_seed_partition_count(tokens),
             .group_count = choose_groups(tokens, options),
             .slab = tokens / 3 < (uint64_t)SLAB * CHUNK ? SMALL_SLAB : SLAB,
             .threads = tti_thread_count(options->threads, corpus->doc_count)};
    j.share = tokens / (uint64_t)j.threads;
    out->allocator = options->allocator;
    out->doc_count = corpus->doc_count;
    out->counts = tti_alloc_zero(out->allocator, out->doc_count, sizeof *out->counts);
    if (out->counts == NULL)
        return tti_fail_memory(error, "seeds");
    return find_groups(&j, error);
}

void tti_shared_seeds_free(tti_shared_seeds *s)
{
    if (s->allocator == NULL)
        return;
    for (size_t k = 0; k < s->part_count; k++)
        tti_release(s->allocator, s->parts[k].places, s->parts[k].capacity,
                    sizeof *s->parts[k].places);
    tti_release(s->allocator, s->parts, s->part_capacity, sizeof *s->parts);
    tti_release(s->allocator, s->counts, s->doc_count, sizeof *s->counts);
    memset(s, 0, sizeof *s);
}
