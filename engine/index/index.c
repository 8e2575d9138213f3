/* An index: opening, closing, removing, figures. */
#define _POSIX_C_SOURCE 200809L
#include "index/index.h"

#include "options.h"
#include "result/result.h"
#include "scan/builder.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t tti_index_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- Options --------------------------------------------------------------------------------- */

static tt_status differs(const tt_index *x, const char *name, tt_error *error)
{
    return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.100s was made with another %s",
                    tti_db_path(x->db), name);
}

/* A rule that is off may be given as any negative number. */
static int other_rule(double given, double kept)
{
    return given != 0 && !(given < 0 && kept < 0) && given != kept;
}

/* What the caller gave and the file says must be the same; 0 is not given. */
static tt_status check_shape(const tt_index *x, const tt_options *given, tt_error *error)
{
    const tt_options *kept = &x->options;
    if (given->shingle_tokens != 0 && given->shingle_tokens != kept->shingle_tokens)
        return differs(x, "shingle_tokens", error);
    if (given->min_section != 0 && given->min_section != kept->min_section)
        return differs(x, "min_section", error);
    if (given->max_matches != 0 && given->max_matches != kept->max_matches)
        return differs(x, "max_matches", error);
    if (given->seed != 0 && given->seed != kept->seed)
        return differs(x, "seed", error);
    if (given->paragraphs != 0 && given->paragraphs != kept->paragraphs)
        return differs(x, "paragraphs", error);
    if (other_rule(given->resemblance, kept->resemblance))
        return differs(x, "resemblance", error);
    if (other_rule(given->containment, kept->containment))
        return differs(x, "containment", error);
    if (other_rule(given->overlap, kept->overlap))
        return differs(x, "overlap", error);
    if (other_rule(given->facts, kept->facts))
        return differs(x, "facts", error);
    if (given->keep_text != 0 && !kept->keep_text)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.100s was made without keep_text",
                        tti_db_path(x->db));
    return other_rule(given->drop, kept->drop) ? differs(x, "drop", error) : TT_OK;
}

/* The caller's options as a struct of this version, and resolved. */
static tt_status take_options(const tt_options *options, tt_options *given, tt_options *resolved,
                              tt_error *error)
{
    TTI_TRY(tt_options_resolve(options, resolved, error));
    memset(given, 0, sizeof *given);
    return tti_options_copy(given, sizeof *given, options, "tt_options", error);
}

/* ---- Opening --------------------------------------------------------------------------------- */

tt_status tti_index_create_file(tti_db **out, const char *path, const tt_options *resolved,
                                tt_error *error)
{
    tt_options shape;
    const tt_status status =
        tti_db_open(out, path, TTI_DB_CREATE | TTI_DB_NEW, resolved, &shape, error);
    if (status == TT_EFORMAT || status == TT_ELOCKED) /* whatever it is, it is not to be replaced */
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.200s exists already", path);
    return status;
}

tt_status tt_index_create(const char *path, const tt_options *options, tt_error *error)
{
    tt_options given, resolved;
    tti_db *db = NULL;
    tti_db_state state;
    tt_status status;
    if (path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    TTI_TRY(take_options(options, &given, &resolved, error));
    TTI_TRY(tti_index_create_file(&db, path, &resolved, error));
    status = tti_db_read_state(db, &state, error);
    tti_db_close(db);
    return status;
}

static tt_status open_index(tt_index *x, const char *path, uint32_t flags, const tt_options *given,
                            const tt_options *resolved, tt_error *error)
{
    const unsigned mode = (flags & TT_INDEX_READ ? TTI_DB_READ : 0u) |
                          (flags & TT_INDEX_CREATE || path == NULL ? TTI_DB_CREATE : 0u) |
                          (flags & TT_INDEX_LOG_ELSEWHERE ? TTI_DB_LOG_ELSEWHERE : 0u);
    TTI_TRY(tti_db_open(&x->db, path, mode, resolved, &x->options, error));
    TTI_TRY(check_shape(x, given, error));
    x->options.threads = mode & TTI_DB_LOG_ELSEWHERE ? 1 : resolved->threads; /* one connection */
    x->options.allocator = resolved->allocator;
    x->options.max_article_bytes = resolved->max_article_bytes;
    x->is_read_only = (flags & TT_INDEX_READ) != 0;
    x->is_stale = 1;
    tti_article_table_init(&x->table, resolved->allocator, &x->options);
    x->verdicts.memory.allocator = resolved->allocator;
    tti_decisions_init(&x->decisions, resolved->allocator);
    TTI_TRY(tti_classifier_init(&x->classifier, &x->table, &x->decisions, &x->options, error));
    x->classifier.with_matches = (flags & TT_INDEX_MATCHES) != 0;
    return tti_index_refresh(x, error);
}

tt_status tt_index_open(tt_index **out, const char *path, uint32_t flags, const tt_options *options,
                        tt_error *error)
{
    tt_options given, resolved;
    tt_index *x;
    tt_status status;
    if (out == NULL || (path != NULL && *path == '\0'))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL or path is empty");
    *out = NULL;
    if ((flags & ~(uint32_t)(TT_INDEX_READ | TT_INDEX_CREATE | TT_INDEX_MATCHES |
                             TT_INDEX_LOG_ELSEWHERE)) != 0 ||
        ((flags & TT_INDEX_READ) && ((flags & TT_INDEX_CREATE) || path == NULL)) ||
        ((flags & TT_INDEX_LOG_ELSEWHERE) &&
         ((flags & (TT_INDEX_READ | TT_INDEX_CREATE)) || path == NULL)))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "these flags exclude each other");
    TTI_TRY(take_options(options, &given, &resolved, error));
    x = tti_alloc_zero(resolved.allocator, 1, sizeof *x);
    if (x == NULL)
        return tti_fail_memory(error, "an index");
    x->options.allocator = resolved.allocator;
    status = open_index(x, path, flags, &given, &resolved, error);
    x->options.allocator = resolved.allocator;
    if (status != TT_OK)
        tt_index_close(x);
    else
        *out = x;
    return status;
}

static void free_read(tt_index *x)
{
    const tt_allocator *a = x->options.allocator;
    tti_decisions_free(&x->decisions);
    tti_array_free(&x->title, a);
    tti_array_free(&x->text, a);
    tti_array_free(&x->of_bytes, a);
    tti_array_free(&x->story_bytes, a);
    tti_array_free(&x->terms_bytes, a);
}

static void free_extents(tti_extents *e, const tt_allocator *a)
{
    tti_array_free(&e->begins, a);
    tti_array_free(&e->ends, a);
}

static void free_verdicts(tti_verdicts *v)
{
    const tt_allocator *a = v->memory.allocator;
    if (a == NULL)
        return;
    tti_array_free(&v->list, a);
    free_extents(&v->own, a);
    free_extents(&v->other, a);
    tti_slab_free(&v->memory);
}

void tt_index_close(tt_index *x)
{
    const tt_allocator *a;
    if (x == NULL || x->is_emitting)
        return;
    a = x->options.allocator;
    if (x->db != NULL && !x->is_read_only)
        (void)tti_db_shrink(x->db, NULL);
    tti_db_close(x->db);
    tti_classifier_free(&x->classifier);
    if (x->table.allocator != NULL)
        tti_article_table_free(&x->table);
    free_verdicts(&x->verdicts);
    free_read(x);
    for (size_t t = 0; t < x->tokens.count; t++)
        tti_tokens_free(&x->tokens.items[t]);
    tti_array_free(&x->tokens, a);
    tti_array_free(&x->tokenized, a);
    for (size_t k = 0; x->micro_batch != NULL && k < TTI_MICRO_BATCH; k++)
        tti_comparison_free(&x->micro_batch[k].comparison);
    tti_release(a, x->micro_batch, TTI_MICRO_BATCH, sizeof *x->micro_batch);
    tti_release(a, x, 1, sizeof *x);
}

tt_status tti_index_check_use(const tt_index *x, tt_error *error)
{
    return x->is_emitting
               ? tti_fail(error, TT_EINVAL, TTI_NOWHERE, "a callback of the index uses the index")
               : TT_OK;
}

tt_status tti_index_begin_write(tt_index *x, tt_error *error)
{
    const tt_status status = tti_db_begin_write(x->db, &x->state, error);
    if (status == TT_ELOCKED)
        x->is_stale = 1;
    return status;
}

/* Adds what was learned to the file. A list that was given is not the index's. */
static tt_status store_notices(tt_index *x, tt_error *error)
{
    const tti_notices *n = &x->classifier.notices;
    for (; !n->is_given && (size_t)x->last_notice < n->list.count; x->last_notice++) {
        const tti_notice *notice = &n->list.items[x->last_notice];
        TTI_TRY(tti_db_insert_notice(x->db, x->last_notice + 1, n->tokens.items + notice->begin,
                                     notice->size, error));
    }
    return TT_OK;
}

tt_status tti_index_end_write(tt_index *x, tt_status status, tt_error *error)
{
    if (status == TT_OK)
        status = store_notices(x, error);
    if (status == TT_OK)
        status = tti_db_commit(x->db, &x->state, error);
    if (status != TT_OK) {
        tti_db_rollback(x->db);
        x->is_stale = 1;
        return status;
    }
    if (tti_article_table_compact(&x->table, NULL) != TT_OK)
        x->is_stale = 1; /* the file is right */
    return TT_OK;
}

tt_status tt_index_notices(tt_index *x, const tt_result *result, tt_error *error)
{
    if (x == NULL || result == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or result is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    if (!x->classifier.notices.is_given) /* what it has learned does not count beside them */
        tti_notices_clear(&x->classifier.notices);
    TTI_TRY(tti_notices_copy(&x->classifier.notices, &result->notices, error));
    x->classifier.kept_notices = x->classifier.notices.list.count;
    return TT_OK;
}

tt_status tt_index_sources(tt_index *x, int32_t which, const char *preferred, tt_error *error)
{
    tti_source_rules *rules;
    tti_source_rules made = {which, NULL, 0};
    if (x == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index is NULL");
    if (which < TT_SOURCES_ANY || which > TT_SOURCES_WITHIN)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "there is no such rule for sources");
    TTI_TRY(tti_index_check_use(x, error));
    if (preferred != NULL && *preferred != '\0') {
        made.size = strlen(preferred) + 1;
        made.preferred = tti_alloc(x->options.allocator, made.size, 1);
        TTI_TRY_ALLOC(made.preferred == NULL, error, "names of sources");
        memcpy(made.preferred, preferred, made.size);
    }
    rules = &x->classifier.sources;
    tti_release(x->options.allocator, rules->preferred, rules->size, 1);
    *rules = made;
    return TT_OK;
}

tt_status tt_index_notices_get(tt_index *x, tt_result **out, tt_error *error)
{
    tt_scan *scan = NULL;
    tt_status status;
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or out is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    TTI_TRY(tti_index_refresh(x, error));
    tti_notices_cut(&x->classifier.notices, x->classifier.kept_notices);
    TTI_TRY(tt_scan_open(&scan, &x->options, error));
    status = tti_notices_copy(&scan->notices, &x->classifier.notices, error);
    if (status == TT_OK)
        status = tt_scan_finish(scan, out, error);
    tt_scan_close(scan);
    return status;
}

/* ---- Removing -------------------------------------------------------------------------------- */

static tt_status end_removal(tt_index *x, tt_status status, tt_error *error)
{
    TTI_TRY(tti_index_end_write(x, status, error));
    (void)tti_db_shrink(x->db, NULL); /* on failure it stays large, no more */
    return TT_OK;
}

tt_status tti_index_begin_change(tt_index *x, tt_error *error)
{
    TTI_TRY(tti_index_check_use(x, error));
    if (x->is_read_only)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "the index was opened to be read");
    TTI_TRY(tti_index_refresh(x, error));
    return tti_index_begin_write(x, error);
}

tt_status tti_index_drop_article(tt_index *x, uint32_t article, tt_error *error)
{
    const tti_indexed_article *a = &x->table.articles.items[article];
    x->state.count--;
    x->state.digest -= a->sum;
    x->state.removals++;
    TTI_TRY(tti_db_delete(x->db, a->number, x->state.removals, error));
    return tti_article_table_remove(&x->table, article, error);
}

tt_status tti_index_remove_article(tt_index *x, uint32_t article, tt_error *error)
{
    const int64_t number = x->table.articles.items[article].number;
    int64_t story;
    TTI_TRY(tti_story_of(x, number, &story, error));
    TTI_TRY(tti_story_leave(x, story, error));
    TTI_TRY(tti_db_delete_details(x->db, number, error));
    return tti_index_drop_article(x, article, error);
}

tt_status tti_index_store_row(tt_index *x, tti_db_row *row, uint32_t *article, tt_error *error)
{
    const int64_t now = tti_index_now();
    x->last_ingested_at = now > x->last_ingested_at ? now : x->last_ingested_at;
    if (row->ingested_at == 0 || row->ingested_at > now)
        row->ingested_at = x->last_ingested_at;
    row->number = ++x->state.last;
    row->sum = tti_db_row_checksum(row);
    x->state.count++;
    x->state.digest += row->sum;
    TTI_TRY(tti_db_insert(x->db, row, error));
    return tti_article_table_add(&x->table, row, article, error);
}

static void *copy_bytes(tt_index *x, const void *from, size_t size)
{
    void *to = tti_verdicts_take(&x->verdicts, size);
    if (to != NULL && size > 0)
        memcpy(to, from, size);
    return to;
}

tt_status tti_index_copy_row(tt_index *x, uint32_t article, tti_db_row *out, tt_error *error)
{
    const tti_indexed_article *a = &x->table.articles.items[article];
    const tti_article_group *group = tti_article_table_group(&x->table, article);
    *out = (tti_db_row){
        .id = copy_bytes(x, a->bytes, a->id_size),
        .source = copy_bytes(x, tti_indexed_article_source(a), a->source_size),
        .version = copy_bytes(x, tti_indexed_article_version(a), a->version_size),
        .hashes = copy_bytes(x, group->hashes, group->token_count * sizeof *group->hashes),
        .flags = copy_bytes(x, tti_indexed_article_flags(a), group->token_count),
        .extents = copy_bytes(x, tti_indexed_article_extents(a), a->extents_size),
        .text_size = a->text_size,
        .published = a->published,
        .id_size = a->id_size,
        .source_size = a->source_size,
        .version_size = a->version_size,
        .article_flags = a->flags,
        .token_count = group->token_count,
        .extents_size = a->extents_size};
    TTI_TRY_ALLOC(out->id == NULL || out->source == NULL || out->version == NULL ||
                      out->hashes == NULL || out->flags == NULL || out->extents == NULL,
                  error, "a record");
    return TT_OK;
}

tt_status tt_index_remove(tt_index *x, const tt_id *ids, size_t count, uint64_t *removed,
                          tt_error *error)
{
    tt_status status = TT_OK;
    uint64_t n = 0;
    if (x == NULL || (ids == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or ids is NULL");
    for (size_t k = 0; k < count; k++)
        if (ids[k].bytes == NULL && ids[k].size > 0)
            return tti_fail(error, TT_EINVAL, k, "the bytes of an id are NULL");
    if (removed != NULL)
        *removed = 0;
    TTI_TRY(tti_index_begin_change(x, error));
    for (size_t k = 0; k < count && status == TT_OK; k++) {
        const uint32_t article =
            tti_article_table_find(&x->table, ids[k].bytes, ids[k].size, ids[k].flags);
        if (article == TTI_NONE)
            continue;
        status = tti_index_remove_article(x, article, error);
        n++;
    }
    TTI_TRY(end_removal(x, status, error));
    if (removed != NULL)
        *removed = n;
    return TT_OK;
}

tt_status tt_index_expire(tt_index *x, int64_t before, uint64_t *removed, tt_error *error)
{
    uint32_t article = TTI_NONE;
    tt_status status;
    uint64_t n = 0;
    if (x == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index is NULL");
    if (removed != NULL)
        *removed = 0;
    TTI_TRY(tti_index_check_use(x, error));
    TTI_TRY(tti_index_refresh(x, error));
    TTI_TRY(tti_article_table_oldest(&x->table, before, &article, error));
    if (article == TTI_NONE && !x->is_read_only)
        return TT_OK;
    TTI_TRY(tti_index_begin_change(x, error));
    status = tti_article_table_oldest(&x->table, before, &article, error);
    while (status == TT_OK && article != TTI_NONE) {
        status = tti_index_remove_article(x, article, error);
        n++;
        if (status == TT_OK)
            status = tti_article_table_oldest(&x->table, before, &article, error);
    }
    TTI_TRY(end_removal(x, status, error));
    if (removed != NULL)
        *removed = n;
    return TT_OK;
}

/* ---- Figures --------------------------------------------------------------------------------- */

int64_t tt_index_newest(const tt_index *x)
{
    const int64_t now = tti_index_now(),
                  newest = x == NULL ? TT_NO_TIME : tti_article_table_present(&x->table);
    return newest > now ? now : newest;
}

tt_status tt_index_stat_get(tt_index *x, tt_index_stat *out, tt_error *error)
{
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or out is NULL");
    TTI_TRY(tti_index_check_use(x, error));
    TTI_TRY(tti_index_refresh_postings(x, error)); /* for the memory: what it takes in use */
    memset(out, 0, sizeof *out);
    out->articles = x->table.living;
    out->withdrawn = x->table.withdrawn;
    out->tokens = x->table.token_count;
    out->bytes = x->table.text_bytes;
    out->file_bytes = tti_db_bytes(x->db);
    out->memory_bytes = tti_article_table_memory(&x->table);
    out->oldest = TT_NO_TIME;
    for (uint32_t k = 0; k < x->table.articles.count; k++) {
        const tti_indexed_article *a = &x->table.articles.items[k];
        if (a->bytes == NULL)
            continue;
        out->distinct += tti_article_table_group(&x->table, k)->first == k;
        if (out->oldest == TT_NO_TIME || tti_indexed_article_time(a) < out->oldest)
            out->oldest = tti_indexed_article_time(a);
    }
    out->newest = tt_index_newest(x);
    return TT_OK;
}

const tt_options *tt_index_options(const tt_index *x)
{
    return x == NULL ? NULL : &x->options;
}

/* ---- Checking: every page, every row, and what is derived from them -----------------------------
 */

typedef struct checking {
    tti_db *db;
    const tt_allocator *allocator;
    int keeps_texts;
    tt_finding_fn emit;
    void *ctx;
    tti_bytes title, text;
    uint64_t findings, count, digest;
} checking;

static int found(void *ctx, const char *text)
{
    checking *c = ctx;
    c->findings++;
    return c->emit == NULL ? 0 : c->emit(c->ctx, text);
}

static tt_status report_finding(checking *c, const char *text, tt_error *error)
{
    return found(c, text) == 0
               ? TT_OK
               : tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

/* Damage is a finding; anything else ends the check. */
static tt_status report_damage(checking *c, tt_status status, const tt_error *damage,
                               tt_error *error)
{
    if (status == TT_EFORMAT)
        return report_finding(c, damage->message, error);
    return status == TT_OK ? TT_OK : tti_fail(error, status, damage->where, "%s", damage->message);
}

/* Title and text, verdict and story. */
static tt_status look_at_details(checking *c, const tti_db_row *row, tt_error *error)
{
    const tt_allocator *a = c->allocator;
    tt_error damage = {0};
    tti_db_verdict verdict;
    tti_db_story story;
    tt_article terms;
    int is_there = 0;
    tt_status status =
        tti_db_read_text(c->db, a, row->number, &c->title, &c->text, &is_there, &damage);
    TTI_TRY(report_damage(c, status, &damage, error));
    if (status == TT_OK && !is_there && c->keeps_texts &&
        (row->article_flags & TT_ARTICLE_WITHDRAWN) == 0) {
        char text[80];
        (void)snprintf(text, sizeof text, "record %lld: its text is missing",
                       (long long)row->number);
        TTI_TRY(report_finding(c, text, error));
    }
    status = tti_db_read_terms(c->db, a, row->number, &terms, &c->title, &damage);
    TTI_TRY(report_damage(c, status, &damage, error));
    status = tti_db_read_verdict(c->db, a, row->number, &verdict, &c->title, &is_there, &damage);
    if (status == TT_OK && is_there)
        status = tti_db_read_story(c->db, a, verdict.story, &story, &c->title, &is_there, &damage);
    return report_damage(c, status, &damage, error);
}

static tt_status look_at(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    checking *c = ctx;
    char text[120];
    c->count++;
    c->digest += row->sum;
    if (fault == NULL)
        return look_at_details(c, row, error);
    (void)snprintf(text, sizeof text, "record %lld: %s", (long long)row->number, fault);
    return report_finding(c, text, error);
}

static tt_status look_at_decision(void *ctx, const tt_index_decision *decision, tt_error *error)
{
    return (void)ctx, (void)decision, (void)error, TT_OK;
}

static tt_status look_at_notice(void *ctx, int64_t number, const uint32_t *tokens, size_t count,
                                tt_error *error)
{
    return (void)ctx, (void)number, (void)tokens, (void)count, (void)error, TT_OK;
}

static tt_status check_rows(tti_db *db, checking *c, tt_error *error)
{
    tti_db_state state;
    tt_error damage = {0};
    tt_status status = tti_db_read_state(db, &state, &damage);
    if (status == TT_EFORMAT)
        return found(c, damage.message) == 0 ? TT_OK : TT_ESTOPPED;
    if (status == TT_OK)
        status = tti_db_each_row(db, 0, INT64_MAX, look_at, c, &damage);
    if (status == TT_OK)
        status = tti_db_each_decision(db, 0, look_at_decision, NULL, &damage);
    if (status == TT_OK)
        status = tti_db_each_notice(db, &tti_libc_allocator, 0, look_at_notice, NULL, &damage);
    if (status == TT_EFORMAT)
        return found(c, damage.message) == 0 ? TT_OK : TT_ESTOPPED;
    if (status != TT_OK)
        return tti_fail(error, status, damage.where, "%s", damage.message);
    if ((c->count != state.count || c->digest != state.digest) &&
        found(c, "records are missing, or there are too many") != 0)
        return TT_ESTOPPED;
    return TT_OK;
}

static tt_status check_path(const char *path, checking *c, tt_error *error)
{
    tti_db *db = NULL;
    tt_options shape;
    tt_status status = tti_db_open(&db, path, TTI_DB_READ, NULL, &shape, error);
    if (status == TT_OK)
        status = tti_db_begin(db, error);
    if (status == TT_OK)
        status = tti_db_check_integrity(db, found, c, error);
    if (status == TT_OK) {
        c->db = db;
        c->keeps_texts = shape.keep_text;
        status = check_rows(db, c, error);
    }
    if (status == TT_OK)
        status = tti_db_check_unchanged(db, error);
    tti_db_close(db);
    return status;
}

static tt_status check_memory(const char *path, const tt_options *options, checking *c,
                              tt_error *error)
{
    tt_index *x = NULL;
    const char *wrong;
    tt_status status;
    TTI_TRY(tt_index_open(&x, path, TT_INDEX_READ, options, error));
    status = tti_article_table_check(&x->table, &wrong, error);
    tt_index_close(x);
    TTI_TRY(status);
    if (wrong != NULL && found(c, wrong) != 0)
        return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    return TT_OK;
}

tt_status tt_index_check(const char *path, const tt_options *options, tt_finding_fn emit, void *ctx,
                         uint64_t *findings, tt_error *error)
{
    checking c = {.emit = emit, .ctx = ctx};
    tt_options resolved;
    tt_status status;
    if (path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    TTI_TRY(tt_options_resolve(options, &resolved, error));
    c.allocator = resolved.allocator;
    status = check_path(path, &c, error);
    tti_array_free(&c.title, c.allocator);
    tti_array_free(&c.text, c.allocator);
    if (status == TT_OK && c.findings == 0)
        status = check_memory(path, options, &c, error);
    if (findings != NULL)
        *findings = c.findings;
    return status;
}
