/*
 * The reader: the inputs, one after another, become blocks of whole lines and then records, in the
 * order of the input.
 *
 * A block is one buffer of about BLOCK_BYTES a thread. It is filled from one file after another and
 * split at its newlines into items (a line, a plain-text file, or an input that cannot be read),
 * which are parsed in parallel, each into its own record. What follows the last newline is moved to
 * the front of the next block. Only a line or a file that is longer than a block makes the buffer
 * grow.
 *
 * When a stream pauses or trickles, the lines read so far become a batch: they do not wait for
 * more.
 *
 * To bound the memory, a line is given up while it is being read if it is longer than the longest
 * article could be, or longer than TTI_READER_GIVE_UP and not an object. Its record has no raw
 * bytes. A plain file over the limit is given up likewise.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/reader.h"

#include "input/reader_parts.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

#include <assert.h>
#include <string.h>

enum {
    MOST_PAUSES = 20 /* of a stream that trickles on, before its lines are handed out */
};

static const uint64_t LONGEST_ARTICLE = (uint64_t)1 << 30;

/* Opens a reader that has no inputs yet. */
static tt_status open_reader(tt_reader **out, const tt_reader_options *options, tt_error *error)
{
    const uint32_t known = TT_READER_WHOLE | TT_READER_PROMPT | TT_READER_LASTING_IDS;
    tt_reader_options given = TT_READER_OPTIONS_INIT;
    const tt_allocator *allocator;
    tt_reader *r;
    tt_status status;
    TTI_TRY(tti_options_copy(&given, sizeof given, options, "tt_reader_options", error));
    if (given.reserved != 0 || given.threads < 0 || given.max_article_bytes > LONGEST_ARTICLE ||
        given.text_format < TT_TEXT_AUTO || given.text_format > TT_TEXT_HTML ||
        (given.zstd_window_log != 0 &&
         (given.zstd_window_log < 10 || given.zstd_window_log > 31)) ||
        (given.flags & ~known) != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is out of range",
                        given.reserved != 0                         ? "reserved"
                        : given.threads < 0                         ? "threads"
                        : (given.flags & ~known) != 0               ? "flags"
                        : given.zstd_window_log != 0                ? "zstd_window_log"
                        : given.max_article_bytes > LONGEST_ARTICLE ? "max_article_bytes"
                                                                    : "text_format");
    allocator = given.allocator == NULL ? &tti_libc_allocator : given.allocator;
    r = tti_alloc_zero(allocator, 1, sizeof *r);
    TTI_TRY_ALLOC(r == NULL, error, "a reader");
    r->allocator = r->inputs.allocator = allocator;
    status = tti_reader_set_options(r, &given, error);
    if (status != TT_OK) {
        tt_reader_close(r);
        return status;
    }
    *out = r;
    return TT_OK;
}

tt_status tt_reader_open(tt_reader **out, const char *const *paths, size_t count,
                         const tt_reader_options *options, tt_error *error)
{
    tt_reader *r = NULL;
    tt_status status;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    *out = NULL;
    if (count == 0 || paths == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no input");
    for (size_t i = 0; i < count; i++)
        if (paths[i] == NULL || paths[i][0] == '\0')
            return tti_fail(error, TT_EINVAL, i, "an input's path is empty");
    status = open_reader(&r, options, error);
    for (size_t i = 0; i < count && status == TT_OK; i++)
        status = tti_inputs_add(&r->inputs, paths[i], error);
    if (status == TT_OK)
        *out = r;
    else
        tt_reader_close(r);
    return status;
}

tt_status tt_reader_open_bytes(tt_reader **out, const char *name, const void *bytes, size_t size,
                               const tt_reader_options *options, tt_error *error)
{
    tt_reader *r = NULL;
    tt_status status;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    *out = NULL;
    if (name == NULL || *name == '\0' || (bytes == NULL && size > 0))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no input");
    TTI_TRY(open_reader(&r, options, error));
    status = tti_inputs_add_bytes(&r->inputs, name, size, error);
    r->bytes = bytes == NULL ? "" : bytes;
    r->byte_count = size;
    if (status == TT_OK)
        *out = r;
    else
        tt_reader_close(r);
    return status;
}

void tti_reader_tune(tt_reader *r, size_t block_bytes, int use_simdjson)
{
    r->block_bytes = block_bytes;
    r->use_simdjson = use_simdjson;
}

/* Frees what the records before needed, and the file being read does not. */
static void free_kept(tt_reader *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->tables.count; i++)
        if (r->tables.items[i] == r->file.table)
            r->tables.items[kept++] = r->file.table;
        else
            tti_csv_close(r->tables.items[i]);
    r->tables.count = kept;
    kept = 0;
    for (size_t i = 0; i < r->members.count; i++) {
        tti_input *m = r->members.items[i];
        if (m == r->file.input) {
            r->members.items[kept++] = m;
            continue;
        }
        tti_release(r->allocator, m->path, strlen(m->path) + 1, 1);
        tti_release(r->allocator, m, 1, sizeof *m);
    }
    r->members.count = kept;
}

void tt_reader_close(tt_reader *r)
{
    if (r == NULL)
        return;
    tti_xml_close(r->file.xml);
    tti_warc_close(r->file.warc);
    tti_documents_close(r->file.documents);
    tti_byte_stream_close(r->file.stream);
    if (r->file.converted != NULL)
        r->converter->close(r->file.converted);
    tti_reader_close_archive(r);
    r->file.table = NULL;
    r->file.input = NULL;
    free_kept(r);
    tti_array_free(&r->tables, r->allocator);
    tti_array_free(&r->members, r->allocator);
    tti_inputs_free(&r->inputs);
    tti_encoding_close(r->encoding);
    for (size_t i = 0; i < r->parsers.count; i++)
        tti_simdjson_close(r->parsers.items[i]);
    tti_array_free(&r->parsers, r->allocator);
    tti_release(r->allocator, r->data, r->capacity, 1);
    tti_release(r->allocator, r->out, r->out_capacity, 1);
    tti_array_free(&r->converted, r->allocator);
    tti_array_free(&r->items, r->allocator);
    tti_array_free(&r->records, r->allocator);
    for (int i = 0; i < TTI_FIELD_COUNT; i++)
        if (r->names[i] != NULL)
            tti_release(r->allocator, r->names[i], strlen(r->names[i]) + 1, 1);
    tti_release(r->allocator, r, 1, sizeof *r);
}

void tt_reader_progress(const tt_reader *r, uint64_t *done, uint64_t *total)
{
    if (r == NULL || done == NULL || total == NULL)
        return;
    *done = r->done;
    *total = r->inputs.has_stream ? 0 : r->inputs.bytes;
    if (r->file.stream != NULL || r->within.archive != NULL) {
        const int is_within = r->within.archive != NULL;
        const uint64_t consumed =
            tti_byte_stream_consumed(is_within ? r->within.stream : r->file.stream);
        const uint64_t size = is_within ? r->within.input->size : r->file.input->size;
        *done += *total != 0 && consumed > size ? size : consumed;
    }
}

uint64_t tt_reader_passed_over(const tt_reader *r, char *text, size_t size)
{
    if (size > 0 && text != NULL)
        text[0] = '\0';
    return r == NULL ? 0
                     : tti_inputs_describe_passed_over(&r->inputs, text, text == NULL ? 0 : size);
}

uint64_t tt_reader_empty(const tt_reader *r, char *text, size_t size)
{
    if (size > 0 && text != NULL)
        text[0] = '\0';
    return r == NULL ? 0 : tti_inputs_describe_empty(&r->inputs, text, text == NULL ? 0 : size);
}

/* Makes room to read into. A long line or plain file is given up once it cannot be an article. */
static tt_status make_read_room(tt_reader *r, tt_error *error)
{
    const size_t held = r->used - r->tail;
    tti_input_file *f = &r->file;
    size_t first = r->tail, capacity;
    if (f->is_begun && held >= TTI_READER_GIVE_UP && !f->is_skipping) {
        const int is_text = f->format == TTI_FORMAT_TEXT || f->format == TTI_FORMAT_HTML;
        while (first < r->used && tti_reader_is_blank(r->data[first]))
            first++;
        if (first == r->used && !is_text)
            r->used = r->scanned = r->tail; /* blanks are skipped in any case */
        f->is_object = r->used > r->tail && r->data[first] == '{';
        f->is_skipping = is_text ? held > r->line_options.max_article_bytes + (uint64_t)f->bom
                                 : held > r->longest_line || (r->used > r->tail && !f->is_object);
        f->skipped = 0;
    }
    if (f->is_skipping) {
        f->skipped += r->used - r->tail;
        r->used = r->scanned = r->tail;
    }
    capacity = r->used < r->block_bytes ? r->block_bytes : r->used + r->used / 2 + 1;
    capacity += TTI_LINE_SLACK;
    if (r->capacity < r->block_bytes + TTI_LINE_SLACK ||
        r->capacity < r->used + TTI_LINE_SLACK + (r->encoding != NULL ? TTI_ENCODING_ROOM : 1))
        TTI_TRY_ALLOC(tti_resize(r->allocator, &r->data, &r->capacity, capacity, 1), error,
                      "a line or file");
    return TT_OK;
}

/* Reads once into the block. */
static tt_status read_more(tt_reader *r, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    size_t got, room;
    tt_status status;
    TTI_TRY(make_read_room(r, error));
    assert(r->used + TTI_LINE_SLACK < r->capacity);
    tti_byte_stream_set_deadline(r->file.stream, r->deadline);
    room = r->capacity - TTI_LINE_SLACK - r->used;
    status =
        r->encoding == NULL || r->file.converted != NULL
            ? tti_byte_stream_read(r->file.stream, r->data + r->used, room, &got, &why)
            : tti_encoding_read(r->encoding, r->file.stream, r->data + r->used, room, &got, &why);
    if (status == TT_ENOMEM) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (status != TT_OK) {
        TTI_TRY(tti_reader_reject_input(r, 0, status, why.message, error));
        r->used = r->tail;
        tti_reader_close_file(r);
        return TT_OK;
    }
    r->is_late = tti_byte_stream_is_late(r->file.stream);
    if (got == 0)
        return r->is_late ? TT_OK : tti_reader_end_file(r, error);
    r->used += got;
    return r->file.is_begun ? TT_OK : tti_reader_begin_file(r, 0, error);
}

/* Whether what has been read of a stream is to wait no longer for more. *since: when the first item
 * came; 0: not known yet */
static int is_pause(const tt_reader *r, double *since)
{
    const double now = tti_monotonic_seconds();
    if (*since == 0)
        *since = now;
    return now - *since > r->pause_ms * 1e-3 * MOST_PAUSES ||
           !tti_byte_stream_is_ready(r->file.stream, r->pause_ms);
}

/* Drops the batch before and fills the block with the next. */
static tt_status fill_block(tt_reader *r, tt_error *error)
{
    double since = 0;
    r->is_late = 0;
    assert(r->tail <= r->scanned && r->scanned <= r->used && r->used <= r->capacity);
    r->used -= r->tail;
    r->scanned -= r->tail;
    if (r->used > 0 && r->tail > 0)
        memmove(r->data, r->data + r->tail, r->used);
    r->tail = 0;
    r->items.count = r->records.count = 0;
    r->converted.count = 0;
    free_kept(r);
    /* a long line or file has made the buffers larger than they usually need to be */
    if (r->converted.capacity > 4 * r->block_bytes)
        tti_array_shrink(&r->converted, r->allocator);
    if (r->capacity > 4 * (r->block_bytes + TTI_LINE_SLACK) && r->used < r->block_bytes)
        (void)tti_resize(r->allocator, &r->data, &r->capacity, r->block_bytes + TTI_LINE_SLACK, 1);
    for (;;) {
        if (r->file.stream != NULL && r->file.is_begun) {
            if (r->file.format == TTI_FORMAT_JSONL)
                TTI_TRY(tti_reader_split_lines(r, error));
            else if (r->file.format == TTI_FORMAT_JSON_VALUES)
                TTI_TRY(tti_reader_split_values(r, error));
            else if (r->file.format == TTI_FORMAT_XML || r->file.format == TTI_FORMAT_TABLE ||
                     r->file.format == TTI_FORMAT_WARC || r->file.format == TTI_FORMAT_DOCUMENTS)
                TTI_TRY(tti_reader_feed_parser(r, error));
        }
        if (!tti_reader_has_room(r) || (r->items.count > 0 && r->used >= r->block_bytes))
            return TT_OK;
        if (r->is_late || (r->file.stream != NULL && r->items.count > 0 && is_pause(r, &since)))
            return TT_OK;
        if (r->file.stream != NULL)
            TTI_TRY(read_more(r, error));
        else if (r->within.archive != NULL)
            TTI_TRY(tti_reader_open_member(r, error));
        else if (r->next_input < r->inputs.list.count)
            TTI_TRY(tti_reader_open_file(r, error));
        else
            return TT_OK;
    }
}

tt_status tt_reader_next_within(tt_reader *r, int64_t microseconds, const tt_record **records,
                                size_t *count, int *is_late, tt_error *error)
{
    tt_status status;
    if (r == NULL || is_late == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "reader or is_late is NULL");
    r->deadline = tti_monotonic_seconds() + (double)(microseconds < 0 ? 0 : microseconds) * 1e-6;
    status = tt_reader_next(r, records, count, error);
    r->deadline = 0;
    *is_late = status == TT_OK && *count == 0 && r->is_late;
    return status;
}

tt_status tt_reader_next(tt_reader *r, const tt_record **records, size_t *count, tt_error *error)
{
    if (r == NULL || records == NULL || count == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "reader, records or count is NULL");
    *records = NULL;
    *count = 0;
    if (r->failure.status == TT_OK && fill_block(r, &r->failure) == TT_OK && r->items.count > 0)
        (void)tti_reader_parse_block(r, &r->failure);
    if (r->failure.status != TT_OK) {
        if (error != NULL)
            *error = r->failure;
        return r->failure.status;
    }
    *records = r->records.items;
    *count = r->records.count;
    return TT_OK;
}
