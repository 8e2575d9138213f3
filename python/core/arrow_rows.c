/* Batches of the streams made here, as dicts of integers, doubles, strings, lists and structs. */
#include "core.h"

#include <errno.h>

static PyObject *value_at(const struct ArrowSchema *schema, const struct ArrowArray *a, int64_t at);

static PyObject *list_at(const struct ArrowSchema *schema, const struct ArrowArray *a, int64_t at)
{
    const int32_t *offsets = a->buffers[1];
    PyObject *list = PyList_New(offsets[at + 1] - offsets[at]);
    for (int32_t k = offsets[at]; list != NULL && k < offsets[at + 1]; k++) {
        PyObject *item = value_at(schema->children[0], a->children[0], k);
        if (item == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        (void)PyList_SetItem(list, k - offsets[at], item);
    }
    return list;
}

static PyObject *struct_at(const struct ArrowSchema *schema, const struct ArrowArray *a, int64_t at)
{
    PyObject *dict = PyDict_New();
    for (int64_t i = 0; dict != NULL && i < schema->n_children; i++) {
        PyObject *item = value_at(schema->children[i], a->children[i], at);
        if (item == NULL || PyDict_SetItemString(dict, schema->children[i]->name, item) != 0) {
            Py_DECREF(dict);
            dict = NULL;
        }
        Py_XDECREF(item);
    }
    return dict;
}

static PyObject *value_at(const struct ArrowSchema *schema, const struct ArrowArray *a, int64_t at)
{
    const uint8_t *valid = a->buffers[0];
    if (valid != NULL && (valid[at >> 3] >> (at & 7) & 1) == 0)
        Py_RETURN_NONE;
    switch (schema->format[0]) {
    case 'c': return PyLong_FromLong(((const int8_t *)a->buffers[1])[at]);
    case 'C': return PyLong_FromLong(((const uint8_t *)a->buffers[1])[at]);
    case 's': return PyLong_FromLong(((const int16_t *)a->buffers[1])[at]);
    case 'S': return PyLong_FromLong(((const uint16_t *)a->buffers[1])[at]);
    case 'i': return PyLong_FromLong(((const int32_t *)a->buffers[1])[at]);
    case 'I': return PyLong_FromUnsignedLong(((const uint32_t *)a->buffers[1])[at]);
    case 'l': return PyLong_FromLongLong(((const int64_t *)a->buffers[1])[at]);
    case 'L': return PyLong_FromUnsignedLongLong(((const uint64_t *)a->buffers[1])[at]);
    case 'f': return PyFloat_FromDouble((double)((const float *)a->buffers[1])[at]);
    case 'g': return PyFloat_FromDouble(((const double *)a->buffers[1])[at]);
    case 'u': {
        const int32_t *offsets = a->buffers[1];
        return PyUnicode_FromStringAndSize((const char *)a->buffers[2] + offsets[at],
                                           offsets[at + 1] - offsets[at]);
    }
    default: return schema->format[1] == 'l' ? list_at(schema, a, at) : struct_at(schema, a, at);
    }
}

PyObject *core_rows_next(PyObject *module, PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, STREAM_NAME);
    struct ArrowSchema schema;
    struct ArrowArray batch;
    PyObject *rows = NULL;
    int failed;
    (void)module;
    if (stream == NULL)
        return NULL;
    if (stream->get_schema(stream, &schema) != 0)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS;
    failed = stream->get_next(stream, &batch);
    Py_END_ALLOW_THREADS;
    if (failed != 0) {
        (void)core_raise_text(failed == ENOMEM ? TT_ENOMEM : TT_EINVAL, UINT64_MAX, "%s",
                              stream->get_last_error(stream));
    } else if (batch.release == NULL) {
        rows = Py_None;
        Py_INCREF(rows);
    } else {
        rows = PyList_New((Py_ssize_t)batch.length);
        for (int64_t i = 0; rows != NULL && i < batch.length; i++) {
            PyObject *row = struct_at(&schema, &batch, i);
            if (row == NULL) {
                Py_DECREF(rows);
                rows = NULL;
            } else {
                (void)PyList_SetItem(rows, (Py_ssize_t)i, row);
            }
        }
        batch.release(&batch);
    }
    schema.release(&schema);
    return rows;
}
