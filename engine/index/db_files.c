#define _DEFAULT_SOURCE
#include "index/db_files.h"

#include "util/error.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_log_name(const tti_db *f, char *out, size_t size)
{
    (void)snprintf(out, size, "%s-wal", f->path);
}

static tt_status is_gone(const tti_db *f, const char *suffix, const char *how, tt_error *error)
{
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%.*s%s was %s while it was open",
                    TTI_DB_PATH_SHOWN, f->name, suffix, how);
}

static tti_file_seen seen_now(const struct stat *s)
{
    return (tti_file_seen){s->st_dev, s->st_ino, (uint64_t)s->st_size, s->st_mtim};
}

static int is_same_file(const tti_file_seen *seen, const struct stat *s)
{
    return seen->device == s->st_dev && seen->inode == s->st_ino;
}

static int is_unwritten(const tti_file_seen *seen, const struct stat *s)
{
    return seen->size == (uint64_t)s->st_size && seen->modified.tv_sec == s->st_mtim.tv_sec &&
           seen->modified.tv_nsec == s->st_mtim.tv_nsec;
}

static tt_status check_main_file(tti_db *f, tt_error *error)
{
    struct stat s;
    f->is_replaced = 1;
    if (lstat(f->path, &s) != 0) /* behind a link SQLite keeps the log under another name */
        return is_gone(f, "", "deleted or renamed", error);
    if (s.st_dev != f->file.device || s.st_ino != f->file.inode)
        return is_gone(f, "", "replaced", error);
    if (f->seen.inode != 0 && (uint64_t)s.st_size < f->seen.size)
        return is_gone(f, "", "truncated", error);
    if (f->seen.inode != 0 && !is_unwritten(&f->seen, &s))
        return is_gone(f, "", "overwritten", error);
    f->is_replaced = 0;
    return TT_OK;
}

/* SQLite begins the log again from its start, and may cut it then. */
static tt_status check_log(tti_db *f, int wrote_log, tt_error *error)
{
    char name[PATH_MAX + 8];
    struct stat s;
    const tti_file_seen *seen = &f->seen_log;
    write_log_name(f, name, sizeof name);
    if (stat(name, &s) != 0)
        return seen->inode == 0 ? TT_OK : is_gone(f, "-wal", "deleted or renamed", error);
    if (seen->inode == 0)
        return TT_OK;
    if (!is_same_file(seen, &s))
        return is_gone(f, "-wal", "replaced", error);
    if ((uint64_t)s.st_size < seen->size && !(wrote_log && s.st_size >= TTI_DB_LOG_BYTES_KEPT)) {
        f->is_replaced = 1;
        return is_gone(f, "-wal", "truncated", error);
    }
    if (wrote_log || is_unwritten(seen, &s))
        return TT_OK;
    f->is_replaced = f->is_log_damaged = 1;
    return is_gone(f, "-wal", "overwritten", error);
}

static tt_status check_shared_memory(const tti_db *f, tt_error *error)
{
    char name[PATH_MAX + 8];
    struct stat s;
    if (f->seen_shared_memory.inode == 0)
        return TT_OK;
    (void)snprintf(name, sizeof name, "%s-shm", f->path);
    if (stat(name, &s) != 0)
        return is_gone(f, "-shm", "deleted or renamed", error);
    return is_same_file(&f->seen_shared_memory, &s) ? TT_OK : is_gone(f, "-shm", "replaced", error);
}

tt_status tti_db_check_files(tti_db *f, int wrote_log, tt_error *error)
{
    if (f->path == NULL)
        return TT_OK;
    TTI_TRY(check_main_file(f, error));
    TTI_TRY(check_log(f, wrote_log, error));
    return check_shared_memory(f, error);
}

int tti_db_is_unwritten(const tti_db *f)
{
    struct stat s;
    return stat(f->path, &s) == 0 && is_same_file(&f->seen, &s) && is_unwritten(&f->seen, &s);
}

void tti_db_note_files(tti_db *f)
{
    char name[PATH_MAX + 8];
    struct stat s;
    if (f->path == NULL || f->is_replaced)
        return;
    if (lstat(f->path, &s) == 0)
        f->seen = seen_now(&s);
    write_log_name(f, name, sizeof name);
    if (stat(name, &s) == 0)
        f->seen_log = seen_now(&s);
    (void)snprintf(name, sizeof name, "%s-shm", f->path);
    if (stat(name, &s) == 0)
        f->seen_shared_memory = seen_now(&s);
}

/* SQLite would take the log of the file that was moved or replaced for that of the one that is
 * under the name next, and destroy it: the log gets another name, which none has yet. */
static void rename_log(const tti_db *f)
{
    char log[PATH_MAX + 8], aside[PATH_MAX + 32];
    write_log_name(f, log, sizeof log);
    (void)snprintf(aside, sizeof aside, "%s.replaced", log);
    for (int k = 2; k < 1000 && access(aside, F_OK) == 0; k++)
        (void)snprintf(aside, sizeof aside, "%s.replaced.%d", log, k);
    (void)rename(log, aside);
}

void tti_db_put_log_aside(const tti_db *f)
{
    char log[PATH_MAX + 8];
    struct stat s;
    write_log_name(f, log, sizeof log);
    if (!f->is_log_damaged && stat(log, &s) == 0 && is_same_file(&f->seen_log, &s))
        rename_log(f);
}

void tti_db_keep_stray_log(const tti_db *f)
{
    char log[PATH_MAX + 8];
    struct stat s;
    write_log_name(f, log, sizeof log);
    if (access(f->path, F_OK) != 0 && lstat(log, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0)
        rename_log(f);
}
