/* The page of a report: its fixed parts, and the data as JSON in which no byte of an article can
 * end its element. */
#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include "output.h"
#include "report/embedded_texts.h"
#include "report/page_selection.h"
#include "report/statistics.h"

/** What the page calls an article. */
typedef struct page_label {
    char *title;
    int64_t published; /**< microseconds since 1970, or TT_NO_TIME */
} page_label;

/** An article that the result does not name, because it shares nothing with another. */
typedef struct unique_article {
    char *id;
    size_t id_size;
    uint32_t flags;
    page_label label;
    size_t row; /**< of the statistics */
} unique_article;

/** What the page is made of. */
typedef struct page {
    const result_arrays *result;
    const page_selection *selection;
    const report_statistics *statistics;
    const embedded_texts *texts;
    const page_label *labels; /**< by article of the result */
    char *const *quotes;      /**< by section of the result: how it begins */
    const unique_article *unique;
    size_t unique_count;
    const char *result_name; /**< NULL: there is no file of the result */
    uint64_t rejected;
    size_t threads; /**< 0: all cores */
} page;

/** Writes the page; `out` remembers a failed write. @return 0, or an exit code */
int page_write(const page *p, output *out);

/** What surrounds the data of every page; the build makes them from report/page/. */
extern const unsigned char page_head[], page_tail[];
extern const size_t page_head_size, page_tail_size;

#endif
