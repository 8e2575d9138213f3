#include "output/id_map.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static const size_t MOST_IDS = UINT32_MAX - 1;

static void fill_slot(uint32_t *slots, size_t slot_count, tti_hash128 key, uint32_t value)
{
    size_t i = key.low & (slot_count - 1);
    while (slots[i] != 0)
        i = (i + 1) & (slot_count - 1);
    slots[i] = value;
}

/* Keeps at least half of the slots free. */
static int grow_id_slots(tti_id_map *n)
{
    const size_t slot_count = n->slot_count == 0 ? 1024 : n->slot_count * 2;
    uint32_t *slots;
    if (n->count * 2 < n->slot_count)
        return 0;
    slots = tti_alloc_zero(n->allocator, slot_count, sizeof *slots);
    if (slots == NULL)
        return -1;
    for (size_t i = 0; i < n->count; i++)
        fill_slot(slots, slot_count, n->keys[i], (uint32_t)i + 1);
    tti_release(n->allocator, n->slots, n->slot_count, sizeof *n->slots);
    n->slots = slots;
    n->slot_count = slot_count;
    return 0;
}

/* Its slot: of the name, or the free one where it would go. */
static size_t find_id_slot(const tti_id_map *n, tti_hash128 key)
{
    size_t i = key.low & (n->slot_count - 1);
    while (n->slots[i] != 0 && !tti_hash128_equal(n->keys[n->slots[i] - 1], key))
        i = (i + 1) & (n->slot_count - 1);
    return i;
}

static tti_hash128 hash_of_id(int integer, const char *id, size_t size)
{
    const XXH128_hash_t hash = XXH3_128bits_withSeed(id, size, integer ? 1 : 0);
    return (tti_hash128){hash.low64, hash.high64};
}

tt_status tti_id_map_add(tti_id_map *n, int integer, const char *id, size_t size, uint32_t *number,
                         tt_error *error)
{
    const tti_hash128 key = hash_of_id(integer, id, size);
    size_t slot;
    if (grow_id_slots(n) != 0 ||
        tti_reserve(n->allocator, &n->keys, &n->capacity, n->count + 1, sizeof *n->keys) != 0)
        return tti_fail_memory(error, "the ids");
    slot = find_id_slot(n, key);
    if (n->slots[slot] == 0) {
        if (n->count == MOST_IDS)
            return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many articles");
        n->keys[n->count++] = key;
        n->slots[slot] = (uint32_t)n->count;
    }
    *number = n->slots[slot] - 1;
    return TT_OK;
}

uint32_t tti_id_map_find(const tti_id_map *n, int integer, const char *id, size_t size)
{
    const uint32_t found =
        n->count == 0 ? 0 : n->slots[find_id_slot(n, hash_of_id(integer, id, size))];
    return found == 0 ? TTI_ID_MAP_NONE : found - 1;
}

void tti_id_map_free(tti_id_map *n)
{
    tti_release(n->allocator, n->keys, n->capacity, sizeof *n->keys);
    tti_release(n->allocator, n->slots, n->slot_count, sizeof *n->slots);
    memset(n, 0, sizeof *n);
}
