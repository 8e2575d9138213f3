#define _POSIX_C_SOURCE 200809L
#include "input/front_matter.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_FRONT_MATTER = 64 << 10 };

static int is_front_key(const char *line, size_t size, const char *key)
{
    return strlen(key) == size && strncasecmp(line, key, size) == 0;
}

/* Takes a value without blanks, quotes and a comma at its ends. */
static void take_front_value(const char *begin, const char *end, const char **value, size_t *size)
{
    while (begin < end && strchr(" \t\"'", *begin) != NULL)
        begin++;
    while (end > begin && strchr(" \t\r\"'", end[-1]) != NULL)
        end--;
    *value = begin;
    *size = (size_t)(end - begin);
}

/* Reads a line between the marks. @return 0: there is none like it in front of a text */
static int read_front_line(const char *line, const char *end, char separator,
                           tti_front_matter *front)
{
    const char *name = line, *name_end;
    if (line == end || strchr(" \t\r#-[]", *line) != NULL)
        return 1; /* a part of a value, or a comment */
    while (name < end && (isalnum((unsigned char)*name) || *name == '_' || *name == '-'))
        name++;
    for (name_end = name; name < end && *name == ' '; name++) {
    }
    if (name_end == line || name == end || *name != separator)
        return 0;
    const size_t size = (size_t)(name_end - line);
    if (is_front_key(line, size, "title"))
        take_front_value(name + 1, end, &front->title, &front->title_size);
    else if (is_front_key(line, size, "date") || is_front_key(line, size, "published"))
        take_front_value(name + 1, end, &front->date, &front->date_size);
    return !is_front_key(line, size, "text") && !is_front_key(line, size, "body") &&
           !is_front_key(line, size, "content");
}

int tti_front_matter_read(const char *text, size_t size, tti_front_matter *front)
{
    const char *const most = text + (size < LONGEST_FRONT_MATTER ? size : LONGEST_FRONT_MATTER);
    const char *mark = size >= 3 && memcmp(text, "+++", 3) == 0 ? "+++" : "---";
    int is_first = 1;
    *front = (tti_front_matter){0, text, 0, text, 0};
    for (const char *line = text; line < most;) {
        const char *newline = memchr(line, '\n', (size_t)(most - line));
        const char *end = newline == NULL ? most : newline;
        const size_t line_size = (size_t)(end - line) - (end > line && end[-1] == '\r');
        const int is_mark =
            line_size == 3 && (memcmp(line, mark, 3) == 0 ||
                               (!is_first && *mark == '-' && memcmp(line, "...", 3) == 0));
        if (is_first ? !is_mark
                     : !is_mark && !read_front_line(line, end, *mark == '+' ? '=' : ':', front))
            return 0;
        line = newline == NULL ? most : newline + 1;
        if (!is_first && is_mark) {
            front->size = (size_t)(line - text);
            return front->title_size > 0 || front->date_size > 0;
        }
        is_first = 0;
    }
    return 0;
}
