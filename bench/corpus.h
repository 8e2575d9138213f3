/* The articles of the benchmarks, read once into memory. */
#ifndef TT_BENCH_CORPUS_H
#define TT_BENCH_CORPUS_H

#include "twicetold.h"

/** A corpus from the command line. Names of benchmarks contain `name`. */
typedef struct bench_corpus {
    const char *name, *path;
    tt_article *articles; /**< NULL until the corpus is loaded */
    size_t count;
    char *bytes;
    size_t size;      /**< bytes of all ids and texts */
    size_t text_size; /**< bytes of all texts */
} bench_corpus;

/** Reads the corpus, unless it has been read. @return 0, or -1 after a message */
int bench_corpus_load(bench_corpus *corpus);
void bench_corpus_free(bench_corpus *corpus);

/** Registers complete scans of a corpus, from the file to the lines of the result. */
void bench_add_scans(bench_corpus *corpus);

/** Registers the separate stages of a scan of a corpus. */
void bench_add_stages(bench_corpus *corpus);

/** Frees what the stages keep between benchmarks. */
void bench_stages_free(void);

#endif
