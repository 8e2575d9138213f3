#define _POSIX_C_SOURCE 200809L
#include "common/par.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#ifdef _OPENMP
static atomic_int forked_child;
static pthread_once_t fork_hook = PTHREAD_ONCE_INIT;

static void mark_child(void)
{
    atomic_store(&forked_child, 1);
}

static void install_fork_hook(void)
{
    (void)pthread_atfork(NULL, NULL, mark_child);
}
#endif

int tti_threads(int wish, size_t work_items)
{
#ifdef _OPENMP
    size_t threads;
    (void)pthread_once(&fork_hook, install_fork_hook);
    if (wish == 1 || work_items < 2 || atomic_load(&forked_child) || omp_in_parallel())
        return 1;
    threads = wish > 0 ? (size_t)wish : (size_t)omp_get_num_procs();
    if (threads > work_items)
        threads = work_items;
    return threads > 256 ? 256 : (int)threads;
#else
    (void)wish;
    (void)work_items;
    return 1;
#endif
}

double tti_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
