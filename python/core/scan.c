/* The type Scan: a feed into a tt_scan, and at its end a result. */
#include "feed.h"

#include <string.h>

typedef struct scan_object {
    feed feed;
    tt_scan *scan;
} scan_object;

static int scan_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    feed *f = ctx;
    if (f->reading && strcmp(stage, "text") == 0)
        return f->call.raised;
    return core_progress(&f->call, stage, done, total);
}

static tt_status add_batch(feed *f, tt_error *error)
{
    batch *t = f->batch;
    return tt_scan_add(((scan_object *)f)->scan, t->articles, t->count, t->statuses, error);
}

static void scan_dealloc(PyObject *self)
{
    scan_object *s = (scan_object *)self;
    Py_BEGIN_ALLOW_THREADS;
    tt_scan_close(s->scan);
    Py_END_ALLOW_THREADS;
    core_feed_free(&s->feed);
    core_free_object(self);
}

/* Scan(options, sources, progress) */
static PyObject *scan_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *sources, *progress;
    tt_options options = TT_OPTIONS_INIT;
    tt_error error = {0};
    scan_object *s;
    (void)names;
    if (!PyArg_ParseTuple(args, "O!OO", &PyDict_Type, &dict, &sources, &progress) ||
        core_options_from_dict(&options, dict) != 0)
        return NULL;
    s = core_new_object(type);
    if (s == NULL)
        return NULL;
    if (sources != Py_None)
        options.keep_sources = PyBytes_AsString(sources);
    options.progress = scan_progress;
    options.progress_ctx = &s->feed;
    if (core_feed_init(&s->feed, add_batch, progress) == 0 &&
        tt_scan_open(&s->scan, &options, &error) == TT_OK)
        return (PyObject *)s;
    if (!PyErr_Occurred())
        (void)core_raise(&error);
    Py_DECREF((PyObject *)s);
    return NULL;
}

static PyObject *scan_finish(PyObject *self, PyObject *nothing)
{
    scan_object *s = (scan_object *)self;
    feed *f = &s->feed;
    tt_result *result = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_feed_begin(f) != 0)
        return NULL;
    core_release_gil(&f->call);
    status = tt_scan_finish(s->scan, &result, &error);
    core_acquire_gil(&f->call);
    f->busy = 0;
    if (status == TT_OK && PyErr_CheckSignals() == 0)
        return core_result_new(result);
    if (status != TT_OK)
        (void)core_feed_fail(f, &error);
    tt_result_close(result);
    return NULL;
}

static PyMethodDef methods[] = {FEED_METHODS,
                                {"finish", scan_finish, METH_NOARGS, "finish() -> Result"},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(scan_new, scan_dealloc, methods);

PyType_Spec core_scan_spec = {.name = "twicetold._core.Scan",
                              .basicsize = sizeof(scan_object),
                              .flags = Py_TPFLAGS_DEFAULT,
                              .slots = slots};
