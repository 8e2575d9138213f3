/* Articles from an Arrow stream, whose text is not copied. */
#include "feed.h"

#include <stdio.h>
#include <string.h>

enum { ID, TEXT, SOURCE, TITLE, PUBLISHED, COLUMNS };

/* Whether a column must be there; with IF_IT_FITS one of another kind is as none. */
typedef enum need { NEED_NO, NEED_YES, NEED_IF_IT_FITS } need;

/* Raises that a column is not there, and which are. */
static void fail_for_column(const struct ArrowSchema *schema, const char *name)
{
    char seen[140] = "";
    size_t size = 0;
    for (int64_t i = 0; i < schema->n_children && size < sizeof seen - 24; i++)
        size += (size_t)snprintf(seen + size, sizeof seen - size, "%s\"%.16s\"", i > 0 ? ", " : "",
                                 schema->children[i]->name);
    (void)core_raise_text(TT_EINVAL, UINT64_MAX, "there is no column \"%.40s\"; the columns are %s",
                          name, size > 0 ? seen : "none");
}

/* Finds a column by name. @return 0, or -1: raised */
static int find_column(const struct ArrowSchema *schema, const char *name, int use, need needed,
                       int64_t *index)
{
    *index = -1;
    for (int64_t i = 0; name != NULL && i < schema->n_children; i++)
        if (schema->children[i]->name != NULL && strcmp(schema->children[i]->name, name) == 0) {
            *index = i;
            break;
        }
    if (*index < 0 && name != NULL && needed == NEED_YES)
        fail_for_column(schema, name);
    else if (*index >= 0 && !core_column_fits(schema->children[*index], use)) {
        if (needed == NEED_IF_IT_FITS) {
            *index = -1;
            return 0;
        }
        (void)core_raise_text(TT_EINVAL, UINT64_MAX,
                              "column \"%.100s\" has %s (Arrow format \"%.20s\"); %s is needed",
                              name, core_column_kind(schema->children[*index]),
                              schema->children[*index]->format,
                              use == COLUMN_ID     ? "text or whole numbers"
                              : use == COLUMN_TIME ? "text or times"
                                                   : "text");
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* The columns of a stream, and what names its articles. */
typedef struct stream_columns {
    const struct ArrowSchema *schema;
    int64_t indexes[COLUMNS]; /* -1: not there */
    int is_text;              /* the stream has texts and no columns */
    int none_has_an_id;
} stream_columns;

/* Adds row i of a batch of the stream. */
static int add_arrow_row(feed *f, const stream_columns *s, const input_column columns[COLUMNS],
                         int64_t i)
{
    batch *t = f->batch;
    tt_article *a;
    text_value c;
    int status;
    if (core_feed_add_row(f) != 0)
        return -1;
    a = core_feed_next_article(f, f->rows - 1);
    status = core_column_text(&columns[ID], i, &c);
    if (status < 0)
        return core_feed_reject(f, f->rows - 1, NULL, NULL, TT_EFORMAT, "id is not a whole number");
    if (status == 0) {
        core_feed_name_by_row(f, a, s->none_has_an_id);
    } else {
        a->id = c.text;
        a->id_size = c.size;
        if (c.text == c.digits) {
            a->id = memcpy(t->names[t->count], c.text, c.size);
            a->flags |= c.integer ? TT_ARTICLE_INTEGER_ID : 0;
        }
    }
    if (core_column_text(&columns[TEXT], i, &c) != 1)
        return core_feed_reject(f, f->rows - 1, NULL, a, TT_EFORMAT, "no text");
    a->text = c.text;
    a->text_size = c.size;
    if (core_column_text(&columns[SOURCE], i, &c) == 1) {
        a->source = c.text;
        a->source_size = c.size;
    }
    if (core_column_text(&columns[TITLE], i, &c) == 1) {
        a->title = c.text;
        a->title_size = c.size;
    }
    a->published = core_column_time(&columns[PUBLISHED], i);
    return core_feed_push(f);
}

/* Adds a batch of the stream: a struct, which may be a slice and may have nulls. */
static int add_arrow_batch(feed *f, const stream_columns *s, const struct ArrowArray *array)
{
    const uint8_t *valid = !s->is_text && array->n_buffers > 0 ? array->buffers[0] : NULL;
    input_column columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = (input_column){0};
        if (s->indexes[i] < 0)
            continue;
        columns[i].schema = s->schema->children[s->indexes[i]];
        columns[i].array = array->children[s->indexes[i]];
        columns[i].first = array->offset + columns[i].array->offset;
    }
    if (s->is_text)
        columns[TEXT] = (input_column){s->schema, array, array->offset};
    for (int64_t i = 0; i < array->length; i++) {
        const int64_t at = array->offset + i;
        if (array->null_count != 0 && valid != NULL && (valid[at >> 3] >> (at & 7) & 1) == 0) {
            if (core_feed_add_row(f) != 0 ||
                core_feed_reject(f, f->rows - 1, NULL, NULL, TT_EFORMAT, "no text") != 0)
                return -1;
        } else if (add_arrow_row(f, s, columns, i) != 0) {
            return -1;
        }
    }
    return core_feed_flush(f, 0); /* the articles borrow from the batch */
}

static int add_arrow_batches(feed *f, struct ArrowArrayStream *stream, const stream_columns *s)
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
            (void)core_raise_text(TT_EIO, f->rows, "the Arrow stream failed: %s",
                                  reason != NULL ? reason : strerror(failed));
        } else if (array.release == NULL) {
            return 0;
        } else {
            failed = add_arrow_batch(f, s, &array);
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

/* The ids of all streams have one type, or it follows from the ids. */
static void note_id_format(feed *f, const stream_columns *s)
{
    const char *format =
        s->indexes[ID] < 0 ? NULL : core_column_id_format(s->schema->children[s->indexes[ID]]);
    if (f->streams == 0) {
        f->id_format = format;
        f->streams = 1;
    } else if (f->id_format != format) { /* static strings */
        f->id_format = NULL;
        f->streams = 2;
    }
}

/* Finds the columns that the names say. @return 0, or -1: raised */
static int find_columns(stream_columns *s, const char *const names[COLUMNS], int id_needed,
                        int source_needed, need published)
{
    s->is_text = strcmp(s->schema->format, "+s") != 0;
    if (s->is_text && core_column_fits(s->schema, COLUMN_TEXT)) {
        for (int i = 0; i < COLUMNS; i++)
            s->indexes[i] = -1;
        return 0;
    }
    if (s->is_text) {
        (void)core_raise_text(
            TT_EINVAL, UINT64_MAX,
            "the Arrow stream has no columns and its values are no text: they are %s",
            core_column_kind(s->schema));
        return -1;
    }
    return find_column(s->schema, names[ID], COLUMN_ID, id_needed ? NEED_YES : NEED_NO,
                       &s->indexes[ID]) != 0 ||
                   find_column(s->schema, names[TEXT], COLUMN_TEXT, NEED_YES, &s->indexes[TEXT]) !=
                       0 ||
                   find_column(s->schema, names[SOURCE], COLUMN_TEXT,
                               published == NEED_NO ? NEED_NO
                               : source_needed      ? NEED_YES
                                                    : NEED_IF_IT_FITS,
                               &s->indexes[SOURCE]) != 0 ||
                   find_column(s->schema, names[TITLE], COLUMN_TEXT, NEED_IF_IT_FITS,
                               &s->indexes[TITLE]) != 0 ||
                   find_column(s->schema, names[PUBLISHED], COLUMN_TIME, published,
                               &s->indexes[PUBLISHED]) != 0
               ? -1
               : 0;
}

/* add_stream(capsule, id, text, source, title, published, id_needed, source_needed, need, is_all)
 */
PyObject *core_feed_add_arrow(PyObject *self, PyObject *args)
{
    feed *f = (feed *)self;
    const char *names[COLUMNS];
    PyObject *capsule;
    struct ArrowArrayStream *stream;
    struct ArrowSchema schema;
    stream_columns s = {&schema, {-1, -1, -1, -1, -1}, 0, 0};
    int id_needed, source_needed, published, is_all, failed;
    if (!PyArg_ParseTuple(args, "Ozszzzppip", &capsule, &names[ID], &names[TEXT], &names[SOURCE],
                          &names[TITLE], &names[PUBLISHED], &id_needed, &source_needed, &published,
                          &is_all))
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
    failed = find_columns(&s, names, id_needed, source_needed, (need)published);
    if (!failed) {
        s.none_has_an_id = names[ID] == NULL || (is_all && s.indexes[ID] < 0);
        note_id_format(f, &s);
        failed = add_arrow_batches(f, stream, &s);
    }
    schema.release(&schema);
    return core_feed_end(f, failed);
}
