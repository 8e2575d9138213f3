/* Verdicts as Arrow. They are counted in the type, not made anew as a result's tables are: the
 * index has gone on since. */
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const field section_fields[] = {LEAF("begin", "l"),    LEAF("end", "l"),
                                       LEAF("article", "id"), LEAF("of_begin", "l"),
                                       LEAF("of_end", "l"),   MAYBE("similarity", "g")};
static const field section_items[] = {TREE("item", "+s", section_fields)};
static const field verdict_fields[] = {
    LEAF("id", "id"),          LEAF("verdict", "u"),
    MAYBE("of", "id"),         MAYBE("resemblance", "g"),
    MAYBE("containment", "g"), MAYBE("containment_of", "g"),
    MAYBE("overlap", "g"),     MAYBE("overlap_of", "g"),
    LEAF("new_tokens", "l"),   TREE("sections", "+l", section_items)};
static const field table = TREE("", "+s", verdict_fields);

enum { VERDICT_KINDS = 4 };

struct verdicts {
    atomic_int owners;
    arrow_batch **batches;
    size_t count, capacity;
    uint64_t rows, counts[VERDICT_KINDS];
    id_kinds ids;
    char id_format; /* 0 while it grows */
    int failed;     /* errno */
};

typedef struct verdicts_object {
    PyObject_HEAD verdicts *verdicts;
} verdicts_object;

verdicts *core_verdicts_new(void)
{
    verdicts *v = calloc(1, sizeof *v);
    if (v != NULL)
        atomic_init(&v->owners, 1);
    return v;
}

void core_verdicts_release(verdicts *v)
{
    if (v == NULL || atomic_fetch_sub(&v->owners, 1) != 1)
        return;
    for (size_t i = 0; i < v->count; i++)
        arrow_batch_release(v->batches[i]);
    free(v->batches);
    free(v);
}

int core_verdicts_failure(const verdicts *v)
{
    return v->failed;
}

/* ==== From the library's callback ============================================================= */

static arrow_batch *add_batch(verdicts *v)
{
    arrow_batch *batch;
    if (v->count == v->capacity) {
        const size_t capacity = 2 * v->capacity + 8;
        arrow_batch **larger = realloc(v->batches, capacity * sizeof(arrow_batch *));
        if (larger == NULL)
            return NULL;
        v->batches = larger;
        v->capacity = capacity;
    }
    batch = arrow_batch_new(&table, 'u');
    if (batch != NULL)
        v->batches[v->count++] = batch;
    return batch;
}

static void add_id(verdicts *v, arrow_batch *g, column_builder *c, const tt_id *id)
{
    if (id->bytes == NULL) {
        append_null(g, c);
        return;
    }
    core_ids_note(&v->ids, id->bytes, id->size, id->flags);
    append_text(g, c, id->bytes, id->size);
}

static void add_section(verdicts *v, arrow_batch *g, column_builder *places, const tt_repeat *r)
{
    column_builder *c = places->children;
    append_int64(g, &c[0], r->begin);
    append_int64(g, &c[1], r->end);
    add_id(v, g, &c[2], &r->article);
    append_int64(g, &c[3], r->of_begin);
    append_int64(g, &c[4], r->of_end);
    append_double(g, &c[5], r->similarity);
    places->length++;
    g->bytes += sizeof *r;
}

static void add_verdict(verdicts *v, arrow_batch *g, const tt_verdict *x)
{
    const char *name = tt_verdict_kind_name((tt_verdict_kind)x->kind);
    column_builder *c = g->root.children;
    add_id(v, g, &c[0], &x->id);
    append_text(g, &c[1], name, strlen(name));
    add_id(v, g, &c[2], &x->of);
    append_double(g, &c[3], x->resemblance);
    append_double(g, &c[4], x->containment);
    append_double(g, &c[5], x->containment_of);
    append_double(g, &c[6], x->overlap);
    append_double(g, &c[7], x->overlap_of);
    append_int64(g, &c[8], x->new_tokens);
    for (size_t k = 0; k < x->section_count; k++)
        add_section(v, g, &c[9].children[0], &x->sections[k]);
    end_list(g, &c[9]);
    v->counts[x->kind]++;
    v->rows++;
    (void)end_row(g);
}

int core_verdicts_append(void *ctx, const tt_verdict *list, size_t count)
{
    verdicts *v = ctx;
    arrow_batch *batch = v->count > 0 ? v->batches[v->count - 1] : NULL;
    for (size_t i = 0; i < count && v->failed == 0; i++) {
        if (batch == NULL || arrow_batch_is_full(batch))
            batch = add_batch(v);
        if (batch == NULL) {
            v->failed = ENOMEM;
            break;
        }
        add_verdict(v, batch, &list[i]);
        v->failed = batch->failed;
    }
    return v->failed;
}

/* ==== The type ================================================================================ */

static int next_batch(const stream_source *source, uint64_t rows, uint64_t batches,
                      arrow_batch **out, tt_error *error)
{
    const verdicts *v = source->owner;
    (void)rows;
    (void)error;
    if (batches >= v->count)
        return 0;
    *out = v->batches[batches];
    (void)atomic_fetch_add(&(*out)->owners, 1);
    return 0;
}

static void drop(void *owner)
{
    core_verdicts_release(owner);
}

static PyObject *stream(PyObject *self, PyObject *args)
{
    verdicts *v = ((verdicts_object *)self)->verdicts;
    const stream_source source = {&table, v->id_format, 0, v, drop, next_batch};
    int kind;
    if (!PyArg_ParseTuple(args, "i", &kind))
        return NULL;
    (void)atomic_fetch_add(&v->owners, 1);
    return core_stream_capsule(&source);
}

static PyObject *counts(PyObject *self, PyObject *nothing)
{
    const verdicts *v = ((verdicts_object *)self)->verdicts;
    PyObject *dict = PyDict_New();
    (void)nothing;
    for (int k = 0; dict != NULL && k < VERDICT_KINDS; k++) {
        PyObject *count = PyLong_FromUnsignedLongLong(v->counts[k]);
        if (count == NULL ||
            PyDict_SetItemString(dict, tt_verdict_kind_name((tt_verdict_kind)k), count) != 0)
            Py_CLEAR(dict);
        Py_XDECREF(count);
    }
    return dict;
}

static void dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    core_verdicts_release(((verdicts_object *)self)->verdicts);
    PyObject_Free(self);
    Py_DECREF(type);
}

PyObject *core_verdicts_object(verdicts *v)
{
    verdicts_object *made;
    v->id_format = core_ids_format(&v->ids);
    for (size_t i = 0; i < v->count; i++) {
        convert_ids(v->batches[i], &table, v->id_format);
        v->failed = v->failed != 0 ? v->failed : v->batches[i]->failed;
    }
    if (v->failed != 0) {
        core_verdicts_release(v);
        return PyErr_NoMemory();
    }
    made = PyObject_New(verdicts_object, (PyTypeObject *)core_verdicts_type);
    if (made == NULL)
        core_verdicts_release(v);
    else
        made->verdicts = v;
    return (PyObject *)made;
}

static PyMethodDef methods[] = {
    {"stream", stream, METH_VARARGS, "stream(0) -> capsule of an Arrow stream"},
    {"counts", counts, METH_NOARGS, "counts() -> dict of how many of each verdict"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_new, core_refuse_new}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, methods}, {0, NULL}};

PyType_Spec core_verdicts_spec = {.name = "twicetold._core.Verdicts",
                                  .basicsize = sizeof(verdicts_object),
                                  .flags = Py_TPFLAGS_DEFAULT,
                                  .slots = slots};
