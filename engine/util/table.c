#include "util/table.h"

#include "util/alloc.h"

#include <string.h>

void tti_table_free(tti_table *s)
{
    tti_release(s->allocator, s->slots, s->slot_count, sizeof *s->slots);
    s->slots = NULL;
    s->slot_count = s->used = 0;
}

static void insert_slot(tti_table *s, tti_table_slot x)
{
    size_t at = x.hash & (s->slot_count - 1);
    while (s->slots[at].value != 0)
        at = (at + 1) & (s->slot_count - 1);
    s->slots[at] = x;
}

int tti_table_reserve(tti_table *s, size_t count)
{
    const size_t old_count = s->slot_count;
    tti_table_slot *old = s->slots, *grown;
    size_t slots = old_count < 64 ? 64 : old_count;
    while (slots < count * 2)
        slots *= 2;
    if (slots == old_count)
        return 0;
    grown = tti_alloc_zero(s->allocator, slots, sizeof *grown);
    if (grown == NULL)
        return -1;
    s->slots = grown;
    s->slot_count = slots;
    for (size_t k = 0; k < old_count; k++)
        if (old[k].value != 0)
            insert_slot(s, old[k]);
    tti_release(s->allocator, old, old_count, sizeof *old);
    return 0;
}

uint32_t tti_table_find(const tti_table *s, uint32_t hash, tti_table_equal_fn equal,
                        const void *ctx, const void *key)
{
    size_t at;
    if (s->slot_count == 0)
        return UINT32_MAX;
    at = hash & (s->slot_count - 1);
    for (; s->slots[at].value != 0; at = (at + 1) & (s->slot_count - 1))
        if (s->slots[at].hash == hash && equal(ctx, s->slots[at].value - 1, key))
            return s->slots[at].value - 1;
    return UINT32_MAX;
}

void tti_table_add(tti_table *s, uint32_t hash, uint32_t value)
{
    insert_slot(s, (tti_table_slot){hash, value + 1});
    s->used++;
}

void tti_table_remove(tti_table *s, uint32_t hash, uint32_t value)
{
    const size_t mask = s->slot_count - 1;
    size_t hole = hash & mask;
    while (s->slots[hole].value != value + 1)
        hole = (hole + 1) & mask;
    for (size_t at = (hole + 1) & mask; s->slots[at].value != 0; at = (at + 1) & mask) {
        const size_t home = s->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) { /* it may stand in the hole */
            s->slots[hole] = s->slots[at];
            hole = at;
        }
    }
    s->slots[hole].value = 0;
    s->used--;
}

void tti_table_clear(tti_table *s)
{
    if (s->slot_count > 0)
        memset(s->slots, 0, s->slot_count * sizeof *s->slots);
    s->used = 0;
}
