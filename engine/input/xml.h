/*
 * Wire formats in XML -> lines of JSON: NewsML-G2, NITF, RSS 2.0 and Atom, as they arrive. Each
 * item becomes one object with the fields id, text, title, byline, dateline, published, source,
 * language, url and version, as far as it has them; docs/wire.md says from where.
 *
 * libxml2 checks and decodes; no tree is built. Nothing is fetched or opened: no DTD, no entity, no
 * network. A document that declares an entity is refused, as is one nested deeper than 256
 * elements; libxml2's own limits hold (10 MB for an attribute). libxml2 allocates with malloc, for
 * itself.
 */
#ifndef TTI_INPUT_XML_H
#define TTI_INPUT_XML_H

#include "twicetold.h"

typedef struct tti_xml tti_xml;

typedef struct tti_xml_options {
    const tt_allocator *allocator;
    uint64_t longest_item; /**< bytes an item may come to, markup and all */
    int whole;             /**< headline, byline and dateline are text too */
} tti_xml_options;

/** An item, borrowed for the call. */
typedef struct tti_xml_item {
    const char *json; /**< one object, without a newline */
    size_t size;
    uint64_t line; /**< where it begins */
    tt_status status;
    const char *reason; /**< why it is rejected; NULL where status is TT_OK */
} tti_xml_item;

/** @return TT_OK, or what tti_xml_feed is to return */
typedef tt_status (*tti_xml_fn)(void *ctx, const tti_xml_item *item);

/** @return TT_OK, TT_ENOMEM. Owner: the caller, tti_xml_close(). */
tt_status tti_xml_open(tti_xml **out, const tti_xml_options *rules, tti_xml_fn emit, void *ctx);

/**
 * The next bytes of the document, at least four the first time unless it is shorter; `last`: there
 * are no more. @return TT_OK; TT_EFORMAT (not well formed, refused, or no news: see tti_xml_fault);
 * TT_ENOMEM; what `emit` returned.
 */
tt_status tti_xml_feed(tti_xml *xml, const char *bytes, size_t size, int last);

/** After TT_EFORMAT: why, and the line. Borrowed. */
const char *tti_xml_fault(const tti_xml *xml, uint64_t *line);

/** NULL is allowed. */
void tti_xml_close(tti_xml *xml);

/** Is a document with this root element (without a prefix) one that tti_xml_feed takes? */
int tti_xml_is_root(const char *name);

/** Is this the beginning of a document that tti_xml_feed takes? @return 1, 0, -1: more is needed */
int tti_format_sniff_xml(const char *bytes, size_t size);

#endif
