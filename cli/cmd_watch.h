/* What `scan --against` has in common with the commands on an index. */
#ifndef CLI_CMD_WATCH_H
#define CLI_CMD_WATCH_H

#include "settings.h"

/** Compares the inputs with the articles of s->against alone. @return an exit code */
int watch_compare_with(const settings *s);

#endif
