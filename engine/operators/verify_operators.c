/*
 * The operator verify: candidates with the tokens of both -> the numbers of admitted pairs and the
 * passages that sections are made of. A batch is a corpus by itself, since the numbers of a pair
 * follow from its two documents alone.
 */
#include "operators/operator.h"
#include "operators/records.h"
#include "verify/verify.h"

#include <assert.h>

/* The documents of a batch. */
typedef struct verify_state {
    tti_doc_numbers numbers;
    tti_doc *docs;
    size_t doc_capacity;
    tti_byte_buffer packed;
} verify_state;

static tt_status verify_open(tti_operator *op)
{
    verify_state *s = op->state;
    s->numbers.allocator = s->packed.allocator = op->allocator;
    return TT_OK;
}

static void verify_close(tti_operator *op)
{
    verify_state *s = op->state;
    tti_doc_numbers_free(&s->numbers);
    tti_release(op->allocator, s->docs, s->doc_capacity, sizeof *s->docs);
    tti_byte_buffer_free(&s->packed);
}

/* The tokens of a document, borrowed from the batch: its arrays are aligned, and values of hashes,
 * the only ones in their column, are multiples of four bytes. */
static void set_doc(verify_state *s, int64_t number, const tti_rows *rows, int column, size_t row)
{
    const tti_slice hashes = tti_rows_bytes(rows, column, row);
    const tti_slice flags = tti_rows_bytes(rows, column + 1, row);
    assert((uintptr_t)hashes.data % sizeof(uint32_t) == 0);
    assert(flags.size == hashes.size / sizeof(uint32_t));
    s->docs[tti_doc_numbers_index(&s->numbers, number)] =
        (tti_doc){.hashes = hashes.data,
                  .flags = flags.data,
                  .token_count = (uint32_t)tti_record_count(hashes, sizeof(uint32_t))};
}

/* Numbers the documents of the batch from 0 on and lists its rows as candidates of these. */
static tt_status read_candidates(tti_operator *op, const tti_rows *rows, tti_candidates *out)
{
    verify_state *s = op->state;
    s->numbers.count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        TTI_TRY(tti_doc_numbers_add(&s->numbers, tti_rows_int64(rows, 0, i)));
        TTI_TRY(tti_doc_numbers_add(&s->numbers, tti_rows_int64(rows, 1, i)));
    }
    tti_doc_numbers_sort(&s->numbers);
    if (tti_reserve(op->allocator, &s->docs, &s->doc_capacity, s->numbers.count, sizeof *s->docs) !=
        0)
        return TT_ENOMEM;
    for (size_t i = 0; i < rows->count; i++) {
        const int64_t a = tti_rows_int64(rows, 0, i), b = tti_rows_int64(rows, 1, i);
        set_doc(s, a, rows, 3, i);
        set_doc(s, b, rows, 5, i);
        TTI_TRY(tti_candidates_add(out,
                                   tti_candidate_pack(tti_doc_numbers_index(&s->numbers, a),
                                                      tti_doc_numbers_index(&s->numbers, b),
                                                      (unsigned)tti_rows_int32(rows, 2, i)),
                                   op->error));
    }
    return tti_candidates_sort_unique(out, op->error);
}

static void output_pair(tti_operator *op, const tt_pair *p)
{
    const int64_t *numbers = ((const verify_state *)op->state)->numbers.numbers;
    tti_output_int64(&op->out, numbers[p->a]);
    tti_output_int64(&op->out, numbers[p->b]);
    tti_output_int32(&op->out, p->relation);
    tti_output_int32(&op->out, (int32_t)p->reserved);
    tti_output_double(&op->out, p->resemblance);
    tti_output_double(&op->out, p->containment_a);
    tti_output_double(&op->out, p->containment_b);
    tti_output_double(&op->out, p->overlap_a);
    tti_output_double(&op->out, p->overlap_b);
    tti_output_double(&op->out, p->facts);
    tti_output_bytes(&op->out, NULL, 0);
    tti_output_end_row(&op->out);
}

/* The passages of the same two documents, which follow one another, are one row. */
static tt_status output_passages(tti_operator *op, const tti_verified *v)
{
    verify_state *s = op->state;
    for (size_t begin = 0, end; begin < v->link_count; begin = end) {
        const uint32_t a = v->links[begin].a, b = v->links[begin].b;
        s->packed.size = 0;
        for (end = begin; end < v->link_count && v->links[end].a == a && v->links[end].b == b;
             end++) {
            const tti_shared_passage *x = &v->links[end];
            const tti_passage_record record = {0,        x->a_begin, x->a_end,      x->b_begin,
                                               x->b_end, x->matched, x->block_count};
            TTI_TRY(tti_byte_buffer_append(&s->packed, &record, sizeof record));
            TTI_TRY(tti_byte_buffer_append(&s->packed, v->blocks + x->block_begin,
                                           x->block_count * sizeof *v->blocks));
        }
        tti_output_int64(&op->out, s->numbers.numbers[a]);
        tti_output_int64(&op->out, s->numbers.numbers[b]);
        tti_output_int32(&op->out, -1);
        tti_output_int32(&op->out, 0);
        for (int c = 0; c < 6; c++)
            tti_output_double(&op->out, 0);
        tti_output_bytes(&op->out, s->packed.bytes, s->packed.size);
        tti_output_end_row(&op->out);
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
        const tti_corpus corpus = {.docs = s->docs, .doc_count = s->numbers.count};
        status = tti_verify(&verified, &corpus, &candidates, &op->options, op->error);
    }
    for (size_t k = 0; k < verified.pair_count && status == TT_OK; k++)
        output_pair(op, &verified.pairs[k]);
    if (status == TT_OK)
        status = output_passages(op, &verified);
    tti_verified_free(&verified);
    tti_candidates_free(&candidates);
    return status;
}

const tti_operator_class tti_operator_verify = {
    .spec =
        {"verify",
         "a long, b long, want int, hashes_a binary, flags_a binary, hashes_b binary, flags_b "
         "binary",
         "a long, b long, relation int, by_overlap int, resemblance double, containment_a double, "
         "containment_b double, overlap_a double, overlap_b double, facts double, passages binary"},
    .state_size = sizeof(verify_state),
    .open = verify_open,
    .batch = verify_push,
    .close = verify_close};
