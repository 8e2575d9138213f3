/*
 * Open addressing with linear probing at a load of at most one half. A slot's mark is the number of
 * the count that met it last, so that a shingle that stands twice in an article counts once and
 * nothing is cleared between two counts.
 */
#include "verify/shingle_sets.h"

#include "sketch/shingles.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator)
{
    memset(set, 0, sizeof *set);
    set->allocator = allocator;
}

void tti_shingle_set_free(tti_shingle_set *set)
{
    tti_release(set->allocator, set->keys, set->key_capacity, sizeof *set->keys);
    tti_release(set->allocator, set->marks, set->mark_capacity, sizeof *set->marks);
    tti_shingle_set_init(set, set->allocator);
}

/* The slot of `key`: its own, or the empty one where it would go. */
static size_t find_slot(const tti_shingle_set *set, uint64_t key)
{
    size_t slot = (size_t)key & set->slot_mask;
    while (set->marks[slot] != 0 && set->keys[slot] != key)
        slot = (slot + 1) & set->slot_mask;
    return slot;
}

tt_status tti_shingle_set_load(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                               tt_error *error)
{
    const uint32_t n = tti_shingle_count(doc->token_count, w);
    const uint32_t width = tti_shingle_width(doc->token_count, w);
    size_t slots = 64;
    while (slots < (size_t)n * 2)
        slots *= 2;
    if (tti_reserve(set->allocator, &set->keys, &set->key_capacity, slots, sizeof *set->keys) ||
        tti_reserve(set->allocator, &set->marks, &set->mark_capacity, slots, sizeof *set->marks))
        return tti_fail_memory(error, "a shingle set");
    set->slot_mask = slots - 1;
    memset(set->marks, 0, slots * sizeof *set->marks);
    set->size = 0;
    set->mark = 1;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t key = tti_shingle_hash(doc->hashes + i, width, seed);
        const size_t slot = find_slot(set, key);
        set->size += set->marks[slot] == 0;
        set->keys[slot] = key;
        set->marks[slot] = 1;
    }
    return TT_OK;
}

/* The first place from i on that is no repeat. *r: repeats before i, and then before that. */
static uint32_t skip_repeats(const uint32_t *repeats, uint32_t count, uint32_t *r, uint32_t i)
{
    while (*r + 8 <= count && repeats[*r + 7] == i + 7)
        *r += 8, i += 8;
    while (*r < count && repeats[*r] == i)
        ++*r, i++;
    return i;
}

uint32_t tti_shingle_set_shared(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                                const uint32_t *repeats, uint32_t repeat_count)
{
    const uint32_t n = tti_shingle_count(doc->token_count, w);
    const uint32_t width = tti_shingle_width(doc->token_count, w);
    uint32_t shared = 0, r = 0;
    set->mark++;
    for (uint32_t i = skip_repeats(repeats, repeat_count, &r, 0); i < n;
         i = skip_repeats(repeats, repeat_count, &r, i + 1)) {
        const size_t slot = find_slot(set, tti_shingle_hash(doc->hashes + i, width, seed));
        if (set->marks[slot] != 0 && set->marks[slot] != set->mark) {
            set->marks[slot] = set->mark;
            shared++;
        }
    }
    return shared;
}
