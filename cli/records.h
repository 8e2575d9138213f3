/* The articles that a result names, read from the inputs of its scan. */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "session.h"

/** Receives each good record, in input order; borrowed for the call. `article` is its number in the
 * result, or TT_NO_ARTICLE if the result does not name it. @return 0 to go on, or an exit code */
typedef int (*article_fn)(void *ctx, const tt_record *record, uint64_t article);

/** Reads the result of a command RESULT INPUT... One without its summary line was cut. @return 0,
 * or an exit code */
int records_read_result(tt_result **result, const char *path);

/** Refuses a result without its summary line, which is the last one. @return 0, or an exit code */
int records_refuse_cut(const tt_result *result, const char *path);

/**
 * Reads the inputs of a command RESULT INPUT..., whose result was read already. Bad records are
 * rejected as by scan, and so is the second of two with one id, if the result names it. Every
 * article of the result must be in the input. @return 0, or an exit code
 */
int records_read_articles(session *r, const tt_result *result, article_fn take, void *ctx);

/** The id of a record's article. */
tt_id record_id(const tt_record *record);

#endif
