/* Arrow's C interfaces, and one column of a stream, read in place. Nothing here is of Python. */
#ifndef ARROW_COLUMNS_H
#define ARROW_COLUMNS_H

#include <stddef.h>
#include <stdint.h>


/* ==== Arrow's C data and stream interfaces, as their specification gives them ================= */

#ifndef ARROW_C_DATA_INTERFACE
#  define ARROW_C_DATA_INTERFACE

#  define ARROW_FLAG_DICTIONARY_ORDERED 1
#  define ARROW_FLAG_NULLABLE 2
#  define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#  define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#define STREAM_NAME                                                                                \
  "arrow_array_stream" /* of the capsules that the Arrow PyCapsule interface hands on */

/* ==== Columns of an Arrow stream ============================================================== */

typedef struct column {
    const struct ArrowSchema *schema; /* NULL: there is no such column */
    const struct ArrowArray *array;
    int64_t first; /* row 0 of the batch is this element */
} column;

/* A string of a column, borrowed; `integer`: it was a number and stands in `digits`. */
typedef struct cell {
    const char *text;
    size_t size;
    int integer;
    char digits[24];
} cell;

enum { COLUMN_TEXT = 1, COLUMN_ID = 2, COLUMN_TIME = 3 };

/* Whether a column of this format can be read as COLUMN_*. */
int core_column_fits(const struct ArrowSchema *schema, int use);

/* @return 1, or 0: null */
int core_column_text(const column *c, int64_t row, cell *out);

/* Microseconds since 1970-01-01 UTC, or TT_NO_TIME. */
int64_t core_column_time(const column *c, int64_t row);

/* The same of RFC 3339 text: a date, or a date and a time, with an offset or in UTC. */
int64_t core_time_parse(const char *text, size_t size);

#endif /* COLUMNS_H */
