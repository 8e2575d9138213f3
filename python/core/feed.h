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
    const tt_record *records[BATCH_ROWS]; /* where they come from, of files */
    char names[BATCH_ROWS][40];           /* integer ids, and names of rows */
    size_t count, bytes;
    PyObject *held; /* list of what the articles borrow from, or NULL */
} batch;

typedef struct feed feed;

/* Hands the batch to the library; called without the GIL. */
typedef tt_status (*feed_batch_fn)(feed *f, tt_error *error);

/* How many records have a TT_NOTE_*, and where the first of them is. */
typedef struct feed_note {
    uint64_t count, line;
    PyObject *file;
} feed_note;

struct feed {
    PyObject_HEAD core_call call;
    feed_batch_fn add_batch;
    batch *batch;
    size_t batch_rows, batch_bytes; /* a batch is handed on when it has either */
    PyObject *rejected;             /* list of tuples (row, file, line, id, status, reason) */
    char *accepted;                 /* a byte for each row, 1 accepted */
    size_t accepted_capacity;
    uint64_t *id_hashes; /* of the ids that were accepted, by row */
    size_t id_hashes_capacity;
    uint64_t rows;         /* so far */
    uint64_t ids;          /* articles so far that have one */
    const char *id_format; /* Arrow's, of the ids of all streams so far; NULL: it follows from the
                              ids */
    int streams;           /* 0, or 1; 2: their formats differ */
    PyObject *seen;        /* the fields of the first record that lacks one, as Python has them */
    PyObject *remarks;     /* list of tuples (count, text, file, line): what the reader assumed, and
                              passed over */
    feed_note notes[32];   /* by the bit of TT_NOTE_* */
    double read_seconds;
    int names_rows;  /* an article without an id is named by its row */
    int lasting_ids; /* one of a file by what it says, as TT_READER_LASTING_IDS has it */
    int ignores_ids; /* all articles are */
    int unique_ids;  /* an id that was accepted before fails the run, and not its row alone */
    int reading;     /* from files: the reader's bytes are the better measure of progress */
    atomic_int busy;
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
/* Names an article by its row: by the number if no article has an id, so that all may be numbers;
 * else by a text, so that the name is never the id of another one whose ids are numbers. */
void core_feed_name_by_row(feed *f, tt_article *a, int none_has_an_id);
#define ROW_PREFIX "row "
int core_feed_push(feed *f);

/* Hands the batch on. `from_files`: whether its records say where each article comes from. */
int core_feed_flush(feed *f, int from_files);

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
       "add_rows(iterable, id, text, source, title, published, id_needed)"},                       \
  {                                                                                                \
    "add_stream", core_feed_add_arrow, METH_VARARGS,                                               \
        "add_stream(capsule, id, text, source, title, published, id_needed, source_needed, need, " \
        "is_all)"                                                                                  \
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
