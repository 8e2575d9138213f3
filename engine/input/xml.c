/*
 * SAX events become items. The content of an element that is a field of an item is captured until
 * the element ends: as plain text or with its tags, from which tti_markup_strip() then makes text,
 * as it does from the HTML that feeds hold as text. xml_elements.c says which elements are fields,
 * xml_item.c makes items of them.
 */
#include "input/xml.h"

#include "input/markup.h"
#include "input/xml_parts.h"
#include "util/alloc.h"
#include "util/utf8.h"

#include <stdio.h>
#include <string.h>

/* libxml2 compares each attribute of an element with all others, and each prefix with all of the
 * namespaces around it. */
enum { MAX_DEPTH = 256, MAX_ATTRIBUTES = 256 };

static tti_xml_vocabulary vocabulary_of_root(const char *root)
{
    static const struct {
        const char *name;
        tti_xml_vocabulary vocabulary;
    } roots[] = {{"NewsML", TTI_XML_NEWSML_1},
                 {"newsItem", TTI_XML_NEWSML_G2},
                 {"newsMessage", TTI_XML_NEWSML_G2},
                 {"nitf", TTI_XML_NITF},
                 {"rss", TTI_XML_RSS},
                 {"RDF", TTI_XML_RSS},
                 {"feed", TTI_XML_ATOM},
                 {"entry", TTI_XML_ATOM},
                 {"deleted-entry", TTI_XML_ATOM}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(root, roots[i].name) == 0)
            return roots[i].vocabulary;
    return TTI_XML_UNKNOWN;
}

int tti_xml_is_root(const char *name)
{
    return vocabulary_of_root(name) != TTI_XML_UNKNOWN;
}

/* Captures the tag of an element, where markup is captured. */
static void capture_tag(tti_xml *x, const char *before, const xmlChar *name)
{
    if (x->as == TTI_XML_AS_PLAIN)
        return;
    tti_xml_append_captured(x, before, strlen(before));
    tti_xml_append_captured(x, (const char *)name, strlen((const char *)name));
    tti_xml_append_captured(x, ">", 1);
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
        tti_xml_refuse(x, too_many_attributes);
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
        tti_xml_refuse(x, too_many_attributes);
        return;
    }
    if (++x->depth > MAX_DEPTH) {
        tti_xml_refuse(x, "nested deeper than 256 elements");
        return;
    }
    if (x->depth == 1) {
        x->vocabulary = vocabulary_of_root((const char *)name);
        if (x->vocabulary == TTI_XML_UNKNOWN) {
            char reason[100];
            (void)snprintf(reason, sizeof reason, "not a news format: the root element is <%.40s>",
                           (const char *)name);
            tti_xml_refuse(x, reason);
            return;
        }
    }
    if (x->depth == 2 && x->vocabulary == TTI_XML_RSS && tti_xml_name_is(name, "channel"))
        x->own_namespace = uri;
    if (x->into != TTI_XML_NO_FIELD)
        capture_tag(x, "<", name);
    else
        tti_xml_enter_element(x, name, uri, attributes, count);
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
    if (x->into != TTI_XML_NO_FIELD && x->depth == x->capture_depth)
        tti_xml_end_capture(x);
    else if (x->into != TTI_XML_NO_FIELD)
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
        tti_xml_end_item(x);
    x->depth--;
}

static void characters(void *ctx, const xmlChar *text, int size)
{
    tti_xml *x = ctx;
    const char *at = (const char *)text, *const end = at + size;
    if (x->status != TT_OK || x->into == TTI_XML_NO_FIELD)
        return;
    if (x->as != TTI_XML_AS_MARKUP) {
        tti_xml_append_captured(x, at, (size_t)size);
        return;
    }
    while (at < end) { /* so that tti_markup_strip() leaves the text as it is */
        const char *plain = at;
        while (plain < end && *plain != '&' && *plain != '<')
            plain++;
        tti_xml_append_captured(x, at, (size_t)(plain - at));
        if (plain < end)
            tti_xml_append_captured(x, *plain == '&' ? "&amp;" : "&lt;", *plain == '&' ? 5 : 4);
        at = plain + 1;
    }
}

static void declare_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id,
                           const xmlChar *system_id, xmlChar *content)
{
    (void)name;
    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    tti_xml_refuse(ctx, "it declares an entity, and entities are off");
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
    x->into = TTI_XML_NO_FIELD;
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
        tti_xml_refuse(x, "an empty file");
        return x->status;
    }
    xmlSetStructuredErrorFunc(x, (xmlStructuredErrorFunc)record_xml_error);
    (void)xmlParseChunk(x->parser, bytes, (int)size, last);
    check_pending_tag(x);
    xmlSetStructuredErrorFunc(handler_ctx, handler);
    if (x->status == TT_OK && (!x->parser->wellFormed || x->parser->disableSAX)) {
        x->status = TT_EFORMAT;
        if (last && !x->is_certain) {
            x->fault_line = tti_xml_line(x);
            (void)snprintf(x->fault, sizeof x->fault, "invalid XML: it ends early");
        } else if (x->fault[0] == '\0') {
            x->fault_line = tti_xml_line(x);
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
    for (int f = 0; f < TTI_XML_FIELDS; f++)
        tti_release(x->options.allocator, x->text[f].items, x->text[f].capacity, 1);
    tti_release(x->options.allocator, x->json.items, x->json.capacity, 1);
    tti_release(x->options.allocator, x, 1, sizeof *x);
}
