/*
 * The type Builder: articles from files, from Python mappings and from Arrow streams into a
 * tt_builder. Whatever the source, articles go to the library in batches, without the GIL; what it
 * does not take is noted with its row (its place in the input, from 0) and the run goes on.
 */
#include "builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_ID_BYTES = 100 };
static const size_t BATCH_BYTES = (size_t)32 << 20;

/* ==== Options ================================================================================= */

static int builder_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    builder_object *b = ctx;
    if (b->reading && strcmp(stage, "text") == 0)
        return b->call.raised;
    return core_progress(&b->call, stage, done, total);
}

typedef struct option {
    const char *name;
    char kind; /* u, i: 32 bits; U: 64 bits; d: double */
    size_t offset;
} option;

#define AT(field) offsetof(tt_options, field)
static const option options[] = {
    {"find", 'u', AT(find)},
    {"shingle_tokens", 'u', AT(shingle_tokens)},
    {"hashes", 'u', AT(sketch_size)},
    {"bands", 'u', AT(bands)},
    {"min_section", 'u', AT(min_section)},
    {"max_matches", 'u', AT(max_matches)},
    {"resemblance", 'd', AT(resemblance)},
    {"containment", 'd', AT(containment)},
    {"overlap", 'd', AT(overlap)},
    {"facts", 'd', AT(facts)},
    {"drop", 'd', AT(drop)},
    {"seed", 'U', AT(seed)},
    {"max_article_bytes", 'U', AT(max_article_bytes)},
    {"paragraphs", 'i', AT(paragraphs)},
    {"keep", 'i', AT(keep)},
    {"threads", 'i', AT(threads)},
};

static int take_option(tt_options *to, const option *from, PyObject *value)
{
    char *field = (char *)to + from->offset;
    switch (from->kind) {
    case 'u': *(uint32_t *)field = (uint32_t)PyLong_AsUnsignedLong(value); break;
    case 'i': *(int32_t *)field = (int32_t)PyLong_AsLong(value); break;
    case 'U': *(uint64_t *)field = PyLong_AsUnsignedLongLong(value); break;
    default: *(double *)field = PyFloat_AsDouble(value); break;
    }
    return PyErr_Occurred() != NULL ? -1 : 0;
}

static int take_options(tt_options *to, PyObject *dict)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        PyObject *value = PyDict_GetItemString(dict, options[i].name); /* borrowed */
        if (value != NULL && take_option(to, &options[i], value) != 0)
            return -1;
    }
    return 0;
}

static tt_status open_builder(builder_object *b, PyObject *dict, PyObject *sources)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    if (take_options(&o, dict) != 0)
        return TT_EINVAL;
    if (sources != NULL)
        o.keep_sources = PyBytes_AsString(sources);
    o.progress = builder_progress;
    o.progress_ctx = b;
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
    Py_END_ALLOW_THREADS if (b->batch != NULL) Py_XDECREF(b->batch->held);
    free(b->batch);
    free(b->accepted);
    Py_XDECREF(b->call.progress);
    Py_XDECREF(b->rejected);
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
    if (progress != Py_None) {
        Py_INCREF(progress);
        b->call.progress = progress;
    }
    b->rejected = PyList_New(0);
    b->batch = calloc(1, sizeof *b->batch);
    if (b->batch == NULL && b->rejected != NULL)
        (void)PyErr_NoMemory();
    if (b->batch == NULL || b->rejected == NULL ||
        open_builder(b, dict, sources == Py_None ? NULL : sources) != TT_OK) {
        Py_DECREF((PyObject *)b);
        return NULL;
    }
    return (PyObject *)b;
}

/* ==== Rows and rejections ===================================================================== */

/* Counts a row, as one that is not accepted yet. @return 0, or -1: out of memory, and raised */
int core_add_row(builder_object *b)
{
    if (b->rows == b->accepted_room) {
        const size_t room = b->accepted_room + b->accepted_room / 2 + 4096;
        char *grown = realloc(b->accepted, room);
        if (grown == NULL) {
            (void)PyErr_NoMemory();
            return -1;
        }
        b->accepted = grown;
        b->accepted_room = room;
    }
    b->accepted[b->rows++] = 0;
    return 0;
}

static PyObject *text_or_none(const char *text, size_t size)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "replace");
}

/* `record` is NULL where the input is not a file. @return 0, or -1: raised */
int core_reject(builder_object *b, uint64_t row, const tt_record *record, const tt_article *a,
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
        failed = PyList_Append(b->rejected, entry);
    Py_XDECREF(entry);
    Py_XDECREF(file);
    Py_XDECREF(id);
    Py_XDECREF(why);
    return failed != 0 ? -1 : 0;
}

/* Why the library did not take an article. */
static void describe_refusal(const tt_article *a, tt_status status, char *to, size_t size)
{
    const char *quote = (a->flags & TT_ARTICLE_INTEGER_ID) != 0 ? "" : "\"";
    size_t shown = a->id_size < SHOWN_ID_BYTES ? a->id_size : SHOWN_ID_BYTES;
    while (shown > 0 && shown < a->id_size && ((unsigned char)a->id[shown] & 0xc0) == 0x80)
        shown--;
    switch (status) {
    case TT_EDUPLICATE:
        (void)snprintf(to, size, "id %s%.*s%s%s was seen before", quote, (int)shown, a->id,
                       shown < a->id_size ? "..." : "", quote);
        return;
    case TT_EFORMAT: (void)snprintf(to, size, "id or text is not valid UTF-8"); return;
    case TT_ELIMIT:
        (void)snprintf(to, size, "text of %zu bytes is over the limit", a->text_size);
        return;
    case TT_EINVAL: (void)snprintf(to, size, "no id"); return;
    default: (void)snprintf(to, size, "%s", tt_status_name(status)); return;
    }
}

/* Raises what a failed call left behind: an exception of the progress callback goes first. */
int core_fail(builder_object *b, const tt_error *error)
{
    if (!b->call.raised)
        (void)core_raise(error);
    b->call.raised = 0;
    return -1;
}

/* A place for the next article, zeroed but for no time. */
tt_article *core_next_article(builder_object *b, uint64_t row)
{
    batch *t = b->batch;
    tt_article *a = &t->articles[t->count];
    memset(a, 0, sizeof *a);
    a->published = TT_NO_TIME;
    t->rows[t->count] = row;
    return a;
}

void core_name_by_row(builder_object *b, tt_article *a)
{
    char *digits = b->batch->digits[b->batch->count];
    a->id_size = (size_t)snprintf(digits, sizeof b->batch->digits[0], "%llu",
                                  (unsigned long long)b->batch->rows[b->batch->count]);
    a->id = digits;
    a->flags |= TT_ARTICLE_INTEGER_ID;
}

/* Hands the batch on. `records`: where its articles come from, by place, or NULL.
 * @return 0, or -1: raised */
int core_flush(builder_object *b, const tt_record *const *records)
{
    batch *t = b->batch;
    tt_error error = {0};
    tt_status status;
    int failed = 0;
    if (t->count == 0)
        return 0;
    core_leave(&b->call);
    status = tt_builder_add(b->builder, t->articles, t->count, t->statuses, &error);
    core_enter(&b->call);
    if (status != TT_OK)
        failed = core_fail(b, &error);
    for (size_t i = 0; i < t->count && !failed; i++) {
        char reason[SHOWN_ID_BYTES + 60];
        b->accepted[t->rows[i]] = t->statuses[i] == TT_OK;
        if (t->statuses[i] == TT_OK)
            continue;
        describe_refusal(&t->articles[i], t->statuses[i], reason, sizeof reason);
        failed = core_reject(b, t->rows[i], records == NULL ? NULL : records[i], &t->articles[i],
                             t->statuses[i], reason);
    }
    t->count = t->bytes = 0;
    Py_CLEAR(t->held);
    return failed;
}

/* Keeps the article that stands at the end of the batch. @return 0, or -1: raised */
int core_push(builder_object *b)
{
    batch *t = b->batch;
    t->bytes += t->articles[t->count].text_size;
    t->count++;
    return t->count == BATCH_ROWS || t->bytes >= BATCH_BYTES ? core_flush(b, NULL) : 0;
}

int core_begin(builder_object *b)
{
    if (b->busy) {
        PyErr_SetString(PyExc_RuntimeError, "the builder is in use");
        return -1;
    }
    b->busy = 1;
    return 0;
}

PyObject *core_end(builder_object *b, int failed)
{
    b->busy = 0;
    b->batch->count = b->batch->bytes = 0;
    Py_CLEAR(b->batch->held);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* ==== The end ================================================================================= */

static PyObject *builder_finish(PyObject *self, PyObject *nothing)
{
    builder_object *b = (builder_object *)self;
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (core_begin(b) != 0)
        return NULL;
    core_leave(&b->call);
    status = tt_builder_finish(b->builder, &index, &error);
    core_enter(&b->call);
    b->busy = 0;
    if (status == TT_OK && PyErr_CheckSignals() == 0)
        return core_index_new(index);
    if (status != TT_OK)
        (void)core_fail(b, &error);
    tt_index_close(index);
    return NULL;
}

static PyObject *get_rejected(PyObject *self, void *nothing)
{
    PyObject *rejected = ((builder_object *)self)->rejected;
    (void)nothing;
    Py_INCREF(rejected);
    return rejected;
}

static PyObject *get_accepted(PyObject *self, void *nothing)
{
    const builder_object *b = (const builder_object *)self;
    (void)nothing;
    return PyBytes_FromStringAndSize(b->accepted, (Py_ssize_t)b->rows);
}

static PyObject *get_read_seconds(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyFloat_FromDouble(((const builder_object *)self)->read_seconds);
}

static PyMethodDef methods[] = {
    {"read", core_read, METH_VARARGS,
     "read(paths, id_field, text_field, max_article_bytes, threads, kept)"},
    {"add_rows", core_add_rows, METH_VARARGS, "add_rows(iterable, id, text, source, published)"},
    {"add_stream", core_add_stream, METH_VARARGS,
     "add_stream(capsule, id, text, source, published, id_needed)"},
    {"finish", builder_finish, METH_NOARGS, "finish() -> Index"},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef members[] = {
    {"rejected", get_rejected, NULL, "list of (row, file, line, id, status, reason)", NULL},
    {"accepted", get_accepted, NULL, "bytes, 1 for each row that was accepted", NULL},
    {"read_seconds", get_read_seconds, NULL, "wall time of reading", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, builder_new},
                              {Py_tp_dealloc, builder_dealloc},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, members},
                              {0, NULL}};

PyType_Spec core_builder_spec = {.name = "twicetold._core.Builder",
                                 .basicsize = sizeof(builder_object),
                                 .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = slots};
