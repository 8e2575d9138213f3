/* libarchive allocates with malloc. */
#include "input/archive.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#ifdef TT_ARCHIVES
#  include <archive.h>
#  include <archive_entry.h>
#endif

#define COMPRESSED_WITH "compressed with "

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
        {"\xfd\x37\x7a\x58\x5a\0", 6, TTI_COMPRESSED_FILE, COMPRESSED_WITH "xz"},
        {"\x04\x22\x4d\x18", 4, TTI_COMPRESSED_FILE, COMPRESSED_WITH "lz4"},
        {"\x1f\x9d", 2, TTI_COMPRESSED_FILE, COMPRESSED_WITH "compress"},
        {"\x5d\0\0", 3, TTI_COMPRESSED_FILE, COMPRESSED_WITH "lzma"},
        {"PK\3\4", 4, TTI_ARCHIVE, "a zip archive"},
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (size >= beginnings[i].size &&
            memcmp(bytes, beginnings[i].begin, beginnings[i].size) == 0) {
            *name = beginnings[i].name;
            return beginnings[i].kind;
        }
    if (size >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
        (memcmp(bytes + 4, "1AY&SY", 6) == 0 ||
         memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0)) {
        *name = COMPRESSED_WITH "bzip2";
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

tt_status tti_archive_next(tti_archive *archive, tti_archive_member *member, tt_error *error)
{
    (void)archive;
    *member = (tti_archive_member){NULL, 0};
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
    const char *kind; /* as tti_archive_kind_of() has it */
    char *block;      /* the head at first */
    size_t block_size, head_size, block_used;
    uint64_t consumed, produced;
    int is_empty;   /* it is compressed data of nothing */
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
    if (got > 0)
        a->block_used = got;
    a->consumed += got;
    return (la_ssize_t)got;
}

/* After the only file of compressed data: libarchive leaves what follows it alone, and says
 * nothing of it. Zeros fill the block of a disk or tape. */
static tt_status check_end_of_data(tti_archive *a, tt_error *error)
{
    const int64_t taken = archive_filter_bytes(a->reader, -1);
    size_t left = taken < 0 || (uint64_t)taken > a->consumed ? 0 : a->consumed - (uint64_t)taken;
    const char *at;
    if (left > a->block_used)
        left = a->block_used;
    at = a->block + a->block_used - left;
    for (;;) {
        for (size_t i = 0; i < left; i++)
            if (at[i] != '\0')
                return tti_fail(error, TT_EFORMAT, TTI_NOWHERE,
                                "garbage after the compressed data");
        TTI_TRY(tti_byte_stream_read(a->stream, a->block, a->block_size, &left, error));
        at = a->block;
        if (left == 0)
            return TT_OK;
    }
}

/* Whether it is compressed data of nothing, which libarchive has no word for. */
static int is_of_nothing(const tti_archive *a)
{
    static const struct {
        const char *kind;
        size_t size, more, at, zeros; /* more: with a checksum or the size */
    } forms[] = {{COMPRESSED_WITH "xz", 32, 0, 12, 2},
                 {COMPRESSED_WITH "lz4", 11, 12, 7, 4},
                 {COMPRESSED_WITH "bzip2", 14, 0, 10, 4}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(a->kind, forms[i].kind) == 0)
            return a->consumed >= forms[i].size && a->consumed <= forms[i].size + forms[i].more &&
                   memcmp(a->block + forms[i].at, "\0\0\0\0", forms[i].zeros) == 0;
    return 0;
}

/* Says what is wrong as gzip's and zstd's data say it. */
static tt_status fail_archive(tti_archive *a, tt_error *error)
{
    static const char *const truncated[] = {"No progress is possible", "truncated", "Truncated",
                                            "ends prematurely", "end of file"};
    const char *reason = archive_error_string(a->reader);
    char what[24] = "";
    if (strncmp(a->kind, COMPRESSED_WITH, sizeof COMPRESSED_WITH - 1) == 0)
        (void)snprintf(what, sizeof what, "%s data", a->kind + sizeof COMPRESSED_WITH - 1);
    else
        (void)snprintf(what, sizeof what, "%s", a->kind + sizeof "a " - 1);
    if (a->fault.status != TT_OK) {
        *error = a->fault;
        return a->fault.status;
    }
    if (reason != NULL && strstr(reason, "assphrase") != NULL)
        return tti_fail(error, TT_EVERSION, TTI_NOWHERE, "%s with a password; unpack it first",
                        a->kind);
    for (size_t i = 0; i < sizeof truncated / sizeof *truncated && reason != NULL; i++)
        if (strstr(reason, truncated[i]) != NULL)
            return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "truncated %s", what);
    if (reason != NULL && strcmp(reason, "Unrecognized archive format") == 0)
        return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "truncated or corrupt %s", what);
    return tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "corrupt %s (%.60s)", what,
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
    (void)tti_archive_kind_of(head, head_size, &a->kind);
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
    (void)archive_read_support_filter_lzma(a->reader);
    (void)archive_read_support_filter_compress(a->reader);
    (void)archive_read_support_format_tar(a->reader);
    (void)archive_read_support_format_zip(a->reader);
    (void)archive_read_support_format_raw(a->reader);
    /* two archives in one file are read one after the other, as tar -i does */
    (void)archive_read_set_format_option(a->reader, "tar", "read_concatenated_archives", "1");
    if (archive_read_open(a->reader, a, NULL, read_block, NULL) == ARCHIVE_OK)
        return TT_OK;
    a->is_empty = is_of_nothing(a);
    if (!a->is_empty) {
        const tt_status status = fail_archive(a, error);
        tti_archive_close(a);
        *out = NULL;
        return status;
    }
    return TT_OK;
}

tt_status tti_archive_next(tti_archive *a, tti_archive_member *member, tt_error *error)
{
    struct archive_entry *entry;
    *member = (tti_archive_member){NULL, 0};
    if (a->is_empty)
        return TT_OK;
    for (;;) {
        const int result = archive_read_next_header(a->reader, &entry);
        if (result == ARCHIVE_EOF)
            return archive_format(a->reader) == ARCHIVE_FORMAT_RAW ? check_end_of_data(a, error)
                                                                   : TT_OK;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return fail_archive(a, error);
        if (archive_format(a->reader) == ARCHIVE_FORMAT_RAW) {
            if (archive_filter_code(a->reader, 0) == ARCHIVE_FILTER_NONE)
                return fail_archive(a, error); /* what only begins as compressed data */
            member->name = "";
            return TT_OK;
        }
        if (archive_entry_filetype(entry) == AE_IFDIR)
            continue;
        member->name = archive_entry_pathname(entry);
        if (member->name == NULL)
            member->name = "unnamed";
        member->is_link =
            archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL;
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
