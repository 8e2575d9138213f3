/* The harness itself: turns, repetitions, filters, counters, the file. */
#include "test.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls, turns;
static char path[] = "/tmp/twicetold-bench-XXXXXX";

static void count(bench *b, void *ctx)
{
    calls++;
    while (bench_next(b))
        turns++;
    bench_bytes(b, 1e6);
    bench_items(b, 10);
    bench_counter(b, "answer", ctx == NULL ? 42 : *(double *)ctx);
}

static void refuse(bench *b, void *ctx)
{
    (void)ctx;
    bench_fail(b, "as it should");
    while (bench_next(b))
        turns++;
}

static void leave(bench *b, void *ctx)
{
    (void)ctx;
    (void)bench_next(b);
}

/* Does what a program does: flags, benchmarks, a run. Returns the file that it wrote. */
static int run(const char *const *flags, size_t flag_count, const char *name, bench_fn f,
               char *file, size_t room)
{
    char out[64], copies[8][64], *argv[12] = {"/some/where/test_bench"};
    int argc = 1, status;
    FILE *in;
    size_t size;
    calls = turns = 0;
    (void)snprintf(out, sizeof out, "--benchmark_out=%s", path);
    argv[argc++] = out;
    for (size_t k = 0; k < flag_count; k++) {
        (void)snprintf(copies[k], sizeof copies[k], "%s", flags[k]);
        argv[argc++] = copies[k];
    }
    if (bench_init(&argc, argv) != 0)
        return -1;
    bench_add(name, f, NULL);
    bench_add("other", count, NULL);
    status = bench_run();
    in = fopen(path, "r");
    size = in == NULL ? 0 : fread(file, 1, room - 1, in);
    file[size] = '\0';
    if (in != NULL)
        (void)fclose(in);
    return status;
}
#define RUN(name, f, ...)                                                                          \
  run((const char *const[]){__VA_ARGS__},                                                          \
      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), name, f, file, sizeof file)

static char file[1 << 16];

static int occurrences(const char *what)
{
    int n = 0;
    for (const char *at = file; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

static void turns_asked_for_are_made(void **state)
{
    (void)state;
    assert_int_equal(RUN("one", count, "--benchmark_min_time=3x", "--benchmark_repetitions=4",
                         "--benchmark_filter=^one$"),
                     0);
    assert_int_equal(calls, 4);
    assert_int_equal(turns, 12);
    assert_int_equal(occurrences("\"iterations\": 3,"), 4);
    assert_int_equal(occurrences("\"run_type\": \"iteration\""), 4);
    assert_int_equal(occurrences("\"run_type\": \"aggregate\""), 4);
    assert_int_equal(occurrences("\"name\": \"one_median\""), 1);
    assert_int_equal(occurrences("\"answer\": 42"), 4 + 2); /* also in mean and median */
    assert_int_equal(occurrences("\"bytes_per_second\""), 8);
}

static void turns_grow_until_they_take_the_time_asked_for(void **state)
{
    (void)state;
    assert_int_equal(RUN("one", count, "--benchmark_min_time=0.01", "--benchmark_repetitions=1",
                         "--benchmark_filter=one"),
                     0);
    assert_true(turns > 1000);
    assert_int_equal(occurrences("\"name\": \"one\""), 1);
    assert_int_equal(occurrences("aggregate"), 0); /* a single repetition has none */
}

static void a_filter_with_a_minus_leaves_out(void **state)
{
    (void)state;
    assert_int_equal(RUN("one", count, "--benchmark_min_time=1x", "--benchmark_repetitions=1",
                         "--benchmark_filter=-one"),
                     0);
    assert_int_equal(occurrences("\"name\": \"one\""), 0);
    assert_int_equal(occurrences("\"name\": \"other\""), 1);
}

static void a_failure_writes_nothing_and_is_an_exit_code(void **state)
{
    (void)state;
    assert_int_equal(RUN("bad", refuse, "--benchmark_min_time=1x", "--benchmark_repetitions=1",
                         "--benchmark_filter=all"),
                     1);
    assert_int_equal(turns, 1); /* the other benchmark */
    assert_int_equal(occurrences("\"name\": \"bad\""), 0);
    assert_int_equal(RUN("early", leave, "--benchmark_min_time=5x", "--benchmark_repetitions=1"),
                     1);
    assert_int_equal(occurrences("\"name\": \"early\""), 0);
}

static void flags_of_others_are_accepted_and_nonsense_is_not(void **state)
{
    (void)state;
    assert_int_equal(RUN("one", count, "--benchmark_min_time=1x", "--benchmark_repetitions=1",
                         "--benchmark_enable_random_interleaving=true", "--benchmark_color=no",
                         "--benchmark_context=corpus=abc \"def\""),
                     0);
    assert_int_equal(occurrences("\"corpus\": \"abc \\\"def\\\"\""), 1);
    assert_int_equal(occurrences("\"executable\": \"test_bench\""), 1);
    assert_int_equal(RUN("one", count, "--benchmark_repetitions=0"), -1);
    assert_int_equal(RUN("one", count, "--benchmark_min_time=soon"), -1);
    assert_int_equal(RUN("one", count, "--benchmark_filter=("), -1);
    assert_int_equal(RUN("one", count, "--benchmark_out_format=csv"), -1);
}

static void flags_of_the_program_stay(void **state)
{
    char a[] = "p", b[] = "--corpus", c[] = "--benchmark_min_time=1x", d[] = "x=y";
    char *argv[] = {a, b, c, d, NULL};
    int argc = 4;
    (void)state;
    assert_int_equal(bench_init(&argc, argv), 0);
    assert_int_equal(argc, 3);
    assert_string_equal(argv[1], "--corpus");
    assert_string_equal(argv[2], "x=y");
    assert_null(argv[3]);
}

static void a_peak_starts_anew(void **state)
{
    const size_t size = 64u << 20;
    char *p;
    double low, high;
    (void)state;
    bench_peak_reset();
    low = bench_peak();
    p = malloc(size);
    assert_non_null(p);
    memset(p, 1, size);
    bench_keep(p);
    high = bench_peak();
    free(p);
    assert_true(high > low + 32e6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_asked_for_are_made),
        cmocka_unit_test(turns_grow_until_they_take_the_time_asked_for),
        cmocka_unit_test(a_filter_with_a_minus_leaves_out),
        cmocka_unit_test(a_failure_writes_nothing_and_is_an_exit_code),
        cmocka_unit_test(flags_of_others_are_accepted_and_nonsense_is_not),
        cmocka_unit_test(flags_of_the_program_stay),
        cmocka_unit_test(a_peak_starts_anew),
    };
    const int fd = mkstemp(path);
    int failed;
    if (fd >= 0)
        (void)close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)remove(path);
    return failed;
}
