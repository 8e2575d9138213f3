/* A private directory with files, and an allocator that counts and fails on demand. */
#ifndef READ_FILES_H
#define READ_FILES_H

#include "twicetold.h"

#include "../test.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_directory[200];

static int make_directory(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    (void)snprintf(test_directory, sizeof test_directory, "%s/twicetold-XXXXXX",
                   base == NULL ? "/tmp" : base);
    return mkdtemp(test_directory) == NULL ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)s;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_directory(void **state)
{
    (void)state;
    return nftw(test_directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file with this name, valid for the next 8 calls. */
static const char *path_of(const char *name)
{
    static char paths[8][400];
    static int next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", test_directory, name);
    return path;
}

static const char *write_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *write_text(const char *name, const char *text)
{
    return write_bytes(name, text, strlen(text));
}

/* Fails from call number `fail_at` on (0: never), and counts what is not released. */
typedef struct counting {
    tt_allocator allocator;
    long calls, fail_at;
    size_t live;
} counting;

static inline void *counting_alloc(void *ctx, size_t size)
{
    counting *c = ctx;
    if (c->fail_at != 0 && ++c->calls >= c->fail_at)
        return NULL;
    c->live += size;
    return malloc(size);
}

static inline void *counting_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    counting *c = ctx;
    if (c->fail_at != 0 && ++c->calls >= c->fail_at)
        return NULL;
    c->live += new_size - old_size;
    return realloc(old, new_size);
}

static inline void counting_release(void *ctx, void *old, size_t size)
{
    counting *c = ctx;
    c->live -= size;
    free(old);
}

static inline void counting_init(counting *c, long fail_at)
{
    *c = (counting){{counting_alloc, counting_resize, counting_release, c}, 0, fail_at, 0};
}

#endif
