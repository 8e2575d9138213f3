/*
 * SAX events -> items. Where an element's content is wanted, it is captured until the element ends:
 * as plain text, or with its tags, which tti_markup_strip then turns into text just as it does with
 * the HTML that feeds hold as text. Elements are told by their local names and the place they stand
 * in; namespaces are looked at only in feeds, where extensions use the same names.
 */
#include "read/xml.h"

#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>

#include "common/alloc.h"
#include "read/jsonl.h"
#include "read/markup.h"

enum { DEEPEST = 256, FIELD_MOST = 64 << 10 };

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

typedef enum { FORM_UNKNOWN, FORM_G2, FORM_NITF, FORM_RSS, FORM_ATOM } form;

typedef enum {
    AS_PLAIN,  /* text */
    AS_HTML,   /* text that holds markup */
    AS_MARKUP, /* elements */
    AS_TYPED   /* as Atom's type attribute says */
} manner;

typedef enum { SPACE_OWN, SPACE_CONTENT, SPACE_DUBLIN, SPACE_OTHER } space;

typedef enum { IN_RSS, IN_ATOM, IN_ITEM_META, IN_CONTENT_META, IN_NITF } region;

static const struct {
    region region;
    space space;
    const char *name;
    field field;
    manner manner;
} wanted[] = {
    {IN_RSS, SPACE_OWN, "guid", ID, AS_PLAIN},
    {IN_RSS, SPACE_OWN, "link", ID_ELSE, AS_PLAIN},
    {IN_RSS, SPACE_OWN, "title", HEADLINE, AS_HTML},
    {IN_RSS, SPACE_OWN, "pubDate", TIME, AS_PLAIN},
    {IN_RSS, SPACE_DUBLIN, "date", TIME_ELSE, AS_PLAIN},
    {IN_RSS, SPACE_OWN, "source", SOURCE, AS_PLAIN},
    {IN_RSS, SPACE_CONTENT, "encoded", BODY, AS_HTML},
    {IN_RSS, SPACE_OWN, "description", BODY_ELSE, AS_HTML},
    {IN_RSS, SPACE_DUBLIN, "creator", BYLINE, AS_PLAIN},
    {IN_RSS, SPACE_OWN, "author", BYLINE, AS_PLAIN},
    {IN_RSS, SPACE_DUBLIN, "language", LANGUAGE, AS_PLAIN},
    {IN_ATOM, SPACE_OWN, "id", ID, AS_PLAIN},
    {IN_ATOM, SPACE_OWN, "title", HEADLINE, AS_TYPED},
    {IN_ATOM, SPACE_OWN, "updated", TIME, AS_PLAIN},
    {IN_ATOM, SPACE_OWN, "published", TIME_ELSE, AS_PLAIN},
    {IN_ATOM, SPACE_OWN, "content", BODY, AS_TYPED},
    {IN_ATOM, SPACE_OWN, "summary", BODY_ELSE, AS_TYPED},
    {IN_ITEM_META, SPACE_OWN, "versionCreated", TIME, AS_PLAIN},
    {IN_ITEM_META, SPACE_OWN, "firstCreated", TIME_ELSE, AS_PLAIN},
    {IN_CONTENT_META, SPACE_OWN, "headline", HEADLINE, AS_PLAIN},
    {IN_CONTENT_META, SPACE_OWN, "by", BYLINE, AS_PLAIN},
    {IN_CONTENT_META, SPACE_OWN, "dateline", DATELINE, AS_PLAIN},
    {IN_NITF, SPACE_OWN, "title", HEADLINE_ELSE, AS_PLAIN},
    {IN_NITF, SPACE_OWN, "hl1", HEADLINE, AS_MARKUP},
    {IN_NITF, SPACE_OWN, "byline", BYLINE, AS_MARKUP},
    {IN_NITF, SPACE_OWN, "dateline", DATELINE, AS_MARKUP},
    {IN_NITF, SPACE_OWN, "distributor", SOURCE, AS_MARKUP},
    {IN_NITF, SPACE_OWN, "body.content", BODY, AS_MARKUP},
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
    tti_xml_rules rules;
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
    manner as;
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

static void refuse(tti_xml *x, const char *reason)
{
    if (x->status != TT_OK)
        return;
    x->fault_line = (uint64_t)xmlSAX2GetLineNumber(x->parser);
    (void)snprintf(x->fault, sizeof x->fault, "%s", reason);
    stop(x, TT_EFORMAT);
}

static void append(tti_xml *x, buffer *b, const char *bytes, size_t size)
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

static void append_text(tti_xml *x, buffer *b, const char *text)
{
    append(x, b, text, strlen(text));
}

/* As content of the element being captured, within bounds. */
static void capture(tti_xml *x, const char *bytes, size_t size)
{
    buffer *b = &x->text[x->into];
    const uint64_t most =
        x->into == BODY || x->into == BODY_ELSE ? x->rules.longest_item : FIELD_MOST;
    if (size > most || b->size > most - size)
        x->too_long = 1;
    else
        append(x, b, bytes, size);
}

static void append_json(tti_xml *x, const char *text, size_t size)
{
    buffer *b = &x->json;
    append(x, b, "\"", 1);
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && text[end] != '"' && text[end] != '\\' &&
               (unsigned char)text[end] >= 0x20)
            end++;
        append(x, b, text + at, end - at);
        if (end < size && text[end] == '\n') {
            append(x, b, "\\n", 2);
        } else if (end < size) {
            char escape[8];
            const unsigned c = (unsigned char)text[end];
            (void)snprintf(escape, sizeof escape, c < 0x20 ? "\\u%04x" : "\\%c", c);
            append_text(x, b, escape);
        }
        at = end + 1;
    }
    append(x, b, "\"", 1);
}

static void append_member(tti_xml *x, const char *name, const buffer *value)
{
    if (value->size == 0)
        return;
    append_text(x, &x->json, x->json.size > 1 ? ",\"" : "\"");
    append_text(x, &x->json, name);
    append_text(x, &x->json, "\":");
    append_json(x, value->bytes, value->size);
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

static buffer *choose(tti_xml *x, field f)
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
static void join_whole(tti_xml *x, const buffer *headline, buffer *body)
{
    const buffer *const parts[] = {headline, &x->text[BYLINE], &x->text[DATELINE], body};
    x->json.size = 0;
    for (int i = 0; i < 4; i++) {
        if (x->json.size > 0 && parts[i]->size > 0)
            append_text(x, &x->json, "\n\n");
        append(x, &x->json, parts[i]->bytes, parts[i]->size);
    }
    body->size = 0;
    append(x, body, x->json.bytes, x->json.size);
}

static void write_time(tti_xml *x)
{
    const field both[] = {TIME, TIME_ELSE};
    char moment[TTI_MOMENT_ROOM];
    for (int i = 0; i < 2; i++) {
        const buffer *b = &x->text[both[i]];
        buffer time = {moment, 0, 0};
        if (b->size > 0)
            time.size = tti_moment_rewrite(b->bytes, b->size, moment);
        if (time.size > 0) {
            append_member(x, "published", &time);
            return;
        }
    }
}

static void end_item(tti_xml *x)
{
    const buffer *headline = choose(x, HEADLINE), *source = choose(x, SOURCE);
    const buffer *version = choose(x, VERSION);
    buffer *body = choose(x, BODY);
    tti_xml_item item = {NULL, 0, x->item_line, TT_OK, NULL};
    tt_status status;
    drop_headline(body, headline);
    if (x->rules.whole)
        join_whole(x, headline, body);
    if (source->size == 0)
        source = &x->text[FEED];
    x->json.size = 0;
    append(x, &x->json, "{", 1);
    append_member(x, "id", choose(x, ID));
    append_member(x, "text", body);
    append_member(x, "title", headline);
    append_member(x, "byline", &x->text[BYLINE]);
    append_member(x, "dateline", &x->text[DATELINE]);
    write_time(x);
    append_member(x, "source", source);
    append_member(x, "language", &x->text[LANGUAGE]);
    append_member(x, "url", &x->text[ID_ELSE]);
    append_member(x, "version", version);
    append(x, &x->json, "}", 1);
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

static space space_of(const xmlChar *uri)
{
    if (uri == NULL || is(uri, "http://www.w3.org/2005/Atom") ||
        is(uri, "http://purl.org/rss/1.0/") || is(uri, "http://purl.org/atom/ns#"))
        return SPACE_OWN;
    if (is(uri, "http://purl.org/rss/1.0/modules/content/"))
        return SPACE_CONTENT;
    return is(uri, "http://purl.org/dc/elements/1.1/") ? SPACE_DUBLIN : SPACE_OTHER;
}

/* In feeds, an element of Atom within RSS is not RSS's own. */
static int is_foreign(const tti_xml *x, const xmlChar *uri)
{
    return x->form == FORM_RSS && uri != NULL && is(uri, "http://www.w3.org/2005/Atom");
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
static void take_attribute(tti_xml *x, const xmlChar **attributes, int count, const char *name,
                           field f)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    buffer *b = &x->text[f];
    if (a == NULL || b->size > 0)
        return;
    x->into = f;
    capture(x, (const char *)a[3], (size_t)(a[4] - a[3]));
    x->into = NOWHERE;
    for (size_t i = 0; i + 5 <= b->size; i++)
        if (memcmp(b->bytes + i, "&#38;", 5) == 0) {
            memmove(b->bytes + i + 1, b->bytes + i + 5, b->size - i - 5);
            b->size -= 4;
        }
    b->size = tti_markup_flatten(b->bytes, b->size);
}

static void begin_capture(tti_xml *x, field f, manner as)
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
        b->size = tti_markup_flatten(b->bytes, b->size);
    x->into = NOWHERE;
}

/* How Atom's type says that the content is to be read. */
static manner typed(const xmlChar **attributes, int count, const char *name)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    char type[40] = "";
    if (a != NULL && a[4] - a[3] < (ptrdiff_t)sizeof type)
        memcpy(type, a[3], (size_t)(a[4] - a[3]));
    if (strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0)
        return AS_HTML;
    return strstr(type, "xml") != NULL || strstr(type, "xhtml") != NULL ? AS_MARKUP : AS_PLAIN;
}

static void look_up(tti_xml *x, region in, const xmlChar *name, space of,
                    const xmlChar **attributes, int count)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (wanted[i].region == in && wanted[i].space == of && is(name, wanted[i].name)) {
            begin_capture(x, wanted[i].field,
                          wanted[i].manner == AS_TYPED ? typed(attributes, count, "type")
                                                       : wanted[i].manner);
            return;
        }
}

static void in_nitf(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    look_up(x, IN_NITF, name, SPACE_OWN, attributes, count);
    if (x->form != FORM_NITF)
        return; /* the item around it has its own */
    for (size_t i = 0; i < sizeof docdata / sizeof docdata[0]; i++)
        if (is(name, docdata[i].element))
            take_attribute(x, attributes, count, docdata[i].attribute, docdata[i].field);
}

static void in_feed(tti_xml *x, const xmlChar *name, const xmlChar *uri, const xmlChar **attributes,
                    int count)
{
    const int below = x->depth - x->item_depth;
    const space of = is_foreign(x, uri) ? SPACE_OTHER : space_of(uri);
    if (below == 1) {
        if (x->form == FORM_ATOM && of == SPACE_OWN && is(name, "link")) {
            const xmlChar **rel = find_attribute(attributes, count, "rel");
            if (rel == NULL || (rel[4] - rel[3] == 9 && memcmp(rel[3], "alternate", 9) == 0))
                take_attribute(x, attributes, count, "href", ID_ELSE);
            return;
        }
        if (x->form == FORM_ATOM && of == SPACE_OWN && is(name, "author"))
            x->author = x->depth;
        if (x->form == FORM_ATOM && of == SPACE_OWN && is(name, "source"))
            x->from_source = x->depth;
        look_up(x, x->form == FORM_RSS ? IN_RSS : IN_ATOM, name, of, attributes, count);
    } else if (below == 2 && x->author != 0 && is(name, "name")) {
        begin_capture(x, BYLINE, AS_PLAIN);
    } else if (below == 2 && x->from_source != 0 && is(name, "title")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

static void take_provider(tti_xml *x, const xmlChar **attributes, int count)
{
    buffer *b = &x->text[SOURCE_ELSE];
    x->provider = x->depth;
    take_attribute(x, attributes, count, "literal", SOURCE_ELSE);
    if (b->size > 0)
        return;
    take_attribute(x, attributes, count, "qcode", SOURCE_ELSE);
    if (b->size > 0) { /* without the scheme's alias */
        const char *colon = memchr(b->bytes, ':', b->size);
        if (colon != NULL && colon + 1 < b->bytes + b->size) {
            b->size = (size_t)(b->bytes + b->size - (colon + 1));
            memmove(b->bytes, colon + 1, b->size);
        }
    }
    take_attribute(x, attributes, count, "uri", SOURCE_ELSE);
}

static void in_content_set(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    if (x->inline_xml == 0) {
        if (is(name, "inlineXML"))
            x->inline_xml = x->depth;
        else if (is(name, "inlineData"))
            begin_capture(x, BODY,
                          typed(attributes, count, "contenttype") == AS_PLAIN ? AS_PLAIN : AS_HTML);
    } else if (x->depth == x->inline_xml + 1) {
        if (is(name, "nitf"))
            x->nitf = x->depth;
        else
            begin_capture(x, BODY, AS_MARKUP);
    }
}

static void in_g2(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    if (below == 1) {
        x->part_depth = is(name, "itemMeta") || is(name, "contentMeta") ? x->depth : 0;
        x->part = is(name, "itemMeta") ? IN_ITEM_META : IN_CONTENT_META;
        x->content_set = is(name, "contentSet") ? x->depth : 0;
    } else if (x->nitf != 0) {
        in_nitf(x, name, attributes, count);
    } else if (x->content_set != 0) {
        in_content_set(x, name, attributes, count);
    } else if (x->part_depth != 0 && below == 2) {
        look_up(x, x->part, name, SPACE_OWN, attributes, count);
        if (x->part == IN_ITEM_META && is(name, "provider"))
            take_provider(x, attributes, count);
        if (x->part == IN_CONTENT_META && is(name, "language")) {
            x->text[LANGUAGE].size = 0; /* that of the content, not of the metadata */
            take_attribute(x, attributes, count, "tag", LANGUAGE);
        }
    } else if (x->provider != 0 && below == 3 && is(name, "name")) {
        begin_capture(x, SOURCE, AS_PLAIN);
    }
}

static void outside(tti_xml *x, const xmlChar *name, const xmlChar *uri, const xmlChar **attributes,
                    int count)
{
    const int own = !is_foreign(x, uri) && space_of(uri) == SPACE_OWN;
    switch (x->form) {
    case FORM_G2:
        if (!is(name, "newsItem"))
            return;
        begin_item(x);
        take_attribute(x, attributes, count, "guid", ID);
        take_attribute(x, attributes, count, "version", VERSION);
        take_attribute(x, attributes, count, "lang", LANGUAGE);
        return;
    case FORM_NITF:
        if (x->depth == 1)
            begin_item(x);
        return;
    case FORM_RSS:
        if (own && is(name, "item"))
            begin_item(x);
        else if (own && is(name, "title") && x->depth == 3)
            begin_capture(x, FEED, AS_HTML);
        return;
    case FORM_ATOM:
        if (own && is(name, "entry"))
            begin_item(x);
        else if (own && is(name, "title") && x->depth == 2)
            begin_capture(x, FEED, typed(attributes, count, "type"));
        return;
    default: return;
    }
}

static form form_of(const char *root)
{
    static const struct {
        const char *name;
        form form;
    } roots[] = {{"newsItem", FORM_G2}, {"newsMessage", FORM_G2}, {"nitf", FORM_NITF},
                 {"rss", FORM_RSS},     {"RDF", FORM_RSS},        {"feed", FORM_ATOM},
                 {"entry", FORM_ATOM}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(root, roots[i].name) == 0)
            return roots[i].form;
    return FORM_UNKNOWN;
}

int tti_xml_is_root(const char *name)
{
    return form_of(name) != FORM_UNKNOWN;
}

/* The tag of an element within what is captured with its tags. */
static void capture_tag(tti_xml *x, const char *before, const xmlChar *name)
{
    if (x->as != AS_MARKUP)
        return;
    capture(x, before, strlen(before));
    capture(x, (const char *)name, strlen((const char *)name));
    capture(x, ">", 1);
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
    if (++x->depth > DEEPEST) {
        refuse(x, "nested deeper than 256 elements");
        return;
    }
    if (x->depth == 1) {
        x->form = form_of((const char *)name);
        if (x->form == FORM_UNKNOWN) {
            char reason[100];
            (void)snprintf(reason, sizeof reason, "not a news format: the root element is <%.40s>",
                           (const char *)name);
            refuse(x, reason);
            return;
        }
    }
    if (x->into != NOWHERE)
        capture_tag(x, "<", name);
    else if (x->item_depth == 0)
        outside(x, name, uri, attributes, count);
    else if (x->form == FORM_G2)
        in_g2(x, name, attributes, count);
    else if (x->form == FORM_NITF)
        in_nitf(x, name, attributes, count);
    else
        in_feed(x, name, uri, attributes, count);
}

static void leave(int *open, int depth)
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
        leave(&x->part_depth, x->depth);
        leave(&x->content_set, x->depth);
        leave(&x->inline_xml, x->depth);
        leave(&x->nitf, x->depth);
        leave(&x->provider, x->depth);
    }
    leave(&x->author, x->depth);
    leave(&x->from_source, x->depth);
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
        capture(x, at, (size_t)size);
        return;
    }
    while (at < end) { /* what is text is to stay so */
        const char *plain = at;
        while (plain < end && *plain != '&' && *plain != '<')
            plain++;
        capture(x, at, (size_t)(plain - at));
        if (plain < end)
            capture(x, *plain == '&' ? "&amp;" : "&lt;", *plain == '&' ? 5 : 4);
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
    refuse(ctx, "it declares an entity, and entities are off");
}

/* HTML's names of characters are known, nothing else is. In an attribute libxml2 would take the
 * first byte alone. */
static xmlEntityPtr get_entity(void *ctx, const xmlChar *name)
{
    tti_xml *x = ctx;
    const size_t n =
        tti_markup_named((const char *)name, strlen((const char *)name), x->named_bytes);
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

static void note_error(void *ctx, xmlErrorPtr error)
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

tt_status tti_xml_open(tti_xml **out, const tti_xml_rules *rules, tti_xml_fn emit, void *ctx)
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
    x->sax.serror = (xmlStructuredErrorFunc)note_error;
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
        refuse(x, "an empty file");
        return x->status;
    }
    xmlSetStructuredErrorFunc(x, (xmlStructuredErrorFunc)note_error);
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
