/*
 * tt_scan_finish(): the stages after text, in order. Each sees its own input and output only; what
 * it no longer needs is freed before the next begins.
 */
#include "lsh/bands.h"
#include "result/result.h"
#include "scan/builder.h"
#include "seed/candidates.h"
#include "seed/minimizers.h"
#include "sketch/sketch.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

/* Adds the wall time since *since to *seconds, and sets *since to now. */
static void end_stage(double *since, double *seconds)
{
    const double now = tti_monotonic_seconds();
    *seconds += now - *since;
    *since = now;
}

/* `docs`: those that LSH looks for, or NULL for all. */
static tt_status find_lsh_candidates(tt_result *x, const tti_doc_list *docs,
                                     tti_candidates *candidates, double *since, tt_error *error)
{
    const tt_options *o = &x->options;
    tti_sketches sketches = {0};
    tt_status status = tti_report_progress(o, "sketch", 0, x->store.corpus.doc_count, error);
    if (status == TT_OK)
        status = tti_sketch(&sketches, &x->store.corpus, docs, o, candidates, error);
    x->summary.distinct_paragraphs = sketches.distinct_count;
    end_stage(since, &x->summary.seconds.sketch);
    if (status == TT_OK)
        status = tti_bands_find(&sketches, &x->store.corpus, o, candidates, error);
    tti_sketches_free(&sketches);
    end_stage(since, &x->summary.seconds.lsh);
    return status;
}

static tt_status find_seed_candidates(tt_result *x, tti_candidates *candidates,
                                      tti_doc_list *for_lsh, double *since, tt_error *error)
{
    const tt_options *o = &x->options;
    tt_status status = tti_report_progress(o, "seed", 0, x->store.corpus.doc_count, error);
    if (status == TT_OK)
        status = tti_seed_candidates_add(&x->store.corpus, o, candidates, for_lsh, error);
    end_stage(since, &x->summary.seconds.seed);
    return status;
}

/* Seeds first, where a rule needs them: they leave few documents to LSH. */
static tt_status find_candidates(tt_result *x, tti_candidates *candidates, double *since,
                                 tt_error *error)
{
    tti_doc_list for_lsh = {0};
    tt_status status;
    if (!tti_seeds_needed(&x->options))
        return find_lsh_candidates(x, NULL, candidates, since, error);
    status = find_seed_candidates(x, candidates, &for_lsh, since, error);
    if (status == TT_OK)
        status = find_lsh_candidates(x, &for_lsh, candidates, since, error);
    tti_array_free(&for_lsh, x->allocator);
    return status;
}

static tt_status verify_candidates(tt_result *x, tti_candidates *candidates, double *since,
                                   tt_error *error)
{
    tt_status status = tti_candidates_sort_unique(candidates, error);
    if (status == TT_OK)
        status = tti_report_progress(&x->options, "verify", 0, candidates->pairs.count, error);
    if (status == TT_OK)
        status = tti_verify(&x->verified, &x->store.corpus, candidates, &x->options, error);
    if (status == TT_OK && x->notices.list.count == 0)
        status = tti_notices_learn(&x->notices, &x->store.corpus, &x->verified, error);
    tti_array_free(&x->verified.notice_places, x->allocator);
    if (status == TT_OK)
        status = tti_notices_apply(&x->notices, &x->store.corpus, &x->verified, error);
    x->summary.candidates += candidates->pairs.count;
    end_stage(since, &x->summary.seconds.verify);
    return status;
}

static tt_status find_clusters(tt_result *x, double *since, tt_error *error)
{
    const size_t docs = x->store.corpus.doc_count;
    uint32_t *order = tti_alloc(x->allocator, docs, sizeof *order);
    tti_candidates proposals;
    tt_status status = order == NULL ? tti_fail_memory(error, "clusters") : TT_OK;
    tti_candidates_init(&proposals, x->allocator);
    if (status == TT_OK)
        status = tti_representatives_rank(&x->doc_clusters, &x->store.corpus, &x->doc_articles,
                                          &x->verified, &x->options, order, error);
    if (status == TT_OK)
        status = tti_clusters_propose_pairs(&x->verified, order, docs, &proposals, error);
    end_stage(since, &x->summary.seconds.cluster);
    if (status == TT_OK)
        status = verify_candidates(x, &proposals, since, error);
    tti_candidates_free(&proposals);
    if (status == TT_OK)
        status = tti_clusters_assign(&x->doc_clusters, &x->verified, order, error);
    tti_release(x->allocator, order, docs, sizeof *order);
    end_stage(since, &x->summary.seconds.cluster);
    return status;
}

static tt_status find_sections(tt_result *x, double *since, tt_error *error)
{
    const tt_options *o = &x->options;
    tt_status status = TT_OK;
    if (o->find & TT_FIND_SECTIONS) {
        status = tti_report_progress(o, "section", 0, x->verified.passages.count, error);
        if (status == TT_OK)
            status = tti_sections_make(&x->sections, &x->store.corpus, &x->doc_articles,
                                       &x->verified, o, error);
    }
    end_stage(since, &x->summary.seconds.section);
    return status;
}

static tt_status run_stages(tt_result *x, tt_error *error)
{
    double since = tti_monotonic_seconds();
    tti_candidates candidates;
    tt_status status = tti_corpus_store_merge_equal(&x->store, &x->doc_articles, error);
    tti_candidates_init(&candidates, x->allocator);
    if (status == TT_OK)
        status = find_candidates(x, &candidates, &since, error);
    if (status == TT_OK)
        status = verify_candidates(x, &candidates, &since, error);
    if (status == TT_OK)
        status = find_clusters(x, &since, error);
    if (status == TT_OK)
        status = find_sections(x, &since, error);
    tti_verified_free_passages(&x->verified);
    if (status == TT_OK)
        status = tti_result_list_notices(x, error);
    if (status == TT_OK)
        status = tti_result_list(x, &candidates, error);
    tti_candidates_free(&candidates);
    return status;
}

/* Everything the scan has becomes the result's. */
static void move_articles(tt_result *x, tt_scan *scan)
{
    x->summary.articles = scan->store.corpus.article_count;
    x->summary.bytes = scan->store.bytes;
    x->summary.digest = scan->store.digest;
    x->summary.tokens = scan->store.tokens;
    x->summary.paragraphs = scan->store.paragraphs;
    x->summary.seconds.text = scan->text_seconds;
    tti_scan_free_scratch(scan);
    x->store = scan->store;
    x->options = x->settings.options;
    x->options.allocator = x->allocator = x->store.allocator;
    x->notices = scan->notices;
    scan->notices = (tti_notices){.allocator = scan->settings.options.allocator,
                                  .seed = scan->settings.options.seed};
    memset(&scan->store, 0, sizeof scan->store);
    tti_table_free(&scan->ids);
    scan->text_seconds = 0;
}

static tt_status run_within_memory_limit(tt_result *x, tt_error *error)
{
    tt_status status;
    if (tti_spill_start_watcher(x->store.spill) != 0)
        return tti_fail_memory(error, "a thread");
    status = run_stages(x, error);
    tti_spill_stop_watcher(x->store.spill);
    tti_spill_evict(x->store.spill);
    return tti_spill_status(x->store.spill, status, error);
}

static tt_status make_result(tt_scan *scan, tt_result **out, tt_error *error)
{
    tt_result *x;
    tt_status status;
    TTI_TRY(tti_corpus_store_open(&scan->store, &scan->settings.options, error));
    x = tti_result_open(scan->settings.options.allocator);
    TTI_TRY_ALLOC(x == NULL, error, "a result");
    x->is_scan = 1;
    status = tti_owned_options_copy(&x->settings, &scan->settings.options, error);
    if (status == TT_OK) {
        move_articles(x, scan);
        status = run_within_memory_limit(x, error);
    }
    if (status != TT_OK)
        tt_result_close(x);
    else
        *out = x;
    return status;
}

tt_status tt_scan_notices(tt_scan *scan, const tt_result *result, tt_error *error)
{
    tt_status status;
    if (scan == NULL || result == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "scan or result is NULL");
    TTI_TRY(tti_scan_begin_work(scan, error));
    status = tti_notices_copy(&scan->notices, &result->notices, error);
    scan->is_at_work = 0;
    return status;
}

tt_status tt_scan_finish(tt_scan *scan, tt_result **out, tt_error *error)
{
    tt_status status;
    if (out == NULL || scan == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "scan or out is NULL");
    *out = NULL;
    TTI_TRY(tti_scan_begin_work(scan, error));
    status = make_result(scan, out, error);
    scan->is_at_work = 0;
    return status;
}
