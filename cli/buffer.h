/* Bytes that grow, with what JSON needs. Running out of memory is remembered until the end. */
#ifndef CLI_BUFFER_H
#define CLI_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "message.h"
#include "twicetold.h"

/** All zero: empty. */
typedef struct buffer {
    char *bytes; /**< NULL: nothing was written */
    size_t size, capacity;
    int failed; /**< memory ran out, and something is missing */
} buffer;

/** A tt_write_fn whose ctx is a buffer. @return 0, or -1: out of memory */
int buffer_write(void *ctx, const char *bytes, size_t size);

void buffer_text(buffer *b, const char *text);

/** Writes at most 400 bytes by a format of printf(3). */
PRINTF_LIKE(2, 3) void buffer_printf(buffer *b, const char *format, ...);

/** Writes a JSON string. */
void buffer_string(buffer *b, const char *text, size_t size);

/** Writes the shortest number that reads back as this one, or null for NAN. */
void buffer_number(buffer *b, double value);

/** Writes a string, or digits if the id is an integer. */
void buffer_id(buffer *b, const tt_id *id);

/** Writes a time as a JSON string in RFC 3339, or null for TT_NO_TIME. */
void buffer_time(buffer *b, int64_t microseconds);

/** Writes a value after its key: `,"key":`, without the comma after an opening bracket. */
void buffer_key(buffer *b, const char *key);

void buffer_free(buffer *b);

#endif
