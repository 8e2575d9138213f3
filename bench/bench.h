/*
 * A benchmark harness with the flags and the JSON of Google Benchmark, so that its tools/compare.py
 * can read the output and run the programs.
 *
 *     static void sum(bench *b, void *ctx)
 *     {
 *         const numbers *n = ctx;
 *         while (bench_next(b))                  only the loop is timed
 *             bench_keep(add_up(n));
 *         bench_bytes(b, n->count * sizeof *n->values);        bytes of one turn of the loop
 *     }
 *
 *     bench_init(&argc, argv);        removes the --benchmark_... flags
 *     bench_add("sum/threads:1", sum, &n);
 *     return bench_run();
 *
 * A benchmark is called with more and more turns until they take --benchmark_min_time (0.5 seconds;
 * "3x" requests three turns), and then --benchmark_repetitions (9) times. The harness uses one
 * thread; a benchmark may start others.
 */
#ifndef TT_BENCH_H
#define TT_BENCH_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench bench;
typedef void (*bench_fn)(bench *b, void *ctx);

/** Removes all --benchmark_... flags from argv. @return 0, or -1 after a message about a value that
 * makes no sense */
int bench_init(int *argc, char **argv);

/** Adds a benchmark. Names are `stage/param:value/threads:N` and never change; those of work in
 * several threads end in /real_time. `name` is copied. */
void bench_add(const char *name, bench_fn run, void *ctx);

/** Adds a line to the context, such as ("corpus", its sha256). The strings are copied. */
void bench_context(const char *key, const char *value);

/** Whether a benchmark with this name will run: it passes the filter and is not only listed. */
int bench_wanted(const char *name);

/** Runs all benchmarks, prints a table, and writes the file. @return 0; 1 if one failed, which is
 * then missing from the file, or if the file could not be written */
int bench_run(void);

/** True while there are turns left; starts and stops the clock. */
int bench_next(bench *b);
/** What is between the two calls is not timed. */
void bench_pause(bench *b);
void bench_resume(bench *b);

/** The work of one turn, for bytes_per_second and items_per_second. */
void bench_bytes(bench *b, double bytes);
void bench_items(bench *b, double items);
/** Adds another number. `name` is a constant string. */
void bench_counter(bench *b, const char *name, double value);
/** Reports that the benchmark cannot continue; bench_next() then returns false. */
void bench_fail(bench *b, const char *message);

/** Resets the peak of memory, if the system can, and reads it, in bytes. */
void bench_peak_reset(void);
double bench_peak(void);

/** Keeps the compiler from removing the computation of `p`, or keeping memory in registers across
 * the call. */
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
