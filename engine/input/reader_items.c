/*
 * Items: lines, objects over several lines, plain-text files, and inputs that cannot be read. Each
 * becomes a record.
 */
#include "input/reader_parts.h"
#include "util/error.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

tt_record *tti_reader_append_item(tt_reader *r, tti_reader_item_kind kind, size_t begin, size_t end,
                                  uint64_t line)
{
    tt_record *record;
    if (tti_array_reserve(&r->items, r->allocator, 1) != TT_OK ||
        tti_array_reserve(&r->records, r->allocator, 1) != TT_OK)
        return NULL;
    assert(begin <= end && r->items.count == r->records.count);
    r->items.items[r->items.count++] = (tti_reader_item){
        kind, kind == TTI_ITEM_LINE ? &r->line_options : NULL, begin, end, 0, 0, 0, r->file.notes};
    r->file.nth = r->file.has_record && line == r->file.last_line ? r->file.nth + 1 : 1;
    r->file.last_line = line;
    r->file.has_record = 1;
    record = &r->records.items[r->records.count++];
    memset(&record->article, 0, sizeof record->article);
    record->raw = NULL;
    record->raw_size = 0;
    record->file = r->file.input->path;
    record->line = line;
    record->status = TT_OK;
    record->reason[0] = '\0';
    record->title = NULL;
    record->title_size = 0;
    record->notes = 0;
    record->nth = r->file.nth;
    return record;
}

tt_status tti_reader_reject_input(tt_reader *r, uint64_t line, tt_status status, const char *reason,
                                  tt_error *error)
{
    tt_record *record = tti_reader_append_item(r, TTI_ITEM_REJECTED, 0, 0, line);
    TTI_TRY_ALLOC(record == NULL, error, "records");
    record->nth = 1; /* it is about the place, and no record there */
    tti_record_reject(record, status, "%s", reason);
    return TT_OK;
}

/* Appends the line [tail, end) unless it is blank, and moves the tail to `next`. */
static tt_status append_line(tt_reader *r, size_t end, size_t next, tt_error *error)
{
    size_t first = r->tail;
    if (end > first && r->data[end - 1] == '\r')
        end--;
    while (first < end && tti_reader_is_blank(r->data[first]))
        first++;
    if (first < end)
        TTI_TRY_ALLOC(tti_reader_append_item(r, TTI_ITEM_LINE, r->tail, end, r->file.line) == NULL,
                      error, "records");
    r->file.line++;
    r->tail = r->scanned = next;
    return TT_OK;
}

/* Appends a record for a line, or an object, that was given up and ends before `next`. */
static tt_status append_skipped_line(tt_reader *r, uint64_t line, size_t next, tt_error *error)
{
    tt_record *record = tti_reader_append_item(r, TTI_ITEM_REJECTED, 0, 0, line);
    TTI_TRY_ALLOC(record == NULL, error, "records");
    if (r->file.is_object)
        tti_record_reject(record, TT_ELIMIT,
                          "line of %" PRIu64 " bytes is too long for a text of %" PRIu64,
                          r->file.skipped, r->line_options.max_article_bytes);
    else
        tti_record_reject(record, TT_EFORMAT, "not a JSON object, and %" PRIu64 " bytes long",
                          r->file.skipped);
    r->file.is_skipping = 0;
    r->file.line++;
    r->tail = r->scanned = next;
    return TT_OK;
}

tt_status tti_reader_split_lines(tt_reader *r, tt_error *error)
{
    while (r->items.count < TTI_READER_BATCH && r->scanned < r->used) {
        const char *newline = memchr(r->data + r->scanned, '\n', r->used - r->scanned);
        const size_t end = newline == NULL ? r->used : (size_t)(newline - r->data);
        if (r->file.is_skipping)
            r->file.skipped += end - r->scanned;
        if (newline == NULL) {
            if (r->file.is_skipping)
                r->used = r->tail;
            r->scanned = r->used;
            break;
        }
        TTI_TRY(r->file.is_skipping ? append_skipped_line(r, r->file.line, end + 1, error)
                                    : append_line(r, end, end + 1, error));
    }
    return TT_OK;
}

tt_status tti_reader_end_lines(tt_reader *r, tt_error *error)
{
    if (r->file.is_skipping)
        return append_skipped_line(r, r->file.line, r->used, error);
    return r->tail < r->used ? append_line(r, r->used, r->used, error) : TT_OK;
}

tt_status tti_reader_split_values(tt_reader *r, tt_error *error)
{
    tti_input_file *f = &r->file;
    while (r->items.count < TTI_READER_BATCH && r->scanned < r->used) {
        const size_t from = r->scanned;
        const int ends = tti_json_split_next(&f->split, r->data, r->used, &r->tail, &r->scanned);
        if (f->is_skipping)
            f->skipped += r->scanned - from;
        if (!ends) {
            if (f->is_skipping)
                r->used = r->scanned = r->tail;
            return TT_OK;
        }
        if (f->is_skipping) {
            TTI_TRY(append_skipped_line(r, f->split.value_line, r->scanned, error));
            continue;
        }
        TTI_TRY_ALLOC(tti_reader_append_item(r, TTI_ITEM_LINE, r->tail, r->scanned,
                                             f->split.value_line) == NULL,
                      error, "records");
        r->tail = r->scanned;
    }
    return TT_OK;
}

tt_status tti_reader_end_values(tt_reader *r, tt_error *error)
{
    const tti_json_split *s = &r->file.split;
    if (s->is_begun && r->file.is_skipping)
        TTI_TRY(append_skipped_line(r, s->value_line, r->used, error));
    else if (s->is_begun)
        TTI_TRY_ALLOC(tti_reader_append_item(r, TTI_ITEM_LINE, r->tail, r->used, s->value_line) ==
                          NULL,
                      error, "records");
    return s->in_array ? tti_reader_reject_input(r, s->line, TT_EFORMAT,
                                                 "invalid JSON: the array ends early", error)
                       : TT_OK;
}

tt_status tti_reader_append_text(tt_reader *r, tt_error *error)
{
    const uint64_t size = r->used - r->tail + r->file.skipped - (uint64_t)r->file.bom;
    const tti_reader_item_kind kind = r->file.is_skipping ? TTI_ITEM_REJECTED : TTI_ITEM_TEXT;
    tt_record *record = tti_reader_append_item(r, kind, r->tail, r->used, 0);
    TTI_TRY_ALLOC(record == NULL, error, "records");
    tti_array_last(&r->items).bom = r->file.bom;
    if (r->file.is_skipping)
        tti_record_reject(record, TT_ELIMIT,
                          "text of %" PRIu64 " bytes is over the limit of %" PRIu64, size,
                          r->line_options.max_article_bytes);
    return TT_OK;
}
