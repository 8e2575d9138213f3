/* Operators by name, and what they have in common: rows out, calls, numbers of documents. */
#include "operators/operator.h"

#include "seed/seeds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ==== Rows ==================================================================================== */

tti_slice tti_rows_bytes(const tti_rows *rows, int column, size_t row)
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

int tti_next_column(const char **declaration, tti_column_spec *out)
{
    static const struct {
        const char *word;
        tti_column_type type;
    } types[] = {{"long", TTI_COLUMN_INT64},
                 {"int", TTI_COLUMN_INT32},
                 {"double", TTI_COLUMN_DOUBLE},
                 {"string", TTI_COLUMN_BYTES},
                 {"binary", TTI_COLUMN_BYTES}};
    const char *word;
    size_t i = 0;
    out->name = *declaration + strspn(*declaration, ", ");
    out->name_size = strcspn(out->name, " ");
    if (out->name_size == 0)
        return 0;
    word = out->name + out->name_size + 1;
    *declaration = word + strcspn(word, ",");
    while (strncmp(word, types[i].word, strlen(types[i].word)) != 0) {
        i++;
        assert(i < sizeof types / sizeof *types);
    }
    out->type = types[i].type;
    return 1;
}

static void append_value(tti_output *out, tti_column_type type, const void *data, size_t size)
{
    const int c = out->next_column++;
    if (out->status != TT_OK)
        return;
    assert(c < out->column_count && out->data[c].type == type);
    if (type == TTI_COLUMN_BYTES && out->data[c].size + size > INT32_MAX)
        out->status = TT_ELIMIT;
    else if (tti_reserve(out->allocator, &out->data[c].values, &out->data[c].capacity,
                         out->data[c].size + size, 1) != 0)
        out->status = TT_ENOMEM;
    else if (size > 0)
        memcpy(out->data[c].values + out->data[c].size, data, size);
    if (out->status == TT_OK)
        out->data[c].size += size;
}

void tti_output_int64(tti_output *out, int64_t value)
{
    append_value(out, TTI_COLUMN_INT64, &value, sizeof value);
}

void tti_output_int32(tti_output *out, int32_t value)
{
    append_value(out, TTI_COLUMN_INT32, &value, sizeof value);
}

void tti_output_count(tti_output *out, size_t value)
{
    tti_output_int32(out, value > INT32_MAX ? INT32_MAX : (int32_t)value);
}

void tti_output_double(tti_output *out, double value)
{
    append_value(out, TTI_COLUMN_DOUBLE, &value, sizeof value);
}

void tti_output_bytes(tti_output *out, const void *data, size_t size)
{
    append_value(out, TTI_COLUMN_BYTES, data, size);
}

void tti_output_end_row(tti_output *out)
{
    assert(out->next_column == out->column_count || out->status != TT_OK);
    for (int c = 0; c < out->column_count && out->status == TT_OK; c++) {
        if (out->data[c].type != TTI_COLUMN_BYTES)
            continue;
        if (tti_reserve(out->allocator, &out->data[c].offsets, &out->data[c].offset_capacity,
                        out->row_count + 2, sizeof *out->data[c].offsets) != 0) {
            out->status = TT_ENOMEM;
            break;
        }
        out->data[c].offsets[0] = 0;
        out->data[c].offsets[out->row_count + 1] = (int32_t)out->data[c].size;
    }
    out->row_count += out->status == TT_OK;
    out->next_column = 0;
}

void tti_output_candidate(tti_output *out, int64_t a, int64_t b, unsigned want, size_t skipped)
{
    tti_output_int64(out, a);
    tti_output_int64(out, b);
    tti_output_int32(out, (int32_t)want);
    tti_output_count(out, skipped);
    tti_output_end_row(out);
}

const tti_rows *tti_operator_rows(tti_operator *op)
{
    tti_output *out = &op->out;
    memset(&out->rows, 0, sizeof out->rows);
    out->rows.count = out->row_count;
    for (int c = 0; c < out->column_count; c++)
        out->rows.columns[c] = (tti_column){out->data[c].values, out->data[c].offsets, NULL, 0};
    return &out->rows;
}

/* ==== Calls =================================================================================== */

static const tti_operator_class *const classes[] = {
    &tti_operator_sketch,      &tti_operator_tokens,         &tti_operator_extents,
    &tti_operator_bands,       &tti_operator_buckets,        &tti_operator_distances,
    &tti_operator_top_k,       &tti_operator_paragraphs,     &tti_operator_postings,
    &tti_operator_seed_filter, &tti_operator_first_postings, &tti_operator_earlier_postings,
    &tti_operator_seed_counts, &tti_operator_verify,         &tti_operator_components,
    &tti_operator_clusters,    &tti_operator_repeats,        &tti_operator_occurrences,
    &tti_operator_copies};

const tti_operator_spec *tti_operator_find(const char *name)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(classes[i]->spec.name, name) == 0)
            return &classes[i]->spec;
    return NULL;
}

uint32_t tti_operator_partitions(uint64_t tokens)
{
    return tti_seed_partition_count(tokens);
}

static void begin_call(tti_operator *op, tt_error *error)
{
    op->error = error;
    if (error != NULL)
        error->status = TT_OK;
    for (int c = 0; c < op->out.column_count; c++)
        op->out.data[c].size = 0;
    op->out.row_count = 0;
}

/* Every failure gets a message, also where only a status was handed up. */
static tt_status end_call(tti_operator *op, tt_status status, tt_error *error)
{
    if (status == TT_OK)
        status = op->out.status;
    if (status != TT_OK && error != NULL && error->status == TT_OK)
        (void)tti_fail(error, status, TTI_NOWHERE, "stage \"%s\": %s", op->class_->spec.name,
                       tt_status_name(status));
    op->error = NULL;
    return status;
}

tt_status tti_operator_open(tti_operator **out, const tti_operator_spec *spec,
                            const tt_options *options, const tti_operator_settings *settings,
                            tt_error *error)
{
    const tti_operator_class *class_ = NULL;
    const char *gives = spec->gives;
    tti_column_spec column;
    tt_options resolved;
    tti_operator *op;
    tt_status status = TT_OK;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (&classes[i]->spec == spec)
            class_ = classes[i];
    assert(class_ != NULL);
    TTI_TRY(tt_options_resolve(options, &resolved, error));
    resolved.threads = 1;
    if (resolved.allocator == NULL)
        resolved.allocator = &tti_libc_allocator;
    op = tti_alloc_zero(resolved.allocator, 1, sizeof *op);
    if (op == NULL)
        return tti_fail_memory(error, "a stage");
    op->class_ = class_;
    op->allocator = op->out.allocator = resolved.allocator;
    op->options = resolved;
    if (settings != NULL)
        op->settings = *settings;
    while (tti_next_column(&gives, &column)) {
        assert(op->out.column_count < TTI_MAX_COLUMNS);
        op->out.data[op->out.column_count++].type = column.type;
    }
    begin_call(op, error);
    op->state = tti_alloc_zero(op->allocator, 1, class_->state_size);
    if (op->state == NULL)
        status = TT_ENOMEM;
    else if (class_->open != NULL)
        status = class_->open(op);
    status = end_call(op, status, error);
    if (status != TT_OK)
        tti_operator_close(op);
    else
        *out = op;
    return status;
}

static tt_status push_rows(tti_operator *op, const tti_rows *rows)
{
    const tti_operator_class *class_ = op->class_;
    const int is_grouped = class_->is_grouped && !op->settings.is_whole;
    const char *takes = class_->spec.takes;
    tti_column_spec first;
    if (class_->batch != NULL)
        return class_->batch(op, rows);
    (void)tti_next_column(&takes, &first);
    for (size_t i = 0; i < rows->count; i++) {
        const int64_t group = !is_grouped                      ? 0
                              : first.type == TTI_COLUMN_INT64 ? tti_rows_int64(rows, 0, i)
                                                               : tti_rows_int32(rows, 0, i);
        if (op->in_group && group != op->group)
            TTI_TRY(class_->end_group(op));
        op->group = group;
        op->in_group = 1;
        TTI_TRY(class_->row(op, rows, i));
    }
    return TT_OK;
}

tt_status tti_operator_push(tti_operator *op, const tti_rows *rows, tt_error *error)
{
    begin_call(op, error);
    return end_call(op, push_rows(op, rows), error);
}

tt_status tti_operator_finish(tti_operator *op, tt_error *error)
{
    const tti_operator_class *class_ = op->class_;
    begin_call(op, error);
    return end_call(op, class_->end_group == NULL ? TT_OK : class_->end_group(op), error);
}

void tti_operator_close(tti_operator *op)
{
    const tt_allocator *a;
    if (op == NULL)
        return;
    a = op->allocator;
    if (op->state != NULL && op->class_->close != NULL)
        op->class_->close(op);
    tti_release(a, op->state, 1, op->class_->state_size);
    for (int c = 0; c < op->out.column_count; c++) {
        tti_release(a, op->out.data[c].values, op->out.data[c].capacity, 1);
        tti_release(a, op->out.data[c].offsets, op->out.data[c].offset_capacity,
                    sizeof *op->out.data[c].offsets);
    }
    tti_release(a, op, 1, sizeof *op);
}

/* ==== Numbers of documents ==================================================================== */

void tti_doc_numbers_free(tti_doc_numbers *n)
{
    tti_release(n->allocator, n->numbers, n->capacity, sizeof *n->numbers);
    n->numbers = NULL;
    n->count = n->capacity = 0;
}

tt_status tti_doc_numbers_add(tti_doc_numbers *n, int64_t number)
{
    if (tti_reserve(n->allocator, &n->numbers, &n->capacity, n->count + 1, sizeof *n->numbers) != 0)
        return TT_ENOMEM;
    n->numbers[n->count++] = number;
    return TT_OK;
}

static int compare_numbers(const void *x, const void *y)
{
    const int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    return (p > q) - (p < q);
}

void tti_doc_numbers_sort(tti_doc_numbers *n)
{
    size_t kept = 0;
    if (n->count > 1)
        qsort(n->numbers, n->count, sizeof *n->numbers, compare_numbers);
    for (size_t i = 0; i < n->count; i++)
        if (kept == 0 || n->numbers[kept - 1] != n->numbers[i])
            n->numbers[kept++] = n->numbers[i];
    n->count = kept;
}

uint32_t tti_doc_numbers_index(const tti_doc_numbers *n, int64_t number)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (n->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < n->count && n->numbers[low] == number);
    return (uint32_t)low;
}

tt_status tti_byte_buffer_append(tti_byte_buffer *b, const void *data, size_t size)
{
    if (tti_reserve(b->allocator, &b->bytes, &b->capacity, b->size + size, 1) != 0)
        return TT_ENOMEM;
    if (size > 0)
        memcpy(b->bytes + b->size, data, size);
    b->size += size;
    return TT_OK;
}

void tti_byte_buffer_free(tti_byte_buffer *b)
{
    tti_release(b->allocator, b->bytes, b->capacity, 1);
    b->bytes = NULL;
    b->size = b->capacity = 0;
}
