#define _GNU_SOURCE
#include "input/byte_stream.h"
#include "util/alloc.h"

#include "read_files.h"

#include <zlib.h>
#include <zstd.h>

/* A buffer in which tests build files. */
typedef struct bytes {
    char data[1 << 20];
    size_t size;
} bytes;

static void add(bytes *b, const void *data, size_t size)
{
    assert_true(b->size + size <= sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

static void add_gzip(bytes *b, const char *text, size_t size)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)size;
    z.next_out = (unsigned char *)b->data + b->size;
    z.avail_out = (unsigned)(sizeof b->data - b->size);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    b->size = (size_t)((char *)z.next_out - b->data);
    (void)deflateEnd(&z);
}

static void add_zstd(bytes *b, const char *text, size_t size)
{
    const size_t n = ZSTD_compress(b->data + b->size, sizeof b->data - b->size, text, size, 3);
    assert_false(ZSTD_isError(n));
    b->size += n;
}

static char *numbers(size_t *size)
{
    char *text = malloc(1 << 20), *end = text;
    uint64_t random = 3;
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        end += sprintf(end, "line %d %08x\n", i, (unsigned)(random >> 32));
    }
    *size = (size_t)(end - text);
    return text;
}

/* Reads everything in pieces of at most `room`. @return the last status */
static tt_status read_all(const char *path, size_t room, char *out, size_t *size, tt_error *error)
{
    tti_byte_stream *source;
    tt_status status = tti_byte_stream_open(&source, path, &tti_libc_allocator, error);
    size_t got = 1;
    *size = 0;
    if (status != TT_OK) {
        assert_null(source);
        return status;
    }
    while (status == TT_OK && got > 0) {
        status = tti_byte_stream_read(source, out + *size, room, &got, error);
        assert_true(got <= room);
        *size += got;
    }
    if (status != TT_OK) {
        tt_error again;
        assert_int_equal(got, 0);
        assert_int_equal(tti_byte_stream_read(source, out, 1, &got, &again), status);
        assert_string_equal(again.message, error->message);
    }
    tti_byte_stream_close(source);
    return status;
}

/* The file must give `text` for every size of reads. */
static void check_content(const char *path, const char *text, size_t size)
{
    static const size_t rooms[] = {1, 7, 4096, 1 << 20};
    char *out = malloc(2 << 20);
    for (size_t i = 0; i < 4; i++) {
        size_t got;
        tt_error error;
        assert_int_equal(read_all(path, rooms[i], out, &got, &error), TT_OK);
        assert_int_equal(got, size);
        assert_memory_equal(out, text, size);
    }
    free(out);
}

static void check_damage(const char *path, const char *text, size_t most, const char *message)
{
    static const size_t rooms[] = {1, 4096, 1 << 20};
    char *out = malloc(2 << 20);
    for (size_t i = 0; i < 3; i++) {
        size_t got;
        tt_error error;
        assert_int_equal(read_all(path, rooms[i], out, &got, &error), TT_EFORMAT);
        assert_string_equal(error.message, message);
        assert_true(got <= most);
        assert_memory_equal(out, text, got);
    }
    free(out);
}

static void plain_bytes_come_as_they_are(void **state)
{
    (void)state;
    size_t size;
    char *text = numbers(&size);
    for (size_t n = 0; n < 9; n++)
        check_content(write_bytes("short", text, n), text, n);
    check_content(write_bytes("long.gz", text, size), text, size); /* whatever its name says */
    free(text);
}

static void compression_is_told_by_content(void **state)
{
    (void)state;
    size_t size;
    char *text = numbers(&size);
    bytes *b = calloc(1, sizeof *b);
    add_gzip(b, text, size);
    check_content(write_bytes("gzip.txt", b->data, b->size), text, size);
    b->size = 0;
    add_zstd(b, text, size);
    check_content(write_bytes("zstd.gz", b->data, b->size), text, size);
    free(b);
    free(text);
}

static void members_and_frames_follow_one_another(void **state)
{
    (void)state;
    static const char zeros[700];
    static const char skippable[] = "\x50\x2a\x4d\x18\x03\0\0\0abc";
    size_t size;
    char *text = numbers(&size);
    bytes *b = calloc(1, sizeof *b);
    add_gzip(b, text, 1000);
    add_gzip(b, text, 0);
    add_gzip(b, text + 1000, size - 1000);
    check_content(write_bytes("members", b->data, b->size), text, size);
    add(b, zeros, sizeof zeros); /* padding as of a tape */
    check_content(write_bytes("padded", b->data, b->size), text, size);
    b->size = 0;
    add(b, skippable, sizeof skippable - 1);
    add_zstd(b, text, 1000);
    add(b, skippable, sizeof skippable - 1);
    add_zstd(b, text, 0);
    add_zstd(b, text + 1000, size - 1000);
    check_content(write_bytes("frames", b->data, b->size), text, size);
    free(b);
    free(text);
}

static void truncated_data_is_an_error_after_what_was_good(void **state)
{
    (void)state;
    size_t size;
    char *text = numbers(&size);
    bytes *b = calloc(1, sizeof *b);
    add_gzip(b, text, size);
    for (size_t cut = 3; cut < b->size; cut += 1 + b->size / 40)
        check_damage(write_bytes("t", b->data, cut), text, size, "truncated gzip data");
    check_damage(write_bytes("t", b->data, b->size - 1), text, size, "truncated gzip data");
    b->size = 0;
    add_zstd(b, text, size);
    for (size_t cut = 4; cut < b->size; cut += 1 + b->size / 40)
        check_damage(write_bytes("t", b->data, cut), text, size, "truncated zstd data");
    free(b);
    free(text);
}

static void damaged_data_is_an_error_after_what_was_good(void **state)
{
    (void)state;
    size_t size;
    char *text = numbers(&size);
    bytes *b = calloc(1, sizeof *b);
    add_gzip(b, text, size);
    b->data[b->size - 6] ^= 1;
    check_damage(write_bytes("c", b->data, b->size), text, size,
                 "corrupt gzip data (incorrect data check)");
    b->size = 0;
    add_gzip(b, text, size);
    add(b, "more", 4);
    check_damage(write_bytes("g", b->data, b->size), text, size, "garbage after the gzip data");
    b->size = 0;
    add_zstd(b, text, size);
    add(b, "garbage", 7);
    check_damage(write_bytes("g", b->data, b->size), text, size,
                 "corrupt zstd data (Unknown frame descriptor)");
    free(b);
    free(text);
}

static void a_zstd_window_that_is_too_large_is_named(void **state)
{
    /* a window of 2 GiB, and an empty last block */
    static const char frame[] = "\x28\xb5\x2f\xfd\0\xa8\1\0\0";
    char out[16];
    size_t size = 0;
    tt_error error = {TT_OK, 0, ""};
    (void)state;
    assert_int_equal(read_all(write_bytes("w", frame, sizeof frame - 1), 9, out, &size, &error),
                     TT_EVERSION);
    assert_int_equal(size, 0);
    assert_string_equal(error.message, "its zstd window is larger than 128 MiB; allow it with "
                                       "--zstd-window-log 31, which takes 2 GiB of memory");
}

/* Where block n of the zstd frame at the front begins (RFC 8878, 3.1.1). */
static size_t zstd_block(const bytes *b, int n)
{
    static const size_t content_sizes[] = {0, 2, 4, 8};
    const unsigned char *p = (const unsigned char *)b->data;
    const size_t single = p[4] >> 5 & 1;
    size_t at = 5 + !single + content_sizes[p[4] >> 6] + (single && p[4] >> 6 == 0);
    for (; n > 0; n--)
        at += 3 + ((size_t)p[at] >> 3 | (size_t)p[at + 1] << 5 | (size_t)p[at + 2] << 13);
    return at;
}

static void what_stands_before_damage_is_read(void **state)
{
    (void)state;
    size_t size, one, many;
    char *text = numbers(&size), *out = malloc(2 << 20);
    tt_error error;
    bytes *b = calloc(1, sizeof *b);
    const char *path;
    add_zstd(b, text, size);
    b->data[zstd_block(b, 2)] |= 6; /* a reserved block type */
    path = write_bytes("c", b->data, b->size);
    assert_int_equal(read_all(path, 100, out, &many, &error), TT_EFORMAT);
    assert_int_equal(read_all(path, 2 << 20, out, &one, &error), TT_EFORMAT);
    assert_true(many + (16 << 10) >= 256 << 10 && many < size); /* a block holds 128 KiB */
    assert_true(one + (16 << 10) >= many && one < size);
    assert_memory_equal(out, text, one);
    free(b);
    free(out);
    free(text);
}

static void what_cannot_be_opened_or_read_is_an_error(void **state)
{
    (void)state;
    char out[10];
    size_t got;
    tt_error error;
    assert_int_equal(read_all(path_of("missing"), 1, out, &got, &error), TT_EIO);
    assert_string_equal(error.message, "cannot open: No such file or directory");
    assert_int_equal(read_all(test_directory, 1, out, &got, &error), TT_EIO);
    assert_string_equal(error.message, "cannot read: Is a directory");
}

static void every_failed_allocation_is_handed_up(void **state)
{
    (void)state;
    size_t size, got;
    char *text = numbers(&size), *out = malloc(1 << 20);
    bytes *b = calloc(1, sizeof *b);
    add_gzip(b, text, size);
    const char *path = write_bytes("m", b->data, b->size);
    int done = 0;
    for (long k = 1; !done; k++) {
        counting c;
        tti_byte_stream *source;
        tt_error error;
        tt_status status;
        counting_init(&c, k);
        status = tti_byte_stream_open(&source, path, &c.allocator, &error);
        if (status == TT_OK)
            status = tti_byte_stream_read(source, out, 1 << 20, &got, &error);
        done = status == TT_OK;
        if (!done)
            assert_int_equal(status, TT_ENOMEM);
        tti_byte_stream_close(source);
        assert_int_equal(c.live, 0);
        assert_true(k < 100);
    }
    free(b);
    free(out);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bytes_come_as_they_are),
        cmocka_unit_test(compression_is_told_by_content),
        cmocka_unit_test(members_and_frames_follow_one_another),
        cmocka_unit_test(truncated_data_is_an_error_after_what_was_good),
        cmocka_unit_test(a_zstd_window_that_is_too_large_is_named),
        cmocka_unit_test(damaged_data_is_an_error_after_what_was_good),
        cmocka_unit_test(what_stands_before_damage_is_read),
        cmocka_unit_test(what_cannot_be_opened_or_read_is_an_error),
        cmocka_unit_test(every_failed_allocation_is_handed_up),
    };
    return cmocka_run_group_tests_name("source", tests, make_directory, remove_directory);
}
