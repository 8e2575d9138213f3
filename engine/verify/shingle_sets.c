#include "verify/shingle_sets.h"

#include "sketch/minhash.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <string.h>

enum {
    LEAST_SLOTS = 256,
    SLOTS_PER_SHINGLE = 4 /* so that few shingles meet another one's slot */
};

/* ---- One document ---------------------------------------------------------------------------- */

/* The shingles of every document that candidates name pass through here, so that a slot is no more
 * than a position: the hash of its shingle is in c->hashes. A tti_table, whose slots hold hashes
 * too, makes a scan of generated news 5 % slower (bench/results/history.md). */
tt_status tti_shingle_counter_run(tti_shingle_counter *c, const tti_doc *doc, const tt_options *o,
                                  tti_doc_shingles *out)
{
    const tt_allocator *a = o->allocator;
    const uint32_t n = tti_shingle_count(doc->token_count, o->shingle_tokens);
    const uint32_t width = tti_shingle_width(doc->token_count, o->shingle_tokens);
    const size_t old_slots = c->slots.count;
    size_t slots = LEAST_SLOTS;
    uint32_t *table, *hashes, base;
    while (slots < (size_t)n * SLOTS_PER_SHINGLE)
        slots *= 2;
    if (tti_array_resize(&c->slots, a, slots > old_slots ? slots : old_slots) != TT_OK ||
        tti_array_resize(&c->hashes, a, n) != TT_OK || tti_array_resize(&c->repeats, a, n) != TT_OK)
        return TT_ENOMEM;
    table = c->slots.items, hashes = c->hashes.items;
    memset(table + old_slots, 0, (c->slots.count - old_slots) * sizeof *table);
    if (c->base == 0)
        tti_minhash_init(&c->minhash, 1, o->seed);
    if (c->base == 0 || c->base > UINT32_MAX - n) {
        memset(table, 0, c->slots.count * sizeof *table);
        c->base = 1;
    }
    base = c->base;
    tti_minhash_hash_shingles(&c->minhash, doc->hashes, n, width, hashes);
    c->repeats.count = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t slot = hashes[i] & (slots - 1);
        for (; table[slot] >= base; slot = (slot + 1) & (slots - 1)) {
            const uint32_t other = table[slot] - base;
            if (hashes[other] == hashes[i] &&
                memcmp(doc->hashes + other, doc->hashes + i, width * sizeof *doc->hashes) == 0)
                break;
        }
        if (table[slot] >= base)
            c->repeats.items[c->repeats.count++] = i;
        else
            table[slot] = base + i;
    }
    c->base += n;
    *out = (tti_doc_shingles){n - (uint32_t)c->repeats.count, (uint32_t)c->repeats.count,
                              c->repeats.items};
    return TT_OK;
}

void tti_shingle_counter_free(tti_shingle_counter *c, const tt_allocator *a)
{
    tti_array_free(&c->slots, a);
    tti_array_free(&c->hashes, a);
    tti_array_free(&c->repeats, a);
    c->base = 0;
}

/* ---- The documents of candidates ------------------------------------------------------------- */

typedef struct count_worker {
    tti_shingle_counter counter;
    tt_status status;
} count_worker;

/* Counts a document and keeps a copy of its repeats. */
static tt_status count_doc_shingles(tti_shingle_counter *counter, const tti_doc *doc,
                                    const tt_options *o, tti_doc_shingles *out)
{
    tti_doc_shingles found;
    TTI_TRY(tti_shingle_counter_run(counter, doc, o, &found));
    *out = (tti_doc_shingles){found.distinct, found.repeat_count, NULL};
    if (found.repeat_count > 0) {
        out->repeats = tti_alloc(o->allocator, found.repeat_count, sizeof *out->repeats);
        if (out->repeats == NULL)
            return TT_ENOMEM;
        memcpy(out->repeats, found.repeats, found.repeat_count * sizeof *out->repeats);
    }
    return TT_OK;
}

static tt_status count_named_docs(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const uint8_t *named, const tt_options *o, tt_error *error)
{
    const int threads = tti_thread_count(o->threads, corpus->doc_count);
    count_worker *workers = tti_alloc_zero(o->allocator, (size_t)threads, sizeof *workers);
    tt_status status = TT_OK;
    TTI_TRY_ALLOC(workers == NULL, error, "counting shingles");
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 256)
    for (int64_t d = 0; d < (int64_t)corpus->doc_count; d++) {
        count_worker *w = &workers[tti_thread_index()];
        if (named[d] && w->status == TT_OK)
            w->status = count_doc_shingles(&w->counter, &corpus->docs[d], o, &out->docs[d]);
    }
    for (int t = 0; t < threads; t++) {
        if (workers[t].status != TT_OK)
            status = tti_fail_memory(error, "counting shingles");
        tti_shingle_counter_free(&workers[t].counter, o->allocator);
    }
    tti_release(o->allocator, workers, (size_t)threads, sizeof *workers);
    return status;
}

tt_status tti_shingle_counts_make(tti_shingle_counts *out, const tti_corpus *corpus,
                                  const tti_candidates *candidates, const tt_options *options,
                                  tt_error *error)
{
    const size_t n = corpus->doc_count;
    uint8_t *named = tti_alloc_zero(options->allocator, n, 1);
    tt_status status = TT_OK;
    out->allocator = options->allocator;
    out->doc_count = n;
    out->docs = tti_alloc_zero(options->allocator, n, sizeof *out->docs);
    if (named == NULL || out->docs == NULL)
        status = tti_fail_memory(error, "counting shingles");
    for (size_t k = 0; k < candidates->pairs.count && status == TT_OK; k++) {
        const uint32_t a = tti_candidate_a(candidates->pairs.items[k]);
        const uint32_t b = tti_candidate_b(candidates->pairs.items[k]);
        assert(a < n && b < n);
        named[a] = named[b] = 1;
    }
    if (status == TT_OK)
        status = count_named_docs(out, corpus, named, options, error);
    tti_release(options->allocator, named, n, 1);
    return status;
}

void tti_shingle_counts_free(tti_shingle_counts *c)
{
    if (c->allocator == NULL)
        return;
    for (size_t d = 0; c->docs != NULL && d < c->doc_count; d++)
        tti_release(c->allocator, c->docs[d].repeats, c->docs[d].repeat_count,
                    sizeof *c->docs[d].repeats);
    tti_release(c->allocator, c->docs, c->doc_count, sizeof *c->docs);
    memset(c, 0, sizeof *c);
}

/* ---- The set of one document ------------------------------------------------------------------
 */

void tti_shingle_set_init(tti_shingle_set *set, const tt_allocator *allocator)
{
    memset(set, 0, sizeof *set);
    set->allocator = allocator;
}

void tti_shingle_set_free(tti_shingle_set *set)
{
    tti_array_free(&set->hashes, set->allocator);
    tti_array_free(&set->counted, set->allocator);
}

/* The slot of a shingle, or the unused one where the search for it ends. */
static inline size_t find_shingle_slot(const tti_shingle_set *set, uint64_t hash)
{
    const size_t mask = set->counted.count - 1;
    size_t slot = (size_t)hash & mask;
    while (set->counted.items[slot] != 0 && set->hashes.items[slot] != hash)
        slot = (slot + 1) & mask;
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
    TTI_TRY_ALLOC(tti_array_resize(&set->hashes, set->allocator, slots) != TT_OK ||
                      tti_array_resize(&set->counted, set->allocator, slots) != TT_OK,
                  error, "a shingle set");
    memset(set->counted.items, 0, slots * sizeof *set->counted.items);
    set->size = 0;
    set->count_number = 1;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t hash = tti_shingle_hash(doc->hashes + i, width, seed);
        const size_t slot = find_shingle_slot(set, hash);
        set->size += set->counted.items[slot] == 0;
        set->hashes.items[slot] = hash;
        set->counted.items[slot] = 1;
    }
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
        const size_t slot = find_shingle_slot(set, tti_shingle_hash(doc->hashes + i, width, seed));
        const uint32_t counted = set->counted.items[slot];
        if (counted != 0 && counted != set->count_number) {
            set->counted.items[slot] = set->count_number;
            shared++;
        }
    }
    return shared;
}
