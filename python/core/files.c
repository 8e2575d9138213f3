/* Articles from files, through the library's reader. */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends a line's bytes, or a file of text as a dict; None for such a file that is rejected. */
static int append_record(PyObject *kept, const tt_record *r)
{
    const tt_article *a = &r->article;
    PyObject *item = r->line != 0 ? PyBytes_FromStringAndSize(r->raw, (Py_ssize_t)r->raw_size)
                     : r->status != TT_OK
                         ? Py_BuildValue("")
                         : Py_BuildValue("{ss#ss#}", "id", a->id, (Py_ssize_t)a->id_size, "text",
                                         a->text, (Py_ssize_t)a->text_size);
    const int failed = item == NULL || PyList_Append(kept, item) != 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* Counts what is assumed of a record, by the TT_NOTE_*. */
static int count_notes(feed *f, const tt_record *r)
{
    for (unsigned bit = 0; tt_note_text(UINT32_C(1) << bit) != NULL; bit++) {
        feed_note *n = &f->notes[bit];
        if ((r->notes >> bit & 1) == 0 || n->count++ > 0)
            continue;
        n->line = r->line;
        n->file = PyUnicode_DecodeFSDefault(r->file);
        if (n->file == NULL)
            return -1;
    }
    return 0;
}

static int append_remark(feed *f, uint64_t count, const char *text, PyObject *file, uint64_t line)
{
    PyObject *entry = count == 0 ? NULL
                                 : Py_BuildValue("KsOK", (unsigned long long)count, text, file,
                                                 (unsigned long long)line);
    const int failed = count > 0 && (entry == NULL || PyList_Append(f->remarks, entry) != 0);
    Py_XDECREF(entry);
    return failed ? -1 : 0;
}

/* Lists what was assumed and passed over. An input without a record fails the run. */
static int finish_reading(feed *f, const tt_reader *reader)
{
    char kinds[240], names[240], text[300];
    const uint64_t others = tt_reader_passed_over(reader, kinds, sizeof kinds);
    const uint64_t empty = tt_reader_empty(reader, names, sizeof names);
    if (f->rows == 0) {
        (void)core_raise_text(TT_EIO, UINT64_MAX, "no article was read: %s%s",
                              empty > 0 ? names
                              : others > 0
                                  ? "no file in the directories has a name that is read, of "
                                  : "the input is empty",
                              empty > 0 ? "" : kinds);
        return -1;
    }
    for (unsigned bit = 0; tt_note_text(UINT32_C(1) << bit) != NULL; bit++)
        if (append_remark(f, f->notes[bit].count, tt_note_text(UINT32_C(1) << bit),
                          f->notes[bit].file, f->notes[bit].line) != 0)
            return -1;
    (void)snprintf(text, sizeof text, "passed over in directories and archives: %s", kinds);
    if (append_remark(f, others, text, Py_None, 0) != 0)
        return -1;
    (void)snprintf(text, sizeof text, "read, but without an article: %s", names);
    return append_remark(f, empty, text, Py_None, 0);
}

/* Adds a batch of the reader. */
static int add_records(feed *f, const tt_record *records, size_t count, PyObject *kept)
{
    const size_t most = f->batch_rows;
    for (size_t first = 0; first < count; first += most) {
        const size_t stop = count - first < most ? count : first + most;
        for (size_t i = first; i < stop; i++) {
            const tt_record *r = &records[i];
            if (core_feed_add_row(f) != 0 || (r->notes != 0 && count_notes(f, r) != 0))
                return -1;
            if (r->status != TT_OK) {
                if (f->seen == NULL && strncmp(r->reason, "no \"", 4) == 0)
                    f->seen = PyBytes_FromStringAndSize(r->raw, (Py_ssize_t)r->raw_size);
                if (core_feed_reject(f, f->rows - 1, r, &r->article, r->status, r->reason) != 0)
                    return -1;
                continue;
            }
            tt_article *a = core_feed_next_article(f, f->rows - 1);
            *a = r->article;
            if (f->ignores_ids)
                core_feed_name_by_row(f, a, 1);
            f->batch->records[f->batch->count++] = r;
        }
        if (core_feed_flush(f, 1) != 0)
            return -1;
        for (size_t i = first; kept != NULL && i < stop; i++)
            if (append_record(kept, &records[i]) != 0)
                return -1;
    }
    return 0;
}

static int read_all(feed *f, tt_reader *reader, PyObject *kept)
{
    for (;;) {
        const tt_record *records;
        uint64_t done = 0, total = 0;
        size_t count = 0;
        tt_error error = {0};
        tt_status status;
        const double began = core_now();
        core_release_gil(&f->call);
        status = tt_reader_next(reader, &records, &count, &error);
        tt_reader_progress(reader, &done, &total);
        core_acquire_gil(&f->call);
        f->read_seconds += core_now() - began;
        if (status != TT_OK || core_progress(&f->call, "read", done, total) != 0)
            return core_feed_fail(f, &error);
        if (count == 0)
            return finish_reading(f, reader);
        if (add_records(f, records, count, kept) != 0)
            return -1;
    }
}

/* read(paths, id_field, text_field, max_article_bytes, threads, kept) */
PyObject *core_feed_read(PyObject *self, PyObject *args)
{
    feed *f = (feed *)self;
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
    if (core_feed_begin(f) != 0)
        return NULL;
    o.max_article_bytes = limit;
    o.flags = f->lasting_ids ? TT_READER_LASTING_IDS : 0;
    f->ignores_ids = o.id_field == NULL;
    count = PyTuple_Size(paths);
    names = calloc((size_t)count + 1, sizeof *names);
    for (Py_ssize_t i = 0; names != NULL && i < count; i++) {
        names[i] = PyBytes_AsString(PyTuple_GetItem(paths, i));
        if (names[i] == NULL) {
            free(names);
            return core_feed_end(f, 1);
        }
    }
    if (names == NULL) {
        (void)PyErr_NoMemory();
        return core_feed_end(f, 1);
    }
    core_release_gil(&f->call);
    status = tt_reader_open(&reader, names, (size_t)count, &o, &error);
    core_acquire_gil(&f->call);
    f->reading = 1;
    if (status != TT_OK)
        (void)core_raise(&error);
    else
        failed = read_all(f, reader, kept == Py_None ? NULL : kept);
    f->reading = 0;
    core_release_gil(&f->call);
    tt_reader_close(reader);
    core_acquire_gil(&f->call);
    free(names);
    return core_feed_end(f, failed);
}
