/* A page in HTML as an article: its text, its title, and what its metadata say. */
#ifndef TTI_INPUT_HTML_PAGE_H
#define TTI_INPUT_HTML_PAGE_H

#include "input/json_item.h"

/**
 * Writes the page as an object with those of the members id (the path), text, title, published,
 * source and url that it has, and leaves `page` changed; `date` is the time of one that names none,
 * or "". The text is that of the element article, or else main, or else body, without menus and
 * forms. *has_text: there is any. @return TT_OK, TT_ENOMEM
 */
tt_status tti_html_page_read(char *page, size_t size, const char *path, const char *date,
                             tti_char_array *object, int *has_text, const tt_allocator *allocator);

/**
 * Converts a page that is not in UTF-8 from `encoding`, or, where that is "", from the one that it
 * declares, and leaves `decoded` empty if it is in UTF-8, or that is none that is known. What is
 * called Latin-1 is Windows-1252, as browsers have it. @return TT_OK, TT_ENOMEM
 */
tt_status tti_html_page_decode(const char *page, size_t size, const char *encoding,
                               tti_char_array *decoded, const tt_allocator *allocator);

#endif
