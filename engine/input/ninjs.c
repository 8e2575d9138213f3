/*
 * ninjs, 1.x to 3.x. One pass of the strict scanner notes where the fields are in the line. Then
 * they are written to `out`, one after another, with escapes resolved and markup stripped; none
 * takes more room than it had in the line with its quotes.
 */
#include "input/jsonl.h"

#include <inttypes.h>
#include <string.h>

#include "input/json.h"
#include "input/markup.h"
#include "input/withdrawal.h"
#include "util/time.h"

/* Of several fields that mean the same, the first that is there is used. */
enum {
    URI,
    GUID,
    CREATED,
    VERSION,
    STATUS,
    HEADLINE,
    HEADLINES,
    OTHER_HEADLINE, /* headline_* of ninjs 1.x */
    BYLINE,
    BY,
    LOCATED,
    SOURCE,
    PROVIDER,
    INFOSOURCE,
    INFOSOURCES,
    HOLDER,
    XHTML,
    HTML,
    BODIES,
    TEXT,
    OTHER_BODY, /* body_* of ninjs 1.x */
    LANGUAGE,
    EMBARGOED,
    EXPIRES,
    REPLACING,
    REPLACED_BY,
    FIELDS
};

static const char *const field_names[FIELDS] = {
    "uri",        "guid",       "versioncreated", "version",
    "pubstatus",  "headline",   "headlines",      "headline_*",
    "byline",     "by",         "located",        "source",
    "provider",   "infosource", "infosources",    "copyrightholder",
    "body_xhtml", "body_html",  "bodies",         "body_text",
    "body_*",     "language",   "embargoed",      "expires",
    "replacing",  "replacedby"};

/* A string of the line. */
typedef struct json_string_ref {
    const char *raw;
    size_t size;
    int is_set, escaped, markup;
} json_string_ref;

typedef struct ninjs_item {
    tti_json json;
    json_string_ref at[FIELDS];
    int fields; /* how many were found that only ninjs has */
} ninjs_item;

static json_string_ref current_token(const tti_json *j)
{
    return (json_string_ref){j->text + j->begin, j->end - j->begin, 1, j->escaped, 0};
}

static int equals_text(const json_string_ref *p, const char *text)
{
    return p->size == strlen(text) && memcmp(p->raw, text, p->size) == 0;
}

/* Names of ninjs 3.x are in camel case, as "versionCreated". */
static int equals_without_case(const json_string_ref *p, const char *text)
{
    if (p->size != strlen(text))
        return 0;
    for (size_t i = 0; i < p->size; i++)
        if ((p->raw[i] >= 'A' && p->raw[i] <= 'Z' ? p->raw[i] + 32 : p->raw[i]) != text[i])
            return 0;
    return 1;
}

static int contains_text(const json_string_ref *p, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i + n <= p->size; i++)
        if (memcmp(p->raw + i, text, n) == 0)
            return 1;
    return 0;
}

/* Takes the value or name of an object of "bodies", "headlines" or "infosources". */
static void scan_ninjs_object(tti_json *j, int field, json_string_ref *into)
{
    json_string_ref value = {0}, type = {0}, role = {0};
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const json_string_ref key = current_token(j);
        const tti_json_kind kind = tti_json_next(j);
        const json_string_ref string = current_token(j);
        if (kind == TTI_JSON_STRING && equals_without_case(&key, "contenttype"))
            type = string;
        else if (kind == TTI_JSON_STRING && equals_text(&key, "role"))
            role = string;
        else if (kind == TTI_JSON_STRING &&
                 equals_text(&key, field == INFOSOURCE || field == INFOSOURCES ? "name" : "value"))
            value = string;
        else if (tti_json_skip(j, kind) != 0)
            return;
    }
    if (field == BODIES)
        value.markup = contains_text(&type, "html") || contains_text(&type, "nitf") ||
                       (type.size == 0 &&
                        (contains_text(&role, "html") || (value.size > 0 && value.raw[0] == '<')));
    if (value.is_set && (!into->is_set || (value.markup && !into->markup)))
        *into = value;
}

/* Scans the value of a field. Of a list the first member counts; of bodies, the first with markup.
 * @return 0, or -1 at a fault */
static int scan_ninjs_field(tti_json *j, int field, json_string_ref *into)
{
    tti_json_kind kind = tti_json_next(j);
    json_string_ref value = current_token(j);
    if (kind == TTI_JSON_STRING || (kind == TTI_JSON_NUMBER && field == VERSION && j->integer)) {
        value.markup = field == XHTML || field == HTML;
        value.escaped = kind == TTI_JSON_STRING && value.escaped;
        *into = value;
        return 0;
    }
    if (kind == TTI_JSON_OBJECT) {
        scan_ninjs_object(j, field, into);
        return j->fault == NULL ? 0 : -1;
    }
    if (kind != TTI_JSON_ARRAY)
        return tti_json_skip(j, kind);
    while ((kind = tti_json_next(j)) != TTI_JSON_ARRAY_END && kind != TTI_JSON_BAD) {
        value = current_token(j);
        if (kind == TTI_JSON_OBJECT)
            scan_ninjs_object(j, field, into);
        else if (kind == TTI_JSON_STRING && (field == STATUS || field == REPLACING))
            *into = into->is_set && (field != STATUS || !tti_is_withdrawn(value.raw, value.size))
                        ? *into
                        : value;
        else if (tti_json_skip(j, kind) != 0)
            return -1;
    }
    return kind == TTI_JSON_BAD ? -1 : 0;
}

/* The field of this key; FIELDS: none. A name that ends in '*' is any that begins so. */
static int find_field(const json_string_ref *key)
{
    for (int field = 0; field < FIELDS; field++) {
        const char *name = field_names[field];
        const size_t size = strlen(name) - 1;
        if (equals_without_case(key, name) ||
            (name[size] == '*' && key->size > size && memcmp(key->raw, name, size) == 0))
            return field;
    }
    return FIELDS;
}

/* Notes where the fields are. @return 1, or 0: the line is not ninjs */
static int find_ninjs_fields(ninjs_item *it, int has_id, const char *line, size_t size)
{
    tti_json *j = &it->json;
    tti_json_init(j, line, size);
    if (tti_json_next(j) != TTI_JSON_OBJECT)
        return 0;
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const json_string_ref key = current_token(j);
        const int field = find_field(&key);
        const int is_other = field == OTHER_BODY || field == OTHER_HEADLINE;
        if (field == FIELDS || (is_other && it->at[field].is_set)) {
            if (tti_json_skip(j, tti_json_next(j)) != 0)
                return 0;
            continue;
        }
        if (scan_ninjs_field(j, field, &it->at[field]) != 0)
            return 0;
        if (field == OTHER_BODY && it->at[field].size > 0)
            it->at[field].markup = it->at[field].raw[0] == '<';
        it->fields += field == CREATED || (field == STATUS && !has_id) ||
                      (field >= HEADLINE && field <= OTHER_HEADLINE) ||
                      (field >= XHTML && field <= OTHER_BODY);
    }
    return j->fault == NULL && (it->at[URI].size > 0 || it->at[GUID].size > 0) && it->fields > 0;
}

/* The first field of [first, last] that is there, or an empty string. */
static const json_string_ref *first_present_field(const ninjs_item *it, int first, int last)
{
    static const json_string_ref none;
    for (int f = first; f <= last; f++)
        if (it->at[f].size > 0)
            return &it->at[f];
    return &none;
}

/* Writes a string at *out and moves it on. @return its size; SIZE_MAX: it has a lone surrogate */
static size_t write_string_ref(const json_string_ref *p, char **out)
{
    size_t size = p->size;
    if (size == 0)
        return 0;
    if (p->escaped)
        size = tti_json_unescape(p->raw, size, *out);
    else
        memmove(*out, p->raw, size);
    if (size == SIZE_MAX)
        return size;
    if (p->markup)
        size = tti_markup_strip(*out, size);
    *out += size;
    return size;
}

/* Writes the parts of the text with a blank line between them. @return 0; -1: a lone surrogate */
static int write_ninjs_text(const ninjs_item *it, int whole, char **out, tt_article *article)
{
    const json_string_ref *const parts[] = {
        first_present_field(it, HEADLINE, OTHER_HEADLINE), first_present_field(it, BYLINE, BY),
        first_present_field(it, LOCATED, LOCATED), first_present_field(it, XHTML, OTHER_BODY)};
    char *const begin = *out;
    for (int i = whole ? 0 : 3; i < 4; i++) {
        char *const from = *out;
        size_t size;
        if (from > begin) {
            memcpy(*out, "\n\n", 2);
            *out += 2;
        }
        size = write_string_ref(parts[i], out);
        if (size == SIZE_MAX)
            return -1;
        if (size == 0)
            *out = from;
    }
    article->text = begin;
    article->text_size = (size_t)(*out - begin);
    return 0;
}

/* @return 0; -1: a lone surrogate */
static int write_string_field(const json_string_ref *p, char **out, const char **text,
                              size_t *text_size)
{
    char *const begin = *out;
    const size_t size = write_string_ref(p, out);
    if (size == SIZE_MAX)
        return -1;
    if (size > 0)
        *text = begin, *text_size = size;
    return 0;
}

static int write_id_field(const json_string_ref *p, char **out, tt_id *id)
{
    return write_string_field(p, out, &id->bytes, &id->size);
}

static int write_time_field(const json_string_ref *p, char **out, int64_t *time, uint32_t *notes)
{
    const char *text = "";
    size_t size = 0;
    if (write_string_field(p, out, &text, &size) != 0)
        return -1;
    *time = tti_time_or_none(text, size, notes);
    return 0;
}

/* Writes what is said of the item beside its text. @return 0; -1: a lone surrogate */
static int write_terms(const ninjs_item *it, char **out, tt_record *record)
{
    tt_article *a = &record->article;
    return write_string_field(&it->at[LANGUAGE], out, &a->language, &a->language_size) != 0 ||
                   write_string_field(&it->at[STATUS], out, &a->pubstatus, &a->pubstatus_size) !=
                       0 ||
                   write_time_field(&it->at[EMBARGOED], out, &a->embargoed, &record->notes) != 0 ||
                   write_time_field(&it->at[EXPIRES], out, &a->expires, &record->notes) != 0 ||
                   write_id_field(&it->at[REPLACING], out, &a->replacing) != 0 ||
                   write_id_field(&it->at[REPLACED_BY], out, &a->replaced_by) != 0
               ? -1
               : 0;
}

int tti_ninjs_read(const tti_jsonl_options *options, int has_id, char *out, tt_record *record)
{
    tt_article *a = &record->article;
    ninjs_item it;
    const json_string_ref *headline;
    const char *time = "";
    size_t time_size = 0;
    int is_withdrawn, is_correction;
    char moment[TTI_TIME_ROOM];
    memset(it.at, 0, sizeof it.at);
    it.fields = 0;
    if (!find_ninjs_fields(&it, has_id, record->raw, record->raw_size))
        return 0;
    headline = first_present_field(&it, HEADLINE, OTHER_HEADLINE);
    is_withdrawn = tti_is_withdrawn(it.at[STATUS].raw, it.at[STATUS].size) ||
                   tti_is_kill_headline(headline->raw, headline->size);
    is_correction = tti_is_correction_headline(headline->raw, headline->size);
    if (write_string_field(first_present_field(&it, URI, GUID), &out, &a->id, &a->id_size) != 0 ||
        a->id_size == 0) {
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in \"uri\"");
        return 1;
    }
    if (write_string_field(first_present_field(&it, VERSION, VERSION), &out, &a->version,
                           &a->version_size) != 0 ||
        write_string_field(first_present_field(&it, SOURCE, HOLDER), &out, &a->source,
                           &a->source_size) != 0 ||
        write_string_field(first_present_field(&it, CREATED, CREATED), &out, &time, &time_size) !=
            0 ||
        write_terms(&it, &out, record) != 0 ||
        (!options->whole && /* else it is in the text, and `out` has room for one of them */
         write_string_field(headline, &out, &record->title, &record->title_size) != 0) ||
        write_ninjs_text(&it, options->whole, &out, a) != 0)
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in a ninjs field");
    else if (a->text_size == 0 && !is_withdrawn)
        tti_record_reject(record, TT_EFORMAT, "no body text in a ninjs item");
    else if (a->text_size > options->max_article_bytes)
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          a->text_size, options->max_article_bytes);
    if (record->status != TT_OK) {
        const char *id = a->id;
        const size_t id_size = a->id_size;
        memset(a, 0, sizeof *a);
        record->title = NULL;
        record->title_size = 0;
        a->id = id;
        a->id_size = id_size;
        return 1;
    }
    a->title = record->title;
    a->title_size = record->title_size;
    a->flags |= is_withdrawn ? TT_ARTICLE_WITHDRAWN : 0;
    a->flags |= is_correction ? TT_ARTICLE_CORRECTION : 0;
    a->published = TT_NO_TIME;
    time_size = tti_time_to_rfc3339(time, time_size, moment);
    if (time_size > 0)
        a->published = tt_time_parse(moment, time_size);
    return 1;
}
