/*
 * All that is said on standard error. Control characters and bytes that are not UTF-8, which file
 * names and ids may hold, are written as \xNN, so that input cannot drive the terminal.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "command.h"

#if defined(__GNUC__)
#  define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#  define PRINTF_LIKE(text, first)
#endif

/** From here on each message is a JSON object in a line: time, level (info, warning, error,
 * progress) and message, with file and line where it is about a record, and advice: what to do. */
void message_as_json(int on);

/** Names a record that is left out, and why. `line` 0: the whole file is the record. `advice`: what
 * to do about it, or NULL. */
void message_record(const char *file, uint64_t line, const char *reason, const char *advice);

/** Progress as an object. @return 0: messages are not objects, nothing was said */
int message_progress(const char *stage, uint64_t done, uint64_t total, double seconds,
                     uint64_t memory);

/** A line as it is. */
PRINTF_LIKE(1, 2) void message_line(const char *format, ...);

/** "twicetold: " and a line, and in a second one what to do; `advice` is NULL where the first says
 * it. failure.h has what most calls need. @return EXIT_FAILED */
PRINTF_LIKE(2, 3) int message_failure(const char *advice, const char *format, ...);

/** "twicetold: ", a line, and where help is to be had. @return EXIT_USAGE */
PRINTF_LIKE(2, 3) int message_usage(const subcommand *command, const char *format, ...);

/** Draws `line` over the status line before it ("" removes it). Lines of messages go above. */
void message_status(const char *line);

#endif
