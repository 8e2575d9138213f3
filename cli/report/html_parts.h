/* What stands before and after the data of a page; html_parts.c is made from cli/page/. */
#ifndef CLI_REPORT_HTML_PARTS_H
#define CLI_REPORT_HTML_PARTS_H

#include <stddef.h>

extern const unsigned char page_head[], page_tail[];
extern const size_t page_head_size, page_tail_size;

#endif
