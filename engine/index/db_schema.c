/* docs/format.md gives the tables and the options. */
#include "index/db_schema.h"

#include "index/db_connection.h"
#include "options.h"
#include "util/error.h"
#include "util/hash.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Shape: the options that the index was made with ------------------------------------------
 */

enum { MAX_KEPT_OPTIONS = 16, OLD_KEPT_OPTIONS = 10 /* of a file of version 2 */ };

/* The values of the options that are kept, in their order. @return how many */
static int pack_shape(const tt_options *o, uint64_t *out)
{
    int count = 0;
    for (const tt_option *option; (option = tti_option_kept(count)) != NULL; count++) {
        assert(count < MAX_KEPT_OPTIONS);
        out[count] = tti_option_bits(o, option);
    }
    return count;
}

static tt_status write_shape(tti_db *f, const tt_options *o, tt_error *error)
{
    uint64_t shape[MAX_KEPT_OPTIONS];
    char sql[160];
    const int count = pack_shape(o, shape);
    for (int k = 0; k < count; k++) {
        (void)snprintf(sql, sizeof sql, "INSERT INTO shape VALUES('%s',%" PRId64 ")",
                       tti_option_kept(k)->name, (int64_t)shape[k]);
        TTI_TRY(tti_db_run(f, sql, "write", error));
    }
    (void)snprintf(sql, sizeof sql, "INSERT INTO shape VALUES('sum',%" PRId64 ")",
                   (int64_t)tti_hash_u64(shape, (size_t)count));
    return tti_db_run(f, sql, "write", error);
}

tt_status tti_db_read_shape(tti_db *f, tt_options *out, tt_error *error)
{
    uint64_t shape[MAX_KEPT_OPTIONS] = {0};
    char sql[100];
    int64_t value = 0;
    int count = 0;
    tt_options wanted = TT_OPTIONS_INIT;
    for (const tt_option *option;
         (f->version > 2 || count < OLD_KEPT_OPTIONS) && (option = tti_option_kept(count)) != NULL;
         count++) {
        (void)snprintf(sql, sizeof sql, "SELECT value FROM shape WHERE name='%s'", option->name);
        value = 0;
        TTI_TRY(tti_db_one_number(f, sql, &value, error));
        shape[count] = (uint64_t)value;
        tti_option_set_bits(&wanted, option, shape[count]);
    }
    value = 0;
    TTI_TRY(tti_db_one_number(f, "SELECT value FROM shape WHERE name='sum'", &value, error));
    if ((uint64_t)value != tti_hash_u64(shape, (size_t)count) ||
        tt_options_resolve(&wanted, out, NULL) != TT_OK)
        return tti_db_damaged(f, TTI_NOWHERE, "its options", error);
    return TT_OK;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

typedef struct table {
    const char *name, *columns;
} table;

enum { OLD_TABLES = 3 }; /* those that a file of version 2 has at least */

static const table tables[] = {
    {"shape", "(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"},
    {"state", "(count INTEGER NOT NULL, digest INTEGER NOT NULL,"
              " removals INTEGER NOT NULL, last INTEGER NOT NULL, sum INTEGER NOT NULL)"},
    {"article", "(number INTEGER PRIMARY KEY, id BLOB NOT NULL, flags INTEGER NOT NULL,"
                " source BLOB NOT NULL, version BLOB NOT NULL, published INTEGER NOT NULL,"
                " arrival INTEGER NOT NULL, text_size INTEGER NOT NULL, tokens INTEGER NOT NULL,"
                " data BLOB NOT NULL, sum INTEGER NOT NULL)"},
    {"removed", "(nth INTEGER PRIMARY KEY, number INTEGER NOT NULL)"},
    {"text", "(number INTEGER PRIMARY KEY, title BLOB NOT NULL, size INTEGER NOT NULL,"
             " data BLOB NOT NULL, sum INTEGER NOT NULL)"},
    {"verdict", "(number INTEGER PRIMARY KEY, story INTEGER NOT NULL, data BLOB NOT NULL,"
                " sum INTEGER NOT NULL)"},
    {"story", "(number INTEGER PRIMARY KEY, articles INTEGER NOT NULL, flags INTEGER NOT NULL,"
              " id BLOB NOT NULL, source BLOB NOT NULL, sources BLOB NOT NULL,"
              " sum INTEGER NOT NULL)"},
    {"decision", "(number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, flags INTEGER NOT NULL,"
                 " id BLOB NOT NULL, of BLOB NOT NULL, who BLOB NOT NULL, time INTEGER NOT NULL,"
                 " sum INTEGER NOT NULL)"},
    {"log", "(id INTEGER NOT NULL, base INTEGER NOT NULL)"},
    {"terms", "(number INTEGER PRIMARY KEY, embargoed INTEGER NOT NULL, expires INTEGER NOT NULL,"
              " flags INTEGER NOT NULL, language BLOB NOT NULL, pubstatus BLOB NOT NULL,"
              " replacing BLOB NOT NULL, replaced_by BLOB NOT NULL, sum INTEGER NOT NULL)"},
    {"notice", "(number INTEGER PRIMARY KEY, tokens BLOB NOT NULL, sum INTEGER NOT NULL)"},
};

enum { TABLES = sizeof tables / sizeof *tables };

static tt_status make_tables(tti_db *f, size_t first, tt_error *error)
{
    char sql[400];
    for (size_t k = first; k < TABLES; k++) {
        (void)snprintf(sql, sizeof sql, "CREATE TABLE IF NOT EXISTS %s%s", tables[k].name,
                       tables[k].columns);
        TTI_TRY(tti_db_run(f, sql, "make", error));
    }
    TTI_TRY(tti_db_run(f, "INSERT INTO log SELECT random(),0 WHERE NOT EXISTS(SELECT * FROM log)",
                       "make", error));
    if (f->version == TTI_DB_VERSION)
        return TT_OK;
    (void)snprintf(sql, sizeof sql, "PRAGMA user_version=%d", TTI_DB_VERSION);
    return tti_db_run(f, sql, "make", error);
}

tt_status tti_db_make_schema(tti_db *f, const tt_options *options, tt_error *error)
{
    const tti_db_state empty = {0, 0, 0, 0};
    char sql[100];
    TTI_TRY(tti_db_run(f, "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL; BEGIN IMMEDIATE",
                       "make", error));
    f->begun = 1;
    TTI_TRY(make_tables(f, 0, error));
    (void)snprintf(sql, sizeof sql, "INSERT INTO state VALUES(0,0,0,0,0); PRAGMA application_id=%d",
                   TTI_DB_APPLICATION_ID);
    TTI_TRY(tti_db_run(f, sql, "make", error));
    TTI_TRY(write_shape(f, options, error));
    return tti_db_commit(f, &empty, error);
}

tt_status tti_db_complete_schema(tti_db *f, tt_error *error)
{
    tt_options shape;
    if (f->version == TTI_DB_VERSION)
        return make_tables(f, OLD_TABLES, error); /* the journal, which nothing depends on */
    TTI_TRY(tti_db_read_shape(f, &shape, error));
    TTI_TRY(tti_db_run(f, "BEGIN IMMEDIATE", "write", error));
    f->begun = 1;
    TTI_TRY(make_tables(f, OLD_TABLES, error));
    TTI_TRY(tti_db_run(f, "DELETE FROM shape", "write", error));
    TTI_TRY(write_shape(f, &shape, error));
    TTI_TRY(tti_db_run(f, "COMMIT", "write", error));
    f->begun = 0;
    f->version = TTI_DB_VERSION;
    return TT_OK;
}

tt_status tti_db_check_version(tti_db *f, tt_error *error)
{
    int64_t application = 0, version = 0;
    TTI_TRY(tti_db_one_number(f, "PRAGMA application_id", &application, error));
    TTI_TRY(tti_db_one_number(f, "PRAGMA user_version", &version, error));
    if (application != TTI_DB_APPLICATION_ID)
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a living index",
                        TTI_DB_PATH_SHOWN, f->name);
    if (version < TTI_DB_OLDEST_VERSION || version > TTI_DB_VERSION)
        return tti_fail(error, TT_EVERSION, TTI_NOWHERE,
                        "%.*s has version %" PRId64 "; this library reads versions %d to %d",
                        TTI_DB_PATH_SHOWN, f->name, version, TTI_DB_OLDEST_VERSION, TTI_DB_VERSION);
    f->version = (int)version;
    return TT_OK;
}

/* A crash while an index is made leaves a file with nothing in it, since all of it is one
 * transaction. */
tt_status tti_db_is_blank(tti_db *f, int *blank, tt_error *error)
{
    int64_t application = 0, objects = 0;
    TTI_TRY(tti_db_one_number(f, "PRAGMA application_id", &application, error));
    TTI_TRY(tti_db_one_number(f, "SELECT count(*) FROM sqlite_schema", &objects, error));
    *blank = application == 0 && objects == 0;
    return TT_OK;
}

/* Whether an object of the schema is one that this version makes, or one of SQLite's. Nothing in
 * the journal of removals is trusted, whatever its columns. */
static int is_known_object(const char *type, const char *name, const char *sql)
{
    if (type == NULL || name == NULL)
        return 0;
    if (strncmp(name, "sqlite_", 7) == 0)
        return strcmp(type, "table") == 0 || strcmp(type, "index") == 0;
    if (strcmp(type, "table") != 0 || sql == NULL)
        return 0;
    for (size_t k = 0; k < TABLES; k++) {
        char expected[400];
        (void)snprintf(expected, sizeof expected, "CREATE TABLE %s%s", tables[k].name,
                       tables[k].columns);
        if (strcmp(sql, expected) == 0)
            return 1;
    }
    return strcmp(name, "removed") == 0;
}

tt_status tti_db_check_schema(tti_db *f, tt_error *error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(f->db, "SELECT type,name,sql FROM sqlite_schema", -1, &s, NULL);
    int is_known = 1;
    while (code == SQLITE_OK && is_known && sqlite3_step(s) == SQLITE_ROW)
        is_known = is_known_object((const char *)sqlite3_column_text(s, 0),
                                   (const char *)sqlite3_column_text(s, 1),
                                   (const char *)sqlite3_column_text(s, 2));
    code = sqlite3_finalize(s);
    if (code != SQLITE_OK)
        return tti_db_fail(f, code, "read", error);
    return is_known ? TT_OK : tti_db_damaged(f, TTI_NOWHERE, "its schema is another", error);
}
