/*
 * All candidates, in parallel. They are grouped by the longer document of each pair, which is
 * indexed once for its group; a pair then costs no more than its shorter document.
 */
#include "verify/verify.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <string.h>

enum { GROUP_LIMIT = 512 }; /* pairs of one document that are one thread's task */

/* ---- What was found -------------------------------------------------------------------------- */

tt_status tti_verified_add_passages(tti_verified *out, const tti_alignment *al, uint32_t a,
                                    uint32_t b, uint32_t min_section)
{
    const int swap = a > b; /* side a is the earlier document */
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        const tti_block *blocks = al->blocks + p->block_begin;
        tti_shared_passage x = {a,        b,          p->a_begin,     p->a_end,         p->b_begin,
                                p->b_end, p->matched, p->block_count, out->blocks.count};
        if (swap)
            x = (tti_shared_passage){
                b,        a,          p->b_begin,     p->b_end,         p->a_begin,
                p->a_end, p->matched, p->block_count, out->blocks.count};
        if (!tti_is_section(x.a_end - x.a_begin, x.b_end - x.b_begin, x.matched, min_section))
            continue;
        assert(a != b || x.a_end <= x.b_begin);
        TTI_TRY(tti_array_append(&out->blocks, out->allocator, blocks, p->block_count));
        for (size_t i = x.block_begin; swap && i < out->blocks.count; i++) {
            const tti_block y = out->blocks.items[i];
            out->blocks.items[i] = (tti_block){y.b, y.a, y.len};
        }
        TTI_TRY(tti_array_push(&out->passages, out->allocator, x));
    }
    return TT_OK;
}

static tt_status append_pair(tti_verified *out, const tti_verified_pair *v, uint32_t a, uint32_t b)
{
    tti_doc_pair p = {a > b ? tti_pair_swapped(&v->pair) : v->pair, v->admission};
    assert(a != b);
    p.numbers.a = a < b ? a : b;
    p.numbers.b = a < b ? b : a;
    return tti_array_push(&out->pairs, out->allocator, p);
}

/* Appends what a thread has found. */
static tt_status append_verified(tti_verified *out, const tti_verified *found, tt_error *error)
{
    const tt_allocator *a = out->allocator;
    const size_t passages = out->passages.count, blocks = out->blocks.count;
    TTI_TRY_ALLOC(
        tti_array_append(&out->pairs, a, found->pairs.items, found->pairs.count) != TT_OK ||
            tti_array_append(&out->passages, a, found->passages.items, found->passages.count) !=
                TT_OK ||
            tti_array_append(&out->blocks, a, found->blocks.items, found->blocks.count) != TT_OK,
        error, "verified pairs");
    for (size_t k = passages; k < out->passages.count; k++)
        out->passages.items[k].block_begin += blocks;
    return TT_OK;
}

const tt_pair *tti_verified_find(const tti_verified *v, uint32_t x, uint32_t y)
{
    const uint64_t a = x < y ? x : y, b = x < y ? y : x;
    const tti_doc_pair *pairs = v->pairs.items;
    size_t k;
    TTI_LOWER_BOUND(k, 0, v->pairs.count,
                    pairs[k].numbers.a != a ? pairs[k].numbers.a < a : pairs[k].numbers.b < b);
    return k < v->pairs.count && pairs[k].numbers.a == a && pairs[k].numbers.b == b
               ? &pairs[k].numbers
               : NULL;
}

TTI_SORT_DEFINE(sort_pairs_by_docs, tti_doc_pair,
                x->numbers.a != y->numbers.a ? x->numbers.a < y->numbers.a
                                             : x->numbers.b < y->numbers.b)

static inline int passage_comes_before(const tti_shared_passage *x, const tti_shared_passage *y)
{
    if (x->b != y->b)
        return x->b < y->b;
    if (x->a != y->a)
        return x->a < y->a;
    if (x->a != x->b && x->matched != y->matched)
        return x->matched > y->matched;
    if (x->b_begin != y->b_begin)
        return x->b_begin < y->b_begin;
    if (x->a_begin != y->a_begin)
        return x->a_begin < y->a_begin;
    if (x->b_end != y->b_end)
        return x->b_end > y->b_end;
    if (x->a_end != y->a_end)
        return x->a_end > y->a_end;
    return x->block_begin < y->block_begin;
}

TTI_SORT_DEFINE(sort_passages, tti_shared_passage, passage_comes_before(x, y))

void tti_verified_sort_passages(tti_verified *v)
{
    sort_passages(v->passages.items, v->passages.count);
}

void tti_verified_free_passages(tti_verified *v)
{
    tti_array_free(&v->passages, v->allocator);
    tti_array_free(&v->blocks, v->allocator);
}

void tti_verified_free(tti_verified *v)
{
    tti_verified_free_passages(v);
    tti_array_free(&v->pairs, v->allocator);
}

/* ---- Groups of candidates -------------------------------------------------------------------- */

/* Candidates [begin, end), which share the longer document. */
typedef struct candidate_group {
    size_t begin, end;
} candidate_group;

typedef struct verify_job {
    const tti_corpus *corpus;
    const tt_options *options;
    tti_shingle_counts shingles;
    uint64_t *sorted; /* candidates with the longer document in the place of b, in order of it */
    candidate_group *groups;
    size_t group_count;
} verify_job;

typedef struct verify_worker {
    tti_verifier *verifier;
    tti_aligner *self; /* for documents that repeat themselves; made when one comes */
    tti_verified found;
    tt_status status;
} verify_worker;

static tt_status verify_with_itself(const verify_job *j, verify_worker *w, uint32_t d)
{
    const tti_doc *doc = &j->corpus->docs[d];
    tti_alignment alignment;
    if (w->self == NULL)
        TTI_TRY(tti_aligner_open(&w->self, j->options->allocator, NULL));
    TTI_TRY(tti_aligner_load(w->self, doc->hashes, doc->token_count, NULL));
    TTI_TRY(tti_aligner_run_self(w->self, &alignment, NULL));
    return tti_verified_add_passages(&w->found, &alignment, d, d, j->options->min_section);
}

static tt_status verify_group(const verify_job *j, verify_worker *w, const candidate_group *g)
{
    const uint32_t longer = tti_candidate_b(j->sorted[g->begin]);
    TTI_TRY(
        tti_verifier_load(w->verifier, &j->corpus->docs[longer], &j->shingles.docs[longer], NULL));
    for (size_t k = g->begin; k < g->end; k++) {
        const uint32_t other = tti_candidate_a(j->sorted[k]);
        tti_verified_pair v;
        assert(tti_candidate_b(j->sorted[k]) == longer && other < j->corpus->doc_count);
        if (other == longer) {
            TTI_TRY(verify_with_itself(j, w, longer));
            continue;
        }
        TTI_TRY(tti_verifier_run(w->verifier, &j->corpus->docs[other], &j->shingles.docs[other], &v,
                                 NULL));
        if (v.admission != TTI_NOT_ADMITTED)
            TTI_TRY(append_pair(&w->found, &v, other, longer));
        if (tti_candidate_want(j->sorted[k]) & TTI_WANT_SECTIONS)
            TTI_TRY(tti_verified_add_passages(&w->found, &v.alignment, other, longer,
                                              j->options->min_section));
    }
    return TT_OK;
}

/* Sorts the candidates by the longer document of each and groups them by it. */
static tt_status group_candidates(verify_job *j, const tti_candidates *c, tt_error *error)
{
    const tt_allocator *al = j->options->allocator;
    const tti_doc *docs = j->corpus->docs;
    uint64_t *spare = tti_alloc(al, c->count, sizeof *spare);
    j->sorted = tti_alloc(al, c->count, sizeof *j->sorted);
    j->groups = tti_alloc(al, c->count, sizeof *j->groups);
    for (size_t k = 0; k < c->count && spare != NULL && j->sorted != NULL; k++) {
        const uint32_t a = tti_candidate_a(c->packed[k]), b = tti_candidate_b(c->packed[k]);
        const int a_longer = docs[a].token_count > docs[b].token_count;
        assert(a < j->corpus->doc_count && b < j->corpus->doc_count);
        j->sorted[k] = tti_candidate_pack(a_longer ? b : a, a_longer ? a : b,
                                          tti_candidate_want(c->packed[k]));
    }
    if (spare != NULL && j->sorted != NULL)
        tti_radix_sort_u64(j->sorted, spare, c->count);
    tti_release(al, spare, c->count, sizeof *spare);
    TTI_TRY_ALLOC(spare == NULL || j->sorted == NULL || j->groups == NULL, error, "candidates");
    for (size_t begin = 0, end; begin < c->count; begin = end) {
        for (end = begin + 1; end < c->count && end - begin < GROUP_LIMIT &&
                              tti_candidate_b(j->sorted[end]) == tti_candidate_b(j->sorted[begin]);)
            end++;
        j->groups[j->group_count++] = (candidate_group){begin, end};
    }
    return TT_OK;
}

static tt_status verify_groups(tti_verified *out, const verify_job *j, tt_error *error)
{
    const tt_allocator *a = j->options->allocator;
    const int threads = tti_thread_count(j->options->threads, j->group_count);
    verify_worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    TTI_TRY_ALLOC(workers == NULL, error, "verifying");
    for (int t = 0; t < threads && status == TT_OK; t++) {
        workers[t].found.allocator = a;
        status = tti_verifier_open(&workers[t].verifier, j->options, error);
    }
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 16)
        for (int64_t g = 0; g < (int64_t)j->group_count; g++) {
            verify_worker *w = &workers[tti_thread_index()];
            if (w->status == TT_OK)
                w->status = verify_group(j, w, &j->groups[g]);
        }
    }
    for (int t = 0; t < threads; t++) {
        verify_worker *w = &workers[t];
        if (status == TT_OK && w->status != TT_OK)
            status = tti_fail_memory(error, "verifying");
        if (status == TT_OK)
            status = append_verified(out, &w->found, error);
        tti_verifier_close(w->verifier);
        tti_aligner_close(w->self);
        tti_verified_free(&w->found);
    }
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_verify(tti_verified *out, const tti_corpus *corpus, const tti_candidates *candidates,
                     const tt_options *options, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    verify_job j = {.corpus = corpus, .options = options};
    tt_status status;
    out->allocator = a;
    status = group_candidates(&j, candidates, error);
    if (status == TT_OK)
        status = tti_shingle_counts_make(&j.shingles, corpus, candidates, options, error);
    if (status == TT_OK)
        status = verify_groups(out, &j, error);
    if (status == TT_OK) {
        sort_pairs_by_docs(out->pairs.items, out->pairs.count);
        tti_verified_sort_passages(out);
        for (size_t k = 1; k < out->pairs.count; k++)
            assert(out->pairs.items[k - 1].numbers.a < out->pairs.items[k].numbers.a ||
                   out->pairs.items[k - 1].numbers.b < out->pairs.items[k].numbers.b);
    }
    tti_shingle_counts_free(&j.shingles);
    tti_release(a, j.groups, candidates->count, sizeof *j.groups);
    tti_release(a, j.sorted, candidates->count, sizeof *j.sorted);
    return status;
}
