/* The type Result: a result in memory, and the ways out of it. */
#include "arrow_builder.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct result_object {
    PyObject_HEAD shared_result *shared;
} result_object;

/* ==== Sharing ================================================================================= */

shared_result *core_result_share(shared_result *shared)
{
    (void)atomic_fetch_add(&shared->references, 1);
    return shared;
}

void core_result_release(shared_result *shared)
{
    if (shared == NULL || atomic_fetch_sub(&shared->references, 1) != 1)
        return;
    tt_result_close(shared->result);
    free(shared);
}

static const char *choose_id_format(const tt_result *result)
{
    id_kinds kinds = {0};
    for (uint64_t i = 0; i < tt_result_article_count(result) && !kinds.text; i++) {
        const tt_id id = tt_result_id(result, i);
        core_ids_add(&kinds, id.bytes, id.size, id.flags);
    }
    return core_ids_format(&kinds);
}

PyObject *core_result_new(tt_result *result, const char *id_format, size_t id_prefix)
{
    shared_result *shared = calloc(1, sizeof *shared);
    result_object *made;
    if (shared == NULL) {
        tt_result_close(result);
        return PyErr_NoMemory();
    }
    shared->result = result;
    atomic_init(&shared->references, 1);
    shared->id_format = id_format;
    shared->id_prefix = id_prefix;
    Py_BEGIN_ALLOW_THREADS;
    if (id_format == NULL)
        shared->id_format = choose_id_format(result);
    Py_END_ALLOW_THREADS;
    made = PyObject_New(result_object, (PyTypeObject *)core_result_type);
    if (made == NULL)
        core_result_release(shared);
    else
        made->shared = shared;
    return (PyObject *)made;
}

PyObject *core_result_read(PyObject *module, PyObject *path)
{
    PyObject *bytes;
    tt_result *result = NULL;
    tt_error error = {0};
    tt_status status;
    (void)module;
    if (!PyUnicode_FSConverter(path, &bytes))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_result_read(&result, PyBytes_AsString(bytes), NULL, &error);
    Py_END_ALLOW_THREADS;
    Py_DECREF(bytes);
    return status == TT_OK ? core_result_new(result, NULL, 0) : core_raise(&error);
}

const tt_result *core_result_of(PyObject *object)
{
    if (PyObject_TypeCheck(object, (PyTypeObject *)core_result_type))
        return ((result_object *)object)->shared->result;
    PyErr_SetString(PyExc_TypeError, "not a Result");
    return NULL;
}

static void result_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    shared_result *shared = ((result_object *)self)->shared;
    Py_BEGIN_ALLOW_THREADS;
    core_result_release(shared);
    Py_END_ALLOW_THREADS;
    PyObject_Free(self);
    Py_DECREF(type);
}

/* ==== Methods ================================================================================= */

static PyObject *result_stream(PyObject *self, PyObject *args)
{
    int kind;
    if (!PyArg_ParseTuple(args, "i", &kind))
        return NULL;
    if (kind < 0 || kind >= TABLE_KINDS)
        return core_raise_text(TT_EINVAL, UINT64_MAX, "there is no such table");
    return core_table_stream(((result_object *)self)->shared, (table_kind)kind);
}

/* A byte for each article: 1 kept, 0 dropped. */
static PyObject *result_kept(PyObject *self, PyObject *nothing)
{
    const tt_result *result = ((result_object *)self)->shared->result;
    const uint64_t articles = tt_result_article_count(result);
    const tt_pair *dropped;
    size_t count = 0;
    tt_error error = {0};
    tt_status status;
    PyObject *kept;
    char *bytes;
    (void)nothing;
    kept = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)articles);
    if (kept == NULL)
        return NULL;
    bytes = PyByteArray_AsString(kept);
    memset(bytes, 1, (size_t)articles);
    Py_BEGIN_ALLOW_THREADS;
    status = tt_result_dropped(result, &dropped, &count, &error);
    for (size_t i = 0; i < count; i++)
        bytes[dropped[i].a] = 0;
    Py_END_ALLOW_THREADS;
    if (status == TT_OK)
        return kept;
    Py_DECREF(kept);
    return core_raise(&error);
}

/* The ids of all articles, as text. */
static PyObject *result_ids(PyObject *self, PyObject *nothing)
{
    const shared_result *shared = ((result_object *)self)->shared;
    const uint64_t articles = tt_result_article_count(shared->result);
    PyObject *list = PyList_New((Py_ssize_t)articles);
    (void)nothing;
    for (uint64_t i = 0; list != NULL && i < articles; i++) {
        const tt_id id = tt_result_id(shared->result, i);
        PyObject *text =
            PyUnicode_DecodeUTF8(id.bytes + shared->id_prefix,
                                 (Py_ssize_t)(id.size - shared->id_prefix), "surrogateescape");
        if (text == NULL)
            Py_CLEAR(list);
        else
            (void)PyList_SetItem(list, (Py_ssize_t)i, text);
    }
    return list;
}

/* The bytes of the texts of all articles. */
static PyObject *result_sizes(PyObject *self, PyObject *nothing)
{
    const tt_result *result = ((result_object *)self)->shared->result;
    const uint64_t articles = tt_result_article_count(result);
    PyObject *list = PyList_New((Py_ssize_t)articles);
    (void)nothing;
    for (uint64_t i = 0; list != NULL && i < articles; i++) {
        tt_article a = {0};
        const int known = tt_result_article(result, i, &a, NULL) == TT_OK;
        PyObject *size = PyLong_FromSize_t(known ? a.text_size : 0);
        if (size == NULL)
            Py_CLEAR(list);
        else
            (void)PyList_SetItem(list, (Py_ssize_t)i, size);
    }
    return list;
}

/* Seconds to the microsecond, as in the lines of a result. */
static double round_seconds(double seconds)
{
    return floor(seconds * 1e6 + 0.5) / 1e6;
}

/* How many articles dedup drops, where the scan tells. @return 0, or -1: raised */
static int add_removed(PyObject *summary, const tt_result *result)
{
    const tt_pair *dropped;
    size_t count;
    tt_status status;
    PyObject *removed;
    int failed;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_result_dropped(result, &dropped, &count, NULL);
    Py_END_ALLOW_THREADS;
    if (status != TT_OK)
        return 0;
    removed = PyLong_FromSize_t(count);
    failed = removed == NULL || PyDict_SetItemString(summary, "removed", removed) != 0;
    Py_XDECREF(removed);
    return failed ? -1 : 0;
}

static PyObject *result_summary(PyObject *self, PyObject *args)
{
    const tt_result *result = ((result_object *)self)->shared->result;
    unsigned long long rejected;
    double read, total;
    tt_summary s;
    char digest[17];
    PyObject *options, *summary;
    if (!PyArg_ParseTuple(args, "Kdd", &rejected, &read, &total))
        return NULL;
    s = *tt_result_summary(result);
    options = core_options_to_dict(tt_result_options(result), 0);
    if (options == NULL)
        return NULL;
    (void)snprintf(digest, sizeof digest, "%016" PRIx64, s.digest);
    summary = Py_BuildValue(
        "{sKsKsKsssKsKsKsKsKsKs{sdsdsdsdsdsdsdsdsd}sN}", "articles", (unsigned long long)s.articles,
        "rejected", rejected, "bytes", (unsigned long long)s.bytes, "digest", digest, "paragraphs",
        (unsigned long long)s.paragraphs, "pairs", (unsigned long long)s.pairs, "pairs_omitted",
        (unsigned long long)s.pairs_omitted, "clusters", (unsigned long long)s.clusters, "copies",
        (unsigned long long)s.copies, "sections", (unsigned long long)s.sections, "seconds", "read",
        round_seconds(read), "text", round_seconds(s.seconds.text), "sketch",
        round_seconds(s.seconds.sketch), "lsh", round_seconds(s.seconds.lsh), "seed",
        round_seconds(s.seconds.seed), "verify", round_seconds(s.seconds.verify), "section",
        round_seconds(s.seconds.section), "cluster", round_seconds(s.seconds.cluster), "total",
        round_seconds(total), "options", options);
    if (summary == NULL || add_removed(summary, result) == 0)
        return summary;
    Py_DECREF(summary);
    return NULL;
}

static int write_to_file(void *ctx, const char *bytes, size_t size)
{
    const int fd = *(const int *)ctx;
    while (size > 0) {
        const ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

static PyObject *result_write(PyObject *self, PyObject *args)
{
    const tt_result *result = ((result_object *)self)->shared->result;
    int fd, reason;
    unsigned long long rejected;
    tt_write_options options = {.struct_size = sizeof options};
    tt_error error = {0};
    tt_status status;
    if (!PyArg_ParseTuple(args, "iKdd", &fd, &rejected, &options.read_seconds,
                          &options.total_seconds))
        return NULL;
    options.rejected = rejected;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_result_write(result, write_to_file, &fd, &options, &error);
    reason = errno;
    Py_END_ALLOW_THREADS;
    if (status == TT_ESTOPPED)
        return core_raise_text(TT_EIO, UINT64_MAX, "cannot write the result: %s", strerror(reason));
    if (status != TT_OK)
        return core_raise(&error);
    Py_RETURN_NONE;
}

/* notice_list() -> bytes */
static PyObject *result_notice_list(PyObject *self, PyObject *nothing)
{
    const tt_result *result = ((const result_object *)self)->shared->result;
    size_t count, size = 0;
    const tt_notice *notices = tt_result_notices(result, &count);
    PyObject *out;
    char *to;
    (void)nothing;
    for (size_t k = 0; k < count; k++)
        size += (2 + notices[k].tokens) * sizeof(uint32_t);
    out = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    to = out == NULL ? NULL : PyBytes_AsString(out);
    for (size_t k = 0; to != NULL && k < count; k++) {
        const uint32_t head[2] = {(uint32_t)notices[k].tokens, (uint32_t)notices[k].articles};
        memcpy(to, head, sizeof head);
        memcpy(to + sizeof head, notices[k].words, notices[k].tokens * sizeof(uint32_t));
        to += sizeof head + notices[k].tokens * sizeof(uint32_t);
    }
    return out;
}

static PyMethodDef methods[] = {
    {"stream", result_stream, METH_VARARGS, "stream(table) -> capsule of an Arrow stream"},
    {"kept", result_kept, METH_NOARGS, "kept() -> bytearray, 1 for each article to keep"},
    {"ids", result_ids, METH_NOARGS, "ids() -> list of the ids of all articles, as text"},
    {"sizes", result_sizes, METH_NOARGS, "sizes() -> list of the bytes of their texts"},
    {"summary", result_summary, METH_VARARGS, "summary(rejected, read, total) -> dict"},
    {"notice_list", result_notice_list, METH_NOARGS, "notice_list() -> bytes, for stages"},
    {"write", result_write, METH_VARARGS, "write(fd, rejected, read, total): JSON Lines"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, core_refuse_new},
                              {Py_tp_dealloc, result_dealloc},
                              {Py_tp_methods, methods},
                              {0, NULL}};

PyType_Spec core_result_spec = {.name = "twicetold._core.Result",
                                .basicsize = sizeof(result_object),
                                .flags = Py_TPFLAGS_DEFAULT,
                                .slots = slots};
