#define _POSIX_C_SOURCE 200809L
#include "index/leaf_pages.h"

#include "util/alloc.h"
#include "util/array.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbers are those of "Database File Format" of SQLite. */
enum {
    DEFAULT_PAGE = 16384, /* of this library's files */
    FILE_HEADER = 100,
    LEAF_TABLE = 13,
    LEAF_HEADER = 8,
    LOG_HEADER = 32,
    FRAME_HEADER = 24,
    MOST_PAYLOAD = 1000000000
};

typedef struct leaf_reader {
    int file, log; /* -1: no log */
    uint64_t pages;
    TTI_ARRAY(uint32_t)
    frames; /* of the log, by the number of the page; 0: none, or counted from 1 */
    size_t page_size, usable;
    const tt_allocator *allocator;
    TTI_ARRAY(uint8_t) page, overflow, payload;
} leaf_reader;

static uint32_t big_endian(const uint8_t *at, int bytes)
{
    uint32_t x = 0;
    for (int k = 0; k < bytes; k++)
        x = x << 8 | at[k];
    return x;
}

/* @return the bytes that it takes, or 0: it does not end */
static size_t read_varint(const uint8_t *at, const uint8_t *end, uint64_t *out)
{
    uint64_t x = 0;
    for (size_t k = 0; k < 9 && at + k < end; k++) {
        if (k == 8) {
            *out = x << 8 | at[k];
            return 9;
        }
        x = x << 7 | (at[k] & 0x7F);
        if (at[k] < 0x80) {
            *out = x;
            return k + 1;
        }
    }
    return 0;
}

static uint64_t frame_begin(const leaf_reader *r, uint64_t frame)
{
    return LOG_HEADER + (frame - 1) * (FRAME_HEADER + r->page_size);
}

static int read_page(const leaf_reader *r, uint64_t number, uint8_t *out)
{
    const uint32_t frame = number < r->frames.count ? r->frames.items[number] : 0;
    const int file = frame > 0 ? r->log : r->file;
    const uint64_t begin =
        frame > 0 ? frame_begin(r, frame) + FRAME_HEADER : (number - 1) * r->page_size;
    size_t done = 0;
    while (done < r->page_size) {
        const ssize_t n = pread(file, out + done, r->page_size - done, (off_t)(begin + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0; /* a page that cannot be read is as lost as a damaged one */
        done += (size_t)n;
    }
    return 1;
}

/* Bytes of a payload that are on the leaf page itself. */
static size_t local_size(const leaf_reader *r, uint64_t size)
{
    const uint64_t usable = r->usable, most = usable - 35, least = (usable - 12) * 32 / 255 - 23;
    const uint64_t kept = least + (size - least) % (usable - 4);
    return (size_t)(size <= most ? size : kept <= most ? kept : least);
}

/* Appends what is on overflow pages. @return 1; 0: the chain is broken */
static int follow_overflow(leaf_reader *r, uint32_t next, uint64_t size)
{
    while (r->payload.count < size) {
        const uint64_t left = size - r->payload.count;
        const size_t here = left < r->usable - 4 ? (size_t)left : r->usable - 4;
        if (next == 0 || next > r->pages || !read_page(r, next, r->overflow.items) ||
            tti_array_append(&r->payload, r->allocator, r->overflow.items + 4, here) != TT_OK)
            return 0;
        next = big_endian(r->overflow.items, 4);
    }
    return 1;
}

/* The content of a column. @return its bytes; SIZE_MAX: it is of a type that there is not */
static size_t read_value(uint64_t type, const uint8_t *at, const uint8_t *end, tti_leaf_value *out)
{
    static const uint8_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    const size_t left = (size_t)(end - at);
    *out = (tti_leaf_value){.bytes = at};
    if (type == 10 || type == 11)
        return SIZE_MAX;
    if (type >= 12) {
        const uint64_t size = (type - 12) / 2;
        out->size = (size_t)size;
        return size <= left ? (size_t)size : SIZE_MAX;
    }
    if (sizes[type] > left)
        return SIZE_MAX;
    out->is_integer = (type >= 1 && type <= 6) || type == 8 || type == 9;
    out->integer = type == 9;
    if (type >= 1 && type <= 6) {
        uint64_t x = at[0] & 0x80 ? UINT64_MAX : 0;
        for (int k = 0; k < sizes[type]; k++)
            x = x << 8 | at[k];
        out->integer = (int64_t)x;
    }
    return sizes[type];
}

/* @return the number of columns; 0: the payload is no record */
static int read_record(const leaf_reader *r, tti_leaf_value *values)
{
    const uint8_t *at = r->payload.items, *end = at + r->payload.count, *header_end, *body;
    uint64_t header, type;
    size_t n = read_varint(at, end, &header);
    int count = 0;
    if (n == 0 || header < n || header > r->payload.count)
        return 0;
    header_end = body = at + header;
    for (at += n; at < header_end; at += n) {
        size_t size;
        n = read_varint(at, header_end, &type);
        if (n == 0 || count == TTI_LEAF_COLUMNS)
            return 0;
        size = read_value(type, body, end, &values[count++]);
        if (size == SIZE_MAX)
            return 0;
        body += size;
    }
    return body == end ? count : 0;
}

static tt_status take_cell(leaf_reader *r, size_t begin, tti_leaf_row_fn take, void *ctx,
                           tt_error *error)
{
    const uint8_t *at = r->page.items + begin, *end = r->page.items + r->usable;
    tti_leaf_value values[TTI_LEAF_COLUMNS];
    uint64_t size, number;
    size_t n = read_varint(at, end, &size), local;
    int count;
    if (n == 0 || size == 0 || size > MOST_PAYLOAD)
        return TT_OK;
    at += n;
    n = read_varint(at, end, &number);
    at += n;
    local = local_size(r, size);
    if (n == 0 || local + (local < size ? 4 : 0) > (size_t)(end - at))
        return TT_OK;
    r->payload.count = 0;
    TTI_TRY_ALLOC(tti_array_append(&r->payload, r->allocator, at, local), error, "a record");
    if (local < size && !follow_overflow(r, big_endian(at + local, 4), size))
        return TT_OK;
    count = read_record(r, values);
    return count == 0 ? TT_OK : take(ctx, (int64_t)number, values, count, error);
}

static tt_status take_cells(leaf_reader *r, size_t begin, tti_leaf_row_fn take, void *ctx,
                            tt_error *error)
{
    const uint8_t *header = r->page.items + begin;
    size_t count;
    if (header[0] != LEAF_TABLE)
        return TT_OK;
    count = big_endian(header + 3, 2);
    for (size_t k = 0; k < count && begin + LEAF_HEADER + k * 2 + 2 <= r->usable; k++) {
        const size_t cell = big_endian(header + LEAF_HEADER + k * 2, 2);
        if (cell < r->usable)
            TTI_TRY(take_cell(r, cell, take, ctx, error));
    }
    return TT_OK;
}

tt_status tti_leaf_page_each(const uint8_t *page, size_t size, tti_leaf_row_fn take, void *ctx,
                             tt_error *error)
{
    leaf_reader r = {.page_size = size, .usable = size, .allocator = &tti_libc_allocator};
    tt_status status;
    TTI_TRY_ALLOC(tti_array_append(&r.page, r.allocator, page, size), error, "a page");
    status = take_cells(&r, 0, take, ctx, error);
    tti_array_free(&r.page, r.allocator);
    tti_array_free(&r.payload, r.allocator);
    return status;
}

/* What the first page says, if it can be believed. */
static void find_page_size(leaf_reader *r)
{
    uint8_t header[FILE_HEADER];
    size_t size = 0;
    r->page_size = r->usable = DEFAULT_PAGE;
    if (pread(r->file, header, sizeof header, 0) != (ssize_t)sizeof header ||
        memcmp(header, "SQLite format 3", 16) != 0)
        return;
    size = big_endian(header + 16, 2);
    if (size == 1)
        size = 65536;
    if (size < 512 || (size & (size - 1)) != 0 || header[20] > size - 480)
        return;
    r->page_size = size;
    r->usable = size - header[20];
}

/* ---- The log -------------------------------------------------------------------------------- */

static int read_frame_header(const leaf_reader *r, uint64_t frame, uint8_t *out)
{
    return pread(r->log, out, FRAME_HEADER, (off_t)frame_begin(r, frame)) == FRAME_HEADER;
}

/* The frames that were written last come first in a log, and have a number in common, though its
 * header is damaged: the first two in a row tell it. @return 0: there are none */
static int find_log_number(const leaf_reader *r, uint64_t count, uint8_t number[8])
{
    uint8_t header[FRAME_HEADER], next[FRAME_HEADER];
    for (uint64_t k = 1; k < count; k++)
        if (read_frame_header(r, k, header) && read_frame_header(r, k + 1, next) &&
            big_endian(header, 4) != 0 && memcmp(header + 8, next + 8, 8) == 0) {
            memcpy(number, header + 8, 8);
            return 1;
        }
    return 0;
}

/* Pages are taken from their last frame. Whether it is whole its rows tell. */
static tt_status find_frames(leaf_reader *r, const char *path, tt_error *error)
{
    char name[PATH_MAX + 8];
    uint8_t header[FRAME_HEADER], number[8];
    struct stat s;
    uint64_t count, most;
    (void)snprintf(name, sizeof name, "%s-wal", path);
    r->log = open(name, O_RDONLY | O_CLOEXEC);
    if (r->log < 0 || fstat(r->log, &s) != 0 || s.st_size < LOG_HEADER)
        return TT_OK;
    count = ((uint64_t)s.st_size - LOG_HEADER) / (FRAME_HEADER + r->page_size);
    most = r->pages + count;
    if (most >= UINT32_MAX || !find_log_number(r, count, number))
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_resize(&r->frames, r->allocator, (size_t)most + 1), error, "pages");
    memset(r->frames.items, 0, r->frames.count * sizeof *r->frames.items);
    for (uint64_t k = 1; k <= count; k++) {
        const uint64_t page = read_frame_header(r, k, header) && memcmp(header + 8, number, 8) == 0
                                  ? big_endian(header, 4)
                                  : 0;
        if (page == 0 || page > most)
            continue;
        r->frames.items[page] = (uint32_t)k;
        if (page > r->pages)
            r->pages = page;
    }
    return TT_OK;
}

static tt_status read_pages(leaf_reader *r, tti_leaf_row_fn take, void *ctx, tt_error *error)
{
    TTI_TRY_ALLOC(tti_array_resize(&r->page, r->allocator, r->page_size), error, "a page");
    TTI_TRY_ALLOC(tti_array_resize(&r->overflow, r->allocator, r->page_size), error, "a page");
    for (uint64_t k = 1; k <= r->pages; k++)
        if (read_page(r, k, r->page.items))
            TTI_TRY(take_cells(r, k == 1 ? FILE_HEADER : 0, take, ctx, error));
    return TT_OK;
}

tt_status tti_leaf_pages_each(const char *path, int with_log, const tt_allocator *allocator,
                              tti_leaf_row_fn take, void *ctx, tt_error *error)
{
    leaf_reader r = {.file = open(path, O_RDONLY | O_CLOEXEC), .log = -1, .allocator = allocator};
    struct stat s;
    tt_status status;
    if (r.file < 0 || fstat(r.file, &s) != 0) {
        status =
            tti_fail(error, TT_EIO, TTI_NOWHERE, "cannot read %.100s: %s", path, strerror(errno));
        if (r.file >= 0)
            (void)close(r.file);
        return status;
    }
    find_page_size(&r);
    r.pages = (uint64_t)s.st_size / r.page_size;
    status = with_log ? find_frames(&r, path, error) : TT_OK;
    if (status == TT_OK)
        status = read_pages(&r, take, ctx, error);
    tti_array_free(&r.page, allocator);
    tti_array_free(&r.overflow, allocator);
    tti_array_free(&r.payload, allocator);
    tti_array_free(&r.frames, allocator);
    if (r.log >= 0)
        (void)close(r.log);
    (void)close(r.file);
    return status;
}
