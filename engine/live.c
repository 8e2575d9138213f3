/* The living index: opening, closing, removing, numbers. */
#define _POSIX_C_SOURCE 200809L
#include "live.h"

#include "common/alloc.h"
#include "common/fail.h"

#include <string.h>
#include <time.h>

int64_t tti_live_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- Options --------------------------------------------------------------------------------- */

static tt_status differs(const tt_live *x, const char *name, tt_error *error)
{
    return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.100s was made with another %s",
                    tti_file_path(x->file), name);
}

/* A rule that is off may be given as any negative number. */
static int other_rule(double given, double kept)
{
    return given != 0 && !(given < 0 && kept < 0) && given != kept;
}

/* What the caller gave and the file says must be the same; 0 is not given. */
static tt_status check_shape(const tt_live *x, const tt_options *given, tt_error *error)
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
    return other_rule(given->drop, kept->drop) ? differs(x, "drop", error) : TT_OK;
}

/* The caller's options as a struct of this version, and resolved. */
static tt_status take_options(const tt_options *options, tt_options *given, tt_options *resolved,
                              tt_error *error)
{
    TTI_TRY(tt_options_resolve(options, resolved, error));
    memset(given, 0, sizeof *given);
    if (options != NULL)
        memcpy(given, options, options->struct_size);
    return TT_OK;
}

/* ---- Opening --------------------------------------------------------------------------------- */

tt_status tt_live_create(const char *path, const tt_options *options, tt_error *error)
{
    tt_options given, resolved, shape;
    tti_file *file = NULL;
    tti_state state;
    tt_status status;
    if (path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    TTI_TRY(take_options(options, &given, &resolved, error));
    status = tti_file_open(&file, path, 0, NULL, &shape, NULL);
    tti_file_close(file);
    if (status != TT_EIO)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.200s is there already", path);
    TTI_TRY(tti_file_open(&file, path, TTI_FILE_CREATE, &resolved, &shape, error));
    status = tti_file_state(file, &state, error);
    tti_file_close(file);
    return status;
}

static tt_status open_live(tt_live *x, const char *path, uint32_t flags, const tt_options *given,
                           const tt_options *resolved, tt_error *error)
{
    const unsigned mode = (flags & TT_LIVE_READ ? TTI_FILE_READ : 0u) |
                          (flags & TT_LIVE_CREATE ? TTI_FILE_CREATE : 0u);
    TTI_TRY(tti_file_open(&x->file, path, mode, resolved, &x->options, error));
    TTI_TRY(check_shape(x, given, error));
    x->options.threads = resolved->threads;
    x->options.allocator = resolved->allocator;
    x->options.max_article_bytes = resolved->max_article_bytes;
    x->reading = (flags & TT_LIVE_READ) != 0;
    x->stale = 1;
    tti_shelf_init(&x->shelf, resolved->allocator, &x->options);
    TTI_TRY(tti_judge_init(&x->judge, &x->shelf, &x->options, error));
    return tti_live_refresh(x, error);
}

tt_status tt_live_open(tt_live **out, const char *path, uint32_t flags, const tt_options *options,
                       tt_error *error)
{
    tt_options given, resolved;
    tt_live *x;
    tt_status status;
    if (out == NULL || path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or path is NULL or empty");
    *out = NULL;
    if ((flags & ~(uint32_t)(TT_LIVE_READ | TT_LIVE_CREATE)) != 0 ||
        flags == (TT_LIVE_READ | TT_LIVE_CREATE))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "flags do not go together");
    TTI_TRY(take_options(options, &given, &resolved, error));
    x = tti_alloc_zero(resolved.allocator, 1, sizeof *x);
    if (x == NULL)
        return tti_fail_memory(error, "an index");
    x->options.allocator = resolved.allocator;
    status = open_live(x, path, flags, &given, &resolved, error);
    x->options.allocator = resolved.allocator;
    if (status != TT_OK)
        tt_live_close(x);
    else
        *out = x;
    return status;
}

static void free_drafts(tti_drafts *d, const tt_allocator *a)
{
    tti_release(a, d->verdicts, d->capacity, sizeof *d->verdicts);
    tti_release(a, d->repeats, d->repeat_capacity, sizeof *d->repeats);
    tti_release(a, d->names, d->name_capacity, 1);
    tti_release(a, d->begins, d->begin_capacity, sizeof *d->begins);
    tti_release(a, d->ends, d->end_capacity, sizeof *d->ends);
    tti_release(a, d->of_begins, d->of_begin_capacity, sizeof *d->of_begins);
    tti_release(a, d->of_ends, d->of_end_capacity, sizeof *d->of_ends);
}

void tt_live_close(tt_live *x)
{
    const tt_allocator *a;
    if (x == NULL)
        return;
    a = x->options.allocator;
    if (x->file != NULL && !x->reading)
        (void)tti_file_shrink(x->file, NULL);
    tti_file_close(x->file);
    tti_judge_free(&x->judge);
    if (x->shelf.allocator != NULL)
        tti_shelf_free(&x->shelf);
    free_drafts(&x->drafts, a);
    for (int t = 0; t < x->store_count; t++)
        tti_tokens_free(&x->stores[t]);
    tti_release(a, x->stores, (size_t)x->store_count, sizeof *x->stores);
    tti_release(a, x->taken, x->taken_capacity, sizeof *x->taken);
    for (size_t k = 0; x->wave != NULL && k < TTI_WAVE; k++)
        tti_trial_free(&x->wave[k].trial);
    tti_release(a, x->wave, TTI_WAVE, sizeof *x->wave);
    tti_release(a, x, 1, sizeof *x);
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* Ends a batch of removals: on the disk, or as if it had not been. */
static tt_status end_removal(tt_live *x, tt_status status, tt_error *error)
{
    if (status == TT_OK)
        status = tti_file_commit(x->file, &x->state, error);
    if (status != TT_OK) {
        tti_file_rollback(x->file);
        x->stale = 1;
        return status;
    }
    if (tti_shelf_compact(&x->shelf, NULL) != TT_OK)
        x->stale = 1;                     /* what is on the disk is right; memory is made anew */
    (void)tti_file_shrink(x->file, NULL); /* it only stays large */
    return TT_OK;
}

static tt_status begin_removal(tt_live *x, uint64_t *removed, tt_error *error)
{
    if (removed != NULL)
        *removed = 0;
    if (x->reading)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "the index was opened to be read");
    TTI_TRY(tti_live_refresh(x, error));
    return tti_file_begin(x->file, 1, error);
}

tt_status tti_live_drop(tt_live *x, uint32_t article, tt_error *error)
{
    const tti_stored *s = &x->shelf.articles[article];
    x->state.count--;
    x->state.digest -= s->sum;
    x->state.removals++;
    TTI_TRY(tti_file_drop(x->file, s->number, x->state.removals, error));
    return tti_shelf_remove(&x->shelf, article, error);
}

tt_status tt_live_remove(tt_live *x, const tt_id *ids, size_t count, uint64_t *removed,
                         tt_error *error)
{
    tt_status status = TT_OK;
    uint64_t n = 0;
    if (x == NULL || (ids == NULL && count > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "live or ids is NULL");
    TTI_TRY(begin_removal(x, removed, error));
    for (size_t k = 0; k < count && status == TT_OK; k++) {
        const uint32_t article = tti_shelf_find(&x->shelf, ids[k].bytes, ids[k].size, ids[k].flags);
        if (article == TTI_NONE)
            continue;
        status = tti_live_drop(x, article, error);
        n++;
    }
    TTI_TRY(end_removal(x, status, error));
    if (removed != NULL)
        *removed = n;
    return TT_OK;
}

tt_status tt_live_expire(tt_live *x, int64_t before, uint64_t *removed, tt_error *error)
{
    uint32_t article = TTI_NONE;
    tt_status status;
    uint64_t n = 0;
    if (x == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "live is NULL");
    if (removed != NULL)
        *removed = 0;
    TTI_TRY(tti_live_refresh(x, error));
    TTI_TRY(tti_shelf_oldest(&x->shelf, before, &article, error));
    if (article == TTI_NONE && !x->reading)
        return TT_OK;
    TTI_TRY(begin_removal(x, removed, error));
    status = tti_shelf_oldest(&x->shelf, before, &article, error);
    while (status == TT_OK && article != TTI_NONE) {
        status = tti_live_drop(x, article, error);
        n++;
        if (status == TT_OK)
            status = tti_shelf_oldest(&x->shelf, before, &article, error);
    }
    TTI_TRY(end_removal(x, status, error));
    if (removed != NULL)
        *removed = n;
    return TT_OK;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

int64_t tt_live_newest(const tt_live *x)
{
    const int64_t now = tti_live_now(), newest = x->shelf.newest;
    return newest > now ? now : newest;
}

tt_status tt_live_stat_get(tt_live *x, tt_live_stat *out, tt_error *error)
{
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "live or out is NULL");
    TTI_TRY(tti_live_settle(x, error)); /* for the memory: what it takes in use */
    memset(out, 0, sizeof *out);
    out->articles = x->shelf.living;
    out->tokens = x->shelf.token_count;
    out->bytes = x->shelf.text_bytes;
    out->file_bytes = tti_file_bytes(x->file);
    out->memory_bytes = tti_shelf_memory(&x->shelf);
    out->oldest = TT_NO_TIME;
    for (uint32_t k = 0; k < x->shelf.count; k++) {
        const tti_stored *s = &x->shelf.articles[k];
        if (s->kept == NULL)
            continue;
        out->distinct += tti_shelf_class(&x->shelf, k)->first == k;
        if (out->oldest == TT_NO_TIME || tti_stored_time(s) < out->oldest)
            out->oldest = tti_stored_time(s);
    }
    out->newest = tt_live_newest(x);
    return TT_OK;
}

const tt_options *tt_live_options(const tt_live *x)
{
    return &x->options;
}
