/*
 * What lies behind the scores of a result: precision and recall for every threshold, and the pairs
 * of the gold that were missed and those found that are not in it, the worst first.
 */
#ifndef CLI_EVAL_ERRORS_H
#define CLI_EVAL_ERRORS_H

#include "settings.h"

/** Draws settings.svg and prints settings.misses, as far as they are asked for; inputs[2..] have
 * the texts. @return 0, or an exit code */
int eval_print_errors(const settings *s, const tt_result *result, const tt_result *gold);

#endif
