#define _DEFAULT_SOURCE
#include "index/db.h"

#include "corpus/tokenized_batch.h"
#include "index/open_files.h"
#include "kernels/token_extents.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, PATH_SHOWN = 100 };

enum {
    INSERT,
    DELETE,
    ROWS,
    NEXT,
    READ_STATE,
    WRITE_STATE,
    INSERT_REMOVED,
    CUT_REMOVED,
    READ_REMOVED,
    READ_ID,
    STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    "INSERT INTO article VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    "DELETE FROM article WHERE number=?1",
    ("SELECT number,id,flags,source,version,published,arrival,text_size,tokens,data,sum "
     "FROM article WHERE number>?1 AND number<=?2 ORDER BY number"),
    "SELECT number FROM article WHERE number>?1 ORDER BY number LIMIT 1",
    "SELECT count,digest,removals,last,sum FROM state",
    "UPDATE state SET count=?1,digest=?2,removals=?3,last=?4,sum=?5",
    "INSERT OR REPLACE INTO removed VALUES(?1,?2)",
    "DELETE FROM removed WHERE nth<=?1",
    "SELECT number FROM removed WHERE nth>?1 AND nth<=?2 ORDER BY nth",
    "SELECT id FROM article WHERE number=?1",
};

typedef struct file_identity {
    dev_t device;
    ino_t inode; /* 0: not known */
} file_identity;

struct tti_db {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    char *name; /* as the caller gave it, for messages */
    char *path; /* where that leads: absolute, without symbolic links; NULL: in memory */
    tti_open_file file;
    file_identity log, shared_memory; /* FILE-wal and FILE-shm, once a writer has written */
    int is_replaced;                  /* another file, or other content, is under the name now */
    uint64_t seen_bytes;              /* size of the file when it was last looked at */
    uint64_t least_bytes;             /* unless it was truncated, it is not shorter than this */
    int is_immutable;                 /* read without a log: no writer is supposed to be there, */
    struct timespec modified;         /* and so the file stays what it was when it was opened */
    int begun;
    int removed; /* rows were removed since the file was last shrunk */
};

/* ---- Failures -------------------------------------------------------------------------------- */

static tt_status status_of(const tti_db *f, int code)
{
    /* The log could not be mapped. */
    if (code == SQLITE_IOERR_NOMEM ||
        ((code & 0xFF) == SQLITE_IOERR && f->db != NULL && sqlite3_system_errno(f->db) == ENOMEM))
        return TT_ENOMEM;
    switch (code & 0xFF) {
    case SQLITE_NOMEM: return TT_ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
    case SQLITE_DONE: /* a row is missing */
    case SQLITE_ERROR: /* no such table: not the schema it claims to be */ return TT_EFORMAT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return TT_ELOCKED;
    default: return TT_EIO;
    }
}

/* What the operating system said, where SQLite knows it and says only "disk I/O error". */
static const char *words_of(const tti_db *f, int code)
{
    const int kind = code & 0xFF;
    const int number = f->db == NULL ? 0 : sqlite3_system_errno(f->db);
    if (number != 0 && (kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR))
        return strerror(number);
    return f->db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(f->db);
}

static tt_status fail_sqlite(const tti_db *f, int code, const char *what, tt_error *error)
{
    const tt_status status = status_of(f, code);
    if ((code & 0xFF) == SQLITE_NOTADB)
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a living index", PATH_SHOWN,
                        f->name);
    if (status == TT_ENOMEM)
        return tti_fail(error, status, TTI_NOWHERE, "cannot %s %.*s: out of memory", what,
                        PATH_SHOWN, f->name);
    return tti_fail(error, status, TTI_NOWHERE, "cannot %s %.*s: %s", what, PATH_SHOWN, f->name,
                    words_of(f, code));
}

tt_status tti_db_damaged(const tti_db *f, uint64_t where, const char *how, tt_error *error)
{
    return tti_fail(error, TT_EFORMAT, where, "%.*s is damaged: %s", PATH_SHOWN, f->name, how);
}

static tt_status run_sql(tti_db *f, const char *sql, const char *what, tt_error *error)
{
    const int code = sqlite3_exec(f->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? TT_OK : fail_sqlite(f, code, what, error);
}

static tt_status prepare(tti_db *f, int which, tt_error *error)
{
    int code = SQLITE_OK;
    if (f->statements[which] == NULL)
        code = sqlite3_prepare_v3(f->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                  &f->statements[which], NULL);
    return code == SQLITE_OK ? TT_OK : fail_sqlite(f, code, "read", error);
}

/* Runs a statement that gives no row. */
static tt_status run_once(tti_db *f, int which, const char *what, tt_error *error)
{
    const int code = sqlite3_step(f->statements[which]);
    const tt_status status = code == SQLITE_DONE ? TT_OK : fail_sqlite(f, code, what, error);
    (void)sqlite3_reset(f->statements[which]);
    (void)sqlite3_clear_bindings(f->statements[which]);
    return status;
}

static tt_status one_number(tti_db *f, const char *sql, int64_t *out, tt_error *error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(f->db, sql, -1, &s, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(s, 0);
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(s);
    return code == SQLITE_OK ? TT_OK : fail_sqlite(f, code, "read", error);
}

/* ---- Shape: the options that the index was made with ------------------------------------------
 */

enum { MAX_KEPT_OPTIONS = 16 };

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
        TTI_TRY(run_sql(f, sql, "write", error));
    }
    (void)snprintf(sql, sizeof sql, "INSERT INTO shape VALUES('sum',%" PRId64 ")",
                   (int64_t)tti_hash_u64(shape, (size_t)count));
    return run_sql(f, sql, "write", error);
}

tt_status tti_db_read_shape(tti_db *f, tt_options *out, tt_error *error)
{
    uint64_t shape[MAX_KEPT_OPTIONS] = {0};
    char sql[100];
    int64_t value = 0;
    int count = 0;
    tt_options wanted = TT_OPTIONS_INIT;
    for (const tt_option *option; (option = tti_option_kept(count)) != NULL; count++) {
        (void)snprintf(sql, sizeof sql, "SELECT value FROM shape WHERE name='%s'", option->name);
        value = 0;
        TTI_TRY(one_number(f, sql, &value, error));
        shape[count] = (uint64_t)value;
        tti_option_set_bits(&wanted, option, shape[count]);
    }
    value = 0;
    TTI_TRY(one_number(f, "SELECT value FROM shape WHERE name='sum'", &value, error));
    if ((uint64_t)value != tti_hash_u64(shape, (size_t)count) ||
        tt_options_resolve(&wanted, out, NULL) != TT_OK)
        return tti_db_damaged(f, TTI_NOWHERE, "its options", error);
    return TT_OK;
}

/* ---- The file under its name ----------------------------------------------------------------- */

static tt_status is_gone(const tti_db *f, const char *suffix, const char *how, tt_error *error)
{
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s%s was %s while it was open", PATH_SHOWN,
                    f->name, suffix, how);
}

/* Whether FILE-wal or FILE-shm is the one that was seen first. */
static tt_status check_companion(const tti_db *f, const char *suffix, file_identity *seen,
                                 tt_error *error)
{
    char name[PATH_MAX + 8];
    struct stat s;
    (void)snprintf(name, sizeof name, "%s%s", f->path, suffix);
    if (stat(name, &s) != 0)
        return seen->inode == 0 ? TT_OK : is_gone(f, suffix, "deleted or renamed", error);
    if (seen->inode == 0)
        *seen = (file_identity){s.st_dev, s.st_ino};
    return seen->device == s.st_dev && seen->inode == s.st_ino
               ? TT_OK
               : is_gone(f, suffix, "replaced", error);
}

/* Whether what a writer writes is what others will find under the name: the same file with the same
 * log, and not truncated. */
static tt_status check_file(tti_db *f, tt_error *error)
{
    struct stat s;
    if (f->path == NULL)
        return TT_OK;
    if (stat(f->path, &s) != 0)
        return is_gone(f, "", "deleted or renamed", error);
    f->is_replaced = 1;
    if (s.st_dev != f->file.device || s.st_ino != f->file.inode)
        return is_gone(f, "", "replaced", error);
    if ((uint64_t)s.st_size < f->least_bytes)
        return is_gone(f, "", "truncated", error);
    f->is_replaced = 0;
    TTI_TRY(check_companion(f, "-wal", &f->log, error));
    TTI_TRY(check_companion(f, "-shm", &f->shared_memory, error));
    if ((uint64_t)s.st_size != f->seen_bytes) { /* the log went into the file */
        const uint64_t bytes = tti_db_bytes(f);
        f->seen_bytes = (uint64_t)s.st_size;
        f->least_bytes = bytes < f->seen_bytes ? bytes : f->seen_bytes;
    }
    return TT_OK;
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* Older files of the same version lack the journal: a writer adds it. */
#define JOURNAL                                                                                    \
  "CREATE TABLE IF NOT EXISTS removed(nth INTEGER PRIMARY KEY, number INTEGER NOT NULL);"

static const char *const tables[] = {
    "CREATE TABLE shape(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE state(count INTEGER NOT NULL, digest INTEGER NOT NULL,"
    " removals INTEGER NOT NULL, last INTEGER NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE article(number INTEGER PRIMARY KEY, id BLOB NOT NULL, flags INTEGER NOT NULL,"
    " source BLOB NOT NULL, version BLOB NOT NULL, published INTEGER NOT NULL,"
    " arrival INTEGER NOT NULL, text_size INTEGER NOT NULL, tokens INTEGER NOT NULL, data BLOB NOT "
    "NULL,"
    " sum INTEGER NOT NULL)",
};

static uint64_t sum_state(const tti_db_state *s)
{
    const uint64_t packed[4] = {s->count, s->digest, s->removals, (uint64_t)s->last};
    return tti_hash_u64(packed, 4);
}

static tt_status write_state(tti_db *f, const tti_db_state *s, tt_error *error)
{
    sqlite3_stmt *x;
    TTI_TRY(prepare(f, WRITE_STATE, error));
    x = f->statements[WRITE_STATE];
    (void)sqlite3_bind_int64(x, 1, (int64_t)s->count);
    (void)sqlite3_bind_int64(x, 2, (int64_t)s->digest);
    (void)sqlite3_bind_int64(x, 3, (int64_t)s->removals);
    (void)sqlite3_bind_int64(x, 4, s->last);
    (void)sqlite3_bind_int64(x, 5, (int64_t)sum_state(s));
    return run_once(f, WRITE_STATE, "write", error);
}

static tt_status make_schema(tti_db *f, const tt_options *options, tt_error *error)
{
    const tti_db_state empty = {0, 0, 0, 0};
    char sql[100];
    TTI_TRY(run_sql(f, "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL; BEGIN IMMEDIATE",
                    "make", error));
    f->begun = 1;
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
        TTI_TRY(run_sql(f, tables[k], "make", error));
    TTI_TRY(run_sql(f, JOURNAL "INSERT INTO state VALUES(0,0,0,0,0)", "make", error));
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   TTI_DB_APPLICATION_ID, TTI_DB_VERSION);
    TTI_TRY(run_sql(f, sql, "make", error));
    TTI_TRY(write_shape(f, options, error));
    return tti_db_commit(f, &empty, error);
}

static tt_status check_version(tti_db *f, tt_error *error)
{
    int64_t application = 0, version = 0;
    TTI_TRY(one_number(f, "PRAGMA application_id", &application, error));
    TTI_TRY(one_number(f, "PRAGMA user_version", &version, error));
    if (application != TTI_DB_APPLICATION_ID)
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a living index", PATH_SHOWN,
                        f->name);
    if (version != TTI_DB_VERSION)
        return tti_fail(error, TT_EVERSION, TTI_NOWHERE,
                        "%.*s has version %" PRId64 "; this library reads version %d", PATH_SHOWN,
                        f->name, version, TTI_DB_VERSION);
    return TT_OK;
}

/* A crash while an index is made leaves a file with nothing in it, since all of it is one
 * transaction. */
static tt_status is_blank(tti_db *f, int *blank, tt_error *error)
{
    int64_t application = 0, objects = 0;
    TTI_TRY(one_number(f, "PRAGMA application_id", &application, error));
    TTI_TRY(one_number(f, "SELECT count(*) FROM sqlite_schema", &objects, error));
    *blank = application == 0 && objects == 0;
    return TT_OK;
}

/* A file may come from anyone: nothing in it is to be run, and SQLite's own tables stay as they
 * are. */
static void distrust_file(tti_db *f)
{
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
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
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
        if (strcmp(sql, tables[k]) == 0)
            return 1;
    return strcmp(name, "removed") == 0;
}

static tt_status check_schema(tti_db *f, tt_error *error)
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
        return fail_sqlite(f, code, "read", error);
    return is_known ? TT_OK : tti_db_damaged(f, TTI_NOWHERE, "its schema is another", error);
}

/* Opens a name and looks into the file. @return a code of SQLite */
static int connect_database(tti_db *f, const char *name, int flags)
{
    int code = sqlite3_open_v2(name, &f->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_busy_timeout(f->db, BUSY_MS);
    (void)sqlite3_extended_result_codes(f->db, 1);
    distrust_file(f);
    return sqlite3_exec(f->db, "PRAGMA schema_version", NULL, NULL, NULL);
}

/* "file:PATH?immutable=1" */
static char *immutable_name(const char *path)
{
    char *name = malloc(strlen(path) * 3 + 32), *to = name;
    if (name == NULL)
        return NULL;
    to += sprintf(to, "file:");
    for (; *path != '\0'; path++)
        to += sprintf(to, strchr("%?#", *path) != NULL ? "%%%02X" : "%c", (unsigned char)*path);
    (void)sprintf(to, "?immutable=1");
    return name;
}

/* SQLite makes files beside the one that is read, to agree with a writer. Where it may not, and
 * there is no log, the file alone is the index. */
static tt_status read_without_log(tti_db *f, int code, tt_error *error)
{
    char log[PATH_MAX + 8], *name;
    struct stat s;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    if (stat(log, &s) == 0 && s.st_size > 0)
        return tti_fail(error, TT_EIO, TTI_NOWHERE,
                        "%.*s-wal holds batches, which cannot be read here: %s", PATH_SHOWN,
                        f->name, words_of(f, code));
    if (stat(f->path, &s) != 0)
        return fail_sqlite(f, code, "open", error);
    f->is_immutable = 1;
    f->modified = s.st_mtim;
    f->seen_bytes = (uint64_t)s.st_size;
    (void)sqlite3_close(f->db);
    f->db = NULL;
    name = immutable_name(f->path);
    if (name == NULL)
        return tti_fail_memory(error, "an index");
    code = connect_database(f, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    free(name);
    return code == SQLITE_OK ? TT_OK : fail_sqlite(f, code, "read", error);
}

static tt_status connect_reader(tti_db *f, tt_error *error)
{
    const int code = connect_database(f, f->path, SQLITE_OPEN_READWRITE);
    switch (code & 0xFF) {
    case SQLITE_OK: return TT_OK;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_FULL: return read_without_log(f, code, error);
    case SQLITE_IOERR:
        return status_of(f, code) == TT_ENOMEM ? fail_sqlite(f, code, "read", error)
                                               : read_without_log(f, code, error);
    default: return fail_sqlite(f, code, "open", error);
    }
}

tt_status tti_db_check_unchanged(const tti_db *f, tt_error *error)
{
    struct stat s;
    if (!f->is_immutable ||
        (stat(f->path, &s) == 0 && s.st_dev == f->file.device && s.st_ino == f->file.inode &&
         (uint64_t)s.st_size == f->seen_bytes && s.st_mtim.tv_sec == f->modified.tv_sec &&
         s.st_mtim.tv_nsec == f->modified.tv_nsec))
        return TT_OK;
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s is being written to by another user",
                    PATH_SHOWN, f->name);
}

/* Of a page of which a part is damaged the rest is read, and no log goes into the file when it is
 * closed. */
static tt_status leave_as_it_is(tti_db *f, tt_error *error)
{
    char log[PATH_MAX + 8];
    struct stat s;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    if (stat(log, &s) == 0 && s.st_size > 0)
        (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return run_sql(f, "PRAGMA cell_size_check=OFF", "open", error);
}

static tt_status open_database(tti_db *f, unsigned mode, const tt_options *options, tt_error *error)
{
    int blank = 0;
    if (f->path != NULL && (mode & TTI_DB_READ)) {
        TTI_TRY(connect_reader(f, error));
    } else {
        /* The path is absolute: SQLite takes it neither for a URI nor for a name as ":memory:". */
        const int code = connect_database(f, f->path == NULL ? ":memory:" : f->path,
                                          SQLITE_OPEN_READWRITE);
        if (code != SQLITE_OK)
            return fail_sqlite(f, code, "open", error);
    }
    TTI_TRY(is_blank(f, &blank, error));
    if (!blank && (mode & TTI_DB_NEW))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.*s exists already", PATH_SHOWN, f->name);
    if (blank && !(mode & TTI_DB_CREATE))
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE,
                        "%.*s is empty: creating an index there was interrupted; create it again",
                        PATH_SHOWN, f->name);
    if (blank)
        TTI_TRY(make_schema(f, options, error));
    TTI_TRY(check_version(f, error));
    TTI_TRY(check_schema(f, error));
    /* SQLite counts its cache in pages of the size that it assumed before it knew the file's. */
    TTI_TRY(run_sql(
        f, "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA cache_size=-2000", "open",
        error));
    if (mode & TTI_DB_SALVAGE)
        TTI_TRY(leave_as_it_is(f, error));
    if (mode & TTI_DB_READ)
        return run_sql(f, "PRAGMA query_only=ON", "open", error);
    TTI_TRY(
        run_sql(f, "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=16777216", "open", error));
    return run_sql(f, JOURNAL, "open", error);
}

static tt_status fail_open(const tti_db *f, int number, tt_error *error)
{
    if (number == EWOULDBLOCK)
        return tti_fail(error, TT_ELOCKED, TTI_NOWHERE, "%.*s: another process is writing to it",
                        PATH_SHOWN, f->name);
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot open %.*s: %s", PATH_SHOWN, f->name,
                    strerror(number));
}

/* SQLite keeps its log beside one of the names: opened by another it would be missed. */
static tt_status check_links(const tti_db *f, const struct stat *s, tt_error *error)
{
    if (s->st_nlink <= 1)
        return TT_OK;
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s has another name too (a hard link)",
                    PATH_SHOWN, f->name);
}

static tt_status open_file(tti_db *f, unsigned mode, tt_error *error)
{
    const unsigned how =
        mode & TTI_DB_READ ? 0u : TTI_OPEN_LOCKED | (mode & TTI_DB_CREATE ? TTI_OPEN_CREATE : 0u);
    struct stat s;
    int failure;
    if (tti_open_files_before_fork(f->path))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "%.*s was open when this process was forked; close it before the fork, or "
                        "open it in the child alone",
                        PATH_SHOWN, f->name);
    if (stat(f->path, &s) == 0) {
        if (!S_ISREG(s.st_mode))
            return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a file", PATH_SHOWN,
                            f->name);
        if (!(mode & TTI_DB_READ))
            TTI_TRY(check_links(f, &s, error));
    }
    failure = tti_open_files_add(&f->file, f->path, how);
    return failure == 0 ? TT_OK : fail_open(f, failure, error);
}

/* Where a name leads: the absolute path, without symbolic links, of a file that may not exist yet.
 * @return NULL, and errno */
static char *resolve_path(const char *name)
{
    char *at = strdup(name), *resolved = NULL;
    for (int links = 0; at != NULL && links < 40; links++) {
        char target[PATH_MAX], *slash = strrchr(at, '/'), *folder, *joined;
        const char *base = slash == NULL ? at : slash + 1;
        ssize_t size;
        resolved = realpath(at, NULL);
        if (resolved != NULL || errno != ENOENT || *base == '\0')
            break;
        size = readlink(at, target, sizeof target - 1); /* a link to what does not exist yet */
        target[size < 0 ? 0 : size] = '\0';
        if (slash != NULL)
            *slash = '\0';
        folder = realpath(slash == NULL ? "." : slash == at ? "/" : at, NULL);
        if (folder == NULL)
            break;
        joined = malloc(strlen(folder) + 1 + (size < 0 ? strlen(base) : (size_t)size) + 1);
        if (joined != NULL && target[0] == '/')
            (void)strcpy(joined, target);
        else if (joined != NULL)
            (void)sprintf(joined, "%s/%s", folder, size < 0 ? base : target);
        free(folder);
        free(at);
        at = joined;
        if (size < 0)
            return at;
    }
    free(at);
    return resolved;
}

tt_status tti_db_open(tti_db **out, const char *path, unsigned mode, const tt_options *options,
                      tt_options *shape, tt_error *error)
{
    tti_db *f = calloc(1, sizeof *f);
    tt_status status = TT_OK;
    *out = NULL;
    if (f != NULL)
        f->name = strdup(path == NULL ? "an index in memory" : path);
    if (f == NULL || f->name == NULL) {
        free(f);
        return tti_fail_memory(error, "an index");
    }
    if (path != NULL) {
        f->path = resolve_path(path);
        status = f->path == NULL ? fail_open(f, errno, error) : open_file(f, mode, error);
    }
    if (status == TT_OK)
        status = open_database(f, mode, options, error);
    if (status == TT_OK && !(mode & TTI_DB_SALVAGE))
        status = tti_db_read_shape(f, shape, error);
    if (status == TT_OK && !(mode & TTI_DB_READ))
        status = check_file(f, error);
    if (status != TT_OK)
        tti_db_close(f);
    else
        *out = f;
    return status;
}

/* SQLite would take the log of the file that was replaced for that of the one that replaced it, and
 * destroy it: the log gets another name. */
static void put_log_aside(const tti_db *f)
{
    char log[PATH_MAX + 8], aside[PATH_MAX + 16];
    struct stat s;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    (void)snprintf(aside, sizeof aside, "%s-wal.replaced", f->path);
    if (stat(log, &s) == 0 && s.st_dev == f->log.device && s.st_ino == f->log.inode)
        (void)rename(log, aside);
}

/* What a forked child inherited belongs to the parent, and is left alone. */
static void close_database(tti_db *f)
{
    if (tti_open_file_is_inherited(&f->file))
        return;
    tti_db_rollback(f);
    for (int k = 0; k < STATEMENTS; k++)
        (void)sqlite3_finalize(f->statements[k]);
    if (f->is_replaced)
        (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_close(f->db);
    if (f->is_replaced)
        put_log_aside(f);
}

void tti_db_close(tti_db *f)
{
    if (f == NULL)
        return;
    close_database(f);
    tti_open_files_remove(&f->file);
    free(f->path);
    free(f->name);
    free(f);
}

/* ---- Transactions ---------------------------------------------------------------------------- */

tt_status tti_db_begin(tti_db *f, tt_error *error)
{
    TTI_TRY(run_sql(f, "BEGIN", "read", error));
    f->begun = 1;
    return TT_OK;
}

/* A second writer that no lock has kept out, on a file system without locks for example, is noticed
 * before what it wrote is overwritten. */
static tt_status check_state(tti_db *f, const tti_db_state *expected, tt_error *error)
{
    tti_db_state state;
    TTI_TRY(tti_db_read_state(f, &state, error));
    if (tti_db_state_equal(&state, expected))
        return TT_OK;
    return tti_fail(error, TT_ELOCKED, TTI_NOWHERE, "%.*s: another process has written to it",
                    PATH_SHOWN, f->name);
}

tt_status tti_db_begin_write(tti_db *f, const tti_db_state *expected, tt_error *error)
{
    tt_status status;
    TTI_TRY(run_sql(f, "BEGIN IMMEDIATE", "write", error));
    f->begun = 1;
    status = check_file(f, error);
    if (status == TT_OK)
        status = check_state(f, expected, error);
    if (status != TT_OK)
        tti_db_rollback(f);
    return status;
}

void tti_db_rollback(tti_db *f)
{
    if (f->begun)
        (void)sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    f->begun = 0;
}

/* The journal has no more rows than there are articles: to follow more removals than that is more
 * work than to read all articles again. */
static tt_status cut_journal(tti_db *f, const tti_db_state *s, tt_error *error)
{
    if (!f->removed || s->removals <= s->count)
        return TT_OK;
    TTI_TRY(prepare(f, CUT_REMOVED, error));
    (void)sqlite3_bind_int64(f->statements[CUT_REMOVED], 1, (int64_t)(s->removals - s->count));
    return run_once(f, CUT_REMOVED, "write", error);
}

tt_status tti_db_commit(tti_db *f, const tti_db_state *state, tt_error *error)
{
    tt_status status = cut_journal(f, state, error);
    if (status == TT_OK)
        status = write_state(f, state, error);
    if (status == TT_OK)
        status = run_sql(f, "COMMIT", "write", error);
    if (status != TT_OK)
        tti_db_rollback(f);
    f->begun = 0;
    if (status == TT_OK)
        status = check_file(f, error); /* only now is it certain that the batch is in this file */
    return status;
}

tt_status tti_db_read_state(tti_db *f, tti_db_state *out, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    uint64_t sum;
    TTI_TRY(prepare(f, READ_STATE, error));
    s = f->statements[READ_STATE];
    code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        *out = (tti_db_state){(uint64_t)sqlite3_column_int64(s, 0),
                              (uint64_t)sqlite3_column_int64(s, 1),
                              (uint64_t)sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3)};
        sum = (uint64_t)sqlite3_column_int64(s, 4);
    }
    (void)sqlite3_reset(s);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail_sqlite(f, code, "read", error);
    if (code == SQLITE_DONE || sum != sum_state(out) || out->last < 0 ||
        out->last > TTI_DB_MAX_NUMBER || out->removals > (uint64_t)TTI_DB_MAX_NUMBER ||
        out->count > (uint64_t)out->last)
        return tti_db_damaged(f, TTI_NOWHERE, "its state", error);
    return TT_OK;
}

/* ---- Checksums and form of rows ---------------------------------------------------------------
 */

/* A row's checksum begins with its numbers, eight bytes each, little-endian. */
enum { HEAD = 10 };

uint64_t tti_db_row_checksum(const tti_db_row *r)
{
    const uint64_t numbers[HEAD] = {
        (uint64_t)r->number, (uint64_t)r->published, (uint64_t)r->ingested_at, r->text_size,
        r->id_size,          r->source_size,         r->article_flags,         r->token_count,
        r->extents_size,     r->version_size};
    uint8_t head[HEAD * 8];
    XXH3_state_t state;
    for (int k = 0; k < HEAD; k++)
        XXH_writeLE64(head + k * 8, numbers[k]);
    (void)XXH3_64bits_reset(&state);
    (void)XXH3_64bits_update(&state, head, sizeof head);
    (void)XXH3_64bits_update(&state, r->id, r->id_size);
    (void)XXH3_64bits_update(&state, r->source, r->source_size);
    (void)XXH3_64bits_update(&state, r->version, r->version_size);
    if (r->hashes == NULL) { /* of a row that was read: hashes, flags and extents in one */
        (void)XXH3_64bits_update(&state, r->data, (size_t)r->token_count * 5 + r->extents_size);
        return XXH3_64bits_digest(&state);
    }
    tti_hash_add_u32(&state, r->hashes, r->token_count);
    (void)XXH3_64bits_update(&state, r->flags, r->token_count);
    (void)XXH3_64bits_update(&state, r->extents, r->extents_size);
    return XXH3_64bits_digest(&state);
}

/* Spans of one byte each, as nearly all are: the sum of their gaps and sizes, or -1: some are no
 * such spans. */
static int64_t sum_short(const uint8_t *at, size_t count)
{
    uint64_t sum = 0;
    uint8_t bad = 0;
    for (size_t k = 0; k < count; k++) {
        const uint8_t gap = at[k] >> TTI_EXTENT_SIZE_BITS, size = at[k] % TTI_EXTENT_SHORT_SIZES;
        bad |= (uint8_t)((gap == 0) | (size == 0));
        sum += (uint64_t)gap + size;
    }
    return bad ? -1 : (int64_t)sum;
}

int tti_db_row_is_valid(const tti_db_row *r, size_t data_size)
{
    const uint8_t *at, *end;
    uint64_t position = 0;
    if (data_size < (size_t)r->token_count * 5 || r->text_size > UINT32_MAX)
        return 0;
    at = r->data + (size_t)r->token_count * 5;
    end = r->data + data_size;
    for (uint32_t i = 0; i < r->token_count; i++) {
        tti_token_extent span = {0, 0};
        if ((size_t)(end - at) == r->token_count - i) { /* a byte for each that is left */
            const int64_t sum = sum_short(at, r->token_count - i);
            return sum >= 0 && position + (uint64_t)sum <= r->text_size;
        }
        at = tti_token_extent_decode(at, end, &span);
        if (at == NULL)
            return 0;
        position += (uint64_t)span.gap + span.size;
    }
    return at == end && position <= r->text_size;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static tt_status bind_data(sqlite3_stmt *s, const tti_db_row *r, tt_error *error)
{
    const size_t hashes = (size_t)r->token_count * 4,
                 size = hashes + r->token_count + r->extents_size;
    uint8_t *data = sqlite3_malloc64(size + 1);
    if (data == NULL)
        return tti_fail_memory(error, "a record");
    if (r->hashes == NULL && size > 0) {
        memcpy(data, r->data, size);
    } else if (r->token_count > 0) {
        tti_write_le32(data, r->hashes, r->token_count);
        memcpy(data + hashes, r->flags, r->token_count);
        memcpy(data + hashes + r->token_count, r->extents, r->extents_size);
    }
    if (sqlite3_bind_blob64(s, 10, data, size, sqlite3_free) != SQLITE_OK)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "an article of %u tokens is too long",
                        (unsigned)r->token_count);
    return TT_OK;
}

tt_status tti_db_insert(tti_db *f, const tti_db_row *r, tt_error *error)
{
    sqlite3_stmt *s;
    TTI_TRY(prepare(f, INSERT, error));
    s = f->statements[INSERT];
    (void)sqlite3_bind_int64(s, 1, r->number);
    (void)sqlite3_bind_blob64(s, 2, r->id, r->id_size, SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 3, r->article_flags);
    (void)sqlite3_bind_blob64(s, 4, r->source_size == 0 ? "" : r->source, r->source_size,
                              SQLITE_STATIC);
    (void)sqlite3_bind_blob64(s, 5, r->version_size == 0 ? "" : r->version, r->version_size,
                              SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 6, r->published);
    (void)sqlite3_bind_int64(s, 7, r->ingested_at);
    (void)sqlite3_bind_int64(s, 8, (int64_t)r->text_size);
    (void)sqlite3_bind_int64(s, 9, r->token_count);
    TTI_TRY(bind_data(s, r, error));
    (void)sqlite3_bind_int64(s, 11, (int64_t)r->sum);
    return run_once(f, INSERT, "write", error);
}

tt_status tti_db_delete(tti_db *f, int64_t number, uint64_t nth, tt_error *error)
{
    TTI_TRY(prepare(f, DELETE, error));
    TTI_TRY(prepare(f, INSERT_REMOVED, error));
    f->removed = 1;
    (void)sqlite3_bind_int64(f->statements[DELETE], 1, number);
    TTI_TRY(run_once(f, DELETE, "write", error));
    (void)sqlite3_bind_int64(f->statements[INSERT_REMOVED], 1, (int64_t)nth);
    (void)sqlite3_bind_int64(f->statements[INSERT_REMOVED], 2, number);
    return run_once(f, INSERT_REMOVED, "write", error);
}

tt_status tti_db_read_removals(tti_db *f, uint64_t removals, uint64_t count, int64_t *numbers,
                               uint64_t *found, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    *found = 0;
    if (prepare(f, READ_REMOVED, NULL) != TT_OK)
        return TT_OK; /* there is no journal */
    s = f->statements[READ_REMOVED];
    (void)sqlite3_bind_int64(s, 1, (int64_t)removals);
    (void)sqlite3_bind_int64(s, 2, (int64_t)(removals + count));
    while ((code = sqlite3_step(s)) == SQLITE_ROW && *found < count)
        numbers[(*found)++] = sqlite3_column_int64(s, 0);
    (void)sqlite3_reset(s);
    return code == SQLITE_DONE ? TT_OK : fail_sqlite(f, code, "read", error);
}

/* @return NULL, or what is wrong with the row */
static const char *read_row(sqlite3_stmt *s, tti_db_row *r)
{
    const int64_t tokens = sqlite3_column_int64(s, 8), flags = sqlite3_column_int64(s, 2);
    const size_t data_size = (size_t)sqlite3_column_bytes(s, 9);
    memset(r, 0, sizeof *r);
    r->number = sqlite3_column_int64(s, 0);
    r->id = sqlite3_column_blob(s, 1);
    r->id_size = (uint32_t)sqlite3_column_bytes(s, 1);
    r->article_flags = (uint32_t)flags;
    r->source = sqlite3_column_blob(s, 3);
    r->source_size = (uint32_t)sqlite3_column_bytes(s, 3);
    r->version = sqlite3_column_blob(s, 4);
    r->version_size = (uint32_t)sqlite3_column_bytes(s, 4);
    r->published = sqlite3_column_int64(s, 5);
    r->ingested_at = sqlite3_column_int64(s, 6);
    r->text_size = (uint64_t)sqlite3_column_int64(s, 7);
    r->data = sqlite3_column_blob(s, 9);
    r->sum = (uint64_t)sqlite3_column_int64(s, 10);
    if (tokens < 0 || tokens > UINT32_MAX - 1 || (uint64_t)tokens * 5 > data_size)
        return "its data is cut short";
    r->token_count = (uint32_t)tokens;
    r->extents_size = data_size - (size_t)tokens * 5;
    if (tti_db_row_checksum(r) != r->sum)
        return "its checksum is another";
    if (flags < 0 || (flags & ~(int64_t)(TT_ARTICLE_INTEGER_ID | TT_ARTICLE_WITHDRAWN)) != 0 ||
        !tti_article_id_is_valid((tti_article_id){r->id, r->id_size, r->article_flags}))
        return "its id is none";
    return tti_db_row_is_valid(r, data_size) ? NULL : "its data makes no sense";
}

tt_status tti_db_next_number(tti_db *f, int64_t after, int64_t *out, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    *out = INT64_MAX;
    TTI_TRY(prepare(f, NEXT, error));
    s = f->statements[NEXT];
    (void)sqlite3_bind_int64(s, 1, after);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    (void)sqlite3_reset(s);
    return code == SQLITE_ROW || code == SQLITE_DONE ? TT_OK : fail_sqlite(f, code, "read", error);
}

size_t tti_db_read_id(tti_db *f, int64_t number, char *out, size_t size)
{
    sqlite3_stmt *s;
    size_t length = 0;
    if (prepare(f, READ_ID, NULL) != TT_OK)
        return 0;
    s = f->statements[READ_ID];
    (void)sqlite3_bind_int64(s, 1, number);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_blob(s, 0) != NULL) {
        length = (size_t)sqlite3_column_bytes(s, 0);
        length = length < size ? length : size;
        memcpy(out, sqlite3_column_blob(s, 0), length);
    }
    (void)sqlite3_reset(s);
    return length;
}

/* Ids, sources and versions are bounded by what is left of SQLite's limit. */
int tti_db_holds(const tti_db *f, uint32_t token_count, size_t extents_size)
{
    const uint64_t most = (uint64_t)sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, -1);
    return (uint64_t)token_count * 5 + extents_size <= most - most / 16;
}

const char *tti_db_path(const tti_db *f)
{
    return f->path;
}

tt_status tti_db_each_row(tti_db *f, int64_t after, int64_t last, tti_db_row_fn take, void *ctx,
                          tt_error *error)
{
    sqlite3_stmt *s;
    tti_db_row row;
    tt_status status = TT_OK;
    int code = SQLITE_DONE;
    TTI_TRY(prepare(f, ROWS, error));
    s = f->statements[ROWS];
    (void)sqlite3_bind_int64(s, 1, after);
    (void)sqlite3_bind_int64(s, 2, last);
    while (status == TT_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *fault = read_row(s, &row);
        status = take(ctx, &row, fault, error);
    }
    if (status == TT_OK && code != SQLITE_DONE)
        status = fail_sqlite(f, code, "read", error);
    (void)sqlite3_reset(s);
    return status;
}

/* ---- The file as a whole --------------------------------------------------------------------- */

tt_status tti_db_data_version(tti_db *f, uint32_t *out, tt_error *error)
{
    int64_t version = 0;
    TTI_TRY(tti_db_check_unchanged(f, error));
    TTI_TRY(one_number(f, "PRAGMA data_version", &version, error));
    *out = (uint32_t)version;
    return TT_OK;
}

/* Pages are moved from the end of the file, so this waits until many are free. */
tt_status tti_db_shrink(tti_db *f, tt_error *error)
{
    int64_t pages = 0, free_pages = 0;
    if (!f->removed || tti_open_file_is_inherited(&f->file))
        return TT_OK;
    TTI_TRY(one_number(f, "PRAGMA page_count", &pages, error));
    TTI_TRY(one_number(f, "PRAGMA freelist_count", &free_pages, error));
    f->removed = 0;
    if (free_pages <= 64 || free_pages * 4 <= pages)
        return TT_OK;
    f->seen_bytes = f->least_bytes = 0;
    return run_sql(f, "PRAGMA incremental_vacuum", "shrink", error);
}

tt_status tti_db_check_integrity(tti_db *f, tt_finding_fn emit, void *ctx, tt_error *error)
{
    sqlite3_stmt *s = NULL;
    tt_status status = TT_OK;
    int code = sqlite3_prepare_v2(f->db, "PRAGMA integrity_check(20)", -1, &s, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW && status == TT_OK) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        code = SQLITE_OK;
        if (text != NULL && strcmp(text, "ok") != 0 && emit(ctx, text) != 0)
            status = tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    }
    if (status == TT_OK && code != SQLITE_DONE && emit(ctx, sqlite3_errmsg(f->db)) != 0)
        status = tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
    (void)sqlite3_finalize(s);
    return status;
}

uint64_t tti_db_bytes(tti_db *f)
{
    int64_t pages = 0, size = 0;
    if (one_number(f, "PRAGMA page_count", &pages, NULL) != TT_OK ||
        one_number(f, "PRAGMA page_size", &size, NULL) != TT_OK)
        return 0;
    return (uint64_t)(pages * size);
}
