#define _DEFAULT_SOURCE
#include "index/moved_log.h"

#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __linux__
#  include <sys/vfs.h>
#endif
#include <unistd.h>

/* Whether what is in a file is lost when the power fails. */
static int is_in_memory(const char *path)
{
#ifdef __linux__
    const long tmpfs = 0x01021994, ramfs = 0x858458f6;
    struct statfs s;
    return statfs(path, &s) == 0 && ((long)s.f_type == tmpfs || (long)s.f_type == ramfs);
#else
    return (void)path, 0;
#endif
}

/* What another disk must be: `path` is the index, `at` a file there. */
static const char *fault_of_place(const char *path, const char *at)
{
    struct stat here, there;
    if (stat(path, &here) != 0 || stat(at, &there) != 0)
        return strerror(errno);
    if (here.st_dev == there.st_dev)
        return "it is on the disk of the index";
    return is_in_memory(at) && !is_in_memory(path)
               ? "it is in memory, which a power failure empties"
               : NULL;
}

/* Appends a file, which may not exist, to an open one. @return 0, or -1 and errno */
static int copy_file(const char *from, int to)
{
    char bytes[1 << 16];
    const int file = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    if (file < 0)
        return errno == ENOENT ? 0 : -1;
    while ((got = read(file, bytes, sizeof bytes)) > 0)
        for (ssize_t at = 0, done; at < got; at += done)
            if ((done = write(to, bytes + at, (size_t)(got - at))) < 0) {
                (void)close(file);
                return -1;
            }
    (void)close(file);
    return got < 0 ? -1 : 0;
}

/* Puts a link to the copy in the place of the log at once. @return 0, or -1 and errno */
static int put_link(const char *log, const char *target)
{
    char link[PATH_MAX + 16];
    (void)snprintf(link, sizeof link, "%s.new", log);
    (void)unlink(link);
    if (symlink(target, link) != 0)
        return -1;
    if (rename(link, log) == 0)
        return 0;
    (void)unlink(link);
    return -1;
}

#define LOG_NAME "twicetold-wal."

/* Whether a file is a log that was moved: anyone can put a link beside an index, and what it leads
 * to is written to and removed in the end. */
static int is_moved_log(const char *target)
{
    const char *name = strrchr(target, '/');
    struct stat s;
    if (*target != '/' || strncmp(name + 1, LOG_NAME, strlen(LOG_NAME)) != 0)
        return 0;
    return lstat(target, &s) != 0 ? errno == ENOENT
                                  : S_ISREG(s.st_mode) && s.st_nlink == 1 && s.st_uid == geteuid();
}

/* Where FILE-wal leads. @return 0: it is no link to a log that was moved, or is not to be followed
 */
static int read_link(const char *path, char *target)
{
    char log[PATH_MAX + 8];
    ssize_t size;
    (void)snprintf(log, sizeof log, "%s-wal", path);
    size = readlink(log, target, PATH_MAX - 1);
    target[size < 0 ? 0 : size] = '\0';
    return size > 0 && is_moved_log(target);
}

tt_status tti_moved_log_make(const char *path, const char *directory, tt_error *error)
{
    char log[PATH_MAX + 8], name[PATH_MAX + 32], *folder;
    const char *fault = NULL;
    int file = -1;
    if (read_link(path, name))
        return TT_OK;
    (void)snprintf(log, sizeof log, "%s-wal", path);
    if (readlink(log, name, sizeof name) > 0)
        return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.200s is a link to something else", log);
    folder = realpath(directory, NULL);
    if (folder != NULL) { /* SQLite takes what ends in "-..." for the log of a file beside it */
        (void)snprintf(name, sizeof name, "%s/" LOG_NAME "XXXXXX", folder);
        file = mkstemp(name);
    }
    if (file < 0)
        fault = strerror(errno);
    else if ((fault = fault_of_place(path, name)) == NULL &&
             (copy_file(log, file) != 0 || fsync(file) != 0 || put_link(log, name) != 0))
        fault = strerror(errno);
    if (file >= 0 && close(file) == 0 && fault != NULL)
        (void)unlink(name);
    free(folder);
    return fault == NULL ? TT_OK
                         : tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot keep the log in %.100s: %s",
                                    directory, fault);
}

/* ---- How SQLite finds it: its file system, but for the log ------------------------------------
 */

struct tti_moved_log {
    sqlite3_vfs vfs; /* it comes first: SQLite hands it back */
    sqlite3_vfs *usual;
    char name[40];
    char target[PATH_MAX];
};

static int open_through_link(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                             int *out_flags)
{
    const tti_moved_log *log = (const tti_moved_log *)vfs;
    return log->usual->xOpen(log->usual, flags & SQLITE_OPEN_WAL ? log->target : name, file, flags,
                             out_flags);
}

tt_status tti_moved_log_open(tti_moved_log **out, const char *path, tt_error *error)
{
    char target[PATH_MAX];
    tti_moved_log *log;
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    *out = NULL;
    if (!read_link(path, target) || usual == NULL)
        return TT_OK;
    if (access(target, F_OK) != 0)
        return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.100s-wal leads to %.100s: %s", path, target,
                        strerror(errno));
    log = malloc(sizeof *log);
    if (log == NULL)
        return tti_fail_memory(error, "an index");
    *log = (tti_moved_log){.vfs = *usual, .usual = usual};
    memcpy(log->target, target, sizeof target);
    (void)snprintf(log->name, sizeof log->name, "twicetold-%p", (void *)log);
    log->vfs.zName = log->name;
    log->vfs.xOpen = open_through_link;
    if (sqlite3_vfs_register(&log->vfs, 0) != SQLITE_OK) {
        free(log);
        return tti_fail_memory(error, "an index");
    }
    *out = log;
    return TT_OK;
}

const char *tti_moved_log_vfs(const tti_moved_log *log)
{
    return log == NULL ? NULL : log->name;
}

void tti_moved_log_close(tti_moved_log *log, const char *path)
{
    char target[PATH_MAX];
    if (log == NULL)
        return;
    (void)sqlite3_vfs_unregister(&log->vfs);
    if (!read_link(path, target))
        (void)unlink(log->target);
    free(log);
}
