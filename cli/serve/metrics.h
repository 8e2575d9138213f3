/* Counts of what the service has done, as Prometheus reads them. */
#ifndef CLI_SERVE_METRICS_H
#define CLI_SERVE_METRICS_H

#include <pthread.h>

#include "buffer.h"

enum { METRICS_BUCKETS = 16, METRICS_VERDICTS = 6, METRICS_CLASSES = 6 };

/** Times of one kind: how many took no longer than 2^k * 0.1 ms. */
typedef struct histogram {
    uint64_t counts[METRICS_BUCKETS + 1];
    double seconds;
} histogram;

typedef struct metrics {
    pthread_mutex_t mutex;
    uint64_t verdicts[METRICS_VERDICTS]; /**< by tt_verdict_kind */
    uint64_t rejected, removed, commits, failed_commits;
    uint64_t answers[METRICS_CLASSES]; /**< by the first digit of their status */
    uint64_t refused;                  /**< with 429 */
    uint64_t bytes_received;
    histogram verdict_time; /**< from the whole body to the answer */
    histogram commit_time;
    int is_failing; /**< the last commit failed */
    double began;
} metrics;

/** What is so now, and not counted. */
typedef struct metrics_now {
    uint64_t articles, queue_articles, body_bytes, listeners, memory_bytes;
} metrics_now;

void metrics_init(metrics *m);
void metrics_time(metrics *m, histogram *h, double seconds);
void metrics_add(metrics *m, uint64_t *count, uint64_t more);
/** Counts a commit, or one that failed. */
void metrics_commit(metrics *m, int succeeded);
/** Whether the last commit failed. */
int metrics_is_failing(metrics *m);
/** Writes all in the text format of Prometheus, version 0.0.4. */
void metrics_write(metrics *m, const metrics_now *now, buffer *out);

#endif
