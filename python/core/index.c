/* The type Index: a result in memory, and the ways out of it. */
#include "core.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct index_object {
    PyObject_HEAD shared_index *shared;
} index_object;

/* ==== Sharing ================================================================================= */

shared_index *core_index_share(shared_index *index)
{
    (void)atomic_fetch_add(&index->owners, 1);
    return index;
}

void core_index_drop(shared_index *index)
{
    if (index == NULL || atomic_fetch_sub(&index->owners, 1) != 1)
        return;
    tt_index_close(index->index);
    free(index);
}

/* 'l' if the digits are an int64 as Python would write it, 'L' a uint64, 'u' neither. */
static char integer_format(const tt_article *a)
{
    char text[24];
    const int negative = a->id_size > 0 && a->id[0] == '-';
    const size_t first = (size_t)negative;
    if (!(a->flags & TT_ARTICLE_INTEGER_ID) || a->id_size == first || a->id_size > 20)
        return 'u';
    for (size_t i = first; i < a->id_size; i++)
        if (a->id[i] < '0' || a->id[i] > '9')
            return 'u';
    if (a->id[first] == '0' && (negative || a->id_size > 1))
        return 'u';
    memcpy(text, a->id, a->id_size);
    text[a->id_size] = '\0';
    errno = 0;
    (void)strtoll(text, NULL, 10);
    if (errno == 0)
        return 'l';
    errno = 0;
    (void)strtoull(text, NULL, 10);
    return errno == 0 && !negative ? 'L' : 'u';
}

/* What all ids of an index can be. */
static char choose_id_format(const tt_index *index)
{
    tt_summary s;
    int negative = 0, big = 0;
    tt_index_summary(index, &s);
    for (uint64_t i = 0; i < s.articles; i++) {
        tt_article a;
        char format;
        if (tt_index_article(index, i, &a, NULL) != TT_OK)
            return 'u';
        format = integer_format(&a);
        negative |= a.id_size > 0 && a.id[0] == '-';
        big |= format == 'L';
        if (format == 'u' || (negative && big))
            return 'u';
    }
    return s.articles == 0 ? 'u' : big ? 'L' : 'l';
}

PyObject *core_index_new(tt_index *index)
{
    shared_index *shared = calloc(1, sizeof *shared);
    index_object *made = NULL;
    if (shared == NULL) {
        tt_index_close(index);
        return PyErr_NoMemory();
    }
    shared->index = index;
    atomic_init(&shared->owners, 1);
    Py_BEGIN_ALLOW_THREADS shared->id_format = choose_id_format(index);
    Py_END_ALLOW_THREADS made = PyObject_New(index_object, (PyTypeObject *)core_index_type);
    if (made == NULL)
        core_index_drop(shared);
    else
        made->shared = shared;
    return (PyObject *)made;
}

static void index_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    shared_index *shared = ((index_object *)self)->shared;
    Py_BEGIN_ALLOW_THREADS core_index_drop(shared);
    Py_END_ALLOW_THREADS PyObject_Free(self);
    Py_DECREF(type);
}

/* ==== Methods ================================================================================= */

static void release_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, STREAM_NAME);
    if (stream != NULL && stream->release != NULL)
        stream->release(stream);
    free(stream);
}

static PyObject *index_stream(PyObject *self, PyObject *args)
{
    int kind;
    struct ArrowArrayStream *stream;
    PyObject *capsule;
    if (!PyArg_ParseTuple(args, "i", &kind))
        return NULL;
    if (kind < 0 || kind >= TABLE_KINDS)
        return core_raise_text(TT_EINVAL, UINT64_MAX, "there is no such table");
    stream = calloc(1, sizeof *stream);
    if (stream == NULL ||
        core_stream_open(stream, ((index_object *)self)->shared, (table_kind)kind) != 0) {
        free(stream);
        return PyErr_NoMemory();
    }
    capsule = PyCapsule_New(stream, STREAM_NAME, release_capsule);
    if (capsule == NULL) {
        stream->release(stream);
        free(stream);
    }
    return capsule;
}

/* A byte for each article: 1 kept, 0 dropped. */
static int mark_dropped(void *ctx, const tt_pair *dropped, size_t count)
{
    char *kept = ctx;
    for (size_t i = 0; i < count; i++)
        kept[dropped[i].a] = 0;
    return 0;
}

static PyObject *index_kept(PyObject *self, PyObject *nothing)
{
    const tt_index *index = ((index_object *)self)->shared->index;
    tt_summary s;
    tt_error error = {0};
    tt_status status;
    PyObject *kept;
    char *bytes;
    (void)nothing;
    tt_index_summary(index, &s);
    kept = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)s.articles);
    if (kept == NULL)
        return NULL;
    bytes = PyByteArray_AsString(kept);
    memset(bytes, 1, (size_t)s.articles);
    Py_BEGIN_ALLOW_THREADS status = tt_index_dropped(index, mark_dropped, bytes, &error);
    Py_END_ALLOW_THREADS if (status != TT_OK)
    {
        Py_DECREF(kept);
        return core_raise(&error);
    }
    return kept;
}

/* Takes a reference; 0 where there is none to take. */
static int put(PyObject *dict, const char *key, PyObject *value)
{
    const int good = value != NULL && PyDict_SetItemString(dict, key, value) == 0;
    Py_XDECREF(value);
    return good;
}

static PyObject *rule(double value)
{
    if (value < 0)
        return PyUnicode_FromString("off");
    return value == 0 ? PyUnicode_FromString("auto") : PyFloat_FromDouble(value);
}

static PyObject *keep(const tt_options *o)
{
    static const char *const names[] = {"longest", "first", "newest"};
    if (o->keep == TT_KEEP_SOURCE)
        return PyUnicode_FromFormat("source:%s", o->keep_sources);
    return PyUnicode_FromString(names[o->keep]);
}

static PyObject *options_dict(const tt_options *o)
{
    static const char *const paragraphs[] = {"auto", "line", "blank", "none"};
    PyObject *d = PyDict_New();
    if (d == NULL ||
        !(put(d, "pairs", PyBool_FromLong((o->find & TT_FIND_PAIRS) != 0)) &&
          put(d, "clusters", PyBool_FromLong((o->find & TT_FIND_CLUSTERS) != 0)) &&
          put(d, "sections", PyBool_FromLong((o->find & TT_FIND_SECTIONS) != 0)) &&
          put(d, "series", PyBool_FromLong((o->find & TT_FIND_SERIES) != 0)) &&
          put(d, "resemblance", rule(o->resemblance)) &&
          put(d, "containment", rule(o->containment)) && put(d, "overlap", rule(o->overlap)) &&
          put(d, "facts", rule(o->facts)) &&
          put(d, "min_section", PyLong_FromUnsignedLong(o->min_section)) &&
          put(d, "keep", keep(o)) && put(d, "drop", PyFloat_FromDouble(o->drop)) &&
          put(d, "max_matches", PyLong_FromUnsignedLong(o->max_matches)) &&
          put(d, "shingle_tokens", PyLong_FromUnsignedLong(o->shingle_tokens)) &&
          put(d, "hashes", PyLong_FromUnsignedLong(o->sketch_size)) &&
          put(d, "bands", PyLong_FromUnsignedLong(o->bands)) &&
          put(d, "seed", PyLong_FromUnsignedLongLong(o->seed)) &&
          put(d, "paragraphs", PyUnicode_FromString(paragraphs[o->paragraphs])) &&
          put(d, "max_article_bytes", PyLong_FromUnsignedLongLong(o->max_article_bytes)))) {
        Py_XDECREF(d);
        return NULL;
    }
    return d;
}

/* As in the lines of a result: seconds to the microsecond. */
static double micro(double seconds)
{
    return floor(seconds * 1e6 + 0.5) / 1e6;
}

static PyObject *index_summary(PyObject *self, PyObject *args)
{
    const tt_index *index = ((index_object *)self)->shared->index;
    unsigned long long rejected;
    double read, total;
    tt_summary s;
    PyObject *options;
    if (!PyArg_ParseTuple(args, "Kdd", &rejected, &read, &total))
        return NULL;
    tt_index_summary(index, &s);
    options = options_dict(tt_index_options(index));
    if (options == NULL)
        return NULL;
    return Py_BuildValue(
        "{sKsKsKsKsKsKsKsKs{sdsdsdsdsdsdsdsdsd}sN}", "articles", (unsigned long long)s.articles,
        "rejected", rejected, "bytes", (unsigned long long)s.bytes, "paragraphs",
        (unsigned long long)s.paragraphs, "pairs", (unsigned long long)s.pairs, "pairs_omitted",
        (unsigned long long)s.pairs_omitted, "clusters", (unsigned long long)s.clusters, "sections",
        (unsigned long long)s.sections, "seconds", "read", micro(read), "text",
        micro(s.seconds.text), "sketch", micro(s.seconds.sketch), "lsh", micro(s.seconds.lsh),
        "seed", micro(s.seconds.seed), "verify", micro(s.seconds.verify), "section",
        micro(s.seconds.section), "cluster", micro(s.seconds.cluster), "total", micro(total),
        "options", options);
}

static int write_file(void *ctx, const char *bytes, size_t size)
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

static PyObject *index_write(PyObject *self, PyObject *args)
{
    const tt_index *index = ((index_object *)self)->shared->index;
    int fd, reason;
    unsigned long long rejected;
    tt_write_options options = {.struct_size = sizeof options};
    tt_error error = {0};
    tt_status status;
    if (!PyArg_ParseTuple(args, "iKdd", &fd, &rejected, &options.read_seconds,
                          &options.total_seconds))
        return NULL;
    options.rejected = rejected;
    Py_BEGIN_ALLOW_THREADS status = tt_index_write(index, write_file, &fd, &options, &error);
    reason = errno;
    Py_END_ALLOW_THREADS if (status == TT_ESTOPPED) return core_raise_text(
        TT_EIO, UINT64_MAX, "cannot write the result: %s", strerror(reason));
    if (status != TT_OK)
        return core_raise(&error);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"stream", index_stream, METH_VARARGS, "stream(table) -> capsule of an Arrow stream"},
    {"kept", index_kept, METH_NOARGS, "kept() -> bytearray, 1 for each article to keep"},
    {"summary", index_summary, METH_VARARGS, "summary(rejected, read, total) -> dict"},
    {"write", index_write, METH_VARARGS, "write(fd, rejected, read, total): JSON Lines"},
    {NULL, NULL, 0, NULL}};

static PyObject *refuse_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    (void)type;
    (void)args;
    (void)names;
    PyErr_SetString(PyExc_TypeError, "Builder.finish() makes these");
    return NULL;
}

static PyType_Slot slots[] = {
    {Py_tp_new, refuse_new}, {Py_tp_dealloc, index_dealloc}, {Py_tp_methods, methods}, {0, NULL}};

PyType_Spec core_index_spec = {.name = "twicetold._core.Index",
                               .basicsize = sizeof(index_object),
                               .flags = Py_TPFLAGS_DEFAULT,
                               .slots = slots};
