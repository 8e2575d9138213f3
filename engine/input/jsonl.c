#include "input/jsonl.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "input/field_paths.h"
#include "input/json.h"
#include "input/markup.h"
#include "input/withdrawal.h"
#include "util/id.h"
#include "util/time.h"
#include "util/utf8.h"

/* Bytes of a field's name that a reason shows. */
enum { SHOWN_NAME = 40 };

/* For the line, and the number on it, in the id of a record without one. */
enum { MADE_ID_ROOM = 40 };

void tti_record_reject(tt_record *record, tt_status status, const char *format, ...)
{
    va_list arguments;
    record->status = status;
    va_start(arguments, format);
    (void)vsnprintf(record->reason, sizeof record->reason, format, arguments);
    va_end(arguments);
}

static int shown_name_size(const char *name)
{
    return (int)tti_utf8_cut(name, strlen(name), SHOWN_NAME);
}

/* A line being scanned. */
typedef struct line_scan {
    tti_json json;
    char *out, *out_end; /* where the next string with escapes goes */
} line_scan;

static tti_jsonl_value copy_json_string(line_scan *s, int always)
{
    const char *raw = s->json.text + s->json.begin;
    const size_t size = s->json.end - s->json.begin;
    tti_jsonl_value value = {TTI_VALUE_STRING, raw, size};
    if (!s->json.escaped && !always)
        return value;
    value.bytes = s->out;
    value.size = tti_json_unescape(raw, size, s->out);
    if (value.size == SIZE_MAX)
        return (tti_jsonl_value){TTI_VALUE_LONE_SURROGATE, NULL, 0};
    s->out += value.size;
    return value;
}

/* Whether the key just scanned is this name. */
static int key_is(line_scan *s, const char *name, size_t name_size, int field)
{
    const char *raw = s->json.text + s->json.begin;
    size_t size = s->json.end - s->json.begin;
    if (s->json.escaped) {
        size = tti_json_unescape(raw, size, s->out);
        raw = s->out;
    }
    return name != NULL && size == name_size &&
           (field >= TTI_FIELD_STATUS ? strncasecmp(raw, name, size) == 0
                                      : memcmp(raw, name, size) == 0);
}

/* Scans a list or an object that is a status or an id, of which the first counts; of statuses, one
 * that withdraws. @return 0, or -1 at a fault */
static int scan_members(line_scan *s, int field, tti_jsonl_value *value)
{
    const int depth = s->json.depth;
    *value = (tti_jsonl_value){TTI_VALUE_OTHER, NULL, 0};
    while (s->json.depth >= depth) {
        const tti_json_kind kind = tti_json_next(&s->json);
        tti_jsonl_value one;
        if (kind == TTI_JSON_BAD)
            return -1;
        if (kind != TTI_JSON_STRING)
            continue;
        one = copy_json_string(s, 0);
        if (one.kind == TTI_VALUE_STRING &&
            (value->kind == TTI_VALUE_OTHER ||
             (field == TTI_FIELD_STATUS && tti_is_withdrawn(one.bytes, one.size))))
            *value = one;
    }
    return 0;
}

/* Scans an object that is the source, and takes its "name". @return 0, or -1 at a fault */
static int scan_source_name(line_scan *s, tti_jsonl_value *value)
{
    tti_json_kind kind;
    while ((kind = tti_json_next(&s->json)) == TTI_JSON_KEY) {
        const int wanted = key_is(s, "name", 4, TTI_FIELD_SOURCE);
        kind = tti_json_next(&s->json);
        if (wanted) {
            *value = (tti_jsonl_value){TTI_VALUE_OTHER, NULL, 0};
            if (kind == TTI_JSON_STRING)
                *value = copy_json_string(s, 0);
        }
        if (tti_json_skip(&s->json, kind) != 0)
            return -1;
    }
    return kind == TTI_JSON_BAD ? -1 : 0;
}

/* Scans the value of a key into the fields with these bits. @return 0, or -1 at a fault */
static int scan_field_value(line_scan *s, unsigned bits, tti_jsonl_fields *fields)
{
    const tti_json_kind kind = tti_json_next(&s->json);
    tti_jsonl_value value = {TTI_VALUE_OTHER, NULL, 0};
    if (bits == 0 || kind == TTI_JSON_BAD)
        return tti_json_skip(&s->json, kind);
    if (kind == TTI_JSON_STRING)
        value = copy_json_string(s, (bits >> TTI_FIELD_TEXT & 1) != 0);
    else if (kind == TTI_JSON_NUMBER && (s->json.integer || (bits >> TTI_FIELD_PUBLISHED & 1) != 0))
        value = (tti_jsonl_value){s->json.integer ? TTI_VALUE_INTEGER : TTI_VALUE_FRACTION,
                                  s->json.text + s->json.begin, s->json.end - s->json.begin};
    else if (kind == TTI_JSON_ARRAY && (bits >> TTI_FIELD_TEXT & 1) != 0)
        value = tti_text_of_array(&s->json, &s->out, (size_t)(s->out_end - s->out));
    else if (kind == TTI_JSON_NULL)
        value.kind = TTI_VALUE_NULL;
    for (int f = 0; f < TTI_FIELD_COUNT; f++)
        if (bits >> f & 1) {
            fields->is_doubled |= fields->value[f].kind != TTI_VALUE_ABSENT;
            fields->value[f] = value;
        }
    for (int f = TTI_FIELD_STATUS; f < TTI_FIELD_COUNT; f++)
        if ((kind == TTI_JSON_OBJECT || kind == TTI_JSON_ARRAY) && bits == 1u << f)
            return scan_members(s, f, &fields->value[f]);
    if (kind == TTI_JSON_OBJECT && (bits >> TTI_FIELD_SOURCE & 1))
        return scan_source_name(s, &fields->value[TTI_FIELD_SOURCE]);
    if (kind == TTI_JSON_ARRAY && (bits >> TTI_FIELD_TEXT & 1) != 0)
        return s->json.fault == NULL ? 0 : -1;
    return tti_json_skip(&s->json, kind);
}

static int reject_json(const tti_json *j, tt_record *record)
{
    const int unexpected = strncmp(j->fault, "unexpected", 10) == 0 && j->fault_at < j->size;
    const unsigned char c = unexpected ? (unsigned char)j->text[j->fault_at] : 0;
    if (j->size > 1 && memcmp(j->text, "{'", 2) == 0)
        tti_record_reject(record, TT_EFORMAT,
                          "invalid JSON: a dict as Python prints it; write it with json.dumps()");
    else if (unexpected && j->size - j->fault_at >= 3 &&
             memcmp(j->text + j->fault_at, "NaN", 3) == 0)
        tti_record_reject(record, TT_EFORMAT,
                          "invalid JSON: NaN at byte %zu; write null, as JSON has it", j->fault_at);
    else if (unexpected && (c < 0x20 || c >= 0x7f))
        tti_record_reject(record, TT_EFORMAT, "invalid JSON: %s (byte 0x%02x) at byte %zu",
                          j->fault, c, j->fault_at);
    else if (unexpected)
        tti_record_reject(record, TT_EFORMAT, "invalid JSON: %s '%c' at byte %zu", j->fault, c,
                          j->fault_at);
    else
        tti_record_reject(record, TT_EFORMAT, "invalid JSON: %s at byte %zu", j->fault,
                          j->fault_at);
    return 0;
}

static int reject_invalid_utf8(const char *line, size_t size, size_t at, tt_record *record)
{
    if (size >= 2 && (memcmp(line, "\xff\xfe", 2) == 0 || memcmp(line, "\xfe\xff", 2) == 0))
        tti_record_reject(record, TT_EFORMAT, "invalid UTF-8 at byte 0: this is UTF-16");
    else
        tti_record_reject(record, TT_EFORMAT, "invalid UTF-8 at byte %zu", at);
    return 0;
}

/* Bytes at `out` for the strings of a line. */
static size_t strings_bound(const tti_jsonl_options *options, size_t size)
{
    return (options->paths != NULL ? 2 : 1) * (size + TTI_LINE_SLACK);
}

/* Scans the value of a key and notes whether it is a path's. @return 0, or -1 at a fault */
static int note_path_value(line_scan *s, const tti_field_paths *paths, tti_path_places *places)
{
    const char *key = s->json.text + s->json.begin;
    size_t size = s->json.end - s->json.begin;
    if (s->json.escaped) {
        size = tti_json_unescape(key, size, s->out);
        key = s->out;
    }
    if (size != SIZE_MAX)
        tti_field_paths_note(paths, key, size, &s->json, places);
    return tti_json_skip(&s->json, tti_json_next(&s->json));
}

int tti_jsonl_scan_fields(const tti_jsonl_options *options, const char *line, size_t size,
                          char *out, tti_jsonl_fields *fields, tt_record *record)
{
    line_scan s;
    tti_json_kind kind;
    tti_path_places places;
    const size_t valid = tti_utf8_valid_up_to(line, size);
    if (valid < size)
        return reject_invalid_utf8(line, size, valid, record);
    if (options->paths != NULL)
        memset(&places, 0, sizeof places);
    s.out = out;
    s.out_end = out + strings_bound(options, size);
    tti_json_init(&s.json, line, size);
    kind = tti_json_next(&s.json);
    if (kind != TTI_JSON_OBJECT) {
        if (tti_json_skip(&s.json, kind) != 0 || tti_json_next(&s.json) == TTI_JSON_BAD)
            return reject_json(&s.json, record);
        tti_record_reject(record, TT_EFORMAT,
                          kind == TTI_JSON_ARRAY ? "not a JSON object but a list"
                                                 : "not a JSON object");
        return 0;
    }
    while ((kind = tti_json_next(&s.json)) == TTI_JSON_KEY) {
        unsigned bits = 0;
        if (options->paths != NULL) {
            if (note_path_value(&s, options->paths, &places) != 0)
                return reject_json(&s.json, record);
            continue;
        }
        for (int f = 0; f < TTI_FIELD_COUNT; f++)
            bits |= (unsigned)key_is(&s, options->name[f], options->name_size[f], f) << f;
        if (scan_field_value(&s, bits, fields) != 0)
            return reject_json(&s.json, record);
    }
    if (kind == TTI_JSON_BAD || tti_json_next(&s.json) == TTI_JSON_BAD)
        return reject_json(&s.json, record);
    if (options->paths != NULL && !tti_field_paths_read(options->paths, &s.json, &places, out,
                                                        (size_t)(s.out_end - out), fields)) {
        tti_record_reject(record, TT_ELIMIT, "the same value is used for too many fields");
        return 0;
    }
    return 1;
}

size_t tti_jsonl_output_bound(const tti_jsonl_options *options, size_t size, size_t file_size)
{
    return strings_bound(options, size) + 2 * file_size + MADE_ID_ROOM;
}

/* A number has one spelling, and no more than 64 bits, as everything that reads the result has. */
static int take_integer_id(tt_record *record, const char *name)
{
    tt_article *a = &record->article;
    a->flags = TT_ARTICLE_INTEGER_ID;
    if (a->id_size == 2 && memcmp(a->id, "-0", 2) == 0) {
        a->id++;
        a->id_size = 1;
    }
    if (tti_id_is_in_range(tti_id(a->id, a->id_size, a->flags)))
        return 1;
    tti_record_reject(record, TT_EFORMAT,
                      "\"%.*s\" is an integer of more than 64 bits; write it as a string",
                      shown_name_size(name), name);
    return 0;
}

/* @return 0: rejected */
static int set_id(const tti_jsonl_options *options, const tti_jsonl_value *id, char *spare,
                  tt_record *record)
{
    const char *name = options->name[TTI_FIELD_ID];
    switch (id->kind) {
    case TTI_VALUE_ABSENT:
    case TTI_VALUE_NULL: /* as Python and Arrow say that there is none */
        record->notes |= TT_NOTE_NO_ID;
        record->article.id = spare;
        record->article.id_size = tti_utf8_of_path(record->file, spare);
        record->article.id_size += (size_t)snprintf(spare + record->article.id_size, MADE_ID_ROOM,
                                                    ":%" PRIu64, record->line);
        if (record->nth > 1) /* several are on the line */
            record->article.id_size += (size_t)snprintf(spare + record->article.id_size,
                                                        MADE_ID_ROOM / 2, ".%" PRIu32, record->nth);
        return 1;
    case TTI_VALUE_LONE_SURROGATE:
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in \"%.*s\"",
                          shown_name_size(name), name);
        return 0;
    case TTI_VALUE_FRACTION:
    case TTI_VALUE_OTHER:
        tti_record_reject(record, TT_EFORMAT, "\"%.*s\" is neither a string nor an integer",
                          shown_name_size(name), name);
        return 0;
    default: break;
    }
    if (id->size == 0) {
        tti_record_reject(record, TT_EFORMAT, "\"%.*s\" is empty", shown_name_size(name), name);
        return 0;
    }
    record->article.id = id->bytes;
    record->article.id_size = id->size;
    record->article.flags = 0;
    return id->kind != TTI_VALUE_INTEGER || take_integer_id(record, name);
}

int tti_is_records_name(const char *key, size_t size)
{
    static const char *const names[] = {"articles", "items", "results",   "stories", "entries",
                                        "records",  "docs",  "documents", "hits"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strlen(names[k]) == size && memcmp(names[k], key, size) == 0)
            return 1;
    return 0;
}

/* Whether the key just scanned is that of a list of records, which the object only wraps. */
static int is_list_of_records(const tti_json *key)
{
    tti_json j = *key;
    return tti_is_records_name(key->text + key->begin, key->end - key->begin) &&
           tti_json_next(&j) == TTI_JSON_ARRAY && tti_json_next(&j) == TTI_JSON_OBJECT;
}

/* Whether all values of the record are objects or arrays: a table by columns, as pandas writes it.
 */
static int is_table_by_columns(const tt_record *record)
{
    tti_json j;
    size_t columns = 0;
    tti_json_init(&j, record->raw, record->raw_size);
    if (tti_json_next(&j) != TTI_JSON_OBJECT)
        return 0;
    while (tti_json_next(&j) == TTI_JSON_KEY) {
        const tti_json_kind kind = tti_json_next(&j);
        if ((kind != TTI_JSON_OBJECT && kind != TTI_JSON_ARRAY) || tti_json_skip(&j, kind) != 0)
            return 0;
        columns++;
    }
    return columns >= 2;
}

/* Says which fields there are in place of the one that is missing, as far as the reason has room.
 */
static void describe_fields(tt_record *record)
{
    tti_json j;
    char *const reason = record->reason;
    const size_t missing = strlen(reason);
    size_t used = missing;
    const char *before = "; it has \"";
    if (record->raw_size > 8 && memcmp(record->raw, "{\"type\":", 8) == 0) {
        static const char *const lines[] = {"pair",   "cluster", "section",
                                            "notice", "summary", "verdict"};
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
            if (record->raw_size > 9 + strlen(lines[i]) &&
                memcmp(record->raw + 9, lines[i], strlen(lines[i])) == 0) {
                (void)snprintf(reason + used, sizeof record->reason - used,
                               "; this is a line of a result of %s", i < 5 ? "scan" : "watch");
                return;
            }
    }
    tti_json_init(&j, record->raw, record->raw_size);
    if (tti_json_next(&j) != TTI_JSON_OBJECT)
        return;
    while (tti_json_next(&j) == TTI_JSON_KEY) {
        const size_t size = j.end - j.begin;
        if (is_list_of_records(&j)) {
            (void)snprintf(reason + missing, sizeof record->reason - missing,
                           "; it has a list: give its records, cut out with jq -c '.%.*s[]'",
                           (int)size, record->raw + j.begin);
            return;
        }
        if (used + strlen(before) + size + sizeof "\" ..." > sizeof record->reason) {
            if (used + sizeof " ..." <= sizeof record->reason)
                (void)memcpy(reason + used, " ...", sizeof " ...");
            return;
        }
        used += (size_t)snprintf(reason + used, sizeof record->reason - used, "%s%.*s\"", before,
                                 (int)size, record->raw + j.begin);
        before = ", \"";
        if (tti_json_skip(&j, tti_json_next(&j)) != 0)
            return;
    }
}

/* @return 0: rejected */
static int set_text(const tti_jsonl_options *options, const tti_jsonl_value *text,
                    tt_record *record)
{
    const char *name = options->name[TTI_FIELD_TEXT];
    if (text->kind == TTI_VALUE_ABSENT) {
        tti_record_reject(record, TT_EFORMAT, "no \"%.*s\"", shown_name_size(name), name);
        describe_fields(record);
    } else if (text->kind == TTI_VALUE_LONE_SURROGATE)
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in \"%.*s\"",
                          shown_name_size(name), name);
    else if (text->kind == TTI_VALUE_NULL)
        tti_record_reject(record, TT_EFORMAT, "\"%.*s\" is %s", shown_name_size(name), name,
                          options->is_row ? "empty" : "null");
    else if (text->kind == TTI_VALUE_RECORDS)
        tti_record_reject(record, TT_EFORMAT,
                          "the text is in a list of records; cut them out first, with jq -c "
                          "'.%.*s[]'",
                          (int)tti_utf8_cut(text->bytes, text->size, SHOWN_NAME), text->bytes);
    else if (text->kind != TTI_VALUE_STRING)
        tti_record_reject(record, TT_EFORMAT, "\"%.*s\" is not a string", shown_name_size(name),
                          name);
    else if (text->size > options->max_article_bytes)
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          text->size, options->max_article_bytes);
    else {
        record->article.text = text->bytes;
        record->article.text_size = text->size;
        return 1;
    }
    return 0;
}

/* Makes text of a text that is HTML, in place: it is a copy. */
static void strip_html(const tti_jsonl_options *options, tt_record *record)
{
    tt_article *a = &record->article;
    char *const text = (char *)a->text;
    if (text == NULL || options->text_format == TT_TEXT_PLAIN ||
        (options->text_format == TT_TEXT_AUTO && !tti_markup_is_html(text, a->text_size)))
        return;
    a->text_size = tti_markup_strip(text, a->text_size);
    record->notes |= TT_NOTE_HTML;
}

static void set_published(const tti_jsonl_value *value, tt_record *record)
{
    record->article.published = TT_NO_TIME;
    if (value->kind != TTI_VALUE_STRING && value->kind != TTI_VALUE_INTEGER &&
        value->kind != TTI_VALUE_FRACTION)
        return;
    if (value->size == 0)
        return;
    record->article.published = tti_time_read(value->bytes, value->size, &record->notes);
    if (record->article.published == TT_NO_TIME)
        record->notes |= TT_NOTE_NO_TIME;
}

int64_t tti_time_or_none(const char *text, size_t size, uint32_t *notes)
{
    const int64_t time = size == 0 ? TT_NO_TIME : tti_time_read(text, size, notes);
    if (size > 0 && time == TT_NO_TIME)
        *notes |= TT_NOTE_NO_TIME;
    return time == TT_NO_TIME ? 0 : time;
}

static int64_t time_of_value(const tti_jsonl_value *value, tt_record *record)
{
    return value->kind == TTI_VALUE_STRING || value->kind == TTI_VALUE_INTEGER
               ? tti_time_or_none(value->bytes, value->size, &record->notes)
               : 0;
}

static tt_id id_of_value(const tti_jsonl_value *value)
{
    const int is_integer = value->kind == TTI_VALUE_INTEGER;
    return value->size > 0 && (is_integer || value->kind == TTI_VALUE_STRING)
               ? (tt_id){value->bytes, value->size, is_integer ? TT_ARTICLE_INTEGER_ID : 0, 0}
               : (tt_id){NULL, 0, 0, 0};
}

/* What a wire says of an item beside its text. */
static void set_terms(const tti_jsonl_value *values, tt_record *record)
{
    const tti_jsonl_value *language = &values[TTI_FIELD_LANGUAGE],
                          *status = &values[TTI_FIELD_STATUS];
    tt_article *a = &record->article;
    if (language->kind == TTI_VALUE_STRING)
        a->language = language->bytes, a->language_size = language->size;
    if (status->kind == TTI_VALUE_STRING)
        a->pubstatus = status->bytes, a->pubstatus_size = status->size;
    a->embargoed = time_of_value(&values[TTI_FIELD_EMBARGOED], record);
    a->expires = time_of_value(&values[TTI_FIELD_EXPIRES], record);
    a->replacing = id_of_value(&values[TTI_FIELD_REPLACING]);
    a->replaced_by = id_of_value(&values[TTI_FIELD_REPLACED_BY]);
}

void tti_jsonl_read(const tti_jsonl_options *options, tti_simdjson *parser, char *out,
                    tt_record *record)
{
    const char *line = record->raw;
    const size_t size = record->raw_size;
    tti_jsonl_fields fields;
    const tti_jsonl_value *values = fields.value;
    memset(&fields, 0, sizeof fields);
    memset(&record->article, 0, sizeof record->article);
    record->status = TT_OK;
    record->reason[0] = '\0';
    record->title = NULL;
    record->title_size = 0;
    record->notes = 0;
    if (parser == NULL || options->paths != NULL ||
        !tti_simdjson_fields(parser, options, line, size, out, &fields)) {
        memset(&fields, 0, sizeof fields);
        if (!tti_jsonl_scan_fields(options, line, size, out, &fields, record))
            return;
    }
    if (values[TTI_FIELD_TEXT].kind == TTI_VALUE_ABSENT &&
        tti_ninjs_read(options, values[TTI_FIELD_ID].kind > TTI_VALUE_NULL, out, record))
        return;
    if ((values[TTI_FIELD_ID].kind == TTI_VALUE_OTHER ||
         values[TTI_FIELD_TEXT].kind == TTI_VALUE_OTHER ||
         values[TTI_FIELD_TEXT].kind == TTI_VALUE_ABSENT) &&
        is_table_by_columns(record)) {
        tti_record_reject(record, TT_EFORMAT,
                          "a table by columns; write its rows, as pandas does with "
                          "orient=\"records\", lines=True");
        return;
    }
    if (!set_id(options, &values[TTI_FIELD_ID], out + strings_bound(options, size), record))
        return;
    if (fields.is_doubled)
        record->notes |= TT_NOTE_KEY_TWICE;
    if ((values[TTI_FIELD_STATUS].kind == TTI_VALUE_STRING &&
         tti_is_withdrawn(values[TTI_FIELD_STATUS].bytes, values[TTI_FIELD_STATUS].size)) ||
        (values[TTI_FIELD_TITLE].kind == TTI_VALUE_STRING &&
         tti_is_kill_headline(values[TTI_FIELD_TITLE].bytes, values[TTI_FIELD_TITLE].size)))
        record->article.flags |= TT_ARTICLE_WITHDRAWN;
    if (((record->article.flags & TT_ARTICLE_WITHDRAWN) == 0 ||
         values[TTI_FIELD_TEXT].kind > TTI_VALUE_NULL) && /* a notice may say no more */
        !set_text(options, &values[TTI_FIELD_TEXT], record)) {
        if (values[TTI_FIELD_ID].kind <= TTI_VALUE_NULL)
            record->article.id = NULL, record->article.id_size = 0;
        return;
    }
    strip_html(options, record);
    set_published(&values[TTI_FIELD_PUBLISHED], record);
    if (values[TTI_FIELD_SOURCE].kind == TTI_VALUE_STRING) {
        record->article.source = values[TTI_FIELD_SOURCE].bytes;
        record->article.source_size = values[TTI_FIELD_SOURCE].size;
    }
    if (values[TTI_FIELD_VERSION].kind == TTI_VALUE_STRING ||
        values[TTI_FIELD_VERSION].kind == TTI_VALUE_INTEGER) {
        record->article.version = values[TTI_FIELD_VERSION].bytes;
        record->article.version_size = values[TTI_FIELD_VERSION].size;
    }
    if (values[TTI_FIELD_TITLE].kind == TTI_VALUE_STRING && values[TTI_FIELD_TITLE].size > 0) {
        record->article.title = record->title = values[TTI_FIELD_TITLE].bytes;
        record->article.title_size = record->title_size = values[TTI_FIELD_TITLE].size;
        if (tti_is_correction_headline(record->title, record->title_size))
            record->article.flags |= TT_ARTICLE_CORRECTION;
    }
    set_terms(values, record);
}
