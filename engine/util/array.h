/*
 * Growable arrays of any type, over the caller's allocator.
 *
 *     TTI_ARRAY(uint32_t) docs = {0};                  a variable or a field; zeroed, it is empty
 *     TTI_TRY_ALLOC(tti_array_push(&docs, a, 7), error, "documents");
 *     for (size_t k = 0; k < docs.count; k++)
 *         use(docs.items[k]);
 *     tti_array_free(&docs, a);
 *
 * A call that fails leaves the array as it was. The operations are macros, so that they work for
 * every type; each evaluates the array's address more than once and its other arguments once.
 */
#ifndef TTI_UTIL_ARRAY_H
#define TTI_UTIL_ARRAY_H

#include "util/alloc.h"

#include <assert.h>

/** The type of an array of `type`. `items` is NULL until something is added. */
#define TTI_ARRAY(type)                                                                            \
  struct {                                                                                         \
    type *items;                                                                                   \
    size_t count, capacity;                                                                        \
  }

/** Makes room for `more` items after the last one. @return TT_OK, TT_ENOMEM */
#define tti_array_reserve(array, allocator, more)                                                  \
  tti_array_grow(allocator, &(array)->items, &(array)->capacity, (array)->count, more,             \
                 sizeof *(array)->items)

/** Appends a value. @return TT_OK, TT_ENOMEM */
#define tti_array_push(array, allocator, ...)                                                      \
  (tti_array_reserve(array, allocator, 1) != TT_OK                                                 \
       ? TT_ENOMEM                                                                                 \
       : ((array)->items[(array)->count] = (__VA_ARGS__), (array)->count++, TT_OK))

/** Appends `n` items copied from `from`, which may be NULL if n is 0. @return TT_OK, TT_ENOMEM */
#define tti_array_append(array, allocator, from, n)                                                \
  tti_array_copy_in(allocator, &(array)->items, &(array)->capacity, &(array)->count,               \
                    1 ? (from) : (array)->items, n, sizeof *(array)->items)

/** Makes the array `n` items long; those that are new hold anything. @return TT_OK, TT_ENOMEM */
#define tti_array_resize(array, allocator, n)                                                      \
  tti_array_set_count(allocator, &(array)->items, &(array)->capacity, &(array)->count, n,          \
                      sizeof *(array)->items)

/** Gives back the memory beyond the last item, if the allocator can. */
#define tti_array_shrink(array, allocator)                                                         \
  ((array)->count < (array)->capacity                                                              \
       ? (void)tti_resize(allocator, &(array)->items, &(array)->capacity, (array)->count,          \
                          sizeof *(array)->items)                                                  \
       : (void)0)

/** The item at an index that comes from data: asserted to be in the array. */
#define tti_array_at(array, index) ((array)->items[tti_checked_index(index, (array)->count)])

/** The last item of an array that is not empty. */
#define tti_array_last(array)                                                                      \
  ((array)->items[tti_checked_index(0, (array)->count) + (array)->count - 1])

/** Frees the items and empties the array, which can be used again. */
#define tti_array_free(array, allocator)                                                           \
  (tti_release(allocator, (array)->items, (array)->capacity, sizeof *(array)->items),              \
   (array)->items = NULL, (void)((array)->count = (array)->capacity = 0))

/* ---- What the macros call -------------------------------------------------------------------- */

static inline size_t tti_checked_index(size_t index, size_t count)
{
    assert(index < count);
    (void)count;
    return index;
}

/** Room for `more` items after `count`. `items` points to the pointer. @return TT_OK, TT_ENOMEM */
static inline tt_status tti_array_grow(const tt_allocator *a, void *items, size_t *capacity,
                                       size_t count, size_t more, size_t size)
{
    if (more <= *capacity - count)
        return TT_OK;
    return more <= SIZE_MAX - count && tti_reserve(a, items, capacity, count + more, size) == 0
               ? TT_OK
               : TT_ENOMEM;
}

#endif
