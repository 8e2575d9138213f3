/* The library's options from a dict and as one. */
#include "core.h"

#include <stddef.h>

typedef struct option {
    const char *name;
    char kind; /* u, i: 32 bits; U: 64 bits; d: double; s: bytes, borrowed from the dict */
    size_t offset;
} option;

#define AT(field) offsetof(tt_options, field)
static const option options[] = {
    {"find", 'u', AT(find)},
    {"shingle_tokens", 'u', AT(shingle_tokens)},
    {"num_hashes", 'u', AT(num_hashes)},
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
    {"memory", 'U', AT(memory_limit)},
    {"temp_dir", 's', AT(temp_dir)},
};

static int set_option(tt_options *to, const option *from, PyObject *value)
{
    char *field = (char *)to + from->offset;
    switch (from->kind) {
    case 'u': *(uint32_t *)field = (uint32_t)PyLong_AsUnsignedLong(value); break;
    case 'i': *(int32_t *)field = (int32_t)PyLong_AsLong(value); break;
    case 'U': *(uint64_t *)field = PyLong_AsUnsignedLongLong(value); break;
    case 's': *(const char **)field = PyBytes_AsString(value); break;
    default: *(double *)field = PyFloat_AsDouble(value); break;
    }
    return PyErr_Occurred() != NULL ? -1 : 0;
}

int core_options_from_dict(tt_options *to, PyObject *dict)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        PyObject *value = PyDict_GetItemString(dict, options[i].name); /* borrowed */
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

static PyObject *rule(double value)
{
    if (value < 0)
        return PyUnicode_FromString("off");
    return value == 0 ? PyUnicode_FromString("auto") : PyFloat_FromDouble(value);
}

static PyObject *keep(const tt_options *o)
{
    static const char *const names[] = {"longest", "first", "newest"};
    if (o->keep == TT_KEEP_SOURCE)
        return PyUnicode_FromFormat("source:%s", o->keep_sources);
    return PyUnicode_FromString(names[o->keep]);
}

PyObject *core_options_to_dict(const tt_options *o)
{
    static const char *const paragraphs[] = {"auto", "line", "blank", "none"};
    PyObject *d = PyDict_New();
    if (d == NULL ||
        !(set_item(d, "pairs", PyBool_FromLong((o->find & TT_FIND_PAIRS) != 0)) &&
          set_item(d, "clusters", PyBool_FromLong((o->find & TT_FIND_CLUSTERS) != 0)) &&
          set_item(d, "sections", PyBool_FromLong((o->find & TT_FIND_SECTIONS) != 0)) &&
          set_item(d, "series", PyBool_FromLong((o->find & TT_FIND_SERIES) != 0)) &&
          set_item(d, "resemblance", rule(o->resemblance)) &&
          set_item(d, "containment", rule(o->containment)) &&
          set_item(d, "overlap", rule(o->overlap)) && set_item(d, "facts", rule(o->facts)) &&
          set_item(d, "min_section", PyLong_FromUnsignedLong(o->min_section)) &&
          set_item(d, "keep", keep(o)) && set_item(d, "drop", PyFloat_FromDouble(o->drop)) &&
          set_item(d, "max_matches", PyLong_FromUnsignedLong(o->max_matches)) &&
          set_item(d, "shingle_tokens", PyLong_FromUnsignedLong(o->shingle_tokens)) &&
          set_item(d, "hashes", PyLong_FromUnsignedLong(o->num_hashes)) &&
          set_item(d, "bands", PyLong_FromUnsignedLong(o->bands)) &&
          set_item(d, "seed", PyLong_FromUnsignedLongLong(o->seed)) &&
          set_item(d, "paragraphs", PyUnicode_FromString(paragraphs[o->paragraphs])) &&
          set_item(d, "max_article_bytes", PyLong_FromUnsignedLongLong(o->max_article_bytes)))) {
        Py_XDECREF(d);
        return NULL;
    }
    return d;
}
