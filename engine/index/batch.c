/* Batches of the living index: tokens, verdicts, one transaction, and then the word. */
#include "index/index.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <math.h>
#include <string.h>

/* ---- Drafts ---------------------------------------------------------------------------------- */

static const char *mark(size_t place)
{
    return (const char *)(uintptr_t)(place + 1);
}

static size_t place_of(const char *marked)
{
    return (size_t)((uintptr_t)marked - 1);
}

static tt_status copy_name(tt_index *x, const char *id, size_t size, uint32_t flags, tt_id *out,
                           tt_error *error)
{
    tti_pending_verdicts *d = &x->pending;
    if (tti_reserve(x->options.allocator, &d->names, &d->name_capacity, d->name_size + size, 1) !=
        0)
        return tti_fail_memory(error, "verdicts");
    memcpy(d->names + d->name_size, id, size);
    *out = (tt_id){mark(d->name_size), size, flags & TT_ARTICLE_INTEGER_ID, 0};
    d->name_size += size;
    return TT_OK;
}

static tt_status name_article(tt_index *x, uint32_t article, tt_id *out, tt_error *error)
{
    const tti_indexed_article *s = &x->table.articles[article];
    return copy_name(x, s->kept, s->id_size, s->flags, out, error);
}

static tt_status decode(const tt_allocator *a, const uint8_t *extents, uint32_t count,
                        uint32_t **begins, size_t *begin_capacity, uint32_t **ends,
                        size_t *end_capacity, tt_error *error)
{
    if (tti_reserve(a, begins, begin_capacity, count, sizeof **begins) != 0 ||
        tti_reserve(a, ends, end_capacity, count, sizeof **ends) != 0)
        return tti_fail_memory(error, "extents");
    tti_token_extents_decode(extents, count, *begins, *ends);
    return TT_OK;
}

static tt_status decode_reference(tt_index *x, uint32_t article, tt_error *error)
{
    tti_pending_verdicts *d = &x->pending;
    return decode(x->options.allocator, tti_indexed_article_extents(&x->table.articles[article]),
                  tti_article_table_group(&x->table, article)->token_count, &d->of_begins,
                  &d->of_begin_capacity, &d->of_ends, &d->of_end_capacity, error);
}

static double similarity_of(const tti_token_repeat *p)
{
    const uint32_t here = p->end - p->begin, there = p->of_end - p->of_begin;
    return (double)p->matched / (here > there ? here : there);
}

/* The sections of a verdict: places in bytes. `own`: the id of the article itself. */
static tt_status draft_sections(tt_index *x, const tti_decision *j, const tti_db_row *row,
                                const tt_id *own, tt_error *error)
{
    tti_pending_verdicts *d = &x->pending;
    uint32_t decoded = TTI_NONE;
    if (j->place_count == 0)
        return TT_OK;
    if (tti_reserve(x->options.allocator, &d->repeats, &d->repeat_capacity,
                    d->repeat_count + j->place_count, sizeof *d->repeats) != 0)
        return tti_fail_memory(error, "verdicts");
    TTI_TRY(decode(x->options.allocator, row->extents, row->token_count, &d->begins,
                   &d->begin_capacity, &d->ends, &d->end_capacity, error));
    for (size_t k = 0; k < j->place_count; k++) {
        const tti_token_repeat *p = &j->places[k];
        const int itself = p->of_doc == j->number;
        const uint32_t *begins = d->begins, *ends = d->ends;
        tt_repeat *r = &d->repeats[d->repeat_count++];
        *r = (tt_repeat){d->begins[p->begin], d->ends[p->end - 1], *own, 0, 0, similarity_of(p)};
        if (!itself) {
            TTI_TRY(name_article(x, p->of_doc, &r->article, error));
            if (decoded != p->of_doc)
                TTI_TRY(decode_reference(x, p->of_doc, error));
            decoded = p->of_doc;
            begins = d->of_begins, ends = d->of_ends;
        }
        r->of_begin = begins[p->of_begin];
        r->of_end = ends[p->of_end - 1];
    }
    return TT_OK;
}

static tt_status draft_verdict(tt_index *x, size_t place, const tt_article *a,
                               const tti_decision *j, const tti_db_row *row, int of_itself,
                               tt_error *error)
{
    tti_pending_verdicts *d = &x->pending;
    const int has = of_itself || j->of != TTI_NONE;
    tt_verdict *v;
    if (tti_reserve(x->options.allocator, &d->verdicts, &d->capacity, d->count + 1,
                    sizeof *d->verdicts) != 0)
        return tti_fail_memory(error, "verdicts");
    v = &d->verdicts[d->count];
    *v = (tt_verdict){.article = place,
                      .resemblance = has ? j->pair.resemblance : NAN,
                      .containment = has ? j->pair.containment_b : NAN,
                      .containment_of = has ? j->pair.containment_a : NAN,
                      .overlap = has ? j->pair.overlap_b : NAN,
                      .overlap_of = has ? j->pair.overlap_a : NAN,
                      .facts = has ? j->pair.facts : NAN,
                      .new_tokens = has ? j->new_tokens : row->token_count,
                      .section_count = d->repeat_count,
                      .kind = (int32_t)j->kind};
    TTI_TRY(copy_name(x, a->id, a->id_size, a->flags, &v->id, error));
    if (of_itself)
        v->of = v->id;
    else if (has)
        TTI_TRY(name_article(x, j->of, &v->of, error));
    TTI_TRY(draft_sections(x, j, row, &v->id, error));
    v->section_count = d->repeat_count - v->section_count;
    d->count++;
    return TT_OK;
}

/* Makes places into pointers, and hands the verdicts over. */
static tt_status emit_verdicts(tt_index *x, tt_verdict_fn emit, void *ctx, tt_error *error)
{
    tti_pending_verdicts *d = &x->pending;
    size_t at = 0;
    for (size_t k = 0; k < d->repeat_count; k++)
        d->repeats[k].article.bytes = d->names + place_of(d->repeats[k].article.bytes);
    for (size_t k = 0; k < d->count; k++) {
        tt_verdict *v = &d->verdicts[k];
        v->id.bytes = d->names + place_of(v->id.bytes);
        if (v->of.bytes != NULL)
            v->of.bytes = d->names + place_of(v->of.bytes);
        v->sections = d->repeats + at;
        at += v->section_count;
    }
    if (d->count > 0 && emit(ctx, d->verdicts, d->count) != 0)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    return TT_OK;
}

/* ---- Intake ---------------------------------------------------------------------------------- */

static tt_status reserve_stores(tt_index *x, int threads, tt_error *error)
{
    const tt_allocator *a = x->options.allocator;
    tti_tokens *stores;
    if (threads <= x->store_count)
        return TT_OK;
    stores = tti_alloc_zero(a, (size_t)threads, sizeof *stores);
    if (stores == NULL)
        return tti_fail_memory(error, "a batch");
    if (x->store_count > 0)
        memcpy(stores, x->stores, (size_t)x->store_count * sizeof *stores);
    for (int t = x->store_count; t < threads; t++)
        tti_tokens_init(&stores[t], a);
    tti_release(a, x->stores, (size_t)x->store_count, sizeof *x->stores);
    x->stores = stores;
    x->store_count = threads;
    return TT_OK;
}

static tt_status tokenize_batch(tt_index *x, const tt_article *articles, size_t count,
                                tt_status *statuses, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, count);
    TTI_TRY(reserve_stores(x, threads, error));
    if (tti_reserve(x->options.allocator, &x->taken, &x->taken_capacity, count, sizeof *x->taken))
        return tti_fail_memory(error, "a batch");
    for (int t = 0; t < threads; t++)
        tti_tokens_clear(&x->stores[t]);
    TTI_TRY(tti_tokenize_batch(&x->options, articles, count, x->stores, threads, x->taken, error));
    if (statuses == NULL)
        return tti_tokenized_batch_error(articles, x->taken, count, error);
    for (size_t i = 0; i < count; i++)
        statuses[i] = x->taken[i].status;
    return TT_OK;
}

static tti_db_row row_of(const tt_index *x, const tt_article *a, const tti_tokenized_article *t)
{
    const tti_tokens *s = &x->stores[t->thread];
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

static tt_status store_row(tt_index *x, tti_db_row *row, int judged, uint32_t *article,
                           tt_error *error)
{
    const int64_t now = tti_index_now();
    x->arrival = now > x->arrival ? now : x->arrival;
    row->number = ++x->state.last;
    row->arrival = x->arrival;
    row->sum = tti_db_row_checksum(row);
    x->state.count++;
    x->state.digest += row->sum;
    TTI_TRY(tti_db_insert(x->file, row, error));
    TTI_TRY(tti_article_table_add(&x->table, row, article, error));
    return judged ? tti_article_table_index_seeds(&x->table, error) : TT_OK;
}

static void keep_places(tt_index *x, uint32_t article)
{
    if (tti_article_table_group(&x->table, article)->first == article)
        tti_repeats_cache_store(&x->classifier, article);
}

/* The verdict on an article under whose id there is one, which it replaces. */
static tt_status classify_new_version(tt_index *x, size_t place, const tt_article *a,
                                      const tti_db_row *row, const tti_item_version *version,
                                      tt_error *error)
{
    const tti_doc doc = tti_db_row_doc(row);
    tti_decision j;
    TTI_TRY(tti_classify(&x->classifier, &doc, &j, error));
    if (version->related) {
        j.kind = version->judgement.kind;
        j.pair = version->judgement.pair;
        j.new_tokens = version->judgement.new_tokens;
    }
    return draft_verdict(x, place, a, &j, row, version->related, error);
}

static tt_status replace(tt_index *x, size_t place, const tt_article *a, int judged, int writing,
                         tt_error *error)
{
    tti_db_row row = row_of(x, a, &x->taken[place]);
    tti_item_version version;
    uint32_t article;
    TTI_TRY(tti_item_version_find(x, &row, judged, &version, error));
    if (version.stays)
        return judged ? draft_verdict(x, place, a, &version.judgement, &row, 1, error) : TT_OK;
    if (writing)
        TTI_TRY(tti_index_drop_article(x, version.old, error));
    if (judged)
        TTI_TRY(classify_new_version(x, place, a, &row, &version, error));
    if (!writing)
        return TT_OK;
    TTI_TRY(store_row(x, &row, judged, &article, error));
    if (judged)
        keep_places(x, article);
    return TT_OK;
}

/* ---- Waves ------------------------------------------------------------------------------------
 *
 * What an article is compared with follows from the seeds of those before it alone, and the numbers
 * of a pair from its two texts: so some articles are put on the shelf, and their seeds made, one
 * after the other; then all find what stands before them and are compared with it, in parallel; and
 * then the verdicts follow in order. Nothing is removed meanwhile.
 */

static tt_status compare_micro_batch(tt_index *x, tt_error *error)
{
    const int threads = tti_thread_count(x->options.threads, x->micro_batch_count);
    TTI_TRY(tti_classifier_reserve_scratch(&x->classifier, threads, error));
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 2)
    for (size_t k = 0; k < x->micro_batch_count; k++) {
        tti_pending_article *w = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&w->row);
        w->status = tti_comparison_run(
            &x->classifier, threads > 1 ? tti_thread_index() : 0, &doc,
            w->article == TTI_NONE ? (uint32_t)x->table.count : w->article, &w->comparison, NULL);
    }
    for (size_t k = 0; k < x->micro_batch_count; k++)
        if (x->micro_batch[k].status != TT_OK)
            return tti_fail_memory(error, "verdicts");
    return TT_OK;
}

/* Ends the wave: its verdicts are drafted. */
static tt_status finish_micro_batch(tt_index *x, const tt_article *articles, tt_error *error)
{
    const size_t count = x->micro_batch_count;
    if (count == 0)
        return TT_OK;
    TTI_TRY(tti_article_table_index_seeds(&x->table, error));
    TTI_TRY(compare_micro_batch(x, error));
    for (size_t k = 0; k < count; k++) {
        tti_pending_article *w = &x->micro_batch[k];
        const tti_doc doc = tti_db_row_doc(&w->row);
        tti_decision j;
        TTI_TRY(tti_comparison_decide(&x->classifier, &doc, &w->comparison, &j, error));
        TTI_TRY(draft_verdict(x, w->place, &articles[w->place], &j, &w->row, 0, error));
        if (w->article != TTI_NONE)
            keep_places(x, w->article);
    }
    x->micro_batch_count = 0;
    return TT_OK;
}

static tt_status join_micro_batch(tt_index *x, size_t place, const tt_article *a, int writing,
                                  tt_error *error)
{
    tti_pending_article *w = &x->micro_batch[x->micro_batch_count];
    w->place = place;
    w->row = row_of(x, a, &x->taken[place]);
    w->article = TTI_NONE;
    if (writing)
        TTI_TRY(store_row(x, &w->row, 0, &w->article, error));
    x->micro_batch_count++;
    return TT_OK;
}

/* One article of a batch; its verdict may wait in the wave. */
static tt_status add_article(tt_index *x, const tt_article *articles, size_t place, int judged,
                             int writing, tt_error *error)
{
    const tt_article *a = &articles[place];
    uint32_t article;
    tti_db_row row;
    if (tti_article_table_find(&x->table, a->id, a->id_size, a->flags) != TTI_NONE) {
        TTI_TRY(finish_micro_batch(x, articles, error));
        return replace(x, place, a, judged, writing, error);
    }
    if (judged) {
        if (x->micro_batch_count == TTI_MICRO_BATCH)
            TTI_TRY(finish_micro_batch(x, articles, error));
        return join_micro_batch(x, place, a, writing, error);
    }
    row = row_of(x, a, &x->taken[place]);
    return store_row(x, &row, 0, &article, error);
}

static tt_status add_articles(tt_index *x, const tt_article *articles, size_t count, int judged,
                              int writing, tt_error *error)
{
    x->micro_batch_count = 0;
    if (judged && x->micro_batch == NULL)
        x->micro_batch =
            tti_alloc_zero(x->options.allocator, TTI_MICRO_BATCH, sizeof *x->micro_batch);
    if (judged && x->micro_batch == NULL)
        return tti_fail_memory(error, "verdicts");
    for (size_t i = 0; i < count; i++)
        if (x->taken[i].status == TT_OK)
            TTI_TRY(add_article(x, articles, i, judged, writing, error));
    return finish_micro_batch(x, articles, error);
}

/* ---- Batches --------------------------------------------------------------------------------- */

static tt_status begin(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                       int judged, tt_error *error)
{
    x->pending.count = x->pending.repeat_count = x->pending.name_size = 0;
    TTI_TRY(judged ? tti_index_refresh_postings(x, error) : tti_index_refresh(x, error));
    return tokenize_batch(x, articles, count, statuses, error);
}

tt_status tt_index_add(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                       tt_verdict_fn emit, void *ctx, tt_error *error)
{
    tt_status status;
    if (x == NULL || (articles == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "live or articles is NULL");
    if (x->reading)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "the index was opened to be read");
    TTI_TRY(begin(x, articles, count, statuses, emit != NULL, error));
    TTI_TRY(tti_index_begin_write(x, error));
    status = add_articles(x, articles, count, emit != NULL, 1, error);
    if (status == TT_OK)
        status = tti_db_commit(x->file, &x->state, error);
    if (status != TT_OK) {
        tti_db_rollback(x->file);
        x->stale = 1;
        return status;
    }
    if (tti_article_table_compact(&x->table, NULL) != TT_OK)
        x->stale = 1;
    return emit == NULL ? TT_OK : emit_verdicts(x, emit, ctx, error);
}

tt_status tt_index_query(tt_index *x, const tt_article *articles, size_t count, tt_status *statuses,
                         tt_verdict_fn emit, void *ctx, tt_error *error)
{
    if (x == NULL || (articles == NULL && count > 0) || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "live, articles or callback is NULL");
    TTI_TRY(begin(x, articles, count, statuses, 1, error));
    TTI_TRY(add_articles(x, articles, count, 1, 0, error));
    return emit_verdicts(x, emit, ctx, error);
}
