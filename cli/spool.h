/* Items of some kind, one after the other in a nameless scratch file; 8 bytes of memory each. */
#ifndef CLI_SPOOL_H
#define CLI_SPOOL_H

#include "output.h"

typedef struct spool {
    output file;
    uint64_t *ends; /**< where each item ends in the file */
    size_t count, capacity;
} spool;

/** For a spool that is not open yet; spool_close() accepts it. */
#define SPOOL_NONE                                                                                 \
  {                                                                                                \
    .file = OUTPUT_NONE                                                                            \
  }

/** Opens the file beside `near`. @return 0, or an exit code */
int spool_open(spool *s, const output *near);

/** Ends the item that was written to `file` with output_write(). @return 0, or an exit code */
int spool_end_item(spool *s);

/** Where an item begins in the file. */
uint64_t spool_begin_of(const spool *s, size_t item);

/** Reads up to `size` bytes of the file, which must be flushed. @return how many, or -1 (errno) */
int64_t spool_read(const spool *s, uint64_t at, char *to, size_t size);

void spool_close(spool *s);

#endif
