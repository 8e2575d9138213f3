/* The text of HTML, XHTML or NITF, of whole documents or parts, well formed or not. */
#ifndef TTI_INPUT_MARKUP_H
#define TTI_INPUT_MARKUP_H

#include <stddef.h>

/**
 * Replaces markup by its text, in place. A blank line separates paragraphs and other blocks, a
 * newline separates lines (br, rows of a table), and a space what else has white space between.
 * Character references are resolved; scripts, styles, NITF's heads and media are left out; of other
 * elements the content is kept. @return bytes of the text, never more than `size`. Linear in
 * `size`.
 */
size_t tti_markup_strip(char *text, size_t size);

/** Whether a text is HTML and not one in which tags are mentioned: it begins with a tag that no
 * blank follows, or has another, or has a tag and its end and one in 400 bytes. Linear in `size`,
 * and quick for a text without '<'. */
int tti_markup_is_html(const char *text, size_t size);

/** Makes a text one line, in place: runs of white space become one space, and go at the ends. */
size_t tti_markup_normalize_space(char *text, size_t size);

/** Writes the character that has this name in HTML. @return its bytes; 0: there is none */
size_t tti_markup_entity(const char *name, size_t size, char out[4]);

#endif
