/*
 * The fields of an item are collected in buffers. When it ends, they become one line of JSON.
 */
#include "input/json_item.h"
#include "input/withdrawal.h"
#include "input/xml_parts.h"
#include "util/time.h"
#include "util/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_FIELD_BYTES = 64 << 10 };

static void stop_parser(tti_xml *x, tt_status status)
{
    if (x->status == TT_OK)
        x->status = status;
    xmlStopParser(x->parser);
}

void tti_xml_refuse(tti_xml *x, const char *reason)
{
    if (x->status != TT_OK)
        return;
    x->fault_line = tti_xml_line(x);
    (void)snprintf(x->fault, sizeof x->fault, "%s", reason);
    tti_utf8_clean(x->fault);
    stop_parser(x, TT_EFORMAT);
}

static void append_to_buffer(tti_xml *x, tti_char_array *b, const char *bytes, size_t size)
{
    if (x->status == TT_OK && tti_array_append(b, x->options.allocator, bytes, size) != TT_OK)
        stop_parser(x, TT_ENOMEM);
}

void tti_xml_append_literal(tti_xml *x, tti_char_array *b, const char *text)
{
    append_to_buffer(x, b, text, strlen(text));
}

void tti_xml_append_captured(tti_xml *x, const char *bytes, size_t size)
{
    tti_char_array *b = &x->text[x->into];
    assert(x->into < TTI_XML_FIELDS);
    const uint64_t most = x->into == TTI_XML_BODY || x->into == TTI_XML_BODY_FALLBACK
                              ? x->options.longest_item
                              : MAX_FIELD_BYTES;
    if (size > most || b->count > most - size)
        x->too_long = 1;
    else
        append_to_buffer(x, b, bytes, size);
}

static void append_json_member(tti_xml *x, const char *name, const tti_char_array *value)
{
    if (value->count > 0 && x->status == TT_OK &&
        tti_json_item_member(&x->json, x->options.allocator, name, strlen(name), value->items,
                             value->count) != TT_OK)
        stop_parser(x, TT_ENOMEM);
}

void tti_xml_begin_item(tti_xml *x)
{
    for (int f = 0; f < TTI_XML_FIELDS; f++)
        if (f != TTI_XML_FEED_TITLE)
            x->text[f].count = 0;
    x->item_depth = x->depth;
    x->item_line = tti_xml_line(x);
    x->part_depth = x->content_set = x->inline_xml = x->nitf = x->provider = x->author = 0;
    x->from_source = 0;
    x->too_long = 0;
}

static tti_char_array *first_nonempty_field(tti_xml *x, tti_xml_field f)
{
    return &x->text[x->text[f].count > 0 ? f : f + 1];
}

/* Removes the headline from the start of a body that repeats it. */
static void drop_headline(tti_char_array *body, const tti_char_array *headline)
{
    const size_t n = headline->count;
    if (n == 0 || body->count < n + 2 || memcmp(body->items, headline->items, n) != 0 ||
        memcmp(body->items + n, "\n\n", 2) != 0)
        return;
    body->count -= n + 2;
    memmove(body->items, body->items + n + 2, body->count);
}

/* Puts the headline, the byline and the dateline in front of the body. */
static void prepend_headline_and_byline(tti_xml *x, const tti_char_array *headline,
                                        tti_char_array *body)
{
    const tti_char_array *const parts[] = {headline, &x->text[TTI_XML_BYLINE],
                                           &x->text[TTI_XML_DATELINE], body};
    x->json.count = 0;
    for (int i = 0; i < 4; i++) {
        if (x->json.count > 0 && parts[i]->count > 0)
            tti_xml_append_literal(x, &x->json, "\n\n");
        append_to_buffer(x, &x->json, parts[i]->items, parts[i]->count);
    }
    body->count = 0;
    append_to_buffer(x, body, x->json.items, x->json.count);
}

/* Takes the revision from the end of an identifier of NewsML 1, so that all versions of an item
 * have one id. */
static void drop_revision(tti_char_array *id, const tti_char_array *version)
{
    size_t at = id->count;
    while (at > 0 && id->items[at - 1] != ':')
        at--;
    if (at > 1 && version->count > 0 && id->count - at >= version->count &&
        memcmp(id->items + at, version->items, version->count) == 0)
        id->count = at - 1;
}

static void append_moment_member(tti_xml *x, const char *name, const tti_char_array *b)
{
    char moment[TTI_TIME_ROOM];
    const tti_char_array time = {
        moment, b->count == 0 ? 0 : tti_time_to_rfc3339(b->items, b->count, moment), 0};
    append_json_member(x, name, &time);
}

static int64_t parse_moment(const tti_char_array *b)
{
    char moment[TTI_TIME_ROOM];
    const size_t size = b->count == 0 ? 0 : tti_time_to_rfc3339(b->items, b->count, moment);
    return size == 0 ? TT_NO_TIME : tt_time_parse(moment, size);
}

/* NITF is embargoed until its release, where that is after its issue. In NewsML 1 the time at which
 * a status changes may be another than that of an embargo. */
static void append_terms(tti_xml *x)
{
    static const char embargoed[] = "embargoed";
    const tti_char_array *status = &x->text[TTI_XML_STATUS];
    const int is_embargoed = status->count == sizeof embargoed - 1 &&
                             strncasecmp(status->items, embargoed, sizeof embargoed - 1) == 0;
    if (x->vocabulary == TTI_XML_NITF &&
        parse_moment(&x->text[TTI_XML_TIME_FALLBACK]) > parse_moment(&x->text[TTI_XML_TIME]) &&
        parse_moment(&x->text[TTI_XML_TIME]) != TT_NO_TIME)
        append_moment_member(x, embargoed, &x->text[TTI_XML_TIME_FALLBACK]);
    else if (x->vocabulary != TTI_XML_NEWSML_1 || is_embargoed)
        append_moment_member(x, embargoed, &x->text[TTI_XML_EMBARGOED]);
    append_moment_member(x, "expires", &x->text[TTI_XML_EXPIRES]);
}

static void append_time_member(tti_xml *x)
{
    const tti_xml_field both[] = {TTI_XML_TIME, TTI_XML_TIME_FALLBACK};
    char moment[TTI_TIME_ROOM];
    for (int i = 0; i < 2; i++) {
        const tti_char_array *b = &x->text[both[i]];
        tti_char_array time = {moment, 0, 0};
        if (b->count > 0)
            time.count = tti_time_to_rfc3339(b->items, b->count, moment);
        if (time.count > 0) {
            append_json_member(x, "published", &time);
            return;
        }
    }
}

void tti_xml_end_item(tti_xml *x)
{
    const tti_char_array *headline = first_nonempty_field(x, TTI_XML_HEADLINE),
                         *source = first_nonempty_field(x, TTI_XML_SOURCE);
    const tti_char_array *version = first_nonempty_field(x, TTI_XML_VERSION);
    tti_char_array *body = first_nonempty_field(x, TTI_XML_BODY);
    tti_xml_item item = {NULL, 0, x->item_line, TT_OK, NULL};
    tt_status status;
    drop_headline(body, headline);
    if (x->vocabulary == TTI_XML_NEWSML_1)
        drop_revision(&x->text[TTI_XML_ID], version);
    if (x->options.whole)
        prepend_headline_and_byline(x, headline, body);
    if (source->count == 0)
        source = &x->text[TTI_XML_FEED_TITLE];
    x->json.count = 0;
    append_json_member(x, "id", first_nonempty_field(x, TTI_XML_ID));
    append_json_member(x, "text", body);
    append_json_member(x, "title", headline);
    append_json_member(x, "byline", &x->text[TTI_XML_BYLINE]);
    append_json_member(x, "dateline", &x->text[TTI_XML_DATELINE]);
    append_time_member(x);
    append_json_member(x, "source", source);
    append_json_member(x, "language", &x->text[TTI_XML_LANGUAGE]);
    append_json_member(x, "url", &x->text[TTI_XML_ID_FALLBACK]);
    append_json_member(x, "version", version);
    append_json_member(x, "pubstatus", &x->text[TTI_XML_STATUS]);
    append_terms(x);
    if (x->status == TT_OK && tti_json_item_end(&x->json, x->options.allocator) != TT_OK)
        stop_parser(x, TT_ENOMEM);
    x->item_depth = 0;
    if (x->status != TT_OK)
        return;
    item.json = x->json.items;
    item.size = x->json.count;
    if (x->too_long) {
        item.status = TT_ELIMIT;
        item.reason = "an item, or a field of it, is too long";
    } else if (body->count == 0 &&
               !tti_is_withdrawn(x->text[TTI_XML_STATUS].items, x->text[TTI_XML_STATUS].count) &&
               !tti_is_kill_headline(headline->items, headline->count)) {
        item.status = TT_EFORMAT;
        item.reason = "no body text in the item";
    }
    status = x->emit(x->ctx, &item);
    if (status != TT_OK)
        stop_parser(x, status);
}
