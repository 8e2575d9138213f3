#include "util/table.h"

#include "util/alloc.h"

enum { MIN_SLOTS = 64 };

#define HOME_OF(slot, count) ((slot)->hash & ((count)-1))
#define IS_USED(slot, base) ((slot)->value > (base))
TTI_PROBING(table, tti_table_slot, HOME_OF, IS_USED)

void tti_table_free(tti_table *t)
{
    tti_release(t->allocator, t->slots, t->capacity, sizeof *t->slots);
    *t = (tti_table){.allocator = t->allocator};
}

/* The power of 2 that leaves half of the slots unused; 0 where no size_t does. */
static size_t slots_for(size_t count)
{
    size_t slots = MIN_SLOTS;
    while (slots / 2 < count && slots <= SIZE_MAX / 2)
        slots *= 2;
    return slots / 2 < count ? 0 : slots;
}

/* Moves all to `slots` new slots. */
static tt_status grow_table(tti_table *t, size_t slots)
{
    tti_table_slot *grown = slots == 0 ? NULL : tti_alloc_zero(t->allocator, slots, sizeof *grown);
    if (grown == NULL)
        return TT_ENOMEM;
    table_rehash(t->slots, t->slot_count, grown, slots, t->base);
    tti_release(t->allocator, t->slots, t->capacity, sizeof *t->slots);
    t->slots = grown;
    t->slot_count = t->capacity = slots;
    return TT_OK;
}

tt_status tti_table_reserve(tti_table *t, size_t count)
{
    if (count <= t->slot_count / 2)
        return TT_OK;
    return grow_table(t, slots_for(count));
}

void tti_table_clear(tti_table *t)
{
    t->base += t->limit; /* no value is greater: see tti_table_add() */
    t->limit = 0;
    t->used = 0;
}

tt_status tti_table_reset(tti_table *t, size_t count)
{
    const size_t slots = slots_for(count);
    tti_table_clear(t);
    if (slots > t->capacity || slots == 0) {
        t->slot_count = 0; /* nothing is moved */
        if (grow_table(t, slots) == TT_OK)
            return TT_OK;
        t->slot_count = t->capacity;
        return TT_ENOMEM;
    }
    t->slot_count = slots;
    return TT_OK;
}

/* The slots beyond slot_count too: they are unused, and must be so when the base is 0. */
void tti_table_rebase(tti_table *t)
{
    for (size_t k = 0; k < t->capacity; k++)
        t->slots[k].value = t->slots[k].value > t->base ? t->slots[k].value - t->base : 0;
    t->base = 0;
}

void tti_table_remove(tti_table *t, uint32_t hash, uint32_t number)
{
    size_t at = hash & (t->slot_count - 1);
    while (t->slots[at].value != t->base + number + 1) {
        assert(t->slots[at].value > t->base);
        at = tti_next_slot(at, t->slot_count);
    }
    table_remove_slot(t->slots, t->slot_count, &t->slots[at], t->base);
    t->used--;
}
