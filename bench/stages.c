/*
 * Each stage alone, on the output of the stages before it for one corpus; and two limits for
 * comparison: copying the text, and splitting and hashing words with XXH3 and doing nothing else.
 *
 * In every stage, bytes per second are bytes of the text of the corpus, so that stages can be
 * compared. Items are what the stage processes: articles, pairs, queries.
 */
#include "align/align.h"
#include "bench.h"
#include "corpus.h"
#include "kernels/kernels.h"
#include "lsh/bands.h"
#include "result/result.h"
#include "result/sections.h"
#include "seed/candidates.h"
#include "sketch/sketch.h"
#include "util/alloc.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 2, QUERY_STEP = 10 };

/* The output of each stage, which the next ones use; made once, when the first of them runs. */
typedef struct fixture {
    bench_corpus *corpus;
    int made;
    tt_result *index;
    tti_sketches sketches;
    uint32_t *keys;            /* a copy of sketches.doc_keys, which LSH overwrites */
    tti_candidates candidates; /* sorted, each pair once */
    tti_verified verified;
} fixture;

typedef struct stage {
    fixture *fixture;
    int threads;
} stage;

static fixture the_fixture;
static stage stages[THREADS + 1];

static tt_status make_index(fixture *f)
{
    tt_scan *builder = NULL;
    tt_status status = tt_scan_open(&builder, NULL, NULL);
    tt_status *verdicts = malloc(f->corpus->count * sizeof *verdicts);
    if (verdicts == NULL)
        status = TT_ENOMEM;
    if (status == TT_OK)
        status = tt_scan_add(builder, f->corpus->articles, f->corpus->count, verdicts, NULL);
    if (status == TT_OK)
        status = tt_scan_finish(builder, &f->index, NULL);
    free(verdicts);
    tt_scan_close(builder);
    return status;
}

static size_t key_bytes(const tti_sketches *s)
{
    return s->doc_bands * s->doc_count * sizeof *s->doc_keys;
}

static tt_status find_by_bands(fixture *f, const tt_options *o, tti_candidates *out)
{
    memcpy(f->sketches.doc_keys, f->keys, key_bytes(&f->sketches));
    return tti_bands_find(&f->sketches, &f->index->store.corpus, o, out, NULL);
}

static tt_status add_by_seeds(const fixture *f, const tt_options *o, tti_candidates *out)
{
    tti_doc_list for_lsh = {0};
    const tt_status status =
        tti_seed_candidates_add(&f->index->store.corpus, o, out, &for_lsh, NULL);
    tti_array_free(&for_lsh, &tti_libc_allocator);
    return status;
}

static tt_status make_candidates(fixture *f)
{
    const tt_options *o = &f->index->settings.options;
    const tti_corpus *corpus = &f->index->store.corpus;
    tt_status status;
    tti_candidates_init(&f->candidates, &tti_libc_allocator);
    status = tti_sketch(&f->sketches, corpus, NULL, o, &f->candidates, NULL);
    if (status == TT_OK) {
        f->keys = malloc(key_bytes(&f->sketches));
        status = f->keys == NULL ? TT_ENOMEM : TT_OK;
    }
    if (status == TT_OK) {
        memcpy(f->keys, f->sketches.doc_keys, key_bytes(&f->sketches));
        status = find_by_bands(f, o, &f->candidates);
    }
    if (status == TT_OK)
        status = add_by_seeds(f, o, &f->candidates);
    if (status == TT_OK)
        status = tti_candidates_sort_unique(&f->candidates, NULL);
    if (status == TT_OK)
        status = tti_verify(&f->verified, corpus, &f->candidates, o, NULL);
    return status;
}

/* @return the fixture, or NULL after bench_fail() */
static fixture *ready(bench *b, fixture *f)
{
    if (!f->made) {
        tt_status status = bench_corpus_load(f->corpus) == 0 ? TT_OK : TT_EIO;
        if (status == TT_OK)
            status = make_index(f);
        if (status == TT_OK)
            status = make_candidates(f);
        if (status != TT_OK) {
            bench_fail(b, tt_status_name(status));
            return NULL;
        }
        f->made = 1;
    }
    bench_bytes(b, (double)f->corpus->text_size);
    bench_items(b, (double)f->corpus->count);
    return f;
}

static tt_options options_of(const stage *s)
{
    tt_options o = s->fixture->index->settings.options;
    o.threads = s->threads;
    return o;
}

static void check(bench *b, tt_status status)
{
    if (status != TT_OK)
        bench_fail(b, tt_status_name(status));
}

/* ---- Limits ------------------------------------------------------------------------------------
 */

static void run_memcpy(bench *b, void *ctx)
{
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    char *copy = f == NULL ? NULL : malloc(f->corpus->size);
    if (f != NULL && copy == NULL)
        bench_fail(b, "out of memory");
    while (bench_next(b)) {
        memcpy(copy, f->corpus->bytes, f->corpus->size);
        bench_keep(copy);
    }
    if (f != NULL)
        bench_bytes(b, (double)f->corpus->size);
    free(copy);
}

static uint64_t hash_runs(const uint8_t *folded, const tti_split *split)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < split->count; r++)
        sum += XXH3_64bits(folded + split->begin[r], (size_t)split->end[r] - split->begin[r]);
    return sum;
}

static void run_split(bench *b, void *ctx)
{
    static tti_split split;
    static uint8_t folded[TTI_SPLIT_BYTES + TTI_SPLIT_PADDING];
    const tti_kernels *kernels = tti_kernels_get();
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    uint64_t sum = 0;
    while (bench_next(b)) {
        const uint8_t *text = (const uint8_t *)f->corpus->bytes;
        for (size_t at = 0, n; at < f->corpus->size; at += n) {
            n = f->corpus->size - at < TTI_SPLIT_BYTES ? f->corpus->size - at : TTI_SPLIT_BYTES;
            kernels->split(text + at, n, folded, &split);
            sum += hash_runs(folded, &split);
        }
        bench_keep(&sum);
    }
    if (f != NULL)
        bench_bytes(b, (double)f->corpus->size);
}

/* ---- Reading -----------------------------------------------------------------------------------
 */

static void run_read(bench *b, void *ctx)
{
    const stage *s = ctx;
    const fixture *f = ready(b, s->fixture);
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    options.threads = s->threads;
    while (bench_next(b)) {
        tt_reader *reader = NULL;
        const tt_record *records;
        size_t count = 1;
        tt_status status = tt_reader_open(&reader, &f->corpus->path, 1, &options, NULL);
        while (status == TT_OK && count > 0)
            status = tt_reader_next(reader, &records, &count, NULL);
        tt_reader_close(reader);
        check(b, status);
    }
}

static void run_text(bench *b, void *ctx)
{
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    tti_tokens tokens;
    tti_tokenized_text added;
    tti_tokens_init(&tokens, &tti_libc_allocator);
    while (bench_next(b)) {
        tti_tokens_clear(&tokens);
        for (size_t i = 0; i < f->corpus->count; i++)
            (void)tti_tokens_append_text(&tokens, f->corpus->articles[i].text,
                                         f->corpus->articles[i].text_size, TT_PARAGRAPHS_AUTO, 0,
                                         &added, NULL);
    }
    bench_counter(b, "tokens", (double)tokens.count);
    tti_tokens_free(&tokens);
}

/* ---- Candidates --------------------------------------------------------------------------------
 */

static void run_sketch(bench *b, void *ctx)
{
    const stage *s = ctx;
    const fixture *f = ready(b, s->fixture);
    while (bench_next(b)) {
        const tt_options o = options_of(s);
        tti_sketches sketches = {0};
        tti_candidates candidates;
        tti_candidates_init(&candidates, &tti_libc_allocator);
        check(b, tti_sketch(&sketches, &f->index->store.corpus, NULL, &o, &candidates, NULL));
        bench_pause(b);
        tti_candidates_free(&candidates);
        tti_sketches_free(&sketches);
        bench_resume(b);
    }
}

static void run_lsh(bench *b, void *ctx)
{
    const stage *s = ctx;
    fixture *f = ready(b, s->fixture);
    double found = 0;
    while (bench_next(b)) {
        const tt_options o = options_of(s);
        tti_candidates candidates;
        tti_candidates_init(&candidates, &tti_libc_allocator);
        check(b, find_by_bands(f, &o, &candidates));
        found = (double)candidates.pairs.count;
        tti_candidates_free(&candidates);
    }
    bench_counter(b, "candidates", found);
}

static void run_seed(bench *b, void *ctx)
{
    const stage *s = ctx;
    const fixture *f = ready(b, s->fixture);
    double found = 0;
    while (bench_next(b)) {
        const tt_options o = options_of(s);
        tti_candidates candidates;
        tti_candidates_init(&candidates, &tti_libc_allocator);
        check(b, add_by_seeds(f, &o, &candidates));
        found = (double)candidates.pairs.count;
        tti_candidates_free(&candidates);
    }
    bench_counter(b, "candidates", found);
}

/* ---- Pairs -------------------------------------------------------------------------------------
 */

/* Aligns the documents of every candidate; the later one is loaded once for all its pairs. */
static tt_status align_all(const fixture *f, tti_aligner *aligner)
{
    const tti_doc *docs = f->index->store.corpus.docs;
    uint32_t loaded = UINT32_MAX;
    tt_status status = TT_OK;
    for (size_t k = 0; k < f->candidates.pairs.count && status == TT_OK; k++) {
        const uint32_t first = tti_candidate_a(f->candidates.pairs.items[k]);
        const uint32_t later = tti_candidate_b(f->candidates.pairs.items[k]);
        tti_alignment alignment;
        if (first == later)
            continue;
        if (later != loaded)
            status = tti_aligner_load(aligner, docs[later].hashes, docs[later].token_count, NULL);
        loaded = later;
        if (status == TT_OK)
            status = tti_aligner_run(aligner, docs[first].hashes, docs[first].token_count,
                                     &alignment, NULL);
        bench_keep(&alignment);
    }
    return status;
}

static void run_chain(bench *b, void *ctx)
{
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    tti_aligner *aligner = NULL;
    check(b, tti_aligner_open(&aligner, 32, &tti_libc_allocator, NULL));
    while (bench_next(b))
        check(b, align_all(f, aligner));
    if (f != NULL)
        bench_items(b, (double)f->candidates.pairs.count);
    tti_aligner_close(aligner);
}

static void run_verify(bench *b, void *ctx)
{
    const stage *s = ctx;
    const fixture *f = ready(b, s->fixture);
    while (bench_next(b)) {
        const tt_options o = options_of(s);
        tti_verified verified = {0};
        check(b, tti_verify(&verified, &f->index->store.corpus, &f->candidates, &o, NULL));
        bench_pause(b);
        tti_verified_free(&verified);
        bench_resume(b);
    }
    if (f != NULL)
        bench_items(b, (double)f->candidates.pairs.count);
}

static void run_section(bench *b, void *ctx)
{
    const stage *s = ctx;
    const fixture *f = ready(b, s->fixture);
    double found = 0;
    while (bench_next(b)) {
        const tt_options o = options_of(s);
        tti_sections sections = {0};
        check(b, tti_sections_make(&sections, &f->index->store.corpus, &f->index->doc_articles,
                                   &f->verified, &o, NULL));
        found = (double)sections.sections.count;
        tti_sections_free(&sections);
    }
    bench_counter(b, "sections", found);
}

/* ---- Results -----------------------------------------------------------------------------------
 */

static int count_bytes(void *ctx, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)ctx += size;
    return 0;
}

static void run_write(bench *b, void *ctx)
{
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    size_t size = 0;
    while (bench_next(b)) {
        size = 0;
        check(b, tt_result_write(f->index, count_bytes, &size, NULL, NULL));
    }
    bench_bytes(b, (double)size);
    bench_items(b, 0);
}

static int count_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    for (size_t k = 0; k < count; k++)
        *(size_t *)ctx += verdicts[k].match_count;
    return 0;
}

/* New texts against an index in memory of all articles. */
static void run_query(bench *b, void *ctx)
{
    const fixture *f = ready(b, ((stage *)ctx)->fixture);
    tt_index *index = NULL;
    size_t matches = 0, queries = 0, bytes = 0;
    if (f != NULL) {
        check(b, tt_index_open(&index, NULL, TT_INDEX_MATCHES, NULL, NULL));
        check(b,
              tt_index_add(index, f->corpus->articles, f->corpus->count, NULL, NULL, NULL, NULL));
        check(b, tt_index_query(index, NULL, 0, NULL, count_matches, &matches, NULL));
    }
    while (bench_next(b)) {
        matches = queries = bytes = 0;
        for (size_t i = 0; i < f->corpus->count; i += QUERY_STEP, queries++) {
            tt_article probe = f->corpus->articles[i];
            probe.id = "?", probe.id_size = 1;
            check(b, tt_index_query(index, &probe, 1, NULL, count_matches, &matches, NULL));
            bytes += probe.text_size;
        }
    }
    bench_items(b, (double)queries);
    bench_bytes(b, (double)bytes);
    bench_counter(b, "matches", (double)matches);
    tt_index_close(index);
}

/* ---- Names -------------------------------------------------------------------------------------
 */

static void add(const char *name, bench_fn run)
{
    bench_add(name, run, &stages[1]);
}

static void add_threaded(const char *name, bench_fn run)
{
    for (int t = 1; t <= THREADS; t++) {
        char full[128];
        (void)snprintf(full, sizeof full, "%s/threads:%d/real_time", name, t);
        bench_add(full, run, &stages[t]);
    }
}

void bench_add_stages(bench_corpus *corpus)
{
    the_fixture.corpus = corpus;
    for (int t = 0; t <= THREADS; t++)
        stages[t] = (stage){&the_fixture, t};
    add("limit/memcpy", run_memcpy);
    add("limit/split_xxh3", run_split);
    add_threaded("read", run_read);
    add("text", run_text);
    add_threaded("sketch", run_sketch);
    add_threaded("lsh", run_lsh);
    add_threaded("seed", run_seed);
    add("chain", run_chain);
    add_threaded("verify", run_verify);
    add("section", run_section);
    add("write", run_write);
    add("query", run_query);
}

void bench_stages_free(void)
{
    fixture *f = &the_fixture;
    if (f->index == NULL)
        return;
    tti_verified_free(&f->verified);
    tti_candidates_free(&f->candidates);
    tti_sketches_free(&f->sketches);
    tt_result_close(f->index);
    f->index = NULL;
    f->made = 0;
}
