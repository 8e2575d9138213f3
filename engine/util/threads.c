#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "util/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#ifdef _OPENMP
static atomic_int forked_child;
static pthread_once_t fork_hook = PTHREAD_ONCE_INIT;

static void mark_forked_child(void)
{
    atomic_store(&forked_child, 1);
}

static void install_fork_hook(void)
{
    (void)pthread_atfork(NULL, NULL, mark_forked_child);
}
#endif

#ifdef _OPENMP
/* The size of a thread's stack where the system does not say, and the address space that its malloc
 * reserves at its start. */
enum { DEFAULT_STACK_SIZE = 8 << 20, MALLOC_RESERVE = 130 << 20 };

static size_t thread_stack_size(void)
{
    pthread_attr_t attributes;
    size_t size = DEFAULT_STACK_SIZE;
    if (pthread_attr_init(&attributes) != 0)
        return size;
    (void)pthread_attr_getstacksize(&attributes, &size);
    (void)pthread_attr_destroy(&attributes);
    return size;
}

/* libgomp ends the process if it cannot start a thread, so where the address space is limited, no
 * more threads are asked for than have room. */
static size_t threads_that_fit(size_t threads)
{
    const size_t each = thread_stack_size() + MALLOC_RESERVE;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return threads;
    for (; threads > 1; threads--) {
        const size_t size = (threads - 1) * each;
        void *room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room != MAP_FAILED) {
            (void)munmap(room, size);
            break;
        }
    }
    return threads;
}
#endif

int tti_thread_count(int wanted, size_t work_items)
{
#ifdef _OPENMP
    size_t threads;
    (void)pthread_once(&fork_hook, install_fork_hook);
    if (wanted == 1 || work_items < 2 || atomic_load(&forked_child) || omp_in_parallel())
        return 1;
    threads = wanted > 0 ? (size_t)wanted : (size_t)omp_get_num_procs();
    if (threads > work_items)
        threads = work_items;
    return (int)threads_that_fit(threads > 256 ? 256 : threads);
#else
    (void)wanted;
    (void)work_items;
    return 1;
#endif
}

double tti_monotonic_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
