/* Whether the log beside a file (FILE-wal of SQLite) is whole, as its bytes say. */
#ifndef TTI_INDEX_LOG_FILE_H
#define TTI_INDEX_LOG_FILE_H

#include "util/error.h"

/** Whether the log of the file at `path` has damage behind which there are batches that SQLite
 * would drop without a word. What looks like a commit that was interrupted is none, nor is a log
 * that cannot be read. */
int tti_log_file_is_damaged(const char *path);
/** Whether there is a log that is not empty. */
int tti_log_file_has_batches(const char *path);

#endif
