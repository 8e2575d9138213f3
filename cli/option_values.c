#define _DEFAULT_SOURCE
#include "option_values.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "nearest.h"

static const char *const keep_words[] = {"longest", "first", "newest", NULL};
static const char *const paragraph_words[] = {"auto", "line", "blank", "none", NULL};
static const char *const text_format_words[] = {"auto", "plain", "html", NULL};
static const char *const source_words[] = {"any", "across", "within", NULL};
static const char *const cut_words[] = {"off", "all", "notices", "within", NULL};
static const char *const log_words[] = {"text", "json", NULL};
static const char *const when_words[] = {"auto", "always", "never", NULL};

static int find_word(const char *const *words, const char *text)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

static int parse_word(const char *const *words, const char *text, int32_t *out)
{
    const int place = find_word(words, text);
    if (place < 0)
        return -1;
    *out = place;
    return 0;
}

static int parse_share(const char *text, double *out)
{
    char *end;
    double value;
    if ((*text < '0' || *text > '9') && *text != '.')
        return -1;
    value = strtod(text, &end);
    if (*end != '\0' || !(value > 0 && value <= 1))
        return -1;
    *out = value;
    return 0;
}

static int parse_whole(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno != 0 || *end != '\0' || *out < minimum || *out > maximum ? -1 : 0;
}

static int parse_size(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    static const char *const suffixes[] = {"",   "K",   "M",   "G",   "KB", "MB",
                                           "GB", "KiB", "MiB", "GiB", "B",  NULL};
    static const unsigned char shifts[] = {0, 10, 20, 30, 10, 20, 30, 10, 20, 30, 0};
    char *end;
    uint64_t value;
    int suffix;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    value = strtoull(text, &end, 10);
    suffix = find_word(suffixes, end);
    if (errno != 0 || suffix < 0 || value > maximum >> shifts[suffix])
        return -1;
    *out = value << shifts[suffix];
    return *out < minimum ? -1 : 0;
}

/* A random seed has 53 bits, so that every JSON reader returns it unchanged. */
static int parse_seed(const char *text, uint64_t *out)
{
    if (strcmp(text, "random") == 0) {
        if (getrandom(out, sizeof *out, 0) != (ssize_t)sizeof *out)
            return -1;
        *out >>= 11;
        return 0;
    }
    return parse_whole(text, 0, UINT64_MAX, out);
}

int option_parse_time(const char *text, int64_t *out)
{
    static const char *const words[] = {"today", "yesterday", NULL};
    const int word = find_word(words, text);
    const int64_t day = 86400;
    *out =
        word >= 0 ? (time(NULL) / day - word) * day * 1000000 : tt_time_parse(text, strlen(text));
    return *out == TT_NO_TIME ? -1 : 0;
}

/* `bare` is the unit of a number without one, or 0 if a unit is required. */
static int parse_duration(const char *text, int64_t bare, int64_t *out)
{
    static const char *const units[] = {"", "ms", "s", "m", "h", "d", "w", NULL};
    const int64_t lengths[] = {bare,       1000,        1000000,     60000000,
                               3600000000, 86400000000, 604800000000};
    char *end;
    long long value;
    int unit;
    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    value = strtoll(text, &end, 10);
    unit = find_word(units, end);
    if (errno != 0 || unit < 0 || lengths[unit] == 0 || value < 1 ||
        value > INT64_MAX / 2 / lengths[unit])
        return -1;
    *out = value * lengths[unit];
    return 0;
}

static int parse_keep(const char *text, tt_options *engine)
{
    static const char source[] = "source:";
    if (strncmp(text, source, sizeof source - 1) == 0) {
        engine->keep = TT_KEEP_SOURCE;
        engine->keep_sources = text + sizeof source - 1;
        return *engine->keep_sources == '\0' ? -1 : 0;
    }
    engine->keep_sources = NULL;
    return parse_word(keep_words, text, &engine->keep);
}

/* The range of a number: an option of the engine has the engine's. */
static void find_range(const option_row *r, uint64_t *minimum, uint64_t *maximum)
{
    size_t count;
    const tt_option *options = tt_option_list(&count);
    *minimum = r->minimum;
    *maximum = r->maximum;
    for (size_t i = 0; i < count; i++)
        if (offsetof(settings, engine) + options[i].offset == r->offset) {
            *minimum = options[i].min;
            *maximum = options[i].max;
        }
}

int option_parse_value(const option_row *r, const char *text, settings *s)
{
    void *field = (char *)s + r->offset;
    uint64_t whole, minimum, maximum;
    find_range(r, &minimum, &maximum);
    switch (r->kind) {
    case KIND_FLAG: *(int32_t *)field = 1; return 0;
    case KIND_FIND: s->engine.find |= (uint32_t)r->maximum; return 0;
    case KIND_STRING: *(const char **)field = text; return *text == '\0' ? -1 : 0;
    case KIND_RULE:
        if (strcmp(text, "off") == 0) {
            *(double *)field = TT_OFF;
            return 0;
        }
        return parse_share(text, field);
    case KIND_SHARE: return parse_share(text, field);
    case KIND_NUMBER:
        if (parse_whole(text, minimum, maximum, &whole) != 0)
            return -1;
        *(uint32_t *)field = (uint32_t)whole;
        return 0;
    case KIND_THREADS:
        if (parse_whole(text, minimum, maximum, &whole) != 0)
            return -1;
        *(int32_t *)field = (int32_t)whole;
        return 0;
    case KIND_SIZE: return parse_size(text, minimum, maximum, field);
    case KIND_SEED: return parse_seed(text, field);
    case KIND_KEEP: return parse_keep(text, &s->engine);
    case KIND_PARAGRAPHS: return parse_word(paragraph_words, text, field);
    case KIND_TEXT_FORMAT: return parse_word(text_format_words, text, field);
    case KIND_CUT: return parse_word(cut_words, text, field);
    case KIND_SOURCES: return parse_word(source_words, text, field);
    case KIND_PROGRESS:
    case KIND_COLOR: return parse_word(when_words, text, field);
    case KIND_LOG: return parse_word(log_words, text, field);
    case KIND_TIME: return option_parse_time(text, field);
    case KIND_DURATION: return parse_duration(text, (int64_t)r->maximum, field);
    case KIND_HELP:
    case KIND_HELP_ALL: break;
    }
    return 0;
}

/* "32M" for 33554432. */
static void describe_size(char *to, size_t size, uint64_t bytes)
{
    int unit = 0;
    while (unit < 4 && bytes > 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    (void)snprintf(to, size, "%" PRIu64 "%.1s", bytes, &"\0KMGT"[unit]);
}

void option_describe_value(const option_row *r, char *to, size_t size)
{
    uint64_t minimum, maximum;
    char least[24], most[24];
    find_range(r, &minimum, &maximum);
    switch (r->kind) {
    case KIND_STRING: (void)snprintf(to, size, "text that is not empty"); return;
    case KIND_RULE: (void)snprintf(to, size, "a number above 0 and up to 1, or off"); return;
    case KIND_SHARE: (void)snprintf(to, size, "a number above 0 and up to 1"); return;
    case KIND_NUMBER:
    case KIND_THREADS:
        (void)snprintf(to, size, "a whole number from %" PRIu64 " to %" PRIu64, minimum, maximum);
        return;
    case KIND_SIZE:
        describe_size(least, sizeof least, minimum);
        describe_size(most, sizeof most, maximum);
        if (maximum > UINT64_C(1) << 50)
            (void)snprintf(to, size, "a size of %s or more, as 64K, 300M or 16GiB", least);
        else
            (void)snprintf(to, size, "a size from %s to %s, as 5000000, 64K or 16MiB", least, most);
        return;
    case KIND_SEED: (void)snprintf(to, size, "a whole number below 2^64, or random"); return;
    case KIND_KEEP:
        (void)snprintf(to, size, "longest, first, newest or source:NAME,NAME,...");
        return;
    case KIND_PARAGRAPHS: (void)snprintf(to, size, "auto, line, blank or none"); return;
    case KIND_TEXT_FORMAT: (void)snprintf(to, size, "auto, plain or html"); return;
    case KIND_CUT: (void)snprintf(to, size, "all, notices, within or off"); return;
    case KIND_SOURCES: (void)snprintf(to, size, "any, across or within"); return;
    case KIND_PROGRESS:
    case KIND_COLOR: (void)snprintf(to, size, "auto, always or never"); return;
    case KIND_LOG: (void)snprintf(to, size, "text or json"); return;
    case KIND_TIME:
        (void)snprintf(to, size,
                       "a date or a time, as 2025-11-24, 2025-11-24T08:30:00Z or yesterday");
        return;
    case KIND_DURATION:
        (void)snprintf(to, size, "a length of time, as 2w, 30d, 72h, 15m, 10s or 100ms");
        return;
    case KIND_FLAG:
    case KIND_FIND:
    case KIND_HELP:
    case KIND_HELP_ALL: (void)snprintf(to, size, "no value"); return;
    }
}

/* "0.8" for "80", "80%" and "0,8". */
static int suggest_share(const char *text, char *to, size_t size)
{
    char plain[20], *end;
    double value;
    if (*text == '\0' || strlen(text) >= sizeof plain)
        return 0;
    (void)snprintf(plain, sizeof plain, "%s", text);
    for (end = plain; *end != '\0'; end++)
        if (*end == ',')
            *end = '.';
    if (plain[0] < '0' || plain[0] > '9')
        return 0;
    value = strtod(plain, &end);
    if (*end == '%' || value >= 10)
        value /= 100;
    if (*end == '%')
        end++;
    if (*end != '\0')
        return 0;
    (void)snprintf(to, size, "%.6g", value);
    return value > 0 && value <= 1;
}

int option_suggest_value(const option_row *r, const char *text, char *to, size_t size)
{
    const char *const *words = option_words(r);
    nearest best = {0};
    if (r->kind == KIND_RULE || r->kind == KIND_SHARE)
        return suggest_share(text, to, size);
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        nearest_try(&best, text, words[i]);
    if (best.word == NULL && r->kind == KIND_KEEP)
        best.word = nearest_synonym(text);
    if (best.word == NULL)
        return 0;
    (void)snprintf(to, size, "%s", best.word);
    return 1;
}

const char *const *option_words(const option_row *r)
{
    switch (r->kind) {
    case KIND_KEEP: return keep_words;
    case KIND_PARAGRAPHS: return paragraph_words;
    case KIND_TEXT_FORMAT: return text_format_words;
    case KIND_CUT: return cut_words;
    case KIND_SOURCES: return source_words;
    case KIND_PROGRESS:
    case KIND_COLOR: return when_words;
    case KIND_LOG: return log_words;
    default: return NULL;
    }
}
