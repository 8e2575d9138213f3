#define _POSIX_C_SOURCE 200809L
#include "format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "twicetold.h"
#include "util/utf8.h"

const char *format_number(char to[FORMAT_NUMBER_SIZE], double value)
{
    if (isnan(value)) {
        (void)snprintf(to, FORMAT_NUMBER_SIZE, "null");
        return to;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(to, FORMAT_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(to, NULL) == value)
            break;
    }
    return to;
}

const char *format_count(char to[FORMAT_NUMBER_SIZE], uint64_t count)
{
    char digits[24];
    const int size = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *at = to;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return to;
}

const char *format_time(char *to, size_t size, const char *format, int64_t microseconds)
{
    const time_t seconds = (time_t)(microseconds / 1000000);
    struct tm t;
    to[0] = '\0';
    if (microseconds != TT_NO_TIME && gmtime_r(&seconds, &t) != NULL)
        (void)strftime(to, size, format, &t);
    return to;
}

int format_id_size(const char *id, size_t size)
{
    return (int)tti_utf8_cut(id, size, SHOWN_ID_SIZE);
}
