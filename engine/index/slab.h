/*
 * Memory cut from large chunks, one piece after another. A chunk is freed once all of its pieces
 * have been released. Pieces that are released about in the order in which they were taken, as
 * those of articles are, leave few chunks that a few pieces hold.
 */
#ifndef TTI_INDEX_SLAB_H
#define TTI_INDEX_SLAB_H

#include "twicetold.h"

typedef struct tti_slab_chunk tti_slab_chunk;

/** Zeroed, with its allocator set, it is empty. */
typedef struct tti_slab {
    const tt_allocator *allocator;
    tti_slab_chunk *chunks; /**< all, the latest first */
    tti_slab_chunk *open;   /**< the one that pieces are cut from, or NULL */
    uint64_t bytes;         /**< of the chunks */
    size_t least;           /**< least bytes of a new chunk; 0: follows from `bytes` */
} tti_slab;

/** `size` bytes, aligned as a uint64_t is. *chunk: what tti_slab_release() takes. @return NULL: out
 * of memory */
void *tti_slab_alloc(tti_slab *slab, size_t size, tti_slab_chunk **chunk);
/** Releases a piece of `size` bytes that was cut from a chunk of this slab. */
void tti_slab_release(tti_slab *slab, tti_slab_chunk *chunk, size_t size);
/** Releases all pieces. A chunk that is not too large is kept for the next ones. */
void tti_slab_clear(tti_slab *slab);
/** Takes over all chunks of another slab, and leaves that empty. */
void tti_slab_merge(tti_slab *slab, tti_slab *other);
/** Frees everything. */
void tti_slab_free(tti_slab *slab);

#endif
