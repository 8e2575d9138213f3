/* RFC 3339 times as microseconds since 1970. */
#include "read/jsonl.h"

/* Reads `count` digits; -1 if they are not all there. */
static int read_digits(const char **p, const char *end, int count)
{
    int value = 0;
    if (end - *p < count)
        return -1;
    for (int i = 0; i < count; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        value = value * 10 + (**p - '0');
    }
    return value;
}

static int take(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return 0;
    (*p)++;
    return 1;
}

/* Days from 1970-01-01 (Howard Hinnant's days_from_civil). */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* ".123456789" -> 123456; -1 if there is no digit after the point. */
static int64_t read_fraction(const char **p, const char *end)
{
    int64_t micros = 0, unit = 100000;
    if (!take(p, end, '.') && !take(p, end, ','))
        return 0;
    if (*p == end || **p < '0' || **p > '9')
        return -1;
    for (; *p != end && **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
        micros += (**p - '0') * unit;
    return micros;
}

/* "Z", "+01:00", "+0100" or nothing -> seconds east; INT64_MIN if it is none of these. */
static int64_t read_offset(const char **p, const char *end)
{
    int sign, hours, minutes;
    if (*p == end || take(p, end, 'Z') || take(p, end, 'z'))
        return 0;
    sign = **p == '-' ? -1 : 1;
    if (!take(p, end, '+') && !take(p, end, '-'))
        return INT64_MIN;
    hours = read_digits(p, end, 2);
    (void)take(p, end, ':');
    minutes = read_digits(p, end, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return INT64_MIN;
    return sign * (hours * 3600 + minutes * 60);
}

int64_t tti_moment_parse(const char *text, size_t size)
{
    const char *p = text, *const end = text + size;
    int year, month, day, hour, minute, second;
    int64_t days, micros, offset;
    if (size == 0)
        return TT_NO_TIME;
    year = read_digits(&p, end, 4);
    if (year < 0 || !take(&p, end, '-'))
        return TT_NO_TIME;
    month = read_digits(&p, end, 2);
    if (month < 1 || month > 12 || !take(&p, end, '-'))
        return TT_NO_TIME;
    day = read_digits(&p, end, 2);
    if (day < 1 || day > days_in_month(year, month))
        return TT_NO_TIME;
    days = days_of(year, month, day);
    if (p == end)
        return days * 86400 * 1000000;
    if (!take(&p, end, 'T') && !take(&p, end, 't') && !take(&p, end, ' '))
        return TT_NO_TIME;
    hour = read_digits(&p, end, 2);
    if (hour < 0 || hour > 23 || !take(&p, end, ':'))
        return TT_NO_TIME;
    minute = read_digits(&p, end, 2);
    if (minute < 0 || minute > 59 || !take(&p, end, ':'))
        return TT_NO_TIME;
    second = read_digits(&p, end, 2); /* 60 is a leap second */
    if (second < 0 || second > 60)
        return TT_NO_TIME;
    micros = read_fraction(&p, end);
    offset = read_offset(&p, end);
    if (micros < 0 || offset == INT64_MIN || p != end)
        return TT_NO_TIME;
    return (days * 86400 + hour * 3600 + minute * 60 + second - offset) * 1000000 + micros;
}
