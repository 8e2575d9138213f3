/*
 * A block of data that the page unpacks when a view needs it: JSON in memory, then gzip, then
 * base64 in an element that browsers do not run.
 */
#ifndef CLI_REPORT_PACKED_BLOCK_H
#define CLI_REPORT_PACKED_BLOCK_H

#include "buffer.h"
#include "output.h"

/** Replaces the contents by what the page unpacks. @return 0, or -1: out of memory */
int packed_block_close(buffer *b);

/** Writes the element `name`-`number` with a closed block. */
void packed_block_put(const buffer *b, output *out, const char *name, int64_t number);

#endif
