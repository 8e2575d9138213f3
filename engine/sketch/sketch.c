/*
 * Sketch stage. In: documents. Out: signatures, their band keys, and the band keys of paragraphs.
 *
 * Each shingle is hashed once, for the document's signature and for that of the paragraph it lies
 * in; a shingle that crosses a boundary lies in none.
 */
#include "sketch/sketch.h"

#include "sketch/minhash.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"
#include "util/threads.h"

#include <assert.h>
#include <string.h>

enum { PARAGRAPH_HASHES = TTI_PARAGRAPH_ROWS * TTI_PARAGRAPH_BANDS };

/* One thread's scratch. */
typedef struct sketch_worker {
    TTI_ARRAY(uint32_t) shingle_hashes;
    tt_status status;
} sketch_worker;

typedef struct sketch_job {
    tti_sketches *out;
    const tti_corpus *corpus;
    const tt_options *options;
    tti_minhash of_docs, of_paragraphs;
    const uint64_t *bases;        /* paragraphs before each document; NULL: only documents count */
    const uint32_t *distinct_ids; /* of each paragraph: its place in out->distinct, or NO_NUMBER */
} sketch_job;

#define NO_NUMBER UINT32_MAX

/* ---- Signatures ------------------------------------------------------------------------------ */

/* Makes the band keys of paragraph p of document d from the shingles that lie in it. */
static void sketch_paragraph(const sketch_job *j, const uint32_t *shingle_hashes, uint32_t d,
                             uint32_t p)
{
    const tti_paragraph *x = &j->corpus->docs[d].paragraphs[p];
    const uint32_t width = j->options->shingle_tokens;
    const uint32_t id = j->distinct_ids[j->bases[d] + p];
    uint32_t signature[PARAGRAPH_HASHES];
    if (id == NO_NUMBER || x->end < x->begin + width)
        return;
    assert(id < j->out->distinct_count);
    tti_minhash_signature_classic(&j->of_paragraphs, shingle_hashes + x->begin,
                                  x->end - x->begin - width + 1, signature);
    tti_minhash_bands(&j->of_paragraphs, signature, TTI_PARAGRAPH_BANDS,
                      j->out->paragraph_keys + (size_t)id * TTI_PARAGRAPH_BANDS);
}

/* Makes the k-th signature. */
static tt_status sketch_doc(const sketch_job *j, sketch_worker *w, size_t k)
{
    const uint32_t d = tti_sketched_doc(j->out, k);
    const tti_doc *doc = &j->corpus->docs[d];
    const uint32_t count = tti_shingle_count(doc->token_count, j->options->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, j->options->shingle_tokens);
    const uint32_t bands = j->out->doc_bands;
    uint8_t *low = j->out->signatures + k * j->out->num_hashes;
    uint32_t signature[TTI_MINHASH_MAX_HASHES];
    TTI_TRY(tti_array_resize(&w->shingle_hashes, j->out->allocator, count));
    tti_minhash_hash_shingles(&j->of_docs, doc->hashes, count, width, w->shingle_hashes.items);
    tti_minhash_signature(&j->of_docs, w->shingle_hashes.items, count, signature);
    for (uint32_t p = 0; j->bases != NULL && p < doc->paragraph_count; p++)
        sketch_paragraph(j, w->shingle_hashes.items, d, p);
    /* A byte of a value tells nearly as much of whether two are equal, in a quarter of the memory
     */
    for (uint32_t i = 0; i < j->out->num_hashes; i++)
        low[i] = (uint8_t)signature[i];
    if (bands > 0) { /* stored band by band, as LSH reads them */
        uint32_t keys[TTI_MINHASH_MAX_HASHES];
        tti_minhash_bands(&j->of_docs, signature, bands, keys);
        for (uint32_t band = 0; band < bands; band++)
            j->out->doc_keys[band * j->out->doc_count + k] = keys[band];
    }
    return TT_OK;
}

static tt_status sketch_docs(const sketch_job *j, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    const int64_t n = (int64_t)j->out->doc_count;
    const int threads = tti_thread_count(j->options->threads, (size_t)n);
    sketch_worker *workers = tti_alloc_zero(a, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    TTI_TRY_ALLOC(workers == NULL, error, "sketching");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 64)
    for (int64_t k = 0; k < n; k++) {
        sketch_worker *w = &workers[tti_thread_index()];
        if (w->status == TT_OK)
            w->status = sketch_doc(j, w, (size_t)k);
    }
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = workers[t].status;
        tti_array_free(&workers[t].shingle_hashes, a);
    }
    tti_release(a, workers, (size_t)threads, sizeof *workers);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "sketching");
}

/* ---- Paragraphs ------------------------------------------------------------------------------ */

static const tti_paragraph *paragraph_of(const tti_corpus *corpus, const tti_sort_entry *x)
{
    assert(x->doc < corpus->doc_count && x->pos < corpus->docs[x->doc].paragraph_count);
    return &corpus->docs[x->doc].paragraphs[x->pos];
}

/* Links the paragraphs of a run of equal 64-bit keys to its first, and marks in `ids` which are the
 * first of their kind: that one, and those whose whole key is another. */
static tt_status link_equal_paragraphs(const sketch_job *j, const tti_sort_entry *run, size_t count,
                                       uint32_t *ids, tti_candidates *candidates, tt_error *error)
{
    const tti_paragraph *first = paragraph_of(j->corpus, run);
    ids[j->bases[run->doc] + run->pos] = 0;
    for (size_t i = 1; i < count; i++) {
        const tti_paragraph *p = paragraph_of(j->corpus, &run[i]);
        if (!tti_hash128_equal(p->key, first->key))
            ids[j->bases[run[i].doc] + run[i].pos] = 0;
        else if (p->end - p->begin >= TTI_PARAGRAPH_TOKENS)
            TTI_TRY(tti_candidates_add(
                candidates, tti_candidate_pack(run->doc, run[i].doc, TTI_WANT_SECTIONS), error));
    }
    return TT_OK;
}

/* Groups equal paragraphs by sorting their keys. `entries` and `spare` have room for all. */
static tt_status group_paragraphs(const sketch_job *j, tti_sort_entry *entries,
                                  tti_sort_entry *spare, uint32_t *ids, tti_candidates *candidates,
                                  tt_error *error)
{
    size_t count = 0;
    for (uint32_t d = 0; d < j->corpus->doc_count; d++)
        for (uint32_t p = 0; p < j->corpus->docs[d].paragraph_count; p++)
            entries[count++] = (tti_sort_entry){j->corpus->docs[d].paragraphs[p].key.low, d, p};
    tti_radix_sort_entries(entries, spare, count);
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && entries[end].key == entries[begin].key;)
            end++;
        TTI_TRY(link_equal_paragraphs(j, entries + begin, end - begin, ids, candidates, error));
    }
    return TT_OK;
}

/* Lists the paragraphs that `ids` marks, in input order. Those that are long enough for keys of
 * their own get their number in the list as id, all others NO_NUMBER. */
static tt_status list_distinct_paragraphs(const sketch_job *j, uint32_t *ids, tt_error *error)
{
    tti_sketches *out = j->out;
    size_t n = 0;
    for (size_t i = 0; i < out->paragraph_count; i++)
        n += ids[i] != NO_NUMBER;
    out->distinct = tti_alloc(out->allocator, n, sizeof *out->distinct);
    TTI_TRY_ALLOC(out->distinct == NULL, error, "distinct paragraphs");
    out->distinct_count = n;
    n = 0;
    for (uint32_t d = 0; d < j->corpus->doc_count; d++)
        for (uint32_t p = 0; p < j->corpus->docs[d].paragraph_count; p++) {
            const tti_paragraph *x = &j->corpus->docs[d].paragraphs[p];
            uint32_t *id = &ids[j->bases[d] + p];
            if (*id == NO_NUMBER)
                continue;
            *id = x->end - x->begin >= TTI_PARAGRAPH_TOKENS ? (uint32_t)n : NO_NUMBER;
            out->distinct[n++] = (tti_distinct_paragraph){d, p};
        }
    out->paragraph_keys =
        tti_alloc_zero(out->allocator, out->distinct_count, sizeof(uint32_t) * TTI_PARAGRAPH_BANDS);
    TTI_TRY_ALLOC(out->paragraph_keys == NULL, error, "paragraph keys");
    return TT_OK;
}

/* Finds equal paragraphs, and numbers the distinct ones. `bases` has room for a number a document,
 * `ids` for one a paragraph. */
static tt_status number_paragraphs(sketch_job *j, uint64_t *bases, uint32_t *ids,
                                   tti_candidates *candidates, tt_error *error)
{
    const tt_allocator *a = j->out->allocator;
    const size_t n = j->out->paragraph_count;
    tti_sort_entry *entries = tti_alloc(a, n, sizeof *entries);
    tti_sort_entry *spare = tti_alloc(a, n, sizeof *spare);
    tt_status status = TT_OK;
    if (bases == NULL || ids == NULL || entries == NULL || spare == NULL)
        status = tti_fail_memory(error, "paragraphs");
    if (status == TT_OK) {
        for (size_t d = 0, base = 0; d < j->corpus->doc_count; d++) {
            bases[d] = base;
            base += j->corpus->docs[d].paragraph_count;
        }
        memset(ids, 0xFF, n * sizeof *ids); /* NO_NUMBER */
        j->bases = bases;
        j->distinct_ids = ids;
        status = group_paragraphs(j, entries, spare, ids, candidates, error);
    }
    tti_release(a, entries, n, sizeof *entries);
    tti_release(a, spare, n, sizeof *spare);
    return status == TT_OK ? list_distinct_paragraphs(j, ids, error) : status;
}

/* ---- The stage ------------------------------------------------------------------------------- */

static tt_status allocate_sketches(tti_sketches *out, const tt_options *options, tt_error *error)
{
    out->num_hashes = options->num_hashes;
    out->signatures =
        tti_alloc(out->allocator, out->doc_count, sizeof *out->signatures * out->num_hashes);
    out->doc_bands = options->resemblance > 0 ? options->bands : 0;
    out->doc_keys =
        tti_alloc(out->allocator, out->doc_count, sizeof *out->doc_keys * (out->doc_bands + 1));
    return out->signatures == NULL || out->doc_keys == NULL ? tti_fail_memory(error, "signatures")
                                                            : TT_OK;
}

tt_status tti_sketch(tti_sketches *out, const tti_corpus *corpus, const tti_doc_list *docs,
                     const tt_options *options, tti_candidates *candidates, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    const int by_paragraph = (options->find & TT_FIND_SECTIONS) != 0;
    sketch_job j = {.out = out, .corpus = corpus, .options = options};
    uint64_t *bases = NULL;
    uint32_t *ids = NULL;
    tt_status status;
    out->allocator = a;
    out->docs = docs == NULL ? NULL : docs->items;
    out->doc_count = docs == NULL ? corpus->doc_count : docs->count;
    status = allocate_sketches(out, options, error);
    tti_minhash_init(&j.of_docs, options->num_hashes, options->seed);
    tti_minhash_init(&j.of_paragraphs, PARAGRAPH_HASHES, options->seed);
    if (status == TT_OK && by_paragraph) {
        for (size_t d = 0; d < corpus->doc_count; d++)
            out->paragraph_count += corpus->docs[d].paragraph_count;
        bases = tti_alloc(a, corpus->doc_count, sizeof *bases);
        ids = tti_alloc(a, out->paragraph_count, sizeof *ids);
        status = number_paragraphs(&j, bases, ids, candidates, error);
    }
    if (status == TT_OK)
        status = sketch_docs(&j, error);
    tti_release(a, ids, out->paragraph_count, sizeof *ids);
    tti_release(a, bases, corpus->doc_count, sizeof *bases);
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
