#define _POSIX_C_SOURCE 200809L
#include "index/open_files.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static tti_open_file *all;

static void lock(void)
{
    (void)pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
    (void)pthread_mutex_unlock(&mutex);
}

/* No fork while the list is being changed. */
static void install(void)
{
    (void)pthread_atfork(lock, unlock, unlock);
}

void tti_open_files_add(tti_open_file *x, const char *path)
{
    struct stat s;
    (void)pthread_once(&once, install);
    if (stat(path, &s) != 0)
        return;
    x->device = s.st_dev;
    x->file = s.st_ino;
    x->owner = getpid();
    lock();
    x->next = all;
    all = x;
    unlock();
}

void tti_open_files_remove(tti_open_file *x)
{
    lock();
    for (tti_open_file **at = &all; x->owner != 0 && *at != NULL; at = &(*at)->next)
        if (*at == x) {
            *at = x->next;
            break;
        }
    unlock();
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
    lock();
    for (const tti_open_file *x = all; x != NULL; x = x->next)
        found |= tti_open_file_is_inherited(x) && x->device == s.st_dev && x->file == s.st_ino;
    unlock();
    return found;
}
