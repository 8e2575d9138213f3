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
    f->batch = calloc(1, sizeof *f->batch);
    if (f->batch == NULL && f->rejected != NULL)
        (void)PyErr_NoMemory();
    return f->batch == NULL || f->rejected == NULL ? -1 : 0;
}

void core_feed_free(feed *f)
{
    if (f->batch != NULL)
        Py_XDECREF(f->batch->held);
    free(f->batch);
    free(f->accepted);
    Py_XDECREF(f->call.progress);
    Py_XDECREF(f->rejected);
}

/* ==== Rows and rejections ===================================================================== */

int core_feed_add_row(feed *f)
{
    if (core_reserve(&f->accepted, &f->accepted_capacity, (size_t)f->rows + 1, 1) != 0) {
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

int core_feed_reject(feed *f, uint64_t row, const tt_record *record, const tt_article *a,
                     tt_status status, const char *reason)
{
    PyObject *file, *id, *why, *entry = NULL;
    int failed = 1;
    file = record == NULL ? text_or_none(NULL, 0) : PyUnicode_DecodeFSDefault(record->file);
    id = a == NULL || a->id_size == 0 ? text_or_none(NULL, 0) : text_or_none(a->id, a->id_size);
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

void core_feed_name_by_row(feed *f, tt_article *a)
{
    char *digits = f->batch->digits[f->batch->count];
    if (!f->names_rows)
        return;
    a->id_size = (size_t)snprintf(digits, sizeof f->batch->digits[0], "%llu",
                                  (unsigned long long)f->batch->rows[f->batch->count]);
    a->id = digits;
    a->flags |= TT_ARTICLE_INTEGER_ID;
}

int core_feed_flush(feed *f, const tt_record *const *records)
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
        char reason[200];
        f->accepted[t->rows[i]] = t->statuses[i] == TT_OK;
        if (t->statuses[i] == TT_OK)
            continue;
        tt_article_refusal(&t->articles[i], t->statuses[i], reason, sizeof reason);
        failed = core_feed_reject(f, t->rows[i], records == NULL ? NULL : records[i],
                                  &t->articles[i], t->statuses[i], reason);
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
    return t->count >= f->batch_rows || t->bytes >= f->batch_bytes ? core_feed_flush(f, NULL) : 0;
}

int core_feed_begin(feed *f)
{
    if (f->busy) {
        PyErr_SetString(PyExc_RuntimeError, "it is in use");
        return -1;
    }
    f->busy = 1;
    return 0;
}

PyObject *core_feed_end(feed *f, int failed)
{
    f->busy = 0;
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

static PyObject *get_accepted(PyObject *self, void *nothing)
{
    const feed *f = (const feed *)self;
    (void)nothing;
    return PyBytes_FromStringAndSize(f->accepted, (Py_ssize_t)f->rows);
}

static PyObject *get_read_seconds(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyFloat_FromDouble(((const feed *)self)->read_seconds);
}

PyGetSetDef core_feed_members[] = {
    {"rejected", get_rejected, NULL, "list of (row, file, line, id, status, reason)", NULL},
    {"accepted", get_accepted, NULL, "bytes, 1 for each row that was accepted", NULL},
    {"read_seconds", get_read_seconds, NULL, "wall time of reading", NULL},
    {NULL, NULL, NULL, NULL, NULL}};
