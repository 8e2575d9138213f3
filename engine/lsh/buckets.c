#include "lsh/buckets.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

enum {
    FILTER_BITS_PER_KEY = 8 /* a key: one in eight of those that are alone is not seen to be */
};

tt_status tti_shared_keys_init(tti_shared_keys *out, size_t room, tt_error *error)
{
    int bits = 5;
    while (bits < 32 && (size_t)1 << bits < room * FILTER_BITS_PER_KEY)
        bits++;
    out->shift = 32 - bits;
    out->words = ((size_t)1 << bits) / 32;
    out->room = room;
    out->seen_bits = tti_alloc_zero(out->allocator, out->words, sizeof *out->seen_bits);
    out->records = tti_alloc(out->allocator, room, sizeof *out->records);
    if (out->seen_bits != NULL && out->records != NULL)
        return TT_OK;
    tti_shared_keys_free(out);
    return tti_fail_memory(error, "LSH buckets");
}

void tti_shared_keys_free(tti_shared_keys *k)
{
    tti_release(k->allocator, k->seen_bits, k->words, sizeof *k->seen_bits);
    tti_release(k->allocator, k->records, k->room, sizeof *k->records);
    k->seen_bits = k->records = NULL;
}

tt_status tti_shared_keys_sort(tti_shared_keys *k, tt_error *error)
{
    uint64_t *spare = tti_alloc(k->allocator, k->count, sizeof *spare);
    if (spare == NULL)
        return tti_fail_memory(error, "LSH buckets");
    tti_radix_sort_u64(k->records, spare, k->count);
    tti_release(k->allocator, spare, k->count, sizeof *spare);
    return TT_OK;
}

static size_t count_bucket_members(const tti_shared_keys *k)
{
    size_t n = 0;
    for (size_t i = 0, end; i < k->count; i = end) {
        end = tti_shared_keys_bucket_end(k, i);
        n += end - i > 1 ? end - i : 0;
    }
    return n;
}

static void list_bucket_members(tti_buckets *out, const tti_shared_keys *k, uint32_t *places)
{
    for (size_t i = 0, end; i < k->count; i = end) {
        const uint32_t begin = (uint32_t)out->count;
        end = tti_shared_keys_bucket_end(k, i);
        for (size_t r = i; r < end && end - i > 1; r++) {
            const uint32_t doc = (uint32_t)k->records[r];
            if (r > i)
                places[doc] = (uint32_t)out->count;
            out->members[out->count++] = (tti_bucket_member){doc, begin};
        }
    }
}

tt_status tti_buckets_make(tti_buckets *out, tti_sketches *s, uint32_t band,
                           const tti_corpus *corpus, tt_error *error)
{
    const uint32_t docs = (uint32_t)s->doc_count;
    uint32_t *keys = s->doc_keys + (size_t)band * docs;
    tti_shared_keys k = {.allocator = out->allocator};
    tt_status status = tti_shared_keys_init(&k, docs, error);
    for (uint32_t d = 0; status == TT_OK && d < docs; d++)
        if (corpus->docs[tti_sketched_doc(s, d)].token_count > 0)
            tti_shared_keys_count(&k, keys[d]);
    for (uint32_t d = 0; status == TT_OK && d < docs; d++)
        if (corpus->docs[tti_sketched_doc(s, d)].token_count > 0)
            tti_shared_keys_add(&k, keys[d], d);
    if (status == TT_OK)
        status = tti_shared_keys_sort(&k, error);
    if (status == TT_OK) {
        out->members = tti_alloc(out->allocator, count_bucket_members(&k), sizeof *out->members);
        status = out->members == NULL ? tti_fail_memory(error, "LSH buckets") : TT_OK;
    }
    if (status == TT_OK) {
        memset(keys, 0xFF, docs * sizeof *keys); /* TTI_NO_BUCKET_MEMBER */
        list_bucket_members(out, &k, keys);
    }
    tti_shared_keys_free(&k);
    return status;
}

void tti_buckets_free(tti_buckets *b)
{
    tti_release(b->allocator, b->members, b->count, sizeof *b->members);
    b->members = NULL;
}
