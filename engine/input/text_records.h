/* Text files that have many records, in forms that are not read. */
#ifndef TTI_INPUT_TEXT_RECORDS_H
#define TTI_INPUT_TEXT_RECORDS_H

#include <stddef.h>

/** What the first bytes of a text show it to be, with what to do about it in *advice; NULL: one
 * text. */
const char *tti_text_records_kind(const char *bytes, size_t size, const char **advice);

/** Whether all lines, two or more, have the same number of tabs, and one at least, but for those at
 * the ends of the line; blank lines and those that begin with '<' or '#' do not count. */
int tti_text_records_has_columns(const char *bytes, size_t size);

#endif
