/*
 * All that is said on standard error. Control characters and bytes that are not UTF-8, which file
 * names and ids may hold, are written as \xNN, so that input cannot drive the terminal.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stddef.h>

#include "command.h"

#if defined(__GNUC__)
#  define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#  define PRINTF_LIKE(text, first)
#endif

/** A line as it is. */
PRINTF_LIKE(1, 2) void message_line(const char *format, ...);

/** "twicetold: " and a line. @return EXIT_FAILED */
PRINTF_LIKE(1, 2) int message_failure(const char *format, ...);

/** "twicetold: ", a line, and where help is to be had. @return EXIT_USAGE */
PRINTF_LIKE(2, 3) int message_usage(const subcommand *command, const char *format, ...);

/** Draws `line` over the status line before it ("" removes it). Lines of messages go above. */
void message_status(const char *line);

#endif
