/* The library's options from a dict, as one, and what each of them takes. */
#include "core.h"

#include <stddef.h>

static int set_option(tt_options *to, const tt_option *option, PyObject *value)
{
    void *field = (char *)to + option->offset;
    switch (option->type) {
    case TT_OPTION_FLAGS:
    case TT_OPTION_COUNT: *(uint32_t *)field = (uint32_t)PyLong_AsUnsignedLong(value); break;
    case TT_OPTION_CHOICE:
    case TT_OPTION_SWITCH:
    case TT_OPTION_THREADS: *(int32_t *)field = (int32_t)PyLong_AsLong(value); break;
    case TT_OPTION_SIZE:
    case TT_OPTION_SEED: *(uint64_t *)field = PyLong_AsUnsignedLongLong(value); break;
    case TT_OPTION_RULE:
    case TT_OPTION_SHARE: *(double *)field = PyFloat_AsDouble(value); break;
    case TT_OPTION_PATH: *(const char **)field = PyBytes_AsString(value); break;
    }
    return PyErr_Occurred() != NULL ? -1 : 0;
}

int core_options_from_dict(tt_options *to, PyObject *dict)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    for (size_t i = 0; i < count; i++) {
        PyObject *value = PyDict_GetItemString(dict, options[i].python_name); /* borrowed */
        if (value != NULL && set_option(to, &options[i], value) != 0)
            return -1;
    }
    return 0;
}

/* Sets an item and releases the reference. @return 0: raised, here or in making the value */
static int set_item(PyObject *dict, const char *key, PyObject *value)
{
    const int good = value != NULL && PyDict_SetItemString(dict, key, value) == 0;
    Py_XDECREF(value);
    return good;
}

static PyObject *rule_value(double value)
{
    if (value < 0)
        return PyUnicode_FromString("off");
    return value == 0 ? PyUnicode_FromString("auto") : PyFloat_FromDouble(value);
}

/* The value of an option that is not flags, as a result's summary has it. */
static PyObject *option_value(const tt_options *o, const tt_option *option)
{
    const void *field = (const char *)o + option->offset;
    switch (option->type) {
    case TT_OPTION_RULE: return rule_value(*(const double *)field);
    case TT_OPTION_SHARE: return PyFloat_FromDouble(*(const double *)field);
    case TT_OPTION_SIZE:
    case TT_OPTION_SEED: return PyLong_FromUnsignedLongLong(*(const uint64_t *)field);
    case TT_OPTION_CHOICE:
        if (field == &o->keep && o->keep == TT_KEEP_SOURCE)
            return PyUnicode_FromFormat("source:%s", o->keep_sources);
        return PyUnicode_FromString(option->words[*(const int32_t *)field]);
    case TT_OPTION_SWITCH: return PyBool_FromLong(*(const int32_t *)field);
    default: return PyLong_FromUnsignedLong(*(const uint32_t *)field);
    }
}

PyObject *core_options_to_dict(const tt_options *o, int of_index)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    PyObject *d = PyDict_New();
    int good = d != NULL;
    for (size_t i = 0; good && i < count; i++) {
        const tt_option *option = &options[i];
        if (of_index ? option->index_order < 0 : !option->in_results)
            continue;
        if (option->type != TT_OPTION_FLAGS) {
            good = set_item(d, option->name, option_value(o, option));
            continue;
        }
        for (int bit = 0; good && option->words[bit] != NULL; bit++)
            good = set_item(d, option->words[bit], PyBool_FromLong((o->find >> bit & 1) != 0));
    }
    if (!good)
        Py_CLEAR(d);
    return d;
}

/* The words of a choice or of flags, as a tuple. */
static PyObject *words_of(const tt_option *option)
{
    Py_ssize_t count = 0;
    PyObject *words;
    while (option->words != NULL && option->words[count] != NULL)
        count++;
    words = PyTuple_New(count);
    for (Py_ssize_t i = 0; words != NULL && i < count; i++) {
        PyObject *word = PyUnicode_FromString(option->words[i]);
        if (word == NULL)
            Py_CLEAR(words);
        else
            (void)PyTuple_SetItem(words, i, word);
    }
    return words;
}

PyObject *core_option_list(PyObject *module, PyObject *unused)
{
    static const char *const types[] = {"flags", "count",  "size",    "seed", "rule",
                                        "share", "choice", "threads", "path", "switch"};
    size_t count;
    const tt_option *options = tt_option_list(&count);
    PyObject *list = PyList_New((Py_ssize_t)count);
    (void)module;
    (void)unused;
    for (size_t i = 0; list != NULL && i < count; i++) {
        const tt_option *o = &options[i];
        PyObject *words = words_of(o);
        PyObject *entry =
            words == NULL ? NULL
                          : Py_BuildValue("ssKKNii", o->python_name, types[o->type],
                                          (unsigned long long)o->min, (unsigned long long)o->max,
                                          words, (int)o->in_results, (int)o->index_order);
        if (entry == NULL)
            Py_CLEAR(list);
        else
            (void)PyList_SetItem(list, (Py_ssize_t)i, entry);
    }
    return list;
}
