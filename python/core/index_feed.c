/* The type Judging: a feed into a living index, which is added or only asked, and the verdicts.
 * Each batch is a commit: what was handed on before an exception stays. */
#include "feed.h"
#include "verdicts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COMMIT_ROWS = 1024 }; /* a Ctrl-C waits for one */

typedef struct index_feed_object {
    feed feed;
    index_object *live;
    verdicts *verdicts; /* NULL: not wanted, or handed over */
    int writing;
} index_feed_object;

/* What the library does not say: which articles were not added. */
static void name_first_row(const feed *f, tt_error *error)
{
    const size_t used = strlen(error->message);
    error->where = f->batch->rows[0];
    (void)snprintf(error->message + used, sizeof error->message - used,
                   " (articles from row %" PRIu64 " on were not added)", error->where);
}

static tt_status take(feed *f, tt_error *error)
{
    index_feed_object *j = (index_feed_object *)f;
    const batch *t = f->batch;
    tt_index *live = j->live->live;
    tt_verdict_fn emit = j->verdicts != NULL ? core_verdicts_append : NULL;
    tt_status status;
    if (live == NULL) { /* closed by what is read */
        *error = (tt_error){TT_EINVAL, UINT64_MAX, "the index is closed"};
        return TT_EINVAL;
    }
    status = j->writing ? tt_index_add(live, t->articles, t->count, f->batch->statuses, emit,
                                       j->verdicts, error)
                        : tt_index_query(live, t->articles, t->count, f->batch->statuses, emit,
                                         j->verdicts, error);
    if (status == TT_ESTOPPED) {
        error->status = core_verdicts_failure(j->verdicts) == ENOMEM ? TT_ENOMEM : TT_ELIMIT;
        (void)snprintf(error->message, sizeof error->message, "%s",
                       error->status == TT_ENOMEM ? "out of memory" : "a verdict is over 2 GiB");
        return error->status;
    }
    if (status != TT_OK && j->writing)
        name_first_row(f, error);
    if (status == TT_OK && !f->reading &&
        core_progress(&f->call, j->writing ? "add" : "query", f->rows, 0) != 0)
        return TT_ESTOPPED;
    return status;
}

static void dealloc(PyObject *self)
{
    index_feed_object *j = (index_feed_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    core_verdicts_release(j->verdicts);
    core_feed_free(&j->feed);
    Py_XDECREF((PyObject *)j->live);
    release(self);
    Py_DECREF(type);
}

/* Judging(live, writing, wants_verdicts, progress) */
static PyObject *new (PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *live, *progress;
    int writing, wanted;
    index_feed_object *j;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    (void)names;
    if (!PyArg_ParseTuple(args, "O!ppO", (PyTypeObject *)core_index_type, &live, &writing, &wanted,
                          &progress))
        return NULL;
    if (core_index_require_open((index_object *)live) != 0)
        return NULL;
    j = (index_feed_object *)make(type, 0);
    if (j == NULL)
        return NULL;
    Py_INCREF(live);
    j->live = (index_object *)live;
    j->writing = writing;
    if (core_feed_init(&j->feed, take, progress) != 0) {
        Py_DECREF((PyObject *)j);
        return NULL;
    }
    j->feed.batch_rows = COMMIT_ROWS;
    j->feed.names_rows = 0; /* a row is no name from one call to the next */
    if (wanted && (j->verdicts = core_verdicts_new()) == NULL) {
        Py_DECREF((PyObject *)j);
        return PyErr_NoMemory();
    }
    return (PyObject *)j;
}

static PyObject *finish(PyObject *self, PyObject *nothing)
{
    index_feed_object *j = (index_feed_object *)self;
    verdicts *v = j->verdicts;
    (void)nothing;
    j->verdicts = NULL;
    if (v == NULL)
        Py_RETURN_NONE;
    return core_verdicts_object(v);
}

static PyMethodDef methods[] = {FEED_METHODS,
                                {"finish", finish, METH_NOARGS, "finish() -> Verdicts, or None"},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(new, dealloc, methods);

PyType_Spec core_index_feed_spec = {.name = "twicetold._core.Judging",
                                    .basicsize = sizeof(index_feed_object),
                                    .flags = Py_TPFLAGS_DEFAULT,
                                    .slots = slots};
