/*
 * Properties of an alignment, on small random corpora whose words are known: every token of either
 * text is in one segment, equal ones are equal word by word, and passages are those of a scan.
 *
 *     test_property_align [-s SEED] [-n CASES] [-v]
 */
#include "cases.h"

#include <math.h>

/* The number of comparisons of passages with the sections of a scan. */
static size_t compared;

static tt_article as_article(const text *t)
{
    return (tt_article){.text = t->bytes, .text_size = t->size, .published = TT_NO_TIME};
}

/* Checks that the bytes are those of `count` words beginning with `at`. @return the next word */
static size_t check_extent(const text *t, size_t at, uint64_t begin, uint64_t end, uint32_t count)
{
    CHECK(at + count <= t->words.count, "more words than there are");
    if (count > 0) {
        CHECK(begin == t->begins[at], "a segment begins at %d", (int)begin);
        CHECK(end == t->ends[at + count - 1], "a segment ends at %d", (int)end);
    } else {
        CHECK(begin == end && begin == (at == 0 ? 0 : t->ends[at - 1]), "an empty extent");
    }
    return at + count;
}

/* Checks segments that begin with words a and b and follow each other on both sides. */
static void check_segments(const text *x, const text *y, const tt_segment *s, size_t count,
                           size_t *a, size_t *b)
{
    for (size_t k = 0; k < count; k++) {
        if (s[k].kind == TT_SEGMENT_EQUAL) {
            CHECK(s[k].tokens_a == s[k].tokens_b && s[k].tokens_a > 0, "tokens");
            CHECK(memcmp(x->words.words + *a, y->words.words + *b,
                         s[k].tokens_a * sizeof(uint32_t)) == 0,
                  "an equal segment is not");
        } else {
            CHECK((s[k].kind == TT_SEGMENT_ONLY_A) == (s[k].tokens_b == 0), "only in a");
            CHECK((s[k].kind == TT_SEGMENT_ONLY_B) == (s[k].tokens_a == 0), "only in b");
        }
        *a = check_extent(x, *a, s[k].begin_a, s[k].end_a, s[k].tokens_a);
        *b = check_extent(y, *b, s[k].begin_b, s[k].end_b, s[k].tokens_b);
    }
}

static size_t word_at(const text *t, uint64_t begin)
{
    size_t k = 0;
    while (k < t->words.count && t->begins[k] != begin)
        k++;
    return k;
}

static void check_passage(const text *x, const text *y, const tt_passage *p, uint32_t number)
{
    size_t a = word_at(x, p->begin_a), b = word_at(y, p->begin_b);
    const tt_segment *last = &p->segments[p->segment_count - 1];
    uint64_t tokens = 0;
    CHECK(p->segment_count > 0, "a passage without segments");
    CHECK(p->segments->kind == TT_SEGMENT_EQUAL && last->kind == TT_SEGMENT_EQUAL, "its ends");
    CHECK(p->segments->begin_a == p->begin_a && p->segments->begin_b == p->begin_b, "its begin");
    CHECK(last->end_a == p->end_a && last->end_b == p->end_b, "its end");
    check_segments(x, y, p->segments, p->segment_count, &a, &b);
    for (size_t k = 0; k < p->segment_count; k++) {
        CHECK(p->segments[k].passage == number, "a segment of another passage");
        tokens += p->segments[k].kind == TT_SEGMENT_EQUAL ? p->segments[k].tokens_a : 0;
    }
    CHECK(tokens == p->tokens, "its tokens");
}

static void check_alignment(const text *x, const text *y, const tt_alignment *al)
{
    size_t n, segment_count, a = 0, b = 0;
    const tt_passage *p = tt_alignment_passages(al, &n);
    const tt_segment *s = tt_alignment_segments(al, &segment_count);
    for (size_t k = 0; k < n; k++) {
        check_passage(x, y, &p[k], (uint32_t)k);
        CHECK(k == 0 || p[k].begin_b >= p[k - 1].end_b, "passages that overlap in b");
        CHECK(x != y || p[k].end_a <= p[k].begin_b, "a passage that overlaps itself");
        CHECK(x == y || p[k].moved ||
                  (p[k].segments >= s && p[k].segments + p[k].segment_count <= s + segment_count),
              "a passage in order is not in the reading");
    }
    if (x == y) {
        CHECK(segment_count == 0, "a reading of one text");
        return;
    }
    check_segments(x, y, s, segment_count, &a, &b);
    CHECK(a == x->words.count && b == y->words.count, "words in no segment");
    for (size_t k = 0; k < segment_count; k++)
        CHECK(s[k].passage == TT_NO_PASSAGE || !p[s[k].passage].moved, "a moved passage in order");
}

/* Whether one of the texts repeats itself: a scan then traces passages to their first occurrence.
 */
static int repeats_itself(const text *t)
{
    const tt_article x = as_article(t);
    tt_alignment *al = NULL;
    size_t n;
    CHECK(tt_align(&al, &x, NULL, NULL, 1, NULL) == TT_OK, "align");
    check_alignment(t, t, al);
    (void)tt_alignment_passages(al, &n);
    tt_alignment_close(al);
    return n > 0;
}

static int same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

static void compare_with_scan(const corpus *c, uint32_t i, uint32_t k, const tt_alignment *al)
{
    const uint32_t order[] = {i, k};
    const plan p = {5, 32, 1, 2, 0, order, 2, 0};
    const tt_pair *pair = tt_alignment_pair(al, NULL);
    size_t n, seen = 0;
    const tt_passage *passages = tt_alignment_passages(al, &n);
    results r;
    scan(c, &p, &r);
    if (r.pair_count == 1)
        CHECK(same_number(pair->resemblance, r.pairs->resemblance) &&
                  same_number(pair->containment_a, r.pairs->containment_a) &&
                  same_number(pair->containment_b, r.pairs->containment_b) &&
                  same_number(pair->overlap_a, r.pairs->overlap_a) &&
                  same_number(pair->overlap_b, r.pairs->overlap_b) &&
                  same_number(pair->facts, r.pairs->facts) && pair->relation == r.pairs->relation,
              "numbers that differ");
    for (size_t s = 0; s < r.section_count; s++)
        for (size_t o = 1; o < r.sections[s].count; o++, seen++) {
            const tt_occurrence *x = &r.sections[s].occurrences[o];
            size_t at = 0;
            while (at < n && passages[at].begin_b != x->begin)
                at++;
            CHECK(at < n, "a section that is no passage");
            CHECK(passages[at].end_b == x->end && passages[at].begin_a == x->of_begin &&
                      passages[at].end_a == x->of_end && passages[at].similarity == x->similarity,
                  "a section that is another passage");
        }
    CHECK(seen == 0 || seen == n, "a passage that is no section");
    compared += seen > 0;
    results_free(&r);
}

static void run_case(uint64_t seed)
{
    corpus c;
    current_seed = seed;
    corpus_make(&c, seed, 1);
    for (uint32_t i = 0; i + 1 < c.count; i++) {
        const tt_article x = as_article(&c.texts[i]);
        const int repeats = repeats_itself(&c.texts[i]);
        for (uint32_t k = i + 1; k < c.count; k += 3) {
            const tt_article y = as_article(&c.texts[k]);
            tt_alignment *al = NULL;
            CHECK(tt_align(&al, &x, &y, NULL, k % 2 == 0 ? 0 : 1, NULL) == TT_OK, "align");
            check_alignment(&c.texts[i], &c.texts[k], al);
            if (k % 2 == 0 && !repeats && !repeats_itself(&c.texts[k]))
                compare_with_scan(&c, i, k, al);
            tt_alignment_close(al);
        }
    }
    corpus_free(&c);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 60, run_case);
    printf("alignments compared with a scan's sections: %zu\n", compared);
    CHECK(compared > 0, "nothing was compared");
    return 0;
}
