/* The type Stage: an operator of operators/operators.h that Python feeds with record batches. */
#include "arrow_builder.h"

#include "operators/operators.h"

#include <stdlib.h>
#include <string.h>

/* The columns that an operator gives, as Arrow fields. */
typedef struct stage_fields {
    arrow_field table, columns[TTI_MAX_COLUMNS];
    char names[TTI_MAX_COLUMNS][32];
} stage_fields;

typedef struct stage_object {
    PyObject_HEAD tti_operator *operator_;
    const tti_operator_spec *spec;
    stage_fields *fields;
    PyObject *filter; /* bytes that the operator borrows, or NULL */
    atomic_int busy;
} stage_object;

static const tti_operator_spec *find_operator(const char *name)
{
    const tti_operator_spec *spec = tti_operator_find(name);
    if (spec == NULL)
        (void)core_raise_text(TT_EINVAL, UINT64_MAX, "there is no stage \"%.40s\"", name);
    return spec;
}

/* seed_partitions(tokens) -> int */
PyObject *core_seed_partitions(PyObject *module, PyObject *tokens)
{
    const unsigned long long count = PyLong_AsUnsignedLongLong(tokens);
    (void)module;
    return PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(tti_operator_partitions(count));
}

/* stage_columns(name) -> (takes, gives) */
PyObject *core_stage_columns(PyObject *module, PyObject *name)
{
    PyObject *bytes = PyUnicode_AsUTF8String(name), *out = NULL;
    const tti_operator_spec *spec;
    (void)module;
    if (bytes == NULL)
        return NULL;
    spec = find_operator(PyBytes_AsString(bytes));
    if (spec != NULL)
        out = Py_BuildValue("ss", spec->takes, spec->gives);
    Py_DECREF(bytes);
    return out;
}

static stage_fields *make_fields(const char *gives)
{
    stage_fields *f = calloc(1, sizeof *f);
    tti_column_spec column;
    if (f == NULL) {
        (void)PyErr_NoMemory();
        return NULL;
    }
    f->table = (arrow_field){"", "+s", f->columns, 0, 0};
    while (tti_next_column(&gives, &column)) {
        const size_t c = f->table.child_count++;
        memcpy(f->names[c], column.name, column.name_size < 31 ? column.name_size : 31);
        f->columns[c] =
            (arrow_field)NULLABLE(f->names[c], column.type == TTI_COLUMN_INT64    ? "l"
                                               : column.type == TTI_COLUMN_INT32  ? "i"
                                               : column.type == TTI_COLUMN_DOUBLE ? "g"
                                                                                  : "z");
    }
    return f;
}

static void stage_dealloc(PyObject *self)
{
    stage_object *stage = (stage_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    tti_operator_close(stage->operator_);
    free(stage->fields);
    Py_XDECREF(stage->filter);
    release(self);
    Py_DECREF(type);
}

/* Stage(name, options, partitions=0, bits=0, is_whole=False, filter=b"") */
static PyObject *stage_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    static char *words[] = {"name", "options", "partitions", "bits", "is_whole", "filter", NULL};
    const char *name;
    PyObject *dict, *filter = NULL;
    tt_options options = TT_OPTIONS_INIT;
    tti_operator_settings settings = {0};
    tt_error error = {0};
    stage_object *stage;
    const tti_operator_spec *spec;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    if (!PyArg_ParseTupleAndKeywords(args, names, "sO!|IIpS", words, &name, &PyDict_Type, &dict,
                                     &settings.partitions, &settings.bits, &settings.is_whole,
                                     &filter))
        return NULL;
    spec = find_operator(name);
    if (spec == NULL || core_options_from_dict(&options, dict) != 0)
        return NULL;
    if (options.keep == TT_KEEP_SOURCE)
        options.keep = TT_KEEP_LONGEST; /* the order of the rows says what is preferred */
    stage = (stage_object *)make(type, 0);
    if (stage == NULL)
        return NULL;
    stage->spec = spec;
    stage->fields = make_fields(spec->gives);
    if (filter != NULL) {
        Py_INCREF(filter);
        stage->filter = filter;
        settings.filter = PyBytes_AsString(filter);
        settings.filter_size = (size_t)PyBytes_Size(filter);
    }
    if (stage->fields == NULL ||
        tti_operator_open(&stage->operator_, spec, &options, &settings, &error) != TT_OK) {
        if (stage->fields != NULL)
            (void)core_raise(&error);
        Py_DECREF((PyObject *)stage);
        return NULL;
    }
    return (PyObject *)stage;
}

/* ==== Batches ================================================================================= */

/* The columns of an Arrow struct array as the operator takes them. @return 0, or -1: raised */
static int read_rows(const tti_operator_spec *spec, const struct ArrowSchema *schema,
                     const struct ArrowArray *array, tti_rows *rows)
{
    static const char *const formats[] = {[TTI_COLUMN_INT64] = "l",
                                          [TTI_COLUMN_INT32] = "i",
                                          [TTI_COLUMN_DOUBLE] = "g",
                                          [TTI_COLUMN_BYTES] = "zu"};
    const char *takes = spec->takes;
    tti_column_spec column;
    *rows = (tti_rows){.count = (size_t)array->length};
    for (int64_t c = 0; tti_next_column(&takes, &column); c++) {
        const struct ArrowSchema *field = c < schema->n_children ? schema->children[c] : NULL;
        const struct ArrowArray *values = field != NULL ? array->children[c] : NULL;
        const int is_bytes = column.type == TTI_COLUMN_BYTES;
        if (field == NULL || strlen(field->name) != column.name_size ||
            memcmp(field->name, column.name, column.name_size) != 0) {
            (void)core_raise_text(TT_EINVAL, UINT64_MAX, "column %d must be \"%.*s\"", (int)c,
                                  (int)column.name_size, column.name);
            return -1;
        }
        if (field->dictionary != NULL || field->format[0] == '\0' || field->format[1] != '\0' ||
            strchr(formats[column.type], field->format[0]) == NULL) {
            (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                                  "column \"%.100s\" has the Arrow format \"%.20s\"", field->name,
                                  field->format);
            return -1;
        }
        rows->columns[c] =
            (tti_column){.values = values->buffers[is_bytes ? 2 : 1],
                         .offsets = is_bytes ? values->buffers[1] : NULL,
                         .validity = values->null_count != 0 ? values->buffers[0] : NULL,
                         .first = (size_t)(array->offset + values->offset)};
    }
    return 0;
}

static void free_schema_capsule(PyObject *capsule)
{
    struct ArrowSchema *s = PyCapsule_GetPointer(capsule, "arrow_schema");
    if (s->release != NULL)
        s->release(s);
    free(s);
}

static void free_array_capsule(PyObject *capsule)
{
    struct ArrowArray *a = PyCapsule_GetPointer(capsule, "arrow_array");
    if (a->release != NULL)
        a->release(a);
    free(a);
}

static void release_given_rows(void *owner)
{
    tti_given_rows_free(owner);
    free(owner);
}

/* The rows of the operator as (schema, array) capsules, as __arrow_c_array__ gives them; None
 * where there are no rows. */
static PyObject *export_rows(stage_object *stage)
{
    const arrow_field *table = &stage->fields->table;
    tti_given_rows *given = calloc(1, sizeof *given);
    struct ArrowSchema *schema = calloc(1, sizeof *schema);
    struct ArrowArray *array = calloc(1, sizeof *array);
    arrow_batch *batch = arrow_batch_new(table, "");
    int failed = given == NULL || schema == NULL || array == NULL || batch == NULL;
    size_t count = 0;
    if (failed) {
        free(given);
    } else {
        tti_operator_move_rows(stage->operator_, given);
        count = given->rows.count;
        batch->owner = given;
        batch->release_owner = release_given_rows;
        batch->root.length = (int64_t)count;
        for (size_t c = 0; c < batch->root.child_count && count > 0; c++)
            borrow_array(&batch->root.children[c], given->rows.columns[c].values,
                         given->rows.columns[c].offsets, count);
        failed = count > 0 && arrow_export_schema(table, "", schema) != 0;
        if (count > 0 && !failed && arrow_export_batch(batch, array) != 0) {
            schema->release(schema);
            failed = 1;
        }
    }
    arrow_batch_release(batch);
    if (!failed && count > 0)
        return Py_BuildValue("NN", PyCapsule_New(schema, "arrow_schema", free_schema_capsule),
                             PyCapsule_New(array, "arrow_array", free_array_capsule));
    free(schema);
    free(array);
    if (failed)
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* Runs the operator on `rows`, or to its end where they are NULL. */
static PyObject *run_stage(stage_object *stage, const tti_rows *rows)
{
    tt_error error = {0};
    tt_status status;
    if (atomic_exchange(&stage->busy, 1)) {
        PyErr_SetString(PyExc_RuntimeError, "the stage is in use");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS;
    status = rows != NULL ? tti_operator_push(stage->operator_, rows, &error)
                          : tti_operator_finish(stage->operator_, &error);
    Py_END_ALLOW_THREADS;
    atomic_store(&stage->busy, 0);
    return status == TT_OK ? export_rows(stage) : core_raise(&error);
}

static PyObject *stage_push(PyObject *self, PyObject *args)
{
    stage_object *stage = (stage_object *)self;
    PyObject *first, *second;
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    tti_rows rows;
    if (!PyArg_ParseTuple(args, "OO", &first, &second))
        return NULL;
    schema = PyCapsule_GetPointer(first, "arrow_schema");
    array = schema == NULL ? NULL : PyCapsule_GetPointer(second, "arrow_array");
    if (array == NULL || read_rows(stage->spec, schema, array, &rows) != 0)
        return NULL;
    return run_stage(stage, &rows);
}

static PyObject *stage_finish(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    return run_stage((stage_object *)self, NULL);
}

static PyMethodDef methods[] = {
    {"push", stage_push, METH_VARARGS,
     "push(schema, array) -> (schema, array) or None: the rows that are ready"},
    {"finish", stage_finish, METH_NOARGS, "finish() -> (schema, array) or None: the last rows"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_new, stage_new}, {Py_tp_dealloc, stage_dealloc}, {Py_tp_methods, methods}, {0, NULL}};

PyType_Spec core_stage_spec = {.name = "twicetold._core.Stage",
                               .basicsize = sizeof(stage_object),
                               .flags = Py_TPFLAGS_DEFAULT,
                               .slots = slots};
