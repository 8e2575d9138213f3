/* The type Stage: an operator that Python feeds with record batches. */
#include "seed/seeds.h"
#include "spark.h"

#include <stdlib.h>
#include <string.h>

static const spark_operator *const operators[] = {
    &spark_sketch,  &spark_tokens,  &spark_extents, &spark_seeds,  &spark_filter,
    &spark_firsts,  &spark_holders, &spark_tally,   &spark_bands,  &spark_paragraphs,
    &spark_buckets, &spark_alike,   &spark_closest, &spark_verify, &spark_components,
    &spark_cluster, &spark_places,  &spark_copies,  &spark_spread};

typedef struct stage_object {
    PyObject_HEAD spark_stage stage;
    PyObject *given; /* bytes, or NULL */
    int busy;
} stage_object;

static const spark_operator *find_operator(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i]->name, name) == 0)
            return operators[i];
    (void)core_raise_text(TT_EINVAL, UINT64_MAX, "there is no stage \"%.40s\"", name);
    return NULL;
}

PyObject *core_seed_partitions(PyObject *module, PyObject *tokens)
{
    const unsigned long long count = PyLong_AsUnsignedLongLong(tokens);
    (void)module;
    return PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(tti_seed_partition_count(count));
}

/* stage_columns(name) -> (takes, gives) */
PyObject *core_stage_columns(PyObject *module, PyObject *name)
{
    PyObject *bytes = PyUnicode_AsUTF8String(name), *out = NULL;
    const spark_operator *op;
    (void)module;
    if (bytes == NULL)
        return NULL;
    op = find_operator(PyBytes_AsString(bytes));
    if (op != NULL)
        out = Py_BuildValue("ss", op->takes, op->gives);
    Py_DECREF(bytes);
    return out;
}

static tt_status open_stage(spark_stage *s, const tt_options *options)
{
    TTI_TRY(tt_options_resolve(options, &s->options, &s->error));
    s->state = calloc(1, s->op->state_size + 1);
    if (s->state == NULL)
        return tti_fail_memory(&s->error, "a stage");
    return s->op->open == NULL ? TT_OK : s->op->open(s);
}

static void take_given(stage_object *self, PyObject *given)
{
    if (given == NULL)
        return;
    Py_INCREF(given);
    self->given = given;
    self->stage.given = (spark_bytes){PyBytes_AsString(given), (size_t)PyBytes_Size(given)};
}

/* Stage(name, options, argument, given=b"") */
static PyObject *stage_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    const char *name;
    PyObject *dict, *given = NULL;
    long long argument;
    tt_options options = TT_OPTIONS_INIT;
    stage_object *self;
    const spark_operator *op;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    (void)names;
    if (!PyArg_ParseTuple(args, "sO!L|S", &name, &PyDict_Type, &dict, &argument, &given))
        return NULL;
    op = find_operator(name);
    if (op == NULL || core_options_from_dict(&options, dict) != 0)
        return NULL;
    options.threads = 1;
    if (options.keep == TT_KEEP_SOURCE)
        options.keep = TT_KEEP_LONGEST; /* what is preferred stands in the rows */
    self = (stage_object *)make(type, 0);
    if (self == NULL)
        return NULL;
    self->stage.op = op;
    self->stage.argument = argument;
    take_given(self, given);
    spark_out_open(&self->stage.out, op->gives);
    if (open_stage(&self->stage, &options) != TT_OK) {
        (void)core_raise(&self->stage.error);
        Py_DECREF((PyObject *)self);
        return NULL;
    }
    return (PyObject *)self;
}

static void stage_dealloc(PyObject *self)
{
    spark_stage *s = &((stage_object *)self)->stage;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    if (s->state != NULL && s->op->close != NULL)
        s->op->close(s);
    free(s->state);
    spark_out_free(&s->out);
    Py_XDECREF(((stage_object *)self)->given);
    release(self);
    Py_DECREF(type);
}

/* ==== Batches ================================================================================= */

static void drop_schema(PyObject *capsule)
{
    struct ArrowSchema *s = PyCapsule_GetPointer(capsule, "arrow_schema");
    if (s->release != NULL)
        s->release(s);
    free(s);
}

static void drop_array(PyObject *capsule)
{
    struct ArrowArray *a = PyCapsule_GetPointer(capsule, "arrow_array");
    if (a->release != NULL)
        a->release(a);
    free(a);
}

/* The rows so far as (schema, array) capsules, as __arrow_c_array__ gives them; None if none. */
static PyObject *hand_out(spark_out *out)
{
    struct ArrowSchema *schema;
    struct ArrowArray *array;
    PyObject *first, *second;
    if (out->rows == 0)
        Py_RETURN_NONE;
    schema = calloc(1, sizeof *schema);
    array = calloc(1, sizeof *array);
    if (schema == NULL || array == NULL || spark_out_export(out, schema, array) != 0) {
        free(schema);
        free(array);
        return PyErr_NoMemory();
    }
    first = PyCapsule_New(schema, "arrow_schema", drop_schema);
    second = PyCapsule_New(array, "arrow_array", drop_array);
    return Py_BuildValue("NN", first, second);
}

static PyObject *end_call(stage_object *self, tt_status status)
{
    spark_stage *s = &self->stage;
    self->busy = 0;
    if (status == TT_OK)
        status = s->out.status;
    if (status == TT_OK)
        return hand_out(&s->out);
    if (s->error.status == TT_OK)
        (void)tti_fail(&s->error, status, TTI_NOWHERE, "stage \"%s\": %s", s->op->name,
                       tt_status_name(status));
    return core_raise(&s->error);
}

static int begin_call(stage_object *self)
{
    if (self->busy) {
        PyErr_SetString(PyExc_RuntimeError, "the stage is in use");
        return -1;
    }
    self->busy = 1;
    return 0;
}

/* push(schema, array): takes the rows of a batch. */
static PyObject *stage_push(PyObject *object, PyObject *args)
{
    stage_object *self = (stage_object *)object;
    spark_stage *s = &self->stage;
    PyObject *first, *second;
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    spark_in in;
    tt_status status;
    if (!PyArg_ParseTuple(args, "OO", &first, &second))
        return NULL;
    schema = PyCapsule_GetPointer(first, "arrow_schema");
    array = schema == NULL ? NULL : PyCapsule_GetPointer(second, "arrow_array");
    if (array == NULL || begin_call(self) != 0)
        return NULL;
    status = spark_in_read(&in, s->op->takes, schema, array, &s->error);
    Py_BEGIN_ALLOW_THREADS if (status == TT_OK) status = s->op->take(s, &in);
    Py_END_ALLOW_THREADS return end_call(self, status);
}

static PyObject *stage_finish(PyObject *object, PyObject *nothing)
{
    stage_object *self = (stage_object *)object;
    spark_stage *s = &self->stage;
    tt_status status = TT_OK;
    (void)nothing;
    if (begin_call(self) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS if (s->op->finish != NULL) status = s->op->finish(s);
    Py_END_ALLOW_THREADS return end_call(self, status);
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
