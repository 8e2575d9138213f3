/* What scan and dedup share: records are read, rejected or added to a builder, and it is finished.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "output.h"
#include "settings.h"
#include "terminal/progress.h"
#include "twicetold.h"

enum { SESSION_OUTPUTS = 3 };

/** Receives each accepted record, in input order. @return 0 to go on, or an exit code */
typedef int (*accept_fn)(void *ctx, const tt_record *record);

typedef struct session {
    const settings *settings;
    output result, rejects, removed; /**< the last two: name is NULL where not asked for */
    progress progress;
    tt_scan *builder;
    tt_result *index;
    uint64_t rejected;
    uint32_t advised; /**< kinds of reasons for which it was said what to do */
    double began, read_seconds;
    accept_fn accept; /**< or NULL */
    void *accept_ctx;
} session;

/** Opens the outputs; session_close() whatever the answer. @return 0, or an exit code */
int session_open(session *r, const settings *s);

/** Reads all inputs into r->index. @return 0, or an exit code */
int session_scan(session *r);

/** All outputs take their places. @return 0, or an exit code */
int session_publish(session *r);

/** Frees everything; what is not published is removed. */
void session_close(session *r);

/** Names a record that is left out and writes it to the rejects. `status`: TT_OK (the record says
 * why), or why the library did not take its article. @return 0, or an exit code */
int session_reject(session *r, const tt_record *record, tt_status status);

/** A directory may hold what the run is to write: the file that is read now must not be that.
 * @return 0, or an exit code */
int session_refuse_own_output(const session *r, const char *file);

/** How a run that did all of its work ends. */
int session_exit_code(const session *r);

/** "in 1.2 s (34.5 MB/s)" and the like, for the last line of a run. */
void session_describe_speed(const session *r, char *to, size_t size);

#endif
