/* The type Builder: a feed into a tt_builder, and its end, a result. */
#include "feed.h"

#include <string.h>

typedef struct builder_object {
    feed feed;
    tt_builder *builder;
} builder_object;

static int builder_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    feed *f = ctx;
    if (f->reading && strcmp(stage, "text") == 0)
        return f->call.raised;
    return core_progress(&f->call, stage, done, total);
}

static tt_status take(feed *f, tt_error *error)
{
    batch *t = f->batch;
    return tt_builder_add(((builder_object *)f)->builder, t->articles, t->count, t->statuses,
                          error);
}

static tt_status open_builder(builder_object *b, PyObject *dict, PyObject *sources)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    if (core_take_options(&o, dict) != 0)
        return TT_EINVAL;
    if (sources != NULL)
        o.keep_sources = PyBytes_AsString(sources);
    o.progress = builder_progress;
    o.progress_ctx = &b->feed;
    if (tt_builder_open(&b->builder, &o, &error) == TT_OK)
        return TT_OK;
    (void)core_raise(&error);
    return error.status;
}

static void builder_dealloc(PyObject *self)
{
    builder_object *b = (builder_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    Py_BEGIN_ALLOW_THREADS tt_builder_close(b->builder);
    Py_END_ALLOW_THREADS core_feed_free(&b->feed);
    release(self);
    Py_DECREF(type);
}

static PyObject *builder_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *sources, *progress;
    builder_object *b;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    (void)names;
    if (!PyArg_ParseTuple(args, "O!OO", &PyDict_Type, &dict, &sources, &progress))
        return NULL;
    b = (builder_object *)make(type, 0);
    if (b == NULL)
        return NULL;
    if (core_feed_init(&b->feed, take, progress) != 0 ||
        open_builder(b, dict, sources == Py_None ? NULL : sources) != TT_OK) {
        Py_DECREF((PyObject *)b);
        return NULL;
    }
    return (PyObject *)b;
}

static PyObject *builder_finish(PyObject *self, PyObject *nothing)
{
    builder_object *b = (builder_object *)self;
    feed *f = &b->feed;
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_begin(f) != 0)
        return NULL;
    core_leave(&f->call);
    status = tt_builder_finish(b->builder, &index, &error);
    core_enter(&f->call);
    f->busy = 0;
    if (status == TT_OK && PyErr_CheckSignals() == 0)
        return core_index_new(index);
    if (status != TT_OK)
        (void)core_fail(f, &error);
    tt_index_close(index);
    return NULL;
}

static PyMethodDef methods[] = {FEED_METHODS,
                                {"finish", builder_finish, METH_NOARGS, "finish() -> Index"},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(builder_new, builder_dealloc, methods);

PyType_Spec core_builder_spec = {.name = "twicetold._core.Builder",
                                 .basicsize = sizeof(builder_object),
                                 .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = slots};
