/*
 * Notices are compared by runs of four tokens, in a hash table: a document is in notices where such
 * runs follow one another, with room for a number or a date that is filled in. A pass over a
 * document looks up few runs of other text, by a filter that grows with the notices.
 */
#include "result/notices.h"

#include "align/kgram_index.h"
#include "util/error.h"
#include "util/sort.h"
#include "verify/own_text.h"

#include <inttypes.h>
#include <math.h>

#define NONE UINT32_MAX

enum {
    FILLED_IN = 3,     /* tokens within a notice that differ from article to article */
    FEW_WORDS = 4,     /* of so few, half may be the same by chance */
    LEAST_FILTER = 64, /* words of 64 bits */
    BITS_OF_A_RUN = 16
};

#define MOST_OF_SHARED 0.5 /* of the aligned tokens, for notices to be what admits a pair */
#define SAME_STORY 0.5     /* of the words that tell something beside notices */

void tti_notices_free(tti_notices *n)
{
    if (n->allocator == NULL)
        return;
    tti_array_free(&n->list, n->allocator);
    tti_array_free(&n->tokens, n->allocator);
    tti_array_free(&n->filter, n->allocator);
    tti_table_free(&n->grams);
}

void tti_notices_clear(tti_notices *n)
{
    if (n->list.count == 0)
        return;
    n->list.count = n->tokens.count = 0;
    tti_table_clear(&n->grams);
    memset(n->filter.items, 0, n->filter.count * sizeof *n->filter.items);
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
    if (n->filter.count == 0 ||
        (n->filter.items[hash & (n->filter.count - 1)] >> (hash >> 26) & 1) == 0)
        return NONE;
    return tti_table_find(&n->grams, hash, is_gram_at, n->tokens.items, tokens);
}

static void add_to_filter(tti_notices *n, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= end; i++) {
        const uint32_t hash = hash_gram(n->tokens.items + i);
        n->filter.items[hash & (n->filter.count - 1)] |= (uint64_t)1 << (hash >> 26);
    }
}

/* Makes room for the runs of `size` more tokens. */
static tt_status reserve_filter(tti_notices *n, uint32_t size)
{
    size_t words = n->filter.count > 0 ? n->filter.count : LEAST_FILTER;
    while (words * 64 < (n->tokens.count + size) * BITS_OF_A_RUN)
        words *= 2;
    if (words == n->filter.count)
        return TT_OK;
    TTI_TRY(tti_array_resize(&n->filter, n->allocator, words));
    memset(n->filter.items, 0, words * sizeof *n->filter.items);
    for (size_t k = 0; k < n->list.count; k++)
        add_to_filter(n, n->list.items[k].begin, n->list.items[k].begin + n->list.items[k].size);
    return TT_OK;
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
    TTI_TRY(reserve_filter(n, size));
    TTI_TRY(tti_table_reserve(&n->grams, n->grams.used + size));
    TTI_TRY(tti_array_append(&n->tokens, n->allocator, tokens, size));
    TTI_TRY(tti_array_push(&n->list, n->allocator, x));
    add_to_filter(n, begin, begin + size);
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= begin + size; i++) {
        const uint32_t *gram = n->tokens.items + i, hash = hash_gram(gram);
        if (tti_table_find(&n->grams, hash, is_gram_at, n->tokens.items, gram) == NONE)
            tti_table_add(&n->grams, hash, i);
    }
    return TT_OK;
}

void tti_notices_cut(tti_notices *n, size_t count)
{
    uint32_t begin;
    if (count >= n->list.count)
        return;
    begin = n->list.items[count].begin;
    for (uint32_t i = begin; i + TTI_KGRAM_TOKENS <= n->tokens.count; i++) {
        const uint32_t *gram = n->tokens.items + i, hash = hash_gram(gram);
        if (tti_table_find(&n->grams, hash, is_gram_at, n->tokens.items, gram) == i)
            tti_table_remove(&n->grams, hash, i);
    }
    n->list.count = count; /* the filter finds some more runs that are not there */
    n->tokens.count = begin;
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

int tti_notices_are_in(const tti_notices *n, const tti_doc *doc)
{
    for (uint32_t i = 0; i + TTI_KGRAM_TOKENS <= doc->token_count; i++)
        if (find_gram(n, doc->hashes + i) != NONE)
            return 1;
    return 0;
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

/* Counts another article that has these tokens of notices. */
static void count_article(tti_notices *n, const tti_doc *doc, uint32_t begin, uint32_t end)
{
    uint32_t known = 0;
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
}

static tt_status learn_part(tti_notices *n, const tti_doc *doc, uint32_t d, uint32_t begin,
                            uint32_t end)
{
    const tti_notice of = {.articles = 3, .doc = d, .doc_begin = begin};
    return tti_notices_add(n, doc->hashes + begin, end - begin, &of);
}

/* Learns what is not known of tokens [begin, end) of document d, but for what is filled in; a
 * signature beside a notice with the part of it that it touches. */
static tt_status learn_run(tti_notices *n, const tti_doc *doc, uint32_t d, uint32_t begin,
                           uint32_t end)
{
    tti_gram_numbers grams = {0};
    tti_doc part = *doc;
    uint32_t from = 0, to = 0, known = 0, learned = 0;
    tt_status status;
    if (end - begin < TTI_SHORTEST_NOTICE)
        return TT_OK;
    part.hashes += begin;
    part.token_count = end - begin;
    TTI_TRY(list_grams(n, &part, &grams, n->allocator));
    status = TT_OK;
    for (int more = 1; more && status == TT_OK; known = to) {
        more = find_notice_run(grams.items, part.token_count, &from, &to);
        if (!more)
            from = part.token_count;
        if (from - known <= (known == 0 || !more ? 1 : FILLED_IN))
            continue;
        learned = 1;
        status = learn_part(n, doc, d,
                            begin + (known < TTI_SHORTEST_NOTICE ? 0 : known - TTI_SHORTEST_NOTICE),
                            begin + (more ? from + TTI_SHORTEST_NOTICE : from));
    }
    tti_array_free(&grams, n->allocator);
    if (!learned)
        count_article(n, doc, begin, end);
    return status;
}

/* What begins or ends before a token. */
typedef struct place_change {
    int32_t others, evidence;
} place_change;

tt_status tti_notices_learn_from_doc(tti_notices *n, const tti_doc *doc,
                                     const tti_notice_place *places, size_t count, uint32_t copies)
{
    TTI_ARRAY(place_change) changes = {0};
    place_change sum = {0, 0};
    uint32_t others = 0, uncertain = 0, evidence = 0, begin = 0, end = 0;
    tt_status status = TT_OK;
    for (size_t k = 0; k < count; k++)
        if (k == 0 || places[k].other != places[k - 1].other) {
            others++;
            uncertain += (uint32_t)places[k].is_copy;
            evidence += places[k].evidence;
        }
    if (others < 2 || evidence < TTI_NOTICE_EVIDENCE * (copies - uncertain))
        return TT_OK;
    TTI_TRY(tti_array_resize(&changes, n->allocator, (size_t)doc->token_count + 1));
    memset(changes.items, 0, changes.count * sizeof *changes.items);
    for (size_t k = 0; k < count; k++) {
        place_change *first = &changes.items[places[k].begin],
                     *last = &changes.items[places[k].end];
        first->others++, first->evidence += (int32_t)places[k].evidence;
        last->others--, last->evidence -= (int32_t)places[k].evidence;
    }
    for (uint32_t i = 0; i < doc->token_count && status == TT_OK; i++) {
        sum.others += changes.items[i].others;
        sum.evidence += changes.items[i].evidence;
        if (sum.others < 2 || sum.evidence < 2 * TTI_NOTICE_EVIDENCE)
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
    tti_array_free(&changes, n->allocator);
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

static void free_doc_notices(tti_doc_notices *x, const tt_allocator *a)
{
    tti_array_free(&x->runs, a);
    tti_array_free(&x->rest, a);
}

void tti_notice_reader_free(tti_notice_reader *r)
{
    if (r->allocator == NULL)
        return;
    free_doc_notices(&r->a, r->allocator);
    free_doc_notices(&r->b, r->allocator);
    tti_array_free(&r->seen, r->allocator);
    tti_array_free(&r->shared, r->allocator);
    tti_word_owners_free(&r->words);
}

/* Finds out what of a document is in notices. */
static tt_status read_doc(const tti_notices *n, const tt_allocator *a, const tti_doc *doc,
                          tti_doc_notices *out)
{
    out->doc = doc;
    out->has_rest = 0;
    TTI_TRY(list_grams(n, doc, &out->runs, a));
    out->count = count_in_notices(out->runs.items, doc->token_count);
    return TT_OK;
}

/* How many tokens of side a are in notices that side b has too. */
static tt_status count_shared_notices(tti_notice_reader *r, const tti_doc_notices *a,
                                      const tti_doc_notices *b, uint32_t *count)
{
    TTI_TRY(tti_array_resize(&r->shared, r->allocator, a->runs.count));
    r->pair++;
    for (size_t i = 0; i < b->runs.count; i++)
        if (b->runs.items[i] != NONE)
            r->seen.items[b->runs.items[i]] = r->pair;
    for (size_t i = 0; i < a->runs.count; i++) {
        const uint32_t run = a->runs.items[i];
        r->shared.items[i] = run != NONE && r->seen.items[run] == r->pair ? run : NONE;
    }
    *count = count_in_notices(r->shared.items, (uint32_t)r->shared.count);
    return TT_OK;
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

/* Lists the tokens of a document that are in no notice. */
static tt_status list_rest(tti_doc_notices *x, const tt_allocator *a)
{
    const uint32_t count = x->doc->token_count;
    uint32_t begin = 0, end = 0;
    if (x->has_rest)
        return TT_OK;
    x->rest.count = 0;
    TTI_TRY(tti_array_reserve(&x->rest, a, count - x->count));
    for (uint32_t i = 0; i < count; i = end) {
        if (!find_notice_run(x->runs.items, count, &begin, &end))
            begin = end = count;
        for (; i < begin; i++)
            x->rest.items[x->rest.count++] = i;
    }
    x->has_rest = 1;
    return TT_OK;
}

/* Text beside notices, but for what two articles have in common at its ends: tokens [begin, end) of
 * a list of positions. */
typedef struct rest_text {
    const tti_doc *doc;
    const uint32_t *items;
    uint32_t begin, end;
} rest_text;

static uint32_t rest_token(const rest_text *x, uint32_t at)
{
    return x->doc->hashes[x->items[at]];
}

/* Leaves out what is the same at both ends: a dateline, a signature, or a text word for word.
 * @return how many tokens that is */
static uint32_t cut_same_ends(rest_text *x, rest_text *y)
{
    uint32_t n = 0;
    for (; x->begin < x->end && y->begin < y->end; x->begin++, y->begin++, n++)
        if (rest_token(x, x->begin) != rest_token(y, y->begin))
            break;
    for (; x->begin < x->end && y->begin < y->end; x->end--, y->end--, n++)
        if (rest_token(x, x->end - 1) != rest_token(y, y->end - 1))
            break;
    return n;
}

/* Who has a word, and where it tells something. */
enum { IN_A = 1, IN_B = 2, TELLS_IN_A = 4, TELLS_IN_B = 8 };

static void collect_words(tti_word_owners *w, const rest_text *x, unsigned who)
{
    for (uint32_t k = x->begin; k < x->end; k++) {
        const unsigned tells = tti_token_tells(x->doc->flags[x->items[k]]) ? who * TELLS_IN_A : 0;
        tti_word_owners_add(w, rest_token(x, k), (uint8_t)(who | tells));
    }
}

/* Whether most words are the same: of those that tell something in the text that has fewer, or
 * where these are few, of all in the text that has more. */
static int have_same_words(const tti_word_owners *w)
{
    uint32_t of_a = 0, of_b = 0, both_a = 0, both_b = 0, words_a = 0, words_b = 0, both = 0;
    for (size_t k = 0; k < w->bits.count; k++) {
        const unsigned who = w->bits.items[k];
        const unsigned is_shared = (who & (IN_A | IN_B)) == (IN_A | IN_B);
        words_a += (who & IN_A) != 0, words_b += (who & IN_B) != 0, both += is_shared;
        of_a += (who & TELLS_IN_A) != 0, both_a += (who & TELLS_IN_A) != 0 && is_shared;
        of_b += (who & TELLS_IN_B) != 0, both_b += (who & TELLS_IN_B) != 0 && is_shared;
    }
    if (of_a >= FEW_WORDS && of_b >= FEW_WORDS)
        return of_a < of_b ? both_a > SAME_STORY * of_a : both_b > SAME_STORY * of_b;
    return both > SAME_STORY * fmax(words_a, words_b);
}

/* Whether the two tell the same beside their notices. */
static tt_status compare_rests(tti_notice_reader *r, tti_doc_notices *a, tti_doc_notices *b,
                               int *is_same)
{
    rest_text x = {.doc = a->doc}, y = {.doc = b->doc};
    uint32_t same, differ;
    TTI_TRY(list_rest(a, r->allocator));
    TTI_TRY(list_rest(b, r->allocator));
    x.items = a->rest.items, x.end = (uint32_t)a->rest.count;
    y.items = b->rest.items, y.end = (uint32_t)b->rest.count;
    same = cut_same_ends(&x, &y);
    differ = x.end - x.begin > y.end - y.begin ? x.end - x.begin : y.end - y.begin;
    *is_same = same > differ;
    if (differ <= 1 || x.begin == x.end || y.begin == y.end)
        return TT_OK;
    r->words.table.allocator = r->allocator;
    TTI_TRY(tti_word_owners_reset(&r->words, (size_t)(x.end - x.begin) + (y.end - y.begin)));
    collect_words(&r->words, &x, IN_A);
    collect_words(&r->words, &y, IN_B);
    *is_same = have_same_words(&r->words);
    return TT_OK;
}

static int may_be_of_notices(const tt_pair *p)
{
    return !isnan(p->overlap_a) && (TT_IS_COPY(p->relation) || p->relation == TT_RELATED);
}

/* How many tokens side a must have in notices for these to be what a pair shares. */
static double least_of_notices(const tti_doc *a, const tti_doc *b, const tt_pair *p)
{
    return MOST_OF_SHARED * fmin(p->overlap_a * a->token_count, p->overlap_b * b->token_count);
}

static tt_status apply_to_read(const tti_notices *n, tti_notice_reader *r, tti_doc_notices *a,
                               tti_doc_notices *b, tt_pair *p)
{
    int is_same;
    uint32_t shared;
    TTI_TRY(reserve_seen(n, r));
    TTI_TRY(count_shared_notices(r, a, b, &shared));
    if (shared < least_of_notices(a->doc, b->doc, p))
        return TT_OK;
    TTI_TRY(compare_rests(r, a, b, &is_same));
    if (!is_same)
        p->relation = TT_BOILERPLATE;
    return TT_OK;
}

tt_status tti_notices_apply_to_pair(const tti_notices *n, tti_notice_reader *r, const tti_doc *a,
                                    const tti_doc *b, tt_pair *p)
{
    if (n->list.count == 0 || !may_be_of_notices(p))
        return TT_OK;
    TTI_TRY(read_doc(n, r->allocator, a, &r->a));
    if (r->a.count < least_of_notices(a, b, p))
        return TT_OK;
    TTI_TRY(read_doc(n, r->allocator, b, &r->b));
    return apply_to_read(n, r, &r->a, &r->b, p);
}

/* What was read last of documents with a number that is the same modulo their count. */
enum { READ_LAST = 256 };

/* Gives the pairs of documents that both have notices their relations. Pairs are in order of a, and
 * those of one story have the same b again and again. `last`: of documents b */
static tt_status apply_to_pairs(const tti_notices *n, const tti_corpus *corpus, tti_verified *v,
                                tti_notice_reader *r, tti_doc_notices last[READ_LAST])
{
    for (size_t k = 0; k < v->pairs.count; k++) {
        tt_pair *p = &v->pairs.items[k].numbers;
        const tti_doc *a = &corpus->docs[p->a], *b = &corpus->docs[p->b];
        tti_doc_notices *of_b = &last[p->b % READ_LAST];
        if (!may_be_of_notices(p))
            continue;
        if (r->a.doc != a)
            TTI_TRY(read_doc(n, r->allocator, a, &r->a));
        if (r->a.count < least_of_notices(a, b, p) || r->a.count == 0)
            continue;
        if (of_b->doc != b)
            TTI_TRY(read_doc(n, r->allocator, b, of_b));
        if (of_b->count > 0)
            TTI_TRY(apply_to_read(n, r, &r->a, of_b, p));
    }
    return TT_OK;
}

tt_status tti_notices_apply(const tti_notices *n, const tti_corpus *corpus, tti_verified *v,
                            tt_error *error)
{
    tti_notice_reader reader = {.allocator = n->allocator};
    tti_doc_notices *last;
    tt_status status;
    if (n->list.count == 0)
        return TT_OK;
    last = tti_alloc_zero(n->allocator, READ_LAST, sizeof *last);
    TTI_TRY_ALLOC(last == NULL, error, "notices");
    status = apply_to_pairs(n, corpus, v, &reader, last);
    for (int k = 0; k < READ_LAST; k++)
        free_doc_notices(&last[k], n->allocator);
    tti_release(n->allocator, last, READ_LAST, sizeof *last);
    tti_notice_reader_free(&reader);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}
