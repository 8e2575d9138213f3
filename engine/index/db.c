#define _DEFAULT_SOURCE
#include "index/db_connection.h"
#include "index/db_files.h"
#include "index/db_schema.h"
#include "index/leaf_pages.h"
#include "index/log_file.h"

#include "util/error.h"
#include "util/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
    BUSY_MS = 5000,
    MOST_STEPS = 1000000, /* of a statement of SQLite while the file is opened */
    LOG_PAGES = 1000      /* after which the log is copied into the file */
};

tt_status tti_db_damaged(const tti_db *f, uint64_t where, const char *how, tt_error *error)
{
    return tti_fail(error, TT_EFORMAT, where, "%.*s is damaged: %s", TTI_DB_PATH_SHOWN, f->name,
                    how);
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* A file may come from anyone: nothing in it is to be run, and SQLite's own tables stay as they
 * are. */
static void distrust_file(tti_db *f)
{
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
}

/* Pages of the schema that lead to each other would be read without end. */
static int stop_reading(void *ctx)
{
    return (void)ctx, 1;
}

/* The log does not go into the file when it is closed. */
static void leave_log(tti_db *f)
{
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* Opens a name and looks into the file. @return a code of SQLite */
static int connect_database(tti_db *f, const char *name, int flags)
{
    int code =
        sqlite3_open_v2(name, &f->db, flags | SQLITE_OPEN_NOMUTEX, tti_moved_log_vfs(f->moved_log));
    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_busy_timeout(f->db, BUSY_MS);
    (void)sqlite3_extended_result_codes(f->db, 1);
    distrust_file(f);
    sqlite3_progress_handler(f->db, MOST_STEPS, stop_reading, NULL);
    if (f->has_log) /* until it is known to be the log of this file */
        leave_log(f);
    if (f->is_exclusive) { /* the index of the log is a file beside it otherwise */
        code = sqlite3_exec(f->db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL);
        if (code != SQLITE_OK)
            return code;
    }
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

/* Reads the file alone, whatever lies beside it. @return a code of SQLite */
static int connect_without_log(tti_db *f)
{
    char *name = immutable_name(f->path);
    const int code = name == NULL
                         ? SQLITE_NOMEM
                         : connect_database(f, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    free(name);
    return code;
}

/* SQLite makes files beside the one that is read, to agree with a writer. Where it may not, and
 * there is no log, the file alone is the index. */
static tt_status read_without_log(tti_db *f, int code, tt_error *error)
{
    char log[PATH_MAX + 8];
    struct stat s;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    if (stat(log, &s) == 0 && s.st_size > 0)
        return tti_fail(error, TT_EIO, TTI_NOWHERE,
                        "%.*s-wal holds batches, which cannot be read here: %s", TTI_DB_PATH_SHOWN,
                        f->name, tti_db_words_of(f, code));
    if (stat(f->path, &s) != 0)
        return tti_db_fail(f, code, "open", error);
    f->is_immutable = 1;
    tti_db_note_files(f);
    (void)sqlite3_close(f->db);
    f->db = NULL;
    code = connect_without_log(f);
    return code == SQLITE_OK ? TT_OK : tti_db_fail(f, code, "read", error);
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
        return tti_db_status_of(f, code) == TT_ENOMEM ? tti_db_fail(f, code, "read", error)
                                                      : read_without_log(f, code, error);
    default: return tti_db_fail(f, code, "open", error);
    }
}

tt_status tti_db_check_unchanged(const tti_db *f, tt_error *error)
{
    if (!f->is_immutable || tti_db_is_unwritten(f))
        return TT_OK;
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s is being written to by another user",
                    TTI_DB_PATH_SHOWN, f->name);
}

/* What table `log` has: the number that the log gave the file, and the one that the file had
 * before. 0: there is none. */
typedef struct log_numbers {
    int64_t id, base;
} log_numbers;

static log_numbers read_log_numbers(sqlite3 *db)
{
    log_numbers n = {0, 0};
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, "SELECT id,base FROM log", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        n = (log_numbers){sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)};
    (void)sqlite3_finalize(s);
    return n;
}

/* A tti_leaf_row_fn. */
static tt_status take_log_numbers(void *ctx, int64_t number, const tti_leaf_value *v, int count,
                                  tt_error *error)
{
    (void)number, (void)error;
    if (count == 2 && v[0].is_integer && v[1].is_integer)
        *(log_numbers *)ctx = (log_numbers){v[0].integer, v[1].integer};
    return TT_OK;
}

/* The number in the file alone, which SQLite may not be able to read: a part of the log may have
 * been copied into it. */
static int64_t read_number_of_file(tti_db *f)
{
    log_numbers n = {0, 0};
    int64_t root = 0, size = 0;
    sqlite3_file *file = NULL;
    uint8_t *page;
    if (tti_db_one_number(f, "SELECT rootpage FROM sqlite_schema WHERE name='log'", &root, NULL) !=
            TT_OK ||
        tti_db_one_number(f, "PRAGMA page_size", &size, NULL) != TT_OK || root < 2 ||
        sqlite3_file_control(f->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        (page = malloc((size_t)size)) == NULL)
        return 0;
    if (file->pMethods->xRead(file, page, (int)size, (root - 1) * size) == SQLITE_OK)
        (void)tti_leaf_page_each(page, (size_t)size, take_log_numbers, &n, NULL);
    free(page);
    return n.id;
}

/* A log begins with a commit that gives it a number, and says which was that of the file then. A
 * log that was left beside another file, or an older copy of this one, would be mixed with it. */
static int has_own_log(tti_db *f, int64_t *number)
{
    enum { ATTEMPTS = 5 /* while a writer begins the log again */ };
    int is_own = 0;
    for (int k = 0; k < ATTEMPTS && !is_own; k++) {
        log_numbers n;
        *number = read_number_of_file(f);
        n = read_log_numbers(f->db);
        is_own = *number == n.id || *number == n.base;
    }
    return is_own;
}

static tt_status check_log_is_own(tti_db *f, tt_error *error)
{
    int64_t number;
    if (!f->has_log)
        return TT_OK;
    if (!has_own_log(f, &number))
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE,
                        "%.*s-wal is the log of another file, or of another copy of this one",
                        TTI_DB_PATH_SHOWN, f->name);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return TT_OK;
}

/* Of a page of which a part is damaged the rest is read, and a log of another file is not. */
static tt_status prepare_salvage(tti_db *f, tt_error *error)
{
    int64_t number = 0;
    if (f->has_log && !has_own_log(f, &number) && number != 0) {
        int code;
        (void)sqlite3_close(f->db);
        f->db = NULL;
        f->has_log = 0;
        f->leaves_log = 1;
        code = connect_without_log(f);
        if (code != SQLITE_OK)
            return tti_db_fail(f, code, "read", error);
    }
    return tti_db_run(f, "PRAGMA cell_size_check=OFF", "open", error);
}

static tt_status check_log_is_whole(tti_db *f, unsigned mode, tt_error *error)
{
    f->has_log = !(mode & TTI_DB_AGAIN) && tti_log_file_has_batches(f->path);
    f->is_log_damaged = f->has_log && tti_log_file_is_damaged(f->path);
    if (!f->is_log_damaged || mode & TTI_DB_SALVAGE)
        return TT_OK;
    return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s-wal is damaged", TTI_DB_PATH_SHOWN,
                    f->name);
}

/* Copies the log into the file. SQLite would do that within the transaction, without a look at what
 * the file is by then. @return a code of SQLite */
static int copy_log(tti_db *f)
{
    int pages = 0, copied = 0;
    const int code =
        sqlite3_wal_checkpoint_v2(f->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    f->log_pages = 0;
    f->begins_log = code == SQLITE_OK && pages == copied;
    return code;
}

/* In the place of the hook by which SQLite copies the log itself. */
static int note_log_pages(void *ctx, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((tti_db *)ctx)->log_pages = pages;
    return SQLITE_OK;
}

static tt_status open_database(tti_db *f, unsigned mode, const tt_options *options, tt_error *error)
{
    int blank = 0;
    if (f->path != NULL && (mode & TTI_DB_READ)) {
        TTI_TRY(connect_reader(f, error));
    } else {
        /* The path is absolute: SQLite takes it neither for a URI nor for a name as ":memory:". */
        const int code =
            connect_database(f, f->path == NULL ? ":memory:" : f->path, SQLITE_OPEN_READWRITE);
        if (code != SQLITE_OK)
            return tti_db_fail(f, code, "open", error);
    }
    TTI_TRY(mode & TTI_DB_SALVAGE ? prepare_salvage(f, error) : check_log_is_own(f, error));
    TTI_TRY(tti_db_is_blank(f, &blank, error));
    if (!blank && (mode & TTI_DB_NEW))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.*s exists already", TTI_DB_PATH_SHOWN,
                        f->name);
    if (blank && !(mode & TTI_DB_CREATE))
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE,
                        "%.*s is empty: creating an index there was interrupted; create it again",
                        TTI_DB_PATH_SHOWN, f->name);
    if (blank)
        TTI_TRY(tti_db_make_schema(f, options, error));
    TTI_TRY(tti_db_check_version(f, error));
    TTI_TRY(tti_db_check_schema(f, error));
    /* SQLite counts its cache in pages of the size that it assumed before it knew the file's. */
    TTI_TRY(tti_db_run(f, "PRAGMA synchronous=FULL; PRAGMA cache_size=-2000", "open", error));
    if (!(mode & TTI_DB_SALVAGE))
        TTI_TRY(tti_db_run(f, "PRAGMA cell_size_check=ON", "open", error));
    if (mode & TTI_DB_READ)
        return tti_db_run(f, "PRAGMA query_only=ON", "open", error);
    TTI_TRY(tti_db_run(f, "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=16777216", "open",
                       error));
    f->is_writer = 1;
    (void)sqlite3_wal_hook(f->db, note_log_pages, f);
    TTI_TRY(tti_db_complete_schema(f, error));
    (void)copy_log(f);
    return TT_OK;
}

static tt_status fail_open(const tti_db *f, int number, tt_error *error)
{
    if (number == EWOULDBLOCK)
        return tti_fail(error, TT_ELOCKED, TTI_NOWHERE, "%.*s: another process is writing to it",
                        TTI_DB_PATH_SHOWN, f->name);
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot open %.*s: %s", TTI_DB_PATH_SHOWN, f->name,
                    strerror(number));
}

/* SQLite keeps its log beside one of the names: opened by another it would be missed. */
static tt_status check_links(const tti_db *f, const struct stat *s, tt_error *error)
{
    if (s->st_nlink <= 1)
        return TT_OK;
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s has another name too (a hard link)",
                    TTI_DB_PATH_SHOWN, f->name);
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
                        TTI_DB_PATH_SHOWN, f->name);
    if (stat(f->path, &s) == 0) {
        if (!S_ISREG(s.st_mode))
            return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a file", TTI_DB_PATH_SHOWN,
                            f->name);
        if (!(mode & TTI_DB_READ))
            TTI_TRY(check_links(f, &s, error));
    }
    if (mode & TTI_DB_CREATE)
        tti_db_keep_stray_log(f);
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

static tt_status move_log(tti_db *f, const tt_options *options, tt_error *error)
{
    const char *directory = options->temp_dir != NULL ? options->temp_dir : getenv("TMPDIR");
    if (tti_open_file_is_read(&f->file))
        return tti_fail(error, TT_ELOCKED, TTI_NOWHERE, "%.*s: another process is reading it",
                        TTI_DB_PATH_SHOWN, f->name);
    f->is_exclusive = 1;
    return tti_moved_log_make(f->path, directory != NULL ? directory : "/tmp", error);
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
        if (status == TT_OK)
            status = check_log_is_whole(f, mode, error);
        if (status == TT_OK && (mode & TTI_DB_LOG_ELSEWHERE))
            status = move_log(f, options, error);
        if (status == TT_OK)
            status = tti_moved_log_open(&f->moved_log, f->path, error);
    }
    if (status == TT_OK)
        status = open_database(f, mode, options, error);
    if (status == TT_OK)
        sqlite3_progress_handler(f->db, 0, NULL, NULL);
    if (status == TT_OK && !(mode & TTI_DB_SALVAGE))
        status = tti_db_read_shape(f, shape, error);
    if (status == TT_OK && !(mode & TTI_DB_READ)) {
        tti_db_note_files(f);
        status = tti_db_check_files(f, 0, error);
    }
    if (status != TT_OK)
        tti_db_close(f);
    else
        *out = f;
    return status;
}

/* What a forked child inherited belongs to the parent, and is left alone. */
static void close_database(tti_db *f)
{
    if (tti_open_file_is_inherited(&f->file))
        return;
    tti_db_rollback(f);
    for (int k = 0; k < TTI_DB_SQL_STATEMENTS; k++)
        (void)sqlite3_finalize(f->statements[k]);
    if (f->is_writer && !f->is_replaced)
        (void)tti_db_check_files(f, 0, NULL); /* the log goes into no other file */
    if (f->is_replaced)
        (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_close(f->db);
    if (f->is_replaced)
        tti_db_put_log_aside(f);
}

void tti_db_close(tti_db *f)
{
    if (f == NULL)
        return;
    close_database(f);
    tti_moved_log_close(f->moved_log, f->path);
    tti_open_files_remove(&f->file);
    (void)ZSTD_freeCCtx(f->compressor);
    (void)ZSTD_freeDCtx(f->decompressor);
    free(f->path);
    free(f->name);
    free(f);
}

/* ---- Transactions ---------------------------------------------------------------------------- */

tt_status tti_db_begin(tti_db *f, tt_error *error)
{
    TTI_TRY(tti_db_run(f, "BEGIN", "read", error));
    f->begun = 1;
    return TT_OK;
}

/* A second writer that no lock has kept out, on a file system without locks for example, is noticed
 * before what it wrote is overwritten. */
static tt_status check_state(tti_db *f, const tti_db_state *expected, tt_error *error)
{
    tti_db_state state;
    TTI_TRY(tti_db_read_state(f, &state, error));
    return tti_db_state_equal(&state, expected) ? TT_OK : TT_ELOCKED;
}

/* What it wrote is read before the next attempt. */
static tt_status fail_other_writer(tti_db *f, tt_error *error)
{
    f->is_replaced = f->is_log_damaged = f->begins_log = 0;
    tti_db_note_files(f);
    return tti_fail(error, TT_ELOCKED, TTI_NOWHERE, "%.*s: another process has written to it",
                    TTI_DB_PATH_SHOWN, f->name);
}

tt_status tti_db_begin_write(tti_db *f, const tti_db_state *expected, tt_error *error)
{
    tt_status status;
    TTI_TRY(tti_db_run(f, "BEGIN IMMEDIATE", "write", error));
    f->begun = 1;
    status = tti_db_check_files(f, 0, error);
    if (status == TT_OK || f->is_log_damaged) {
        const tt_status same = check_state(f, expected, status == TT_OK ? error : NULL);
        if (status == TT_OK || same == TT_ELOCKED) /* the log has what another wrote */
            status = same == TT_ELOCKED ? fail_other_writer(f, error) : same;
    }
    if (status != TT_OK)
        tti_db_rollback(f);
    f->is_writing = status == TT_OK;
    return status;
}

void tti_db_rollback(tti_db *f)
{
    if (f->begun)
        (void)sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    if (f->is_writing && tti_db_check_files(f, 1, NULL) == TT_OK)
        tti_db_note_files(f); /* some of it may have been in the log */
    f->begun = f->is_writing = 0;
}

/* The journal has no more rows than there are articles: to follow more removals than that is more
 * work than to read all articles again. */
static tt_status cut_journal(tti_db *f, const tti_db_state *s, tt_error *error)
{
    if (!f->removed || s->removals <= s->count)
        return TT_OK;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_CUT_REMOVED, error));
    (void)sqlite3_bind_int64(f->statements[TTI_DB_SQL_CUT_REMOVED], 1,
                             (int64_t)(s->removals - s->count));
    return tti_db_run_once(f, TTI_DB_SQL_CUT_REMOVED, "write", error);
}

static uint64_t sum_state(const tti_db_state *s)
{
    const uint64_t packed[4] = {s->count, s->digest, s->removals, (uint64_t)s->last};
    return tti_hash_u64(packed, 4);
}

static tt_status write_state(tti_db *f, const tti_db_state *s, tt_error *error)
{
    sqlite3_stmt *x;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_WRITE_STATE, error));
    x = f->statements[TTI_DB_SQL_WRITE_STATE];
    (void)sqlite3_bind_int64(x, 1, (int64_t)s->count);
    (void)sqlite3_bind_int64(x, 2, (int64_t)s->digest);
    (void)sqlite3_bind_int64(x, 3, (int64_t)s->removals);
    (void)sqlite3_bind_int64(x, 4, s->last);
    (void)sqlite3_bind_int64(x, 5, (int64_t)sum_state(s));
    return tti_db_run_once(f, TTI_DB_SQL_WRITE_STATE, "write", error);
}

/* Only with this it is certain that what was written is in the file that has the name. */
static tt_status finish_write(tti_db *f, tt_error *error)
{
    int code;
    TTI_TRY(tti_db_check_files(f, 1, error));
    tti_db_note_files(f);
    if (f->log_pages < LOG_PAGES)
        return TT_OK;
    code = copy_log(f);
    tti_db_note_files(f);
    return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY ? TT_OK
                                                             : tti_db_fail(f, code, "write", error);
}

/* A log with a commit begins. */
static tt_status number_log(tti_db *f, tt_error *error)
{
    return f->begins_log && f->path != NULL
               ? tti_db_run(f, "UPDATE log SET base=id,id=random()", "write", error)
               : TT_OK;
}

tt_status tti_db_commit(tti_db *f, const tti_db_state *state, tt_error *error)
{
    tt_status status = cut_journal(f, state, error);
    if (status == TT_OK)
        status = write_state(f, state, error);
    if (status == TT_OK)
        status = number_log(f, error);
    if (status == TT_OK)
        status = tti_db_run(f, "COMMIT", "write", error);
    if (status != TT_OK)
        tti_db_rollback(f);
    f->begun = f->is_writing = 0;
    if (status != TT_OK)
        return status;
    f->begins_log = 0;
    return finish_write(f, error);
}

tt_status tti_db_read_state(tti_db *f, tti_db_state *out, tt_error *error)
{
    sqlite3_stmt *s;
    int code;
    uint64_t sum;
    TTI_TRY(tti_db_prepare(f, TTI_DB_SQL_READ_STATE, error));
    s = f->statements[TTI_DB_SQL_READ_STATE];
    code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        *out = (tti_db_state){(uint64_t)sqlite3_column_int64(s, 0),
                              (uint64_t)sqlite3_column_int64(s, 1),
                              (uint64_t)sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3)};
        sum = (uint64_t)sqlite3_column_int64(s, 4);
    }
    (void)sqlite3_reset(s);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return tti_db_fail(f, code, "read", error);
    if (code == SQLITE_DONE || sum != sum_state(out) || out->last < 0 ||
        out->last > TTI_DB_MAX_NUMBER || out->removals > (uint64_t)TTI_DB_MAX_NUMBER ||
        out->count > (uint64_t)out->last || /* a number is given once, and removed once */
        out->removals > (uint64_t)out->last - out->count)
        return tti_db_damaged(f, TTI_NOWHERE, "its state", error);
    return TT_OK;
}

const char *tti_db_path(const tti_db *f)
{
    return f->path;
}

int tti_db_leaves_log(const tti_db *f)
{
    return f->leaves_log;
}

/* ---- The file as a whole --------------------------------------------------------------------- */

tt_status tti_db_data_version(tti_db *f, uint32_t *out, tt_error *error)
{
    int64_t version = 0;
    TTI_TRY(tti_db_check_unchanged(f, error));
    TTI_TRY(tti_db_one_number(f, "PRAGMA data_version", &version, error));
    *out = (uint32_t)version;
    return TT_OK;
}

/* Pages are moved from the end of the file, so this waits until many are free. */
tt_status tti_db_shrink(tti_db *f, tt_error *error)
{
    int64_t pages = 0, free_pages = 0;
    if (!f->removed || tti_open_file_is_inherited(&f->file))
        return TT_OK;
    TTI_TRY(tti_db_one_number(f, "PRAGMA page_count", &pages, error));
    TTI_TRY(tti_db_one_number(f, "PRAGMA freelist_count", &free_pages, error));
    f->removed = 0;
    if (free_pages <= 64 || free_pages * 4 <= pages)
        return TT_OK;
    TTI_TRY(tti_db_check_files(f, 0, error));
    TTI_TRY(number_log(f, error));
    f->begins_log = 0;
    TTI_TRY(tti_db_run(f, "PRAGMA incremental_vacuum", "shrink", error));
    return finish_write(f, error);
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

static tt_status fail_backup(const char *name, int number, tt_error *error)
{
    return number == EEXIST ? tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%.200s exists already", name)
                            : tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot write %.*s: %s",
                                       TTI_DB_PATH_SHOWN, name, strerror(number));
}

static int note_damage(void *ctx, const char *text)
{
    (void)text;
    return *(int *)ctx = 1;
}

/* Of a damaged file a copy would be damaged too and, where pages lead to one page many times, have
 * no end. */
static tt_status refuse_damaged(tti_db *f, tt_error *error)
{
    int is_damaged = 0;
    const tt_status status = tti_db_check_integrity(f, note_damage, &is_damaged, error);
    return is_damaged ? tti_db_damaged(f, TTI_NOWHERE, "its pages", error) : status;
}

/* The log of the index is none of its copy, in which pages have other numbers.
 * @return a code of SQLite */
static int number_copy(const char *path)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK && read_log_numbers(copy).id != 0)
        code = sqlite3_exec(copy,
                            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY;"
                            "UPDATE log SET id=random(),base=0",
                            NULL, NULL, NULL);
    (void)sqlite3_close(copy);
    return code;
}

/* SQLite fills an empty file, which is made for its mode and to be sure that it is new. */
static tt_status fill_backup(tti_db *f, const char *path, tt_error *error)
{
    sqlite3_stmt *s = NULL;
    int code;
    TTI_TRY(refuse_damaged(f, error));
    TTI_TRY(tti_db_run(f, "PRAGMA query_only=OFF", "read", error));
    code = sqlite3_prepare_v2(f->db, "VACUUM INTO ?1", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_DONE)
        code = SQLITE_OK;
    (void)sqlite3_finalize(s);
    if (code == SQLITE_OK)
        code = number_copy(path);
    return code == SQLITE_OK ? TT_OK : tti_db_fail(f, code, "copy", error);
}

tt_status tti_db_backup(tti_db *f, const char *new_name, tt_error *error)
{
    char *path = resolve_path(new_name);
    const int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    tt_status status;
    if (file < 0) {
        status = fail_backup(new_name, errno, error);
        free(path);
        return status;
    }
    status = fill_backup(f, path, error);
    if (status == TT_OK && fsync(file) != 0)
        status = fail_backup(new_name, errno, error);
    (void)close(file);
    if (status != TT_OK)
        (void)unlink(path);
    free(path);
    return status;
}

uint64_t tti_db_bytes(tti_db *f)
{
    int64_t pages = 0, size = 0;
    if (tti_db_one_number(f, "PRAGMA page_count", &pages, NULL) != TT_OK ||
        tti_db_one_number(f, "PRAGMA page_size", &size, NULL) != TT_OK)
        return 0;
    return (uint64_t)(pages * size);
}
