/*
 * Tables in Arrow's format: a schema is a tree of arrow_field, a batch a tree of arrow_column of
 * the same shape. A batch is built row by row and then exported without a copy, as often as
 * consumers ask; the last one that holds it frees it. Nothing here needs the GIL, except
 * core_stream_capsule().
 */
#ifndef ARROW_BUILDER_H
#define ARROW_BUILDER_H

#include "core.h"

/* ==== Schemas ================================================================================= */

typedef struct arrow_field {
    const char *name;
    const char *format; /* of Arrow; "id": text or the kind of number that all ids of it are */
    const struct arrow_field *children;
    size_t child_count;
    int nullable;
} arrow_field;

#define LEAF(name, format)                                                                         \
  {                                                                                                \
    name, format, NULL, 0, 0                                                                       \
  }
#define NULLABLE(name, format)                                                                     \
  {                                                                                                \
    name, format, NULL, 0, 1                                                                       \
  }
#define PARENT(name, format, children)                                                             \
  {                                                                                                \
    name, format, children, sizeof children / sizeof *children, 0                                  \
  }

/* What kinds of ids a table has so far. Zero it first. */
typedef struct id_kinds {
    int any, text, negative, big;
} id_kinds;

void core_ids_add(id_kinds *kinds, const char *id, size_t size, uint32_t flags);
/* Arrow's format for all of them: "l", "L" or "u". */
const char *core_ids_format(const id_kinds *kinds);

/* Exports a schema, which borrows nothing. @return 0 or ENOMEM */
int arrow_export_schema(const arrow_field *field, const char *id_format, struct ArrowSchema *out);

/* ==== Batches ================================================================================= */

typedef struct byte_array {
    char *bytes;
    size_t size, capacity; /* capacity 0: borrowed from the batch's owner */
} byte_array;

typedef struct arrow_column {
    const char *format; /* a number's of any width, "u", "z", "+l" or "+s" */
    int64_t length, null_count;
    byte_array validity; /* a bit for each element, once there is a null */
    byte_array values;   /* numbers, or offsets of text, bytes and lists */
    byte_array bytes;    /* of text and bytes */
    struct arrow_column *children;
    size_t child_count;
} arrow_column;

/* A batch, shared by those who hold a reference. Once it has failed, nothing is added to it. */
typedef struct arrow_batch {
    atomic_int references;
    arrow_column root; /* a struct; its children are the columns */
    size_t bytes;      /* of text and lists */
    int failed;        /* errno */
    void *owner;       /* of what columns borrow, or NULL */
    void (*release_owner)(void *owner);
} arrow_batch;

/* An empty batch with one reference. @return NULL: out of memory */
arrow_batch *arrow_batch_new(const arrow_field *table, const char *id_format);
void arrow_batch_release(arrow_batch *batch); /* NULL is allowed */

void append_int64(arrow_batch *batch, arrow_column *column, uint64_t value);
void append_double(arrow_batch *batch, arrow_column *column, double value); /* NAN: null */
void append_null(arrow_batch *batch, arrow_column *column); /* not to a list or struct */
void append_text(arrow_batch *batch, arrow_column *column, const char *text, size_t size);
void append_word(arrow_batch *batch, arrow_column *column, const char *word); /* ended by 0 */
/* Appends a list of structs of kind, and begin and end on either side. */
void append_differences(arrow_batch *batch, arrow_column *column, const tt_difference *differences,
                        size_t count);
/* Appends an id; as a number where the column's format says so. */
void append_id(arrow_batch *batch, arrow_column *column, const char *id, size_t size);
/* Ends a list, whose elements were appended to the column's child. */
void append_list(arrow_batch *batch, arrow_column *column);
/* Makes an empty column one of `count` numbers, or values of bytes with their count + 1 offsets
 * from 0 on, without nulls. The arrays are borrowed from the batch's owner. */
void borrow_array(arrow_column *column, const void *values, const int32_t *offsets, size_t count);

/* Whether the batch takes no more rows. */
int arrow_batch_is_full(const arrow_batch *batch);
/* Ends a row, whose columns were appended to. @return whether the batch is full now */
int arrow_batch_end_row(arrow_batch *batch);

/* Makes numbers of ids that were appended as text, if the format says so. */
void arrow_batch_convert_ids(arrow_batch *batch, const arrow_field *table, const char *id_format);

/* Exports the batch; what is exported holds a reference. @return 0 or ENOMEM */
int arrow_export_batch(arrow_batch *batch, struct ArrowArray *out);

/* ==== Streams ================================================================================= */

typedef struct stream_source {
    const arrow_field *table;
    const char *id_format;
    int kind;    /* for next() */
    void *owner; /* what it reads; the stream's, until it is released */
    void (*release)(void *owner);
    /* Sets *out to a batch, one reference to which goes to the stream, or to NULL at the end.
     * `rows` and `batches` were given before. @return errno; EINVAL with *error */
    int (*next)(const struct stream_source *source, uint64_t rows, uint64_t batches,
                arrow_batch **out, tt_error *error);
} stream_source;

/* A stream of it as a capsule. Takes the owner over, also where it fails. */
PyObject *core_stream_capsule(const stream_source *source);

#endif /* ARROW_BUILDER_H */
