/*
 * Sketch stage. In: documents. Out: signatures, their band keys, paragraph band keys.
 *
 * Each shingle is folded once, for the document's signature and that of the paragraph it lies in;
 * one that runs over a boundary is in no paragraph.
 */
#include "sketch/sketch.h"

#include "sketch/duplicate_groups.h"
#include "sketch/minhash.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum { PARAGRAPH_HASHES = TTI_PARAGRAPH_ROWS * TTI_PARAGRAPH_BANDS };

/* One thread's working memory. */
typedef struct sketch_worker {
    uint32_t *shingle_hashes;
    size_t shingle_hash_capacity;
    tt_status status;
} sketch_worker;

typedef struct sketch_job {
    tti_sketches *out;
    const tti_corpus *corpus;
    const tt_options *options;
    tti_minhash of_docs, of_paragraphs;
    const uint64_t *bases;        /* paragraphs before each document; NULL: only documents count */
    const uint32_t *distinct_ids; /* of each paragraph: its place in out->distinct, or NONE */
} sketch_job;

#define NO_NUMBER UINT32_MAX

/* Folds all shingles of a document into w->folds. */
static int hash_doc_shingles(const sketch_job *j, sketch_worker *w, const tti_doc *doc,
                             uint32_t count)
{
    const uint32_t width = tti_shingle_width(doc->token_count, j->options->shingle_tokens);
    if (tti_reserve(j->out->allocator, &w->shingle_hashes, &w->shingle_hash_capacity, count,
                    sizeof *w->shingle_hashes) != 0)
        return -1;
    tti_minhash_hash_shingles(&j->of_docs, doc->hashes, count, width, w->shingle_hashes);
    return 0;
}

/* While the signature is at hand: LSH goes through the keys of one band after the other. */
static void doc_keys(const sketch_job *j, const uint32_t *signature, uint32_t d)
{
    const uint32_t bands = j->out->doc_bands;
    uint32_t keys[TTI_MINHASH_MAX_HASHES];
    tti_minhash_bands(&j->of_docs, signature, bands, keys);
    for (uint32_t band = 0; band < bands; band++)
        j->out->doc_keys[band * j->out->doc_count + d] = keys[band];
}

/* A byte of a value tells nearly as much of whether two are equal, in a quarter of the memory. */
static void keep_low_bytes(const uint32_t *signature, uint32_t num_hashes, uint8_t *low)
{
    for (uint32_t i = 0; i < num_hashes; i++)
        low[i] = (uint8_t)signature[i];
}

/* The band keys of paragraph p, whose shingles are folds [begin, end - w + 1). */
static void sketch_paragraph(const sketch_job *j, const sketch_worker *w, uint32_t d, uint32_t p)
{
    const tti_paragraph *x = &j->corpus->docs[d].paragraphs[p];
    const uint32_t width = j->options->shingle_tokens;
    const uint32_t id = j->distinct_ids[j->bases[d] + p];
    uint32_t signature[PARAGRAPH_HASHES];
    if (id == NO_NUMBER || x->end < x->begin + width)
        return;
    tti_minhash_signature_classic(&j->of_paragraphs, w->shingle_hashes + x->begin,
                                  x->end - x->begin - width + 1, signature);
    tti_minhash_bands(&j->of_paragraphs, signature, TTI_PARAGRAPH_BANDS,
                      j->out->paragraph_keys + (size_t)id * TTI_PARAGRAPH_BANDS);
}

static void sketch_doc(const sketch_job *j, sketch_worker *w, uint32_t d)
{
    const tti_doc *doc = &j->corpus->docs[d];
    const uint32_t count = tti_shingle_count(doc->token_count, j->options->shingle_tokens);
    uint32_t signature[TTI_MINHASH_MAX_HASHES];
    if (hash_doc_shingles(j, w, doc, count) != 0) {
        w->status = TT_ENOMEM;
        return;
    }
    tti_minhash_signature(&j->of_docs, w->shingle_hashes, count, signature);
    for (uint32_t p = 0; j->bases != NULL && p < doc->paragraph_count; p++)
        sketch_paragraph(j, w, d, p);
    keep_low_bytes(signature, j->out->num_hashes,
                   j->out->signatures + (size_t)d * j->out->num_hashes);
    if (j->out->doc_bands > 0)
        doc_keys(j, signature, d);
}

static tt_status sketch_docs(const sketch_job *j, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    const int64_t n = (int64_t)j->corpus->doc_count;
    const int threads = tti_thread_count(j->options->threads, (size_t)n);
    sketch_worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    if (workers == NULL)
        return tti_fail_memory(error, "sketching");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
    for (int64_t d = 0; d < n; d++)
        if (workers[tti_thread_index()].status == TT_OK)
            sketch_doc(j, &workers[tti_thread_index()], (uint32_t)d);
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = workers[t].status;
        tti_release(a, workers[t].shingle_hashes, workers[t].shingle_hash_capacity,
                    sizeof *workers[t].shingle_hashes);
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
        const tti_distinct_paragraph *x = &out->distinct[k];
        const tti_paragraph *p = &corpus->docs[x->doc].paragraphs[x->paragraph];
        if (p->end - p->begin >= TTI_PARAGRAPH_TOKENS)
            ids[bases[x->doc] + x->paragraph] = (uint32_t)k;
    }
}

static tt_status allocate_sketches(tti_sketches *out, const tt_options *options, size_t docs,
                                   tt_error *error)
{
    out->num_hashes = options->num_hashes;
    out->doc_count = docs;
    out->signatures = tti_alloc(out->allocator, docs, sizeof *out->signatures * out->num_hashes);
    out->doc_bands = options->resemblance > 0 ? options->bands : 0;
    out->doc_keys = tti_alloc(out->allocator, docs, sizeof *out->doc_keys * (out->doc_bands + 1));
    return out->signatures == NULL || out->doc_keys == NULL ? tti_fail_memory(error, "signatures")
                                                            : TT_OK;
}

/* The numbers of all paragraphs, which only sketching by paragraphs needs. */
typedef struct paragraph_numbering {
    uint64_t *bases;
    uint8_t *is_first;
    uint32_t *ids;
} paragraph_numbering;

static void free_numbering(paragraph_numbering *n, const tti_sketches *out, size_t docs)
{
    tti_release(out->allocator, n->ids, out->paragraph_count, sizeof *n->ids);
    tti_release(out->allocator, n->is_first, out->paragraph_count, 1);
    tti_release(out->allocator, n->bases, docs, sizeof *n->bases);
}

/* Finds the classes of paragraphs and makes room for the keys of the distinct ones. */
static tt_status number_paragraphs(tti_sketches *out, sketch_job *j, paragraph_numbering *n,
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
    TTI_TRY(tti_duplicate_paragraphs_find(out, corpus, n->bases, n->is_first, candidates, error));
    out->paragraph_keys =
        tti_alloc_zero(out->allocator, out->distinct_count, sizeof(uint32_t) * TTI_PARAGRAPH_BANDS);
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
    sketch_job j = {.out = out, .corpus = corpus, .options = options};
    paragraph_numbering n = {NULL, NULL, NULL};
    tt_status status;
    out->allocator = a;
    status = allocate_sketches(out, options, corpus->doc_count, error);
    tti_minhash_init(&j.of_docs, options->num_hashes, options->seed);
    tti_minhash_init(&j.of_paragraphs, PARAGRAPH_HASHES, options->seed);
    if (status == TT_OK && (options->find & TT_FIND_SECTIONS))
        status = number_paragraphs(out, &j, &n, candidates, error);
    if (status == TT_OK)
        status = sketch_docs(&j, error);
    free_numbering(&n, out, corpus->doc_count);
    return status;
}

void tti_sketches_free(tti_sketches *s)
{
    if (s->allocator == NULL)
        return;
    tti_release(s->allocator, s->signatures, s->doc_count, sizeof *s->signatures * s->num_hashes);
    tti_release(s->allocator, s->doc_keys, s->doc_count, sizeof *s->doc_keys * (s->doc_bands + 1));
    tti_release(s->allocator, s->distinct, s->distinct_count, sizeof *s->distinct);
    tti_release(s->allocator, s->paragraph_keys, s->distinct_count,
                sizeof *s->paragraph_keys * TTI_PARAGRAPH_BANDS);
    memset(s, 0, sizeof *s);
}
