#define _GNU_SOURCE /* F_OFD_SETLK */
#include "index/open_files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The byte that a writer locks: far behind those that SQLite locks, which begin at 1 GiB. */
enum { LOCK_BYTE = 0x40010000, SQLITE_LOCKS = 0x40000000, SQLITE_LOCK_COUNT = 512 };

/* Locks of an open file are Linux's. Elsewhere the lock is the process's, like those of SQLite,
 * which serves as well: the descriptors of a file are closed together, and a second writer within
 * the process is found in the list. */
#ifdef F_OFD_SETLK
enum { SET_LOCK = F_OFD_SETLK };
#else
enum { SET_LOCK = F_SETLK };
#endif

/* A descriptor that must not be closed yet. */
typedef struct idle_descriptor {
    struct idle_descriptor *next;
    dev_t device;
    ino_t inode;
    int descriptor;
} idle_descriptor;

static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_handlers_once = PTHREAD_ONCE_INIT;
static tti_open_file *open_files;
static idle_descriptor *idle_descriptors;

static void lock_list(void)
{
    (void)pthread_mutex_lock(&list_mutex);
}

static void unlock_list(void)
{
    (void)pthread_mutex_unlock(&list_mutex);
}

/* The list does not change while the process is forked. */
static void install_fork_handlers(void)
{
    (void)pthread_atfork(lock_list, unlock_list, unlock_list);
}

/* Whether this process has the file open by another entry than `except`. */
static int is_open_elsewhere(const tti_open_file *except, dev_t device, ino_t inode)
{
    for (const tti_open_file *x = open_files; x != NULL; x = x->next)
        if (x != except && !tti_open_file_is_inherited(x) && x->device == device &&
            x->inode == inode)
            return 1;
    return 0;
}

/* Whether a handle of this process writes to the file. */
static int is_written_here(const tti_open_file *x)
{
    for (const tti_open_file *y = open_files; y != NULL; y = y->next)
        if (y->is_locked && !tti_open_file_is_inherited(y) && y->device == x->device &&
            y->inode == x->inode)
            return 1;
    return 0;
}

/* Closes a descriptor now, or leaves that to the last handle of its file. */
static void close_when_unused(const tti_open_file *x, int descriptor)
{
    idle_descriptor *idle;
    if (!is_open_elsewhere(x, x->device, x->inode)) {
        (void)close(descriptor);
        return;
    }
    idle = malloc(sizeof *idle);
    if (idle == NULL)
        return; /* it stays open, which does no harm */
    *idle = (idle_descriptor){idle_descriptors, x->device, x->inode, descriptor};
    idle_descriptors = idle;
}

static void close_idle_descriptors(dev_t device, ino_t inode)
{
    for (idle_descriptor **at = &idle_descriptors; *at != NULL;) {
        idle_descriptor *idle = *at;
        if (idle->device != device || idle->inode != inode) {
            at = &idle->next;
            continue;
        }
        *at = idle->next;
        (void)close(idle->descriptor);
        free(idle);
    }
}

static int set_lock(int descriptor, short kind)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = LOCK_BYTE, .l_len = 1};
    if (fcntl(descriptor, SET_LOCK, &lock) == 0)
        return 0;
    return errno == EACCES || errno == EAGAIN ? EWOULDBLOCK : errno;
}

/* Locks the descriptor's file, which must still be what the path leads to. */
static int lock_file(tti_open_file *x, const char *path)
{
    struct stat s;
    int failure;
    lock_list();
    failure = is_written_here(x) ? EWOULDBLOCK : set_lock(x->descriptor, F_WRLCK);
    x->is_locked = failure == 0;
    unlock_list();
    if (failure != 0)
        return failure;
    if (stat(path, &s) != 0)
        return errno;
    return s.st_dev == x->device && s.st_ino == x->inode ? 0 : EWOULDBLOCK;
}

int tti_open_files_add(tti_open_file *x, const char *path, unsigned mode)
{
    const int create = mode & TTI_OPEN_CREATE ? O_CREAT : 0;
    struct stat s;
    int failure = 0;
    (void)pthread_once(&fork_handlers_once, install_fork_handlers);
    *x = (tti_open_file){.owner = getpid(), .descriptor = -1};
    if (mode & TTI_OPEN_LOCKED) {
        x->descriptor = open(path, O_RDWR | O_CLOEXEC | create, 0600);
        if (x->descriptor < 0) {
            failure = errno;
            x->owner = 0;
            return failure;
        }
    }
    if ((x->descriptor < 0 ? stat(path, &s) : fstat(x->descriptor, &s)) != 0) {
        failure = errno;
        x->owner = 0;
        if (x->descriptor >= 0)
            (void)close(x->descriptor);
        return failure;
    }
    x->device = s.st_dev;
    x->inode = s.st_ino;
    lock_list();
    x->next = open_files;
    open_files = x;
    unlock_list();
    if (x->descriptor >= 0)
        failure = lock_file(x, path);
    if (failure != 0)
        tti_open_files_remove(x);
    return failure;
}

void tti_open_files_remove(tti_open_file *x)
{
    if (x->owner == 0)
        return;
    lock_list();
    for (tti_open_file **at = &open_files; *at != NULL; at = &(*at)->next)
        if (*at == x) {
            *at = x->next;
            break;
        }
    if (x->descriptor >= 0) {
        if (x->is_locked && !tti_open_file_is_inherited(x))
            (void)set_lock(x->descriptor, F_UNLCK); /* a forked child shares the descriptor */
        close_when_unused(x, x->descriptor);
    }
    if (!is_open_elsewhere(x, x->device, x->inode))
        close_idle_descriptors(x->device, x->inode);
    unlock_list();
    x->owner = 0;
}

int tti_open_file_is_inherited(const tti_open_file *x)
{
    return x->owner != 0 && x->owner != getpid();
}

int tti_open_files_before_fork(const char *path)
{
    struct stat s;
    int found = 0;
    if (stat(path, &s) != 0)
        return 0;
    lock_list();
    for (const tti_open_file *x = open_files; x != NULL; x = x->next)
        found |= tti_open_file_is_inherited(x) && x->device == s.st_dev && x->inode == s.st_ino;
    unlock_list();
    return found;
}

int tti_open_file_is_read(const tti_open_file *x)
{
    struct flock range = {.l_type = F_WRLCK,
                          .l_whence = SEEK_SET,
                          .l_start = SQLITE_LOCKS,
                          .l_len = SQLITE_LOCK_COUNT};
    int is_open;
    lock_list();
    is_open = is_open_elsewhere(x, x->device, x->inode);
    unlock_list();
    return is_open || (fcntl(x->descriptor, F_GETLK, &range) == 0 && range.l_type != F_UNLCK);
}
