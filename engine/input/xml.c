/*
 * SAX events -> items. Where an element's content is wanted, it is captured until the element ends:
 * as plain text, or with its tags, which tti_markup_strip then turns into text just as it does with
 * the HTML that feeds hold as text. Elements are told by their local names and the place they stand
 * in; namespaces are looked at only in feeds, where extensions use the same names.
 */
#include "input/xml.h"

#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>

#include "input/jsonl.h"
#include "input/markup.h"
#include "util/alloc.h"
#include "util/time.h"

enum { MAX_DEPTH = 256, MAX_FIELD_BYTES = 64 << 10 };

/* What an item is made of. The second of two is taken where the first is missing. */
typedef enum {
    ID,
    ID_ELSE, /* a link */
    VERSION,
    VERSION_ELSE,
    HEADLINE,
    HEADLINE_ELSE,
    TIME,
    TIME_ELSE,
    SOURCE,
    SOURCE_ELSE,
    BODY,
    BODY_ELSE,
    BYLINE,
    DATELINE,
    LANGUAGE,
    FEED, /* title of the whole feed; it stays from item to item */
    FIELDS,
    NOWHERE = FIELDS
} field;

typedef enum { XML_UNKNOWN, XML_NEWSML_G2, XML_NITF, XML_RSS, XML_ATOM } form;

typedef enum {
    AS_PLAIN,  /* text */
    AS_HTML,   /* text that holds markup */
    AS_MARKUP, /* elements */
    AS_TYPED   /* as Atom's type attribute says */
} content_type;

typedef enum { NS_OWN, NS_CONTENT, NS_DUBLIN_CORE, NS_OTHER } xml_namespace;

typedef enum { IN_RSS, IN_ATOM, IN_ITEM_META, IN_CONTENT_META, IN_NITF } region;

static const struct {
    region region;
    xml_namespace xml_namespace;
    const char *name;
    field field;
    content_type content_type;
} captured_elements[] = {
    {IN_RSS, NS_OWN, "guid", ID, AS_PLAIN},
    {IN_RSS, NS_OWN, "link", ID_ELSE, AS_PLAIN},
    {IN_RSS, NS_OWN, "title", HEADLINE, AS_HTML},
    {IN_RSS, NS_OWN, "pubDate", TIME, AS_PLAIN},
    {IN_RSS, NS_DUBLIN_CORE, "date", TIME_ELSE, AS_PLAIN},
    {IN_RSS, NS_OWN, "source", SOURCE, AS_PLAIN},
    {IN_RSS, NS_CONTENT, "encoded", BODY, AS_HTML},
    {IN_RSS, NS_OWN, "description", BODY_ELSE, AS_HTML},
    {IN_RSS, NS_DUBLIN_CORE, "creator", BYLINE, AS_PLAIN},
    {IN_RSS, NS_OWN, "author", BYLINE, AS_PLAIN},
    {IN_RSS, NS_DUBLIN_CORE, "language", LANGUAGE, AS_PLAIN},
    {IN_ATOM, NS_OWN, "id", ID, AS_PLAIN},
    {IN_ATOM, NS_OWN, "title", HEADLINE, AS_TYPED},
    {IN_ATOM, NS_OWN, "updated", TIME, AS_PLAIN},
    {IN_ATOM, NS_OWN, "published", TIME_ELSE, AS_PLAIN},
    {IN_ATOM, NS_OWN, "content", BODY, AS_TYPED},
    {IN_ATOM, NS_OWN, "summary", BODY_ELSE, AS_TYPED},
    {IN_ITEM_META, NS_OWN, "versionCreated", TIME, AS_PLAIN},
    {IN_ITEM_META, NS_OWN, "firstCreated", TIME_ELSE, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "headline", HEADLINE, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "by", BYLINE, AS_PLAIN},
    {IN_CONTENT_META, NS_OWN, "dateline", DATELINE, AS_PLAIN},
    {IN_NITF, NS_OWN, "title", HEADLINE_ELSE, AS_PLAIN},
    {IN_NITF, NS_OWN, "hl1", HEADLINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "byline", BYLINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "dateline", DATELINE, AS_MARKUP},
    {IN_NITF, NS_OWN, "distributor", SOURCE, AS_MARKUP},
    {IN_NITF, NS_OWN, "body.content", BODY, AS_MARKUP},
};

/* Attributes of NITF's docdata. */
static const struct {
    const char *element, *attribute;
    field field;
} docdata[] = {
    {"doc-id", "id-string", ID},
    {"doc-id", "regsrc", SOURCE_ELSE},
    {"doc.copyright", "holder", SOURCE_ELSE},
    {"du-key", "version", VERSION},
    {"du-key", "generation", VERSION_ELSE},
    {"date.issue", "norm", TIME},
    {"date.release", "norm", TIME_ELSE},
};

typedef struct buffer {
    char *bytes;
    size_t size, capacity;
} buffer;

struct tti_xml {
    tti_xml_options rules;
    tti_xml_fn emit;
    void *ctx;
    xmlParserCtxtPtr parser;
    xmlSAXHandler sax;
    xmlEntity named; /* the character that a reference stands for */
    char named_bytes[8];

    int is_begun;   /* there were bytes */
    form form;      /* of the document */
    int depth;      /* of the element at hand, the root being 1 */
    int item_depth; /* of the item, 0 outside of one */
    uint64_t item_line;
    region part;     /* in NewsML-G2: itemMeta or contentMeta */
    int part_depth;  /* 0: neither */
    int content_set; /* depths of elements that are open, or 0 */
    int inline_xml, nitf, provider, author, from_source;
    field into; /* what is being captured, NOWHERE */
    content_type as;
    int capture_depth;
    int too_long;

    buffer text[FIELDS], json;
    tt_status status; /* what ends the document */
    uint64_t fault_line;
    char fault[100];
};

/* ==== Buffers ================================================================================= */

static void stop(tti_xml *x, tt_status status)
{
    if (x->status == TT_OK)
        x->status = status;
    xmlStopParser(x->parser);
}

static void refuse_document(tti_xml *x, const char *reason)
{
    if (x->status != TT_OK)
        return;
    x->fault_line = (uint64_t)xmlSAX2GetLineNumber(x->parser);
    (void)snprintf(x->fault, sizeof x->fault, "%s", reason);
    stop(x, TT_EFORMAT);
}

static void append_to_buffer(tti_xml *x, buffer *b, const char *bytes, size_t size)
{
    if (x->status != TT_OK || size == 0)
        return;
    if (tti_reserve(x->rules.allocator, &b->bytes, &b->capacity, b->size + size, 1) != 0) {
        stop(x, TT_ENOMEM);
        return;
    }
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
}

static void append_literal(tti_xml *x, buffer *b, const char *text)
{
    append_to_buffer(x, b, text, strlen(text));
}

/* As content of the element being captured, within bounds. */
static void append_captured(tti_xml *x, const char *bytes, size_t size)
{
    buffer *b = &x->text[x->into];
    const uint64_t most =
        x->into == BODY || x->into == BODY_ELSE ? x->rules.longest_item : MAX_FIELD_BYTES;
    if (size > most || b->size > most - size)
        x->too_long = 1;
    else
        append_to_buffer(x, b, bytes, size);
}

static void append_json_string(tti_xml *x, const char *text, size_t size)
{
    buffer *b = &x->json;
    append_to_buffer(x, b, "\"", 1);
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && text[end] != '"' && text[end] != '\\' &&
               (unsigned char)text[end] >= 0x20)
            end++;
        append_to_buffer(x, b, text + at, end - at);
        if (end < size && text[end] == '\n') {
            append_to_buffer(x, b, "\\n", 2);
        } else if (end < size) {
            char escape[8];
            const unsigned c = (unsigned char)text[end];
            (void)snprintf(escape, sizeof escape, c < 0x20 ? "\\u%04x" : "\\%c", c);
            append_literal(x, b, escape);
        }
        at = end + 1;
    }
    append_to_buffer(x, b, "\"", 1);
}

static void append_member(tti_xml *x, const char *name, const buffer *value)
{
    if (value->size == 0)
        return;
    append_literal(x, &x->json, x->json.size > 1 ? ",\"" : "\"");
    append_literal(x, &x->json, name);
    append_literal(x, &x->json, "\":");
    append_json_string(x, value->bytes, value->size);
}

/* ==== Items =================================================================================== */

static void begin_item(tti_xml *x)
{
    for (int f = 0; f < FIELDS; f++)
        if (f != FEED)
            x->text[f].size = 0;
    x->item_depth = x->depth;
    x->item_line = (uint64_t)xmlSAX2GetLineNumber(x->parser);
    x->part_depth = x->content_set = x->inline_xml = x->nitf = x->provider = x->author = 0;
    x->from_source = 0;
    x->too_long = 0;
}

static buffer *first_nonempty_field(tti_xml *x, field f)
{
    return &x->text[x->text[f].size > 0 ? f : f + 1];
}

/* A body that begins with its own headline: without it. */
static void drop_headline(buffer *body, const buffer *headline)
{
    const size_t n = headline->size;
    if (n == 0 || body->size < n + 2 || memcmp(body->bytes, headline->bytes, n) != 0 ||
        memcmp(body->bytes + n, "\n\n", 2) != 0)
        return;
    body->size -= n + 2;
    memmove(body->bytes, body->bytes + n + 2, body->size);
}

/* Puts headline, byline and dateline in front of the body. */
static void prepend_headline_and_byline(tti_xml *x, const buffer *headline, buffer *body)
{
    const buffer *const parts[] = {headline, &x->text[BYLINE], &x->text[DATELINE], body};
    x->json.size = 0;
    for (int i = 0; i < 4; i++) {
        if (x->json.size > 0 && parts[i]->size > 0)
            append_literal(x, &x->json, "\n\n");
        append_to_buffer(x, &x->json, parts[i]->bytes, parts[i]->size);
    }
    body->size = 0;
    append_to_buffer(x, body, x->json.bytes, x->json.size);
}

static void append_time_member(tti_xml *x)
{
    const field both[] = {TIME, TIME_ELSE};
    char moment[TTI_TIME_ROOM];
    for (int i = 0; i < 2; i++) {
        const buffer *b = &x->text[both[i]];
        buffer time = {moment, 0, 0};
        if (b->size > 0)
            time.size = tti_time_to_rfc3339(b->bytes, b->size, moment);
        if (time.size > 0) {
            append_member(x, "published", &time);
            return;
        }
    }
}

static void end_item(tti_xml *x)
{
    const buffer *headline = first_nonempty_field(x, HEADLINE),
                 *source = first_nonempty_field(x, SOURCE);
    const buffer *version = first_nonempty_field(x, VERSION);
    buffer *body = first_nonempty_field(x, BODY);
    tti_xml_item item = {NULL, 0, x->item_line, TT_OK, NULL};
    tt_status status;
    drop_headline(body, headline);
    if (x->rules.whole)
        prepend_headline_and_byline(x, headline, body);
    if (source->size == 0)
        source = &x->text[FEED];
    x->json.size = 0;
    append_to_buffer(x, &x->json, "{", 1);
    append_member(x, "id", first_nonempty_field(x, ID));
    append_member(x, "text", body);
    append_member(x, "title", headline);
    append_member(x, "byline", &x->text[BYLINE]);
    append_member(x, "dateline", &x->text[DATELINE]);
    append_time_member(x);
    append_member(x, "source", source);
    append_member(x, "language", &x->text[LANGUAGE]);
    append_member(x, "url", &x->text[ID_ELSE]);
    append_member(x, "version", version);
    append_to_buffer(x, &x->json, "}", 1);
    x->item_depth = 0;
    if (x->status != TT_OK)
        return;
    item.json = x->json.bytes;
    item.size = x->json.size;
    if (x->too_long) {
        item.status = TT_ELIMIT;
        item.reason = "an item, or a field of it, is too long";
    } else if (body->size == 0) {
        item.status = TT_EFORMAT;
        item.reason = "no body text in the item";
    }
    status = x->emit(x->ctx, &item);
    if (status != TT_OK)
        stop(x, status);
}

/* ==== Elements ================================================================================ */

static int is(const xmlChar *name, const char *text)
{
    return strcmp((const char *)name, text) == 0;
}

static xml_namespace namespace_of(const xmlChar *uri)
{
    if (uri == NULL || is(uri, "http://www.w3.org/2005/Atom") ||
        is(uri, "http://purl.org/rss/1.0/") || is(uri, "http://purl.org/atom/ns#"))
        return NS_OWN;
    if (is(uri, "http://purl.org/rss/1.0/modules/content/"))
        return NS_CONTENT;
    return is(uri, "http://purl.org/dc/elements/1.1/") ? NS_DUBLIN_CORE : NS_OTHER;
}

/* In feeds, an element of Atom within RSS is not RSS's own. */
static int is_foreign(const tti_xml *x, const xmlChar *uri)
{
    return x->form == XML_RSS && uri != NULL && is(uri, "http://www.w3.org/2005/Atom");
}

/* SAX2 gives five pointers an attribute: local name, prefix, namespace, begin and end. */
static const xmlChar **find_attribute(const xmlChar **attributes, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (is(attributes[5 * i], name))
            return &attributes[5 * i];
    return NULL;
}

/* An attribute as a field, unless the field is there already. libxml2 leaves an ampersand in it as
 * a reference. */
static void read_attribute_field(tti_xml *x, const xmlChar **attributes, int count,
                                 const char *name, field f)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    buffer *b = &x->text[f];
    if (a == NULL || b->size > 0)
        return;
    x->into = f;
    append_captured(x, (const char *)a[3], (size_t)(a[4] - a[3]));
    x->into = NOWHERE;
    for (size_t i = 0; i + 5 <= b->size; i++)
        if (memcmp(b->bytes + i, "&#38;", 5) == 0) {
            memmove(b->bytes + i + 1, b->bytes + i + 5, b->size - i - 5);
            b->size -= 4;
        }
    b->size = tti_markup_normalize_space(b->bytes, b->size);
}

static void begin_capture(tti_xml *x, field f, content_type as)
{
    if (x->text[f].size > 0)
        return;
    x->into = f;
    x->as = as;
    x->capture_depth = x->depth;
}

static void end_capture(tti_xml *x)
{
    buffer *b = &x->text[x->into];
    const int is_body = x->into == BODY || x->into == BODY_ELSE;
    if (b->size > 0 && x->as != AS_PLAIN)
        b->size = tti_markup_strip(b->bytes, b->size);
    if (b->size > 0 && !is_body)
        b->size = tti_markup_normalize_space(b->bytes, b->size);
    x->into = NOWHERE;
}

/* How Atom's type says that the content is to be read. */
static content_type content_type_of(const xmlChar **attributes, int count, const char *name)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    char type[40] = "";
    if (a != NULL && a[4] - a[3] < (ptrdiff_t)sizeof type)
        memcpy(type, a[3], (size_t)(a[4] - a[3]));
    if (strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0)
        return AS_HTML;
    return strstr(type, "xml") != NULL || strstr(type, "xhtml") != NULL ? AS_MARKUP : AS_PLAIN;
}

static void capture_if_listed(tti_xml *x, region in, const xmlChar *name, xml_namespace of,
                              const xmlChar **attributes, int count)
{
    for (size_t i = 0; i < sizeof captured_elements / sizeof captured_elements[0]; i++)
        if (captured_elements[i].region == in && captured_elements[i].xml_namespace == of &&
            is(name, captured_elements[i].name)) {
            begin_capture(x, captured_elements[i].field,
                          captured_elements[i].content_type == AS_TYPED
                              ? content_type_of(attributes, count, "type")
                              : captured_elements[i].content_type);
            return;
        }
}

static void enter_nitf_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                               int count)
{
    capture_if_listed(x, IN_NITF, name, NS_OWN, attributes, count);
    if (x->form != XML_NITF)
        return; /* the item around it has its own */
    for (size_t i = 0; i < sizeof docdata / sizeof docdata[0]; i++)
        if (is(name, docdata[i].element))
            read_attribute_field(x, attributes, count, docdata[i].attribute, docdata[i].field);
}

static void enter_feed_element(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                               const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    const xml_namespace of = is_foreign(x, uri) ? NS_OTHER : namespace_of(uri);
    if (below == 1) {
        if (x->form == XML_ATOM && of == NS_OWN && is(name, "link")) {
            const xmlChar **rel = find_attribute(attributes, count, "rel");
            if (rel == NULL || (rel[4] - rel[3] == 9 && memcmp(rel[3], "alternate", 9) == 0))
                read_attribute_field(x, attributes, count, "href", ID_ELSE);
            return;
        }
        if (x->form == XML_ATOM && of == NS_OWN && is(name, "author"))
            x->author = x->depth;
        if (x->form == XML_ATOM && of == NS_OWN && is(name, "source"))
            x->from_source = x->depth;
        capture_if_listed(x, x->form == XML_RSS ? IN_RSS : IN_ATOM, name, of, attributes, count);
    } else if (below == 2 && x->author != 0 && is(name, "name")) {
        begin_capture(x, BYLINE, AS_PLAIN);
    } else if (below == 2 && x->from_source != 0 && is(name, "title")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

static void read_provider(tti_xml *x, const xmlChar **attributes, int count)
{
    buffer *b = &x->text[SOURCE_ELSE];
    x->provider = x->depth;
    read_attribute_field(x, attributes, count, "literal", SOURCE_ELSE);
    if (b->size > 0)
        return;
    read_attribute_field(x, attributes, count, "qcode", SOURCE_ELSE);
    if (b->size > 0) { /* without the scheme's alias */
        const char *colon = memchr(b->bytes, ':', b->size);
        if (colon != NULL && colon + 1 < b->bytes + b->size) {
            b->size = (size_t)(b->bytes + b->size - (colon + 1));
            memmove(b->bytes, colon + 1, b->size);
        }
    }
    read_attribute_field(x, attributes, count, "uri", SOURCE_ELSE);
}

static void enter_content_set_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                                      int count)
{
    if (x->inline_xml == 0) {
        if (is(name, "inlineXML"))
            x->inline_xml = x->depth;
        else if (is(name, "inlineData"))
            begin_capture(x, BODY,
                          content_type_of(attributes, count, "contenttype") == AS_PLAIN ? AS_PLAIN
                                                                                        : AS_HTML);
    } else if (x->depth == x->inline_xml + 1) {
        if (is(name, "nitf"))
            x->nitf = x->depth;
        else
            begin_capture(x, BODY, AS_MARKUP);
    }
}

static void enter_g2_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    if (below == 1) {
        x->part_depth = is(name, "itemMeta") || is(name, "contentMeta") ? x->depth : 0;
        x->part = is(name, "itemMeta") ? IN_ITEM_META : IN_CONTENT_META;
        x->content_set = is(name, "contentSet") ? x->depth : 0;
    } else if (x->nitf != 0) {
        enter_nitf_element(x, name, attributes, count);
    } else if (x->content_set != 0) {
        enter_content_set_element(x, name, attributes, count);
    } else if (x->part_depth != 0 && below == 2) {
        capture_if_listed(x, x->part, name, NS_OWN, attributes, count);
        if (x->part == IN_ITEM_META && is(name, "provider"))
            read_provider(x, attributes, count);
        if (x->part == IN_CONTENT_META && is(name, "language")) {
            x->text[LANGUAGE].size = 0; /* that of the content, not of the metadata */
            read_attribute_field(x, attributes, count, "tag", LANGUAGE);
        }
    } else if (x->provider != 0 && below == 3 && is(name, "name")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

static void enter_element_outside_items(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                                        const xmlChar **attributes, int count)
{
    const int own = !is_foreign(x, uri) && namespace_of(uri) == NS_OWN;
    switch (x->form) {
    case XML_NEWSML_G2:
        if (!is(name, "newsItem"))
            return;
        begin_item(x);
        read_attribute_field(x, attributes, count, "guid", ID);
        read_attribute_field(x, attributes, count, "version", VERSION);
        read_attribute_field(x, attributes, count, "lang", LANGUAGE);
        return;
    case XML_NITF:
        if (x->depth == 1)
            begin_item(x);
        return;
    case XML_RSS:
        if (own && is(name, "item"))
            begin_item(x);
        else if (own && is(name, "title") && x->depth == 3)
            begin_capture(x, FEED, AS_HTML);
        return;
    case XML_ATOM:
        if (own && is(name, "entry"))
            begin_item(x);
        else if (own && is(name, "title") && x->depth == 2)
            begin_capture(x, FEED, content_type_of(attributes, count, "type"));
        return;
    default: return;
    }
}

static form vocabulary_of_root(const char *root)
{
    static const struct {
        const char *name;
        form form;
    } roots[] = {{"newsItem", XML_NEWSML_G2},
                 {"newsMessage", XML_NEWSML_G2},
                 {"nitf", XML_NITF},
                 {"rss", XML_RSS},
                 {"RDF", XML_RSS},
                 {"feed", XML_ATOM},
                 {"entry", XML_ATOM}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(root, roots[i].name) == 0)
            return roots[i].form;
    return XML_UNKNOWN;
}

int tti_xml_is_root(const char *name)
{
    return vocabulary_of_root(name) != XML_UNKNOWN;
}

/* The tag of an element within what is captured with its tags. */
static void capture_tag(tti_xml *x, const char *before, const xmlChar *name)
{
    if (x->as != AS_MARKUP)
        return;
    append_captured(x, before, strlen(before));
    append_captured(x, (const char *)name, strlen((const char *)name));
    append_captured(x, ">", 1);
}

static void start_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                          int namespace_count, const xmlChar **namespaces, int count, int defaulted,
                          const xmlChar **attributes)
{
    tti_xml *x = ctx;
    (void)prefix;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted;
    if (x->status != TT_OK)
        return;
    if (++x->depth > MAX_DEPTH) {
        refuse_document(x, "nested deeper than 256 elements");
        return;
    }
    if (x->depth == 1) {
        x->form = vocabulary_of_root((const char *)name);
        if (x->form == XML_UNKNOWN) {
            char reason[100];
            (void)snprintf(reason, sizeof reason, "not a news format: the root element is <%.40s>",
                           (const char *)name);
            refuse_document(x, reason);
            return;
        }
    }
    if (x->into != NOWHERE)
        capture_tag(x, "<", name);
    else if (x->item_depth == 0)
        enter_element_outside_items(x, name, uri, attributes, count);
    else if (x->form == XML_NEWSML_G2)
        enter_g2_element(x, name, attributes, count);
    else if (x->form == XML_NITF)
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
    if (x->into != NOWHERE && x->depth == x->capture_depth)
        end_capture(x);
    else if (x->into != NOWHERE)
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
    if (x->status != TT_OK || x->into == NOWHERE)
        return;
    if (x->as != AS_MARKUP) {
        append_captured(x, at, (size_t)size);
        return;
    }
    while (at < end) { /* what is text is to stay so */
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

/* HTML's names of characters are known, nothing else is. In an attribute libxml2 would take the
 * first byte alone. */
static xmlEntityPtr get_entity(void *ctx, const xmlChar *name)
{
    tti_xml *x = ctx;
    const size_t n =
        tti_markup_entity((const char *)name, strlen((const char *)name), x->named_bytes);
    if (n == 0 || (n > 1 && x->parser->instate == XML_PARSER_ATTRIBUTE_VALUE))
        return NULL;
    x->named_bytes[n] = '\0';
    x->named.type = XML_ENTITY_DECL;
    x->named.name = name;
    x->named.content = x->named.orig = (xmlChar *)x->named_bytes;
    x->named.length = (int)n;
    x->named.etype = XML_INTERNAL_PREDEFINED_ENTITY;
    return &x->named;
}

static void record_xml_error(void *ctx, xmlErrorPtr error)
{
    tti_xml *x = ctx;
    size_t size;
    if (error->code == XML_ERR_NO_MEMORY && x->status == TT_OK)
        x->status = TT_ENOMEM;
    if (error->level != XML_ERR_FATAL || x->status != TT_OK || x->fault[0] != '\0')
        return;
    x->fault_line = error->line > 0 ? (uint64_t)error->line : 1;
    (void)snprintf(x->fault, sizeof x->fault, "invalid XML: %s",
                   error->message == NULL ? "it cannot be read" : error->message);
    size = strcspn(x->fault, "\r\n");
    x->fault[size] = '\0';
    while (size > 0 && ((unsigned char)x->fault[size - 1] & 0x80) != 0)
        x->fault[--size] = '\0'; /* it may be cut within a character */
}

/* ==== Opening, feeding, closing =============================================================== */

tt_status tti_xml_open(tti_xml **out, const tti_xml_options *rules, tti_xml_fn emit, void *ctx)
{
    tti_xml *x = tti_alloc_zero(rules->allocator, 1, sizeof *x);
    *out = NULL;
    if (x == NULL)
        return TT_ENOMEM;
    xmlInitParser();
    x->rules = *rules;
    x->emit = emit;
    x->ctx = ctx;
    x->into = NOWHERE;
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
    /* what libxml2 does not tell a parser's own handler, it would print */
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
    xmlSetStructuredErrorFunc(handler_ctx, handler);
    if (x->status == TT_OK && (!x->parser->wellFormed || x->parser->disableSAX)) {
        x->status = TT_EFORMAT;
        if (last) {
            x->fault_line = (uint64_t)xmlSAX2GetLineNumber(x->parser);
            (void)snprintf(x->fault, sizeof x->fault, "invalid XML: it ends early");
        } else if (x->fault[0] == '\0') {
            x->fault_line = (uint64_t)xmlSAX2GetLineNumber(x->parser);
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
        tti_release(x->rules.allocator, x->text[f].bytes, x->text[f].capacity, 1);
    tti_release(x->rules.allocator, x->json.bytes, x->json.capacity, 1);
    tti_release(x->rules.allocator, x, 1, sizeof *x);
}
