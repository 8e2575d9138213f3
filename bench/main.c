/*
 * The benchmarks: complete scans of each corpus, then the separate stages on the first one.
 *
 *     twicetold_bench [--corpus NAME=FILE]... [--benchmark_...]
 *
 * The default corpus is the bundled feed.
 */
#include "bench.h"
#include "corpus.h"
#include "kernels/kernels.h"

#include <stdio.h>
#include <string.h>

#ifndef TT_BENCH_FEED
#  define TT_BENCH_FEED "corpora/feed/articles.jsonl"
#endif
#ifndef TT_BENCH_FLAGS
#  define TT_BENCH_FLAGS ""
#endif

enum { MOST_CORPORA = 8 };

static bench_corpus corpora[MOST_CORPORA];
static size_t corpus_count;

static int take_corpus(char *argument)
{
    char *path = strchr(argument, '=');
    if (path == NULL || corpus_count == MOST_CORPORA)
        return -1;
    *path = '\0';
    corpora[corpus_count++] = (bench_corpus){.name = argument, .path = path + 1};
    return 0;
}

static void describe_processor(void)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || value == NULL)
            continue;
        value[strcspn(value, "\n")] = '\0';
        bench_context("cpu", value + 2);
        break;
    }
    if (f != NULL)
        (void)fclose(f);
}

int main(int argc, char **argv)
{
    int status;
    if (bench_init(&argc, argv) != 0)
        return 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--corpus") == 0 && i + 1 < argc && take_corpus(argv[i + 1]) == 0) {
            i++;
        } else {
            fprintf(stderr, "usage: twicetold_bench [--corpus NAME=FILE]... [--benchmark_...]\n");
            return 2;
        }
    }
    if (corpus_count == 0)
        corpora[corpus_count++] = (bench_corpus){.name = "feed", .path = TT_BENCH_FEED};
#if defined(__VERSION__)
    bench_context("compiler", __VERSION__);
#endif
    bench_context("flags", TT_BENCH_FLAGS);
    bench_context("kernels", tti_kernels_get()->name);
    describe_processor();
    for (size_t k = 0; k < corpus_count; k++)
        bench_add_scans(&corpora[k]);
    bench_add_stages(&corpora[0]);
    status = bench_run();
    bench_stages_free();
    for (size_t k = 0; k < corpus_count; k++)
        bench_corpus_free(&corpora[k]);
    return status;
}
