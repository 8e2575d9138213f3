/*
 * First all bands in parallel, each sorted into buckets; then all documents in parallel.
 *
 * Paragraphs in one bucket are each linked to the first. The neighbours of a document are the
 * earlier documents of each of its buckets, up to max_matches of them. They are compared with it by
 * their whole signatures, once each, and the k closest become its candidates.
 */
#include "lsh/bands.h"

#include "kernels/kernels.h"
#include "lsh/buckets.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/table.h"
#include "util/threads.h"

#include <math.h>

enum {
    BUCKET_FIRST_DOCS = 8, /* of a popular bucket; all others are compared with them */
    SIGMAS = 5,            /* by how much an estimate may miss the threshold: one in a million
                              misses it by more */
    MIN_TOP_K_ROOM = 128
};

/* ---- The rule -------------------------------------------------------------------------------- */

static uint32_t min_equal_hashes(uint32_t num_hashes, double threshold)
{
    if (threshold < 0) /* the rule is off, and no documents are compared */
        return 1;
    const double sigma = sqrt(threshold * (1 - threshold) / num_hashes);
    const double least = (threshold - SIGMAS * sigma - 1.0 / num_hashes) * num_hashes;
    return least < 1 ? 1 : (uint32_t)least;
}

tti_band_rule tti_band_rule_make(const tt_options *o)
{
    return (tti_band_rule){o->num_hashes,
                           o->num_hashes - min_equal_hashes(o->num_hashes, o->resemblance),
                           o->max_matches > BUCKET_FIRST_DOCS ? o->max_matches : BUCKET_FIRST_DOCS,
                           tti_max_candidates(o)};
}

tti_band_window tti_band_rule_window(const tti_band_rule *rule, size_t i)
{
    if (i <= rule->max_bucket)
        return (tti_band_window){i, i, 0};
    return (tti_band_window){BUCKET_FIRST_DOCS, i - (rule->max_bucket - BUCKET_FIRST_DOCS),
                             i - rule->max_bucket};
}

uint32_t tti_signature_distance(const tti_band_rule *rule, const uint8_t *x, const uint8_t *y)
{
    return rule->num_hashes - tti_kernels_get()->count_equal(x, y, rule->num_hashes);
}

/* ---- The top k ------------------------------------------------------------------------------- */

/* The earlier documents that are in a bucket with one, each once. */
typedef struct top_k {
    TTI_ARRAY(uint64_t)
    neighbours; /* their numbers among the sketched ones; at the end, distance << 32 | number */
    TTI_ARRAY(uint64_t) spare;
    tti_table positions; /* in `neighbours`, by document */
} top_k;

static void free_top_k(top_k *x, const tt_allocator *a)
{
    tti_array_free(&x->neighbours, a);
    tti_array_free(&x->spare, a);
    tti_table_free(&x->positions);
}

static tt_status add_neighbour(top_k *x, const tt_allocator *a, uint32_t doc)
{
    const uint32_t count = (uint32_t)x->neighbours.count;
    if (x->neighbours.count == x->neighbours.capacity) {
        const size_t room = count == 0 ? MIN_TOP_K_ROOM : 2 * (size_t)count;
        x->positions.allocator = a;
        if (tti_table_reserve(&x->positions, room) != TT_OK ||
            tti_array_resize(&x->spare, a, room) != TT_OK ||
            tti_array_reserve(&x->neighbours, a, room - count) != TT_OK)
            return TT_ENOMEM;
    }
    if (tti_table_find_or_add(&x->positions, tti_table_hash_u32(doc), count, NULL, NULL, NULL) ==
        count)
        x->neighbours.items[x->neighbours.count++] = doc;
    return TT_OK;
}

/* Adds the closest of the neighbours of b as its candidates, and forgets them all. */
static tt_status select_top_k(top_k *x, const tti_band_rule *rule, const tti_sketches *s,
                              uint32_t b, tti_candidates *out)
{
    uint64_t *neighbours = x->neighbours.items;
    size_t n = 0;
    for (size_t k = 0; k < x->neighbours.count; k++) {
        const uint32_t doc = (uint32_t)neighbours[k];
        const uint32_t distance =
            tti_signature_distance(rule, s->signatures + (size_t)b * s->num_hashes,
                                   s->signatures + (size_t)doc * s->num_hashes);
        assert(doc < b);
        if (distance <= rule->max_distance)
            neighbours[n++] = (uint64_t)distance << 32 | doc;
    }
    x->neighbours.count = 0;
    tti_table_clear(&x->positions);
    if (n > rule->max_pairs) {
        tti_radix_sort_u64(neighbours, x->spare.items, n);
        TTI_TRY(tti_candidates_add_skipped(out, tti_sketched_doc(s, b), n - rule->max_pairs, NULL));
        n = rule->max_pairs;
    }
    for (size_t k = 0; k < n; k++)
        TTI_TRY(tti_candidates_add(out,
                                   tti_candidate_pack(tti_sketched_doc(s, (uint32_t)neighbours[k]),
                                                      tti_sketched_doc(s, b), TTI_WANT_PAIR),
                                   NULL));
    return TT_OK;
}

/* ---- Buckets --------------------------------------------------------------------------------- */

typedef struct band_job {
    tti_sketches *s;
    const tti_corpus *corpus;
    const tt_allocator *allocator;
    tti_band_rule rule;
    tti_buckets *buckets; /* of each band of documents */
} band_job;

/* What a task found, and TT_ENOMEM if it had to give up. */
typedef struct band_outcome {
    tti_candidates found;
    top_k top_k;
    tt_status status;
} band_outcome;

/* Links the paragraphs of a bucket of one band to its first. */
static tt_status link_paragraphs(const band_job *j, uint32_t band, tti_candidates *out)
{
    const uint32_t *keys = j->s->paragraph_keys + band;
    tti_shared_keys k = {.allocator = j->allocator};
    tt_status status = tti_shared_keys_init(&k, j->s->distinct_count, NULL);
    for (size_t p = 0; status == TT_OK && p < j->s->distinct_count; p++)
        if (keys[p * TTI_PARAGRAPH_BANDS] != 0)
            tti_shared_keys_count(&k, keys[p * TTI_PARAGRAPH_BANDS]);
    for (size_t p = 0; status == TT_OK && p < j->s->distinct_count; p++)
        if (keys[p * TTI_PARAGRAPH_BANDS] != 0)
            tti_shared_keys_add(&k, keys[p * TTI_PARAGRAPH_BANDS], (uint32_t)p);
    if (status == TT_OK)
        status = tti_shared_keys_sort(&k, NULL);
    for (size_t begin = 0, end; status == TT_OK && begin < k.count; begin = end) {
        const uint32_t first = j->s->distinct[(uint32_t)k.records[begin]].doc;
        end = tti_shared_keys_bucket_end(&k, begin);
        for (size_t i = begin + 1; status == TT_OK && i < end; i++) {
            const uint32_t doc = j->s->distinct[(uint32_t)k.records[i]].doc;
            status =
                tti_candidates_add(out, tti_candidate_pack(first, doc, TTI_WANT_SECTIONS), NULL);
        }
    }
    tti_shared_keys_free(&k);
    return status;
}

/* Collects the earlier documents in the buckets of document b. */
static tt_status select_doc_candidates(const band_job *j, uint32_t b, band_outcome *o)
{
    for (uint32_t band = 0; band < j->s->doc_bands; band++) {
        const uint32_t member = j->s->doc_keys[(size_t)band * j->s->doc_count + b];
        const tti_bucket_member *own, *first;
        tti_band_window w;
        if (member == TTI_NO_BUCKET_MEMBER)
            continue;
        assert(member < j->buckets[band].count);
        own = &j->buckets[band].members[member];
        first = &j->buckets[band].members[own->begin];
        w = tti_band_rule_window(&j->rule, (size_t)(own - first));
        if (w.skipped > 0)
            TTI_TRY(
                tti_candidates_add_skipped(&o->found, tti_sketched_doc(j->s, b), w.skipped, NULL));
        for (size_t k = 0; k < w.first_end; k++)
            TTI_TRY(add_neighbour(&o->top_k, j->allocator, first[k].doc));
        for (const tti_bucket_member *x = first + w.last_begin; x < own; x++)
            TTI_TRY(add_neighbour(&o->top_k, j->allocator, x->doc));
    }
    return o->top_k.neighbours.count == 0 ? TT_OK
                                          : select_top_k(&o->top_k, &j->rule, j->s, b, &o->found);
}

/* ---- The stage ------------------------------------------------------------------------------- */

static band_outcome *make_outcomes(const tt_allocator *a, size_t count)
{
    band_outcome *outcomes = tti_alloc_zero(a, count, sizeof *outcomes);
    for (size_t k = 0; outcomes != NULL && k < count; k++)
        outcomes[k].found.allocator = a;
    return outcomes;
}

/* Joins what the tasks have found, and frees it. */
static tt_status merge_outcomes(band_outcome *outcomes, size_t count, tti_candidates *out,
                                tt_error *error)
{
    tt_status status = TT_OK;
    for (size_t k = 0; k < count; k++) {
        if (status == TT_OK && outcomes[k].status != TT_OK)
            status = tti_fail_memory(error, "LSH buckets");
        if (status == TT_OK)
            status = tti_candidates_append(out, &outcomes[k].found, error);
        tti_candidates_free(&outcomes[k].found);
        free_top_k(&outcomes[k].top_k, out->allocator);
    }
    tti_release(out->allocator, outcomes, count, sizeof *outcomes);
    return status;
}

/* Buckets of the documents' bands, and links by those of the paragraphs. */
static tt_status make_band_buckets(const band_job *j, uint32_t paragraph_bands, int threads,
                                   tti_candidates *candidates, tt_error *error)
{
    const int64_t docs = j->s->doc_bands, n = docs + paragraph_bands;
    band_outcome *outcomes = make_outcomes(j->allocator, (size_t)n);
    TTI_TRY_ALLOC(outcomes == NULL, error, "LSH bands");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t b = 0; b < n; b++)
        outcomes[b].status =
            b < docs ? tti_buckets_make(&j->buckets[b], j->s, (uint32_t)b, j->corpus, NULL)
                     : link_paragraphs(j, (uint32_t)(b - docs), &outcomes[b].found);
    return merge_outcomes(outcomes, (size_t)n, candidates, error);
}

static tt_status select_candidates(const band_job *j, int threads, tti_candidates *candidates,
                                   tt_error *error)
{
    band_outcome *outcomes = make_outcomes(j->allocator, (size_t)threads);
    TTI_TRY_ALLOC(outcomes == NULL, error, "LSH bands");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
    for (int64_t b = 0; b < (int64_t)j->s->doc_count; b++) {
        band_outcome *o = &outcomes[tti_thread_index()];
        if (o->status == TT_OK)
            o->status = select_doc_candidates(j, (uint32_t)b, o);
    }
    return merge_outcomes(outcomes, (size_t)threads, candidates, error);
}

tt_status tti_bands_find(tti_sketches *sketches, const tti_corpus *corpus,
                         const tt_options *options, tti_candidates *candidates, tt_error *error)
{
    const uint32_t bands = sketches->doc_bands;
    const uint32_t paragraph_bands = options->find & TT_FIND_SECTIONS ? TTI_PARAGRAPH_BANDS : 0;
    const int threads = tti_thread_count(options->threads, sketches->doc_count);
    band_job j = {sketches, corpus, candidates->allocator, tti_band_rule_make(options), NULL};
    tt_status status;
    j.buckets = tti_alloc_zero(j.allocator, bands, sizeof *j.buckets);
    TTI_TRY_ALLOC(j.buckets == NULL, error, "LSH bands");
    for (uint32_t b = 0; b < bands; b++)
        j.buckets[b].allocator = j.allocator;
    status = make_band_buckets(&j, paragraph_bands, threads, candidates, error);
    if (status == TT_OK && bands > 0)
        status = select_candidates(&j, threads, candidates, error);
    for (uint32_t b = 0; b < bands; b++)
        tti_buckets_free(&j.buckets[b]);
    tti_release(j.allocator, j.buckets, bands, sizeof *j.buckets);
    return status;
}
