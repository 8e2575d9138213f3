/*
 * What the fuzz targets share. A target is a function of bytes that fails by abort(): built with
 * libFuzzer (preset "fuzz") it is given bytes without end, and by replay.c, under ctest, those of
 * tests/fuzz/corpus.
 */
#ifndef TT_FUZZ_H
#define TT_FUZZ_H

#include "twicetold.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** A property of the contract; what it says is printed where it does not hold. */
#define FUZZ_CHECK(what, ...)                                                                      \
  do {                                                                                             \
    if (!(what)) {                                                                                 \
      (void)fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #what);                             \
      (void)fprintf(stderr, __VA_ARGS__);                                                          \
      (void)fputc('\n', stderr);                                                                   \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

/** The input, taken from its front; what is not there is zero. */
typedef struct fuzz_input {
    const uint8_t *bytes;
    size_t size;
} fuzz_input;

static inline uint32_t fuzz_byte(fuzz_input *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->bytes++;
}

/** A number below n (at most 2^32). */
static inline uint32_t fuzz_below(fuzz_input *in, uint64_t n)
{
    uint32_t value = fuzz_byte(in);
    for (uint64_t reach = 256; reach < n; reach <<= 8)
        value = value << 8 | fuzz_byte(in);
    return (uint32_t)(value % n);
}

/** The bytes up to the next NUL, which is passed, or up to the end. */
static inline fuzz_input fuzz_until_nul(fuzz_input *in)
{
    const uint8_t *nul = in->size == 0 ? NULL : memchr(in->bytes, 0, in->size);
    const fuzz_input out = {in->bytes, nul == NULL ? in->size : (size_t)(nul - in->bytes)};
    in->bytes += out.size + (nul != NULL);
    in->size -= out.size + (nul != NULL);
    return out;
}

/** A copy in a block of just its size, so that a read past its end is seen. Owner: the caller. */
static inline void *fuzz_copy(const void *bytes, size_t size)
{
    void *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

static char fuzz_directory[96];

static void fuzz_remove_directory(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fuzz_directory);
    if (system(command) != 0)
        (void)fprintf(stderr, "%s is left\n", fuzz_directory);
}

/** The path of a file of this name in a directory of the process' own, in memory if there is such a
 * file system; good until the next call but three. */
static inline const char *fuzz_path(const char *name)
{
    static char paths[4][160];
    static unsigned next;
    char *path = paths[next++ % 4];
    if (fuzz_directory[0] == '\0') {
        (void)snprintf(fuzz_directory, sizeof fuzz_directory, "%s/twicetold-fuzz-XXXXXX",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (mkdtemp(fuzz_directory) == NULL || atexit(fuzz_remove_directory) != 0)
            abort();
    }
    (void)snprintf(path, sizeof paths[0], "%s/%s", fuzz_directory, name);
    return path;
}

static inline const char *fuzz_write(const char *name, const void *bytes, size_t size)
{
    const char *path = fuzz_path(name);
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || close(file) != 0)
        abort();
    return path;
}

#endif
