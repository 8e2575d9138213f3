#include "util/utf8.h"

#include <string.h>

size_t tti_utf8_valid_up_to(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        unsigned n;
        while (size - at >= 8) { /* eight bytes of ASCII at a time */
            uint64_t word;
            memcpy(&word, text + at, 8);
            if (word & UINT64_C(0x8080808080808080))
                break;
            at += 8;
        }
        if (at == size)
            break;
        (void)tti_utf8_decode((const uint8_t *)text + at, size - at, &n);
        if (n == 0)
            return at;
        at += n;
    }
    return size;
}

/* Bytes that a character takes which begins with `lead`; 0 where none does. */
static size_t character_size(char lead)
{
    const unsigned char byte = (unsigned char)lead;
    return byte < 0x80   ? 1
           : byte < 0xC2 ? 0
           : byte < 0xE0 ? 2
           : byte < 0xF0 ? 3
           : byte < 0xF5 ? 4
                         : 0;
}

size_t tti_utf8_of_path(const char *path, char *out)
{
    const size_t size = strlen(path);
    size_t written = 0;
    for (size_t at = 0; at < size;) {
        const size_t valid = tti_utf8_valid_up_to(path + at, size - at);
        memcpy(out + written, path + at, valid);
        written += valid;
        at += valid;
        if (at < size)
            written += tti_utf8_encode((unsigned char)path[at++], out + written);
    }
    out[written] = '\0';
    return written;
}

void tti_utf8_clean(char *message)
{
    size_t size = strlen(message);
    for (size_t at; (at = tti_utf8_valid_up_to(message, size)) < size;) {
        size_t end = at + 1;
        while (end < size && tti_utf8_continues(message[end]))
            end++;
        if (end == size && size - at < character_size(message[at]))
            message[size = at] = '\0'; /* the rest of the character was cut off */
        else
            message[at] = '?';
    }
}
