#define _DEFAULT_SOURCE
#include "watched_directory.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "message.h"

enum { IDLE_MS = 250, WATCHED_PASSED_OVER = -2 };

static int fail_directory(const char *path, const char *what)
{
    return message_failure("check that the directory is there and may be written to",
                           "cannot %s %s: %s", what, path, strerror(errno));
}

static int make_directory(const char *path, const char *name)
{
    char full[PATH_MAX];
    (void)snprintf(full, sizeof full, "%s/%s", path, name);
    return mkdir(full, 0777) == 0 || errno == EEXIST ? 0 : fail_directory(full, "make");
}

/* A file of the same name that was there before keeps its name: the later one gets the time. */
static int move_file(const char *path, const char *name, const char *to)
{
    char from[PATH_MAX], full[PATH_MAX + 64];
    struct stat s;
    (void)snprintf(from, sizeof from, "%s/%s", path, name);
    (void)snprintf(full, sizeof full, "%s/%s/%s", path, to, name);
    for (long long k = (long long)time(NULL); lstat(full, &s) == 0; k++)
        (void)snprintf(full, sizeof full, "%s/%s/%lld-%s", path, to, k, name);
    if (rename(from, full) == 0)
        return 0;
    if (errno == ENOENT && lstat(from, &s) == 0) { /* somebody has removed the directory */
        const int rc = make_directory(path, to);
        return rc != 0 ? rc : rename(from, full) == 0 ? 0 : fail_directory(from, "move");
    }
    return fail_directory(from, "move");
}

/* A link is refused: whoever may put one there need not be one who may read what it leads to. */
static int take_entry(const char *full, watched_file_fn take, void *ctx)
{
    struct stat s;
    if (lstat(full, &s) != 0 || (!S_ISREG(s.st_mode) && !S_ISLNK(s.st_mode)))
        return WATCHED_PASSED_OVER;
    if (S_ISREG(s.st_mode))
        return take(ctx, full);
    message_line("%s is a link, which is not followed", full);
    return WATCHED_REFUSED;
}

static int take_files(const char *path, watched_file_fn take, void *ctx)
{
    struct dirent **list = NULL;
    const int count = scandir(path, &list, NULL, alphasort);
    int rc = count < 0 ? fail_directory(path, "read") : 0;
    for (int i = 0; i < count; free(list[i++])) {
        char full[PATH_MAX];
        (void)snprintf(full, sizeof full, "%s/%s", path, list[i]->d_name);
        if (rc != 0 || list[i]->d_name[0] == '.')
            continue;
        rc = take_entry(full, take, ctx);
        if (rc == 0 || rc == WATCHED_REFUSED)
            rc = move_file(path, list[i]->d_name, rc == 0 ? "done" : "failed");
        else if (rc == WATCHED_PASSED_OVER)
            rc = 0;
    }
    free(list);
    return rc;
}

/* Waits until something has come. The events themselves say nothing that reading the directory does
 * not. @return 0, or an exit code */
static int wait_for_files(int events, const char *path, watched_idle_fn idle, void *ctx)
{
    char buffer[4096], inside[PATH_MAX];
    struct pollfd p = {.fd = events, .events = POLLIN};
    int rc = 0;
    while (rc == 0) {
        const int ready = poll(&p, 1, IDLE_MS);
        if (ready < 0 && errno != EINTR)
            return fail_directory(path, "watch");
        rc = idle(ctx);
        if (rc != 0 || ready <= 0)
            continue;
        while (read(events, buffer, sizeof buffer) > 0)
            continue;
        (void)snprintf(inside, sizeof inside, "%s/.", path);
        return access(inside, R_OK) != 0 ? fail_directory(path, "read") : 0;
    }
    return rc;
}

int watched_directory_run(const char *path, watched_file_fn take, watched_idle_fn idle, void *ctx)
{
    const int events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    int rc = make_directory(path, "done");
    if (rc == 0)
        rc = make_directory(path, "failed");
    if (rc == 0 && (events < 0 || inotify_add_watch(events, path,
                                                    IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF |
                                                        IN_MOVE_SELF | IN_ONLYDIR) < 0))
        rc = fail_directory(path, "watch");
    while (rc == 0) {
        rc = take_files(path, take, ctx);
        if (rc == 0)
            rc = wait_for_files(events, path, idle, ctx);
    }
    if (events >= 0)
        (void)close(events);
    return rc;
}
