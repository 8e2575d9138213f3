/*
 * The living index: adding in batches, a commit for each article, and opening. The articles of the
 * corpus, again and again under new ids with every other word of the text's tail changed.
 *
 *     bench_live FILE ARTICLES      FILE: JSON Lines; prints a line for each figure
 */
#define _POSIX_C_SOURCE 200809L
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1000, PATH_SIZE = 300 };

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int drop(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)verdicts;
    *(size_t *)ctx += count;
    return 0;
}

static int by_value(const void *x, const void *y)
{
    const double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

/* The n-th article: one of the corpus, its words turned into others for each round but the first.
 */
static tt_article article_of_round(const bench_corpus *c, size_t n, char *id, char *text)
{
    tt_article a = c->articles[n % c->count];
    const size_t round = n / c->count;
    (void)snprintf(id, 24, "r%zu", n);
    memcpy(text, a.text, a.text_size);
    for (size_t k = 0; round > 0 && k < a.text_size; k++)
        if (text[k] >= 'a' && text[k] <= 'z')
            text[k] = (char)('a' + (text[k] - 'a' + round * (k % 7 + 1)) % 26);
    a.id = id;
    a.id_size = strlen(id);
    a.text = text;
    return a;
}

static int run(const bench_corpus *c, size_t total, const char *path)
{
    char(*ids)[24] = malloc(BATCH * sizeof *ids);
    char *texts = malloc(BATCH * (size_t)65536);
    tt_article *batch = malloc(BATCH * sizeof *batch);
    double *seconds = malloc(BATCH * 2 * sizeof *seconds), began, spent = 0;
    tt_live *live = NULL;
    tt_live_stat stat;
    size_t verdicts = 0, done = 0;
    if (ids == NULL || texts == NULL || batch == NULL || seconds == NULL ||
        tt_live_open(&live, path, TT_LIVE_CREATE, NULL, NULL) != TT_OK)
        return 1;
    for (; done < total; done += BATCH) {
        for (size_t k = 0; k < BATCH; k++)
            batch[k] = article_of_round(c, done + k, ids[k], texts + k * 65536);
        began = now();
        if (tt_live_add(live, batch, BATCH, NULL, NULL, NULL, NULL) != TT_OK)
            return 1;
        spent += now() - began;
    }
    (void)printf("add, batches of %d: %.0f articles/s\n", BATCH, (double)done / spent);
    for (size_t k = 0; k < BATCH; k++)
        batch[k] = article_of_round(c, done + k, ids[k], texts + k * 65536);
    began = now();
    if (tt_live_add(live, batch, BATCH, NULL, drop, &verdicts, NULL) != TT_OK)
        return 1;
    (void)printf("add with verdicts, a batch of %d: %.0f articles/s\n", BATCH,
                 BATCH / (now() - began));
    done += BATCH;
    for (size_t k = 0; k < BATCH; k++) {
        const tt_article a = article_of_round(c, done + k, ids[0], texts);
        began = now();
        if (tt_live_query(live, &a, 1, NULL, drop, &verdicts, NULL) != TT_OK)
            return 1;
        seconds[k] = now() - began;
        if (tt_live_add(live, &a, 1, NULL, drop, &verdicts, NULL) != TT_OK)
            return 1;
        seconds[BATCH + k] = now() - began - seconds[k];
    }
    spent = 0;
    for (size_t k = 0; k < BATCH; k++)
        spent += seconds[BATCH + k];
    qsort(seconds, BATCH, sizeof *seconds, by_value);
    qsort(seconds + BATCH, BATCH, sizeof *seconds, by_value);
    (void)printf("a commit each: %.0f articles/s, p50 %.2f ms, p99 %.2f ms\n", BATCH / spent,
                 seconds[BATCH + BATCH / 2] * 1e3, seconds[BATCH + BATCH * 99 / 100] * 1e3);
    (void)printf("a verdict alone: p50 %.2f ms, p99 %.2f ms\n", seconds[BATCH / 2] * 1e3,
                 seconds[BATCH * 99 / 100] * 1e3);
    if (tt_live_stat_get(live, &stat, NULL) != TT_OK)
        return 1;
    tt_live_close(live);
    began = now();
    if (tt_live_open(&live, path, 0, NULL, NULL) != TT_OK)
        return 1;
    (void)printf("open, %zu articles of %.0f tokens: %.2f s; %.0f bytes of memory and %.0f of file "
                 "an article\n",
                 (size_t)stat.articles, (double)stat.tokens / (double)stat.articles, now() - began,
                 (double)stat.memory_bytes / (double)stat.articles,
                 (double)stat.file_bytes / (double)stat.articles);
    tt_live_close(live);
    free(ids);
    free(texts);
    free(batch);
    free(seconds);
    return 0;
}

int main(int argc, char **argv)
{
    bench_corpus c = {.name = "feed"};
    char path[PATH_SIZE], other[PATH_SIZE + 8];
    const char *directory = getenv("TMPDIR");
    int ended;
    if (argc != 3) {
        (void)fprintf(stderr, "usage: bench_live FILE ARTICLES\n");
        return 2;
    }
    c.path = argv[1];
    if (bench_corpus_load(&c) != 0)
        return 1;
    (void)snprintf(path, sizeof path, "%s/bench-live-%ld.db", directory ? directory : "/tmp",
                   (long)getpid());
    ended = run(&c, (size_t)strtoul(argv[2], NULL, 10), path);
    (void)unlink(path);
    (void)snprintf(other, sizeof other, "%s-lock", path);
    (void)unlink(other);
    bench_corpus_free(&c);
    return ended;
}
