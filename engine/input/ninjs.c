/*
 * ninjs, 1.x and 2.x: one pass of the strict scanner notes where the fields stand, then they are
 * written one after another into `out`, escapes resolved and markup stripped; each takes no more
 * room than it had in the line, quotes and all.
 */
#include "input/jsonl.h"

#include <inttypes.h>
#include <string.h>

#include "input/json.h"
#include "input/markup.h"
#include "util/time.h"

/* In the order of preference where several stand for one thing. */
enum {
    URI,
    GUID,
    CREATED,
    VERSION,
    HEADLINE,
    HEADLINES,
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
    FIELDS
};

static const char *const field_names[FIELDS] = {"uri",
                                                "guid",
                                                "versioncreated",
                                                "version",
                                                "headline",
                                                "headlines",
                                                "byline",
                                                "by",
                                                "located",
                                                "source",
                                                "provider",
                                                "infosource",
                                                "infosources",
                                                "copyrightholder",
                                                "body_xhtml",
                                                "body_html",
                                                "bodies",
                                                "body_text"};

/* A string where it stands in the line. */
typedef struct json_string_ref {
    const char *raw;
    size_t size;
    int is_set, escaped, markup;
} json_string_ref;

typedef struct ninjs_item {
    tti_json json;
    json_string_ref at[FIELDS];
    int fields; /* how many of ninjs' own were met */
} ninjs_item;

static json_string_ref current_token(const tti_json *j)
{
    return (json_string_ref){j->text + j->begin, j->end - j->begin, 1, j->escaped, 0};
}

static int is(const json_string_ref *p, const char *text)
{
    return p->size == strlen(text) && memcmp(p->raw, text, p->size) == 0;
}

static int holds(const json_string_ref *p, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i + n <= p->size; i++)
        if (memcmp(p->raw + i, text, n) == 0)
            return 1;
    return 0;
}

/* An object of "bodies", "headlines" or "infosources": its value or name, and whether it is markup.
 */
static void scan_ninjs_object(tti_json *j, int field, json_string_ref *into)
{
    json_string_ref value = {0}, type = {0}, role = {0};
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const json_string_ref key = current_token(j);
        const tti_json_kind kind = tti_json_next(j);
        const json_string_ref string = current_token(j);
        if (kind == TTI_JSON_STRING && is(&key, "contenttype"))
            type = string;
        else if (kind == TTI_JSON_STRING && is(&key, "role"))
            role = string;
        else if (kind == TTI_JSON_STRING &&
                 is(&key, field == INFOSOURCE || field == INFOSOURCES ? "name" : "value"))
            value = string;
        else if (tti_json_skip(j, kind) != 0)
            return;
    }
    if (field == BODIES)
        value.markup =
            holds(&type, "html") || holds(&type, "nitf") ||
            (type.size == 0 && (holds(&role, "html") || (value.size > 0 && value.raw[0] == '<')));
    if (value.is_set && (!into->is_set || (value.markup && !into->markup)))
        *into = value;
}

/* The value of a field. Of lists the first member counts, of bodies the first with markup. */
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
        if (kind == TTI_JSON_OBJECT)
            scan_ninjs_object(j, field, into);
        else if (tti_json_skip(j, kind) != 0)
            return -1;
    }
    return kind == TTI_JSON_BAD ? -1 : 0;
}

/* Notes where the fields are. @return 0: not ninjs */
static int find_ninjs_fields(ninjs_item *it, const char *line, size_t size)
{
    tti_json *j = &it->json;
    tti_json_init(j, line, size);
    if (tti_json_next(j) != TTI_JSON_OBJECT)
        return 0;
    while (tti_json_next(j) == TTI_JSON_KEY) {
        const json_string_ref key = current_token(j);
        int field = 0;
        while (field < FIELDS && !is(&key, field_names[field]))
            field++;
        if (field == FIELDS) {
            if (tti_json_skip(j, tti_json_next(j)) != 0)
                return 0;
            continue;
        }
        if (scan_ninjs_field(j, field, &it->at[field]) != 0)
            return 0;
        it->fields += field == CREATED || field == HEADLINE || field == HEADLINES ||
                      field == BODIES || field == TEXT || field == XHTML || field == HTML;
    }
    return j->fault == NULL && (it->at[URI].size > 0 || it->at[GUID].size > 0) && it->fields > 0;
}

/* The first of [first, last] that is there; an empty place if none is. */
static const json_string_ref *choose(const ninjs_item *it, int first, int last)
{
    static const json_string_ref none;
    for (int f = first; f <= last; f++)
        if (it->at[f].size > 0)
            return &it->at[f];
    return &none;
}

/* Writes a place at *out, which moves on. @return its size; SIZE_MAX: a lone surrogate */
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

/* Writes the parts that count, a blank line between them. @return -1: a lone surrogate */
static int write_text(const ninjs_item *it, int whole, char **out, tt_article *article)
{
    const json_string_ref *const parts[] = {choose(it, HEADLINE, HEADLINES), choose(it, BYLINE, BY),
                                            choose(it, LOCATED, LOCATED), choose(it, XHTML, TEXT)};
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

/* @return -1: a lone surrogate */
static int write_string(const json_string_ref *p, char **out, const char **text, size_t *text_size)
{
    char *const begin = *out;
    const size_t size = write_string_ref(p, out);
    if (size == SIZE_MAX)
        return -1;
    if (size > 0)
        *text = begin, *text_size = size;
    return 0;
}

int tti_ninjs_read(const tti_jsonl_options *rules, char *out, tt_record *record)
{
    tt_article *a = &record->article;
    ninjs_item it;
    const char *time = "";
    size_t time_size = 0;
    char moment[TTI_TIME_ROOM];
    memset(it.at, 0, sizeof it.at);
    it.fields = 0;
    if (!find_ninjs_fields(&it, record->raw, record->raw_size))
        return 0;
    if (write_string(choose(&it, URI, GUID), &out, &a->id, &a->id_size) != 0 || a->id_size == 0) {
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in \"uri\"");
        return 1;
    }
    if (write_string(choose(&it, VERSION, VERSION), &out, &a->version, &a->version_size) != 0 ||
        write_string(choose(&it, SOURCE, HOLDER), &out, &a->source, &a->source_size) != 0 ||
        write_string(choose(&it, CREATED, CREATED), &out, &time, &time_size) != 0 ||
        (!rules->whole && /* else it is the text's first line, and there is room for one */
         write_string(choose(&it, HEADLINE, HEADLINES), &out, &record->title,
                      &record->title_size) != 0) ||
        write_text(&it, rules->whole, &out, a) != 0)
        tti_record_reject(record, TT_EFORMAT, "unpaired surrogate escape in a ninjs field");
    else if (a->text_size == 0)
        tti_record_reject(record, TT_EFORMAT, "no body text in a ninjs item");
    else if (a->text_size > rules->max_article_bytes)
        tti_record_reject(record, TT_ELIMIT, "text of %zu bytes is over the limit of %" PRIu64,
                          a->text_size, rules->max_article_bytes);
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
    a->published = TT_NO_TIME;
    time_size = tti_time_to_rfc3339(time, time_size, moment);
    if (time_size > 0)
        a->published = tt_time_parse(moment, time_size);
    return 1;
}
