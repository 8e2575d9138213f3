#include "util/json_write.h"

#include "util/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tti_json_write_flush(tti_json_writer *out)
{
    if (out->used != 0 && !out->stopped && out->write(out->ctx, out->block, out->used) != 0)
        out->stopped = 1;
    out->used = 0;
}

void tti_json_write_bytes(tti_json_writer *out, const char *bytes, size_t size)
{
    while (size > out->size - out->used) {
        const size_t part = out->size - out->used;
        memcpy(out->block + out->used, bytes, part);
        out->used += part;
        bytes += part;
        size -= part;
        tti_json_write_flush(out);
    }
    if (size != 0)
        memcpy(out->block + out->used, bytes, size);
    out->used += size;
}

void tti_json_write_text(tti_json_writer *out, const char *text)
{
    tti_json_write_bytes(out, text, strlen(text));
}

/* ---- Numbers --------------------------------------------------------------------------------- */

void tti_json_write_integer(tti_json_writer *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    tti_json_write_bytes(out, digits + at, sizeof digits - at);
}

/*
 * Digits of a fraction in [2^-7, 1), the fewest that lie within half a unit in the last place of
 * it (Steele and White's free-format algorithm for fixed point). Fraction and half unit are whole
 * multiples of 2^-60 here, so that 64 bits hold ten times each.
 */
static size_t format_fraction(char *to, double value)
{
    const uint64_t one = (uint64_t)1 << 60;
    int exponent;
    uint64_t rest, half_unit, digit;
    size_t size = 2;
    (void)frexp(value, &exponent); /* value = f * 2^exponent, 0.5 <= f < 1: a unit is 2^(e - 53) */
    rest = (uint64_t)ldexp(value, 60);
    half_unit = (uint64_t)1 << (60 + exponent - 54);
    to[0] = '0';
    to[1] = '.';
    for (;;) {
        rest *= 10;
        half_unit *= 10;
        digit = rest >> 60;
        rest &= one - 1;
        if (rest < half_unit || rest > one - half_unit || half_unit >= one)
            break;
        to[size++] = (char)('0' + digit);
    }
    to[size++] = (char)('0' + digit + (rest > one / 2));
    return size;
}

/* Any other number: the first precision that reads back; the locale's point becomes a full stop. */
static size_t format_other_number(char *to, double value)
{
    char text[TTI_JSON_NUMBER_SIZE];
    size_t size = 0;
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if ((*c >= '0' && *c <= '9') || *c == '-' || *c == '+' || *c == 'e')
            to[size++] = *c;
        else if (to[size - 1] != '.') /* a point may be more than one byte */
            to[size++] = '.';
    }
    return size;
}

size_t tti_json_format_number(char *to, double value)
{
    if (!isfinite(value)) {
        memcpy(to, "null", 4);
        return 4;
    }
    if (value == 0 || value == 1) {
        to[0] = value == 0 ? '0' : '1';
        return 1;
    }
    return value >= 0x1p-7 && value < 1 ? format_fraction(to, value)
                                        : format_other_number(to, value);
}

void tti_json_write_number(tti_json_writer *out, double value)
{
    char text[TTI_JSON_NUMBER_SIZE];
    tti_json_write_bytes(out, text, tti_json_format_number(text, value));
}

/* ---- Strings --------------------------------------------------------------------------------- */

static void append_escape(tti_json_writer *out, unsigned code)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[6] = {
        '\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};
    tti_json_write_bytes(out, escape, sizeof escape);
}

/* Writes the character at text[0] if it needs an escape. @return its size, or 0 if it needs none;
 * *plain is its size then */
static size_t append_escaped_character(tti_json_writer *out, const unsigned char *text, size_t left,
                                       size_t *plain)
{
    const unsigned c = text[0];
    *plain = 1;
    if (c >= 0x80) {
        unsigned size;
        (void)tti_utf8_decode(text, left, &size);
        *plain = size;
        if (*plain == 0) {
            append_escape(out, 0xfffd);
            return 1;
        }
        if (*plain == 2 && c == 0xc2 && text[1] < 0xa0) { /* C1 controls */
            append_escape(out, text[1]);
            return 2;
        }
        if (*plain == 3 && c == 0xe2 && text[1] == 0x80 && (text[2] == 0xa8 || text[2] == 0xa9)) {
            append_escape(out, 0x2000 + (text[2] & 0x3fu)); /* line and paragraph separator */
            return 3;
        }
        return 0;
    }
    if (c == '"' || c == '\\') {
        const char escape[2] = {'\\', (char)c};
        tti_json_write_bytes(out, escape, sizeof escape);
        return 1;
    }
    if (c >= 0x20 && c != 0x7f)
        return 0;
    switch (c) {
    case '\b': tti_json_write_text(out, "\\b"); break;
    case '\t': tti_json_write_text(out, "\\t"); break;
    case '\n': tti_json_write_text(out, "\\n"); break;
    case '\f': tti_json_write_text(out, "\\f"); break;
    case '\r': tti_json_write_text(out, "\\r"); break;
    default: append_escape(out, c); break;
    }
    return 1;
}

void tti_json_write_escaped(tti_json_writer *out, const char *text, size_t size)
{
    size_t begin = 0, at = 0; /* [begin, at) is still to be copied as it is */
    while (at < size) {
        const unsigned char *here = (const unsigned char *)text + at;
        size_t plain, special;
        if (*here >= 0x20 && *here < 0x7f && *here != '"' && *here != '\\') {
            at++;
            continue;
        }
        if (at > begin)
            tti_json_write_bytes(out, text + begin, at - begin);
        begin = at;
        special = append_escaped_character(out, here, size - at, &plain);
        at += special != 0 ? special : plain;
        if (special != 0)
            begin = at;
    }
    if (at > begin)
        tti_json_write_bytes(out, text + begin, at - begin);
}

void tti_json_write_string(tti_json_writer *out, const char *text, size_t size)
{
    tti_json_write_bytes(out, "\"", 1);
    tti_json_write_escaped(out, text, size);
    tti_json_write_bytes(out, "\"", 1);
}

tt_status tt_write_json_string(tt_write_fn write, void *ctx, const char *text, size_t size)
{
    char block[TTI_JSON_BLOCK];
    tti_json_writer out = {.write = write, .ctx = ctx, .block = block, .size = sizeof block};
    if (write == NULL || (text == NULL && size > 0))
        return TT_EINVAL;
    tti_json_write_string(&out, text, size);
    tti_json_write_flush(&out);
    return out.stopped ? TT_ESTOPPED : TT_OK;
}

/* ---- Fields ---------------------------------------------------------------------------------- */

void tti_json_write_key(tti_json_writer *out, const char *key)
{
    tti_json_write_text(out, ",\"");
    tti_json_write_text(out, key);
    tti_json_write_text(out, "\":");
}

void tti_json_write_integer_field(tti_json_writer *out, const char *key, uint64_t value)
{
    tti_json_write_key(out, key);
    tti_json_write_integer(out, value);
}

void tti_json_write_number_field(tti_json_writer *out, const char *key, double value)
{
    tti_json_write_key(out, key);
    tti_json_write_number(out, value);
}

void tti_json_write_id(tti_json_writer *out, const tt_id *id)
{
    if (id->bytes == NULL)
        tti_json_write_text(out, "null");
    else if (id->flags & TT_ARTICLE_INTEGER_ID)
        tti_json_write_bytes(out, id->bytes, id->size);
    else
        tti_json_write_string(out, id->bytes, id->size);
}
