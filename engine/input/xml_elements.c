/*
 * Which element is which field of an item, in each vocabulary. Elements are known by their local
 * names and by the elements around them; namespaces matter only in feeds, whose extensions use the
 * same names.
 */
#include "input/encoding.h"
#include "input/markup.h"
#include "input/xml_parts.h"

#include <string.h>

static const struct {
    tti_xml_context context;
    tti_xml_namespace namespace;
    const char *name;
    tti_xml_field field;
    tti_xml_content as;
} captured_elements[] = {
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "guid", TTI_XML_ID, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "link", TTI_XML_ID_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "title", TTI_XML_HEADLINE, TTI_XML_AS_HTML},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "pubDate", TTI_XML_TIME, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_DUBLIN_CORE, "date", TTI_XML_TIME_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "source", TTI_XML_SOURCE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_CONTENT, "encoded", TTI_XML_BODY, TTI_XML_AS_HTML},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "description", TTI_XML_BODY_FALLBACK, TTI_XML_AS_HTML},
    {TTI_XML_IN_RSS, TTI_XML_NS_DUBLIN_CORE, "creator", TTI_XML_BYLINE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_OWN, "author", TTI_XML_BYLINE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_RSS, TTI_XML_NS_DUBLIN_CORE, "language", TTI_XML_LANGUAGE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "id", TTI_XML_ID, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "title", TTI_XML_HEADLINE, TTI_XML_AS_TYPED},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "updated", TTI_XML_TIME, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "published", TTI_XML_TIME_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "content", TTI_XML_BODY, TTI_XML_AS_TYPED},
    {TTI_XML_IN_ATOM, TTI_XML_NS_OWN, "summary", TTI_XML_BODY_FALLBACK, TTI_XML_AS_TYPED},
    {TTI_XML_IN_ITEM_META, TTI_XML_NS_OWN, "versionCreated", TTI_XML_TIME, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ITEM_META, TTI_XML_NS_OWN, "firstCreated", TTI_XML_TIME_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ITEM_META, TTI_XML_NS_OWN, "embargoed", TTI_XML_EMBARGOED, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_ITEM_META, TTI_XML_NS_OWN, "expires", TTI_XML_EXPIRES, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_CONTENT_META, TTI_XML_NS_OWN, "headline", TTI_XML_HEADLINE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_CONTENT_META, TTI_XML_NS_OWN, "by", TTI_XML_BYLINE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_CONTENT_META, TTI_XML_NS_OWN, "dateline", TTI_XML_DATELINE, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "title", TTI_XML_HEADLINE_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "hl1", TTI_XML_HEADLINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "byline", TTI_XML_BYLINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "dateline", TTI_XML_DATELINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "distributor", TTI_XML_SOURCE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NITF, TTI_XML_NS_OWN, "body.content", TTI_XML_BODY, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "PublicIdentifier", TTI_XML_ID, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "RevisionId", TTI_XML_VERSION, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "ThisRevisionCreated", TTI_XML_TIME, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "FirstCreated", TTI_XML_TIME_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "ProviderId", TTI_XML_SOURCE_FALLBACK, TTI_XML_AS_PLAIN},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "DateAndTime", TTI_XML_EMBARGOED,
     TTI_XML_AS_PLAIN}, /* of StatusWillChange */
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "HeadLine", TTI_XML_HEADLINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "ByLine", TTI_XML_BYLINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "DateLine", TTI_XML_DATELINE, TTI_XML_AS_MARKUP},
    {TTI_XML_IN_NEWSML_1, TTI_XML_NS_OWN, "DataContent", TTI_XML_BODY, TTI_XML_AS_MARKUP},
};

/* The attributes of NITF's docdata that are fields. */
static const struct {
    const char *element, *attribute;
    tti_xml_field field;
} docdata[] = {
    {"docdata", "management-status", TTI_XML_STATUS},
    {"doc-id", "id-string", TTI_XML_ID},
    {"doc-id", "regsrc", TTI_XML_SOURCE_FALLBACK},
    {"doc.copyright", "holder", TTI_XML_SOURCE_FALLBACK},
    {"du-key", "version", TTI_XML_VERSION},
    {"du-key", "generation", TTI_XML_VERSION_FALLBACK},
    {"date.issue", "norm", TTI_XML_TIME},
    {"date.release", "norm", TTI_XML_TIME_FALLBACK},
    {"date.expire", "norm", TTI_XML_EXPIRES},
};

/* The vocabulary's own namespace is that of its channel or item, whatever it is: there have been
 * several. */
static tti_xml_namespace namespace_of(const tti_xml *x, const xmlChar *uri)
{
    if (uri == NULL || (x->own_namespace != NULL && xmlStrEqual(uri, x->own_namespace)) ||
        (x->item_depth != 0 && xmlStrEqual(uri, x->item_namespace)) ||
        tti_xml_name_is(uri, "http://www.w3.org/2005/Atom") ||
        tti_xml_name_is(uri, "http://purl.org/rss/1.0/") ||
        tti_xml_name_is(uri, "http://purl.org/atom/ns#"))
        return TTI_XML_NS_OWN;
    if (tti_xml_name_is(uri, "http://purl.org/rss/1.0/modules/content/"))
        return TTI_XML_NS_CONTENT;
    return tti_xml_name_is(uri, "http://purl.org/dc/elements/1.1/") ? TTI_XML_NS_DUBLIN_CORE
                                                                    : TTI_XML_NS_OTHER;
}

/* Whether the element is one of Atom in an RSS feed. */
static int is_foreign(const tti_xml *x, const xmlChar *uri)
{
    return x->vocabulary == TTI_XML_RSS && uri != NULL &&
           tti_xml_name_is(uri, "http://www.w3.org/2005/Atom") &&
           !(x->item_depth != 0 && xmlStrEqual(uri, x->item_namespace));
}

/* SAX2 gives five pointers an attribute: local name, prefix, namespace, begin and end of the value.
 */
static const xmlChar **find_attribute(const xmlChar **attributes, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (tti_xml_name_is(attributes[5 * i], name))
            return &attributes[5 * i];
    return NULL;
}

/* Takes an attribute as a field that is still empty. libxml2 leaves an ampersand in it as a
 * reference. */
static void read_attribute_field(tti_xml *x, const xmlChar **attributes, int count,
                                 const char *name, tti_xml_field f)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    tti_char_array *b = &x->text[f];
    if (a == NULL || b->count > 0)
        return;
    x->into = f;
    tti_xml_append_captured(x, (const char *)a[3], (size_t)(a[4] - a[3]));
    x->into = TTI_XML_NO_FIELD;
    for (size_t i = 0; i + 5 <= b->count; i++)
        if (memcmp(b->items + i, "&#38;", 5) == 0) {
            memmove(b->items + i + 1, b->items + i + 5, b->count - i - 5);
            b->count -= 4;
        }
    b->count = tti_markup_normalize_space(b->items, b->count);
}

static void begin_capture(tti_xml *x, tti_xml_field f, tti_xml_content as)
{
    if (x->text[f].count > 0)
        return;
    x->into = f;
    x->as = as;
    x->capture_depth = x->depth;
}

void tti_xml_end_capture(tti_xml *x)
{
    tti_char_array *b = &x->text[x->into];
    const int is_body = x->into == TTI_XML_BODY || x->into == TTI_XML_BODY_FALLBACK;
    if (b->count > 0 && x->is_base64)
        b->count = tti_base64_decode(b->items, b->count);
    x->is_base64 = 0;
    if (b->count > 0 && x->as != TTI_XML_AS_PLAIN)
        b->count = tti_markup_strip(b->items, b->count);
    if (b->count > 0 && !is_body)
        b->count = tti_markup_normalize_space(b->items, b->count);
    x->into = TTI_XML_NO_FIELD;
}

/* How the attribute of this name, a media type or one of Atom's words, says to read the content. */
static tti_xml_content content_type_of(const xmlChar **attributes, int count, const char *name)
{
    const xmlChar **a = find_attribute(attributes, count, name);
    char type[40] = "";
    if (a != NULL && a[4] - a[3] < (ptrdiff_t)sizeof type)
        memcpy(type, a[3], (size_t)(a[4] - a[3]));
    if (strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0)
        return TTI_XML_AS_HTML;
    if (strstr(type, "xml") != NULL || strstr(type, "xhtml") != NULL)
        return TTI_XML_AS_MARKUP;
    /* A media type that is neither text nor XML: by Atom's rule the content is base64. */
    return strchr(type, '/') != NULL && strncmp(type, "text/", 5) != 0 ? TTI_XML_AS_BASE64
                                                                       : TTI_XML_AS_PLAIN;
}

static void capture_if_listed(tti_xml *x, tti_xml_context in, const xmlChar *name,
                              tti_xml_namespace of, const xmlChar **attributes, int count)
{
    for (size_t i = 0; i < sizeof captured_elements / sizeof captured_elements[0]; i++)
        if (captured_elements[i].context == in && captured_elements[i].namespace == of &&
            tti_xml_name_is(name, captured_elements[i].name)) {
            const tti_xml_content as = captured_elements[i].as == TTI_XML_AS_TYPED
                                           ? content_type_of(attributes, count, "type")
                                           : captured_elements[i].as;
            if (as != TTI_XML_AS_BASE64)
                begin_capture(x, captured_elements[i].field, as);
            return;
        }
}

static void enter_nitf_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                               int count)
{
    capture_if_listed(x, TTI_XML_IN_NITF, name, TTI_XML_NS_OWN, attributes, count);
    if (x->vocabulary != TTI_XML_NITF)
        return; /* the news item around the NITF has these itself */
    for (size_t i = 0; i < sizeof docdata / sizeof docdata[0]; i++)
        if (tti_xml_name_is(name, docdata[i].element))
            read_attribute_field(x, attributes, count, docdata[i].attribute, docdata[i].field);
}

static void enter_feed_element(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                               const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    const tti_xml_namespace of = is_foreign(x, uri) ? TTI_XML_NS_OTHER : namespace_of(x, uri);
    if (below == 1) {
        if (x->vocabulary == TTI_XML_ATOM && of == TTI_XML_NS_OWN &&
            tti_xml_name_is(name, "link")) {
            const xmlChar **rel = find_attribute(attributes, count, "rel");
            if (rel == NULL || (rel[4] - rel[3] == 9 && memcmp(rel[3], "alternate", 9) == 0))
                read_attribute_field(x, attributes, count, "href", TTI_XML_ID_FALLBACK);
            return;
        }
        if (x->vocabulary == TTI_XML_ATOM && of == TTI_XML_NS_OWN &&
            tti_xml_name_is(name, "author"))
            x->author = x->depth;
        if (x->vocabulary == TTI_XML_ATOM && of == TTI_XML_NS_OWN &&
            tti_xml_name_is(name, "source"))
            x->from_source = x->depth;
        capture_if_listed(x, x->vocabulary == TTI_XML_RSS ? TTI_XML_IN_RSS : TTI_XML_IN_ATOM, name,
                          of, attributes, count);
    } else if (below == 2 && x->author != 0 && tti_xml_name_is(name, "name")) {
        begin_capture(x, TTI_XML_BYLINE, TTI_XML_AS_PLAIN);
    } else if (below == 2 && x->from_source != 0 && tti_xml_name_is(name, "title")) {
        begin_capture(x, TTI_XML_SOURCE, TTI_XML_AS_PLAIN);
    }
}

static void read_provider(tti_xml *x, const xmlChar **attributes, int count)
{
    tti_char_array *b = &x->text[TTI_XML_SOURCE_FALLBACK];
    x->provider = x->depth;
    read_attribute_field(x, attributes, count, "literal", TTI_XML_SOURCE_FALLBACK);
    if (b->count > 0)
        return;
    read_attribute_field(x, attributes, count, "qcode", TTI_XML_SOURCE_FALLBACK);
    if (b->count > 0) { /* the scheme's alias goes */
        const char *colon = memchr(b->items, ':', b->count);
        if (colon != NULL && colon + 1 < b->items + b->count) {
            b->count = (size_t)(b->items + b->count - (colon + 1));
            memmove(b->items, colon + 1, b->count);
        }
    }
    read_attribute_field(x, attributes, count, "uri", TTI_XML_SOURCE_FALLBACK);
}

static void enter_content_set_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                                      int count)
{
    if (x->inline_xml == 0) {
        if (tti_xml_name_is(name, "inlineXML"))
            x->inline_xml = x->depth;
        else if (tti_xml_name_is(name, "inlineData")) {
            const tti_xml_content as = content_type_of(attributes, count, "contenttype");
            const xmlChar **encoding = find_attribute(attributes, count, "encoding");
            if (as != TTI_XML_AS_BASE64)
                begin_capture(x, TTI_XML_BODY,
                              as == TTI_XML_AS_PLAIN ? TTI_XML_AS_PLAIN : TTI_XML_AS_HTML);
            x->is_base64 = x->into == TTI_XML_BODY && encoding != NULL &&
                           encoding[4] - encoding[3] >= 6 &&
                           memcmp(encoding[4] - 6, "base64", 6) == 0;
        }
    } else if (x->depth == x->inline_xml + 1) {
        if (tti_xml_name_is(name, "nitf"))
            x->nitf = x->depth;
        else
            begin_capture(x, TTI_XML_BODY, TTI_XML_AS_MARKUP);
    }
}

static void enter_g2_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes, int count)
{
    const int below = x->depth - x->item_depth;
    if (below == 1) {
        x->part_depth = tti_xml_name_is(name, "itemMeta") || tti_xml_name_is(name, "contentMeta")
                            ? x->depth
                            : 0;
        x->part =
            tti_xml_name_is(name, "itemMeta") ? TTI_XML_IN_ITEM_META : TTI_XML_IN_CONTENT_META;
        x->content_set = tti_xml_name_is(name, "contentSet") ? x->depth : 0;
    } else if (x->nitf != 0) {
        enter_nitf_element(x, name, attributes, count);
    } else if (x->content_set != 0) {
        enter_content_set_element(x, name, attributes, count);
    } else if (x->part_depth != 0 && below == 2) {
        capture_if_listed(x, x->part, name, TTI_XML_NS_OWN, attributes, count);
        if (x->part == TTI_XML_IN_ITEM_META && tti_xml_name_is(name, "provider"))
            read_provider(x, attributes, count);
        if (x->part == TTI_XML_IN_ITEM_META && tti_xml_name_is(name, "pubStatus")) {
            read_attribute_field(x, attributes, count, "qcode", TTI_XML_STATUS);
            read_attribute_field(x, attributes, count, "uri", TTI_XML_STATUS);
        }
        if (x->part == TTI_XML_IN_CONTENT_META && tti_xml_name_is(name, "language")) {
            x->text[TTI_XML_LANGUAGE].count = 0; /* the content's replaces that of the item */
            read_attribute_field(x, attributes, count, "tag", TTI_XML_LANGUAGE);
        }
    } else if (x->provider != 0 && below == 3 && tti_xml_name_is(name, "name")) {
        begin_capture(x, TTI_XML_SOURCE, TTI_XML_AS_PLAIN);
    }
}

/* The first content with text is the body; one that is encoded is a picture or the like. */
static void enter_newsml_1_element(tti_xml *x, const xmlChar *name, const xmlChar **attributes,
                                   int count)
{
    if (tti_xml_name_is(name, "Encoding"))
        x->content_set = x->depth;
    else if (x->content_set == 0)
        capture_if_listed(x, TTI_XML_IN_NEWSML_1, name, TTI_XML_NS_OWN, attributes, count);
    if (tti_xml_name_is(name, "Status"))
        read_attribute_field(x, attributes, count, "FormalName", TTI_XML_STATUS);
    if (tti_xml_name_is(name, "Provider"))
        x->provider = x->depth;
    else if (x->provider != 0 && tti_xml_name_is(name, "Party"))
        read_attribute_field(x, attributes, count, "FormalName", TTI_XML_SOURCE);
}

static void enter_element_outside_items(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                                        const xmlChar **attributes, int count)
{
    const int own = !is_foreign(x, uri) && namespace_of(x, uri) == TTI_XML_NS_OWN;
    switch (x->vocabulary) {
    case TTI_XML_NEWSML_G2:
        if (!tti_xml_name_is(name, "newsItem"))
            return;
        tti_xml_begin_item(x);
        read_attribute_field(x, attributes, count, "guid", TTI_XML_ID);
        read_attribute_field(x, attributes, count, "version", TTI_XML_VERSION);
        read_attribute_field(x, attributes, count, "lang", TTI_XML_LANGUAGE);
        return;
    case TTI_XML_NEWSML_1:
        if (tti_xml_name_is(name, "NewsItem"))
            tti_xml_begin_item(x);
        return;
    case TTI_XML_NITF:
        if (x->depth == 1)
            tti_xml_begin_item(x);
        return;
    case TTI_XML_RSS:
        if (tti_xml_name_is(name, "item")) {
            tti_xml_begin_item(x);
            x->item_namespace = uri;
        } else if (own && tti_xml_name_is(name, "title") && x->depth == 3)
            begin_capture(x, TTI_XML_FEED_TITLE, TTI_XML_AS_HTML);
        return;
    case TTI_XML_ATOM:
        if (tti_xml_name_is(name, "entry") || tti_xml_name_is(name, "deleted-entry")) {
            tti_xml_begin_item(x);
            x->item_namespace = uri;
            if (tti_xml_name_is(name, "deleted-entry")) { /* a tombstone, as RFC 6721 has it */
                read_attribute_field(x, attributes, count, "ref", TTI_XML_ID);
                read_attribute_field(x, attributes, count, "when", TTI_XML_TIME);
                tti_xml_append_literal(x, &x->text[TTI_XML_STATUS], "canceled");
            }
        } else if (own && tti_xml_name_is(name, "title") && x->depth == 2)
            begin_capture(x, TTI_XML_FEED_TITLE, content_type_of(attributes, count, "type"));
        return;
    default: return;
    }
}

void tti_xml_enter_element(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                           const xmlChar **attributes, int count)
{
    if (x->item_depth == 0)
        enter_element_outside_items(x, name, uri, attributes, count);
    else if (x->vocabulary == TTI_XML_NEWSML_1)
        enter_newsml_1_element(x, name, attributes, count);
    else if (x->vocabulary == TTI_XML_NEWSML_G2)
        enter_g2_element(x, name, attributes, count);
    else if (x->vocabulary == TTI_XML_NITF)
        enter_nitf_element(x, name, attributes, count);
    else
        enter_feed_element(x, name, uri, attributes, count);
}
