/*
 * Hash tables by open addressing with linear probing. A key is removed by moving up what follows
 * it, so that there are no tombstones.
 *
 * tti_table maps keys to 32-bit numbers, usually indexes of an array whose elements hold the keys:
 * a slot keeps a 32-bit hash and the number, and an equality callback, which the compiler inlines,
 * looks at the key itself. Keys of 32 bits need no callback: tti_table_hash_u32() gives different
 * ones different hashes. A table is at most half full, and emptying it takes constant time.
 *
 *     tti_table ids = {.allocator = a};
 *     TTI_TRY_ALLOC(tti_table_reserve(&ids, articles.count + 1), error, "ids");
 *     if (tti_table_find(&ids, hash, has_id, articles, &id) == TTI_TABLE_NONE)
 *         tti_table_add(&ids, hash, (uint32_t)articles.count);
 *
 * A table whose slots hold more than that defines its own with TTI_PROBING(), below.
 */
#ifndef TTI_UTIL_TABLE_H
#define TTI_UTIL_TABLE_H

#include "twicetold.h"

#include <assert.h>
#include <string.h>

/* A source need not call all of the functions that a macro defines for it. */
#if defined(__GNUC__)
#  define TTI_MAYBE_UNUSED __attribute__((unused))
#else
#  define TTI_MAYBE_UNUSED
#endif

/* ---- Probing, for slots of any type ---------------------------------------------------------- */

/**
 * Defines static inline functions for open addressing in an array of `count` slots of `slot_type`:
 *
 *     slot_type *NAME_unused(slots, count, home, base)    the first unused slot from `home` on
 *     void NAME_rehash(from, from_count, to, count, base) copies used slots to an array of unused
 *     void NAME_remove_slot(slots, count, slot, base)     empties a slot, moving up what follows
 *
 * home_of(slot, count) is where the search for a slot's key begins, is_used(slot, base) whether it
 * holds a key; both may be macros. A slot of zeros is unused, whatever the base.
 */
#define TTI_PROBING(name, slot_type, home_of, is_used)                                             \
  TTI_MAYBE_UNUSED static inline slot_type *name##_unused(slot_type *slots, size_t count,          \
                                                          size_t home, uint32_t base)              \
  {                                                                                                \
    (void)base;                                                                                    \
    while (is_used(&slots[home], base))                                                            \
      home = tti_next_slot(home, count);                                                           \
    return &slots[home];                                                                           \
  }                                                                                                \
  TTI_MAYBE_UNUSED static inline void name##_rehash(const slot_type *from, size_t from_count,      \
                                                    slot_type *to, size_t count, uint32_t base)    \
  {                                                                                                \
    for (size_t k = 0; k < from_count; k++)                                                        \
      if (is_used(&from[k], base))                                                                 \
        *name##_unused(to, count, home_of(&from[k], count), base) = from[k];                       \
  }                                                                                                \
  TTI_MAYBE_UNUSED static inline void name##_remove_slot(slot_type *slots, size_t count,           \
                                                         slot_type *slot, uint32_t base)           \
  {                                                                                                \
    size_t hole = (size_t)(slot - slots), at = tti_next_slot(hole, count);                         \
    (void)base;                                                                                    \
    for (; is_used(&slots[at], base); at = tti_next_slot(at, count)) {                             \
      const size_t home = home_of(&slots[at], count);                                              \
      if (tti_slot_distance(home, at, count) >= tti_slot_distance(hole, at, count)) {              \
        slots[hole] = slots[at]; /* its search passes the hole */                                  \
        hole = at;                                                                                 \
      }                                                                                            \
    }                                                                                              \
    memset(&slots[hole], 0, sizeof slots[hole]);                                                   \
  }

static inline size_t tti_next_slot(size_t at, size_t count)
{
    return at + 1 == count ? 0 : at + 1;
}

/** Steps that a search takes from one slot to another. */
static inline size_t tti_slot_distance(size_t from, size_t to, size_t count)
{
    return to >= from ? to - from : to + count - from;
}

/* ---- The table of numbers -------------------------------------------------------------------- */

typedef struct tti_table_slot {
    uint32_t hash;
    uint32_t value; /**< the table's base + number + 1; used if greater than the base */
} tti_table_slot;

/** Zeroed but for the allocator, it is empty. */
typedef struct tti_table {
    const tt_allocator *allocator;
    tti_table_slot *slots;
    size_t slot_count; /**< a power of 2, or 0 */
    size_t capacity;   /**< slots allocated, at least slot_count */
    size_t used;
    uint32_t base;  /**< emptying the table raises it, which makes all slots unused */
    uint32_t limit; /**< more than every number that was added since */
} tti_table;

#define TTI_TABLE_NONE UINT32_MAX

/** Whether the key of `number` equals *key. */
typedef int (*tti_table_equal_fn)(const void *ctx, uint32_t number, const void *key);

void tti_table_free(tti_table *t);

/** Makes room for `count` numbers in all. @return TT_OK, TT_ENOMEM (the table is as it was) */
tt_status tti_table_reserve(tti_table *t, size_t count);

/** Empties the table and makes room for `count` numbers, in no more slots than those need, so that
 * a small set after a large one is as fast as ever. @return TT_OK, TT_ENOMEM */
tt_status tti_table_reset(tti_table *t, size_t count);

/** Empties the table, which keeps its room. */
void tti_table_clear(tti_table *t);

/** Removes a number, which was added with this hash. */
void tti_table_remove(tti_table *t, uint32_t hash, uint32_t number);

/* Sets the base to 0, where a number does not fit above it. */
void tti_table_rebase(tti_table *t);

/** A hash of a 32-bit key that no other key has. */
static inline uint32_t tti_table_hash_u32(uint32_t key)
{
    const uint32_t x = key * 0x9E3779B1u;
    return x >> 8 | x << 24;
}

/** Begins to fetch what a search for a hash will read. */
static inline void tti_table_prefetch(const tti_table *t, uint32_t hash)
{
    if (t->slot_count > 0)
        __builtin_prefetch(&t->slots[hash & (t->slot_count - 1)]);
}

/* The slot that holds the key, or the unused one where its search ends. */
static inline tti_table_slot *tti_table_search(const tti_table *t, uint32_t hash,
                                               tti_table_equal_fn equal, const void *ctx,
                                               const void *key)
{
    const size_t mask = t->slot_count - 1;
    const uint32_t base = t->base;
    size_t at = hash & mask;
    for (; t->slots[at].value > base; at = (at + 1) & mask)
        if (t->slots[at].hash == hash &&
            (equal == NULL || equal(ctx, t->slots[at].value - base - 1, key)))
            break;
    return &t->slots[at];
}

static inline void tti_table_fill(tti_table *t, tti_table_slot *slot, uint32_t hash,
                                  uint32_t number)
{
    assert((t->used + 1) * 2 <= t->slot_count);
    slot->hash = hash;
    slot->value = t->base + number + 1;
    t->limit = number < t->limit ? t->limit : number + 1;
    t->used++;
}

/** The number with a key, or TTI_TABLE_NONE. `equal` NULL: keys with equal hashes are equal. */
static inline uint32_t tti_table_find(const tti_table *t, uint32_t hash, tti_table_equal_fn equal,
                                      const void *ctx, const void *key)
{
    const tti_table_slot *slot;
    if (t->slot_count == 0)
        return TTI_TABLE_NONE;
    slot = tti_table_search(t, hash, equal, ctx, key);
    return slot->value > t->base ? slot->value - t->base - 1 : TTI_TABLE_NONE;
}

/** Adds a number below TTI_TABLE_NONE, whose key is not in the table. There is room for it. */
static inline void tti_table_add(tti_table *t, uint32_t hash, uint32_t number)
{
    const size_t mask = t->slot_count - 1;
    size_t at = hash & mask;
    assert(number < TTI_TABLE_NONE);
    if (number >= UINT32_MAX - t->base)
        tti_table_rebase(t);
    while (t->slots[at].value > t->base)
        at = (at + 1) & mask;
    tti_table_fill(t, &t->slots[at], hash, number);
}

/** The number with a key; where it has none, `number`, which is added. There is room for it. */
static inline uint32_t tti_table_find_or_add(tti_table *t, uint32_t hash, uint32_t number,
                                             tti_table_equal_fn equal, const void *ctx,
                                             const void *key)
{
    tti_table_slot *slot;
    assert(number < TTI_TABLE_NONE);
    if (number >= UINT32_MAX - t->base)
        tti_table_rebase(t);
    slot = tti_table_search(t, hash, equal, ctx, key);
    if (slot->value > t->base)
        return slot->value - t->base - 1;
    tti_table_fill(t, slot, hash, number);
    return number;
}

#endif
