#include "buffer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

int buffer_write(void *ctx, const char *bytes, size_t size)
{
    buffer *b = ctx;
    if (b->failed)
        return -1;
    if (size >= b->capacity - b->size) {
        const size_t capacity = b->capacity + b->capacity / 2 + size + 256;
        char *grown = realloc(b->bytes, capacity);
        if (grown == NULL) {
            b->failed = 1;
            return -1;
        }
        b->bytes = grown;
        b->capacity = capacity;
    }
    if (size > 0)
        memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
    b->bytes[b->size] = '\0';
    return 0;
}

void buffer_text(buffer *b, const char *text)
{
    (void)buffer_write(b, text, strlen(text));
}

void buffer_printf(buffer *b, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    buffer_text(b, line);
}

void buffer_string(buffer *b, const char *text, size_t size)
{
    if (tt_write_json_string(buffer_write, b, text, size) != TT_OK)
        b->failed = 1;
}

void buffer_number(buffer *b, double value)
{
    char number[FORMAT_NUMBER_SIZE];
    buffer_text(b, format_number(number, value));
}

void buffer_id(buffer *b, const tt_id *id)
{
    if ((id->flags & TT_ARTICLE_INTEGER_ID) != 0)
        (void)buffer_write(b, id->bytes, id->size);
    else
        buffer_string(b, id->bytes, id->size);
}

void buffer_time(buffer *b, int64_t microseconds)
{
    char when[40];
    const int64_t below = microseconds % 1000000;
    if (microseconds == TT_NO_TIME) {
        buffer_text(b, "null");
        return;
    }
    format_time(when, sizeof when, "%Y-%m-%dT%H:%M:%S",
                microseconds - (below < 0 ? below + 1000000 : below));
    buffer_printf(b, "\"%s", when);
    if (below != 0)
        buffer_printf(b, ".%06" PRId64, below < 0 ? below + 1000000 : below);
    buffer_text(b, "Z\"");
}

void buffer_key(buffer *b, const char *key)
{
    const char last = b->size > 0 ? b->bytes[b->size - 1] : '{';
    buffer_printf(b, "%s\"%s\":", last == '{' ? "" : ",", key);
}

void buffer_free(buffer *b)
{
    free(b->bytes);
    *b = (buffer){0};
}
