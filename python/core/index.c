/*
 * The type Index: a living index. After a fork the child does not touch the parent's handle, not
 * even to close it: SQLite would give up the parent's locks, or finish its log. The class
 * twicetold.Index lets one thread in at a time.
 */
#include "core.h"

#include <stdlib.h>
#include <unistd.h>

int core_index_require_open(const index_object *object)
{
    if (object->index == NULL)
        (void)core_raise_text(TT_EINVAL, UINT64_MAX, "the index is closed");
    else if (object->process != (long)getpid())
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "the index was opened before this process was forked; open it again");
    else
        return 0;
    return -1;
}

static void close_index(index_object *object)
{
    tt_index *index = object->index;
    object->index = NULL;
    if (index == NULL || object->process != (long)getpid())
        return;
    Py_BEGIN_ALLOW_THREADS;
    tt_index_close(index);
    Py_END_ALLOW_THREADS;
}

static void index_dealloc(PyObject *self)
{
    close_index((index_object *)self);
    core_free_object(self);
}

/* Index(path, flags, options); path None: in memory */
static PyObject *index_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    tt_options options = TT_OPTIONS_INIT;
    tt_error error = {0};
    tt_status status;
    PyObject *path, *dict;
    char *name = NULL;
    unsigned flags;
    index_object *object;
    (void)names;
    if (!PyArg_ParseTuple(args, "OIO!", &path, &flags, &PyDict_Type, &dict) ||
        (path != Py_None && PyBytes_AsStringAndSize(path, &name, NULL) != 0) ||
        core_options_from_dict(&options, dict) != 0)
        return NULL;
    object = core_new_object(type);
    if (object == NULL)
        return NULL;
    object->process = (long)getpid();
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_open(&object->index, name, flags, &options, &error);
    Py_END_ALLOW_THREADS;
    if (status == TT_OK)
        return (PyObject *)object;
    Py_DECREF((PyObject *)object);
    return core_raise(&error);
}

static PyObject *index_close(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    close_index((index_object *)self);
    Py_RETURN_NONE;
}

/* notices(Result): adds its notices, which are copied, to those of the handle */
static PyObject *index_notices(PyObject *self, PyObject *object)
{
    const index_object *index = (index_object *)self;
    const tt_result *from = core_result_of(object);
    tt_error error = {0};
    if (from == NULL || core_index_require_open(index) != 0)
        return NULL;
    if (tt_index_notices(index->index, from, &error) != TT_OK)
        return core_raise(&error);
    Py_RETURN_NONE;
}

/* learned() -> Result, which has the notices of the index and nothing else */
static PyObject *index_learned(PyObject *self, PyObject *nothing)
{
    index_object *object = (index_object *)self;
    tt_result *result = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_index_require_open(object) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_notices_get(object->index, &result, &error);
    Py_END_ALLOW_THREADS;
    return status == TT_OK ? core_result_new(result, NULL, 0) : core_raise(&error);
}

/* sources(which, preferred): the rules for sources, which the library copies */
static PyObject *index_sources(PyObject *self, PyObject *args)
{
    index_object *object = (index_object *)self;
    const char *preferred;
    int which;
    tt_error error = {0};
    if (!PyArg_ParseTuple(args, "is", &which, &preferred) || core_index_require_open(object) != 0)
        return NULL;
    if (tt_index_sources(object->index, which, preferred, &error) != TT_OK)
        return core_raise(&error);
    Py_RETURN_NONE;
}

/* ==== Removing ================================================================================ */

/* Reads tuples (bytes, is_integer) into `ids`, which borrow the bytes. @return 0, or -1: raised */
static int read_ids(PyObject *list, tt_id *ids)
{
    const Py_ssize_t count = PyList_Size(list);
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *bytes;
        Py_ssize_t size;
        int integer;
        if (!PyArg_ParseTuple(PyList_GetItem(list, i), "y#p", &bytes, &size, &integer))
            return -1;
        ids[i] = (tt_id){bytes, (size_t)size, integer ? TT_ARTICLE_INTEGER_ID : 0, 0};
    }
    return 0;
}

/* remove(list of (bytes, is_integer)) -> how many */
static PyObject *index_remove(PyObject *self, PyObject *args)
{
    index_object *object = (index_object *)self;
    PyObject *list;
    tt_id *ids;
    tt_error error = {0};
    tt_status status = TT_EINVAL;
    uint64_t removed = 0;
    size_t count;
    if (!PyArg_ParseTuple(args, "O!", &PyList_Type, &list) || core_index_require_open(object) != 0)
        return NULL;
    count = (size_t)PyList_Size(list);
    ids = calloc(count + 1, sizeof *ids);
    if (ids == NULL)
        return PyErr_NoMemory();
    if (read_ids(list, ids) != 0) {
        free(ids);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_remove(object->index, ids, count, &removed, &error);
    Py_END_ALLOW_THREADS;
    free(ids);
    return status == TT_OK ? PyLong_FromUnsignedLongLong(removed) : core_raise(&error);
}

/* expire(microseconds) -> how many */
static PyObject *index_expire(PyObject *self, PyObject *args)
{
    index_object *object = (index_object *)self;
    long long before;
    uint64_t removed = 0;
    tt_error error = {0};
    tt_status status;
    if (!PyArg_ParseTuple(args, "L", &before) || core_index_require_open(object) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_expire(object->index, before, &removed, &error);
    Py_END_ALLOW_THREADS;
    return status == TT_OK ? PyLong_FromUnsignedLongLong(removed) : core_raise(&error);
}

/* ==== Numbers ================================================================================= */

static PyObject *index_stat(PyObject *self, PyObject *nothing)
{
    index_object *object = (index_object *)self;
    tt_index_stat s;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_index_require_open(object) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_stat_get(object->index, &s, &error);
    Py_END_ALLOW_THREADS;
    if (status != TT_OK)
        return core_raise(&error);
    return Py_BuildValue(
        "{sKsKsKsKsKsKsKsNsN}", "articles", (unsigned long long)s.articles, "withdrawn",
        (unsigned long long)s.withdrawn, "distinct", (unsigned long long)s.distinct, "tokens",
        (unsigned long long)s.tokens, "bytes", (unsigned long long)s.bytes, "file_bytes",
        (unsigned long long)s.file_bytes, "memory_bytes", (unsigned long long)s.memory_bytes,
        "oldest", core_time_or_none(s.oldest), "newest", core_time_or_none(s.newest));
}

static PyObject *index_options(PyObject *self, PyObject *nothing)
{
    index_object *object = (index_object *)self;
    (void)nothing;
    return core_index_require_open(object) != 0
               ? NULL
               : core_options_to_dict(tt_index_options(object->index), 1);
}

static PyMethodDef methods[] = {
    {"close", index_close, METH_NOARGS, "close()"},
    {"notices", index_notices, METH_O, "notices(Result)"},
    {"learned", index_learned, METH_NOARGS, "learned() -> Result, with the notices alone"},
    {"sources", index_sources, METH_VARARGS, "sources(which, preferred)"},
    {"remove", index_remove, METH_VARARGS, "remove(list of (bytes, is_integer)) -> how many"},
    {"expire", index_expire, METH_VARARGS, "expire(microseconds) -> how many"},
    {"stat", index_stat, METH_NOARGS, "stat() -> dict"},
    {"get", core_index_get, METH_VARARGS, "get((bytes, is_integer)) -> dict, or None"},
    {"list", core_index_list, METH_VARARGS, "list(flags, after, most) -> list of dicts"},
    {"matches", core_index_matches, METH_VARARGS, "matches((bytes, is_integer)) -> Verdicts"},
    {"story", core_index_story, METH_O, "story(number) -> dict, or None"},
    {"decide", core_index_decide, METH_VARARGS, "decide(id, of, kind, who, time) -> number"},
    {"decisions", core_index_decisions, METH_O, "decisions(after) -> list of dicts"},
    {"options", index_options, METH_NOARGS, "options() -> dict"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_new, index_new}, {Py_tp_dealloc, index_dealloc}, {Py_tp_methods, methods}, {0, NULL}};

PyType_Spec core_index_spec = {.name = "twicetold._core.Index",
                               .basicsize = sizeof(index_object),
                               .flags = Py_TPFLAGS_DEFAULT,
                               .slots = slots};
