/*
 * Times. tt_time_parse(), the one parser of RFC 3339, is public; the wire formats of news write
 * times in two other ways, which are turned into RFC 3339 first.
 */
#ifndef TTI_UTIL_TIME_H
#define TTI_UTIL_TIME_H

#include "twicetold.h"

/** Room for a time in RFC 3339, with its NUL. */
enum { TTI_TIME_ROOM = 48 };

/** Writes a time as RFC 3339: one that is so already, one in the basic form of ISO 8601 (NITF), or
 * one of RFC 822 (RSS). @return its bytes, or 0 if it is no time */
size_t tti_time_to_rfc3339(const char *text, size_t size, char out[TTI_TIME_ROOM]);

/**
 * Reads a time in any form that leaves no doubt about its day: those above, with a blank or slashes
 * in them, without seconds, or a number of seconds, milliseconds or microseconds since 1970. What
 * is assumed is added to *notes, as TT_NOTE_*. @return microseconds since 1970, or TT_NO_TIME
 */
int64_t tti_time_read(const char *text, size_t size, uint32_t *notes);

/** Writes a time as RFC 3339 in UTC, with a fraction of a second if it has one. @return its bytes
 */
size_t tti_time_write(int64_t microseconds, char out[TTI_TIME_ROOM]);

#endif
