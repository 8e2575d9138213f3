/* Articles from an Arrow stream, whose text is not copied. */
#include "feed.h"

#include <string.h>

enum { ID, TEXT, SOURCE, PUBLISHED, COLUMNS };

/* Finds a column by name. @return 0, or -1: raised */
static int find_column(const struct ArrowSchema *schema, const char *name, int use, int needed,
                       int64_t *index)
{
    *index = -1;
    for (int64_t i = 0; name != NULL && i < schema->n_children; i++)
        if (schema->children[i]->name != NULL && strcmp(schema->children[i]->name, name) == 0) {
            *index = i;
            break;
        }
    if (*index < 0 && name != NULL && needed)
        (void)core_raise_text(TT_EINVAL, UINT64_MAX, "there is no column \"%.100s\"", name);
    else if (*index >= 0 && !core_column_fits(schema->children[*index], use))
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "column \"%.100s\" has the Arrow format \"%.20s\"; %s is needed",
                              name, schema->children[*index]->format,
                              use == COLUMN_ID     ? "text or integers"
                              : use == COLUMN_TIME ? "text or times"
                                                   : "text");
    return PyErr_Occurred() ? -1 : 0;
}

/* Adds row i of a batch of the stream. */
static int add_arrow_row(feed *f, const input_column columns[COLUMNS], int64_t i)
{
    batch *t = f->batch;
    tt_article *a;
    text_value c;
    if (core_feed_add_row(f) != 0)
        return -1;
    a = core_feed_next_article(f, f->rows - 1);
    if (!core_column_text(&columns[ID], i, &c)) {
        core_feed_name_by_row(f, a);
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
        return core_feed_reject(f, f->rows - 1, NULL, a, TT_EFORMAT, "no text");
    a->text = c.text;
    a->text_size = c.size;
    if (core_column_text(&columns[SOURCE], i, &c)) {
        a->source = c.text;
        a->source_size = c.size;
    }
    a->published = core_column_time(&columns[PUBLISHED], i);
    return core_feed_push(f);
}

/* Adds a batch of the stream: a struct, which may be a slice and may have nulls. */
static int add_arrow_batch(feed *f, const struct ArrowSchema *schema,
                           const struct ArrowArray *array, const int64_t indexes[COLUMNS])
{
    const uint8_t *valid = array->n_buffers > 0 ? array->buffers[0] : NULL;
    input_column columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = (input_column){0};
        if (indexes[i] < 0)
            continue;
        columns[i].schema = schema->children[indexes[i]];
        columns[i].array = array->children[indexes[i]];
        columns[i].first = array->offset + columns[i].array->offset;
    }
    for (int64_t i = 0; i < array->length; i++) {
        const int64_t at = array->offset + i;
        if (array->null_count != 0 && valid != NULL && (valid[at >> 3] >> (at & 7) & 1) == 0) {
            if (core_feed_add_row(f) != 0 ||
                core_feed_reject(f, f->rows - 1, NULL, NULL, TT_EFORMAT, "no text") != 0)
                return -1;
        } else if (add_arrow_row(f, columns, i) != 0) {
            return -1;
        }
    }
    return core_feed_flush(f, NULL); /* the articles borrow from the batch */
}

static int add_arrow_batches(feed *f, struct ArrowArrayStream *stream,
                             const struct ArrowSchema *schema, const int64_t indexes[COLUMNS])
{
    for (;;) {
        struct ArrowArray array = {0};
        const double began = core_now();
        int failed;
        core_release_gil(&f->call);
        failed = stream->get_next(stream, &array);
        core_acquire_gil(&f->call);
        f->read_seconds += core_now() - began;
        if (PyErr_CheckSignals() != 0) {
            failed = -1;
        } else if (failed != 0) {
            const char *reason = stream->get_last_error(stream);
            if (reason != NULL && strstr(reason, "KeyboardInterrupt") != NULL)
                PyErr_SetNone(PyExc_KeyboardInterrupt); /* raised in a producer written in Python */
            else
                (void)core_raise_text(TT_EIO, f->rows, "the Arrow stream failed: %s",
                                      reason != NULL ? reason : strerror(failed));
        } else if (array.release == NULL) {
            return 0;
        } else {
            failed = add_arrow_batch(f, schema, &array, indexes);
        }
        if (array.release != NULL) {
            core_release_gil(&f->call);
            array.release(&array);
            core_acquire_gil(&f->call);
        }
        if (failed)
            return -1;
    }
}

/* add_stream(capsule, id, text, source, published, id_needed, others_needed) */
PyObject *core_feed_add_arrow(PyObject *self, PyObject *args)
{
    feed *f = (feed *)self;
    const char *names[COLUMNS];
    PyObject *capsule;
    struct ArrowArrayStream *stream;
    struct ArrowSchema schema;
    int64_t indexes[COLUMNS];
    int id_needed, others_needed, failed;
    if (!PyArg_ParseTuple(args, "Ozszzpp", &capsule, &names[ID], &names[TEXT], &names[SOURCE],
                          &names[PUBLISHED], &id_needed, &others_needed))
        return NULL;
    stream = PyCapsule_GetPointer(capsule, STREAM_NAME);
    if (stream == NULL || core_feed_begin(f) != 0)
        return NULL;
    core_release_gil(&f->call);
    failed = stream->release == NULL ? -1 : stream->get_schema(stream, &schema);
    core_acquire_gil(&f->call);
    if (failed != 0) {
        const char *reason = failed == -1 ? "it was read before" : stream->get_last_error(stream);
        (void)core_raise_text(TT_EIO, UINT64_MAX, "the Arrow stream failed: %s",
                              reason != NULL ? reason : strerror(failed));
        return core_feed_end(f, 1);
    }
    if (strcmp(schema.format, "+s") != 0) {
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "the Arrow stream has no columns (its format is \"%.20s\")",
                              schema.format);
        failed = -1;
    }
    failed =
        failed || find_column(&schema, names[ID], COLUMN_ID, id_needed, &indexes[ID]) != 0 ||
        find_column(&schema, names[TEXT], COLUMN_TEXT, 1, &indexes[TEXT]) != 0 ||
        find_column(&schema, names[SOURCE], COLUMN_TEXT, others_needed, &indexes[SOURCE]) != 0 ||
        find_column(&schema, names[PUBLISHED], COLUMN_TIME, others_needed, &indexes[PUBLISHED]) !=
            0 ||
        add_arrow_batches(f, stream, &schema, indexes) != 0;
    schema.release(&schema);
    return core_feed_end(f, failed);
}
