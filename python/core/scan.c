/* The type Builder: a feed into a tt_scan, and its end, a result. */
#include "feed.h"

#include <string.h>

typedef struct scan_object {
    feed feed;
    tt_scan *builder;
} scan_object;

static int scan_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    feed *f = ctx;
    if (f->reading && strcmp(stage, "text") == 0)
        return f->call.raised;
    return core_progress(&f->call, stage, done, total);
}

static tt_status take(feed *f, tt_error *error)
{
    batch *t = f->batch;
    return tt_scan_add(((scan_object *)f)->builder, t->articles, t->count, t->statuses, error);
}

static tt_status open_scan(scan_object *b, PyObject *dict, PyObject *sources)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    if (core_options_from_dict(&o, dict) != 0)
        return TT_EINVAL;
    if (sources != NULL)
        o.keep_sources = PyBytes_AsString(sources);
    o.progress = scan_progress;
    o.progress_ctx = &b->feed;
    if (tt_scan_open(&b->builder, &o, &error) == TT_OK)
        return TT_OK;
    (void)core_raise(&error);
    return error.status;
}

static void scan_dealloc(PyObject *self)
{
    scan_object *b = (scan_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    Py_BEGIN_ALLOW_THREADS tt_scan_close(b->builder);
    Py_END_ALLOW_THREADS core_feed_free(&b->feed);
    release(self);
    Py_DECREF(type);
}

static PyObject *scan_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *sources, *progress;
    scan_object *b;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    (void)names;
    if (!PyArg_ParseTuple(args, "O!OO", &PyDict_Type, &dict, &sources, &progress))
        return NULL;
    b = (scan_object *)make(type, 0);
    if (b == NULL)
        return NULL;
    if (core_feed_init(&b->feed, take, progress) != 0 ||
        open_scan(b, dict, sources == Py_None ? NULL : sources) != TT_OK) {
        Py_DECREF((PyObject *)b);
        return NULL;
    }
    return (PyObject *)b;
}

static PyObject *scan_finish(PyObject *self, PyObject *nothing)
{
    scan_object *b = (scan_object *)self;
    feed *f = &b->feed;
    tt_result *index = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_feed_begin(f) != 0)
        return NULL;
    core_release_gil(&f->call);
    status = tt_scan_finish(b->builder, &index, &error);
    core_acquire_gil(&f->call);
    f->busy = 0;
    if (status == TT_OK && PyErr_CheckSignals() == 0)
        return core_result_new(index);
    if (status != TT_OK)
        (void)core_feed_fail(f, &error);
    tt_result_close(index);
    return NULL;
}

static PyMethodDef methods[] = {
    FEED_METHODS, {"finish", scan_finish, METH_NOARGS, "finish() -> Index"}, {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(scan_new, scan_dealloc, methods);

PyType_Spec core_scan_spec = {.name = "twicetold._core.Builder",
                              .basicsize = sizeof(scan_object),
                              .flags = Py_TPFLAGS_DEFAULT,
                              .slots = slots};
