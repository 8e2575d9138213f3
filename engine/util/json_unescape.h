/* The text of a JSON string that a scanner has found to be one. */
#ifndef TTI_UTIL_JSON_UNESCAPE_H
#define TTI_UTIL_JSON_UNESCAPE_H

#include "util/utf8.h"

#include <assert.h>
#include <string.h>

/** The value of a hexadecimal digit, or -1. */
static inline int tti_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static inline uint32_t tti_four_hex_digits(const char *p)
{
    return (uint32_t)(tti_hex_value(p[0]) << 12 | tti_hex_value(p[1]) << 8 |
                      tti_hex_value(p[2]) << 4 | tti_hex_value(p[3]));
}

/** Reads a \u escape, or the two of a surrogate pair, and moves *at past it. @return the code
 * point, UINT32_MAX for a lone surrogate */
static inline uint32_t tti_json_read_unicode(const char *raw, size_t size, size_t *at)
{
    const uint32_t high = tti_four_hex_digits(raw + *at + 2);
    uint32_t low;
    *at += 6;
    if (high < 0xd800 || high > 0xdfff)
        return high;
    if (high > 0xdbff || size - *at < 6 || raw[*at] != '\\' || raw[*at + 1] != 'u')
        return UINT32_MAX;
    low = tti_four_hex_digits(raw + *at + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return UINT32_MAX;
    *at += 6;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/**
 * Writes a scanned string with its escapes resolved, which is never longer than the string.
 * @return bytes written, or SIZE_MAX: it has an escape of a lone surrogate, which has no UTF-8.
 */
static inline size_t tti_json_unescape(const char *raw, size_t size, char *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    size_t at = 0, written = 0;
    while (at < size) {
        const char *slash = memchr(raw + at, '\\', size - at);
        const size_t plain = slash == NULL ? size - at : (size_t)(slash - (raw + at));
        memcpy(out + written, raw + at, plain);
        at += plain;
        written += plain;
        if (slash == NULL)
            break;
        if (raw[at + 1] == 'u') {
            const uint32_t c = tti_json_read_unicode(raw, size, &at);
            if (c == UINT32_MAX)
                return SIZE_MAX;
            written += tti_utf8_encode(c, out + written);
        } else {
            const char *letter = strchr(letters, raw[at + 1]);
            out[written++] = letter == NULL ? raw[at + 1] : meant[letter - letters];
            at += 2;
        }
        assert(at <= size && written <= at);
    }
    return written;
}

#endif
