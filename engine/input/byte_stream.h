/*
 * The bytes of one file or stream, decompressed. The first bytes show the compression: gzip (any
 * number of members), zstd (any number of frames, also skippable ones), or none.
 *
 * Files are read(2), not mapped. If a mapped file shrinks, or its disk fails, SIGBUS ends the
 * process, which a library must not cause; the copy (6 GB/s, docs/dependencies.md) costs little
 * beside what is done with each byte.
 */
#ifndef TTI_INPUT_BYTE_STREAM_H
#define TTI_INPUT_BYTE_STREAM_H

#include "twicetold.h"

typedef struct tti_byte_stream tti_byte_stream;

/**
 * Opens `path`; "-" is standard input. Messages do not name the path: callers do.
 * @return TT_OK, TT_EIO, TT_ENOMEM.
 * Owner: the caller, tti_byte_stream_close().
 */
tt_status tti_byte_stream_open(tti_byte_stream **out, const char *path,
                               const tt_allocator *allocator, tt_error *error);

/** Gives the bytes of a stream that is not a file, as tti_byte_stream_read() does. */
typedef tt_status (*tti_byte_source)(void *ctx, char *bytes, size_t room, size_t *got,
                                     tt_error *error);

/** Opens what `source` gives, with the same formats. @return as tti_byte_stream_open() */
tt_status tti_byte_stream_open_source(tti_byte_stream **out, tti_byte_source source, void *ctx,
                                      const tt_allocator *allocator, tt_error *error);

/** Allows zstd windows of up to 2 to this power of bytes, which are held in memory; 27 is usual. */
void tti_byte_stream_allow_window(tti_byte_stream *stream, int log);

/** Fails if so many bytes cannot be meant to have come of those consumed. @return TT_OK, TT_ELIMIT
 */
tt_status tti_check_expansion(uint64_t produced, uint64_t consumed, tt_error *error);

/**
 * Reads at least one byte and at most `room`; *got is 0 at the end. Bytes before damage are
 * delivered first (of zstd, all but the last 16 KiB before it); every later call then fails.
 * @return TT_OK, TT_EIO, TT_EFORMAT (truncated or corrupt compressed data), TT_ENOMEM, TT_ELIMIT (a
 * file that comes to more than 256 MiB and 500 times its size), TT_EVERSION (a zstd window beyond
 * what is allowed).
 */
tt_status tti_byte_stream_read(tti_byte_stream *stream, char *bytes, size_t room, size_t *got,
                               tt_error *error);

/** Waits at most this long for more of a stream. @return 0: a read might still have to wait */
int tti_byte_stream_is_ready(const tti_byte_stream *stream, int milliseconds);

/** Until when reads of a stream may wait, by tti_monotonic_seconds(); 0: for as long as it takes. A
 * read that has waited so long returns TT_OK and no bytes, and tti_byte_stream_is_late() is 1. */
void tti_byte_stream_set_deadline(tti_byte_stream *stream, double deadline);
int tti_byte_stream_is_late(const tti_byte_stream *stream);

/** Bytes read so far, before decompression. */
uint64_t tti_byte_stream_consumed(const tti_byte_stream *stream);

/** NULL is allowed. */
void tti_byte_stream_close(tti_byte_stream *stream);

/** TT_EIO with "DOING: text of the errno value". */
tt_status tti_fail_errno(tt_error *error, const char *doing, int number);

#endif
