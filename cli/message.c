/*
 * Standard error: messages, and the one status line that stays below them on a terminal. Each
 * message is one write(2), so that lines of two processes do not mix. No colours, so NO_COLOR has
 * nothing to turn off.
 */
#define _POSIX_C_SOURCE 200809L
#include "message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int as_json;         /* every line is an object */
static size_t status_width; /* columns of the status line that is on the screen */

/* Length of the well-formed, printable UTF-8 character at `text`, or 0. */
static size_t printable_character_size(const unsigned char *text)
{
    const unsigned first = text[0];
    size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 1)
        return first >= 0x20 && first != 0x7f;
    if (size == 0 || first > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if (first == 0xc2 && text[1] < 0xa0) /* C1 controls */
        return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return size;
}

/* `text` made harmless; NULL without memory. Owner: the caller. */
static char *escape_unprintable(const char *text)
{
    char *line = malloc(4 * strlen(text) + 1), *to = line;
    if (line == NULL)
        return NULL;
    for (const unsigned char *from = (const unsigned char *)text; *from != '\0';) {
        const size_t size = printable_character_size(from);
        if (size == 0) {
            (void)snprintf(to, 5, "\\x%02x", *from);
            to += 4;
            from++;
        } else {
            memcpy(to, from, size);
            to += size;
            from += size;
        }
    }
    *to = '\0';
    return line;
}

/* ==== As JSON ============================================================================= */

/* A string that is printable already. */
static void write_string_field(FILE *out, const char *name, const char *text)
{
    (void)fprintf(out, ",\"%s\":\"", name);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

/* An object with the time and the level, open for more. The line is *line. */
static FILE *begin_object(char **line, size_t *size, const char *level)
{
    FILE *out = open_memstream(line, size);
    char when[40] = "";
    struct timespec now;
    struct tm t;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &t) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &t);
    if (out != NULL)
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

static void print_json_message(const char *level, const char *text, const char *advice)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = begin_object(&line, &size, level);
    if (out != NULL)
        write_string_field(out, "message", text);
    if (out != NULL && advice != NULL)
        write_string_field(out, "advice", advice);
    end_object(out, &line);
}

/* ==== Messages ============================================================================ */

/* `text` NULL: there was no memory for it. `advice` is whole words of ours, or NULL. */
static void print_safe(const char *level, const char *text, const char *advice)
{
    static const char before[] = "  try: ";
    const char *prefix = strcmp(level, "error") == 0 ? "twicetold: " : "";
    char *line;
    size_t size;
    if (as_json) {
        print_json_message(level, text != NULL ? text : "out of memory", advice);
        return;
    }
    size = text != NULL ? strlen(prefix) + strlen(text) + 2 : 0;
    if (size > 0 && advice != NULL)
        size += sizeof before + strlen(advice);
    line = size > 0 ? malloc(size) : NULL;
    if (line != NULL)
        (void)snprintf(line, size, "%s%s\n%s%s%s", prefix, text, advice != NULL ? before : "",
                       advice != NULL ? advice : "", advice != NULL ? "\n" : "");
    (void)fputs(line != NULL ? line : "twicetold: out of memory\n", stderr);
    free(line);
}

/* `level` is said in JSON, "twicetold: " before an error in text. */
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
    print_safe(level, safe, advice);
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

void message_record(const char *file, uint64_t line, const char *reason, const char *advice)
{
    const char *mark = advice != NULL ? "; " : "", *more = advice != NULL ? advice : "";
    char *safe_file = escape_unprintable(file), *safe_reason = escape_unprintable(reason),
         *text = NULL;
    size_t size = 0;
    FILE *out = NULL;
    if (!as_json && line == 0)
        message_line("%s: %s%s%s", file, reason, mark, more);
    else if (!as_json)
        message_line("%s:%" PRIu64 ": %s%s%s", file, line, reason, mark, more);
    else if (safe_file != NULL && safe_reason != NULL)
        out = begin_object(&text, &size, "warning");
    if (out != NULL) {
        write_string_field(out, "message", safe_reason);
        write_string_field(out, "file", safe_file);
        if (line != 0)
            (void)fprintf(out, ",\"line\":%" PRIu64, line);
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

/* Blanks instead of an escape sequence: they work on every terminal. */
void message_status(const char *line)
{
    const size_t width = strlen(line);
    if (width == 0 && status_width == 0)
        return;
    (void)fprintf(stderr, "\r%s%*s\r%s", line,
                  (int)(status_width > width ? status_width - width : 0), "", line);
    status_width = width;
}
