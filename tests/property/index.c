/*
 * An index that is fed some articles and then the others, in batches of any size, and is closed and
 * opened in between, agrees with a scan of all of them, and gives the same bytes as one that was
 * fed everything at once.
 *
 *     test_property_index [-s SEED] [-n CASES] [-v]
 */
#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include "../api/index.h"

static struct {
    size_t verdicts, pairs, duplicates;
} counts;

static void open_live(tt_index **live, const char *path)
{
    tt_error error = {0};
    CHECK(tt_index_open(live, path, TT_INDEX_CREATE, NULL, &error) == TT_OK, "%s", error.message);
}

/* ---- The same bytes for every way of feeding ------------------------------------------------- */

/* Feeds batches of at most `most` articles, and sometimes closes and opens the index between them.
 */
static void feed(const corpus *c, rng *r, uint32_t most, tt_verdict_fn emit, void *ctx)
{
    const plan p = {5, 32, 1, MOST_ARTICLES, 0, NULL, 0, 0};
    const char *path = fresh_path();
    tt_article all[MOST_ARTICLES];
    const size_t count = list_articles(c, &p, all);
    tt_index *live;
    open_live(&live, path);
    for (size_t k = 0, n; k < count; k += n) {
        n = most == 0 ? count : 1 + rng_below(r, most);
        n = n < count - k ? n : count - k;
        CHECK(tt_index_add(live, all + k, n, NULL, emit, ctx, NULL) == TT_OK, "add");
        if (most > 0 && rng_below(r, 4) == 0) {
            tt_index_close(live);
            open_live(&live, path);
        }
    }
    tt_index_close(live);
    (void)fresh_path();
}

/* ---- Against a scan ---------------------------------------------------------------------------
 */

typedef struct expected {
    const corpus *corpus;
    results found;
    uint64_t at; /* the article of the next verdict */
} expected;

static uint64_t number_of(const tt_id *id)
{
    uint64_t number = 0; /* the bytes are not NUL-terminated */
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
    counts.pairs++;
}

/* The largest share of article b in an earlier one; -1 if there is none. */
static double best_overlap(const results *r, uint64_t b)
{
    double best = -1;
    for (size_t k = 0; k < r->pair_count; k++)
        if (r->pairs[k].b == b && r->pairs[k].relation != TT_SERIES && r->pairs[k].overlap_b > best)
            best = r->pairs[k].overlap_b;
    return best;
}

static int check_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    expected *e = ctx;
    for (size_t k = 0; k < count; k++) {
        const tt_verdict *v = &verdicts[k];
        const uint64_t b = e->at++;
        const double best = best_overlap(&e->found, b);
        const tt_pair *p = v->of.bytes != NULL ? find_pair(&e->found, number_of(&v->of), b) : NULL;
        CHECK(number_of(&v->id) == b, "a verdict out of order");
        if (p != NULL)
            check_numbers(v, p);
        if (best >= 0.8) {
            CHECK(v->kind == TT_VERDICT_DUPLICATE, "%d is a copy by the scan, and %s by the index",
                  (int)b, tt_verdict_kind_name((tt_verdict_kind)v->kind));
            CHECK(v->overlap >= best, "of %d the index finds less than the scan", (int)b);
            counts.duplicates++;
        }
        if (v->kind == TT_VERDICT_DUPLICATE)
            CHECK(p != NULL, "%d is a copy by the index, and no pair by the scan", (int)b);
        counts.verdicts++;
    }
    return 0;
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
    results_free(&e.found);
    lines_free(&at_once);
    lines_free(&in_parts);
    corpus_free(&c);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 40, run_case);
    printf("%zu verdicts, %zu with the numbers of a pair of the scan, %zu copies\n",
           counts.verdicts, counts.pairs, counts.duplicates);
    CHECK(counts.pairs > 0 && counts.duplicates > 0, "too little was compared");
    return 0;
}
