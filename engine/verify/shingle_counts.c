#include "verify/shingle_counts.h"

#include "sketch/shingles.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

/* ---- One document ---------------------------------------------------------------------------- */

/* Whose shingles the table of a counter holds. */
typedef struct shingle_context {
    const uint32_t *tokens;
    size_t size; /* of a shingle, in bytes */
} shingle_context;

static int is_same_shingle(const void *ctx, uint32_t position, const void *key)
{
    const shingle_context *c = ctx;
    return memcmp(c->tokens + position, key, c->size) == 0;
}

tt_status tti_shingle_counter_run(tti_shingle_counter *c, const tti_doc *doc, const tt_options *o,
                                  tti_doc_shingles *out)
{
    const tt_allocator *a = o->allocator;
    const uint32_t n = tti_shingle_count(doc->token_count, o->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, o->shingle_tokens);
    const shingle_context context = {doc->hashes, width * sizeof *doc->hashes};
    if (!c->ready) {
        tti_minhash_init(&c->minhash, 1, o->seed);
        c->first_positions.allocator = a;
        c->ready = 1;
    }
    if (tti_table_reset(&c->first_positions, n) != TT_OK ||
        tti_array_resize(&c->hashes, a, n) != TT_OK || tti_array_resize(&c->repeats, a, n) != TT_OK)
        return TT_ENOMEM;
    tti_minhash_hash_shingles(&c->minhash, doc->hashes, n, width, c->hashes.items);
    c->repeats.count = 0;
    for (uint32_t i = 0; i < n; i++)
        if (tti_table_find_or_add(&c->first_positions, c->hashes.items[i], i, is_same_shingle,
                                  &context, doc->hashes + i) != i)
            c->repeats.items[c->repeats.count++] = i;
    *out = (tti_doc_shingles){n - (uint32_t)c->repeats.count, (uint32_t)c->repeats.count,
                              c->repeats.items};
    return TT_OK;
}

void tti_shingle_counter_free(tti_shingle_counter *c, const tt_allocator *a)
{
    tti_table_free(&c->first_positions);
    tti_array_free(&c->hashes, a);
    tti_array_free(&c->repeats, a);
    c->ready = 0;
}

/* ---- The documents of candidates ------------------------------------------------------------- */

typedef struct count_worker {
    tti_shingle_counter counter;
    tt_status status;
} count_worker;

/* Counts a document and keeps a copy of its repeats. */
static tt_status count_doc_shingles(tti_shingle_counter *counter, const tti_doc *doc,
                                    const tt_options *o, tti_doc_shingles *out)
{
    tti_doc_shingles found;
    TTI_TRY(tti_shingle_counter_run(counter, doc, o, &found));
    *out = (tti_doc_shingles){found.distinct, found.repeat_count, NULL};
    if (found.repeat_count > 0) {
        out->repeats = tti_alloc(o->allocator, found.repeat_count, sizeof *out->repeats);
        if (out->repeats == NULL)
            return TT_ENOMEM;
        memcpy(out->repeats, found.repeats, found.repeat_count * sizeof *out->repeats);
    }
    return TT_OK;
}

static tt_status count_named_docs(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const uint8_t *named, const tt_options *o, tt_error *error)
{
    const int threads = tti_thread_count(o->threads, corpus->doc_count);
    count_worker *workers = tti_alloc_zero(o->allocator, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    TTI_TRY_ALLOC(workers == NULL, error, "counting shingles");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
    for (int64_t d = 0; d < (int64_t)corpus->doc_count; d++) {
        count_worker *w = &workers[tti_thread_index()];
        if (named[d] && w->status == TT_OK)
            w->status = count_doc_shingles(&w->counter, &corpus->docs[d], o, &out->docs[d]);
    }
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = tti_fail_memory(error, "counting shingles");
        tti_shingle_counter_free(&workers[t].counter, o->allocator);
    }
    tti_release(o->allocator, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_shingle_counts_make(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const tti_candidates *candidates, const tt_options *options,
                                  tt_error *error)
{
    const size_t n = corpus->doc_count;
    uint8_t *named = tti_alloc_zero(options->allocator, n, 1);
    tt_status status = TT_OK;
    out->allocator = options->allocator;
    out->doc_count = n;
    out->docs = tti_alloc_zero(options->allocator, n, sizeof *out->docs);
    if (named == NULL || out->docs == NULL)
        status = tti_fail_memory(error, "counting shingles");
    for (size_t k = 0; k < candidates->count && status == TT_OK; k++) {
        const uint32_t a = tti_candidate_a(candidates->packed[k]);
        const uint32_t b = tti_candidate_b(candidates->packed[k]);
        assert(a < n && b < n);
        named[a] = named[b] = 1;
    }
    if (status == TT_OK)
        status = count_named_docs(out, corpus, named, options, error);
    tti_release(options->allocator, named, n, 1);
    return status;
}

void tti_shingle_counts_free(tti_shingle_counts *c)
{
    if (c->allocator == NULL)
        return;
    for (size_t d = 0; c->docs != NULL && d < c->doc_count; d++)
        tti_release(c->allocator, c->docs[d].repeats, c->docs[d].repeat_count,
                    sizeof *c->docs[d].repeats);
    tti_release(c->allocator, c->docs, c->doc_count, sizeof *c->docs);
    memset(c, 0, sizeof *c);
}
