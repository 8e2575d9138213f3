#include "util/arena.h"

#include "util/alloc.h"

#include <string.h>

/* Blocks grow with what they hold: a small build needs little. */
enum { MIN_BLOCK_SIZE = 64 << 10, MAX_BLOCK_SIZE = 32 << 20 };

static tti_arena_block *last_block(const tti_arena *a)
{
    return a->count > 0 ? &a->blocks[a->count - 1] : NULL;
}

static int append_arena_block(tti_arena *a, size_t need)
{
    size_t size = a->total < MIN_BLOCK_SIZE   ? MIN_BLOCK_SIZE
                  : a->total < MAX_BLOCK_SIZE ? a->total
                                              : MAX_BLOCK_SIZE;
    tti_arena_block block = {NULL, 0, 0};
    if (size < need)
        size = need;
    if (tti_reserve(a->allocator, &a->blocks, &a->capacity, a->count + 1, sizeof *a->blocks) != 0)
        return -1;
    block.bytes = tti_alloc(a->allocator, size, 1);
    if (block.bytes == NULL)
        return -1;
    block.size = size;
    a->blocks[a->count++] = block;
    a->total += size;
    return 0;
}

const char *tti_arena_copy(tti_arena *a, const tti_slice *pieces, size_t count)
{
    size_t need = 0;
    char *at;
    for (size_t k = 0; k < count; k++)
        need += tti_slice_padded_size(pieces[k].size);
    if ((a->count == 0 || last_block(a)->size - last_block(a)->used < need) &&
        append_arena_block(a, need) != 0)
        return NULL;
    at = last_block(a)->bytes + last_block(a)->used;
    last_block(a)->used += need;
    for (size_t k = 0; k < count; k++) {
        if (pieces[k].size > 0)
            memcpy(at, pieces[k].data, pieces[k].size);
        at += tti_slice_padded_size(pieces[k].size);
    }
    return at - need;
}

void tti_arena_rewind(tti_arena *a, const char *kept)
{
    last_block(a)->used = (size_t)(kept - last_block(a)->bytes);
}

void tti_arena_free(tti_arena *a)
{
    for (size_t k = 0; k < a->count; k++)
        tti_release(a->allocator, a->blocks[k].bytes, a->blocks[k].size, 1);
    tti_release(a->allocator, a->blocks, a->capacity, sizeof *a->blocks);
    a->blocks = NULL;
    a->count = a->capacity = a->total = 0;
}
