/* The type Signatures: a feed of texts, and at its end a row for each, its signature. */
#include "feed.h"

#include <stdlib.h>

typedef struct signatures_object {
    feed feed;
    tt_options options;
    uint32_t *values;
    size_t count, capacity; /* of values */
} signatures_object;

static tt_status compute_signatures(feed *f, tt_error *error)
{
    signatures_object *s = (signatures_object *)f;
    const batch *t = f->batch;
    const size_t more = t->count * s->options.num_hashes;
    tt_status status;
    if (core_reserve(&s->values, &s->capacity, s->count + more, sizeof *s->values) != 0) {
        *error = (tt_error){TT_ENOMEM, UINT64_MAX, "out of memory"};
        return TT_ENOMEM;
    }
    status = tt_signatures(s->values + s->count, t->articles, t->count, &s->options,
                           f->batch->statuses, error);
    if (status != TT_OK)
        return status;
    s->count += more;
    return core_progress(&f->call, "sketch", f->rows, 0) != 0 ? TT_ESTOPPED : TT_OK;
}

static void signatures_dealloc(PyObject *self)
{
    signatures_object *s = (signatures_object *)self;
    free(s->values);
    core_feed_free(&s->feed);
    core_free_object(self);
}

/* Signatures(options, progress) */
static PyObject *signatures_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *progress;
    tt_options given = TT_OPTIONS_INIT;
    tt_error error = {0};
    signatures_object *s;
    (void)names;
    if (!PyArg_ParseTuple(args, "O!O", &PyDict_Type, &dict, &progress) ||
        core_options_from_dict(&given, dict) != 0)
        return NULL;
    s = core_new_object(type);
    if (s == NULL)
        return NULL;
    if (core_feed_init(&s->feed, compute_signatures, progress) != 0) {
        Py_DECREF((PyObject *)s);
        return NULL;
    }
    if (tt_options_resolve(&given, &s->options, &error) != TT_OK) {
        Py_DECREF((PyObject *)s);
        return core_raise(&error);
    }
    return (PyObject *)s;
}

static PyObject *signatures_finish(PyObject *self, PyObject *nothing)
{
    const signatures_object *s = (const signatures_object *)self;
    (void)nothing;
    return PyByteArray_FromStringAndSize((const char *)s->values,
                                         (Py_ssize_t)(s->count * sizeof *s->values));
}

static PyMethodDef methods[] = {
    FEED_METHODS,
    {"finish", signatures_finish, METH_NOARGS, "finish() -> bytearray of uint32, row after row"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(signatures_new, signatures_dealloc, methods);

PyType_Spec core_signatures_spec = {.name = "twicetold._core.Signatures",
                                    .basicsize = sizeof(signatures_object),
                                    .flags = Py_TPFLAGS_DEFAULT,
                                    .slots = slots};
