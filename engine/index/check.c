/* The check of a living index: every page, every record, and what is derived from them. */
#include "index/load.h"
#include "util/error.h"

#include <stdio.h>

typedef struct checking {
    tt_finding_fn emit;
    void *ctx;
    uint64_t findings, count, digest;
} checking;

static int found(void *ctx, const char *text)
{
    checking *c = ctx;
    c->findings++;
    return c->emit == NULL ? 0 : c->emit(c->ctx, text);
}

static tt_status look_at(void *ctx, const tti_db_row *row, const char *fault, tt_error *error)
{
    checking *c = ctx;
    char text[120];
    c->count++;
    c->digest += row->sum;
    if (fault == NULL)
        return TT_OK;
    (void)snprintf(text, sizeof text, "record %lld: %s", (long long)row->number, fault);
    return found(c, text) == 0
               ? TT_OK
               : tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
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
    if (status == TT_EFORMAT)
        return found(c, damage.message) == 0 ? TT_OK : TT_ESTOPPED;
    if (status != TT_OK)
        return tti_fail(error, status, damage.where, "%s", damage.message);
    if ((c->count != state.count || c->digest != state.digest) &&
        found(c, "records are missing, or too many") != 0)
        return TT_ESTOPPED;
    return TT_OK;
}

static tt_status check_file(const char *path, checking *c, tt_error *error)
{
    tti_db *db = NULL;
    tt_options shape;
    tt_status status = tti_db_open(&db, path, TTI_DB_READ, NULL, &shape, error);
    if (status == TT_OK)
        status = tti_db_begin(db, error);
    if (status == TT_OK)
        status = tti_db_check_integrity(db, found, c, error);
    if (status == TT_OK)
        status = check_rows(db, c, error);
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
    checking c = {emit, ctx, 0, 0, 0};
    tt_status status;
    if (path == NULL || *path == '\0')
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no path");
    status = check_file(path, &c, error);
    if (status == TT_OK && c.findings == 0)
        status = check_memory(path, options, &c, error);
    if (findings != NULL)
        *findings = c.findings;
    return status;
}
