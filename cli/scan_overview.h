/*
 * What a scan found, for a person at a terminal: counts, the largest clusters and the passages that
 * are repeated most, each with its headline or first words. The texts go to a spool while they are
 * read.
 */
#ifndef CLI_SCAN_OVERVIEW_H
#define CLI_SCAN_OVERVIEW_H

#include "session.h"
#include "spool.h"

/** What is kept of the articles while they are read. */
typedef struct overview_texts {
    spool texts;
    char **headlines; /**< by article; NULL where a record has no title */
    size_t capacity;
} overview_texts;

/** For one that is not open yet; scan_overview_close() accepts it. */
#define OVERVIEW_TEXTS_NONE                                                                        \
  {                                                                                                \
    .texts = SPOOL_NONE                                                                            \
  }

/** Makes the session put what it reads into `kept`. @return 0, or an exit code */
int scan_overview_open(overview_texts *kept, session *r);

/** Prints the overview of a finished scan. @return 0, or an exit code */
int scan_overview_print(overview_texts *kept, const session *r);

void scan_overview_close(overview_texts *kept);

#endif
