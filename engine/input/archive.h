/*
 * The files in an archive, tar or zip, and what is compressed with xz, bzip2 or lz4, by libarchive.
 * A build without it has none of them: tti_archive_open() fails and says so.
 */
#ifndef TTI_INPUT_ARCHIVE_H
#define TTI_INPUT_ARCHIVE_H

#include "input/byte_stream.h"

typedef struct tti_archive tti_archive;

/** What the first bytes of a file show it to be. */
typedef enum tti_archive_kind {
    TTI_NO_ARCHIVE,
    TTI_ARCHIVE,        /**< it has files in it */
    TTI_COMPRESSED_FILE /**< or one that has no name, which may be an archive itself */
} tti_archive_kind;

/** `name` is set to "a zip archive" and the like. */
tti_archive_kind tti_archive_kind_of(const char *bytes, size_t size, const char **name);

/** The first bytes of a file by which its kind is known. */
enum { TTI_ARCHIVE_HEAD_BYTES = 512 };

/**
 * Opens an archive that is read from `stream` after the bytes given, which are copied; the stream
 * must last as long. @return TT_OK, TT_ENOMEM, TT_EFORMAT, TT_EVERSION (the build has no
 * libarchive). Owner: the caller, tti_archive_close().
 */
tt_status tti_archive_open(tti_archive **out, tti_byte_stream *stream, const char *head,
                           size_t head_size, const tt_allocator *allocator, tt_error *error);

/** A file of an archive. */
typedef struct tti_archive_member {
    const char *name; /**< its path, borrowed until the next call, or "" for the only one of a
                           compressed file; NULL: there are no more */
    int is_link;      /**< it is a link, a device or the like, and no file */
} tti_archive_member;

/** Goes to the next file. @return as tti_byte_stream_read() */
tt_status tti_archive_next(tti_archive *archive, tti_archive_member *member, tt_error *error);

/** Reads from the file. *got is 0 at its end. @return as tti_byte_stream_read() */
tt_status tti_archive_read(tti_archive *archive, char *bytes, size_t room, size_t *got,
                           tt_error *error);

/** NULL is allowed. */
void tti_archive_close(tti_archive *archive);

#endif
