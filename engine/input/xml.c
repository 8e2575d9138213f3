/*
 * SAX events become items. The content of an element that is a field of an item is captured until
 * the element ends: as plain text or with its tags, from which tti_markup_strip() then makes text,
 * as it does from the HTML that feeds hold as text. Elements are known by their local names and by
 * the elements around them; namespaces matter only in feeds, whose extensions use the same names.
 */
#include "input/xml.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libxml/parser.h>

#include "input/encoding.h"
#include "input/json_item.h"
#include "input/jsonl.h"
#include "input/markup.h"
#include "input/withdrawal.h"
#include "util/alloc.h"
#include "util/time.h"
#include "util/utf8.h"

/* libxml2 compares each attribute of an element with all others, and each prefix with all of the
 * namespaces around it. */
enum { MAX_DEPTH = 256, MAX_ATTRIBUTES = 256, MAX_FIELD_BYTES = 64 << 10 };

/* What an item is made of. A fallback, which follows its field, is used if the field is empty. */
typedef enum {
    ID,
    ID_FALLBACK, /* the link */
    VERSION,
    VERSION_FALLBACK,
    HEADLINE,
    HEADLINE_FALLBACK,
    TIME,
    TIME_FALLBACK,
    SOURCE,
    SOURCE_FALLBACK,
    BODY,
    BODY_FALLBACK,
    BYLINE,
    DATELINE,
    LANGUAGE,
    STATUS,    /* of publication */
    EMBARGOED, /* until when */
    EXPIRES,
    FEED_TITLE, /* of the whole feed, kept from item to item */
    FIELDS,
    NO_FIELD = FIELDS
} field;

typedef enum {
    XML_UNKNOWN,
    XML_NEWSML_1,
    XML_NEWSML_G2,
    XML_NITF,
    XML_RSS,
    XML_ATOM
} xml_vocabulary;

typedef enum {
    AS_PLAIN,  /* it is text */
    AS_HTML,   /* it is text that holds markup */
    AS_MARKUP, /* it is elements */
    AS_BASE64, /* it is no text */
    AS_TYPED   /* Atom's attribute `type` says which of the four */
} content_type;

typedef enum { NS_OWN, NS_CONTENT, NS_DUBLIN_CORE, NS_OTHER } xml_namespace;

typedef enum { IN_RSS, IN_ATOM, IN_ITEM_META, IN_CONTENT_META, IN_NITF, IN_NEWSML_1 } xml_context;

static const struct {
    xml_context context;
    xml_namespace namespace;
    const char *name;
    field field;
    content_type as;
} captured_elements[] = {
    {IN_RSS, NS_OWN, "guid", ID, AS_PLAIN},
    {IN_RSS, NS_OWN, "link", ID_FALLBACK, AS_PLAIN},
    {IN_RSS, NS_OWN, "title", HEADLINE, AS_HTML},
    {IN_RSS, NS_OWN, "pubDate", TIME, AS_PLAIN},
    {IN_RSS, NS_DUBLIN_CORE, "date", TIME_FALLBACK, AS_PLAIN},
    {IN_RSS, NS_OWN, "source", SOURCE, AS_PLAIN},
    {IN_RSS, NS_CONTENT, "encoded", BODY, AS_HTML},
    {IN_RSS, NS_OWN, "description", BODY_FALLBACK, AS_HTML},
    {IN_RSS, NS_DUBLIN_CORE, "creator", BYLINE, AS_PLAIN},
    {IN_RSS, NS_OWN, "author", BYLINE, AS_PLAIN},
    {IN_RSS, NS_DUBLIN_CORE, "language", LANGUAGE, AS_PLAIN},
    {IN_ATOM, NS_OWN, "id", ID, AS_PLAIN},
    {IN_ATOM, NS_OWN, "title", HEADLINE, AS_TYPED},
    {IN_ATOM, NS_OWN, "updated", TIME, AS_PLAIN},
    {IN_ATOM, NS_OWN, "published", TIME_FALLBACK, AS_PLAIN},
    {IN_ATOM, NS_OWN, "content", BODY, AS_TYPED},
    {IN_ATOM, NS_OWN, "summary", BODY_FALLBACK, AS_TYPED},
    {IN_ITEM_META, NS_OWN, "versionCreated", TIME, AS_PLAIN},
    {IN_ITEM_META, NS_OWN, "firstCreated", TIME_FALLBACK, AS_PLAIN},
    {IN_ITEM_META, NS_OWN, "embargoed", EMBARGOED, AS_PLAIN},
    {IN_ITEM_META, NS_OWN, "expires", EXPIRES, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "headline", HEADLINE, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "by", BYLINE, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "dateline", DATELINE, AS_PLAIN},
    {IN_NITF, NS_OWN, "title", HEADLINE_FALLBACK, AS_PLAIN},
    {IN_NITF, NS_OWN, "hl1", HEADLINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "byline", BYLINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "dateline", DATELINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "distributor", SOURCE, AS_MARKUP},
    {IN_NITF, NS_OWN, "body.content", BODY, AS_MARKUP},
    {IN_NEWSML_1, NS_OWN, "PublicIdentifier", ID, AS_PLAIN},
    {IN_NEWSML_1, NS_OWN, "RevisionId", VERSION, AS_PLAIN},
    {IN_NEWSML_1, NS_OWN, "ThisRevisionCreated", TIME, AS_PLAIN},
    {IN_NEWSML_1, NS_OWN, "FirstCreated", TIME_FALLBACK, AS_PLAIN},
    {IN_NEWSML_1, NS_OWN, "ProviderId", SOURCE_FALLBACK, AS_PLAIN},
    {IN_NEWSML_1, NS_OWN, "DateAndTime", EMBARGOED, AS_PLAIN}, /* of StatusWillChange */
    {IN_NEWSML_1, NS_OWN, "HeadLine", HEADLINE, AS_MARKUP},
    {IN_NEWSML_1, NS_OWN, "ByLine", BYLINE, AS_MARKUP},
    {IN_NEWSML_1, NS_OWN, "DateLine", DATELINE, AS_MARKUP},
    {IN_NEWSML_1, NS_OWN, "DataContent", BODY, AS_MARKUP},
};

/* The attributes of NITF's docdata that are fields. */
static const struct {
    const char *element, *attribute;
    field field;
} docdata[] = {
    {"docdata", "management-status", STATUS},
    {"doc-id", "id-string", ID},
    {"doc-id", "regsrc", SOURCE_FALLBACK},
    {"doc.copyright", "holder", SOURCE_FALLBACK},
    {"du-key", "version", VERSION},
    {"du-key", "generation", VERSION_FALLBACK},
    {"date.issue", "norm", TIME},
    {"date.release", "norm", TIME_FALLBACK},
    {"date.expire", "norm", EXPIRES},
};

typedef tti_char_array text_buffer;

struct tti_xml {
    tti_xml_options options;
    tti_xml_fn emit;
    void *ctx;
    xmlParserCtxtPtr parser;
    xmlSAXHandler sax;
    xmlEntity entity; /* a character of HTML, for libxml2 */
    char entity_text[8];

    int is_begun; /* there were bytes */
    xml_vocabulary vocabulary;
    const xmlChar *own_namespace;  /* that of RSS's channel; the parser holds it */
    const xmlChar *item_namespace; /* that of the item */
    int depth;                     /* of the element that begins or ends, 1 for the root */
    uint64_t item_line;
    xml_context part; /* itemMeta or contentMeta of NewsML-G2 */
    /* The depths of elements that are open; 0: it is not. */
    int item_depth, part_depth, content_set, inline_xml, nitf, provider, author, from_source;
    field into; /* the field being captured, or NO_FIELD */
    content_type as;
    int capture_depth;
    int is_base64; /* what is captured is encoded so */
    int too_long;  /* the item, or a field of it */

    text_buffer text[FIELDS], json;
    tt_status status; /* why the document is read no further */
    uint64_t fault_line;
    int is_certain; /* the fault is one whatever follows, and not that the document ends early */
    char fault[100];
};

static uint64_t line_of(const tti_xml *x)
{
    return x->options.lines_before + (uint64_t)xmlSAX2GetLineNumber(x->parser);
}

/* ==== Buffers ================================================================================= */

static void stop_parser(tti_xml *x, tt_status status)
{
    if (x->status == TT_OK)
        x->status = status;
    xmlStopParser(x->parser);
}

static void refuse_document(tti_xml *x, const char *reason)
{
    if (x->status != TT_OK)
        return;
    x->fault_line = line_of(x);
    (void)snprintf(x->fault, sizeof x->fault, "%s", reason);
    tti_utf8_clean(x->fault);
    stop_parser(x, TT_EFORMAT);
}

static void append_to_buffer(tti_xml *x, text_buffer *b, const char *bytes, size_t size)
{
    if (x->status == TT_OK && tti_array_append(b, x->options.allocator, bytes, size) != TT_OK)
        stop_parser(x, TT_ENOMEM);
}

static void append_literal(tti_xml *x, text_buffer *b, const char *text)
{
    append_to_buffer(x, b, text, strlen(text));
}

/* Appends to the field being captured, up to its limit. */
static void append_captured(tti_xml *x, const char *bytes, size_t size)
{
    text_buffer *b = &x->text[x->into];
    assert(x->into < FIELDS);
    const uint64_t most =
        x->into == BODY || x->into == BODY_FALLBACK ? x->options.longest_item : MAX_FIELD_BYTES;
    if (size > most || b->count > most - size)
        x->too_long = 1;
    else
        append_to_buffer(x, b, bytes, size);
}

static void append_json_member(tti_xml *x, const char *name, const text_buffer *value)
{
    if (value->count > 0 && x->status == TT_OK &&
        tti_json_item_member(&x->json, x->options.allocator, name, strlen(name), value->items,
                             value->count) != TT_OK)
        stop_parser(x, TT_ENOMEM);
}

/* ==== Items =================================================================================== */

static void begin_item(tti_xml *x)
{
    for (int f = 0; f < FIELDS; f++)
        if (f != FEED_TITLE)
            x->text[f].count = 0;
    x->item_depth = x->depth;
    x->item_line = line_of(x);
    x->part_depth = x->content_set = x->inline_xml = x->nitf = x->provider = x->author = 0;
    x->from_source = 0;
    x->too_long = 0;
}

static text_buffer *first_nonempty_field(tti_xml *x, field f)
{
    return &x->text[x->text[f].count > 0 ? f : f + 1];
}

/* Removes the headline from the start of a body that repeats it. */
static void drop_headline(text_buffer *body, const text_buffer *headline)
{
    const size_t n = headline->count;
    if (n == 0 || body->count < n + 2 || memcmp(body->items, headline->items, n) != 0 ||
        memcmp(body->items + n, "\n\n", 2) != 0)
        return;
    body->count -= n + 2;
    memmove(body->items, body->items + n + 2, body->count);
}

/* Puts the headline, the byline and the dateline in front of the body. */
static void prepend_headline_and_byline(tti_xml *x, const text_buffer *headline, text_buffer *body)
{
    const text_buffer *const parts[] = {headline, &x->text[BYLINE], &x->text[DATELINE], body};
    x->json.count = 0;
    for (int i = 0; i < 4; i++) {
        if (x->json.count > 0 && parts[i]->count > 0)
            append_literal(x, &x->json, "\n\n");
        append_to_buffer(x, &x->json, parts[i]->items, parts[i]->count);
    }
    body->count = 0;
    append_to_buffer(x, body, x->json.items, x->json.count);
}

/* Takes the revision from the end of an identifier of NewsML 1, so that all versions of an item
 * have one id. */
static void drop_revision(text_buffer *id, const text_buffer *version)
{
    size_t at = id->count;
    while (at > 0 && id->items[at - 1] != ':')
        at--;
    if (at > 1 && version->count > 0 && id->count - at >= version->count &&
        memcmp(id->items + at, version->items, version->count) == 0)
        id->count = at - 1;
}

static void append_moment_member(tti_xml *x, const char *name, const text_buffer *b)
{
    char moment[TTI_TIME_ROOM];
    const text_buffer time = {
        moment, b->count == 0 ? 0 : tti_time_to_rfc3339(b->items, b->count, moment), 0};
    append_json_member(x, name, &time);
}

static int64_t parse_moment(const text_buffer *b)
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
    const text_buffer *status = &x->text[STATUS];
    const int is_embargoed = status->count == sizeof embargoed - 1 &&
                             strncasecmp(status->items, embargoed, sizeof embargoed - 1) == 0;
    if (x->vocabulary == XML_NITF &&
        parse_moment(&x->text[TIME_FALLBACK]) > parse_moment(&x->text[TIME]) &&
        parse_moment(&x->text[TIME]) != TT_NO_TIME)
        append_moment_member(x, embargoed, &x->text[TIME_FALLBACK]);
    else if (x->vocabulary != XML_NEWSML_1 || is_embargoed)
        append_moment_member(x, embargoed, &x->text[EMBARGOED]);
    append_moment_member(x, "expires", &x->text[EXPIRES]);
}

static void append_time_member(tti_xml *x)
{
    const field both[] = {TIME, TIME_FALLBACK};
    char moment[TTI_TIME_ROOM];
    for (int i = 0; i < 2; i++) {
        const text_buffer *b = &x->text[both[i]];
        text_buffer time = {moment, 0, 0};
        if (b->count > 0)
            time.count = tti_time_to_rfc3339(b->items, b->count, moment);
        if (time.count > 0) {
            append_json_member(x, "published", &time);
            return;
        }
    }
}

static void end_item(tti_xml *x)
{
    const text_buffer *headline = first_nonempty_field(x, HEADLINE),
                      *source = first_nonempty_field(x, SOURCE);
    const text_buffer *version = first_nonempty_field(x, VERSION);
    text_buffer *body = first_nonempty_field(x, BODY);
    tti_xml_item item = {NULL, 0, x->item_line, TT_OK, NULL};
    tt_status status;
    drop_headline(body, headline);
    if (x->vocabulary == XML_NEWSML_1)
        drop_revision(&x->text[ID], version);
    if (x->options.whole)
        prepend_headline_and_byline(x, headline, body);
    if (source->count == 0)
        source = &x->text[FEED_TITLE];
    x->json.count = 0;
    append_json_member(x, "id", first_nonempty_field(x, ID));
    append_json_member(x, "text", body);
    append_json_member(x, "title", headline);
    append_json_member(x, "byline", &x->text[BYLINE]);
    append_json_member(x, "dateline", &x->text[DATELINE]);
    append_time_member(x);
    append_json_member(x, "source", source);
    append_json_member(x, "language", &x->text[LANGUAGE]);
    append_json_member(x, "url", &x->text[ID_FALLBACK]);
    append_json_member(x, "version", version);
    append_json_member(x, "pubstatus", &x->text[STATUS]);
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
               !tti_is_withdrawn(x->text[STATUS].items, x->text[STATUS].count) &&
               !tti_is_kill_headline(headline->items, headline->count)) {
        item.status = TT_EFORMAT;
        item.reason = "no body text in the item";
    }
    status = x->emit(x->ctx, &item);
    if (status != TT_OK)
        stop_parser(x, status);
}

/* ==== Elements ================================================================================ */

static int equals(const xmlChar *name, const char *text)
{
    return strcmp((const char *)name, text) == 0;
}

/* The vocabulary's own namespace is that of its channel or item, whatever it is: there have been
 * several. */
static xml_namespace namespace_of(const tti_xml *x, const xmlChar *uri)
{
    if (uri == NULL || (x->own_namespace != NULL && xmlStrEqual(uri, x->own_namespace)) ||
        (x->item_depth != 0 && xmlStrEqual(uri, x->item_namespace)) ||
        equals(uri, "http://www.w3.org/2005/Atom") || equals(uri, "http://purl.org/rss/1.0/") ||
        equals(uri, "http://purl.org/atom/ns#"))
        return NS_OWN;
    if (equals(uri, "http://purl.org/rss/1.0/modules/content/"))
        return NS_CONTENT;
    return equals(uri, "http://purl.org/dc/elements/1.1/") ? NS_DUBLIN_CORE : NS_OTHER;
}

/* Whether the element is one of Atom in an RSS feed. */
static int is_foreign(const tti_xml *x, const xmlChar *uri)
{
    return x->vocabulary == XML_RSS && uri != NULL && equals(uri, "http://www.w3.org/2005/Atom") &&
           !(x->item_depth != 0 && xmlStrEqual(uri, x->item_namespace));
}

/* SAX2 gives five pointers an attribute: local name, prefix, namespace, begin and end of the value.
 */
static const xmlChar **find_attribute(const xmlChar **attributes, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (equals(attributes[5 * i], name))
            return &attributes[5 * i];
    return NULL;
}

/* Takes an attribute as a field that is still empty. libxml2 leaves an ampersand in it as a
 * reference. */
static void read_attribute_field(tti_xml *x, const xmlChar **attributes, int count,
                                 const char *name, field f)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    text_buffer *b = &x->text[f];
    if (a == NULL || b->count > 0)
        return;
    x->into = f;
    append_captured(x, (const char *)a[3], (size_t)(a[4] - a[3]));
    x->into = NO_FIELD;
    for (size_t i = 0; i + 5 <= b->count; i++)
        if (memcmp(b->items + i, "&#38;", 5) == 0) {
            memmove(b->items + i + 1, b->items + i + 5, b->count - i - 5);
            b->count -= 4;
        }
    b->count = tti_markup_normalize_space(b->items, b->count);
}

static void begin_capture(tti_xml *x, field f, content_type as)
{
    if (x->text[f].count > 0)
        return;
    x->into = f;
    x->as = as;
    x->capture_depth = x->depth;
}

static void end_capture(tti_xml *x)
{
    text_buffer *b = &x->text[x->into];
    const int is_body = x->into == BODY || x->into == BODY_FALLBACK;
    if (b->count > 0 && x->is_base64)
        b->count = tti_base64_decode(b->items, b->count);
    x->is_base64 = 0;
    if (b->count > 0 && x->as != AS_PLAIN)
        b->count = tti_markup_strip(b->items, b->count);
    if (b->count > 0 && !is_body)
        b->count = tti_markup_normalize_space(b->items, b->count);
    x->into = NO_FIELD;
}

/* How the attribute of this name, a media type or one of Atom's words, says to read the content. */
static content_type content_type_of(const xmlChar **attributes, int count, const char *name)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    char type[40] = "";
    if (a != NULL && a[4] - a[3] < (ptrdiff_t)sizeof type)
        memcpy(type, a[3], (size_t)(a[4] - a[3]));
    if (strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0)
        return AS_HTML;
    if (strstr(type, "xml") != NULL || strstr(type, "xhtml") != NULL)
        return AS_MARKUP;
    /* A media type that is neither text nor XML: by Atom's rule the content is base64. */
    return strchr(type, '/') != NULL && strncmp(type, "text/", 5) != 0 ? AS_BASE64 : AS_PLAIN;
}

static void capture_if_listed(tti_xml *x, xml_context in, const xmlChar *name, xml_namespace of,
                              const xmlChar **attributes, int count)
{
    for (size_t i = 0; i < sizeof captured_elements / sizeof captured_elements[0]; i++)
        if (captured_elements[i].context == in && captured_elements[i].namespace == of &&
            equals(name, captured_elements[i].name)) {
            const content_type as = captured_elements[i].as == AS_TYPED
                                        ? content_type_of(attributes, count, "type")
                                        : captured_elements[i].as;
            if (as != AS_BASE64)
                begin_capture(x, captured_elements[i].field, as);
            return;
        }
}

static void enter_nitf_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                               int count)
{
    capture_if_listed(x, IN_NITF, name, NS_OWN, attributes, count);
    if (x->vocabulary != XML_NITF)
        return; /* the news item around the NITF has these itself */
    for (size_t i = 0; i < sizeof docdata / sizeof docdata[0]; i++)
        if (equals(name, docdata[i].element))
            read_attribute_field(x, attributes, count, docdata[i].attribute, docdata[i].field);
}

static void enter_feed_element(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                               const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    const xml_namespace of = is_foreign(x, uri) ? NS_OTHER : namespace_of(x, uri);
    if (below == 1) {
        if (x->vocabulary == XML_ATOM && of == NS_OWN && equals(name, "link")) {
            const xmlChar **rel = find_attribute(attributes, count, "rel");
            if (rel == NULL || (rel[4] - rel[3] == 9 && memcmp(rel[3], "alternate", 9) == 0))
                read_attribute_field(x, attributes, count, "href", ID_FALLBACK);
            return;
        }
        if (x->vocabulary == XML_ATOM && of == NS_OWN && equals(name, "author"))
            x->author = x->depth;
        if (x->vocabulary == XML_ATOM && of == NS_OWN && equals(name, "source"))
            x->from_source = x->depth;
        capture_if_listed(x, x->vocabulary == XML_RSS ? IN_RSS : IN_ATOM, name, of, attributes,
                          count);
    } else if (below == 2 && x->author != 0 && equals(name, "name")) {
        begin_capture(x, BYLINE, AS_PLAIN);
    } else if (below == 2 && x->from_source != 0 && equals(name, "title")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

static void read_provider(tti_xml *x, const xmlChar **attributes, int count)
{
    text_buffer *b = &x->text[SOURCE_FALLBACK];
    x->provider = x->depth;
    read_attribute_field(x, attributes, count, "literal", SOURCE_FALLBACK);
    if (b->count > 0)
        return;
    read_attribute_field(x, attributes, count, "qcode", SOURCE_FALLBACK);
    if (b->count > 0) { /* the scheme's alias goes */
        const char *colon = memchr(b->items, ':', b->count);
        if (colon != NULL && colon + 1 < b->items + b->count) {
            b->count = (size_t)(b->items + b->count - (colon + 1));
            memmove(b->items, colon + 1, b->count);
        }
    }
    read_attribute_field(x, attributes, count, "uri", SOURCE_FALLBACK);
}

static void enter_content_set_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                                      int count)
{
    if (x->inline_xml == 0) {
        if (equals(name, "inlineXML"))
            x->inline_xml = x->depth;
        else if (equals(name, "inlineData")) {
            const content_type as = content_type_of(attributes, count, "contenttype");
            const xmlChar **encoding = find_attribute(attributes, count, "encoding");
            if (as != AS_BASE64)
                begin_capture(x, BODY, as == AS_PLAIN ? AS_PLAIN : AS_HTML);
            x->is_base64 = x->into == BODY && encoding != NULL && encoding[4] - encoding[3] >= 6 &&
                           memcmp(encoding[4] - 6, "base64", 6) == 0;
        }
    } else if (x->depth == x->inline_xml + 1) {
        if (equals(name, "nitf"))
            x->nitf = x->depth;
        else
            begin_capture(x, BODY, AS_MARKUP);
    }
}

static void enter_g2_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    if (below == 1) {
        x->part_depth = equals(name, "itemMeta") || equals(name, "contentMeta") ? x->depth : 0;
        x->part = equals(name, "itemMeta") ? IN_ITEM_META : IN_CONTENT_META;
        x->content_set = equals(name, "contentSet") ? x->depth : 0;
    } else if (x->nitf != 0) {
        enter_nitf_element(x, name, attributes, count);
    } else if (x->content_set != 0) {
        enter_content_set_element(x, name, attributes, count);
    } else if (x->part_depth != 0 && below == 2) {
        capture_if_listed(x, x->part, name, NS_OWN, attributes, count);
        if (x->part == IN_ITEM_META && equals(name, "provider"))
            read_provider(x, attributes, count);
        if (x->part == IN_ITEM_META && equals(name, "pubStatus")) {
            read_attribute_field(x, attributes, count, "qcode", STATUS);
            read_attribute_field(x, attributes, count, "uri", STATUS);
        }
        if (x->part == IN_CONTENT_META && equals(name, "language")) {
            x->text[LANGUAGE].count = 0; /* the content's replaces that of the item */
            read_attribute_field(x, attributes, count, "tag", LANGUAGE);
        }
    } else if (x->provider != 0 && below == 3 && equals(name, "name")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

/* The first content with text is the body; one that is encoded is a picture or the like. */
static void enter_newsml_1_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                                   int count)
{
    if (equals(name, "Encoding"))
        x->content_set = x->depth;
    else if (x->content_set == 0)
        capture_if_listed(x, IN_NEWSML_1, name, NS_OWN, attributes, count);
    if (equals(name, "Status"))
        read_attribute_field(x, attributes, count, "FormalName", STATUS);
    if (equals(name, "Provider"))
        x->provider = x->depth;
    else if (x->provider != 0 && equals(name, "Party"))
        read_attribute_field(x, attributes, count, "FormalName", SOURCE);
}

static void enter_element_outside_items(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                                        const xmlChar **attributes, int count)
{
    const int own = !is_foreign(x, uri) && namespace_of(x, uri) == NS_OWN;
    switch (x->vocabulary) {
    case XML_NEWSML_G2:
        if (!equals(name, "newsItem"))
            return;
        begin_item(x);
        read_attribute_field(x, attributes, count, "guid", ID);
        read_attribute_field(x, attributes, count, "version", VERSION);
        read_attribute_field(x, attributes, count, "lang", LANGUAGE);
        return;
    case XML_NEWSML_1:
        if (equals(name, "NewsItem"))
            begin_item(x);
        return;
    case XML_NITF:
        if (x->depth == 1)
            begin_item(x);
        return;
    case XML_RSS:
        if (equals(name, "item")) {
            begin_item(x);
            x->item_namespace = uri;
        } else if (own && equals(name, "title") && x->depth == 3)
            begin_capture(x, FEED_TITLE, AS_HTML);
        return;
    case XML_ATOM:
        if (equals(name, "entry") || equals(name, "deleted-entry")) {
            begin_item(x);
            x->item_namespace = uri;
            if (equals(name, "deleted-entry")) { /* a tombstone, as RFC 6721 has it */
                read_attribute_field(x, attributes, count, "ref", ID);
                read_attribute_field(x, attributes, count, "when", TIME);
                append_literal(x, &x->text[STATUS], "canceled");
            }
        } else if (own && equals(name, "title") && x->depth == 2)
            begin_capture(x, FEED_TITLE, content_type_of(attributes, count, "type"));
        return;
    default: return;
    }
}

static xml_vocabulary vocabulary_of_root(const char *root)
{
    static const struct {
        const char *name;
        xml_vocabulary vocabulary;
    } roots[] = {{"NewsML", XML_NEWSML_1},
                 {"newsItem", XML_NEWSML_G2},
                 {"newsMessage", XML_NEWSML_G2},
                 {"nitf", XML_NITF},
                 {"rss", XML_RSS},
                 {"RDF", XML_RSS},
                 {"feed", XML_ATOM},
                 {"entry", XML_ATOM},
                 {"deleted-entry", XML_ATOM}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(root, roots[i].name) == 0)
            return roots[i].vocabulary;
    return XML_UNKNOWN;
}

int tti_xml_is_root(const char *name)
{
    return vocabulary_of_root(name) != XML_UNKNOWN;
}

/* Captures the tag of an element, where markup is captured. */
static void capture_tag(tti_xml *x, const char *before, const xmlChar *name)
{
    if (x->as == AS_PLAIN)
        return;
    append_captured(x, before, strlen(before));
    append_captured(x, (const char *)name, strlen((const char *)name));
    append_captured(x, ">", 1);
}

static const char too_many_attributes[] = "an element with more than 256 attributes or namespaces";

/* Refuses a tag that libxml2 holds back until it is whole, before it is too long to be checked. */
static void check_pending_tag(tti_xml *x)
{
    const xmlParserInputPtr in = x->parser->input;
    size_t attributes = 0;
    xmlChar quote = 0;
    if (in == NULL || in->cur == NULL || x->parser->instate != XML_PARSER_START_TAG)
        return;
    for (const xmlChar *p = in->cur; p < in->end; p++)
        if (quote == 0 && (*p == '"' || *p == '\''))
            quote = *p;
        else if (quote != 0 && *p == quote)
            quote = 0, attributes++;
    if (attributes > MAX_ATTRIBUTES)
        refuse_document(x, too_many_attributes);
}

static void start_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                          int namespace_count, const xmlChar **namespaces, int count, int defaulted,
                          const xmlChar **attributes)
{
    tti_xml *x = ctx;
    (void)prefix;
    (void)namespaces;
    (void)defaulted;
    if (x->status != TT_OK)
        return;
    if (count > MAX_ATTRIBUTES || namespace_count > MAX_ATTRIBUTES ||
        x->parser->nsNr / 2 > MAX_ATTRIBUTES) {
        refuse_document(x, too_many_attributes);
        return;
    }
    if (++x->depth > MAX_DEPTH) {
        refuse_document(x, "nested deeper than 256 elements");
        return;
    }
    if (x->depth == 1) {
        x->vocabulary = vocabulary_of_root((const char *)name);
        if (x->vocabulary == XML_UNKNOWN) {
            char reason[100];
            (void)snprintf(reason, sizeof reason, "not a news format: the root element is <%.40s>",
                           (const char *)name);
            refuse_document(x, reason);
            return;
        }
    }
    if (x->depth == 2 && x->vocabulary == XML_RSS && equals(name, "channel"))
        x->own_namespace = uri;
    if (x->into != NO_FIELD)
        capture_tag(x, "<", name);
    else if (x->item_depth == 0)
        enter_element_outside_items(x, name, uri, attributes, count);
    else if (x->vocabulary == XML_NEWSML_1)
        enter_newsml_1_element(x, name, attributes, count);
    else if (x->vocabulary == XML_NEWSML_G2)
        enter_g2_element(x, name, attributes, count);
    else if (x->vocabulary == XML_NITF)
        enter_nitf_element(x, name, attributes, count);
    else
        enter_feed_element(x, name, uri, attributes, count);
}

static void close_if_at_depth(int *open, int depth)
{
    if (*open == depth)
        *open = 0;
}

static void end_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    tti_xml *x = ctx;
    (void)prefix;
    (void)uri;
    if (x->status != TT_OK)
        return;
    if (x->into != NO_FIELD && x->depth == x->capture_depth)
        end_capture(x);
    else if (x->into != NO_FIELD)
        capture_tag(x, "</", name);
    else {
        close_if_at_depth(&x->part_depth, x->depth);
        close_if_at_depth(&x->content_set, x->depth);
        close_if_at_depth(&x->inline_xml, x->depth);
        close_if_at_depth(&x->nitf, x->depth);
        close_if_at_depth(&x->provider, x->depth);
    }
    close_if_at_depth(&x->author, x->depth);
    close_if_at_depth(&x->from_source, x->depth);
    if (x->item_depth != 0 && x->depth == x->item_depth)
        end_item(x);
    x->depth--;
}

static void characters(void *ctx, const xmlChar *text, int size)
{
    tti_xml *x = ctx;
    const char *at = (const char *)text, *const end = at + size;
    if (x->status != TT_OK || x->into == NO_FIELD)
        return;
    if (x->as != AS_MARKUP) {
        append_captured(x, at, (size_t)size);
        return;
    }
    while (at < end) { /* so that tti_markup_strip() leaves the text as it is */
        const char *plain = at;
        while (plain < end && *plain != '&' && *plain != '<')
            plain++;
        append_captured(x, at, (size_t)(plain - at));
        if (plain < end)
            append_captured(x, *plain == '&' ? "&amp;" : "&lt;", *plain == '&' ? 5 : 4);
        at = plain + 1;
    }
}

/* ==== Entities and errors ===================================================================== */

static void declare_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id,
                           const xmlChar *system_id, xmlChar *content)
{
    (void)name;
    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    refuse_document(ctx, "it declares an entity, and entities are off");
}

/* Only HTML's names of characters are known. In an attribute libxml2 would take the first byte of
 * one alone. */
static xmlEntityPtr get_entity(void *ctx, const xmlChar *name)
{
    tti_xml *x = ctx;
    const size_t n =
        tti_markup_entity((const char *)name, strlen((const char *)name), x->entity_text);
    if (n == 0 || (n > 1 && x->parser->instate == XML_PARSER_ATTRIBUTE_VALUE))
        return NULL;
    x->entity_text[n] = '\0';
    x->entity.type = XML_ENTITY_DECL;
    x->entity.name = name;
    x->entity.content = x->entity.orig = (xmlChar *)x->entity_text;
    x->entity.length = (int)n;
    x->entity.etype = XML_INTERNAL_PREDEFINED_ENTITY;
    return &x->entity;
}

static void record_xml_error(void *ctx, xmlErrorPtr error)
{
    tti_xml *x = ctx;
    if (error->code == XML_ERR_NO_MEMORY && x->status == TT_OK)
        x->status = TT_ENOMEM;
    if (error->level != XML_ERR_FATAL || x->status != TT_OK || x->fault[0] != '\0')
        return;
    x->fault_line = x->options.lines_before + (error->line > 0 ? (uint64_t)error->line : 1);
    x->is_certain = error->code == XML_ERR_NAME_REQUIRED || error->code == XML_ERR_INVALID_CHAR ||
                    error->code == XML_ERR_UNDECLARED_ENTITY ||
                    error->code == XML_ERR_ENTITYREF_SEMICOL_MISSING ||
                    error->code == XML_ERR_TAG_NAME_MISMATCH;
    if (error->code == XML_ERR_NAME_REQUIRED && error->message != NULL &&
        strstr(error->message, "EntityRef") != NULL) {
        (void)snprintf(x->fault, sizeof x->fault, "invalid XML: an & that is not written as &amp;");
        return;
    }
    if (error->message != NULL && strstr(error->message, "not proper UTF-8") != NULL) {
        /* libxml2's advice is to indicate the encoding, even where there is one */
        (void)snprintf(x->fault, sizeof x->fault,
                       x->parser->encoding == NULL
                           ? "invalid XML: it declares no encoding, and is not UTF-8"
                           : "invalid XML: not in the encoding that it declares; declare another, "
                             "or convert it with iconv");
        return;
    }
    (void)snprintf(x->fault, sizeof x->fault, "invalid XML: %s",
                   error->message == NULL ? "it cannot be read" : error->message);
    x->fault[strcspn(x->fault, "\r\n")] = '\0';
    tti_utf8_clean(x->fault);
}

/* ==== Opening, feeding, closing =============================================================== */

tt_status tti_xml_open(tti_xml **out, const tti_xml_options *options, tti_xml_fn emit, void *ctx)
{
    tti_xml *x = tti_alloc_zero(options->allocator, 1, sizeof *x);
    *out = NULL;
    if (x == NULL)
        return TT_ENOMEM;
    xmlInitParser();
    x->options = *options;
    x->emit = emit;
    x->ctx = ctx;
    x->into = NO_FIELD;
    x->sax.initialized = XML_SAX2_MAGIC;
    x->sax.startElementNs = start_element;
    x->sax.endElementNs = end_element;
    x->sax.characters = x->sax.cdataBlock = x->sax.ignorableWhitespace = characters;
    x->sax.entityDecl = declare_entity;
    x->sax.getEntity = get_entity;
    x->sax.serror = (xmlStructuredErrorFunc)record_xml_error;
    x->parser = xmlCreatePushParserCtxt(&x->sax, x, NULL, 0, NULL);
    if (x->parser == NULL || xmlCtxtUseOptions(x->parser, XML_PARSE_NONET) != 0) {
        tti_xml_close(x);
        return TT_ENOMEM;
    }
    *out = x;
    return TT_OK;
}

tt_status tti_xml_feed(tti_xml *x, const char *bytes, size_t size, int last)
{
    /* libxml2 prints what it does not report to the parser's own handler */
    const xmlStructuredErrorFunc handler = xmlStructuredError;
    void *const handler_ctx = xmlStructuredErrorContext;
    if (x->status != TT_OK)
        return x->status;
    x->is_begun |= size > 0;
    if (last && !x->is_begun) {
        refuse_document(x, "an empty file");
        return x->status;
    }
    xmlSetStructuredErrorFunc(x, (xmlStructuredErrorFunc)record_xml_error);
    (void)xmlParseChunk(x->parser, bytes, (int)size, last);
    check_pending_tag(x);
    xmlSetStructuredErrorFunc(handler_ctx, handler);
    if (x->status == TT_OK && (!x->parser->wellFormed || x->parser->disableSAX)) {
        x->status = TT_EFORMAT;
        if (last && !x->is_certain) {
            x->fault_line = line_of(x);
            (void)snprintf(x->fault, sizeof x->fault, "invalid XML: it ends early");
        } else if (x->fault[0] == '\0') {
            x->fault_line = line_of(x);
            (void)snprintf(x->fault, sizeof x->fault, "invalid XML: it cannot be decoded");
        }
    }
    return x->status;
}

const char *tti_xml_fault(const tti_xml *x, uint64_t *line)
{
    *line = x->fault_line == 0 ? 1 : x->fault_line;
    return x->fault;
}

void tti_xml_close(tti_xml *x)
{
    if (x == NULL)
        return;
    if (x->parser != NULL) {
        if (x->parser->myDoc != NULL)
            xmlFreeDoc(x->parser->myDoc);
        xmlFreeParserCtxt(x->parser);
    }
    for (int f = 0; f < FIELDS; f++)
        tti_release(x->options.allocator, x->text[f].items, x->text[f].capacity, 1);
    tti_release(x->options.allocator, x->json.items, x->json.capacity, 1);
    tti_release(x->options.allocator, x, 1, sizeof *x);
}
