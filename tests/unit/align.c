#include "align/align.h"
#include "align/kgram_index.h"

#include "../texts.h"
#include "kernels/kernels.h"
#include "util/alloc.h"

static tti_aligner *aligner; /* shared by all tests: runs must not affect each other */

static int open_aligner(void **state)
{
    (void)state;
    return tti_aligner_open(&aligner, 32, &tti_libc_allocator, NULL) == TT_OK ? 0 : -1;
}

static int close_aligner(void **state)
{
    (void)state;
    tti_aligner_close(aligner);
    return 0;
}

/* ---- Properties of every alignment ---------------------------------------------------------- */

static void check_block(const tti_block *x, const tti_block *before, const wordlist *a,
                        const wordlist *b)
{
    assert_true(x->len > 0);
    assert_true(x->a + x->len <= a->count && x->b + x->len <= b->count);
    if (before != NULL)
        assert_true(x->a >= before->a + before->len && x->b >= before->b + before->len);
    for (uint32_t i = 0; i < x->len; i++)
        assert_int_equal(a->words[x->a + i], b->words[x->b + i]);
}

static void check_passage(const tti_passage *p, const tti_block *blocks, const wordlist *a,
                          const wordlist *b, int self)
{
    const tti_block *last = &blocks[p->block_count - 1];
    uint32_t matched = 0;
    assert_true(p->block_count > 0);
    for (uint32_t k = 0; k < p->block_count; k++) {
        check_block(&blocks[k], k > 0 ? &blocks[k - 1] : NULL, a, b);
        matched += blocks[k].len;
        if (k > 0) {
            assert_true(blocks[k].a - (blocks[k - 1].a + blocks[k - 1].len) <= TTI_SPLIT_GAP);
            assert_true(blocks[k].b - (blocks[k - 1].b + blocks[k - 1].len) <= TTI_SPLIT_GAP);
        }
    }
    assert_int_equal(p->matched, matched);
    assert_int_equal(p->a_begin, blocks->a);
    assert_int_equal(p->b_begin, blocks->b);
    assert_int_equal(p->a_end, last->a + last->len);
    assert_int_equal(p->b_end, last->b + last->len);
    if (self)
        assert_true(p->a_end <= p->b_begin);
}

static uint32_t count_marks(const uint8_t *marks, size_t n)
{
    uint32_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += marks[k];
    return sum;
}

/* Passages are valid, and the counts are the tokens of each side that are in a block. */
static void check_alignment(const tti_alignment *al, const wordlist *a, const wordlist *b, int self)
{
    uint8_t *in_a = calloc(a->count + 1, 1), *in_b = calloc(b->count + 1, 1);
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        const tti_block *blocks = al->blocks + p->block_begin;
        check_passage(p, blocks, a, b, self);
        for (uint32_t i = 0; i < p->block_count; i++) {
            memset(in_a + blocks[i].a, 1, blocks[i].len);
            memset(in_b + blocks[i].b, 1, blocks[i].len);
        }
    }
    assert_int_equal(al->aligned_a, count_marks(in_a, a->count));
    assert_int_equal(al->aligned_b, count_marks(in_b, b->count));
    free(in_a);
    free(in_b);
}

static tti_alignment align(const wordlist *a, const wordlist *b)
{
    tti_alignment al;
    assert_int_equal(tti_aligner_load(aligner, b->words, (uint32_t)b->count, NULL), TT_OK);
    assert_int_equal(tti_aligner_run(aligner, a->words, (uint32_t)a->count, &al, NULL), TT_OK);
    check_alignment(&al, a, b, 0);
    return al;
}

static tti_alignment align_self(const wordlist *a)
{
    tti_alignment al;
    assert_int_equal(tti_aligner_load(aligner, a->words, (uint32_t)a->count, NULL), TT_OK);
    assert_int_equal(tti_aligner_run_self(aligner, &al, NULL), TT_OK);
    check_alignment(&al, a, a, 1);
    return al;
}

static wordlist random_words(uint64_t seed, size_t n)
{
    rng r = {seed};
    wordlist w = {NULL, 0, 0};
    words_add(&w, 0); /* so that memory is allocated */
    w.count = 0;
    words_random(&w, &r, n, 4000);
    return w;
}

/* ---- Copies --------------------------------------------------------------------------------- */

static void an_exact_copy_is_one_block(void **state)
{
    (void)state;
    for (size_t n = 4; n < 400; n += n < 20 ? 1 : 61) {
        wordlist a = random_words(n, n);
        const tti_alignment al = align(&a, &a);
        assert_int_equal(al.passage_count, 1);
        assert_int_equal(al.passages[0].block_count, 1);
        assert_int_equal(al.passages[0].matched, n);
        assert_int_equal(al.aligned_a, n);
        assert_int_equal(al.aligned_b, n);
        words_free(&a);
    }
}

static void replaced_words_are_passed_over(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 40; seed++) {
        rng r = {seed};
        wordlist a = random_words(seed + 100, 300), b = {NULL, 0, 0};
        uint32_t kept = 0;
        tti_alignment al;
        words_copy(&b, &a, 0, a.count);
        for (size_t k = 0; k < b.count; k++)
            if (rng_below(&r, 10) == 0)
                b.words[k] = 10000 + (uint32_t)k; /* occurs nowhere else */
            else
                kept++;
        al = align(&a, &b);
        assert_true(al.aligned_a <= kept + 3 && al.aligned_a + 12 >= kept);
        assert_int_equal(al.passage_count, 1);
        words_free(&a);
        words_free(&b);
    }
}

static void inserted_text_splits_the_passage(void **state)
{
    wordlist a = random_words(1, 200), news = random_words(2, 100), b = {NULL, 0, 0};
    tti_alignment al;
    (void)state;
    words_copy(&b, &a, 0, 90);
    words_copy(&b, &news, 0, 100);
    words_copy(&b, &a, 90, 200);
    al = align(&a, &b);
    assert_int_equal(al.passage_count, 2);
    assert_int_equal(al.passages[0].matched, 110); /* best first */
    assert_int_equal(al.passages[0].a_begin, 90);
    assert_int_equal(al.passages[0].b_begin, 190);
    assert_int_equal(al.passages[1].a_end, 90);
    assert_int_equal(al.passages[1].b_end, 90);
    assert_int_equal(al.aligned_a, 200);
    words_free(&a), words_free(&b), words_free(&news);
}

static void a_short_insertion_does_not(void **state)
{
    wordlist a = random_words(3, 200), b = {NULL, 0, 0};
    tti_alignment al;
    (void)state;
    words_copy(&b, &a, 0, 90);
    for (uint32_t k = 0; k < TTI_SPLIT_GAP; k++)
        words_add(&b, 20000 + k);
    words_copy(&b, &a, 90, 200);
    al = align(&a, &b);
    assert_int_equal(al.passage_count, 1);
    assert_int_equal(al.passages[0].block_count, 2);
    assert_int_equal(al.aligned_b, 200);
    words_free(&a), words_free(&b);
}

static void reordered_blocks_are_passages_each(void **state)
{
    wordlist a = random_words(4, 300), b = {NULL, 0, 0};
    tti_alignment al;
    (void)state;
    words_copy(&b, &a, 200, 300);
    words_copy(&b, &a, 0, 120);
    words_copy(&b, &a, 120, 200);
    al = align(&a, &b);
    assert_int_equal(al.passage_count, 2);
    assert_int_equal(al.aligned_a, 300);
    assert_int_equal(al.aligned_b, 300);
    words_free(&a), words_free(&b);
}

static void unrelated_texts_share_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++) {
        wordlist a = random_words(seed, 300), b = random_words(seed + 1000, 300);
        const tti_alignment al = align(&a, &b);
        assert_int_equal(al.passage_count, 0);
        assert_int_equal(al.aligned_a + al.aligned_b, 0);
        words_free(&a), words_free(&b);
    }
}

static void empty_and_short_sides_are_taken(void **state)
{
    wordlist a = random_words(5, 100);
    (void)state;
    for (size_t na = 0; na < 12; na++)
        for (size_t nb = 0; nb < 12; nb++) {
            wordlist x = {a.words, na, 0}, y = {a.words, nb, 0};
            const tti_alignment al = align(&x, &y);
            const uint32_t least = (uint32_t)(na < nb ? na : nb);
            assert_int_equal(al.aligned_a, least < TTI_KGRAM_TOKENS ? 0 : least);
            (void)align_self(&x);
        }
    words_free(&a);
}

/* ---- Within one article --------------------------------------------------------------------- */

static void a_body_that_stands_twice_is_found_and_does_not_overlap_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 30; seed++) {
        wordlist body = random_words(seed, 40 + seed * 9), a = {NULL, 0, 0};
        const uint32_t n = (uint32_t)body.count;
        tti_alignment al;
        words_copy(&a, &body, 0, n);
        words_copy(&a, &body, 0, n);
        al = align_self(&a);
        assert_int_equal(al.passage_count, 1);
        assert_int_equal(al.passages[0].a_begin, 0);
        assert_int_equal(al.passages[0].a_end, n);
        assert_int_equal(al.passages[0].b_begin, n);
        assert_int_equal(al.passages[0].b_end, 2 * n);
        words_free(&body), words_free(&a);
    }
}

static void a_damaged_second_body_is_found_up_to_its_ends(void **state)
{
    wordlist body = random_words(8, 300), a = {NULL, 0, 0};
    tti_alignment al;
    (void)state;
    words_copy(&a, &body, 0, 300);
    for (size_t k = 5; k < 300; k += 17)
        body.words[k] = 30000 + (uint32_t)k;
    words_copy(&a, &body, 0, 300);
    al = align_self(&a);
    assert_int_equal(al.passage_count, 1);
    assert_int_equal(al.passages[0].a_begin, 0);
    assert_int_equal(al.passages[0].b_begin, 300);
    assert_int_equal(al.passages[0].a_end, 300);
    assert_int_equal(al.passages[0].matched, 300 - 18);
    words_free(&body), words_free(&a);
}

/* Every copy but the first is the later side of some passage. */
static void a_notice_that_stands_many_times_is_found_each_time(void **state)
{
    (void)state;
    for (uint32_t copies = 2; copies <= 40; copies += 3) {
        wordlist notice = random_words(9, 40), a = {NULL, 0, 0};
        uint8_t *held;
        tti_alignment al;
        for (uint32_t k = 0; k < copies; k++) {
            wordlist news = random_words(1000 + k, 60);
            words_copy(&a, &notice, 0, 40);
            words_copy(&a, &news, 0, 60);
            words_free(&news);
        }
        held = calloc(a.count, 1);
        al = align_self(&a);
        for (size_t k = 0; k < al.passage_count; k++)
            memset(held + al.passages[k].b_begin, 1, al.passages[k].b_end - al.passages[k].b_begin);
        for (uint32_t k = 1; k < copies; k++)
            for (uint32_t i = 0; i < 40; i++)
                if (!held[k * 100 + i])
                    fail_msg("%u copies: word %u of copy %u is not found", copies, i, k);
        free(held);
        words_free(&notice), words_free(&a);
    }
}

static void one_repeated_word_is_aligned_with_more_of_it(void **state)
{
    (void)state;
    for (size_t n = 1; n < 3000; n = n * 2 + 1) {
        wordlist a = {NULL, 0, 0}, b = {NULL, 0, 0};
        tti_alignment al;
        for (size_t k = 0; k < n; k++)
            words_add(&a, 5);
        for (size_t k = 0; k < n + n / 2; k++)
            words_add(&b, 5);
        al = align(&a, &b);
        if (n >= TTI_KGRAM_TOKENS)
            assert_int_equal(al.aligned_a, n);
        (void)align_self(&a);
        words_free(&a), words_free(&b);
    }
}

static void periodic_text_is_aligned_with_itself_and_its_like(void **state)
{
    (void)state;
    for (size_t period = 2; period <= 50; period += 12)
        for (size_t n = 100; n <= 3200; n *= 2) {
            wordlist unit = random_words(period, period), a = {NULL, 0, 0}, b = {NULL, 0, 0};
            tti_alignment al;
            while (a.count < n)
                words_copy(&a, &unit, 0, period);
            words_copy(&b, &a, 0, a.count);
            words_copy(&b, &a, 0, a.count / 3);
            al = align(&a, &b);
            assert_int_equal(al.aligned_a, a.count);
            (void)align_self(&a);
            words_free(&unit), words_free(&a), words_free(&b);
        }
}

/* ---- Texts of few words -----------------------------------------------------------------------
 */

static wordlist few_words(uint64_t seed, size_t n, uint32_t vocabulary)
{
    rng r = {seed};
    wordlist w = {NULL, 0, 0};
    for (size_t k = 0; k < n; k++)
        words_add(&w, rng_below(&r, vocabulary));
    return w;
}

/* Every k-gram occurs in many places: the copy is found among them, wherever it begins. */
static void a_copy_of_few_different_words_is_aligned(void **state)
{
    (void)state;
    for (uint32_t vocabulary = 2; vocabulary <= 6; vocabulary++)
        for (uint32_t before = 0; before <= 900; before += 300) {
            rng r = {vocabulary * 1000 + before};
            wordlist a = few_words(vocabulary, 1000, vocabulary);
            wordlist b = few_words(vocabulary + 100, before, vocabulary);
            tti_alignment al;
            words_copy(&b, &a, 0, 1000);
            for (uint32_t k = 0; k < 20; k++)
                b.words[before + rng_below(&r, 1000)] = 9;
            al = align(&a, &b);
            if (al.aligned_a < 970)
                fail_msg("%u words, %u before: %u of 1000 tokens are aligned", vocabulary, before,
                         al.aligned_a);
            words_free(&a), words_free(&b);
        }
}

static void two_texts_of_few_different_words_are_taken(void **state)
{
    (void)state;
    for (uint32_t vocabulary = 1; vocabulary <= 8; vocabulary++)
        for (size_t n = 10; n < 3000; n *= 4) {
            wordlist a = few_words(vocabulary, n, vocabulary);
            wordlist b = few_words(vocabulary + 50, n + n / 3, vocabulary);
            (void)align(&a, &b);
            (void)align_self(&b);
            words_free(&a), words_free(&b);
        }
}

/* ---- Random texts, with all the properties above --------------------------------------------- */

/* Makes text of damaged pieces of a few sources, in any order. */
static wordlist mixture(rng *r, const wordlist *sources, uint32_t count)
{
    wordlist w = {NULL, 0, 0};
    const uint32_t pieces = 1 + rng_below(r, 8);
    for (uint32_t k = 0; k < pieces; k++) {
        const wordlist *s = &sources[rng_below(r, count)];
        const uint32_t begin = rng_below(r, (uint32_t)s->count);
        words_copy(&w, s, begin, begin + 5 + rng_below(r, 120));
        if (rng_below(r, 3) == 0)
            words_random(&w, r, rng_below(r, 40), 50);
    }
    words_replace(&w, r, rng_below(r, 120), 3000);
    return w;
}

static void alignments_of_any_texts_are_valid(void **state)
{
    rng r = {2024};
    wordlist sources[4];
    (void)state;
    for (uint64_t k = 0; k < 4; k++)
        sources[k] = random_words(k + 50, k == 3 ? 12 : 200);
    for (int round = 0; round < 3000; round++) {
        wordlist a = mixture(&r, sources, 4), b = mixture(&r, sources, 4);
        if (a.count > 0 && b.count > 0) {
            (void)align(&a, &b);
            (void)align_self(&a);
        }
        words_free(&a), words_free(&b);
    }
    for (int k = 0; k < 4; k++)
        words_free(&sources[k]);
}

/* Which side is loaded may change which of several equal occurrences is used, and so the counts
 * slightly, but not whether the two are copies. */
static void the_answer_hardly_depends_on_which_side_is_loaded(void **state)
{
    rng r = {77};
    wordlist sources[3];
    uint32_t differ = 0, rounds = 0;
    (void)state;
    for (uint64_t k = 0; k < 3; k++)
        sources[k] = random_words(k + 70, 300);
    for (int round = 0; round < 2000; round++) {
        wordlist a = mixture(&r, sources, 3), b = mixture(&r, sources, 3);
        if (a.count > 40 && b.count > 40) {
            const tti_alignment x = align(&a, &b), y = align(&b, &a);
            const uint32_t more = x.aligned_a > y.aligned_b ? x.aligned_a : y.aligned_b;
            const uint32_t less = x.aligned_a > y.aligned_b ? y.aligned_b : x.aligned_a;
            rounds++;
            differ += more != less;
            if (more - less > 12 + more / 5)
                fail_msg("round %d: %u of %zu tokens are aligned one way, %u the other", round,
                         x.aligned_a, a.count, y.aligned_b);
        }
        words_free(&a), words_free(&b);
    }
    assert_true(rounds > 1000);
    assert_true(differ * 10 < rounds);
    for (int k = 0; k < 3; k++)
        words_free(&sources[k]);
}

static void every_kernel_set_tells_which_anchors_may_come_before(void **state)
{
    const tti_kernels *all[8];
    const size_t sets = tti_kernels_all(all, 8);
    rng r = {31};
    (void)state;
    for (size_t n = 0; n <= 64; n++)
        for (int round = 0; round < 20; round++) {
            const uint32_t at = rng_below(&r, 200), end = rng_below(&r, 3) * 50;
            uint32_t b[64], reach[64], first[64];
            uint8_t expected[64], got[64];
            for (size_t k = 0; k < n; k++) {
                b[k] = rng_below(&r, 200);
                reach[k] = 1 + rng_below(&r, 100);
                first[k] = rng_below(&r, 200);
                expected[k] = b[k] < at && at - b[k] <= reach[k] && end <= first[k];
            }
            for (size_t s = 0; s < sets; s++) {
                all[s]->find_near(b, reach, first, n, at, end, got);
                if (n > 0 && memcmp(got, expected, n) != 0)
                    fail_msg("near of %s: %zu anchors", all[s]->name, n);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_set_tells_which_anchors_may_come_before),
        cmocka_unit_test(an_exact_copy_is_one_block),
        cmocka_unit_test(replaced_words_are_passed_over),
        cmocka_unit_test(inserted_text_splits_the_passage),
        cmocka_unit_test(a_short_insertion_does_not),
        cmocka_unit_test(reordered_blocks_are_passages_each),
        cmocka_unit_test(unrelated_texts_share_nothing),
        cmocka_unit_test(empty_and_short_sides_are_taken),
        cmocka_unit_test(a_body_that_stands_twice_is_found_and_does_not_overlap_itself),
        cmocka_unit_test(a_damaged_second_body_is_found_up_to_its_ends),
        cmocka_unit_test(a_notice_that_stands_many_times_is_found_each_time),
        cmocka_unit_test(one_repeated_word_is_aligned_with_more_of_it),
        cmocka_unit_test(periodic_text_is_aligned_with_itself_and_its_like),
        cmocka_unit_test(a_copy_of_few_different_words_is_aligned),
        cmocka_unit_test(two_texts_of_few_different_words_are_taken),
        cmocka_unit_test(alignments_of_any_texts_are_valid),
        cmocka_unit_test(the_answer_hardly_depends_on_which_side_is_loaded),
    };
    return cmocka_run_group_tests_name("align", tests, open_aligner, close_aligner);
}
