/* Queries: new text against the articles of an index, by the same stages as a build. */
#include "result/result.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <stdlib.h>

enum { CANDIDATE_ROOM = 4 }; /* candidates aligned per match that may be reported */

typedef struct hits {
    const tti_seeds *seeds;
    const tt_allocator *allocator;
    uint64_t *docs; /* a document for each seed it shares with the query */
    size_t count, capacity;
} hits;

/* A document and how many seeds of the query it shares. */
typedef struct candidate {
    uint32_t doc, shared;
} candidate;

struct tt_query {
    const tt_result *index;
    tti_tokens tokens;
    tti_hash128 key; /* of the query's tokens */
    tti_verifier *verifier;
    tti_minimizers sample;
    hits found;
    candidate *candidates;
    size_t candidate_count, candidate_capacity;
    tt_match *matches;
    size_t match_count, match_capacity;
    tt_occurrence *passages; /* of all matches */
    size_t passage_count, passage_capacity;
    uint32_t *begins, *ends, *of_begins, *of_ends; /* token extents in bytes */
    size_t begin_capacity, end_capacity, of_begin_capacity, of_end_capacity;
};

/* The seeds are made once, by the first query that is opened. */
static tt_status make_seeds(tt_result *x, tt_error *error)
{
    tt_status status = TT_OK;
    (void)pthread_mutex_lock(&x->lock);
    if (!x->has_seeds) {
        if (tti_spill_start_watcher(x->store.spill) != 0)
            status = tti_fail_memory(error, "a thread");
        if (status == TT_OK)
            status = tti_seeds_make(&x->seeds, &x->store.corpus, &x->options, error);
        tti_spill_stop_watcher(x->store.spill);
        if (status == TT_OK)
            x->has_seeds = 1;
        else
            tti_seeds_free(&x->seeds);
    }
    (void)pthread_mutex_unlock(&x->lock);
    return tti_spill_status(x->store.spill, status, error);
}

tt_status tt_query_open(tt_query **out, const tt_result *index, tt_error *error)
{
    tt_query *q;
    tt_status status;
    if (out == NULL || index == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or index is NULL");
    *out = NULL;
    /* Only what the lock guards is written; to its callers an index never changes. */
    TTI_TRY(make_seeds((tt_result *)index, error));
    q = tti_alloc_zero(index->store.allocator, 1, sizeof *q);
    if (q == NULL)
        return tti_fail_memory(error, "a query");
    q->index = index;
    q->found.seeds = &index->seeds;
    q->found.allocator = index->store.allocator;
    tti_tokens_init(&q->tokens, index->store.allocator);
    status = tti_verifier_open(&q->verifier, &index->settings.options, error);
    if (status != TT_OK)
        tt_query_close(q);
    else
        *out = q;
    return status;
}

void tt_query_close(tt_query *q)
{
    const tt_allocator *a;
    if (q == NULL)
        return;
    a = q->index->store.allocator;
    tti_tokens_free(&q->tokens);
    tti_verifier_close(q->verifier);
    tti_minimizers_free(&q->sample, a);
    tti_release(a, q->found.docs, q->found.capacity, sizeof *q->found.docs);
    tti_release(a, q->candidates, q->candidate_capacity, sizeof *q->candidates);
    tti_release(a, q->matches, q->match_capacity, sizeof *q->matches);
    tti_release(a, q->passages, q->passage_capacity, sizeof *q->passages);
    tti_release(a, q->begins, q->begin_capacity, sizeof *q->begins);
    tti_release(a, q->ends, q->end_capacity, sizeof *q->ends);
    tti_release(a, q->of_begins, q->of_begin_capacity, sizeof *q->of_begins);
    tti_release(a, q->of_ends, q->of_end_capacity, sizeof *q->of_ends);
    tti_release(a, q, 1, sizeof *q);
}

/* ---- Candidates ------------------------------------------------------------------------------ */

/* Notes the documents that hold the sample's i-th seed. */
static tt_status look_up(hits *h, const tti_minimizers *sample, size_t i, tt_error *error)
{
    size_t n;
    const tti_seed *seeds = tti_seeds_lookup(h->seeds, sample, i, &n);
    if (n > TTI_SEED_MAX_POSTINGS)
        n = TTI_SEED_FIRST_POSTINGS;
    if (tti_reserve(h->allocator, &h->docs, &h->capacity, h->count + n, sizeof *h->docs) != 0)
        return tti_fail_memory(error, "query candidates");
    for (size_t k = 0; k < n; k++)
        if (k == 0 || seeds[k].doc != seeds[k - 1].doc)
            h->docs[h->count++] = seeds[k].doc;
    return TT_OK;
}

static int by_value(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

static int most_shared(const void *x, const void *y)
{
    const candidate *p = x, *q = y;
    if (p->shared != q->shared)
        return p->shared > q->shared ? -1 : 1;
    return (p->doc > q->doc) - (p->doc < q->doc);
}

static tt_status find_candidates(tt_query *q, const tti_doc *doc, tt_error *error)
{
    hits *h = &q->found;
    h->count = 0;
    q->candidate_count = 0;
    TTI_TRY(
        tti_minimizers_find(&q->sample, doc, q->index->settings.options.seed, h->allocator, error));
    for (size_t i = 0; i < q->sample.count; i++)
        TTI_TRY(look_up(h, &q->sample, i, error));
    if (tti_reserve(h->allocator, &q->candidates, &q->candidate_capacity, h->count,
                    sizeof *q->candidates) != 0)
        return tti_fail_memory(error, "query candidates");
    if (h->count > 0)
        tti_qsort(h->docs, h->count, sizeof *h->docs, by_value);
    for (size_t i = 0, k; i < h->count; i = k) {
        for (k = i + 1; k < h->count && h->docs[k] == h->docs[i];)
            k++;
        if (k - i >= 2 || doc->token_count < TTI_SEED_SHORT_DOC ||
            h->seeds->counts[h->docs[i]] <= TTI_SEED_SPARSE_DOC)
            q->candidates[q->candidate_count++] =
                (candidate){(uint32_t)h->docs[i], (uint32_t)(k - i)};
    }
    if (q->candidate_count > 0)
        tti_qsort(q->candidates, q->candidate_count, sizeof *q->candidates, most_shared);
    return TT_OK;
}

/* ---- Matches --------------------------------------------------------------------------------- */

static tt_status decode(const tt_allocator *a, const uint8_t *extents, uint32_t count,
                        uint32_t **begins, size_t *begin_capacity, uint32_t **ends,
                        size_t *end_capacity, tt_error *error)
{
    if (tti_reserve(a, begins, begin_capacity, count, sizeof **begins) != 0 ||
        tti_reserve(a, ends, end_capacity, count, sizeof **ends) != 0)
        return tti_fail_memory(error, "extents");
    tti_token_extents_decode(extents, count, *begins, *ends);
    return TT_OK;
}

/* Appends the long passages; a is the index's article, b the query. */
static tt_status add_passages(tt_query *q, const tti_alignment *al, tt_error *error)
{
    const tt_allocator *a = q->index->store.allocator;
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        const uint32_t la = p->a_end - p->a_begin, lb = p->b_end - p->b_begin;
        if (!tti_is_section(la, lb, p->matched, q->index->settings.options.min_section))
            continue;
        if (tti_reserve(a, &q->passages, &q->passage_capacity, q->passage_count + 1,
                        sizeof *q->passages) != 0)
            return tti_fail_memory(error, "passages");
        q->passages[q->passage_count++] = (tt_occurrence){UINT64_MAX,
                                                          q->begins[p->b_begin],
                                                          q->ends[p->b_end - 1],
                                                          q->of_begins[p->a_begin],
                                                          q->of_ends[p->a_end - 1],
                                                          tti_similarity(la, lb, p->matched)};
    }
    return TT_OK;
}

static int by_begin(const void *x, const void *y)
{
    const tt_occurrence *p = x, *q = y;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

/* The pair of a query with an article of the same tokens, as a scan reports it. */
static void make_identical(tt_pair *p)
{
    p->resemblance = p->containment_a = p->containment_b = 1;
    p->overlap_a = p->overlap_b = p->facts = 1;
    p->relation = TT_IDENTICAL;
}

static tt_status match_one(tt_query *q, const candidate *c, tt_error *error)
{
    const tti_corpus *corpus = &q->index->store.corpus;
    const tti_doc *doc = &corpus->docs[c->doc];
    const size_t before = q->passage_count;
    tt_match *m;
    tti_verified_pair f;
    TTI_TRY(tti_verifier_run(q->verifier, doc, NULL, &f, error));
    if (f.alignment.passage_count > 0) {
        TTI_TRY(decode(q->index->store.allocator, corpus->articles[doc->article].extents,
                       doc->token_count, &q->of_begins, &q->of_begin_capacity, &q->of_ends,
                       &q->of_end_capacity, error));
        TTI_TRY(add_passages(q, &f.alignment, error));
    }
    if (f.admission == TTI_NOT_ADMITTED && q->passage_count == before)
        return TT_OK;
    if (tti_reserve(q->index->store.allocator, &q->matches, &q->match_capacity, q->match_count + 1,
                    sizeof *q->matches) != 0)
        return tti_fail_memory(error, "matches");
    m = &q->matches[q->match_count++];
    *m = (tt_match){f.pair, NULL, q->passage_count - before, f.admission != TTI_NOT_ADMITTED, 0};
    if (f.admission != TTI_NOT_ADMITTED &&
        tti_hash128_equal(q->index->store.keys[doc->article], q->key))
        make_identical(&m->pair);
    m->pair.a = doc->article;
    m->pair.b = UINT64_MAX;
    m->pair.reserved = 0;
    if (m->passage_count > 0)
        tti_qsort(q->passages + before, m->passage_count, sizeof *q->passages, by_begin);
    return TT_OK;
}

static int best_match(const void *x, const void *y)
{
    const tt_match *p = x, *q = y;
    if (p->pair.overlap_b != q->pair.overlap_b)
        return p->pair.overlap_b > q->pair.overlap_b ? -1 : 1;
    if (p->pair.resemblance != q->pair.resemblance)
        return p->pair.resemblance > q->pair.resemblance ? -1 : 1;
    return (p->pair.a > q->pair.a) - (p->pair.a < q->pair.a);
}

static tt_status match_all(tt_query *q, const tti_doc *doc, tt_error *error)
{
    const size_t room = (size_t)q->index->settings.options.max_matches * CANDIDATE_ROOM;
    size_t at = 0;
    q->match_count = q->passage_count = 0;
    TTI_TRY(find_candidates(q, doc, error));
    if (q->candidate_count == 0)
        return TT_OK;
    TTI_TRY(decode(q->index->store.allocator, q->tokens.extents, doc->token_count, &q->begins,
                   &q->begin_capacity, &q->ends, &q->end_capacity, error));
    TTI_TRY(tti_verifier_load(q->verifier, doc, NULL, error));
    for (size_t k = 0; k < q->candidate_count && k < room; k++)
        TTI_TRY(match_one(q, &q->candidates[k], error));
    for (size_t k = 0; k < q->match_count; k++) { /* the array does not move any more */
        q->matches[k].passages = q->passages + at;
        at += q->matches[k].passage_count;
    }
    if (q->match_count > 0)
        tti_qsort(q->matches, q->match_count, sizeof *q->matches, best_match);
    return TT_OK;
}

tt_status tt_query_run(tt_query *q, const tt_article *article, tt_match_fn emit, void *ctx,
                       tt_error *error)
{
    const tt_options *o;
    tti_tokenized_text added;
    tti_doc doc;
    size_t n;
    if (q == NULL || article == NULL || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "query, article or callback is NULL");
    if ((article->text == NULL && article->text_size > 0) || article->reserved != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "text is NULL, or reserved is not 0");
    o = &q->index->settings.options;
    if (article->text_size > o->max_article_bytes)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "text is over max_article_bytes");
    tti_tokens_clear(&q->tokens);
    TTI_TRY(tti_tokens_append_text(&q->tokens, article->text, article->text_size,
                                   (tt_paragraphs)o->paragraphs, o->seed, &added, error));
    q->key = added.key;
    doc = (tti_doc){q->tokens.hashes,  q->tokens.flags,       q->tokens.paragraphs,
                    added.token_count, added.paragraph_count, UINT32_MAX};
    if (doc.token_count == 0)
        return TT_OK;
    TTI_TRY(match_all(q, &doc, error));
    n = q->match_count < o->max_matches ? q->match_count : o->max_matches;
    if (n > 0 && emit(ctx, q->matches, n) != 0)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    return TT_OK;
}
