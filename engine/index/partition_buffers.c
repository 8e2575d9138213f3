#include "index/partition_buffers.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/*
 * A chunk is 1,024 bytes and lies at a multiple of that, so that where the next seed goes also says
 * whether the chunk is full and where it begins: of each partition there is one pointer, and all of
 * them stay in cache.
 */
enum {
    CHUNK = 1024,
    BLOCK = 16 << 20, /* bytes taken at once, enough for huge pages */
    OF_A_BLOCK = BLOCK / CHUNK - 1
};

typedef struct chunk {
    struct chunk *before;
    uint32_t number; /* of the chunks before */
    uint32_t unused;
    tti_seed at[];
} chunk;

enum { OF_A_CHUNK = (CHUNK - sizeof(chunk)) / sizeof(tti_seed) };

static int add_block(tti_partition_buffers *s)
{
    void *block;
    if (tti_reserve(s->allocator, &s->blocks, &s->block_capacity, s->block_count + 1,
                    sizeof *s->blocks) != 0)
        return -1;
    block = tti_alloc(s->allocator, BLOCK, 1);
    if (block == NULL)
        return -1;
    s->blocks[s->block_count++] = block;
    s->used = 0;
    return 0;
}

/* The chunk that an end is in: it is never at a chunk's begin. */
static chunk *chunk_of(char *end)
{
    return end == NULL ? NULL : (chunk *)(end - ((uintptr_t)(end - 1) & (CHUNK - 1)) - 1);
}

static char *end_of(chunk *c, size_t seeds)
{
    return (char *)(c->at + seeds);
}

static int is_full(const char *end)
{
    return ((uintptr_t)end & (CHUNK - 1)) == 0 ||
           CHUNK - ((uintptr_t)end & (CHUNK - 1)) < sizeof(tti_seed);
}

static int add_chunk(tti_partition_buffers *s, uint32_t part)
{
    chunk *c, *before = chunk_of(s->ends[part]);
    char *block;
    if ((s->block_count == 0 || s->used == OF_A_BLOCK) && add_block(s) != 0)
        return -1;
    block = s->blocks[s->block_count - 1];
    block += (size_t)(-(uintptr_t)block & (CHUNK - 1));
    c = (chunk *)(block + s->used++ * CHUNK);
    c->before = before;
    c->number = before == NULL ? 0 : before->number + 1;
    s->ends[part] = end_of(c, 0);
    return 0;
}

tt_status tti_partition_buffers_add(tti_partition_buffers *s, const tti_minimizers *x, uint32_t doc,
                                    tt_error *error)
{
    if (s->ends == NULL)
        s->ends = tti_alloc_zero(s->allocator, TTI_POSTINGS_PARTITIONS, sizeof *s->ends);
    if (s->ends == NULL)
        return tti_fail_memory(error, "seeds");
    for (size_t k = 0; k < x->positions.count; k++) {
        const uint32_t part = tti_minimizers_partition(x, k, TTI_POSTINGS_PARTITIONS);
        const tti_seed seed = tti_minimizers_seed(x, k, doc);
        if ((s->ends[part] == NULL || is_full(s->ends[part])) && add_chunk(s, part) != 0)
            return tti_fail_memory(error, "seeds");
        memcpy(s->ends[part], &seed, sizeof seed);
        s->ends[part] += sizeof seed;
    }
    return TT_OK;
}

static size_t count_last(chunk *c, const char *end)
{
    return (size_t)(end - end_of(c, 0)) / sizeof(tti_seed);
}

size_t tti_partition_buffers_count(const tti_partition_buffers *s, uint32_t part)
{
    char *end = s->ends == NULL ? NULL : s->ends[part];
    chunk *c = chunk_of(end);
    return c == NULL ? 0 : (size_t)c->number * OF_A_CHUNK + count_last(c, end);
}

tti_seed *tti_partition_buffers_copy(const tti_partition_buffers *s, uint32_t part, tti_seed *out)
{
    tti_seed *const end = out + tti_partition_buffers_count(s, part);
    tti_seed *at = end;
    chunk *c = s->ends == NULL ? NULL : chunk_of(s->ends[part]);
    size_t count = c == NULL ? 0 : count_last(c, s->ends[part]);
    for (; c != NULL; c = c->before, count = OF_A_CHUNK) {
        at -= count;
        memcpy(at, c->at, count * sizeof *at);
    }
    return end;
}

void tti_partition_buffers_free(tti_partition_buffers *s)
{
    const tt_allocator *a = s->allocator;
    for (size_t k = 0; k < s->block_count; k++)
        tti_release(a, s->blocks[k], BLOCK, 1);
    tti_release(a, s->blocks, s->block_capacity, sizeof *s->blocks);
    tti_release(a, s->ends, TTI_POSTINGS_PARTITIONS, sizeof *s->ends);
    *s = (tti_partition_buffers){.allocator = a};
}
