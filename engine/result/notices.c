/*
 * Notices are compared by runs of four tokens, in a hash table: a document is in notices where such
 * runs follow one another, with room for a number or a date that is filled in. A pass over a
 * document looks up few runs of other text, by a filter of 64 Ki bits.
 */
#include "result/notices.h"

#include "align/kgram_index.h"
#include "util/error.h"
#include "util/sort.h"

#include <math.h>

#define NONE UINT32_MAX

enum {
    FILLED_IN = 3, /* tokens within a notice that differ from article to article */
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

/* ---- What of a document is in notices -------------------------------------------------------- */

typedef TTI_ARRAY(uint32_t) gram_numbers; /* by the token where it begins, or NONE */

static tt_status list_grams(const tti_notices *n, const tti_doc *doc, gram_numbers *out)
{
    TTI_TRY(tti_array_resize(out, n->allocator, doc->token_count));
    for (uint32_t i = 0; i < doc->token_count; i++)
        out->items[i] = i + TTI_KGRAM_TOKENS <= doc->token_count ? find_gram(n, doc->hashes + i)
                                                                 : NONE;
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
    gram_numbers grams = {0};
    tt_status status;
    part.hashes += begin;
    part.token_count = end - begin;
    status = list_grams(n, &part, &grams);
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

typedef struct notice_learner {
    tti_notices *notices;
    const tti_corpus *corpus;
    uint32_t *copies; /* of every document, among earlier ones */
    TTI_ARRAY(uint32_t) depths;
} notice_learner;

/* Learns tokens [begin, end) of a document, unless half of them are known. */
static tt_status learn_run(notice_learner *x, uint32_t d, uint32_t begin, uint32_t end)
{
    const tti_doc *doc = &x->corpus->docs[d];
    const tti_notice of = {.articles = 3, .doc = d, .doc_begin = begin};
    uint32_t known = 0;
    double share;
    if (end - begin < TTI_SHORTEST_NOTICE)
        return TT_OK;
    TTI_TRY(tti_notices_cover(x->notices, doc, begin, end, &share));
    if (share < 0.5)
        return tti_notices_add(x->notices, doc->hashes + begin, end - begin, &of);
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= end; i++) {
        const uint32_t gram = find_gram(x->notices, doc->hashes + i);
        size_t k;
        if (gram == NONE || gram < known)
            continue;
        TTI_LOWER_BOUND(k, 0, x->notices->list.count,
                        x->notices->list.items[k].begin + x->notices->list.items[k].size <= gram);
        x->notices->list.items[k].articles++;
        known = x->notices->list.items[k].begin + x->notices->list.items[k].size;
    }
    return TT_OK;
}

/* Learns from the places of one document: what it shares with two others or more. */
static tt_status learn_from_doc(notice_learner *x, const tti_notice_place *places, size_t count)
{
    const uint32_t d = places->doc, tokens = x->corpus->docs[d].token_count;
    uint32_t others = 0, begin = 0, end = 0;
    TTI_TRY(tti_array_resize(&x->depths, x->notices->allocator, (size_t)tokens + 1));
    memset(x->depths.items, 0, ((size_t)tokens + 1) * sizeof *x->depths.items);
    for (size_t k = 0; k < count; k++) {
        others += k == 0 || places[k].other != places[k - 1].other;
        x->depths.items[places[k].begin]++;
        x->depths.items[places[k].end]--;
    }
    if (others < 2 || others < x->copies[d])
        return TT_OK;
    for (uint32_t i = 0, depth = 0; i < tokens; i++) {
        depth += x->depths.items[i];
        if (depth < 2)
            continue;
        if (end > 0 && i > end + FILLED_IN) {
            TTI_TRY(learn_run(x, d, begin, end));
            end = 0;
        }
        begin = end == 0 ? i : begin;
        end = i + 1;
    }
    return learn_run(x, d, begin, end);
}

tt_status tti_notices_learn(tti_notices *n, const tti_corpus *corpus, const tti_verified *v,
                            tt_error *error)
{
    const size_t count = v->notice_places.count;
    const tt_allocator *a = n->allocator;
    notice_learner x = {.notices = n, .corpus = corpus};
    tt_status status = TT_OK;
    if (count == 0)
        return TT_OK;
    x.copies = tti_alloc_zero(a, corpus->doc_count, sizeof *x.copies);
    TTI_TRY_ALLOC(x.copies == NULL, error, "notices");
    for (size_t k = 0; k < v->pairs.count; k++)
        x.copies[v->pairs.items[k].numbers.b] += TT_IS_COPY(v->pairs.items[k].numbers.relation);
    sort_places(v->notice_places.items, count);
    for (size_t begin = 0, end; begin < count && status == TT_OK; begin = end) {
        for (end = begin + 1;
             end < count && v->notice_places.items[end].doc == v->notice_places.items[begin].doc;)
            end++;
        status = learn_from_doc(&x, v->notice_places.items + begin, end - begin);
    }
    tti_release(a, x.copies, corpus->doc_count, sizeof *x.copies);
    tti_array_free(&x.depths, a);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}

/* ---- Applying -------------------------------------------------------------------------------- */

typedef struct notice_applier {
    const tti_notices *notices;
    const tti_corpus *corpus;
    uint32_t *in_notices; /* tokens of every document; NONE: not counted yet */
    gram_numbers a, b;
    uint32_t *seen; /* by the number of a run: the pair whose side b has it */
    uint32_t pair;
} notice_applier;

static tt_status count_of_doc(notice_applier *x, uint32_t d, gram_numbers *grams)
{
    if (x->in_notices[d] == 0)
        return TT_OK;
    TTI_TRY(list_grams(x->notices, &x->corpus->docs[d], grams));
    x->in_notices[d] = count_in_notices(grams->items, x->corpus->docs[d].token_count);
    return TT_OK;
}

/* How many tokens of side a are in notices that side b has too. */
static uint32_t count_shared_notices(notice_applier *x)
{
    x->pair++;
    for (size_t i = 0; i < x->b.count; i++)
        if (x->b.items[i] != NONE)
            x->seen[x->b.items[i]] = x->pair;
    for (size_t i = 0; i < x->a.count; i++)
        if (x->a.items[i] != NONE && x->seen[x->a.items[i]] != x->pair)
            x->a.items[i] = NONE;
    return count_in_notices(x->a.items, (uint32_t)x->a.count);
}

static tt_status apply_to_pair(notice_applier *x, tt_pair *p)
{
    const uint32_t a = (uint32_t)p->a, b = (uint32_t)p->b;
    const uint32_t tokens_a = x->corpus->docs[a].token_count;
    const uint32_t tokens_b = x->corpus->docs[b].token_count;
    double story_a, story_b, least, aligned, shared;
    if (isnan(p->overlap_a) || (!TT_IS_COPY(p->relation) && p->relation != TT_RELATED))
        return TT_OK;
    TTI_TRY(count_of_doc(x, a, &x->a));
    if (x->in_notices[a] == 0)
        return TT_OK;
    TTI_TRY(count_of_doc(x, b, &x->b));
    if (x->in_notices[b] == 0)
        return TT_OK;
    story_a = tokens_a - x->in_notices[a];
    story_b = tokens_b - x->in_notices[b];
    least = fmin(story_a, story_b);
    aligned = fmin(p->overlap_a * tokens_a, p->overlap_b * tokens_b);
    shared = count_shared_notices(x);
    if (shared >= MOST_OF_SHARED * aligned &&
        (least < LEAST_STORY || aligned - shared < SAME_STORY * least))
        p->relation = TT_BOILERPLATE;
    return TT_OK;
}

tt_status tti_notices_apply(const tti_notices *n, const tti_corpus *corpus, tti_verified *v,
                            tt_error *error)
{
    const tt_allocator *a = n->allocator;
    notice_applier x = {.notices = n, .corpus = corpus};
    tt_status status = TT_OK;
    if (n->list.count == 0)
        return TT_OK;
    x.in_notices = tti_alloc(a, corpus->doc_count, sizeof *x.in_notices);
    x.seen = tti_alloc_zero(a, n->tokens.count, sizeof *x.seen);
    if (x.in_notices == NULL || x.seen == NULL)
        status = TT_ENOMEM;
    else
        memset(x.in_notices, 0xFF, corpus->doc_count * sizeof *x.in_notices);
    for (size_t k = 0; k < v->pairs.count && status == TT_OK; k++)
        status = apply_to_pair(&x, &v->pairs.items[k].numbers);
    tti_release(a, x.in_notices, corpus->doc_count, sizeof *x.in_notices);
    tti_release(a, x.seen, n->tokens.count, sizeof *x.seen);
    tti_array_free(&x.a, a);
    tti_array_free(&x.b, a);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}
