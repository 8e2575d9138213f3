/* The operators from pairs of documents to clusters: components, clusters. */
#include "operators/operator.h"
#include "result/clusters.h"

/* ==== Components ============================================================================== */

typedef struct components_state {
    int64_t *ends; /* of all pairs: a, b, a, b, ... */
    size_t count, capacity;
    tti_doc_numbers docs;
} components_state;

static tt_status components_open(tti_operator *op)
{
    ((components_state *)op->state)->docs.allocator = op->allocator;
    return TT_OK;
}

static void components_close(tti_operator *op)
{
    components_state *s = op->state;
    tti_release(op->allocator, s->ends, s->capacity, sizeof *s->ends);
    tti_doc_numbers_free(&s->docs);
}

static tt_status components_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    components_state *s = op->state;
    if (tti_reserve(op->allocator, &s->ends, &s->capacity, s->count + 2, sizeof *s->ends) != 0)
        return TT_ENOMEM;
    for (int c = 0; c < 2; c++) {
        s->ends[s->count++] = tti_rows_int64(rows, c, i);
        TTI_TRY(tti_doc_numbers_add(&s->docs, tti_rows_int64(rows, c, i)));
    }
    return TT_OK;
}

/* The first document that d is known to be connected with; makes the path there shorter. */
static uint32_t find_root(uint32_t *parents, uint32_t d)
{
    for (; parents[d] != d; d = parents[d])
        parents[d] = parents[parents[d]];
    return d;
}

static tt_status components_finish(tti_operator *op)
{
    components_state *s = op->state;
    uint32_t *parents;
    tti_doc_numbers_sort(&s->docs);
    parents = tti_alloc(op->allocator, s->docs.count, sizeof *parents);
    if (parents == NULL)
        return TT_ENOMEM;
    for (size_t d = 0; d < s->docs.count; d++)
        parents[d] = (uint32_t)d;
    for (size_t k = 0; k < s->count; k += 2) {
        const uint32_t a = find_root(parents, tti_doc_numbers_index(&s->docs, s->ends[k]));
        const uint32_t b = find_root(parents, tti_doc_numbers_index(&s->docs, s->ends[k + 1]));
        parents[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t d = 0; d < s->docs.count; d++) {
        tti_output_int64(&op->out, s->docs.numbers[d]);
        tti_output_int64(&op->out, s->docs.numbers[find_root(parents, (uint32_t)d)]);
        tti_output_end_row(&op->out);
    }
    tti_release(op->allocator, parents, s->docs.count, sizeof *parents);
    return TT_OK;
}

const tti_operator_class tti_operator_components = {
    .spec = {"components", "a long, b long", "n long, root long"},
    .state_size = sizeof(components_state),
    .open = components_open,
    .row = components_row,
    .end_group = components_finish,
    .close = components_close};

/* ==== Clusters ================================================================================ */

/* The group in work. */
typedef struct clusters_state {
    int64_t *docs; /* in order of preference */
    size_t doc_count, doc_capacity;
    tti_doc_numbers numbers; /* the same, ascending */
    int64_t *ends;           /* of its pairs: a, b, a, b, ... */
    size_t end_count, end_capacity;
} clusters_state;

static tt_status clusters_open(tti_operator *op)
{
    ((clusters_state *)op->state)->numbers.allocator = op->allocator;
    return TT_OK;
}

static void clusters_close(tti_operator *op)
{
    clusters_state *s = op->state;
    tti_release(op->allocator, s->docs, s->doc_capacity, sizeof *s->docs);
    tti_release(op->allocator, s->ends, s->end_capacity, sizeof *s->ends);
    tti_doc_numbers_free(&s->numbers);
}

static tt_status clusters_end_group(tti_operator *op)
{
    clusters_state *s = op->state;
    const tt_allocator *a = op->allocator;
    const size_t n = s->doc_count;
    tti_verified v = {.allocator = a, .pair_capacity = s->end_count / 2};
    tti_clusters c = {.allocator = a, .doc_count = n};
    uint32_t *order;
    tt_status status = TT_ENOMEM;
    if (n == 0)
        return TT_OK;
    tti_doc_numbers_sort(&s->numbers);
    order = tti_alloc(a, n, sizeof *order);
    v.pairs = tti_alloc(a, v.pair_capacity, sizeof *v.pairs);
    c.kept = tti_alloc(a, n, sizeof *c.kept);
    c.best = tti_alloc(a, n, sizeof *c.best);
    if (order != NULL && v.pairs != NULL && c.kept != NULL && c.best != NULL) {
        for (size_t k = 0; k < n; k++)
            order[k] = tti_doc_numbers_index(&s->numbers, s->docs[k]);
        for (size_t k = 0; k < s->end_count; k += 2)
            v.pairs[v.pair_count++] =
                (tt_pair){.a = tti_doc_numbers_index(&s->numbers, s->ends[k]),
                          .b = tti_doc_numbers_index(&s->numbers, s->ends[k + 1]),
                          .relation = TT_NEAR};
        status = tti_clusters_assign(&c, &v, order, op->error);
    }
    for (size_t d = 0; d < n && status == TT_OK; d++) {
        tti_output_int64(&op->out, s->numbers.numbers[d]);
        tti_output_int64(&op->out, s->numbers.numbers[c.kept[d]]);
        tti_output_end_row(&op->out);
    }
    tti_release(a, order, n, sizeof *order);
    tti_verified_free(&v);
    tti_clusters_free(&c);
    s->numbers.count = s->doc_count = s->end_count = 0;
    return status;
}

static tt_status clusters_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    clusters_state *s = op->state;
    const tt_allocator *l = op->allocator;
    const int64_t a = tti_rows_int64(rows, 1, i), b = tti_rows_int64(rows, 2, i);
    if (a == b) {
        if (tti_reserve(l, &s->docs, &s->doc_capacity, s->doc_count + 1, sizeof *s->docs) != 0)
            return TT_ENOMEM;
        s->docs[s->doc_count++] = a;
        TTI_TRY(tti_doc_numbers_add(&s->numbers, a));
    } else {
        if (tti_reserve(l, &s->ends, &s->end_capacity, s->end_count + 2, sizeof *s->ends) != 0)
            return TT_ENOMEM;
        s->ends[s->end_count++] = a;
        s->ends[s->end_count++] = b;
    }
    return TT_OK;
}

const tti_operator_class tti_operator_clusters = {
    .spec = {"clusters", "group long, a long, b long", "n long, kept long"},
    .state_size = sizeof(clusters_state),
    .open = clusters_open,
    .row = clusters_row,
    .is_grouped = 1,
    .end_group = clusters_end_group,
    .close = clusters_close};
