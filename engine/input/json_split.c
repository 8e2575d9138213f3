#include "input/json_split.h"

#include <string.h>

/* Passes what is between two values. @return 1: a value begins at *at */
static int begin_value(tti_json_split *s, char *bytes, size_t size, size_t *begin, size_t *at)
{
    for (; *at < size; ++*at) {
        const char c = bytes[*at];
        if (c == '\n') {
            s->line++;
        } else if ((c == '[' && !s->in_array) || (c == ']' && s->in_array)) {
            s->in_array = s->is_opening = c == '[';
            s->value_line = s->line;
            *begin = *at;
        } else if (strchr(" \t\r,", c) == NULL || c == '\0') {
            break;
        }
    }
    if (!s->is_opening)
        *begin = *at;
    if (*at == size)
        return 0;
    s->is_begun = 1;
    s->is_scalar = bytes[*at] != '{' && bytes[*at] != '[';
    s->depth = 0;
    s->in_string = s->is_escaped = 0;
    if (s->is_opening && s->is_scalar) {
        s->in_array = s->is_opening = s->is_scalar = 0;
        s->depth = 1;
        for (size_t i = *begin; i < *at; i++)
            bytes[i] = bytes[i] == '\n' || bytes[i] == '\r' ? ' ' : bytes[i];
        return 1;
    }
    s->is_opening = 0;
    *begin = *at;
    s->value_line = s->line;
    *at += bytes[*at] == ']'; /* it closes no array: a value that is refused, and no end of one */
    return 1;
}

/* Passes the rest of a string. */
static void pass_string(tti_json_split *s, const char *bytes, size_t size, size_t *at)
{
    for (; *at < size && s->in_string; ++*at) {
        const char c = bytes[*at];
        s->line += c == '\n';
        if (s->is_escaped)
            s->is_escaped = 0;
        else if (c == '\\')
            s->is_escaped = 1;
        else if (c == '"')
            s->in_string = 0;
    }
}

int tti_json_split_next(tti_json_split *s, char *bytes, size_t size, size_t *begin, size_t *at)
{
    if (!s->is_begun && !begin_value(s, bytes, size, begin, at))
        return 0;
    while (*at < size) {
        const char c = bytes[*at];
        if (s->in_string) {
            pass_string(s, bytes, size, at);
            continue;
        }
        if (s->is_scalar && (c == ',' || c == ']' || c == '\n')) {
            s->is_begun = 0;
            return 1;
        }
        if (c == '\n' || c == '\r')
            bytes[*at] = ' ';
        s->line += c == '\n';
        s->in_string = c == '"';
        s->depth += c == '{' || c == '[';
        ++*at;
        if (!s->is_scalar && (c == '}' || c == ']') && --s->depth == 0) {
            s->is_begun = 0;
            return 1;
        }
    }
    return 0;
}
