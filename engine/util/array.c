#include "util/array.h"

tt_status tti_array_set_count(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                              size_t n, size_t size)
{
    if (tti_reserve(a, items, capacity, n, size) != 0)
        return TT_ENOMEM;
    *count = n;
    return TT_OK;
}

tt_status tti_array_copy_in(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                            const void *from, size_t n, size_t size)
{
    char *to;
    if (n == 0)
        return TT_OK;
    if (tti_array_grow(a, items, capacity, *count, n, size) != TT_OK)
        return TT_ENOMEM;
    memcpy(&to, items, sizeof to); /* `items` may point to a pointer of any type */
    memcpy(to + *count * size, from, n * size);
    *count += n;
    return TT_OK;
}
