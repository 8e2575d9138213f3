#include "seed/candidates.h"

#include "../texts.h"
#include "seed/minimizers.h"
#include "seed/partitions.h"
#include "util/alloc.h"

enum { RUN = TTI_MINIMIZER_TOKENS + TTI_MINIMIZER_WINDOW - 1 };

static tti_doc doc_of(const wordlist *w)
{
    return (tti_doc){.hashes = w->words, .token_count = (uint32_t)w->count};
}

/* Spreads the numbers of words like hashes, since the engine sees tokens as hashes. */
static void add_random(wordlist *w, rng *r, size_t n)
{
    for (size_t k = 0; k < n; k++)
        words_add(w, (uint32_t)rng_next(r) | 1);
}

static tti_minimizers minimizers_of(const wordlist *w)
{
    tti_minimizers s = {0};
    const tti_doc doc = doc_of(w);
    const tt_options options = {.min_section = 32};
    assert_int_equal(tti_minimizers_find(&s, &doc, &options, &tti_libc_allocator, NULL), TT_OK);
    return s;
}

static int has_position(const tti_minimizers *s, uint32_t position)
{
    for (size_t k = 0; k < s->positions.count; k++)
        if (s->positions.items[k] == position)
            return 1;
    return 0;
}

/* ---- Sampling ------------------------------------------------------------------------------- */

static void a_shared_run_of_nine_tokens_shares_a_seed(void **state)
{
    rng r = {1};
    (void)state;
    assert_int_equal(RUN, 9);
    for (int round = 0; round < 3000; round++) {
        wordlist run = {NULL, 0, 0}, a = {NULL, 0, 0}, b = {NULL, 0, 0};
        const uint32_t at_a = rng_below(&r, 80), at_b = rng_below(&r, 80);
        tti_minimizers x, y;
        int shared = 0;
        for (uint32_t k = 0; k < RUN; k++) /* some runs repeat themselves, which makes ties */
            words_add(&run, round % 3 == 0 ? 1 + rng_below(&r, 2) : (uint32_t)rng_next(&r));
        add_random(&a, &r, at_a), add_random(&b, &r, at_b);
        words_copy(&a, &run, 0, RUN), words_copy(&b, &run, 0, RUN);
        add_random(&a, &r, TTI_SEED_SHORT_DOC), add_random(&b, &r, TTI_SEED_SHORT_DOC);
        x = minimizers_of(&a), y = minimizers_of(&b);
        for (uint32_t k = 0; k < TTI_MINIMIZER_WINDOW; k++)
            shared |= has_position(&x, at_a + k) && has_position(&y, at_b + k);
        assert_true(shared);
        tti_minimizers_free(&x, &tti_libc_allocator), tti_minimizers_free(&y, &tti_libc_allocator);
        words_free(&run), words_free(&a), words_free(&b);
    }
}

static void seeds_ascend_and_no_window_is_without_one(void **state)
{
    rng r = {2};
    (void)state;
    for (size_t n = TTI_SEED_SHORT_DOC; n < 400; n += 7) {
        wordlist a = {NULL, 0, 0};
        tti_minimizers s;
        add_random(&a, &r, n);
        s = minimizers_of(&a);
        assert_true(s.positions.count > 0 && s.positions.items[0] < TTI_MINIMIZER_WINDOW);
        for (size_t k = 1; k < s.positions.count; k++) {
            assert_true(s.positions.items[k] > s.positions.items[k - 1]);
            assert_true(s.positions.items[k] - s.positions.items[k - 1] <= TTI_MINIMIZER_WINDOW);
        }
        assert_true(s.positions.items[s.positions.count - 1] + TTI_MINIMIZER_WINDOW >
                    n - TTI_MINIMIZER_TOKENS);
        assert_true(s.positions.count < n / 2); /* two in seven, on average */
        tti_minimizers_free(&s, &tti_libc_allocator);
        words_free(&a);
    }
}

static void short_documents_keep_every_gram(void **state)
{
    rng r = {3};
    (void)state;
    for (size_t n = 0; n < TTI_SEED_SHORT_DOC; n++) {
        wordlist a = {NULL, 0, 0};
        tti_minimizers s;
        add_random(&a, &r, n);
        s = minimizers_of(&a);
        assert_int_equal(s.positions.count, n == 0 ? 0
                                            : n < TTI_MINIMIZER_TOKENS
                                                ? 1
                                                : n - TTI_MINIMIZER_TOKENS + 1);
        tti_minimizers_free(&s, &tti_libc_allocator);
        words_free(&a);
    }
}

static void one_repeated_word_gives_a_seed_a_window(void **state)
{
    wordlist a = {NULL, 0, 0};
    tti_minimizers s;
    (void)state;
    for (int k = 0; k < 6000; k++)
        words_add(&a, 12345);
    s = minimizers_of(&a);
    assert_true(s.positions.count >= 900 && s.positions.count <= 1100);
    tti_minimizers_free(&s, &tti_libc_allocator);
    words_free(&a);
}

/* ---- Shared seeds --------------------------------------------------------------------------- */

enum { DOCS = 60 };

typedef struct docs {
    wordlist words[DOCS];
    tti_doc items[DOCS];
    tti_corpus corpus;
} docs;

/* Documents with passages of each other, one of them empty. */
static void make_docs(docs *d, uint64_t seed)
{
    rng r = {seed};
    memset(d, 0, sizeof *d);
    for (uint32_t k = 0; k < DOCS; k++) {
        wordlist *w = &d->words[k];
        if (k != 7)
            add_random(w, &r, 10 + rng_below(&r, 150));
        if (k > 0 && k % 2 == 0)
            words_copy(w, &d->words[rng_below(&r, k)], 0, 20 + rng_below(&r, 60));
        d->items[k] = doc_of(w);
        d->items[k].article = k;
    }
    d->corpus.docs = d->items;
    d->corpus.doc_count = DOCS;
}

static void free_docs(docs *d)
{
    for (int k = 0; k < DOCS; k++)
        words_free(&d->words[k]);
}

/* Every seed of the documents. */
static tti_seed *all_seeds(const docs *d, size_t *count)
{
    TTI_ARRAY(tti_seed) all = {0};
    for (uint32_t k = 0; k < DOCS; k++) {
        tti_minimizers m = minimizers_of(&d->words[k]);
        for (size_t i = 0; i < m.positions.count; i++)
            assert_int_equal(
                tti_array_push(&all, &tti_libc_allocator, tti_minimizers_seed(&m, i, k)), TT_OK);
        tti_minimizers_free(&m, &tti_libc_allocator);
    }
    *count = all.count;
    return all.items;
}

static int compare_seeds(const void *x, const void *y)
{
    const tti_seed *p = x, *q = y;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    if (p->doc != q->doc)
        return p->doc < q->doc ? -1 : 1;
    return (p->pos > q->pos) - (p->pos < q->pos);
}

/* The postings of a seed, first to last, as one of the lists has them. */
static int has_postings(const tti_shared_seeds *s, const tti_seed *seeds, size_t count)
{
    for (size_t n = 0; n < s->lists.count; n++) {
        const tti_posting_list *l = &s->lists.items[n];
        for (size_t k = 0; k + count <= l->count; k++) {
            size_t same = 0;
            if (l->items[k].doc != (seeds->doc | TTI_FIRST_POSTING) ||
                l->items[k].pos != seeds->pos)
                continue;
            for (same = 1; same < count; same++)
                if (l->items[k + same].doc != seeds[same].doc ||
                    l->items[k + same].pos != seeds[same].pos)
                    break;
            return same == count &&
                   (k + count == l->count || (l->items[k + count].doc & TTI_FIRST_POSTING) != 0);
        }
    }
    return 0;
}

/* The seeds that occur twice, with all their postings, by brute force; however many threads. */
static void shared_seeds_have_all_their_postings(void **state)
{
    static const int threads[] = {1, 2, 7};
    static docs d;
    tt_options o;
    size_t count;
    tti_seed *seeds;
    (void)state;
    make_docs(&d, 4);
    seeds = all_seeds(&d, &count);
    qsort(seeds, count, sizeof *seeds, compare_seeds);
    assert_int_equal(tt_options_resolve(NULL, &o, NULL), TT_OK);
    for (int t = 0; t < 3; t++) {
        tti_shared_seeds s = {0};
        size_t postings = 0;
        o.threads = threads[t];
        assert_int_equal(tti_shared_seeds_find(&s, &d.corpus, &o, NULL), TT_OK);
        for (size_t i = 0, k; i < count; i = k) {
            for (k = i + 1; k < count && seeds[k].key == seeds[i].key;)
                k++;
            if (k - i < 2)
                continue;
            assert_true(has_postings(&s, seeds + i, k - i));
            postings += k - i;
        }
        assert_int_equal(s.count, postings);
        for (uint32_t k = 0; k < DOCS; k++) {
            tti_minimizers m = minimizers_of(&d.words[k]);
            assert_int_equal(s.counts[k], m.positions.count);
            tti_minimizers_free(&m, &tti_libc_allocator);
        }
        tti_shared_seeds_free(&s);
    }
    free(seeds);
    free_docs(&d);
}

/* ---- Candidates
 * ---------------------------------------------------------------------------------- */

static tti_candidates candidates_of(const tti_corpus *corpus, const tt_options *o)
{
    tti_candidates c;
    tti_doc_list for_lsh = {0};
    tti_candidates_init(&c, &tti_libc_allocator);
    assert_int_equal(tti_seed_candidates_add(corpus, o, &c, &for_lsh, NULL), TT_OK);
    tti_array_free(&for_lsh, &tti_libc_allocator);
    assert_int_equal(tti_candidates_sort_unique(&c, NULL), TT_OK);
    return c;
}

static unsigned want_of(const tti_candidates *c, uint32_t a, uint32_t b)
{
    for (size_t k = 0; k < c->pairs.count; k++)
        if (tti_candidate_a(c->pairs.items[k]) == a && tti_candidate_b(c->pairs.items[k]) == b)
            return tti_candidate_want(c->pairs.items[k]);
    return 0;
}

static void copies_and_shared_passages_become_candidates(void **state)
{
    rng r = {6};
    wordlist w[5] = {{NULL, 0, 0}};
    tti_doc items[5];
    tti_corpus corpus = {.docs = items, .doc_count = 5};
    tt_options o;
    tti_candidates c;
    (void)state;
    add_random(&w[0], &r, 300);
    words_copy(&w[1], &w[0], 0, 280); /* a copy */
    add_random(&w[2], &r, 2000);
    words_copy(&w[2], &w[0], 100, 145); /* a long text with a passage of another */
    add_random(&w[3], &r, 120);
    words_copy(&w[3], &w[3], 0, 60); /* a text that repeats itself */
    add_random(&w[4], &r, 500);      /* unrelated to the others */
    for (uint32_t k = 0; k < 5; k++) {
        items[k] = doc_of(&w[k]);
        items[k].article = k;
    }
    assert_int_equal(tt_options_resolve(NULL, &o, NULL), TT_OK);
    o.threads = 1;
    c = candidates_of(&corpus, &o);
    assert_true(want_of(&c, 0, 1) == (TTI_WANT_PAIR | TTI_WANT_SECTIONS));
    assert_true(want_of(&c, 0, 2) & TTI_WANT_SECTIONS);
    assert_true(want_of(&c, 3, 3) & TTI_WANT_SECTIONS);
    for (uint32_t k = 0; k < 4; k++)
        assert_int_equal(want_of(&c, k, 4), 0);
    tti_candidates_free(&c);
    for (int k = 0; k < 5; k++)
        words_free(&w[k]);
}

static void a_passage_in_every_document_links_each_to_the_first(void **state)
{
    enum { MANY = 400 };
    static wordlist w[MANY];
    static tti_doc items[MANY];
    rng r = {7};
    tti_corpus corpus = {.docs = items, .doc_count = MANY};
    wordlist notice = {NULL, 0, 0};
    tt_options o;
    tti_candidates c;
    (void)state;
    add_random(&notice, &r, 60);
    for (uint32_t k = 0; k < MANY; k++) {
        add_random(&w[k], &r, 90);
        words_copy(&w[k], &notice, 0, 60);
        items[k] = doc_of(&w[k]);
        items[k].article = k;
    }
    assert_int_equal(tt_options_resolve(NULL, &o, NULL), TT_OK);
    o.threads = 1;
    c = candidates_of(&corpus, &o);
    for (uint32_t k = 1; k < MANY; k++)
        assert_true(want_of(&c, 0, k) & TTI_WANT_SECTIONS);
    assert_true(c.pairs.count <=
                MANY * (TTI_SEED_FIRST_POSTINGS + 1)); /* far less than the square */
    tti_candidates_free(&c);
    for (int k = 0; k < MANY; k++)
        words_free(&w[k]);
    words_free(&notice);
}

/* Twelve shared seeds of a hundred suffice if damage left them all over the text, but not if they
 * are one paragraph. */
static void seeds_of_one_paragraph_make_no_pair(void **state)
{
    const uint32_t counts[] = {100, 100};
    for (uint32_t apart = 3; apart <= 30; apart += 27) {
        tt_options o;
        tti_seed_rules rules;
        tti_seed_counts t;
        (void)state;
        assert_int_equal(tt_options_resolve(NULL, &o, NULL), TT_OK);
        tti_seed_rules_make(&rules, &o, counts);
        tti_seed_counts_init(&t, &tti_libc_allocator);
        for (uint32_t k = 0; k < 12; k++)
            tti_seed_counts_add_shared(&t, 0, k * apart);
        tti_seed_counts_select(&t, &rules, 1, counts[1]);
        assert_int_equal(t.status, TT_OK);
        assert_int_equal(t.found.pairs.count, apart == 30);
        tti_seed_counts_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shared_run_of_nine_tokens_shares_a_seed),
        cmocka_unit_test(seeds_ascend_and_no_window_is_without_one),
        cmocka_unit_test(short_documents_keep_every_gram),
        cmocka_unit_test(one_repeated_word_gives_a_seed_a_window),
        cmocka_unit_test(shared_seeds_have_all_their_postings),
        cmocka_unit_test(copies_and_shared_passages_become_candidates),
        cmocka_unit_test(a_passage_in_every_document_links_each_to_the_first),
        cmocka_unit_test(seeds_of_one_paragraph_make_no_pair),
    };
    return cmocka_run_group_tests_name("seeds", tests, NULL, NULL);
}
