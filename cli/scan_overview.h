/*
 * What a scan found, for a person at a terminal: counts, the largest clusters and the passages that
 * are repeated most, with the beginning of each. Texts come from a nameless scratch file, to which
 * they go while the records are read.
 */
#ifndef CLI_SCAN_OVERVIEW_H
#define CLI_SCAN_OVERVIEW_H

#include "session.h"

typedef struct overview {
    output spool;
    uint64_t *ends; /**< of each accepted text in the spool */
    size_t count, capacity;
} overview;

/** Before records are read: makes them go through overview_keep(). @return 0, or an exit code */
int scan_overview_open(overview *o, session *r);

/** Prints it. @return 0, or an exit code */
int scan_overview_print(overview *o, session *r);

void scan_overview_close(overview *o);

#endif
