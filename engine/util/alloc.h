/* Memory through the caller's allocator, always as a checked count * size. */
#ifndef TTI_UTIL_ALLOC_H
#define TTI_UTIL_ALLOC_H

#include "twicetold.h"

/** libc's malloc, realloc and free as an allocator. */
extern const tt_allocator tti_libc_allocator;

/** `count` elements of `size` bytes; count 0 gives room for one. NULL: out of memory. */
void *tti_alloc(const tt_allocator *a, size_t count, size_t size);

/** The same, zeroed. */
void *tti_alloc_zero(const tt_allocator *a, size_t count, size_t size);

/** Gives back what tti_alloc gave for the same count and size. NULL is allowed. */
void tti_release(const tt_allocator *a, void *p, size_t count, size_t size);

/**
 * Makes room for at least `need` elements in the array *p of *capacity elements, growing by half
 * again so that appending is linear. @return 0, or -1 with everything as it was.
 */
int tti_reserve(const tt_allocator *a, void *p, size_t *capacity, size_t need, size_t size);

/** Shrinks or grows *p to exactly `count` elements (at least one). @return 0, or -1 unchanged. */
int tti_resize(const tt_allocator *a, void *p, size_t *capacity, size_t count, size_t size);

/* ---- For util/array.h ------------------------------------------------------------------------ */

/** Makes an array `n` items of `size` bytes long; `items` points to the pointer to them. @return
 * TT_OK, TT_ENOMEM */
tt_status tti_array_set_count(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                              size_t n, size_t size);
/** Appends `n` items from `from`. @return TT_OK, TT_ENOMEM */
tt_status tti_array_copy_in(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                            const void *from, size_t n, size_t size);

/* ---- Slices ---------------------------------------------------------------------------------- */

/** Bytes that are stored side by side with others: in an arena, or in a file (spill.h). */
typedef struct tti_slice {
    const void *data;
    size_t size;
} tti_slice;

/** Bytes that a slice takes where it is stored. */
static inline size_t tti_slice_padded_size(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* ---- An arena -------------------------------------------------------------------------------- */

/*
 * Memory that is only added to: copies of what is made in scratch, side by side in blocks large
 * enough for huge pages, so that scratch stays in the cache and little memory is touched for the
 * first time.
 */
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

/** Copies the slices, each to tti_slice_padded_size() after the one before. @return where, or NULL:
 * out of memory */
const char *tti_arena_copy(tti_arena *arena, const tti_slice *slices, size_t count);

/** Frees the copy that was made last, at `kept`. */
void tti_arena_rewind(tti_arena *arena, const char *kept);

void tti_arena_free(tti_arena *arena);

#endif
