/*
 * Making the seed table: two passes over the tokens, one to count the seeds of each partition and
 * one to put them there (sampling twice costs less than holding all of it twice), then each
 * partition is sorted in cache. Threads take contiguous ranges of documents, and the ranges fill
 * each partition in order, so the table does not depend on them.
 */
#include "seed/seeds.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum {
    KEY_BITS = 32,
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    PASSES = 3,    /* of such digits: a whole key */
    SPARE_BITS = 3 /* more than tell as many keys apart: few are left to insertion sort */
};

/* A range of documents, of about the same number of tokens as the others: one thread's. */
typedef struct range {
    uint32_t begin, end;
    size_t *cursors; /* counts, then places, of each partition */
    tti_minimizers sample;
    tt_status status;
} range;

static uint32_t partition_of(const tti_seeds *s, const tti_minimizers *sample, size_t k)
{
    return sample->parts[sample->places[k]] & (s->partition_count - 1);
}

static void count_partition_seeds(tti_seeds *out, range *r, uint32_t doc)
{
    for (size_t k = 0; k < r->sample.count; k++)
        r->cursors[partition_of(out, &r->sample, k)]++;
    out->counts[doc] = (uint32_t)r->sample.count;
}

static void store_partition_seeds(tti_seeds *out, range *r, uint32_t doc)
{
    for (size_t k = 0; k < r->sample.count; k++) {
        const uint32_t place = r->sample.places[k];
        out->seeds[r->cursors[partition_of(out, &r->sample, k)]++] =
            (tti_seed){r->sample.keys[place], doc, place};
    }
}

static void visit_range_seeds(tti_seeds *out, const tti_corpus *corpus, range *r, uint64_t seed,
                              void (*take)(tti_seeds *, range *, uint32_t))
{
    for (uint32_t d = r->begin; d < r->end && r->status == TT_OK; d++) {
        r->status = tti_minimizers_find(&r->sample, &corpus->docs[d], seed, out->allocator, NULL);
        if (r->status == TT_OK)
            take(out, r, d);
    }
}

uint64_t tti_corpus_token_count(const tti_corpus *corpus)
{
    uint64_t tokens = 0;
    for (size_t i = 0; i < corpus->doc_count; i++)
        tokens += corpus->docs[i].token_count;
    return tokens;
}

uint32_t tti_corpus_range_end(const tti_corpus *corpus, uint64_t share, uint32_t begin)
{
    uint64_t sum = 0;
    uint32_t d = begin;
    while (d < corpus->doc_count && sum < share)
        sum += corpus->docs[d++].token_count;
    return d;
}

static void split_docs_by_tokens(const tti_corpus *corpus, range *ranges, int count)
{
    const uint64_t share = tti_corpus_token_count(corpus) / (uint64_t)count;
    uint32_t d = 0;
    for (int t = 0; t < count; t++) {
        ranges[t].begin = d;
        ranges[t].end = d = tti_corpus_range_end(corpus, share, d);
    }
    ranges[count - 1].end = (uint32_t)corpus->doc_count;
}

/* Turns the ranges' counts into the places where each begins to fill each partition. */
static void assign_partition_offsets(tti_seeds *out, range *ranges, int count)
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

/* Stable, by the digits of `bits` bits from bit `low` of the keys up; their histograms are made in
 * one pass. */
static void radix_sort_seeds(tti_seed *seeds, tti_seed *spare, size_t count, int low, int bits,
                             int passes)
{
    size_t counts[PASSES][DIGITS];
    const size_t digits = (size_t)1 << bits;
    tti_seed *from = seeds, *to = spare;
    for (int pass = 0; pass < passes; pass++)
        memset(counts[pass], 0, digits * sizeof **counts);
    for (size_t i = 0; i < count; i++)
        for (int pass = 0; pass < passes; pass++)
            counts[pass][seeds[i].key >> (low + pass * bits) & (digits - 1)]++;
    for (int pass = 0; pass < passes; pass++) {
        size_t sum = 0;
        tti_seed *swap;
        for (size_t d = 0; d < digits; d++) {
            const size_t n = counts[pass][d];
            counts[pass][d] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            to[counts[pass][from[i].key >> (low + pass * bits) & (digits - 1)]++] = from[i];
        swap = from, from = to, to = swap;
    }
    if (from != seeds)
        memcpy(seeds, from, count * sizeof *seeds);
}

/* Insertion sort of what is sorted but for a few. @return 0, or -1: those were not few */
static int settle(tti_seed *seeds, size_t count)
{
    size_t moves = 0;
    for (size_t i = 1; i < count; i++) {
        const tti_seed x = seeds[i];
        size_t k = i;
        for (; k > 0 && seeds[k - 1].key > x.key; k--, moves++)
            seeds[k] = seeds[k - 1];
        seeds[k] = x;
        if (moves > count)
            return -1;
    }
    return 0;
}

void tti_seeds_sort(tti_seed *seeds, tti_seed *spare, size_t count)
{
    int bits = SPARE_BITS, passes;
    while (bits < KEY_BITS && count >> (bits - SPARE_BITS) > 0)
        bits++;
    passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
    bits = (bits + passes - 1) / passes;
    if (count < 2)
        return;
    if (passes < PASSES)
        radix_sort_seeds(seeds, spare, count, KEY_BITS - passes * bits, bits, passes);
    if (passes == PASSES || settle(seeds, count) != 0)
        radix_sort_seeds(seeds, spare, count, 0, DIGIT_BITS, PASSES);
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
        tti_seed *spare = tti_alloc(out->allocator, largest, sizeof *spare);
        failed = spare == NULL;
#pragma omp for schedule(dynamic, 1)
        for (int64_t p = 0; p < (int64_t)out->partition_count; p++)
            if (spare != NULL)
                tti_seeds_sort(out->seeds + out->starts[p], spare,
                               out->starts[p + 1] - out->starts[p]);
        tti_release(out->allocator, spare, largest, sizeof *spare);
    }
    return failed ? tti_fail_memory(error, "sorting seeds") : TT_OK;
}

int tti_seeds_needed(const tt_options *o)
{
    return o->containment >= 0 || o->overlap >= 0 || (o->find & TT_FIND_SECTIONS);
}

/* About 16,384 seeds a partition: 192 KiB, which stays in a core's cache. */
uint32_t tti_seed_partition_count(uint64_t tokens)
{
    uint32_t n = 1;
    while (n < 1u << 14 && tokens / 3 / n > 16384)
        n *= 2;
    return n;
}

static tt_status check_range_status(const range *ranges, int count, tt_error *error)
{
    for (int t = 0; t < count; t++)
        if (ranges[t].status != TT_OK)
            return tti_fail_memory(error, "seeds");
    return TT_OK;
}

static tt_status fill(tti_seeds *out, const tti_corpus *corpus, uint64_t seed, range *ranges,
                      int threads, tt_error *error)
{
    split_docs_by_tokens(corpus, ranges, threads);
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        visit_range_seeds(out, corpus, &ranges[t], seed, count_partition_seeds);
    TTI_TRY(check_range_status(ranges, threads, error));
    assign_partition_offsets(out, ranges, threads);
    if (out->count >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than 2^32 - 2 seeds in one build");
    out->seeds = tti_alloc(out->allocator, out->count, sizeof *out->seeds);
    if (out->seeds == NULL)
        return tti_fail_memory(error, "seeds");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        visit_range_seeds(out, corpus, &ranges[t], seed, store_partition_seeds);
    TTI_TRY(check_range_status(ranges, threads, error));
    return sort_partitions(out, threads, error);
}

tt_status tti_seeds_make(tti_seeds *out, const tti_corpus *corpus, const tt_options *options,
                         tt_error *error)
{
    const tt_allocator *a = options->allocator;
    const int threads = tti_thread_count(options->threads, corpus->doc_count);
    range *ranges = tti_alloc_zero(a, (size_t)threads, sizeof *ranges);
    tt_status status = TT_OK;
    out->allocator = a;
    out->doc_count = corpus->doc_count;
    if (out->partition_count == 0)
        out->partition_count = tti_seed_partition_count(tti_corpus_token_count(corpus));
    out->starts = tti_alloc_zero(a, (size_t)out->partition_count + 1, sizeof *out->starts);
    out->counts = tti_alloc_zero(a, corpus->doc_count, sizeof *out->counts);
    if (ranges == NULL || out->starts == NULL || out->counts == NULL)
        status = tti_fail_memory(error, "seeds");
    for (int t = 0; t < threads && status == TT_OK; t++)
        if ((ranges[t].cursors =
                 tti_alloc_zero(a, (size_t)out->partition_count + 1, sizeof(size_t))) == NULL)
            status = tti_fail_memory(error, "seeds");
    if (status == TT_OK)
        status = fill(out, corpus, options->seed, ranges, threads, error);
    for (int t = 0; ranges != NULL && t < threads; t++) {
        tti_release(a, ranges[t].cursors, (size_t)out->partition_count + 1, sizeof(size_t));
        tti_minimizers_free(&ranges[t].sample, a);
    }
    tti_release(a, ranges, (size_t)threads, sizeof *ranges);
    return status;
}

void tti_seeds_free(tti_seeds *s)
{
    if (s->allocator == NULL)
        return;
    tti_release(s->allocator, s->seeds, s->count, sizeof *s->seeds);
    tti_release(s->allocator, s->starts, (size_t)s->partition_count + 1, sizeof *s->starts);
    tti_release(s->allocator, s->counts, s->doc_count, sizeof *s->counts);
    memset(s, 0, sizeof *s);
}

const tti_seed *tti_seeds_lookup(const tti_seeds *s, const tti_minimizers *sample, size_t i,
                                 size_t *count)
{
    const uint32_t key = sample->keys[sample->places[i]];
    const uint32_t p = sample->parts[sample->places[i]] & (s->partition_count - 1);
    size_t low = s->starts[p], high = s->starts[p + 1], end;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->seeds[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < s->starts[p + 1] && s->seeds[end].key == key;)
        end++;
    *count = end - low;
    return s->seeds + low;
}
