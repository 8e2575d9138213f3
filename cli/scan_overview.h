/*
 * What a scan found, for a person at a terminal: counts, the largest clusters and the passages that
 * are repeated most, each with its first words. The texts go to a spool while they are read.
 */
#ifndef CLI_SCAN_OVERVIEW_H
#define CLI_SCAN_OVERVIEW_H

#include "session.h"
#include "spool.h"

/** Makes the session put the texts that it reads into `texts`, which the caller closes.
 * @return 0, or an exit code */
int scan_overview_open(spool *texts, session *r);

/** Prints the overview of a finished scan. @return 0, or an exit code */
int scan_overview_print(spool *texts, const session *r);

#endif
