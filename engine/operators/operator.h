/* What the operators share: rows in and out, records, numbers of documents, and their state. */
#ifndef TTI_OPERATORS_OPERATOR_H
#define TTI_OPERATORS_OPERATOR_H

#include "align/align.h"
#include "operators/operators.h"
#include "seed/minimizers.h"
#include "sketch/sketch.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/error.h"
#include "util/sort.h"

#include <assert.h>
#include <string.h>

/* ==== Rows in ================================================================================= */

static inline int64_t tti_rows_int64(const tti_rows *rows, int column, size_t row)
{
    const tti_column *c = &rows->columns[column];
    return ((const int64_t *)c->values)[c->first + row];
}

static inline int32_t tti_rows_int32(const tti_rows *rows, int column, size_t row)
{
    const tti_column *c = &rows->columns[column];
    return ((const int32_t *)c->values)[c->first + row];
}

static inline double tti_rows_double(const tti_rows *rows, int column, size_t row)
{
    const tti_column *c = &rows->columns[column];
    return ((const double *)c->values)[c->first + row];
}

/** The bytes of a value, borrowed from the batch; data is NULL where it is null. */
static inline tti_slice tti_rows_bytes(const tti_rows *rows, int column, size_t row)
{
    const tti_column *c = &rows->columns[column];
    const size_t i = c->first + row;
    static const char empty[1];
    size_t size;
    if (c->validity != NULL && (c->validity[i >> 3] >> (i & 7) & 1) == 0)
        return (tti_slice){NULL, 0};
    assert(c->offsets[i] <= c->offsets[i + 1]);
    size = (size_t)(c->offsets[i + 1] - c->offsets[i]);
    return (tti_slice){size == 0 ? empty : (const char *)c->values + c->offsets[i], size};
}

/* ==== Rows out ================================================================================ */

/** Rows that an operator gives: the columns are filled one after the other, then
 * tti_output_end_row() ends the row. Once `status` is bad, nothing is added any more. */
typedef struct tti_output {
    const tt_allocator *allocator;
    int column_count, next_column;
    struct {
        tti_column_type type;
        TTI_ARRAY(uint8_t) values;
        TTI_ARRAY(int32_t) offsets; /* of bytes: row_count + 1 */
    } columns[TTI_MAX_COLUMNS];
    size_t row_count;
    tt_status status;
} tti_output;

static inline void tti_output_value(tti_output *out, tti_column_type type, const void *data,
                                    size_t size)
{
    const int c = out->next_column++;
    if (out->status != TT_OK)
        return;
    assert(c < out->column_count && out->columns[c].type == type);
    if (type == TTI_COLUMN_BYTES && out->columns[c].values.count + size > INT32_MAX)
        out->status = TT_ELIMIT;
    else
        out->status = tti_array_append(&out->columns[c].values, out->allocator, data, size);
}

static inline void tti_output_int64(tti_output *out, int64_t value)
{
    tti_output_value(out, TTI_COLUMN_INT64, &value, sizeof value);
}

static inline void tti_output_int32(tti_output *out, int32_t value)
{
    tti_output_value(out, TTI_COLUMN_INT32, &value, sizeof value);
}

/** A count: those above INT32_MAX are that. */
static inline void tti_output_count(tti_output *out, size_t value)
{
    tti_output_int32(out, value > INT32_MAX ? INT32_MAX : (int32_t)value);
}

static inline void tti_output_double(tti_output *out, double value)
{
    tti_output_value(out, TTI_COLUMN_DOUBLE, &value, sizeof value);
}

static inline void tti_output_bytes(tti_output *out, const void *data, size_t size)
{
    tti_output_value(out, TTI_COLUMN_BYTES, data, size);
}

/** Ends a row, whose columns were all output. */
static inline void tti_output_end_row(tti_output *out)
{
    const tt_allocator *a = out->allocator;
    assert(out->next_column == out->column_count || out->status != TT_OK);
    for (int c = 0; c < out->column_count && out->status == TT_OK; c++) {
        if (out->columns[c].type != TTI_COLUMN_BYTES)
            continue;
        if (out->row_count == 0)
            out->status = tti_array_push(&out->columns[c].offsets, a, 0);
        if (out->status == TT_OK)
            out->status =
                tti_array_push(&out->columns[c].offsets, a, (int32_t)out->columns[c].values.count);
    }
    out->row_count += out->status == TT_OK;
    out->next_column = 0;
}

/** The columns a, b, want, skipped: a candidate, or (want 0) candidates that were not looked at. */
static inline void tti_output_candidate(tti_output *out, int64_t a, int64_t b, unsigned want,
                                        size_t skipped)
{
    tti_output_int64(out, a);
    tti_output_int64(out, b);
    tti_output_int32(out, (int32_t)want);
    tti_output_count(out, skipped);
    tti_output_end_row(out);
}

/* ==== Operators =============================================================================== */

/** Functions that are NULL have nothing to do. */
typedef struct tti_operator_class {
    tti_operator_spec spec;
    size_t state_size;
    tt_status (*open)(tti_operator *op);
    tt_status (*row)(tti_operator *op, const tti_rows *rows, size_t i);
    tt_status (*batch)(tti_operator *op, const tti_rows *rows); /* instead of `row` */
    int is_grouped; /* a group is the rows that are equal in the first column */
    tt_status (*end_group)(tti_operator *op); /* after each group, or after all rows */
    void (*close)(tti_operator *op);
} tti_operator_class;

struct tti_operator {
    const tti_operator_class *class_;
    const tt_allocator *allocator;
    tt_options options; /* resolved */
    tti_operator_settings settings;
    void *state; /* state_size bytes, zeroed at first */
    int64_t group;
    int in_group;
    tti_output out;
    tt_error *error; /* the caller's, during a call */
};

extern const tti_operator_class tti_operator_sketch, tti_operator_tokens, tti_operator_extents,
    tti_operator_bands, tti_operator_buckets, tti_operator_distances, tti_operator_top_k,
    tti_operator_paragraphs, tti_operator_postings, tti_operator_seed_filter,
    tti_operator_first_postings, tti_operator_earlier_postings, tti_operator_seed_counts,
    tti_operator_verify, tti_operator_components, tti_operator_clusters, tti_operator_dropped,
    tti_operator_repeats, tti_operator_occurrences, tti_operator_copies, tti_operator_references,
    tti_operator_notices, tti_operator_notice_share, tti_operator_notice_pairs;

/* ==== Numbers of documents ==================================================================== */

/** The documents in work, by number. The stages want numbers from 0 on: a document's index among
 * them, in the same order. */
typedef TTI_ARRAY(int64_t) tti_doc_numbers;

TTI_SORT_DEFINE(tti_sort_int64, int64_t, *x < *y)

/** Sorts the numbers that were added and removes repeated ones. */
static inline void tti_doc_numbers_sort(tti_doc_numbers *n)
{
    size_t kept = 0;
    tti_sort_int64(n->items, n->count);
    for (size_t i = 0; i < n->count; i++)
        if (kept == 0 || n->items[kept - 1] != n->items[i])
            n->items[kept++] = n->items[i];
    n->count = kept;
}

/** The index of a number, which is there. */
static inline uint32_t tti_doc_numbers_index(const tti_doc_numbers *n, int64_t number)
{
    size_t i;
    TTI_LOWER_BOUND(i, 0, n->count, n->items[i] < number);
    assert(i < n->count && n->items[i] == number);
    return (uint32_t)i;
}

/* ==== Records ================================================================================= */

/* Operators hand them to one another in columns of bytes, in the machine's byte order. */

/** A paragraph of TTI_PARAGRAPH_TOKENS tokens or more. */
typedef struct tti_paragraph_record {
    uint64_t low, high;                 /**< identity of its tokens */
    uint32_t keys[TTI_PARAGRAPH_BANDS]; /**< of its bands; 0 where the article has it before */
} tti_paragraph_record;

/** A seed of a document: the two halves of its hash, and its position. */
typedef struct tti_seed_record {
    uint32_t key, part, pos;
} tti_seed_record;

/** A posting: a seed, its key and partition as one number, at a position of a document. */
typedef struct tti_posting_record {
    uint64_t seed;
    int64_t doc;
    uint32_t pos;
    uint32_t seed_count; /**< of the document */
} tti_posting_record;

/** An earlier posting of a seed that a later one is compared with. */
typedef struct tti_earlier_record {
    int64_t doc;
    uint32_t pos;
    uint32_t seed_count; /**< of the document */
} tti_earlier_record;

/** A tti_notice_place of a document and an earlier one. */
typedef struct tti_place_record {
    uint32_t begin, end, evidence, is_copy;
} tti_place_record;

/** A notice, whose words follow. */
typedef struct tti_notice_record {
    uint32_t words, articles;
} tti_notice_record;

/** A shared passage or a repeat; its blocks (tti_block) follow. `a_`: the earlier text. */
typedef struct tti_passage_record {
    int64_t of_doc; /**< of a repeat */
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched, block_count;
    uint32_t is_run, run_begin, run_end; /**< of a repeat, as in tti_token_repeat */
} tti_passage_record;

typedef TTI_ARRAY(uint8_t) tti_byte_array;

/** Appends bytes: a record, for one. @return TT_OK, TT_ENOMEM */
static inline tt_status tti_byte_array_append(tti_byte_array *to, const tt_allocator *a,
                                              const void *bytes, size_t size)
{
    return tti_array_append(to, a, bytes, size);
}

/** Appends a passage and its blocks. @return TT_OK, TT_ENOMEM */
static inline tt_status tti_passage_append(tti_byte_array *to, const tt_allocator *a,
                                           const tti_passage_record *record,
                                           const tti_block *blocks)
{
    if (tti_byte_array_append(to, a, record, sizeof *record) != TT_OK)
        return TT_ENOMEM;
    return tti_byte_array_append(to, a, blocks, record->block_count * sizeof *blocks);
}

/** How many records of `size` bytes a value holds. */
static inline size_t tti_record_count(tti_slice bytes, size_t size)
{
    assert(bytes.size % size == 0);
    return bytes.size / size;
}

/** Copies record k of a value, which may lie at any address. */
static inline void tti_record_get(tti_slice bytes, size_t k, void *record, size_t size)
{
    assert((k + 1) * size <= bytes.size);
    memcpy(record, (const char *)bytes.data + k * size, size);
}

#endif
