/*
 * What of a result a page lists, and whose texts it would rather embed: the largest clusters, the
 * sections with most places, then pairs, each within a bound that a browser reads in a moment. What
 * is over a bound is only counted.
 */
#ifndef CLI_REPORT_PAGE_SELECTION_H
#define CLI_REPORT_PAGE_SELECTION_H

#include "result_arrays.h"

enum {
    MOST_LISTED_ARTICLES = 250000,
    MOST_LISTED_OCCURRENCES = 400000,
    MOST_LISTED_PAIRS = 250000
};

/** Places in the result's arrays, in the order of the page. */
typedef struct page_selection {
    uint64_t *clusters, *sections, *pairs, *articles;
    uint64_t cluster_count, section_count, pair_count, article_count;
    uint64_t *number; /**< by article of the result: its place in `articles`; UINT64_MAX: none */
    uint32_t *rank;   /**< likewise: how early its text is wanted; UINT32_MAX: never */
} page_selection;

/** @return 0, or an exit code after its message; page_selection_free() whatever the answer */
int page_selection_make(page_selection *c, const result_arrays *result);

void page_selection_free(page_selection *c);

#endif
