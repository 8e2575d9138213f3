/*
 * Everything the command says on standard error. Control characters and bytes that are not UTF-8
 * are written as \xNN, because file names and ids may hold them and must not drive the terminal.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdint.h>

#include "command.h"

#if defined(__GNUC__)
#  define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#  define PRINTF_LIKE(text, first)
#endif

/** With 1, each later message is a JSON object on one line: time, level (info, warning, error or
 * progress), message, file, line and nth (of several on it) if it is about a record, and advice if
 * there is any. */
void message_as_json(int on);

/** Says that a record is left out, and why. `line` is 0 if the whole file is the record; it is
 * the `nth` that begins there. `advice` says what to do about it, or is NULL. */
void message_record(const char *file, uint64_t line, uint32_t nth, const char *reason,
                    const char *advice);

/** Writes progress as a JSON object. @return 0 if messages are not JSON; nothing was written */
int message_progress(const char *stage, uint64_t done, uint64_t total, double seconds,
                     uint64_t memory);

/** Writes a line as it is. */
PRINTF_LIKE(1, 2) void message_line(const char *format, ...);

/** Writes "twicetold: " and a line, then the advice on a separate line unless it is NULL. Most
 * callers want a function of failure.h. @return EXIT_FAILED */
PRINTF_LIKE(2, 3) int message_failure(const char *advice, const char *format, ...);

/** Writes "twicetold: ", a line, and where to find help. @return EXIT_USAGE */
PRINTF_LIKE(2, 3) int message_usage(const subcommand *command, const char *format, ...);

/** Replaces the status line at the bottom of the terminal; "" removes it. Messages appear above
 * it. */
void message_status(const char *line);

#endif
