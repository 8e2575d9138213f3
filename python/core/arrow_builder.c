/* Columns that grow, and their hand-over to consumers of Arrow. */
#include "arrow_builder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_BATCH = 1 << 15, BYTES_PER_BATCH = 1 << 28 };

/* ==== Ids ===================================================================================== */

/* 'l' if the digits are an int64 as Python would write it, 'L' a uint64, 'u' neither. */
static char integer_format(const char *id, size_t size, uint32_t flags)
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

void core_ids_note(id_kinds *kinds, const char *id, size_t size, uint32_t flags)
{
    char format;
    kinds->any = 1;
    if (kinds->text)
        return;
    format = integer_format(id, size, flags);
    kinds->negative |= size > 0 && id[0] == '-';
    kinds->big |= format == 'L';
    kinds->text = format == 'u' || (kinds->negative && kinds->big);
}

char core_ids_format(const id_kinds *kinds)
{
    return !kinds->any || kinds->text ? 'u' : kinds->big ? 'L' : 'l';
}

static uint64_t id_value(const char *id, size_t size, char kind)
{
    char text[24];
    memcpy(text, id, size);
    text[size] = '\0';
    return kind == 'l' ? (uint64_t)strtoll(text, NULL, 10) : (uint64_t)strtoull(text, NULL, 10);
}

/* ==== Schemas ================================================================================= */

static const char *format_of(const field *f, char id_format)
{
    if (strcmp(f->format, "id") != 0)
        return f->format;
    return id_format == 'l' ? "l" : id_format == 'L' ? "L" : "u";
}

static void release_schema(struct ArrowSchema *s)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (s->children[i] != NULL && s->children[i]->release != NULL)
            s->children[i]->release(s->children[i]);
    for (int64_t i = 0; i < s->n_children; i++)
        free(s->children[i]);
    free(s->children);
    s->release = NULL;
}

int arrow_export_schema(const field *f, char id_format, struct ArrowSchema *out)
{
    memset(out, 0, sizeof *out);
    out->format = format_of(f, id_format);
    out->name = f->name;
    out->flags = f->nullable ? ARROW_FLAG_NULLABLE : 0;
    out->release = release_schema;
    if (f->child_count == 0)
        return 0;
    out->children = calloc(f->child_count, sizeof *out->children);
    if (out->children != NULL)
        out->n_children = (int64_t)f->child_count;
    for (size_t i = 0; out->children != NULL && i < f->child_count; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (out->children[i] == NULL ||
            arrow_export_schema(&f->children[i], id_format, out->children[i]) != 0) {
            release_schema(out);
            return ENOMEM;
        }
    }
    return out->children == NULL ? ENOMEM : 0;
}

/* ==== Growing ================================================================================= */

static char *extend(arrow_batch *g, buffer *b, size_t size)
{
    if (g->failed != 0)
        return NULL;
    if (size > b->capacity - b->size || b->bytes == NULL) {
        const size_t capacity = b->size + size + b->capacity / 2 + 64;
        char *larger = realloc(b->bytes, capacity);
        if (larger == NULL) {
            g->failed = ENOMEM;
            return NULL;
        }
        b->bytes = larger;
        b->capacity = capacity;
    }
    b->size += size;
    return b->bytes + b->size - size;
}

static void append(arrow_batch *g, buffer *b, const void *bytes, size_t size)
{
    char *to = extend(g, b, size);
    if (to != NULL && size > 0)
        memcpy(to, bytes, size);
}

/* Notes whether the element that is about to be added is there. */
static void mark(arrow_batch *g, column_builder *c, int present)
{
    const size_t needed = (size_t)(c->length / 8 + 1);
    if (!present && c->valid.bytes == NULL) {
        char *bits = extend(g, &c->valid, needed);
        if (bits != NULL)
            memset(bits, 0xff, needed);
    }
    if (c->valid.bytes != NULL) {
        while (g->failed == 0 && c->valid.size < needed)
            append(g, &c->valid, "\xff", 1);
        if (g->failed == 0 && !present)
            c->valid.bytes[c->length / 8] &= (char)~(1 << (c->length % 8));
    }
    c->null_count += !present;
    c->length++;
}

void append_int64(arrow_batch *g, column_builder *c, uint64_t value)
{
    mark(g, c, 1);
    append(g, &c->values, &value, sizeof value);
}

void append_double(arrow_batch *g, column_builder *c, double value)
{
    mark(g, c, !isnan(value));
    append(g, &c->values, &value, sizeof value);
}

static void add_offset(arrow_batch *g, column_builder *c, uint64_t offset)
{
    const int32_t narrow = (int32_t)offset;
    if (offset > INT32_MAX)
        g->failed = EOVERFLOW;
    append(g, &c->values, &narrow, sizeof narrow);
}

void append_null(arrow_batch *g, column_builder *c)
{
    const uint64_t nothing = 0;
    mark(g, c, 0);
    if (c->kind == 'u')
        add_offset(g, c, c->bytes.size);
    else
        append(g, &c->values, &nothing, sizeof nothing);
}

void append_text(arrow_batch *g, column_builder *c, const char *text, size_t size)
{
    append(g, &c->bytes, text, size);
    g->bytes += size;
    mark(g, c, 1);
    add_offset(g, c, c->bytes.size);
}

void append_id(arrow_batch *g, column_builder *c, const char *id, size_t size)
{
    if (c->kind == 'u')
        append_text(g, c, id, size);
    else /* core_ids_format() saw to it that it fits */
        append_int64(g, c, id_value(id, size, c->kind));
}

void end_list(arrow_batch *g, column_builder *c)
{
    mark(g, c, 1);
    add_offset(g, c, (uint64_t)c->children[0].length);
}

int arrow_batch_is_full(const arrow_batch *g)
{
    return g->failed != 0 || g->root.length >= ROWS_PER_BATCH || g->bytes >= BYTES_PER_BATCH;
}

int end_row(arrow_batch *g)
{
    g->root.length++;
    return arrow_batch_is_full(g);
}

/* ==== Ids, once all are known ================================================================= */

static void settle(arrow_batch *g, column_builder *c, char kind)
{
    column_builder whole = {.kind = kind};
    for (int64_t i = 0; i < c->length; i++) {
        const int32_t *at = (const int32_t *)c->values.bytes + i;
        if (c->valid.bytes != NULL && (c->valid.bytes[i / 8] >> (i % 8) & 1) == 0)
            append_null(g, &whole);
        else
            append_int64(g, &whole,
                         id_value(c->bytes.bytes + at[0], (size_t)(at[1] - at[0]), kind));
    }
    if (whole.values.bytes == NULL)
        (void)extend(g, &whole.values, 0);
    free(c->valid.bytes);
    free(c->values.bytes);
    free(c->bytes.bytes);
    *c = whole;
}

static void convert_ids_below(arrow_batch *g, column_builder *c, const field *f, char kind)
{
    if (strcmp(f->format, "id") == 0)
        settle(g, c, kind);
    for (size_t i = 0; i < c->child_count; i++)
        convert_ids_below(g, &c->children[i], &f->children[i], kind);
}

void convert_ids(arrow_batch *g, const field *table, char id_format)
{
    if (id_format != 'u' && g->failed == 0)
        convert_ids_below(g, &g->root, table, id_format);
}

/* ==== Batches ================================================================================= */

static void free_growing(column_builder *c)
{
    for (size_t i = 0; i < c->child_count; i++)
        free_growing(&c->children[i]);
    free(c->children);
    free(c->valid.bytes);
    free(c->values.bytes);
    free(c->bytes.bytes);
}

static void begin(arrow_batch *g, column_builder *c, const field *from, char id_format)
{
    const char *format = format_of(from, id_format);
    c->kind = format[0];
    c->is_list = strcmp(format, "+l") == 0;
    if (from->child_count > 0) {
        c->children = calloc(from->child_count, sizeof *c->children);
        if (c->children == NULL) {
            g->failed = ENOMEM;
            return;
        }
        c->child_count = from->child_count;
    }
    for (size_t i = 0; i < c->child_count; i++)
        begin(g, &c->children[i], &from->children[i], id_format);
    if (c->kind == 'u' || c->is_list)
        add_offset(g, c, 0);
    if (c->kind == 'u')
        (void)extend(g, &c->bytes, 0); /* a place, also where no bytes follow */
}

arrow_batch *arrow_batch_new(const field *table, char id_format)
{
    arrow_batch *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    atomic_init(&g->owners, 1);
    begin(g, &g->root, table, id_format);
    if (g->failed == 0)
        return g;
    arrow_batch_release(g);
    return NULL;
}

void arrow_batch_release(arrow_batch *g)
{
    if (g == NULL || atomic_fetch_sub(&g->owners, 1) != 1)
        return;
    free_growing(&g->root);
    free(g);
}

/* ==== Lending ================================================================================= */

/* A consumer may keep a child and let the rest go, so each part holds the batch. */
static void release_array(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++)
        if (a->children[i] != NULL && a->children[i]->release != NULL)
            a->children[i]->release(a->children[i]);
    for (int64_t i = 0; i < a->n_children; i++)
        free(a->children[i]);
    free(a->children);
    free((void *)a->buffers);
    arrow_batch_release(a->private_data);
    a->release = NULL;
}

static int lend(arrow_batch *g, const column_builder *c, struct ArrowArray *out)
{
    memset(out, 0, sizeof *out);
    (void)atomic_fetch_add(&g->owners, 1);
    out->private_data = g;
    out->release = release_array;
    out->length = c->length;
    out->null_count = c->null_count;
    out->buffers = calloc(3, sizeof *out->buffers);
    out->children = c->child_count > 0 ? calloc(c->child_count, sizeof *out->children) : NULL;
    if (out->buffers == NULL || (c->child_count > 0 && out->children == NULL))
        return ENOMEM;
    out->n_buffers = c->kind == 'u' ? 3 : c->kind != '+' || c->is_list ? 2 : 1;
    out->n_children = (int64_t)c->child_count;
    out->buffers[0] = c->valid.bytes;
    if (out->n_buffers > 1)
        out->buffers[1] = c->values.bytes;
    if (out->n_buffers > 2)
        out->buffers[2] = c->bytes.bytes;
    for (size_t i = 0; i < c->child_count; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (out->children[i] == NULL || lend(g, &c->children[i], out->children[i]) != 0)
            return ENOMEM;
    }
    return 0;
}

int arrow_export_batch(arrow_batch *g, struct ArrowArray *out)
{
    const int failed = lend(g, &g->root, out);
    if (failed != 0)
        release_array(out);
    return failed;
}
