#include "lsh/buckets.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"

#include <string.h>

enum { LONE_BITS = 8 /* a key: one in eight of those that are alone is not seen to be */ };

tt_status tti_keyed_open(tti_keyed *out, size_t room, tt_error *error)
{
    int bits = 5;
    while (bits < 32 && (size_t)1 << bits < room * LONE_BITS)
        bits++;
    out->shift = 32 - bits;
    out->words = ((size_t)1 << bits) / 32;
    out->room = room;
    out->noted = tti_alloc_zero(out->allocator, out->words, sizeof *out->noted);
    out->records = tti_alloc(out->allocator, room, sizeof *out->records);
    if (out->noted != NULL && out->records != NULL)
        return TT_OK;
    tti_keyed_close(out);
    return tti_fail_memory(error, "LSH buckets");
}

void tti_keyed_close(tti_keyed *k)
{
    tti_release(k->allocator, k->noted, k->words, sizeof *k->noted);
    tti_release(k->allocator, k->records, k->room, sizeof *k->records);
    k->noted = k->records = NULL;
}

tt_status tti_keyed_sort(tti_keyed *k, tt_error *error)
{
    uint64_t *spare = tti_alloc(k->allocator, k->count, sizeof *spare);
    if (spare == NULL)
        return tti_fail_memory(error, "LSH buckets");
    tti_radix_u64(k->records, spare, k->count);
    tti_release(k->allocator, spare, k->count, sizeof *spare);
    return TT_OK;
}

static size_t count_members(const tti_keyed *k)
{
    size_t n = 0;
    for (size_t i = 0, end; i < k->count; i = end) {
        end = tti_keyed_end(k, i);
        n += end - i > 1 ? end - i : 0;
    }
    return n;
}

static void list_members(tti_buckets *out, const tti_keyed *k, uint32_t *places)
{
    for (size_t i = 0, end; i < k->count; i = end) {
        const uint32_t begin = (uint32_t)out->count;
        end = tti_keyed_end(k, i);
        for (size_t r = i; r < end && end - i > 1; r++) {
            const uint32_t doc = (uint32_t)k->records[r];
            if (r > i)
                places[doc] = (uint32_t)out->count;
            out->members[out->count++] = (tti_member){doc, begin};
        }
    }
}

tt_status tti_buckets_make(tti_buckets *out, uint32_t *keys, const tti_corpus *corpus,
                           tt_error *error)
{
    tti_keyed k = {.allocator = out->allocator};
    tt_status status = tti_keyed_open(&k, corpus->doc_count, error);
    for (uint32_t d = 0; status == TT_OK && d < corpus->doc_count; d++)
        if (corpus->docs[d].token_count > 0)
            tti_keyed_note(&k, keys[d]);
    for (uint32_t d = 0; status == TT_OK && d < corpus->doc_count; d++)
        if (corpus->docs[d].token_count > 0)
            tti_keyed_add(&k, keys[d], d);
    if (status == TT_OK)
        status = tti_keyed_sort(&k, error);
    if (status == TT_OK) {
        out->members = tti_alloc(out->allocator, count_members(&k), sizeof *out->members);
        status = out->members == NULL ? tti_fail_memory(error, "LSH buckets") : TT_OK;
    }
    if (status == TT_OK) {
        memset(keys, 0xFF, corpus->doc_count * sizeof *keys); /* TTI_NO_MEMBER */
        list_members(out, &k, keys);
    }
    tti_keyed_close(&k);
    return status;
}

void tti_buckets_free(tti_buckets *b)
{
    tti_release(b->allocator, b->members, b->count, sizeof *b->members);
    b->members = NULL;
}
