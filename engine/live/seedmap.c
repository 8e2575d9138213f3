/*
 * A slot holds a seed's key and its only place, or the list of its places. Keys are the least of
 * their windows, so their high bits are mostly zero: they are mixed before they choose a slot.
 */
#include "live/seedmap.h"

#include "common/alloc.h"
#include "common/fail.h"

#include <string.h>

typedef struct list {
    uint32_t capacity;
    tti_posting at[];
} list;

typedef struct slot {
    uint32_t key, count; /* count 0: empty */
    union {
        tti_posting one; /* count 1 */
        list *many;
    } places;
} slot;

struct tti_seedmap_part {
    slot *slots;
    uint32_t slot_count, used;
    uint64_t memory;
};

static size_t list_bytes(uint32_t capacity)
{
    return sizeof(list) + capacity * sizeof(tti_posting);
}

/* Any number of slots goes, so that a table is not half empty for being a power of two. */
static uint32_t home_of(const tti_seedmap_part *p, uint32_t key)
{
    return (uint32_t)((uint64_t)(key * 0x9E3779B1u ^ key >> 15) * p->slot_count >> 32);
}

static uint32_t next_slot(const tti_seedmap_part *p, uint32_t at)
{
    return at + 1 == p->slot_count ? 0 : at + 1;
}

/* Steps from one slot to another. */
static uint32_t distance(const tti_seedmap_part *p, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + p->slot_count - from;
}

static slot *find(const tti_seedmap_part *p, uint32_t key)
{
    uint32_t at;
    if (p->slot_count == 0)
        return NULL;
    at = home_of(p, key);
    for (; p->slots[at].count != 0; at = next_slot(p, at))
        if (p->slots[at].key == key)
            return &p->slots[at];
    return &p->slots[at];
}

static int resize_part(const tt_allocator *a, tti_seedmap_part *p, uint32_t slots)
{
    tti_seedmap_part grown = {.slot_count = slots, .used = p->used, .memory = p->memory};
    grown.slots = tti_alloc_zero(a, slots, sizeof *grown.slots);
    if (grown.slots == NULL)
        return -1;
    for (uint32_t k = 0; k < p->slot_count; k++)
        if (p->slots[k].count != 0)
            *find(&grown, p->slots[k].key) = p->slots[k];
    tti_release(a, p->slots, p->slot_count, sizeof *p->slots);
    *p = grown;
    return 0;
}

static int reserve_slot(const tt_allocator *a, tti_seedmap_part *p)
{
    if ((p->used + 1) * 3 <= p->slot_count * 2)
        return 0;
    return resize_part(a, p, p->slot_count + p->slot_count / 4 + 8);
}

static int resize_list(const tt_allocator *a, tti_seedmap_part *p, slot *x, uint32_t capacity)
{
    list *old = x->places.many;
    list *grown = a->resize(a->ctx, old, list_bytes(old->capacity), list_bytes(capacity));
    if (grown == NULL)
        return -1;
    p->memory += list_bytes(capacity) - list_bytes(grown->capacity);
    grown->capacity = capacity;
    x->places.many = grown;
    return 0;
}

/* Room for one more place in a slot that has some. */
static int reserve_place(const tt_allocator *a, tti_seedmap_part *p, slot *x)
{
    list *made;
    if (x->count > 1)
        return x->count < x->places.many->capacity
                   ? 0
                   : resize_list(a, p, x, x->places.many->capacity * 2);
    made = tti_alloc(a, list_bytes(2), 1);
    if (made == NULL)
        return -1;
    made->capacity = 2;
    made->at[0] = x->places.one;
    x->places.many = made;
    p->memory += list_bytes(2);
    return 0;
}

static int comes_before(tti_posting x, tti_posting y)
{
    return x.doc != y.doc ? x.doc < y.doc : x.pos < y.pos;
}

static int add_place(const tt_allocator *a, tti_seedmap_part *p, uint32_t key, tti_posting place)
{
    slot *x;
    uint32_t at;
    if (reserve_slot(a, p) != 0)
        return -1;
    x = find(p, key);
    if (x->count == 0) {
        *x = (slot){key, 1, {.one = place}};
        p->used++;
        return 0;
    }
    if (reserve_place(a, p, x) != 0)
        return -1;
    for (at = x->count; at > 0 && comes_before(place, x->places.many->at[at - 1]); at--)
        x->places.many->at[at] = x->places.many->at[at - 1];
    x->places.many->at[at] = place;
    x->count++;
    return 0;
}

/* Empties a slot; what stood behind it for want of room moves up. */
static void close_slot(tti_seedmap_part *p, slot *x)
{
    uint32_t hole = (uint32_t)(x - p->slots);
    for (uint32_t at = next_slot(p, hole); p->slots[at].count != 0; at = next_slot(p, at))
        if (distance(p, home_of(p, p->slots[at].key), at) >= distance(p, hole, at)) {
            p->slots[hole] = p->slots[at];
            hole = at;
        }
    p->slots[hole].count = 0;
    p->used--;
}

static uint32_t search(const list *l, uint32_t count, tti_posting place)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (comes_before(l->at[middle], place))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_place(const tt_allocator *a, tti_seedmap_part *p, uint32_t key,
                         tti_posting place)
{
    slot *x = find(p, key);
    list *l;
    uint32_t at;
    if (x == NULL || x->count == 0)
        return;
    if (x->count == 1) {
        close_slot(p, x);
        if (p->slot_count > 16 && p->used * 3 < p->slot_count)
            (void)resize_part(
                a, p, p->slot_count - p->slot_count / 3); /* without memory it stays large */
        return;
    }
    l = x->places.many;
    at = search(l, x->count, place);
    x->count--;
    memmove(l->at + at, l->at + at + 1, (x->count - at) * sizeof *l->at);
    if (x->count == 1) {
        x->places.one = l->at[0];
        p->memory -= list_bytes(l->capacity);
        tti_release(a, l, list_bytes(l->capacity), 1);
    } else if (x->count * 4 < l->capacity) {
        (void)resize_list(a, p, x, l->capacity / 2);
    }
}

static tti_seedmap_part *part_of(const tti_seedmap *map, const tti_sample *s, size_t i)
{
    return &map->parts[s->parts[s->places[i]] & (TTI_SEEDMAP_PARTS - 1)];
}

static int make_parts(tti_seedmap *map)
{
    if (map->parts == NULL)
        map->parts = tti_alloc_zero(map->allocator, TTI_SEEDMAP_PARTS, sizeof *map->parts);
    return map->parts == NULL ? -1 : 0;
}

tt_status tti_seedmap_add(tti_seedmap *map, const tti_sample *s, uint32_t doc, tt_error *error)
{
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
    for (size_t i = 0; i < s->count; i++)
        tti_seedmap_prefetch(map, s, i);
    for (size_t i = 0; i < s->count; i++)
        if (add_place(map->allocator, part_of(map, s, i), s->keys[s->places[i]],
                      (tti_posting){doc, s->places[i]}) != 0)
            return tti_fail_memory(error, "seeds");
    return TT_OK;
}

void tti_seedmap_remove(tti_seedmap *map, const tti_sample *s, uint32_t doc)
{
    for (size_t i = 0; i < s->count; i++)
        remove_place(map->allocator, part_of(map, s, i), s->keys[s->places[i]],
                     (tti_posting){doc, s->places[i]});
}

const tti_posting *tti_seedmap_get(const tti_seedmap *map, const tti_sample *s, size_t i,
                                   size_t *count)
{
    const slot *x = map->parts == NULL ? NULL : find(part_of(map, s, i), s->keys[s->places[i]]);
    *count = x == NULL ? 0 : x->count;
    if (*count == 0)
        return NULL;
    return x->count == 1 ? &x->places.one : x->places.many->at;
}

void tti_seedmap_prefetch(const tti_seedmap *map, const tti_sample *s, size_t i)
{
    const tti_seedmap_part *p;
    if (map->parts == NULL)
        return;
    p = part_of(map, s, i);
#if defined(__GNUC__)
    if (p->slot_count > 0)
        __builtin_prefetch(&p->slots[home_of(p, s->keys[s->places[i]])]);
#else
    (void)p;
#endif
}

/* One partition from its seeds, most of which stand in one place; the room for others goes back. */
static int fill_part(const tt_allocator *a, tti_seedmap_part *p, const tti_seed *seeds,
                     size_t count)
{
    if (count > 0 && resize_part(a, p, (uint32_t)(count + count / 2) + 8) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (add_place(a, p, seeds[i].key, (tti_posting){seeds[i].doc, seeds[i].pos}) != 0)
            return -1;
    if (p->used * 2 < p->slot_count)
        return resize_part(a, p, p->used + p->used / 2 + 8);
    return 0;
}

tt_status tti_seedmap_fill(tti_seedmap *map, const tti_seeds *s, int threads, tt_error *error)
{
    int failed = 0;
    (void)threads;
    if (make_parts(map) != 0)
        return tti_fail_memory(error, "seeds");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 16)               \
    reduction(|                                                                                    \
              : failed)
    for (int64_t p = 0; p < TTI_SEEDMAP_PARTS; p++)
        failed |= fill_part(map->allocator, &map->parts[p], s->seeds + s->starts[p],
                            s->starts[p + 1] - s->starts[p]) != 0;
    return failed ? tti_fail_memory(error, "seeds") : TT_OK;
}

uint64_t tti_seedmap_memory(const tti_seedmap *map)
{
    uint64_t sum = 0;
    for (size_t p = 0; map->parts != NULL && p < TTI_SEEDMAP_PARTS; p++)
        sum += map->parts[p].memory + (uint64_t)map->parts[p].slot_count * sizeof(slot);
    return sum;
}

void tti_seedmap_free(tti_seedmap *map)
{
    const tt_allocator *a = map->allocator;
    for (size_t p = 0; map->parts != NULL && p < TTI_SEEDMAP_PARTS; p++) {
        const tti_seedmap_part *x = &map->parts[p];
        for (uint32_t k = 0; k < x->slot_count; k++)
            if (x->slots[k].count > 1)
                tti_release(a, x->slots[k].places.many,
                            list_bytes(x->slots[k].places.many->capacity), 1);
        tti_release(a, x->slots, x->slot_count, sizeof *x->slots);
    }
    tti_release(a, map->parts, TTI_SEEDMAP_PARTS, sizeof *map->parts);
    map->parts = NULL;
}
