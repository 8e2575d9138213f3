/*
 * A slot holds a seed's key and its only place, or the list of its places. Keys are the least of
 * their windows, so their high bits are mostly zero: they are mixed before they choose a slot.
 */
#include "index/delta_postings.h"

#include "util/alloc.h"

#include <string.h>

typedef struct list {
    uint32_t capacity;
    tti_doc_position at[];
} list;

typedef struct tti_delta_slot {
    uint32_t key, count; /* count 0: empty */
    union {
        tti_doc_position one; /* count 1 */
        list *many;
    } places;
} slot;

static size_t list_bytes(uint32_t capacity)
{
    return sizeof(list) + capacity * sizeof(tti_doc_position);
}

/* Any number of slots goes, so that a table is not half empty for being a power of two. */
static uint32_t home_of(const tti_delta_postings *p, uint32_t key)
{
    return (uint32_t)((uint64_t)(key * 0x9E3779B1u ^ key >> 15) * p->slot_count >> 32);
}

static uint32_t next_slot(const tti_delta_postings *p, uint32_t at)
{
    return at + 1 == p->slot_count ? 0 : at + 1;
}

/* Steps from one slot to another. */
static uint32_t distance(const tti_delta_postings *p, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + p->slot_count - from;
}

static slot *find_slot(const tti_delta_postings *p, uint32_t key)
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

static int resize_table(const tt_allocator *a, tti_delta_postings *p, uint32_t slots)
{
    tti_delta_postings grown = {
        .slot_count = slots, .used = p->used, .places = p->places, .memory = p->memory};
    grown.slots = tti_alloc_zero(a, slots, sizeof *grown.slots);
    if (grown.slots == NULL)
        return -1;
    for (uint32_t k = 0; k < p->slot_count; k++)
        if (p->slots[k].count != 0)
            *find_slot(&grown, p->slots[k].key) = p->slots[k];
    tti_release(a, p->slots, p->slot_count, sizeof *p->slots);
    *p = grown;
    return 0;
}

static int reserve_slot(const tt_allocator *a, tti_delta_postings *p)
{
    if ((p->used + 1) * 3 <= p->slot_count * 2)
        return 0;
    return resize_table(a, p, p->slot_count + p->slot_count / 2 + 16);
}

static int resize_list(const tt_allocator *a, tti_delta_postings *p, slot *x, uint32_t capacity)
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
static int reserve_place(const tt_allocator *a, tti_delta_postings *p, slot *x)
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

int tti_delta_postings_add(tti_delta_postings *p, const tt_allocator *a, uint32_t key,
                           tti_doc_position place)
{
    slot *x;
    uint32_t at;
    if (reserve_slot(a, p) != 0)
        return -1;
    x = find_slot(p, key);
    if (x->count == 0) {
        *x = (slot){key, 1, {.one = place}};
        p->used++;
        p->places++;
        return 0;
    }
    if (reserve_place(a, p, x) != 0)
        return -1;
    for (at = x->count; at > 0 && tti_doc_position_before(place, x->places.many->at[at - 1]); at--)
        x->places.many->at[at] = x->places.many->at[at - 1];
    x->places.many->at[at] = place;
    x->count++;
    p->places++;
    return 0;
}

/* Empties a slot; what stood behind it for want of room moves up. */
static void close_slot(tti_delta_postings *p, slot *x)
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

static uint32_t lower_bound(const list *l, uint32_t count, tti_doc_position place)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (tti_doc_position_before(l->at[middle], place))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int same_place(tti_doc_position x, tti_doc_position y)
{
    return x.doc == y.doc && x.pos == y.pos;
}

/* Takes a place out of a list; what is left alone needs no list. */
static void remove_from_list(const tt_allocator *a, tti_delta_postings *p, slot *x, uint32_t at)
{
    list *l = x->places.many;
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

void tti_delta_postings_remove(tti_delta_postings *p, const tt_allocator *a, uint32_t key,
                               tti_doc_position place)
{
    slot *x = find_slot(p, key);
    uint32_t at;
    if (x == NULL || x->count == 0)
        return;
    if (x->count > 1) {
        at = lower_bound(x->places.many, x->count, place);
        if (at == x->count || !same_place(x->places.many->at[at], place))
            return;
        remove_from_list(a, p, x, at);
    } else {
        if (!same_place(x->places.one, place))
            return;
        close_slot(p, x);
        if (p->slot_count > 16 && p->used * 3 < p->slot_count) /* without memory it stays large */
            (void)resize_table(a, p, p->slot_count - p->slot_count / 3);
    }
    p->places--;
}

const tti_doc_position *tti_delta_postings_find(const tti_delta_postings *p, uint32_t key,
                                                uint32_t *count)
{
    const slot *x = find_slot(p, key);
    *count = x == NULL ? 0 : x->count;
    if (*count == 0)
        return NULL;
    return x->count == 1 ? &x->places.one : x->places.many->at;
}

int tti_delta_postings_has(const tti_delta_postings *p, uint32_t key, tti_doc_position place)
{
    const slot *x = find_slot(p, key);
    uint32_t at;
    if (x == NULL || x->count < 2)
        return x != NULL && x->count == 1 && same_place(x->places.one, place);
    at = lower_bound(x->places.many, x->count, place);
    return at < x->count && same_place(x->places.many->at[at], place);
}

void tti_delta_postings_prefetch(const tti_delta_postings *p, uint32_t key)
{
#if defined(__GNUC__)
    if (p->slot_count > 0)
        __builtin_prefetch(&p->slots[home_of(p, key)]);
#else
    (void)p;
    (void)key;
#endif
}

tti_seed *tti_delta_postings_copy(const tti_delta_postings *p, tti_seed *out)
{
    for (uint32_t k = 0; k < p->slot_count; k++) {
        const slot *x = &p->slots[k];
        const tti_doc_position *at = x->count > 1 ? x->places.many->at : &x->places.one;
        for (uint32_t i = 0; i < x->count; i++)
            *out++ = (tti_seed){x->key, at[i].doc, at[i].pos};
    }
    return out;
}

int tti_delta_postings_is_valid(const tti_delta_postings *p)
{
    uint32_t places = 0;
    for (uint32_t k = 0; k < p->slot_count; k++) {
        const slot *x = &p->slots[k];
        for (uint32_t i = 1; i < x->count; i++)
            if (!tti_doc_position_before(x->places.many->at[i - 1], x->places.many->at[i]))
                return 0;
        places += x->count;
    }
    return places == p->places;
}

uint64_t tti_delta_postings_memory(const tti_delta_postings *p)
{
    return p->memory + (uint64_t)p->slot_count * sizeof(slot);
}

void tti_delta_postings_free(tti_delta_postings *p, const tt_allocator *a)
{
    for (uint32_t k = 0; k < p->slot_count; k++)
        if (p->slots[k].count > 1)
            tti_release(a, p->slots[k].places.many, list_bytes(p->slots[k].places.many->capacity),
                        1);
    tti_release(a, p->slots, p->slot_count, sizeof *p->slots);
    *p = (tti_delta_postings){0};
}
