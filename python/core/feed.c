/* A feed: batches of articles, and the rows that were rejected. */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ==== Memory ================================================================================== */

int core_feed_init(feed *f, feed_batch_fn add_batch, PyObject *progress)
{
    f->add_batch = add_batch;
    f->names_rows = 1;
    f->batch_rows = BATCH_ROWS;
    f->batch_bytes = BATCH_BYTES;
    if (progress != Py_None) {
        Py_INCREF(progress);
        f->call.progress = progress;
    }
    f->rejected = PyList_New(0);
    f->remarks = PyList_New(0);
    f->batch = calloc(1, sizeof *f->batch);
    if (f->batch == NULL && f->rejected != NULL && f->remarks != NULL)
        (void)PyErr_NoMemory();
    return f->batch == NULL || f->rejected == NULL || f->remarks == NULL ? -1 : 0;
}

void core_feed_free(feed *f)
{
    if (f->batch != NULL)
        Py_XDECREF(f->batch->held);
    free(f->batch);
    free(f->accepted);
    free(f->id_hashes);
    Py_XDECREF(f->seen);
    Py_XDECREF(f->call.progress);
    Py_XDECREF(f->rejected);
    Py_XDECREF(f->remarks);
    for (size_t bit = 0; bit < sizeof f->notes / sizeof *f->notes; bit++)
        Py_XDECREF(f->notes[bit].file);
}

/* ==== Rows and rejections ===================================================================== */

int core_feed_add_row(feed *f)
{
    const size_t rows = (size_t)f->rows + 1;
    if (core_reserve(&f->accepted, &f->accepted_capacity, rows, 1) != 0 ||
        (f->unique_ids &&
         core_reserve(&f->id_hashes, &f->id_hashes_capacity, rows, sizeof *f->id_hashes) != 0)) {
        (void)PyErr_NoMemory();
        return -1;
    }
    f->accepted[f->rows++] = 0;
    return 0;
}

static PyObject *text_or_none(const char *text, size_t size)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "replace");
}

/* Whether the id is a text that core_feed_name_by_row() made. */
static int is_row_name(const feed *f, const tt_article *a)
{
    const char *names = f->batch->names[0];
    return a->id >= names && a->id < names + sizeof f->batch->names &&
           memcmp(a->id, ROW_PREFIX, strlen(ROW_PREFIX)) == 0;
}

int core_feed_reject(feed *f, uint64_t row, const tt_record *record, const tt_article *a,
                     tt_status status, const char *reason)
{
    PyObject *file, *id, *why, *entry = NULL;
    int failed = 1;
    file = record == NULL ? text_or_none(NULL, 0) : PyUnicode_DecodeFSDefault(record->file);
    id = a == NULL || a->id_size == 0 || is_row_name(f, a) ? text_or_none(NULL, 0)
                                                           : text_or_none(a->id, a->id_size);
    why = text_or_none(reason, strlen(reason));
    if (file != NULL && id != NULL && why != NULL)
        entry = Py_BuildValue("KOKOsO", (unsigned long long)row, file,
                              (unsigned long long)(record == NULL ? 0 : record->line), id,
                              core_status_code(status), why);
    if (entry != NULL)
        failed = PyList_Append(f->rejected, entry);
    Py_XDECREF(entry);
    Py_XDECREF(file);
    Py_XDECREF(id);
    Py_XDECREF(why);
    return failed != 0 ? -1 : 0;
}

int core_feed_fail(feed *f, const tt_error *error)
{
    if (!f->call.raised)
        (void)core_raise(error);
    f->call.raised = 0;
    return -1;
}

tt_article *core_feed_next_article(feed *f, uint64_t row)
{
    batch *t = f->batch;
    tt_article *a = &t->articles[t->count];
    memset(a, 0, sizeof *a);
    a->published = TT_NO_TIME;
    t->rows[t->count] = row;
    return a;
}

void core_feed_name_by_row(feed *f, tt_article *a, int none_has_an_id)
{
    char *name = f->batch->names[f->batch->count];
    a->id = NULL;
    a->id_size = 0;
    if (!f->names_rows)
        return;
    a->id_size = (size_t)snprintf(name, sizeof f->batch->names[0], "%s%llu",
                                  none_has_an_id ? "" : ROW_PREFIX,
                                  (unsigned long long)f->batch->rows[f->batch->count]);
    a->id = name;
    a->flags = none_has_an_id ? a->flags | TT_ARTICLE_INTEGER_ID
                              : a->flags & ~(uint32_t)TT_ARTICLE_INTEGER_ID;
}

static uint64_t hash_of_id(const tt_article *a)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < a->id_size; i++)
        hash = (hash ^ (unsigned char)a->id[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Raises that an id was seen before, and where. @return -1 */
static int fail_for_id(feed *f, size_t i, const tt_record *record)
{
    enum { MOST_OF_PATH = 80 }; /* its end, in a message */
    const tt_article *a = &f->batch->articles[i];
    const uint64_t row = f->batch->rows[i], hash = hash_of_id(a);
    const size_t path_size = record == NULL ? 0 : strlen(record->file);
    const size_t cut = path_size > MOST_OF_PATH ? path_size - MOST_OF_PATH : 0;
    uint64_t first = 0;
    while (first < row && !(f->accepted[first] && f->id_hashes[first] == hash))
        first++;
    if (record == NULL)
        (void)core_raise_text(
            TT_EDUPLICATE, row,
            "rows %llu and %llu have the same id, %.*s; with id=None articles are "
            "named by their rows",
            (unsigned long long)first, (unsigned long long)row,
            (int)(a->id_size < 80 ? a->id_size : 80), a->id);
    else
        (void)core_raise_text(
            TT_EDUPLICATE, row,
            "records %llu and %llu (%s%s:%llu) have the same id, %.*s; with id=None articles are "
            "named by their rows",
            (unsigned long long)first, (unsigned long long)row, cut > 0 ? "..." : "",
            record->file + cut, (unsigned long long)record->line,
            (int)(a->id_size < 60 ? a->id_size : 60), a->id);
    return -1;
}

int core_feed_flush(feed *f, int from_files)
{
    batch *t = f->batch;
    tt_error error = {0};
    tt_status status;
    int failed = 0;
    if (t->count == 0)
        return 0;
    core_release_gil(&f->call);
    status = f->add_batch(f, &error);
    core_acquire_gil(&f->call);
    if (status != TT_OK)
        failed = core_feed_fail(f, &error);
    for (size_t i = 0; i < t->count && !failed; i++) {
        const tt_record *record = from_files ? t->records[i] : NULL;
        char reason[200];
        f->accepted[t->rows[i]] = t->statuses[i] == TT_OK;
        if (t->statuses[i] == TT_OK) {
            f->ids += !is_row_name(f, &t->articles[i]);
            if (f->unique_ids)
                f->id_hashes[t->rows[i]] = hash_of_id(&t->articles[i]);
            continue;
        }
        if (f->unique_ids && t->statuses[i] == TT_EDUPLICATE) {
            failed = fail_for_id(f, i, record);
            break;
        }
        tt_article_refusal(&t->articles[i], t->statuses[i], reason, sizeof reason);
        failed = core_feed_reject(f, t->rows[i], record, &t->articles[i], t->statuses[i], reason);
    }
    t->count = t->bytes = 0;
    Py_CLEAR(t->held);
    return failed;
}

int core_feed_push(feed *f)
{
    batch *t = f->batch;
    t->bytes += t->articles[t->count].text_size;
    t->count++;
    return t->count >= f->batch_rows || t->bytes >= f->batch_bytes ? core_feed_flush(f, 0) : 0;
}

int core_feed_begin(feed *f)
{
    if (!atomic_exchange(&f->busy, 1))
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "it is in use");
    return -1;
}

PyObject *core_feed_end(feed *f, int failed)
{
    atomic_store(&f->busy, 0);
    f->batch->count = f->batch->bytes = 0;
    Py_CLEAR(f->batch->held);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* ==== Attributes ============================================================================== */

static PyObject *get_rejected(PyObject *self, void *nothing)
{
    PyObject *rejected = ((feed *)self)->rejected;
    (void)nothing;
    Py_INCREF(rejected);
    return rejected;
}

static PyObject *get_remarks(PyObject *self, void *nothing)
{
    PyObject *remarks = ((feed *)self)->remarks;
    (void)nothing;
    Py_INCREF(remarks);
    return remarks;
}

static PyObject *get_accepted(PyObject *self, void *nothing)
{
    const feed *f = (const feed *)self;
    (void)nothing;
    return PyBytes_FromStringAndSize(f->accepted, (Py_ssize_t)f->rows);
}

static PyObject *get_seen(PyObject *self, void *nothing)
{
    PyObject *seen = ((feed *)self)->seen == NULL ? Py_None : ((feed *)self)->seen;
    (void)nothing;
    Py_INCREF(seen);
    return seen;
}

static PyObject *get_read_seconds(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyFloat_FromDouble(((const feed *)self)->read_seconds);
}

static int set_read_seconds(PyObject *self, PyObject *value, void *nothing)
{
    (void)nothing;
    ((feed *)self)->read_seconds = value == NULL ? 0 : PyFloat_AsDouble(value);
    return PyErr_Occurred() ? -1 : 0;
}

PyGetSetDef core_feed_members[] = {
    {"rejected", get_rejected, NULL, "list of (row, file, line, id, status, reason)", NULL},
    {"remarks", get_remarks, NULL, "of files: list of (count, text, file, line)", NULL},
    {"accepted", get_accepted, NULL, "bytes, 1 for each row that was accepted", NULL},
    {"seen", get_seen, NULL, "of files: the bytes of the first record that lacks a field", NULL},
    {"read_seconds", get_read_seconds, set_read_seconds, "wall time of reading", NULL},
    {NULL, NULL, NULL, NULL, NULL}};
