/* What an index says of the articles that are in it: one by its id, a list, and their matches. */
#include "index/index.h"

#include "util/error.h"
#include "util/sort.h"

#include <string.h>

/* ---- Articles -------------------------------------------------------------------------------- */

/* Reads what is in the file alone. */
static tt_status read_details(tt_index *x, int with_text, tt_index_article *out, tt_error *error)
{
    const tt_allocator *a = x->options.allocator;
    const int64_t number = (int64_t)out->number;
    tti_db_verdict verdict;
    tt_article terms;
    int found;
    if (x->options.keep_text) {
        TTI_TRY(tti_db_read_text(x->db, a, number, &x->title, with_text ? &x->text : NULL, &found,
                                 error));
        if (found) {
            out->title = x->title.count == 0 ? "" : x->title.items;
            out->title_size = x->title.count;
            out->text = with_text ? x->text.items : NULL;
        }
    }
    TTI_TRY(tti_db_read_terms(x->db, a, number, &terms, &x->terms_bytes, error));
    out->language = terms.language;
    out->language_size = terms.language_size;
    out->pubstatus = terms.pubstatus;
    out->pubstatus_size = terms.pubstatus_size;
    out->embargoed = terms.embargoed;
    out->expires = terms.expires;
    out->replacing = terms.replacing;
    out->replaced_by = terms.replaced_by;
    TTI_TRY(tti_db_read_verdict(x->db, a, number, &verdict, &x->of_bytes, &found, error));
    if (!found)
        return TT_OK;
    verdict.verdict.id = out->id;
    verdict.verdict.embargoed = terms.embargoed;
    verdict.verdict.expires = terms.expires;
    x->read_verdict = verdict.verdict;
    out->verdict = &x->read_verdict;
    out->story = (uint64_t)verdict.story;
    return TT_OK;
}

static tt_status read_article(tt_index *x, uint32_t article, int with_text, tt_index_article *out,
                              tt_error *error)
{
    const tti_indexed_article *a = &tti_array_at(&x->table.articles, article);
    *out =
        (tt_index_article){.number = (uint64_t)a->number,
                           .id = tti_indexed_article_id(a),
                           .source = tti_indexed_article_source(a),
                           .source_size = a->source_size,
                           .version = tti_indexed_article_version(a),
                           .version_size = a->version_size,
                           .text_size = a->text_size,
                           .published = a->published,
                           .arrival = a->ingested_at,
                           .token_count = tti_article_table_group(&x->table, article)->token_count,
                           .story = (uint64_t)a->number,
                           .withdrawn = (a->flags & TT_ARTICLE_WITHDRAWN) != 0};
    out->decision = (int32_t)tti_decisions_find(&x->decisions, &out->id, NULL);
    return read_details(x, with_text, out, error);
}

static tt_status begin_reading(tt_index *x, tt_error *error)
{
    TTI_TRY(tti_index_check_use(x, error));
    return tti_index_refresh(x, error);
}

static uint32_t find_article(const tt_index *x, const tt_id *id)
{
    return tti_article_table_find(&x->table, id->bytes, id->size,
                                  id->flags & TT_ARTICLE_INTEGER_ID);
}

tt_status tt_index_get(tt_index *x, const tt_id *id, tt_index_article *out, tt_error *error)
{
    uint32_t article;
    if (x == NULL || id == NULL || out == NULL || (id->bytes == NULL && id->size > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index, id or out is NULL");
    TTI_TRY(begin_reading(x, error));
    memset(out, 0, sizeof *out);
    article = find_article(x, id);
    return article == TTI_NONE ? TT_OK : read_article(x, article, 1, out, error);
}

/* The first place in the table with a number greater than `after`. */
static size_t place_after(const tti_article_table *t, uint64_t after)
{
    size_t k;
    TTI_LOWER_BOUND(k, 0, t->articles.count, (uint64_t)t->articles.items[k].number <= after);
    return k;
}

tt_status tt_index_list(tt_index *x, uint32_t flags, uint64_t after, uint64_t most,
                        tt_index_article_fn emit, void *ctx, tt_error *error)
{
    const int is_descending = (flags & TT_LIST_NEWEST_FIRST) != 0;
    size_t at, count;
    if (x == NULL || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or callback is NULL");
    if ((flags & ~(uint32_t)(TT_LIST_NEWEST_FIRST | TT_LIST_TEXTS)) != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "unknown flags");
    TTI_TRY(begin_reading(x, error));
    count = x->table.articles.count;
    at = !is_descending ? place_after(&x->table, after)
                        : (after == 0 ? count : place_after(&x->table, after - 1));
    for (uint64_t told = 0; (most == 0 || told < most) && (is_descending ? at > 0 : at < count);) {
        const size_t place = is_descending ? --at : at++;
        tt_index_article article;
        int stop;
        if (x->table.articles.items[place].bytes == NULL)
            continue;
        TTI_TRY(read_article(x, (uint32_t)place, (flags & TT_LIST_TEXTS) != 0, &article, error));
        x->is_emitting = 1;
        stop = emit(ctx, &article);
        x->is_emitting = 0;
        if (stop != 0)
            return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
        told++;
    }
    return TT_OK;
}

uint64_t tt_index_count(const tt_index *x)
{
    return x == NULL ? 0 : x->table.living;
}

/* ---- Changes --------------------------------------------------------------------------------- */

tt_status tt_index_progress_get(tt_index *x, tt_index_progress *out, tt_error *error)
{
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or out is NULL");
    TTI_TRY(begin_reading(x, error));
    *out = (tt_index_progress){.article = (uint64_t)x->state.last,
                               .decision = (uint64_t)x->decisions.last,
                               .removal = x->state.removals};
    return TT_OK;
}

/* Reads numbers of the journal and gives them to the caller. */
static tt_status emit_removals(tt_index *x, uint64_t first, uint64_t count, int64_t *numbers,
                               tt_index_removal_fn emit, void *ctx, tt_error *error)
{
    uint64_t found = 0;
    int stop = 0;
    TTI_TRY(tti_db_read_removals(x->db, first, count, numbers, &found, error));
    x->is_emitting = 1;
    for (uint64_t k = 0; k < found && stop == 0; k++) /* the old end is what is missing */
        stop = emit(ctx, first + count - found + k + 1, (uint64_t)numbers[k]);
    x->is_emitting = 0;
    return stop == 0 ? TT_OK : tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

tt_status tt_index_removals(tt_index *x, uint64_t after, tt_index_removal_fn emit, void *ctx,
                            tt_error *error)
{
    enum { AT_ONCE = 1024 };
    int64_t numbers[AT_ONCE];
    uint64_t last;
    if (x == NULL || emit == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or callback is NULL");
    TTI_TRY(begin_reading(x, error));
    last = x->state.removals;
    if (after < last && last - after > x->state.count)
        after = last - x->state.count; /* no more are kept */
    for (; after < last; after += AT_ONCE)
        TTI_TRY(emit_removals(x, after, last - after < AT_ONCE ? last - after : AT_ONCE, numbers,
                              emit, ctx, error));
    return TT_OK;
}

/* ---- Matches --------------------------------------------------------------------------------- */

/* The row of an article, borrowed from the table. */
static tti_db_row row_in_table(const tt_index *x, uint32_t article)
{
    const tti_indexed_article *a = &tti_array_at(&x->table.articles, article);
    const tti_article_group *group = tti_article_table_group(&x->table, article);
    return (tti_db_row){.number = a->number,
                        .id = a->bytes,
                        .source = tti_indexed_article_source(a),
                        .source_size = a->source_size,
                        .hashes = group->hashes,
                        .flags = tti_indexed_article_flags(a),
                        .extents = tti_indexed_article_extents(a),
                        .text_size = a->text_size,
                        .id_size = a->id_size,
                        .article_flags = a->flags,
                        .token_count = group->token_count,
                        .extents_size = a->extents_size};
}

/* The articles with the same tokens take the place of the document that stands for them. */
static tt_status add_twins(tt_index *x, uint32_t article, tti_comparison *c)
{
    const tti_article_group *group = tti_article_table_group(&x->table, article);
    size_t kept = 0;
    for (size_t k = 0; k < c->matches.count; k++)
        if (c->matches.items[k].of != group->first)
            c->matches.items[kept++] = c->matches.items[k];
    c->matches.count = kept;
    for (uint32_t k = group->first; k != TTI_NONE; k = x->table.articles.items[k].next) {
        if (k == article || c->matches.count >= x->options.max_matches ||
            (x->table.articles.items[k].flags & TT_ARTICLE_WITHDRAWN) != 0)
            continue;
        const tti_doc_match twin = {.of = k,
                                    .admitted = 1,
                                    .pair = tti_identical_pair,
                                    .passage_begin = c->match_passages.count,
                                    .passage_count = group->token_count >= x->options.min_section};
        if (twin.passage_count > 0)
            TTI_TRY(tti_array_push(
                &c->match_passages, x->options.allocator,
                (tti_match_passage){0, group->token_count, 0, group->token_count, 1}));
        TTI_TRY(tti_array_push(&c->matches, x->options.allocator, twin));
    }
    return TT_OK;
}

/* The verdict among those that came before, and then the matches among all. */
static tt_status judge_article(tt_index *x, uint32_t article, tt_error *error)
{
    tti_classifier *c = &x->classifier;
    tti_comparison all = {0};
    const tti_db_row row = row_in_table(x, article);
    const tti_doc doc = tti_db_row_doc(&row);
    tt_article terms;
    tti_decision d;
    tt_status status;
    tti_comparison_begin(&c->comparison, c, &row, 1);
    TTI_TRY(tti_compare_with_earlier(c, 0, &doc, article, &c->comparison, error));
    c->keeps_notices = 0;
    TTI_TRY(tti_decide(c, &doc, &c->comparison, &d, error));
    c->with_matches = 1;
    status = tti_compare_with_earlier(c, 0, &doc, (uint32_t)x->table.articles.count, &all, error);
    if (status == TT_OK && add_twins(x, article, &all) != TT_OK)
        status = tti_fail_memory(error, "matches");
    d.comparison = &all;
    if (status == TT_OK)
        status = tti_index_add_verdict(x, &d, 0, &row, 0, error);
    tti_comparison_free(&all);
    if (status == TT_OK)
        status = tti_db_read_terms(x->db, x->options.allocator, row.number, &terms, &x->terms_bytes,
                                   error);
    if (status != TT_OK)
        return status;
    tti_verdicts_set_terms(&x->verdicts, &terms);
    return TT_OK;
}

tt_status tt_index_matches(tt_index *x, const tt_id *id, tt_verdict_fn emit, void *ctx,
                           tt_error *error)
{
    const int with_matches = x != NULL && x->classifier.with_matches;
    uint32_t article;
    tt_status status;
    if (x == NULL || id == NULL || emit == NULL || (id->bytes == NULL && id->size > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index, id or callback is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    tti_verdicts_clear(&x->verdicts);
    TTI_TRY(tti_index_refresh_postings(x, error));
    article = find_article(x, id);
    if (article == TTI_NONE)
        return TT_OK;
    status = judge_article(x, article, error);
    x->classifier.with_matches = with_matches;
    return status == TT_OK ? tti_index_emit(x, emit, ctx, error) : status;
}
