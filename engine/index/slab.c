#include "index/slab.h"

#include "util/alloc.h"

#include <assert.h>

enum {
    MIN_CHUNK = 1 << 16,
    MAX_CHUNK = 1 << 22,
    CHUNK_SHARE = 16 /* of the bytes that there are, between the two */
};

struct tti_slab_chunk {
    tti_slab_chunk *previous, *next; /* in the list of all */
    size_t size, used;               /* bytes, this head included */
    size_t taken;                    /* bytes of pieces that were not released */
};

/* A piece of no bytes takes some, too, so that its chunk is not freed before it is released. */
static size_t round_up(size_t size)
{
    return size == 0 ? 8 : (size + 7) & ~(size_t)7;
}

static size_t choose_chunk_size(const tti_slab *s, size_t need)
{
    size_t size = s->least;
    if (size == 0) {
        size = (size_t)(s->bytes / CHUNK_SHARE) & ~(size_t)(MIN_CHUNK - 1);
        size = size < MIN_CHUNK ? MIN_CHUNK : size > MAX_CHUNK ? MAX_CHUNK : size;
    }
    return need > size - sizeof(tti_slab_chunk) ? need + sizeof(tti_slab_chunk) : size;
}

static void free_chunk(tti_slab *s, tti_slab_chunk *c)
{
    *(c->previous == NULL ? &s->chunks : &c->previous->next) = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    if (s->open == c)
        s->open = NULL;
    s->bytes -= c->size;
    tti_release(s->allocator, c, c->size, 1);
}

static tti_slab_chunk *add_chunk(tti_slab *s, size_t need)
{
    const size_t size = choose_chunk_size(s, need);
    tti_slab_chunk *c = tti_alloc(s->allocator, size, 1);
    if (c == NULL)
        return NULL;
    *c = (tti_slab_chunk){.next = s->chunks, .size = size, .used = sizeof *c};
    if (s->chunks != NULL)
        s->chunks->previous = c;
    s->chunks = c;
    s->bytes += size;
    return c;
}

void *tti_slab_alloc(tti_slab *s, size_t size, tti_slab_chunk **chunk)
{
    const size_t need = round_up(size);
    tti_slab_chunk *c = s->open, *full = c;
    void *piece;
    if (c == NULL || c->size - c->used < need) {
        c = add_chunk(s, need);
        if (c == NULL)
            return NULL;
        s->open = c;
        if (full != NULL && full->taken == 0)
            free_chunk(s, full);
    }
    piece = (char *)c + c->used;
    c->used += need;
    c->taken += need;
    *chunk = c;
    return piece;
}

/* The open chunk is used again when it is empty, unless it was made for one long piece. */
static int reuse_chunk(tti_slab *s, tti_slab_chunk *c)
{
    if (c != s->open || c->size > choose_chunk_size(s, 0))
        return 0;
    c->used = sizeof *c;
    c->taken = 0;
    return 1;
}

void tti_slab_release(tti_slab *s, tti_slab_chunk *c, size_t size)
{
    assert(c->taken >= round_up(size));
    c->taken -= round_up(size);
    if (c->taken == 0 && !reuse_chunk(s, c))
        free_chunk(s, c);
}

void tti_slab_clear(tti_slab *s)
{
    tti_slab_chunk *next;
    for (tti_slab_chunk *c = s->chunks; c != NULL; c = next) {
        next = c->next;
        if (c != s->open)
            free_chunk(s, c);
    }
    if (s->open != NULL && !reuse_chunk(s, s->open))
        free_chunk(s, s->open);
}

void tti_slab_merge(tti_slab *s, tti_slab *other)
{
    tti_slab_chunk *last = other->chunks;
    if (last == NULL)
        return;
    while (last->next != NULL)
        last = last->next;
    last->next = s->chunks;
    if (s->chunks != NULL)
        s->chunks->previous = last;
    s->chunks = other->chunks;
    s->bytes += other->bytes;
    if (s->open == NULL)
        s->open = other->open;
    else if (other->open != NULL && other->open->taken == 0)
        free_chunk(s, other->open);
    other->chunks = other->open = NULL;
    other->bytes = 0;
}

void tti_slab_free(tti_slab *s)
{
    while (s->chunks != NULL)
        free_chunk(s, s->chunks);
}
