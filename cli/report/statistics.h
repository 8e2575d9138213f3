/*
 * What a report says in numbers: every article that was read as a row, and what a result makes of
 * them by source, by day and in all.
 */
#ifndef CLI_REPORT_STATISTICS_H
#define CLI_REPORT_STATISTICS_H

#include "result_arrays.h"

enum { NO_DAY = INT32_MIN, NO_CLUSTER = UINT32_MAX, NO_SOURCE = 0 };

/** What the places of a section have to do with each other. A story: articles that pairs of copies
 * join, over however many of them. */
typedef enum section_kind {
    SECTION_COPIES = 0,     /**< copies of one story */
    SECTION_SELF = 1,       /**< one article that repeats itself */
    SECTION_SHARED = 2,     /**< two stories */
    SECTION_BOILERPLATE = 3 /**< NOTICE_STORIES or more: a notice, or other text that comes again */
} section_kind;

enum { BOILERPLATE_STORIES = 3 };

/** One article that was read. */
typedef struct article_row {
    uint64_t bytes, repeated; /**< of its text; of these in places that are no section's first */
    uint32_t source;          /**< NO_SOURCE: none */
    int32_t day;              /**< since 1970, UTC; NO_DAY: not known */
    int copy;                 /**< of a cluster, and not the kept one */
} article_row;

/** Sums over rows that have a name or a day in common. */
typedef struct article_sum {
    int64_t key; /**< source, or day; INT64_MIN: all others */
    uint64_t articles, copies, bytes, repeated;
} article_sum;

typedef struct source_name {
    char *bytes;
    size_t size;
    uint32_t number; /**< from 1 */
} source_name;

typedef struct article_occurrence {
    const tt_occurrence *at;
    int first; /**< of its section: the reference */
} article_occurrence;

typedef struct report_statistics {
    const result_arrays *result;
    article_row *rows;
    size_t row_count, row_capacity;
    uint64_t *row_of;     /**< by number of the result */
    uint32_t *cluster_of; /**< likewise: place in result->clusters, or NO_CLUSTER */
    uint64_t *story_of;   /**< likewise: an article of its story, the same for all of them */
    source_name **sources;
    size_t source_count, source_capacity;
    void *source_tree;          /**< of tsearch() */
    size_t *place_begin;        /**< by number: its places in `places`; one more at the end */
    article_occurrence *places; /**< of each article, ascending */
} report_statistics;

/** @return 0, or an exit code after its message; statistics_free() whatever the answer */
int statistics_init(report_statistics *d, const result_arrays *result);

/** Takes an article; its places are checked against its text. @return 0, or an exit code */
int statistics_add_article(report_statistics *d, const tt_record *record, uint64_t article);

/** The name of a source of a row. */
const source_name *statistics_source_name(const report_statistics *d, uint32_t source);

section_kind statistics_section_kind(const report_statistics *d, const tt_section *section);

/**
 * Sums by source, most articles first, or by day, ascending; `most` at most, in which case the last
 * source stands for all others and days are joined to months. Owner: the caller, free().
 * @return NULL: out of memory
 */
article_sum *statistics_by_source(const report_statistics *d, size_t most, size_t *count);
article_sum *statistics_by_day(const report_statistics *d, size_t most, size_t *count, int *months);

void statistics_free(report_statistics *d);

#endif
