/*
 * Progress on standard error: what is done, how fast, and how long the stage will take. On a
 * terminal one line is redrawn; elsewhere, with --progress always, there is a line a second and one
 * at the end of each stage.
 */
#ifndef CLI_TERMINAL_PROGRESS_H
#define CLI_TERMINAL_PROGRESS_H

#include <stdint.h>

typedef struct progress {
    int shown;      /**< 0: nothing is printed */
    int terminal;   /**< one line is redrawn */
    char stage[16]; /**< "" before the first one */
    uint64_t done, total;
    double began; /**< when the stage began, in seconds_now() */
    double drawn; /**< when something was printed last */
} progress;

/** `wanted` is a PROGRESS_* of settings.h. */
void progress_begin(progress *p, int wanted, int quiet);

/** A tt_progress_fn whose ctx is a progress. The units of the stage "read" are bytes. @return 0 */
int progress_update(void *ctx, const char *stage, uint64_t done, uint64_t total);

/** Removes the line from the terminal. */
void progress_end(progress *p);

/** Wall time in seconds since some fixed time. */
double seconds_now(void);

#endif
