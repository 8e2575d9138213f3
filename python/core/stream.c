/*
 * A result's tables as Arrow streams. A table's schema is a tree of `field`, a batch a tree of
 * `growing` of the same shape, filled by the library's callbacks; its buffers then go to the
 * consumer as they are. A stream holds its index, so it outlives the Python object it came from,
 * and no function of it needs the GIL.
 */
#include "core.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_BATCH = 1 << 15, BYTES_PER_BATCH = 1 << 28 };

/* ==== Schemas ================================================================================= */

typedef struct field {
    const char *name;
    const char *format; /* of Arrow; "id": as the ids of the index */
    const struct field *children;
    size_t child_count;
    int nullable;
} field;

#define LEAF(name, format)                                                                         \
  {                                                                                                \
    name, format, NULL, 0, 0                                                                       \
  }
#define MAYBE(name, format)                                                                        \
  {                                                                                                \
    name, format, NULL, 0, 1                                                                       \
  }
#define TREE(name, format, children)                                                               \
  {                                                                                                \
    name, format, children, sizeof children / sizeof *children, 0                                  \
  }

static const field pair_fields[] = {LEAF("a", "id"),
                                    LEAF("b", "id"),
                                    LEAF("relation", "u"),
                                    MAYBE("resemblance", "g"),
                                    MAYBE("containment_a", "g"),
                                    MAYBE("containment_b", "g"),
                                    MAYBE("overlap_a", "g"),
                                    MAYBE("overlap_b", "g"),
                                    MAYBE("facts", "g")};
static const field removed_fields[] = {
    LEAF("id", "id"),          LEAF("kept", "id"),        LEAF("relation", "u"),
    MAYBE("resemblance", "g"), MAYBE("containment", "g"), MAYBE("containment_of", "g"),
    MAYBE("overlap", "g"),     MAYBE("overlap_of", "g"),  MAYBE("facts", "g")};
static const field article_items[] = {LEAF("item", "id")};
static const field cluster_fields[] = {LEAF("cluster", "l"), LEAF("keep", "id"),
                                       TREE("articles", "+l", article_items)};
static const field occurrence_fields[] = {LEAF("article", "id"), LEAF("begin", "l"),
                                          LEAF("end", "l"),      MAYBE("of_begin", "l"),
                                          MAYBE("of_end", "l"),  MAYBE("similarity", "g")};
static const field occurrence_items[] = {TREE("item", "+s", occurrence_fields)};
static const field section_fields[] = {LEAF("section", "l"), LEAF("tokens", "l"),
                                       TREE("occurrences", "+l", occurrence_items)};
static const field tables[TABLE_KINDS] = {
    [TABLE_PAIRS] = TREE("", "+s", pair_fields),
    [TABLE_CLUSTERS] = TREE("", "+s", cluster_fields),
    [TABLE_SECTIONS] = TREE("", "+s", section_fields),
    [TABLE_REMOVED] = TREE("", "+s", removed_fields),
};

static const char *format_of(const field *f, const shared_index *x)
{
    if (strcmp(f->format, "id") != 0)
        return f->format;
    return x->id_format == 'l' ? "l" : x->id_format == 'L' ? "L" : "u";
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

static int make_schema(const field *f, const shared_index *x, struct ArrowSchema *out)
{
    memset(out, 0, sizeof *out);
    out->format = format_of(f, x);
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
        if (out->children[i] == NULL || make_schema(&f->children[i], x, out->children[i]) != 0) {
            release_schema(out);
            return ENOMEM;
        }
    }
    return out->children == NULL ? ENOMEM : 0;
}

/* ==== Batches ================================================================================= */

typedef struct buffer {
    char *bytes;
    size_t size, capacity;
} buffer;

/* A column while it grows. */
typedef struct growing {
    char kind; /* 'l', 'L', 'g', 'u', '+': list or struct */
    int is_list;
    int64_t length, null_count;
    buffer valid;  /* a bit each, only once there is a null */
    buffer values; /* numbers or offsets */
    buffer bytes;  /* of strings */
    struct growing *children;
    size_t child_count;
} growing;

/* What fills a batch. Once `failed`, nothing more is added. */
typedef struct filler {
    growing root;
    const shared_index *index;
    uint64_t skip; /* rows of batches before */
    uint64_t rows;
    size_t bytes; /* of strings */
    int failed;   /* errno */
} filler;

static char *extend(filler *f, buffer *b, size_t size)
{
    if (f->failed != 0)
        return NULL;
    if (size > b->capacity - b->size || b->bytes == NULL) {
        const size_t capacity = b->size + size + b->capacity / 2 + 64;
        char *grown = realloc(b->bytes, capacity);
        if (grown == NULL) {
            f->failed = ENOMEM;
            return NULL;
        }
        b->bytes = grown;
        b->capacity = capacity;
    }
    b->size += size;
    return b->bytes + b->size - size;
}

static void append(filler *f, buffer *b, const void *bytes, size_t size)
{
    char *to = extend(f, b, size);
    if (to != NULL && size > 0)
        memcpy(to, bytes, size);
}

/* Notes whether the element that is about to be added is there. */
static void mark(filler *f, growing *c, int present)
{
    const size_t needed = (size_t)(c->length / 8 + 1);
    if (!present && c->valid.bytes == NULL) {
        char *bits = extend(f, &c->valid, needed);
        if (bits != NULL)
            memset(bits, 0xff, needed);
    }
    if (c->valid.bytes != NULL) {
        while (f->failed == 0 && c->valid.size < needed)
            append(f, &c->valid, "\xff", 1);
        if (f->failed == 0 && !present)
            c->valid.bytes[c->length / 8] &= (char)~(1 << (c->length % 8));
    }
    c->null_count += !present;
    c->length++;
}

static void add_whole(filler *f, growing *c, uint64_t value)
{
    mark(f, c, 1);
    append(f, &c->values, &value, sizeof value);
}

static void add_number(filler *f, growing *c, double value)
{
    mark(f, c, !isnan(value));
    append(f, &c->values, &value, sizeof value);
}

static void add_null(filler *f, growing *c)
{
    const uint64_t nothing = 0;
    mark(f, c, 0);
    append(f, &c->values, &nothing, sizeof nothing);
}

static void add_offset(filler *f, growing *c, uint64_t offset)
{
    const int32_t narrow = (int32_t)offset;
    if (offset > INT32_MAX)
        f->failed = EOVERFLOW;
    append(f, &c->values, &narrow, sizeof narrow);
}

static void add_text(filler *f, growing *c, const char *text, size_t size)
{
    append(f, &c->bytes, text, size);
    f->bytes += size;
    mark(f, c, 1);
    add_offset(f, c, c->bytes.size);
}

/* Ends a list whose elements were added to its child. */
static void end_list(filler *f, growing *c)
{
    mark(f, c, 1);
    add_offset(f, c, (uint64_t)c->children[0].length);
}

static void add_id(filler *f, growing *c, uint64_t ordinal)
{
    tt_article a;
    char text[24];
    if (tt_index_article(f->index->index, ordinal, &a, NULL) != TT_OK) {
        f->failed = EINVAL;
    } else if (c->kind == 'u') {
        add_text(f, c, a.id, a.id_size);
    } else { /* core_index_new() saw to it that it fits */
        memcpy(text, a.id, a.id_size);
        text[a.id_size] = '\0';
        add_whole(f, c,
                  c->kind == 'l' ? (uint64_t)strtoll(text, NULL, 10)
                                 : (uint64_t)strtoull(text, NULL, 10));
    }
}

static void free_growing(growing *c)
{
    for (size_t i = 0; i < c->child_count; i++)
        free_growing(&c->children[i]);
    free(c->children);
    free(c->valid.bytes);
    free(c->values.bytes);
    free(c->bytes.bytes);
    memset(c, 0, sizeof *c);
}

static void begin(filler *f, growing *c, const field *from)
{
    const char *format = format_of(from, f->index);
    memset(c, 0, sizeof *c);
    c->kind = format[0];
    c->is_list = strcmp(format, "+l") == 0;
    if (from->child_count > 0) {
        c->children = calloc(from->child_count, sizeof *c->children);
        if (c->children == NULL) {
            f->failed = ENOMEM;
            return;
        }
        c->child_count = from->child_count;
    }
    for (size_t i = 0; i < c->child_count; i++)
        begin(f, &c->children[i], &from->children[i]);
    if (c->kind == 'u' || c->is_list)
        add_offset(f, c, 0);
    if (c->kind == 'u')
        (void)extend(f, &c->bytes, 0); /* a place, also where no bytes follow */
}

/* ==== From the library's callbacks ============================================================ */

/* Takes rows that were read before off the front. @return whether nothing is left */
static int skip_rows(filler *f, size_t *from, size_t count)
{
    *from = f->skip < count ? (size_t)f->skip : count;
    f->skip -= *from;
    return *from == count;
}

/* Ends a row. @return whether the batch is full */
static int end_row(filler *f)
{
    f->root.length++;
    f->rows++;
    return f->failed != 0 || f->rows >= ROWS_PER_BATCH || f->bytes >= BYTES_PER_BATCH;
}

/* Pairs and removed articles have the same columns. */
static int take_pairs(void *ctx, const tt_pair *pairs, size_t count)
{
    filler *f = ctx;
    growing *c = f->root.children;
    size_t i;
    if (skip_rows(f, &i, count))
        return 0;
    for (; i < count; i++) {
        const tt_pair *p = &pairs[i];
        const char *relation = tt_relation_name((tt_relation)p->relation);
        add_id(f, &c[0], p->a);
        add_id(f, &c[1], p->b);
        add_text(f, &c[2], relation, strlen(relation));
        add_number(f, &c[3], p->resemblance);
        add_number(f, &c[4], p->containment_a);
        add_number(f, &c[5], p->containment_b);
        add_number(f, &c[6], p->overlap_a);
        add_number(f, &c[7], p->overlap_b);
        add_number(f, &c[8], p->facts);
        if (end_row(f))
            return 1;
    }
    return 0;
}

static int take_clusters(void *ctx, const tt_cluster *clusters, size_t count)
{
    filler *f = ctx;
    growing *c = f->root.children;
    size_t i;
    if (skip_rows(f, &i, count))
        return 0;
    for (; i < count; i++) {
        add_whole(f, &c[0], clusters[i].number);
        add_id(f, &c[1], clusters[i].keep);
        for (size_t k = 0; k < clusters[i].count && f->failed == 0; k++)
            add_id(f, &c[2].children[0], clusters[i].articles[k]);
        end_list(f, &c[2]);
        if (end_row(f))
            return 1;
    }
    return 0;
}

/* The reference repeats nothing: its last three columns are null. */
static void add_occurrence(filler *f, growing *places, const tt_occurrence *o, int is_reference)
{
    growing *c = places->children;
    add_id(f, &c[0], o->article);
    add_whole(f, &c[1], o->begin);
    add_whole(f, &c[2], o->end);
    if (is_reference) {
        for (size_t i = 3; i < 6; i++)
            add_null(f, &c[i]);
    } else {
        add_whole(f, &c[3], o->of_begin);
        add_whole(f, &c[4], o->of_end);
        add_number(f, &c[5], o->similarity);
    }
    places->length++;
    f->bytes += sizeof *o;
}

static int take_sections(void *ctx, const tt_section *sections, size_t count)
{
    filler *f = ctx;
    growing *c = f->root.children;
    size_t i;
    if (skip_rows(f, &i, count))
        return 0;
    for (; i < count; i++) {
        add_whole(f, &c[0], sections[i].number);
        add_whole(f, &c[1], sections[i].tokens);
        for (size_t k = 0; k < sections[i].count && f->failed == 0; k++)
            add_occurrence(f, &c[2].children[0], &sections[i].occurrences[k], k == 0);
        end_list(f, &c[2]);
        if (end_row(f))
            return 1;
    }
    return 0;
}

static int fill(filler *f, table_kind kind, tt_error *error)
{
    const tt_index *x = f->index->index;
    tt_status status = TT_OK;
    begin(f, &f->root, &tables[kind]);
    if (f->failed != 0)
        return f->failed;
    switch (kind) {
    case TABLE_PAIRS: status = tt_index_pairs(x, take_pairs, f, error); break;
    case TABLE_CLUSTERS: status = tt_index_clusters(x, take_clusters, f, error); break;
    case TABLE_SECTIONS: status = tt_index_sections(x, take_sections, f, error); break;
    case TABLE_REMOVED: status = tt_index_dropped(x, take_pairs, f, error); break;
    case TABLE_KINDS: break;
    }
    if (f->failed == 0 && status != TT_OK && status != TT_ESTOPPED)
        f->failed = status == TT_ENOMEM ? ENOMEM : EINVAL;
    return f->failed;
}

/* ==== Hand-over =============================================================================== */

static void release_array(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++)
        if (a->children[i] != NULL && a->children[i]->release != NULL)
            a->children[i]->release(a->children[i]);
    for (int64_t i = 0; i < a->n_children; i++)
        free(a->children[i]);
    free(a->children);
    for (int64_t i = 0; a->buffers != NULL && i < a->n_buffers; i++)
        free((void *)a->buffers[i]);
    free((void *)a->buffers);
    a->release = NULL;
}

static const void *hand_over(buffer *b)
{
    const void *bytes = b->bytes;
    memset(b, 0, sizeof *b);
    return bytes;
}

/* Moves a column's buffers into `out`. */
static int make_array(growing *c, struct ArrowArray *out)
{
    memset(out, 0, sizeof *out);
    out->length = c->length;
    out->null_count = c->null_count;
    out->release = release_array;
    out->buffers = calloc(3, sizeof *out->buffers);
    out->children = c->child_count > 0 ? calloc(c->child_count, sizeof *out->children) : NULL;
    if (out->buffers == NULL || (c->child_count > 0 && out->children == NULL))
        return ENOMEM;
    out->n_buffers = c->kind == 'u' ? 3 : c->kind != '+' || c->is_list ? 2 : 1;
    out->n_children = (int64_t)c->child_count;
    out->buffers[0] = hand_over(&c->valid);
    if (out->n_buffers > 1)
        out->buffers[1] = hand_over(&c->values);
    if (out->n_buffers > 2)
        out->buffers[2] = hand_over(&c->bytes);
    for (size_t i = 0; i < c->child_count; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (out->children[i] == NULL || make_array(&c->children[i], out->children[i]) != 0)
            return ENOMEM;
    }
    return 0;
}

typedef struct table_stream {
    shared_index *index;
    table_kind kind;
    uint64_t done; /* rows given out */
    int failed;
    tt_error error;
} table_stream;

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    table_stream *s = stream->private_data;
    s->failed = make_schema(&tables[s->kind], s->index, out);
    return s->failed;
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    table_stream *s = stream->private_data;
    filler f = {.index = s->index, .skip = s->done};
    memset(out, 0, sizeof *out);
    s->failed = fill(&f, s->kind, &s->error);
    if (s->failed == 0 && f.rows > 0) {
        s->failed = make_array(&f.root, out);
        if (s->failed != 0)
            release_array(out);
        else
            s->done += f.rows;
    }
    free_growing(&f.root);
    return s->failed;
}

static const char *stream_error(struct ArrowArrayStream *stream)
{
    const table_stream *s = stream->private_data;
    return s->failed == 0           ? NULL
           : s->failed == ENOMEM    ? "out of memory"
           : s->failed == EOVERFLOW ? "a row is over 2 GiB"
                                    : s->error.message;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    table_stream *s = stream->private_data;
    core_index_drop(s->index);
    free(s);
    stream->release = NULL;
}

int core_stream_open(struct ArrowArrayStream *out, shared_index *index, table_kind kind)
{
    table_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    s->index = core_index_share(index);
    s->kind = kind;
    out->get_schema = stream_schema;
    out->get_next = stream_next;
    out->get_last_error = stream_error;
    out->release = stream_release;
    out->private_data = s;
    return 0;
}
