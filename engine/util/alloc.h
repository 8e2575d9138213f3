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

#endif
