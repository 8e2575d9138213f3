/*
 * A source: the bytes of one file or stream, decompressed. Compression is told by the first bytes:
 * gzip (any number of members), zstd (any number of frames, skippable ones too), else plain.
 *
 * Plain bytes are read(2), not mapped. A mapped file that shrinks, or sits on a failing disk, ends
 * the process with SIGBUS, which a library may not do; the copy (6 GB/s, docs/dependencies.md) is
 * lost among what is done with each byte.
 */
#ifndef TTI_INPUT_BYTE_STREAM_H
#define TTI_INPUT_BYTE_STREAM_H

#include "twicetold.h"

typedef struct tti_byte_stream tti_byte_stream;

/**
 * Opens `path`, "-" for standard input. Messages do not name the path: callers do.
 * @return TT_OK, TT_EIO, TT_ENOMEM. Owner: the caller, tti_byte_stream_close().
 */
tt_status tti_byte_stream_open(tti_byte_stream **out, const char *path,
                               const tt_allocator *allocator, tt_error *error);

/**
 * Reads at least one byte and at most `room`; *got 0 is the end. Bytes before damage are delivered
 * first (of zstd, all but the last 16 KiB of them may be counted on); the failure then comes back
 * from every later call.
 * @return TT_OK, TT_EIO, TT_EFORMAT (truncated or corrupt compressed data), TT_ENOMEM, TT_ELIMIT (a
 * file that comes to more than 256 MiB and 500 times its size).
 */
tt_status tti_byte_stream_read(tti_byte_stream *source, char *bytes, size_t room, size_t *got,
                               tt_error *error);

/** Waits for more of a stream, at most this long. @return 0 if a read might still have to wait */
int tti_byte_stream_is_ready(const tti_byte_stream *source, int milliseconds);

/** Bytes taken so far, before decompression. */
uint64_t tti_byte_stream_consumed(const tti_byte_stream *source);

/** NULL is allowed. */
void tti_byte_stream_close(tti_byte_stream *source);

/** TT_EIO with "DOING: text of the errno value". */
tt_status tti_fail_errno(tt_error *error, const char *doing, int number);

#endif
