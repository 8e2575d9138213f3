#include "kernels/kernels.h"
#include "seed/seeds.h"
#include "sketch/minhash.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

enum { BEFORE = TTI_MINIMIZER_WINDOW - 1 }; /* zeros before the windows' minima */

static tt_status reserve(tti_minimizers *s, size_t grams, const tt_allocator *a, tt_error *error)
{
    if (tti_reserve(a, &s->keys, &s->key_capacity, grams, sizeof *s->keys) != 0 ||
        tti_reserve(a, &s->parts, &s->part_capacity, grams, sizeof *s->parts) != 0 ||
        tti_reserve(a, &s->places, &s->place_capacity, grams + 1, sizeof *s->places) != 0 ||
        tti_reserve(a, &s->least, &s->least_capacity, grams + BEFORE, sizeof *s->least) != 0)
        return tti_fail_memory(error, "seeds");
    return TT_OK;
}

/* A gram that stands again within one window, as in text of one repeated word, is one seed. */
static size_t drop_repeated_minimizers(tti_minimizers *s, size_t count)
{
    size_t kept = 0;
    for (size_t k = 0; k < count; k++) {
        const uint32_t place = s->places[k];
        if (kept > 0 && place - s->places[kept - 1] < TTI_MINIMIZER_WINDOW &&
            s->keys[place] == s->keys[s->places[kept - 1]])
            continue;
        s->places[kept++] = place;
    }
    return kept;
}

/* The one gram of a document that has fewer tokens than one. */
static void hash_whole_doc(tti_minimizers *s, const tti_doc *doc, uint64_t seed)
{
    const uint64_t h = tti_shingle_hash(doc->hashes, doc->token_count, seed);
    s->keys[0] = (uint32_t)(h >> 32);
    s->parts[0] = (uint32_t)h;
    s->places[0] = 0;
    s->count = 1;
}

tt_status tti_minimizers_find(tti_minimizers *s, const tti_doc *doc, uint64_t seed,
                              const tt_allocator *a, tt_error *error)
{
    const size_t grams = tti_shingle_count(doc->token_count, TTI_MINIMIZER_TOKENS);
    s->count = 0;
    if (grams == 0)
        return TT_OK;
    TTI_TRY(reserve(s, grams, a, error));
    if (doc->token_count < TTI_MINIMIZER_TOKENS) {
        hash_whole_doc(s, doc, seed);
        return TT_OK;
    }
    tti_kernels_get()->hash_grams(doc->hashes, grams, seed, s->keys, s->parts);
    if (doc->token_count >= TTI_SEED_SHORT_DOC) {
        memset(s->least, 0, BEFORE * sizeof *s->least);
        s->count = drop_repeated_minimizers(
            s, tti_kernels_get()->sample(s->keys, grams, s->least + BEFORE, s->places));
        return TT_OK;
    }
    for (; s->count < grams; s->count++)
        s->places[s->count] = (uint32_t)s->count;
    return TT_OK;
}

void tti_minimizers_free(tti_minimizers *s, const tt_allocator *a)
{
    tti_release(a, s->keys, s->key_capacity, sizeof *s->keys);
    tti_release(a, s->parts, s->part_capacity, sizeof *s->parts);
    tti_release(a, s->places, s->place_capacity, sizeof *s->places);
    tti_release(a, s->least, s->least_capacity, sizeof *s->least);
    memset(s, 0, sizeof *s);
}
