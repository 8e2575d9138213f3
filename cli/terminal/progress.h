/*
 * Progress on standard error: one line that is redrawn on a terminal, else (--progress always) a
 * line a second and one at the end of each stage.
 */
#ifndef CLI_TERMINAL_PROGRESS_H
#define CLI_TERMINAL_PROGRESS_H

#include <stdint.h>

typedef struct progress {
    int shown;      /**< 0: say nothing */
    int terminal;   /**< redraw one line */
    char stage[16]; /**< "" before the first */
    uint64_t done, total;
    double began; /**< when the stage did */
    double drawn; /**< when something was shown last */
} progress;

/** `wish` is a PROGRESS_* of options.h. */
void progress_begin(progress *p, int wish, int quiet);

/** A tt_progress_fn, ctx a progress. The units of the stage "read" are bytes. @return 0 */
int progress_update(void *ctx, const char *stage, uint64_t done, uint64_t total);

/** Takes the line off the screen. */
void progress_end(progress *p);

/** Seconds of wall time from some fixed moment. */
double seconds_now(void);

#endif
