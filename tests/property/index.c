/*
 * An index to which some articles are added and then the others, in batches of any size, closed and
 * opened in between, gives what a scan of all of them gives, and the same bytes as one to which all
 * were added at once. With every match asked for it gives the scan's pairs and repeats, too.
 *
 *     test_property_index [-s SEED] [-n CASES] [-v]
 */
#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include "../api/index.h"

static struct {
    size_t verdicts, pairs, duplicates, matches, not_looked_up, repeats;
} tally;

static void open_index(tt_index **index, const char *path)
{
    tt_error error = {0};
    CHECK(tt_index_open(index, path, TT_INDEX_CREATE, NULL, &error) == TT_OK, "%s", error.message);
}

/* ---- Any way of feeding gives the same bytes ------------------------------------------------- */

/* Batches of at most `most`; sometimes the index is closed and opened again. */
static void feed(const corpus *c, rng *r, uint32_t most, tt_verdict_fn emit, void *ctx)
{
    const plan p = {5, 32, 1, MOST_ARTICLES, 0, NULL, 0, 0};
    const char *path = fresh_path();
    tt_article all[MOST_ARTICLES];
    const size_t count = list_articles(c, &p, all);
    tt_index *index;
    open_index(&index, path);
    for (size_t k = 0, n; k < count; k += n) {
        n = most == 0 ? count : 1 + rng_below(r, most);
        n = n < count - k ? n : count - k;
        CHECK(tt_index_add(index, all + k, n, NULL, emit, ctx, NULL) == TT_OK, "add");
        if (most > 0 && rng_below(r, 4) == 0) {
            tt_index_close(index);
            open_index(&index, path);
        }
    }
    tt_index_close(index);
    (void)fresh_path();
}

/* ---- Against a scan ---------------------------------------------------------------------------
 */

typedef struct expected {
    const corpus *corpus;
    results found;
    uint64_t at; /* article of the next verdict */
    tt_options options;
} expected;

static uint64_t number_of(const tt_id *id)
{
    uint64_t number = 0; /* the bytes have no end of their own */
    for (size_t k = 1; k < id->size; k++)
        number = number * 10 + (uint64_t)(id->bytes[k] - '0');
    return number;
}

static void check_numbers(const tt_verdict *v, const tt_pair *p)
{
    CHECK(v->resemblance == p->resemblance && v->containment == p->containment_b &&
              v->containment_of == p->containment_a && v->overlap == p->overlap_b &&
              v->overlap_of == p->overlap_a && v->facts == p->facts,
          "numbers of %d with %d are not those of the scan", (int)p->b, (int)p->a);
    tally.pairs++;
}

/* A scan also compares each article of a cluster with the one that is kept, however few seeds the
 * two share, and finds pairs by MinHash. The index looks up seeds alone (docs/design.md). */
static int is_looked_up(const expected *e, const tt_pair *p)
{
    for (uint64_t k = 0; k < e->corpus->count; k++)
        if (k != p->a && k != p->b && find_pair(&e->found, k, p->a) != NULL &&
            find_pair(&e->found, k, p->b) != NULL)
            return 0;
    return 1;
}

/* The largest share of article b in an earlier one, or, unless all count, in one that the index
 * looks up; -1: in none. */
static double best_overlap(const expected *e, uint64_t b, int all)
{
    double best = -1;
    for (size_t k = 0; k < e->found.pair_count; k++) {
        const tt_pair *p = &e->found.pairs[k];
        if (p->b == b && p->relation != TT_SERIES && p->relation != TT_BOILERPLATE &&
            p->overlap_b > best && (all || p->relation == TT_IDENTICAL || is_looked_up(e, p)))
            best = p->overlap_b;
    }
    return best;
}

static int check_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    expected *e = ctx;
    for (size_t k = 0; k < count; k++) {
        const tt_verdict *v = &verdicts[k];
        const uint64_t b = e->at++;
        const double best = best_overlap(e, b, v->kind == TT_VERDICT_DUPLICATE);
        const tt_pair *p = v->of.bytes != NULL ? find_pair(&e->found, number_of(&v->of), b) : NULL;
        CHECK(number_of(&v->id) == b, "a verdict out of order");
        if (p != NULL)
            check_numbers(v, p);
        if (best >= 0.8) {
            CHECK(v->kind == (v->conflicts > 0 ? TT_VERDICT_CORRECTION : TT_VERDICT_DUPLICATE) ||
                      (v->kind == TT_VERDICT_UPDATE && v->conflicts == 0 && v->new_tokens >= 16 &&
                       v->overlap_of >= 0.8),
                  "%d is a copy by the scan, and %s by the index", (int)b,
                  tt_verdict_kind_name((tt_verdict_kind)v->kind));
            CHECK(v->overlap >= best_overlap(e, b, 0), "of %d the index finds less than the scan",
                  (int)b);
            tally.duplicates++;
        }
        if (v->kind == TT_VERDICT_DUPLICATE)
            CHECK(p != NULL, "%d is a copy by the index, and no pair by the scan", (int)b);
        tally.verdicts++;
    }
    return 0;
}

/* ---- Every match ------------------------------------------------------------------------------
 */

static const tt_match *match_with(const tt_verdict *v, uint64_t article)
{
    for (size_t k = 0; k < v->match_count; k++)
        if (number_of(&v->matches[k].of) == article)
            return &v->matches[k];
    return NULL;
}

static void check_match(const tt_match *m, const tt_pair *p)
{
    CHECK(m->admitted, "the pair of %d and %d is not admitted", (int)p->a, (int)p->b);
    CHECK(m->resemblance == p->resemblance && m->containment == p->containment_b &&
              m->containment_of == p->containment_a && m->overlap == p->overlap_b &&
              m->overlap_of == p->overlap_a && m->facts == p->facts &&
              (m->relation == p->relation || m->relation == TT_BOILERPLATE ||
               p->relation == TT_BOILERPLATE), /* by notices that only later articles tell */
          "numbers of %d with %d are not those of the scan", (int)p->b, (int)p->a);
    tally.matches++;
}

/* The first article with the tokens of article b, which stands for all of them in matches. */
static uint64_t first_copy(const expected *e, uint64_t b)
{
    for (size_t k = 0; k < e->found.pair_count; k++)
        if (e->found.pairs[k].b == b && e->found.pairs[k].relation == TT_IDENTICAL)
            return first_copy(e, e->found.pairs[k].a);
    return b;
}

static void check_matches(const expected *e, const tt_verdict *v, uint64_t b)
{
    for (size_t k = 0; k < v->match_count; k++) {
        const uint64_t a = number_of(&v->matches[k].of);
        CHECK(a < b, "%d matches a later article", (int)b);
        if (v->matches[k].admitted)
            CHECK(find_pair(&e->found, a, b) != NULL || first_copy(e, b) != b,
                  "%d and %d match, and are no pair of the scan", (int)a, (int)b);
    }
    for (size_t k = 0; k < e->found.pair_count; k++) {
        const tt_pair *p = &e->found.pairs[k];
        const tt_match *m = p->b == b ? match_with(v, first_copy(e, p->a)) : NULL;
        if (m != NULL)
            check_match(m, p);
        else if (p->b == b && !is_looked_up(e, p))
            tally.not_looked_up++;
        else
            CHECK(p->b != b, "the pair of %d and %d is no match", (int)p->a, (int)b);
    }
}

/* The places of the scan are the sections of the verdict; a part of one is listed once more by a
 * scan where later articles have it alone. */
static void check_repeats(const expected *e, const tt_verdict *v, uint64_t b)
{
    size_t count = 0;
    for (size_t k = 0; k < e->found.section_count; k++)
        for (size_t i = 1; i < e->found.sections[k].count; i++) {
            const tt_occurrence *o = &e->found.sections[k].occurrences[i];
            size_t same = 0, whole = 0;
            for (size_t s = 0; o->article == b && s < v->section_count; s++) {
                const tt_repeat *r = &v->sections[s];
                if (number_of(&r->article) != e->found.sections[k].occurrences[0].article)
                    continue;
                whole += r->begin < o->end && o->begin < r->end;
                same += r->begin == o->begin && r->end == o->end && r->of_begin == o->of_begin &&
                        r->of_end == o->of_end && r->similarity == o->similarity;
            }
            CHECK(o->article != b || same == 1 || whole > 0, "a section of %d is no repeat",
                  (int)b);
            count += same;
        }
    CHECK(count == v->section_count, "%d has %zu repeats, not %zu", (int)b, v->section_count,
          count);
    tally.repeats += count;
}

static int check_everything(void *ctx, const tt_verdict *verdicts, size_t count)
{
    expected *e = ctx;
    for (size_t k = 0; k < count; k++) {
        const uint64_t b = e->at++;
        check_matches(e, &verdicts[k], b);
        check_repeats(e, &verdicts[k], b);
    }
    return 0;
}

/* In order, one batch after another, in memory. */
static void compare_with_scan(expected *e, rng *r)
{
    const plan p = {5, 32, 1, MOST_ARTICLES, 0, NULL, 0, 0};
    tt_article all[MOST_ARTICLES];
    const size_t count = list_articles(e->corpus, &p, all);
    tt_index *index = NULL;
    CHECK(tt_index_open(&index, NULL, TT_INDEX_MATCHES, NULL, NULL) == TT_OK, "open");
    e->options = *tt_index_options(index);
    e->at = 0;
    for (size_t k = 0, n; k < count; k += n) {
        n = 1 + rng_below(r, 9);
        n = n < count - k ? n : count - k;
        CHECK(tt_index_add(index, all + k, n, NULL, check_everything, e, NULL) == TT_OK, "add");
    }
    CHECK(e->at == e->corpus->count, "verdicts are missing");
    tt_index_close(index);
}

/* ---- Cases ------------------------------------------------------------------------------------
 */

static void run_case(uint64_t seed)
{
    const plan p = {5, 32, 1, MOST_ARTICLES, 0, NULL, 0, 0};
    rng r = {seed ^ 0xFEED};
    expected e = {0};
    lines at_once = {0}, in_parts = {0};
    corpus c;
    current_seed = seed;
    corpus_make(&c, seed, 0);
    feed(&c, &r, 0, add_verdicts, &at_once);
    feed(&c, &r, 1 + rng_below(&r, 12), add_verdicts, &in_parts);
    CHECK(at_once.size == in_parts.size && memcmp(at_once.bytes, in_parts.bytes, at_once.size) == 0,
          "the verdicts depend on the batches");
    e.corpus = &c;
    scan(&c, &p, &e.found);
    feed(&c, &r, 5, check_verdicts, &e);
    CHECK(e.at == c.count, "verdicts are missing");
    compare_with_scan(&e, &r);
    results_free(&e.found);
    lines_free(&at_once);
    lines_free(&in_parts);
    corpus_free(&c);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 40, run_case);
    printf("%zu verdicts, %zu with the numbers of a pair of the scan, %zu copies\n"
           "%zu pairs are matches, %zu are not looked up; %zu repeats\n",
           tally.verdicts, tally.pairs, tally.duplicates, tally.matches, tally.not_looked_up,
           tally.repeats);
    CHECK(tally.pairs > 0 && tally.duplicates > 0 && tally.repeats > 0, "too little was compared");
    CHECK(tally.not_looked_up * 20 < tally.matches, "too many pairs are not looked up");
    return 0;
}
