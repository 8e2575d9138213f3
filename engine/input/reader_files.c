/*
 * Files, from opening to closing. The first bytes of each decide what it is; one that cannot be
 * read is an item with a reason, and one without a record is noted.
 */
#include "input/reader_parts.h"
#include "input/refusal.h"
#include "util/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A tti_byte_source of the bytes in memory. */
static tt_status read_bytes(void *ctx, char *bytes, size_t room, size_t *got, tt_error *error)
{
    tt_reader *r = ctx;
    (void)error;
    *got = room < r->byte_count ? room : r->byte_count;
    memcpy(bytes, r->bytes, *got);
    r->bytes += *got;
    r->byte_count -= *got;
    return TT_OK;
}

tt_status tti_reader_open_file(tt_reader *r, tt_error *error)
{
    const tti_input *input = &tti_array_at(&r->inputs.list, r->next_input);
    tt_error why = {TT_OK, 0, ""};
    tt_status status;
    r->next_input++;
    r->file =
        (tti_input_file){.input = input, .format = input->format, .line = 1, .split = {.line = 1}};
    if (r->encoding != NULL)
        tti_encoding_begin(r->encoding);
    if (input->fault != 0) {
        tti_input_fault_text(input->fault, why.message, sizeof why.message);
        return tti_reader_reject_input(
            r, 0, input->fault == TTI_INPUT_SYSTEM ? TT_EVERSION : TT_EIO, why.message, error);
    }
    status = r->bytes != NULL
                 ? tti_byte_stream_open_source(&r->file.stream, read_bytes, r, r->allocator, &why)
                 : tti_byte_stream_open(&r->file.stream, input->path, r->allocator, &why);
    if (status == TT_ENOMEM) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (status != TT_OK) {
        r->done += input->size;
        return tti_reader_reject_input(r, 0, status, why.message, error);
    }
    if (r->window_log != 0)
        tti_byte_stream_allow_window(r->file.stream, r->window_log);
    return TT_OK;
}

/* Notes a file of which nothing has become a record. */
static void note_empty_file(tt_reader *r)
{
    const tti_input_file *f = &r->file;
    if (!f->has_record)
        tti_inputs_note_empty(&r->inputs, f->input->path,
                              f->format == TTI_FORMAT_XML           ? "has no item"
                              : f->format == TTI_FORMAT_TABLE       ? "has no row"
                              : f->format == TTI_FORMAT_WARC        ? "has no page or text"
                              : f->format == TTI_FORMAT_JSON_VALUES ? "is an empty list"
                                                                    : "is empty");
}

void tti_reader_close_file(tt_reader *r)
{
    if (r->within.archive == NULL)
        r->done +=
            r->inputs.has_stream ? tti_byte_stream_consumed(r->file.stream) : r->file.input->size;
    tti_byte_stream_close(r->file.stream);
    tti_xml_close(r->file.xml);
    tti_warc_close(r->file.warc);
    tti_documents_close(r->file.documents);
    if (r->file.converted != NULL)
        r->converter->close(r->file.converted);
    r->file.converted = NULL;
    r->file.stream = NULL;
    r->file.xml = NULL;
    r->file.warc = NULL;
    r->file.documents = NULL;
    r->file.table = NULL;
    r->tail = r->scanned = r->used;
}

/* A tti_byte_source of what the converter gives. */
static tt_status read_converted(void *ctx, char *bytes, size_t room, size_t *got, tt_error *error)
{
    tt_reader *r = ctx;
    char reason[116] = "";
    const int64_t n = r->converter->read(r->file.converted, bytes, room, reason, sizeof reason);
    *got = n > 0 ? (size_t)n : 0;
    return n < 0 ? tti_fail(error, TT_EFORMAT, TTI_NOWHERE, "%s", reason) : TT_OK;
}

/* The file is one of columns: the converter's lines take its place. */
static tt_status begin_columns(tt_reader *r, const char *kind, tt_error *error)
{
    char reason[116] = "";
    void *converted =
        r->converter->open(r->converter->ctx, r->file.input->path, kind, reason, sizeof reason);
    r->used = r->scanned = r->tail;
    if (converted == NULL) {
        TTI_TRY(tti_reader_reject_input(r, 0, TT_EVERSION, reason, error));
        tti_reader_close_file(r);
        return TT_OK;
    }
    tti_byte_stream_close(r->file.stream);
    r->file.stream = NULL;
    r->file.converted = converted;
    r->file.format = TTI_FORMAT_JSONL;
    r->file.is_begun = 1;
    return tti_byte_stream_open_source(&r->file.stream, read_converted, r, r->allocator, error);
}

/* Rejects a file that cannot be read, by what its first bytes or its name show it to be. */
static tt_status refuse_kind(tt_reader *r, size_t first, tt_error *error)
{
    const tti_input_file *f = &r->file;
    const tti_file_kind file = {f->input->path, f->input->format == TTI_FORMAT_UNKNOWN, f->format,
                                r->line_options.text_format};
    char reason[116];
    const char *advice;
    const char *kind = tti_refusal_of(&file, r->data + first, r->used - first, &advice);
    if (kind == NULL)
        return TT_OK;
    if (r->converter != NULL && r->bytes == NULL && r->within.archive == NULL &&
        strcmp(f->input->path, "-") != 0 && tti_format_is_columns(r->data + first, r->used - first))
        return begin_columns(r, kind, error);
    if (r->converter != NULL && tti_format_is_columns(r->data + first, r->used - first))
        advice = "give it as a file by its name";
    (void)snprintf(reason, sizeof reason, "%s; %s", kind, advice);
    r->used = r->tail;
    TTI_TRY(tti_reader_reject_input(r, 0, TT_EVERSION, reason, error));
    tti_reader_close_file(r);
    return TT_OK;
}

/* The note for a file whose content contradicts the ending of its name. */
static uint32_t notes_of_format(const tt_reader *r, const tti_input_file *f, size_t first)
{
    static const uint32_t notes[] = {[TTI_FORMAT_JSONL] = TT_NOTE_IS_JSON,
                                     [TTI_FORMAT_JSON_VALUES] = TT_NOTE_IS_JSON,
                                     [TTI_FORMAT_TEXT] = 0,
                                     [TTI_FORMAT_XML] = TT_NOTE_IS_XML,
                                     [TTI_FORMAT_TABLE] = TT_NOTE_IS_TABLE,
                                     [TTI_FORMAT_HTML] = TT_NOTE_IS_HTML,
                                     [TTI_FORMAT_WARC] = TT_NOTE_IS_ARCHIVE,
                                     [TTI_FORMAT_DOCUMENTS] = 0};
    const tti_format named = f->input->format;
    const int is_json = f->format == TTI_FORMAT_JSONL || f->format == TTI_FORMAT_JSON_VALUES;
    const int is_text = named == TTI_FORMAT_TEXT || named == TTI_FORMAT_UNKNOWN;
    if (f->format == TTI_FORMAT_HTML && is_text &&
        !tti_format_is_page(r->data + first, r->used - first))
        return TT_NOTE_HTML;
    if (f->format == TTI_FORMAT_TEXT)
        return tti_refusal_is_mail(r->data + first, r->used - first) ? TT_NOTE_MAIL : 0;
    return named == f->format || named == TTI_FORMAT_UNKNOWN || strcmp(f->input->path, "-") == 0 ||
                   (named == TTI_FORMAT_JSON && is_json)
               ? 0
               : notes[f->format];
}

tt_status tti_reader_begin_file(tt_reader *r, int at_end, tt_error *error)
{
    tti_input_file *f = &r->file;
    tti_first_bytes seen = {.at_end = at_end, .text_format = r->line_options.text_format};
    const char *kind;
    size_t first;
    if (r->used - r->tail < 4 && !at_end)
        return TT_OK;
    f->bom = r->used - r->tail >= 3 && memcmp(r->data + r->tail, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    first = r->tail + (size_t)f->bom;
    while (first < r->used && tti_reader_is_blank(r->data[first]))
        first++;
    seen.at_end |= first == r->used && r->used - r->tail >= TTI_READER_GIVE_UP;
    seen.bytes = r->data + first;
    seen.size = r->used - first;
    if (r->given[TTI_FIELD_TEXT])
        seen.text_field = r->names[TTI_FIELD_TEXT];
    /* what does not begin as JSON or XML may be anything; a stream is known by its first line */
    if (!at_end && seen.size < TTI_REFUSAL_BYTES && r->used - r->tail < TTI_READER_GIVE_UP &&
        (f->input->size > 0 || seen.size == 0 ||
         ((strchr("{[<", r->data[first]) == NULL || r->data[first] == '\0') &&
          memchr(seen.bytes, '\n', seen.size) == NULL)))
        return TT_OK;
    if (tti_archive_kind_of(r->data + r->tail, r->used - r->tail, &kind) != TTI_NO_ARCHIVE)
        return tti_reader_begin_archive(r, kind, error);
    if (!tti_format_decide(&f->format, &seen))
        return TT_OK;
    TTI_TRY(refuse_kind(r, first, error));
    if (f->stream == NULL || f->converted != NULL)
        return TT_OK;
    f->notes = notes_of_format(r, f, first);
    f->is_begun = 1;
    if (f->format == TTI_FORMAT_JSONL || f->format == TTI_FORMAT_JSON_VALUES ||
        f->format == TTI_FORMAT_TABLE)
        r->tail += (size_t)f->bom;
    f->is_narrow = f->format == TTI_FORMAT_XML && first < r->used && r->data[first] == '<';
    if (f->is_narrow &&
        first > r->tail + (size_t)f->bom) /* blanks, before which XML cannot begin */
        for (; r->tail < first; r->tail++)
            f->lines_before += r->data[r->tail] == '\n';
    r->scanned = r->tail;
    return tti_reader_open_parser(r, error);
}

tt_status tti_reader_end_file(tt_reader *r, tt_error *error)
{
    int is_ended;
    if (!r->file.is_begun) {
        TTI_TRY(tti_reader_begin_file(r, 1, error));
        if (r->file.converted != NULL) /* what takes its place is still to be read */
            return TT_OK;
    }
    if (r->file.stream == NULL) /* it has been rejected, or is an archive */
        return TT_OK;
    switch (r->file.format) {
    case TTI_FORMAT_TABLE:
    case TTI_FORMAT_WARC:
    case TTI_FORMAT_DOCUMENTS:
    case TTI_FORMAT_XML:
        TTI_TRY(tti_reader_end_parser(r, &is_ended, error));
        if (!is_ended)
            return TT_OK;
        break;
    case TTI_FORMAT_TEXT: TTI_TRY(tti_reader_append_text(r, error)); break;
    case TTI_FORMAT_HTML:
        TTI_TRY(r->file.is_skipping ? tti_reader_append_text(r, error)
                                    : tti_reader_append_page(r, error));
        break;
    case TTI_FORMAT_JSON_VALUES:
        TTI_TRY(tti_reader_split_values(r, error));
        if (r->items.count == TTI_READER_BATCH)
            return TT_OK;
        TTI_TRY(tti_reader_end_values(r, error));
        break;
    default:
        assert(r->file.format == TTI_FORMAT_JSONL);
        TTI_TRY(tti_reader_split_lines(r, error));
        if (r->items.count == TTI_READER_BATCH)
            return TT_OK;
        TTI_TRY(tti_reader_end_lines(r, error));
    }
    note_empty_file(r);
    tti_reader_close_file(r);
    return TT_OK;
}
