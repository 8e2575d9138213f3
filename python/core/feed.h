/*
 * Articles on their way into the library. The types Scan, IndexFeed and Signatures begin with a
 * feed; files.c, mappings.c and arrow_input.c fill it. Articles are handed to the library in
 * batches, without the GIL. One that is rejected is recorded with its row, its number in the input
 * from 0, and the run goes on.
 */
#ifndef FEED_H
#define FEED_H

#include "core.h"

/* As large as the reader's: the working memory of a batch stays in the cache. With 32 MiB the stage
 * took twice the time, for new pages, which is more than fewer calls save. */
enum { BATCH_ROWS = 1 << 14, BATCH_BYTES = 4 << 20 };

/* Articles that wait for the library. */
typedef struct batch {
    tt_article articles[BATCH_ROWS];
    tt_status statuses[BATCH_ROWS];
    uint64_t rows[BATCH_ROWS];
    char digits[BATCH_ROWS][24]; /* of integer ids */
    size_t count, bytes;
    PyObject *held; /* list of what the articles borrow from, or NULL */
} batch;

typedef struct feed feed;

/* Hands the batch to the library; called without the GIL. */
typedef tt_status (*feed_batch_fn)(feed *f, tt_error *error);

struct feed {
    PyObject_HEAD core_call call;
    feed_batch_fn add_batch;
    batch *batch;
    size_t batch_rows, batch_bytes; /* a batch is handed on when it has either */
    PyObject *rejected;             /* list of tuples (row, file, line, id, status, reason) */
    char *accepted;                 /* a byte for each row, 1 accepted */
    size_t accepted_capacity;
    uint64_t rows; /* so far */
    double read_seconds;
    int names_rows; /* an article without an id is named by its row */
    int reading;    /* from files: the reader's bytes are the better measure of progress */
    int busy;
};

/* Where an int is returned: 0, or -1 and an exception is raised. */

/* Fills a zeroed feed, and frees what it holds. `progress`: a callable or None. */
int core_feed_init(feed *f, feed_batch_fn add_batch, PyObject *progress);
void core_feed_free(feed *f);

/* Begins and ends a method that fills the feed; only one runs at a time. core_feed_end() gives what
 * the method returns. */
int core_feed_begin(feed *f);
PyObject *core_feed_end(feed *f, int failed);

int core_feed_add_row(feed *f); /* counts a row, which is not accepted yet */

/* Records a row that is rejected. `record` is NULL where the input is not a file, `a` where nothing
 * is known of the article. */
int core_feed_reject(feed *f, uint64_t row, const tt_record *record, const tt_article *a,
                     tt_status status, const char *reason);

/* The next article of the batch, zeroed but for `published`, which is none; core_feed_push() adds
 * it to the batch. */
tt_article *core_feed_next_article(feed *f, uint64_t row);
void core_feed_name_by_row(feed *f, tt_article *a);
int core_feed_push(feed *f);

/* Hands the batch on. `records`: where each of its articles comes from, or NULL. */
int core_feed_flush(feed *f, const tt_record *const *records);

/* Raises the reason of a failed call, unless the progress callback raised an exception before.
 * @return -1 */
int core_feed_fail(feed *f, const tt_error *error);

/* Methods and attributes of these types. */
PyObject *core_feed_read(PyObject *self, PyObject *args);
PyObject *core_feed_add_mappings(PyObject *self, PyObject *args);
PyObject *core_feed_add_arrow(PyObject *self, PyObject *args);
extern PyGetSetDef core_feed_members[];

#define FEED_METHODS                                                                               \
  {"read", core_feed_read, METH_VARARGS,                                                           \
   "read(paths, id_field, text_field, max_article_bytes, threads, kept)"},                         \
      {"add_rows", core_feed_add_mappings, METH_VARARGS,                                           \
       "add_rows(iterable, id, text, source, published)"},                                         \
  {                                                                                                \
    "add_stream", core_feed_add_arrow, METH_VARARGS,                                               \
        "add_stream(capsule, id, text, source, published, id_needed, others_needed)"               \
  }

/* A PyType_Slot array of such a type. */
#define FEED_SLOTS(new_, dealloc, methods)                                                         \
  {                                                                                                \
    {Py_tp_new, new_}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, methods},                         \
        {Py_tp_getset, core_feed_members},                                                         \
    {                                                                                              \
      0, NULL                                                                                      \
    }                                                                                              \
  }

#endif /* FEED_H */
