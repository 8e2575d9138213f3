/* A scan in progress: batches of articles become tokens, and what is kept of every article. */
#include "scan/builder.h"

#include "corpus/candidate_pairs.h"
#include "corpus/tokenized_batch.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

enum { PREFETCH_DISTANCE = 8 /* articles whose ids are fetched before they are looked for */ };

tt_status tt_scan_open(tt_scan **out, const tt_options *options, tt_error *error)
{
    tti_owned_options settings;
    tt_scan *scan;
    tt_status status;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    *out = NULL;
    TTI_TRY(tti_owned_options_copy(&settings, options, error));
    scan = tti_alloc_zero(settings.options.allocator, 1, sizeof *scan);
    if (scan == NULL) {
        tti_owned_options_free(&settings);
        return tti_fail_memory(error, "a scan");
    }
    scan->settings = settings;
    scan->ids.allocator = scan->notices.allocator = scan->settings.options.allocator;
    scan->notices.seed = scan->settings.options.seed;
    status = tti_corpus_store_open(&scan->store, &scan->settings.options, error);
    if (status != TT_OK)
        tt_scan_close(scan);
    else
        *out = scan;
    return status;
}

void tti_scan_free_scratch(tt_scan *scan)
{
    for (size_t t = 0; t < scan->scratch_count; t++)
        tti_tokens_free(&scan->scratch[t]);
    tti_release(scan->settings.options.allocator, scan->scratch, scan->scratch_count,
                sizeof *scan->scratch);
    scan->scratch = NULL;
    scan->scratch_count = 0;
}

tt_status tti_scan_begin_work(tt_scan *scan, tt_error *error)
{
    if (scan->is_at_work)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "a callback of the scan uses the scan");
    scan->is_at_work = 1;
    return TT_OK;
}

void tt_scan_close(tt_scan *scan)
{
    const tt_allocator *a;
    if (scan == NULL || scan->is_at_work)
        return;
    a = scan->settings.options.allocator;
    tti_scan_free_scratch(scan);
    tti_corpus_store_free(&scan->store);
    tti_notices_free(&scan->notices);
    tti_table_free(&scan->ids);
    tti_owned_options_free(&scan->settings);
    tti_release(a, scan, 1, sizeof *scan);
}

/* ---- Tokens of a batch ----------------------------------------------------------------------- */

/* The arrays of one thread's tokens, where they are stored. */
typedef struct token_arrays {
    const uint32_t *hashes;
    const uint8_t *flags, *extents;
    const tti_paragraph *paragraphs;
} token_arrays;

enum { TOKEN_ARRAYS = 4 };

static void list_token_slices(const tti_tokens *t, tti_slice *out)
{
    out[0] = (tti_slice){t->hashes, t->count * sizeof *t->hashes};
    out[1] = (tti_slice){t->flags, t->skips & TTI_SKIP_FLAGS ? 0 : t->count};
    out[2] = (tti_slice){t->extents, t->extents_size};
    out[3] = (tti_slice){t->paragraphs, t->paragraph_count * sizeof *t->paragraphs};
}

/* Copies the tokens of the batch from the scratch of the threads to the store. */
static tt_status store_tokens(tt_scan *scan, size_t threads, token_arrays *out,
                              tti_stored_batch *batch, tt_error *error)
{
    tti_corpus_store *s = &scan->store;
    const size_t count = threads * TOKEN_ARRAYS;
    tti_slice *slices = tti_alloc(s->allocator, count, sizeof *slices);
    const char *at;
    if (slices == NULL)
        return tti_fail_memory(error, "a batch");
    for (size_t t = 0; t < threads; t++)
        list_token_slices(&scan->scratch[t], slices + t * TOKEN_ARRAYS);
    at = batch->tokens = s->spill != NULL ? tti_spill_write(s->spill, slices, count)
                                          : tti_arena_copy(&s->arena, slices, count);
    for (size_t t = 0; at != NULL && t < threads; t++) {
        const char *array[TOKEN_ARRAYS];
        for (size_t k = 0; k < TOKEN_ARRAYS; k++) {
            const size_t size = slices[t * TOKEN_ARRAYS + k].size;
            array[k] = size > 0 ? at : NULL;
            at += tti_slice_padded_size(size);
        }
        out[t] = (token_arrays){(const uint32_t *)array[0], (const uint8_t *)array[1],
                                (const uint8_t *)array[2], (const tti_paragraph *)array[3]};
    }
    tti_release(s->allocator, slices, count, sizeof *slices);
    return batch->tokens == NULL ? tti_fail_memory(error, "a batch") : TT_OK;
}

/* The arrays that no stage reads which the options ask for. */
static unsigned choose_skipped_arrays(const tt_options *o)
{
    unsigned skips = 0;
    if (o->facts < 0)
        skips |= TTI_SKIP_FLAGS;
    if (!tti_verify_aligns(o))
        skips |= TTI_SKIP_EXTENTS;
    if (!(o->find & TT_FIND_SECTIONS))
        skips |= TTI_SKIP_PARAGRAPHS;
    return skips;
}

/* Makes empty scratch for each thread. */
static tt_status prepare_tokenizers(tt_scan *scan, size_t threads, tt_error *error)
{
    const tt_allocator *a = scan->settings.options.allocator;
    const size_t before = scan->scratch_count;
    if (threads > before &&
        tti_resize(a, &scan->scratch, &scan->scratch_count, threads, sizeof *scan->scratch) != 0)
        return tti_fail_memory(error, "a batch");
    for (size_t t = before; t < scan->scratch_count; t++) {
        tti_tokens_init(&scan->scratch[t], a);
        scan->scratch[t].skips = choose_skipped_arrays(&scan->settings.options);
    }
    for (size_t t = 0; t < threads; t++)
        tti_tokens_clear(&scan->scratch[t]);
    return TT_OK;
}

/* ---- Articles -------------------------------------------------------------------------------- */

static const char *copy_name(char **names, const char *name, size_t size)
{
    char *copy = *names;
    if (size > 0)
        memcpy(copy, name, size);
    *names += size;
    return copy;
}

/* The array may be NULL: skipped, or empty. */
static const uint8_t *offset_or_null(const uint8_t *array, size_t at)
{
    return array == NULL ? NULL : array + at;
}

static void append_article(tt_scan *scan, const tt_article *x, const token_arrays *tokens,
                           const tti_tokenized_article *t, char **names)
{
    tti_corpus_store *s = &scan->store;
    const uint32_t ordinal = (uint32_t)s->corpus.article_count++;
    tti_article *article = &s->corpus.articles[ordinal];
    memset(article, 0, sizeof *article);
    article->extents = offset_or_null(tokens->extents, t->extents_begin);
    article->id = copy_name(names, x->id, x->id_size);
    article->source = copy_name(names, x->source, x->source_size);
    article->id_size = (uint32_t)x->id_size;
    article->source_size = (uint32_t)x->source_size;
    article->text_size = x->text_size;
    article->published = x->published;
    article->flags = x->flags & TT_ARTICLE_INTEGER_ID;
    article->doc = ordinal;
    s->corpus.docs[s->corpus.doc_count++] = (tti_doc){
        .hashes = tokens->hashes == NULL ? NULL : tokens->hashes + t->token_begin,
        .flags = offset_or_null(tokens->flags, t->token_begin),
        .paragraphs = tokens->paragraphs == NULL ? NULL : tokens->paragraphs + t->paragraph_begin,
        .published = x->published,
        .token_count = t->added.token_count,
        .paragraph_count = tokens->paragraphs == NULL ? 0 : t->added.paragraph_count,
        .article = ordinal};
    s->token_hashes[ordinal] = t->added.key;
    s->bytes += x->text_size;
    s->tokens += t->added.token_count;
    s->paragraphs += t->added.paragraph_count;
}

static tt_status reserve_articles(tt_scan *scan, size_t count, tt_error *error)
{
    tti_corpus_store *s = &scan->store;
    const size_t need = s->corpus.article_count + count;
    if (need > TTI_MAX_DOCS)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles in one scan",
                        TTI_MAX_DOCS);
    if (tti_reserve(s->allocator, &s->corpus.docs, &s->doc_capacity, need, sizeof(tti_doc)) != 0 ||
        tti_reserve(s->allocator, &s->corpus.articles, &s->article_capacity, need,
                    sizeof(tti_article)) != 0 ||
        tti_reserve(s->allocator, &s->token_hashes, &s->token_hash_capacity, need,
                    sizeof(tti_hash128)) != 0 ||
        tti_reserve(s->allocator, &s->batches, &s->batch_capacity, s->batch_count + 1,
                    sizeof(tti_stored_batch)) != 0)
        return tti_fail_memory(error, "articles");
    return tti_table_reserve(&scan->ids, need) == 0 ? TT_OK : tti_fail_memory(error, "ids");
}

/* Adds the id of the article that comes next. @return 0, or -1 if an article has it already */
static int insert_article_id(tt_scan *scan, const tt_article *x, uint32_t hash)
{
    const tt_id id = tti_id_of(x);
    if (tti_table_find(&scan->ids, hash, tti_article_has_id, scan->store.corpus.articles, &id) !=
        UINT32_MAX)
        return -1;
    tti_table_add(&scan->ids, hash, (uint32_t)scan->store.corpus.article_count);
    return 0;
}

/* A repeated id, of an earlier batch or of this one, is noticed when its article is appended. The
 * table of ids is prefetched some articles ahead. */
static void append_articles(tt_scan *scan, const tt_article *articles, size_t count,
                            const token_arrays *tokens, char *names, tti_tokenized_article *list)
{
    uint32_t hashes[PREFETCH_DISTANCE] = {0}; /* of the ids that come next */
    for (size_t i = 0; i < count + PREFETCH_DISTANCE; i++) {
        const uint32_t hash = hashes[i % PREFETCH_DISTANCE];
        const size_t k = i - PREFETCH_DISTANCE;
        if (i < count && list[i].status == TT_OK) {
            const tt_article *x = &articles[i];
            hashes[i % PREFETCH_DISTANCE] = tti_id_hash(tti_id_of(x));
            tti_table_prefetch(&scan->ids, hashes[i % PREFETCH_DISTANCE]);
        }
        if (i < PREFETCH_DISTANCE || list[k].status != TT_OK)
            continue;
        if (insert_article_id(scan, &articles[k], hash) != 0)
            list[k].status = TT_EDUPLICATE;
        else
            append_article(scan, &articles[k], &tokens[list[k].thread], &list[k], &names);
    }
}

/* Removes the articles of this batch, as if they had not been added. */
static void remove_appended_articles(tt_scan *scan, const tti_corpus_store *before)
{
    for (size_t k = before->corpus.article_count; k < scan->store.corpus.article_count; k++) {
        const tti_article *x = &scan->store.corpus.articles[k];
        tti_table_remove(&scan->ids, tti_id_hash(tti_article_id(x)), (uint32_t)k);
    }
    scan->store.corpus.article_count = before->corpus.article_count;
    scan->store.corpus.doc_count = before->corpus.doc_count;
    scan->store.bytes = before->bytes;
    scan->store.tokens = before->tokens;
    scan->store.paragraphs = before->paragraphs;
}

/* Does everything that can fail before articles are appended. */
static tt_status prepare_articles(tt_scan *scan, const tt_article *articles, size_t count,
                                  size_t threads, token_arrays *tokens, tti_stored_batch *batch,
                                  tti_tokenized_article *list, tt_error *error)
{
    const tt_options *o = &scan->settings.options;
    TTI_TRY(tti_report_progress(o, "text", scan->store.corpus.article_count, 0, error));
    TTI_TRY(prepare_tokenizers(scan, threads, error));
    TTI_TRY(tti_tokenize_batch(o, articles, count, scan->scratch, (int)threads, list, error));
    TTI_TRY(store_tokens(scan, threads, tokens, batch, error));
    for (size_t i = 0; i < count; i++)
        batch->name_size += articles[i].id_size + articles[i].source_size;
    batch->names = tti_alloc(scan->store.allocator, batch->name_size, 1);
    TTI_TRY_ALLOC(batch->names == NULL, error, "ids");
    return reserve_articles(scan, count, error);
}

static tt_status add_batch(tt_scan *scan, const tt_article *articles, size_t count,
                           tt_status *statuses, tt_error *error)
{
    const double start = tti_monotonic_seconds();
    tti_stored_batch batch = {0};
    tti_corpus_store before;
    tti_tokenized_article *list;
    token_arrays *tokens;
    size_t threads;
    tt_status status;
    TTI_TRY(tti_corpus_store_open(&scan->store, &scan->settings.options, error));
    threads = (size_t)tti_thread_count(scan->settings.options.threads, count);
    list = tti_alloc_zero(scan->store.allocator, count, sizeof *list);
    tokens = tti_alloc_zero(scan->store.allocator, threads, sizeof *tokens);
    status = list == NULL || tokens == NULL
                 ? tti_fail_memory(error, "a batch")
                 : prepare_articles(scan, articles, count, threads, tokens, &batch, list, error);
    if (status == TT_OK) {
        before = scan->store;
        append_articles(scan, articles, count, tokens, batch.names, list);
        if (statuses == NULL &&
            (status = tti_tokenized_batch_error(articles, list, count, error)) != TT_OK)
            remove_appended_articles(scan, &before);
    }
    if (status == TT_OK) {
        scan->store.batches[scan->store.batch_count++] = batch;
    } else {
        if (batch.tokens != NULL && scan->store.spill == NULL)
            tti_arena_rewind(&scan->store.arena, batch.tokens);
        tti_stored_batch_free(&scan->store, &batch);
    }
    for (size_t i = 0; status == TT_OK && i < count; i++) {
        if (list[i].status == TT_OK || list[i].status == TT_EDUPLICATE)
            scan->store.digest += tt_article_digest(&articles[i]);
        if (statuses != NULL)
            statuses[i] = list[i].status;
    }
    tti_release(scan->store.allocator, tokens, threads, sizeof *tokens);
    tti_release(scan->store.allocator, list, count, sizeof *list);
    tti_spill_evict(scan->store.spill);
    scan->text_seconds += tti_monotonic_seconds() - start;
    return tti_spill_status(scan->store.spill, status, error);
}

tt_status tt_scan_add(tt_scan *scan, const tt_article *articles, size_t count, tt_status *statuses,
                      tt_error *error)
{
    tt_status status;
    if (scan == NULL || (articles == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "scan or articles is NULL");
    TTI_TRY(tti_scan_begin_work(scan, error));
    status = count == 0 ? TT_OK : add_batch(scan, articles, count, statuses, error);
    scan->is_at_work = 0;
    return status;
}
