#include "verify/shingle_counts.h"

#include "sketch/shingles.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

static int reserve(tti_shingle_counter *c, const tt_allocator *a, size_t slots, uint32_t shingles)
{
    const size_t before = c->table_capacity;
    if (tti_reserve(a, &c->table, &c->table_capacity, slots, sizeof *c->table) != 0 ||
        tti_reserve(a, &c->folds, &c->fold_capacity, shingles, sizeof *c->folds) != 0 ||
        tti_reserve(a, &c->repeats, &c->repeat_capacity, shingles, sizeof *c->repeats) != 0)
        return -1;
    memset(c->table + before, 0, (c->table_capacity - before) * sizeof *c->table);
    if (c->base > UINT32_MAX - shingles) {
        memset(c->table, 0, c->table_capacity * sizeof *c->table);
        c->base = 1;
    }
    return 0;
}

tt_status tti_shingles_count(tti_shingle_counter *c, const tti_doc *doc, const tt_options *o,
                             tti_shingles *out)
{
    const uint32_t n = tti_shingle_count(doc->token_count, o->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, o->shingle_tokens);
    uint32_t repeats = 0;
    size_t slots = 256;
    while (slots < (size_t)n * 4) /* few meet another by chance */
        slots *= 2;
    if (reserve(c, o->allocator, slots, n) != 0)
        return TT_ENOMEM;
    if (c->base == 0) {
        tti_minhash_init(&c->hash, 1, o->seed);
        c->base = 1;
    }
    tti_minhash_hash_shingles(&c->hash, doc->hashes, n, width, c->folds);
    for (uint32_t i = 0; i < n; i++) {
        size_t slot = c->folds[i] & (slots - 1);
        for (; c->table[slot] >= c->base; slot = (slot + 1) & (slots - 1)) {
            const uint32_t other = c->table[slot] - c->base;
            if (c->folds[other] == c->folds[i] &&
                memcmp(doc->hashes + other, doc->hashes + i, width * sizeof *doc->hashes) == 0)
                break;
        }
        if (c->table[slot] >= c->base)
            c->repeats[repeats++] = i;
        else
            c->table[slot] = c->base + i;
    }
    c->base += n;
    *out = (tti_shingles){n - repeats, repeats, c->repeats};
    return TT_OK;
}

void tti_shingle_counter_free(tti_shingle_counter *c, const tt_allocator *a)
{
    tti_release(a, c->table, c->table_capacity, sizeof *c->table);
    tti_release(a, c->folds, c->fold_capacity, sizeof *c->folds);
    tti_release(a, c->repeats, c->repeat_capacity, sizeof *c->repeats);
    memset(c, 0, sizeof *c);
}

/* Of the documents that candidates name; one thread's. */
typedef struct worker {
    tti_shingle_counter counter;
    tt_status status;
} worker;

/* What is counted gets a place of its own. */
static void count_doc_shingles(worker *w, const tti_doc *doc, const tt_options *o,
                               tti_shingles *out)
{
    tti_shingles found;
    w->status = tti_shingles_count(&w->counter, doc, o, &found);
    if (w->status != TT_OK)
        return;
    if (found.repeat_count > 0) {
        out->repeats = tti_alloc(o->allocator, found.repeat_count, sizeof *out->repeats);
        if (out->repeats == NULL) {
            w->status = TT_ENOMEM;
            return;
        }
        memcpy(out->repeats, found.repeats, found.repeat_count * sizeof *out->repeats);
    }
    out->repeat_count = found.repeat_count;
    out->distinct = found.distinct;
}

static tt_status count_candidate_docs(tti_shingle_counts *out, const tti_corpus *corpus,
                                      const uint8_t *named, const tt_options *o, tt_error *error)
{
    const int threads = tti_thread_count(o->threads, corpus->doc_count);
    worker *workers = tti_alloc_zero(o->allocator, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    if (workers == NULL)
        return tti_fail_memory(error, "counting shingles");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
    for (int64_t d = 0; d < (int64_t)corpus->doc_count; d++)
        if (named[d] && workers[tti_thread_index()].status == TT_OK)
            count_doc_shingles(&workers[tti_thread_index()], &corpus->docs[d], o, &out->docs[d]);
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
    uint8_t *named = tti_alloc_zero(options->allocator, corpus->doc_count, 1);
    tt_status status = TT_OK;
    out->allocator = options->allocator;
    out->doc_count = corpus->doc_count;
    out->docs = tti_alloc_zero(options->allocator, corpus->doc_count, sizeof *out->docs);
    if (named == NULL || out->docs == NULL)
        status = tti_fail_memory(error, "counting shingles");
    for (size_t k = 0; k < candidates->count && status == TT_OK; k++) {
        named[tti_candidate_a(candidates->packed[k])] = 1;
        named[tti_candidate_b(candidates->packed[k])] = 1;
    }
    if (status == TT_OK)
        status = count_candidate_docs(out, corpus, named, options, error);
    tti_release(options->allocator, named, corpus->doc_count, 1);
    return status;
}

void tti_shingle_counts_free(tti_shingle_counts *r)
{
    if (r->allocator == NULL)
        return;
    for (size_t d = 0; r->docs != NULL && d < r->doc_count; d++)
        tti_release(r->allocator, r->docs[d].repeats, r->docs[d].repeat_count,
                    sizeof *r->docs[d].repeats);
    tti_release(r->allocator, r->docs, r->doc_count, sizeof *r->docs);
    memset(r, 0, sizeof *r);
}
