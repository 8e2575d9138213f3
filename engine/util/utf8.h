/* UTF-8 out of code points. */
#ifndef TTI_UTIL_UTF8_H
#define TTI_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** Writes a code point below 0x110000 and not a surrogate; `out` has room for 4. @return its bytes
 */
static inline size_t tti_utf8_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/** `size` if the bytes are UTF-8 (RFC 3629), else the offset of the first that is not. */
size_t tti_utf8_valid_up_to(const char *text, size_t size);

#endif
