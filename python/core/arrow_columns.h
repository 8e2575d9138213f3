/* Arrow's C interfaces, and one column of a stream, which is read without a copy. Nothing here
 * needs Python. */
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

/* The name of the capsules of Arrow's PyCapsule interface. */
#define STREAM_NAME "arrow_array_stream"

/* ==== Columns of an Arrow stream ============================================================== */

typedef struct input_column {
    const struct ArrowSchema *schema; /* NULL: no column */
    const struct ArrowArray *array;
    int64_t first; /* the element that is row 0 of the batch */
} input_column;

/* A string of a column, borrowed; with `integer` the digits of a number, in `digits`. */
typedef struct text_value {
    const char *text;
    size_t size;
    int integer;
    char digits[40]; /* of a number or a UUID */
} text_value;

enum { COLUMN_TEXT = 1, COLUMN_ID = 2, COLUMN_TIME = 3 };

/* Whether a column of this schema can be read for a use, COLUMN_*. */
int core_column_fits(const struct ArrowSchema *schema, int use);

/* What a column's values are, in words. */
const char *core_column_kind(const struct ArrowSchema *schema);

/* Arrow's format for a column of such ids, static. NULL: it follows from the ids */
const char *core_column_id_format(const struct ArrowSchema *schema);

/* Reads an element as a string. @return 1; 0: null; -1: a number that is not whole */
int core_column_text(const input_column *c, int64_t row, text_value *out);

/* Microseconds since 1970-01-01 UTC, or TT_NO_TIME. */
int64_t core_column_time(const input_column *c, int64_t row);

#endif /* COLUMNS_H */
