/* Numbers and strings as the lines of a result hold them. */
#ifndef TTI_OUTPUT_RESULT_WRITER_H
#define TTI_OUTPUT_RESULT_WRITER_H

#include <stddef.h>

/** Room that any number needs. */
enum { TTI_JSON_NUMBER_SIZE = 40 };

/**
 * Writes the shortest decimal that reads back as `value`, whatever the locale: 0.7, 1, 1e-09; null
 * where it is not finite. @return its size; no NUL is written
 */
size_t tti_json_format_number(char *to, double value);

#endif
