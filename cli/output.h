/*
 * The files that the command writes: open, write, finish, publish, or discard at any time. A
 * regular file is written under a temporary name beside its target, which it replaces when it is
 * published. Standard output, devices and pipes are written directly.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "message.h"

typedef struct output {
    const char *name;  /**< as the user wrote it */
    char *target;      /**< the resolved path, or NULL for standard output */
    char *temporary;   /**< the file that is written, or NULL if that is the target */
    int fd;            /**< -1: not open */
    int signal_number; /**< of signals_remember() */
    int terminal;      /**< a terminal, which must not take the output for commands */
    int held;          /**< with `terminal`: the last byte was c2 and is not written yet */
    int error;         /**< errno of the first failed write */
    int existed;       /**< there is a file by that name; device and inode are its */
    dev_t device;
    ino_t inode;
    uint64_t written; /**< bytes so far */
    uint64_t synced;  /**< of them by output_sync() */
    size_t used;      /**< bytes in the buffer */
    char *buffer;
} output;

/** For an output that is not open; output_discard() accepts it. */
#define OUTPUT_NONE                                                                                \
  {                                                                                                \
    .fd = -1, .signal_number = -1                                                                  \
  }

/** Opens `path`; NULL and "-" are standard output. @return 0, or an exit code */
int output_open(output *out, const char *path);

/** Refuses the name of an index, or of what lies beside one. @return 0, or an exit code */
int output_refuse_index(const char *path);

/** Opens a file to write at its end; what was written stays, however the process ends. Standard
 * output, devices and pipes as output_open(). @return 0, or an exit code */
int output_open_append(output *out, const char *path);

/** Flushes what was printed to standard output. @return 0, or an exit code */
int output_flush_standard(void);

/** Opens a nameless scratch file beside `near`, or in $TMPDIR if `near` is not a regular file. */
int output_open_scratch(output *out, const output *near);

/** A tt_write_fn whose ctx is an output. @return 0, or -1; output_failure() says why */
int output_write(void *ctx, const char *bytes, size_t size);

/** Writes a string as it is; a failed write is remembered for output_failure(). */
void output_literal(output *out, const char *text);

/** Writes at most 600 bytes by a format of printf(3); likewise. */
PRINTF_LIKE(2, 3) void output_printf(output *out, const char *format, ...);

/** Writes the bytes in the buffer. @return as output_write() */
int output_flush(output *out);

/** Writes the bytes in the buffer to the disk. @return 0, or an exit code */
int output_sync(output *out);

/** Reports the write that failed. @return EXIT_FAILED */
int output_failure(const output *out);

/** Writes everything to the disk and closes the file. @return 0, or an exit code */
int output_finish(output *out);

/** Replaces the target by the finished file. @return 0, or an exit code */
int output_publish(output *out);

/** Removes the file unless it was published, and frees everything. May be called twice. */
void output_discard(output *out);

/** Whether both write to the same file. */
int output_same(const output *x, const output *y);

/** Whether `path` ("-" is standard input) is the file that the output replaces. */
int output_is_input(const output *out, const char *path);

#endif
