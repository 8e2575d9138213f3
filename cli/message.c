/*
 * Standard error: messages, and the one status line that stays below them on a terminal. Each
 * message is one write(2), so that lines of two processes do not mix. No colours, so NO_COLOR has
 * nothing to turn off.
 */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t status_width; /* columns of the status line that is on the screen */

/* Length of the well-formed, printable UTF-8 character at `text`, or 0. */
static size_t printable_size(const unsigned char *text)
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

/* `text` made harmless, with `prefix` before it and a newline after; NULL without memory. */
static char *printable(const char *prefix, const char *text)
{
    const size_t prefix_size = strlen(prefix);
    char *line = malloc(prefix_size + 4 * strlen(text) + 2), *to = line;
    if (line == NULL)
        return NULL;
    memcpy(to, prefix, prefix_size);
    to += prefix_size;
    for (const unsigned char *from = (const unsigned char *)text; *from != '\0';) {
        const size_t size = printable_size(from);
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
    *to++ = '\n';
    *to = '\0';
    return line;
}

PRINTF_LIKE(2, 0) static void print_line(const char *prefix, const char *format, va_list arguments)
{
    va_list again;
    char *text = NULL, *line = NULL;
    int size;

    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size >= 0)
        text = malloc((size_t)size + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)size + 1, format, arguments);
        line = printable(prefix, text);
    }
    message_status("");
    (void)fputs(line != NULL ? line : "twicetold: out of memory\n", stderr);
    free(line);
    free(text);
}

void message_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line("", format, arguments);
    va_end(arguments);
}

int message_failure(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line("twicetold: ", format, arguments);
    va_end(arguments);
    return EXIT_FAILED;
}

int message_usage(const subcommand *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line("twicetold: ", format, arguments);
    va_end(arguments);
    if (command != NULL)
        message_line("Try 'twicetold %s --help'", command->name);
    else
        message_line("Try 'twicetold --help'");
    return EXIT_USAGE;
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
