/* Files that the service sends, compiled in by embed.cmake. */
#ifndef CLI_SERVE_LIVE_PAGE_H
#define CLI_SERVE_LIVE_PAGE_H

#include <stddef.h>

extern const unsigned char live_page[], openapi_file[];
extern const size_t live_page_size, openapi_file_size;
/** The Content-Security-Policy of the page. */
extern const char live_page_policy[];

#endif
