#include "ids.h"

#include "common/alloc.h"
#include "common/fail.h"

#include <string.h>

enum { LEAST_SLOTS = 64, HASH_BITS = 32 };

static uint32_t hash_id(const char *id, size_t size, uint32_t flags)
{
    return (uint32_t)(XXH3_64bits_withSeed(id, size, flags & TT_ARTICLE_INTEGER_ID) >> 32);
}

tti_id tti_id_of(const tt_article *x)
{
    return (tti_id){x->id, x->id_size, x->flags & TT_ARTICLE_INTEGER_ID,
                    hash_id(x->id, x->id_size, x->flags)};
}

static int has_id(const tti_article *x, const tti_id *id)
{
    return x->id_size == id->size && memcmp(x->id, id->bytes, id->size) == 0 &&
           (x->flags & TT_ARTICLE_INTEGER_ID) == id->flags;
}

uint64_t *tti_ids_find(const tti_ids *ids, const tti_article *articles, const tti_id *id)
{
    size_t slot = id->hash >> ids->shift;
    for (; ids->slots[slot] != 0; slot = (slot + 1) & (ids->count - 1))
        if (ids->slots[slot] >> 32 == id->hash &&
            has_id(&articles[(uint32_t)ids->slots[slot] - 1], id))
            break;
    return &ids->slots[slot];
}

/* Slots go by the upper bits of the hash, so that their order stays. */
static void move_slots(const tti_ids *from, tti_ids *to)
{
    for (size_t k = 0; k < from->count; k++) {
        size_t slot = (size_t)(from->slots[k] >> 32 >> to->shift);
        if (from->slots[k] == 0)
            continue;
        while (to->slots[slot] != 0)
            slot = (slot + 1) & (to->count - 1);
        to->slots[slot] = from->slots[k];
    }
}

tt_status tti_ids_reserve(tti_ids *ids, const tt_allocator *a, size_t articles, tt_error *error)
{
    tti_ids grown = {NULL, LEAST_SLOTS, 0};
    while (grown.count < articles * 2)
        grown.count *= 2;
    if (grown.count <= ids->count)
        return TT_OK;
    grown.slots = tti_alloc_zero(a, grown.count, sizeof *grown.slots);
    if (grown.slots == NULL)
        return tti_fail_memory(error, "ids");
    for (grown.shift = HASH_BITS; grown.count >> (HASH_BITS - grown.shift) > 1;)
        grown.shift--;
    move_slots(ids, &grown);
    tti_ids_free(ids, a);
    *ids = grown;
    return TT_OK;
}

void tti_ids_free(tti_ids *ids, const tt_allocator *a)
{
    tti_release(a, ids->slots, ids->count, sizeof *ids->slots);
    memset(ids, 0, sizeof *ids);
}
