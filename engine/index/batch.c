/*
 * Batches: tokens, verdicts, one transaction, and only then the verdicts to the caller.
 *
 * What an article is compared with follows from the seeds of those before it alone, and the numbers
 * of a pair from its two texts. So the articles of a micro-batch are added to the table, and their
 * seeds to the postings, one after the other; then all of them find those before them and are
 * compared with them, in parallel; and then the verdicts follow in order. Nothing is removed
 * meanwhile: an article whose id the index has ends the micro-batch.
 */
#include "index/index.h"
#include "index/item_version.h"
#include "index/load.h"
#include "util/error.h"
#include "util/threads.h"

/* ---- Tokens ---------------------------------------------------------------------------------- */

static tt_status reserve_token_stores(tt_index *x, int threads, tt_error *error)
{
    while (x->tokens.count < (size_t)threads) {
        TTI_TRY_ALLOC(tti_array_push(&x->tokens, x->options.allocator, (tti_tokens){0}), error,
                      "a batch");
        tti_tokens_init(&tti_array_last(&x->tokens), x->options.allocator);
    }
    return TT_OK;
}

static tt_status tokenize_batch(tt_index *x, const tt_article *articles, size_t count,
                                tt_status *statuses, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, count);
    TTI_TRY(reserve_token_stores(x, threads, error));
    TTI_TRY_ALLOC(tti_array_resize(&x->tokenized, x->options.allocator, count), error, "a batch");
    for (int t = 0; t < threads; t++)
        tti_tokens_clear(&x->tokens.items[t]);
    TTI_TRY(tti_tokenize_batch(&x->options, articles, count, x->tokens.items, threads,
                               x->tokenized.items, error));
    for (size_t i = 0; i < count; i++) {
        tti_tokenized_article *t = &x->tokenized.items[i];
        if (t->status == TT_OK && !tti_db_holds(x->db, t->added.token_count, t->added.extents_size))
            t->status = TT_ELIMIT;
    }
    if (statuses == NULL)
        return tti_tokenized_batch_error(articles, x->tokenized.items, count, error);
    for (size_t i = 0; i < count; i++)
        statuses[i] = x->tokenized.items[i].status;
    return TT_OK;
}

static tti_db_row row_of(const tt_index *x, const tt_article *a, size_t position)
{
    const tti_tokenized_article *t = &x->tokenized.items[position];
    const tti_tokens *s = &x->tokens.items[t->thread];
    return (tti_db_row){.id = a->id,
                        .source = a->source,
                        .version = a->version,
                        .hashes = s->hashes + t->token_begin,
                        .flags = s->flags + t->token_begin,
                        .extents = s->extents + t->extents_begin,
                        .text_size = a->text_size,
                        .published = a->published,
                        .id_size = (uint32_t)a->id_size,
                        .source_size = (uint32_t)a->source_size,
                        .version_size = (uint32_t)a->version_size,
                        .article_flags = a->flags,
                        .token_count = t->added.token_count,
                        .extents_size = t->added.extents_size};
}

/* ---- One article ----------------------------------------------------------------------------- */

/* What is done with the articles of a batch. */
typedef struct batch {
    tt_index *x;
    const tt_article *articles;
    size_t count;
    int with_verdicts;
    int writes; /* they are added, not only asked about */
} batch;

static tt_status store_row(tt_index *x, tti_db_row *row, uint32_t *article, tt_error *error)
{
    const int64_t now = tti_index_now();
    x->last_ingested_at = now > x->last_ingested_at ? now : x->last_ingested_at;
    row->number = ++x->state.last;
    row->ingested_at = x->last_ingested_at;
    row->sum = tti_db_row_checksum(row);
    x->state.count++;
    x->state.digest += row->sum;
    TTI_TRY(tti_db_insert(x->db, row, error));
    return tti_article_table_add(&x->table, row, article, error);
}

static tt_status add_verdict(const batch *b, const tti_decision *decision, size_t position,
                             const tti_db_row *row, int of_itself, tt_error *error)
{
    return tti_verdicts_add(&b->x->verdicts, &b->x->table, decision, position,
                            &b->articles[position], row, of_itself, error);
}

/* Keeps the repeats of the last decision, if the article is the document of its group. */
static void keep_repeats(tt_index *x, uint32_t article)
{
    if (tti_article_table_group(&x->table, article)->first == article)
        tti_classifier_keep_repeats(&x->classifier, article);
}

/* The verdict on an article that replaces the one with its id. */
static tt_status classify_replacement(const batch *b, size_t position, const tti_db_row *row,
                                      const tti_item_version *version, tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    tti_decision d;
    TTI_TRY(tti_classify(&b->x->classifier, &doc, &d, error));
    if (version->is_related) {
        d.kind = version->decision.kind;
        d.pair = version->decision.pair;
        d.new_tokens = version->decision.new_tokens;
    }
    return add_verdict(b, &d, position, row, version->is_related, error);
}

/* An article whose id the index has. */
static tt_status replace_article(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    tti_db_row row = row_of(x, &b->articles[position], position);
    tti_item_version version;
    uint32_t article;
    TTI_TRY(tti_item_version_find(x, &row, b->with_verdicts, &version, error));
    if (version.keeps_old)
        return b->with_verdicts ? add_verdict(b, &version.decision, position, &row, 1, error)
                                : TT_OK;
    if (b->writes)
        TTI_TRY(tti_index_drop_article(x, version.old, error));
    if (b->with_verdicts)
        TTI_TRY(classify_replacement(b, position, &row, &version, error));
    if (!b->writes)
        return TT_OK;
    TTI_TRY(store_row(x, &row, &article, error));
    if (!b->with_verdicts)
        return TT_OK;
    TTI_TRY(tti_article_table_index_seeds(&x->table, error));
    keep_repeats(x, article);
    return TT_OK;
}

/* ---- Micro-batches --------------------------------------------------------------------------- */

static tt_status compare_micro_batch(tt_index *x, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, x->micro_batch_count);
    TTI_TRY(tti_classifier_reserve(&x->classifier, threads, error));
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 2)
    for (size_t k = 0; k < x->micro_batch_count; k++) {
        tti_pending_article *p = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&p->row);
        const uint32_t number =
            p->article == TTI_NONE ? (uint32_t)x->table.articles.count : p->article;
        p->status = tti_compare_with_earlier(&x->classifier, threads > 1 ? tti_thread_index() : 0,
                                             &doc, number, &p->comparison, NULL);
    }
    for (size_t k = 0; k < x->micro_batch_count; k++)
        TTI_TRY_ALLOC(x->micro_batch[k].status, error, "verdicts");
    return TT_OK;
}

static tt_status finish_micro_batch(const batch *b, tt_error *error)
{
    tt_index *x = b->x;
    if (x->micro_batch_count == 0)
        return TT_OK;
    TTI_TRY(tti_article_table_index_seeds(&x->table, error));
    TTI_TRY(compare_micro_batch(x, error));
    for (size_t k = 0; k < x->micro_batch_count; k++) {
        tti_pending_article *p = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&p->row);
        tti_decision d;
        TTI_TRY(tti_decide(&x->classifier, &doc, &p->comparison, &d, error));
        TTI_TRY(add_verdict(b, &d, p->position, &p->row, 0, error));
        if (p->article != TTI_NONE)
            keep_repeats(x, p->article);
    }
    x->micro_batch_count = 0;
    return TT_OK;
}

static tt_status join_micro_batch(const batch *b, size_t position, tt_error *error)
{
    tt_index *x = b->x;
    tti_pending_article *p = &x->micro_batch[x->micro_batch_count];
    p->position = position;
    p->row = row_of(x, &b->articles[position], position);
    p->article = TTI_NONE;
    if (b->writes)
        TTI_TRY(store_row(x, &p->row, &p->article, error));
    x->micro_batch_count++;
    return x->micro_batch_count == TTI_MICRO_BATCH ? finish_micro_batch(b, error) : TT_OK;
}

/* ---- Batches --------------------------------------------------------------------------------- */

static tt_status begin_batch(const batch *b, tt_status *statuses, tt_error *error)
{
    tt_index *x = b->x;
    tti_verdicts_clear(&x->verdicts);
    TTI_TRY(b->with_verdicts ? tti_index_refresh_postings(x, error) : tti_index_refresh(x, error));
    x->micro_batch_count = 0;
    if (b->with_verdicts && x->micro_batch == NULL)
        x->micro_batch =
            tti_alloc_zero(x->options.allocator, TTI_MICRO_BATCH, sizeof *x->micro_batch);
    TTI_TRY_ALLOC(b->with_verdicts && x->micro_batch == NULL, error, "verdicts");
    return tokenize_batch(x, b->articles, b->count, statuses, error);
}

static tt_status run_batch(const batch *b, tt_error *error)
{
    for (size_t i = 0; i < b->count; i++) {
        const tt_article *a = &b->articles[i];
        if (b->x->tokenized.items[i].status != TT_OK)
            continue;
        if (tti_article_table_find(&b->x->table, a->id, a->id_size, a->flags) != TTI_NONE) {
            TTI_TRY(finish_micro_batch(b, error));
            TTI_TRY(replace_article(b, i, error));
        } else if (b->with_verdicts) {
            TTI_TRY(join_micro_batch(b, i, error));
        } else {
            tti_db_row row = row_of(b->x, a, i);
            uint32_t article;
            TTI_TRY(store_row(b->x, &row, &article, error));
        }
    }
    return finish_micro_batch(b, error);
}

static tt_status emit_verdicts(tt_index *x, tt_verdict_fn emit, void *ctx, tt_error *error)
{
    if (x->verdicts.list.count > 0 &&
        emit(ctx, x->verdicts.list.items, x->verdicts.list.count) != 0)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    return TT_OK;
}

tt_status tt_index_add(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                       tt_verdict_fn emit, void *ctx, tt_error *error)
{
    const batch b = {x, articles, count, emit != NULL, 1};
    tt_status status;
    if (x == NULL || (articles == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or articles is NULL");
    if (x->is_read_only)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "the index was opened to be read");
    TTI_TRY(begin_batch(&b, statuses, error));
    TTI_TRY(tti_index_begin_write(x, error));
    status = run_batch(&b, error);
    if (status == TT_OK)
        status = tti_db_commit(x->db, &x->state, error);
    if (status != TT_OK) {
        tti_db_rollback(x->db);
        x->is_stale = 1;
        return status;
    }
    if (tti_article_table_compact(&x->table, NULL) != TT_OK)
        x->is_stale = 1;
    return emit == NULL ? TT_OK : emit_verdicts(x, emit, ctx, error);
}

tt_status tt_index_query(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                         tt_verdict_fn emit, void *ctx, tt_error *error)
{
    const batch b = {x, articles, count, 1, 0};
    if (x == NULL || (articles == NULL && count > 0) || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index, articles or callback is NULL");
    TTI_TRY(begin_batch(&b, statuses, error));
    TTI_TRY(run_batch(&b, error));
    return emit_verdicts(x, emit, ctx, error);
}
