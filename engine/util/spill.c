/*
 * One file for all: blocks are appended to it, and the disk of those that are freed is given back
 * as a hole. Pages of a shared mapping can be dropped at any time (MADV_DONTNEED): nothing is lost,
 * since the page stays in the file, and whoever reads it meanwhile only faults again. So no lock is
 * needed between dropping pages and the stages.
 */
#define _GNU_SOURCE /* O_TMPFILE, fallocate */
#include "util/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/error.h"

enum {
    WATCH_INTERVAL = 2000000, /* nanoseconds between two looks at the resident pages */
    MAX_PATH = 4096,
    SMALL_SHARE = 1024, /* a block of less than this share of the limit is not worth a mapping */
    MARGIN_SHARE = 8,   /* of the limit, kept free for what comes in between two looks */
    FLOOR_SHARE = 8     /* of the limit, left to the file however much the rest takes */
};

typedef struct file_block {
    char *at;
    size_t size; /* whole pages */
    uint64_t offset;
} file_block;

struct tti_spill {
    const tt_allocator *base;
    tt_allocator allocator;
    int file;
    int write_error; /* errno of the first block the file had no room for */
    uint64_t limit, end;
    size_t small, page;
    size_t shared; /* mapped pages of the process before there were any of ours */
    file_block *blocks;
    size_t count, capacity;
    pthread_mutex_t lock; /* of all above */
    pthread_t watcher;
    pthread_mutex_t watcher_lock;
    pthread_cond_t watcher_wake;
    int watching, stop;
    char dir[MAX_PATH];
};

/* ---- The file ---------------------------------------------------------------------------------
 */

static int open_nameless(const char *dir)
{
    char path[MAX_PATH + 32];
    int file = -1;
#ifdef O_TMPFILE
    file = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
#endif
    (void)snprintf(path, sizeof path, "%s/twicetold-XXXXXX", dir);
    file = mkstemp(path);
    if (file >= 0) {
        (void)unlink(path);
        (void)fcntl(file, F_SETFD, FD_CLOEXEC);
    }
    return file;
}

static size_t whole_pages(const tti_spill *s, size_t size)
{
    return (size + s->page - 1) / s->page * s->page;
}

/* Gives the disk space of bytes that nobody will read again back to the file system, if it can. */
static void punch_hole(const tti_spill *s, uint64_t offset, size_t size)
{
#ifdef FALLOC_FL_PUNCH_HOLE
    (void)fallocate(s->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                    (off_t)size);
#else
    (void)s, (void)offset, (void)size;
#endif
}

static void *record_write_error(tti_spill *s, int why)
{
    if (s->write_error == 0)
        s->write_error = why;
    return NULL;
}

/* Maps the file's bytes from `offset`, which are there, as a block. Under the lock. */
static void *map_file_block(tti_spill *s, uint64_t offset, size_t size, int protection)
{
    void *at;
    if (tti_reserve(s->base, &s->blocks, &s->capacity, s->count + 1, sizeof *s->blocks) != 0)
        return NULL;
    at = mmap(NULL, size, protection, MAP_SHARED, s->file, (off_t)offset);
    if (at == MAP_FAILED)
        return NULL;
    s->blocks[s->count++] = (file_block){at, size, offset};
    return at;
}

static void *append_file_block(tti_spill *s, size_t bytes)
{
    const size_t size = whole_pages(s, bytes);
    void *at = NULL;
    int why;
    (void)pthread_mutex_lock(&s->lock);
    why = posix_fallocate(s->file, (off_t)s->end, (off_t)size);
    if (why == 0)
        at = map_file_block(s, s->end, size, PROT_READ | PROT_WRITE);
    else
        at = record_write_error(s, why);
    if (at != NULL)
        s->end += size;
    else
        punch_hole(s, s->end, size);
    (void)pthread_mutex_unlock(&s->lock);
    return at;
}

static file_block *find_file_block(tti_spill *s, const void *at)
{
    file_block *b = s->blocks + s->count;
    do
        b--;
    while (b->at != at);
    return b;
}

static void release_file_block(tti_spill *s, const void *at)
{
    file_block *b;
    (void)pthread_mutex_lock(&s->lock);
    b = find_file_block(s, at);
    (void)munmap(b->at, b->size);
    punch_hole(s, b->offset, b->size);
    *b = s->blocks[--s->count];
    (void)pthread_mutex_unlock(&s->lock);
}

static void shrink_file_block(tti_spill *s, const void *at, size_t bytes)
{
    const size_t size = whole_pages(s, bytes);
    file_block *b;
    (void)pthread_mutex_lock(&s->lock);
    b = find_file_block(s, at);
    if (size < b->size) {
        (void)munmap(b->at + size, b->size - size);
        punch_hole(s, b->offset + size, b->size - size);
        b->size = size;
    }
    (void)pthread_mutex_unlock(&s->lock);
}

/* ---- Keeping to the limit ---------------------------------------------------------------------
 */

/* The resident bytes of the process, and those of them that belong to mapped files. Both are 0
 * where the system does not say: then the kernel alone decides what of the file stays in memory. */
static void read_memory_use(const tti_spill *s, uint64_t *resident, uint64_t *shared)
{
    char text[128];
    unsigned long all, held, mapped;
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t n = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        (void)close(file);
    *resident = *shared = 0;
    if (n <= 0)
        return;
    text[n] = '\0';
    if (sscanf(text, "%lu %lu %lu", &all, &held, &mapped) == 3) {
        *resident = (uint64_t)held * s->page;
        *shared = (uint64_t)mapped * s->page;
    }
}

void tti_spill_evict(tti_spill *s)
{
    uint64_t resident, shared;
    if (s == NULL)
        return;
    read_memory_use(s, &resident, &shared);
    if (resident <= s->limit - s->limit / MARGIN_SHARE ||
        shared <= s->shared + s->limit / FLOOR_SHARE)
        return;
    (void)pthread_mutex_lock(&s->lock);
    for (size_t k = 0; k < s->count; k++)
        (void)madvise(s->blocks[k].at, s->blocks[k].size, MADV_DONTNEED);
    (void)pthread_mutex_unlock(&s->lock);
}

/* ---- The allocator ----------------------------------------------------------------------------
 */

/* A block's size, which callers pass with every call, says where the block is. */
static int is_small_block(const tti_spill *s, size_t size)
{
    return size < s->small;
}

static void *spill_alloc(void *ctx, size_t size)
{
    tti_spill *s = ctx;
    if (is_small_block(s, size))
        return s->base->alloc(s->base->ctx, size);
    tti_spill_evict(s); /* a new array is about to be filled */
    return append_file_block(s, size);
}

static void spill_release(void *ctx, void *old, size_t size)
{
    tti_spill *s = ctx;
    if (is_small_block(s, size))
        s->base->release(s->base->ctx, old, size);
    else
        release_file_block(s, old);
}

static void *spill_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    tti_spill *s = ctx;
    const int was_small = is_small_block(s, old_size), is_now_small = is_small_block(s, new_size);
    void *moved;
    if (was_small && is_now_small)
        return s->base->resize(s->base->ctx, old, old_size, new_size);
    if (!was_small && !is_now_small && whole_pages(s, new_size) <= whole_pages(s, old_size)) {
        shrink_file_block(s, old, new_size);
        return old;
    }
    moved = spill_alloc(ctx, new_size);
    if (moved != NULL && old != NULL) {
        memcpy(moved, old, old_size < new_size ? old_size : new_size);
        spill_release(ctx, old, old_size);
    }
    return moved;
}

const tt_allocator *tti_spill_allocator(tti_spill *s)
{
    return &s->allocator;
}

/* ---- Bytes that are kept ----------------------------------------------------------------------
 */

static int write_slice(const tti_spill *s, const tti_slice *slice, uint64_t offset)
{
    const char *from = slice->data;
    size_t left = slice->size;
    while (left > 0) {
        const ssize_t n = pwrite(s->file, from, left, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        from += n, offset += (uint64_t)n, left -= (size_t)n;
    }
    return 0;
}

const char *tti_spill_write(tti_spill *s, const tti_slice *slices, size_t count)
{
    static const char nothing = 0;
    const tti_slice last = {&nothing, 1}; /* no page is mapped that the file does not have */
    size_t at = 0;
    int why = 0;
    const char *kept = NULL;
    (void)pthread_mutex_lock(&s->lock);
    for (size_t k = 0; k < count && why == 0; k++) {
        why = write_slice(s, &slices[k], s->end + at);
        at += tti_slice_padded_size(slices[k].size);
    }
    if (why == 0)
        why = write_slice(s, &last, s->end + at++);
    at = whole_pages(s, at);
    if (why != 0)
        (void)record_write_error(s, why);
    else
        kept = map_file_block(s, s->end, at, PROT_READ);
    if (kept != NULL)
        s->end += at;
    else
        punch_hole(s, s->end, at);
    (void)pthread_mutex_unlock(&s->lock);
    return kept;
}

void tti_spill_release(tti_spill *s, const char *kept)
{
    release_file_block(s, kept);
}

/* ---- The keeper -------------------------------------------------------------------------------
 */

static void *watch_memory(void *ctx)
{
    tti_spill *s = ctx;
    (void)pthread_mutex_lock(&s->watcher_lock);
    while (!s->stop) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_INTERVAL;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&s->watcher_wake, &s->watcher_lock, &until);
        tti_spill_evict(s);
    }
    (void)pthread_mutex_unlock(&s->watcher_lock);
    return NULL;
}

int tti_spill_start_watcher(tti_spill *s)
{
    sigset_t all, before;
    if (s == NULL)
        return 0;
    (void)sigfillset(&all); /* the caller's signals are not the keeper's business */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    s->stop = 0;
    s->watching = pthread_create(&s->watcher, NULL, watch_memory, s) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return s->watching ? 0 : -1;
}

void tti_spill_stop_watcher(tti_spill *s)
{
    if (s == NULL || !s->watching)
        return;
    (void)pthread_mutex_lock(&s->watcher_lock);
    s->stop = 1;
    (void)pthread_cond_signal(&s->watcher_wake);
    (void)pthread_mutex_unlock(&s->watcher_lock);
    (void)pthread_join(s->watcher, NULL);
    s->watching = 0;
}

/* ---- Beginning and end ------------------------------------------------------------------------
 */

tt_status tti_spill_open(tti_spill **out, const char *dir, uint64_t limit, const tt_allocator *base,
                         tt_error *error)
{
    tti_spill *s = tti_alloc_zero(base, 1, sizeof *s);
    uint64_t resident, shared;
    *out = NULL;
    if (s == NULL)
        return tti_fail_memory(error, "spilling");
    (void)snprintf(s->dir, sizeof s->dir, "%s", dir);
    s->base = base;
    s->limit = limit;
    s->page = (size_t)sysconf(_SC_PAGESIZE);
    s->small = (size_t)(limit / SMALL_SHARE);
    s->file = open_nameless(dir);
    if (s->file < 0) {
        const int why = errno;
        tti_release(base, s, 1, sizeof *s);
        return tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot make a temporary file in %s: %s", dir,
                        strerror(why));
    }
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_mutex_init(&s->watcher_lock, NULL);
    (void)pthread_cond_init(&s->watcher_wake, NULL);
    read_memory_use(s, &resident, &shared);
    s->shared = (size_t)shared;
    s->allocator = (tt_allocator){spill_alloc, spill_resize, spill_release, s};
    *out = s;
    return TT_OK;
}

void tti_spill_close(tti_spill *s)
{
    const tt_allocator *base;
    if (s == NULL)
        return;
    base = s->base;
    tti_spill_stop_watcher(s);
    for (size_t k = 0; k < s->count; k++)
        (void)munmap(s->blocks[k].at, s->blocks[k].size);
    (void)close(s->file);
    tti_release(base, s->blocks, s->capacity, sizeof *s->blocks);
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_mutex_destroy(&s->watcher_lock);
    (void)pthread_cond_destroy(&s->watcher_wake);
    tti_release(base, s, 1, sizeof *s);
}

tt_status tti_spill_status(const tti_spill *s, tt_status status, tt_error *error)
{
    if (status != TT_ENOMEM || s == NULL || s->write_error == 0)
        return status;
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot write a temporary file in %.120s: %s",
                    s->dir, strerror(s->write_error));
}
