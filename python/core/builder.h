/* The builder, as those who feed it see it: builder.c, files.c, mappings.c, arrow.c. */
#ifndef BUILDER_H
#define BUILDER_H

#include "core.h"

enum { BATCH_ROWS = 1 << 14 };

/* Articles on their way to the library. */
typedef struct batch {
    tt_article articles[BATCH_ROWS];
    tt_status statuses[BATCH_ROWS];
    uint64_t rows[BATCH_ROWS];
    char digits[BATCH_ROWS][24]; /* of integer ids */
    size_t count, bytes;
    PyObject *held; /* list of what the articles borrow from, or NULL */
} batch;

typedef struct builder_object {
    PyObject_HEAD tt_builder *builder;
    core_call call;
    batch *batch;
    PyObject *rejected; /* list of tuples (row, file, line, id, status, reason) */
    char *accepted;     /* a byte for each row, 1 accepted */
    size_t accepted_room;
    uint64_t rows; /* seen so far */
    double read_seconds;
    int reading; /* from files: the reader's bytes are the better measure of progress */
    int busy;
} builder_object;

/* Where an int is returned: 0, or -1 and an exception is raised. */

/* Starts and ends a method that feeds the builder; one at a time. core_end() returns its result. */
int core_begin(builder_object *b);
PyObject *core_end(builder_object *b, int failed);

int core_add_row(builder_object *b); /* counts a row, as one that is not accepted yet */

/* Notes a row that is not taken. `record` is NULL where the input is no file, `a` where nothing is
 * known. */
int core_reject(builder_object *b, uint64_t row, const tt_record *record, const tt_article *a,
                tt_status status, const char *reason);

/* The place at the end of the batch, zeroed but for no time; core_push() keeps what is there. */
tt_article *core_next_article(builder_object *b, uint64_t row);
void core_name_by_row(builder_object *b, tt_article *a);
int core_push(builder_object *b);

/* Hands the batch on. `records`: where its articles come from, by place, or NULL. */
int core_flush(builder_object *b, const tt_record *const *records);

/* Raises what a failed call left behind: an exception of the progress callback goes first. @return
 * -1 */
int core_fail(builder_object *b, const tt_error *error);

/* Methods of the type. */
PyObject *core_read(PyObject *self, PyObject *args);
PyObject *core_add_rows(PyObject *self, PyObject *args);
PyObject *core_add_stream(PyObject *self, PyObject *args);

#endif /* BUILDER_H */
