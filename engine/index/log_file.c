/*
 * SQLite reads a log as far as its checksums are right, and takes the rest for a commit that was
 * interrupted. But an interrupted commit is the last one: where frames that follow each other
 * contain two commits behind the first frame that is wrong, batches that were told would be lost.
 * So they would be if the header is wrong, since it is on the disk before any frame.
 *
 * The checksum of a frame begins with that of the frame before, as it is written there. Frames that
 * were left by commits that failed are overwritten from their first on, and no two of them follow
 * each other.
 */
#define _POSIX_C_SOURCE 200809L
#include "index/log_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "WAL File Format" of SQLite. */
enum {
    HEADER = 32,
    HEADER_SUMMED = 24,
    FRAME_HEADER = 24,
    FRAME_SUMMED = 8,
    MAGIC = 0x377F0682, /* or 1 more: the words of the checksums are big-endian */
    FORMAT = 3007000,
    LEAST_PAGE = 512,
    MOST_PAGE = 65536,
    ATTEMPTS = 4 /* while a writer begins the log again */
};

typedef struct log_sum {
    uint32_t low, high;
} log_sum;

static uint32_t big_endian_word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t little_endian_word(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static log_sum stored_sum(const uint8_t *at)
{
    return (log_sum){big_endian_word(at), big_endian_word(at + 4)};
}

static log_sum continue_sum(log_sum s, const uint8_t *at, size_t size, int is_big_endian)
{
    for (size_t k = 0; k < size; k += 8) {
        s.low += (is_big_endian ? big_endian_word(at + k) : little_endian_word(at + k)) + s.high;
        s.high +=
            (is_big_endian ? big_endian_word(at + k + 4) : little_endian_word(at + k + 4)) + s.low;
    }
    return s;
}

static int is_sum(log_sum s, const uint8_t *at)
{
    return s.low == big_endian_word(at) && s.high == big_endian_word(at + 4);
}

typedef struct log_header {
    uint8_t bytes[HEADER];
    uint32_t page_size;
    int is_big_endian, is_valid;
} log_header;

static log_header read_header(int file)
{
    log_header h = {0};
    const uint8_t *b = h.bytes;
    if (pread(file, h.bytes, HEADER, 0) != HEADER)
        return h;
    h.is_big_endian = b[3] & 1;
    h.page_size = big_endian_word(b + 8);
    h.is_valid =
        (big_endian_word(b) & ~1u) == MAGIC && big_endian_word(b + 4) == FORMAT &&
        h.page_size >= LEAST_PAGE && h.page_size <= MOST_PAGE &&
        (h.page_size & (h.page_size - 1)) == 0 &&
        is_sum(continue_sum((log_sum){0, 0}, b, HEADER_SUMMED, h.is_big_endian), b + HEADER_SUMMED);
    return h;
}

/* Whether there is anything but zeros, which a power failure may leave. */
static int has_content(int file)
{
    uint8_t bytes[4096];
    off_t at = 0;
    for (ssize_t got; (got = pread(file, bytes, sizeof bytes, at)) > 0; at += got)
        for (ssize_t k = 0; k < got; k++)
            if (bytes[k] != 0)
                return 1;
    return 0;
}

/* Whether two commits follow each other behind the first frame that is wrong. */
static int has_commits_behind_damage(int file, const log_header *h, uint8_t *frame)
{
    const size_t size = FRAME_HEADER + (size_t)h->page_size;
    log_sum before = stored_sum(h->bytes + HEADER_SUMMED);
    int is_damaged = 0, commits = 0;
    for (off_t at = HEADER; pread(file, frame, size, at) == (ssize_t)size; at += (off_t)size) {
        log_sum s = continue_sum(before, frame, FRAME_SUMMED, h->is_big_endian);
        const int is_commit = big_endian_word(frame + 4) != 0,
                  is_of_log = memcmp(frame + 8, h->bytes + 16, 8) == 0;
        s = continue_sum(s, frame + FRAME_HEADER, h->page_size, h->is_big_endian);
        if (!is_of_log || !is_sum(s, frame + 16)) {
            is_damaged = 1;
            commits = is_of_log && is_commit;
        } else if (is_damaged) {
            commits += is_commit;
        }
        if (commits > 1)
            return 1;
        before = stored_sum(frame + 16);
    }
    return 0;
}

static int is_damaged_now(int file, const log_header *h)
{
    uint8_t *frame;
    int is_damaged;
    if (!h->is_valid)
        return has_content(file);
    frame = malloc(FRAME_HEADER + (size_t)h->page_size);
    if (frame == NULL)
        return 0; /* SQLite will say so */
    is_damaged = has_commits_behind_damage(file, h, frame);
    free(frame);
    return is_damaged;
}

static int open_log(const char *path, struct stat *s)
{
    char name[PATH_MAX + 8];
    int file;
    (void)snprintf(name, sizeof name, "%s-wal", path);
    file = open(name, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && (fstat(file, s) != 0 || !S_ISREG(s->st_mode))) {
        (void)close(file);
        file = -1;
    }
    return file;
}

int tti_log_file_is_damaged(const char *path)
{
    struct stat s;
    const int file = open_log(path, &s);
    int is_damaged = file >= 0 && s.st_size > HEADER;
    for (int k = 0; k < ATTEMPTS && is_damaged; k++) {
        const log_header before = read_header(file);
        log_header after;
        is_damaged = is_damaged_now(file, &before);
        after = read_header(file);
        if (memcmp(before.bytes, after.bytes, HEADER) == 0)
            break;
    }
    if (file >= 0)
        (void)close(file);
    return is_damaged;
}

int tti_log_file_has_batches(const char *path)
{
    struct stat s;
    const int file = open_log(path, &s);
    if (file < 0)
        return 0;
    (void)close(file);
    return s.st_size > HEADER;
}
