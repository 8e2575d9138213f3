/*
 * libzstd allocates with malloc, since its allocator hooks are not part of its stable interface;
 * all else goes through the caller's allocator.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/byte_stream.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { INPUT_BYTES = 256 * 1024, HEAD_BYTES = 4, ZSTD_STEP = 16 * 1024 };

/* A file that becomes longer than both limits is a bomb. Feeds are compressed to a tenth or a
 * twentieth of their size; gzip can reach a factor of 1,032, zstd one of 30,000. */
enum { BOMB_BYTES = 256 << 20, BOMB_RATIO = 500 };

typedef enum { NOT_COMPRESSED, GZIP, ZSTD } compression;

struct tti_byte_stream {
    const tt_allocator *allocator;
    int fd; /* -1: the bytes come from `source` */
    tti_byte_source source;
    void *source_ctx;
    compression compression;
    int is_regular;
    int at_end;                  /* the file has no more bytes */
    double deadline;             /* of reads; 0: none */
    int is_late;                 /* the last read ended by the deadline */
    int unit_begun;              /* inside a gzip member or zstd frame */
    unsigned char frame_head[6]; /* of a zstd frame */
    size_t frame_head_size;
    int finished_units; /* 1 once a gzip member is finished */
    uint64_t consumed, produced;
    unsigned char head[HEAD_BYTES]; /* first bytes of a plain file, not delivered yet */
    size_t head_begin, head_end;
    unsigned char *input; /* compressed bytes [input_begin, input_end), INPUT_BYTES long */
    size_t input_begin, input_end;
    z_stream zlib;
    int zlib_open;
    ZSTD_DStream *zstd;
    tt_error fault; /* reported once all bytes before it are delivered */
};

tt_status tti_fail_errno(tt_error *error, const char *doing, int number)
{
    char text[160];
    if (strerror_r(number, text, sizeof text) != 0)
        (void)strcpy(text, "unknown error");
    return tti_fail(error, TT_EIO, TTI_NOWHERE, "%s: %s", doing, text);
}

/* zlib releases blocks without their size, which is kept in front of each. */
enum { ZLIB_PREFIX = 16 };

static void *zlib_alloc(void *ctx, unsigned count, unsigned size)
{
    const tt_allocator *a = ctx;
    const size_t bytes = (size_t)count * size + ZLIB_PREFIX;
    unsigned char *p = tti_alloc_zero(a, bytes, 1);
    if (p == NULL)
        return NULL;
    memcpy(p, &bytes, sizeof bytes);
    return p + ZLIB_PREFIX;
}

static void zlib_release(void *ctx, void *block)
{
    size_t bytes;
    unsigned char *p = (unsigned char *)block - ZLIB_PREFIX;
    memcpy(&bytes, p, sizeof bytes);
    tti_release(ctx, p, bytes, 1);
}

/* Waits for more of a stream, no longer than the deadline; once that is over, whether there is more
 * or not. @return 0: it is over */
static int wait_for_more(const tti_byte_stream *s)
{
    struct pollfd waiting = {s->fd, POLLIN, 0};
    for (;;) {
        const double left = s->deadline == 0 ? 1 : s->deadline - tti_monotonic_seconds();
        const int found =
            left <= 0 ? 0 : poll(&waiting, 1, left < 1 ? (int)(left * 1000) + 1 : 1000);
        if (left <= 0 || found > 0)
            return left > 0;
        if (found < 0 && errno != EINTR)
            return 1; /* read(2) says what it is */
    }
}

/* Reads at most `room` bytes of the file; *got is 0 at its end, and where the deadline is over. */
static tt_status read_descriptor(tti_byte_stream *s, void *bytes, size_t room, size_t *got,
                                 tt_error *error)
{
    *got = 0;
    if (s->source != NULL && !s->at_end) {
        TTI_TRY(s->source(s->source_ctx, bytes, room, got, error));
        s->at_end = *got == 0;
        s->consumed += *got;
        return TT_OK;
    }
    while (!s->at_end) {
        ssize_t n;
        s->is_late = s->deadline > 0 && !s->is_regular && !wait_for_more(s);
        if (s->is_late)
            return TT_OK;
        n = read(s->fd, bytes, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 &&
            (errno == EAGAIN || errno == EWOULDBLOCK)) { /* the caller's pipe does not block */
            (void)wait_for_more(s);
            continue;
        }
        if (n < 0)
            return tti_fail_errno(error, "cannot read", errno);
        s->at_end = n == 0;
        s->consumed += (uint64_t)n;
        *got = (size_t)n;
        break;
    }
    return TT_OK;
}

static compression detect_compression(const unsigned char *head, size_t size)
{
    if (size >= 2 && head[0] == 0x1f && head[1] == 0x8b)
        return GZIP;
    if (size >= 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd)
        return ZSTD;
    if (size >= 4 && (head[0] & 0xf0) == 0x50 && head[1] == 0x2a && head[2] == 0x4d &&
        head[3] == 0x18) /* a skippable frame, with which pzstd begins */
        return ZSTD;
    return NOT_COMPRESSED;
}

static tt_status begin_decoding(tti_byte_stream *s, tt_error *error)
{
    s->input = tti_alloc(s->allocator, INPUT_BYTES, 1);
    if (s->input == NULL)
        return tti_fail_memory(error, "compressed input");
    memcpy(s->input, s->head, s->head_end);
    s->input_end = s->head_end;
    s->head_end = 0;
    if (s->compression == GZIP) {
        s->zlib.zalloc = zlib_alloc;
        s->zlib.zfree = zlib_release;
        s->zlib.opaque = (void *)s->allocator;
        if (inflateInit2(&s->zlib, 16 + MAX_WBITS) != Z_OK)
            return tti_fail_memory(error, "gzip");
        s->zlib_open = 1;
    } else {
        s->zstd = ZSTD_createDStream();
        if (s->zstd == NULL)
            return tti_fail_memory(error, "zstd");
    }
    return TT_OK;
}

/* Reads the first bytes and begins to decompress if they show a compression. */
static tt_status begin_stream(tti_byte_stream *s, tt_error *error)
{
    while (s->head_end < HEAD_BYTES) {
        size_t got;
        TTI_TRY(read_descriptor(s, s->head + s->head_end, HEAD_BYTES - s->head_end, &got, error));
        if (got == 0)
            break;
        s->head_end += got;
    }
    s->compression = detect_compression(s->head, s->head_end);
    return s->compression == NOT_COMPRESSED ? TT_OK : begin_decoding(s, error);
}

static tt_status open_stream(tti_byte_stream **out, const tti_byte_stream *begun, tt_error *error)
{
    tti_byte_stream *s = tti_alloc(begun->allocator, 1, sizeof *s);
    tt_status status;
    *out = NULL;
    if (s == NULL) {
        if (begun->fd > STDIN_FILENO)
            (void)close(begun->fd);
        return tti_fail_memory(error, "an input");
    }
    *s = *begun;
    status = begin_stream(s, error);
    if (status != TT_OK) {
        tti_byte_stream_close(s);
        return status;
    }
    *out = s;
    return TT_OK;
}

tt_status tti_byte_stream_open_source(tti_byte_stream **out, tti_byte_source source, void *ctx,
                                      const tt_allocator *allocator, tt_error *error)
{
    const tti_byte_stream begun = {
        .allocator = allocator, .fd = -1, .source = source, .source_ctx = ctx};
    return open_stream(out, &begun, error);
}

tt_status tti_byte_stream_open(tti_byte_stream **out, const char *path,
                               const tt_allocator *allocator, tt_error *error)
{
    struct stat about;
    tti_byte_stream begun = {.allocator = allocator, .fd = STDIN_FILENO};
    *out = NULL;
    if (strcmp(path, "-") != 0)
        begun.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (begun.fd < 0)
        return tti_fail_errno(error, "cannot open", errno);
    begun.is_regular = fstat(begun.fd, &about) == 0 && S_ISREG(about.st_mode);
    (void)posix_fadvise(begun.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return open_stream(out, &begun, error);
}

void tti_byte_stream_allow_window(tti_byte_stream *s, int log)
{
    if (s->zstd != NULL)
        (void)ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, log);
}

static tt_status refill_input(tti_byte_stream *s, tt_error *error)
{
    if (s->input_begin < s->input_end)
        return TT_OK;
    s->input_begin = 0;
    return read_descriptor(s, s->input, INPUT_BYTES, &s->input_end, error);
}

/* A step of decompression consumes input and writes at most `room` bytes. */
static tt_status step_gzip(tti_byte_stream *s, char *bytes, size_t room, size_t *got,
                           tt_error *error)
{
    int result;
    if (!s->unit_begun) {
        while (s->finished_units > 0 && s->input_begin < s->input_end &&
               s->input[s->input_begin] == 0)
            s->input_begin++; /* padding of a tape or a disk block, which gzip skips too */
        if (s->input_begin == s->input_end)
            return TT_OK;
        (void)inflateReset(&s->zlib);
        s->unit_begun = 1;
    }
    s->zlib.next_in = s->input + s->input_begin;
    s->zlib.avail_in = (unsigned)(s->input_end - s->input_begin);
    s->zlib.next_out = (unsigned char *)bytes;
    s->zlib.avail_out = room > (1u << 30) ? 1u << 30 : (unsigned)room;
    result = inflate(&s->zlib, Z_NO_FLUSH);
    s->input_begin = s->input_end - s->zlib.avail_in;
    *got = (size_t)((char *)s->zlib.next_out - bytes);
    if (result == Z_STREAM_END) {
        s->unit_begun = 0;
        s->finished_units = 1;
    } else if (result == Z_MEM_ERROR) {
        return tti_fail_memory(error, "gzip");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
        if (s->finished_units > 0 && s->zlib.total_out == 0)
            return tti_fail(error, TT_EFORMAT, s->consumed, "garbage after the gzip data");
        return tti_fail(error, TT_EFORMAT, s->consumed, "corrupt gzip data (%s)",
                        s->zlib.msg != NULL ? s->zlib.msg : "unknown");
    }
    return TT_OK;
}

/* Keeps the first bytes of a frame. */
static void note_frame_head(tti_byte_stream *s)
{
    if (!s->unit_begun)
        s->frame_head_size = 0;
    for (size_t i = s->input_begin; i < s->input_end && s->frame_head_size < sizeof s->frame_head;
         i++)
        s->frame_head[s->frame_head_size++] = s->input[i];
}

/* The power of two of the window that the frame of zstd asks for; 0: its head has none. */
static unsigned window_log_of_frame(const tti_byte_stream *s)
{
    enum { DESCRIPTOR = 4, WINDOW, IS_SINGLE_SEGMENT = 0x20, LEAST_LOG = 10 };
    return s->frame_head_size <= WINDOW || (s->frame_head[DESCRIPTOR] & IS_SINGLE_SEGMENT) != 0
               ? 0
               : LEAST_LOG + (s->frame_head[WINDOW] >> 3);
}

static tt_status step_zstd(tti_byte_stream *s, char *bytes, size_t room, size_t *got,
                           tt_error *error)
{
    ZSTD_inBuffer in = {s->input, s->input_end, s->input_begin};
    /* A call that finds damage does not report what it wrote before it, so each call writes little.
     * And since libzstd decodes a frame at once if there is room for all of it, each frame begins
     * with no room. */
    ZSTD_outBuffer out = {bytes, !s->unit_begun ? 0 : room < ZSTD_STEP ? room : ZSTD_STEP, 0};
    size_t result;
    if (!s->unit_begun && s->input_begin == s->input_end)
        return TT_OK;
    note_frame_head(s);
    result = ZSTD_decompressStream(s->zstd, &out, &in);
    s->input_begin = in.pos;
    *got = out.pos;
    if (ZSTD_isError(result) &&
        ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge &&
        window_log_of_frame(s) > 31)
        return tti_fail(
            error, TT_EVERSION, s->consumed,
            "its zstd window of 2^%u bytes is larger than any that is read; compress it "
            "again, with zstd --long=27",
            window_log_of_frame(s));
    if (ZSTD_isError(result) &&
        ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge)
        return tti_fail(error, TT_EVERSION, s->consumed,
                        "its zstd window is larger than 128 MiB; allow it with "
                        "--zstd-window-log 31, which takes 2 GiB of memory");
    if (ZSTD_isError(result))
        return tti_fail(error, TT_EFORMAT, s->consumed, "corrupt zstd data (%s)",
                        ZSTD_getErrorName(result));
    s->unit_begun = result != 0;
    return TT_OK;
}

tt_status tti_check_expansion(uint64_t produced, uint64_t consumed, tt_error *error)
{
    if (produced <= BOMB_BYTES || produced / BOMB_RATIO <= consumed)
        return TT_OK;
    return tti_fail(error, TT_ELIMIT, consumed,
                    "unpacks to more than %d times its size; if that is meant, unpack it first",
                    BOMB_RATIO);
}

static tt_status check_for_bomb(tti_byte_stream *s, size_t *got, tt_error *error)
{
    tt_status status;
    assert(s->input_begin <= s->input_end && s->input_end <= INPUT_BYTES);
    s->produced += *got;
    status = tti_check_expansion(s->produced, s->consumed, error);
    if (status != TT_OK)
        *got = 0;
    return status;
}

static tt_status decompress(tti_byte_stream *s, char *bytes, size_t room, size_t *got,
                            tt_error *error)
{
    size_t *const begin = &s->input_begin;
    for (;;) {
        size_t before;
        TTI_TRY(refill_input(s, error));
        if (s->is_late)
            return TT_OK;
        before = *begin;
        TTI_TRY(s->compression == GZIP ? step_gzip(s, bytes, room, got, error)
                                       : step_zstd(s, bytes, room, got, error));
        if (*got > 0)
            return check_for_bomb(s, got, error);
        if (s->at_end && *begin == s->input_end && *begin == before) {
            if (s->unit_begun)
                return tti_fail(error, TT_EFORMAT, s->consumed, "truncated %s data",
                                s->compression == GZIP ? "gzip" : "zstd");
            return TT_OK;
        }
    }
}

tt_status tti_byte_stream_read(tti_byte_stream *s, char *bytes, size_t room, size_t *got,
                               tt_error *error)
{
    tt_status status;
    *got = 0;
    s->is_late = 0;
    if (s->fault.status != TT_OK) {
        if (error != NULL)
            *error = s->fault;
        return s->fault.status;
    }
    if (s->head_begin < s->head_end) {
        *got = s->head_end - s->head_begin < room ? s->head_end - s->head_begin : room;
        memcpy(bytes, s->head + s->head_begin, *got);
        s->head_begin += *got;
        return TT_OK;
    }
    status = s->compression == NOT_COMPRESSED ? read_descriptor(s, bytes, room, got, &s->fault)
                                              : decompress(s, bytes, room, got, &s->fault);
    if (status == TT_OK || *got > 0)
        return TT_OK;
    if (error != NULL)
        *error = s->fault;
    return status;
}

int tti_byte_stream_is_ready(const tti_byte_stream *s, int milliseconds)
{
    struct pollfd waiting = {s->fd, POLLIN, 0};
    if (s->fd < 0 || s->is_regular || s->at_end || s->head_begin < s->head_end ||
        s->input_begin < s->input_end || s->fault.status != TT_OK)
        return 1;
    return poll(&waiting, 1, milliseconds) != 0;
}

void tti_byte_stream_set_deadline(tti_byte_stream *s, double deadline)
{
    s->deadline = deadline;
}

int tti_byte_stream_is_late(const tti_byte_stream *s)
{
    return s->is_late;
}

uint64_t tti_byte_stream_consumed(const tti_byte_stream *s)
{
    return s->consumed;
}

void tti_byte_stream_close(tti_byte_stream *s)
{
    if (s == NULL)
        return;
    if (s->zlib_open)
        (void)inflateEnd(&s->zlib);
    (void)ZSTD_freeDStream(s->zstd);
    tti_release(s->allocator, s->input, INPUT_BYTES, 1);
    if (s->fd > STDIN_FILENO)
        (void)close(s->fd);
    tti_release(s->allocator, s, 1, sizeof *s);
}
