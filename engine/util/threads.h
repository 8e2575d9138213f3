/*
 * The one place that decides how many threads work. Every OpenMP pragma in the library is
 *
 *     #pragma omp parallel num_threads(t) if (t > 1)
 *
 * with t from tti_thread_count(), so that the library also builds without OpenMP, starts no thread
 * where a caller asked for one, and never starts any in a forked child (libgomp hangs there).
 */
#ifndef TTI_UTIL_THREADS_H
#define TTI_UTIL_THREADS_H

#include <stddef.h>

#ifdef _OPENMP
#  include <omp.h>
#endif

/** How many threads to use, 1 .. 256, where the caller asked for `wanted` (0: one for each core)
 * and there is so much work. */
int tti_thread_count(int wanted, size_t work_items);

/** This thread's number in the current parallel region, 0 outside one. */
static inline int tti_thread_index(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

/** Seconds of wall time since some fixed point. */
double tti_monotonic_seconds(void);

#endif
