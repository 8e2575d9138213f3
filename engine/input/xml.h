/*
 * The news formats in XML (NewsML 1, NewsML-G2, NITF, RSS 2.0 and Atom) become lines of JSON, piece
 * by piece as they are read. Each item is one object with those of the fields id, text, title,
 * byline, dateline, published, source, language, url and version that it has; docs/wire.md says
 * where each comes from.
 *
 * libxml2 checks and decodes; no tree is built. Nothing is fetched or opened: no DTD, no entity, no
 * network. A document that declares an entity is refused, as is one whose elements are nested
 * deeper than 256; libxml2's own limits hold (10 MB for an attribute). libxml2 uses malloc.
 */
#ifndef TTI_INPUT_XML_H
#define TTI_INPUT_XML_H

#include "twicetold.h"

typedef struct tti_xml tti_xml;

typedef struct tti_xml_options {
    const tt_allocator *allocator;
    uint64_t longest_item; /**< the most bytes of an item's body, with its markup */
    uint64_t lines_before; /**< of the file, that the parser does not get */
    int whole;             /**< headline, byline and dateline go in front of the text */
} tti_xml_options;

/** An item, borrowed for the call. */
typedef struct tti_xml_item {
    const char *json; /**< one object, without a newline */
    size_t size;
    uint64_t line; /**< of its first tag */
    tt_status status;
    const char *reason; /**< why it is rejected; NULL where status is TT_OK */
} tti_xml_item;

/** Takes an item. @return TT_OK, or the status with which tti_xml_feed() ends */
typedef tt_status (*tti_xml_fn)(void *ctx, const tti_xml_item *item);

/** @return TT_OK, TT_ENOMEM. Owner: the caller, tti_xml_close(). */
tt_status tti_xml_open(tti_xml **out, const tti_xml_options *options, tti_xml_fn emit, void *ctx);

/**
 * Parses the next bytes of the document: at least four the first time, unless it is shorter. `last`
 * says that there are no more.
 * @return TT_OK; TT_EFORMAT (not well formed, refused or no news, see tti_xml_fault()); TT_ENOMEM;
 * what `emit` returned.
 */
tt_status tti_xml_feed(tti_xml *xml, const char *bytes, size_t size, int last);

/** The reason for TT_EFORMAT, borrowed, and its line. */
const char *tti_xml_fault(const tti_xml *xml, uint64_t *line);

/** NULL is allowed. */
void tti_xml_close(tti_xml *xml);

/** Whether tti_xml_feed() reads documents with this root element, named without a prefix. */
int tti_xml_is_root(const char *name);

#endif
