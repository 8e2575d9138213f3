/*
 * Articles on their way from inputs to an index or a service, in batches, and the verdicts that
 * come back. For watch, index add, index import, index query and scan --against.
 */
#ifndef CLI_FEEDING_H
#define CLI_FEEDING_H

#include "buffer.h"
#include "service_link.h"
#include "session.h"

enum { VERDICT_KINDS = TT_VERDICT_CORRECTION + 1 };

/** Articles that wait for a commit, with copies of what the reader lends. */
typedef struct pending_batch {
    tt_record *records; /**< `file` is borrowed from the reader's caller */
    tt_article *articles;
    char **kept; /**< what they point to, a block each */
    tt_status *statuses;
    size_t count, record_capacity, article_capacity, kept_capacity, status_capacity;
    size_t bytes; /**< of text */
} pending_batch;

/** Zero it, then set what is to be done, and the index or the service if it is open. */
typedef struct feeding {
    int adds;          /**< articles are added, not only compared */
    int imports;       /**< they come from another index */
    int verdicts;      /**< verdicts are written */
    int lists_matches; /**< instead of its verdict, all that an article matches is written, whether
                            or not the index has one of that id */
    tt_index *index;
    service_link *service; /**< NULL, or where the articles are sent instead */

    session session;
    buffer sent, answer; /**< of the service */
    pending_batch pending;
    uint64_t articles, counts[VERDICT_KINDS]; /**< in all, and by tt_verdict_kind */
    uint64_t matched, matches;                /**< articles that have matches, and how many */
    uint64_t rejected;                        /**< in files that were taken in before */
    double commit_at, status_at;              /**< by seconds_now(); 0: not yet, or never */
    int failed;                               /**< the index or an output, not what was read */
} feeding;

/** Reads inputs, and opens the index s->inputs[0] unless the feeding has one, or a service; closes
 * and frees everything. @return an exit code */
int feeding_run(feeding *f, const settings *s, uint32_t flags, const char *const *inputs,
                size_t count);

/** Adds the articles of one input to an index in memory. @return 0, or an exit code */
int feeding_add_to_memory(tt_index *index, const settings *s, const char *input);

#endif
