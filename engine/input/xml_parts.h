/*
 * The state of a document of XML, and what its sources do for each other: xml.c takes what libxml2
 * gives, xml_elements.c knows which elements are fields, and xml_item.c makes items of fields.
 */
#ifndef TTI_INPUT_XML_PARTS_H
#define TTI_INPUT_XML_PARTS_H

#include "input/json_item.h"
#include "input/xml.h"

#include <string.h>

#include <libxml/parser.h>

/** What an item is made of. A fallback, which follows its field, is used if the field is empty. */
typedef enum {
    TTI_XML_ID,
    TTI_XML_ID_FALLBACK, /* the link */
    TTI_XML_VERSION,
    TTI_XML_VERSION_FALLBACK,
    TTI_XML_HEADLINE,
    TTI_XML_HEADLINE_FALLBACK,
    TTI_XML_TIME,
    TTI_XML_TIME_FALLBACK,
    TTI_XML_SOURCE,
    TTI_XML_SOURCE_FALLBACK,
    TTI_XML_BODY,
    TTI_XML_BODY_FALLBACK,
    TTI_XML_BYLINE,
    TTI_XML_DATELINE,
    TTI_XML_LANGUAGE,
    TTI_XML_STATUS,    /* of publication */
    TTI_XML_EMBARGOED, /* until when */
    TTI_XML_EXPIRES,
    TTI_XML_FEED_TITLE, /* of the whole feed, kept from item to item */
    TTI_XML_FIELDS,
    TTI_XML_NO_FIELD = TTI_XML_FIELDS
} tti_xml_field;

typedef enum {
    TTI_XML_UNKNOWN,
    TTI_XML_NEWSML_1,
    TTI_XML_NEWSML_G2,
    TTI_XML_NITF,
    TTI_XML_RSS,
    TTI_XML_ATOM
} tti_xml_vocabulary;

typedef enum {
    TTI_XML_AS_PLAIN,  /* it is text */
    TTI_XML_AS_HTML,   /* it is text that holds markup */
    TTI_XML_AS_MARKUP, /* it is elements */
    TTI_XML_AS_BASE64, /* it is no text */
    TTI_XML_AS_TYPED   /* Atom's attribute `type` says which of the four */
} tti_xml_content;

typedef enum {
    TTI_XML_NS_OWN,
    TTI_XML_NS_CONTENT,
    TTI_XML_NS_DUBLIN_CORE,
    TTI_XML_NS_OTHER
} tti_xml_namespace;

typedef enum {
    TTI_XML_IN_RSS,
    TTI_XML_IN_ATOM,
    TTI_XML_IN_ITEM_META,
    TTI_XML_IN_CONTENT_META,
    TTI_XML_IN_NITF,
    TTI_XML_IN_NEWSML_1
} tti_xml_context;

struct tti_xml {
    tti_xml_options options;
    tti_xml_fn emit;
    void *ctx;
    xmlParserCtxtPtr parser;
    xmlSAXHandler sax;
    xmlEntity entity; /* a character of HTML, for libxml2 */
    char entity_text[8];

    int is_begun; /* there were bytes */
    tti_xml_vocabulary vocabulary;
    const xmlChar *own_namespace;  /* that of RSS's channel; the parser holds it */
    const xmlChar *item_namespace; /* that of the item */
    int depth;                     /* of the element that begins or ends, 1 for the root */
    uint64_t item_line;
    tti_xml_context part; /* itemMeta or contentMeta of NewsML-G2 */
    /* The depths of elements that are open; 0: it is not. */
    int item_depth, part_depth, content_set, inline_xml, nitf, provider, author, from_source;
    tti_xml_field into; /* the field being captured, or NO_FIELD */
    tti_xml_content as;
    int capture_depth;
    int is_base64; /* what is captured is encoded so */
    int too_long;  /* the item, or a field of it */

    tti_char_array text[TTI_XML_FIELDS], json;
    tt_status status; /* why the document is read no further */
    uint64_t fault_line;
    int is_certain; /* the fault is one whatever follows, and not that the document ends early */
    char fault[100];
};

/** The line of the file that is being parsed. */
static inline uint64_t tti_xml_line(const tti_xml *x)
{
    return x->options.lines_before + (uint64_t)xmlSAX2GetLineNumber(x->parser);
}

static inline int tti_xml_name_is(const xmlChar *name, const char *text)
{
    return strcmp((const char *)name, text) == 0;
}

/* ---- xml_item.c ---- */

/** Reads no further, for this reason and at this line, unless there is one already. */
void tti_xml_refuse(tti_xml *x, const char *reason);

/** Appends to a buffer, with its NUL left out. */
void tti_xml_append_literal(tti_xml *x, tti_char_array *b, const char *text);

/** Appends to the field being captured, up to its limit. */
void tti_xml_append_captured(tti_xml *x, const char *bytes, size_t size);

/** An item begins with the element that does. */
void tti_xml_begin_item(tti_xml *x);

/** The item ends: it is emitted, or rejected with a reason. */
void tti_xml_end_item(tti_xml *x);

/* ---- xml_elements.c ---- */

/** The element that is captured ends: text is made of its content. */
void tti_xml_end_capture(tti_xml *x);

/** An element begins, of which nothing is captured. */
void tti_xml_enter_element(tti_xml *x, const xmlChar *name, const xmlChar *uri,
                           const xmlChar **attributes, int count);

#endif
