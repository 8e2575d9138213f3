/*
 * Getting every whole record out of a damaged file.
 *
 * Records are read in the order of their numbers. Where SQLite meets a damaged page, the numbers
 * that are left are halved until the ones remain that cannot be reached: a search for any other
 * number goes past that page. What decides is the checksum of each record, not the state of the
 * page it was on.
 *
 * Records that no page leads to any more, since the first page or an inner one is damaged, are then
 * looked for on every page of the file. Pages that are not in use are among them, so that a record
 * is not taken that the journal says was removed.
 */
#include "index/db_details.h"
#include "index/db_schema.h"
#include "index/index.h"
#include "index/leaf_pages.h"
#include "index/log_file.h"

#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/sort.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LEAST_ROW_BYTES = 64,  /* bounds how many numbers are tried in vain */
    LEAST_ATTEMPTS = 1000, /* of halving, whatever the size of the file */
    ID_SHOWN = 80
};

typedef struct saved_record {
    uint64_t id_hash, sum;
    int64_t number;
} saved_record;

TTI_SORT_DEFINE(sort_saved, saved_record,
                x->id_hash != y->id_hash ? x->id_hash < y->id_hash : x->number < y->number)

TTI_SORT_DEFINE(sort_numbers, int64_t, *x < *y)

typedef struct repair {
    tti_db *from; /* NULL: its first page is damaged */
    tti_db *to;
    TTI_ARRAY(int64_t) removed; /* numbers, ascending, of the journal */
    const char *path;
    int is_log_damaged;
    uint64_t by_page; /* records that were taken from single pages */
    const tt_allocator *allocator;
    tt_finding_fn emit;
    void *ctx;
    TTI_ARRAY(saved_record) saved;
    tti_db_state state;                /* of the new file */
    int64_t reached;                   /* number of the row that was read last */
    int64_t unread_first, unread_last; /* a run of numbers that is not named yet; 0: none */
    uint64_t attempts, lost;
    tti_bytes title, text;                 /* for what is read of a record */
    int64_t last_decision;                 /* that was read */
    int64_t last_notice_read, last_notice; /* likewise, and that was written */
    int details_lost;                      /* a text, verdict, story or decision */
    tt_status failed;                      /* not by damage */
} repair;

static tt_status tell(repair *r, const char *text, tt_error *error)
{
    if (r->emit == NULL || r->emit(r->ctx, text) == 0)
        return TT_OK;
    return tti_fail(error, r->failed = TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

/* ", id 7" as far as the id can be read. */
static void describe_id(repair *r, int64_t number, char *out, size_t size)
{
    char id[ID_SHOWN];
    const size_t length = r->from == NULL ? 0 : tti_db_read_id(r->from, number, id, sizeof id);
    *out = '\0';
    if (length > 0)
        (void)snprintf(out, size, ", id %.*s", (int)length, id);
}

static tt_status tell_record(repair *r, int64_t number, const char *how, tt_error *error)
{
    char text[ID_SHOWN + 160], id[ID_SHOWN + 16];
    describe_id(r, number, id, sizeof id);
    (void)snprintf(text, sizeof text, "record %" PRId64 "%s: %s", number, id, how);
    return tell(r, text, error);
}

/* Names the run of numbers that could not be read, which may be of records or of none. */
static tt_status tell_unread(repair *r, tt_error *error)
{
    const int64_t first = r->unread_first, last = r->unread_last;
    char text[120];
    if (first == 0)
        return TT_OK;
    r->unread_first = 0;
    r->lost++;
    if (first == last)
        return tell_record(r, first, "it cannot be read", error);
    (void)snprintf(text, sizeof text, "records %" PRId64 " to %" PRId64 ": they cannot be read",
                   first, last);
    return tell(r, text, error);
}

/* ---- Records --------------------------------------------------------------------------------- */

/* Tells damage to what belongs to a record; the record itself is kept. */
static tt_status tell_damage(repair *r, tt_status status, const tt_error *damage, tt_error *error)
{
    if (status == TT_OK)
        return TT_OK;
    if (status != TT_EFORMAT && status != TT_EIO)
        return tti_fail(error, r->failed = status, damage->where, "%s", damage->message);
    r->details_lost = 1;
    return tell(r, damage->message, error);
}

static tt_status save_text(repair *r, int64_t number, tt_error *error)
{
    tt_error damage = {0};
    int found = 0;
    const tt_status status =
        tti_db_read_text(r->from, r->allocator, number, &r->title, &r->text, &found, &damage);
    TTI_TRY(tell_damage(r, status, &damage, error));
    if (status != TT_OK || !found)
        return TT_OK;
    return tti_db_insert_text(r->to, number,
                              &(tt_article){.title = r->title.items,
                                            .title_size = r->title.count,
                                            .text = r->text.items,
                                            .text_size = r->text.count},
                              error);
}

static tt_status save_terms(repair *r, int64_t number, tt_error *error)
{
    tt_error damage = {0};
    tt_article terms;
    const tt_status status =
        tti_db_read_terms(r->from, r->allocator, number, &terms, &r->text, &damage);
    TTI_TRY(tell_damage(r, status, &damage, error));
    return status == TT_OK ? tti_db_insert_terms(r->to, number, &terms, error) : TT_OK;
}

/* A story is copied with its first verdict, and counts those that are saved. */
static tt_status save_story(repair *r, const tti_db_row *row, int64_t number, tt_error *error)
{
    tt_error damage = {0};
    tti_db_story story;
    int found = 0;
    tt_status status;
    TTI_TRY(tti_db_read_story(r->to, r->allocator, number, &story, &r->title, &found, error));
    if (!found) {
        status =
            tti_db_read_story(r->from, r->allocator, number, &story, &r->title, &found, &damage);
        TTI_TRY(tell_damage(r, status, &damage, error));
        if (status != TT_OK || !found)
            story = (tti_db_story){.number = number,
                                   .id = tti_db_row_id(row),
                                   .source = row->source,
                                   .source_size = row->source_size};
        story.articles = 0;
    }
    story.articles++;
    return tti_db_write_story(r->to, &story, error);
}

static tt_status save_verdict(repair *r, const tti_db_row *row, tt_error *error)
{
    tt_error damage = {0};
    tti_db_verdict verdict;
    int found = 0;
    const tt_status status = tti_db_read_verdict(r->from, r->allocator, row->number, &verdict,
                                                 &r->text, &found, &damage);
    TTI_TRY(tell_damage(r, status, &damage, error));
    if (status != TT_OK || !found)
        return TT_OK;
    TTI_TRY(tti_db_insert_verdict(r->to, row->number, &verdict, error));
    return save_story(r, row, verdict.story, error);
}

static tt_status save_decision(void *ctx, const tt_index_decision *decision, tt_error *error)
{
    repair *r = ctx;
    r->last_decision = (int64_t)decision->number;
    return r->failed = tti_db_insert_decision(r->to, decision, error);
}

static tt_status save_decisions(repair *r, tt_error *error)
{
    for (;;) {
        tt_error damage = {0};
        const tt_status status =
            tti_db_each_decision(r->from, r->last_decision, save_decision, r, &damage);
        if (r->failed != TT_OK)
            return tti_fail(error, status, damage.where, "%s", damage.message);
        TTI_TRY(tell_damage(r, status, &damage, error));
        if (status != TT_EFORMAT || damage.where > (uint64_t)TTI_DB_MAX_NUMBER ||
            (int64_t)damage.where <= r->last_decision)
            return TT_OK;
        r->last_decision = (int64_t)damage.where; /* what follows a damaged row */
    }
}

static tt_status save_row(repair *r, const tti_db_row *row, tt_error *error)
{
    const saved_record record = {
        XXH3_64bits_withSeed(row->id, row->id_size, row->article_flags & TT_ARTICLE_INTEGER_ID),
        row->sum, row->number};
    TTI_TRY_ALLOC(tti_array_reserve(&r->saved, r->allocator, 1), error, "records");
    TTI_TRY(tti_db_insert(r->to, row, error));
    r->saved.items[r->saved.count++] = record;
    r->state.count++;
    r->state.digest += row->sum;
    if (row->number > r->state.last)
        r->state.last = row->number;
    if (r->from == NULL)
        return TT_OK;
    TTI_TRY(save_text(r, row->number, error));
    TTI_TRY(save_terms(r, row->number, error));
    return save_verdict(r, row, error);
}

/* Damaged pages may give a number again, or one that no index gives. */
static int is_new_number(repair *r, int64_t number)
{
    int64_t found = 0;
    if (number < 1 || number > TTI_DB_MAX_NUMBER)
        return 0;
    return number > r->state.last ||
           (tti_db_next_number(r->to, number - 1, &found, NULL) == TT_OK && found != number);
}

static tt_status take_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    repair *r = ctx;
    if (row->number > r->reached)
        r->reached = row->number;
    if (fault == NULL)
        return is_new_number(r, row->number) ? r->failed = save_row(r, row, error) : TT_OK;
    r->lost++;
    TTI_TRY(tell_unread(r, error));
    return tell_record(r, row->number, fault, error);
}

/* Reads the rows with a number greater than `after`, up to `last`, past what is damaged. */
static tt_status save_rows(repair *r, int64_t after, int64_t last, tt_error *error)
{
    tt_error damage = {0};
    tt_status status;
    r->reached = after;
    status = tti_db_each_row(r->from, after, last, take_row, r, &damage);
    if (status == TT_OK)
        return TT_OK;
    if (r->failed != TT_OK || (status != TT_EFORMAT && status != TT_EIO))
        return tti_fail(error, status, damage.where, "%s", damage.message);
    after = r->reached;
    if (after >= last)
        return TT_OK;
    if (last - after > 1 && r->attempts > 0) {
        const int64_t middle = after + (last - after) / 2;
        r->attempts--;
        TTI_TRY(save_rows(r, after, middle, error));
        return save_rows(r, middle, last, error);
    }
    if (r->unread_first != 0 && r->unread_last == after) {
        r->unread_last = last;
        return TT_OK;
    }
    TTI_TRY(tell_unread(r, error));
    r->unread_first = after + 1;
    r->unread_last = last;
    return TT_OK;
}

/* ---- Records of single pages ------------------------------------------------------------------
 */

static int is_removed(const repair *r, int64_t number)
{
    size_t k;
    TTI_LOWER_BOUND(k, 0, r->removed.count, r->removed.items[k] < number);
    return k < r->removed.count && r->removed.items[k] == number;
}

/* As far as the journal can be read. */
static tt_status read_removed(repair *r, const tti_db_state *was, tt_error *error)
{
    const uint64_t most = was->removals < was->count ? was->removals : was->count;
    uint64_t found = 0;
    TTI_TRY_ALLOC(tti_array_resize(&r->removed, r->allocator, (size_t)most), error, "records");
    if (most > 0 && tti_db_read_removals(r->from, was->removals - most, most, r->removed.items,
                                         &found, NULL) != TT_OK)
        found = 0;
    r->removed.count = (size_t)found;
    sort_numbers(r->removed.items, r->removed.count);
    return TT_OK;
}

/* A tti_leaf_row_fn: a row of `article` that was not reached before. */
static tt_status take_leaf_article(void *ctx, int64_t number, const tti_leaf_value *v, int count,
                                   tt_error *error)
{
    repair *r = ctx;
    tti_db_row row = {.number = number};
    if (count != 11 || !v[2].is_integer || !v[5].is_integer || !v[6].is_integer ||
        !v[7].is_integer || !v[8].is_integer || !v[10].is_integer || is_removed(r, number) ||
        v[1].size > UINT32_MAX || v[3].size > UINT32_MAX || v[4].size > UINT32_MAX)
        return TT_OK;
    row.id = (const char *)v[1].bytes;
    row.id_size = (uint32_t)v[1].size;
    row.source = (const char *)v[3].bytes;
    row.source_size = (uint32_t)v[3].size;
    row.version = (const char *)v[4].bytes;
    row.version_size = (uint32_t)v[4].size;
    row.published = v[5].integer;
    row.ingested_at = v[6].integer;
    row.text_size = (uint64_t)v[7].integer;
    row.data = v[9].bytes;
    row.sum = (uint64_t)v[10].integer;
    if (tti_db_row_fault(&row, v[8].integer, v[2].integer, v[9].size) != NULL ||
        !is_new_number(r, number))
        return TT_OK;
    r->by_page++;
    return r->failed = save_row(r, &row, error);
}

/* A tti_leaf_row_fn: a text of a record that was saved without. */
static tt_status take_leaf_text(void *ctx, int64_t number, const tti_leaf_value *v, int count,
                                tt_error *error)
{
    repair *r = ctx;
    const tti_packed_text text = {v[1].bytes, v[3].bytes,   v[1].size,
                                  v[3].size,  v[2].integer, (uint64_t)v[4].integer};
    int found = 0, good;
    if (count != 5 || !v[2].is_integer || !v[4].is_integer || v[1].is_integer || v[3].is_integer ||
        number < 1 || number > TTI_DB_MAX_NUMBER || is_new_number(r, number))
        return TT_OK;
    TTI_TRY(tti_db_read_text(r->to, r->allocator, number, &r->title, NULL, &found, error));
    return found ? TT_OK : tti_db_insert_packed_text(r->to, number, &text, &good, error);
}

static tt_status save_leaf_records(repair *r, int with_texts, tt_error *error)
{
    char text[120];
    for (int with_log = r->is_log_damaged; with_log >= 0; with_log--) {
        TTI_TRY(tti_leaf_pages_each(r->path, with_log, r->allocator, take_leaf_article, r, error));
        if (with_texts)
            TTI_TRY(tti_leaf_pages_each(r->path, with_log, r->allocator, take_leaf_text, r, error));
    }
    if (r->by_page == 0)
        return TT_OK;
    (void)snprintf(text, sizeof text,
                   "%" PRIu64 " records were found on pages that nothing leads to", r->by_page);
    return tell(r, text, error);
}

/* An index has an id once. */
static tt_status drop_repeats(repair *r, tt_error *error)
{
    saved_record *s = r->saved.items;
    sort_saved(s, r->saved.count);
    for (size_t k = 1; k < r->saved.count; k++) {
        if (s[k - 1].id_hash != s[k].id_hash)
            continue;
        r->state.count--;
        r->state.digest -= s[k - 1].sum;
        r->lost++;
        TTI_TRY(tti_db_delete_details(r->to, s[k - 1].number, error));
        TTI_TRY(tti_db_delete(r->to, s[k - 1].number, ++r->state.removals, error));
        TTI_TRY(tell_record(r, s[k - 1].number, "a later one has its id", error));
    }
    return TT_OK;
}

/* ---- The file as a whole --------------------------------------------------------------------- */

static int is_damage(tt_status status)
{
    return status == TT_EFORMAT || status == TT_EIO;
}

/* Rows can be gone without a trace, as in a page of zeros. */
static tt_status tell_missing(repair *r, uint64_t count, tt_error *error)
{
    char text[120];
    if (r->lost > 0 || count == 0)
        return TT_OK;
    (void)snprintf(text, sizeof text, "%" PRIu64 " record%s left no trace: the ids are not known",
                   count, count == 1 ? "" : "s");
    return tell(r, text, error);
}

static tt_status save_records(repair *r, const tt_options *shape, tt_error *error)
{
    tti_db_state was;
    tt_status status;
    if (r->is_log_damaged)
        TTI_TRY(tell(r, "its log: which batches it had is not known", error));
    if (r->from == NULL)
        return save_leaf_records(r, shape->keep_text, error);
    if (tti_db_leaves_log(r->from))
        TTI_TRY(tell(r, "the log beside it is that of another file, and is left out", error));
    status = tti_db_read_state(r->from, &was, error);
    r->attempts = LEAST_ATTEMPTS + tti_db_bytes(r->from) / LEAST_ROW_BYTES;
    if (status != TT_OK) {
        if (!is_damage(status))
            return status;
        TTI_TRY(tell(r, "its state: how many records it had is not known", error));
        TTI_TRY(save_rows(r, 0, TTI_DB_MAX_NUMBER, error));
        TTI_TRY(tell_unread(r, error));
        return save_leaf_records(r, shape->keep_text, error);
    }
    TTI_TRY(save_rows(r, 0, was.last, error));
    TTI_TRY(tell_unread(r, error));
    if (r->state.count < was.count || r->is_log_damaged) {
        TTI_TRY(read_removed(r, &was, error));
        TTI_TRY(save_leaf_records(r, shape->keep_text, error));
    }
    if (r->state.last < was.last)
        r->state.last = was.last;
    if (r->state.count <= was.count) {
        TTI_TRY(tell_missing(r, was.count - r->state.count, error));
        r->lost = was.count - r->state.count;
    }
    return TT_OK;
}

/* A tti_db_notice_fn. They get new numbers, for there may be none missing. */
static tt_status save_notice(void *ctx, int64_t number, const uint32_t *tokens, size_t count,
                             tt_error *error)
{
    repair *r = ctx;
    r->last_notice_read = number;
    r->failed = tti_db_insert_notice(r->to, ++r->last_notice, tokens, count, error);
    return r->failed;
}

static tt_status save_notices(repair *r, tt_error *error)
{
    for (;;) {
        tt_error damage = {0};
        const tt_status status =
            tti_db_each_notice(r->from, r->allocator, r->last_notice_read, save_notice, r, &damage);
        if (r->failed != TT_OK)
            return tti_fail(error, status, damage.where, "%s", damage.message);
        TTI_TRY(tell_damage(r, status, &damage, error));
        if (status != TT_EFORMAT || damage.where > (uint64_t)TTI_DB_MAX_NUMBER ||
            (int64_t)damage.where <= r->last_notice_read)
            return TT_OK;
        r->last_notice_read = (int64_t)damage.where; /* what follows a damaged row */
    }
}

static tt_status repair_file(repair *r, const tt_options *shape, tt_error *error)
{
    tti_db_state empty;
    tt_status status;
    TTI_TRY(tti_db_read_state(r->to, &empty, error));
    if (r->from != NULL)
        TTI_TRY(tti_db_begin(r->from, error));
    TTI_TRY(tti_db_begin_write(r->to, &empty, error));
    status = save_records(r, shape, error);
    if (status == TT_OK && r->from != NULL)
        status = save_decisions(r, error);
    if (status == TT_OK && r->from != NULL)
        status = save_notices(r, error);
    if (status == TT_OK)
        status = drop_repeats(r, error);
    if (status == TT_OK)
        return tti_db_commit(r->to, &r->state, error);
    tti_db_rollback(r->to);
    return status;
}

/* Reads what shapes the file, or takes what the caller gave. */
static tt_status find_shape(repair *r, const tt_options *given, tt_options *shape, int32_t *lost,
                            tt_error *error)
{
    const tt_status status =
        r->from == NULL ? TT_EFORMAT : tti_db_read_shape(r->from, shape, error);
    if (status == TT_OK || !is_damage(status))
        return status;
    *shape = *given;
    *lost = 1;
    return tell(r, "its options are lost: the new index has those of the call, or the defaults",
                error);
}

/* A repair that failed leaves no file that looks like the whole. */
static void remove_new_file(tti_db *db)
{
    const char *path = tti_db_path(db);
    char *copy = strdup(path);
    tti_db_close(db);
    if (copy != NULL)
        (void)unlink(copy);
    free(copy);
}

/* A tti_leaf_row_fn: stops at the first row that can be one of an article. */
static tt_status stop_at_article(void *ctx, int64_t number, const tti_leaf_value *values, int count,
                                 tt_error *error)
{
    (void)ctx, (void)number, (void)error;
    return count == 11 && values[8].is_integer && values[10].is_integer ? TT_ESTOPPED : TT_OK;
}

/* Whether a file that SQLite cannot open is what is left of an index. */
static int has_leaf_records(const repair *r)
{
    return tti_leaf_pages_each(r->path, 0, r->allocator, stop_at_article, NULL, NULL) ==
           TT_ESTOPPED;
}

tt_status tt_index_repair(const char *path, const char *new_path, const tt_options *options,
                          tt_finding_fn emit, void *ctx, tt_index_repaired *out, tt_error *error)
{
    repair r = {.emit = emit, .ctx = ctx};
    tt_options given, shape;
    tt_index_repaired result = {0, 0, 0, 0};
    tt_error unopened = {0};
    tt_status status;
    if (path == NULL || *path == '\0' || new_path == NULL || *new_path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    TTI_TRY(tt_options_resolve(options, &given, error));
    r.allocator = given.allocator;
    r.path = path;
    status = tti_db_open(&r.from, path, TTI_DB_READ | TTI_DB_SALVAGE, NULL, &shape, &unopened);
    if (status != TT_OK && !(status == TT_EFORMAT && has_leaf_records(&r)))
        return tti_fail(error, status, unopened.where, "%s", unopened.message);
    if (r.from != NULL)
        r.path = tti_db_path(r.from);
    r.is_log_damaged = tti_log_file_is_damaged(r.path);
    status = find_shape(&r, &given, &shape, &result.options_lost, error);
    if (status == TT_OK)
        status = tti_index_create_file(&r.to, new_path, &shape, error);
    if (status == TT_OK)
        status = repair_file(&r, &shape, error);
    tti_array_free(&r.saved, r.allocator);
    tti_array_free(&r.removed, r.allocator);
    tti_array_free(&r.title, r.allocator);
    tti_array_free(&r.text, r.allocator);
    tti_db_close(r.from);
    if (status != TT_OK && r.to != NULL)
        remove_new_file(r.to);
    else
        tti_db_close(r.to);
    result.kept = r.state.count;
    result.lost = r.lost;
    result.details_lost = r.details_lost;
    if (out != NULL && status == TT_OK)
        *out = result;
    return status;
}
