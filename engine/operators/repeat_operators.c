/* The operators from shared passages to repeats (result/repeats.h): repeats, occurrences, copies.
 */
#include "operators/operator.h"
#include "operators/records.h"
#include "result/repeats.h"

#include <assert.h>
#include <string.h>

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
    passages_row *rows;
    size_t row_count, row_capacity;
    tti_byte_buffer packed, given;
    tti_doc_numbers docs;
} repeats_state;

static tt_status repeats_open(tti_operator *op)
{
    repeats_state *s = op->state;
    s->packed.allocator = s->given.allocator = s->docs.allocator = op->allocator;
    return TT_OK;
}

static void repeats_close(tti_operator *op)
{
    repeats_state *s = op->state;
    tti_release(op->allocator, s->rows, s->row_capacity, sizeof *s->rows);
    tti_byte_buffer_free(&s->packed);
    tti_byte_buffer_free(&s->given);
    tti_doc_numbers_free(&s->docs);
}

static tti_slice row_bytes(const repeats_state *s, const passages_row *row)
{
    return (tti_slice){s->packed.bytes + row->begin, row->size};
}

/* Numbers the documents of the rows from 0 on. */
static tt_status number_docs_of_rows(repeats_state *s)
{
    tti_passage_record p;
    const void *blocks;
    s->docs.count = 0;
    for (size_t k = 0; k < s->row_count; k++) {
        const passages_row *row = &s->rows[k];
        tti_slice left = row_bytes(s, row);
        TTI_TRY(tti_doc_numbers_add(&s->docs, row->a));
        TTI_TRY(tti_doc_numbers_add(&s->docs, row->b));
        while (row->is_repeats && next_passage(&left, &p, &blocks))
            TTI_TRY(tti_doc_numbers_add(&s->docs, p.of_doc));
    }
    tti_doc_numbers_sort(&s->docs);
    return TT_OK;
}

static tt_status unpack_passages(const repeats_state *s, tti_verified *v)
{
    tti_passage_record p;
    const void *blocks;
    for (size_t k = 0; k < s->row_count; k++) {
        const passages_row *row = &s->rows[k];
        const uint32_t a = tti_doc_numbers_index(&s->docs, row->a);
        const uint32_t b = tti_doc_numbers_index(&s->docs, row->b);
        tti_slice left = row_bytes(s, row);
        while (!row->is_repeats && next_passage(&left, &p, &blocks)) {
            if (tti_reserve(v->allocator, &v->links, &v->link_capacity, v->link_count + 1,
                            sizeof *v->links) != 0)
                return TT_ENOMEM;
            v->links[v->link_count++] =
                (tti_shared_passage){a,       b,         p.a_begin,     p.a_end,       p.b_begin,
                                     p.b_end, p.matched, p.block_count, v->block_count};
            TTI_TRY(append_blocks(v->allocator, &v->blocks, &v->block_count, &v->block_capacity,
                                  blocks, p.block_count));
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
        if (tti_reserve(out->allocator, &out->places, &out->capacity, out->count + 1,
                        sizeof *out->places) != 0)
            return TT_ENOMEM;
        out->places[out->count++] =
            (tti_token_repeat){d,       p.b_begin, p.b_end,       of_doc,          p.a_begin,
                               p.a_end, p.matched, p.block_count, out->block_count};
        TTI_TRY(append_blocks(out->allocator, &out->blocks, &out->block_count, &out->block_capacity,
                              blocks, p.block_count));
    }
    return TT_OK;
}

static tt_status output_repeats(tti_operator *op, const tti_token_repeats *p, uint32_t d)
{
    repeats_state *s = op->state;
    s->given.size = 0;
    if (p->firsts[d] == p->firsts[d + 1])
        return TT_OK;
    for (uint64_t k = p->firsts[d]; k < p->firsts[d + 1]; k++) {
        const tti_token_repeat *x = &p->places[k];
        const tti_passage_record record = {s->docs.numbers[x->of_doc],
                                           x->of_begin,
                                           x->of_end,
                                           x->begin,
                                           x->end,
                                           x->matched,
                                           x->block_count};
        TTI_TRY(tti_byte_buffer_append(&s->given, &record, sizeof record));
        TTI_TRY(tti_byte_buffer_append(&s->given, p->blocks + x->block_begin,
                                       x->block_count * sizeof *p->blocks));
    }
    tti_output_int64(&op->out, s->docs.numbers[d]);
    tti_output_bytes(&op->out, s->given.bytes, s->given.size);
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
        while (end < v->link_count && v->links[end].b == d)
            end++;
        of_doc.links = v->links + begin;
        of_doc.link_count = end - begin;
        p->firsts[d] = p->count;
        if (known[d] > 0)
            TTI_TRY(unpack_repeats(s, &s->rows[known[d] - 1], d, p));
        else if (end > begin)
            TTI_TRY(tti_token_repeats_add_doc(p, &of_doc, d, op->options.min_section, op->error));
        p->firsts[d + 1] = p->count;
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
    tt_status status = number_docs_of_rows(s);
    const size_t n = s->docs.count;
    if (status == TT_OK) {
        p.doc_count = n;
        known = tti_alloc_zero(a, n, sizeof *known);
        p.firsts = tti_alloc_zero(a, n + 1, sizeof *p.firsts);
        status = known == NULL || p.firsts == NULL ? TT_ENOMEM : unpack_passages(s, &v);
    }
    for (size_t k = 0; k < s->row_count && status == TT_OK; k++)
        if (s->rows[k].is_repeats)
            known[tti_doc_numbers_index(&s->docs, s->rows[k].a)] = k + 1;
    if (status == TT_OK)
        status = find_repeats(op, &v, known, &p);
    tti_release(a, known, n, sizeof *known);
    tti_token_repeats_free(&p);
    tti_verified_free(&v);
    s->row_count = s->packed.size = 0;
    return status;
}

static tt_status repeats_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    repeats_state *s = op->state;
    const tti_slice packed = tti_rows_bytes(rows, 3, i);
    const int64_t b = tti_rows_int64(rows, 0, i);
    if (tti_reserve(op->allocator, &s->rows, &s->row_capacity, s->row_count + 1, sizeof *s->rows) !=
        0)
        return TT_ENOMEM;
    s->rows[s->row_count++] = (passages_row){
        tti_rows_int64(rows, 1, i), b, tti_rows_int32(rows, 2, i), s->packed.size, packed.size};
    TTI_TRY(tti_byte_buffer_append(&s->packed, packed.data, packed.size));
    return TT_OK;
}

const tti_operator_class tti_operator_repeats = {
    .spec = {"repeats", "b long, a long, is_repeats int, data binary", "n long, data binary"},
    .state_size = sizeof(repeats_state),
    .open = repeats_open,
    .row = repeats_row,

    .is_grouped = 1,
    .end_group = repeats_end_group,
    .close = repeats_close};

/* ==== Occurrences and copies ================================================================== */

/* The repeats of one row. Document 0 is the row's own; that of repeat k is k + 1. */
typedef struct unpacked_state {
    tti_token_repeat *repeats, *copied;
    size_t count, capacity, copied_capacity;
    int64_t *docs;
    size_t doc_capacity;
} unpacked_state;

static void unpacked_close(tti_operator *op)
{
    unpacked_state *s = op->state;
    tti_release(op->allocator, s->repeats, s->capacity, sizeof *s->repeats);
    tti_release(op->allocator, s->copied, s->copied_capacity, sizeof *s->copied);
    tti_release(op->allocator, s->docs, s->doc_capacity, sizeof *s->docs);
}

static tt_status unpack_row(tti_operator *op, int64_t n, tti_slice left)
{
    unpacked_state *s = op->state;
    const tt_allocator *a = op->allocator;
    tti_passage_record p;
    const void *blocks;
    s->count = 0;
    do {
        const size_t need = s->count + 2;
        if (tti_reserve(a, &s->repeats, &s->capacity, need, sizeof *s->repeats) != 0 ||
            tti_reserve(a, &s->copied, &s->copied_capacity, 2 * need, sizeof *s->copied) != 0 ||
            tti_reserve(a, &s->docs, &s->doc_capacity, need, sizeof *s->docs) != 0)
            return TT_ENOMEM;
        s->docs[0] = n;
        if (!next_passage(&left, &p, &blocks))
            return TT_OK;
        s->docs[s->count + 1] = p.of_doc;
        s->repeats[s->count] = (tti_token_repeat){
            0, p.b_begin, p.b_end, (uint32_t)s->count + 1, p.a_begin, p.a_end, p.matched, 0, 0};
        s->count++;
    } while (1);
}

static void output_occurrence(tti_operator *op, const tti_token_repeat *x)
{
    const unpacked_state *s = op->state;
    assert(x->of_doc <= s->count);
    tti_output_int64(&op->out, s->docs[0]);
    tti_output_int32(&op->out, (int32_t)x->begin);
    tti_output_int32(&op->out, (int32_t)x->end);
    tti_output_int64(&op->out, s->docs[x->of_doc]);
    tti_output_int32(&op->out, (int32_t)x->of_begin);
    tti_output_int32(&op->out, (int32_t)x->of_end);
    tti_output_double(&op->out,
                      tti_similarity(x->of_end - x->of_begin, x->end - x->begin, x->matched));
    tti_output_end_row(&op->out);
}

#define OCCURRENCE_COLUMNS                                                                         \
  "n long, begin int, end int, of_n long, of_begin int, of_end int, similarity double"

static tt_status occurrences_row(tti_operator *op, const tti_rows *rows, size_t i)
{
    const unpacked_state *s = op->state;
    TTI_TRY(unpack_row(op, tti_rows_int64(rows, 0, i), tti_rows_bytes(rows, 1, i)));
    for (size_t k = 0; k < s->count; k++)
        output_occurrence(op, &s->repeats[k]);
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
    count = tti_token_repeats_of_copy(s->repeats, s->count, 0, (uint32_t)tti_rows_int32(rows, 1, i),
                                      op->options.min_section, s->copied);
    for (size_t k = 0; k < count; k++)
        output_occurrence(op, &s->copied[k]);
    return TT_OK;
}

const tti_operator_class tti_operator_copies = {
    .spec = {"copies", "n long, tokens int, data binary", OCCURRENCE_COLUMNS},
    .state_size = sizeof(unpacked_state),
    .row = copies_row,
    .close = unpacked_close};
