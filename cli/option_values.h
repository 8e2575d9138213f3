/* The values of options: parsing them, and describing what is allowed. */
#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include "option_table.h"

/** Stores the value `text` (NULL if the option has none) in the settings. @return 0, or -1 if it is
 * not allowed */
int option_parse_value(const option_row *r, const char *text, settings *s);

/** Reads a date or a time, or "today" or "yesterday". @return likewise */
int option_parse_time(const char *text, int64_t *out);

/** Describes the allowed values in words. */
void option_describe_value(const option_row *r, char *to, size_t size);

/** Writes the allowed value that `text` may stand for. @return 0: there is none */
int option_suggest_value(const option_row *r, const char *text, char *to, size_t size);

/** The allowed words, ended by NULL, or NULL if the option does not have a fixed list of them. */
const char *const *option_words(const option_row *r);

#endif
