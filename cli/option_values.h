/* The values of options: from words to settings, and what may stand there, in words. */
#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include "option_table.h"

/** Puts `text` (NULL where the option takes none) into its place. @return 0, or -1: not allowed */
int option_parse_value(const option_row *r, const char *text, settings *s);

/** What may stand in the option, in words. */
void option_describe_value(const option_row *r, char *to, size_t size);

/** The words that may stand in the option, ended by NULL; NULL where it takes no fixed ones. */
const char *const *option_words(const option_row *r);

#endif
