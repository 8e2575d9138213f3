/*
 * What lies behind the scores of a result: precision and recall for every threshold, and the pairs
 * of the gold that were missed and those found that are not in it, the worst first.
 */
#ifndef CLI_MISSES_H
#define CLI_MISSES_H

#include "options.h"

/** Draws settings.svg and prints settings.misses, as far as they are asked for; inputs[2..] have
 * the texts. @return 0, or an exit code */
int misses_report(const settings *s);

#endif
