/*
 * The living index: reading the file into memory.
 *
 * Threads read runs of numbers, each through a connection of its own: rows are checked and copied
 * there. One of them puts the runs that were read before on the shelf in their order, so that what
 * comes of it does not depend on the threads. All connections see the same state of the file, or
 * there is one alone.
 *
 * A handle that has been there before follows: what the journal of removals names leaves the shelf,
 * and what has a greater number than the last joins it. Everything is read anew only if the sums do
 * not tally then.
 */
#include "index/index.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <stdio.h>

enum {
    RUN = 512,         /* numbers read at once: what waits for the shelf is a few megabytes */
    RUNS_A_THREAD = 4, /* of a round, so that the threads end it at about the same time */
    MOST_FILES = 8,    /* more threads than a disk or one shelf can feed */
    MOST_RUNS = MOST_FILES * RUNS_A_THREAD,
    AHEAD = 8,           /* rows that are fetched before they are placed */
    MOST_CHUNK = 1 << 24 /* bytes of memory taken at once */
};

typedef struct run {
    const tt_allocator *allocator;
    const tti_db *file;  /* that is read: its name is in errors */
    int64_t after, last; /* the numbers to read */
    tti_article_copy *rows;
    tti_slab *slab, own; /* the shelf's, where one thread reads alone, or its own */
    size_t count, capacity;
    tt_status status;
    tt_error error;
} run;

/* While the runs of one round are read those of the other are placed. */
typedef struct loading {
    tt_index *x;
    tti_db *files[MOST_FILES];
    run runs[2][MOST_RUNS];
    int file_count, run_count;
    uint64_t digest;
    tt_status status;
    tt_error error;
} loading;

static tt_status take_row(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    run *r = ctx;
    char how[80];
    if (fault != NULL) {
        (void)snprintf(how, sizeof how, "record %lld: %s", (long long)row->number, fault);
        return tti_db_damaged(r->file, (uint64_t)row->number, how, error);
    }
    if (tti_reserve(r->allocator, &r->rows, &r->capacity, r->count + 1, sizeof *r->rows) != 0)
        return tti_fail_memory(error, "articles");
    TTI_TRY(tti_article_copy_row(r->slab, row, &r->rows[r->count], error));
    r->count++;
    return TT_OK;
}

static void read_run(run *r, tti_db *file)
{
    r->count = 0;
    r->status = r->after < r->last
                    ? tti_db_each_row(file, r->after, r->last, take_row, r, &r->error)
                    : TT_OK;
}

/* Puts a run on the shelf, or gives up what is left of it after a failure. */
static void place_run(loading *l, run *r)
{
    uint32_t article;
    size_t k = 0;
    if (l->status == TT_OK && r->status != TT_OK)
        l->status = tti_fail(&l->error, r->status, r->error.where, "%s", r->error.message);
    for (; k < r->count && l->status == TT_OK; k++) {
        const tti_indexed_article *s = &r->rows[k].stored;
        const uint64_t number = (uint64_t)s->number;
        if (k + AHEAD < r->count)
            tti_article_table_prefetch(&l->x->table, &r->rows[k + AHEAD]);
        l->x->arrival = s->arrival > l->x->arrival ? s->arrival : l->x->arrival;
        l->digest += s->sum;
        l->status =
            tti_article_table_insert(&l->x->table, r->slab, &r->rows[k], &article, &l->error);
        if (l->status == TT_EDUPLICATE)
            l->status = tti_db_damaged(l->x->file, number, "an id stands twice", &l->error);
    }
    for (; k < r->count; k++)
        tti_article_copy_free(&r->rows[k], r->slab);
    r->count = 0;
}

static void place_runs(loading *l, run *runs)
{
    for (int t = 0; t < l->run_count; t++)
        place_run(l, &runs[t]);
}

/* Connections of the other threads: those that see what x->file sees. */
static void open_files(loading *l, uint64_t rows)
{
    tt_index *x = l->x;
    const uint64_t shares = rows / RUN < MOST_FILES ? rows / RUN : MOST_FILES;
    const int threads = tti_thread_count(x->options.threads, (size_t)shares);
    tt_options shape;
    tti_db_state state;
    l->files[l->file_count++] = x->file;
    for (; l->file_count < threads && tti_db_path(x->file) != NULL; l->file_count++) {
        tti_db **file = &l->files[l->file_count];
        if (tti_db_open(file, tti_db_path(x->file), TTI_DB_READ, NULL, &shape, NULL) != TT_OK)
            break;
        if (tti_db_begin(*file, NULL) != TT_OK || tti_db_read_state(*file, &state, NULL) != TT_OK ||
            state.digest != x->state.digest || state.last != x->state.last ||
            state.removals != x->state.removals) {
            tti_db_close(*file);
            break;
        }
    }
    l->run_count = l->file_count == 1 ? 1 : l->file_count * RUNS_A_THREAD;
}

static void open_runs(loading *l, uint64_t rows)
{
    const uint64_t share = rows * 2048 / (uint64_t)l->run_count; /* bytes of a run's articles */
    for (int side = 0; side < 2; side++)
        for (int t = 0; t < l->run_count; t++) {
            run *r = &l->runs[side][t];
            r->allocator = r->own.allocator = l->x->options.allocator;
            r->slab = l->run_count == 1 ? &l->x->table.slab : &r->own;
            r->file = l->x->file;
            if (share >= 2 * MOST_CHUNK)
                r->own.least = MOST_CHUNK;
        }
}

static void close_runs(loading *l)
{
    for (int side = 0; side < 2; side++)
        for (int t = 0; t < l->run_count; t++) {
            run *r = &l->runs[side][t];
            tti_release(r->allocator, r->rows, r->capacity, sizeof *r->rows);
            tti_slab_merge(&l->x->table.slab, &r->own);
        }
    for (int t = 1; t < l->file_count; t++)
        tti_db_close(l->files[t]);
}

/* Numbers of the next runs. */
static int64_t deal(const loading *l, run *runs, int64_t after)
{
    const int64_t last = l->x->state.last;
    for (int t = 0; t < l->run_count; t++, after = runs[t - 1].last) {
        runs[t].after = after;
        runs[t].last = last - after < RUN ? last : after + RUN;
    }
    return after;
}

static void read_round(loading *l, run *reading, run *placing)
{
    const int count = l->run_count, threads = l->file_count;
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int t = -1; t < count; t++)
        if (t < 0)
            place_runs(l, placing);
        else
            read_run(&reading[t], l->files[threads > 1 ? tti_thread_index() : 0]);
}

static void read_all(loading *l, int64_t after)
{
    run *reading = l->runs[0], *placing = l->runs[1], *swap;
    for (int pending = 0; l->status == TT_OK && (pending || after < l->x->state.last);) {
        pending = after < l->x->state.last;
        after = deal(l, reading, after);
        read_round(l, reading, placing);
        swap = reading, reading = placing, placing = swap;
    }
}

static tt_status take_none(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    (void)fault;
    return tti_db_damaged(ctx, (uint64_t)row->number, "a record too many", error);
}

/* Room for what the file says it holds, as far as it can be true. */
static tt_status make_room(tt_index *x, uint64_t rows, tt_error *error)
{
    const uint64_t most = tti_db_bytes(x->file) / 64;
    return tti_article_table_reserve(&x->table, (size_t)(rows < most ? rows : most), error);
}

static tt_status read_rows(tt_index *x, int64_t after, uint64_t rows, uint64_t *digest,
                           tt_error *error)
{
    loading l = {.x = x, .digest = *digest};
    open_files(&l, rows);
    open_runs(&l, rows);
    read_all(&l, after);
    close_runs(&l);
    *digest = l.digest;
    return l.status == TT_OK ? TT_OK
                             : tti_fail(error, l.status, l.error.where, "%s", l.error.message);
}

/* Reads all that came after what is in memory, or everything. */
static tt_status load_rows(tt_index *x, const tti_db_state *state, int everything, tt_error *error)
{
    uint64_t digest = everything ? 0 : x->state.digest;
    int64_t first = everything ? 0 : x->state.last;
    const uint64_t rows = everything ? state->count : (uint64_t)(state->last - first);
    x->state = *state;
    if (everything) {
        TTI_TRY(make_room(x, rows, error));
        TTI_TRY(tti_db_before_first(x->file, &first, error));
    }
    first = first < 0 ? 0 : first; /* no number is less than 1: then records will be missing */
    TTI_TRY(read_rows(x, first, rows, &digest, error));
    TTI_TRY(tti_db_each_row(x->file, state->last, INT64_MAX, take_none, x->file, error));
    if (x->table.living != state->count || digest != state->digest)
        return tti_db_damaged(x->file, TTI_NOWHERE, "records are missing", error);
    return TT_OK;
}

/* Removes what the journal says was removed since. */
static tt_status replay(tt_index *x, const int64_t *numbers, uint64_t count, tt_error *error)
{
    for (uint64_t k = 0; k < count; k++) {
        const uint32_t article = tti_article_table_find_number(&x->table, numbers[k]);
        if (article == TTI_NONE)
            continue; /* it came and went */
        x->state.digest -= x->table.articles[article].sum;
        TTI_TRY(tti_article_table_remove(&x->table, article, error));
    }
    return TT_OK;
}

/* Removes what was removed. Nothing of it is taken on trust: what is left must tally. */
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
    if (numbers == NULL)
        return tti_fail_memory(error, "articles");
    status = tti_db_read_removals(x->file, x->state.removals, count, numbers, &found, error);
    if (status == TT_OK)
        status = found == count ? replay(x, numbers, count, error) : TT_EFORMAT;
    tti_release(x->options.allocator, numbers, (size_t)count, sizeof *numbers);
    return status;
}

/* Takes in what has changed. @return TT_EFORMAT: it does not tally, all is to be read anew */
static tt_status follow(tt_index *x, const tti_db_state *now, tt_error *error)
{
    if (x->stale || now->last < x->state.last)
        return TT_EFORMAT;
    x->stale = 1; /* until all of it is there */
    TTI_TRY(follow_removals(x, now, error));
    TTI_TRY(load_rows(x, now, 0, error));
    return tti_article_table_compact(&x->table, error);
}

static tt_status load(tt_index *x, tt_error *error)
{
    tti_db_state now;
    tt_status status;
    TTI_TRY(tti_db_data_version(x->file, &x->version, error));
    TTI_TRY(tti_db_begin(x->file, error));
    status = tti_db_read_state(x->file, &now, error);
    if (status == TT_OK) {
        status = follow(x, &now, error);
        if (status == TT_EFORMAT) {
            tti_article_table_free(&x->table);
            status = load_rows(x, &now, 1, error);
        }
    }
    tti_db_rollback(x->file);
    x->stale = status != TT_OK;
    return status;
}

tt_status tti_index_refresh(tt_index *x, tt_error *error)
{
    uint32_t version = x->version;
    if (x->reading && !x->stale)
        TTI_TRY(tti_db_data_version(x->file, &version, error));
    return x->stale || version != x->version ? load(x, error) : TT_OK;
}

tt_status tti_index_refresh_postings(tt_index *x, tt_error *error)
{
    tt_status status = tti_index_refresh(x, error);
    if (status == TT_OK && (status = tti_article_table_index_seeds(&x->table, error)) != TT_OK)
        x->stale = 1;
    return status;
}
