/* The page of a report: its fixed parts, and data as JSON that no byte of an article can leave. */
#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include "output.h"
#include "report/embedded_texts.h"
#include "report/statistics.h"

/** What an article is called; bytes are the page's own copies. */
typedef struct page_label {
    char *title;
    size_t size;
    int64_t published; /**< microseconds since 1970, or TT_NO_TIME */
} page_label;

/** What goes in. Clusters, sections, pairs and articles are named by their places in the result, in
 * the order in which the page lists them; the rest of them is only counted. */
typedef struct page {
    const report_statistics *statistics;
    const embedded_texts *texts;
    const page_label *labels; /**< by article of the result */
    const uint64_t *clusters, *sections, *pairs, *articles;
    uint64_t cluster_count, section_count, pair_count, article_count;
    const uint64_t *number; /**< by article of the result: its place in `articles`; UINT64_MAX */
    const char *result_name;
    uint64_t rejected;
    const int64_t *block_of; /**< set by page_write() */
} page;

/** Writes the page; a failed write stays in `out`. @return 0, or -1: out of memory */
int page_write(const page *p, output *out);

#endif
