/*
 * The connection to the file of an index: SQLite's handle, the statements, and how its failures
 * become ours. For the sources that make up db.h.
 */
#ifndef TTI_INDEX_DB_CONNECTION_H
#define TTI_INDEX_DB_CONNECTION_H

#include "index/db.h"
#include "index/moved_log.h"
#include "index/open_files.h"

#include <sqlite3.h>
#include <time.h>

enum { TTI_DB_PATH_SHOWN = 100 };

/** Statements that are made when they are first needed. */
enum {
    TTI_DB_SQL_INSERT,
    TTI_DB_SQL_DELETE,
    TTI_DB_SQL_ROWS,
    TTI_DB_SQL_NEXT,
    TTI_DB_SQL_READ_STATE,
    TTI_DB_SQL_WRITE_STATE,
    TTI_DB_SQL_INSERT_REMOVED,
    TTI_DB_SQL_CUT_REMOVED,
    TTI_DB_SQL_READ_REMOVED,
    TTI_DB_SQL_READ_ID,
    TTI_DB_SQL_INSERT_TEXT,
    TTI_DB_SQL_READ_TEXT,
    TTI_DB_SQL_DELETE_TEXT,
    TTI_DB_SQL_INSERT_VERDICT,
    TTI_DB_SQL_READ_VERDICT,
    TTI_DB_SQL_DELETE_VERDICT,
    TTI_DB_SQL_INSERT_STORY,
    TTI_DB_SQL_READ_STORY,
    TTI_DB_SQL_DELETE_STORY,
    TTI_DB_SQL_INSERT_DECISION,
    TTI_DB_SQL_READ_DECISIONS,
    TTI_DB_SQL_INSERT_NOTICE,
    TTI_DB_SQL_READ_NOTICES,
    TTI_DB_SQL_INSERT_TERMS,
    TTI_DB_SQL_READ_TERMS,
    TTI_DB_SQL_DELETE_TERMS,
    TTI_DB_SQL_STATEMENTS
};

/** A file as it was when it was looked at. */
typedef struct tti_file_seen {
    dev_t device;
    ino_t inode; /**< 0: it was not */
    uint64_t size;
    struct timespec modified;
} tti_file_seen;

struct tti_db {
    sqlite3 *db;
    sqlite3_stmt *statements[TTI_DB_SQL_STATEMENTS];
    char *name; /* as the caller gave it, for messages */
    char *path; /* where that leads: absolute, without symbolic links; NULL: in memory */
    tti_open_file file;
    /* As a writer left them last: the file, FILE-wal and FILE-shm. */
    tti_file_seen seen, seen_log, seen_shared_memory;
    int is_replaced;    /* another file, or other content, is under the name now */
    int is_log_damaged; /* or in the log */
    int has_log;        /* there was one that is not empty when it was opened */
    int leaves_log;     /* it was that of another file, and is not read */
    int begins_log;     /* the file has all of the log: the next commit begins another */
    int is_writer;      /* it was opened to be written */
    int is_writing;     /* a transaction that writes is open */
    int log_pages;      /* in the log after the last commit */
    int is_immutable; /* the file is read without a log, because no writer is supposed to be there,
                         and must stay what it was when it was opened */
    tti_moved_log *moved_log; /* NULL: the log is beside the index */
    int is_exclusive;         /* no other connection may be there */
    int version;              /* of the file, before a writer completes it */
    int begun;
    int removed;                    /* rows were removed since the file was last shrunk */
    struct ZSTD_CCtx_s *compressor; /* made when they are first needed */
    struct ZSTD_DCtx_s *decompressor;
};

/** The status that a code of SQLite means. */
tt_status tti_db_status_of(const tti_db *f, int code);
/** What the operating system said, where SQLite knows it and says only "disk I/O error". */
const char *tti_db_words_of(const tti_db *f, int code);
/** Fails with a code of SQLite: "cannot `what` FILE: ...". */
tt_status tti_db_fail(const tti_db *f, int code, const char *what, tt_error *error);
/** Fails with TT_EFORMAT: a row does not have a greater number than the one before. Pages that lead
 * to each other in a circle, or to one page many times, would give rows without end. */
tt_status tti_db_out_of_order(const tti_db *f, tt_error *error);

tt_status tti_db_run(tti_db *f, const char *sql, const char *what, tt_error *error);
/** Makes f->statements[which], if it is not there. */
tt_status tti_db_prepare(tti_db *f, int which, tt_error *error);
/** Runs a statement that gives no row, and clears what is bound to it. */
tt_status tti_db_run_once(tti_db *f, int which, const char *what, tt_error *error);
/** The first column of the first row; where there is no row *out stays. */
tt_status tti_db_one_number(tti_db *f, const char *sql, int64_t *out, tt_error *error);

#endif
