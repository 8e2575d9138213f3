/* The builder: articles in batches -> tokens in chunks, with what is kept of every article. */
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

/* ---- Settings and store ---------------------------------------------------------------------- */

/* Makes *string a copy of its own. *size: its bytes, 0 while it is not one. */
static tt_status copy_option_string(const tt_allocator *a, const char **string, size_t *size,
                                    tt_error *error)
{
    const size_t bytes = *string == NULL ? 0 : strlen(*string) + 1;
    char *copy;
    if (bytes == 0)
        return TT_OK;
    copy = tti_alloc(a, bytes, 1);
    if (copy == NULL)
        return tti_fail_memory(error, "options");
    memcpy(copy, *string, bytes);
    *string = copy;
    *size = bytes;
    return TT_OK;
}

tt_status tti_owned_options_copy(tti_owned_options *out, const tt_options *options, tt_error *error)
{
    tt_options *o = &out->options;
    tt_status status;
    out->source_size = out->dir_size = 0;
    TTI_TRY(tt_options_resolve(options, o, error));
    status = copy_option_string(o->allocator, &o->keep_sources, &out->source_size, error);
    if (status == TT_OK)
        status = copy_option_string(o->allocator, &o->temp_dir, &out->dir_size, error);
    if (status != TT_OK)
        tti_owned_options_free(out);
    return status;
}

void tti_owned_options_free(tti_owned_options *s)
{
    if (s->source_size > 0)
        tti_release(s->options.allocator, (void *)s->options.keep_sources, s->source_size, 1);
    if (s->dir_size > 0)
        tti_release(s->options.allocator, (void *)s->options.temp_dir, s->dir_size, 1);
    s->source_size = s->dir_size = 0;
}

static void free_stored_batch(tti_corpus_store *s, tti_stored_batch *c)
{
    if (c->kept != NULL && s->spill != NULL)
        tti_spill_release(s->spill, c->kept);
    tti_release(s->allocator, c->names, c->name_size, 1);
    memset(c, 0, sizeof *c);
}

void tti_corpus_store_free(tti_corpus_store *s)
{
    const tt_allocator *a = s->allocator;
    if (a == NULL)
        return;
    for (size_t k = 0; k < s->chunk_count; k++)
        free_stored_batch(s, &s->chunks[k]);
    tti_release(a, s->chunks, s->chunk_capacity, sizeof *s->chunks);
    tti_release(a, s->corpus.docs, s->doc_capacity, sizeof *s->corpus.docs);
    tti_release(a, s->corpus.articles, s->article_capacity, sizeof *s->corpus.articles);
    tti_release(a, s->keys, s->key_capacity, sizeof *s->keys);
    tti_arena_free(&s->arena);
    tti_spill_close(s->spill);
    memset(s, 0, sizeof *s);
}

static const char *temp_dir(const tt_options *o)
{
    const char *dir = o->temp_dir != NULL ? o->temp_dir : getenv("TMPDIR");
    return dir != NULL && *dir != '\0' ? dir : "/tmp";
}

tt_status tti_corpus_store_open(tti_corpus_store *s, const tt_options *o, tt_error *error)
{
    if (s->allocator != NULL)
        return TT_OK;
    if (o->memory_limit > 0)
        TTI_TRY(tti_spill_open(&s->spill, temp_dir(o), o->memory_limit, o->allocator, error));
    s->allocator = s->spill == NULL ? o->allocator : tti_spill_allocator(s->spill);
    s->arena.allocator = o->allocator;
    return TT_OK;
}

tt_status tt_scan_open(tt_scan **out, const tt_options *options, tt_error *error)
{
    tti_owned_options settings;
    tt_scan *b;
    tt_status status;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    *out = NULL;
    TTI_TRY(tti_owned_options_copy(&settings, options, error));
    b = tti_alloc_zero(settings.options.allocator, 1, sizeof *b);
    if (b == NULL) {
        tti_owned_options_free(&settings);
        return tti_fail_memory(error, "a builder");
    }
    b->settings = settings;
    b->ids.allocator = b->settings.options.allocator;
    status = tti_corpus_store_open(&b->store, &b->settings.options, error);
    if (status != TT_OK)
        tt_scan_close(b);
    else
        *out = b;
    return status;
}

void tti_scan_free_scratch(tt_scan *b)
{
    for (size_t t = 0; t < b->scratch_count; t++)
        tti_tokens_free(&b->scratch[t]);
    tti_release(b->settings.options.allocator, b->scratch, b->scratch_count, sizeof *b->scratch);
    b->scratch = NULL;
    b->scratch_count = 0;
}

void tt_scan_close(tt_scan *b)
{
    const tt_allocator *a;
    if (b == NULL)
        return;
    a = b->settings.options.allocator;
    tti_scan_free_scratch(b);
    tti_corpus_store_free(&b->store);
    tti_table_free(&b->ids);
    tti_owned_options_free(&b->settings);
    tti_release(a, b, 1, sizeof *b);
}

/* ---- Reading the batch ----------------------------------------------------------------------- */

/* Where the arrays of one thread's tokens are kept. */
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

/* Copies what the batch left in the scratch of `threads` threads to where it stays. */
static tt_status store_tokens(tt_scan *b, size_t threads, token_arrays *out,
                              tti_stored_batch *chunk, tt_error *error)
{
    tti_corpus_store *s = &b->store;
    const size_t count = threads * TOKEN_ARRAYS;
    tti_slice *pieces = tti_alloc(s->allocator, count, sizeof *pieces);
    const char *at;
    if (pieces == NULL)
        return tti_fail_memory(error, "a batch");
    for (size_t t = 0; t < threads; t++)
        list_token_slices(&b->scratch[t], pieces + t * TOKEN_ARRAYS);
    at = chunk->kept = s->spill != NULL ? tti_spill_write(s->spill, pieces, count)
                                        : tti_arena_copy(&s->arena, pieces, count);
    for (size_t t = 0; at != NULL && t < threads; t++) {
        const char *array[TOKEN_ARRAYS];
        for (size_t k = 0; k < TOKEN_ARRAYS; k++) {
            const size_t size = pieces[t * TOKEN_ARRAYS + k].size;
            array[k] = size > 0 ? at : NULL;
            at += tti_slice_padded_size(size);
        }
        out[t] = (token_arrays){(const uint32_t *)array[0], (const uint8_t *)array[1],
                                (const uint8_t *)array[2], (const tti_paragraph *)array[3]};
    }
    tti_release(s->allocator, pieces, count, sizeof *pieces);
    return chunk->kept == NULL ? tti_fail_memory(error, "a batch") : TT_OK;
}

/* What none of the stages that the options ask for reads, nor a query of the index. */
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

/* Empty scratch for `threads` threads. */
static tt_status prepare_tokenizers(tt_scan *b, size_t threads, tt_error *error)
{
    const tt_allocator *a = b->settings.options.allocator;
    const size_t before = b->scratch_count;
    if (threads > before &&
        tti_resize(a, &b->scratch, &b->scratch_count, threads, sizeof *b->scratch) != 0)
        return tti_fail_memory(error, "a batch");
    for (size_t t = before; t < b->scratch_count; t++) {
        tti_tokens_init(&b->scratch[t], a);
        b->scratch[t].skips = choose_skipped_arrays(&b->settings.options);
    }
    for (size_t t = 0; t < threads; t++)
        tti_tokens_clear(&b->scratch[t]);
    return TT_OK;
}

static tt_status tokenize_and_store(tt_scan *b, const tt_article *articles, size_t count,
                                    size_t threads, token_arrays *out, tti_stored_batch *chunk,
                                    tti_tokenized_article *list, tt_error *error)
{
    TTI_TRY(prepare_tokenizers(b, threads, error));
    TTI_TRY(tti_tokenize_batch(&b->settings.options, articles, count, b->scratch, (int)threads,
                               list, error));
    return store_tokens(b, threads, out, chunk, error);
}

static tt_status allocate_names(const tt_allocator *a, const tt_article *articles, size_t count,
                                tti_stored_batch *chunk, tt_error *error)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += articles[i].id_size + articles[i].source_size;
    chunk->names = tti_alloc(a, size, 1);
    if (chunk->names == NULL)
        return tti_fail_memory(error, "ids");
    chunk->name_size = size;
    return TT_OK;
}

/* ---- Taking it over -------------------------------------------------------------------------- */

static const char *copy_name(char **names, const char *name, size_t size)
{
    char *copy = *names;
    if (size > 0)
        memcpy(copy, name, size);
    *names += size;
    return copy;
}

/* Place `at` of an array that may be skipped, or empty. */
static const uint8_t *offset_or_null(const uint8_t *array, size_t at)
{
    return array == NULL ? NULL : array + at;
}

static void append_article(tt_scan *b, const tt_article *x, const token_arrays *tokens,
                           const tti_tokenized_article *t, char **names)
{
    tti_corpus_store *s = &b->store;
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
    article->flags = x->flags;
    article->doc = ordinal;
    s->corpus.docs[s->corpus.doc_count++] = (tti_doc){
        .hashes = tokens->hashes == NULL ? NULL : tokens->hashes + t->token_begin,
        .flags = offset_or_null(tokens->flags, t->token_begin),
        .paragraphs = tokens->paragraphs == NULL ? NULL : tokens->paragraphs + t->paragraph_begin,
        .token_count = t->added.token_count,
        .paragraph_count = tokens->paragraphs == NULL ? 0 : t->added.paragraph_count,
        .article = ordinal};
    s->keys[ordinal] = t->added.key;
    s->bytes += x->text_size;
    s->tokens += t->added.token_count;
    s->paragraphs += t->added.paragraph_count;
}

static tt_status reserve_articles(tt_scan *b, size_t count, tt_error *error)
{
    tti_corpus_store *s = &b->store;
    const size_t need = s->corpus.article_count + count;
    if (need > TTI_MAX_DOCS)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "more than %u articles in one build",
                        TTI_MAX_DOCS);
    if (tti_reserve(s->allocator, &s->corpus.docs, &s->doc_capacity, need, sizeof(tti_doc)) != 0 ||
        tti_reserve(s->allocator, &s->corpus.articles, &s->article_capacity, need,
                    sizeof(tti_article)) != 0 ||
        tti_reserve(s->allocator, &s->keys, &s->key_capacity, need, sizeof(tti_hash128)) != 0 ||
        tti_reserve(s->allocator, &s->chunks, &s->chunk_capacity, s->chunk_count + 1,
                    sizeof(tti_stored_batch)) != 0)
        return tti_fail_memory(error, "articles");
    return tti_table_reserve(&b->ids, need) == 0 ? TT_OK : tti_fail_memory(error, "ids");
}

/* ---- Ids ------------------------------------------------------------------------------------- */

static int article_has_id(const void *articles, uint32_t ordinal, const void *key)
{
    const tti_article *x = (const tti_article *)articles + ordinal;
    return tti_article_id_equal((tti_article_id){x->id, x->id_size, x->flags},
                                *(const tti_article_id *)key);
}

/* Notes the id of the article that comes next. @return 0, or -1 where another has it */
static int insert_article_id(tt_scan *b, const tt_article *x, uint32_t hash)
{
    const tti_article_id id = {x->id, x->id_size, x->flags};
    if (tti_table_find(&b->ids, hash, article_has_id, b->store.corpus.articles, &id) != UINT32_MAX)
        return -1;
    tti_table_add(&b->ids, hash, (uint32_t)b->store.corpus.article_count);
    return 0;
}

/* ---- Taking the batch over ------------------------------------------------------------------- */

/* An id that stands twice, in the store or in the batch, is met as its article is taken over. */
static void append_articles(tt_scan *b, const tt_article *articles, size_t count,
                            const token_arrays *tokens, char *names, tti_tokenized_article *list)
{
    uint32_t hashes[PREFETCH_DISTANCE] = {0}; /* of the ids that come next */
    for (size_t i = 0; i < count + PREFETCH_DISTANCE; i++) {
        const uint32_t hash = hashes[i % PREFETCH_DISTANCE];
        const size_t k = i - PREFETCH_DISTANCE;
        if (i < count && list[i].status == TT_OK) {
            const tt_article *x = &articles[i];
            hashes[i % PREFETCH_DISTANCE] =
                tti_article_id_hash((tti_article_id){x->id, x->id_size, x->flags});
            tti_table_prefetch(&b->ids, hashes[i % PREFETCH_DISTANCE]);
        }
        if (i < PREFETCH_DISTANCE || list[k].status != TT_OK)
            continue;
        if (insert_article_id(b, &articles[k], hash) != 0)
            list[k].status = TT_EDUPLICATE;
        else
            append_article(b, &articles[k], &tokens[list[k].thread], &list[k], &names);
    }
}

/* Gives back what the batch at hand brought, as if it had not been added. */
static void remove_appended_articles(tt_scan *b, const tti_corpus_store *before)
{
    for (size_t k = before->corpus.article_count; k < b->store.corpus.article_count; k++) {
        const tti_article *x = &b->store.corpus.articles[k];
        tti_table_remove(&b->ids,
                         tti_article_id_hash((tti_article_id){x->id, x->id_size, x->flags}),
                         (uint32_t)k);
    }
    b->store.corpus.article_count = before->corpus.article_count;
    b->store.corpus.doc_count = before->corpus.doc_count;
    b->store.bytes = before->bytes;
    b->store.tokens = before->tokens;
    b->store.paragraphs = before->paragraphs;
}

/* What was kept of a batch that comes to nothing. */
static void free_failed_batch(tti_corpus_store *s, tti_stored_batch *chunk)
{
    if (chunk->kept != NULL && s->spill == NULL)
        tti_arena_rewind(&s->arena, chunk->kept);
    free_stored_batch(s, chunk);
}

/* Everything that can fail before the batch is taken over. */
static tt_status prepare_articles(tt_scan *b, const tt_article *articles, size_t count,
                                  size_t threads, token_arrays *tokens, tti_stored_batch *chunk,
                                  tti_tokenized_article *list, tt_error *error)
{
    TTI_TRY(
        tti_report_progress(&b->settings.options, "text", b->store.corpus.article_count, 0, error));
    TTI_TRY(tokenize_and_store(b, articles, count, threads, tokens, chunk, list, error));
    TTI_TRY(allocate_names(b->store.allocator, articles, count, chunk, error));
    return reserve_articles(b, count, error);
}

tt_status tt_scan_add(tt_scan *b, const tt_article *articles, size_t count, tt_status *statuses,
                      tt_error *error)
{
    const double start = tti_monotonic_seconds();
    tti_stored_batch chunk = {0};
    tti_corpus_store before;
    tti_tokenized_article *list;
    token_arrays *tokens;
    size_t threads;
    tt_status status;
    if (b == NULL || (articles == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "builder or articles is NULL");
    if (count == 0)
        return TT_OK;
    TTI_TRY(tti_corpus_store_open(&b->store, &b->settings.options, error));
    threads = (size_t)tti_thread_count(b->settings.options.threads, count);
    list = tti_alloc_zero(b->store.allocator, count, sizeof *list);
    tokens = tti_alloc_zero(b->store.allocator, threads, sizeof *tokens);
    status = list == NULL || tokens == NULL
                 ? tti_fail_memory(error, "a batch")
                 : prepare_articles(b, articles, count, threads, tokens, &chunk, list, error);
    if (status == TT_OK) {
        before = b->store;
        append_articles(b, articles, count, tokens, chunk.names, list);
        if (statuses == NULL &&
            (status = tti_tokenized_batch_error(articles, list, count, error)) != TT_OK)
            remove_appended_articles(b, &before);
    }
    if (status == TT_OK)
        b->store.chunks[b->store.chunk_count++] = chunk;
    else
        free_failed_batch(&b->store, &chunk);
    for (size_t i = 0; status == TT_OK && statuses != NULL && i < count; i++)
        statuses[i] = list[i].status;
    tti_release(b->store.allocator, tokens, threads, sizeof *tokens);
    tti_release(b->store.allocator, list, count, sizeof *list);
    tti_spill_evict(b->store.spill);
    b->text_seconds += tti_monotonic_seconds() - start;
    return tti_spill_status(b->store.spill, status, error);
}
