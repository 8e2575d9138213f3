/*
 * Markup -> text: what articles hold as HTML, XHTML or NITF, whole or not, well formed or not.
 */
#ifndef TTI_INPUT_MARKUP_H
#define TTI_INPUT_MARKUP_H

#include <stddef.h>

/**
 * Replaces markup by its text, in place: paragraphs (and what else stands as a block) apart by a
 * blank line, lines (br, rows of a table) by a newline, other white space one blank. References to
 * characters are resolved; scripts, styles, NITF's heads and media are left out; other elements are
 * passed through. @return bytes of the text, never more than `size`. Linear in `size`.
 */
size_t tti_markup_strip(char *text, size_t size);

/** Makes one line of a text, in place: white space becomes one blank, none at the ends. */
size_t tti_markup_normalize_space(char *text, size_t size);

/** UTF-8 of the character that HTML calls by this name. @return its bytes, 0: no such name */
size_t tti_markup_entity(const char *name, size_t size, char out[4]);

#endif
