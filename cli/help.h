/* The help screens, on standard output. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

/** Prints the help of one command, with its usual options or all of them. @return an exit code */
int help_of_command(const subcommand *command, int all);

/** Prints the list of commands. @return an exit code */
int help_of_all(void);

/** Prints the list of the commands of `twicetold index`. @return an exit code */
int help_of_index(void);

#endif
