/*
 * tt_scan_finish: the stages after text, in order. Each sees its own input and output only; what
 * it no longer needs is freed before the next begins.
 */
#include "lsh/bands.h"
#include "options.h"
#include "scan/builder.h"
#include "sketch/sketch.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <string.h>

/* ---- Documents: articles with the same tokens are one ---------------------------------------- */

/* Sets article.doc to the first article with the same tokens. Articles without tokens stay alone.
 */
static void join_equal_articles(tti_corpus_store *s, const tti_sort_entry *run, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++) { /* a run is one class but for 64-bit collisions */
            const uint32_t first = run[k].doc;
            if (s->corpus.articles[first].doc == first &&
                tti_hash128_equal(s->keys[first], s->keys[run[i].doc])) {
                s->corpus.articles[run[i].doc].doc = first;
                break;
            }
        }
}

static tt_status find_equal_articles(tti_corpus_store *s, tt_error *error)
{
    const size_t n = s->corpus.article_count;
    tti_sort_entry *records = tti_alloc(s->allocator, n, sizeof *records);
    tti_sort_entry *spare = tti_alloc(s->allocator, n, sizeof *spare);
    const int have = records != NULL && spare != NULL;
    size_t count = 0;
    for (uint32_t i = 0; have && i < n; i++)
        if (s->corpus.docs[i].token_count > 0)
            records[count++] = (tti_sort_entry){s->keys[i].low, i, 0};
    if (have)
        tti_radix_sort_entries(records, spare, count);
    for (size_t i = 0, k; have && i < count; i = k) {
        for (k = i + 1; k < count && records[k].key == records[i].key;)
            k++;
        join_equal_articles(s, records + i, k - i);
    }
    tti_release(s->allocator, records, n, sizeof *records);
    tti_release(s->allocator, spare, n, sizeof *spare);
    return have ? TT_OK : tti_fail_memory(error, "equal articles");
}

/* Drops all but the first document of each class; article.doc becomes its number. */
static void renumber_distinct_docs(tti_corpus *c)
{
    size_t kept = 0;
    for (uint32_t i = 0; i < c->article_count; i++) {
        if (c->articles[i].doc == i) {
            c->docs[kept] = c->docs[i];
            c->articles[i].doc = (uint32_t)kept++;
        } else { /* the first of its class came before and has its number */
            c->articles[i].doc = c->articles[c->articles[i].doc].doc;
        }
    }
    c->doc_count = kept;
}

static tt_status list_doc_articles(tti_doc_articles *m, const tti_corpus *c, const tt_allocator *a,
                                   tt_error *error)
{
    m->firsts = tti_alloc_zero(a, c->doc_count + 2, sizeof *m->firsts);
    m->articles = tti_alloc(a, c->article_count, sizeof *m->articles);
    if (m->firsts == NULL || m->articles == NULL)
        return tti_fail_memory(error, "equal articles");
    for (size_t i = 0; i < c->article_count; i++)
        m->firsts[c->articles[i].doc + 2]++;
    for (size_t d = 2; d < c->doc_count + 2; d++)
        m->firsts[d] += m->firsts[d - 1];
    for (uint32_t i = 0; i < c->article_count; i++)
        m->articles[m->firsts[c->articles[i].doc + 1]++] = i;
    return TT_OK;
}

/* ---- Stages ---------------------------------------------------------------------------------- */

/* Adds the wall time since *since to *seconds and starts anew. */
static void end_stage(double *since, double *seconds)
{
    const double now = tti_monotonic_seconds();
    *seconds += now - *since;
    *since = now;
}

static tt_status find_lsh_candidates(tt_result *x, tti_candidates *candidates, double *since,
                                     tt_error *error)
{
    const tt_options *o = &x->options;
    tti_sketches sketches = {0};
    tt_status status = tti_report_progress(o, "sketch", 0, x->store.corpus.doc_count, error);
    if (status == TT_OK)
        status = tti_sketch(&sketches, &x->store.corpus, o, candidates, error);
    x->summary.distinct_paragraphs = sketches.distinct_count;
    end_stage(since, &x->summary.seconds.sketch);
    if (status == TT_OK)
        status = tti_bands_find(&sketches, &x->store.corpus, o, candidates, error);
    tti_sketches_free(&sketches);
    end_stage(since, &x->summary.seconds.lsh);
    return status;
}

static tt_status find_seed_candidates(tt_result *x, tti_candidates *candidates, double *since,
                                      tt_error *error)
{
    const tt_options *o = &x->options;
    tt_status status = TT_OK;
    if (tti_seeds_needed(o)) {
        status = tti_report_progress(o, "seed", 0, x->store.corpus.doc_count, error);
        if (status == TT_OK)
            status = tti_seed_candidates_add(&x->store.corpus, o, candidates, error);
    }
    end_stage(since, &x->summary.seconds.seed);
    return status;
}

static tt_status verify(tt_result *x, tti_candidates *candidates, double *since, tt_error *error)
{
    tt_status status = tti_candidates_sort_unique(candidates, error);
    if (status == TT_OK)
        status = tti_report_progress(&x->options, "verify", 0, candidates->count, error);
    if (status == TT_OK)
        status = tti_verify(&x->verified, &x->store.corpus, candidates, &x->options, error);
    x->summary.candidates += candidates->count;
    end_stage(since, &x->summary.seconds.verify);
    return status;
}

static tt_status cluster_in_order(tt_result *x, const uint32_t *order, double *since,
                                  tt_error *error)
{
    tti_candidates proposals;
    tt_status status;
    tti_candidates_init(&proposals, x->store.allocator);
    status = tti_clusters_propose_pairs(&x->verified, order, x->store.corpus.doc_count, &proposals,
                                        error);
    end_stage(since, &x->summary.seconds.cluster);
    if (status == TT_OK)
        status = verify(x, &proposals, since, error);
    tti_candidates_free(&proposals);
    if (status == TT_OK)
        status = tti_clusters_assign(&x->doc_clusters, &x->verified, order, error);
    end_stage(since, &x->summary.seconds.cluster);
    return status;
}

static tt_status cluster(tt_result *x, double *since, tt_error *error)
{
    const size_t docs = x->store.corpus.doc_count;
    uint32_t *order = tti_alloc(x->store.allocator, docs, sizeof *order);
    tt_status status = order == NULL ? tti_fail_memory(error, "clusters") : TT_OK;
    if (status == TT_OK)
        status = tti_representatives_rank(&x->doc_clusters, &x->store.corpus, &x->doc_articles,
                                          &x->verified, &x->options, order, error);
    if (status == TT_OK)
        status = cluster_in_order(x, order, since, error);
    tti_release(x->store.allocator, order, docs, sizeof *order);
    return status;
}

static tt_status make_sections_stage(tt_result *x, double *since, tt_error *error)
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
    tti_candidates candidates;
    double since = tti_monotonic_seconds();
    tt_status status = find_equal_articles(&x->store, error);
    tti_candidates_init(&candidates, x->store.allocator);
    if (status == TT_OK) {
        renumber_distinct_docs(&x->store.corpus);
        status = list_doc_articles(&x->doc_articles, &x->store.corpus, x->store.allocator, error);
    }
    if (status == TT_OK)
        status = find_lsh_candidates(x, &candidates, &since, error);
    if (status == TT_OK)
        status = find_seed_candidates(x, &candidates, &since, error);
    if (status == TT_OK)
        status = verify(x, &candidates, &since, error);
    if (status == TT_OK)
        status = cluster(x, &since, error);
    if (status == TT_OK)
        status = make_sections_stage(x, &since, error);
    tti_verified_free_passages(&x->verified);
    if (status == TT_OK)
        status = tti_result_list(x, &candidates, error);
    tti_candidates_free(&candidates);
    return status;
}

/* Everything the scan has becomes the result's. */
static void move_articles(tt_result *x, tt_scan *b)
{
    x->summary.articles = b->store.corpus.article_count;
    x->summary.bytes = b->store.bytes;
    x->summary.tokens = b->store.tokens;
    x->summary.paragraphs = b->store.paragraphs;
    x->summary.seconds.text = b->text_seconds;
    tti_scan_free_scratch(b);
    x->store = b->store;
    x->options = x->settings.options;
    x->options.allocator = x->allocator = x->store.allocator;
    memset(&b->store, 0, sizeof b->store);
    tti_table_free(&b->ids);
    b->text_seconds = 0;
}

/* The stages, kept to the memory limit. */
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

tt_status tt_scan_finish(tt_scan *b, tt_result **out, tt_error *error)
{
    tt_result *x;
    tt_status status;
    if (out == NULL || b == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "scan or out is NULL");
    *out = NULL;
    TTI_TRY(tti_corpus_store_open(&b->store, &b->settings.options, error));
    x = tti_result_open(b->settings.options.allocator);
    if (x == NULL)
        return tti_fail_memory(error, "a result");
    x->is_scan = 1;
    status = tti_owned_options_copy(&x->settings, &b->settings.options, error);
    if (status != TT_OK) {
        tt_result_close(x);
        return status;
    }
    move_articles(x, b);
    status = run_within_memory_limit(x, error);
    if (status != TT_OK)
        tt_result_close(x);
    else
        *out = x;
    return status;
}
