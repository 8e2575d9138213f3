/*
 * Reading the file into the table.
 *
 * Several threads read runs of rows, each through a separate connection, check them and copy them.
 * One of them adds the runs of the round before to the table in their order, so that the result
 * does not depend on the threads. All connections see the same state of the file; where that cannot
 * be had, one reads alone.
 *
 * A handle that has read the file before follows what has changed: it removes the articles that the
 * journal of removals names, and adds those whose numbers are above the last. It reads everything
 * again only if count and digest are not those of the file afterwards.
 */
#include "index/index.h"

#include "util/error.h"
#include "util/threads.h"

#include <stdio.h>

enum {
    RUN_NUMBERS = 512,   /* numbers in a run: the rows that wait take a few megabytes */
    RUNS_PER_THREAD = 4, /* in a round, so that the threads finish it at about the same time */
    MAX_CONNECTIONS = 8, /* more threads than a disk or one table keeps busy */
    MAX_RUNS = MAX_CONNECTIONS * RUNS_PER_THREAD,
    PREFETCHED_ROWS = 8,
    ARTICLE_BYTES = 2048,      /* in memory, about */
    MAX_CHUNK_BYTES = 1 << 24, /* of memory, taken at once */
    ROW_BYTES_MIN = 64         /* in the file: bounds what its count may claim */
};

/* Rows with a number greater than `after`, up to `last`. */
typedef struct row_run {
    const tt_allocator *allocator;
    const tti_db *db; /* for messages */
    int64_t after, last;
    TTI_ARRAY(tti_article_copy) rows;
    tti_slab *slab; /* the table's, where one thread reads alone, or own_slab */
    tti_slab own_slab;
    tt_status status;
    tt_error error;
} row_run;

/* The runs of one round are read while those of the other are added. */
typedef struct loading {
    tt_index *x;
    tti_db *connections[MAX_CONNECTIONS];
    row_run runs[2][MAX_RUNS];
    int connection_count, run_count;
    uint64_t digest;
    tt_status status;
    tt_error error;
} loading;

static tt_status append_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    row_run *r = ctx;
    tti_article_copy copy;
    char how[80];
    if (fault != NULL) {
        (void)snprintf(how, sizeof how, "record %lld: %s", (long long)row->number, fault);
        return tti_db_damaged(r->db, (uint64_t)row->number, how, error);
    }
    TTI_TRY_ALLOC(tti_array_reserve(&r->rows, r->allocator, 1), error, "articles");
    TTI_TRY(tti_article_copy_row(r->slab, row, &copy, error));
    r->rows.items[r->rows.count++] = copy;
    return TT_OK;
}

static void read_run(row_run *r, tti_db *db)
{
    r->rows.count = 0;
    r->status = r->after < r->last
                    ? tti_db_each_row(db, r->after, r->last, append_row, r, &r->error)
                    : TT_OK;
}

static tt_status add_row(loading *l, row_run *r, tti_article_copy *copy)
{
    const int64_t number = copy->article.number, ingested_at = copy->article.ingested_at;
    const uint64_t sum = copy->article.sum;
    uint32_t article;
    tt_status status;
    if (l->x->table.living >= l->x->state.count) {
        tti_article_copy_free(copy, r->slab);
        return tti_db_damaged(r->db, (uint64_t)number, "a record too many", &l->error);
    }
    status = tti_article_table_insert(&l->x->table, r->slab, copy, &article, &l->error);
    if (status == TT_EDUPLICATE)
        return tti_db_damaged(r->db, (uint64_t)number, "two records have the same id", &l->error);
    l->digest += sum;
    if (ingested_at > l->x->last_ingested_at)
        l->x->last_ingested_at = ingested_at;
    return status;
}

/* Adds a run to the table. After a failure what is left of it is freed. */
static void add_run(loading *l, row_run *r)
{
    size_t k = 0;
    if (l->status == TT_OK && r->status != TT_OK)
        l->status = tti_fail(&l->error, r->status, r->error.where, "%s", r->error.message);
    for (; k < r->rows.count && l->status == TT_OK; k++) {
        if (k + PREFETCHED_ROWS < r->rows.count)
            tti_article_table_prefetch(&l->x->table, &r->rows.items[k + PREFETCHED_ROWS]);
        l->status = add_row(l, r, &r->rows.items[k]);
    }
    for (; k < r->rows.count; k++)
        tti_article_copy_free(&r->rows.items[k], r->slab);
    r->rows.count = 0;
}

/* Opens connections for other threads that see the state that x->db sees. */
static void open_connections(loading *l, uint64_t rows)
{
    tt_index *x = l->x;
    const uint64_t runs =
        rows / RUN_NUMBERS < MAX_CONNECTIONS ? rows / RUN_NUMBERS : MAX_CONNECTIONS;
    const int threads = tti_thread_count(x->options.threads, (size_t)runs);
    tt_options shape;
    tti_db_state state;
    l->connections[l->connection_count++] = x->db;
    for (; l->connection_count < threads && tti_db_path(x->db) != NULL; l->connection_count++) {
        tti_db **db = &l->connections[l->connection_count];
        if (tti_db_open(db, tti_db_path(x->db), TTI_DB_READ | TTI_DB_AGAIN, NULL, &shape, NULL) !=
            TT_OK)
            break;
        if (tti_db_begin(*db, NULL) != TT_OK || tti_db_read_state(*db, &state, NULL) != TT_OK ||
            !tti_db_state_equal(&state, &x->state)) {
            tti_db_close(*db);
            break;
        }
    }
    l->run_count = l->connection_count == 1 ? 1 : l->connection_count * RUNS_PER_THREAD;
}

static void open_runs(loading *l, uint64_t rows)
{
    const uint64_t share = rows * ARTICLE_BYTES / (uint64_t)l->run_count;
    for (int k = 0; k < 2 * l->run_count; k++) {
        row_run *r = &l->runs[k % 2][k / 2];
        r->allocator = r->own_slab.allocator = l->x->options.allocator;
        r->slab = l->run_count == 1 ? &l->x->table.slab : &r->own_slab;
        r->db = l->x->db;
        if (share >= 2 * MAX_CHUNK_BYTES)
            r->own_slab.least = MAX_CHUNK_BYTES;
    }
}

static void close_runs(loading *l)
{
    for (int k = 0; k < 2 * l->run_count; k++) {
        row_run *r = &l->runs[k % 2][k / 2];
        tti_array_free(&r->rows, r->allocator);
        tti_slab_merge(&l->x->table.slab, &r->own_slab);
    }
    for (int k = 1; k < l->connection_count; k++)
        tti_db_close(l->connections[k]);
}

/* Sets the numbers of the next runs. Each begins with a row, so that runs are no more than rows,
 * whatever the numbers. @return the last number of them, or `last` at the end */
static int64_t assign_runs(loading *l, row_run *runs, int64_t after)
{
    const int64_t last = l->x->state.last;
    for (int k = 0; k < l->run_count; k++) {
        int64_t first = INT64_MAX;
        if (l->status == TT_OK && after < last)
            l->status = tti_db_next_number(l->x->db, after, &first, &l->error);
        runs[k].after = first > last ? last : first - 1;
        runs[k].last = last - runs[k].after < RUN_NUMBERS ? last : runs[k].after + RUN_NUMBERS;
        after = runs[k].last;
    }
    return after;
}

static void run_round(loading *l, row_run *to_read, row_run *to_add)
{
    const int count = l->run_count, threads = l->connection_count;
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int k = -1; k < count; k++)
        if (k >= 0)
            read_run(&to_read[k], l->connections[threads > 1 ? tti_thread_index() : 0]);
        else
            for (int i = 0; i < count; i++)
                add_run(l, &to_add[i]);
}

static void load_runs(loading *l, int64_t after)
{
    row_run *to_read = l->runs[0], *to_add = l->runs[1];
    for (int is_pending = 0; l->status == TT_OK && (is_pending || after < l->x->state.last);) {
        row_run *swap = to_read;
        is_pending = after < l->x->state.last;
        after = assign_runs(l, to_read, after);
        run_round(l, to_read, to_add);
        to_read = to_add;
        to_add = swap;
    }
    for (int side = 0; side < 2; side++) /* of a round that failed */
        for (int k = 0; k < l->run_count; k++)
            add_run(l, &l->runs[side][k]);
}

static tt_status refuse_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    (void)fault;
    return tti_db_damaged(ctx, (uint64_t)row->number, "a record too many", error);
}

/* Reads all rows above what the table has, or everything. `expected`: how many, about. */
static tt_status load_rows(tt_index *x, const tti_db_state *state, int everything, tt_error *error)
{
    loading l = {.x = x, .digest = everything ? 0 : x->state.digest};
    const int64_t after = everything ? 0 : x->state.last;
    const uint64_t rows = everything ? state->count : (uint64_t)(state->last - after);
    x->state = *state;
    if (everything) {
        const uint64_t most = tti_db_bytes(x->db) / ROW_BYTES_MIN;
        TTI_TRY(tti_article_table_reserve(&x->table, (size_t)(rows < most ? rows : most), error));
    }
    open_connections(&l, rows);
    open_runs(&l, rows);
    load_runs(&l, after);
    close_runs(&l);
    if (l.status != TT_OK)
        return tti_fail(error, l.status, l.error.where, "%s", l.error.message);
    TTI_TRY(tti_db_each_row(x->db, state->last, INT64_MAX, refuse_row, x->db, error));
    if (x->table.living != state->count || l.digest != state->digest)
        return tti_db_damaged(x->db, TTI_NOWHERE, "records are missing", error);
    return TT_OK;
}

static tt_status remove_numbers(tt_index *x, const int64_t *numbers, uint64_t count,
                                tt_error *error)
{
    for (uint64_t k = 0; k < count; k++) {
        const uint32_t article = tti_article_table_find_number(&x->table, numbers[k]);
        if (article == TTI_NONE)
            continue; /* it came and went */
        x->state.digest -= x->table.articles.items[article].sum;
        TTI_TRY(tti_article_table_remove(&x->table, article, error));
    }
    return TT_OK;
}

/* Removes what the journal says. It is not trusted: count and digest must agree in the end. */
static tt_status follow_removals(tt_index *x, const tti_db_state *now, tt_error *error)
{
    const uint64_t count = now->removals - x->state.removals;
    uint64_t found = 0;
    tt_status status;
    int64_t *numbers;
    if (count == 0)
        return TT_OK;
    if (now->removals < x->state.removals || count > now->count)
        return TT_EFORMAT;
    numbers = tti_alloc(x->options.allocator, (size_t)count, sizeof *numbers);
    TTI_TRY_ALLOC(numbers == NULL, error, "articles");
    status = tti_db_read_removals(x->db, x->state.removals, count, numbers, &found, error);
    if (status == TT_OK)
        status = found == count ? remove_numbers(x, numbers, count, error) : TT_EFORMAT;
    tti_release(x->options.allocator, numbers, (size_t)count, sizeof *numbers);
    return status;
}

/* Follows what has changed. @return TT_EFORMAT: the result is not the file; read all of it again */
static tt_status follow_changes(tt_index *x, const tti_db_state *now, tt_error *error)
{
    if (x->is_stale || now->last < x->state.last)
        return TT_EFORMAT;
    x->is_stale = 1; /* until it is done */
    TTI_TRY(follow_removals(x, now, error));
    TTI_TRY(load_rows(x, now, 0, error));
    return tti_article_table_compact(&x->table, error);
}

/* A tti_db_notice_fn. */
static tt_status add_notice(void *ctx, int64_t number, const uint32_t *tokens, size_t count,
                            tt_error *error)
{
    tt_index *x = ctx;
    const tti_notice of = {.doc = UINT32_MAX};
    if (number != x->last_notice + 1 || count > TTI_MOST_NOTICE_TOKENS || number > TTI_MOST_NOTICES)
        return tti_db_damaged(x->db, (uint64_t)number, "its notices", error);
    TTI_TRY_ALLOC(tti_notices_add(&x->classifier.notices, tokens, (uint32_t)count, &of), error,
                  "notices");
    x->last_notice = number;
    return TT_OK;
}

/* Reads the notices that are new, unless the handle goes by others. */
static tt_status load_notices(tt_index *x, tt_error *error)
{
    tti_notices *n = &x->classifier.notices;
    if (n->is_given)
        return TT_OK;
    if (x->is_stale) {
        tti_notices_clear(n);
        x->last_notice = 0;
    } else {
        tti_notices_cut(n, x->classifier.kept_notices);
    }
    TTI_TRY(tti_db_each_notice(x->db, x->options.allocator, x->last_notice, add_notice, x, error));
    x->classifier.kept_notices = n->list.count;
    return TT_OK;
}

static tt_status load_changes(tt_index *x, tt_error *error)
{
    tti_db_state now;
    tt_status status;
    TTI_TRY(tti_db_data_version(x->db, &x->data_version, error));
    TTI_TRY(tti_db_begin(x->db, error));
    status = tti_db_read_state(x->db, &now, error);
    if (x->is_stale)
        tti_decisions_free(&x->decisions);
    if (status == TT_OK)
        status = tti_decisions_read(&x->decisions, x->db, error);
    if (status == TT_OK)
        status = load_notices(x, error);
    if (status == TT_OK) {
        status = follow_changes(x, &now, error);
        if (status == TT_EFORMAT) {
            tti_article_table_free(&x->table);
            status = load_rows(x, &now, 1, error);
        }
    }
    tti_db_rollback(x->db);
    if (status == TT_OK)
        status = tti_db_check_unchanged(x->db, error);
    x->is_stale = status != TT_OK;
    return status;
}

tt_status tti_index_refresh(tt_index *x, tt_error *error)
{
    uint32_t version = x->data_version;
    if (x->is_read_only && !x->is_stale)
        TTI_TRY(tti_db_data_version(x->db, &version, error));
    return x->is_stale || version != x->data_version ? load_changes(x, error) : TT_OK;
}

tt_status tti_index_refresh_postings(tt_index *x, tt_error *error)
{
    tt_status status = tti_index_refresh(x, error);
    if (status == TT_OK && (status = tti_article_table_index_seeds(&x->table, error)) != TT_OK)
        x->is_stale = 1;
    return status;
}
