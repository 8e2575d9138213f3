/*
 * Notices are compared by runs of four tokens, in a hash table: a document is in notices where such
 * runs follow one another, with room for a number or a date that is filled in. A pass over a
 * document looks up few runs of other text, by a filter of 64 Ki bits.
 */
#include "result/notices.h"

#include "align/kgram_index.h"
#include "util/error.h"
#include "util/sort.h"

#include <inttypes.h>
#include <math.h>

#define NONE UINT32_MAX

enum {
    FILLED_IN = 3,  /* tokens within a notice that differ from article to article */
    LEAST_STORY = 8 /* tokens beside notices: fewer are what was filled in */
};

#define MOST_OF_SHARED 0.5 /* of the aligned tokens, for notices to be what admits a pair */
#define SAME_STORY 0.5     /* of the shorter text beside notices */

void tti_notices_free(tti_notices *n)
{
    if (n->allocator == NULL)
        return;
    tti_array_free(&n->list, n->allocator);
    tti_array_free(&n->tokens, n->allocator);
    tti_table_free(&n->grams);
}

void tti_notices_clear(tti_notices *n)
{
    if (n->list.count == 0)
        return;
    n->list.count = n->tokens.count = 0;
    tti_table_clear(&n->grams);
    memset(n->filter, 0, sizeof n->filter);
}

/* ---- Runs of four ---------------------------------------------------------------------------- */

static uint32_t hash_gram(const uint32_t *tokens)
{
    uint32_t hash = 0;
    for (int k = 0; k < TTI_KGRAM_TOKENS; k++)
        hash = (hash << 7 | hash >> 25) * 0x9E3779B1u + tokens[k];
    return tti_table_hash_u32(hash ^ hash >> 15);
}

static int is_gram_at(const void *tokens, uint32_t at, const void *gram)
{
    return memcmp((const uint32_t *)tokens + at, gram, TTI_KGRAM_TOKENS * sizeof(uint32_t)) == 0;
}

/* @return its number, or NONE */
static uint32_t find_gram(const tti_notices *n, const uint32_t *tokens)
{
    const uint32_t hash = hash_gram(tokens);
    if ((n->filter[hash % 1024] >> (hash >> 26) & 1) == 0)
        return NONE;
    return tti_table_find(&n->grams, hash, is_gram_at, n->tokens.items, tokens);
}

tt_status tti_notices_add(tti_notices *n, const uint32_t *tokens, uint32_t size,
                          const tti_notice *of)
{
    const uint32_t begin = (uint32_t)n->tokens.count;
    tti_notice x = *of;
    if (n->list.count == TTI_MOST_NOTICES || size > TTI_MOST_NOTICE_TOKENS - begin)
        return TT_OK;
    n->grams.allocator = n->allocator;
    x.begin = begin;
    x.size = size;
    TTI_TRY(tti_table_reserve(&n->grams, n->grams.used + size));
    TTI_TRY(tti_array_append(&n->tokens, n->allocator, tokens, size));
    TTI_TRY(tti_array_push(&n->list, n->allocator, x));
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= begin + size; i++) {
        const uint32_t *gram = n->tokens.items + i, hash = hash_gram(gram);
        n->filter[hash % 1024] |= (uint64_t)1 << (hash >> 26);
        if (tti_table_find(&n->grams, hash, is_gram_at, n->tokens.items, gram) == NONE)
            tti_table_add(&n->grams, hash, i);
    }
    return TT_OK;
}

tt_status tti_notices_copy(tti_notices *to, const tti_notices *from, tt_error *error)
{
    if (from->list.count > 0 && from->seed != to->seed)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "the notices are of a result with seed %" PRIu64, from->seed);
    to->is_given = 1;
    for (size_t k = 0; k < from->list.count; k++) {
        tti_notice x = from->list.items[k];
        x.doc = NONE;
        TTI_TRY_ALLOC(tti_notices_add(to, from->tokens.items + x.begin, x.size, &x), error,
                      "notices");
    }
    return TT_OK;
}

/* ---- What of a document is in notices -------------------------------------------------------- */

static tt_status list_grams(const tti_notices *n, const tti_doc *doc, tti_gram_numbers *out,
                            const tt_allocator *a)
{
    TTI_TRY(tti_array_resize(out, a, doc->token_count));
    for (uint32_t i = 0; i < doc->token_count; i++)
        out->items[i] =
            i + TTI_KGRAM_TOKENS <= doc->token_count ? find_gram(n, doc->hashes + i) : NONE;
    return TT_OK;
}

/* Finds the next run of tokens in [*end, count) that are in notices: in runs of four, with little
 * between them, and long enough. @return 0: there is none */
static int find_notice_run(const uint32_t *grams, uint32_t count, uint32_t *begin, uint32_t *end)
{
    uint32_t i = *end;
    for (;;) {
        while (i < count && grams[i] == NONE)
            i++;
        if (i >= count)
            return 0;
        *begin = i;
        *end = i + TTI_KGRAM_TOKENS;
        for (; i < count && i <= *end + FILLED_IN; i++)
            if (grams[i] != NONE)
                *end = i + TTI_KGRAM_TOKENS;
        if (*end - *begin >= TTI_SHORTEST_NOTICE)
            return 1;
        i = *end;
    }
}

static uint32_t count_in_notices(const uint32_t *grams, uint32_t count)
{
    uint32_t n = 0, begin, end = 0;
    while (find_notice_run(grams, count, &begin, &end))
        n += end - begin;
    return n;
}

tt_status tti_notices_cover(const tti_notices *n, const tti_doc *doc, uint32_t begin, uint32_t end,
                            double *share)
{
    tti_doc part = *doc;
    tti_gram_numbers grams = {0};
    tt_status status;
    part.hashes += begin;
    part.token_count = end - begin;
    status = list_grams(n, &part, &grams, n->allocator);
    if (status == TT_OK)
        *share = (double)count_in_notices(grams.items, part.token_count) / part.token_count;
    tti_array_free(&grams, n->allocator);
    return status;
}

/* ---- Learning -------------------------------------------------------------------------------- */

TTI_SORT_DEFINE(sort_places, tti_notice_place,
                x->doc != y->doc       ? x->doc < y->doc
                : x->other != y->other ? x->other < y->other
                                       : x->begin < y->begin)

/* Learns tokens [begin, end) of document d, unless half of them are known. */
static tt_status learn_run(tti_notices *n, const tti_doc *doc, uint32_t d, uint32_t begin,
                           uint32_t end)
{
    const tti_notice of = {.articles = 3, .doc = d, .doc_begin = begin};
    uint32_t known = 0;
    double share;
    if (end - begin < TTI_SHORTEST_NOTICE)
        return TT_OK;
    TTI_TRY(tti_notices_cover(n, doc, begin, end, &share));
    if (share < 0.5)
        return tti_notices_add(n, doc->hashes + begin, end - begin, &of);
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= end; i++) {
        const uint32_t gram = find_gram(n, doc->hashes + i);
        const tti_notice *list = n->list.items;
        size_t k;
        if (gram == NONE || gram < known)
            continue;
        TTI_LOWER_BOUND(k, 0, n->list.count, list[k].begin + list[k].size <= gram);
        n->list.items[k].articles++;
        known = list[k].begin + list[k].size;
    }
    return TT_OK;
}

tt_status tti_notices_learn_from_doc(tti_notices *n, const tti_doc *doc,
                                     const tti_notice_place *places, size_t count, uint32_t copies)
{
    TTI_ARRAY(uint32_t) depths = {0};
    uint32_t others = 0, begin = 0, end = 0;
    tt_status status;
    for (size_t k = 0; k < count; k++)
        others += k == 0 || places[k].other != places[k - 1].other;
    if (others < 2 || others < copies)
        return TT_OK;
    TTI_TRY(tti_array_resize(&depths, n->allocator, (size_t)doc->token_count + 1));
    memset(depths.items, 0, depths.count * sizeof *depths.items);
    for (size_t k = 0; k < count; k++) {
        depths.items[places[k].begin]++;
        depths.items[places[k].end]--;
    }
    status = TT_OK;
    for (uint32_t i = 0, depth = 0; i < doc->token_count && status == TT_OK; i++) {
        depth += depths.items[i];
        if (depth < 2)
            continue;
        if (end > 0 && i > end + FILLED_IN) {
            status = learn_run(n, doc, places->doc, begin, end);
            end = 0;
        }
        begin = end == 0 ? i : begin;
        end = i + 1;
    }
    if (status == TT_OK)
        status = learn_run(n, doc, places->doc, begin, end);
    tti_array_free(&depths, n->allocator);
    return status;
}

tt_status tti_notices_learn(tti_notices *n, const tti_corpus *corpus, const tti_verified *v,
                            tt_error *error)
{
    const size_t count = v->notice_places.count;
    const tti_notice_place *places = v->notice_places.items;
    const tt_allocator *a = n->allocator;
    uint32_t *copies; /* of every document, among earlier ones */
    tt_status status = TT_OK;
    if (count == 0 || n->is_given)
        return TT_OK;
    copies = tti_alloc_zero(a, corpus->doc_count, sizeof *copies);
    TTI_TRY_ALLOC(copies == NULL, error, "notices");
    for (size_t k = 0; k < v->pairs.count; k++)
        copies[v->pairs.items[k].numbers.b] += TT_IS_COPY(v->pairs.items[k].numbers.relation);
    sort_places(v->notice_places.items, count);
    for (size_t begin = 0, end; begin < count && status == TT_OK; begin = end) {
        const uint32_t d = places[begin].doc;
        for (end = begin + 1; end < count && places[end].doc == d;)
            end++;
        status =
            tti_notices_learn_from_doc(n, &corpus->docs[d], places + begin, end - begin, copies[d]);
    }
    tti_release(a, copies, corpus->doc_count, sizeof *copies);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}

/* ---- Applying -------------------------------------------------------------------------------- */

void tti_notice_reader_free(tti_notice_reader *r)
{
    if (r->allocator == NULL)
        return;
    tti_array_free(&r->a, r->allocator);
    tti_array_free(&r->b, r->allocator);
    tti_array_free(&r->seen, r->allocator);
}

/* How many tokens of side a are in notices that side b has too. */
static uint32_t count_shared_notices(tti_notice_reader *r)
{
    r->pair++;
    for (size_t i = 0; i < r->b.count; i++)
        if (r->b.items[i] != NONE)
            r->seen.items[r->b.items[i]] = r->pair;
    for (size_t i = 0; i < r->a.count; i++)
        if (r->a.items[i] != NONE && r->seen.items[r->a.items[i]] != r->pair)
            r->a.items[i] = NONE;
    return count_in_notices(r->a.items, (uint32_t)r->a.count);
}

static tt_status reserve_seen(const tti_notices *n, tti_notice_reader *r)
{
    if (r->seen.count == n->tokens.count && r->pair < UINT32_MAX)
        return TT_OK;
    TTI_TRY(tti_array_resize(&r->seen, r->allocator, n->tokens.count));
    memset(r->seen.items, 0, r->seen.count * sizeof *r->seen.items);
    r->pair = 0;
    return TT_OK;
}

tt_status tti_notices_judge(const tti_notices *n, tti_notice_reader *r, const tti_doc *a,
                            const tti_doc *b, tt_pair *p)
{
    uint32_t of_a, of_b;
    double least, aligned, shared;
    if (n->list.count == 0 || isnan(p->overlap_a) ||
        (!TT_IS_COPY(p->relation) && p->relation != TT_RELATED))
        return TT_OK;
    TTI_TRY(reserve_seen(n, r));
    TTI_TRY(list_grams(n, a, &r->a, r->allocator));
    of_a = count_in_notices(r->a.items, a->token_count);
    if (of_a == 0)
        return TT_OK;
    TTI_TRY(list_grams(n, b, &r->b, r->allocator));
    of_b = count_in_notices(r->b.items, b->token_count);
    if (of_b == 0)
        return TT_OK;
    least = fmin(a->token_count - of_a, b->token_count - of_b);
    aligned = fmin(p->overlap_a * a->token_count, p->overlap_b * b->token_count);
    shared = count_shared_notices(r);
    if (shared >= MOST_OF_SHARED * aligned &&
        (least < LEAST_STORY || aligned - shared < SAME_STORY * least))
        p->relation = TT_BOILERPLATE;
    return TT_OK;
}

tt_status tti_notices_apply(const tti_notices *n, const tti_corpus *corpus, tti_verified *v,
                            tt_error *error)
{
    tti_notice_reader reader = {.allocator = n->allocator};
    tt_status status = TT_OK;
    for (size_t k = 0; k < v->pairs.count && n->list.count > 0 && status == TT_OK; k++) {
        tt_pair *p = &v->pairs.items[k].numbers;
        status = tti_notices_judge(n, &reader, &corpus->docs[p->a], &corpus->docs[p->b], p);
    }
    tti_notice_reader_free(&reader);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}
