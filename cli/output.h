/*
 * Files the command writes. A regular file is written under a temporary name beside its target and
 * takes the target's place at the end, whole: open, write, finish, publish; or discard at any time.
 * Standard output, devices and pipes are written as they are.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct output {
    const char *name;  /**< as the user calls it */
    char *target;      /**< its resolved path; NULL for standard output */
    char *temporary;   /**< what is written until then; NULL where written directly */
    int fd;            /**< -1: not open */
    int signal_number; /**< of signals_remember() */
    int terminal;      /**< it is JSON for a terminal, which is to be kept from obeying it */
    int held;          /**< then: byte c2 has come and waits for the next */
    int error;         /**< errno of the first failed write */
    int stood;         /**< a file stood there before, which device and inode name */
    dev_t device;
    ino_t inode;
    uint64_t written; /**< bytes so far */
    size_t used;      /**< bytes that wait in buffer */
    char *buffer;
} output;

/** For outputs that are not (yet) open; output_discard() takes them. */
#define OUTPUT_NONE                                                                                \
  {                                                                                                \
    .fd = -1, .signal_number = -1                                                                  \
  }

/** Opens `path`; NULL or "-" is standard output. @return 0, or an exit code after its message */
int output_open(output *out, const char *path);

/** Flushes what was printed to standard output. @return 0, or an exit code */
int output_flush_standard(void);

/** Opens a nameless file for scratch beside `near`, or in $TMPDIR if that is no regular file. */
int output_open_scratch(output *out, const output *near);

/** A tt_write_fn, ctx an output. @return 0, or -1; output_failure() says why. */
int output_write(void *ctx, const char *bytes, size_t size);

/** Writes what waits in the buffer. @return as output_write() */
int output_flush(output *out);

/** Says what went wrong with a write. @return EXIT_FAILED */
int output_failure(const output *out);

/** All bytes are on the disk, and the file is closed. @return 0, or an exit code */
int output_finish(output *out);

/** The file takes its target's place. @return 0, or an exit code */
int output_publish(output *out);

/** Removes what is not published and frees the rest. Safe to call twice. */
void output_discard(output *out);

/** Whether both write to the same place. */
int output_same(const output *x, const output *y);

/** Whether `path` ("-": standard input) is the file that stands where the output goes. */
int output_is_input(const output *out, const char *path);

#endif
