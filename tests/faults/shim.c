/*
 * A preloaded library that makes one system call of a program fail, as a full or broken disk would.
 * run.sh selects the first call, the second, and so on, until the program makes fewer.
 *
 *     TT_FAULT_CALL    read, write, sync, rename, open, truncate or map: a kind of call
 *     TT_FAULT_AT      the number, from 1, of the call that fails
 *     TT_FAULT_FOREVER 1: all later calls of this kind fail too
 *     TT_FAULT_ERRNO   the value of errno
 *     TT_FAULT_FILE    receives the line "NUMBER" when a call has failed
 *
 * Only files in and below the current directory count (for a rename, the target), so that the files
 * of the loader and the locale do not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void tell(long number)
{
    const char *path = getenv("TT_FAULT_FILE");
    char line[32];
    const int size = snprintf(line, sizeof line, "%ld\n", number);
    const int fd = path == NULL ? -1 : NEXT(open)(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0) {
        (void)!NEXT(write)(fd, line, (size_t)size);
        (void)close(fd);
    }
}

/* Whether this call must fail; if so, errno is set. */
static int fails(const char *kind)
{
    const char *expected = getenv("TT_FAULT_CALL"), *at = getenv("TT_FAULT_AT");
    const char *forever = getenv("TT_FAULT_FOREVER"), *number = getenv("TT_FAULT_ERRNO");
    long call, target;
    if (expected == NULL || at == NULL || strcmp(expected, kind) != 0)
        return 0;
    call = atomic_fetch_add(&calls, 1) + 1;
    target = strtol(at, NULL, 10);
    if (call != target && (call < target || forever == NULL))
        return 0;
    if (call == target)
        tell(call);
    errno = number == NULL ? EIO : (int)strtol(number, NULL, 10);
    return 1;
}

static int is_ours(const char *path)
{
    static char here[PATH_MAX];
    if (here[0] == '\0' && getcwd(here, sizeof here) == NULL)
        return 0;
    return path[0] != '/' || strncmp(path, here, strlen(here)) == 0;
}

static int is_our_descriptor(int fd)
{
    char link[64], path[PATH_MAX];
    ssize_t size;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return 0;
    path[size] = '\0';
    return path[0] == '/' && is_ours(path);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static mode_t mode_of(int flags, va_list list)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
  int name(const char *path, int flags, ...)                                                       \
  {                                                                                                \
    mode_t mode;                                                                                   \
    va_list list;                                                                                  \
    va_start(list, flags);                                                                         \
    mode = mode_of(flags, list);                                                                   \
    va_end(list);                                                                                  \
    return is_ours(path) && fails("open") ? -1 : NEXT(name)(path, flags, mode);                    \
  }
OPEN(open)
OPEN(open64)

#define CALL(type, name, kind, parameters, arguments)                                              \
  type name parameters                                                                             \
  {                                                                                                \
    return is_our_descriptor(fd) && fails(kind) ? (type)-1 : NEXT(name) arguments;                 \
  }
CALL(ssize_t, read, "read", (int fd, void *bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, pread, "read", (int fd, void *bytes, size_t size, off_t at), (fd, bytes, size, at))
CALL(ssize_t, pread64, "read", (int fd, void *bytes, size_t size, off64_t at),
     (fd, bytes, size, at))
CALL(ssize_t, write, "write", (int fd, const void *bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, writev, "write", (int fd, const struct iovec *parts, int count), (fd, parts, count))
CALL(ssize_t, pwrite, "write", (int fd, const void *bytes, size_t size, off_t at),
     (fd, bytes, size, at))
CALL(ssize_t, pwrite64, "write", (int fd, const void *bytes, size_t size, off64_t at),
     (fd, bytes, size, at))
CALL(int, fsync, "sync", (int fd), (fd))
CALL(int, fdatasync, "sync", (int fd), (fd))
CALL(int, ftruncate, "truncate", (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, "truncate", (int fd, off64_t size), (fd, size))
CALL(int, fallocate, "truncate", (int fd, int mode, off_t at, off_t size), (fd, mode, at, size))

int rename(const char *from, const char *to)
{
    return is_ours(to) && fails("rename") ? -1 : NEXT(rename)(from, to);
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return fd >= 0 && is_our_descriptor(fd) && fails("map")
               ? MAP_FAILED
               : NEXT(mmap)(at, size, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
    return fd >= 0 && is_our_descriptor(fd) && fails("map")
               ? MAP_FAILED
               : NEXT(mmap64)(at, size, protection, flags, fd, offset);
}
