/*
 * Each message is one write(2), so that the lines of two processes do not mix. A status line stays
 * below the messages on a terminal. There are no colours, so NO_COLOR has nothing to turn off.
 */
#define _POSIX_C_SOURCE 200809L
#include "message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>

#include "format.h"
#include "twicetold.h"

static int as_json;
static size_t status_width; /* columns of the status line on the terminal; 0: there is none */

/* The length of the printable UTF-8 character at `text`, or 0. */
static size_t printable_size(const char *text)
{
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
    return size > 0 && c >= 0x20 && !(c >= 0x7f && c < 0xa0) ? (size_t)size : 0;
}

/* A copy of `text` with everything unprintable as \xNN; NULL: out of memory. Owner: the caller. */
static char *escape_unprintable(const char *text)
{
    char *line = malloc(4 * strlen(text) + 1), *to = line;
    if (line == NULL)
        return NULL;
    while (*text != '\0') {
        const size_t size = printable_size(text);
        if (size == 0) {
            (void)snprintf(to, 5, "\\x%02x", (unsigned char)*text++);
            to += 4;
        } else {
            memcpy(to, text, size);
            to += size;
            text += size;
        }
    }
    *to = '\0';
    return line;
}

/* ==== JSON ==================================================================================== */

static int write_to_file(void *ctx, const char *bytes, size_t size)
{
    return fwrite(bytes, 1, size, ctx) == size ? 0 : -1;
}

static void write_string_field(FILE *out, const char *name, const char *text)
{
    (void)fprintf(out, ",\"%s\":", name);
    (void)!tt_write_json_string(write_to_file, out, text, strlen(text));
}

/* Begins an object with the time and the level, which end_object() prints. NULL: out of memory. */
static FILE *begin_object(char **line, size_t *size, const char *level)
{
    FILE *out = open_memstream(line, size);
    char when[40];
    struct timespec now;
    if (out == NULL)
        return NULL;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    format_time(when, sizeof when, "%Y-%m-%dT%H:%M:%S", (int64_t)now.tv_sec * 1000000);
    (void)fprintf(out, "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\"", when, now.tv_nsec / 1000000,
                  level);
    return out;
}

static void end_object(FILE *out, char **line)
{
    if (out != NULL && fputs("}\n", out) >= 0 && fclose(out) == 0)
        (void)fputs(*line, stderr);
    free(*line);
}

static void print_json(const char *level, const char *text, const char *advice)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = begin_object(&line, &size, level);
    if (out != NULL) {
        write_string_field(out, "message", text);
        if (advice != NULL)
            write_string_field(out, "advice", advice);
    }
    end_object(out, &line);
}

/* ==== Messages ================================================================================ */

static void print_text(const char *level, const char *text, const char *advice)
{
    static const char advice_prefix[] = "  try: ";
    const char *prefix = strcmp(level, "error") == 0 ? "twicetold: " : "";
    const size_t size = strlen(prefix) + strlen(text) + sizeof advice_prefix +
                        (advice != NULL ? strlen(advice) : 0) + 3;
    char *lines = malloc(size);
    if (lines != NULL)
        (void)snprintf(lines, size, "%s%s\n%s%s%s", prefix, text,
                       advice != NULL ? advice_prefix : "", advice != NULL ? advice : "",
                       advice != NULL ? "\n" : "");
    (void)fputs(lines != NULL ? lines : "twicetold: out of memory\n", stderr);
    free(lines);
}

PRINTF_LIKE(3, 0)
static void print_message(const char *level, const char *advice, const char *format,
                          va_list arguments)
{
    va_list again;
    char *text = NULL, *safe = NULL;
    int size;

    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size >= 0)
        text = malloc((size_t)size + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)size + 1, format, arguments);
        safe = escape_unprintable(text);
    }
    message_status("");
    if (as_json)
        print_json(level, safe != NULL ? safe : "out of memory", advice);
    else if (safe != NULL)
        print_text(level, safe, advice);
    else
        (void)fputs("twicetold: out of memory\n", stderr);
    free(safe);
    free(text);
}

void message_as_json(int on)
{
    as_json = on;
}

void message_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message("info", NULL, format, arguments);
    va_end(arguments);
}

int message_failure(const char *advice, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message("error", advice, format, arguments);
    va_end(arguments);
    return EXIT_FAILED;
}

int message_usage(const subcommand *command, const char *format, ...)
{
    char hint[60];
    va_list arguments;
    (void)snprintf(hint, sizeof hint, "Try 'twicetold %s%s--help'",
                   command != NULL ? command->name : "", command != NULL ? " " : "");
    va_start(arguments, format);
    print_message("error", as_json ? hint : NULL, format, arguments);
    va_end(arguments);
    if (!as_json)
        message_line("%s", hint);
    return EXIT_USAGE;
}

void message_record(const char *file, uint64_t line, uint32_t nth, const char *reason,
                    const char *advice)
{
    const char *mark = advice != NULL ? "; " : "", *more = advice != NULL ? advice : "";
    char *safe_file = NULL, *safe_reason = NULL, *text = NULL;
    size_t size = 0;
    FILE *out = NULL;
    if (!as_json) {
        if (line == 0)
            message_line("%s: %s%s%s", file, reason, mark, more);
        else if (nth > 1)
            message_line("%s:%" PRIu64 ".%" PRIu32 ": %s%s%s", file, line, nth, reason, mark, more);
        else
            message_line("%s:%" PRIu64 ": %s%s%s", file, line, reason, mark, more);
        return;
    }
    safe_file = escape_unprintable(file);
    safe_reason = escape_unprintable(reason);
    if (safe_file != NULL && safe_reason != NULL)
        out = begin_object(&text, &size, "warning");
    if (out != NULL) {
        write_string_field(out, "message", safe_reason);
        write_string_field(out, "file", safe_file);
        if (line != 0)
            (void)fprintf(out, ",\"line\":%" PRIu64, line);
        if (line != 0 && nth > 1)
            (void)fprintf(out, ",\"nth\":%" PRIu32, nth);
        if (advice != NULL)
            write_string_field(out, "advice", advice);
        end_object(out, &text);
    }
    free(safe_file);
    free(safe_reason);
}

int message_progress(const char *stage, uint64_t done, uint64_t total, double seconds,
                     uint64_t memory)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out;
    if (!as_json)
        return 0;
    out = begin_object(&text, &size, "progress");
    if (out != NULL)
        (void)fprintf(out,
                      ",\"stage\":\"%s\",\"done\":%" PRIu64 ",\"total\":%" PRIu64
                      ",\"seconds\":%.3f,\"memory_bytes\":%" PRIu64,
                      stage, done, total, seconds, memory);
    end_object(out, &text);
    return 1;
}

void message_status(const char *line)
{
    const size_t width = strlen(line);
    const size_t rest = status_width > width ? status_width - width : 0;
    if (width == 0 && status_width == 0)
        return;
    /* Blanks work on every terminal, an escape sequence that clears the line does not. */
    (void)fprintf(stderr, "\r%s%*s\r%s", line, (int)rest, "", line);
    status_width = width;
}
