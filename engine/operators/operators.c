/* Operators by name, their columns and their calls. */
#include "operators/operators.h"

#include "operators/operator.h"
#include "seed/partitions.h"

#include <assert.h>
#include <string.h>

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

static const tti_operator_class *const classes[] = {
    &tti_operator_sketch,      &tti_operator_tokens,         &tti_operator_extents,
    &tti_operator_bands,       &tti_operator_buckets,        &tti_operator_distances,
    &tti_operator_top_k,       &tti_operator_paragraphs,     &tti_operator_postings,
    &tti_operator_seed_filter, &tti_operator_first_postings, &tti_operator_earlier_postings,
    &tti_operator_seed_counts, &tti_operator_verify,         &tti_operator_components,
    &tti_operator_clusters,    &tti_operator_dropped,        &tti_operator_repeats,
    &tti_operator_occurrences, &tti_operator_copies,         &tti_operator_references,
    &tti_operator_notices,     &tti_operator_notice_share,   &tti_operator_notice_pairs};

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
        op->out.columns[c].values.count = op->out.columns[c].offsets.count = 0;
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
        op->out.columns[op->out.column_count++].type = column.type;
    }
    begin_call(op, error);
    if (class_->state_size > 0)
        op->state = tti_alloc_zero(op->allocator, 1, class_->state_size);
    if (class_->state_size > 0 && op->state == NULL)
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
        tti_array_free(&op->out.columns[c].values, a);
        tti_array_free(&op->out.columns[c].offsets, a);
    }
    tti_release(a, op, 1, sizeof *op);
}

void tti_operator_move_rows(tti_operator *op, tti_given_rows *out)
{
    *out = (tti_given_rows){.rows.count = op->out.row_count, .allocator = op->allocator};
    for (int c = 0; c < op->out.column_count; c++) {
        out->rows.columns[c].values = op->out.columns[c].values.items;
        out->rows.columns[c].offsets = op->out.columns[c].offsets.items;
        out->value_capacities[c] = op->out.columns[c].values.capacity;
        out->offset_capacities[c] = op->out.columns[c].offsets.capacity;
        memset(&op->out.columns[c].values, 0, sizeof op->out.columns[c].values);
        memset(&op->out.columns[c].offsets, 0, sizeof op->out.columns[c].offsets);
    }
    op->out.row_count = 0;
}

void tti_given_rows_free(tti_given_rows *given)
{
    for (int c = 0; c < TTI_MAX_COLUMNS; c++) {
        const tti_column *column = &given->rows.columns[c];
        tti_release(given->allocator, (void *)column->values, given->value_capacities[c], 1);
        tti_release(given->allocator, (void *)column->offsets, given->offset_capacities[c],
                    sizeof *column->offsets);
    }
    memset(given, 0, sizeof *given);
}
