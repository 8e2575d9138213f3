/*
 * Web archives: the records of a WARC file (ISO 28500), and of the WET files of Common Crawl,
 * become lines of JSON, piece by piece as they are read. A page in HTML is read as a file of one is
 * (input/html_page.h), plain text is the text of an article; the id is the address, and what has no
 * date gets that of the capture.
 */
#ifndef TTI_INPUT_WARC_H
#define TTI_INPUT_WARC_H

#include "input/xml.h"

typedef struct tti_warc tti_warc;

typedef struct tti_warc_options {
    const tt_allocator *allocator;
    uint64_t longest_record; /**< the most bytes of a record, and of the page in it */
    /** Counts a record of a response that is no page, by a made-up name as "x.png". @return TT_OK,
     * TT_ENOMEM */
    tt_status (*pass_over)(void *ctx, const char *name);
} tti_warc_options;

/** Takes records, borrowed for the call, as tti_xml_fn does; their lines are their numbers, from 1.
 * @return TT_OK, TT_ENOMEM. Owner: the caller, tti_warc_close(). */
tt_status tti_warc_open(tti_warc **out, const tti_warc_options *options, tti_xml_fn emit,
                        void *ctx);

/**
 * Reads the next bytes; `last` says that there are no more.
 * @return TT_OK; TT_EFORMAT (no record where one should begin, or cut, see tti_warc_fault());
 * TT_ENOMEM; what `emit` or `pass_over` returned.
 */
tt_status tti_warc_feed(tti_warc *warc, const char *bytes, size_t size, int last);

/** The reason for TT_EFORMAT, borrowed, and the number of its record. */
const char *tti_warc_fault(const tti_warc *warc, uint64_t *record);

/** NULL is allowed. */
void tti_warc_close(tti_warc *warc);

#endif
