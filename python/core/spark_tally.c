/*
 * The operator tally: the live places of one document, in order, are counted by the engine's own
 * tally. A place with holders before it is live.
 */
#include "seed/counts.h"
#include "seed/seeds.h"
#include "spark.h"
#include "spark_packed.h"

#include <string.h>

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
    tti_seed_counts tally;
} counter;

static tt_status open_tally(spark_stage *s)
{
    counter *c = s->state;
    tti_seed_counts_init(&c->tally, SPARK_ALLOCATOR);
    return TT_OK;
}

static void close_tally(spark_stage *s)
{
    counter *c = s->state;
    tti_release(SPARK_ALLOCATOR, c->lives, c->live_capacity, sizeof *c->lives);
    tti_release(SPARK_ALLOCATOR, c->holders, c->holder_capacity, sizeof *c->holders);
    tti_release(SPARK_ALLOCATOR, c->counts, c->count_capacity, sizeof *c->counts);
    spark_numbers_free(&c->docs);
    tti_seed_counts_free(&c->tally);
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

/* As seed/candidates.c counts a live seed. */
static void count_live(counter *c, const live_place *x)
{
    const packed_holder *first = c->holders + x->begin;
    if (first->doc < c->n || first->place < x->place)
        tti_seed_counts_extend_run(&c->tally, spark_numbers_find(&c->docs, first->doc), x->place,
                                   first->place);
    for (size_t k = 0; k < x->count && first[k].doc < c->n; k++)
        tti_seed_counts_add_shared(&c->tally, spark_numbers_find(&c->docs, first[k].doc), x->place);
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
    tti_seed_rules rules;
    uint32_t b;
    if (c->live_count == 0)
        return TT_OK;
    TTI_TRY(number_docs(c));
    b = spark_numbers_find(&c->docs, c->n);
    tti_seed_rules_make(&rules, &s->options, c->counts);
    for (size_t k = 0; k < c->live_count; k++)
        count_live(c, &c->lives[k]);
    tti_seed_counts_select(&c->tally, &rules, b, c->seed_count);
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
