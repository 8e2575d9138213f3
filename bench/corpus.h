/* The articles that the benchmarks work on, read once into memory. */
#ifndef TT_BENCH_CORPUS_H
#define TT_BENCH_CORPUS_H

#include "twicetold.h"

/** A corpus of the command line: `name` stands in the names of benchmarks. */
typedef struct bench_corpus {
    const char *name, *path;
    tt_article *articles; /**< NULL until it is loaded */
    size_t count;
    char *bytes;
    size_t size;      /**< of all ids and texts */
    size_t text_size; /**< of all texts */
} bench_corpus;

/** Reads it, if it is not there yet. @return 0, or -1 after a message */
int bench_corpus_load(bench_corpus *corpus);
void bench_corpus_free(bench_corpus *corpus);

/** Registers whole scans of a corpus, from the file to the lines of the result. */
void bench_add_scans(bench_corpus *corpus);

/** Registers the stages, each alone, on a corpus. */
void bench_add_stages(bench_corpus *corpus);

/** Frees what the stages keep from benchmark to benchmark. */
void bench_stages_free(void);

#endif
