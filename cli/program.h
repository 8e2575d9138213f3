/* Programs that take the place of this one, with threads that sleep while they wait. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include "settings.h"

/** Runs the program `name`, beside this one or else on the PATH, in its place. @return if it cannot
 * be run; errno says why */
void program_run(const char *name, char *const *words);

/** Runs this program again if its threads would spin while they wait, and that would take longer
 * than to begin once more: OpenMP reads how they wait before main(). @return if nothing is to be
 * done, or can be */
void program_run_again(const settings *s, char *const *words);

#endif
