/* What the operators are made of: their table entries, rows in and out, numbers of documents. */
#ifndef TTI_OPERATORS_OPERATOR_H
#define TTI_OPERATORS_OPERATOR_H

#include "operators/operators.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/slice.h"

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

/** The bytes of a value, borrowed from the batch; data is NULL where it is null. */
tti_slice tti_rows_bytes(const tti_rows *rows, int column, size_t row);

/* ==== Rows out ================================================================================ */

/** Rows that an operator gives: the columns are filled one after the other, then
 * tti_output_end_row() ends the row. Once `status` is bad, nothing is added any more. */
typedef struct tti_output {
    const tt_allocator *allocator;
    int column_count, next_column;
    struct {
        tti_column_type type;
        uint8_t *values;
        int32_t *offsets; /* of bytes: row_count + 1 */
        size_t size, capacity, offset_capacity;
    } data[TTI_MAX_COLUMNS];
    size_t row_count;
    tt_status status;
    tti_rows rows; /* as tti_operator_rows() shows them */
} tti_output;

void tti_output_int64(tti_output *out, int64_t value);
void tti_output_int32(tti_output *out, int32_t value);
/** A count: those above INT32_MAX are that. */
void tti_output_count(tti_output *out, size_t value);
void tti_output_double(tti_output *out, double value);
void tti_output_bytes(tti_output *out, const void *data, size_t size);
void tti_output_end_row(tti_output *out);
/** The columns a, b, want, skipped: a candidate, or (want 0) candidates that were not looked at. */
void tti_output_candidate(tti_output *out, int64_t a, int64_t b, unsigned want, size_t skipped);

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
    tti_operator_verify, tti_operator_components, tti_operator_clusters, tti_operator_repeats,
    tti_operator_occurrences, tti_operator_copies;

/* ==== Numbers of documents ==================================================================== */

/** The documents in work, by number. The stages want numbers from 0 on: a document's index among
 * them, in the same order. Zero it but for the allocator. */
typedef struct tti_doc_numbers {
    const tt_allocator *allocator;
    int64_t *numbers;
    size_t count, capacity;
} tti_doc_numbers;

void tti_doc_numbers_free(tti_doc_numbers *n);
/** Adds a number; those added before stay unsorted until the next call of _sort(). */
tt_status tti_doc_numbers_add(tti_doc_numbers *n, int64_t number);
/** Sorts the numbers and removes repeated ones. */
void tti_doc_numbers_sort(tti_doc_numbers *n);
/** The index of a number, which is there. */
uint32_t tti_doc_numbers_index(const tti_doc_numbers *n, int64_t number);

/** Bytes that are appended to. Zero it but for the allocator. */
typedef struct tti_byte_buffer {
    const tt_allocator *allocator;
    uint8_t *bytes;
    size_t size, capacity;
} tti_byte_buffer;

tt_status tti_byte_buffer_append(tti_byte_buffer *b, const void *data, size_t size);
void tti_byte_buffer_free(tti_byte_buffer *b);

#endif
