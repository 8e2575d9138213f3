/*
 * The living index: reading the file into memory.
 *
 * Threads read runs of numbers, each through a connection of its own: rows are checked and copied
 * there. One thread then puts them on the shelf in their order, so that what comes of it does not
 * depend on the threads. All connections see the same state of the file, or there is one alone.
 */
#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "live.h"

enum {
    RUN = 4096,   /* numbers read at once: what waits for the shelf is a few megabytes */
    MOST_RUNS = 8 /* more threads than a disk or one shelf can feed */
};

typedef struct run {
    tti_file *file;
    const tt_allocator *allocator;
    int64_t after, last; /* the numbers to read */
    tti_prepared *rows;
    size_t count, capacity;
    tt_status status;
    tt_error error;
} run;

static tt_status take_row(void *ctx, const tti_row *row, const char *fault, tt_error *error)
{
    run *r = ctx;
    if (fault != NULL)
        return tti_fail(error, TT_EFORMAT, (uint64_t)row->number,
                        "the index is damaged: record %lld: %s", (long long)row->number, fault);
    if (tti_reserve(r->allocator, &r->rows, &r->capacity, r->count + 1, sizeof *r->rows) != 0)
        return tti_fail_memory(error, "articles");
    TTI_TRY(tti_shelf_prepare(r->allocator, row, &r->rows[r->count], error));
    r->count++;
    return TT_OK;
}

static void read_run(run *r)
{
    r->count = 0;
    r->status = tti_file_each(r->file, r->after, r->last, take_row, r, &r->error);
}

/* Puts a run on the shelf, or frees what is left of it. */
static tt_status place_run(tt_live *x, run *r, int seeds, uint64_t *digest, tt_error *error)
{
    tt_status status = r->status;
    uint32_t article;
    size_t k = 0;
    if (status != TT_OK)
        (void)tti_fail(error, status, r->error.where, "%s", r->error.message);
    for (; k < r->count && status == TT_OK; k++) {
        const tti_stored *s = &r->rows[k].stored;
        const uint64_t number = (uint64_t)s->number;
        x->arrival = s->arrival > x->arrival ? s->arrival : x->arrival;
        *digest += s->sum;
        status = tti_shelf_place(&x->shelf, &r->rows[k], seeds, &article, error);
        if (status == TT_EDUPLICATE)
            status =
                tti_fail(error, TT_EFORMAT, number, "the index is damaged: an id stands twice");
    }
    for (; k < r->count; k++)
        tti_prepared_free(&r->rows[k], r->allocator);
    r->count = 0;
    return status;
}

/* Connections of the other threads. @return how many runs there are: those that see what x->file
 * sees */
static int open_runs(tt_live *x, run *runs, uint64_t rows)
{
    const uint64_t shares = rows / RUN < MOST_RUNS ? rows / RUN : MOST_RUNS;
    const int threads = tti_threads(x->options.threads, (size_t)shares);
    tt_options shape;
    tti_state state;
    int n = 0;
    for (int t = 0; t < MOST_RUNS; t++)
        runs[t] = (run){.allocator = x->options.allocator};
    runs[n++].file = x->file;
    for (; n < threads; n++) {
        if (tti_file_open(&runs[n].file, tti_file_path(x->file), TTI_FILE_READ, NULL, &shape,
                          NULL) != TT_OK)
            break;
        if (tti_file_begin(runs[n].file, 0, NULL) != TT_OK ||
            tti_file_state(runs[n].file, &state, NULL) != TT_OK ||
            state.digest != x->state.digest || state.last != x->state.last ||
            state.removals != x->state.removals) {
            tti_file_close(runs[n].file);
            break;
        }
    }
    return n;
}

static void close_runs(run *runs, int count)
{
    for (int t = 0; t < count; t++) {
        tti_release(runs[t].allocator, runs[t].rows, runs[t].capacity, sizeof *runs[t].rows);
        if (t > 0)
            tti_file_close(runs[t].file);
    }
}

static tt_status read_all(tt_live *x, run *runs, int count, int64_t after, int seeds,
                          uint64_t *digest, tt_error *error)
{
    const int64_t last = x->state.last;
    tt_status status = TT_OK;
    while (status == TT_OK && after < last) {
        for (int t = 0; t < count; t++, after = runs[t - 1].last) {
            runs[t].after = after;
            runs[t].last = last - after < RUN ? last : after + RUN;
        }
#pragma omp parallel for num_threads(count) if (count > 1) schedule(static, 1)
        for (int t = 0; t < count; t++)
            read_run(&runs[t]);
        for (int t = 0; t < count; t++) {
            tt_status placed =
                place_run(x, &runs[t], seeds, digest, status == TT_OK ? error : NULL);
            status = status == TT_OK ? placed : status;
        }
    }
    return status;
}

static tt_status take_none(void *ctx, const tti_row *row, const char *fault, tt_error *error)
{
    (void)ctx;
    (void)fault;
    return tti_fail(error, TT_EFORMAT, (uint64_t)row->number,
                    "the index is damaged: a record too many");
}

/* Reads all that came after what is in memory, or everything. */
static tt_status load_rows(tt_live *x, const tti_state *state, int everything, tt_error *error)
{
    uint64_t digest = everything ? 0 : x->state.digest;
    int64_t first = everything ? 0 : x->state.last;
    const uint64_t rows = everything ? state->count : (uint64_t)(state->last - first);
    run runs[MOST_RUNS];
    tt_status status;
    int count;
    x->state = *state;
    if (everything)
        TTI_TRY(tti_file_before(x->file, &first, error));
    first = first < 0 ? 0 : first; /* no number is less than 1: then records will be missing */
    count = open_runs(x, runs, rows);
    status = read_all(x, runs, count, first, !everything, &digest, error);
    close_runs(runs, count);
    if (status == TT_OK)
        status = tti_file_each(x->file, state->last, INT64_MAX, take_none, NULL, error);
    if (status == TT_OK && (x->shelf.living != state->count || digest != state->digest))
        status =
            tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "the index is damaged: records are missing");
    return status == TT_OK && everything ? tti_shelf_settle(&x->shelf, error) : status;
}

static tt_status load(tt_live *x, tt_error *error)
{
    tti_state now;
    tt_status status;
    int everything = 1;
    TTI_TRY(tti_file_version(x->file, &x->version, error));
    TTI_TRY(tti_file_begin(x->file, 0, error));
    status = tti_file_state(x->file, &now, error);
    if (status == TT_OK) {
        everything = x->stale || now.removals != x->state.removals || now.last < x->state.last;
        if (everything)
            tti_shelf_free(&x->shelf);
        x->stale = 1; /* until all of it is there */
        status = load_rows(x, &now, everything, error);
    }
    tti_file_rollback(x->file);
    x->stale = status != TT_OK;
    return status;
}

tt_status tti_live_refresh(tt_live *x, tt_error *error)
{
    uint32_t version = x->version;
    if (x->reading && !x->stale)
        TTI_TRY(tti_file_version(x->file, &version, error));
    return x->stale || version != x->version ? load(x, error) : TT_OK;
}
