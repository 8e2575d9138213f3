/* Stretches of bytes that are kept together: in memory (arena.h) or in a file (spill.h). */
#ifndef TTI_UTIL_SLICE_H
#define TTI_UTIL_SLICE_H

#include <stddef.h>

typedef struct tti_slice {
    const void *data;
    size_t size;
} tti_slice;

/** Bytes that a piece takes where it is kept. */
static inline size_t tti_slice_padded_size(size_t size)
{
    return (size + 15) / 16 * 16;
}

#endif
