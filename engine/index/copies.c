/* Copies of an index as a whole: a backup, and the articles of one index added to another. */
#include "index/index.h"

#include "util/array.h"
#include "util/error.h"
#include "util/sort.h"

#include <stdio.h>

tt_status tt_index_backup(const char *path, const char *new_path, tt_error *error)
{
    tti_db *db = NULL;
    tt_options shape;
    tt_status status;
    if (path == NULL || *path == '\0' || new_path == NULL || *new_path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    status = tti_db_open(&db, path, TTI_DB_READ, NULL, &shape, error);
    if (status == TT_OK)
        status = tti_db_backup(db, new_path, error);
    tti_db_close(db);
    return status;
}

/* ---- Merging --------------------------------------------------------------------------------- */

/* Numbers of an article in the one index and in the other. */
typedef struct number_pair {
    int64_t from, to;
} number_pair;

typedef struct merging {
    tt_index *x;
    tti_db *from;
    TTI_ARRAY(number_pair) numbers; /* ascending by `from` */
    tti_bytes title, text;
    tt_index_merged counts;
} merging;

/* The number here of an article there, or 0. */
static int64_t number_here(const merging *m, int64_t from)
{
    size_t k;
    TTI_LOWER_BOUND(k, 0, m->numbers.count, m->numbers.items[k].from < from);
    return k < m->numbers.count && m->numbers.items[k].from == from ? m->numbers.items[k].to : 0;
}

static tt_status merge_details(merging *m, int64_t from, const tti_db_row *row, tt_error *error)
{
    const tt_allocator *a = m->x->options.allocator;
    tti_db_verdict verdict;
    int found = 0;
    if (m->x->options.keep_text)
        TTI_TRY(tti_db_read_text(m->from, a, from, &m->title, &m->text, &found, error));
    if (found)
        TTI_TRY(tti_db_insert_text(m->x->db, row->number,
                                   &(tt_article){.title = m->title.items,
                                                 .title_size = m->title.count,
                                                 .text = m->text.items,
                                                 .text_size = m->text.count},
                                   error));
    TTI_TRY(tti_db_read_verdict(m->from, a, from, &verdict, &m->text, &found, error));
    return found
               ? tti_story_merge_verdict(m->x, &verdict, row, number_here(m, verdict.story), error)
               : TT_OK;
}

/* Of two articles with one id the later version stays or, where the versions say nothing, the one
 * that came later. */
static tt_status merge_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    merging *m = ctx;
    tti_article_table *t = &m->x->table;
    const int64_t from = row->number;
    tti_db_row copy = *row;
    uint32_t article = tti_article_table_find(t, row->id, row->id_size, row->article_flags);
    if (fault != NULL) {
        char how[80];
        (void)snprintf(how, sizeof how, "record %lld: %s", (long long)row->number, fault);
        return tti_db_damaged(m->from, (uint64_t)row->number, how, error);
    }
    if (article != TTI_NONE) {
        const int order = tti_version_order(&t->articles.items[article], row);
        if (order < 0 ||
            (order == 0 && row->ingested_at <= t->articles.items[article].ingested_at)) {
            m->counts.passed_over++;
            return TT_OK;
        }
        TTI_TRY(tti_index_remove_article(m->x, article, error));
        m->counts.replaced++;
    } else {
        m->counts.added++;
    }
    TTI_TRY(tti_index_store_row(m->x, &copy, &article, error));
    TTI_TRY_ALLOC(
        tti_array_push(&m->numbers, m->x->options.allocator, (number_pair){from, copy.number}),
        error, "records");
    return merge_details(m, from, &copy, error);
}

static tt_status check_same_tokens(const tt_index *x, const tt_options *other, const char *path,
                                   tt_error *error)
{
    const char *differs = x->options.seed != other->seed               ? "seed"
                          : x->options.paragraphs != other->paragraphs ? "paragraphs"
                                                                       : NULL;
    return differs == NULL ? TT_OK
                           : tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                                      "%.100s was made with another %s", path, differs);
}

static tt_status merge_file(merging *m, const char *path, tt_error *error)
{
    tt_options shape;
    tti_db_state state;
    tt_status status;
    TTI_TRY(tti_db_open(&m->from, path, TTI_DB_READ, NULL, &shape, error));
    TTI_TRY(check_same_tokens(m->x, &shape, path, error));
    if (m->x->options.keep_text && !shape.keep_text)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.100s keeps no texts", path);
    TTI_TRY(tti_db_begin(m->from, error));
    TTI_TRY(tti_db_read_state(m->from, &state, error));
    TTI_TRY(tti_index_begin_change(m->x, error));
    status = tti_db_each_row(m->from, 0, INT64_MAX, merge_row, m, error);
    return tti_index_end_write(m->x, status, error);
}

tt_status tt_index_merge(tt_index *x, const char *path, tt_index_merged *out, tt_error *error)
{
    merging m = {.x = x};
    tt_status status;
    if (x == NULL || path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index is NULL or there is no path");
    status = merge_file(&m, path, error);
    tti_array_free(&m.numbers, x->options.allocator);
    tti_array_free(&m.title, x->options.allocator);
    tti_array_free(&m.text, x->options.allocator);
    tti_db_close(m.from);
    if (status == TT_OK && out != NULL)
        *out = m.counts;
    return status;
}
