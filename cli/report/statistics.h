/*
 * The numbers of a report: a row for every article that was read, and sums of the rows by source,
 * by day and in all.
 */
#ifndef CLI_REPORT_STATISTICS_H
#define CLI_REPORT_STATISTICS_H

#include "result_arrays.h"

#define ALL_OTHERS INT64_MIN

enum { NO_DAY = INT32_MIN, NO_CLUSTER = UINT32_MAX, NO_SOURCE = 0 };

/** What a section is, and who shares it. A story is a group of articles linked by copies. */
typedef enum section_kind {
    SECTION_COPIES = 0, /**< copies of one story share it */
    SECTION_SELF = 1,   /**< one article repeats itself */
    SECTION_SHARED = 2, /**< stories share it */
    SECTION_NOTICE = 3  /**< the result calls it a notice */
} section_kind;

/** One article that was read. */
typedef struct article_row {
    uint64_t bytes;    /**< of its text */
    uint64_t repeated; /**< bytes in occurrences that are not the first of their section */
    uint32_t source;   /**< number of its source, or NO_SOURCE */
    int32_t day;       /**< days since 1970, UTC, or NO_DAY */
    int copy;          /**< it is in a cluster, but not the kept article */
} article_row;

/** The sum of the rows with the same source or day. */
typedef struct article_sum {
    int64_t key; /**< the source or the day; or ALL_OTHERS */
    uint64_t articles, copies, bytes, repeated;
} article_sum;

typedef struct source_name {
    char *bytes;
    size_t size;
    uint32_t number; /**< from 1 */
} source_name;

typedef struct article_occurrence {
    const tt_occurrence *at;
    size_t section; /**< its index in the result */
    int first;      /**< it is the first of its section */
} article_occurrence;

typedef struct report_statistics {
    const result_arrays *result;
    article_row *rows;
    size_t row_count, row_capacity;
    uint64_t *row_of;     /**< by number of the result: its row */
    uint32_t *cluster_of; /**< likewise: index of its cluster, or NO_CLUSTER */
    uint32_t *story_of;   /**< likewise: the article that stands for its story */
    source_name **sources;
    size_t source_count, source_capacity;
    void *source_tree;               /**< of tsearch() */
    size_t *occurrence_begin;        /**< likewise: its first index in `occurrences` */
    article_occurrence *occurrences; /**< by article, ascending */
} report_statistics;

/** Call statistics_free() even if this fails. @return 0, or an exit code */
int statistics_init(report_statistics *d, const result_arrays *result);

/** Adds an article and checks its occurrences against its text. @return 0, or an exit code */
int statistics_add_article(report_statistics *d, const tt_record *record, uint64_t article);

/** The name of the source of a row. */
const source_name *statistics_source_name(const report_statistics *d, uint32_t source);

section_kind statistics_section_kind(const report_statistics *d, const tt_section *section);

/**
 * At most `most` sums by source, most articles first, or by day, ascending. If there are more, the
 * last sum is that of all other sources, and months take the place of days. Owner: the caller,
 * free().
 * @return NULL: out of memory
 */
article_sum *statistics_by_source(const report_statistics *d, size_t most, size_t *count);
article_sum *statistics_by_day(const report_statistics *d, size_t most, size_t *count, int *months);

void statistics_free(report_statistics *d);

#endif
