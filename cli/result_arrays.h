/* The arrays of a result side by side, for code that walks through several of them. */
#ifndef CLI_RESULT_ARRAYS_H
#define CLI_RESULT_ARRAYS_H

#include "twicetold.h"

/** Borrowed from the result. */
typedef struct result_arrays {
    const tt_result *result;
    uint64_t article_count;
    const tt_pair *pairs;
    size_t pair_count;
    const tt_cluster *clusters;
    size_t cluster_count;
    const tt_section *sections;
    size_t section_count;
} result_arrays;

static inline result_arrays result_arrays_of(const tt_result *result)
{
    result_arrays r = {.result = result, .article_count = tt_result_article_count(result)};
    r.pairs = tt_result_pairs(result, &r.pair_count);
    r.clusters = tt_result_clusters(result, &r.cluster_count);
    r.sections = tt_result_sections(result, &r.section_count);
    return r;
}

#endif
