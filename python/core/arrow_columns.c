/*
 * One column of an Arrow batch: strings of every layout (32-bit and 64-bit offsets, views,
 * dictionaries of these), integers as ids, timestamps and dates. A stream is trusted to follow
 * Arrow's specification: its lengths and offsets are not checked.
 */
#include "arrow_columns.h"

#include "twicetold.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ==== Formats ================================================================================= */

static int is_text(const char *format)
{
    static const char *const formats[] = {"u", "U", "vu", "z", "Z", "vz"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i]) == 0)
            return 1;
    return 0;
}

static int is_integer(const char *format)
{
    return format[0] != '\0' && format[1] == '\0' && strchr("cCsSiIlL", format[0]) != NULL;
}

static int is_time(const char *format)
{
    return strncmp(format, "ts", 2) == 0 || strcmp(format, "tdD") == 0 ||
           strcmp(format, "tdm") == 0;
}

static int is_float(const char *format)
{
    return strcmp(format, "f") == 0 || strcmp(format, "g") == 0;
}

/* 16 bytes, which as an id can only be a UUID. */
static int is_uuid(const char *format)
{
    return strcmp(format, "w:16") == 0;
}

const char *core_column_kind(const struct ArrowSchema *schema)
{
    static const struct {
        const char *prefix, *kind;
    } kinds[] = {{"b", "true or false"},
                 {"e", "numbers with a fraction"},
                 {"f", "numbers with a fraction"},
                 {"g", "numbers with a fraction"},
                 {"d:", "decimals"},
                 {"w", "bytes of fixed size"},
                 {"ts", "times"},
                 {"td", "dates"},
                 {"tt", "times of day"},
                 {"tD", "durations"},
                 {"+l", "lists"},
                 {"+L", "lists"},
                 {"+w", "lists"},
                 {"+v", "lists"},
                 {"+s", "structs"},
                 {"+m", "maps"}};
    if (schema->dictionary != NULL)
        return core_column_kind(schema->dictionary);
    if (is_text(schema->format))
        return "text";
    if (is_integer(schema->format))
        return "whole numbers";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(schema->format, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].kind;
    return "of another type";
}

const char *core_column_id_format(const struct ArrowSchema *schema)
{
    static const char *const numbers[] = {"c", "C", "s", "S", "i", "I", "l", "L", "f", "g"};
    if (schema->dictionary != NULL)
        return core_column_id_format(schema->dictionary);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(schema->format, numbers[i]) == 0)
            return numbers[i];
    return strcmp(schema->format, "n") == 0 ? NULL : "u";
}

int core_column_fits(const struct ArrowSchema *schema, int use)
{
    if (schema->dictionary != NULL)
        return is_integer(schema->format) && core_column_fits(schema->dictionary, use);
    if (strcmp(schema->format, "n") == 0 || is_text(schema->format))
        return 1;
    return (use == COLUMN_ID &&
            (is_integer(schema->format) || is_float(schema->format) || is_uuid(schema->format))) ||
           (use == COLUMN_TIME && is_time(schema->format));
}

/* ==== Elements ================================================================================ */

static int is_null(const struct ArrowSchema *schema, const struct ArrowArray *a, int64_t at)
{
    const uint8_t *bits;
    if (strcmp(schema->format, "n") == 0)
        return 1;
    bits = a->n_buffers > 0 ? a->buffers[0] : NULL;
    return a->null_count != 0 && bits != NULL && (bits[at >> 3] >> (at & 7) & 1) == 0;
}

/* An integer of any width; *is_unsigned says that it is above INT64_MAX if it looks negative. */
static int64_t integer_at(char format, const void *values, int64_t at, int *is_unsigned)
{
    *is_unsigned = format == 'L';
    switch (format) {
    case 'c': return ((const int8_t *)values)[at];
    case 'C': return ((const uint8_t *)values)[at];
    case 's': return ((const int16_t *)values)[at];
    case 'S': return ((const uint16_t *)values)[at];
    case 'i': return ((const int32_t *)values)[at];
    case 'I': return ((const uint32_t *)values)[at];
    default: return ((const int64_t *)values)[at];
    }
}

/* A string of the "view" layout: 16 bytes, which hold a string of up to 12 bytes or point to it. */
static void view_at(const struct ArrowArray *a, int64_t at, text_value *out)
{
    const unsigned char *view = (const unsigned char *)a->buffers[1] + 16 * at;
    int32_t size, buffer, offset;
    memcpy(&size, view, 4);
    out->size = (size_t)size;
    if (size <= 12) {
        out->text = (const char *)view + 4;
        return;
    }
    memcpy(&buffer, view + 8, 4);
    memcpy(&offset, view + 12, 4);
    out->text = (const char *)a->buffers[2 + buffer] + offset;
}

static void text_at(const char *format, const struct ArrowArray *a, int64_t at, text_value *out)
{
    const char *bytes = a->buffers[2 < a->n_buffers ? 2 : 0];
    out->integer = 0;
    if (format[0] == 'v') {
        view_at(a, at, out);
    } else if (format[0] == 'u' || format[0] == 'z') {
        const int32_t *offsets = a->buffers[1];
        out->text = bytes + offsets[at];
        out->size = (size_t)(offsets[at + 1] - offsets[at]);
    } else {
        const int64_t *offsets = a->buffers[1];
        out->text = bytes + offsets[at];
        out->size = (size_t)(offsets[at + 1] - offsets[at]);
    }
}

/* Steps from an element of a dictionary column to the value that it refers to. @return 0: null */
static int resolve(const struct ArrowSchema **schema, const struct ArrowArray **a, int64_t *at)
{
    int is_unsigned;
    while ((*schema)->dictionary != NULL) {
        if (is_null(*schema, *a, *at))
            return 0;
        *at = integer_at((*schema)->format[0], (*a)->buffers[1], *at, &is_unsigned);
        *schema = (*schema)->dictionary;
        *a = (*a)->dictionary;
        *at += (*a)->offset;
    }
    return !is_null(*schema, *a, *at);
}

/* Writes the digits of a whole number. @return as core_column_text(): NaN is null */
static int number_at(char format, const void *values, int64_t at, text_value *out)
{
    const double value =
        format == 'f' ? (double)((const float *)values)[at] : ((const double *)values)[at];
    if (isnan(value))
        return 0;
    if (value != floor(value) || fabs(value) > 9007199254740992.0) /* 2^53 */
        return -1;
    out->size = (size_t)snprintf(out->digits, sizeof out->digits, "%.0f", value + 0.0);
    out->text = out->digits;
    out->integer = 1;
    return 1;
}

static void uuid_at(const void *values, int64_t at, text_value *out)
{
    const unsigned char *b = (const unsigned char *)values + 16 * at;
    out->size = 0;
    for (int i = 0; i < 16; i++)
        out->size +=
            (size_t)snprintf(out->digits + out->size, sizeof out->digits - out->size,
                             i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
    out->text = out->digits;
    out->integer = 0;
}

int core_column_text(const input_column *c, int64_t row, text_value *out)
{
    const struct ArrowSchema *schema = c->schema;
    const struct ArrowArray *a = c->array;
    int64_t at = c->first + row;
    if (schema == NULL || !resolve(&schema, &a, &at))
        return 0;
    if (is_integer(schema->format)) {
        int is_unsigned;
        const int64_t value = integer_at(schema->format[0], a->buffers[1], at, &is_unsigned);
        out->size =
            (size_t)(is_unsigned
                         ? snprintf(out->digits, sizeof out->digits, "%" PRIu64, (uint64_t)value)
                         : snprintf(out->digits, sizeof out->digits, "%" PRId64, value));
        out->text = out->digits;
        out->integer = 1;
        return 1;
    }
    if (is_float(schema->format))
        return number_at(schema->format[0], a->buffers[1], at, out);
    if (is_uuid(schema->format))
        uuid_at(a->buffers[1], at, out);
    else
        text_at(schema->format, a, at, out);
    return 1;
}

/* ==== Times =================================================================================== */

/* "tss:Europe/Oslo" and the like: Arrow's timestamps are UTC where they have a zone; without one
 * they are taken for it. */
static int64_t to_micros(const char *format, const void *values, int64_t at)
{
    const int64_t day = INT64_C(86400) * 1000000;
    if (strcmp(format, "tdD") == 0)
        return ((const int32_t *)values)[at] * day;
    const int64_t value = ((const int64_t *)values)[at];
    const char unit = strcmp(format, "tdm") == 0 ? 'm' : format[2];
    const int64_t scale = unit == 's' ? 1000000 : unit == 'm' ? 1000 : 1;
    if (unit == 'n')
        return value / 1000 - (value % 1000 < 0);
    if (value > INT64_MAX / scale || value <= INT64_MIN / scale)
        return TT_NO_TIME;
    return value * scale;
}

int64_t core_column_time(const input_column *c, int64_t row)
{
    const struct ArrowSchema *schema = c->schema;
    const struct ArrowArray *a = c->array;
    int64_t at = c->first + row;
    text_value text;
    if (schema == NULL || !resolve(&schema, &a, &at))
        return TT_NO_TIME;
    if (is_time(schema->format))
        return to_micros(schema->format, a->buffers[1], at);
    text_at(schema->format, a, at, &text);
    return tt_time_parse(text.text, text.size);
}
