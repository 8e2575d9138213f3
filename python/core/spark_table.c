/* Columns of the batches that operators take and give. */
#include "spark.h"

#include <stdlib.h>
#include <string.h>

/* ==== Declared columns ======================================================================== */

/* Splits the next "name type" off a declaration. @return its type's letter, or 0 at the end */
static char next_column(const char **declared, const char **name, size_t *name_size)
{
    static const struct {
        const char *word;
        char type;
    } types[] = {{"long", 'l'}, {"int", 'i'}, {"double", 'g'}, {"string", 'z'}, {"binary", 'z'}};
    const char *p = *declared + strspn(*declared, ", ");
    const size_t size = strcspn(p, " ");
    const char *word = p + size + 1;
    if (*p == '\0')
        return 0;
    *name = p;
    *name_size = size;
    *declared = word + strcspn(word, ",");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(word, types[i].word, strlen(types[i].word)) == 0)
            return types[i].type;
    return 0;
}

/* ==== In ====================================================================================== */

static int fits(char type, const char *format)
{
    return type == 'z' ? strcmp(format, "z") == 0 || strcmp(format, "u") == 0
                       : format[0] == type && format[1] == '\0';
}

static tt_status read_column(spark_in *in, const struct ArrowSchema *schema,
                             const struct ArrowArray *array, int64_t first, char type,
                             tt_error *error)
{
    const int c = in->columns++;
    if (!fits(type, schema->format) || schema->dictionary != NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "column \"%.100s\" has the Arrow format \"%.20s\"", schema->name,
                        schema->format);
    in->types[c] = type;
    in->firsts[c] = first + array->offset;
    in->valid[c] = array->null_count != 0 ? array->buffers[0] : NULL;
    in->offsets[c] = type == 'z' ? array->buffers[1] : NULL;
    in->values[c] = array->buffers[type == 'z' ? 2 : 1];
    return TT_OK;
}

tt_status spark_in_read(spark_in *in, const char *takes, const struct ArrowSchema *schema,
                        const struct ArrowArray *array, tt_error *error)
{
    const char *name;
    size_t size;
    char type;
    memset(in, 0, sizeof *in);
    in->rows = array->length;
    while ((type = next_column(&takes, &name, &size)) != 0) {
        const int64_t c = in->columns;
        if (c >= schema->n_children || strlen(schema->children[c]->name) != size ||
            memcmp(schema->children[c]->name, name, size) != 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "column %d must be \"%.*s\"", (int)c,
                            (int)size, name);
        TTI_TRY(
            read_column(in, schema->children[c], array->children[c], array->offset, type, error));
    }
    return TT_OK;
}

int64_t spark_long(const spark_in *in, int c, int64_t row)
{
    return ((const int64_t *)in->values[c])[in->firsts[c] + row];
}

int32_t spark_int(const spark_in *in, int c, int64_t row)
{
    return ((const int32_t *)in->values[c])[in->firsts[c] + row];
}

spark_bytes spark_cell(const spark_in *in, int c, int64_t row)
{
    const int64_t at = in->firsts[c] + row;
    const int32_t *offsets = in->offsets[c];
    static const char empty[1];
    if (in->valid[c] != NULL && (in->valid[c][at >> 3] >> (at & 7) & 1) == 0)
        return (spark_bytes){NULL, 0};
    if (offsets[at + 1] == offsets[at])
        return (spark_bytes){empty, 0};
    return (spark_bytes){(const char *)in->values[c] + offsets[at],
                         (size_t)(offsets[at + 1] - offsets[at])};
}

/* ==== Out ===================================================================================== */

void spark_out_open(spark_out *out, const char *gives)
{
    const char *name;
    size_t size;
    char type;
    memset(out, 0, sizeof *out);
    out->gives = gives;
    while ((type = next_column(&gives, &name, &size)) != 0)
        out->types[out->columns++] = type;
}

void spark_out_free(spark_out *out)
{
    for (int c = 0; c < out->columns; c++) {
        free(out->values[c]);
        free(out->offsets[c]);
    }
    spark_out_open(out, out->gives);
}

static void *grow(void *p, size_t *room, size_t need)
{
    void *arrow_batch;
    size_t size = *room;
    if (need <= size)
        return p;
    size = need + need / 2 + 256;
    arrow_batch = realloc(p, size);
    if (arrow_batch != NULL)
        *room = size;
    return arrow_batch;
}

static void put(spark_out *out, char type, const void *data, size_t size)
{
    const int c = out->at++;
    void *arrow_batch;
    if (out->status != TT_OK)
        return;
    if (out->types[c] != type) {
        out->status = TT_EINTERNAL;
        return;
    }
    if (type == 'z' && out->sizes[c] + size > INT32_MAX) {
        out->status = TT_ELIMIT;
        return;
    }
    arrow_batch = grow(out->values[c], &out->rooms[c], out->sizes[c] + size + 8);
    if (arrow_batch == NULL) {
        out->status = TT_ENOMEM;
        return;
    }
    out->values[c] = arrow_batch;
    if (size > 0)
        memcpy((char *)arrow_batch + out->sizes[c], data, size);
    out->sizes[c] += size;
}

void spark_put_long(spark_out *out, int64_t value)
{
    put(out, 'l', &value, sizeof value);
}

void spark_put_int(spark_out *out, int32_t value)
{
    put(out, 'i', &value, sizeof value);
}

void spark_put_double(spark_out *out, double value)
{
    put(out, 'g', &value, sizeof value);
}

void spark_put_bytes(spark_out *out, const void *data, size_t size)
{
    put(out, 'z', data, size);
}

/* offsets[0 .. rows] are the ends so far. */
static int end_cell(spark_out *out, int c)
{
    const size_t need = ((size_t)out->rows + 2) * sizeof(int32_t);
    int32_t *arrow_batch = grow(out->offsets[c], &out->offset_rooms[c], need);
    if (arrow_batch == NULL)
        return -1;
    arrow_batch[0] = 0;
    arrow_batch[out->rows + 1] = (int32_t)out->sizes[c];
    out->offsets[c] = arrow_batch;
    return 0;
}

void spark_row(spark_out *out)
{
    if (out->at != out->columns && out->status == TT_OK)
        out->status = TT_EINTERNAL;
    for (int c = 0; c < out->columns && out->status == TT_OK; c++)
        if (out->types[c] == 'z' && end_cell(out, c) != 0)
            out->status = TT_ENOMEM;
    out->rows++;
    out->at = 0;
}

/* ==== Export ================================================================================== */

static void release_schema(struct ArrowSchema *s)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (s->children[i]->release != NULL)
            s->children[i]->release(s->children[i]);
    free(s->private_data);
    s->release = NULL;
}

static void release_array(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++)
        if (a->children[i]->release != NULL)
            a->children[i]->release(a->children[i]);
    for (int64_t i = 0; i < a->n_buffers; i++)
        free((void *)a->buffers[i]);
    free(a->private_data);
    a->release = NULL;
}

/* One block for a parent's children and their names. */
typedef struct schema_parts {
    struct ArrowSchema *pointers[SPARK_COLUMNS], children[SPARK_COLUMNS];
    char names[SPARK_COLUMNS][32];
} schema_parts;

typedef struct array_parts {
    struct ArrowArray *pointers[SPARK_COLUMNS], children[SPARK_COLUMNS];
    const void *buffers[SPARK_COLUMNS][3];
    const void *none[1];
} array_parts;

static void export_schema(const spark_out *out, struct ArrowSchema *schema, schema_parts *parts)
{
    const char *declared = out->gives, *name;
    size_t size;
    *schema = (struct ArrowSchema){.format = "+s",
                                   .name = "",
                                   .n_children = out->columns,
                                   .children = parts->pointers,
                                   .release = release_schema,
                                   .private_data = parts};
    for (int c = 0; c < out->columns; c++) {
        const char type = next_column(&declared, &name, &size);
        memcpy(parts->names[c], name, size < 31 ? size : 31);
        parts->pointers[c] = &parts->children[c];
        parts->children[c] = (struct ArrowSchema){.format = type == 'l'   ? "l"
                                                            : type == 'i' ? "i"
                                                            : type == 'g' ? "g"
                                                                          : "z",
                                                  .name = parts->names[c],
                                                  .flags = ARROW_FLAG_NULLABLE,
                                                  .release = release_schema};
    }
}

static void export_array(spark_out *out, struct ArrowArray *array, array_parts *parts)
{
    *array = (struct ArrowArray){.length = out->rows,
                                 .n_buffers = 1,
                                 .n_children = out->columns,
                                 .buffers = parts->none,
                                 .children = parts->pointers,
                                 .release = release_array,
                                 .private_data = parts};
    for (int c = 0; c < out->columns; c++) {
        const int is_bytes = out->types[c] == 'z';
        parts->pointers[c] = &parts->children[c];
        parts->buffers[c][1] = is_bytes ? (void *)out->offsets[c] : out->values[c];
        parts->buffers[c][2] = is_bytes ? out->values[c] : NULL;
        parts->children[c] = (struct ArrowArray){.length = out->rows,
                                                 .n_buffers = is_bytes ? 3 : 2,
                                                 .buffers = parts->buffers[c],
                                                 .release = release_array};
        out->values[c] = NULL;
        out->offsets[c] = NULL;
    }
}

int spark_out_export(spark_out *out, struct ArrowSchema *schema, struct ArrowArray *array)
{
    schema_parts *names = calloc(1, sizeof *names);
    array_parts *parts = calloc(1, sizeof *parts);
    if (names == NULL || parts == NULL) {
        free(names);
        free(parts);
        return -1;
    }
    export_schema(out, schema, names);
    export_array(out, array, parts);
    spark_out_free(out);
    return 0;
}

/* ==== Numbers ================================================================================= */

void spark_numbers_clear(spark_numbers *n)
{
    n->count = 0;
}

void spark_numbers_free(spark_numbers *n)
{
    tti_release(SPARK_ALLOCATOR, n->numbers, n->capacity, sizeof *n->numbers);
    memset(n, 0, sizeof *n);
}

tt_status spark_numbers_add(spark_numbers *n, int64_t number)
{
    if (tti_reserve(SPARK_ALLOCATOR, &n->numbers, &n->capacity, n->count + 1, sizeof *n->numbers) !=
        0)
        return TT_ENOMEM;
    n->numbers[n->count++] = number;
    return TT_OK;
}

static int by_number(const void *x, const void *y)
{
    const int64_t p = *(const int64_t *)x, q = *(const int64_t *)y;
    return (p > q) - (p < q);
}

void spark_numbers_settle(spark_numbers *n)
{
    size_t kept = 0;
    if (n->count > 1)
        qsort(n->numbers, n->count, sizeof *n->numbers, by_number);
    for (size_t i = 0; i < n->count; i++)
        if (kept == 0 || n->numbers[kept - 1] != n->numbers[i])
            n->numbers[kept++] = n->numbers[i];
    n->count = kept;
}

uint32_t spark_numbers_find(const spark_numbers *n, int64_t number)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (n->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

tt_status spark_buffer_add(spark_buffer *b, const void *data, size_t size)
{
    if (tti_reserve(SPARK_ALLOCATOR, &b->bytes, &b->capacity, b->size + size, 1) != 0)
        return TT_ENOMEM;
    if (size > 0)
        memcpy(b->bytes + b->size, data, size);
    b->size += size;
    return TT_OK;
}

void spark_buffer_free(spark_buffer *b)
{
    tti_release(SPARK_ALLOCATOR, b->bytes, b->capacity, 1);
    memset(b, 0, sizeof *b);
}
