/* What the commands that read articles share: inputs, outputs, rejected records and progress. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "failure.h"
#include "output.h"
#include "settings.h"
#include "terminal/progress.h"
#include "twicetold.h"

/** Receives each accepted record, in input order, and the number of its article, which is the
 * number of records before it unless the session keeps second ones. @return 0 to go on, or an exit
 * code */
typedef int (*accept_fn)(void *ctx, const tt_record *record, uint64_t article);

typedef struct session {
    const settings *settings;
    output result, rejects, removed; /**< name is NULL for an output that was not asked for */
    progress progress;
    tt_scan *scan;
    tt_result *found;        /**< set by session_scan() */
    uint64_t seen, rejected; /**< records */
    uint64_t same_ids;       /**< not named since their ids were seen before */
    uint64_t alike;          /**< of those rejected, as others had the same fault */
    uint64_t copies;         /**< what --fail-on-duplicates is about */
    uint64_t without_id;     /**< records that have no field --id-field */
    uint64_t wordless;       /**< records whose text has no word */
    char *file;              /**< the last one that -v has named */
    char *withdrawn; /**< ids of the notices that were taken, each with the type of it and its size
                      */
    size_t withdrawn_size, withdrawn_room;
    uint32_t rejected_for[FAILURE_RULES]; /**< of failure_count_record() */
    uint32_t noted;                       /**< TT_NOTE_* that were told */
    int repeated; /**< the inputs are read again: what is wrong with them was said */
    double began, read_seconds;
    double deadline;  /**< of the next batch, by seconds_now(): then none is passed on; 0: none */
    accept_fn accept; /**< NULL: not wanted */
    void *accept_ctx;
    int keeps_second;  /**< a second record of an id is an article by the name of its line */
    uint64_t articles; /**< accepted so far */
} session;

/** Prepares a session that has no outputs yet. */
void session_init(session *r, const settings *s);

/** Prepares a session and opens its outputs; call session_close() even if this fails.
 * @return 0, or an exit code */
int session_open(session *r, const settings *s);

/** Receives a batch of records, good and bad, in input order; borrowed for the call. There are none
 * where the deadline is over.
 * @return 0 to go on, SESSION_ENOUGH to stop reading, or an exit code */
typedef int (*records_fn)(void *ctx, const tt_record *records, size_t count);

enum { SESSION_ENOUGH = -1 };

/** Refuses a file to read, an index for example, that the session writes. @return 0, or an exit
 * code
 */
int session_refuse_output(const session *r, const char *file);

/** Reads inputs and passes on every batch. An input that is also an output is refused, and input
 * without any article has failed, unless it is an empty stream of `watch`.
 * @return 0, or an exit code */
int session_read(session *r, const char *const *inputs, size_t count,
                 const tt_reader_options *options, records_fn take, void *ctx);

/** Gives the scan, or an index where it is not NULL, the notices that --notices names, if it was
 * given. @return 0, or an exit code */
int session_take_notices(session *r, tt_index *index);

/** Scans all inputs; r->found has the result. @return 0, or an exit code */
int session_scan(session *r);

/** Moves all outputs to their final names. @return 0, or an exit code */
int session_publish(session *r);

/** Closes the files that are added to and opens them again by their names: another program may have
 * renamed them. @return 0, or an exit code */
int session_reopen(session *r);

/** Frees everything and removes what was not published. */
void session_close(session *r);

/** Says that a record is left out and writes it to the rejects. `status` is why the library did not
 * take its article, or TT_OK if the record has the reason. @return 0, or an exit code */
int session_reject(session *r, const tt_record *record, tt_status status);

/** The exit code of a session that did all of its work. */
int session_exit_code(const session *r);

/** Writes "in 1.2 s (34.5 MB/s)", which ends the summary line. */
void session_describe_speed(const session *r, char *to, size_t size);

#endif
