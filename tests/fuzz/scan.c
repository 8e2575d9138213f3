/*
 * A whole scan, and queries of it, on small input with any options: its status, and where that is
 * TT_OK, what the contract says of pairs, clusters and sections; numbers by brute force; the same
 * for one thread and three, and for batches.
 *
 * Input: options, then articles, each ended by a NUL. Bytes below 32, except white space, stand for
 * words, so that few bytes make long articles that repeat each other: 1 is the whole previous
 * article, 2 its first half, 3 its second half, 4 and above are twelve words.
 */
#include "fuzz.h"

#include "text/tokenizer.h"
#include "util/alloc.h"

#include "../support.h"

#include <math.h>

enum { MOST_ARTICLES = 24, MOST_TEXT = 1 << 14 };

typedef struct article {
    char *text;
    size_t size;
    int accepted;
    tti_tokens store; /* its tokens, by the text stage */
    tti_tokenized_text added;
    uint32_t *begins, *ends;
    char id[16];
} article;

typedef struct corpus {
    article all[MOST_ARTICLES];
    size_t count;
    const article *taken[MOST_ARTICLES]; /* by ordinal */
    size_t taken_count;
} corpus;

/* ---- Input ----------------------------------------------------------------------------------- */

static double rule_of(fuzz_input *in)
{
    static const double rules[] = {0, 0, 0, TT_OFF, 0.1, 0.5, 0.9, 1, 1e-9, 0.3333333333333333};
    return rules[fuzz_below(in, 10)];
}

static tt_options options_of(fuzz_input *in)
{
    static const uint32_t widths[] = {0, 0, 1, 2, 3, 5, 8, 64}, sketches[] = {0, 16, 64, 128, 200};
    static const uint32_t shortest[] = {0, 8, 9, 16, 32, 100}, most[] = {0, 1, 2, 64};
    tt_options o = TT_OPTIONS_INIT;
    o.find = fuzz_below(in, 32);
    o.shingle_tokens = widths[fuzz_below(in, 8)];
    o.num_hashes = sketches[fuzz_below(in, 5)];
    o.bands = fuzz_below(in, 4) == 0 ? fuzz_below(in, 64) : 0;
    o.min_section = shortest[fuzz_below(in, 6)];
    o.max_matches = most[fuzz_below(in, 4)];
    o.resemblance = rule_of(in);
    o.containment = rule_of(in);
    o.overlap = rule_of(in);
    o.facts = rule_of(in);
    o.drop = fabs(rule_of(in));
    o.seed = fuzz_byte(in);
    o.max_article_bytes = fuzz_below(in, 8) == 0 ? 300 : 0;
    o.paragraphs = (int32_t)fuzz_below(in, 4);
    o.keep = (int32_t)fuzz_below(in, 4);
    o.keep_sources = "one,two";
    return o;
}

static void put(article *a, const char *bytes, size_t size)
{
    if (a->size + size > MOST_TEXT)
        size = MOST_TEXT - a->size;
    if (size > 0)
        memcpy(a->text + a->size, bytes, size);
    a->size += size;
}

static void put_words(article *a, unsigned which)
{
    rng r = {which};
    for (int k = 0; k < 12; k++) {
        char word[8];
        for (int i = 0; i < 6; i++)
            word[i] = (char)('a' + rng_below(&r, 26));
        word[6] = ' ';
        put(a, word, 7);
    }
}

static void write_article(corpus *c, fuzz_input piece)
{
    article *a = &c->all[c->count];
    const article *before = c->count > 0 ? a - 1 : NULL;
    char *room = malloc(MOST_TEXT);
    if (room == NULL)
        abort();
    a->text = room;
    a->size = 0;
    for (; piece.size > 0; piece.size--, piece.bytes++) {
        const uint8_t b = *piece.bytes;
        const size_t half = before != NULL ? before->size / 2 : 0;
        if (b >= 32 || b == '\n' || b == '\t' || b == '\r')
            put(a, (const char *)&b, 1);
        else if (b >= 4)
            put_words(a, b);
        else if (before != NULL)
            put(a, before->text + (b == 3 ? half : 0), b == 1 ? before->size : half);
    }
    a->text = fuzz_copy(room, a->size);
    free(room);
    (void)snprintf(a->id, sizeof a->id, "%zu", c->count++);
}

static void read_corpus(corpus *c, fuzz_input *in, const tt_options *o)
{
    memset(c, 0, sizeof *c);
    while (in->size > 0 && c->count < MOST_ARTICLES)
        write_article(c, fuzz_until_nul(in));
    for (size_t k = 0; k < c->count; k++) {
        article *a = &c->all[k];
        tti_tokens_init(&a->store, &tti_libc_allocator);
        a->accepted =
            tti_tokens_append_text(&a->store, a->text, a->size, (tt_paragraphs)o->paragraphs,
                                   o->seed, &a->added, NULL) == TT_OK &&
            (o->max_article_bytes == 0 || a->size <= o->max_article_bytes);
        a->begins = malloc(((size_t)a->added.token_count + 1) * 4);
        a->ends = malloc(((size_t)a->added.token_count + 1) * 4);
        if (a->begins == NULL || a->ends == NULL)
            abort();
        if (a->store.extents != NULL)
            tti_token_extents_decode(a->store.extents, a->added.token_count, a->begins, a->ends);
        if (a->accepted)
            c->taken[c->taken_count++] = a;
    }
}

static void free_corpus(corpus *c)
{
    for (size_t k = 0; k < c->count; k++) {
        tti_tokens_free(&c->all[k].store);
        free(c->all[k].text);
        free(c->all[k].begins);
        free(c->all[k].ends);
    }
}

static tt_article public_of(const article *a, size_t k)
{
    static const char *const sources[] = {"one", "two", "three"};
    return (tt_article){.id = a->id,
                        .id_size = strlen(a->id),
                        .text = a->text,
                        .text_size = a->size,
                        .source = sources[k % 3],
                        .source_size = strlen(sources[k % 3]),
                        .published = k % 2 == 0 ? TT_NO_TIME : (int64_t)k};
}

static tt_result *scan(const corpus *c, tt_options o, int threads, size_t batch)
{
    tt_scan *b = NULL;
    tt_result *x = NULL;
    o.threads = threads;
    FUZZ_CHECK(tt_scan_open(&b, &o, NULL) == TT_OK, "open");
    for (size_t k = 0; k < c->count; k += batch) {
        tt_article articles[MOST_ARTICLES];
        tt_status statuses[MOST_ARTICLES];
        size_t n = 0;
        for (; n < batch && k + n < c->count; n++)
            articles[n] = public_of(&c->all[k + n], k + n);
        FUZZ_CHECK(tt_scan_add(b, articles, n, statuses, NULL) == TT_OK, "add");
        for (size_t i = 0; i < n; i++)
            FUZZ_CHECK((statuses[i] == TT_OK) == c->all[k + i].accepted, "article %zu: %d", k + i,
                       statuses[i]);
    }
    FUZZ_CHECK(tt_scan_finish(b, &x, NULL) == TT_OK, "finish");
    tt_scan_close(b);
    return x;
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

static int same_shingle(const article *a, size_t i, const article *b, size_t k, size_t w)
{
    return memcmp(a->store.hashes + i, b->store.hashes + k, w * 4) == 0;
}

/* Counts the distinct shingles of a, and those that are also in b. */
static size_t count_shingles(const article *a, const article *b, uint32_t w, size_t *shared)
{
    const size_t na = a->added.token_count, nb = b->added.token_count;
    const size_t wa = na < w ? na : w, wb = nb < w ? nb : w;
    size_t distinct = 0;
    *shared = 0;
    for (size_t i = 0; wa > 0 && i + wa <= na; i++) {
        int is_new = 1, found = 0;
        for (size_t k = 0; k < i && is_new; k++)
            is_new = !same_shingle(a, i, a, k, wa);
        for (size_t k = 0; wa == wb && is_new && !found && k + wb <= nb; k++)
            found = same_shingle(a, i, b, k, wa);
        distinct += (size_t)is_new;
        *shared += (size_t)found;
    }
    return distinct;
}

static int same_tokens(const article *a, const article *b)
{
    return a->added.token_count == b->added.token_count &&
           same_shingle(a, 0, b, 0, a->added.token_count);
}

static void check_share(double share, const article *of, const char *what)
{
    const double tokens = share * of->added.token_count;
    FUZZ_CHECK(isnan(share) || (share >= 0 && share <= 1 && fabs(tokens - round(tokens)) < 1e-6),
               "%s is %g of %u tokens", what, share, of->added.token_count);
}

static int reaches(double value, double rule)
{
    return rule >= 0 && value >= rule;
}

static void check_numbers(const tt_pair *p, const article *a, const article *b, const tt_options *o)
{
    size_t shared, shared_b;
    const size_t na = count_shingles(a, b, o->shingle_tokens, &shared);
    const size_t nb = count_shingles(b, a, o->shingle_tokens, &shared_b);
    FUZZ_CHECK(p->resemblance == (double)shared / (double)(na + nb - shared),
               "resemblance is %g, not %zu of %zu", p->resemblance, shared, na + nb - shared);
    FUZZ_CHECK(p->containment_a == (double)shared / (double)na, "containment_a");
    FUZZ_CHECK(p->containment_b == (double)shared / (double)nb, "containment_b");
    check_share(p->overlap_a, a, "overlap_a");
    check_share(p->overlap_b, b, "overlap_b");
    FUZZ_CHECK(isnan(p->facts) || (p->facts >= 0 && p->facts <= 1), "facts are %g", p->facts);
}

static void check_pair(const tt_pair *p, const corpus *c, const tt_options *o)
{
    const article *a, *b;
    double shorter;
    FUZZ_CHECK(p->a < p->b && p->b < c->taken_count, "pair of %d and %d", (int)p->a, (int)p->b);
    a = c->taken[p->a];
    b = c->taken[p->b];
    check_numbers(p, a, b, o);
    FUZZ_CHECK(p->relation >= TT_IDENTICAL && p->relation <= TT_BOILERPLATE, "relation");
    FUZZ_CHECK((p->relation == TT_IDENTICAL) == same_tokens(a, b), "identical, or not");
    shorter = a->added.token_count < b->added.token_count   ? p->overlap_a
              : a->added.token_count > b->added.token_count ? p->overlap_b
                                                            : fmax(p->overlap_a, p->overlap_b);
    FUZZ_CHECK(p->relation == TT_IDENTICAL || reaches(p->resemblance, o->resemblance) ||
                   reaches(p->containment_a, o->containment) ||
                   reaches(p->containment_b, o->containment) || reaches(shorter, o->overlap),
               "no rule admits it");
}

static const tt_pair *find_pair(const results *r, uint64_t a, uint64_t b)
{
    for (size_t k = 0; k < r->pair_count; k++)
        if (r->pairs[k].a == (a < b ? a : b) && r->pairs[k].b == (a < b ? b : a))
            return &r->pairs[k];
    return NULL;
}

static void check_pairs(const results *r, const corpus *c, const tt_options *o)
{
    for (size_t k = 0; k < r->pair_count; k++) {
        const tt_pair *p = &r->pairs[k];
        FUZZ_CHECK(k == 0 || p[-1].a < p->a || (p[-1].a == p->a && p[-1].b < p->b), "not sorted");
        check_pair(p, c, o);
    }
}

/* ---- Clusters and sections ------------------------------------------------------------------- */

static void check_clusters(const results *r, const corpus *c, int with_pairs)
{
    uint8_t taken[MOST_ARTICLES] = {0};
    for (size_t k = 0; k < r->cluster_count; k++) {
        const tt_cluster *x = &r->clusters[k];
        int has_keep = 0;
        FUZZ_CHECK(x->number == k + 1 && x->count >= 2, "cluster %zu", k);
        for (size_t i = 0; i < x->count; i++) {
            const uint64_t at = x->members[i];
            const tt_pair *p = at == x->keep ? NULL : find_pair(r, at, x->keep);
            FUZZ_CHECK(at < c->taken_count && !taken[at], "%d again", (int)at);
            taken[at] = 1;
            has_keep |= at == x->keep;
            FUZZ_CHECK(!with_pairs || at == x->keep || (p != NULL && p->relation != TT_SERIES),
                       "%d is chained to %d", (int)at, (int)x->keep);
        }
        FUZZ_CHECK(has_keep, "cluster %zu lacks what is kept", k);
    }
}

static void check_extent(const article *a, uint64_t begin, uint64_t end)
{
    int begins = 0, ends = 0;
    for (uint32_t i = 0; i < a->added.token_count; i++) {
        begins |= a->begins[i] == begin;
        ends |= a->ends[i] == end;
    }
    FUZZ_CHECK(begin < end && end <= a->size && begins && ends, "%d..%d of %zu is no extent",
               (int)begin, (int)end, a->size);
}

static void check_section(const tt_section *s, const corpus *c, const tt_options *o)
{
    const tt_occurrence *first = s->occurrences;
    FUZZ_CHECK(s->count >= 2 && s->tokens >= o->min_section, "%zu places, %d tokens", s->count,
               (int)s->tokens);
    for (size_t k = 0; k < s->count; k++) {
        const tt_occurrence *x = &s->occurrences[k];
        FUZZ_CHECK(x->article < c->taken_count, "article %d", (int)x->article);
        check_extent(c->taken[x->article], x->begin, x->end);
        check_extent(c->taken[first->article], x->of_begin, x->of_end);
        FUZZ_CHECK(x->of_begin >= first->begin && x->of_end <= first->end, "outside the reference");
        FUZZ_CHECK(x->similarity > 0 && x->similarity <= 1, "similarity %g", x->similarity);
        FUZZ_CHECK(k == 0 || x[-1].article < x->article || x[-1].end <= x->begin, "they overlap");
    }
}

static void check_results(const tt_result *x, const corpus *c)
{
    const tt_options *o = tt_result_options(x);
    results r = {0};
    const tt_summary *s = tt_result_summary(x);
    FUZZ_CHECK(results_collect(&r, x) == TT_OK, "results");
    FUZZ_CHECK(s->articles == c->taken_count && s->pairs == r.pair_count &&
                   s->clusters == r.cluster_count && s->sections == r.section_count,
               "the summary says other numbers");
    check_pairs(&r, c, o);
    check_clusters(&r, c, (o->find & TT_FIND_PAIRS) != 0);
    for (size_t k = 0; k < r.section_count; k++) {
        FUZZ_CHECK(r.sections[k].number == k + 1, "section %zu", k);
        check_section(&r.sections[k], c, o);
    }
    results_free(&r);
}

/* ---- New text against an index of all -------------------------------------------------------- */

typedef struct probe {
    const corpus *c;
    const article *asked;
    const tt_options *options;
} probe;

static const article *article_of_id(const corpus *c, const tt_id *id)
{
    for (size_t k = 0; k < c->taken_count; k++)
        if (strlen(c->taken[k]->id) == id->size &&
            memcmp(c->taken[k]->id, id->bytes, id->size) == 0)
            return c->taken[k];
    FUZZ_CHECK(0, "a match with no article");
    return NULL;
}

static int check_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    const probe *p = ctx;
    FUZZ_CHECK(count == 1 && verdicts->match_count <= p->options->max_matches, "%zu matches",
               verdicts->match_count);
    for (size_t k = 0; k < verdicts->match_count; k++) {
        const tt_match *m = &verdicts->matches[k];
        const article *a = article_of_id(p->c, &m->of);
        const tt_pair numbers = {.resemblance = m->resemblance,
                                 .containment_a = m->containment_of,
                                 .containment_b = m->containment,
                                 .overlap_a = m->overlap_of,
                                 .overlap_b = m->overlap,
                                 .facts = m->facts};
        check_numbers(&numbers, a, p->asked, p->options);
        for (size_t i = 0; i < m->passage_count; i++) {
            check_extent(p->asked, m->passages[i].begin, m->passages[i].end);
            check_extent(a, m->passages[i].of_begin, m->passages[i].of_end);
        }
    }
    return 0;
}

static void check_queries(const corpus *c, const tt_options *o)
{
    tt_index *index = NULL;
    tt_article all[MOST_ARTICLES];
    for (size_t k = 0; k < c->taken_count; k++)
        all[k] = public_of(c->taken[k], k);
    FUZZ_CHECK(tt_index_open(&index, NULL, TT_INDEX_MATCHES, o, NULL) == TT_OK, "index");
    FUZZ_CHECK(tt_index_add(index, all, c->taken_count, NULL, NULL, NULL, NULL) == TT_OK, "add");
    for (size_t k = 0; k < c->count; k++) {
        probe p = {c, &c->all[k], tt_index_options(index)};
        tt_article asked = public_of(&c->all[k], k);
        tt_status status;
        asked.id = "asked", asked.id_size = 5;
        FUZZ_CHECK(tt_index_query(index, &asked, 1, &status, check_matches, &p, NULL) == TT_OK,
                   "query");
        FUZZ_CHECK((status == TT_OK) == c->all[k].accepted, "query of article %zu: %d", k, status);
    }
    tt_index_close(index);
}

/* ---- The target ------------------------------------------------------------------------------ */

typedef struct written {
    char *bytes;
    size_t size;
} written;

static int add_bytes(void *ctx, const char *bytes, size_t size)
{
    written *w = ctx;
    w->bytes = copy_more(w->bytes, w->size, bytes, size, 1);
    w->size += size;
    return 0;
}

/* Formats the result as JSON Lines, up to the times. */
static written write_result(const tt_result *x)
{
    written w = {0};
    char *times;
    FUZZ_CHECK(tt_result_write(x, add_bytes, &w, NULL, NULL) == TT_OK, "write");
    add_bytes(&w, "", 1);
    times = strstr(w.bytes, "\"seconds\":");
    FUZZ_CHECK(times != NULL, "no times");
    w.size = (size_t)(times - w.bytes);
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const tt_options o = options_of(&in);
    tt_options resolved;
    tt_result *one, *other;
    written x, y;
    corpus c;
    if (tt_options_resolve(&o, &resolved, NULL) != TT_OK)
        return 0;
    read_corpus(&c, &in, &o);
    one = scan(&c, o, 1, MOST_ARTICLES);
    other = scan(&c, o, 3, 2);
    check_results(one, &c);
    check_queries(&c, &o);
    x = write_result(one);
    y = write_result(other);
    FUZZ_CHECK(x.size == y.size && memcmp(x.bytes, y.bytes, x.size) == 0,
               "other results with three threads:\n%.*s\n%.*s", (int)x.size, x.bytes, (int)y.size,
               y.bytes);
    free(x.bytes);
    free(y.bytes);
    tt_result_close(one);
    tt_result_close(other);
    free_corpus(&c);
    return 0;
}
