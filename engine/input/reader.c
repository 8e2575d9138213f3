/*
 * The reader: inputs in order -> blocks of whole lines -> records, in input order.
 *
 * A block is one buffer of about BLOCK_BYTES a thread. It is filled from one source after another,
 * cut at its newlines into items (a line, a plain-text file, or an input that cannot be read), and
 * the items are parsed in parallel, each into its own place. What follows the last newline is moved
 * to the front of the next block. Only a line or a file longer than a block makes the buffer grow.
 *
 * Strings with escapes are resolved into a second buffer, where each line has room of its own, so
 * that nothing is allocated while threads run, but by simdjson.
 *
 * XML does not stay in the block: what is there is fed to a parser at once, piece by piece, and the
 * items that come out, lines of JSON, are gathered in a buffer beside it.
 *
 * A stream that pauses does not hold back the lines that came before: they are a batch.
 *
 * A line is given up while it is being read, to bound the memory, when it is longer than
 * GIVE_UP_BYTES and cannot be an object, or longer than the longest article could be; such a record
 * has no raw. A plain file over the limit likewise.
 */
#include "input/reader.h"

#include "input/byte_stream.h"
#include "input/inputs.h"
#include "input/json.h"
#include "input/jsonl.h"
#include "input/xml.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"
#include "util/utf8.h"

#include <inttypes.h>
#include <string.h>

enum {
    BLOCK_BYTES = 1 << 20,   /* a thread: what is made of it stays in a core's cache */
    BLOCK_SHARES = 4,        /* threads that count for that */
    GIVE_UP_BYTES = 4 << 20, /* what is read before a line is looked at for hopelessness */
    BATCH_RECORDS = 32768,
    ITEMS_PER_TURN = 8, /* lines a thread takes at once */
    PARALLEL_BYTES = 64 << 10,
    XML_PIECE = 64 << 10,   /* bounds the items that come at once */
    SNIFF_BYTES = 64 << 10, /* what is looked at to tell XML from plain text */
    PAUSE_MS = 50,          /* how long a stream may pause before what is there is handed out */
    PROMPT_PAUSE_MS = 1     /* likewise; enough for whoever writes to fill a pipe that was read */
};

static const uint64_t LONGEST_ARTICLE = (uint64_t)1 << 30;

typedef enum { ITEM_LINE, ITEM_PLAIN, ITEM_REJECTED, ITEM_XML, ITEM_XML_REJECTED } reader_item_kind;

/* A record to be: where it stands in the block, or among the items of XML, and its room in the
 * second buffer. */
typedef struct reader_item {
    reader_item_kind kind;
    size_t begin, end;
    size_t out;
    int bom; /* bytes of a byte order mark in front of a plain text */
} reader_item;

/* The file being read. */
typedef struct input_file {
    tti_byte_stream *source;
    tti_xml *xml; /* of a file of this form */
    const tti_input *input;
    tti_format form;
    int is_begun;     /* the form is known and the byte order mark is passed */
    int bom;          /* its size */
    uint64_t line;    /* of the next line */
    int is_skipping;  /* the rest of the line, or of the plain file, is not wanted */
    int is_object;    /* of the line skipped: it began like one */
    uint64_t skipped; /* bytes of it so far */
} input_file;

struct tt_reader {
    const tt_allocator *allocator;
    int threads;
    tti_jsonl_options rules, xml_item_rules; /* those of a line, and of an item of XML */
    char *names[2];                          /* id and text field */
    uint64_t longest_line;
    size_t block;

    tti_inputs inputs;
    size_t next_input_index;
    input_file now;
    uint64_t done; /* bytes of the inputs finished */

    char *data; /* [tail, scanned) holds no newline; [scanned, used) is still to be searched */
    size_t capacity, tail, scanned, used;
    char *xml_items; /* items of XML, one after another */
    size_t xml_items_size, xml_items_capacity;
    char *out;
    size_t out_capacity;
    reader_item *items;
    size_t count, item_capacity;
    tt_record *records;
    size_t record_capacity;
    tti_simdjson **quick;
    size_t parser_count;
    int use_simdjson;
    int pause_ms;
    tt_error failure; /* once a call failed, the reader only repeats it */
};

/* ==== Opening and closing ===================================================================== */

static tt_status copy_field_name(tt_reader *r, int field, const char *given, const char *usual,
                                 const char *what, tt_error *error)
{
    const char *name = given == NULL ? usual : given;
    const size_t size = strlen(name) + 1;
    if (size == 1)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is empty", what);
    if (tti_utf8_valid_up_to(name, size) != size)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is not UTF-8", what);
    r->names[field] = tti_alloc(r->allocator, size, 1);
    if (r->names[field] == NULL)
        return tti_fail_memory(error, "a reader");
    memcpy(r->names[field], name, size);
    r->rules.name[field] = r->names[field];
    r->rules.name_size[field] = size - 1;
    return TT_OK;
}

static tt_status init_reader(tt_reader *r, const char *const *paths, size_t count,
                             const tt_reader_options *options, tt_error *error)
{
    const uint64_t longest = options->max_article_bytes;
    TTI_TRY(copy_field_name(r, TTI_FIELD_ID, options->id_field, "id", "id_field", error));
    TTI_TRY(copy_field_name(r, TTI_FIELD_TEXT, options->text_field, "text", "text_field", error));
    r->rules.name[TTI_FIELD_PUBLISHED] = "published";
    r->rules.name[TTI_FIELD_SOURCE] = "source";
    r->rules.name_size[TTI_FIELD_PUBLISHED] = strlen("published");
    r->rules.name_size[TTI_FIELD_SOURCE] = strlen("source");
    r->rules.name[TTI_FIELD_VERSION] = "version";
    r->rules.name_size[TTI_FIELD_VERSION] = strlen("version");
    r->rules.name[TTI_FIELD_TITLE] = "title";
    r->rules.name_size[TTI_FIELD_TITLE] = strlen("title");
    r->rules.whole = (options->flags & TT_READER_WHOLE) != 0;
    r->rules.max_article_bytes = longest == 0 ? LONGEST_ARTICLE : longest;
    r->xml_item_rules = r->rules;
    r->xml_item_rules.name[TTI_FIELD_ID] = "id";
    r->xml_item_rules.name_size[TTI_FIELD_ID] = strlen("id");
    r->xml_item_rules.name[TTI_FIELD_TEXT] = "text";
    r->xml_item_rules.name_size[TTI_FIELD_TEXT] = strlen("text");
    r->longest_line = 6 * r->rules.max_article_bytes + (1 << 20); /* an escape: 6 bytes for one */
    r->threads = options->threads;
    r->block = (size_t)BLOCK_BYTES * (size_t)tti_thread_count(options->threads, BLOCK_SHARES);
    r->use_simdjson = 1;
    r->pause_ms = (options->flags & TT_READER_PROMPT) != 0 ? PROMPT_PAUSE_MS : PAUSE_MS;
    for (size_t i = 0; i < count; i++)
        TTI_TRY(tti_inputs_add(&r->inputs, paths[i], error));
    return TT_OK;
}

tt_status tt_reader_open(tt_reader **out, const char *const *paths, size_t count,
                         const tt_reader_options *options, tt_error *error)
{
    const uint32_t known = TT_READER_WHOLE | TT_READER_PROMPT;
    tt_reader_options given = TT_READER_OPTIONS_INIT;
    const tt_allocator *allocator;
    tt_reader *r;
    tt_status status;
    if (out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out is NULL");
    *out = NULL;
    TTI_TRY(tti_options_copy(&given, sizeof given, options, "tt_reader_options", error));
    if (count == 0 || paths == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "no input");
    for (size_t i = 0; i < count; i++)
        if (paths[i] == NULL || paths[i][0] == '\0')
            return tti_fail(error, TT_EINVAL, i, "an input's path is empty");
    if (given.reserved != 0 || given.reserved2 != 0 || given.threads < 0 ||
        given.max_article_bytes > LONGEST_ARTICLE || (given.flags & ~known) != 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is out of range",
                        given.reserved != 0 || given.reserved2 != 0 ? "reserved"
                        : given.threads < 0                         ? "threads"
                        : given.max_article_bytes > LONGEST_ARTICLE ? "max_article_bytes"
                                                                    : "flags");
    allocator = given.allocator == NULL ? &tti_libc_allocator : given.allocator;
    r = tti_alloc_zero(allocator, 1, sizeof *r);
    if (r == NULL)
        return tti_fail_memory(error, "a reader");
    r->allocator = r->inputs.allocator = allocator;
    status = init_reader(r, paths, count, &given, error);
    if (status != TT_OK) {
        tt_reader_close(r);
        return status;
    }
    *out = r;
    return TT_OK;
}

void tti_reader_tune(tt_reader *r, size_t block_bytes, int quick)
{
    r->block = block_bytes;
    r->use_simdjson = quick;
}

void tt_reader_close(tt_reader *r)
{
    if (r == NULL)
        return;
    tti_xml_close(r->now.xml);
    tti_byte_stream_close(r->now.source);
    tti_inputs_free(&r->inputs);
    for (size_t i = 0; i < r->parser_count; i++)
        tti_simdjson_close(r->quick[i]);
    tti_release(r->allocator, r->quick, r->parser_count, sizeof(tti_simdjson *));
    tti_release(r->allocator, r->data, r->capacity, 1);
    tti_release(r->allocator, r->out, r->out_capacity, 1);
    tti_release(r->allocator, r->xml_items, r->xml_items_capacity, 1);
    tti_release(r->allocator, r->items, r->item_capacity, sizeof *r->items);
    tti_release(r->allocator, r->records, r->record_capacity, sizeof *r->records);
    for (int i = 0; i < 2; i++)
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
    if (r->now.source != NULL) {
        const uint64_t consumed = tti_byte_stream_consumed(r->now.source);
        const uint64_t size = r->now.input->size;
        *done += *total != 0 && consumed > size ? size : consumed;
    }
}

/* ==== Items =================================================================================== */

/* Appends an item for bytes [begin, end) of the block. @return NULL: out of memory */
static tt_record *append_item(tt_reader *r, reader_item_kind kind, size_t begin, size_t end,
                              const tti_input *input, uint64_t line)
{
    tt_record *record;
    if (tti_reserve(r->allocator, &r->items, &r->item_capacity, r->count + 1, sizeof *r->items) ||
        tti_reserve(r->allocator, &r->records, &r->record_capacity, r->count + 1,
                    sizeof *r->records))
        return NULL;
    r->items[r->count] = (reader_item){kind, begin, end, 0, 0};
    record = &r->records[r->count++];
    memset(&record->article, 0, sizeof record->article);
    record->raw = NULL;
    record->raw_size = 0;
    record->file = input->path;
    record->line = line;
    record->status = TT_OK;
    record->reason[0] = '\0';
    return record;
}

/* A whole input that is not, or not to its end, to be had. */
static tt_status append_rejected_input(tt_reader *r, const tti_input *input, tt_status status,
                                       const char *reason, tt_error *error)
{
    tt_record *record = append_item(r, ITEM_REJECTED, 0, 0, input, 0);
    if (record == NULL)
        return tti_fail_memory(error, "records");
    tti_record_reject(record, status, "%s", reason);
    return TT_OK;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The line [r->tail, end): an item unless it is blank. The tail moves to `next`. */
static tt_status append_line_item(tt_reader *r, size_t end, size_t next, tt_error *error)
{
    size_t first = r->tail;
    if (end > first && r->data[end - 1] == '\r')
        end--;
    while (first < end && is_blank(r->data[first]))
        first++;
    if (first < end && append_item(r, ITEM_LINE, r->tail, end, r->now.input, r->now.line) == NULL)
        return tti_fail_memory(error, "records");
    r->now.line++;
    r->tail = r->scanned = next;
    return TT_OK;
}

/* Ends a line that was given up. */
static tt_status append_skipped_line(tt_reader *r, size_t next, tt_error *error)
{
    tt_record *record = append_item(r, ITEM_REJECTED, 0, 0, r->now.input, r->now.line);
    if (record == NULL)
        return tti_fail_memory(error, "records");
    if (r->now.is_object)
        tti_record_reject(record, TT_ELIMIT,
                          "line of %" PRIu64 " bytes is too long for a text of %" PRIu64,
                          r->now.skipped, r->rules.max_article_bytes);
    else
        tti_record_reject(record, TT_EFORMAT, "not a JSON object, and %" PRIu64 " bytes long",
                          r->now.skipped);
    r->now.is_skipping = 0;
    r->now.line++;
    r->tail = r->scanned = next;
    return TT_OK;
}

/* Cuts what is there into lines, as far as the batch has room. */
static tt_status split_lines(tt_reader *r, tt_error *error)
{
    while (r->count < BATCH_RECORDS && r->scanned < r->used) {
        const char *from = r->data + r->scanned;
        const char *newline = memchr(from, '\n', r->used - r->scanned);
        const size_t end = newline == NULL ? r->used : (size_t)(newline - r->data);
        if (r->now.is_skipping)
            r->now.skipped += end - r->scanned;
        if (newline == NULL) {
            if (r->now.is_skipping)
                r->used = r->tail;
            r->scanned = r->used;
            break;
        }
        TTI_TRY(r->now.is_skipping ? append_skipped_line(r, end + 1, error)
                                   : append_line_item(r, end, end + 1, error));
    }
    return TT_OK;
}

static void close_current(tt_reader *r)
{
    r->done += r->inputs.has_stream ? tti_byte_stream_consumed(r->now.source) : r->now.input->size;
    tti_byte_stream_close(r->now.source);
    tti_xml_close(r->now.xml);
    r->now.source = NULL;
    r->now.xml = NULL;
    r->tail = r->scanned = r->used;
}

/* ==== XML ===================================================================================== */

/* A tti_xml_fn: an item goes to the others. */
static tt_status append_xml_item(void *ctx, const tti_xml_item *given)
{
    tt_reader *r = ctx;
    const size_t end = r->xml_items_size + given->size;
    tt_record *record;
    if (tti_reserve(r->allocator, &r->xml_items, &r->xml_items_capacity, end + TTI_LINE_SLACK, 1) !=
        0)
        return TT_ENOMEM;
    record = append_item(r, given->status == TT_OK ? ITEM_XML : ITEM_XML_REJECTED,
                         r->xml_items_size, end, r->now.input, given->line);
    if (record == NULL)
        return TT_ENOMEM;
    memcpy(r->xml_items + r->xml_items_size, given->json, given->size);
    r->xml_items_size = end;
    if (given->status != TT_OK)
        tti_record_reject(record, given->status, "%s", given->reason);
    return TT_OK;
}

/* One piece to the parser. *ended: it takes no more. */
static tt_status feed_xml_piece(tt_reader *r, const char *bytes, size_t size, int last, int *ended,
                                tt_error *error)
{
    const tt_status status = tti_xml_feed(r->now.xml, bytes, size, last);
    *ended = status != TT_OK;
    if (status == TT_EFORMAT) {
        uint64_t line;
        const char *reason = tti_xml_fault(r->now.xml, &line);
        tt_record *record = append_item(r, ITEM_REJECTED, 0, 0, r->now.input, line);
        if (record == NULL)
            return tti_fail_memory(error, "records");
        tti_record_reject(record, TT_EFORMAT, "%s", reason);
        return TT_OK;
    }
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "an item of XML");
}

static int batch_has_room(const tt_reader *r)
{
    return r->count < BATCH_RECORDS && (r->count == 0 || r->xml_items_size < r->block);
}

/* Feeds what is there, as far as the batch has room. A fault ends the file. */
static tt_status feed_xml(tt_reader *r, tt_error *error)
{
    size_t at = r->tail;
    int ended = 0;
    while (at < r->used && !ended && batch_has_room(r)) {
        const size_t left = r->used - at, size = left < XML_PIECE ? left : XML_PIECE;
        TTI_TRY(feed_xml_piece(r, r->data + at, size, 0, &ended, error));
        at += size;
    }
    if (at == r->used) /* the room is free again */
        r->used = r->scanned = r->tail;
    else
        r->tail = r->scanned = at;
    if (ended) {
        r->used = r->tail;
        close_current(r);
    }
    return TT_OK;
}

static tt_status end_xml(tt_reader *r, tt_error *error)
{
    int ended = 0;
    TTI_TRY(feed_xml(r, error));
    if (r->now.source == NULL || r->tail < r->used || !batch_has_room(r))
        return TT_OK; /* over, or again in the next batch */
    TTI_TRY(feed_xml_piece(r, "", 0, 1, &ended, error));
    close_current(r);
    return TT_OK;
}

static tt_status begin_xml(tt_reader *r, tt_error *error)
{
    const tti_xml_options rules = {r->allocator, r->longest_line, r->rules.whole};
    if (tti_xml_open(&r->now.xml, &rules, append_xml_item, r) != TT_OK)
        return tti_fail_memory(error, "an XML parser");
    return TT_OK;
}

/* ==== Filling a block ========================================================================= */

static tt_status open_next(tt_reader *r, tt_error *error)
{
    const tti_input *input = &r->inputs.items[r->next_input_index];
    tt_error why = {TT_OK, 0, ""};
    tt_status status;
    if (input->fault != 0) {
        tti_input_fault_text(input->fault, why.message, sizeof why.message);
        TTI_TRY(append_rejected_input(r, input, TT_EIO, why.message, error));
        r->next_input_index++;
        return TT_OK;
    }
    memset(&r->now, 0, sizeof r->now);
    status = tti_byte_stream_open(&r->now.source, input->path, r->allocator, &why);
    if (status == TT_ENOMEM) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (status != TT_OK) {
        TTI_TRY(append_rejected_input(r, input, status, why.message, error));
        r->done += input->size;
    }
    r->now.input = input;
    r->now.form = input->form;
    r->now.line = 1;
    r->next_input_index++;
    return TT_OK;
}

/* Is [bytes, end of size) the first line of one object that goes on over several? 1, 0, or -1: more
 * is needed. Its first line ends early, and the next one is not an object's beginning. */
static int is_object(const char *bytes, size_t size, int at_end)
{
    const char *newline = memchr(bytes, '\n', size);
    tti_json json;
    tti_json_kind kind;
    size_t next;
    if (newline == NULL)
        return at_end || size >= GIVE_UP_BYTES ? 0 : -1;
    next = (size_t)(newline - bytes) + 1;
    tti_json_init(&json, bytes, next - 1);
    do
        kind = tti_json_next(&json);
    while (kind != TTI_JSON_BAD && kind != TTI_JSON_END);
    if (kind == TTI_JSON_END || strcmp(json.fault, "it ends early") != 0)
        return 0;
    while (next < size && is_blank(bytes[next]))
        next++;
    if (next == size)
        return at_end || size >= GIVE_UP_BYTES ? 0 : -1;
    return bytes[next] != '{';
}

/* The form of a file of which [bytes, size) is there, blanks passed; the form given where more is
 * needed. */
static tti_format decide_format(tti_format form, const char *bytes, size_t size, int at_end)
{
    int answer;
    if (size == 0)
        return at_end ? TTI_FORMAT_JSONL : form;
    if (bytes[0] == '{' && form != TTI_FORMAT_JSONL_OR_XML) {
        answer = is_object(bytes, size, at_end);
        return answer < 0 ? form : answer ? TTI_FORMAT_JSON_OBJECT : TTI_FORMAT_JSONL;
    }
    if (form == TTI_FORMAT_JSONL_OR_XML)
        return bytes[0] == '<' ? TTI_FORMAT_XML : TTI_FORMAT_JSONL;
    if (form == TTI_FORMAT_JSONL_OR_OBJECT)
        return TTI_FORMAT_JSONL;
    answer = tti_format_sniff_xml(bytes, size);
    if (answer < 0 && !at_end && size < SNIFF_BYTES)
        return form;
    return answer > 0 ? TTI_FORMAT_XML : TTI_FORMAT_TEXT;
}

/* At the start of a file: passes the byte order mark and settles the form, if enough is there. */
static tt_status begin_file(tt_reader *r, int at_end, tt_error *error)
{
    const char *bytes = r->data + r->tail;
    const size_t size = r->used - r->tail;
    size_t first;
    if (size < 4 && !at_end && (size < 3 || r->now.form > TTI_FORMAT_TEXT))
        return TT_OK;
    r->now.bom = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    first = (size_t)r->now.bom;
    if (r->now.form >= TTI_FORMAT_JSONL_OR_XML) {
        const tti_format before = r->now.form;
        while (first < size && is_blank(bytes[first]))
            first++;
        r->now.form = decide_format(before, bytes + first, size - first,
                                    at_end || (first == size && size >= GIVE_UP_BYTES));
        if (r->now.form == before)
            return TT_OK;
    }
    r->now.is_begun = 1;
    if (r->now.form == TTI_FORMAT_JSONL)
        r->tail += (size_t)r->now.bom;
    r->scanned = r->tail;
    return r->now.form == TTI_FORMAT_XML ? begin_xml(r, error) : TT_OK;
}

/* The whole plain file is in [tail, used), or was skipped. */
static tt_status append_text_file(tt_reader *r, tt_error *error)
{
    const uint64_t size = r->used - r->tail + r->now.skipped - (uint64_t)r->now.bom;
    const reader_item_kind kind = r->now.is_skipping ? ITEM_REJECTED : ITEM_PLAIN;
    tt_record *record = append_item(r, kind, r->tail, r->used, r->now.input, 0);
    if (record == NULL)
        return tti_fail_memory(error, "records");
    r->items[r->count - 1].bom = r->now.bom;
    if (r->now.is_skipping)
        tti_record_reject(record, TT_ELIMIT,
                          "text of %" PRIu64 " bytes is over the limit of %" PRIu64, size,
                          r->rules.max_article_bytes);
    return TT_OK;
}

/* The whole file, one object, is in [tail, used), or was skipped: as one line. */
static tt_status append_object_file(tt_reader *r, tt_error *error)
{
    if (r->now.is_skipping)
        return append_skipped_line(r, r->used, error);
    r->tail += (size_t)r->now.bom;
    while (r->tail < r->used && is_blank(r->data[r->tail]))
        r->now.line += r->data[r->tail++] == '\n';
    for (size_t i = r->tail; i < r->used; i++)
        if (r->data[i] == '\n' || r->data[i] == '\r')
            r->data[i] = ' ';
    while (r->used > r->tail && is_blank(r->data[r->used - 1]))
        r->used--;
    return append_line_item(r, r->used, r->used, error);
}

static tt_status end_file(tt_reader *r, tt_error *error)
{
    if (!r->now.is_begun)
        TTI_TRY(begin_file(r, 1, error));
    if (r->now.form == TTI_FORMAT_XML)
        return end_xml(r, error);
    if (r->now.form == TTI_FORMAT_TEXT)
        TTI_TRY(append_text_file(r, error));
    else if (r->now.form == TTI_FORMAT_JSON_OBJECT)
        TTI_TRY(append_object_file(r, error));
    else {
        TTI_TRY(split_lines(r, error));
        if (r->count == BATCH_RECORDS)
            return TT_OK; /* again in the next batch */
        if (r->now.is_skipping)
            TTI_TRY(append_skipped_line(r, r->used, error));
        else if (r->tail < r->used)
            TTI_TRY(append_line_item(r, r->used, r->used, error));
    }
    close_current(r);
    return TT_OK;
}

/* Makes room to read into. A long line or plain file is given up once it cannot come to anything.
 */
static tt_status make_read_room(tt_reader *r, tt_error *error)
{
    const size_t held = r->used - r->tail;
    size_t first = r->tail, capacity;
    if (r->now.is_begun && held >= GIVE_UP_BYTES && !r->now.is_skipping) {
        const int plain = r->now.form == TTI_FORMAT_TEXT;
        const int object = r->now.form == TTI_FORMAT_JSON_OBJECT;
        while (first < r->used && is_blank(r->data[first]))
            first++;
        if (first == r->used && !plain)
            r->used = r->scanned = r->tail; /* blanks to be skipped in any case */
        r->now.is_object = object || (r->used > r->tail && r->data[first] == '{');
        r->now.is_skipping =
            plain ? held > r->rules.max_article_bytes + (uint64_t)r->now.bom
                  : held > r->longest_line || (r->used > r->tail && !r->now.is_object);
        r->now.skipped = 0;
    }
    if (r->now.is_skipping) {
        r->now.skipped += r->used - r->tail;
        r->used = r->scanned = r->tail;
    }
    capacity = r->used < r->block ? r->block : r->used + r->used / 2 + 1;
    capacity += TTI_LINE_SLACK;
    if ((r->capacity < r->block + TTI_LINE_SLACK || r->capacity == r->used + TTI_LINE_SLACK) &&
        tti_resize(r->allocator, &r->data, &r->capacity, capacity, 1) != 0)
        return tti_fail_memory(error, "a line or file");
    return TT_OK;
}

/* Reads once into the block. */
static tt_status read_more(tt_reader *r, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    size_t got;
    tt_status status;
    TTI_TRY(make_read_room(r, error));
    status = tti_byte_stream_read(r->now.source, r->data + r->used,
                                  r->capacity - TTI_LINE_SLACK - r->used, &got, &why);
    if (status == TT_ENOMEM) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (status != TT_OK) {
        TTI_TRY(append_rejected_input(r, r->now.input, status, why.message, error));
        r->used = r->tail;
        close_current(r);
        return TT_OK;
    }
    if (got == 0)
        return end_file(r, error);
    r->used += got;
    return r->now.is_begun ? TT_OK : begin_file(r, 0, error);
}

/* Drops the batch before and fills the block with the next. */
static tt_status fill_block(tt_reader *r, tt_error *error)
{
    r->used -= r->tail;
    r->scanned -= r->tail;
    if (r->used > 0 && r->tail > 0)
        memmove(r->data, r->data + r->tail, r->used);
    r->tail = 0;
    r->count = 0;
    r->xml_items_size = 0;
    if (r->xml_items_capacity > 4 * r->block)
        (void)tti_resize(r->allocator, &r->xml_items, &r->xml_items_capacity,
                         r->block + TTI_LINE_SLACK, 1);
    if (r->capacity > 4 * (r->block + TTI_LINE_SLACK) && r->used < r->block)
        (void)tti_resize(r->allocator, &r->data, &r->capacity, r->block + TTI_LINE_SLACK, 1);
    for (;;) {
        if (r->now.source != NULL && r->now.is_begun && r->now.form == TTI_FORMAT_JSONL)
            TTI_TRY(split_lines(r, error));
        if (r->now.source != NULL && r->now.is_begun && r->now.form == TTI_FORMAT_XML)
            TTI_TRY(feed_xml(r, error));
        if (!batch_has_room(r) || (r->count > 0 && r->used >= r->block))
            return TT_OK;
        if (r->now.source != NULL && r->count > 0 &&
            !tti_byte_stream_is_ready(r->now.source, r->pause_ms))
            return TT_OK;
        if (r->now.source != NULL)
            TTI_TRY(read_more(r, error));
        else if (r->next_input_index < r->inputs.count)
            TTI_TRY(open_next(r, error));
        else
            return TT_OK;
    }
}

/* ==== Parsing a block ========================================================================= */

static void read_text_item(const tti_jsonl_options *rules, const reader_item *it, tt_record *record)
{
    const char *text = record->raw + it->bom;
    const size_t size = record->raw_size - (size_t)it->bom;
    size_t valid;
    if (size > rules->max_article_bytes) {
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          size, rules->max_article_bytes);
        return;
    }
    if (size == 0) {
        tti_record_reject(record, TT_EFORMAT, "no text");
        return;
    }
    valid = tti_utf8_valid_up_to(text, size);
    if (valid < size) {
        tti_record_reject(record, TT_EFORMAT, "invalid UTF-8 at byte %zu", valid + (size_t)it->bom);
        return;
    }
    record->article.id = record->file;
    record->article.id_size = strlen(record->file);
    record->article.text = text;
    record->article.text_size = size;
    record->article.published = TT_NO_TIME;
}

static void read_item(tt_reader *r, size_t i, tti_simdjson *quick)
{
    const reader_item *it = &r->items[i];
    if (it->kind == ITEM_LINE)
        tti_jsonl_read(&r->rules, quick, r->out + it->out, &r->records[i]);
    else if (it->kind == ITEM_XML)
        tti_jsonl_read(&r->xml_item_rules, quick, r->out + it->out, &r->records[i]);
    else if (it->kind == ITEM_PLAIN)
        read_text_item(&r->rules, it, &r->records[i]);
}

/* Everything that the threads need, so that they cannot fail. */
static tt_status allocate_for_parsing(tt_reader *r, int threads, tt_error *error)
{
    size_t room = 0;
    for (size_t i = 0; i < r->count; i++) {
        reader_item *it = &r->items[i];
        if (it->kind == ITEM_REJECTED)
            continue;
        r->records[i].raw =
            (it->kind == ITEM_LINE || it->kind == ITEM_PLAIN ? r->data : r->xml_items) + it->begin;
        r->records[i].raw_size = it->end - it->begin;
        it->out = room;
        if (it->kind == ITEM_LINE || it->kind == ITEM_XML)
            room += tti_jsonl_output_bound(it->end - it->begin, strlen(r->records[i].file));
    }
    if (room > r->out_capacity || r->out_capacity > 4 * (room + r->block)) {
        tti_release(r->allocator, r->out, r->out_capacity, 1);
        r->out = tti_alloc(r->allocator, room + room / 8, 1);
        r->out_capacity = r->out == NULL ? 0 : room + room / 8;
        if (r->out == NULL)
            return tti_fail_memory(error, "the strings of a block");
    }
    if (r->data != NULL)
        memset(r->data + r->used, 0, TTI_LINE_SLACK);
    if (r->xml_items != NULL)
        memset(r->xml_items + r->xml_items_size, 0, TTI_LINE_SLACK);
    if (!r->use_simdjson || r->parser_count >= (size_t)threads)
        return TT_OK;
    if (tti_resize(r->allocator, &r->quick, &r->parser_count, (size_t)threads,
                   sizeof(tti_simdjson *)) != 0)
        return tti_fail_memory(error, "parsers");
    return TT_OK;
}

static tt_status parse_block(tt_reader *r, tt_error *error)
{
    const size_t turns = (r->count + ITEMS_PER_TURN - 1) / ITEMS_PER_TURN;
    const int threads =
        tti_thread_count(r->threads, r->used + r->xml_items_size < PARALLEL_BYTES ? 1 : turns);
    const ptrdiff_t count = (ptrdiff_t)r->count;
    const size_t before = r->parser_count;
    TTI_TRY(allocate_for_parsing(r, threads, error));
    for (size_t t = before; t < r->parser_count; t++)
        r->quick[t] = NULL;
    for (size_t t = before; t < r->parser_count; t++) {
        r->quick[t] = tti_simdjson_open();
        if (r->quick[t] == NULL)
            return tti_fail_memory(error, "parsers");
    }
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, ITEMS_PER_TURN)
    for (ptrdiff_t i = 0; i < count; i++)
        read_item(r, (size_t)i, r->use_simdjson ? r->quick[tti_thread_index()] : NULL);
    return TT_OK;
}

tt_status tt_reader_next(tt_reader *r, const tt_record **records, size_t *count, tt_error *error)
{
    tt_status status;
    if (r == NULL || records == NULL || count == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "reader, records or count is NULL");
    status = r->failure.status;
    *records = NULL;
    *count = 0;
    if (status == TT_OK)
        status = fill_block(r, &r->failure);
    if (status == TT_OK && r->count > 0)
        status = parse_block(r, &r->failure);
    if (status != TT_OK) {
        if (error != NULL)
            *error = r->failure;
        return status;
    }
    *records = r->records;
    *count = r->count;
    return TT_OK;
}
