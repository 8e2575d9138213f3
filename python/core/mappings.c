/*
 * Articles from Python mappings. A str is encoded, and the bytes are held until its batch is handed
 * on: the limited API of 3.9 does not give access to the bytes that a str may already hold.
 */
#include "feed.h"

#include <math.h>

/* Whether a value says that there is none: None, NaN, and what pandas has for it. */
static int is_missing(PyObject *value)
{
    static const char *const names[] = {"NAType", "NaTType"};
    PyObject *name;
    int missing = 0;
    if (value == Py_None)
        return 1;
    if (PyFloat_Check(value))
        return isnan(PyFloat_AsDouble(value));
    if (PyUnicode_Check(value) || PyLong_Check(value) || PyBytes_Check(value))
        return 0;
    name = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__name__");
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names && !missing; i++)
        missing = PyUnicode_CompareWithASCIIString(name, names[i]) == 0;
    Py_XDECREF(name);
    PyErr_Clear();
    return missing;
}

/* The value of a key, as a new reference; NULL where there is none, or with an exception. Counts
 * the rows that have the key. */
static PyObject *get_value(PyObject *row, PyObject *key, uint64_t *having)
{
    PyObject *value;
    if (key == Py_None)
        return NULL;
    if (PyDict_Check(row)) {
#ifdef Py_GIL_DISABLED /* another thread may take a borrowed value out of the dict */
        (void)PyDict_GetItemRef(row, key, &value);
#else
        value = PyDict_GetItemWithError(row, key);
        Py_XINCREF(value);
#endif
    } else {
        value = PyObject_GetItem(row, key);
        if (value == NULL && PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_Clear();
    }
    if (value == NULL)
        return NULL;
    (*having)++;
    if (is_missing(value)) {
        Py_DECREF(value);
        return NULL;
    }
    return value;
}

/* The bytes of a str or bytes object, held until the batch is handed on. Takes the reference.
 * @return 1; 0: it is neither, or not UTF-8, as *reason says; -1: raised */
static int hold_bytes(feed *f, PyObject *value, const char **bytes, size_t *size,
                      const char **reason)
{
    PyObject *held;
    if (PyBytes_Check(value)) {
        held = value;
    } else if (PyUnicode_Check(value)) {
        held = PyUnicode_AsUTF8String(value);
        Py_DECREF(value);
        if (held == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
            PyErr_Clear();
            *reason = "id or text is not valid UTF-8";
            return 0;
        }
    } else {
        Py_DECREF(value);
        *reason = "text is not a string";
        return 0;
    }
    if (f->batch->held == NULL)
        f->batch->held = PyList_New(0);
    if (held == NULL || f->batch->held == NULL || PyList_Append(f->batch->held, held) != 0) {
        Py_XDECREF(held);
        return -1;
    }
    *bytes = PyBytes_AsString(held);
    *size = (size_t)PyBytes_Size(held);
    Py_DECREF(held);
    return 1;
}

static int is_uuid(PyObject *value)
{
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__name__");
    const int is = name != NULL && PyUnicode_CompareWithASCIIString(name, "UUID") == 0;
    Py_XDECREF(name);
    PyErr_Clear();
    return is;
}

/* An id that is a whole number, also as a float; NULL where it is none, or with an exception. */
static PyObject *whole_number(PyObject *value)
{
    PyObject *integer;
    if (PyBool_Check(value))
        return NULL;
    if (PyFloat_Check(value)) {
        const double number = PyFloat_AsDouble(value);
        return number == floor(number) && fabs(number) <= 9007199254740992.0 /* 2^53 */
                   ? PyLong_FromDouble(number)
                   : NULL;
    }
    integer = PyNumber_Index(value);
    if (integer == NULL && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Clear();
    return integer;
}

/* Like hold_bytes(), but also for whole numbers, whose digits are held, and UUIDs. */
static int hold_id(feed *f, PyObject *value, tt_article *a, const char **reason)
{
    PyObject *integer, *digits;
    int held;
    if (PyUnicode_Check(value) || PyBytes_Check(value))
        return hold_bytes(f, value, &a->id, &a->id_size, reason);
    if (is_uuid(value)) {
        digits = PyObject_Str(value);
        Py_DECREF(value);
        return digits == NULL ? -1 : hold_bytes(f, digits, &a->id, &a->id_size, reason);
    }
    integer = whole_number(value);
    if (integer == NULL) {
        *reason = PyBool_Check(value) ? "id is true or false; a string or a whole number is needed"
                  : PyFloat_Check(value) ? "id is not a whole number"
                                         : "id is neither a string nor a whole number";
        Py_DECREF(value);
        return PyErr_Occurred() ? -1 : 0;
    }
    Py_DECREF(value);
    digits = PyObject_Str(integer);
    Py_DECREF(integer);
    if (digits == NULL)
        return -1;
    held = hold_bytes(f, digits, &a->id, &a->id_size, reason);
    a->flags |= TT_ARTICLE_INTEGER_ID;
    return held;
}

/* Reads a str or what has isoformat(): a datetime, date or pandas.Timestamp. @return 0, or -1:
 * raised */
static int read_time(PyObject *value, int64_t *out)
{
    PyObject *text = PyUnicode_Check(value) ? (Py_INCREF(value), value)
                                            : PyObject_CallMethod(value, "isoformat", NULL);
    PyObject *bytes;
    Py_DECREF(value);
    bytes = text == NULL ? NULL : PyUnicode_AsUTF8String(text);
    Py_XDECREF(text);
    if (bytes == NULL) { /* not a time, like text that is not one */
        if (!PyErr_ExceptionMatches(PyExc_AttributeError) &&
            !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    *out = tt_time_parse(PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
    Py_DECREF(bytes);
    return 0;
}

typedef struct keys {
    PyObject *id, *text, *source, *title, *published; /* Py_None: not read */
    uint64_t with_id, with_text, with_others;         /* rows that have the key */
    uint64_t asked_for_text;                          /* rows */
    PyObject *first;                                  /* row */
} keys;

/* Fills an article from a row. @return 1; 0: *reason says why not; -1: raised */
static int read_mapping(feed *f, PyObject *row, keys *k, tt_article *a, const char **reason)
{
    PyObject *value = get_value(row, k->id, &k->with_id);
    int status = 1;
    if (value != NULL)
        status = hold_id(f, value, a, reason);
    else if (!PyErr_Occurred())
        core_feed_name_by_row(f, a, k->id == Py_None);
    if (status != 1 || PyErr_Occurred())
        return PyErr_Occurred() ? -1 : status;
    k->asked_for_text++;
    value = get_value(row, k->text, &k->with_text);
    if (value == NULL) {
        *reason = "no text";
        return PyErr_Occurred() ? -1 : 0;
    }
    status = hold_bytes(f, value, &a->text, &a->text_size, reason);
    if (status != 1)
        return status;
    value = get_value(row, k->source, &k->with_others);
    if (value != NULL && hold_bytes(f, value, &a->source, &a->source_size, reason) < 0)
        return -1;
    value = PyErr_Occurred() ? NULL : get_value(row, k->title, &k->with_others);
    if (value != NULL && hold_bytes(f, value, &a->title, &a->title_size, reason) < 0)
        return -1;
    value = PyErr_Occurred() ? NULL : get_value(row, k->published, &k->with_others);
    if (value != NULL && read_time(value, &a->published) != 0)
        return -1;
    return PyErr_Occurred() ? -1 : 1;
}

static int add_mapping(feed *f, PyObject *row, keys *k)
{
    const char *reason = "";
    tt_article *a;
    int status;
    if (!PyDict_Check(row) && (!PyMapping_Check(row) || PyUnicode_Check(row) || PyList_Check(row) ||
                               PyTuple_Check(row))) {
        PyErr_Format(PyExc_TypeError, "article %llu is not a mapping but %R",
                     (unsigned long long)f->rows, (PyObject *)Py_TYPE(row));
        return -1;
    }
    if (k->first == NULL) {
        Py_INCREF(row);
        k->first = row;
    }
    if (core_feed_add_row(f) != 0)
        return -1;
    a = core_feed_next_article(f, f->rows - 1);
    status = read_mapping(f, row, k, a, &reason);
    if (status == 0)
        return core_feed_reject(f, f->rows - 1, NULL, a, TT_EFORMAT, reason);
    return status < 0 ? -1 : core_feed_push(f);
}

/* Raises that no row has a key, and which keys the first has. @return -1 */
static int fail_for_key(const keys *k, PyObject *key)
{
    PyObject *have = PyMapping_Keys(k->first);
    PyObject *message =
        have == NULL
            ? NULL
            : PyUnicode_FromFormat("no article has the field %R; the fields of the first are %R",
                                   key, have);
    PyObject *bytes = message == NULL ? NULL : PyUnicode_AsUTF8String(message);
    if (bytes != NULL)
        (void)core_raise_text(TT_EINVAL, UINT64_MAX, "%s", PyBytes_AsString(bytes));
    Py_XDECREF(bytes);
    Py_XDECREF(message);
    Py_XDECREF(have);
    return -1;
}

/* add_rows(iterable, id, text, source, title, published, id_needed) */
PyObject *core_feed_add_mappings(PyObject *self, PyObject *args)
{
    feed *f = (feed *)self;
    PyObject *iterable, *iterator, *row;
    keys k = {0};
    int id_needed, failed = 0;
    if (!PyArg_ParseTuple(args, "OOOOOOp", &iterable, &k.id, &k.text, &k.source, &k.title,
                          &k.published, &id_needed))
        return NULL;
    iterator = PyObject_GetIter(iterable);
    if (iterator == NULL || core_feed_begin(f) != 0) {
        Py_XDECREF(iterator);
        return NULL;
    }
    while (!failed && (row = PyIter_Next(iterator)) != NULL) {
        failed = add_mapping(f, row, &k);
        Py_DECREF(row);
    }
    failed = failed || PyErr_Occurred();
    if (!failed && k.asked_for_text > 0 && k.with_text == 0)
        failed = fail_for_key(&k, k.text);
    else if (!failed && k.first != NULL && id_needed && k.with_id == 0)
        failed = fail_for_key(&k, k.id);
    failed = failed || core_feed_flush(f, 0) != 0;
    Py_XDECREF(k.first);
    Py_DECREF(iterator);
    return core_feed_end(f, failed);
}
