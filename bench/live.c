/*
 * Measures a large index: adding in batches, opening, and the time of each verdict while a feed is
 * replayed. The feed repeats the articles of a corpus under new ids, with every letter shifted by
 * the number of the round, so that copies stay copies within a round and rounds share nothing.
 *
 *     bench_live FILE ARTICLES      FILE: JSON Lines; prints one JSON object
 *
 * The index is created in TMPDIR and removed.
 */
#define _POSIX_C_SOURCE 200809L
#include "corpus.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH = 1000,   /* articles in a large commit */
    PIPE = 25,      /* articles in 64 KiB, the size of a pipe */
    REPLAY = 20000, /* timed verdicts; at most one an article */
    SYNCS = 200,    /* timed writes of one page */
    ROUNDS = 26,
    PATH_SIZE = 300,
    BUCKETS = 160 /* eight an octave, beginning at a microsecond */
};

typedef struct replay {
    const bench_corpus *corpus;
    size_t next; /* the next article of the feed */
    tt_article *articles;
    char (*ids)[24];
    char *texts;
    size_t text_room;
} replay;

static double read_clock(clockid_t which)
{
    struct timespec t;
    (void)clock_gettime(which, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* Processor time of the process, which other load affects only through the caches. */
static double processor(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Makes the next `count` articles of the feed. */
static int take(replay *r, size_t count)
{
    size_t size = 0;
    char *to;
    for (size_t k = 0; k < count; k++)
        size += r->corpus->articles[(r->next + k) % r->corpus->count].text_size;
    if (size > r->text_room) {
        free(r->texts);
        r->texts = malloc(size * 2);
        r->text_room = size * 2;
    }
    if ((to = r->texts) == NULL)
        return -1;
    for (size_t k = 0; k < count; k++, r->next++) {
        tt_article *a = &r->articles[k];
        const int shift = (int)(r->next / r->corpus->count);
        *a = r->corpus->articles[r->next % r->corpus->count];
        for (size_t i = 0; i < a->text_size; i++) {
            const char c = a->text[i];
            to[i] = c >= 'a' && c <= 'z' ? (char)('a' + (c - 'a' + shift) % 26) : c;
        }
        (void)snprintf(r->ids[k], sizeof *r->ids, "%zu", r->next);
        a->id = r->ids[k], a->id_size = strlen(r->ids[k]);
        a->text = to;
        to += a->text_size;
    }
    return 0;
}

static int drop(void *ctx, const tt_verdict *verdicts, size_t count)
{
    size_t *novelties = ctx;
    for (size_t k = 0; k < count; k++)
        novelties[verdicts[k].kind]++;
    return 0;
}

static int by_value(const void *x, const void *y)
{
    const double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

/* Prints percentiles in milliseconds, and how many times are between 2^(k/8) and 2^((k+1)/8) us. */
static void print_times(const char *name, double *seconds, size_t count)
{
    static const double points[] = {0.5, 0.9, 0.99, 0.999};
    size_t buckets[BUCKETS] = {0}, k = 0;
    double edge = 1e-6;
    qsort(seconds, count, sizeof *seconds, by_value);
    (void)printf(",\n \"%s\": {\"count\": %zu", name, count);
    for (size_t p = 0; p < 4; p++)
        (void)printf(", \"p%g\": %.4f", points[p] * 100,
                     seconds[(size_t)((double)(count - 1) * points[p])] * 1e3);
    (void)printf(", \"most\": %.4f,\n  \"histogram\": [", seconds[count - 1] * 1e3);
    for (size_t i = 0; i < count; i++) {
        for (; seconds[i] >= edge * 1.0905077326652577 && k + 1 < BUCKETS; k++)
            edge *= 1.0905077326652577;
        buckets[k]++;
    }
    for (size_t b = 0; b < BUCKETS; b++)
        (void)printf(b == 0 ? "%zu" : ", %zu", buckets[b]);
    (void)printf("]}");
}

static int add_all(replay *r, tt_index *live, size_t total)
{
    double spent = 0, worked = 0;
    for (size_t done = 0; done < total; done += BATCH) {
        double began, work;
        if (take(r, BATCH) != 0)
            return -1;
        began = now(), work = processor();
        if (tt_index_add(live, r->articles, BATCH, NULL, NULL, NULL, NULL) != TT_OK)
            return -1;
        spent += now() - began, worked += processor() - work;
    }
    (void)printf(",\n \"add_per_second\": %.0f, \"add_per_processor_second\": %.0f",
                 (double)total / spent, (double)total / worked);
    return fflush(stdout);
}

/* Times opening an index until articles can be added, and then until a verdict can be requested. */
static int reopen(tt_index **live, const char *path)
{
    tt_index_stat stat;
    double began, work;
    tt_index_close(*live);
    *live = NULL;
    began = now(), work = processor();
    if (tt_index_open(live, path, 0, NULL, NULL) != TT_OK)
        return -1;
    (void)printf(",\n \"open_seconds\": %.2f, \"open_processor_seconds\": %.2f", now() - began,
                 processor() - work);
    if (tt_index_query(*live, NULL, 0, NULL, drop, NULL, NULL) != TT_OK ||
        tt_index_stat_get(*live, &stat, NULL) != TT_OK)
        return -1;
    (void)printf(",\n \"ready_seconds\": %.2f, \"ready_processor_seconds\": %.2f, \"articles\": "
                 "%zu, \"tokens_an_article\": %.0f, "
                 "\"text_bytes_an_article\": %.0f,\n \"memory_bytes_an_article\": %.0f, "
                 "\"file_bytes_an_article\": %.0f",
                 now() - began, processor() - work, (size_t)stat.articles,
                 (double)stat.tokens / (double)stat.articles,
                 (double)stat.bytes / (double)stat.articles,
                 (double)stat.memory_bytes / (double)stat.articles,
                 (double)stat.file_bytes / (double)stat.articles);
    return fflush(stdout);
}

/* Adds articles with verdicts in commits of `size`. */
static int watch(replay *r, tt_index *live, size_t size, size_t count, const char *name)
{
    size_t novelties[TT_VERDICT_CORRECTION + 1] = {0};
    double spent = 0;
    for (size_t done = 0; done < count; done += size) {
        double began;
        if (take(r, size) != 0)
            return -1;
        began = now();
        if (tt_index_add(live, r->articles, size, NULL, drop, novelties, NULL) != TT_OK)
            return -1;
        spent += now() - began;
    }
    (void)printf(",\n \"%s\": {\"articles_per_second\": %.0f, \"new\": %zu, \"duplicate\": %zu, "
                 "\"update\": %zu, \"overlaps\": %zu}",
                 name, (double)count / spent, novelties[TT_VERDICT_NEW],
                 novelties[TT_VERDICT_DUPLICATE], novelties[TT_VERDICT_UPDATE],
                 novelties[TT_VERDICT_OVERLAPS]);
    return fflush(stdout);
}

/* Times verdicts alone, and for every tenth article the verdict with a separate commit. */
static int time_verdicts(replay *r, tt_index *live, size_t count)
{
    double *asked = malloc(count * sizeof *asked), *added = malloc(count * sizeof *added),
           *worked = malloc(count * sizeof *worked), began, work;
    size_t novelties[TT_VERDICT_CORRECTION + 1] = {0};
    for (size_t k = 0; asked != NULL && added != NULL && worked != NULL && k < count; k++) {
        if (take(r, 1) != 0)
            return -1;
        began = now(), work = processor();
        if (tt_index_query(live, r->articles, 1, NULL, drop, novelties, NULL) != TT_OK)
            return -1;
        asked[k] = now() - began, worked[k] = processor() - work;
        if (k % 10 != 0)
            continue;
        began = now();
        if (tt_index_add(live, r->articles, 1, NULL, drop, novelties, NULL) != TT_OK)
            return -1;
        added[k / 10] = now() - began;
    }
    if (asked == NULL || added == NULL || worked == NULL)
        return -1;
    print_times("verdict_ms", asked, count);
    print_times("verdict_processor_ms", worked, count);
    print_times("verdict_and_commit_ms", added, (count + 9) / 10);
    free(asked);
    free(added);
    free(worked);
    return fflush(stdout);
}

/* Times making a page durable; no commit can be faster. */
static int time_syncs(const char *path)
{
    char name[PATH_SIZE + 8], page[4096] = {0};
    double seconds[SYNCS], began;
    int file, ended = 0;
    (void)snprintf(name, sizeof name, "%s-sync", path);
    file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return -1;
    for (int k = 0; k < SYNCS && ended == 0; k++) {
        began = now();
        if (write(file, page, sizeof page) != (ssize_t)sizeof page || fdatasync(file) != 0)
            ended = -1;
        seconds[k] = now() - began;
    }
    (void)close(file);
    (void)unlink(name);
    if (ended == 0)
        print_times("fdatasync_ms", seconds, SYNCS);
    return ended;
}

static int run(const bench_corpus *c, size_t total, const char *path)
{
    replay r = {.corpus = c,
                .articles = malloc(BATCH * sizeof *r.articles),
                .ids = malloc(BATCH * sizeof *r.ids)};
    const size_t timed = total < REPLAY ? total : REPLAY;
    tt_index *live = NULL;
    int ended = r.articles == NULL || r.ids == NULL ||
                tt_index_open(&live, path, TT_INDEX_CREATE, NULL, NULL) != TT_OK;
    (void)printf("{\"asked\": %zu", total);
    ended = ended || add_all(&r, live, total) != 0 || reopen(&live, path) != 0 ||
            watch(&r, live, BATCH, timed / BATCH * BATCH, "watch_gathered") != 0 ||
            watch(&r, live, PIPE, timed / 4, "watch_pipe") != 0 ||
            watch(&r, live, 1, timed / 20, "watch_each") != 0 ||
            time_verdicts(&r, live, timed) != 0 || time_syncs(path) != 0;
    (void)printf("}\n");
    tt_index_close(live);
    free(r.articles);
    free(r.ids);
    free(r.texts);
    return ended;
}

int main(int argc, char **argv)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    bench_corpus c = {.name = "feed"};
    char path[PATH_SIZE], other[PATH_SIZE + 8];
    const char *directory = getenv("TMPDIR");
    const size_t total = argc == 3 ? (size_t)strtoul(argv[2], NULL, 10) / BATCH * BATCH : 0;
    int ended;
    if (total == 0) {
        (void)fprintf(stderr, "usage: bench_live FILE ARTICLES      at least %d\n", BATCH);
        return 2;
    }
    c.path = argv[1];
    if (bench_corpus_load(&c) != 0)
        return 1;
    if ((total + 3 * (total < REPLAY ? total : REPLAY)) / c.count >= ROUNDS) {
        (void)fprintf(stderr, "%s has too few articles\n", c.path);
        return 1;
    }
    (void)snprintf(path, sizeof path, "%s/bench-live-%ld.db", directory ? directory : "/tmp",
                   (long)getpid());
    ended = run(&c, total, path);
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        (void)snprintf(other, sizeof other, "%s%s", path, ends[k]);
        (void)unlink(other);
    }
    bench_corpus_free(&c);
    return ended;
}
