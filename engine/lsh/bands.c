/*
 * One band at a time, the bands in parallel: a bucket is a run of equal keys after a radix sort.
 *
 * A bucket of documents gives every pair in it, up to max_matches earlier ones a document; a pair
 * that shares several buckets is taken at the first, and only if the whole signatures leave it a
 * chance to reach the threshold. A bucket of paragraphs is a star: each is linked to the first.
 */
#include "lsh/bands.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/hash.h"
#include "common/par.h"
#include "common/radix.h"
#include "kernels/kernels.h"

#include <math.h>

enum {
    FIRST_KEPT = 8, /* of a popular bucket, its first documents are looked at by all others */
    SIGMAS = 5      /* how far an estimate may miss the threshold: beyond it is one in a million */
};

double tti_bands_recall(uint32_t lanes, uint32_t rows, double resemblance)
{
    return 1 - pow(1 - pow(resemblance, rows), (double)(lanes / rows));
}

uint32_t tti_bands_rows(uint32_t lanes, double threshold)
{
    uint32_t best = 1;
    for (uint32_t rows = 1; rows <= lanes; rows++)
        if (lanes % rows == 0 && tti_bands_recall(lanes, rows, threshold) >= 0.9995)
            best = rows;
    return best;
}

static uint32_t least_equal(uint32_t lanes, double threshold)
{
    if (threshold < 0) /* the rule is off: no documents are compared by it */
        return 1;
    const double sigma = sqrt(threshold * (1 - threshold) / lanes);
    const double least = (threshold - SIGMAS * sigma - 1.0 / lanes) * lanes;
    return least < 1 ? 1 : (uint32_t)least;
}

tti_bands_rule tti_bands_rule_make(const tt_options *o)
{
    return (tti_bands_rule){o->sketch_size, o->sketch_size / o->bands,
                            least_equal(o->sketch_size, o->resemblance),
                            o->max_matches > FIRST_KEPT ? o->max_matches : FIRST_KEPT};
}

tti_bands_window tti_bands_look_back(const tti_bands_rule *rule, size_t i)
{
    if (i <= rule->most)
        return (tti_bands_window){i, i, 0};
    return (tti_bands_window){FIRST_KEPT, i - (rule->most - FIRST_KEPT), i - rule->most};
}

static int same_band(const tti_bands_rule *rule, const uint32_t *x, const uint32_t *y,
                     uint32_t band)
{
    const size_t at = (size_t)band * rule->rows;
    for (uint32_t r = 0; r < rule->rows; r++)
        if (x[at + r] != y[at + r])
            return 0;
    return 1;
}

int tti_bands_worth(const tti_bands_rule *rule, const uint32_t *x, const uint32_t *y, uint32_t band)
{
    for (uint32_t before = 0; before < band; before++)
        if (same_band(rule, x, y, before))
            return 0;
    return tti_kernels_get()->equal(x, y, rule->lanes) >= rule->least_equal;
}

typedef struct job {
    const tti_sketches *s;
    const tti_corpus *corpus;
    tti_bands_rule rule;
} job;

static tt_status add_pair(const job *j, uint32_t a, uint32_t b, uint32_t band, tti_candidates *out,
                          tt_error *error)
{
    const uint32_t *x = j->s->signatures + (size_t)a * j->s->lanes;
    const uint32_t *y = j->s->signatures + (size_t)b * j->s->lanes;
    if (!tti_bands_worth(&j->rule, x, y, band))
        return TT_OK;
    return tti_candidates_add(out, tti_candidate_pack(a, b, TTI_WANT_PAIR), error);
}

/* A band's key, and the document or paragraph that has it in the lower half. */
static uint64_t pack(uint32_t key, uint32_t of)
{
    return (uint64_t)key << 32 | of;
}

static tt_status add_bucket(const job *j, const uint64_t *bucket, size_t count, uint32_t band,
                            tti_candidates *out, tt_error *error)
{
    for (size_t i = 1; i < count; i++) {
        const tti_bands_window w = tti_bands_look_back(&j->rule, i);
        if (w.skipped > 0)
            TTI_TRY(tti_candidates_skip(out, (uint32_t)bucket[i], w.skipped, error));
        for (size_t k = 0; k < w.first_end; k++)
            TTI_TRY(add_pair(j, (uint32_t)bucket[k], (uint32_t)bucket[i], band, out, error));
        for (size_t k = w.last_begin; k < i; k++)
            TTI_TRY(add_pair(j, (uint32_t)bucket[k], (uint32_t)bucket[i], band, out, error));
    }
    return TT_OK;
}

static tt_status add_star(const job *j, const uint64_t *bucket, size_t count, tti_candidates *out,
                          tt_error *error)
{
    const uint32_t first = j->s->distinct[(uint32_t)bucket[0]].doc;
    for (size_t i = 1; i < count; i++)
        TTI_TRY(tti_candidates_add(
            out,
            tti_candidate_pack(first, j->s->distinct[(uint32_t)bucket[i]].doc, TTI_WANT_SECTIONS),
            error));
    return TT_OK;
}

static size_t doc_records(const job *j, uint32_t band, uint64_t *records)
{
    const uint32_t *keys = j->s->doc_keys + band * j->s->doc_count;
    size_t n = 0;
    for (uint32_t d = 0; d < j->s->doc_count; d++)
        if (j->corpus->docs[d].token_count > 0)
            records[n++] = pack(keys[d], d);
    return n;
}

static size_t paragraph_records(const job *j, uint32_t band, uint64_t *records)
{
    size_t n = 0;
    for (uint32_t k = 0; k < j->s->distinct_count; k++) {
        const uint32_t key = j->s->paragraph_keys[(size_t)k * TTI_PARAGRAPH_BANDS + band];
        if (key != 0)
            records[n++] = pack(key, k);
    }
    return n;
}

/* One band of documents (band < doc_bands) or of paragraphs (the rest). */
static tt_status run_band(const job *j, uint32_t band, uint32_t doc_bands, tti_candidates *out,
                          tt_error *error)
{
    const int of_docs = band < doc_bands;
    const size_t room = of_docs ? j->s->doc_count : j->s->distinct_count;
    uint64_t *records = tti_alloc(out->allocator, room, sizeof *records);
    uint64_t *spare = tti_alloc(out->allocator, room, sizeof *spare);
    tt_status status = TT_OK;
    if (records == NULL || spare == NULL)
        status = tti_fail_memory(error, "LSH buckets");
    if (status == TT_OK) {
        const size_t n = of_docs ? doc_records(j, band, records)
                                 : paragraph_records(j, band - doc_bands, records);
        tti_radix_u64(records, spare, n);
        for (size_t i = 0, k; i < n && status == TT_OK; i = k) {
            for (k = i + 1; k < n && (records[k] ^ records[i]) >> 32 == 0;)
                k++;
            if (k - i > 1)
                status = of_docs ? add_bucket(j, records + i, k - i, band, out, error)
                                 : add_star(j, records + i, k - i, out, error);
        }
    }
    tti_release(out->allocator, records, room, sizeof *records);
    tti_release(out->allocator, spare, room, sizeof *spare);
    return status;
}

tt_status tti_bands_find(const tti_sketches *sketches, const tti_corpus *corpus,
                         const tt_options *options, tti_candidates *candidates, tt_error *error)
{
    const uint32_t doc_bands = sketches->doc_bands;
    const uint32_t paragraph_bands = options->find & TT_FIND_SECTIONS ? TTI_PARAGRAPH_BANDS : 0;
    const job j = {sketches, corpus, tti_bands_rule_make(options)};
    const int64_t n = (int64_t)doc_bands + paragraph_bands;
    const int threads = tti_threads(options->threads, (size_t)n);
    tti_candidates *found = tti_alloc_zero(candidates->allocator, (size_t)n, sizeof *found);
    tt_status *statuses = tti_alloc_zero(candidates->allocator, (size_t)n, sizeof *statuses);
    tt_status status = TT_OK;
    if (found == NULL || statuses == NULL)
        status = tti_fail_memory(error, "LSH bands");
    for (int64_t b = 0; b < n && status == TT_OK; b++)
        tti_candidates_init(&found[b], candidates->allocator);
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
        for (int64_t b = 0; b < n; b++)
            statuses[b] = run_band(&j, (uint32_t)b, doc_bands, &found[b], NULL);
    }
    for (int64_t b = 0; b < n && found != NULL && statuses != NULL; b++) {
        if (status == TT_OK && statuses[b] != TT_OK)
            status = tti_fail_memory(error, "LSH buckets");
        if (status == TT_OK)
            status = tti_candidates_append(candidates, &found[b], error);
        tti_candidates_free(&found[b]);
    }
    tti_release(candidates->allocator, found, (size_t)n, sizeof *found);
    tti_release(candidates->allocator, statuses, (size_t)n, sizeof *statuses);
    return status;
}
