#include "live/sieve.h"

#include "common/alloc.h"
#include "common/fail.h"

#include <string.h>

enum {
    OF_A_CHUNK = 63,       /* with its head 768 bytes */
    BLOCK_CHUNKS = 1 << 13 /* 6 MiB, enough for huge pages */
};

struct tti_sieve_chunk {
    tti_sieve_chunk *before;
    uint32_t count;
    tti_seed at[OF_A_CHUNK];
};

static int add_block(tti_sieve *s)
{
    void *block;
    if (tti_reserve(s->allocator, &s->blocks, &s->block_capacity, s->block_count + 1,
                    sizeof *s->blocks) != 0)
        return -1;
    block = tti_alloc(s->allocator, BLOCK_CHUNKS, sizeof(tti_sieve_chunk));
    if (block == NULL)
        return -1;
    s->blocks[s->block_count++] = block;
    s->used = 0;
    return 0;
}

static int add_chunk(tti_sieve *s, uint32_t part)
{
    tti_sieve_chunk *chunk;
    if ((s->block_count == 0 || s->used == BLOCK_CHUNKS) && add_block(s) != 0)
        return -1;
    chunk = (tti_sieve_chunk *)s->blocks[s->block_count - 1] + s->used++;
    chunk->before = s->parts[part];
    chunk->count = 0;
    s->parts[part] = chunk;
    return 0;
}

static int make_parts(tti_sieve *s)
{
    if (s->parts == NULL)
        s->parts = tti_alloc_zero(s->allocator, TTI_SIEVE_PARTS, sizeof *s->parts);
    if (s->counts == NULL)
        s->counts = tti_alloc_zero(s->allocator, TTI_SIEVE_PARTS, sizeof *s->counts);
    return s->parts == NULL || s->counts == NULL ? -1 : 0;
}

tt_status tti_sieve_add(tti_sieve *s, const tti_sample *x, uint32_t doc, tt_error *error)
{
    if (make_parts(s) != 0)
        return tti_fail_memory(error, "seeds");
    for (size_t k = 0; k < x->count; k++) {
        const uint32_t place = x->places[k], part = x->parts[place] & (TTI_SIEVE_PARTS - 1);
        tti_sieve_chunk *chunk = s->parts[part];
        if (chunk == NULL || chunk->count == OF_A_CHUNK) {
            if (add_chunk(s, part) != 0)
                return tti_fail_memory(error, "seeds");
            chunk = s->parts[part];
        }
        chunk->at[chunk->count++] = (tti_seed){x->keys[place], doc, place};
        s->counts[part]++;
    }
    return TT_OK;
}

tti_seed *tti_sieve_list(const tti_sieve *s, uint32_t part, tti_seed *out)
{
    tti_seed *end, *at;
    if (s->parts == NULL)
        return out;
    at = end = out + s->counts[part];
    for (const tti_sieve_chunk *c = s->parts[part]; c != NULL; c = c->before) {
        at -= c->count;
        memcpy(at, c->at, c->count * sizeof *at);
    }
    return end;
}

void tti_sieve_free(tti_sieve *s)
{
    const tt_allocator *a = s->allocator;
    for (size_t k = 0; k < s->block_count; k++)
        tti_release(a, s->blocks[k], BLOCK_CHUNKS, sizeof(tti_sieve_chunk));
    tti_release(a, s->blocks, s->block_capacity, sizeof *s->blocks);
    tti_release(a, s->parts, TTI_SIEVE_PARTS, sizeof *s->parts);
    tti_release(a, s->counts, TTI_SIEVE_PARTS, sizeof *s->counts);
    *s = (tti_sieve){.allocator = a};
}
