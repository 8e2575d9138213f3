/*
 * Memory that is only added to: copies of what is made in scratch, side by side in blocks large
 * enough for huge pages, so that scratch stays warm and little is touched for the first time.
 */
#ifndef TTI_UTIL_ARENA_H
#define TTI_UTIL_ARENA_H

#include "twicetold.h"
#include "util/slice.h"

typedef struct tti_arena_block {
    char *bytes;
    size_t used, size;
} tti_arena_block;

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_arena {
    const tt_allocator *allocator;
    tti_arena_block *blocks;
    size_t count, capacity;
    size_t total; /**< bytes of all blocks */
} tti_arena;

/** Copies the pieces, each to tti_slice_padded_size() after the one before. @return where, or NULL:
 * out of memory */
const char *tti_arena_copy(tti_arena *arena, const tti_slice *pieces, size_t count);

/** Takes back what was kept last. */
void tti_arena_rewind(tti_arena *arena, const char *kept);

void tti_arena_free(tti_arena *arena);

#endif
