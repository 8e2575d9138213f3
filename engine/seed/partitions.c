/*
 * Every document is sampled once. Its seeds go to partitions by half of their hash; a partition of
 * one thread is a chain of chunks, so that nothing needs to be counted beforehand. A partition is
 * then gathered from all threads and sorted in a core's cache, and what occurs once is dropped.
 * Each thread samples a range of documents, and ranges are gathered in order, so that the postings
 * of a seed are in order too.
 *
 * The partitions of a large corpus are made in groups, so that not all seeds are held at once.
 */
#include "seed/partitions.h"

#include "seed/minimizers.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <string.h>

#define TTI_RADIX_NAME sort_seeds_by_key
#define TTI_RADIX_TYPE tti_seed
#define TTI_RADIX_KEY(x) ((uint64_t)(x).key)
#include "util/radix_sort.inc.h"

enum {
    GROUP_BYTES = 768 << 20, /* seeds that are held at once where memory has no limit, in bytes */
    MAX_GROUPS = 3,          /* each group samples all documents again */
    PARTITION_SEEDS = 16384, /* about: 192 KiB, which stay in a core's cache */
    MAX_PARTITIONS = 1 << 14,
    CHUNK_SEEDS = 128,
    SLAB_CHUNKS = 4096, /* allocated together: 6 MiB, for huge pages */
    SMALL_SLAB_CHUNKS = 256
};

/* One thread's seeds of one partition. */
typedef struct chunk_chain {
    uint32_t first, last; /* chunks */
    size_t count;         /* seeds */
} chunk_chain;

/* One thread: its documents, their seeds, and the postings of the partitions that it has sorted. */
typedef struct partition_worker {
    uint32_t doc_begin, doc_end;
    chunk_chain *chains;         /* of every partition */
    TTI_ARRAY(tti_seed *) slabs; /* of chunks */
    TTI_ARRAY(uint32_t) next;    /* the chunk after each in its chain */
    tti_minimizers minimizers;
    TTI_ARRAY(tti_seed) seeds, spare; /* the partition being sorted */
    tti_posting_list shared;
    tt_status status;
} partition_worker;

typedef struct partition_job {
    tti_shared_seeds *out;
    const tti_corpus *corpus;
    const tt_options *options;
    uint32_t partition_count;
    uint32_t group, group_count; /* the current group of partitions, and how many there are */
    uint32_t slab_chunks;
    partition_worker *workers;
    int threads;
} partition_job;

uint32_t tti_seed_partition_count(uint64_t tokens)
{
    uint32_t n = 1;
    while (n < MAX_PARTITIONS && tokens / 3 / n > PARTITION_SEEDS)
        n *= 2;
    return n;
}

/* ---- Chunks ---------------------------------------------------------------------------------- */

static inline tti_seed *chunk_at(const partition_job *j, const partition_worker *w, uint32_t chunk)
{
    return tti_array_at(&w->slabs, chunk / j->slab_chunks) +
           (size_t)(chunk % j->slab_chunks) * CHUNK_SEEDS;
}

static tt_status append_chunk(const partition_job *j, partition_worker *w, chunk_chain *c)
{
    const tt_allocator *a = j->out->allocator;
    const uint32_t chunk = (uint32_t)w->next.count;
    if (chunk == w->slabs.count * j->slab_chunks) {
        tti_seed *slab;
        TTI_TRY(tti_array_reserve(&w->slabs, a, 1));
        slab = tti_alloc(a, (size_t)j->slab_chunks * CHUNK_SEEDS, sizeof *slab);
        if (slab == NULL)
            return TT_ENOMEM;
        w->slabs.items[w->slabs.count++] = slab;
    }
    TTI_TRY(tti_array_push(&w->next, a, UINT32_MAX));
    if (c->count == 0)
        c->first = chunk;
    else
        w->next.items[c->last] = chunk;
    c->last = chunk;
    return TT_OK;
}

/* Samples the documents of a worker and appends the seeds of the current group of partitions. */
static tt_status sample_docs(const partition_job *j, partition_worker *w)
{
    const tti_minimizers *m = &w->minimizers;
    for (uint32_t d = w->doc_begin; d < w->doc_end; d++) {
        TTI_TRY(tti_minimizers_find(&w->minimizers, &j->corpus->docs[d], j->options,
                                    j->out->allocator, NULL));
        for (size_t k = 0; k < m->positions.count; k++) {
            const uint32_t p = tti_minimizers_partition(m, k, j->partition_count);
            chunk_chain *c = &w->chains[p];
            if (j->group_count > 1 && (uint64_t)p * j->group_count / j->partition_count != j->group)
                continue;
            if (c->count % CHUNK_SEEDS == 0)
                TTI_TRY(append_chunk(j, w, c));
            chunk_at(j, w, c->last)[c->count++ % CHUNK_SEEDS] = tti_minimizers_seed(m, k, d);
        }
        j->out->counts[d] = (uint32_t)m->positions.count;
    }
    return TT_OK;
}

/* ---- Partitions ------------------------------------------------------------------------------ */

/* Gathers the seeds of partition p from all workers, in order of their documents. */
static tt_status gather_partition(const partition_job *j, partition_worker *w, uint32_t p)
{
    const tt_allocator *a = j->out->allocator;
    tti_seed *to;
    size_t count = 0;
    for (int t = 0; t < j->threads; t++)
        count += j->workers[t].chains[p].count;
    TTI_TRY(tti_array_resize(&w->seeds, a, count));
    TTI_TRY(tti_array_resize(&w->spare, a, count));
    to = w->seeds.items;
    for (int t = 0; t < j->threads; t++) {
        const partition_worker *from = &j->workers[t];
        uint32_t chunk = from->chains[p].first;
        for (size_t left = from->chains[p].count; left > 0;) {
            const size_t n = left < CHUNK_SEEDS ? left : CHUNK_SEEDS;
            memcpy(to, chunk_at(j, from, chunk), n * sizeof *to);
            to += n;
            left -= n;
            if (left > 0)
                chunk = from->next.items[chunk];
        }
    }
    return TT_OK;
}

/* Sorts partition p and appends the postings of the seeds that occur twice or more. */
static tt_status find_shared_in_partition(const partition_job *j, partition_worker *w, uint32_t p)
{
    const tti_seed *seeds;
    size_t n;
    TTI_TRY(gather_partition(j, w, p));
    seeds = w->seeds.items, n = w->seeds.count;
    if (n < 2)
        return TT_OK;
    sort_seeds_by_key(w->seeds.items, w->spare.items, n);
    TTI_TRY(tti_array_reserve(&w->shared, j->out->allocator, n));
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin + 1; end < n && seeds[end].key == seeds[begin].key;)
            end++;
        for (size_t k = begin; k < end && end - begin > TTI_SEED_MAX_POSTINGS; k++)
#pragma omp atomic
            j->out->popular[seeds[k].doc]++;
        for (size_t k = begin; k < end && end - begin > 1; k++) {
            assert(k == begin || seeds[k - 1].doc < seeds[k].doc ||
                   (seeds[k - 1].doc == seeds[k].doc && seeds[k - 1].pos < seeds[k].pos));
            w->shared.items[w->shared.count++] =
                (tti_posting){seeds[k].doc | (k == begin ? TTI_FIRST_POSTING : 0), seeds[k].pos};
        }
    }
    return TT_OK;
}

/* Makes one group of partitions, in the memory of the one before. */
static tt_status make_group(const partition_job *j, tt_error *error)
{
    for (int t = 0; t < j->threads; t++) {
        j->workers[t].next.count = 0;
        memset(j->workers[t].chains, 0, j->partition_count * sizeof *j->workers[t].chains);
    }
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(static, 1)
    for (int t = 0; t < j->threads; t++)
        j->workers[t].status = sample_docs(j, &j->workers[t]);
    for (int t = 0; t < j->threads; t++)
        TTI_TRY_ALLOC(j->workers[t].status != TT_OK, error, "seeds");
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(dynamic, 1)
    for (int64_t p = 0; p < (int64_t)j->partition_count; p++) {
        partition_worker *w = &j->workers[tti_thread_index()];
        if (w->status == TT_OK)
            w->status = find_shared_in_partition(j, w, (uint32_t)p);
    }
    for (int t = 0; t < j->threads; t++)
        TTI_TRY_ALLOC(j->workers[t].status != TT_OK, error, "seeds");
    return TT_OK;
}

/* ---- Driver ---------------------------------------------------------------------------------- */

/* Gives each worker a range of documents, with about as many tokens as the others have. */
static tt_status open_partition_workers(partition_job *j, uint64_t tokens, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    const uint32_t docs = (uint32_t)j->corpus->doc_count;
    uint32_t d = 0;
    for (int t = 0; t < j->threads; t++) {
        partition_worker *w = &j->workers[t];
        uint64_t sum = 0;
        w->doc_begin = d;
        while (d < docs && sum < tokens / (uint64_t)j->threads)
            sum += j->corpus->docs[d++].token_count;
        w->doc_end = d = t + 1 < j->threads ? d : docs;
        w->chains = tti_alloc(a, j->partition_count, sizeof *w->chains);
        TTI_TRY_ALLOC(w->chains == NULL, error, "seeds");
    }
    return TT_OK;
}

/* Hands the postings over, unless something failed, and frees the rest. */
static void close_partition_workers(const partition_job *j, tt_status status)
{
    const tt_allocator *a = j->out->allocator;
    for (int t = 0; t < j->threads; t++) {
        partition_worker *w = &j->workers[t];
        tti_release(a, w->chains, j->partition_count, sizeof *w->chains);
        for (size_t k = 0; k < w->slabs.count; k++)
            tti_release(a, w->slabs.items[k], (size_t)j->slab_chunks * CHUNK_SEEDS,
                        sizeof(tti_seed));
        tti_array_free(&w->slabs, a);
        tti_array_free(&w->next, a);
        tti_minimizers_free(&w->minimizers, a);
        tti_array_free(&w->seeds, a);
        tti_array_free(&w->spare, a);
        if (status != TT_OK || w->shared.count == 0) {
            tti_array_free(&w->shared, a);
            continue;
        }
        j->out->lists.items[j->out->lists.count++] = w->shared; /* there is room */
        j->out->count += w->shared.count;
    }
}

tt_status tti_shared_seeds_find(tti_shared_seeds *out, const tti_corpus *corpus,
                                const tt_options *options, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    partition_job j = {.out = out,
                       .corpus = corpus,
                       .options = options,
                       .group_count = 1,
                       .threads = tti_thread_count(options->threads, corpus->doc_count)};
    uint64_t tokens = 0;
    tt_status status;
    for (size_t d = 0; d < corpus->doc_count; d++)
        tokens += corpus->docs[d].token_count;
    j.partition_count = tti_seed_partition_count(tokens);
    j.slab_chunks = tokens / 3 < SLAB_CHUNKS * CHUNK_SEEDS ? SMALL_SLAB_CHUNKS : SLAB_CHUNKS;
    if (options->memory_limit ==
        0) { /* under a limit seeds are not in memory, and one group does */
        const uint64_t groups = tokens / 3 * sizeof(tti_seed) / GROUP_BYTES + 1;
        j.group_count = groups < MAX_GROUPS ? (uint32_t)groups : MAX_GROUPS;
    }
    out->allocator = a;
    out->doc_count = corpus->doc_count;
    out->counts = tti_alloc_zero(a, out->doc_count, sizeof *out->counts);
    out->popular = tti_alloc_zero(a, out->doc_count, sizeof *out->popular);
    TTI_TRY_ALLOC(out->counts == NULL || out->popular == NULL ||
                      tti_array_reserve(&out->lists, a, (size_t)j.threads) != TT_OK,
                  error, "seeds");
    j.workers = tti_alloc_zero(a, (size_t)j.threads, sizeof *j.workers);
    TTI_TRY_ALLOC(j.workers == NULL, error, "seeds");
    status = open_partition_workers(&j, tokens, error);
    for (; j.group < j.group_count && status == TT_OK; j.group++)
        status = make_group(&j, error);
    close_partition_workers(&j, status);
    tti_release(a, j.workers, (size_t)j.threads, sizeof *j.workers);
    return status;
}

void tti_shared_seeds_free(tti_shared_seeds *s)
{
    for (size_t k = 0; k < s->lists.count; k++)
        tti_array_free(&s->lists.items[k], s->allocator);
    tti_array_free(&s->lists, s->allocator);
    tti_release(s->allocator, s->counts, s->doc_count, sizeof *s->counts);
    tti_release(s->allocator, s->popular, s->doc_count, sizeof *s->popular);
    memset(s, 0, sizeof *s);
}
