/* Batches as an Arrow stream in a capsule. The stream owns what it reads, so it may outlive the
 * Python object that made it. */
#include "arrow_builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct table_stream {
    stream_source source;
    uint64_t rows, batches; /* given so far */
    int failed;
    tt_error error;
} table_stream;

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    table_stream *s = stream->private_data;
    s->failed = arrow_export_schema(s->source.table, s->source.id_format, out);
    return s->failed;
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    table_stream *s = stream->private_data;
    arrow_batch *batch = NULL;
    memset(out, 0, sizeof *out);
    s->failed = s->source.next(&s->source, s->rows, s->batches, &batch, &s->error);
    if (s->failed == 0 && batch != NULL)
        s->failed = arrow_export_batch(batch, out);
    if (s->failed == 0 && batch != NULL) {
        s->rows += (uint64_t)batch->root.length;
        s->batches++;
    }
    arrow_batch_release(batch);
    return s->failed;
}

static const char *stream_error(struct ArrowArrayStream *stream)
{
    const table_stream *s = stream->private_data;
    return s->failed == 0           ? NULL
           : s->failed == ENOMEM    ? "out of memory"
           : s->failed == EOVERFLOW ? "a row is over 2 GiB"
                                    : s->error.message;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    table_stream *s = stream->private_data;
    s->source.release(s->source.owner);
    free(s);
    stream->release = NULL;
}

static void free_stream_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, STREAM_NAME);
    if (stream != NULL && stream->release != NULL)
        stream->release(stream);
    free(stream);
}

PyObject *core_stream_capsule(const stream_source *source)
{
    struct ArrowArrayStream *stream = calloc(1, sizeof *stream);
    table_stream *s = calloc(1, sizeof *s);
    PyObject *capsule;
    if (stream == NULL || s == NULL) {
        free(stream);
        free(s);
        source->release(source->owner);
        return PyErr_NoMemory();
    }
    s->source = *source;
    *stream =
        (struct ArrowArrayStream){stream_schema, stream_next, stream_error, stream_release, s};
    capsule = PyCapsule_New(stream, STREAM_NAME, free_stream_capsule);
    if (capsule == NULL) {
        stream->release(stream);
        free(stream);
    }
    return capsule;
}
