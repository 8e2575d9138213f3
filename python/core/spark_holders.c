/*
 * The operator holders: of one seed, few places -> its live ones, those with holders before them;
 * many -> the first few, for a join.
 */
#include "seed/seeds.h"
#include "spark.h"
#include "spark_packed.h"

#include "util/sort.h"


/* The places of the bucket at hand. */
typedef struct holding {
    int32_t bucket;
    spark_buffer places;
} holding;

static void close_holders(spark_stage *s)
{
    spark_buffer_free(&((holding *)s->state)->places);
}

/* Places [0, count) without those that follow one of the same document. */
static size_t distinct_holders(const packed_place *places, size_t count, packed_holder *out)
{
    size_t n = 0;
    for (size_t k = 0; k < count; k++)
        if (k == 0 || places[k].doc != places[k - 1].doc)
            out[n++] = (packed_holder){places[k].doc, places[k].place, places[k].count};
    return n;
}

/* The first `holders` places of a seed, and the place that they hold it for, or NULL: any. */
static void put_holders(spark_stage *s, const packed_place *places, size_t holders,
                        const packed_place *at)
{
    packed_holder list[SPARK_SEED_CAP];
    const size_t n = distinct_holders(places, holders, list);
    spark_put_int(&s->out, at == NULL);
    spark_put_long(&s->out, (int64_t)places->seed);
    spark_put_long(&s->out, at == NULL ? 0 : at->doc);
    spark_put_int(&s->out, at == NULL ? 0 : (int32_t)at->place);
    spark_put_int(&s->out, at == NULL ? 0 : (int32_t)at->count);
    spark_put_bytes(&s->out, list, n * sizeof *list);
    spark_row(&s->out);
}

/* The places of one seed, in order. */
static void put_seed(spark_stage *s, const packed_place *places, size_t count)
{
    size_t before = 0; /* places of earlier documents */
    if (count >= SPARK_SEED_CAP) {
        put_holders(s, places, TTI_SEED_FIRST_POSTINGS, NULL);
        return;
    }
    for (size_t r = 1; r < count; r++) {
        while (places[before].doc < places[r].doc)
            before++;
        put_holders(s, places, before > 0 ? before : 1, &places[r]);
    }
}

static int by_seed(const void *a, const void *b)
{
    const packed_place *x = a, *y = b;
    if (x->seed != y->seed)
        return x->seed < y->seed ? -1 : 1;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static tt_status flush_holders(spark_stage *s)
{
    holding *h = s->state;
    packed_place *places = (packed_place *)(void *)h->places.bytes;
    const size_t count = h->places.size / sizeof *places;
    tti_qsort(places, count, sizeof *places, by_seed);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && places[end].seed == places[i].seed;)
            end++;
        put_seed(s, places + i, end - i);
    }
    h->places.size = 0;
    return TT_OK;
}

static tt_status add_places(holding *h, spark_bytes planes)
{
    const size_t before = h->places.size;
    TTI_TRY(spark_buffer_add(&h->places, planes.data, planes.size)); /* makes room */
    packed_from_planes(planes.data, planes.size / sizeof(packed_place),
                       (packed_place *)(void *)(h->places.bytes + before));
    return TT_OK;
}

static tt_status take_holders(spark_stage *s, const spark_in *in)
{
    holding *h = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        const spark_bytes packed = spark_cell(in, 1, i);
        if (spark_int(in, 0, i) != h->bucket)
            TTI_TRY(flush_holders(s));
        h->bucket = spark_int(in, 0, i);
        TTI_TRY(add_places(h, packed));
    }
    return TT_OK;
}

/* Rows in order of bucket; a bucket's all in one stream. Gives live places with their holders
 * (packed_holder; the first place of all, then earlier documents), popular 0; of a seed in many
 * places its first few, popular 1. */
const spark_operator spark_holders = {
    .name = "holders",
    .takes = "bucket int, places binary",
    .gives = "popular int, seed long, n long, place int, count int, holders binary",
    .state_size = sizeof(holding),
    .take = take_holders,
    .finish = flush_holders,
    .close = close_holders};
