/* The type Texts: a feed of which the texts of some articles are kept, by their ids as they are
 * named here, for passages to be shown. */
#include "feed.h"

typedef struct texts_object {
    feed feed;
    PyObject *wanted; /* a set of bytes, or None: all */
    PyObject *found;  /* a dict of bytes */
} texts_object;

static int keep_text(const texts_object *x, const tt_article *a)
{
    PyObject *id = PyBytes_FromStringAndSize(a->id, (Py_ssize_t)a->id_size), *text = NULL;
    int wanted = id == NULL ? -1 : x->wanted == Py_None ? 1 : PySet_Contains(x->wanted, id);
    if (wanted > 0) {
        text = PyBytes_FromStringAndSize(a->text, (Py_ssize_t)a->text_size);
        wanted = text == NULL ? -1 : PyDict_SetItem(x->found, id, text);
    }
    Py_XDECREF(text);
    Py_XDECREF(id);
    return wanted < 0 ? -1 : 0;
}

static tt_status keep_texts(feed *f, tt_error *error)
{
    const texts_object *x = (const texts_object *)f;
    const batch *t = f->batch;
    int failed = 0;
    core_acquire_gil(&f->call);
    for (size_t i = 0; i < t->count && !failed; i++) {
        f->batch->statuses[i] = TT_OK;
        failed = keep_text(x, &t->articles[i]);
    }
    f->call.raised = failed != 0;
    core_release_gil(&f->call);
    if (failed)
        *error = (tt_error){TT_ENOMEM, UINT64_MAX, "out of memory"};
    return failed ? TT_ENOMEM : TT_OK;
}

static void texts_dealloc(PyObject *self)
{
    texts_object *x = (texts_object *)self;
    Py_XDECREF(x->wanted);
    Py_XDECREF(x->found);
    core_feed_free(&x->feed);
    core_free_object(self);
}

/* Texts(wanted) */
static PyObject *texts_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *wanted;
    texts_object *x;
    (void)names;
    if (!PyArg_ParseTuple(args, "O", &wanted))
        return NULL;
    x = core_new_object(type);
    if (x == NULL)
        return NULL;
    Py_INCREF(wanted);
    x->wanted = wanted;
    x->found = PyDict_New();
    if (x->found != NULL && core_feed_init(&x->feed, keep_texts, Py_None) == 0)
        return (PyObject *)x;
    Py_DECREF((PyObject *)x);
    return NULL;
}

static PyObject *texts_finish(PyObject *self, PyObject *nothing)
{
    PyObject *found = ((texts_object *)self)->found;
    (void)nothing;
    Py_INCREF(found);
    return found;
}

/* The passages and conflicts of an alignment as lists of tuples. */
static PyObject *describe_alignment(const tt_alignment *alignment)
{
    size_t passages, differences;
    const tt_passage *p = tt_alignment_passages(alignment, &passages);
    const tt_difference *d = tt_alignment_differences(alignment, &differences);
    PyObject *list = PyList_New(0), *others = PyList_New(0), *item;
    int failed = list == NULL || others == NULL;
    for (size_t i = 0; i < passages && !failed; i++) {
        item =
            Py_BuildValue("KKKK", (unsigned long long)p[i].begin_a, (unsigned long long)p[i].end_a,
                          (unsigned long long)p[i].begin_b, (unsigned long long)p[i].end_b);
        failed = item == NULL || PyList_Append(list, item) != 0;
        Py_XDECREF(item);
    }
    for (size_t i = 0; i < differences && !failed; i++) {
        item = Py_BuildValue("sKKKK", tt_difference_kind_name((tt_difference_kind)d[i].kind),
                             (unsigned long long)d[i].begin_a, (unsigned long long)d[i].end_a,
                             (unsigned long long)d[i].begin_b, (unsigned long long)d[i].end_b);
        failed = item == NULL || PyList_Append(others, item) != 0;
        Py_XDECREF(item);
    }
    if (!failed)
        return Py_BuildValue("NN", list, others);
    Py_XDECREF(list);
    Py_XDECREF(others);
    return NULL;
}

PyObject *core_align(PyObject *module, PyObject *args)
{
    tt_article a = {.id = "a", .id_size = 1}, b = {.id = "b", .id_size = 1};
    tt_options options = TT_OPTIONS_INIT;
    tt_alignment *alignment = NULL;
    tt_error error = {0};
    PyObject *described;
    Py_ssize_t a_size, b_size;
    unsigned least;
    tt_status status;
    (void)module;
    if (!PyArg_ParseTuple(args, "y#y#I", &a.text, &a_size, &b.text, &b_size, &least))
        return NULL;
    a.text_size = (size_t)a_size;
    b.text_size = (size_t)b_size;
    Py_BEGIN_ALLOW_THREADS;
    status = tt_align(&alignment, &a, &b, &options, least, &error);
    Py_END_ALLOW_THREADS;
    if (status != TT_OK)
        return core_raise(&error);
    described = describe_alignment(alignment);
    tt_alignment_close(alignment);
    return described;
}

static PyMethodDef methods[] = {FEED_METHODS,
                                {"finish", texts_finish, METH_NOARGS, "finish() -> dict of bytes"},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = FEED_SLOTS(texts_new, texts_dealloc, methods);

PyType_Spec core_texts_spec = {.name = "twicetold._core.Texts",
                               .basicsize = sizeof(texts_object),
                               .flags = Py_TPFLAGS_DEFAULT,
                               .slots = slots};
