#include "verify/repeats.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "sketch/minhash.h"
#include "sketch/shingle.h"

#include <string.h>

/* One thread's table of the shingles of the document at hand: `base` + the place of each. What is
 * less is of a document before, so that nothing is cleared between two of them. */
typedef struct worker {
    uint32_t *table;
    size_t table_capacity;
    uint32_t base;
    uint32_t *folds;
    size_t fold_capacity;
    uint32_t *repeats;
    size_t repeat_capacity;
    tt_status status;
} worker;

static int reserve(worker *w, const tt_allocator *a, size_t slots, uint32_t shingles)
{
    const size_t before = w->table_capacity;
    if (tti_reserve(a, &w->table, &w->table_capacity, slots, sizeof *w->table) != 0 ||
        tti_reserve(a, &w->folds, &w->fold_capacity, shingles, sizeof *w->folds) != 0 ||
        tti_reserve(a, &w->repeats, &w->repeat_capacity, shingles, sizeof *w->repeats) != 0)
        return -1;
    memset(w->table + before, 0, (w->table_capacity - before) * sizeof *w->table);
    if (w->base == 0 || w->base > UINT32_MAX - shingles) {
        memset(w->table, 0, w->table_capacity * sizeof *w->table);
        w->base = 1;
    }
    return 0;
}

/* Fills w->repeats; @return how many, or UINT32_MAX without memory. */
static uint32_t find_repeats(worker *w, const tti_doc *doc, const tti_minhash *hash,
                             const tt_options *o)
{
    const uint32_t n = tti_shingle_count(doc->token_count, o->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, o->shingle_tokens);
    uint32_t repeats = 0;
    size_t slots = 256;
    while (slots < (size_t)n * 4) /* few meet another by chance */
        slots *= 2;
    if (reserve(w, o->allocator, slots, n) != 0)
        return UINT32_MAX;
    tti_minhash_fold(hash, doc->hashes, n, width, w->folds);
    for (uint32_t i = 0; i < n; i++) {
        size_t slot = w->folds[i] & (slots - 1);
        for (; w->table[slot] >= w->base; slot = (slot + 1) & (slots - 1)) {
            const uint32_t other = w->table[slot] - w->base;
            if (w->folds[other] == w->folds[i] &&
                memcmp(doc->hashes + other, doc->hashes + i, width * sizeof *doc->hashes) == 0)
                break;
        }
        if (w->table[slot] >= w->base)
            w->repeats[repeats++] = i;
        else
            w->table[slot] = w->base + i;
    }
    w->base += n;
    return repeats;
}

static void count_doc(worker *w, const tti_doc *doc, const tti_minhash *hash, const tt_options *o,
                      tti_shingles *out)
{
    const uint32_t n = find_repeats(w, doc, hash, o);
    if (n == UINT32_MAX) {
        w->status = TT_ENOMEM;
        return;
    }
    if (n > 0) {
        out->repeats = tti_alloc(o->allocator, n, sizeof *out->repeats);
        if (out->repeats == NULL) {
            w->status = TT_ENOMEM;
            return;
        }
        memcpy(out->repeats, w->repeats, n * sizeof *out->repeats);
    }
    out->repeat_count = n;
    out->distinct = tti_shingle_count(doc->token_count, o->shingle_tokens) - n;
}

static tt_status count_named(tti_repeats *out, const tti_corpus *corpus, const uint8_t *named,
                             const tt_options *o, tt_error *error)
{
    const int threads = tti_threads(o->threads, corpus->doc_count);
    worker *workers = tti_alloc_zero(o->allocator, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    tti_minhash hash;
    if (workers == NULL)
        return tti_fail_memory(error, "counting shingles");
    tti_minhash_init(&hash, 1, o->seed);
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
    for (int64_t d = 0; d < (int64_t)corpus->doc_count; d++)
        if (named[d] && workers[tti_thread()].status == TT_OK)
            count_doc(&workers[tti_thread()], &corpus->docs[d], &hash, o, &out->docs[d]);
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = tti_fail_memory(error, "counting shingles");
        tti_release(o->allocator, workers[t].table, workers[t].table_capacity, sizeof(uint32_t));
        tti_release(o->allocator, workers[t].folds, workers[t].fold_capacity, sizeof(uint32_t));
        tti_release(o->allocator, workers[t].repeats, workers[t].repeat_capacity, sizeof(uint32_t));
    }
    tti_release(o->allocator, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_repeats_make(tti_repeats *out, const tti_corpus *corpus,
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
        status = count_named(out, corpus, named, options, error);
    tti_release(options->allocator, named, corpus->doc_count, 1);
    return status;
}

void tti_repeats_free(tti_repeats *r)
{
    if (r->allocator == NULL)
        return;
    for (size_t d = 0; r->docs != NULL && d < r->doc_count; d++)
        tti_release(r->allocator, r->docs[d].repeats, r->docs[d].repeat_count,
                    sizeof *r->docs[d].repeats);
    tti_release(r->allocator, r->docs, r->doc_count, sizeof *r->docs);
    memset(r, 0, sizeof *r);
}
