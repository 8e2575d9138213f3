/*
 * Output is atomic: a file is created with O_EXCL beside its target, synced and renamed. It gets
 * the mode of the file that it replaces. Links are followed. A target that cannot be replaced, such
 * as a device or a pipe, is opened and written directly.
 */
#define _DEFAULT_SOURCE
#include "output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "failure.h"
#include "message.h"
#include "signals.h"

enum { BUFFER_SIZE = 1 << 16 };

static int open_failure(const char *name)
{
    return failure_write(name, errno);
}

/* The directory of `path`, "." if it has none. Owner: the caller. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static char *join(const char *directory, const char *name)
{
    const size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%s/%s", directory, name);
    return path;
}

/* The path of a file that does not exist yet, with the links in its directory resolved. */
static char *resolve_new(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = directory_of(path), *real = NULL, *full = NULL;
    if (directory != NULL)
        real = realpath(directory, NULL);
    if (real != NULL)
        full = join(real, slash == NULL ? path : slash + 1);
    free(real);
    free(directory);
    return full;
}

/* Creates a file with a new name in `directory`. @return its descriptor; *path is its name */
static int create_temporary(const char *directory, mode_t mode, char **path)
{
    for (int tries = 0; tries < 100; tries++) {
        uint64_t random = 0;
        char name[40];
        int fd;
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            random = (uint64_t)getpid() * 1000 + (unsigned)tries;
        (void)snprintf(name, sizeof name, ".twicetold-%016" PRIx64 ".tmp", random);
        *path = join(directory, name);
        if (*path == NULL)
            return -1;
        fd = open(*path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        free(*path);
        *path = NULL;
    }
    return -1;
}

static int allocate_buffer(output *out)
{
    out->buffer = malloc(BUFFER_SIZE);
    return out->buffer != NULL ? 0 : failure_memory();
}

static int open_standard_output(output *out)
{
    struct stat state;
    out->name = "standard output";
    out->fd = STDOUT_FILENO;
    if (fstat(STDOUT_FILENO, &state) != 0)
        return open_failure(out->name);
    out->terminal = isatty(STDOUT_FILENO);
    if (S_ISREG(state.st_mode)) {
        out->existed = 1;
        out->device = state.st_dev;
        out->inode = state.st_ino;
    }
    return allocate_buffer(out);
}

static int open_beside_target(output *out, const struct stat *before)
{
    char *directory = directory_of(out->target);
    if (directory == NULL)
        return open_failure(out->name);
    signals_hold();
    out->fd = create_temporary(directory, 0666, &out->temporary);
    if (out->fd >= 0)
        out->signal_number = signals_remember(out->temporary);
    signals_release();
    free(directory);
    if (out->fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
        return open_failure(out->name);
    }
    if (before != NULL && fchmod(out->fd, before->st_mode & 07777) != 0)
        return open_failure(out->name);
    return allocate_buffer(out);
}

/* Whether `state` is the file behind standard output, as /dev/stdout is. */
static int is_standard_output(const struct stat *state)
{
    struct stat standard;
    return fstat(STDOUT_FILENO, &standard) == 0 && standard.st_dev == state->st_dev &&
           standard.st_ino == state->st_ino;
}

/* Whether a file is one of SQLite's with the application id of an index. */
static int is_index(const char *path)
{
    static const char begin[] = "SQLite format 3";
    unsigned char header[72];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const int is_whole = fd >= 0 && pread(fd, header, sizeof header, 0) == sizeof header;
    if (fd >= 0)
        (void)close(fd);
    return is_whole && memcmp(header, begin, sizeof begin) == 0 &&
           memcmp(header + 68, "TWIC", 4) == 0;
}

int output_refuse_index(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char *real = realpath(path, NULL);
    int rc = 0;
    for (size_t k = 0; k < sizeof suffixes / sizeof *suffixes && rc == 0 && real != NULL; k++) {
        const size_t size = strlen(real), length = strlen(suffixes[k]);
        if (size <= length || strcmp(real + size - length, suffixes[k]) != 0)
            continue;
        real[size - length] = '\0'; /* what the file is beside */
        if (is_index(real))
            rc = message_failure("write to another FILE; an index is never written over",
                                 "%s is %sa living index", path, k == 0 ? "" : "a part of ");
    }
    free(real);
    return rc;
}

int output_open(output *out, const char *path)
{
    struct stat state;
    *out = (output)OUTPUT_NONE;
    if (path == NULL || strcmp(path, "-") == 0)
        return open_standard_output(out);
    out->name = path;
    if (stat(path, &state) != 0) {
        out->target = errno == ENOENT ? resolve_new(path) : NULL;
        return out->target == NULL ? open_failure(path) : open_beside_target(out, NULL);
    }
    if (is_standard_output(&state))
        return open_standard_output(out);
    if (S_ISREG(state.st_mode)) {
        const int rc = output_refuse_index(path);
        if (rc != 0)
            return rc;
        if (access(path, W_OK) != 0)
            return open_failure(path);
    }
    out->target = realpath(path, NULL);
    if (out->target == NULL)
        return open_failure(path);
    if (S_ISREG(state.st_mode)) {
        out->existed = 1;
        out->device = state.st_dev;
        out->inode = state.st_ino;
        return open_beside_target(out, &state);
    }
    out->fd = open(path, O_WRONLY | O_CLOEXEC);
    return out->fd < 0 ? open_failure(path) : allocate_buffer(out);
}

/* As for other outputs, a link to a file is followed, and one to nothing gives way to the file: who
 * planted it does not choose where a file is made. @return -1, and errno */
static int open_to_append(const char *path)
{
    struct stat state;
    char *target = realpath(path, NULL);
    int fd = -1;
    if (target == NULL && errno == ENOENT)
        target = resolve_new(path);
    if (target == NULL)
        return -1;
    if (lstat(target, &state) != 0 || !S_ISLNK(state.st_mode) || unlink(target) == 0)
        fd = open(target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(target);
    return fd;
}

int output_open_append(output *out, const char *path)
{
    struct stat state;
    int rc;
    if (strcmp(path, "-") == 0 ||
        (stat(path, &state) == 0 && (!S_ISREG(state.st_mode) || is_standard_output(&state))))
        return output_open(out, path);
    *out = (output)OUTPUT_NONE;
    rc = output_refuse_index(path);
    if (rc != 0)
        return rc;
    out->name = path;
    out->fd = open_to_append(path);
    if (out->fd < 0 || fstat(out->fd, &state) != 0)
        return open_failure(path);
    out->existed = 1;
    out->device = state.st_dev;
    out->inode = state.st_ino;
    return allocate_buffer(out);
}

int output_open_scratch(output *out, const output *near)
{
    const char *fallback = getenv("TMPDIR");
    char *path = NULL, *directory;
    *out = (output)OUTPUT_NONE;
    out->name = "a temporary file";
    if (near->temporary != NULL)
        directory = directory_of(near->temporary);
    else
        directory = strdup(fallback != NULL && *fallback != '\0' ? fallback : "/tmp");
    if (directory == NULL)
        return open_failure(out->name);
    signals_hold();
    out->fd = create_temporary(directory, 0600, &path);
    if (out->fd >= 0)
        (void)unlink(path);
    signals_release();
    if (out->fd < 0)
        (void)failure_temporary("write", directory, errno);
    free(path);
    free(directory);
    return out->fd < 0 ? EXIT_FAILED : allocate_buffer(out);
}

static int write_all(output *out, const char *bytes, size_t size)
{
    while (size != 0 && out->error == 0) {
        struct pollfd waiting = {out->fd, POLLOUT, 0};
        const ssize_t done = write(out->fd, bytes, size);
        if (done >= 0) {
            bytes += done;
            size -= (size_t)done;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) { /* a pipe that does not block */
            (void)poll(&waiting, 1, -1);
        } else if (errno != EINTR) {
            out->error = errno;
        }
    }
    return out->error == 0 ? 0 : -1;
}

/* Some characters that JSON allows are commands to a terminal: DEL, and U+0080 to U+009F, whose
 * first byte is c2. On a terminal they are written as \uNNNN. */
static int write_tame(output *out, const char *bytes, size_t size)
{
    size_t begin = 0;
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        const int held = out->held, control = c == 0x7f || (held && c >= 0x80 && c < 0xa0);
        char escaped[8];
        if (!held && !control && c != 0xc2)
            continue;
        (void)write_all(out, bytes + begin, i - begin);
        if (held && !control)
            (void)write_all(out, "\xc2", 1);
        (void)snprintf(escaped, sizeof escaped, "\\u%04x", c);
        if (control)
            (void)write_all(out, escaped, 6);
        out->held = c == 0xc2;
        begin = control || out->held ? i + 1 : i;
    }
    return write_all(out, bytes + begin, size - begin);
}

int output_flush(output *out)
{
    const size_t size = out->used;
    out->used = 0;
    return out->terminal ? write_tame(out, out->buffer, size) : write_all(out, out->buffer, size);
}

int output_write(void *ctx, const char *bytes, size_t size)
{
    output *out = ctx;
    if (out->error != 0)
        return -1;
    out->written += size;
    if (size > BUFFER_SIZE - out->used && output_flush(out) != 0)
        return -1;
    if (size >= BUFFER_SIZE)
        return out->terminal ? write_tame(out, bytes, size) : write_all(out, bytes, size);
    if (size != 0)
        memcpy(out->buffer + out->used, bytes, size);
    out->used += size;
    return 0;
}

int output_sync(output *out)
{
    if (out->written != out->synced && output_flush(out) == 0 && fdatasync(out->fd) != 0 &&
        errno != EINVAL && errno != EROFS) /* a pipe or a device */
        out->error = errno;
    out->synced = out->written;
    return out->error == 0 ? 0 : output_failure(out);
}

void output_literal(output *out, const char *text)
{
    (void)output_write(out, text, strlen(text));
}

void output_printf(output *out, const char *format, ...)
{
    char text[600];
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(size >= 0 && (size_t)size < sizeof text);
    (void)output_write(out, text, (size_t)size);
}

int output_flush_standard(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return failure_write("standard output", errno);
    return EXIT_DONE;
}

int output_failure(const output *out)
{
    return failure_write(out->name, out->error);
}

int output_finish(output *out)
{
    int fd = out->fd;
    if (fd < 0)
        return 0;
    (void)output_flush(out);
    if (out->error == 0 && out->temporary != NULL && fsync(fd) != 0)
        out->error = errno;
    out->fd = -1;
    if (close(fd) != 0 && out->error == 0)
        out->error = errno;
    return out->error == 0 ? 0 : output_failure(out);
}

int output_publish(output *out)
{
    if (out->temporary == NULL)
        return 0;
    if (rename(out->temporary, out->target) != 0) {
        out->error = errno;
        return output_failure(out);
    }
    signals_forget(out->signal_number);
    free(out->temporary);
    out->temporary = NULL;
    return 0;
}

void output_discard(output *out)
{
    if (out->fd >= 0 && out->fd != STDOUT_FILENO)
        (void)close(out->fd);
    if (out->temporary != NULL) {
        (void)unlink(out->temporary);
        signals_forget(out->signal_number);
    }
    free(out->temporary);
    free(out->target);
    free(out->buffer);
    *out = (output)OUTPUT_NONE;
}

int output_same(const output *x, const output *y)
{
    if (x->name == NULL || y->name == NULL)
        return 0;
    if (x->existed != y->existed)
        return 0; /* a file that is there, and a pipe, or a file that is yet to be made */
    if (x->existed)
        return x->device == y->device && x->inode == y->inode;
    if (x->target == NULL || y->target == NULL)
        return x->target == y->target;
    return x->temporary != NULL && strcmp(x->target, y->target) == 0;
}

int output_is_input(const output *out, const char *path)
{
    struct stat state;
    int known;
    if (!out->existed)
        return 0;
    known = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &state) : stat(path, &state);
    return known == 0 && state.st_dev == out->device && state.st_ino == out->inode;
}
