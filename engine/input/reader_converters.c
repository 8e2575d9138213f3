/*
 * XML, tables, web archives, collections of documents and pages do not stay in the block. They are
 * fed to a parser as they arrive, and the items that it gives, one line of JSON each, are collected
 * in a second buffer.
 */
#include "input/html_page.h"
#include "input/reader_parts.h"
#include "util/error.h"
#include "util/utf8.h"

#include <string.h>

enum {
    PARSER_PIECE = 64 << 10, /* fed at once, which bounds the items that one call gives */
};

/* A tti_xml_fn. */
static tt_status append_converted(void *ctx, const tti_xml_item *given)
{
    tt_reader *r = ctx;
    const size_t begin = r->converted.count, end = begin + given->size;
    tt_record *record;
    if (tti_array_reserve(&r->converted, r->allocator, given->size + TTI_LINE_SLACK) != TT_OK)
        return TT_ENOMEM;
    if (r->file.table != NULL)
        r->file.notes |= tti_csv_notes(r->file.table);
    record = tti_reader_append_item(
        r, given->status == TT_OK ? TTI_ITEM_CONVERTED : TTI_ITEM_CONVERTED_REJECTED, begin, end,
        given->line);
    if (record == NULL)
        return TT_ENOMEM;
    tti_array_last(&r->items).options =
        r->file.table == NULL ? &r->converted_options : tti_csv_row_options(r->file.table);
    if (given->size > 0)
        memcpy(r->converted.items + begin, given->json, given->size);
    r->converted.count = end;
    if (given->status != TT_OK)
        tti_record_reject(record, given->status, "%s", given->reason);
    return TT_OK;
}

/* Feeds one piece to the parser. *ended: the parser takes no more. */
static tt_status feed_piece(tt_reader *r, const char *bytes, size_t size, int last, int *ended,
                            tt_error *error)
{
    uint64_t line = 1;
    const char *reason;
    const tti_input_file *f = &r->file;
    const tt_status status = f->table != NULL  ? tti_csv_feed(f->table, bytes, size, last)
                             : f->warc != NULL ? tti_warc_feed(f->warc, bytes, size, last)
                             : f->documents != NULL
                                 ? tti_documents_feed(f->documents, bytes, size, last)
                                 : tti_xml_feed(f->xml, bytes, size, last);
    *ended = status != TT_OK;
    if (status == TT_EFORMAT) {
        reason = f->table != NULL       ? tti_csv_fault(f->table)
                 : f->warc != NULL      ? tti_warc_fault(f->warc, &line)
                 : f->documents != NULL ? tti_documents_fault(f->documents, &line)
                                        : tti_xml_fault(f->xml, &line);
        return tti_reader_reject_input(r, line, TT_EFORMAT, reason, error);
    }
    TTI_TRY_ALLOC(status != TT_OK, error, "an item");
    return TT_OK;
}

/* Makes blanks of the control characters that XML does not allow, and that feeds have all the same.
 */
static void blank_out_controls(char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < 0x20 && !tti_reader_is_blank(bytes[i]))
            bytes[i] = ' ';
}

tt_status tti_reader_feed_parser(tt_reader *r, tt_error *error)
{
    size_t at = r->tail;
    int ended = 0;
    while (at < r->used && !ended && tti_reader_has_room(r)) {
        const size_t left = r->used - at, size = left < PARSER_PIECE ? left : PARSER_PIECE;
        if (r->file.is_narrow)
            blank_out_controls(r->data + at, size);
        TTI_TRY(feed_piece(r, r->data + at, size, 0, &ended, error));
        at += size;
    }
    if (at == r->used) /* all of the room is free again */
        r->used = r->scanned = r->tail;
    else
        r->tail = r->scanned = at;
    if (ended) {
        r->used = r->tail;
        tti_reader_close_file(r);
    }
    return TT_OK;
}

tt_status tti_reader_end_parser(tt_reader *r, int *is_ended, tt_error *error)
{
    int has_failed;
    *is_ended = 0;
    TTI_TRY(tti_reader_feed_parser(r, error));
    if (r->file.stream == NULL || r->tail < r->used || !tti_reader_has_room(r))
        return TT_OK;
    *is_ended = 1;
    return feed_piece(r, "", 0, 1, &has_failed, error);
}

tt_status tti_reader_append_page(tt_reader *r, tt_error *error)
{
    tti_xml_item item = {NULL, 0, 1, TT_OK, NULL};
    tti_char_array object = {0}, page = {0}, id = {0};
    int has_text = 0;
    tt_status status;
    r->tail += (size_t)r->file.bom;
    status =
        r->encoding != NULL || r->file.bom > 0
            ? TT_OK
            : tti_html_page_decode(r->data + r->tail, r->used - r->tail, "", &page, r->allocator);
    if (status == TT_OK)
        status = tti_array_reserve(&id, r->allocator, 2 * strlen(r->file.input->path) + 1);
    if (status == TT_OK)
        (void)tti_utf8_of_path(r->file.input->path, id.items);
    if (status == TT_OK)
        status = tti_html_page_read(page.count > 0 ? page.items : r->data + r->tail,
                                    page.count > 0 ? page.count : r->used - r->tail, id.items, "",
                                    &object, &has_text, r->allocator);
    item.json = object.items;
    item.size = object.count;
    if (!has_text) {
        item.status = TT_EFORMAT;
        item.reason = "no text in the page";
    }
    if (status == TT_OK)
        status = append_converted(r, &item);
    tti_array_free(&object, r->allocator);
    tti_array_free(&page, r->allocator);
    tti_array_free(&id, r->allocator);
    TTI_TRY_ALLOC(status, error, "a page");
    return TT_OK;
}

/* What a record of a web archive is, that is no page. */
static tt_status pass_over_record(void *ctx, const char *name)
{
    tt_reader *r = ctx;
    return tti_inputs_pass_over(&r->inputs, name, NULL);
}

tt_status tti_reader_open_parser(tt_reader *r, tt_error *error)
{
    tti_input_file *f = &r->file;
    if (f->format == TTI_FORMAT_XML) {
        const tti_xml_options options = {r->allocator, r->longest_line, f->lines_before,
                                         r->line_options.whole};
        TTI_TRY_ALLOC(tti_xml_open(&f->xml, &options, append_converted, r), error, "an XML parser");
    } else if (f->format == TTI_FORMAT_WARC) {
        const tti_warc_options options = {r->allocator, r->longest_line, pass_over_record};
        TTI_TRY_ALLOC(tti_warc_open(&f->warc, &options, append_converted, r), error,
                      "a web archive");
    } else if (f->format == TTI_FORMAT_DOCUMENTS) {
        TTI_TRY_ALLOC(
            tti_documents_open(&f->documents, r->allocator, r->longest_line, append_converted, r),
            error, "documents");
    } else if (f->format == TTI_FORMAT_TABLE) {
        tti_csv_options options = {r->allocator, r->longest_line, &r->line_options, {NULL}};
        for (int i = 0; i < TTI_FIELD_COUNT; i++)
            options.given[i] = r->given[i] ? r->names[i] : NULL;
        TTI_TRY_ALLOC(tti_array_reserve(&r->tables, r->allocator, 1), error, "a table");
        TTI_TRY_ALLOC(tti_csv_open(&f->table, &options, append_converted, r), error, "a table");
        r->tables.items[r->tables.count++] = f->table;
    }
    return TT_OK;
}
