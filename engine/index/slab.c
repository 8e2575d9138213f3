#include "index/slab.h"

#include "util/alloc.h"

enum { LEAST = 1 << 16, MOST = 1 << 22, SHARE = 16 };

struct tti_slab_chunk {
    tti_slab_chunk *before, *after; /* in the list of all */
    size_t size, used;              /* bytes, with this head */
    size_t kept;                    /* bytes that were not given back */
};

/* Nothing takes some room too, so that its chunk is not given back before it. */
static size_t round_up(size_t size)
{
    return size == 0 ? 8 : (size + 7) & ~(size_t)7;
}

static size_t chunk_size(const tti_slab *h, size_t need)
{
    size_t size = h->least;
    if (size == 0) {
        size = (size_t)(h->bytes / SHARE) & ~(size_t)(LEAST - 1);
        size = size < LEAST ? LEAST : size > MOST ? MOST : size;
    }
    return need > size - sizeof(tti_slab_chunk) ? need + sizeof(tti_slab_chunk) : size;
}

static void drop_chunk(tti_slab *h, tti_slab_chunk *c)
{
    *(c->before == NULL ? &h->chunks : &c->before->after) = c->after;
    if (c->after != NULL)
        c->after->before = c->before;
    if (h->open == c)
        h->open = NULL;
    h->bytes -= c->size;
    tti_release(h->allocator, c, c->size, 1);
}

static tti_slab_chunk *add_chunk(tti_slab *h, size_t need)
{
    const size_t size = chunk_size(h, need);
    tti_slab_chunk *c = tti_alloc(h->allocator, size, 1);
    if (c == NULL)
        return NULL;
    *c = (tti_slab_chunk){.after = h->chunks, .size = size, .used = sizeof *c};
    if (h->chunks != NULL)
        h->chunks->before = c;
    h->chunks = c;
    h->bytes += size;
    return c;
}

void *tti_slab_alloc(tti_slab *h, size_t size, tti_slab_chunk **of)
{
    const size_t room = round_up(size);
    tti_slab_chunk *c = h->open, *full = c;
    void *taken;
    if (c == NULL || c->size - c->used < room) {
        c = add_chunk(h, room);
        if (c == NULL)
            return NULL;
        h->open = c;
        if (full != NULL && full->kept == 0)
            drop_chunk(h, full);
    }
    taken = (char *)c + c->used;
    c->used += room;
    c->kept += room;
    *of = c;
    return taken;
}

/* An empty chunk stays to be cut from, but not what one long article took. */
void tti_slab_release(tti_slab *h, tti_slab_chunk *c, size_t size)
{
    c->kept -= round_up(size);
    if (c->kept > 0)
        return;
    if (c == h->open && c->size <= chunk_size(h, 0))
        c->used = sizeof *c;
    else
        drop_chunk(h, c);
}

void tti_slab_merge(tti_slab *h, tti_slab *other)
{
    tti_slab_chunk *last = other->chunks;
    if (last == NULL)
        return;
    while (last->after != NULL)
        last = last->after;
    last->after = h->chunks;
    if (h->chunks != NULL)
        h->chunks->before = last;
    h->chunks = other->chunks;
    h->bytes += other->bytes;
    if (h->open == NULL)
        h->open = other->open;
    else if (other->open != NULL && other->open->kept == 0)
        drop_chunk(h, other->open);
    other->chunks = other->open = NULL;
    other->bytes = 0;
}

void tti_slab_free(tti_slab *h)
{
    while (h->chunks != NULL)
        drop_chunk(h, h->chunks);
}
