/*
 * All candidates, in parallel. They are grouped by the longer document of each pair, which is
 * hashed once for its group; a pair then costs no more than its shorter document.
 */
#include "verify/verify.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP_LIMIT = 512 }; /* pairs of one document that are one thread's task */

typedef struct group {
    size_t begin, end; /* of the sorted candidates; all share the longer document */
} group;

typedef struct worker {
    tti_verifier *verifier;
    tti_aligner *self; /* for documents that repeat themselves */
    tti_verified found;
    tt_status status;
} worker;

typedef struct job {
    const tti_corpus *corpus;
    const tt_options *options;
    const tti_shingle_counts *repeats;
    const uint64_t *sorted; /* bits 33..: the longer document, 2..32 the other, 0..1 the wants */
} job;

/* ---- Links --------------------------------------------------------------------------------- */

/* Copies a passage's blocks so that side a is the earlier document. */
static tt_status copy_blocks(tti_verified *out, const tti_block *blocks, uint32_t count, int swap)
{
    if (tti_reserve(out->allocator, &out->blocks, &out->block_capacity, out->block_count + count,
                    sizeof *out->blocks) != 0)
        return TT_ENOMEM;
    for (uint32_t k = 0; k < count; k++) {
        const tti_block x = blocks[k];
        out->blocks[out->block_count++] = swap ? (tti_block){x.b, x.a, x.len} : x;
    }
    return TT_OK;
}

static tt_status append_shared_passage(tti_verified *out, const tti_shared_passage *link)
{
    if (tti_reserve(out->allocator, &out->links, &out->link_capacity, out->link_count + 1,
                    sizeof *out->links) != 0)
        return TT_ENOMEM;
    out->links[out->link_count++] = *link;
    return TT_OK;
}

/* Keeps the passages that are long and dense enough. `a`, `b`: the documents of the two sides. */
tt_status tti_verified_add_passages(tti_verified *out, const tti_alignment *al, uint32_t a,
                                    uint32_t b, uint32_t min_section)
{
    const int swap = a > b;
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        tti_shared_passage x = {a,        b,          p->a_begin,     p->a_end,        p->b_begin,
                                p->b_end, p->matched, p->block_count, out->block_count};
        if (swap)
            x = (tti_shared_passage){
                b,        a,          p->b_begin,     p->b_end,        p->a_begin,
                p->a_end, p->matched, p->block_count, out->block_count};
        if (!tti_is_section(x.a_end - x.a_begin, x.b_end - x.b_begin, x.matched, min_section))
            continue;
        TTI_TRY(copy_blocks(out, al->blocks + p->block_begin, p->block_count, swap));
        TTI_TRY(append_shared_passage(out, &x));
    }
    return TT_OK;
}

/* ---- Pairs --------------------------------------------------------------------------------- */

tt_pair tti_pair_swapped(const tt_pair *pair)
{
    tt_pair p = *pair;
    p.containment_a = pair->containment_b, p.containment_b = pair->containment_a;
    p.overlap_a = pair->overlap_b, p.overlap_b = pair->overlap_a;
    if (p.relation == TT_CONTAINS || p.relation == TT_CONTAINED)
        p.relation = p.relation == TT_CONTAINS ? TT_CONTAINED : TT_CONTAINS;
    return p;
}

tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc)
{
    return pair->a == doc ? *pair : tti_pair_swapped(pair);
}

static tt_status append_pair(tti_verified *out, const tt_pair *pair, uint32_t a, uint32_t b)
{
    tt_pair p = *pair;
    if (tti_reserve(out->allocator, &out->pairs, &out->pair_capacity, out->pair_count + 1,
                    sizeof *out->pairs) != 0)
        return TT_ENOMEM;
    if (a > b)
        p = tti_pair_swapped(pair);
    p.a = a < b ? a : b;
    p.b = a < b ? b : a;
    out->pairs[out->pair_count++] = p;
    return TT_OK;
}

static tt_status verify_self(const job *j, worker *w, uint32_t d)
{
    const tti_doc *doc = &j->corpus->docs[d];
    tti_alignment al;
    if (w->self == NULL)
        TTI_TRY(tti_aligner_open(&w->self, j->options->allocator, NULL));
    TTI_TRY(tti_aligner_load(w->self, doc->hashes, doc->token_count, NULL));
    TTI_TRY(tti_aligner_run_self(w->self, &al, NULL));
    return tti_verified_add_passages(&w->found, &al, d, d, j->options->min_section);
}

static tt_status verify_group(const job *j, worker *w, const group *g)
{
    const uint32_t longer = tti_candidate_b(j->sorted[g->begin]);
    TTI_TRY(
        tti_verifier_load(w->verifier, &j->corpus->docs[longer], &j->repeats->docs[longer], NULL));
    for (size_t k = g->begin; k < g->end; k++) {
        const uint32_t other = tti_candidate_a(j->sorted[k]);
        const unsigned want = tti_candidate_want(j->sorted[k]);
        tti_verified_pair f;
        if (other == longer) {
            TTI_TRY(verify_self(j, w, longer));
            continue;
        }
        TTI_TRY(tti_verifier_run(w->verifier, &j->corpus->docs[other], &j->repeats->docs[other], &f,
                                 NULL));
        if (f.admitted)
            TTI_TRY(append_pair(&w->found, &f.pair, other, longer));
        if (want & TTI_WANT_SECTIONS)
            TTI_TRY(tti_verified_add_passages(&w->found, &f.alignment, other, longer,
                                              j->options->min_section));
    }
    return TT_OK;
}

/* ---- Driver -------------------------------------------------------------------------------- */

/* Candidates with the longer document in the place of the later one, sorted. */
static tt_status sort_by_longer(const tti_corpus *corpus, const tti_candidates *c, uint64_t **out,
                                tt_error *error)
{
    uint64_t *sorted = tti_alloc(c->allocator, c->count, sizeof *sorted);
    uint64_t *spare = tti_alloc(c->allocator, c->count, sizeof *spare);
    if (sorted != NULL && spare != NULL) {
        for (size_t k = 0; k < c->count; k++) {
            const uint32_t a = tti_candidate_a(c->packed[k]), b = tti_candidate_b(c->packed[k]);
            const int a_longer = corpus->docs[a].token_count > corpus->docs[b].token_count;
            sorted[k] = tti_candidate_pack(a_longer ? b : a, a_longer ? a : b,
                                           tti_candidate_want(c->packed[k]));
        }
        tti_radix_sort_u64(sorted, spare, c->count);
    }
    tti_release(c->allocator, spare, c->count, sizeof *spare);
    if (sorted == NULL || spare == NULL) {
        tti_release(c->allocator, sorted, c->count, sizeof *sorted);
        return tti_fail_memory(error, "candidates");
    }
    *out = sorted;
    return TT_OK;
}

static size_t make_groups(const uint64_t *sorted, size_t count, group *groups)
{
    size_t n = 0;
    for (size_t i = 0, k; i < count; i = k) {
        for (k = i + 1; k < count && k - i < GROUP_LIMIT &&
                        tti_candidate_b(sorted[k]) == tti_candidate_b(sorted[i]);)
            k++;
        groups[n++] = (group){i, k};
    }
    return n;
}

static int compare_pair_docs(const void *x, const void *y)
{
    const tt_pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Earliest holder first, then the longest alignment: the order in which sections take them. Within
 * one document in order of place, so that a reference is settled before it is referred to. */
static int compare_shared_passages(const void *x, const void *y)
{
    const tti_shared_passage *p = x, *q = y;
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->a != p->b && p->matched != q->matched)
        return p->matched > q->matched ? -1 : 1;
    if (p->b_begin != q->b_begin)
        return p->b_begin < q->b_begin ? -1 : 1;
    if (p->a_begin != q->a_begin)
        return p->a_begin < q->a_begin ? -1 : 1;
    if (p->b_end != q->b_end)
        return p->b_end > q->b_end ? -1 : 1;
    return (p->a_end < q->a_end) - (p->a_end > q->a_end);
}

void tti_verified_sort_passages(tti_verified *v)
{
    tti_qsort(v->links, v->link_count, sizeof *v->links, compare_shared_passages);
}

static tt_status append_worker_results(tti_verified *out, const tti_verified *found,
                                       tt_error *error)
{
    const size_t base = out->block_count;
    if (tti_reserve(out->allocator, &out->pairs, &out->pair_capacity,
                    out->pair_count + found->pair_count, sizeof *out->pairs) != 0 ||
        tti_reserve(out->allocator, &out->links, &out->link_capacity,
                    out->link_count + found->link_count, sizeof *out->links) != 0 ||
        tti_reserve(out->allocator, &out->blocks, &out->block_capacity,
                    out->block_count + found->block_count, sizeof *out->blocks) != 0)
        return tti_fail_memory(error, "verified pairs");
    if (found->pair_count > 0)
        memcpy(out->pairs + out->pair_count, found->pairs, found->pair_count * sizeof *out->pairs);
    if (found->block_count > 0)
        memcpy(out->blocks + base, found->blocks, found->block_count * sizeof *out->blocks);
    for (size_t k = 0; k < found->link_count; k++) {
        out->links[out->link_count + k] = found->links[k];
        out->links[out->link_count + k].block_begin += base;
    }
    out->pair_count += found->pair_count;
    out->link_count += found->link_count;
    out->block_count += found->block_count;
    return TT_OK;
}

static tt_status run_groups(tti_verified *out, const job *j, const group *groups, size_t count,
                            tt_error *error)
{
    const tt_allocator *a = j->options->allocator;
    const int threads = tti_thread_count(j->options->threads, count);
    worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    if (workers == NULL)
        return tti_fail_memory(error, "verifying");
    for (int t = 0; t < threads && status == TT_OK; t++) {
        workers[t].found.allocator = a;
        status = tti_verifier_open(&workers[t].verifier, j->options, error);
    }
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 16)
        for (int64_t g = 0; g < (int64_t)count; g++) {
            worker *w = &workers[tti_thread_index()];
            if (w->status == TT_OK)
                w->status = verify_group(j, w, &groups[g]);
        }
    }
    for (int t = 0; t < threads; t++) {
        worker *w = &workers[t];
        if (status == TT_OK && w->status != TT_OK)
            status = tti_fail_memory(error, "verifying");
        if (status == TT_OK)
            status = append_worker_results(out, &w->found, error);
        tti_verifier_close(w->verifier);
        tti_aligner_close(w->self);
        if (w->found.allocator != NULL)
            tti_verified_free(&w->found);
    }
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_verify(tti_verified *out, const tti_corpus *corpus, const tti_candidates *candidates,
                     const tt_options *options, tt_error *error)
{
    tti_shingle_counts repeats = {0};
    job j = {corpus, options, &repeats, NULL};
    uint64_t *sorted = NULL;
    group *groups;
    tt_status status;
    out->allocator = options->allocator;
    TTI_TRY(sort_by_longer(corpus, candidates, &sorted, error));
    j.sorted = sorted;
    groups = tti_alloc(options->allocator, candidates->count, sizeof *groups);
    status = groups == NULL ? tti_fail_memory(error, "verifying") : TT_OK;
    if (status == TT_OK)
        status = tti_shingle_counts_make(&repeats, corpus, candidates, options, error);
    if (status == TT_OK)
        status = run_groups(out, &j, groups, make_groups(sorted, candidates->count, groups), error);
    tti_shingle_counts_free(&repeats);
    if (status == TT_OK) {
        tti_qsort(out->pairs, out->pair_count, sizeof *out->pairs, compare_pair_docs);
        tti_verified_sort_passages(out);
    }
    tti_release(options->allocator, groups, candidates->count, sizeof *groups);
    tti_release(options->allocator, sorted, candidates->count, sizeof *sorted);
    return status;
}

void tti_verified_free_passages(tti_verified *v)
{
    if (v->allocator == NULL)
        return;
    tti_release(v->allocator, v->links, v->link_capacity, sizeof *v->links);
    tti_release(v->allocator, v->blocks, v->block_capacity, sizeof *v->blocks);
    v->links = NULL, v->blocks = NULL;
    v->link_count = v->link_capacity = v->block_count = v->block_capacity = 0;
}

void tti_verified_free(tti_verified *v)
{
    if (v->allocator == NULL)
        return;
    tti_verified_free_passages(v);
    tti_release(v->allocator, v->pairs, v->pair_capacity, sizeof *v->pairs);
    memset(v, 0, sizeof *v);
}
