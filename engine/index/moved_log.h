/*
 * The log of an index on another disk. SQLite writes what changes to FILE-wal first, so that on a
 * full disk nothing can be removed either. A link in the place of FILE-wal leads to a file
 * elsewhere, which has what the log held: that makes room for it in FILE. Whoever opens the index
 * goes on from that file, and the last to close it removes both; SQLite itself, which follows no
 * link, refuses to open it. No link is followed to a file of another name or owner.
 */
#ifndef TTI_INDEX_MOVED_LOG_H
#define TTI_INDEX_MOVED_LOG_H

#include "twicetold.h"

/** Moves the log of the index at `path`, an absolute path, to a new file in `directory`, unless it
 * is elsewhere already. Nobody may have the index open.
 * @return TT_OK; TT_EIO: the directory is on the same disk or in memory, or cannot be written */
tt_status tti_moved_log_make(const char *path, const char *directory, tt_error *error);

/** How SQLite finds a log that is elsewhere. */
typedef struct tti_moved_log tti_moved_log;

/** *out: NULL where the log is beside the index. @return TT_OK, TT_ENOMEM; TT_EIO: it is not where
 * the link leads */
tt_status tti_moved_log_open(tti_moved_log **out, const char *path, tt_error *error);
/** The name of the file system that a connection is opened with; NULL: the usual one. */
const char *tti_moved_log_vfs(const tti_moved_log *log);
/** Ends it once the connection is closed. A log that is no longer needed is removed. */
void tti_moved_log_close(tti_moved_log *log, const char *path);

#endif
