/*
 * The bands in parallel, each sorted into buckets; then the documents in parallel.
 *
 * A bucket of paragraphs is a star: each is linked to the first. Of a bucket of documents each
 * meets the earlier ones, up to max_matches of them; what it meets in all bands together is
 * compared by the whole signatures, each once, and the closest are candidates.
 */
#include "lsh/bands.h"

#include "lsh/buckets.h"
#include "lsh/top_k.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

typedef struct band_job {
    const tti_sketches *s;
    const tti_corpus *corpus;
    const tt_allocator *allocator;
    tti_band_rule rule;
    tti_buckets *buckets; /* of each band of documents */
} band_job;

/* What a task found, and whether it could. */
typedef struct band_outcome {
    tti_candidates found;
    tt_status status;
} band_outcome;

/* ---- Paragraphs ------------------------------------------------------------------------------ */

static tt_status link_bucket_to_first(const band_job *j, const uint64_t *bucket, size_t count,
                                      tti_candidates *out)
{
    const uint32_t first = j->s->distinct[(uint32_t)bucket[0]].doc;
    for (size_t i = 1; i < count; i++) {
        const uint32_t doc = j->s->distinct[(uint32_t)bucket[i]].doc;
        TTI_TRY(tti_candidates_add(out, tti_candidate_pack(first, doc, TTI_WANT_SECTIONS), NULL));
    }
    return TT_OK;
}

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
    for (size_t i = 0, end; status == TT_OK && i < k.count; i = end) {
        end = tti_shared_keys_bucket_end(&k, i);
        status = link_bucket_to_first(j, k.records + i, end - i, out);
    }
    tti_shared_keys_free(&k);
    return status;
}

/* ---- Documents ------------------------------------------------------------------------------- */

/* Meets the documents before member `place` of a bucket. */
static tt_status add_bucket_docs(const band_job *j, const tti_buckets *buckets, uint32_t place,
                                 tti_top_k *top_k, tti_candidates *out)
{
    const tti_bucket_member *own = &buckets->members[place];
    const tti_bucket_member *first = buckets->members + own->begin;
    const size_t i = (size_t)(own - first);
    const tti_band_window w = tti_band_rule_window(&j->rule, i);
    if (w.skipped > 0)
        TTI_TRY(tti_candidates_add_skipped(out, own->doc, w.skipped, NULL));
    for (size_t k = 0; k < w.first_end; k++)
        TTI_TRY(tti_top_k_add(top_k, first[k].doc));
    for (size_t k = w.last_begin; k < i; k++)
        TTI_TRY(tti_top_k_add(top_k, first[k].doc));
    return TT_OK;
}

static tt_status select_doc_candidates(const band_job *j, uint32_t b, tti_top_k *top_k,
                                       tti_candidates *out)
{
    for (uint32_t band = 0; band < j->s->doc_bands; band++) {
        const uint32_t place = j->s->doc_keys[(size_t)band * j->s->doc_count + b];
        if (place != TTI_NO_BUCKET_MEMBER)
            TTI_TRY(add_bucket_docs(j, &j->buckets[band], place, top_k, out));
    }
    return top_k->count == 0 ? TT_OK : tti_top_k_select(top_k, &j->rule, j->s, b, out);
}

/* ---- Driver ---------------------------------------------------------------------------------- */

/* Joins what tasks have found, and frees it. */
static tt_status merge_outcomes(band_outcome *outcomes, size_t count, tti_candidates *out,
                                tt_status status, tt_error *error)
{
    for (size_t k = 0; k < count; k++) {
        if (status == TT_OK && outcomes[k].status != TT_OK)
            status = tti_fail_memory(error, "LSH buckets");
        if (status == TT_OK)
            status = tti_candidates_append(out, &outcomes[k].found, error);
        tti_candidates_free(&outcomes[k].found);
    }
    tti_release(out->allocator, outcomes, count, sizeof *outcomes);
    return status;
}

static band_outcome *make_outcomes(const band_job *j, size_t count)
{
    band_outcome *outcomes = tti_alloc_zero(j->allocator, count, sizeof *outcomes);
    for (size_t k = 0; outcomes != NULL && k < count; k++)
        tti_candidates_init(&outcomes[k].found, j->allocator);
    return outcomes;
}

/* Buckets of the documents' bands, links of the paragraphs'. */
static tt_status make_band_buckets(const band_job *j, uint32_t paragraph_bands, int threads,
                                   tti_candidates *candidates, tt_error *error)
{
    const int64_t docs = j->s->doc_bands, n = docs + paragraph_bands;
    band_outcome *outcomes = make_outcomes(j, (size_t)n);
    if (outcomes == NULL)
        return tti_fail_memory(error, "LSH bands");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int64_t b = 0; b < n; b++)
        outcomes[b].status =
            b < docs
                ? tti_buckets_make(&j->buckets[b], j->s->doc_keys + (size_t)b * j->s->doc_count,
                                   j->corpus, NULL)
                : link_paragraphs(j, (uint32_t)(b - docs), &outcomes[b].found);
    return merge_outcomes(outcomes, (size_t)n, candidates, TT_OK, error);
}

static tt_status select_candidates(const band_job *j, int threads, tti_candidates *candidates,
                                   tt_error *error)
{
    band_outcome *outcomes = make_outcomes(j, (size_t)threads);
    tti_top_k *top_k = tti_alloc_zero(j->allocator, (size_t)threads, sizeof *top_k);
    tt_status status = TT_OK;
    if (outcomes == NULL || top_k == NULL)
        status = tti_fail_memory(error, "LSH bands");
    for (int t = 0; status == TT_OK && t < threads; t++)
        top_k[t].allocator = j->allocator;
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
        for (int64_t b = 0; b < (int64_t)j->s->doc_count; b++) {
            band_outcome *o = &outcomes[tti_thread_index()];
            if (o->status == TT_OK)
                o->status =
                    select_doc_candidates(j, (uint32_t)b, &top_k[tti_thread_index()], &o->found);
        }
    }
    for (int t = 0; top_k != NULL && t < threads; t++)
        tti_top_k_free(&top_k[t]);
    tti_release(j->allocator, top_k, (size_t)threads, sizeof *top_k);
    return outcomes == NULL ? status
                            : merge_outcomes(outcomes, (size_t)threads, candidates, status, error);
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
    if (j.buckets == NULL)
        return tti_fail_memory(error, "LSH bands");
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
