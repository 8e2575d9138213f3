/*
 * Sketch stage. In: documents. Out: signatures, distinct shingle counts, paragraph band keys.
 *
 * Each shingle is hashed once: those inside a paragraph make the paragraph's signature, those that
 * run over a boundary go to the document's alone, whose signature is the minimum of all.
 */
#include "sketch/sketch.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "sketch/classes.h"
#include "sketch/minhash.h"
#include "sketch/shingle.h"

#include <string.h>

/* One thread's working memory. */
typedef struct worker {
    uint32_t *folds;
    size_t fold_capacity;
    uint32_t *signature; /* of the paragraph at hand */
    tt_status status;
} worker;

typedef struct job {
    tti_sketches *out;
    const tti_corpus *corpus;
    const tt_options *options;
    const tti_minhash *minhash;
    const uint64_t *bases;        /* paragraphs before each document; NULL: only documents count */
    const uint32_t *distinct_ids; /* of each paragraph: its place in out->distinct, or NONE */
} job;

#define NONE UINT32_MAX

/* Hashes all shingles of a document into w->folds. */
static int fold_shingles(const job *j, worker *w, const tti_doc *doc)
{
    const uint32_t n = tti_shingle_count(doc->token_count, j->options->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, j->options->shingle_tokens);
    if (tti_reserve(j->out->allocator, &w->folds, &w->fold_capacity, n, sizeof *w->folds) != 0)
        return -1;
    for (uint32_t i = 0; i < n; i++)
        w->folds[i] = tti_minhash_fold(tti_shingle(doc->hashes + i, width, j->options->seed));
    return 0;
}

/* A key of `rows` values of a signature; 0 is left free for "no key". */
static uint32_t band_key(const uint32_t *signature, uint32_t rows, uint32_t band)
{
    return 1u | (uint32_t)XXH3_64bits_withSeed(signature + (size_t)band * rows,
                                               rows * sizeof *signature, band);
}

static void paragraph_keys(const job *j, const uint32_t *signature, uint32_t *keys)
{
    for (uint32_t band = 0; band < j->out->paragraph_bands; band++)
        keys[band] = band_key(signature, TTI_PARAGRAPH_ROWS, band);
}

/* While the signature is at hand: LSH goes through the keys of one band after the other. */
static void doc_keys(const job *j, const uint32_t *signature, uint32_t d)
{
    const uint32_t bands = j->out->doc_bands, rows = bands > 0 ? j->out->lanes / bands : 0;
    for (uint32_t band = 0; band < bands; band++)
        j->out->doc_keys[band * j->out->doc_count + d] = band_key(signature, rows, band);
}

static void take_minimum(uint32_t *signature, const uint32_t *other, uint32_t lanes)
{
    for (uint32_t i = 0; i < lanes; i++)
        signature[i] = other[i] < signature[i] ? other[i] : signature[i];
}

/* Paragraph p's shingles lie in folds [begin, end - w + 1); the w - 1 after them cross its end. */
static void sketch_paragraph(const job *j, worker *w, uint32_t d, uint32_t p, uint32_t *signature)
{
    const tti_doc *doc = &j->corpus->docs[d];
    const tti_paragraph *x = &doc->paragraphs[p];
    const uint32_t width = j->options->shingle_tokens;
    const uint32_t total = tti_shingle_count(doc->token_count, width);
    const uint32_t inside_end = x->end >= x->begin + width ? x->end - width + 1 : x->begin;
    const uint32_t cross_end = x->end < total ? x->end : total;
    const uint32_t id = j->distinct_ids[j->bases[d] + p];
    if (inside_end > x->begin) {
        tti_minhash_clear(j->minhash, w->signature);
        tti_minhash_update(j->minhash, w->signature, w->folds + x->begin, inside_end - x->begin);
        if (id != NONE)
            paragraph_keys(j, w->signature,
                           j->out->paragraph_keys + (size_t)id * j->out->paragraph_bands);
        take_minimum(signature, w->signature, j->out->lanes);
    }
    if (cross_end > inside_end)
        tti_minhash_update(j->minhash, signature, w->folds + inside_end, cross_end - inside_end);
}

static void sketch_doc(const job *j, worker *w, uint32_t d)
{
    const tti_doc *doc = &j->corpus->docs[d];
    uint32_t *signature = j->out->signatures + (size_t)d * j->out->lanes;
    tti_minhash_clear(j->minhash, signature);
    if (fold_shingles(j, w, doc) != 0) {
        w->status = TT_ENOMEM;
        return;
    }
    if (j->bases == NULL)
        tti_minhash_update(j->minhash, signature, w->folds,
                           tti_shingle_count(doc->token_count, j->options->shingle_tokens));
    for (uint32_t p = 0; j->bases != NULL && p < doc->paragraph_count; p++)
        sketch_paragraph(j, w, d, p, signature);
    doc_keys(j, signature, d);
}

static void free_worker(const job *j, worker *w)
{
    const tt_allocator *a = j->out->allocator;
    tti_release(a, w->folds, w->fold_capacity, sizeof *w->folds);
    tti_release(a, w->signature, j->out->lanes, sizeof *w->signature);
}

static tt_status sketch_docs(const job *j, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    const int64_t n = (int64_t)j->corpus->doc_count;
    const int threads = tti_threads(j->options->threads, (size_t)n);
    worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    if (workers == NULL)
        return tti_fail_memory(error, "sketching");
    for (int t = 0; t < threads; t++)
        if ((workers[t].signature = tti_alloc(a, j->out->lanes, sizeof(uint32_t))) == NULL)
            status = TT_ENOMEM;
    if (status == TT_OK) {
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
        for (int64_t d = 0; d < n; d++)
            if (workers[tti_thread()].status == TT_OK)
                sketch_doc(j, &workers[tti_thread()], (uint32_t)d);
    }
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = workers[t].status;
        free_worker(j, &workers[t]);
    }
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "sketching");
}

/* Numbers of the distinct paragraphs that get band keys: the longer ones. */
static void number_distinct(const tti_sketches *out, const tti_corpus *corpus,
                            const uint64_t *bases, uint32_t *ids)
{
    memset(ids, 0xFF, out->paragraph_count * sizeof *ids);
    for (size_t k = 0; k < out->distinct_count; k++) {
        const tti_distinct *x = &out->distinct[k];
        const tti_paragraph *p = &corpus->docs[x->doc].paragraphs[x->paragraph];
        if (p->end - p->begin >= TTI_PARAGRAPH_TOKENS)
            ids[bases[x->doc] + x->paragraph] = (uint32_t)k;
    }
}

static tt_status make_arrays(tti_sketches *out, const tt_options *options, size_t docs,
                             tt_error *error)
{
    out->lanes = options->sketch_size;
    out->doc_count = docs;
    out->signatures = tti_alloc(out->allocator, docs, sizeof *out->signatures * out->lanes);
    out->paragraph_bands = out->lanes / TTI_PARAGRAPH_ROWS;
    if (out->paragraph_bands > TTI_PARAGRAPH_BANDS)
        out->paragraph_bands = TTI_PARAGRAPH_BANDS;
    out->doc_bands = options->resemblance > 0 ? options->bands : 0;
    out->doc_keys = tti_alloc(out->allocator, docs, sizeof *out->doc_keys * (out->doc_bands + 1));
    return out->signatures == NULL || out->doc_keys == NULL ? tti_fail_memory(error, "signatures")
                                                            : TT_OK;
}

/* The numbers of all paragraphs, which only sketching by paragraphs needs. */
typedef struct numbering {
    uint64_t *bases;
    uint8_t *is_first;
    uint32_t *ids;
} numbering;

static void free_numbering(numbering *n, const tti_sketches *out, size_t docs)
{
    tti_release(out->allocator, n->ids, out->paragraph_count, sizeof *n->ids);
    tti_release(out->allocator, n->is_first, out->paragraph_count, 1);
    tti_release(out->allocator, n->bases, docs, sizeof *n->bases);
}

/* Finds the classes of paragraphs and makes room for the keys of the distinct ones. */
static tt_status number_paragraphs(tti_sketches *out, job *j, numbering *n,
                                   tti_candidates *candidates, tt_error *error)
{
    const tti_corpus *corpus = j->corpus;
    for (size_t d = 0; d < corpus->doc_count; d++)
        out->paragraph_count += corpus->docs[d].paragraph_count;
    n->bases = tti_alloc(out->allocator, corpus->doc_count, sizeof *n->bases);
    n->is_first = tti_alloc_zero(out->allocator, out->paragraph_count, 1);
    n->ids = tti_alloc(out->allocator, out->paragraph_count, sizeof *n->ids);
    if (n->bases == NULL || n->is_first == NULL || n->ids == NULL)
        return tti_fail_memory(error, "paragraphs");
    for (size_t d = 0, base = 0; d < corpus->doc_count; d++) {
        n->bases[d] = base;
        base += corpus->docs[d].paragraph_count;
    }
    TTI_TRY(tti_classes_find(out, corpus, n->bases, n->is_first, candidates, error));
    out->paragraph_keys = tti_alloc_zero(out->allocator, out->distinct_count,
                                         sizeof(uint32_t) * out->paragraph_bands);
    if (out->paragraph_keys == NULL)
        return tti_fail_memory(error, "paragraph keys");
    number_distinct(out, corpus, n->bases, n->ids);
    j->bases = n->bases;
    j->distinct_ids = n->ids;
    return TT_OK;
}

tt_status tti_sketch(tti_sketches *out, const tti_corpus *corpus, const tt_options *options,
                     tti_candidates *candidates, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    tti_minhash minhash = {a, NULL, NULL, 0};
    job j = {out, corpus, options, &minhash, NULL, NULL};
    numbering n = {NULL, NULL, NULL};
    tt_status status;
    out->allocator = a;
    status = make_arrays(out, options, corpus->doc_count, error);
    if (status == TT_OK)
        status = tti_minhash_open(&minhash, a, options->sketch_size, options->seed, error);
    if (status == TT_OK && (options->find & TT_FIND_SECTIONS))
        status = number_paragraphs(out, &j, &n, candidates, error);
    if (status == TT_OK)
        status = sketch_docs(&j, error);
    tti_minhash_close(&minhash);
    free_numbering(&n, out, corpus->doc_count);
    return status;
}

void tti_sketches_free(tti_sketches *s)
{
    if (s->allocator == NULL)
        return;
    tti_release(s->allocator, s->signatures, s->doc_count, sizeof *s->signatures * s->lanes);
    tti_release(s->allocator, s->doc_keys, s->doc_count, sizeof *s->doc_keys * (s->doc_bands + 1));
    tti_release(s->allocator, s->distinct, s->distinct_count, sizeof *s->distinct);
    tti_release(s->allocator, s->paragraph_keys, s->distinct_count,
                sizeof *s->paragraph_keys * s->paragraph_bands);
    memset(s, 0, sizeof *s);
}
