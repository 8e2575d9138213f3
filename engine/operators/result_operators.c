/*
 * The operators from candidates to results: verify; components, clusters and dropped; repeats,
 * occurrences and copies (result/repeats.h).
 */
#include "operators/operator.h"
#include "result/clusters.h"
#include "result/dropped.h"
#include "result/repeats.h"
#include "result/sections.h"
#include "util/disjoint_sets.h"
#include "verify/verify.h"

/* ==== Verify ================================================================================== */

/* A batch is a corpus by itself, since the numbers of a pair follow from its two documents alone.
 */

/* The documents of a batch. */
typedef struct verify_state {
    tti_doc_numbers numbers;
    TTI_ARRAY(tti_doc) docs;
    tti_byte_array packed;
} verify_state;

static void verify_close(tti_operator *op)
{
    verify_state *s = op->state;
    tti_array_free(&s->numbers, op->allocator);
    tti_array_free(&s->docs, op->allocator);
    tti_array_free(&s->packed, op->allocator);
}

/* The tokens of a document, borrowed from the batch: its arrays are aligned, and values of hashes,
 * the only ones in their column, are multiples of four bytes. */
static void set_doc(verify_state *s, int64_t number, const tti_rows *rows, int column, size_t row)
{
    const tti_slice hashes = tti_rows_bytes(rows, column, row);
    const tti_slice flags = tti_rows_bytes(rows, column + 1, row);
    assert((uintptr_t)hashes.data % sizeof(uint32_t) == 0);
    assert(flags.size == hashes.size / sizeof(uint32_t));
    s->docs.items[tti_doc_numbers_index(&s->numbers, number)] =
        (tti_doc){.hashes = hashes.data,
                  .flags = flags.data,
                  .published = tti_rows_int64(rows, column + 2, row),
                  .token_count = (uint32_t)tti_record_count(hashes, sizeof(uint32_t))};
}

/* Numbers the documents of the batch from 0 on and lists its rows as candidates of these. */
static tt_status read_candidates(tti_operator *op, const tti_rows *rows, tti_candidates *out)
{
    verify_state *s = op->state;
    s->numbers.count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        TTI_TRY(tti_array_push(&s->numbers, op->allocator, tti_rows_int64(rows, 0, i)));
        TTI_TRY(tti_array_push(&s->numbers, op->allocator, tti_rows_int64(rows, 1, i)));
    }
    tti_doc_numbers_sort(&s->numbers);
    TTI_TRY(tti_array_resize(&s->docs, op->allocator, s->numbers.count));
    for (size_t i = 0; i < rows->count; i++) {
        const int64_t a = tti_rows_int64(rows, 0, i), b = tti_rows_int64(rows, 1, i);
        set_doc(s, a, rows, 3, i);
        set_doc(s, b, rows, 6, i);
        TTI_TRY(tti_candidates_add(out,
                                   tti_candidate_pack(tti_doc_numbers_index(&s->numbers, a),
                                                      tti_doc_numbers_index(&s->numbers, b),
                                                      (unsigned)tti_rows_int32(rows, 2, i)),
                                   op->error));
    }
    return tti_candidates_sort_unique(out, op->error);
}

static void output_pair(tti_operator *op, const tti_verified *v, const tti_doc_pair *pair)
{
    const tt_pair *p = &pair->numbers;
    const int64_t *numbers = ((const verify_state *)op->state)->numbers.items;
    tti_output_int64(&op->out, numbers[p->a]);
    tti_output_int64(&op->out, numbers[p->b]);
    tti_output_int32(&op->out, p->relation);
    tti_output_int32(&op->out, pair->admission == TTI_ADMITTED_BY_OVERLAP);
    tti_output_double(&op->out, p->resemblance);
    tti_output_double(&op->out, p->containment_a);
    tti_output_double(&op->out, p->containment_b);
    tti_output_double(&op->out, p->overlap_a);
    tti_output_double(&op->out, p->overlap_b);
    tti_output_double(&op->out, p->facts);
    tti_output_int32(&op->out, (int32_t)p->conflicts);
    tti_output_int32(&op->out, tti_differs_in_figure(v, pair));
    tti_output_bytes(&op->out, NULL, 0);
    tti_output_end_row(&op->out);
}

/* A row of what else is known of two documents, by s->packed. */
static void output_packed(tti_operator *op, uint32_t a, uint32_t b, int32_t kind)
{
    const verify_state *s = op->state;
    tti_output_int64(&op->out, s->numbers.items[a]);
    tti_output_int64(&op->out, s->numbers.items[b]);
    tti_output_int32(&op->out, kind);
    tti_output_int32(&op->out, 0);
    for (int c = 0; c < 6; c++)
        tti_output_double(&op->out, 0);
    tti_output_int32(&op->out, 0);
    tti_output_int32(&op->out, 0);
    tti_output_bytes(&op->out, s->packed.items, s->packed.count);
    tti_output_end_row(&op->out);
}

/* The passages of the same two documents, which follow one another, are one row. */
static tt_status output_passages(tti_operator *op, const tti_verified *v)
{
    verify_state *s = op->state;
    for (size_t begin = 0, end; begin < v->passages.count; begin = end) {
        const uint32_t a = v->passages.items[begin].a, b = v->passages.items[begin].b;
        s->packed.count = 0;
        for (end = begin; end < v->passages.count && v->passages.items[end].a == a &&
                          v->passages.items[end].b == b;
             end++) {
            const tti_shared_passage *x = &v->passages.items[end];
            const tti_passage_record record = {.a_begin = x->a_begin,
                                               .a_end = x->a_end,
                                               .b_begin = x->b_begin,
                                               .b_end = x->b_end,
                                               .matched = x->matched,
                                               .block_count = x->block_count};
            TTI_TRY(tti_passage_append(&s->packed, op->allocator, &record,
                                       v->blocks.items + x->block_begin));
        }
        output_packed(op, a, b, -1);
    }
    return TT_OK;
}

/* The places in the later of two documents that may be of a notice are one row. */
static tt_status output_places(tti_operator *op, const tti_verified *v)
{
    verify_state *s = op->state;
    for (size_t begin = 0, end; begin < v->notice_places.count; begin = end) {
        const tti_notice_place *first = &v->notice_places.items[begin];
        s->packed.count = 0;
        for (end = begin; end < v->notice_places.count; end++) {
            const tti_notice_place *x = &v->notice_places.items[end];
            const tti_place_record record = {x->begin, x->end, x->evidence, x->is_copy};
            if (x->doc != first->doc || x->other != first->other)
                break;
            TTI_TRY(tti_byte_array_append(&s->packed, op->allocator, &record, sizeof record));
        }
        output_packed(op, first->other, first->doc, -2);
    }
    return TT_OK;
}

static tt_status verify_push(tti_operator *op, const tti_rows *rows)
{
    const verify_state *s = op->state;
    tti_candidates candidates;
    tti_verified verified = {0};
    tt_status status;
    tti_candidates_init(&candidates, op->allocator);
    status = read_candidates(op, rows, &candidates);
    if (status == TT_OK) {
        const tti_corpus corpus = {.docs = s->docs.items, .doc_count = s->numbers.count};
        status = tti_verify(&verified, &corpus, &candidates, &op->options, op->error);
    }
    for (size_t k = 0; k < verified.pairs.count && status == TT_OK; k++)
        output_pair(op, &verified, &verified.pairs.items[k]);
    if (status == TT_OK)
        status = output_passages(op, &verified);
    if (status == TT_OK)
        status = output_places(op, &verified);
    tti_verified_free(&verified);
    tti_candidates_free(&candidates);
    return status;
}

const tti_operator_class tti_operator_verify = {
    .spec =
        {"verify",
         "a long, b long, want int, hashes_a binary, flags_a binary, published_a long, hashes_b "
         "binary, flags_b binary, published_b long",
         "a long, b long, relation int, by_overlap int, resemblance double, containment_a double, "
         "containment_b double, overlap_a double, overlap_b double, facts double, conflicts int, "
         "figures int, passages binary"},
    .state_size = sizeof(verify_state),
    .batch = verify_push,
    .close = verify_close};

/* ==== Components ============================================================================== */

typedef struct components_state {
    TTI_ARRAY(int64_t) ends; /* of all pairs: a, b, a, b, ... */
    tti_doc_numbers docs;
} components_state;

static void components_close(tti_operator *op)
{
    components_state *s = op->state;
    tti_array_free(&s->ends, op->allocator);
    tti_array_free(&s->docs, op->allocator);
}

static tt_status components_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    components_state *s = op->state;
    for (int c = 0; c < 2; c++) {
        TTI_TRY(tti_array_push(&s->ends, op->allocator, tti_rows_int64(rows, c, i)));
        TTI_TRY(tti_array_push(&s->docs, op->allocator, tti_rows_int64(rows, c, i)));
    }
    return TT_OK;
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
    for (size_t k = 0; k < s->ends.count; k += 2) {
        const uint32_t a =
            tti_find_root(parents, tti_doc_numbers_index(&s->docs, s->ends.items[k]));
        const uint32_t b =
            tti_find_root(parents, tti_doc_numbers_index(&s->docs, s->ends.items[k + 1]));
        parents[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t d = 0; d < s->docs.count; d++) {
        tti_output_int64(&op->out, s->docs.items[d]);
        tti_output_int64(&op->out, s->docs.items[tti_find_root(parents, (uint32_t)d)]);
        tti_output_end_row(&op->out);
    }
    tti_release(op->allocator, parents, s->docs.count, sizeof *parents);
    return TT_OK;
}

const tti_operator_class tti_operator_components = {
    .spec = {"components", "a long, b long", "n long, root long"},
    .state_size = sizeof(components_state),
    .row = components_row,
    .end_group = components_finish,
    .close = components_close};

/* ==== Clusters ================================================================================ */

/* The group in work. */
typedef struct clusters_state {
    TTI_ARRAY(int64_t) docs;  /* in order of preference */
    tti_doc_numbers numbers;  /* the same, ascending */
    TTI_ARRAY(int64_t) ends;  /* of its pairs: a, b, a, b, ... */
    TTI_ARRAY(double) shares; /* of either end in the other; negative if they are no copies */
} clusters_state;

static void clusters_close(tti_operator *op)
{
    clusters_state *s = op->state;
    tti_array_free(&s->docs, op->allocator);
    tti_array_free(&s->numbers, op->allocator);
    tti_array_free(&s->ends, op->allocator);
    tti_array_free(&s->shares, op->allocator);
}

/* The indexes of documents that are in order of preference. `numbers`: the same, unsorted yet */
static void index_order(const int64_t *docs, size_t count, tti_doc_numbers *numbers,
                        uint32_t *order)
{
    tti_doc_numbers_sort(numbers);
    for (size_t k = 0; k < count; k++)
        order[k] = tti_doc_numbers_index(numbers, docs[k]);
}

/* Writes the document that is kept for each. */
static void write_kept(tti_operator *op, const tti_doc_numbers *numbers, const uint32_t *kept)
{
    for (size_t d = 0; d < numbers->count; d++) {
        tti_output_int64(&op->out, numbers->items[d]);
        tti_output_int64(&op->out, numbers->items[kept[d]]);
        tti_output_end_row(&op->out);
    }
}

static tt_status clusters_end_group(tti_operator *op)
{
    clusters_state *s = op->state;
    const tt_allocator *a = op->allocator;
    const size_t n = s->docs.count;
    tti_verified v = {.allocator = a};
    tti_clusters c = {.allocator = a, .doc_count = n};
    uint32_t *order;
    tt_status status = TT_ENOMEM;
    if (n == 0)
        return TT_OK;
    order = tti_alloc(a, n, sizeof *order);
    c.representative = tti_alloc(a, n, sizeof *c.representative);
    c.preferred = tti_alloc(a, n, sizeof *c.preferred);
    if (order != NULL && c.representative != NULL && c.preferred != NULL &&
        tti_array_resize(&v.pairs, a, s->ends.count / 2) == TT_OK) {
        index_order(s->docs.items, n, &s->numbers, order);
        for (size_t k = 0; k < s->ends.count; k += 2)
            v.pairs.items[k / 2] = (tti_doc_pair){
                .numbers = {.a = tti_doc_numbers_index(&s->numbers, s->ends.items[k]),
                            .b = tti_doc_numbers_index(&s->numbers, s->ends.items[k + 1]),
                            .overlap_a = s->shares.items[k],
                            .overlap_b = s->shares.items[k + 1],
                            .relation = s->shares.items[k] < 0 ? TT_SERIES : TT_NEAR},
                .admission = TTI_ADMITTED};
        status = tti_clusters_assign(&c, &v, order, op->error);
    }
    if (status == TT_OK)
        write_kept(op, &s->numbers, c.representative);
    tti_release(a, order, n, sizeof *order);
    tti_verified_free(&v);
    tti_clusters_free(&c);
    s->numbers.count = s->docs.count = s->ends.count = s->shares.count = 0;
    return status;
}

static tt_status clusters_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    clusters_state *s = op->state;
    const int64_t a = tti_rows_int64(rows, 1, i), b = tti_rows_int64(rows, 2, i);
    if (a == b) {
        TTI_TRY(tti_array_push(&s->docs, op->allocator, a));
        return tti_array_push(&s->numbers, op->allocator, a);
    }
    TTI_TRY(tti_array_push(&s->ends, op->allocator, a));
    TTI_TRY(tti_array_push(&s->ends, op->allocator, b));
    TTI_TRY(tti_array_push(&s->shares, op->allocator, tti_rows_double(rows, 3, i)));
    return tti_array_push(&s->shares, op->allocator, tti_rows_double(rows, 4, i));
}

const tti_operator_class tti_operator_clusters = {
    .spec = {"clusters", "group long, a long, b long, share_a double, share_b double",
             "n long, kept long"},
    .state_size = sizeof(clusters_state),
    .row = clusters_row,
    .is_grouped = 1,
    .end_group = clusters_end_group,
    .close = clusters_close};

/* ==== Dropped ================================================================================= */

/* The group in work. */
typedef struct dropped_state {
    TTI_ARRAY(int64_t) docs; /* in order of preference */
    tti_doc_numbers numbers; /* the same, ascending */
    TTI_ARRAY(int64_t) ends; /* of what others have: doc, by, doc, by, ... */
    tti_cover_list covers;
} dropped_state;

static void dropped_close(tti_operator *op)
{
    dropped_state *s = op->state;
    tti_array_free(&s->docs, op->allocator);
    tti_array_free(&s->numbers, op->allocator);
    tti_array_free(&s->ends, op->allocator);
    tti_array_free(&s->covers, op->allocator);
}

static tt_status dropped_end_group(tti_operator *op)
{
    dropped_state *s = op->state;
    const tt_allocator *a = op->allocator;
    const size_t n = s->docs.count;
    uint32_t *order = tti_alloc(a, n, sizeof *order), *kept = tti_alloc(a, n, sizeof *kept);
    tt_status status = n > 0 && (order == NULL || kept == NULL) ? TT_ENOMEM : TT_OK;
    if (n > 0 && status == TT_OK) {
        index_order(s->docs.items, n, &s->numbers, order);
        memset(kept, 0xFF, n * sizeof *kept);
    }
    for (size_t k = 0; k < s->covers.count && status == TT_OK; k++) {
        s->covers.items[k].doc = tti_doc_numbers_index(&s->numbers, s->ends.items[2 * k]);
        s->covers.items[k].by = tti_doc_numbers_index(&s->numbers, s->ends.items[2 * k + 1]);
    }
    if (status == TT_OK) {
        tti_covers_choose(order, n, s->covers.items, s->covers.count, kept);
        write_kept(op, &s->numbers, kept);
    }
    tti_release(a, order, n, sizeof *order);
    tti_release(a, kept, n, sizeof *kept);
    s->numbers.count = s->docs.count = s->ends.count = s->covers.count = 0;
    return status;
}

static tt_status dropped_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    dropped_state *s = op->state;
    const int64_t doc = tti_rows_int64(rows, 1, i), by = tti_rows_int64(rows, 2, i);
    if (doc == by) {
        TTI_TRY(tti_array_push(&s->docs, op->allocator, doc));
        return tti_array_push(&s->numbers, op->allocator, doc);
    }
    TTI_TRY(tti_array_push(&s->ends, op->allocator, doc));
    TTI_TRY(tti_array_push(&s->ends, op->allocator, by));
    return tti_array_push(&s->covers, op->allocator,
                          ((tti_cover){.share = tti_rows_double(rows, 3, i)}));
}

const tti_operator_class tti_operator_dropped = {
    .spec = {"dropped", "group long, doc long, by long, share double", "n long, kept long"},
    .state_size = sizeof(dropped_state),
    .row = dropped_row,
    .is_grouped = 1,
    .end_group = dropped_end_group,
    .close = dropped_close};

/* Steps through packed passages. @return 0 at the end */
static int next_passage(tti_slice *left, tti_passage_record *out, const void **blocks)
{
    size_t size = sizeof *out;
    if (left->size == 0)
        return 0;
    tti_record_get(*left, 0, out, sizeof *out);
    *blocks = (const char *)left->data + size;
    size += out->block_count * sizeof(tti_block);
    assert(size <= left->size);
    left->data = (const char *)left->data + size;
    left->size -= size;
    return 1;
}

static tt_status append_blocks(const tt_allocator *a, tti_block **to, size_t *count,
                               size_t *capacity, const void *blocks, size_t n)
{
    if (tti_reserve(a, to, capacity, *count + n, sizeof **to) != 0)
        return TT_ENOMEM;
    memcpy(*to + *count, blocks, n * sizeof **to);
    *count += n;
    return TT_OK;
}

/* ==== Repeats ================================================================================= */

/* A row of the group in work: passages of b shared with a, or the repeats of a. */
typedef struct passages_row {
    int64_t a, b;
    int is_repeats;
    size_t begin, size; /* in repeats_state.packed */
} passages_row;

typedef struct repeats_state {
    TTI_ARRAY(passages_row) rows;
    tti_byte_array packed, given;
    tti_doc_numbers docs;
} repeats_state;

static void repeats_close(tti_operator *op)
{
    repeats_state *s = op->state;
    tti_array_free(&s->rows, op->allocator);
    tti_array_free(&s->packed, op->allocator);
    tti_array_free(&s->given, op->allocator);
    tti_array_free(&s->docs, op->allocator);
}

static tti_slice row_bytes(const repeats_state *s, const passages_row *row)
{
    return (tti_slice){s->packed.items + row->begin, row->size};
}

/* Numbers the documents of the rows from 0 on. */
static tt_status number_docs_of_rows(tti_operator *op)
{
    repeats_state *s = op->state;
    tti_passage_record p;
    const void *blocks;
    s->docs.count = 0;
    for (size_t k = 0; k < s->rows.count; k++) {
        const passages_row *row = &s->rows.items[k];
        tti_slice left = row_bytes(s, row);
        TTI_TRY(tti_array_push(&s->docs, op->allocator, row->a));
        TTI_TRY(tti_array_push(&s->docs, op->allocator, row->b));
        while (row->is_repeats && next_passage(&left, &p, &blocks))
            TTI_TRY(tti_array_push(&s->docs, op->allocator, p.of_doc));
    }
    tti_doc_numbers_sort(&s->docs);
    return TT_OK;
}

static tt_status unpack_passages(const repeats_state *s, tti_verified *v)
{
    tti_passage_record p;
    const void *blocks;
    for (size_t k = 0; k < s->rows.count; k++) {
        const passages_row *row = &s->rows.items[k];
        const uint32_t a = tti_doc_numbers_index(&s->docs, row->a);
        const uint32_t b = tti_doc_numbers_index(&s->docs, row->b);
        tti_slice left = row_bytes(s, row);
        while (!row->is_repeats && next_passage(&left, &p, &blocks)) {
            const tti_shared_passage passage = {
                a,       b,         p.a_begin,     p.a_end,        p.b_begin,
                p.b_end, p.matched, p.block_count, v->blocks.count};
            TTI_TRY(tti_array_push(&v->passages, v->allocator, passage));
            TTI_TRY(tti_array_append(&v->blocks, v->allocator, (const tti_block *)blocks,
                                     p.block_count));
        }
    }
    tti_verified_sort_passages(v);
    return TT_OK;
}

/* Appends the repeats that came with the rows as those of document d. */
static tt_status unpack_repeats(const repeats_state *s, const passages_row *row, uint32_t d,
                                tti_token_repeats *out)
{
    tti_passage_record p;
    const void *blocks;
    tti_slice left = row_bytes(s, row);
    while (next_passage(&left, &p, &blocks)) {
        const uint32_t of_doc = tti_doc_numbers_index(&s->docs, p.of_doc);
        TTI_TRY(tti_array_push(&out->repeats, out->allocator,
                               (tti_token_repeat){d, p.b_begin, p.b_end, of_doc, p.a_begin, p.a_end,
                                                  p.matched, p.block_count, out->blocks.count,
                                                  p.is_run, p.run_begin, p.run_end}));
        TTI_TRY(append_blocks(out->allocator, &out->blocks.items, &out->blocks.count,
                              &out->blocks.capacity, blocks, p.block_count));
    }
    return TT_OK;
}

static tt_status output_repeats(tti_operator *op, const tti_token_repeats *p, uint32_t d)
{
    repeats_state *s = op->state;
    s->given.count = 0;
    if (p->firsts[d] == p->firsts[d + 1])
        return TT_OK;
    for (uint64_t k = p->firsts[d]; k < p->firsts[d + 1]; k++) {
        const tti_token_repeat *x = &p->repeats.items[k];
        const tti_passage_record record = {
            s->docs.items[x->of_doc], x->of_begin, x->of_end,    x->begin,  x->end, x->matched,
            x->block_count,           x->is_run,   x->run_begin, x->run_end};
        TTI_TRY(tti_passage_append(&s->given, op->allocator, &record,
                                   p->blocks.items + x->block_begin));
    }
    tti_output_int64(&op->out, s->docs.items[d]);
    tti_output_bytes(&op->out, s->given.items, s->given.count);
    tti_output_end_row(&op->out);
    return TT_OK;
}

/* Documents in input order, as tti_token_repeats_find() takes them: each sees the repeats of those
 * before it. known[d]: 1 + the row with the repeats of document d, or 0. */
static tt_status find_repeats(tti_operator *op, const tti_verified *v, const size_t *known,
                              tti_token_repeats *p)
{
    const repeats_state *s = op->state;
    size_t begin = 0;
    for (uint32_t d = 0; d < s->docs.count; d++) {
        tti_verified of_doc = *v; /* the passages of d alone */
        size_t end = begin;
        while (end < v->passages.count && v->passages.items[end].b == d)
            end++;
        of_doc.passages.items = v->passages.items + begin;
        of_doc.passages.count = end - begin;
        p->firsts[d] = p->repeats.count;
        if (known[d] > 0)
            TTI_TRY(unpack_repeats(s, &s->rows.items[known[d] - 1], d, p));
        else if (end > begin)
            TTI_TRY(tti_token_repeats_add_doc(p, &of_doc, d, op->options.min_section, op->error));
        p->firsts[d + 1] = p->repeats.count;
        if (known[d] == 0 && end > begin)
            TTI_TRY(output_repeats(op, p, d));
        begin = end;
    }
    return TT_OK;
}

static tt_status repeats_end_group(tti_operator *op)
{
    repeats_state *s = op->state;
    const tt_allocator *a = op->allocator;
    tti_verified v = {.allocator = a};
    tti_token_repeats p = {.allocator = a};
    size_t *known = NULL;
    tt_status status = number_docs_of_rows(op);
    const size_t n = s->docs.count;
    if (status == TT_OK) {
        p.doc_count = n;
        known = tti_alloc_zero(a, n, sizeof *known);
        p.firsts = tti_alloc_zero(a, n + 1, sizeof *p.firsts);
        status = known == NULL || p.firsts == NULL ? TT_ENOMEM : unpack_passages(s, &v);
    }
    for (size_t k = 0; k < s->rows.count && status == TT_OK; k++)
        if (s->rows.items[k].is_repeats)
            known[tti_doc_numbers_index(&s->docs, s->rows.items[k].a)] = k + 1;
    if (status == TT_OK)
        status = find_repeats(op, &v, known, &p);
    tti_release(a, known, n, sizeof *known);
    tti_token_repeats_free(&p);
    tti_verified_free(&v);
    s->rows.count = s->packed.count = 0;
    return status;
}

static tt_status repeats_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    repeats_state *s = op->state;
    const tti_slice packed = tti_rows_bytes(rows, 3, i);
    TTI_TRY(tti_array_push(&s->rows, op->allocator,
                           (passages_row){.a = tti_rows_int64(rows, 1, i),
                                          .b = tti_rows_int64(rows, 0, i),
                                          .is_repeats = tti_rows_int32(rows, 2, i),
                                          .begin = s->packed.count,
                                          .size = packed.size}));
    return tti_byte_array_append(&s->packed, op->allocator, packed.data, packed.size);
}

const tti_operator_class tti_operator_repeats = {
    .spec = {"repeats", "b long, a long, is_repeats int, data binary", "n long, data binary"},
    .state_size = sizeof(repeats_state),
    .row = repeats_row,

    .is_grouped = 1,
    .end_group = repeats_end_group,
    .close = repeats_close};

/* ==== Occurrences and copies ================================================================== */

/* The repeats of one row. Document 0 is the row's; that of repeat k is k + 1. */
typedef struct unpacked_state {
    TTI_ARRAY(tti_token_repeat) repeats, copied;
    TTI_ARRAY(int64_t) docs;
} unpacked_state;

static void unpacked_close(tti_operator *op)
{
    unpacked_state *s = op->state;
    tti_array_free(&s->repeats, op->allocator);
    tti_array_free(&s->copied, op->allocator);
    tti_array_free(&s->docs, op->allocator);
}

static tt_status unpack_row(tti_operator *op, int64_t n, tti_slice left)
{
    unpacked_state *s = op->state;
    tti_passage_record p;
    const void *blocks;
    s->repeats.count = s->docs.count = 0;
    TTI_TRY(tti_array_push(&s->docs, op->allocator, n));
    while (next_passage(&left, &p, &blocks)) {
        TTI_TRY(tti_array_push(&s->repeats, op->allocator,
                               (tti_token_repeat){.begin = p.b_begin,
                                                  .end = p.b_end,
                                                  .of_doc = (uint32_t)s->docs.count,
                                                  .of_begin = p.a_begin,
                                                  .of_end = p.a_end,
                                                  .matched = p.matched,
                                                  .is_run = p.is_run,
                                                  .run_begin = p.run_begin,
                                                  .run_end = p.run_end}));
        TTI_TRY(tti_array_push(&s->docs, op->allocator, p.of_doc));
    }
    return TT_OK;
}

static void output_occurrence(tti_operator *op, const tti_token_repeat *x, uint32_t before)
{
    const unpacked_state *s = op->state;
    tti_output_int64(&op->out, s->docs.items[0]);
    tti_output_int32(&op->out, (int32_t)x->begin);
    tti_output_int32(&op->out, (int32_t)x->end);
    tti_output_int64(&op->out, tti_array_at(&s->docs, x->of_doc));
    tti_output_int32(&op->out, (int32_t)x->of_begin);
    tti_output_int32(&op->out, (int32_t)x->of_end);
    tti_output_int32(&op->out, (int32_t)x->matched);
    tti_output_int32(&op->out, (int32_t)before);
    tti_output_int32(&op->out, (int32_t)x->run_begin);
    tti_output_int32(&op->out, (int32_t)x->run_end);
    tti_output_double(&op->out,
                      tti_similarity(x->of_end - x->of_begin, x->end - x->begin, x->matched));
    tti_output_end_row(&op->out);
}

#define OCCURRENCE_COLUMNS                                                                         \
  "n long, begin int, end int, of_n long, of_begin int, of_end int, matched int, "                 \
  "before int, run_begin int, run_end int, similarity double"

static tt_status occurrences_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const unpacked_state *s = op->state;
    TTI_TRY(unpack_row(op, tti_rows_int64(rows, 0, i), tti_rows_bytes(rows, 1, i)));
    for (size_t k = 0; k < s->repeats.count; k++)
        output_occurrence(op, &s->repeats.items[k],
                          s->docs.items[k + 1] == s->docs.items[0] ? s->repeats.items[k].begin
                                                                   : UINT32_MAX);
    return TT_OK;
}

const tti_operator_class tti_operator_occurrences = {
    .spec = {"occurrences", "n long, data binary", OCCURRENCE_COLUMNS},
    .state_size = sizeof(unpacked_state),
    .row = occurrences_row,
    .close = unpacked_close};

static tt_status copies_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    unpacked_state *s = op->state;
    size_t count;
    TTI_TRY(unpack_row(op, tti_rows_int64(rows, 0, i), tti_rows_bytes(rows, 2, i)));
    TTI_TRY(tti_array_resize(&s->copied, op->allocator, 2 * s->repeats.count + 2));
    count = tti_token_repeats_of_copy(s->repeats.items, s->repeats.count, 0,
                                      (uint32_t)tti_rows_int32(rows, 1, i), op->options.min_section,
                                      s->copied.items);
    assert(count <= s->copied.count);
    for (size_t k = 0; k < count; k++)
        output_occurrence(op, &s->copied.items[k], UINT32_MAX);
    return TT_OK;
}

const tti_operator_class tti_operator_copies = {
    .spec = {"copies", "n long, tokens int, data binary", OCCURRENCE_COLUMNS},
    .state_size = sizeof(unpacked_state),
    .row = copies_row,
    .close = unpacked_close};

/* ==== References ============================================================================== */

#define REFERENCE_COLUMNS                                                                          \
  "of_begin int, of_end int, matched int, before int, run_begin int, run_end int"

typedef struct references_state {
    TTI_ARRAY(tti_reference) references; /* of one document */
} references_state;

static void references_close(tti_operator *op)
{
    references_state *s = op->state;
    tti_array_free(&s->references, op->allocator);
}

static tt_status references_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    references_state *s = op->state;
    return tti_array_push(&s->references, op->allocator,
                          (tti_reference){.begin = (uint32_t)tti_rows_int32(rows, 1, i),
                                          .end = (uint32_t)tti_rows_int32(rows, 2, i),
                                          .matched = (uint32_t)tti_rows_int32(rows, 3, i),
                                          .before = (uint32_t)tti_rows_int32(rows, 4, i),
                                          .run_begin = (uint32_t)tti_rows_int32(rows, 5, i),
                                          .run_end = (uint32_t)tti_rows_int32(rows, 6, i)});
}

static tt_status references_end_group(tti_operator *op)
{
    references_state *s = op->state;
    size_t sections;
    TTI_TRY(
        tti_references_join(s->references.items, s->references.count, op->allocator, &sections));
    for (size_t k = 0; k < s->references.count; k++) {
        const tti_reference *r = &s->references.items[k];
        if (r->section == TTI_NO_SECTION)
            continue;
        tti_output_int64(&op->out, op->group);
        tti_output_int32(&op->out, (int32_t)r->begin);
        tti_output_int32(&op->out, (int32_t)r->end);
        tti_output_int32(&op->out, (int32_t)r->matched);
        tti_output_int32(&op->out, (int32_t)r->before);
        tti_output_int32(&op->out, (int32_t)r->run_begin);
        tti_output_int32(&op->out, (int32_t)r->run_end);
        tti_output_int32(&op->out, (int32_t)r->section);
        tti_output_end_row(&op->out);
    }
    s->references.count = 0;
    return TT_OK;
}

const tti_operator_class tti_operator_references = {
    .spec = {"references", "of_n long, " REFERENCE_COLUMNS,
             "of_n long, " REFERENCE_COLUMNS ", place int"},
    .state_size = sizeof(references_state),
    .row = references_row,
    .is_grouped = 1,
    .end_group = references_end_group,
    .close = references_close};
