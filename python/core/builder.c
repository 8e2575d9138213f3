/*
 * The type Builder: articles from files, from Python mappings and from Arrow streams into a
 * tt_builder. Whatever the source, articles go to the library in batches, without the GIL; what it
 * does not take is noted with its row (its place in the input, from 0) and the run goes on.
 *
 * Text of an Arrow stream is handed on where it stands. Text of a str is encoded for the time of a
 * batch: the limited API of 3.9 gives no way to the bytes that a str may hold.
 */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS = 1 << 14, SHOWN_ID_BYTES = 100 };
static const size_t BATCH_BYTES = (size_t)32 << 20;

/* Articles on their way to the library. */
typedef struct batch {
    tt_article articles[BATCH_ROWS];
    tt_status statuses[BATCH_ROWS];
    uint64_t rows[BATCH_ROWS];
    char digits[BATCH_ROWS][24]; /* of integer ids */
    size_t count, bytes;
    PyObject *held; /* list of what the articles borrow from, or NULL */
} batch;

typedef struct builder_object {
    PyObject_HEAD tt_builder *builder;
    core_call call;
    batch *batch;
    PyObject *rejected; /* list of tuples (row, file, line, id, status, reason) */
    char *accepted;     /* a byte for each row, 1 accepted */
    size_t accepted_room;
    uint64_t rows; /* seen so far */
    double read_seconds;
    int reading; /* from files: the reader's bytes are the better measure of progress */
    int busy;
} builder_object;

/* ==== Options ================================================================================= */

static int builder_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    builder_object *b = ctx;
    if (b->reading && strcmp(stage, "text") == 0)
        return b->call.raised;
    return core_progress(&b->call, stage, done, total);
}

typedef struct option {
    const char *name;
    char kind; /* u, i: 32 bits; U: 64 bits; d: double */
    size_t offset;
} option;

#define AT(field) offsetof(tt_options, field)
static const option options[] = {
    {"find", 'u', AT(find)},
    {"shingle_tokens", 'u', AT(shingle_tokens)},
    {"hashes", 'u', AT(sketch_size)},
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
};

static int take_option(tt_options *to, const option *from, PyObject *value)
{
    char *field = (char *)to + from->offset;
    switch (from->kind) {
    case 'u': *(uint32_t *)field = (uint32_t)PyLong_AsUnsignedLong(value); break;
    case 'i': *(int32_t *)field = (int32_t)PyLong_AsLong(value); break;
    case 'U': *(uint64_t *)field = PyLong_AsUnsignedLongLong(value); break;
    default: *(double *)field = PyFloat_AsDouble(value); break;
    }
    return PyErr_Occurred() != NULL ? -1 : 0;
}

static int take_options(tt_options *to, PyObject *dict)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        PyObject *value = PyDict_GetItemString(dict, options[i].name); /* borrowed */
        if (value != NULL && take_option(to, &options[i], value) != 0)
            return -1;
    }
    return 0;
}

static tt_status open_builder(builder_object *b, PyObject *dict, PyObject *sources)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_error error = {0};
    if (take_options(&o, dict) != 0)
        return TT_EINVAL;
    if (sources != NULL)
        o.keep_sources = PyBytes_AsString(sources);
    o.progress = builder_progress;
    o.progress_ctx = b;
    if (tt_builder_open(&b->builder, &o, &error) == TT_OK)
        return TT_OK;
    (void)core_raise(&error);
    return error.status;
}

static void builder_dealloc(PyObject *self)
{
    builder_object *b = (builder_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    Py_BEGIN_ALLOW_THREADS tt_builder_close(b->builder);
    Py_END_ALLOW_THREADS if (b->batch != NULL) Py_XDECREF(b->batch->held);
    free(b->batch);
    free(b->accepted);
    Py_XDECREF(b->call.progress);
    Py_XDECREF(b->rejected);
    release(self);
    Py_DECREF(type);
}

static PyObject *builder_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *dict, *sources, *progress;
    builder_object *b;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    (void)names;
    if (!PyArg_ParseTuple(args, "O!OO", &PyDict_Type, &dict, &sources, &progress))
        return NULL;
    b = (builder_object *)make(type, 0);
    if (b == NULL)
        return NULL;
    if (progress != Py_None) {
        Py_INCREF(progress);
        b->call.progress = progress;
    }
    b->rejected = PyList_New(0);
    b->batch = calloc(1, sizeof *b->batch);
    if (b->batch == NULL && b->rejected != NULL)
        (void)PyErr_NoMemory();
    if (b->batch == NULL || b->rejected == NULL ||
        open_builder(b, dict, sources == Py_None ? NULL : sources) != TT_OK) {
        Py_DECREF((PyObject *)b);
        return NULL;
    }
    return (PyObject *)b;
}

/* ==== Rows and rejections ===================================================================== */

/* Counts a row, as one that is not accepted yet. @return 0, or -1: out of memory, and raised */
static int add_row(builder_object *b)
{
    if (b->rows == b->accepted_room) {
        const size_t room = b->accepted_room + b->accepted_room / 2 + 4096;
        char *grown = realloc(b->accepted, room);
        if (grown == NULL) {
            (void)PyErr_NoMemory();
            return -1;
        }
        b->accepted = grown;
        b->accepted_room = room;
    }
    b->accepted[b->rows++] = 0;
    return 0;
}

static PyObject *text_or_none(const char *text, size_t size)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "replace");
}

/* `record` is NULL where the input is not a file. @return 0, or -1: raised */
static int reject(builder_object *b, uint64_t row, const tt_record *record, const tt_article *a,
                  tt_status status, const char *reason)
{
    PyObject *file, *id, *why, *entry = NULL;
    int failed = 1;
    file = record == NULL ? text_or_none(NULL, 0) : PyUnicode_DecodeFSDefault(record->file);
    id = a == NULL || a->id_size == 0 ? text_or_none(NULL, 0) : text_or_none(a->id, a->id_size);
    why = text_or_none(reason, strlen(reason));
    if (file != NULL && id != NULL && why != NULL)
        entry = Py_BuildValue("KOKOsO", (unsigned long long)row, file,
                              (unsigned long long)(record == NULL ? 0 : record->line), id,
                              core_status_code(status), why);
    if (entry != NULL)
        failed = PyList_Append(b->rejected, entry);
    Py_XDECREF(entry);
    Py_XDECREF(file);
    Py_XDECREF(id);
    Py_XDECREF(why);
    return failed != 0 ? -1 : 0;
}

/* Why the library did not take an article. */
static void describe_refusal(const tt_article *a, tt_status status, char *to, size_t size)
{
    const char *quote = (a->flags & TT_ARTICLE_INTEGER_ID) != 0 ? "" : "\"";
    size_t shown = a->id_size < SHOWN_ID_BYTES ? a->id_size : SHOWN_ID_BYTES;
    while (shown > 0 && shown < a->id_size && ((unsigned char)a->id[shown] & 0xc0) == 0x80)
        shown--;
    switch (status) {
    case TT_EDUPLICATE:
        (void)snprintf(to, size, "id %s%.*s%s%s was seen before", quote, (int)shown, a->id,
                       shown < a->id_size ? "..." : "", quote);
        return;
    case TT_EFORMAT: (void)snprintf(to, size, "id or text is not valid UTF-8"); return;
    case TT_ELIMIT:
        (void)snprintf(to, size, "text of %zu bytes is over the limit", a->text_size);
        return;
    case TT_EINVAL: (void)snprintf(to, size, "no id"); return;
    default: (void)snprintf(to, size, "%s", tt_status_name(status)); return;
    }
}

/* Raises what a failed call left behind: an exception of the progress callback goes first. */
static int fail(builder_object *b, const tt_error *error)
{
    if (!b->call.raised)
        (void)core_raise(error);
    b->call.raised = 0;
    return -1;
}

/* A place for the next article, zeroed but for no time. */
static tt_article *next_article(builder_object *b, uint64_t row)
{
    batch *t = b->batch;
    tt_article *a = &t->articles[t->count];
    memset(a, 0, sizeof *a);
    a->published = TT_NO_TIME;
    t->rows[t->count] = row;
    return a;
}

static void name_by_row(builder_object *b, tt_article *a)
{
    char *digits = b->batch->digits[b->batch->count];
    a->id_size = (size_t)snprintf(digits, sizeof b->batch->digits[0], "%llu",
                                  (unsigned long long)b->batch->rows[b->batch->count]);
    a->id = digits;
    a->flags |= TT_ARTICLE_INTEGER_ID;
}

/* Hands the batch on. `records`: where its articles come from, by place, or NULL.
 * @return 0, or -1: raised */
static int flush(builder_object *b, const tt_record *const *records)
{
    batch *t = b->batch;
    tt_error error = {0};
    tt_status status;
    int failed = 0;
    if (t->count == 0)
        return 0;
    core_leave(&b->call);
    status = tt_builder_add(b->builder, t->articles, t->count, t->statuses, &error);
    core_enter(&b->call);
    if (status != TT_OK)
        failed = fail(b, &error);
    for (size_t i = 0; i < t->count && !failed; i++) {
        char reason[SHOWN_ID_BYTES + 60];
        b->accepted[t->rows[i]] = t->statuses[i] == TT_OK;
        if (t->statuses[i] == TT_OK)
            continue;
        describe_refusal(&t->articles[i], t->statuses[i], reason, sizeof reason);
        failed = reject(b, t->rows[i], records == NULL ? NULL : records[i], &t->articles[i],
                        t->statuses[i], reason);
    }
    t->count = t->bytes = 0;
    Py_CLEAR(t->held);
    return failed;
}

/* Keeps the article that stands at the end of the batch. @return 0, or -1: raised */
static int push(builder_object *b)
{
    batch *t = b->batch;
    t->bytes += t->articles[t->count].text_size;
    t->count++;
    return t->count == BATCH_ROWS || t->bytes >= BATCH_BYTES ? flush(b, NULL) : 0;
}

static int begin(builder_object *b)
{
    if (b->busy) {
        PyErr_SetString(PyExc_RuntimeError, "the builder is in use");
        return -1;
    }
    b->busy = 1;
    return 0;
}

static PyObject *end(builder_object *b, int failed)
{
    b->busy = 0;
    b->batch->count = b->batch->bytes = 0;
    Py_CLEAR(b->batch->held);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* ==== Files =================================================================================== */

static int keep_record(PyObject *kept, const tt_record *r)
{
    const tt_article *a = &r->article;
    PyObject *item = r->line != 0 ? PyBytes_FromStringAndSize(r->raw, (Py_ssize_t)r->raw_size)
                                  : Py_BuildValue("{ss#ss#}", "id", a->id, (Py_ssize_t)a->id_size,
                                                  "text", a->text, (Py_ssize_t)a->text_size);
    const int failed = item == NULL || PyList_Append(kept, item) != 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* One batch of the reader's. */
static int take_records(builder_object *b, const tt_record *records, size_t count, PyObject *kept)
{
    static const size_t most = BATCH_ROWS;
    const tt_record *good[BATCH_ROWS];
    for (size_t first = 0; first < count; first += most) {
        const size_t stop = count - first < most ? count : first + most;
        const uint64_t row = b->rows;
        for (size_t i = first; i < stop; i++) {
            const tt_record *r = &records[i];
            if (add_row(b) != 0)
                return -1;
            if (r->status != TT_OK) {
                if (reject(b, b->rows - 1, r, &r->article, r->status, r->reason) != 0)
                    return -1;
                continue;
            }
            *next_article(b, b->rows - 1) = r->article;
            good[b->batch->count++] = r;
        }
        if (flush(b, good) != 0)
            return -1;
        for (size_t i = first; kept != NULL && i < stop; i++)
            if (b->accepted[row + i - first] && keep_record(kept, &records[i]) != 0)
                return -1;
    }
    return 0;
}

static int read_all(builder_object *b, tt_reader *reader, PyObject *kept)
{
    for (;;) {
        const tt_record *records;
        uint64_t done = 0, total = 0;
        size_t count = 0;
        tt_error error = {0};
        tt_status status;
        const double began = core_now();
        core_leave(&b->call);
        status = tt_reader_next(reader, &records, &count, &error);
        tt_reader_progress(reader, &done, &total);
        core_enter(&b->call);
        b->read_seconds += core_now() - began;
        if (status != TT_OK || core_progress(&b->call, "read", done, total) != 0)
            return fail(b, &error);
        if (count == 0)
            return 0;
        if (take_records(b, records, count, kept) != 0)
            return -1;
    }
}

/* read(paths, id_field, text_field, max_article_bytes, threads, kept) */
static PyObject *builder_read(PyObject *self, PyObject *args)
{
    builder_object *b = (builder_object *)self;
    tt_reader_options o = TT_READER_OPTIONS_INIT;
    unsigned long long limit;
    PyObject *paths, *kept;
    const char **names;
    tt_reader *reader = NULL;
    tt_error error = {0};
    tt_status status;
    Py_ssize_t count;
    int failed = 1;
    if (!PyArg_ParseTuple(args, "O!zzKiO", &PyTuple_Type, &paths, &o.id_field, &o.text_field,
                          &limit, &o.threads, &kept))
        return NULL;
    if (begin(b) != 0)
        return NULL;
    o.max_article_bytes = limit;
    count = PyTuple_Size(paths);
    names = calloc((size_t)count + 1, sizeof *names);
    for (Py_ssize_t i = 0; names != NULL && i < count; i++) {
        names[i] = PyBytes_AsString(PyTuple_GetItem(paths, i));
        if (names[i] == NULL) {
            free(names);
            return end(b, 1);
        }
    }
    if (names == NULL) {
        (void)PyErr_NoMemory();
        return end(b, 1);
    }
    core_leave(&b->call);
    status = tt_reader_open(&reader, names, (size_t)count, &o, &error);
    core_enter(&b->call);
    b->reading = 1;
    if (status != TT_OK)
        (void)core_raise(&error);
    else
        failed = read_all(b, reader, kept == Py_None ? NULL : kept);
    b->reading = 0;
    core_leave(&b->call);
    tt_reader_close(reader);
    core_enter(&b->call);
    free(names);
    return end(b, failed);
}

/* ==== Mappings ================================================================================ */

/* The value of a key, a new reference; NULL, and nothing raised, where there is none. */
static PyObject *value_of(PyObject *row, PyObject *key)
{
    PyObject *value;
    if (key == Py_None)
        return NULL;
    if (PyDict_Check(row)) {
        value = PyDict_GetItemWithError(row, key);
        Py_XINCREF(value);
    } else {
        value = PyObject_GetItem(row, key);
        if (value == NULL && PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_Clear();
    }
    if (value == Py_None) {
        Py_DECREF(value);
        return NULL;
    }
    return value;
}

/* The bytes of a str or bytes object, held for the batch. @return 1; 0: it is neither, or no UTF-8,
 * and *reason says so; -1: raised. Takes the reference. */
static int hold_bytes(builder_object *b, PyObject *value, const char **bytes, size_t *size,
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
    if (b->batch->held == NULL)
        b->batch->held = PyList_New(0);
    if (held == NULL || b->batch->held == NULL || PyList_Append(b->batch->held, held) != 0) {
        Py_XDECREF(held);
        return -1;
    }
    *bytes = PyBytes_AsString(held);
    *size = (size_t)PyBytes_Size(held);
    Py_DECREF(held);
    return 1;
}

/* As hold_bytes(); a whole number becomes its digits. */
static int hold_id(builder_object *b, PyObject *value, tt_article *a, const char **reason)
{
    PyObject *whole, *digits;
    int taken;
    if (PyUnicode_Check(value) || PyBytes_Check(value))
        return hold_bytes(b, value, &a->id, &a->id_size, reason);
    whole = PyBool_Check(value) ? NULL : PyNumber_Index(value);
    Py_DECREF(value);
    if (whole == NULL) {
        if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError))
            return -1;
        PyErr_Clear();
        *reason = "id is neither a string nor an integer";
        return 0;
    }
    digits = PyObject_Str(whole);
    Py_DECREF(whole);
    if (digits == NULL)
        return -1;
    taken = hold_bytes(b, digits, &a->id, &a->id_size, reason);
    a->flags |= TT_ARTICLE_INTEGER_ID;
    return taken;
}

/* A str, or what has isoformat(): datetime, date, pandas.Timestamp. @return 0, or -1: raised */
static int take_time(PyObject *value, int64_t *out)
{
    PyObject *text = PyUnicode_Check(value) ? (Py_INCREF(value), value)
                                            : PyObject_CallMethod(value, "isoformat", NULL);
    PyObject *bytes;
    Py_DECREF(value);
    bytes = text == NULL ? NULL : PyUnicode_AsUTF8String(text);
    Py_XDECREF(text);
    if (bytes == NULL) { /* no time, as for text that is none */
        if (!PyErr_ExceptionMatches(PyExc_AttributeError) &&
            !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    *out = core_time_parse(PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
    Py_DECREF(bytes);
    return 0;
}

typedef struct keys {
    PyObject *id, *text, *source, *published; /* Py_None: not wanted */
} keys;

/* Fills an article from a row. @return 1; 0: *reason says why not; -1: raised */
static int read_row(builder_object *b, PyObject *row, const keys *k, tt_article *a,
                    const char **reason)
{
    PyObject *value = value_of(row, k->id);
    int taken = 1;
    if (value != NULL)
        taken = hold_id(b, value, a, reason);
    else if (!PyErr_Occurred())
        name_by_row(b, a);
    if (taken != 1 || PyErr_Occurred())
        return PyErr_Occurred() ? -1 : taken;
    value = value_of(row, k->text);
    if (value == NULL) {
        *reason = "no text";
        return PyErr_Occurred() ? -1 : 0;
    }
    taken = hold_bytes(b, value, &a->text, &a->text_size, reason);
    if (taken != 1)
        return taken;
    value = value_of(row, k->source);
    if (value != NULL && hold_bytes(b, value, &a->source, &a->source_size, reason) < 0)
        return -1;
    value = PyErr_Occurred() ? NULL : value_of(row, k->published);
    if (value != NULL && take_time(value, &a->published) != 0)
        return -1;
    return PyErr_Occurred() ? -1 : 1;
}

static int take_row(builder_object *b, PyObject *row, const keys *k)
{
    const char *reason = "";
    tt_article *a;
    int taken;
    if (!PyDict_Check(row) && (!PyMapping_Check(row) || PyUnicode_Check(row) || PyList_Check(row) ||
                               PyTuple_Check(row))) {
        PyErr_Format(PyExc_TypeError, "article %llu is not a mapping but %R",
                     (unsigned long long)b->rows, (PyObject *)Py_TYPE(row));
        return -1;
    }
    if (add_row(b) != 0)
        return -1;
    a = next_article(b, b->rows - 1);
    taken = read_row(b, row, k, a, &reason);
    if (taken == 0)
        return reject(b, b->rows - 1, NULL, a, TT_EFORMAT, reason);
    return taken < 0 ? -1 : push(b);
}

/* add_rows(iterable, id, text, source, published) */
static PyObject *builder_add_rows(PyObject *self, PyObject *args)
{
    builder_object *b = (builder_object *)self;
    PyObject *iterable, *iterator, *row;
    keys k;
    int failed = 0;
    if (!PyArg_ParseTuple(args, "OOOOO", &iterable, &k.id, &k.text, &k.source, &k.published))
        return NULL;
    iterator = PyObject_GetIter(iterable);
    if (iterator == NULL || begin(b) != 0) {
        Py_XDECREF(iterator);
        return NULL;
    }
    while (!failed && (row = PyIter_Next(iterator)) != NULL) {
        failed = take_row(b, row, &k);
        Py_DECREF(row);
    }
    failed = failed || PyErr_Occurred() || flush(b, NULL) != 0;
    Py_DECREF(iterator);
    return end(b, failed);
}

/* ==== Arrow streams =========================================================================== */

enum { ID, TEXT, SOURCE, PUBLISHED, COLUMNS };

/* Finds a column by name. @return 0, or -1: raised */
static int find_column(const struct ArrowSchema *schema, const char *name, int use, int needed,
                       int64_t *place)
{
    *place = -1;
    for (int64_t i = 0; name != NULL && i < schema->n_children; i++)
        if (schema->children[i]->name != NULL && strcmp(schema->children[i]->name, name) == 0) {
            *place = i;
            break;
        }
    if (*place < 0 && name != NULL && needed)
        (void)core_raise_text(TT_EINVAL, UINT64_MAX, "there is no column \"%.100s\"", name);
    else if (*place >= 0 && !core_column_fits(schema->children[*place], use))
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "column \"%.100s\" has the Arrow format \"%.20s\"; %s is needed",
                              name, schema->children[*place]->format,
                              use == COLUMN_ID     ? "text or integers"
                              : use == COLUMN_TIME ? "text or times"
                                                   : "text");
    return PyErr_Occurred() ? -1 : 0;
}

/* Puts row `i` of a batch of the stream into the builder's batch. */
static int take_element(builder_object *b, const column columns[COLUMNS], int64_t i)
{
    batch *t = b->batch;
    tt_article *a;
    cell c;
    if (add_row(b) != 0)
        return -1;
    a = next_article(b, b->rows - 1);
    if (!core_column_text(&columns[ID], i, &c)) {
        name_by_row(b, a);
    } else if (c.integer) {
        memcpy(t->digits[t->count], c.text, c.size);
        a->id = t->digits[t->count];
        a->id_size = c.size;
        a->flags |= TT_ARTICLE_INTEGER_ID;
    } else {
        a->id = c.text;
        a->id_size = c.size;
    }
    if (!core_column_text(&columns[TEXT], i, &c))
        return reject(b, b->rows - 1, NULL, a, TT_EFORMAT, "no text");
    a->text = c.text;
    a->text_size = c.size;
    if (core_column_text(&columns[SOURCE], i, &c)) {
        a->source = c.text;
        a->source_size = c.size;
    }
    a->published = core_column_time(&columns[PUBLISHED], i);
    return push(b);
}

/* One batch of the stream: a struct, which may itself be a slice and may have nulls. */
static int take_array(builder_object *b, const struct ArrowSchema *schema,
                      const struct ArrowArray *array, const int64_t places[COLUMNS])
{
    const uint8_t *valid = array->n_buffers > 0 ? array->buffers[0] : NULL;
    column columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = (column){0};
        if (places[i] < 0)
            continue;
        columns[i].schema = schema->children[places[i]];
        columns[i].array = array->children[places[i]];
        columns[i].first = array->offset + columns[i].array->offset;
    }
    for (int64_t i = 0; i < array->length; i++) {
        const int64_t at = array->offset + i;
        if (array->null_count != 0 && valid != NULL && (valid[at >> 3] >> (at & 7) & 1) == 0) {
            if (add_row(b) != 0 || reject(b, b->rows - 1, NULL, NULL, TT_EFORMAT, "no text") != 0)
                return -1;
        } else if (take_element(b, columns, i) != 0) {
            return -1;
        }
    }
    return flush(b, NULL); /* the articles borrow from the batch */
}

static int take_stream(builder_object *b, struct ArrowArrayStream *stream,
                       const struct ArrowSchema *schema, const int64_t places[COLUMNS])
{
    for (;;) {
        struct ArrowArray array = {0};
        const double began = core_now();
        int failed;
        core_leave(&b->call);
        failed = stream->get_next(stream, &array);
        core_enter(&b->call);
        b->read_seconds += core_now() - began;
        if (PyErr_CheckSignals() != 0) {
            failed = -1;
        } else if (failed != 0) {
            const char *reason = stream->get_last_error(stream);
            if (reason != NULL && strstr(reason, "KeyboardInterrupt") != NULL)
                PyErr_SetNone(PyExc_KeyboardInterrupt); /* it met the producer, written in Python */
            else
                (void)core_raise_text(TT_EIO, b->rows, "the Arrow stream failed: %s",
                                      reason != NULL ? reason : strerror(failed));
        } else if (array.release == NULL) {
            return 0;
        } else {
            failed = take_array(b, schema, &array, places);
        }
        if (array.release != NULL) {
            core_leave(&b->call);
            array.release(&array);
            core_enter(&b->call);
        }
        if (failed)
            return -1;
    }
}

/* add_stream(capsule, id, text, source, published, id_needed) */
static PyObject *builder_add_stream(PyObject *self, PyObject *args)
{
    builder_object *b = (builder_object *)self;
    const char *names[COLUMNS];
    PyObject *capsule;
    struct ArrowArrayStream *stream;
    struct ArrowSchema schema;
    int64_t places[COLUMNS];
    int id_needed, failed;
    if (!PyArg_ParseTuple(args, "Ozszzp", &capsule, &names[ID], &names[TEXT], &names[SOURCE],
                          &names[PUBLISHED], &id_needed))
        return NULL;
    stream = PyCapsule_GetPointer(capsule, STREAM_NAME);
    if (stream == NULL || begin(b) != 0)
        return NULL;
    core_leave(&b->call);
    failed = stream->release == NULL ? -1 : stream->get_schema(stream, &schema);
    core_enter(&b->call);
    if (failed != 0) {
        const char *reason = failed == -1 ? "it was read before" : stream->get_last_error(stream);
        (void)core_raise_text(TT_EIO, UINT64_MAX, "the Arrow stream failed: %s",
                              reason != NULL ? reason : strerror(failed));
        return end(b, 1);
    }
    if (strcmp(schema.format, "+s") != 0) {
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "the Arrow stream has no columns (its format is \"%.20s\")",
                              schema.format);
        failed = -1;
    }
    failed = failed || find_column(&schema, names[ID], COLUMN_ID, id_needed, &places[ID]) != 0 ||
             find_column(&schema, names[TEXT], COLUMN_TEXT, 1, &places[TEXT]) != 0 ||
             find_column(&schema, names[SOURCE], COLUMN_TEXT, 1, &places[SOURCE]) != 0 ||
             find_column(&schema, names[PUBLISHED], COLUMN_TIME, 1, &places[PUBLISHED]) != 0 ||
             take_stream(b, stream, &schema, places) != 0;
    schema.release(&schema);
    return end(b, failed);
}

/* ==== The end ================================================================================= */

static PyObject *builder_finish(PyObject *self, PyObject *nothing)
{
    builder_object *b = (builder_object *)self;
    tt_index *index = NULL;
    tt_error error = {0};
    tt_status status;
    (void)nothing;
    if (begin(b) != 0)
        return NULL;
    core_leave(&b->call);
    status = tt_builder_finish(b->builder, &index, &error);
    core_enter(&b->call);
    b->busy = 0;
    if (status == TT_OK && PyErr_CheckSignals() == 0)
        return core_index_new(index);
    if (status != TT_OK)
        (void)fail(b, &error);
    tt_index_close(index);
    return NULL;
}

static PyObject *get_rejected(PyObject *self, void *nothing)
{
    PyObject *rejected = ((builder_object *)self)->rejected;
    (void)nothing;
    Py_INCREF(rejected);
    return rejected;
}

static PyObject *get_accepted(PyObject *self, void *nothing)
{
    const builder_object *b = (const builder_object *)self;
    (void)nothing;
    return PyBytes_FromStringAndSize(b->accepted, (Py_ssize_t)b->rows);
}

static PyObject *get_read_seconds(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyFloat_FromDouble(((const builder_object *)self)->read_seconds);
}

static PyMethodDef methods[] = {
    {"read", builder_read, METH_VARARGS,
     "read(paths, id_field, text_field, max_article_bytes, threads, kept)"},
    {"add_rows", builder_add_rows, METH_VARARGS, "add_rows(iterable, id, text, source, published)"},
    {"add_stream", builder_add_stream, METH_VARARGS,
     "add_stream(capsule, id, text, source, published, id_needed)"},
    {"finish", builder_finish, METH_NOARGS, "finish() -> Index"},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef members[] = {
    {"rejected", get_rejected, NULL, "list of (row, file, line, id, status, reason)", NULL},
    {"accepted", get_accepted, NULL, "bytes, 1 for each row that was accepted", NULL},
    {"read_seconds", get_read_seconds, NULL, "wall time of reading", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, builder_new},
                              {Py_tp_dealloc, builder_dealloc},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, members},
                              {0, NULL}};

PyType_Spec core_builder_spec = {.name = "twicetold._core.Builder",
                                 .basicsize = sizeof(builder_object),
                                 .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = slots};
