#include "index/db_connection.h"

#include "util/error.h"

#include <errno.h>
#include <string.h>

static const char *const texts[TTI_DB_SQL_STATEMENTS] = {
    "INSERT INTO article VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    "DELETE FROM article WHERE number=?1",
    ("SELECT number,id,flags,source,version,published,arrival,text_size,tokens,data,sum "
     "FROM article WHERE number>?1 AND number<=?2 ORDER BY number"),
    "SELECT number FROM article WHERE number>?1 ORDER BY number LIMIT 1",
    "SELECT count,digest,removals,last,sum FROM state",
    ("UPDATE state SET count=?1,digest=?2,removals=?3,last=?4,sum=?5 "
     "WHERE rowid=(SELECT rowid FROM state LIMIT 1)"),
    "INSERT OR REPLACE INTO removed VALUES(?1,?2)",
    "DELETE FROM removed WHERE nth<=?1",
    "SELECT number FROM removed WHERE nth>?1 AND nth<=?2 ORDER BY nth",
    "SELECT id FROM article WHERE number=?1",
    "INSERT INTO text VALUES(?1,?2,?3,?4,?5)",
    "SELECT title,size,data,sum FROM text WHERE number=?1",
    "DELETE FROM text WHERE number=?1",
    "INSERT INTO verdict VALUES(?1,?2,?3,?4)",
    "SELECT story,data,sum FROM verdict WHERE number=?1",
    "DELETE FROM verdict WHERE number=?1",
    "INSERT OR REPLACE INTO story VALUES(?1,?2,?3,?4,?5,?6,?7)",
    "SELECT articles,flags,id,source,sources,sum FROM story WHERE number=?1",
    "DELETE FROM story WHERE number=?1",
    "INSERT INTO decision VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    "SELECT number,kind,flags,id,of,who,time,sum FROM decision WHERE number>?1 ORDER BY number",
    "INSERT INTO notice VALUES(?1,?2,?3)",
    "SELECT number,tokens,sum FROM notice WHERE number>?1 ORDER BY number",
    "INSERT INTO terms VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    ("SELECT embargoed,expires,flags,language,pubstatus,replacing,replaced_by,sum FROM terms "
     "WHERE number=?1"),
    "DELETE FROM terms WHERE number=?1",
};

tt_status tti_db_status_of(const tti_db *f, int code)
{
    /* The log could not be mapped. */
    if (code == SQLITE_IOERR_NOMEM ||
        ((code & 0xFF) == SQLITE_IOERR && f->db != NULL && sqlite3_system_errno(f->db) == ENOMEM))
        return TT_ENOMEM;
    switch (code & 0xFF) {
    case SQLITE_NOMEM: return TT_ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_INTERRUPT: /* only a schema that has no end is */
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
const char *tti_db_words_of(const tti_db *f, int code)
{
    const int kind = code & 0xFF;
    const int number = f->db == NULL ? 0 : sqlite3_system_errno(f->db);
    if (kind == SQLITE_INTERRUPT)
        return "its schema has no end";
    if (number != 0 && (kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR))
        return strerror(number);
    return f->db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(f->db);
}

tt_status tti_db_fail(const tti_db *f, int code, const char *what, tt_error *error)
{
    const tt_status status = tti_db_status_of(f, code);
    if ((code & 0xFF) == SQLITE_NOTADB)
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%.*s is not a living index",
                        TTI_DB_PATH_SHOWN, f->name);
    if (status == TT_ENOMEM)
        return tti_fail(error, status, TTI_NOWHERE, "cannot %s %.*s: out of memory", what,
                        TTI_DB_PATH_SHOWN, f->name);
    return tti_fail(error, status, TTI_NOWHERE, "cannot %s %.*s: %s", what, TTI_DB_PATH_SHOWN,
                    f->name, tti_db_words_of(f, code));
}

tt_status tti_db_out_of_order(const tti_db *f, tt_error *error)
{
    return tti_db_damaged(f, TTI_NOWHERE, "its rows are out of order", error);
}

tt_status tti_db_run(tti_db *f, const char *sql, const char *what, tt_error *error)
{
    const int code = sqlite3_exec(f->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? TT_OK : tti_db_fail(f, code, what, error);
}

tt_status tti_db_prepare(tti_db *f, int which, tt_error *error)
{
    int code = SQLITE_OK;
    if (f->statements[which] == NULL)
        code = sqlite3_prepare_v3(f->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                  &f->statements[which], NULL);
    return code == SQLITE_OK ? TT_OK : tti_db_fail(f, code, "read", error);
}

/* Runs a statement that gives no row. */
tt_status tti_db_run_once(tti_db *f, int which, const char *what, tt_error *error)
{
    const int code = sqlite3_step(f->statements[which]);
    const tt_status status = code == SQLITE_DONE ? TT_OK : tti_db_fail(f, code, what, error);
    (void)sqlite3_reset(f->statements[which]);
    (void)sqlite3_clear_bindings(f->statements[which]);
    return status;
}

tt_status tti_db_one_number(tti_db *f, const char *sql, int64_t *out, tt_error *error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(f->db, sql, -1, &s, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(s, 0);
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(s);
    return code == SQLITE_OK ? TT_OK : tti_db_fail(f, code, "read", error);
}
