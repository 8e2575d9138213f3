/*
 * A block of data that the page unpacks when a view needs it: JSON in memory, then gzip, then
 * base64 in an element that browsers do not run.
 */
#ifndef CLI_REPORT_PACKED_BLOCK_H
#define CLI_REPORT_PACKED_BLOCK_H

#include "output.h"

/** All zero: empty. A failure to write is remembered, for packed_block_close(). */
typedef struct packed_block {
    char *bytes;
    size_t size, capacity;
    int failed;
} packed_block;

/** A tt_write_fn whose ctx is a packed_block. */
int packed_block_write(void *ctx, const char *bytes, size_t size);

/** Writes at most 200 bytes by a format of printf(3). */
PRINTF_LIKE(2, 3) void packed_block_printf(packed_block *b, const char *format, ...);

/** Replaces the contents by what the page unpacks. @return 0, or -1: out of memory */
int packed_block_close(packed_block *b);

/** Writes the element `name`-`number` with a closed block. */
void packed_block_put(const packed_block *b, output *out, const char *name, int64_t number);

void packed_block_free(packed_block *b);

#endif
