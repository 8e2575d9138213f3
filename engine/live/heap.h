/*
 * Memory for what is kept of articles: cut from large chunks, in order of arrival, and given back a
 * chunk at a time once nothing in it is kept any more. Articles leave about in the order in which
 * they came, so that few chunks are held by a few.
 */
#ifndef TTI_HEAP_H
#define TTI_HEAP_H

#include "twicetold.h"

typedef struct tti_chunk tti_chunk;

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_heap {
    const tt_allocator *allocator;
    tti_chunk *chunks; /**< all, the latest first */
    tti_chunk *open;   /**< the one that is cut from, or NULL */
    uint64_t bytes;    /**< of the chunks */
    size_t least;      /**< bytes of a new chunk, or more; 0: by how many there are */
} tti_heap;

/** `size` bytes, aligned as for uint64_t. *of: what tti_heap_give() is to be told. @return NULL:
 * out of memory */
void *tti_heap_take(tti_heap *heap, size_t size, tti_chunk **of);
/** Gives back what was taken from a chunk of this heap. */
void tti_heap_give(tti_heap *heap, tti_chunk *of, size_t size);
/** Moves all chunks of another heap, which is empty then. */
void tti_heap_join(tti_heap *heap, tti_heap *other);
/** Gives back everything. */
void tti_heap_free(tti_heap *heap);

#endif
