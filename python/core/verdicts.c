/* The type Verdicts. Its rows are kept as Arrow batches from the start: unlike a result, an index
 * changes and cannot be asked for them again. */
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What two articles have in common, of which one is `of`; append_comparison() fills the columns. */
#define COMPARISON                                                                                 \
  NULLABLE("of", "id"), NULLABLE("relation", "u"), NULLABLE("resemblance", "g"),                   \
      NULLABLE("containment", "g"), NULLABLE("containment_of", "g"), NULLABLE("overlap", "g"),     \
      NULLABLE("overlap_of", "g"), NULLABLE("facts", "g"), LEAF("conflicts", "l"),                 \
      PARENT("differ", "+l", difference_items)
#define PLACE LEAF("begin", "l"), LEAF("end", "l")
#define PLACE_OF LEAF("of_begin", "l"), LEAF("of_end", "l")

static const arrow_field difference_fields[] = {LEAF("kind", "u"), PLACE, PLACE_OF};
static const arrow_field difference_items[] = {PARENT("item", "+s", difference_fields)};
static const arrow_field section_fields[] = {PLACE, LEAF("article", "id"), PLACE_OF,
                                             NULLABLE("similarity", "g")};
static const arrow_field section_items[] = {PARENT("item", "+s", section_fields)};
static const arrow_field verdict_fields[] = {LEAF("id", "id"), LEAF("verdict", "u"), COMPARISON,
                                             LEAF("new_tokens", "l"),
                                             PARENT("sections", "+l", section_items)};
static const arrow_field passage_fields[] = {PLACE, PLACE_OF, NULLABLE("similarity", "g")};
static const arrow_field passage_items[] = {PARENT("item", "+s", passage_fields)};
static const arrow_field match_fields[] = {LEAF("id", "id"), COMPARISON, LEAF("admitted", "l"),
                                           PARENT("passages", "+l", passage_items)};

/* The tables: a row for each article, and one for each of its matches. */
enum { VERDICT_TABLE, MATCH_TABLE, VERDICT_TABLES };
static const arrow_field tables[VERDICT_TABLES] = {
    [VERDICT_TABLE] = PARENT("", "+s", verdict_fields),
    [MATCH_TABLE] = PARENT("", "+s", match_fields),
};

/* As many as the library has. */
enum { VERDICT_KINDS = 8 };

typedef struct batch_list {
    arrow_batch **batches;
    size_t count, capacity;
    uint64_t rows;
} batch_list;

struct verdicts {
    atomic_int references;
    batch_list lists[VERDICT_TABLES];
    uint64_t counts[VERDICT_KINDS];
    id_kinds ids;
    const char *id_format; /* NULL until all rows are there */
    int failed;            /* errno */
    int lists_matches;     /* ids of articles begin with a MATCH_PREFIX */
    int excludes_self;     /* of matches, those with the article that has the same id */
};

typedef struct verdicts_object {
    PyObject_HEAD verdicts *verdicts;
} verdicts_object;

verdicts *core_verdicts_new(int lists_matches, int excludes_self)
{
    verdicts *v = calloc(1, sizeof *v);
    if (v != NULL) {
        atomic_init(&v->references, 1);
        v->lists_matches = lists_matches;
        v->excludes_self = excludes_self;
    }
    return v;
}

void core_verdicts_release(verdicts *v)
{
    if (v == NULL || atomic_fetch_sub(&v->references, 1) != 1)
        return;
    for (int k = 0; k < VERDICT_TABLES; k++) {
        for (size_t i = 0; i < v->lists[k].count; i++)
            arrow_batch_release(v->lists[k].batches[i]);
        free(v->lists[k].batches);
    }
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

typedef struct comparison {
    tt_id of;
    double numbers[6];
    const tt_difference *differences;
    size_t difference_count;
    uint32_t conflicts;
    int32_t relation; /* -1: none */
} comparison;

/* Of a tt_verdict or a tt_match. */
#define COMPARISON_OF(x)                                                                           \
  {                                                                                                \
    x->of,                                                                                         \
        {x->resemblance, x->containment, x->containment_of, x->overlap, x->overlap_of, x->facts},  \
        x->differences, x->difference_count, x->conflicts, x->relation                             \
  }

/* @return the column after those of COMPARISON, which begin at `c` */
static arrow_column *append_comparison(verdicts *v, arrow_batch *batch, arrow_column *c,
                                       const comparison *x)
{
    append_verdict_id(v, batch, c++, &x->of);
    if (x->relation < 0)
        append_null(batch, c++);
    else
        append_word(batch, c++, tt_relation_name((tt_relation)x->relation));
    for (size_t i = 0; i < sizeof x->numbers / sizeof *x->numbers; i++)
        append_double(batch, c++, x->numbers[i]);
    append_int64(batch, c++, x->conflicts);
    append_differences(batch, c++, x->differences, x->difference_count);
    return c;
}

/* Passages are those of one other article, which sections name each. */
static void append_repeats(verdicts *v, arrow_batch *batch, arrow_column *list,
                           const tt_repeat *repeats, size_t count)
{
    arrow_column *item = &list->children[0];
    const int names_article = item->child_count == sizeof section_fields / sizeof *section_fields;
    for (size_t k = 0; k < count; k++) {
        const tt_repeat *r = &repeats[k];
        arrow_column *c = item->children;
        append_int64(batch, c++, r->begin);
        append_int64(batch, c++, r->end);
        if (names_article)
            append_verdict_id(v, batch, c++, &r->article);
        append_int64(batch, c++, r->of_begin);
        append_int64(batch, c++, r->of_end);
        append_double(batch, c++, r->similarity);
        item->length++;
        batch->bytes += sizeof *r;
    }
    append_list(batch, list);
}

static void append_verdict(verdicts *v, arrow_batch *batch, const tt_verdict *x)
{
    const comparison common = COMPARISON_OF(x);
    arrow_column *c = batch->root.children;
    append_verdict_id(v, batch, c++, &x->id);
    append_word(batch, c++, tt_verdict_kind_name((tt_verdict_kind)x->kind));
    c = append_comparison(v, batch, c, &common);
    append_int64(batch, c++, x->new_tokens);
    append_repeats(v, batch, c, x->sections, x->section_count);
    v->counts[x->kind]++;
    (void)arrow_batch_end_row(batch);
}

static void append_match(verdicts *v, arrow_batch *batch, const tt_id *id, const tt_match *m)
{
    const comparison common = COMPARISON_OF(m);
    arrow_column *c = batch->root.children;
    append_verdict_id(v, batch, c++, id);
    c = append_comparison(v, batch, c, &common);
    append_int64(batch, c++, (uint64_t)m->admitted);
    append_repeats(v, batch, c, m->passages, m->passage_count);
    (void)arrow_batch_end_row(batch);
}

static int same_ids(const tt_id *a, const tt_id *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* The batch of a table that the next row goes into. NULL: out of memory */
static arrow_batch *batch_for_row(batch_list *list, int kind)
{
    arrow_batch *batch = list->count > 0 ? list->batches[list->count - 1] : NULL;
    if (batch != NULL && !arrow_batch_is_full(batch))
        return batch;
    if (core_reserve(&list->batches, &list->capacity, list->count + 1, sizeof batch) != 0)
        return NULL;
    batch = arrow_batch_new(&tables[kind], "u");
    if (batch != NULL)
        list->batches[list->count++] = batch;
    return batch;
}

static void append_verdict_and_matches(verdicts *v, const tt_verdict *given)
{
    tt_verdict named = *given;
    const tt_verdict *x = &named;
    arrow_batch *batch = batch_for_row(&v->lists[VERDICT_TABLE], VERDICT_TABLE);
    if (v->lists_matches && named.id.size > 0) {
        named.id.flags = *named.id.bytes == MATCH_PREFIX_INTEGER ? TT_ARTICLE_INTEGER_ID : 0;
        named.id.bytes++;
        named.id.size--;
    }
    if (batch != NULL)
        append_verdict(v, batch, x);
    v->failed = batch == NULL ? ENOMEM : batch->failed;
    v->lists[VERDICT_TABLE].rows++;
    for (size_t k = 0; k < x->match_count && v->failed == 0; k++) {
        const tt_match *m = &x->matches[k];
        if (v->excludes_self && same_ids(&x->id, &m->of))
            continue;
        batch = batch_for_row(&v->lists[MATCH_TABLE], MATCH_TABLE);
        if (batch != NULL)
            append_match(v, batch, &x->id, m);
        v->failed = batch == NULL ? ENOMEM : batch->failed;
        v->lists[MATCH_TABLE].rows++;
    }
}

int core_verdicts_append(void *ctx, const tt_verdict *list, size_t count)
{
    verdicts *v = ctx;
    for (size_t i = 0; i < count && v->failed == 0; i++)
        append_verdict_and_matches(v, &list[i]);
    return v->failed;
}

/* ==== The type ================================================================================ */

static int next_batch(const stream_source *source, uint64_t rows, uint64_t batches,
                      arrow_batch **out, tt_error *error)
{
    const verdicts *v = source->owner;
    const batch_list *list = &v->lists[source->kind];
    (void)rows;
    (void)error;
    if (batches < list->count) {
        *out = list->batches[batches];
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
    stream_source source = {NULL, v->id_format, 0, v, release_owner, next_batch};
    int kind;
    if (!PyArg_ParseTuple(args, "i", &kind))
        return NULL;
    if (kind < 0 || kind >= VERDICT_TABLES)
        return core_raise_text(TT_EINVAL, UINT64_MAX, "there is no such table");
    source.table = &tables[kind];
    source.kind = kind;
    (void)atomic_fetch_add(&v->references, 1);
    return core_stream_capsule(&source);
}

static PyObject *verdicts_counts(PyObject *self, PyObject *nothing)
{
    const verdicts *v = ((verdicts_object *)self)->verdicts;
    PyObject *dict = PyDict_New();
    (void)nothing;
    for (int k = 0; dict != NULL && k <= TT_VERDICT_CORRECTION; k++) {
        PyObject *count = PyLong_FromUnsignedLongLong(v->counts[k]);
        if (count == NULL ||
            PyDict_SetItemString(dict, tt_verdict_kind_name((tt_verdict_kind)k), count) != 0)
            Py_CLEAR(dict);
        Py_XDECREF(count);
    }
    return dict;
}

static PyObject *verdicts_matches(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    return PyLong_FromUnsignedLongLong(
        ((verdicts_object *)self)->verdicts->lists[MATCH_TABLE].rows);
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
    for (int k = 0; k < VERDICT_TABLES; k++)
        for (size_t i = 0; i < v->lists[k].count; i++) {
            arrow_batch *batch = v->lists[k].batches[i];
            arrow_batch_convert_ids(batch, &tables[k], v->id_format);
            v->failed = v->failed != 0 ? v->failed : batch->failed;
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
    {"stream", verdicts_stream, METH_VARARGS, "stream(table) -> capsule of an Arrow stream"},
    {"matches", verdicts_matches, METH_NOARGS, "matches() -> rows of table 1"},
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
