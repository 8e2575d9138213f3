#include "lsh/buckets.h"

#include "common/alloc.h"
#include "common/fail.h"
#include "common/radix.h"

#include <string.h>

enum { LONE_BITS = 8 /* a key: one in eight of those that are alone is not seen to be */ };

tt_status tti_keyed_open(tti_keyed *out, size_t room, tt_error *error)
{
    out->count = 0;
    out->room = room;
    out->records = tti_alloc(out->allocator, room, sizeof *out->records);
    return out->records == NULL ? tti_fail_memory(error, "LSH buckets") : TT_OK;
}

void tti_keyed_close(tti_keyed *k)
{
    tti_release(k->allocator, k->records, k->room, sizeof *k->records);
    k->records = NULL;
}

/* Two bits for each value of a key's upper bits, side by side: some key has them, and a second. */
typedef struct meetings {
    uint64_t *words;
    size_t count;
    int shift;
} meetings;

static int make_meetings(meetings *m, const tti_keyed *k)
{
    int bits = 6;
    while (bits < 32 && (size_t)1 << bits < k->count * LONE_BITS)
        bits++;
    m->shift = 64 - bits;
    m->count = ((size_t)1 << bits) / 32;
    m->words = tti_alloc_zero(k->allocator, m->count, sizeof *m->words);
    return m->words == NULL ? -1 : 0;
}

/* Drops the keys whose upper bits no other has: sorting them would tell nothing. */
static int drop_lone(tti_keyed *k)
{
    meetings m;
    size_t kept = 0;
    if (make_meetings(&m, k) != 0)
        return -1;
    for (size_t i = 0; i < k->count; i++) {
        const uint64_t upper = k->records[i] >> m.shift, once = UINT64_C(1) << upper % 32 * 2;
        uint64_t *word = &m.words[upper / 32];
        *word |= once | (*word & once) << 1;
    }
    for (size_t i = 0; i < k->count; i++) {
        const uint64_t upper = k->records[i] >> m.shift;
        k->records[kept] = k->records[i];
        kept += m.words[upper / 32] >> (upper % 32 * 2 + 1) & 1;
    }
    k->count = kept;
    tti_release(k->allocator, m.words, m.count, sizeof *m.words);
    return 0;
}

tt_status tti_keyed_sort(tti_keyed *k, tt_error *error)
{
    uint64_t *spare;
    if (drop_lone(k) != 0)
        return tti_fail_memory(error, "LSH buckets");
    spare = tti_alloc(k->allocator, k->count, sizeof *spare);
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
