/* The help screens, on standard output. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

/** Of one command: its usual options, or all of them. @return an exit code */
int help_of_command(const subcommand *command, int all);

/** Of the whole: the commands. @return an exit code */
int help_of_all(void);

/** Of `twicetold index`. @return an exit code */
int help_of_index(void);

#endif
