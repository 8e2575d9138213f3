/*
 * Making the seed table: two passes over the tokens, one to count the seeds of each partition and
 * one to put them there, then each partition is sorted in cache. Threads take contiguous ranges of
 * documents, and the ranges fill each partition in order, so the table does not depend on them.
 */
#include "seed/seeds.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "sketch/shingle.h"

#include <string.h>

/* Minimizers of a document with more grams than the window: the leftmost least of each window, so
 * that a run of one repeated word gives one seed a window and not one a token. */
static void sample(const tti_doc *doc, uint32_t grams, uint64_t seed, tti_seed_fn take, void *ctx)
{
    uint64_t window[TTI_SEED_WINDOW];
    uint32_t least = 0, taken = UINT32_MAX;
    for (uint32_t i = 0; i < grams; i++) {
        const uint64_t h = tti_shingle(doc->hashes + i, TTI_SEED_TOKENS, seed);
        window[i % TTI_SEED_WINDOW] = h;
        if (i == 0 || h < window[least % TTI_SEED_WINDOW]) {
            least = i;
        } else if (i - least >= TTI_SEED_WINDOW) {
            least = i - TTI_SEED_WINDOW + 1;
            for (uint32_t k = least + 1; k <= i; k++)
                if (window[k % TTI_SEED_WINDOW] < window[least % TTI_SEED_WINDOW])
                    least = k;
        }
        if (i + 1 >= TTI_SEED_WINDOW && least != taken) {
            take(ctx, window[least % TTI_SEED_WINDOW], least);
            taken = least;
        }
    }
}

void tti_seeds_of(const tti_doc *doc, uint64_t seed, tti_seed_fn take, void *ctx)
{
    const uint32_t grams = tti_shingle_count(doc->token_count, TTI_SEED_TOKENS);
    if (doc->token_count >= TTI_SEED_SHORT) {
        sample(doc, grams, seed, take, ctx);
        return;
    }
    for (uint32_t i = 0; i < grams; i++)
        take(ctx,
             tti_shingle(doc->hashes + i, tti_shingle_width(doc->token_count, TTI_SEED_TOKENS),
                         seed),
             i);
}

/* A range of documents, of about the same number of tokens as the others. */
typedef struct range {
    uint32_t begin, end;
    size_t *cursors; /* counts, then places, of each partition */
} range;

typedef struct filler {
    tti_seeds *out;
    size_t *cursors;
    uint32_t doc;
} filler;

static size_t partition_of(const tti_seeds *s, uint64_t hash)
{
    return (size_t)hash & (s->partition_count - 1);
}

static void count_seed(void *ctx, uint64_t hash, uint32_t pos)
{
    filler *f = ctx;
    (void)pos;
    f->cursors[partition_of(f->out, hash)]++;
    f->out->counts[f->doc]++;
}

static void place_seed(void *ctx, uint64_t hash, uint32_t pos)
{
    filler *f = ctx;
    f->out->records[f->cursors[partition_of(f->out, hash)]++] = (tti_record){hash, f->doc, pos};
}

static void walk_range(tti_seeds *out, const tti_corpus *corpus, const range *r, uint64_t seed,
                       tti_seed_fn take)
{
    filler f = {out, r->cursors, 0};
    for (f.doc = r->begin; f.doc < r->end; f.doc++)
        tti_seeds_of(&corpus->docs[f.doc], seed, take, &f);
}

static void split_ranges(const tti_corpus *corpus, range *ranges, int count)
{
    uint64_t total = 0, sum = 0;
    uint32_t d = 0;
    for (size_t i = 0; i < corpus->doc_count; i++)
        total += corpus->docs[i].token_count;
    for (int t = 0; t < count; t++) {
        ranges[t].begin = d;
        while (d < corpus->doc_count &&
               (t + 1 == count || sum < total / (uint64_t)count * (uint64_t)(t + 1)))
            sum += corpus->docs[d++].token_count;
        ranges[t].end = d;
    }
}

/* Turns the ranges' counts into the places where each begins to fill each partition. */
static void place_ranges(tti_seeds *out, range *ranges, int count)
{
    size_t at = 0;
    for (size_t p = 0; p < out->partition_count; p++) {
        out->starts[p] = at;
        for (int t = 0; t < count; t++) {
            const size_t n = ranges[t].cursors[p];
            ranges[t].cursors[p] = at;
            at += n;
        }
    }
    out->starts[out->partition_count] = at;
    out->count = at;
}

static tt_status sort_partitions(tti_seeds *out, int threads, tt_error *error)
{
    size_t largest = 0;
    int failed = 0;
    for (size_t p = 0; p < out->partition_count; p++)
        if (out->starts[p + 1] - out->starts[p] > largest)
            largest = out->starts[p + 1] - out->starts[p];
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(| : failed)
    {
        tti_record *spare = tti_alloc(out->allocator, largest, sizeof *spare);
        failed = spare == NULL;
#pragma omp for schedule(dynamic, 1)
        for (int64_t p = 0; p < (int64_t)out->partition_count; p++)
            if (spare != NULL)
                tti_radix_records(out->records + out->starts[p], spare,
                                  out->starts[p + 1] - out->starts[p]);
        tti_release(out->allocator, spare, largest, sizeof *spare);
    }
    return failed ? tti_fail_memory(error, "sorting seeds") : TT_OK;
}

/* About 16,384 seeds a partition: 256 KiB, which stays in a core's cache. */
static uint32_t choose_partitions(const tti_corpus *corpus)
{
    uint64_t tokens = 0;
    uint32_t n = 1;
    for (size_t i = 0; i < corpus->doc_count; i++)
        tokens += corpus->docs[i].token_count;
    while (n < 1u << 14 && tokens / 3 / n > 16384)
        n *= 2;
    return n;
}

static tt_status fill(tti_seeds *out, const tti_corpus *corpus, uint64_t seed, range *ranges,
                      int threads, tt_error *error)
{
    split_ranges(corpus, ranges, threads);
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        walk_range(out, corpus, &ranges[t], seed, count_seed);
    place_ranges(out, ranges, threads);
    if (out->count >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than 2^32 - 2 seeds in one build");
    out->records = tti_alloc(out->allocator, out->count, sizeof *out->records);
    if (out->records == NULL)
        return tti_fail_memory(error, "seeds");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        walk_range(out, corpus, &ranges[t], seed, place_seed);
    return sort_partitions(out, threads, error);
}

tt_status tti_seeds_make(tti_seeds *out, const tti_corpus *corpus, const tt_options *options,
                         tt_error *error)
{
    const tt_allocator *a = options->allocator;
    const int threads = tti_threads(options->threads, corpus->doc_count);
    range *ranges = tti_alloc_zero(a, (size_t)threads, sizeof *ranges);
    tt_status status = TT_OK;
    out->allocator = a;
    out->doc_count = corpus->doc_count;
    out->partition_count = choose_partitions(corpus);
    out->starts = tti_alloc_zero(a, (size_t)out->partition_count + 1, sizeof *out->starts);
    out->counts = tti_alloc_zero(a, corpus->doc_count, sizeof *out->counts);
    if (ranges == NULL || out->starts == NULL || out->counts == NULL)
        status = tti_fail_memory(error, "seeds");
    for (int t = 0; t < threads && status == TT_OK; t++)
        if ((ranges[t].cursors = tti_alloc_zero(a, out->partition_count, sizeof(size_t))) == NULL)
            status = tti_fail_memory(error, "seeds");
    if (status == TT_OK)
        status = fill(out, corpus, options->seed, ranges, threads, error);
    for (int t = 0; ranges != NULL && t < threads; t++)
        tti_release(a, ranges[t].cursors, out->partition_count, sizeof(size_t));
    tti_release(a, ranges, (size_t)threads, sizeof *ranges);
    return status;
}

void tti_seeds_free(tti_seeds *s)
{
    if (s->allocator == NULL)
        return;
    tti_release(s->allocator, s->records, s->count, sizeof *s->records);
    tti_release(s->allocator, s->starts, (size_t)s->partition_count + 1, sizeof *s->starts);
    tti_release(s->allocator, s->counts, s->doc_count, sizeof *s->counts);
    memset(s, 0, sizeof *s);
}

const tti_record *tti_seeds_lookup(const tti_seeds *s, uint64_t hash, size_t *count)
{
    const size_t p = partition_of(s, hash);
    size_t low = s->starts[p], high = s->starts[p + 1], end;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->records[middle].key < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < s->starts[p + 1] && s->records[end].key == hash;)
        end++;
    *count = end - low;
    return s->records + low;
}
