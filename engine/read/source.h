/*
 * A source: the bytes of one file or stream, decompressed. Compression is told by the first bytes:
 * gzip (any number of members), zstd (any number of frames, skippable ones too), else plain.
 *
 * Plain bytes are read(2), not mapped. A mapped file that shrinks, or sits on a failing disk, ends
 * the process with SIGBUS, which a library may not do; the copy (6 GB/s, docs/dependencies.md) is
 * lost among what is done with each byte.
 */
#ifndef TTI_SOURCE_H
#define TTI_SOURCE_H

#include "twicetold.h"

typedef struct tti_source tti_source;

/**
 * Opens `path`, "-" for standard input. Messages do not name the path: callers do.
 * @return TT_OK, TT_EIO, TT_ENOMEM. Owner: the caller, tti_source_close().
 */
tt_status tti_source_open(tti_source **out, const char *path, const tt_allocator *allocator,
                          tt_error *error);

/**
 * Reads at least one byte and at most `room`; *got 0 is the end. Bytes before damage are delivered
 * first (of zstd, all but the last 16 KiB of them may be counted on); the failure then comes back
 * from every later call.
 * @return TT_OK, TT_EIO, TT_EFORMAT (truncated or corrupt compressed data), TT_ENOMEM, TT_ELIMIT (a
 * file that comes to more than 256 MiB and 500 times its size).
 */
tt_status tti_source_read(tti_source *source, char *bytes, size_t room, size_t *got,
                          tt_error *error);

/** Waits for more of a stream, at most this long. @return 0 if a read might still have to wait */
int tti_source_is_ready(const tti_source *source, int milliseconds);

/** Bytes taken so far, before decompression. */
uint64_t tti_source_consumed(const tti_source *source);

/** NULL is allowed. */
void tti_source_close(tti_source *source);

/** TT_EIO with "DOING: text of the errno value". */
tt_status tti_fail_errno(tt_error *error, const char *doing, int number);

#endif
