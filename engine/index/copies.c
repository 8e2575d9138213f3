/* Copies of an index as a whole: a backup, and the articles of one index added to another. */
#include "index/index.h"

#include "util/array.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/table.h"

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

/* A story of the other index, and the one here that its articles join. */
typedef struct merged_story {
    int64_t from, to;
} merged_story;

typedef struct merging {
    tt_index *x;
    tti_db *from;
    TTI_ARRAY(merged_story) stories;
    tti_table places; /* of them, by `from` */
    tti_bytes title, text;
    tt_index_merged counts;
} merging;

static uint32_t hash_of_story(int64_t story)
{
    return (uint32_t)tti_hash_u64((const uint64_t *)&story, 1);
}

static int is_story(const void *ctx, uint32_t place, const void *story)
{
    const merging *m = ctx;
    return tti_array_at(&m->stories, place).from == *(const int64_t *)story;
}

/* The story here of a story there: that of the first of its articles that came over or is here
 * already, which is article `number` here. */
static tt_status find_story_here(merging *m, int64_t from, int64_t number, int64_t *to,
                                 tt_error *error)
{
    const uint32_t hash = hash_of_story(from),
                   place = tti_table_find(&m->places, hash, is_story, m, &from);
    if (place != TTI_TABLE_NONE) {
        *to = m->stories.items[place].to;
        return TT_OK;
    }
    TTI_TRY(tti_story_of(m->x, number, to, error));
    TTI_TRY_ALLOC(tti_table_reserve(&m->places, m->stories.count + 1) != 0 ||
                      tti_array_push(&m->stories, m->x->options.allocator,
                                     (merged_story){from, *to}) != TT_OK,
                  error, "stories");
    tti_table_add(&m->places, hash, (uint32_t)m->stories.count - 1);
    return TT_OK;
}

static tt_status merge_text(merging *m, int64_t from, int64_t to, tt_error *error)
{
    int found = 0;
    if (!m->x->options.keep_text)
        return TT_OK;
    TTI_TRY(tti_db_read_text(m->from, m->x->options.allocator, from, &m->title, &m->text, &found,
                             error));
    return found ? tti_db_insert_text(m->x->db, to,
                                      &(tt_article){.title = m->title.items,
                                                    .title_size = m->title.count,
                                                    .text = m->text.items,
                                                    .text_size = m->text.count},
                                      error)
                 : TT_OK;
}

static tt_status merge_terms(merging *m, int64_t from, int64_t to, tt_error *error)
{
    tt_article terms;
    TTI_TRY(tti_db_read_terms(m->from, m->x->options.allocator, from, &terms, &m->text, error));
    return tti_db_insert_terms(m->x->db, to, &terms, error);
}

/* `row`: as it was added here, or NULL: article `number` is here already. */
static tt_status merge_verdict(merging *m, int64_t from, int64_t number, const tti_db_row *row,
                               tt_error *error)
{
    tti_db_verdict verdict;
    int64_t story;
    int found;
    TTI_TRY(tti_db_read_verdict(m->from, m->x->options.allocator, from, &verdict, &m->text, &found,
                                error));
    TTI_TRY(find_story_here(m, found ? verdict.story : from, number, &story, error));
    return found && row != NULL ? tti_story_merge_verdict(m->x, &verdict, row, story, error)
                                : TT_OK;
}

/* Of two articles with one id the later version stays or, where the versions say nothing, the one
 * that came later. */
static tt_status merge_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    merging *m = ctx;
    tti_article_table *t = &m->x->table;
    tti_db_row copy = *row;
    uint32_t article = tti_article_table_find(t, row->id, row->id_size, row->article_flags);
    if (fault != NULL) {
        char how[80];
        (void)snprintf(how, sizeof how, "record %lld: %s", (long long)row->number, fault);
        return tti_db_damaged(m->from, (uint64_t)row->number, how, error);
    }
    if (article != TTI_NONE) {
        const tti_indexed_article *here = &t->articles.items[article];
        const int order = tti_version_order(here, row);
        TTI_TRY(merge_verdict(m, row->number, here->number, NULL, error));
        if (order < 0 || (order == 0 && row->ingested_at <= here->ingested_at)) {
            m->counts.passed_over++;
            return TT_OK;
        }
        TTI_TRY(tti_index_remove_article(m->x, article, error));
        m->counts.replaced++;
    } else {
        m->counts.added++;
    }
    TTI_TRY(tti_index_store_row(m->x, &copy, &article, error));
    TTI_TRY(merge_text(m, row->number, copy.number, error));
    TTI_TRY(merge_terms(m, row->number, copy.number, error));
    return merge_verdict(m, row->number, copy.number, &copy, error);
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

/* A tti_db_notice_fn. What this index has of a notice already is not added again. */
static tt_status merge_notice(void *ctx, int64_t number, const uint32_t *tokens, size_t count,
                              tt_error *error)
{
    tti_notices *known = &((merging *)ctx)->x->classifier.notices;
    const tti_notice of = {.doc = UINT32_MAX};
    const tti_doc doc = {.hashes = tokens, .token_count = (uint32_t)count};
    double share;
    tt_status status;
    (void)number;
    if (count > TTI_MOST_NOTICE_TOKENS)
        return TT_OK;
    status = tti_notices_cover(known, &doc, 0, doc.token_count, &share);
    if (status == TT_OK && share < 1)
        status = tti_notices_add(known, tokens, doc.token_count, &of);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}

/* Those of a handle that was given some are not the index's. */
static tt_status merge_notices(merging *m, tt_error *error)
{
    tti_notices *known = &m->x->classifier.notices;
    if (known->is_given)
        return TT_OK;
    tti_notices_cut(known, m->x->classifier.kept_notices);
    TTI_TRY(tti_db_each_notice(m->from, m->x->options.allocator, 0, merge_notice, m, error));
    m->x->classifier.kept_notices = known->list.count;
    return TT_OK;
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
    if (status == TT_OK)
        status = merge_notices(m, error);
    return tti_index_end_write(m->x, status, error);
}

tt_status tt_index_merge(tt_index *x, const char *path, tt_index_merged *out, tt_error *error)
{
    merging m = {.x = x};
    tt_status status;
    if (x == NULL || path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index is NULL or there is no path");
    m.places.allocator = x->options.allocator;
    status = merge_file(&m, path, error);
    tti_array_free(&m.stories, x->options.allocator);
    tti_table_free(&m.places);
    tti_array_free(&m.title, x->options.allocator);
    tti_array_free(&m.text, x->options.allocator);
    tti_db_close(m.from);
    if (status == TT_OK && out != NULL)
        *out = m.counts;
    return status;
}
