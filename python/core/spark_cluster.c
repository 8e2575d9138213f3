/*
 * The operators
 *   components  pairs of documents -> what they connect
 *   cluster     a connected group of documents and its pairs -> who is kept for whom
 */
#include "result/clusters.h"
#include "spark.h"


/* ==== Components ============================================================================== */

/* All pairs. */
typedef struct edges {
    int64_t *ends; /* a, b, a, b, ... */
    size_t count, capacity;
    spark_numbers numbers;
} edges;

static void close_components(spark_stage *s)
{
    edges *e = s->state;
    tti_release(SPARK_ALLOCATOR, e->ends, e->capacity, sizeof *e->ends);
    spark_numbers_free(&e->numbers);
}

static tt_status take_components(spark_stage *s, const spark_in *in)
{
    edges *e = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        if (tti_reserve(SPARK_ALLOCATOR, &e->ends, &e->capacity, e->count + 2, sizeof *e->ends) !=
            0)
            return TT_ENOMEM;
        for (int c = 0; c < 2; c++) {
            e->ends[e->count++] = spark_long(in, c, i);
            TTI_TRY(spark_numbers_add(&e->numbers, spark_long(in, c, i)));
        }
    }
    return TT_OK;
}

/* The least document that d is known to be connected with; the way there gets shorter. */
static uint32_t least_of(uint32_t *above, uint32_t d)
{
    for (; above[d] != d; d = above[d])
        above[d] = above[above[d]];
    return d;
}

static tt_status finish_components(spark_stage *s)
{
    edges *e = s->state;
    uint32_t *above;
    spark_numbers_settle(&e->numbers);
    above = tti_alloc(SPARK_ALLOCATOR, e->numbers.count + 1, sizeof *above);
    if (above == NULL)
        return TT_ENOMEM;
    for (size_t d = 0; d < e->numbers.count; d++)
        above[d] = (uint32_t)d;
    for (size_t k = 0; k + 1 < e->count; k += 2) {
        const uint32_t a = least_of(above, spark_numbers_find(&e->numbers, e->ends[k]));
        const uint32_t b = least_of(above, spark_numbers_find(&e->numbers, e->ends[k + 1]));
        above[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t d = 0; d < e->numbers.count; d++) {
        spark_put_long(&s->out, e->numbers.numbers[d]);
        spark_put_long(&s->out, e->numbers.numbers[least_of(above, (uint32_t)d)]);
        spark_row(&s->out);
    }
    tti_release(SPARK_ALLOCATOR, above, e->numbers.count + 1, sizeof *above);
    return TT_OK;
}

/* All pairs, in one stream. root: the least document that pairs connect n with. */
const spark_operator spark_components = {.name = "components",
                                         .takes = "a long, b long",
                                         .gives = "n long, root long",
                                         .state_size = sizeof(edges),
                                         .take = take_components,
                                         .finish = finish_components,
                                         .close = close_components};

/* ==== Clusters ================================================================================ */

/* The group at hand. */
typedef struct group {
    int64_t key;
    int64_t *docs; /* in order of preference */
    size_t doc_count, doc_capacity;
    spark_numbers numbers;
    int64_t *ends; /* of its pairs: a, b, a, b, ... */
    size_t end_count, end_capacity;
} group;

static void close_cluster(spark_stage *s)
{
    group *g = s->state;
    tti_release(SPARK_ALLOCATOR, g->docs, g->doc_capacity, sizeof *g->docs);
    tti_release(SPARK_ALLOCATOR, g->ends, g->end_capacity, sizeof *g->ends);
    spark_numbers_free(&g->numbers);
}

static tt_status fill_group(const group *g, tti_verified *v, tti_clusters *c, uint32_t *order)
{
    for (size_t k = 0; k < g->doc_count; k++)
        order[k] = spark_numbers_find(&g->numbers, g->docs[k]);
    for (size_t k = 0; k + 1 < g->end_count; k += 2)
        v->pairs[v->pair_count++] = (tt_pair){.a = spark_numbers_find(&g->numbers, g->ends[k]),
                                              .b = spark_numbers_find(&g->numbers, g->ends[k + 1]),
                                              .relation = TT_NEAR};
    return tti_clusters_assign(c, v, order, NULL);
}

static tt_status flush_cluster(spark_stage *s)
{
    group *g = s->state;
    const tt_allocator *a = SPARK_ALLOCATOR;
    const size_t n = g->doc_count;
    tti_verified v = {.allocator = a, .pair_capacity = g->end_count / 2 + 1};
    tti_clusters c = {.allocator = a, .doc_count = n};
    uint32_t *order = tti_alloc(a, n, sizeof *order);
    tt_status status = TT_ENOMEM;
    spark_numbers_settle(&g->numbers);
    v.pairs = tti_alloc(a, v.pair_capacity, sizeof *v.pairs);
    c.kept = tti_alloc(a, n, sizeof *c.kept);
    c.best = tti_alloc(a, n, sizeof *c.best);
    if (order != NULL && v.pairs != NULL && c.kept != NULL && c.best != NULL)
        status = n == 0 ? TT_OK : fill_group(g, &v, &c, order);
    for (size_t d = 0; d < n && status == TT_OK; d++) {
        spark_put_long(&s->out, g->numbers.numbers[d]);
        spark_put_long(&s->out, g->numbers.numbers[c.kept[d]]);
        spark_row(&s->out);
    }
    tti_release(a, order, n, sizeof *order);
    tti_verified_free(&v);
    tti_clusters_free(&c);
    spark_numbers_clear(&g->numbers);
    g->doc_count = g->end_count = 0;
    return status;
}

static tt_status add_row(group *g, int64_t a, int64_t b)
{
    const tt_allocator *l = SPARK_ALLOCATOR;
    if (a == b) {
        if (tti_reserve(l, &g->docs, &g->doc_capacity, g->doc_count + 1, sizeof *g->docs) != 0)
            return TT_ENOMEM;
        g->docs[g->doc_count++] = a;
        return spark_numbers_add(&g->numbers, a);
    }
    if (tti_reserve(l, &g->ends, &g->end_capacity, g->end_count + 2, sizeof *g->ends) != 0)
        return TT_ENOMEM;
    g->ends[g->end_count++] = a;
    g->ends[g->end_count++] = b;
    return TT_OK;
}

static tt_status take_cluster(spark_stage *s, const spark_in *in)
{
    group *g = s->state;
    for (int64_t i = 0; i < in->rows; i++) {
        if (spark_long(in, 0, i) != g->key)
            TTI_TRY(flush_cluster(s));
        g->key = spark_long(in, 0, i);
        TTI_TRY(add_row(g, spark_long(in, 1, i), spark_long(in, 2, i)));
    }
    return TT_OK;
}

/* Rows in order of group; a group's all in one stream: its documents (a is b) in order of
 * preference, and its pairs that are copies. */
const spark_operator spark_cluster = {.name = "cluster",
                                      .takes = "group long, a long, b long",
                                      .gives = "n long, kept long",
                                      .state_size = sizeof(group),
                                      .take = take_cluster,
                                      .finish = flush_cluster,
                                      .close = close_cluster};
