/*
 * UTF-8 (RFC 3629): writing, reading and checking it, and cutting it between characters. What the
 * command uses too is inline, since the library exports none of it.
 */
#ifndef TTI_UTIL_UTF8_H
#define TTI_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** Writes a code point below 0x110000 that is no surrogate; `to` has room for 4 bytes. @return how
 * many it takes */
static inline size_t tti_utf8_encode(uint32_t code, void *to)
{
    uint8_t *out = to;
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (uint8_t)(0xC0 | code >> 6);
        out[1] = (uint8_t)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (uint8_t)(0xE0 | code >> 12);
        out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | code >> 18);
    out[1] = (uint8_t)(0x80 | (code >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (code & 0x3F));
    return 4;
}

/**
 * Reads the character at p, at most `left` (> 0) bytes long, and sets *size to 1 .. 4; to 0 where
 * the bytes are not one: overlong, a surrogate, above U+10FFFF, cut short, or a stray byte.
 */
static inline uint32_t tti_utf8_decode(const uint8_t *p, size_t left, unsigned *size)
{
    const uint32_t a = p[0];
    *size = 0;
    if (a < 0x80) {
        *size = 1;
        return a;
    }
    if (a < 0xE0) {
        if (a < 0xC2 || left < 2 || (p[1] & 0xC0) != 0x80)
            return 0;
        *size = 2;
        return (a & 0x1F) << 6 | (p[1] & 0x3Fu);
    }
    if (a < 0xF0) {
        uint32_t code;
        if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
            return 0;
        code = (a & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        if (code < 0x800 || (code & 0xF800) == 0xD800)
            return 0;
        *size = 3;
        return code;
    }
    if (a < 0xF5 && left >= 4 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 &&
        (p[3] & 0xC0) == 0x80) {
        const uint32_t code =
            (a & 7) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
        if (code < 0x10000 || code > 0x10FFFF)
            return 0;
        *size = 4;
        return code;
    }
    return 0;
}

/** Whether the byte is in a character, but not its first. */
static inline int tti_utf8_continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/** How much of `size` bytes of UTF-8 to show in `most`: whole characters. */
static inline size_t tti_utf8_cut(const char *text, size_t size, size_t most)
{
    if (size <= most)
        return size;
    while (most > 0 && tti_utf8_continues(text[most]))
        most--;
    return most;
}

/** Reads the last character of text[0, end), end > 0, which is UTF-8; *begin is where it begins. */
static inline uint32_t tti_utf8_decode_last(const uint8_t *text, uint32_t end, uint32_t *begin)
{
    unsigned size;
    uint32_t at = end - 1;
    while (at > 0 && end - at < 4 && tti_utf8_continues((char)text[at]))
        at--;
    *begin = at;
    return tti_utf8_decode(text + at, end - at, &size);
}

/** `size` if the bytes are UTF-8, else the offset of the first that is not. */
size_t tti_utf8_valid_up_to(const char *text, size_t size);

/** Writes a path as UTF-8, and a NUL: a byte of it that is in no character is taken for Latin-1.
 * `out` has twice its room. @return the size */
size_t tti_utf8_of_path(const char *path, char *out);

/** Makes a message UTF-8 that snprintf() may have cut, or that names a file whose name is not: an
 * incomplete character at the end goes, any other byte that is in none becomes a question mark. */
void tti_utf8_clean(char *message);

#endif
