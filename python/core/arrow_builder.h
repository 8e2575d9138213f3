/*
 * Tables on their way out as Arrow: a schema is a tree of `field`, a batch a tree of `growing` of
 * the same shape. A batch that is full is lent to consumers as it stands, as often as is asked, and
 * goes with the last that holds it. Nothing here needs the GIL, but for core_stream_capsule().
 */
#ifndef ARROW_BUILDER_H
#define ARROW_BUILDER_H

#include "core.h"

/* ==== Schemas ================================================================================= */

typedef struct field {
    const char *name;
    const char *format; /* of Arrow; "id": int64, uint64 or text, as all ids of the table are */
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

/* What the ids met so far can be. Start with zeros. */
typedef struct id_kinds {
    int any, text, negative, big;
} id_kinds;

void core_ids_note(id_kinds *kinds, const char *id, size_t size, uint32_t flags);
char core_ids_format(const id_kinds *kinds); /* of Arrow: 'l', 'L' or 'u' */

/* ==== Batches ================================================================================= */

typedef struct buffer {
    char *bytes;
    size_t size, capacity;
} buffer;

/* A column while it grows. */
typedef struct column_builder {
    char kind; /* 'l', 'L', 'g', 'u', '+': list or struct */
    int is_list;
    int64_t length, null_count;
    buffer valid;  /* a bit each, only once there is a null */
    buffer values; /* numbers or offsets */
    buffer bytes;  /* of strings */
    struct column_builder *children;
    size_t child_count;
} column_builder;

/* A batch, and how many hold it. Once `failed` (errno), nothing more is added. */
typedef struct arrow_batch {
    atomic_int owners;
    column_builder root;
    size_t bytes; /* of strings and lists */
    int failed;
} arrow_batch;

/* An empty batch; `id_format` is what ids will be added as. @return NULL: out of memory */
arrow_batch *arrow_batch_new(const field *table, char id_format);
void arrow_batch_release(arrow_batch *g); /* NULL is allowed */

void append_int64(arrow_batch *g, column_builder *c, uint64_t value);
void append_double(arrow_batch *g, column_builder *c, double value); /* NAN: null */
void append_null(arrow_batch *g, column_builder *c); /* any kind but lists and structs */
void append_text(arrow_batch *g, column_builder *c, const char *text, size_t size);
void append_id(arrow_batch *g, column_builder *c, const char *id,
               size_t size);                      /* its digits, if `c` is whole */
void end_list(arrow_batch *g, column_builder *c); /* whose elements were added to its child */

/* Whether it takes no more rows. */
int arrow_batch_is_full(const arrow_batch *g);
int end_row(arrow_batch *g); /* @return whether it is full now */

/* Makes ids that were added as text into what they all are. */
void convert_ids(arrow_batch *g, const field *table, char id_format);

int arrow_export_schema(const field *f, char id_format,
                        struct ArrowSchema *out);               /* @return errno */
int arrow_export_batch(arrow_batch *g, struct ArrowArray *out); /* @return errno */

/* ==== Streams ================================================================================= */

typedef struct stream_source {
    const field *table;
    char id_format;
    int kind;    /* for next() */
    void *owner; /* what it reads; the stream's, until it drops it */
    void (*drop)(void *owner);
    /* Sets *out to a batch, a reference to it the stream's, or to NULL at the end. `rows` and
     * `batches` were given out before. @return errno, EINVAL with *error */
    int (*next)(const struct stream_source *source, uint64_t rows, uint64_t batches,
                arrow_batch **out, tt_error *error);
} stream_source;

/* A stream of it as a capsule. Takes the owner over, also where it fails. */
PyObject *core_stream_capsule(const stream_source *source);

#endif /* TABLE_H */
