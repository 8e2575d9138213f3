/* The articles of a body, read by the reader of all commands, and the answer about them. */
#ifndef CLI_SERVE_INGEST_H
#define CLI_SERVE_INGEST_H

#include "serve/request.h"

/** What becomes of a record: a line of the answer. */
typedef struct outcome {
    size_t article;    /**< its place among the articles; SIZE_MAX: the record was rejected */
    uint64_t line;     /**< in the body; 0: the body is the record */
    size_t begin, end; /**< of the line in `lines`, once it is there */
} outcome;

/** The articles of a request on their way through the writer. */
typedef struct submission {
    request *request;
    outcome *outcomes; /**< a record each, in order */
    size_t outcome_count, outcome_capacity;
    tt_article *articles;
    char **kept;        /**< what they point to, a block each */
    size_t *outcome_of; /**< a record each */
    tt_status *statuses;
    size_t article_count, article_capacity, kept_capacity, outcome_of_capacity;
    size_t done;  /**< articles with a verdict or a status */
    size_t bytes; /**< of the blocks */
    buffer lines; /**< of the answer, in the order in which they were written */
    size_t rejected;
    double since; /**< when it came to the writer */
    struct submission *next;
} submission;

/** Reads the body of a request. @return NULL: the request has its answer, an error */
submission *ingest_read(request *r);

/** Adds the line that says that a record was rejected. */
void ingest_reject(submission *s, size_t record, const char *reason);

/** Writes the answer: the lines in the order of the records. */
void ingest_answer(submission *s);

void ingest_free(submission *s);

#endif
