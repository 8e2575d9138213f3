/* Stretches of bytes that are kept together: in memory (arena.h) or in a file (spill.h). */
#ifndef TTI_PIECE_H
#define TTI_PIECE_H

#include <stddef.h>

typedef struct tti_piece {
    const void *data;
    size_t size;
} tti_piece;

/** Bytes that a piece takes where it is kept. */
static inline size_t tti_piece_room(size_t size)
{
    return (size + 15) / 16 * 16;
}

#endif
