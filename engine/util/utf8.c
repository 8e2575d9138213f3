#include "util/utf8.h"

#include <string.h>

/* Bytes of the UTF-8 sequence that begins at p, or 0 where none does. */
static size_t sequence_size(const unsigned char *p, size_t size)
{
    size_t n;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (size < n || (p[1] & 0xc0) != 0x80 || (n > 2 && (p[2] & 0xc0) != 0x80) ||
        (n > 3 && (p[3] & 0xc0) != 0x80))
        return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0; /* overlong, a surrogate, or beyond U+10FFFF */
    return n;
}

size_t tti_utf8_valid_up_to(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        uint64_t w;
        size_t n;
        while (size - at >= 8) {
            memcpy(&w, text + at, 8);
            if (w & UINT64_C(0x8080808080808080))
                break;
            at += 8;
        }
        if (at == size)
            break;
        n = sequence_size((const unsigned char *)text + at, size - at);
        if (n == 0)
            return at;
        at += n;
    }
    return size;
}
