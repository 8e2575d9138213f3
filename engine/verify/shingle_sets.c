#include "verify/shingle_sets.h"

#include "sketch/shingles.h"
#include "util/error.h"

#include <string.h>

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator)
{
    memset(set, 0, sizeof *set);
    set->allocator = set->numbers.allocator = allocator;
}

void tti_shingle_set_free(tti_shingle_set *set)
{
    tti_table_free(&set->numbers);
    tti_array_free(&set->hashes, set->allocator);
    tti_array_free(&set->counted, set->allocator);
}

static int is_hash(const void *hashes, uint32_t number, const void *key)
{
    return ((const uint64_t *)hashes)[number] == *(const uint64_t *)key;
}

tt_status tti_shingle_set_load(tti_shingle_set *set, const tti_doc *doc, uint32_t w, uint64_t seed,
                               tt_error *error)
{
    const uint32_t n = tti_shingle_count(doc->token_count, w);
    const uint32_t width = tti_shingle_width(doc->token_count, w);
    TTI_TRY_ALLOC(tti_table_reset(&set->numbers, n) != TT_OK ||
                      tti_array_resize(&set->hashes, set->allocator, n) != TT_OK,
                  error, "a shingle set");
    set->hashes.count = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t next = (uint32_t)set->hashes.count;
        const uint64_t hash = tti_shingle_hash(doc->hashes + i, width, seed);
        if (tti_table_find_or_add(&set->numbers, (uint32_t)hash, next, is_hash, set->hashes.items,
                                  &hash) == next)
            set->hashes.items[set->hashes.count++] = hash;
    }
    TTI_TRY_ALLOC(tti_array_resize(&set->counted, set->allocator, set->hashes.count), error,
                  "a shingle set");
    if (set->hashes.count > 0)
        memset(set->counted.items, 0, set->hashes.count * sizeof *set->counted.items);
    set->count_number = 0;
    return TT_OK;
}

/* The first position from i on that is no repeat. *r: how many repeats lie before it. */
static uint32_t next_unrepeated(const uint32_t *repeats, uint32_t count, uint32_t *r, uint32_t i)
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
    set->count_number++;
    for (uint32_t i = next_unrepeated(repeats, repeat_count, &r, 0); i < n;
         i = next_unrepeated(repeats, repeat_count, &r, i + 1)) {
        const uint64_t hash = tti_shingle_hash(doc->hashes + i, width, seed);
        const uint32_t number =
            tti_table_find(&set->numbers, (uint32_t)hash, is_hash, set->hashes.items, &hash);
        if (number != TTI_TABLE_NONE && set->counted.items[number] != set->count_number) {
            set->counted.items[number] = set->count_number;
            shared++;
        }
    }
    return shared;
}
