#define _POSIX_C_SOURCE 200809L
#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

int spool_open(spool *s, const output *near)
{
    memset(s, 0, sizeof *s);
    return output_open_scratch(&s->file, near);
}

int spool_end_item(spool *s)
{
    int rc = s->file.error != 0 ? output_failure(&s->file) : 0;
    if (rc == 0)
        rc = memory_grow(&s->ends, s->count, &s->capacity, sizeof *s->ends);
    if (rc == 0)
        s->ends[s->count++] = s->file.written;
    return rc;
}

uint64_t spool_begin_of(const spool *s, size_t item)
{
    return item == 0 ? 0 : s->ends[item - 1];
}

int64_t spool_read(const spool *s, uint64_t at, char *to, size_t size)
{
    ssize_t got;
    do
        got = pread(s->file.fd, to, size, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

void spool_close(spool *s)
{
    output_discard(&s->file);
    free(s->ends);
}
