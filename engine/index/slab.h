/*
 * Memory for what is kept of articles: cut from large chunks, in order of arrival, and given back a
 * chunk at a time once nothing in it is kept any more. Articles leave about in the order in which
 * they came, so that few chunks are held by a few.
 */
#ifndef TTI_INDEX_SLAB_H
#define TTI_INDEX_SLAB_H

#include "twicetold.h"

typedef struct tti_slab_chunk tti_slab_chunk;

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_slab {
    const tt_allocator *allocator;
    tti_slab_chunk *chunks; /**< all, the latest first */
    tti_slab_chunk *open;   /**< the one that is cut from, or NULL */
    uint64_t bytes;         /**< of the chunks */
    size_t least;           /**< bytes of a new chunk, or more; 0: by how many there are */
} tti_slab;

/** `size` bytes, aligned as for uint64_t. *of: what tti_slab_release() is to be told. @return NULL:
 * out of memory */
void *tti_slab_alloc(tti_slab *slab, size_t size, tti_slab_chunk **of);
/** Gives back what was taken from a chunk of this heap. */
void tti_slab_release(tti_slab *slab, tti_slab_chunk *of, size_t size);
/** Moves all chunks of another heap, which is empty then. */
void tti_slab_merge(tti_slab *slab, tti_slab *other);
/** Gives back everything. */
void tti_slab_free(tti_slab *slab);

#endif
