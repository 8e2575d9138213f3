/* The values of options: from words to settings, and what may stand there, in words. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "table.h"

/** Puts `text` (NULL where the option takes none) into its place. @return 0, or -1: not allowed */
int value_parse(const row *r, const char *text, settings *s);

/** What may stand in the option, in words. */
void value_describe(const row *r, char *to, size_t size);

/** The words that may stand in the option, ended by NULL; NULL where it takes no fixed ones. */
const char *const *value_words(const row *r);

#endif
