/*
 * gzip and zstd. For any input, reads of any size give the same decompressed bytes and the same
 * end, except just before damage. Compressed data are restored; a truncated file gives a prefix and
 * an error.
 *
 * Input: a mode (0: the bytes are a file; 1, 2: they are compressed by gzip or zstd, and the file
 * is truncated), the size of reads, where to truncate, the bytes.
 */
#include "fuzz.h"

#include "input/byte_stream.h"
#include "util/alloc.h"

#include <zlib.h>
#include <zstd.h>

enum {
    MOST = 1 << 19,   /* bytes of a decompression bomb that are read */
    LOST = 16 * 1024, /* bytes before damage that may be lost */
};

typedef struct plain {
    char *bytes;
    size_t size;
    tt_status status;
} plain;

static plain read_all(const char *path, size_t room)
{
    plain out = {malloc(MOST), 0, TT_OK};
    tti_byte_stream *source = NULL;
    size_t got = 1;
    if (out.bytes == NULL)
        abort();
    out.status = tti_byte_stream_open(&source, path, &tti_libc_allocator, NULL);
    while (out.status == TT_OK && got > 0 && out.size < MOST) {
        const size_t left = MOST - out.size;
        out.status = tti_byte_stream_read(source, out.bytes + out.size, left < room ? left : room,
                                          &got, NULL);
        if (out.status != TT_OK) {
            const tt_status again = tti_byte_stream_read(source, out.bytes, 1, &got, NULL);
            FUZZ_CHECK(again == out.status, "an error that passes: %d, then %d", out.status, again);
            break;
        }
        out.size += got;
    }
    FUZZ_CHECK(out.status == TT_OK || out.status == TT_EFORMAT || out.status == TT_EVERSION,
               "status %d", out.status);
    tti_byte_stream_close(source);
    return out;
}

static plain check_reads(const char *path, size_t room)
{
    const plain one = read_all(path, MOST), many = read_all(path, room);
    const size_t less = one.size < many.size ? one.size : many.size;
    const size_t lost = one.status == TT_OK ? 0 : LOST;
    FUZZ_CHECK(one.status == many.status && one.size - less <= lost && many.size - less <= lost &&
                   memcmp(one.bytes, many.bytes, less) == 0,
               "reads of %zu bytes: %zu bytes and %d, not %zu and %d", room, many.size, many.status,
               one.size, one.status);
    free(many.bytes);
    return one;
}

static size_t gzip(const uint8_t *bytes, size_t size, uint8_t *out, size_t room)
{
    z_stream z = {0};
    size_t written;
    if (deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    z.next_in = (uint8_t *)(uintptr_t)bytes;
    z.avail_in = (unsigned)size;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    written = room - z.avail_out;
    (void)deflateEnd(&z);
    return written;
}

static void check_round(const fuzz_input *in, int how, size_t room, uint32_t cut)
{
    const size_t bound = ZSTD_compressBound(in->size) + in->size / 8 + 128;
    uint8_t *packed = malloc(bound);
    const size_t size = packed == NULL ? 0
                        : how == 1     ? gzip(in->bytes, in->size, packed, bound)
                                       : ZSTD_compress(packed, bound, in->bytes, in->size, 1);
    const size_t kept = cut % 4 == 0 ? size : 4 + cut % (size - 4);
    plain p = check_reads(fuzz_write("in", packed, kept), room);
    FUZZ_CHECK(p.size <= in->size && (p.size == 0 || memcmp(p.bytes, in->bytes, p.size) == 0),
               "other bytes came back");
    FUZZ_CHECK((p.status == TT_OK) == (kept == size), "%zu of %zu bytes: status %d", kept, size,
               p.status);
    FUZZ_CHECK(kept != size || p.size == in->size, "%zu of %zu bytes came back", p.size, in->size);
    free(packed);
    free(p.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const int how = (int)fuzz_below(&in, 3);
    const size_t room = 1 + fuzz_below(&in, 300);
    const uint32_t cut = fuzz_below(&in, 1 << 16);
    if (how == 0)
        free(check_reads(fuzz_write("in", in.bytes, in.size), room).bytes);
    else
        check_round(&in, how, room, cut);
    return 0;
}
