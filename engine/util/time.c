#include "util/time.h"

#include <stdio.h>
#include <string.h>

/* The number that the next `count` characters write; -1 if they are not all digits. */
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

static int skip_character(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return 0;
    (*p)++;
    return 1;
}

/* Days from 1970-01-01 (Howard Hinnant's days_from_civil). */
static int64_t days_since_epoch(int year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The other way round (civil_from_days). */
static void date_of_days(int64_t days, int64_t *year, int *month, int *day)
{
    const int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t of_era = z - era * 146097;
    const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

size_t tti_time_write(int64_t time, char out[TTI_TIME_ROOM])
{
    const int64_t day_length = INT64_C(86400) * 1000000;
    const int is_before = time % day_length < 0;
    const int64_t days = time / day_length - is_before,
                  of_day = time % day_length + is_before * day_length;
    const int seconds = (int)(of_day / 1000000), fraction = (int)(of_day % 1000000);
    int64_t year;
    int month, day, size;
    date_of_days(days, &year, &month, &day);
    size = snprintf(out, TTI_TIME_ROOM, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)year, month,
                    day, seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (fraction != 0)
        size += snprintf(out + size, TTI_TIME_ROOM - (size_t)size, ".%06d", fraction);
    size += snprintf(out + size, TTI_TIME_ROOM - (size_t)size, "Z");
    return (size_t)size;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Microseconds of a fraction, 123456 for ".123456789"; -1 if no digit follows the point. */
static int64_t read_fraction(const char **p, const char *end)
{
    int64_t micros = 0, unit = 100000;
    if (!skip_character(p, end, '.') && !skip_character(p, end, ','))
        return 0;
    if (*p == end || **p < '0' || **p > '9')
        return -1;
    for (; *p != end && **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
        micros += (**p - '0') * unit;
    return micros;
}

/* Seconds east of UTC for "Z", "+01:00", "+0100" or nothing; INT64_MIN for anything else. */
static int64_t read_utc_offset(const char **p, const char *end)
{
    int sign, hours, minutes;
    if (*p == end || skip_character(p, end, 'Z') || skip_character(p, end, 'z'))
        return 0;
    sign = **p == '-' ? -1 : 1;
    if (!skip_character(p, end, '+') && !skip_character(p, end, '-'))
        return INT64_MIN;
    hours = read_digits(p, end, 2);
    (void)skip_character(p, end, ':');
    minutes = read_digits(p, end, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return INT64_MIN;
    return sign * (hours * 3600 + minutes * 60);
}

int64_t tt_time_parse(const char *text, size_t size)
{
    const char *p = text, *end;
    int year, month, day, hour, minute, second;
    int64_t days, micros, offset;
    if (text == NULL || size == 0)
        return TT_NO_TIME;
    end = text + size;
    year = read_digits(&p, end, 4);
    if (year < 0 || !skip_character(&p, end, '-'))
        return TT_NO_TIME;
    month = read_digits(&p, end, 2);
    if (month < 1 || month > 12 || !skip_character(&p, end, '-'))
        return TT_NO_TIME;
    day = read_digits(&p, end, 2);
    if (day < 1 || day > days_in_month(year, month))
        return TT_NO_TIME;
    days = days_since_epoch(year, month, day);
    if (p == end)
        return days * 86400 * 1000000;
    if (!skip_character(&p, end, 'T') && !skip_character(&p, end, 't') &&
        !skip_character(&p, end, ' '))
        return TT_NO_TIME;
    hour = read_digits(&p, end, 2);
    if (hour < 0 || hour > 23 || !skip_character(&p, end, ':'))
        return TT_NO_TIME;
    minute = read_digits(&p, end, 2);
    if (minute < 0 || minute > 59 || !skip_character(&p, end, ':'))
        return TT_NO_TIME;
    second = read_digits(&p, end, 2); /* 60 is a leap second */
    if (second < 0 || second > 60)
        return TT_NO_TIME;
    micros = read_fraction(&p, end);
    offset = read_utc_offset(&p, end);
    if (micros < 0 || offset == INT64_MIN || p != end)
        return TT_NO_TIME;
    return (days * 86400 + hour * 3600 + minute * 60 + second - offset) * 1000000 + micros;
}

/* ---- Other formats --------------------------------------------------------------------------- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_white_space(const char **p, const char *end)
{
    while (*p != end && (**p == ' ' || **p == '\t' || **p == '\n' || **p == '\r'))
        (*p)++;
}

/* The number that the next digits write, `most` of them at the most; -1 if there is none. */
static int read_up_to_digits(const char **p, const char *end, int most)
{
    int value = -1;
    for (; *p != end && is_digit(**p) && most > 0; (*p)++, most--)
        value = (value < 0 ? 0 : value) * 10 + (**p - '0');
    return value;
}

/* The index of the next three letters in `list`, which has a word every three bytes; -1 if it has
 * no such word. */
static int match_three_letters(const char **p, const char *end, const char *list)
{
    if (end - *p < 3)
        return -1;
    for (int i = 0; list[3 * i] != '\0'; i++)
        if (((*p)[0] | 0x20) == list[3 * i] && ((*p)[1] | 0x20) == list[3 * i + 1] &&
            ((*p)[2] | 0x20) == list[3 * i + 2]) {
            *p += 3;
            return i;
        }
    return -1;
}

/* Minutes east of UTC for a zone of RFC 822, such as "+0100", "GMT" or "EST"; an unknown name is
 * UTC, as RFC 5322 says. */
static int read_rfc822_zone(const char *p, const char *end)
{
    static const char names[] = "estedtcstcdtmstmdtpstpdt";
    static const int hours[] = {-5, -4, -6, -5, -7, -6, -8, -7};
    const int sign = p != end && *p == '-' ? -1 : 1;
    int index;
    if (p != end && (*p == '+' || *p == '-')) {
        int east, minutes;
        p++;
        east = read_digits(&p, end, 2);
        (void)skip_character(&p, end, ':');
        minutes = read_digits(&p, end, 2);
        return east < 0 || minutes < 0 ? 0 : sign * (east * 60 + minutes);
    }
    index = match_three_letters(&p, end, names);
    return index < 0 ? 0 : hours[index] * 60;
}

/* "Thu, 12 Mar 2026 09:15:00 +0100" */
static int rfc822_to_rfc3339(const char *p, const char *end, char out[TTI_TIME_ROOM])
{
    int day, month, year, hour, minute, second = 0, zone, used;
    if (match_three_letters(&p, end, "montuewedthufrisatsun") >= 0) {
        while (p != end && *p != ',' && *p != ' ') /* "Thursday" */
            p++;
        (void)skip_character(&p, end, ',');
        skip_white_space(&p, end);
    }
    day = read_up_to_digits(&p, end, 2);
    while (p != end && (*p == ' ' || *p == '-'))
        p++;
    month = match_three_letters(&p, end, "janfebmaraprmayjunjulaugsepoctnovdec");
    while (p != end && ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'))
        p++;
    while (p != end && (*p == ' ' || *p == '-'))
        p++;
    year = read_up_to_digits(&p, end, 4);
    if (day < 1 || month < 0 || year < 0)
        return 0;
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    skip_white_space(&p, end);
    hour = read_up_to_digits(&p, end, 2);
    if (hour < 0 || !skip_character(&p, end, ':') || (minute = read_up_to_digits(&p, end, 2)) < 0)
        return 0;
    if (skip_character(&p, end, ':') && (second = read_up_to_digits(&p, end, 2)) < 0)
        return 0;
    skip_white_space(&p, end);
    zone = read_rfc822_zone(p, end);
    used = snprintf(out, TTI_TIME_ROOM, "%04d-%02d-%02dT%02d:%02d:%02d%c", year % 10000,
                    (month + 1) % 100, day % 100, hour % 100, minute % 100, second % 100,
                    zone < 0 ? '-' : '+');
    zone = zone < 0 ? -zone : zone;
    (void)snprintf(out + used, TTI_TIME_ROOM - (size_t)used, "%02d:%02d", zone / 60 % 100,
                   zone % 60);
    return 1;
}

/* "20260312T091500+0100", "20260312T0915Z", "20260312" */
static int basic_iso8601_to_rfc3339(const char *p, const char *end, char out[TTI_TIME_ROOM])
{
    const int day = read_digits(&p, end, 8);
    int hour, minute, second = 0;
    int used;
    if (day < 0)
        return 0;
    used = snprintf(out, TTI_TIME_ROOM, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
    if (p == end)
        return 1;
    if (!skip_character(&p, end, 'T'))
        return 0;
    hour = read_digits(&p, end, 2);
    (void)skip_character(&p, end, ':');
    minute = read_digits(&p, end, 2);
    (void)skip_character(&p, end, ':');
    if (p != end && is_digit(*p))
        second = read_digits(&p, end, 2);
    if (hour < 0 || minute < 0 || second < 0 || read_fraction(&p, end) < 0 || end - p > 6)
        return 0;
    (void)snprintf(out + used, TTI_TIME_ROOM - (size_t)used, "T%02d:%02d:%02d%.*s", hour % 100,
                   minute % 100, second % 100, p == end ? 1 : (int)(end - p), p == end ? "Z" : p);
    return 1;
}

size_t tti_time_to_rfc3339(const char *text, size_t size, char out[TTI_TIME_ROOM])
{
    const char *p = text, *end = text + size;
    skip_white_space(&p, end);
    while (end != p && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    size = (size_t)(end - p);
    if (size + 2 < TTI_TIME_ROOM && tt_time_parse(p, size) != TT_NO_TIME) {
        memcpy(out, p, size);
        out[size] = '\0';
    } else if (!basic_iso8601_to_rfc3339(p, end, out) && !rfc822_to_rfc3339(p, end, out)) {
        return 0;
    }
    size = strlen(out);
    if (size > 11 && (out[size - 5] == '+' || out[size - 5] == '-') && size + 2 < TTI_TIME_ROOM) {
        memmove(out + size - 1, out + size - 2, 3); /* +0100 */
        out[size - 2] = ':';
        size++;
    }
    return tt_time_parse(out, size) == TT_NO_TIME ? 0 : size;
}

/* ---- Forms that assume something ------------------------------------------------------------- */

/* Seconds since 1970, or milliseconds or microseconds of the same years (1973 to 5138): the number
 * of digits decides. */
static int64_t read_epoch(const char *p, const char *end, uint32_t *notes)
{
    int64_t value = 0, fraction = 0;
    int digits = 0;
    for (; p != end && is_digit(*p) && digits < 18; p++, digits++)
        value = value * 10 + (*p - '0');
    if (p != end)
        fraction = read_fraction(&p, end);
    if (p != end || fraction < 0 || digits < 9 || digits > 17)
        return TT_NO_TIME;
    *notes |= TT_NOTE_EPOCH;
    return digits <= 11 ? value * 1000000 + fraction : digits <= 14 ? value * 1000 : value;
}

/* Whether something follows the last number with colons in it: "Z", "+0100", "GMT". */
static int has_zone(const char *text, size_t size)
{
    const char *colon = memchr(text, ':', size), *end = text + size;
    if (colon == NULL) /* a day, or the basic form */
        return memchr(text, 'T', size) == NULL || !is_digit(end[-1]) ||
               (size > 5 && (end[-5] == '+' || end[-5] == '-'));
    while (colon != end && (is_digit(*colon) || *colon == ':' || *colon == '.' || *colon == ','))
        colon++;
    while (colon != end && (*colon == ' ' || *colon == '\t'))
        colon++;
    return colon != end;
}

/* "12.03.2026 09:15" as "2026-03-12 09:15": who writes dots has the day first, which cannot be said
 * of slashes. @return its size; 0: it is no such date */
static size_t turn_day_first(const char *text, size_t size, char turned[TTI_TIME_ROOM + 8])
{
    const char *p = text, *end = text + size;
    const int day = read_up_to_digits(&p, end, 2), dot = skip_character(&p, end, '.');
    const int month = read_up_to_digits(&p, end, 2), second_dot = skip_character(&p, end, '.');
    const int year = read_digits(&p, end, 4);
    if (day < 0 || !dot || month < 0 || !second_dot || year < 0 || (p != end && is_digit(*p)))
        return 0;
    (void)skip_character(&p, end, ',');
    (void)snprintf(turned, TTI_TIME_ROOM + 8, "%04d-%02d-%02d%.*s", year, month, day,
                   (int)(end - p), p);
    return strlen(turned);
}

int64_t tti_time_read(const char *text, size_t size, uint32_t *notes)
{
    char copy[TTI_TIME_ROOM + 8], moment[TTI_TIME_ROOM], turned[TTI_TIME_ROOM + 8];
    int64_t time;
    int colons = 0;
    size_t used = 0;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    for (; size > 0 && strchr(" \t\r\n", *text) != NULL; text++)
        size--;
    if (size == 0 || size > TTI_TIME_ROOM - 4)
        return TT_NO_TIME;
    if (text[size - 1] == 'Z' && (time = tt_time_parse(text, size)) != TT_NO_TIME)
        return time; /* as most are */
    used = turn_day_first(text, size, turned);
    if (used > 0) {
        text = turned;
        size = used;
    }
    if (size >= 9 && (time = read_epoch(text, text + size, notes)) != TT_NO_TIME)
        return time;
    for (size_t i = 0; i < size; i++) {
        colons += text[i] == ':' && i < 17;
        copy[i] = (i == 4 || i == 7) && text[i] == '/' && is_digit(text[0]) ? '-' : text[i];
    }
    used = size;
    if (size > 4 && memcmp(copy + size - 4, " UTC", 4) == 0) {
        used = size - 4;
        copy[used++] = 'Z';
    }
    if (colons == 1 && used >= 16 && copy[4] == '-' && copy[13] == ':') { /* seconds are missing */
        memmove(copy + 19, copy + 16, used - 16);
        memcpy(copy + 16, ":00", 3);
        used += 3;
    }
    time = tt_time_parse(copy, used);
    if (time == TT_NO_TIME && (used = tti_time_to_rfc3339(text, size, moment)) > 0)
        time = tt_time_parse(moment, used);
    if (time != TT_NO_TIME && !has_zone(text, size))
        *notes |= TT_NOTE_NO_ZONE;
    return time;
}
