/*
 * The articles that a result speaks of, from the inputs of its scan: a command RESULT INPUT...
 * reads the result with tt_result_file_read() and then the texts with this.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "session.h"

/** Receives each record, good or not, in input order; borrowed for the call. @return 0 to go on,
 * RECORDS_ENOUGH to stop, or an exit code */
typedef int (*record_fn)(void *ctx, const tt_record *record);

enum { RECORDS_ENOUGH = -1 };

/** Reads inputs. @return 0, or an exit code after its message */
int records_read(session *r, const char *const *inputs, size_t count, record_fn take, void *ctx);

/** Receives each good record, in input order; borrowed for the call. `article` is its number in the
 * result, or TT_NO_ARTICLE where the result does not name it. @return 0 to go on, or an exit code
 */
typedef int (*article_fn)(void *ctx, const tt_record *record, uint64_t article);

/**
 * Reads the inputs after the first, which is the result. Bad records are rejected as by scan; of
 * two with one id the second is, if the result names it. Every article of the result must be there.
 * @return 0, or an exit code after its message
 */
int records_read_articles(session *r, const tt_result_file *result, article_fn take, void *ctx);

#endif
