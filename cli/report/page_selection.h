/*
 * What a page lists, and which texts it prefers to embed: the largest clusters, the sections with
 * most occurrences, then pairs, each up to a limit that a browser handles with ease. The rest is
 * only counted.
 */
#ifndef CLI_REPORT_PAGE_SELECTION_H
#define CLI_REPORT_PAGE_SELECTION_H

#include "result_arrays.h"

enum {
    MOST_LISTED_ARTICLES = 250000,
    MOST_LISTED_OCCURRENCES = 400000,
    MOST_LISTED_PAIRS = 250000
};

/** Indexes into the arrays of the result, in the order of the page. */
typedef struct page_selection {
    uint64_t *clusters, *sections, *pairs, *articles;
    uint64_t cluster_count, section_count, pair_count, article_count;
    uint64_t *number;     /**< by article of the result: its index in `articles`, or UINT64_MAX */
    unsigned char *named; /**< likewise: a cluster, section or pair has it, listed or not */
    uint32_t *rank;       /**< likewise: texts of low rank are embedded first; UINT32_MAX: never */
} page_selection;

/** Call page_selection_free() even if this fails. @return 0, or an exit code */
int page_selection_make(page_selection *c, const result_arrays *result);

/** Numbers the listed articles in the order of the input; `row_of` has their rows. @return 0, or an
 * exit code */
int page_selection_number(page_selection *c, const uint64_t *row_of);

void page_selection_free(page_selection *c);

#endif
