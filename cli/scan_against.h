/* scan --against: the inputs are compared with other articles, or with an index, alone. */
#ifndef CLI_SCAN_AGAINST_H
#define CLI_SCAN_AGAINST_H

#include "settings.h"

/** Writes what the inputs have in common with the articles of s->against. @return an exit code */
int scan_against(const settings *s);

#endif
