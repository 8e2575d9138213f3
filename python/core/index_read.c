/* What an index has: its articles, one or in order, what else is like one of them, its stories and
 * the decisions about them, as dicts. */
#include "core.h"
#include "verdicts.h"

#include <string.h>

/* ==== Values ================================================================================== */

static PyObject *text_object(const char *text, size_t size)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "surrogateescape");
}

static PyObject *id_object(const tt_id *id)
{
    PyObject *text = text_object(id->bytes, id->size), *number;
    if (text == NULL || text == Py_None || (id->flags & TT_ARTICLE_INTEGER_ID) == 0)
        return text;
    number = PyNumber_Long(text);
    Py_DECREF(text);
    return number;
}

PyObject *core_time_or_none(int64_t micros)
{
    if (micros == TT_NO_TIME)
        Py_RETURN_NONE;
    return PyLong_FromLongLong(micros);
}

static PyObject *number_object(double value)
{
    if (value != value) /* NAN */
        Py_RETURN_NONE;
    return PyFloat_FromDouble(value);
}

static PyObject *verdict_object(const tt_verdict *v)
{
    if (v == NULL)
        Py_RETURN_NONE;
    return Py_BuildValue(
        "{sssNszsNsNsNsNsNsNsIsK}", "verdict", tt_verdict_kind_name((tt_verdict_kind)v->kind), "of",
        id_object(&v->of), "relation",
        v->relation < 0 ? NULL : tt_relation_name((tt_relation)v->relation), "resemblance",
        number_object(v->resemblance), "containment", number_object(v->containment),
        "containment_of", number_object(v->containment_of), "overlap", number_object(v->overlap),
        "overlap_of", number_object(v->overlap_of), "facts", number_object(v->facts), "conflicts",
        (unsigned)v->conflicts, "new_tokens", (unsigned long long)v->new_tokens);
}

/* 0: there is none. */
static PyObject *moment_or_none(int64_t micros)
{
    return core_time_or_none(micros == 0 ? TT_NO_TIME : micros);
}

static PyObject *article_object(const tt_index_article *a)
{
    return Py_BuildValue(
        "{sNsNsNsNsNsNsNsNsNsNsKsNsNsKsKsKsNsNsO}", "id", id_object(&a->id), "title",
        text_object(a->title, a->title_size), "text", text_object(a->text, a->text_size), "source",
        text_object(a->source_size == 0 ? NULL : a->source, a->source_size), "version",
        text_object(a->version_size == 0 ? NULL : a->version, a->version_size), "language",
        text_object(a->language_size == 0 ? NULL : a->language, a->language_size), "pubstatus",
        text_object(a->pubstatus_size == 0 ? NULL : a->pubstatus, a->pubstatus_size), "embargoed",
        moment_or_none(a->embargoed), "expires", moment_or_none(a->expires), "replacing",
        id_object(&a->replacing), "number", (unsigned long long)a->number, "published",
        core_time_or_none(a->published), "arrival", core_time_or_none(a->arrival), "tokens",
        (unsigned long long)a->token_count, "bytes", (unsigned long long)a->text_size, "story",
        (unsigned long long)a->story, "verdict", verdict_object(a->verdict), "decision",
        a->decision == TT_DECISION_NONE
            ? text_object(NULL, 0)
            : PyUnicode_FromString(tt_decision_kind_name((tt_decision_kind)a->decision)),
        "withdrawn", a->withdrawn ? Py_True : Py_False);
}

/* A callback of the library appends to a list; it is called without the GIL. */
static int append_object(PyObject *list, PyObject *(*make)(const void *), const void *from)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *made = make(from);
    const int failed = made == NULL || PyList_Append(list, made) != 0 || PyErr_CheckSignals() != 0;
    Py_XDECREF(made);
    PyGILState_Release(state);
    return failed;
}

static PyObject *listed_article(const void *from)
{
    return article_object(from);
}

static int append_article(void *ctx, const tt_index_article *article)
{
    return append_object(ctx, listed_article, article);
}

/* ==== Articles ================================================================================ */

/* The open index of a method and the id it is given. @return 0, or -1: raised */
static int read_id(PyObject *self, PyObject *args, tt_id *id)
{
    const char *bytes;
    Py_ssize_t size;
    int integer;
    if (!PyArg_ParseTuple(args, "(y#p)", &bytes, &size, &integer) ||
        core_index_require_open((index_object *)self) != 0)
        return -1;
    *id = (tt_id){bytes, (size_t)size, integer ? TT_ARTICLE_INTEGER_ID : 0, 0};
    return 0;
}

PyObject *core_index_get(PyObject *self, PyObject *args)
{
    tt_index_article article;
    tt_error error = {0};
    tt_status status;
    tt_id id;
    if (read_id(self, args, &id) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_get(((index_object *)self)->index, &id, &article, &error);
    Py_END_ALLOW_THREADS;
    if (status != TT_OK)
        return core_raise(&error);
    if (article.number == 0)
        Py_RETURN_NONE;
    return article_object(&article);
}

/* The list that a call filled; NULL with the exception of the callback, or else of the call. */
static PyObject *filled_list(PyObject *list, tt_status status, const tt_error *error)
{
    if (status == TT_OK)
        return list;
    Py_DECREF(list);
    return PyErr_Occurred() ? NULL : core_raise(error);
}

PyObject *core_index_list(PyObject *self, PyObject *args)
{
    index_object *object = (index_object *)self;
    unsigned flags;
    unsigned long long after, most;
    tt_error error = {0};
    tt_status status;
    PyObject *list;
    if (!PyArg_ParseTuple(args, "IKK", &flags, &after, &most) ||
        core_index_require_open(object) != 0 || (list = PyList_New(0)) == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_list(object->index, flags, after, most, append_article, list, &error);
    Py_END_ALLOW_THREADS;
    return filled_list(list, status, &error);
}

PyObject *core_index_matches(PyObject *self, PyObject *args)
{
    tt_error error = {0};
    tt_status status;
    tt_id id;
    verdicts *v;
    if (read_id(self, args, &id) != 0)
        return NULL;
    v = core_verdicts_new(0, 1);
    if (v == NULL)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_matches(((index_object *)self)->index, &id, core_verdicts_append, v, &error);
    Py_END_ALLOW_THREADS;
    if (status == TT_OK)
        return core_verdicts_object(v);
    core_verdicts_release(v);
    return status == TT_ESTOPPED ? PyErr_NoMemory() : core_raise(&error);
}

/* ==== Stories and decisions =================================================================== */

PyObject *core_index_story(PyObject *self, PyObject *number)
{
    index_object *object = (index_object *)self;
    const unsigned long long wanted = PyLong_AsUnsignedLongLong(number);
    tt_index_story story;
    tt_error error = {0};
    tt_status status;
    if (PyErr_Occurred() || core_index_require_open(object) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_story_get(object->index, wanted, &story, &error);
    Py_END_ALLOW_THREADS;
    if (status != TT_OK)
        return core_raise(&error);
    if (story.number == 0)
        Py_RETURN_NONE;
    return Py_BuildValue(
        "{sKsNsNsKsK}", "number", (unsigned long long)story.number, "first",
        id_object(&story.first), "source",
        text_object(story.source_size == 0 ? NULL : story.source, story.source_size), "sources",
        (unsigned long long)story.source_count, "articles",
        (unsigned long long)story.article_count);
}

PyObject *core_index_decide(PyObject *self, PyObject *args)
{
    index_object *object = (index_object *)self;
    const char *id, *of, *who;
    Py_ssize_t id_size, of_size, who_size;
    int id_integer, of_integer, kind;
    long long time;
    unsigned long long last = 0;
    uint64_t number = 0;
    tt_index_decision decision = {0};
    tt_error error = {0};
    tt_status status;
    if (!PyArg_ParseTuple(args, "(y#p)(z#p)is#L", &id, &id_size, &id_integer, &of, &of_size,
                          &of_integer, &kind, &who, &who_size, &time) ||
        core_index_require_open(object) != 0)
        return NULL;
    decision.id = (tt_id){id, (size_t)id_size, id_integer ? TT_ARTICLE_INTEGER_ID : 0, 0};
    decision.of = (tt_id){of, (size_t)of_size, of_integer ? TT_ARTICLE_INTEGER_ID : 0, 0};
    decision.kind = kind;
    decision.who = who;
    decision.who_size = (size_t)who_size;
    decision.time = time;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_decide(object->index, &decision, 1, &number, &error);
    Py_END_ALLOW_THREADS;
    last = number;
    return status == TT_OK ? PyLong_FromUnsignedLongLong(last) : core_raise(&error);
}

static PyObject *listed_decision(const void *from)
{
    const tt_index_decision *d = from;
    return Py_BuildValue("{sKsNsssNsNsN}", "number", (unsigned long long)d->number, "id",
                         id_object(&d->id), "decision",
                         tt_decision_kind_name((tt_decision_kind)d->kind), "of", id_object(&d->of),
                         "who", text_object(d->who != NULL ? d->who : "", d->who_size), "time",
                         core_time_or_none(d->time));
}

static int append_decision(void *ctx, const tt_index_decision *decision)
{
    return append_object(ctx, listed_decision, decision);
}

PyObject *core_index_decisions(PyObject *self, PyObject *number)
{
    index_object *object = (index_object *)self;
    const unsigned long long after = PyLong_AsUnsignedLongLong(number);
    tt_error error = {0};
    tt_status status;
    PyObject *list;
    if (PyErr_Occurred() || core_index_require_open(object) != 0 || (list = PyList_New(0)) == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_decisions(object->index, after, append_decision, list, &error);
    Py_END_ALLOW_THREADS;
    return filled_list(list, status, &error);
}

/* ==== Repair ================================================================================== */

static PyObject *listed_finding(const void *from)
{
    return PyUnicode_DecodeUTF8(from, (Py_ssize_t)strlen(from), "replace");
}

static int append_finding(void *ctx, const char *finding)
{
    return append_object(ctx, listed_finding, finding);
}

PyObject *core_index_findings(PyObject *module, PyObject *path)
{
    const char *name = PyBytes_AsString(path);
    PyObject *list = name == NULL ? NULL : PyList_New(0);
    tt_error error = {0};
    tt_status status;
    (void)module;
    if (list == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_check(name, NULL, append_finding, list, NULL, &error);
    Py_END_ALLOW_THREADS;
    return filled_list(list, status, &error);
}

PyObject *core_index_repair(PyObject *module, PyObject *args)
{
    const char *path, *new_path;
    PyObject *dict, *list;
    tt_options options = TT_OPTIONS_INIT;
    tt_index_repaired repaired = {0};
    tt_error error = {0};
    tt_status status;
    (void)module;
    if (!PyArg_ParseTuple(args, "yyO!", &path, &new_path, &PyDict_Type, &dict) ||
        core_options_from_dict(&options, dict) != 0 || (list = PyList_New(0)) == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_index_repair(path, new_path, &options, append_finding, list, &repaired, &error);
    Py_END_ALLOW_THREADS;
    list = filled_list(list, status, &error);
    if (list == NULL)
        return NULL;
    return Py_BuildValue("{sKsKsOsN}", "kept", (unsigned long long)repaired.kept, "lost",
                         (unsigned long long)repaired.lost, "options_lost",
                         repaired.options_lost ? Py_True : Py_False, "findings", list);
}
