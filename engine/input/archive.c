/* libarchive allocates with malloc. */
#include "input/archive.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#ifdef TT_ARCHIVES
#  include <archive.h>
#  include <archive_entry.h>
#endif

/* The sum of a tar header's bytes, in which the eight of the sum itself count as blanks. */
static int is_tar_header(const unsigned char *bytes, size_t size)
{
    unsigned long sum = 0, written = 0;
    size_t at = 148;
    if (size < TTI_ARCHIVE_HEAD_BYTES)
        return 0;
    for (size_t i = 0; i < TTI_ARCHIVE_HEAD_BYTES; i++)
        sum += i >= 148 && i < 156 ? ' ' : bytes[i];
    while (at < 156 && bytes[at] == ' ')
        at++;
    for (; at < 156 && bytes[at] >= '0' && bytes[at] <= '7'; at++)
        written = written * 8 + (bytes[at] - (unsigned)'0');
    return written == sum && bytes[0] != '\0';
}

tti_archive_kind tti_archive_kind_of(const char *bytes, size_t size, const char **name)
{
    static const struct {
        const char *begin;
        size_t size;
        tti_archive_kind kind;
        const char *name;
    } beginnings[] = {
        {"\xfd\x37\x7a\x58\x5a", 5, TTI_COMPRESSED_FILE, "compressed with xz"},
        {"\x04\x22\x4d\x18", 4, TTI_COMPRESSED_FILE, "compressed with lz4"},
        {"PK\3\4", 4, TTI_ARCHIVE, "a zip archive"},
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= beginnings[i].size &&
            memcmp(bytes, beginnings[i].begin, beginnings[i].size) == 0) {
            *name = beginnings[i].name;
            return beginnings[i].kind;
        }
    if (size >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
        memcmp(bytes + 4, "1AY&SY", 6) == 0) {
        *name = "compressed with bzip2";
        return TTI_COMPRESSED_FILE;
    }
    *name = "a tar archive";
    return is_tar_header((const unsigned char *)bytes, size) ? TTI_ARCHIVE : TTI_NO_ARCHIVE;
}

#ifndef TT_ARCHIVES

tt_status tti_archive_open(tti_archive **out, tti_byte_stream *stream, const char *head,
                           size_t head_size, const tt_allocator *allocator, tt_error *error)
{
    const char *name;
    const tti_archive_kind kind = tti_archive_kind_of(head, head_size, &name);
    (void)stream;
    (void)allocator;
    *out = NULL;
    return tti_fail(error, TT_EVERSION, TTI_NOWHERE,
                    "%s, which a build without libarchive does not read; %s it first", name,
                    kind == TTI_ARCHIVE ? "unpack" : "decompress");
}

tt_status tti_archive_next(tti_archive *archive, const char **name, tt_error *error)
{
    (void)archive;
    *name = NULL;
    return tti_fail(error, TT_EVERSION, TTI_NOWHERE, "a build without libarchive");
}

tt_status tti_archive_read(tti_archive *archive, char *bytes, size_t room, size_t *got,
                           tt_error *error)
{
    (void)archive;
    (void)bytes;
    (void)room;
    *got = 0;
    return tti_fail(error, TT_EVERSION, TTI_NOWHERE, "a build without libarchive");
}

void tti_archive_close(tti_archive *archive)
{
    (void)archive;
}

#else

enum { BLOCK = 64 << 10 };

struct tti_archive {
    const tt_allocator *allocator;
    tti_byte_stream *stream;
    struct archive *reader;
    char *block; /* the head at first */
    size_t block_size, head_size;
    uint64_t produced;
    tt_error fault; /* of the stream */
};

/* An archive_read_callback. */
static la_ssize_t read_block(struct archive *reader, void *ctx, const void **bytes)
{
    tti_archive *a = ctx;
    size_t got = a->head_size;
    *bytes = a->block;
    a->head_size = 0;
    if (got == 0 &&
        tti_byte_stream_read(a->stream, a->block, a->block_size, &got, &a->fault) != TT_OK) {
        archive_set_error(reader, -1, "%s", a->fault.message);
        return -1;
    }
    return (la_ssize_t)got;
}

static tt_status fail_archive(tti_archive *a, tt_error *error)
{
    const char *reason = archive_error_string(a->reader);
    if (a->fault.status != TT_OK) {
        *error = a->fault;
        return a->fault.status;
    }
    return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "damaged archive: %.80s",
                    reason == NULL ? "it cannot be read" : reason);
}

tt_status tti_archive_open(tti_archive **out, tti_byte_stream *stream, const char *head,
                           size_t head_size, const tt_allocator *allocator, tt_error *error)
{
    tti_archive *a = tti_alloc_zero(allocator, 1, sizeof *a);
    *out = a;
    TTI_TRY_ALLOC(a == NULL, error, "an archive");
    a->allocator = allocator;
    a->stream = stream;
    a->block_size = head_size > BLOCK ? head_size : BLOCK;
    a->block = tti_alloc(allocator, a->block_size, 1);
    a->reader = archive_read_new();
    if (a->block == NULL || a->reader == NULL) {
        tti_archive_close(a);
        *out = NULL;
        return tti_fail_memory(error, "an archive");
    }
    memcpy(a->block, head, head_size);
    a->head_size = head_size;
    (void)archive_read_support_filter_xz(a->reader);
    (void)archive_read_support_filter_bzip2(a->reader);
    (void)archive_read_support_filter_lz4(a->reader);
    (void)archive_read_support_format_tar(a->reader);
    (void)archive_read_support_format_zip(a->reader);
    (void)archive_read_support_format_raw(a->reader);
    if (archive_read_open(a->reader, a, NULL, read_block, NULL) != ARCHIVE_OK) {
        const tt_status status = fail_archive(a, error);
        tti_archive_close(a);
        *out = NULL;
        return status;
    }
    return TT_OK;
}

tt_status tti_archive_next(tti_archive *a, const char **name, tt_error *error)
{
    struct archive_entry *entry;
    *name = NULL;
    for (;;) {
        const int result = archive_read_next_header(a->reader, &entry);
        if (result == ARCHIVE_EOF)
            return TT_OK;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return fail_archive(a, error);
        if (archive_format(a->reader) == ARCHIVE_FORMAT_RAW) {
            *name = "";
            return TT_OK;
        }
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        *name = archive_entry_pathname(entry);
        if (*name == NULL)
            *name = "unnamed";
        return TT_OK;
    }
}

tt_status tti_archive_read(tti_archive *a, char *bytes, size_t room, size_t *got, tt_error *error)
{
    const la_ssize_t n = archive_read_data(a->reader, bytes, room);
    *got = n > 0 ? (size_t)n : 0;
    a->produced += *got;
    return n < 0 ? fail_archive(a, error)
                 : tti_check_expansion(a->produced, tti_byte_stream_consumed(a->stream), error);
}

void tti_archive_close(tti_archive *a)
{
    if (a == NULL)
        return;
    if (a->reader != NULL)
        (void)archive_read_free(a->reader);
    if (a->block != NULL)
        tti_release(a->allocator, a->block, a->block_size, 1);
    tti_release(a->allocator, a, 1, sizeof *a);
}

#endif
