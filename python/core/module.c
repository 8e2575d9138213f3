/* The module: exceptions, calls that release the GIL, memory, and the list of its functions and
 * types. */
#include "core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ==== Exceptions ============================================================================== */

const char *core_status_code(tt_status status)
{
    switch (status) {
    case TT_OK: return "TT_OK";
    case TT_EINVAL: return "TT_EINVAL";
    case TT_ENOMEM: return "TT_ENOMEM";
    case TT_EIO: return "TT_EIO";
    case TT_EFORMAT: return "TT_EFORMAT";
    case TT_EVERSION: return "TT_EVERSION";
    case TT_ELIMIT: return "TT_ELIMIT";
    case TT_ESTOPPED: return "TT_ESTOPPED";
    case TT_EDUPLICATE: return "TT_EDUPLICATE";
    case TT_ELOCKED: return "TT_ELOCKED";
    case TT_EINTERNAL: break;
    }
    return "TT_EINTERNAL";
}

PyObject *core_raise(const tt_error *error)
{
    const char *message =
        error->message[0] != '\0' ? error->message : tt_status_name(error->status);
    PyObject *made, *where;
    PyObject *errors = PyImport_ImportModule("twicetold._errors");
    if (errors == NULL)
        return NULL;
    if (error->where == UINT64_MAX) {
        where = Py_None;
        Py_INCREF(where);
    } else {
        where = PyLong_FromUnsignedLongLong(error->where);
    }
    made = where == NULL ? NULL
                         : PyObject_CallMethod(errors, "make", "issO", (int)error->status,
                                               core_status_code(error->status), message, where);
    Py_XDECREF(where);
    Py_DECREF(errors);
    if (made != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(made), made);
        Py_DECREF(made);
    }
    return NULL;
}

PyObject *core_raise_text(tt_status status, uint64_t where, const char *format, ...)
{
    tt_error error = {.status = status, .where = where};
    va_list values;
    va_start(values, format);
    (void)vsnprintf(error.message, sizeof error.message, format, values);
    va_end(values);
    return core_raise(&error);
}

/* ==== Long calls ============================================================================== */

double core_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void core_release_gil(core_call *call)
{
    call->state = PyEval_SaveThread();
}

void core_acquire_gil(core_call *call)
{
    PyEval_RestoreThread(call->state);
    call->state = NULL;
}

static void call_progress(core_call *call, const char *stage, uint64_t done, uint64_t total)
{
    PyObject *answer = PyObject_CallFunction(call->progress, "sKK", stage, (unsigned long long)done,
                                             (unsigned long long)total);
    call->raised = answer == NULL;
    Py_XDECREF(answer);
}

int core_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    enum { PER_SECOND = 20 };
    core_call *call = ctx;
    const int outside = call->state != NULL;
    const double now = core_now();
    const int same = call->stage != NULL && strcmp(call->stage, stage) == 0;
    if (call->raised)
        return 1;
    if (same && now - call->shown_at < 1.0 / PER_SECOND && (total == 0 || done < total))
        return 0;
    call->shown_at = now;
    call->stage = stage;
    if (outside)
        core_acquire_gil(call);
    call->raised = PyErr_CheckSignals() != 0;
    if (!call->raised && call->progress != NULL)
        call_progress(call, stage, done, total);
    if (outside)
        core_release_gil(call);
    return call->raised;
}

/* ==== Memory ================================================================================== */

int core_reserve(void *array, size_t *capacity, size_t need, size_t size)
{
    void *old, *larger;
    const size_t count = need + need / 2 + 64;
    if (need <= *capacity && *capacity > 0)
        return 0;
    if (need > SIZE_MAX / size / 2)
        return -1;
    memcpy(&old, array, sizeof old);
    larger = realloc(old, count * size);
    if (larger == NULL)
        return -1;
    memcpy(array, &larger, sizeof larger);
    *capacity = count;
    return 0;
}

void *core_new_object(PyTypeObject *type)
{
    return ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
}

void core_free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

PyObject *core_refuse_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    (void)type;
    (void)args;
    (void)names;
    PyErr_SetString(PyExc_TypeError, "only the package makes these");
    return NULL;
}

/* ==== Module ================================================================================== */

static PyObject *eval(PyObject *module, PyObject *args)
{
    PyObject *result_bytes, *gold_bytes;
    const char *result_path, *gold_path;
    tt_result *result = NULL, *gold = NULL;
    tt_scores s;
    tt_error error = {0};
    tt_status status;
    (void)module;
    if (!PyArg_ParseTuple(args, "O&O&", PyUnicode_FSConverter, &result_bytes, PyUnicode_FSConverter,
                          &gold_bytes))
        return NULL;
    result_path = PyBytes_AsString(result_bytes);
    gold_path = PyBytes_AsString(gold_bytes);
    Py_BEGIN_ALLOW_THREADS;
    status = tt_result_read(&result, result_path, NULL, &error);
    if (status == TT_OK)
        status = tt_result_read(&gold, gold_path, NULL, &error);
    if (status == TT_OK)
        status = tt_eval(result, gold, &s, &error);
    tt_result_close(result);
    tt_result_close(gold);
    Py_END_ALLOW_THREADS;
    Py_DECREF(result_bytes);
    Py_DECREF(gold_bytes);
    if (status != TT_OK)
        return core_raise(&error);
    return Py_BuildValue(
        "{s{sKsKsKsdsdsd}s{sd}s{sKsKsKsdsdsd}}", "pairs", "gold", (unsigned long long)s.gold_pairs,
        "found", (unsigned long long)s.found_pairs, "right", (unsigned long long)s.right_pairs,
        "precision", s.pair_precision, "recall", s.pair_recall, "f1", s.pair_f1, "clusters", "ari",
        s.cluster_ari, "sections", "gold_bytes", (unsigned long long)s.gold_section_bytes,
        "found_bytes", (unsigned long long)s.found_section_bytes, "right_bytes",
        (unsigned long long)s.right_section_bytes, "precision", s.section_precision, "recall",
        s.section_recall, "granularity", s.section_granularity);
}

static PyObject *parse_time(PyObject *module, PyObject *args)
{
    const char *text;
    Py_ssize_t size;
    int64_t micros;
    (void)module;
    if (!PyArg_ParseTuple(args, "s#", &text, &size))
        return NULL;
    micros = tt_time_parse(text, (size_t)size);
    if (micros == TT_NO_TIME)
        Py_RETURN_NONE;
    return PyLong_FromLongLong(micros);
}

static PyObject *version(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    return PyUnicode_FromString(tt_version_string());
}

static PyMethodDef functions[] = {
    {"eval", eval, METH_VARARGS, "eval(result, gold) -> dict of scores"},
    {"read_result", core_result_read, METH_O, "read_result(path) -> Result"},
    {"check", core_index_findings, METH_O, "check(path) -> list of what is wrong with an index"},
    {"repair", core_index_repair, METH_VARARGS, "repair(path, new_path, options) -> dict"},
    {"align", core_align, METH_VARARGS, "align(a, b, min_tokens) -> (passages, differences)"},
    {"parse_time", parse_time, METH_VARARGS,
     "parse_time(text) -> microseconds since 1970, or None"},
    {"version", version, METH_NOARGS, "version() -> version of the library"},
    {"option_list", core_option_list, METH_NOARGS,
     "option_list() -> (name, type, least, most, words, in_results, index_order), ..."},
    {"next_rows", core_rows_next, METH_O, "next_rows(capsule) -> list of dicts, or None"},
    {"seed_partitions", core_seed_partitions, METH_O, "seed_partitions(tokens) -> int"},
    {"stage_columns", core_stage_columns, METH_O, "stage_columns(name) -> (takes, gives)"},
    {NULL, NULL, 0, NULL}};

/* The module, which lives as long as the process, owns them. */
PyObject *core_result_type, *core_index_type, *core_verdicts_type;

static int add_type(PyObject *module, const char *name, PyType_Spec *spec, PyObject **type)
{
    if (*type == NULL) /* else it was imported before */
        *type = PyType_FromSpec(spec);
    if (*type == NULL)
        return -1;
    Py_INCREF(*type);
    if (PyModule_AddObject(module, name, *type) != 0) {
        Py_DECREF(*type);
        return -1;
    }
    return 0;
}

static int add_types(PyObject *module)
{
    static PyObject *scan, *index_feed, *signatures, *texts, *stage;
    return add_type(module, "Scan", &core_scan_spec, &scan) != 0 ||
                   add_type(module, "Result", &core_result_spec, &core_result_type) != 0 ||
                   add_type(module, "Index", &core_index_spec, &core_index_type) != 0 ||
                   add_type(module, "IndexFeed", &core_index_feed_spec, &index_feed) != 0 ||
                   add_type(module, "Signatures", &core_signatures_spec, &signatures) != 0 ||
                   add_type(module, "Texts", &core_texts_spec, &texts) != 0 ||
                   add_type(module, "Verdicts", &core_verdicts_spec, &core_verdicts_type) != 0 ||
                   add_type(module, "Stage", &core_stage_spec, &stage) != 0
               ? -1
               : 0;
}

/* The types are those of the process, so that the module is in its main interpreter alone. It needs
 * no lock of the interpreter: a feed is one call's, an index lets one thread in at a time, and a
 * result never changes. */
static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, add_types},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static struct PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                        .m_name = "twicetold._core",
                                        .m_doc = "The C library; use the package twicetold.",
                                        .m_methods = functions,
                                        .m_slots = slots};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
