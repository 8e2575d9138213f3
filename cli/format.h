/* Numbers, times and shortened text as the command writes them. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum { FORMAT_NUMBER_SIZE = 40, SHOWN_ID_SIZE = 100 };

/** The shortest decimal that reads back as the same number, or "null" for NAN. @return `to` */
const char *format_number(char to[FORMAT_NUMBER_SIZE], double value);

/** A whole number with a comma between thousands. @return `to` */
const char *format_count(char to[FORMAT_NUMBER_SIZE], uint64_t count);

/** A time in UTC by a format of strftime(3); "" for TT_NO_TIME. @return `to` */
const char *format_time(char *to, size_t size, const char *format, int64_t microseconds);

/** How many bytes of an id to show in a message, as the precision of "%.*s". */
int format_id_size(const char *id, size_t size);

#endif
