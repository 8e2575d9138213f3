/*
 * The harness: flags, the timed loop, repetitions, the table, the JSON file.
 *
 * The JSON is that of google/benchmark: each repetition and aggregate has a name, real_time,
 * cpu_time and time_unit, and its counters at top level. A benchmark that fails writes nothing,
 * because compare.py does not accept entries without times.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <math.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { COUNTERS = 16, MOST_TURNS = 1000000000 };

typedef struct counter {
    const char *name;
    double value;
} counter;

/* The result of one call of a benchmark. Times are those of one turn, in seconds. */
typedef struct outcome {
    double real, cpu;
    uint64_t turns;
    counter counters[COUNTERS];
    size_t counter_count;
} outcome;

struct bench {
    uint64_t turns, left;
    int running, started;
    double real, cpu, real_start, cpu_start;
    double bytes, items;
    counter counters[COUNTERS];
    size_t counter_count;
    const char *failure;
};

typedef struct entry {
    char *name;
    bench_fn run;
    void *ctx;
} entry;

typedef struct note {
    char *key, *value;
} note;

static struct {
    entry *entries;
    size_t entry_count;
    note *notes;
    size_t note_count;
    regex_t filter;
    int has_filter, negative, list_only, aggregates_only;
    long repetitions;
    double min_time;
    uint64_t fixed_turns;
    const char *out_path, *program;
    FILE *out;
    size_t written;
} state = {.repetitions = 9, .min_time = 0.5};

/* ---- Small things ------------------------------------------------------------------------------
 */

static void *grow(void *array, size_t count, size_t size)
{
    void *grown = realloc(array, (count + 1) * size);
    if (grown == NULL) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return grown;
}

static char *copy_of(const char *text)
{
    const size_t size = strlen(text) + 1;
    return memcpy(grow(NULL, size, 1), text, size);
}

static double clock_of(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_peak_reset(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (f != NULL) {
        (void)fputs("5", f);
        (void)fclose(f);
    }
}

double bench_peak(void)
{
    struct rusage usage;
    char line[128];
    double kilobytes = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kilobytes = strtod(line + 6, NULL);
    if (f != NULL)
        (void)fclose(f);
    if (kilobytes == 0 && getrusage(RUSAGE_SELF, &usage) == 0)
        kilobytes = (double)usage.ru_maxrss;
    return kilobytes * 1024;
}

/* ---- Flags -------------------------------------------------------------------------------------
 */

static int bad(const char *flag)
{
    fprintf(stderr, "what is %s?\n", flag);
    return -1;
}

static const char *value_of(const char *flag, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(flag, name, size) == 0 && flag[size] == '=' ? flag + size + 1 : NULL;
}

static int is_on(const char *flag, const char *name)
{
    const char *value = value_of(flag, name);
    return strcmp(flag, name) == 0 || (value != NULL && strcmp(value, "true") == 0);
}

static int take_min_time(const char *value)
{
    char *end;
    const double number = strtod(value, &end);
    if (end == value || !(number >= 0))
        return -1;
    if (strcmp(end, "x") == 0) {
        state.fixed_turns = number < 1 ? 1 : (uint64_t)number;
        return 0;
    }
    state.fixed_turns = 0;
    state.min_time = number;
    return *end == '\0' || strcmp(end, "s") == 0 ? 0 : -1;
}

static int take_filter(const char *value)
{
    state.negative = *value == '-';
    if (state.has_filter)
        regfree(&state.filter);
    state.has_filter = 0;
    if (*value == '\0' || strcmp(value, "all") == 0)
        return 0;
    if (regcomp(&state.filter, value + state.negative, REG_EXTENDED | REG_NOSUB) != 0)
        return -1;
    state.has_filter = 1;
    return 0;
}

static int take_context(char *pair)
{
    char *value = strchr(pair, '=');
    if (value == NULL)
        return -1;
    *value = '\0';
    bench_context(pair, value + 1);
    *value = '=';
    return 0;
}

static int take_flag(char *flag)
{
    const char *value;
    if ((value = value_of(flag, "--benchmark_filter")) != NULL)
        return take_filter(value);
    if ((value = value_of(flag, "--benchmark_min_time")) != NULL)
        return take_min_time(value);
    if ((value = value_of(flag, "--benchmark_context")) != NULL)
        return take_context(flag + (value - flag));
    if ((value = value_of(flag, "--benchmark_out_format")) != NULL)
        return strcmp(value, "json") == 0 ? 0 : -1;
    if ((value = value_of(flag, "--benchmark_out")) != NULL)
        state.out_path = value;
    if ((value = value_of(flag, "--benchmark_repetitions")) != NULL) {
        char *end;
        state.repetitions = strtol(value, &end, 10);
        return end == value || *end != '\0' || state.repetitions < 1 ? -1 : 0;
    }
    if (is_on(flag, "--benchmark_list_tests"))
        state.list_only = 1;
    if (is_on(flag, "--benchmark_report_aggregates_only") ||
        is_on(flag, "--benchmark_display_aggregates_only"))
        state.aggregates_only = 1;
    return 0;
}

int bench_init(int *argc, char **argv)
{
    int kept = 1;
    const char *slash = strrchr(argv[0], '/');
    state.program = slash == NULL ? argv[0] : slash + 1;
    for (int i = 1; i < *argc; i++) {
        if (strncmp(argv[i], "--benchmark_", 12) != 0)
            argv[kept++] = argv[i];
        else if (take_flag(argv[i]) != 0)
            return bad(argv[i]);
    }
    argv[kept] = NULL;
    *argc = kept;
    return 0;
}

void bench_add(const char *name, bench_fn run, void *ctx)
{
    state.entries = grow(state.entries, state.entry_count, sizeof *state.entries);
    state.entries[state.entry_count++] = (entry){copy_of(name), run, ctx};
}

void bench_context(const char *key, const char *value)
{
    state.notes = grow(state.notes, state.note_count, sizeof *state.notes);
    state.notes[state.note_count++] = (note){copy_of(key), copy_of(value)};
}

static int passes(const char *name)
{
    if (!state.has_filter)
        return 1;
    return (regexec(&state.filter, name, 0, NULL, 0) == 0) != state.negative;
}

int bench_wanted(const char *name)
{
    return !state.list_only && passes(name);
}

/* ---- The timed loop ----------------------------------------------------------------------------
 */

void bench_resume(bench *b)
{
    b->running = 1;
    b->cpu_start = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    b->real_start = clock_of(CLOCK_MONOTONIC);
}

void bench_pause(bench *b)
{
    if (!b->running)
        return;
    b->real += clock_of(CLOCK_MONOTONIC) - b->real_start;
    b->cpu += clock_of(CLOCK_PROCESS_CPUTIME_ID) - b->cpu_start;
    b->running = 0;
}

int bench_next(bench *b)
{
    if (b->failure == NULL && b->left > 0) {
        b->left--;
        if (!b->started) {
            b->started = 1;
            bench_resume(b);
        }
        return 1;
    }
    bench_pause(b);
    return 0;
}

void bench_bytes(bench *b, double bytes)
{
    b->bytes = bytes;
}

void bench_items(bench *b, double items)
{
    b->items = items;
}

void bench_counter(bench *b, const char *name, double value)
{
    if (b->counter_count < COUNTERS - 2)
        b->counters[b->counter_count++] = (counter){name, value};
}

void bench_fail(bench *b, const char *message)
{
    if (b->failure == NULL)
        b->failure = message;
}

/* Calls a benchmark once. @return 0, or -1 after a message */
static int call(const entry *e, uint64_t turns, outcome *out)
{
    bench b = {.turns = turns, .left = turns};
    e->run(&b, e->ctx);
    bench_pause(&b);
    if (b.failure == NULL && b.left > 0)
        b.failure = "it left its loop early";
    if (b.failure != NULL) {
        fprintf(stderr, "%s: %s\n", e->name, b.failure);
        return -1;
    }
    *out = (outcome){.real = b.real / (double)turns, .cpu = b.cpu / (double)turns, .turns = turns};
    if (b.bytes > 0 && b.real > 0)
        out->counters[out->counter_count++] = (counter){"bytes_per_second", b.bytes / out->real};
    if (b.items > 0 && b.real > 0)
        out->counters[out->counter_count++] = (counter){"items_per_second", b.items / out->real};
    for (size_t k = 0; k < b.counter_count; k++)
        out->counters[out->counter_count++] = b.counters[k];
    return 0;
}

/* Finds how many turns take min_time. The last trial is the first repetition. */
static int calibrate(const entry *e, outcome *first)
{
    uint64_t turns = state.fixed_turns > 0 ? state.fixed_turns : 1;
    for (;;) {
        double took, factor;
        if (call(e, turns, first) != 0)
            return -1;
        took = first->real * (double)turns;
        if (state.fixed_turns > 0 || took >= state.min_time || turns >= MOST_TURNS)
            return 0;
        factor = took > 0 ? 1.4 * state.min_time / took : 10;
        factor = took < 0.1 * state.min_time && factor > 10 ? 10 : factor;
        turns = (uint64_t)((double)turns * factor) + 1;
    }
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    va_list list;
    if (state.out == NULL)
        return;
    va_start(list, format);
    (void)vfprintf(state.out, format, list);
    va_end(list);
}

static void put_string(const char *text)
{
    put("\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            put("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            put("\\u%04x", (unsigned)*text);
        else
            put("%c", *text);
    }
    put("\"");
}

static void put_context(void)
{
    char date[64];
    double load[3];
    const time_t now = time(NULL);
    const int loads = getloadavg(load, 3);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S+00:00", gmtime(&now));
    put("{\n  \"context\": {\n    \"date\": \"%s\",\n    \"executable\": ", date);
    put_string(state.program);
    put(",\n    \"num_cpus\": %ld,\n    \"load_avg\": [", sysconf(_SC_NPROCESSORS_ONLN));
    for (int i = 0; i < loads; i++)
        put("%s%.2f", i > 0 ? ", " : "", load[i]);
    put("],\n");
    for (size_t k = 0; k < state.note_count; k++) {
        put("    ");
        put_string(state.notes[k].key);
        put(": ");
        put_string(state.notes[k].value);
        put(",\n");
    }
    put("    \"json_schema_version\": 1\n  },\n  \"benchmarks\": [");
}

static void put_number(const char *name, double value)
{
    put(",\n      ");
    put_string(name);
    put(isfinite(value) ? ": %.12g" : ": null", value);
}

/* Writes one entry; `aggregate` is NULL for a repetition. */
static void put_entry(const entry *e, size_t family, const char *aggregate, long repetition,
                      const outcome *o)
{
    const int relative = aggregate != NULL && strcmp(aggregate, "cv") == 0;
    const double unit = relative ? 1 : 1e9;
    put("%s\n    {\n      \"name\": \"%s%s%s\"", state.written++ > 0 ? "," : "", e->name,
        aggregate != NULL ? "_" : "", aggregate != NULL ? aggregate : "");
    put(",\n      \"family_index\": %zu,\n      \"per_family_instance_index\": 0", family);
    put(",\n      \"run_name\": \"%s\"", e->name);
    put(",\n      \"run_type\": \"%s\"", aggregate != NULL ? "aggregate" : "iteration");
    put(",\n      \"repetitions\": %ld", state.repetitions);
    if (aggregate == NULL)
        put(",\n      \"repetition_index\": %ld", repetition);
    put(",\n      \"threads\": 1");
    if (aggregate != NULL)
        put(",\n      \"aggregate_name\": \"%s\",\n      \"aggregate_unit\": \"%s\"", aggregate,
            relative ? "percentage" : "time");
    put(",\n      \"iterations\": %llu", (unsigned long long)o->turns);
    put_number("real_time", o->real * unit);
    put_number("cpu_time", o->cpu * unit);
    put(",\n      \"time_unit\": \"ns\"");
    for (size_t k = 0; k < o->counter_count; k++)
        put_number(o->counters[k].name, o->counters[k].value);
    put("\n    }");
}

/* ---- Aggregates --------------------------------------------------------------------------------
 */

static int by_value(const void *x, const void *y)
{
    const double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

typedef struct spread {
    double mean, median, deviation;
} spread;

static spread spread_of(double *values, size_t count)
{
    spread s = {0, 0, 0};
    qsort(values, count, sizeof *values, by_value);
    for (size_t k = 0; k < count; k++)
        s.mean += values[k] / (double)count;
    s.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    for (size_t k = 0; k < count; k++)
        s.deviation += (values[k] - s.mean) * (values[k] - s.mean);
    s.deviation = count > 1 ? sqrt(s.deviation / (double)(count - 1)) : 0;
    return s;
}

/* A number of an outcome: 0 is real time, 1 processor time, 2 and above are counters. */
static double *number_of(outcome *o, size_t which)
{
    return which == 0 ? &o->real : which == 1 ? &o->cpu : &o->counters[which - 2].value;
}

enum { MEAN, MEDIAN, DEVIATION, VARIATION, AGGREGATES };
static const char *const aggregate_names[] = {"mean", "median", "stddev", "cv"};

static void aggregate(outcome *all, size_t count, outcome *out)
{
    double *values = grow(NULL, count, sizeof *values);
    for (int k = 0; k < AGGREGATES; k++) {
        out[k] = all[0];
        out[k].turns = count;
    }
    for (size_t which = 0; which < 2 + all[0].counter_count; which++) {
        spread s;
        for (size_t k = 0; k < count; k++)
            values[k] = *number_of(&all[k], which);
        s = spread_of(values, count);
        *number_of(&out[MEAN], which) = s.mean;
        *number_of(&out[MEDIAN], which) = s.median;
        *number_of(&out[DEVIATION], which) = s.deviation;
        *number_of(&out[VARIATION], which) = s.mean != 0 ? s.deviation / s.mean : 0;
    }
    free(values);
}

/* ---- Running -----------------------------------------------------------------------------------
 */

static void print_row(const char *name, const outcome *o)
{
    const double t = o->real;
    const char *unit = t < 1e-6 ? "ns" : t < 1e-3 ? "us" : t < 1 ? "ms" : "s";
    const double scale = t < 1e-6 ? 1e9 : t < 1e-3 ? 1e6 : t < 1 ? 1e3 : 1;
    printf("%-44s %9.3f %-2s %9.3f %-2s", name, o->real * scale, unit, o->cpu * scale, unit);
    for (size_t k = 0; k < o->counter_count; k++) {
        const char *counter_name = o->counters[k].name;
        if (strcmp(counter_name, "bytes_per_second") == 0)
            printf("  %.1f MB/s", o->counters[k].value / 1e6);
        else if (strcmp(counter_name, "items_per_second") == 0)
            printf("  %.4g items/s", o->counters[k].value);
        else
            printf("  %s=%.4g", counter_name, o->counters[k].value);
    }
    putchar('\n');
    (void)fflush(stdout);
}

/* Runs all repetitions of one benchmark. @return 0, or -1 */
static int measure(const entry *e, size_t family)
{
    const size_t count = (size_t)state.repetitions;
    outcome *all = grow(NULL, count, sizeof *all);
    outcome sums[AGGREGATES];
    int status = calibrate(e, &all[0]);
    for (size_t k = 1; status == 0 && k < count; k++)
        status = call(e, all[0].turns, &all[k]);
    for (size_t k = 0; status == 0 && k < count && !state.aggregates_only; k++)
        put_entry(e, family, NULL, (long)k, &all[k]);
    if (status == 0) {
        aggregate(all, count, sums);
        print_row(e->name, &sums[MEDIAN]);
        for (int k = 0; k < AGGREGATES && count > 1; k++)
            put_entry(e, family, aggregate_names[k], 0, &sums[k]);
    }
    free(all);
    return status;
}

static void release(void)
{
    for (size_t k = 0; k < state.entry_count; k++)
        free(state.entries[k].name);
    for (size_t k = 0; k < state.note_count; k++) {
        free(state.notes[k].key);
        free(state.notes[k].value);
    }
    free(state.entries);
    free(state.notes);
    if (state.has_filter)
        regfree(&state.filter);
    state.entries = NULL, state.notes = NULL;
    state.entry_count = 0, state.note_count = 0, state.has_filter = 0;
}

static int run_all(void)
{
    int failed = 0;
    if (!state.list_only)
        printf("%-44s %12s %12s   (medians of %ld)\n", "benchmark", "time", "cpu",
               state.repetitions);
    for (size_t k = 0; k < state.entry_count; k++) {
        if (!passes(state.entries[k].name))
            continue;
        if (state.list_only)
            puts(state.entries[k].name);
        else
            failed |= measure(&state.entries[k], k) != 0;
    }
    return failed;
}

int bench_run(void)
{
    int failed;
    if (state.out_path != NULL && !state.list_only) {
        state.out = fopen(state.out_path, "w");
        if (state.out == NULL) {
            perror(state.out_path);
            release();
            return 1;
        }
        put_context();
    }
    failed = run_all();
    put("\n  ]\n}\n");
    if (state.out != NULL && (ferror(state.out) | fclose(state.out)) != 0) {
        perror(state.out_path);
        failed = 1;
    }
    state.out = NULL;
    release();
    return failed;
}
