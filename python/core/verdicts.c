/* The type Verdicts. Its rows are kept as Arrow batches from the start: unlike a result, an index
 * changes and cannot be asked for them again. */
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const arrow_field section_fields[] = {LEAF("begin", "l"),    LEAF("end", "l"),
                                             LEAF("article", "id"), LEAF("of_begin", "l"),
                                             LEAF("of_end", "l"),   NULLABLE("similarity", "g")};
static const arrow_field section_items[] = {PARENT("item", "+s", section_fields)};
static const arrow_field verdict_fields[] = {LEAF("id", "id"),
                                             LEAF("verdict", "u"),
                                             NULLABLE("of", "id"),
                                             NULLABLE("resemblance", "g"),
                                             NULLABLE("containment", "g"),
                                             NULLABLE("containment_of", "g"),
                                             NULLABLE("overlap", "g"),
                                             NULLABLE("overlap_of", "g"),
                                             LEAF("new_tokens", "l"),
                                             PARENT("sections", "+l", section_items)};
static const arrow_field table = PARENT("", "+s", verdict_fields);

enum { VERDICT_KINDS = 4 };

struct verdicts {
    atomic_int references;
    arrow_batch **batches;
    size_t count, capacity;
    uint64_t rows, counts[VERDICT_KINDS];
    id_kinds ids;
    const char *id_format; /* NULL until all rows are there */
    int failed;            /* errno */
};

typedef struct verdicts_object {
    PyObject_HEAD verdicts *verdicts;
} verdicts_object;

verdicts *core_verdicts_new(void)
{
    verdicts *v = calloc(1, sizeof *v);
    if (v != NULL)
        atomic_init(&v->references, 1);
    return v;
}

void core_verdicts_release(verdicts *v)
{
    if (v == NULL || atomic_fetch_sub(&v->references, 1) != 1)
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

/* The kinds of ids are known only at the end, so they are text until then. */
static void append_verdict_id(verdicts *v, arrow_batch *batch, arrow_column *c, const tt_id *id)
{
    if (id->bytes == NULL) {
        append_null(batch, c);
        return;
    }
    core_ids_add(&v->ids, id->bytes, id->size, id->flags);
    append_text(batch, c, id->bytes, id->size);
}

static void append_verdict(verdicts *v, arrow_batch *batch, const tt_verdict *x)
{
    const char *name = tt_verdict_kind_name((tt_verdict_kind)x->kind);
    arrow_column *c = batch->root.children, *item = &c[9].children[0];
    append_verdict_id(v, batch, &c[0], &x->id);
    append_text(batch, &c[1], name, strlen(name));
    append_verdict_id(v, batch, &c[2], &x->of);
    append_double(batch, &c[3], x->resemblance);
    append_double(batch, &c[4], x->containment);
    append_double(batch, &c[5], x->containment_of);
    append_double(batch, &c[6], x->overlap);
    append_double(batch, &c[7], x->overlap_of);
    append_int64(batch, &c[8], x->new_tokens);
    for (size_t k = 0; k < x->section_count; k++) {
        const tt_repeat *r = &x->sections[k];
        append_int64(batch, &item->children[0], r->begin);
        append_int64(batch, &item->children[1], r->end);
        append_verdict_id(v, batch, &item->children[2], &r->article);
        append_int64(batch, &item->children[3], r->of_begin);
        append_int64(batch, &item->children[4], r->of_end);
        append_double(batch, &item->children[5], r->similarity);
        item->length++;
        batch->bytes += sizeof *r;
    }
    append_list(batch, &c[9]);
    v->counts[x->kind]++;
    v->rows++;
    (void)arrow_batch_end_row(batch);
}

int core_verdicts_append(void *ctx, const tt_verdict *list, size_t count)
{
    verdicts *v = ctx;
    for (size_t i = 0; i < count && v->failed == 0; i++) {
        arrow_batch *batch = v->count > 0 ? v->batches[v->count - 1] : NULL;
        if (batch == NULL || arrow_batch_is_full(batch)) {
            batch = NULL;
            if (core_reserve(&v->batches, &v->capacity, v->count + 1, sizeof(arrow_batch *)) == 0)
                batch = arrow_batch_new(&table, "u");
            if (batch == NULL) {
                v->failed = ENOMEM;
                break;
            }
            v->batches[v->count++] = batch;
        }
        append_verdict(v, batch, &list[i]);
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
    if (batches < v->count) {
        *out = v->batches[batches];
        (void)atomic_fetch_add(&(*out)->references, 1);
    }
    return 0;
}

static void release_owner(void *owner)
{
    core_verdicts_release(owner);
}

static PyObject *verdicts_stream(PyObject *self, PyObject *args)
{
    verdicts *v = ((verdicts_object *)self)->verdicts;
    const stream_source source = {&table, v->id_format, 0, v, release_owner, next_batch};
    int kind;
    if (!PyArg_ParseTuple(args, "i", &kind))
        return NULL;
    (void)atomic_fetch_add(&v->references, 1);
    return core_stream_capsule(&source);
}

static PyObject *verdicts_counts(PyObject *self, PyObject *nothing)
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

static void verdicts_dealloc(PyObject *self)
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
        arrow_batch_convert_ids(v->batches[i], &table, v->id_format);
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
    {"stream", verdicts_stream, METH_VARARGS, "stream(0) -> capsule of an Arrow stream"},
    {"counts", verdicts_counts, METH_NOARGS, "counts() -> dict: how many there are of each kind"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, core_refuse_new},
                              {Py_tp_dealloc, verdicts_dealloc},
                              {Py_tp_methods, methods},
                              {0, NULL}};

PyType_Spec core_verdicts_spec = {.name = "twicetold._core.Verdicts",
                                  .basicsize = sizeof(verdicts_object),
                                  .flags = Py_TPFLAGS_DEFAULT,
                                  .slots = slots};
