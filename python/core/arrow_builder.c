/* Batches that are built row by row, and their export to consumers of Arrow. */
#include "arrow_builder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_BATCH = 1 << 15, BYTES_PER_BATCH = 1 << 28 };

/* ==== Ids ===================================================================================== */

/* The kind of one id: 'l' if its digits are an int64 as Python writes it, 'L' a uint64, 'u' text.
 */
static char id_kind(const char *id, size_t size, uint32_t flags)
{
    char text[24];
    const int negative = size > 0 && id[0] == '-';
    const size_t first = (size_t)negative;
    if (!(flags & TT_ARTICLE_INTEGER_ID) || size == first || size > 20)
        return 'u';
    for (size_t i = first; i < size; i++)
        if (id[i] < '0' || id[i] > '9')
            return 'u';
    if (id[first] == '0' && (negative || size > 1))
        return 'u';
    memcpy(text, id, size);
    text[size] = '\0';
    errno = 0;
    (void)strtoll(text, NULL, 10);
    if (errno == 0)
        return 'l';
    errno = 0;
    (void)strtoull(text, NULL, 10);
    return errno == 0 && !negative ? 'L' : 'u';
}

void core_ids_add(id_kinds *kinds, const char *id, size_t size, uint32_t flags)
{
    char kind;
    kinds->any = 1;
    if (kinds->text)
        return;
    kind = id_kind(id, size, flags);
    kinds->negative |= size > 0 && id[0] == '-';
    kinds->big |= kind == 'L';
    kinds->text = kind == 'u' || (kinds->negative && kinds->big);
}

const char *core_ids_format(const id_kinds *kinds)
{
    return !kinds->any || kinds->text ? "u" : kinds->big ? "L" : "l";
}

/* ==== Schemas ================================================================================= */

static const char *format_of(const arrow_field *f, const char *id_format)
{
    return strcmp(f->format, "id") == 0 ? id_format : f->format;
}

static void release_schema(struct ArrowSchema *s)
{
    for (int64_t i = 0; i < s->n_children; i++) {
        if (s->children[i] != NULL && s->children[i]->release != NULL)
            s->children[i]->release(s->children[i]);
        free(s->children[i]);
    }
    free(s->children);
    free((void *)s->name);
    s->release = NULL;
}

int arrow_export_schema(const arrow_field *field, const char *id_format, struct ArrowSchema *out)
{
    memset(out, 0, sizeof *out);
    out->format = format_of(field, id_format);
    out->name = strdup(field->name);
    out->flags = field->nullable ? ARROW_FLAG_NULLABLE : 0;
    out->release = release_schema;
    out->children = calloc(field->child_count + 1, sizeof *out->children);
    if (out->name == NULL || out->children == NULL) {
        release_schema(out);
        return ENOMEM;
    }
    out->n_children = (int64_t)field->child_count;
    for (size_t i = 0; i < field->child_count; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (out->children[i] == NULL ||
            arrow_export_schema(&field->children[i], id_format, out->children[i]) != 0) {
            release_schema(out);
            return ENOMEM;
        }
    }
    return 0;
}

/* ==== Appending =============================================================================== */

static size_t width_of(const char *format)
{
    switch (format[0]) {
    case 'c':
    case 'C': return 1;
    case 's':
    case 'S': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    default: return 8;
    }
}

/* Appends `size` bytes, which are left as they are where `bytes` is NULL. */
static void append_bytes(arrow_batch *batch, byte_array *a, const void *bytes, size_t size)
{
    if (batch->failed != 0)
        return;
    if (core_reserve(&a->bytes, &a->capacity, a->size + size, 1) != 0) {
        batch->failed = ENOMEM;
        return;
    }
    if (bytes != NULL && size > 0)
        memcpy(a->bytes + a->size, bytes, size);
    a->size += size;
}

/* Records whether the element that comes next is valid, and counts it. */
static void append_validity(arrow_batch *batch, arrow_column *c, int valid)
{
    const size_t needed = (size_t)(c->length / 8 + 1);
    if (!valid || c->validity.bytes != NULL) {
        while (batch->failed == 0 && c->validity.size < needed)
            append_bytes(batch, &c->validity, "\xff", 1);
        if (batch->failed == 0 && !valid)
            c->validity.bytes[c->length / 8] &= (char)~(1 << (c->length % 8));
    }
    c->null_count += !valid;
    c->length++;
}

void append_int64(arrow_batch *batch, arrow_column *column, uint64_t value)
{
    append_validity(batch, column, 1);
    append_bytes(batch, &column->values, &value, sizeof value);
}

void append_double(arrow_batch *batch, arrow_column *column, double value)
{
    append_validity(batch, column, !isnan(value));
    append_bytes(batch, &column->values, &value, sizeof value);
}

static void append_offset(arrow_batch *batch, arrow_column *c, uint64_t offset)
{
    const int32_t narrow = (int32_t)offset;
    if (offset > INT32_MAX)
        batch->failed = EOVERFLOW;
    append_bytes(batch, &c->values, &narrow, sizeof narrow);
}

static int has_bytes(const arrow_column *c)
{
    return c->format[0] == 'u' || c->format[0] == 'z';
}

void append_null(arrow_batch *batch, arrow_column *column)
{
    const uint64_t zero = 0;
    append_validity(batch, column, 0);
    if (has_bytes(column))
        append_offset(batch, column, column->bytes.size);
    else
        append_bytes(batch, &column->values, &zero, width_of(column->format));
}

void append_text(arrow_batch *batch, arrow_column *column, const char *text, size_t size)
{
    append_bytes(batch, &column->bytes, text, size);
    batch->bytes += size;
    append_validity(batch, column, 1);
    append_offset(batch, column, column->bytes.size);
}

/* The bytes of a number, whose first are those of a narrower one. */
typedef union id_number {
    uint64_t of_integer;
    double of_double;
    float of_float;
} id_number;

/* The digits are known to fit the column. */
void append_id(arrow_batch *batch, arrow_column *column, const char *id, size_t size)
{
    char digits[24];
    id_number value = {0};
    if (column->format[0] == 'u') {
        append_text(batch, column, id, size);
        return;
    }
    memcpy(digits, id, size);
    digits[size] = '\0';
    if (column->format[0] == 'g')
        value.of_double = strtod(digits, NULL);
    else if (column->format[0] == 'f')
        value.of_float = strtof(digits, NULL);
    else if (size > 0 && digits[0] == '-')
        value.of_integer = (uint64_t)strtoll(digits, NULL, 10);
    else
        value.of_integer = strtoull(digits, NULL, 10);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    if (column->format[0] != 'g' && column->format[0] != 'f')
        value.of_integer <<= 64 - 8 * width_of(column->format);
#endif
    append_validity(batch, column, 1);
    append_bytes(batch, &column->values, &value, width_of(column->format));
}

void append_list(arrow_batch *batch, arrow_column *column)
{
    append_validity(batch, column, 1);
    append_offset(batch, column, (uint64_t)column->children[0].length);
}

void append_word(arrow_batch *batch, arrow_column *column, const char *word)
{
    append_text(batch, column, word, strlen(word));
}

void append_differences(arrow_batch *batch, arrow_column *column, const tt_difference *differences,
                        size_t count)
{
    arrow_column *item = &column->children[0], *c = item->children;
    for (size_t i = 0; i < count; i++) {
        const tt_difference *d = &differences[i];
        append_word(batch, &c[0], tt_difference_kind_name((tt_difference_kind)d->kind));
        append_int64(batch, &c[1], d->begin_a);
        append_int64(batch, &c[2], d->end_a);
        append_int64(batch, &c[3], d->begin_b);
        append_int64(batch, &c[4], d->end_b);
        item->length++;
        batch->bytes += sizeof *d;
    }
    append_list(batch, column);
}

static void free_bytes(byte_array *a)
{
    if (a->capacity > 0)
        free(a->bytes);
}

static void free_column(arrow_column *c)
{
    for (size_t i = 0; i < c->child_count; i++)
        free_column(&c->children[i]);
    free(c->children);
    free_bytes(&c->validity);
    free_bytes(&c->values);
    free_bytes(&c->bytes);
}

void borrow_array(arrow_column *column, const void *values, const int32_t *offsets, size_t count)
{
    byte_array *data = has_bytes(column) ? &column->bytes : &column->values;
    free_column(column);
    *data = (byte_array){(char *)(uintptr_t)values, 0, 0};
    if (has_bytes(column))
        column->values = (byte_array){(char *)(uintptr_t)offsets, 0, 0};
    column->length = (int64_t)count;
}

int arrow_batch_is_full(const arrow_batch *batch)
{
    return batch->failed != 0 || batch->root.length >= ROWS_PER_BATCH ||
           batch->bytes >= BYTES_PER_BATCH;
}

int arrow_batch_end_row(arrow_batch *batch)
{
    batch->root.length++;
    return arrow_batch_is_full(batch);
}

/* ==== Batches ================================================================================= */

static void open_column(arrow_batch *batch, arrow_column *c, const arrow_field *field,
                        const char *id_format)
{
    c->format = format_of(field, id_format);
    if (field->child_count > 0) {
        c->children = calloc(field->child_count, sizeof *c->children);
        if (c->children == NULL) {
            batch->failed = ENOMEM;
            return;
        }
        c->child_count = field->child_count;
    }
    for (size_t i = 0; i < c->child_count; i++)
        open_column(batch, &c->children[i], &field->children[i], id_format);
    if (has_bytes(c) || strcmp(c->format, "+l") == 0)
        append_offset(batch, c, 0);
    else
        append_bytes(batch, &c->values, NULL, 0); /* a buffer, even if no values follow */
    if (has_bytes(c))
        append_bytes(batch, &c->bytes, NULL, 0);
}

arrow_batch *arrow_batch_new(const arrow_field *table, const char *id_format)
{
    arrow_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    atomic_init(&batch->references, 1);
    open_column(batch, &batch->root, table, id_format);
    if (batch->failed == 0)
        return batch;
    arrow_batch_release(batch);
    return NULL;
}

void arrow_batch_release(arrow_batch *batch)
{
    if (batch == NULL || atomic_fetch_sub(&batch->references, 1) != 1)
        return;
    free_column(&batch->root);
    if (batch->owner != NULL)
        batch->release_owner(batch->owner);
    free(batch);
}

static void convert_ids(arrow_batch *batch, arrow_column *c, const arrow_field *field,
                        const char *id_format)
{
    for (size_t i = 0; i < c->child_count; i++)
        convert_ids(batch, &c->children[i], &field->children[i], id_format);
    if (strcmp(field->format, "id") == 0) {
        arrow_column numbers = {.format = id_format};
        const int32_t *offsets = (const int32_t *)(const void *)c->values.bytes;
        append_bytes(batch, &numbers.values, NULL, 0);
        for (int64_t i = 0; i < c->length && batch->failed == 0; i++)
            if (c->validity.bytes != NULL && (c->validity.bytes[i / 8] >> (i % 8) & 1) == 0)
                append_null(batch, &numbers);
            else
                append_id(batch, &numbers, c->bytes.bytes + offsets[i],
                          (size_t)(offsets[i + 1] - offsets[i]));
        free_column(c);
        *c = numbers;
    }
}

void arrow_batch_convert_ids(arrow_batch *batch, const arrow_field *table, const char *id_format)
{
    if (id_format[0] != 'u' && batch->failed == 0)
        convert_ids(batch, &batch->root, table, id_format);
}

/* ==== Export ================================================================================== */

/* A consumer may keep a child and release the rest, so each part holds a reference. */
static void release_array(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i] != NULL && a->children[i]->release != NULL)
            a->children[i]->release(a->children[i]);
        free(a->children[i]);
    }
    free(a->children);
    free((void *)a->buffers);
    arrow_batch_release(a->private_data);
    a->release = NULL;
}

static int export_column(arrow_batch *batch, const arrow_column *c, struct ArrowArray *out)
{
    memset(out, 0, sizeof *out);
    (void)atomic_fetch_add(&batch->references, 1);
    out->private_data = batch;
    out->release = release_array;
    out->length = c->length;
    out->null_count = c->null_count;
    out->buffers = calloc(3, sizeof *out->buffers);
    out->children = c->child_count > 0 ? calloc(c->child_count, sizeof *out->children) : NULL;
    if (out->buffers == NULL || (c->child_count > 0 && out->children == NULL))
        return ENOMEM;
    out->n_buffers = has_bytes(c) ? 3 : strcmp(c->format, "+s") == 0 ? 1 : 2;
    out->n_children = (int64_t)c->child_count;
    out->buffers[0] = c->validity.bytes;
    if (out->n_buffers > 1)
        out->buffers[1] = c->values.bytes;
    if (out->n_buffers > 2)
        out->buffers[2] = c->bytes.bytes;
    for (size_t i = 0; i < c->child_count; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (out->children[i] == NULL ||
            export_column(batch, &c->children[i], out->children[i]) != 0)
            return ENOMEM;
    }
    return 0;
}

int arrow_export_batch(arrow_batch *batch, struct ArrowArray *out)
{
    const int failed = export_column(batch, &batch->root, out);
    if (failed != 0)
        release_array(out);
    return failed;
}
