/*
 * What the build makes from the tables of commands and options beside the command itself: a manual
 * page for each command, and completions for bash, zsh and fish.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include <stdio.h>

#include "option_table.h"

/** The manual page of one command, in mdoc(7). `date` is the line of the .Dd macro. */
void manual_write(FILE *out, const subcommand *command, const char *date);

/** The list of commands, each with its page, for twicetold(1). */
void manual_write_list(FILE *out);

void completions_write_bash(FILE *out);
void completions_write_zsh(FILE *out);
void completions_write_fish(FILE *out);

#endif
