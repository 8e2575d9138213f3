/*
 * Files of many documents, each an element <doc>: collections as those of TREC, AQUAINT and
 * Gigaword have it, and as WikiExtractor writes it. They are no XML: a file has many of them, with
 * nothing around, and ampersands as they are. They become lines of JSON, piece by piece as they are
 * read.
 */
#ifndef TTI_INPUT_DOCUMENTS_H
#define TTI_INPUT_DOCUMENTS_H

#include "input/xml.h"

typedef struct tti_documents tti_documents;

/** Whether these first bytes are the beginning of such a file. */
int tti_documents_begin(const char *bytes, size_t size);

/** Takes documents, borrowed for the call, as tti_xml_fn does. `longest` is the most bytes of one.
 * @return TT_OK, TT_ENOMEM. Owner: the caller, tti_documents_close(). */
tt_status tti_documents_open(tti_documents **out, const tt_allocator *allocator, uint64_t longest,
                             tti_xml_fn emit, void *ctx);

/**
 * Reads the next bytes; `last` says that there are no more.
 * @return TT_OK; TT_EFORMAT (something else than a document, or one that is cut, see
 * tti_documents_fault()); TT_ENOMEM; what `emit` returned.
 */
tt_status tti_documents_feed(tti_documents *documents, const char *bytes, size_t size, int last);

/** The reason for TT_EFORMAT, borrowed, and its line. */
const char *tti_documents_fault(const tti_documents *documents, uint64_t *line);

/** NULL is allowed. */
void tti_documents_close(tti_documents *documents);

#endif
