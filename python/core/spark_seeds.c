/*
 * Operators from seeds to candidates. A seed's first places hold it for all others; a place with
 * holders before it is live, and the live places of a document, in order, are counted by the
 * engine's own tally.
 *
 *   seeds    a sketch's seeds, a row each
 *   holders  of one seed: few places -> its live ones; many -> the first few, for a join
 *   tally    of one document's live places: its candidates
 */
#include "seed/seeds.h"
#include "seed/tally.h"
#include "spark.h"
#include "spark_packed.h"

#include <string.h>

/* ==== Seeds =================================================================================== */

/* Where only a seed's first places count, the rest of them need not travel: each stream of rows, in
 * input order, gives as many as the engine looks at and one more. The table forgets what it counted
 * when it is full, and a seed gives more then; that is as right. */
enum { CAP = TTI_SEED_PLACES + 1, SLOTS = 1 << 22, FULL = SLOTS / 4 * 3 };

typedef struct spreader {
    uint64_t *seeds;
    uint8_t *counts; /* 0: empty slot */
    size_t used;
} spreader;

static tt_status open_seeds(spark_stage *s)
{
    spreader *x = s->state;
    if (s->argument < 0) { /* all places */
        s->argument = ~s->argument;
        return TT_OK;
    }
    x->seeds = tti_alloc(SPARK_ALLOCATOR, SLOTS, sizeof *x->seeds);
    x->counts = tti_alloc_zero(SPARK_ALLOCATOR, SLOTS, 1);
    return x->seeds == NULL || x->counts == NULL ? tti_fail_memory(&s->error, "seeds") : TT_OK;
}

static void close_seeds(spark_stage *s)
{
    spreader *x = s->state;
    tti_release(SPARK_ALLOCATOR, x->seeds, SLOTS, sizeof *x->seeds);
    tti_release(SPARK_ALLOCATOR, x->counts, SLOTS, 1);
}

/* True if the seed was met CAP times or more. */
static int is_capped(spreader *x, uint64_t seed)
{
    size_t slot = (size_t)(seed * UINT64_C(0x9E3779B97F4A7C15) >> 42) & (SLOTS - 1);
    if (x->seeds == NULL)
        return 0;
    while (x->counts[slot] != 0 && x->seeds[slot] != seed)
        slot = (slot + 1) & (SLOTS - 1);
    if (x->counts[slot] == CAP)
        return 1;
    if (x->counts[slot]++ == 0) {
        x->seeds[slot] = seed;
        if (++x->used == FULL) {
            memset(x->counts, 0, SLOTS);
            x->used = 0;
        }
    }
    return 0;
}

static tt_status take_seeds(spark_stage *s, const spark_in *in)
{
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        const size_t count = packed.size / sizeof(packed_seed);
        for (size_t k = 0; k < count; k++) {
            packed_seed x;
            uint64_t seed;
            memcpy(&x, (const char *)packed.data + k * sizeof x, sizeof x);
            seed = (uint64_t)x.key << 32 | (x.part & (uint32_t)s->argument);
            if (is_capped(s->state, seed))
                continue;
            spark_put_long(&s->out, (int64_t)seed);
            spark_put_long(&s->out, spark_long(in, 0, i));
            spark_put_int(&s->out, (int32_t)x.place);
            spark_put_int(&s->out, (int32_t)count);
            spark_row(&s->out);
        }
    }
    return TT_OK;
}

/* Rows in input order. argument: partitions of the engine's table less one; ~ of that gives every
 * place, not only the first ones. count: of the document's seeds. */
const spark_operator spark_seeds = {.name = "seeds",
                                    .takes = "n long, seeds binary",
                                    .gives = "seed long, n long, place int, count int",
                                    .state_size = sizeof(spreader),
                                    .open = open_seeds,
                                    .take = take_seeds,
                                    .close = close_seeds};

/* ==== Holders ================================================================================= */

/* The seed at hand and its first places. */
typedef struct holding {
    int64_t seed;
    packed_holder places[CAP];
    size_t count;
} holding;

/* Places [0, count) without those that follow one of the same document. */
static size_t distinct_holders(const packed_holder *places, size_t count, packed_holder *out)
{
    size_t n = 0;
    for (size_t k = 0; k < count; k++)
        if (k == 0 || places[k].doc != places[k - 1].doc)
            out[n++] = places[k];
    return n;
}

static void put_holders(spark_stage *s, const packed_holder *at, size_t places)
{
    const holding *h = s->state;
    packed_holder list[CAP];
    const size_t n = distinct_holders(h->places, places, list);
    spark_put_int(&s->out, at == NULL);
    spark_put_long(&s->out, h->seed);
    spark_put_long(&s->out, at == NULL ? 0 : at->doc);
    spark_put_int(&s->out, at == NULL ? 0 : (int32_t)at->place);
    spark_put_int(&s->out, at == NULL ? 0 : (int32_t)at->count);
    spark_put_bytes(&s->out, list, n * sizeof *list);
    spark_row(&s->out);
}

static void flush_holders(spark_stage *s)
{
    holding *h = s->state;
    size_t before = 0; /* places of earlier documents */
    if (h->count == CAP) {
        put_holders(s, NULL, TTI_SEED_FEW);
    } else {
        for (size_t r = 1; r < h->count; r++) {
            while (h->places[before].doc < h->places[r].doc)
                before++;
            put_holders(s, &h->places[r], before > 0 ? before : 1);
        }
    }
    h->count = 0;
}

static tt_status take_holders(spark_stage *s, const spark_in *in)
{
    holding *h = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const int64_t seed = spark_long(in, 0, i);
        if (seed != h->seed)
            flush_holders(s);
        h->seed = seed;
        if (h->count < CAP)
            h->places[h->count++] = (packed_holder){
                spark_long(in, 1, i), (uint32_t)spark_int(in, 2, i), (uint32_t)spark_int(in, 3, i)};
    }
    return TT_OK;
}

static tt_status finish_holders(spark_stage *s)
{
    flush_holders(s);
    return TT_OK;
}

/* Rows in order of seed, n, place; a seed's all in one stream. Gives live places with their
 * holders (packed_holder; the first place of all, then earlier documents), popular 0; of a seed in
 * many places its first few, popular 1. */
const spark_operator spark_holders = {
    .name = "holders",
    .takes = "seed long, n long, place int, count int",
    .gives = "popular int, seed long, n long, place int, count int, holders binary",
    .state_size = sizeof(holding),
    .take = take_holders,
    .finish = finish_holders};

/* ==== Tally =================================================================================== */

typedef struct live_place {
    uint32_t place;
    size_t begin, count; /* of the holders */
} live_place;

/* The document at hand. */
typedef struct counter {
    int64_t n;
    uint32_t seed_count;
    live_place *lives;
    size_t live_count, live_capacity;
    packed_holder *holders;
    size_t holder_count, holder_capacity;
    spark_numbers docs;
    uint32_t *counts; /* seeds of each local document */
    size_t count_capacity;
    tti_tally tally;
} counter;

static tt_status open_tally(spark_stage *s)
{
    counter *c = s->state;
    tti_tally_init(&c->tally, SPARK_ALLOCATOR);
    return TT_OK;
}

static void close_tally(spark_stage *s)
{
    counter *c = s->state;
    tti_release(SPARK_ALLOCATOR, c->lives, c->live_capacity, sizeof *c->lives);
    tti_release(SPARK_ALLOCATOR, c->holders, c->holder_capacity, sizeof *c->holders);
    tti_release(SPARK_ALLOCATOR, c->counts, c->count_capacity, sizeof *c->counts);
    spark_numbers_free(&c->docs);
    tti_tally_free(&c->tally);
}

/* Numbers the documents at hand and notes how many seeds each has. */
static tt_status number_docs(counter *c)
{
    spark_numbers_clear(&c->docs);
    TTI_TRY(spark_numbers_add(&c->docs, c->n));
    for (size_t k = 0; k < c->holder_count; k++)
        TTI_TRY(spark_numbers_add(&c->docs, c->holders[k].doc));
    spark_numbers_settle(&c->docs);
    if (tti_reserve(SPARK_ALLOCATOR, &c->counts, &c->count_capacity, c->docs.count,
                    sizeof *c->counts) != 0)
        return TT_ENOMEM;
    for (size_t k = 0; k < c->holder_count; k++)
        c->counts[spark_numbers_find(&c->docs, c->holders[k].doc)] = c->holders[k].count;
    c->counts[spark_numbers_find(&c->docs, c->n)] = c->seed_count;
    return TT_OK;
}

/* As seed/links.c counts a live seed. */
static void count_live(counter *c, const live_place *x)
{
    const packed_holder *first = c->holders + x->begin;
    if (first->doc < c->n || first->place < x->place)
        tti_tally_follow(&c->tally, spark_numbers_find(&c->docs, first->doc), x->place,
                         first->place);
    for (size_t k = 0; k < x->count && first[k].doc < c->n; k++)
        tti_tally_share(&c->tally, spark_numbers_find(&c->docs, first[k].doc), x->place);
}

static void put_candidate(spark_stage *s, int64_t a, int64_t b, unsigned want, uint32_t skipped)
{
    spark_put_long(&s->out, a);
    spark_put_long(&s->out, b);
    spark_put_int(&s->out, (int32_t)want);
    spark_put_int(&s->out, skipped > INT32_MAX ? INT32_MAX : (int32_t)skipped);
    spark_row(&s->out);
}

static tt_status flush_tally(spark_stage *s)
{
    counter *c = s->state;
    tti_candidates *found = &c->tally.found;
    tti_tally_rules rules;
    uint32_t b;
    if (c->live_count == 0)
        return TT_OK;
    TTI_TRY(number_docs(c));
    b = spark_numbers_find(&c->docs, c->n);
    tti_tally_rules_make(&rules, &s->options, c->counts);
    for (size_t k = 0; k < c->live_count; k++)
        count_live(c, &c->lives[k]);
    tti_tally_choose(&c->tally, &rules, b, c->seed_count);
    TTI_TRY(c->tally.status);
    for (size_t k = 0; k < found->count; k++)
        put_candidate(s, c->docs.numbers[tti_candidate_a(found->packed[k])], c->n,
                      tti_candidate_want(found->packed[k]), 0);
    for (size_t k = 0; k < found->skipped_count; k++)
        put_candidate(s, c->n, c->n, 0, (uint32_t)found->skipped[k]);
    found->count = found->skipped_count = c->live_count = c->holder_count = 0;
    return TT_OK;
}

static tt_status add_live(counter *c, uint32_t place, spark_bytes holders)
{
    const size_t n = holders.size / sizeof *c->holders;
    packed_holder *to;
    if (tti_reserve(SPARK_ALLOCATOR, &c->holders, &c->holder_capacity, c->holder_count + n,
                    sizeof *c->holders) != 0 ||
        tti_reserve(SPARK_ALLOCATOR, &c->lives, &c->live_capacity, c->live_count + 1,
                    sizeof *c->lives) != 0)
        return TT_ENOMEM;
    to = c->holders + c->holder_count;
    memcpy(to, holders.data, n * sizeof *to);
    if (to->doc == c->n && to->place == place)
        return TT_OK; /* the first place itself, which has nothing before it */
    c->lives[c->live_count++] = (live_place){place, c->holder_count, n};
    c->holder_count += n;
    return TT_OK;
}

static tt_status take_tally(spark_stage *s, const spark_in *in)
{
    counter *c = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const int64_t n = spark_long(in, 0, i);
        if (n != c->n)
            TTI_TRY(flush_tally(s));
        c->n = n;
        c->seed_count = (uint32_t)spark_int(in, 2, i);
        TTI_TRY(add_live(c, (uint32_t)spark_int(in, 1, i), spark_cell(in, 3, i)));
    }
    return TT_OK;
}

/* Rows in order of n, place; a document's all in one stream. want: TTI_WANT_*; with want 0,
 * `skipped` candidates of b were not looked at. */
const spark_operator spark_tally = {.name = "tally",
                                    .takes = "n long, place int, count int, holders binary",
                                    .gives = "a long, b long, want int, skipped int",
                                    .state_size = sizeof(counter),
                                    .open = open_tally,
                                    .take = take_tally,
                                    .finish = flush_tally,
                                    .close = close_tally};
