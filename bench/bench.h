/*
 * A benchmark harness whose flags and JSON are Google Benchmark's, so that its tools/compare.py
 * reads what comes out and can run the programs itself.
 *
 *     static void sum(bench *b, void *ctx)
 *     {
 *         const numbers *n = ctx;
 *         while (bench_next(b))                  timed; what stands outside is not
 *             bench_keep(add_up(n));
 *         bench_bytes(b, n->count * sizeof *n->values);        of one turn of the loop
 *     }
 *
 *     bench_init(&argc, argv);        takes the --benchmark_... flags away
 *     bench_add("sum/threads:1", sum, &n);
 *     return bench_run();
 *
 * A benchmark is called with more and more turns until they take --benchmark_min_time (0.5 seconds;
 * "3x" asks for three turns), then until --benchmark_repetitions (9) of such calls are made.
 * Everything is one thread's; what a benchmark starts itself is its own affair.
 */
#ifndef TT_BENCH_H
#define TT_BENCH_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench bench;
typedef void (*bench_fn)(bench *b, void *ctx);

/** Takes the flags that it knows, and every other --benchmark_..., out of argv. @return 0, or -1
 * after a message: a value that makes no sense. */
int bench_init(int *argc, char **argv);

/** Adds a benchmark. Names are `stage/param:value/threads:N`, for ever; those of work in several
 * threads end in /real_time. `name` is copied. */
void bench_add(const char *name, bench_fn run, void *ctx);

/** A line of the context, such as ("corpus", its sha256). Copied. */
void bench_context(const char *key, const char *value);

/** Whether --benchmark_filter lets a name pass and it is not just listed. */
int bench_wanted(const char *name);

/** Runs all, prints a table, and writes the file. @return 0; 1 if one failed, which is then missing
 * from the file, or if the file could not be written. */
int bench_run(void);

/** True while there are turns left; starts and stops the clock. */
int bench_next(bench *b);
/** Leaves what stands between the two out of the time. */
void bench_pause(bench *b);
void bench_resume(bench *b);

/** What one turn works through: bytes_per_second and items_per_second. */
void bench_bytes(bench *b, double bytes);
void bench_items(bench *b, double items);
/** A number of its own, as it is. `name` is a constant string. */
void bench_counter(bench *b, const char *name, double value);
/** Says that the benchmark cannot go on; bench_next() is false from then on. */
void bench_fail(bench *b, const char *message);

/** Makes the peak of memory start anew, where the system can, and reads it, in bytes. */
void bench_peak_reset(void);
double bench_peak(void);

/** The compiler may not leave out what makes `p`, nor keep memory in registers across the call. */
static inline void bench_keep(const void *p)
{
#if defined(__GNUC__)
    __asm__ volatile("" : : "g"(p) : "memory");
#else
    static const void *volatile kept;
    kept = p;
#endif
}

#endif
