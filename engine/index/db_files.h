/*
 * The files of a database that is open: the one under its name, its log (FILE-wal) and the index of
 * that (FILE-shm). Nothing but the writer changes the first two, so a writer knows their size and
 * time, and notices before it writes or gives a verdict that somebody has moved, replaced or
 * overwritten one of them.
 */
#ifndef TTI_INDEX_DB_FILES_H
#define TTI_INDEX_DB_FILES_H

#include "index/db_connection.h"

enum { TTI_DB_LOG_BYTES_KEPT = 16777216 /**< SQLite cuts the log to this when it begins again */ };

/** Whether the files are what a writer left. `wrote_log`: within a transaction, or since, it may
 * have made the log longer. @return TT_OK, TT_EIO */
tt_status tti_db_check_files(tti_db *f, int wrote_log, tt_error *error);
/** Whether the file, though not its log, is as it was noted. */
int tti_db_is_unwritten(const tti_db *f);
/** Notes what the files are after the writer has written. */
void tti_db_note_files(tti_db *f);
/** Puts the log of a database that was renamed or deleted aside, if one is found beside a name
 * without a file. */
void tti_db_keep_stray_log(const tti_db *f);
/** After the database was closed: puts its log aside, if another file is under the name now. */
void tti_db_put_log_aside(const tti_db *f);

#endif
