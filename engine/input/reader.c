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
 * Strings with escapes are resolved into a second buffer, in which each line has its own room, so
 * that only simdjson allocates while threads run.
 *
 * XML, tables and pages do not stay in the block. They are fed to a parser as they arrive, and the
 * items that it gives, one line of JSON each, are collected in a second buffer.
 *
 * An archive takes the place of the file in which it is found: its files are read one after another
 * before the next input, as streams of which it is the source.
 *
 * When a stream pauses or trickles, the lines read so far become a batch: they do not wait for
 * more.
 *
 * To bound the memory, a line is given up while it is being read if it is longer than the longest
 * article could be, or longer than GIVE_UP_BYTES and not an object. Its record has no raw bytes. A
 * plain file over the limit is given up likewise.
 */
#define _POSIX_C_SOURCE 200809L
#include "input/reader.h"

#include "input/archive.h"
#include "input/byte_stream.h"
#include "input/csv.h"
#include "input/documents.h"
#include "input/encoding.h"
#include "input/field_paths.h"
#include "input/front_matter.h"
#include "input/html_page.h"
#include "input/inputs.h"
#include "input/json_split.h"
#include "input/jsonl.h"
#include "input/refusal.h"
#include "input/warc.h"
#include "input/xml.h"
#include "options.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/threads.h"
#include "util/time.h"
#include "util/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BLOCK_BYTES = 1 << 20, /* a thread: what is made of it stays in a core's cache */
    BLOCK_THREADS = 4,     /* the most threads that a block grows with */
    GIVE_UP_BYTES = TTI_FORMAT_LINE_BYTES, /* read before a line may be given up */
    BATCH_RECORDS = 32768,
    ITEMS_PER_TURN = 8, /* items that a thread parses before it asks for more */
    PARALLEL_BYTES = 64 << 10,
    PARSER_PIECE = 64 << 10, /* fed at once, which bounds the items that one call gives */
    MADE_ID_ROOM = 32,       /* for the name of a record without an id, beside its file */
    PAUSE_MS = 50,           /* a stream that pauses this long has its lines handed out */
    PROMPT_PAUSE_MS = 1,     /* the same with TT_READER_PROMPT: time enough to fill a pipe again */
    MOST_PAUSES = 20         /* one that trickles on, after so many pauses in all */
};

static const uint64_t LONGEST_ARTICLE = (uint64_t)1 << 30;

typedef enum {
    ITEM_LINE,
    ITEM_TEXT,
    ITEM_REJECTED,
    ITEM_CONVERTED,
    ITEM_CONVERTED_REJECTED
} reader_item_kind;

/* What becomes a record: where its bytes are, in the block or among the converted, and where
 * its strings go in the second buffer. */
typedef struct reader_item {
    reader_item_kind kind;
    const tti_jsonl_options *options; /* NULL: it is not read as JSON */
    size_t begin, end;
    size_t out, name; /* name: of one without an id */
    int bom;          /* bytes of a byte order mark in front of a plain text */
    uint32_t notes;   /* TT_NOTE_* of the file */
} reader_item;

/* The file being read. */
typedef struct input_file {
    tti_byte_stream *stream;  /* NULL between two files */
    tti_xml *xml;             /* of a file in XML */
    tti_csv *table;           /* of a table; among the reader's tables */
    tti_warc *warc;           /* of a web archive */
    tti_documents *documents; /* of a file of them */
    void *converted;          /* the converter's stream, of a file of columns */
    tti_json_split split;     /* of objects over several lines */
    const tti_input *input;
    tti_format format;
    int is_begun;       /* the format is decided and the byte order mark passed */
    int bom;            /* size of the byte order mark */
    uint64_t line;      /* the number of the next line */
    uint64_t last_line; /* of the last record; */
    uint32_t nth;       /* of the records that begin on that line, which one it is, from 1 */
    int is_skipping;    /* the rest of the line, or of the plain file, has been given up */
    int is_object;      /* the line given up began as an object does */
    uint64_t skipped;   /* bytes of the line given up, so far */
    uint32_t notes;     /* TT_NOTE_* of its records */
    int has_record;
} input_file;

struct tt_reader {
    const tt_allocator *allocator;
    int threads;
    tti_jsonl_options line_options, converted_options;
    char *names[TTI_FIELD_COUNT]; /* of line_options */
    int given[TTI_FIELD_COUNT];   /* the name is the caller's, not the usual one */
    int window_log;
    int names_by_contents;
    tti_encoding *encoding; /* NULL: UTF-8 */
    const tt_converter *converter;
    tti_field_paths paths; /* of the same, if one of them is more than a key */
    uint64_t longest_line;
    size_t block_bytes;

    tti_inputs inputs;
    size_t next_input;
    const char *bytes; /* of the only input, if it is in memory: these are still to be read */
    size_t byte_count;
    input_file file;
    struct {
        tti_archive *archive; /* NULL: none is open */
        tti_byte_stream *stream;
        const tti_input *input;
        int has_file;
    } within;
    uint64_t done; /* bytes of the files before this one */

    char *data; /* [tail, scanned) holds no newline; [scanned, used) is still to be searched */
    size_t capacity, tail, scanned, used;
    tti_char_array converted; /* items of JSON, one after another */
    char *out;                /* the strings of a batch */
    size_t out_capacity;
    TTI_ARRAY(reader_item) items;
    TTI_ARRAY(tt_record) records;      /* one an item */
    TTI_ARRAY(tti_csv *) tables;       /* that the batch has rows of */
    TTI_ARRAY(tti_input *) members;    /* files of archives that the batch has records of */
    TTI_ARRAY(tti_simdjson *) parsers; /* one a thread */
    int use_simdjson;
    int pause_ms;
    double deadline;  /* of the call, by tti_monotonic_seconds(); 0: none */
    int is_late;      /* it is over */
    tt_error failure; /* once a call has failed, every later one fails with it */
};

/* ==== Opening and closing ===================================================================== */

static const char *const usual_names[TTI_FIELD_COUNT] = {[TTI_FIELD_ID] = "id",
                                                         [TTI_FIELD_TEXT] = "text",
                                                         [TTI_FIELD_PUBLISHED] = "published",
                                                         [TTI_FIELD_SOURCE] = "source",
                                                         [TTI_FIELD_VERSION] = "version",
                                                         [TTI_FIELD_TITLE] = "title",
                                                         [TTI_FIELD_STATUS] = "pubstatus",
                                                         [TTI_FIELD_LANGUAGE] = "language",
                                                         [TTI_FIELD_EMBARGOED] = "embargoed",
                                                         [TTI_FIELD_EXPIRES] = "expires",
                                                         [TTI_FIELD_REPLACING] = "replacing",
                                                         [TTI_FIELD_REPLACED_BY] = "replacedby"};

static tt_status set_field_name(tt_reader *r, int field, const char *given, const char *option,
                                tt_error *error)
{
    tti_jsonl_options *o = &r->line_options;
    const char *name = given == NULL ? usual_names[field] : given;
    const size_t size = strlen(name) + 1;
    if (size == 1)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is empty", option);
    if (tti_utf8_valid_up_to(name, size) != size)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s is not UTF-8", option);
    r->names[field] = tti_alloc(r->allocator, size, 1);
    TTI_TRY_ALLOC(r->names[field] == NULL, error, "a reader");
    memcpy(r->names[field], name, size);
    o->name[field] = r->names[field];
    o->name_size[field] = size - 1;
    if (given != NULL && tti_field_is_path(given))
        o->paths = &r->paths;
    return TT_OK;
}

static tt_status set_field_names(tt_reader *r, const tt_reader_options *given, tt_error *error)
{
    r->given[TTI_FIELD_ID] = given->id_field != NULL;
    r->given[TTI_FIELD_TEXT] = given->text_field != NULL;
    r->given[TTI_FIELD_PUBLISHED] = given->date_field != NULL;
    r->given[TTI_FIELD_SOURCE] = given->source_field != NULL;
    r->given[TTI_FIELD_TITLE] = given->title_field != NULL;
    r->given[TTI_FIELD_REPLACING] = given->replacing_field != NULL;
    const struct {
        int field;
        const char *name, *option;
    } names[TTI_FIELD_COUNT] = {{TTI_FIELD_ID, given->id_field, "id_field"},
                                {TTI_FIELD_TEXT, given->text_field, "text_field"},
                                {TTI_FIELD_PUBLISHED, given->date_field, "date_field"},
                                {TTI_FIELD_SOURCE, given->source_field, "source_field"},
                                {TTI_FIELD_VERSION, NULL, ""},
                                {TTI_FIELD_TITLE, given->title_field, "title_field"},
                                {TTI_FIELD_STATUS, NULL, ""},
                                {TTI_FIELD_LANGUAGE, NULL, ""},
                                {TTI_FIELD_EMBARGOED, NULL, ""},
                                {TTI_FIELD_EXPIRES, NULL, ""},
                                {TTI_FIELD_REPLACING, given->replacing_field, "replacing_field"},
                                {TTI_FIELD_REPLACED_BY, NULL, ""}};
    for (int i = 0; i < TTI_FIELD_COUNT; i++)
        TTI_TRY(set_field_name(r, names[i].field, names[i].name, names[i].option, error));
    for (int i = 0; i < TTI_FIELD_COUNT && r->line_options.paths != NULL; i++)
        if (tti_field_paths_add(&r->paths, names[i].field, r->names[names[i].field]) != 0)
            return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "%s has an empty part or too many",
                            names[i].option);
    return TT_OK;
}

static tt_status init_reader(tt_reader *r, const tt_reader_options *options, tt_error *error)
{
    tti_jsonl_options *o = &r->line_options;
    tt_options defaults;
    TTI_TRY(set_field_names(r, options, error));
    o->whole = (options->flags & TT_READER_WHOLE) != 0;
    o->text_format = options->text_format;
    if (options->encoding != NULL)
        TTI_TRY(tti_encoding_open(&r->encoding, options->encoding, r->allocator, error));
    r->window_log = options->zstd_window_log;
    r->inputs.include = options->include;
    r->inputs.exclude = options->exclude;
    r->converter = options->converter;
    r->inputs.reads_columns = options->converter != NULL;
    TTI_TRY(tt_options_resolve(NULL, &defaults, error));
    o->max_article_bytes =
        options->max_article_bytes == 0 ? defaults.max_article_bytes : options->max_article_bytes;
    r->converted_options = *o;
    r->converted_options.paths = NULL;
    r->converted_options.text_format = TT_TEXT_PLAIN;
    for (int f = 0; f < TTI_FIELD_COUNT; f++) {
        r->converted_options.name[f] = usual_names[f];
        r->converted_options.name_size[f] = strlen(usual_names[f]);
    }
    r->longest_line = 6 * o->max_article_bytes + (1 << 20); /* an escape takes six bytes for one */
    r->threads = options->threads;
    r->block_bytes =
        (size_t)BLOCK_BYTES * (size_t)tti_thread_count(options->threads, BLOCK_THREADS);
    r->use_simdjson = 1;
    r->names_by_contents = (options->flags & TT_READER_LASTING_IDS) != 0;
    r->pause_ms = (options->flags & TT_READER_PROMPT) != 0 ? PROMPT_PAUSE_MS : PAUSE_MS;
    return TT_OK;
}

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
    status = init_reader(r, &given, error);
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

static void close_archive(tt_reader *r)
{
    if (r->within.archive == NULL)
        return;
    r->done +=
        r->inputs.has_stream ? tti_byte_stream_consumed(r->within.stream) : r->within.input->size;
    tti_archive_close(r->within.archive);
    tti_byte_stream_close(r->within.stream);
    r->within.archive = NULL;
    r->within.stream = NULL;
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
    close_archive(r);
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

/* ==== Items =================================================================================== */

/* Appends an item for bytes [begin, end), and its record, without a status yet. @return NULL: out
 * of memory */
static tt_record *append_item(tt_reader *r, reader_item_kind kind, size_t begin, size_t end,
                              uint64_t line)
{
    tt_record *record;
    if (tti_array_reserve(&r->items, r->allocator, 1) != TT_OK ||
        tti_array_reserve(&r->records, r->allocator, 1) != TT_OK)
        return NULL;
    assert(begin <= end && r->items.count == r->records.count);
    r->items.items[r->items.count++] = (reader_item){
        kind, kind == ITEM_LINE ? &r->line_options : NULL, begin, end, 0, 0, 0, r->file.notes};
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

/* Appends a record for the file, or for what follows `line` in it, that cannot be read. */
static tt_status append_rejected_input(tt_reader *r, uint64_t line, tt_status status,
                                       const char *reason, tt_error *error)
{
    tt_record *record = append_item(r, ITEM_REJECTED, 0, 0, line);
    TTI_TRY_ALLOC(record == NULL, error, "records");
    record->nth = 1; /* it is about the place, and no record there */
    tti_record_reject(record, status, "%s", reason);
    return TT_OK;
}

static int is_blank_byte(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Appends the line [tail, end) unless it is blank, and moves the tail to `next`. */
static tt_status append_line(tt_reader *r, size_t end, size_t next, tt_error *error)
{
    size_t first = r->tail;
    if (end > first && r->data[end - 1] == '\r')
        end--;
    while (first < end && is_blank_byte(r->data[first]))
        first++;
    if (first < end)
        TTI_TRY_ALLOC(append_item(r, ITEM_LINE, r->tail, end, r->file.line) == NULL, error,
                      "records");
    r->file.line++;
    r->tail = r->scanned = next;
    return TT_OK;
}

/* Appends a record for a line, or an object, that was given up and ends before `next`. */
static tt_status append_skipped_line(tt_reader *r, uint64_t line, size_t next, tt_error *error)
{
    tt_record *record = append_item(r, ITEM_REJECTED, 0, 0, line);
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

/* Splits what has been read into lines, as far as the batch has room. */
static tt_status split_lines(tt_reader *r, tt_error *error)
{
    while (r->items.count < BATCH_RECORDS && r->scanned < r->used) {
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

/* Notes a file of which nothing has become a record. */
static void note_empty_file(tt_reader *r)
{
    const input_file *f = &r->file;
    if (!f->has_record)
        tti_inputs_note_empty(&r->inputs, f->input->path,
                              f->format == TTI_FORMAT_XML           ? "has no item"
                              : f->format == TTI_FORMAT_TABLE       ? "has no row"
                              : f->format == TTI_FORMAT_WARC        ? "has no page or text"
                              : f->format == TTI_FORMAT_JSON_VALUES ? "is an empty list"
                                                                    : "is empty");
}

static void close_file(tt_reader *r)
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

/* Splits what has been read into objects, wherever their lines end, as split_lines() does. */
static tt_status split_values(tt_reader *r, tt_error *error)
{
    input_file *f = &r->file;
    while (r->items.count < BATCH_RECORDS && r->scanned < r->used) {
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
        TTI_TRY_ALLOC(append_item(r, ITEM_LINE, r->tail, r->scanned, f->split.value_line) == NULL,
                      error, "records");
        r->tail = r->scanned;
    }
    return TT_OK;
}

/* All objects have been split off; what is left has no end. */
static tt_status end_values(tt_reader *r, tt_error *error)
{
    const tti_json_split *s = &r->file.split;
    if (s->is_begun && r->file.is_skipping)
        TTI_TRY(append_skipped_line(r, s->value_line, r->used, error));
    else if (s->is_begun)
        TTI_TRY_ALLOC(append_item(r, ITEM_LINE, r->tail, r->used, s->value_line) == NULL, error,
                      "records");
    return s->in_array ? append_rejected_input(r, s->line, TT_EFORMAT,
                                               "invalid JSON: the array ends early", error)
                       : TT_OK;
}

/* ==== Converted files: XML, tables, pages
 * ===================================================================================== */

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
    record = append_item(r, given->status == TT_OK ? ITEM_CONVERTED : ITEM_CONVERTED_REJECTED,
                         begin, end, given->line);
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
    const input_file *f = &r->file;
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
        return append_rejected_input(r, line, TT_EFORMAT, reason, error);
    }
    TTI_TRY_ALLOC(status != TT_OK, error, "an item");
    return TT_OK;
}

static int batch_has_room(const tt_reader *r)
{
    return r->items.count < BATCH_RECORDS &&
           (r->items.count == 0 || r->converted.count < r->block_bytes);
}

/* Feeds what has been read, as far as the batch has room. A fault ends the file. */
static tt_status feed_parser(tt_reader *r, tt_error *error)
{
    size_t at = r->tail;
    int ended = 0;
    while (at < r->used && !ended && batch_has_room(r)) {
        const size_t left = r->used - at, size = left < PARSER_PIECE ? left : PARSER_PIECE;
        TTI_TRY(feed_piece(r, r->data + at, size, 0, &ended, error));
        at += size;
    }
    if (at == r->used) /* all of the room is free again */
        r->used = r->scanned = r->tail;
    else
        r->tail = r->scanned = at;
    if (ended) {
        r->used = r->tail;
        close_file(r);
    }
    return TT_OK;
}

/* Makes an item of the page that is in [tail, used). */
static tt_status append_page(tt_reader *r, tt_error *error)
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

/* ==== Archives ================================================================================ */

/* A tti_byte_source. */
static tt_status read_member(void *ctx, char *bytes, size_t room, size_t *got, tt_error *error)
{
    return tti_archive_read(ctx, bytes, room, got, error);
}

/* The file turns out to be an archive: what has been read of it is the archive's. */
static tt_status begin_archive(tt_reader *r, const char *kind, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    tti_archive *archive;
    tt_status status;
    char reason[100];
    const char *advice;
    const char *document = tti_refusal_of_zip(r->data + r->tail, r->used - r->tail, &advice);
    if (document != NULL || r->within.archive != NULL) {
        if (document != NULL)
            (void)snprintf(reason, sizeof reason, "%s; %s", document, advice);
        else
            (void)snprintf(reason, sizeof reason, "%s within another; unpack it first", kind);
        r->used = r->tail;
        TTI_TRY(append_rejected_input(r, 0, TT_EVERSION, reason, error));
        close_file(r);
        return TT_OK;
    }
    status = tti_archive_open(&archive, r->file.stream, r->data + r->tail, r->used - r->tail,
                              r->allocator, &why);
    r->used = r->scanned = r->tail;
    if (status != TT_OK) {
        if (status == TT_ENOMEM)
            return tti_fail_memory(error, "an archive");
        TTI_TRY(append_rejected_input(r, 0, status, why.message, error));
        close_file(r);
        return TT_OK;
    }
    r->within.archive = archive;
    r->within.stream = r->file.stream;
    r->within.input = r->file.input;
    r->within.has_file = 0;
    r->file.stream = NULL;
    return TT_OK;
}

/* The input that a file of the archive is. */
static tt_status make_member(tt_reader *r, const char *name, const tti_input **out, tt_error *error)
{
    const char *outer = r->within.input->path;
    const size_t bytes = strlen(outer) + strlen(name) + 2;
    tti_input *m;
    *out = r->within.input;
    if (*name == '\0')
        return TT_OK;
    TTI_TRY_ALLOC(tti_array_reserve(&r->members, r->allocator, 1), error, "a file of an archive");
    m = tti_alloc_zero(r->allocator, 1, sizeof *m);
    TTI_TRY_ALLOC(m == NULL, error, "a file of an archive");
    m->path = tti_alloc(r->allocator, bytes, 1);
    if (m->path == NULL) {
        tti_release(r->allocator, m, 1, sizeof *m);
        return tti_fail_memory(error, "a file of an archive");
    }
    (void)snprintf(m->path, bytes, "%s/%s", outer, name);
    m->format = tti_format_of_path(m->path);
    r->members.items[r->members.count++] = m;
    *out = m;
    return TT_OK;
}

/* Whether a path of an archive has a hidden file or folder in it. */
static int is_hidden_path(const char *path)
{
    for (const char *part = path; part != NULL && *part != '\0'; part = strchr(part, '/')) {
        const size_t size = strcspn(part += *part == '/', "/");
        if (size > 1 && *part == '.' && !(size == 2 && part[1] == '.'))
            return 1;
    }
    return 0;
}

/* Opens the next file of the archive that is to be read, or closes the archive. */
static tt_status open_next_member(tt_reader *r, tt_error *error)
{
    tt_error why = {TT_OK, 0, ""};
    tti_archive_member member;
    const char *name, *slash;
    const tti_input *input;
    tt_status status = tti_archive_next(r->within.archive, &member, &why);
    if (status != TT_OK) {
        r->file = (input_file){.input = r->within.input};
        TTI_TRY(append_rejected_input(r, 0, status, why.message, error));
    }
    if (member.name == NULL) {
        if (!r->within.has_file && status == TT_OK)
            tti_inputs_note_empty(&r->inputs, r->within.input->path, "is empty");
        close_archive(r);
        return TT_OK;
    }
    r->within.has_file = 1;
    slash = strrchr(member.name, '/');
    name = slash == NULL ? member.name : slash + 1;
    if (member.is_link)
        return tti_inputs_pass_over(&r->inputs, TTI_LINK, error);
    if (is_hidden_path(member.name))
        return tti_inputs_pass_over(&r->inputs, TTI_HIDDEN, error);
    if (*member.name != '\0' && !tti_inputs_want(&r->inputs, name))
        return tti_inputs_pass_over(&r->inputs, name, error);
    TTI_TRY(make_member(r, member.name, &input, error));
    r->file =
        (input_file){.input = input, .format = input->format, .line = 1, .split = {.line = 1}};
    if (r->encoding != NULL)
        tti_encoding_begin(r->encoding);
    status = tti_byte_stream_open_source(&r->file.stream, read_member, r->within.archive,
                                         r->allocator, &why);
    if (status == TT_ENOMEM)
        return tti_fail_memory(error, "an input");
    return status == TT_OK ? TT_OK : append_rejected_input(r, 0, status, why.message, error);
}

/* ==== Filling a block ========================================================================= */

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

static tt_status open_next_file(tt_reader *r, tt_error *error)
{
    const tti_input *input = &tti_array_at(&r->inputs.list, r->next_input);
    tt_error why = {TT_OK, 0, ""};
    tt_status status;
    r->next_input++;
    r->file =
        (input_file){.input = input, .format = input->format, .line = 1, .split = {.line = 1}};
    if (r->encoding != NULL)
        tti_encoding_begin(r->encoding);
    if (input->fault != 0) {
        tti_input_fault_text(input->fault, why.message, sizeof why.message);
        return append_rejected_input(r, 0, input->fault == TTI_INPUT_SYSTEM ? TT_EVERSION : TT_EIO,
                                     why.message, error);
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
        return append_rejected_input(r, 0, status, why.message, error);
    }
    if (r->window_log != 0)
        tti_byte_stream_allow_window(r->file.stream, r->window_log);
    return TT_OK;
}

/* What a record of a web archive is, that is no page. */
static tt_status pass_over_record(void *ctx, const char *name)
{
    tt_reader *r = ctx;
    return tti_inputs_pass_over(&r->inputs, name, NULL);
}

/* Opens the parser of a file that is converted. */
static tt_status open_parser(tt_reader *r, tt_error *error)
{
    input_file *f = &r->file;
    if (f->format == TTI_FORMAT_XML) {
        const tti_xml_options options = {r->allocator, r->longest_line, r->line_options.whole};
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
        TTI_TRY(append_rejected_input(r, 0, TT_EVERSION, reason, error));
        close_file(r);
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
    const input_file *f = &r->file;
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
    TTI_TRY(append_rejected_input(r, 0, TT_EVERSION, reason, error));
    close_file(r);
    return TT_OK;
}

/* The note for a file whose content contradicts the ending of its name. */
static uint32_t notes_of_format(const tt_reader *r, const input_file *f, size_t first)
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

/* At the start of a file: passes the byte order mark and decides the format, if enough is there. */
static tt_status begin_file(tt_reader *r, int at_end, tt_error *error)
{
    input_file *f = &r->file;
    tti_first_bytes seen = {.at_end = at_end, .text_format = r->line_options.text_format};
    const char *kind;
    size_t first;
    if (r->used - r->tail < 4 && !at_end)
        return TT_OK;
    f->bom = r->used - r->tail >= 3 && memcmp(r->data + r->tail, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    first = r->tail + (size_t)f->bom;
    while (first < r->used && is_blank_byte(r->data[first]))
        first++;
    seen.at_end |= first == r->used && r->used - r->tail >= GIVE_UP_BYTES;
    seen.bytes = r->data + first;
    seen.size = r->used - first;
    if (r->given[TTI_FIELD_TEXT])
        seen.text_field = r->names[TTI_FIELD_TEXT];
    /* what does not begin as JSON or XML may be anything; a stream is known by its first line */
    if (!at_end && seen.size < TTI_REFUSAL_BYTES && r->used - r->tail < GIVE_UP_BYTES &&
        (f->input->size > 0 || seen.size == 0 ||
         ((strchr("{[<", r->data[first]) == NULL || r->data[first] == '\0') &&
          memchr(seen.bytes, '\n', seen.size) == NULL)))
        return TT_OK;
    if (tti_archive_kind_of(r->data + r->tail, r->used - r->tail, &kind) != TTI_NO_ARCHIVE)
        return begin_archive(r, kind, error);
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
    r->scanned = r->tail;
    return open_parser(r, error);
}

/* The whole plain file is in [tail, used), or was given up. */
static tt_status append_text_file(tt_reader *r, tt_error *error)
{
    const uint64_t size = r->used - r->tail + r->file.skipped - (uint64_t)r->file.bom;
    const reader_item_kind kind = r->file.is_skipping ? ITEM_REJECTED : ITEM_TEXT;
    tt_record *record = append_item(r, kind, r->tail, r->used, 0);
    TTI_TRY_ALLOC(record == NULL, error, "records");
    tti_array_last(&r->items).bom = r->file.bom;
    if (r->file.is_skipping)
        tti_record_reject(record, TT_ELIMIT,
                          "text of %" PRIu64 " bytes is over the limit of %" PRIu64, size,
                          r->line_options.max_article_bytes);
    return TT_OK;
}

/* All bytes of the file have been read. What has no room in this batch is left for the next. */
static tt_status end_file(tt_reader *r, tt_error *error)
{
    if (!r->file.is_begun) {
        TTI_TRY(begin_file(r, 1, error));
        if (r->file.converted != NULL) /* what takes its place is still to be read */
            return TT_OK;
    }
    if (r->file.stream == NULL) /* it has been rejected, or is an archive */
        return TT_OK;
    switch (r->file.format) {
    case TTI_FORMAT_TABLE:
    case TTI_FORMAT_WARC:
    case TTI_FORMAT_DOCUMENTS:
    case TTI_FORMAT_XML: {
        int ended = 0;
        TTI_TRY(feed_parser(r, error));
        if (r->file.stream == NULL || r->tail < r->used || !batch_has_room(r))
            return TT_OK;
        TTI_TRY(feed_piece(r, "", 0, 1, &ended, error));
        break;
    }
    case TTI_FORMAT_TEXT: TTI_TRY(append_text_file(r, error)); break;
    case TTI_FORMAT_HTML:
        TTI_TRY(r->file.is_skipping ? append_text_file(r, error) : append_page(r, error));
        break;
    case TTI_FORMAT_JSON_VALUES:
        TTI_TRY(split_values(r, error));
        if (r->items.count == BATCH_RECORDS)
            return TT_OK;
        TTI_TRY(end_values(r, error));
        break;
    default:
        assert(r->file.format == TTI_FORMAT_JSONL);
        TTI_TRY(split_lines(r, error));
        if (r->items.count == BATCH_RECORDS)
            return TT_OK;
        if (r->file.is_skipping)
            TTI_TRY(append_skipped_line(r, r->file.line, r->used, error));
        else if (r->tail < r->used)
            TTI_TRY(append_line(r, r->used, r->used, error));
    }
    note_empty_file(r);
    close_file(r);
    return TT_OK;
}

/* Makes room to read into. A long line or plain file is given up once it cannot be an article. */
static tt_status make_read_room(tt_reader *r, tt_error *error)
{
    const size_t held = r->used - r->tail;
    input_file *f = &r->file;
    size_t first = r->tail, capacity;
    if (f->is_begun && held >= GIVE_UP_BYTES && !f->is_skipping) {
        const int is_text = f->format == TTI_FORMAT_TEXT || f->format == TTI_FORMAT_HTML;
        while (first < r->used && is_blank_byte(r->data[first]))
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
        TTI_TRY(append_rejected_input(r, 0, status, why.message, error));
        r->used = r->tail;
        close_file(r);
        return TT_OK;
    }
    r->is_late = tti_byte_stream_is_late(r->file.stream);
    if (got == 0)
        return r->is_late ? TT_OK : end_file(r, error);
    r->used += got;
    return r->file.is_begun ? TT_OK : begin_file(r, 0, error);
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
                TTI_TRY(split_lines(r, error));
            else if (r->file.format == TTI_FORMAT_JSON_VALUES)
                TTI_TRY(split_values(r, error));
            else if (r->file.format == TTI_FORMAT_XML || r->file.format == TTI_FORMAT_TABLE ||
                     r->file.format == TTI_FORMAT_WARC || r->file.format == TTI_FORMAT_DOCUMENTS)
                TTI_TRY(feed_parser(r, error));
        }
        if (!batch_has_room(r) || (r->items.count > 0 && r->used >= r->block_bytes))
            return TT_OK;
        if (r->is_late || (r->file.stream != NULL && r->items.count > 0 && is_pause(r, &since)))
            return TT_OK;
        if (r->file.stream != NULL)
            TTI_TRY(read_more(r, error));
        else if (r->within.archive != NULL)
            TTI_TRY(open_next_member(r, error));
        else if (r->next_input < r->inputs.list.count)
            TTI_TRY(open_next_file(r, error));
        else
            return TT_OK;
    }
}

/* ==== Parsing a block ========================================================================= */

/* Takes the title and the time from in front of a text. *text moves behind them. */
static void read_front_matter(tt_record *record, const char **text, size_t *size)
{
    tti_front_matter front;
    if (!tti_front_matter_read(*text, *size, &front))
        return;
    *text += front.size;
    *size -= front.size;
    if (front.title_size > 0) {
        record->article.title = record->title = front.title;
        record->article.title_size = record->title_size = front.title_size;
    }
    if (front.date_size > 0)
        record->article.published = tti_time_read(front.date, front.date_size, &record->notes);
    if (front.date_size > 0 && record->article.published == TT_NO_TIME)
        record->notes |= TT_NOTE_NO_TIME;
}

static void read_text_item(const tti_jsonl_options *options, const reader_item *item, char *id,
                           tt_record *record)
{
    const char *text = record->raw + item->bom;
    size_t size = record->raw_size - (size_t)item->bom, valid;
    if (size > options->max_article_bytes) {
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          size, options->max_article_bytes);
        return;
    }
    if (size == 0) {
        tti_record_reject(record, TT_EFORMAT, "no text");
        return;
    }
    valid = tti_utf8_valid_up_to(text, size);
    if (valid < size) {
        tti_record_reject(record, TT_EFORMAT, "invalid UTF-8 at byte %zu",
                          valid + (size_t)item->bom);
        return;
    }
    record->article.published = TT_NO_TIME;
    if (options->text_format != TT_TEXT_PLAIN)
        read_front_matter(record, &text, &size);
    record->article.id = id;
    record->article.id_size = tti_utf8_of_path(record->file, id);
    record->article.text = text;
    record->article.text_size = size;
}

/* Adds a field to a digest: its size keeps it apart from the next one. */
static void add_field(XXH3_state_t *state, const void *bytes, uint64_t size)
{
    uint8_t head[8];
    XXH_writeLE64(head, size);
    (void)XXH3_128bits_update(state, head, sizeof head);
    (void)XXH3_128bits_update(state, bytes, (size_t)size);
}

/* Names a record without an id for what it says, so that no other record ever has the name, and
 * the same one always does: "FILE#" and 24 digits. */
static void name_by_contents(tt_record *record, char *name)
{
    tt_article *a = &record->article;
    const uint64_t published = (uint64_t)a->published;
    XXH3_state_t state;
    XXH128_hash_t digest;
    uint8_t time[8];
    XXH_writeLE64(time, published);
    (void)XXH3_128bits_reset(&state);
    add_field(&state, a->text, a->text_size);
    add_field(&state, a->title, a->title_size);
    add_field(&state, a->source, a->source_size);
    add_field(&state, a->version, a->version_size);
    add_field(&state, time, sizeof time);
    digest = XXH3_128bits_digest(&state);
    a->id = name;
    a->id_size = tti_utf8_of_path(record->file, name);
    a->id_size += (size_t)snprintf(name + a->id_size, MADE_ID_ROOM, "#%016" PRIx64 "%08" PRIx32,
                                   (uint64_t)digest.high64, (uint32_t)digest.low64);
}

/* Whether the text has a letter, a digit or a sign; blanks and punctuation are none. */
static int has_word(const char *text, size_t size)
{
    static const struct {
        uint32_t first, last;
    } others[] = {{0x80, 0xa9},     {0xab, 0xb1},     {0xb4, 0xb4},     {0xb6, 0xb8},
                  {0xbb, 0xbb},     {0xbf, 0xbf},     {0x1680, 0x1680}, {0x2000, 0x206f},
                  {0x2e00, 0x2e7f}, {0x3000, 0x3003}, {0x3008, 0x3020}, {0xfe00, 0xfe6b},
                  {0xfeff, 0xfeff}, {0xff01, 0xff0f}, {0xff1a, 0xff20}, {0xfff0, 0xffff}};
    for (size_t at = 0; at < size;) {
        unsigned bytes;
        const uint32_t c = tti_utf8_decode((const uint8_t *)text + at, size - at, &bytes);
        size_t k = 0;
        at += bytes == 0 ? 1 : bytes;
        if (c < 0x80 && (c | 0x20) - 'a' >= 26 && c - '0' >= 10)
            continue;
        while (k < sizeof others / sizeof *others && (c < others[k].first || c > others[k].last))
            k++;
        if (k == sizeof others / sizeof *others)
            return 1;
    }
    return 0;
}

static void parse_item(tt_reader *r, size_t i, tti_simdjson *parser)
{
    const reader_item *item = &r->items.items[i];
    tt_record *record = &r->records.items[i];
    if (item->kind == ITEM_LINE || item->kind == ITEM_CONVERTED)
        tti_jsonl_read(item->options, parser, r->out + item->out, record);
    else if (item->kind == ITEM_TEXT)
        read_text_item(&r->line_options, item, r->out + item->name, record);
    if (r->names_by_contents && record->status == TT_OK &&
        (item->kind == ITEM_TEXT || (record->notes & TT_NOTE_NO_ID) != 0))
        name_by_contents(record, r->out + item->name);
    if (record->status == TT_OK)
        record->notes |= item->notes;
    if (record->status == TT_OK && (record->article.flags & TT_ARTICLE_WITHDRAWN) == 0 &&
        !has_word(record->article.text, record->article.text_size))
        record->notes |= TT_NOTE_NO_WORD;
}

/* Allocates all that the threads need, so that they cannot fail. */
static tt_status prepare_parsing(tt_reader *r, int threads, tt_error *error)
{
    size_t room = 0;
    for (size_t i = 0; i < r->items.count; i++) {
        reader_item *item = &r->items.items[i];
        tt_record *record = &r->records.items[i];
        if (item->kind == ITEM_REJECTED)
            continue;
        record->raw = item->kind == ITEM_LINE || item->kind == ITEM_TEXT
                          ? r->data + item->begin
                          : r->converted.items + item->begin;
        record->raw_size = item->end - item->begin;
        item->out = room;
        if (item->kind == ITEM_LINE || item->kind == ITEM_CONVERTED)
            room += tti_jsonl_output_bound(item->options, record->raw_size, strlen(record->file));
        item->name = room;
        if (r->names_by_contents || item->kind == ITEM_TEXT)
            room += MADE_ID_ROOM + 2 * strlen(record->file);
    }
    if (room > r->out_capacity || r->out_capacity > 4 * (room + r->block_bytes)) {
        tti_release(r->allocator, r->out, r->out_capacity, 1);
        r->out = tti_alloc(r->allocator, room + room / 8, 1);
        r->out_capacity = r->out == NULL ? 0 : room + room / 8;
        TTI_TRY_ALLOC(r->out == NULL, error, "the strings of a block");
    }
    if (r->data != NULL)
        memset(r->data + r->used, 0, TTI_LINE_SLACK);
    if (r->converted.count > 0)
        memset(r->converted.items + r->converted.count, 0, TTI_LINE_SLACK);
    while (r->use_simdjson && r->parsers.count < (size_t)threads) {
        tti_simdjson *parser;
        TTI_TRY_ALLOC(tti_array_reserve(&r->parsers, r->allocator, 1), error, "parsers");
        parser = tti_simdjson_open();
        TTI_TRY_ALLOC(parser == NULL, error, "parsers");
        r->parsers.items[r->parsers.count++] = parser;
    }
    return TT_OK;
}

static tt_status parse_block(tt_reader *r, tt_error *error)
{
    const size_t turns = (r->items.count + ITEMS_PER_TURN - 1) / ITEMS_PER_TURN;
    const int threads =
        tti_thread_count(r->threads, r->used + r->converted.count < PARALLEL_BYTES ? 1 : turns);
    const ptrdiff_t count = (ptrdiff_t)r->items.count;
    TTI_TRY(prepare_parsing(r, threads, error));
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, ITEMS_PER_TURN)
    for (ptrdiff_t i = 0; i < count; i++)
        parse_item(r, (size_t)i, r->use_simdjson ? r->parsers.items[tti_thread_index()] : NULL);
    return TT_OK;
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
        (void)parse_block(r, &r->failure);
    if (r->failure.status != TT_OK) {
        if (error != NULL)
            *error = r->failure;
        return r->failure.status;
    }
    *records = r->records.items;
    *count = r->records.count;
    return TT_OK;
}
