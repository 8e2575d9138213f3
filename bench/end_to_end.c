/*
 * Complete scans through the public API: a file is read, its articles are added, the scan is
 * finished, and the result is formatted and discarded. A user of the command waits for the same,
 * and for the file to be written.
 */
#include "bench.h"
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 2 };

typedef struct scan {
    bench_corpus *corpus;
    int threads;
} scan;

static scan scans[16];
static size_t scan_count;

static int drop(void *ctx, const char *bytes, size_t size)
{
    (void)bytes;
    *(double *)ctx += (double)size;
    return 0;
}

/* Adds the good records of a batch; `articles` and `verdicts` are enlarged as needed. */
static tt_status add(tt_scan *builder, const tt_record *records, size_t count,
                     tt_article **articles, tt_status **verdicts, size_t *room)
{
    size_t good = 0;
    if (count > *room) {
        *room = count;
        *articles = realloc(*articles, count * sizeof **articles);
        *verdicts = realloc(*verdicts, count * sizeof **verdicts);
        if (*articles == NULL || *verdicts == NULL)
            return TT_ENOMEM;
    }
    for (size_t i = 0; i < count; i++)
        if (records[i].status == TT_OK)
            (*articles)[good++] = records[i].article;
    return tt_scan_add(builder, *articles, good, *verdicts, NULL);
}

static tt_status read_all(tt_scan *builder, const scan *s)
{
    tt_reader_options options = TT_READER_OPTIONS_INIT;
    tt_reader *reader = NULL;
    const tt_record *records;
    tt_article *articles = NULL;
    tt_status *verdicts = NULL, status;
    size_t room = 0, count = 1;
    options.threads = s->threads;
    status = tt_reader_open(&reader, &s->corpus->path, 1, &options, NULL);
    while (status == TT_OK && count > 0) {
        status = tt_reader_next(reader, &records, &count, NULL);
        if (status == TT_OK && count > 0)
            status = add(builder, records, count, &articles, &verdicts, &room);
    }
    free(articles);
    free(verdicts);
    tt_reader_close(reader);
    return status;
}

static tt_status scan_once(const scan *s, tt_summary *summary, double *written)
{
    tt_options options = TT_OPTIONS_INIT;
    tt_scan *builder = NULL;
    tt_result *index = NULL;
    tt_status status;
    options.threads = s->threads;
    status = tt_scan_open(&builder, &options, NULL);
    if (status == TT_OK)
        status = read_all(builder, s);
    if (status == TT_OK)
        status = tt_scan_finish(builder, &index, NULL);
    if (status == TT_OK)
        status = tt_result_write(index, drop, written, NULL, NULL);
    if (status == TT_OK)
        *summary = *tt_result_summary(index);
    tt_result_close(index);
    tt_scan_close(builder);
    return status;
}

static void run_scan(bench *b, void *ctx)
{
    const scan *s = ctx;
    tt_summary summary = {0};
    double written = 0;
    tt_status status = TT_OK;
    bench_peak_reset();
    while (bench_next(b)) {
        written = 0;
        status = scan_once(s, &summary, &written);
        if (status != TT_OK)
            bench_fail(b, tt_status_name(status));
    }
    bench_bytes(b, (double)summary.bytes);
    bench_items(b, (double)summary.articles);
    bench_counter(b, "peak_rss_bytes", bench_peak());
    bench_counter(b, "articles", (double)summary.articles);
    bench_counter(b, "text_bytes", (double)summary.bytes);
    bench_counter(b, "result_bytes", written);
    bench_counter(b, "pairs", (double)summary.pairs);
    bench_counter(b, "sections", (double)summary.sections);
}

void bench_add_scans(bench_corpus *corpus)
{
    for (int threads = 1; threads <= THREADS && scan_count < 16; threads++) {
        char name[128];
        scans[scan_count] = (scan){corpus, threads};
        (void)snprintf(name, sizeof name, "scan/corpus:%s/threads:%d/real_time", corpus->name,
                       threads);
        bench_add(name, run_scan, &scans[scan_count++]);
    }
}
