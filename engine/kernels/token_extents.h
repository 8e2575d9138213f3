/*
 * The extents of an article's tokens, in few bytes. A token is a gap, bytes from the end of the
 * token before (or the article's start) to its begin, and its size in bytes:
 *
 *     gap 1 .. 7 and size 1 .. 31    one byte, gap << 5 | size
 *     else                           a zero byte, then both as LEB128 numbers
 *
 * In English nearly every token but the first takes one byte.
 */
#ifndef TTI_KERNELS_TOKEN_EXTENTS_H
#define TTI_KERNELS_TOKEN_EXTENTS_H

#include <stddef.h>
#include <stdint.h>

enum {
    TTI_EXTENT_SIZE_BITS = 5,
    TTI_EXTENT_SHORT_SIZES = 1 << TTI_EXTENT_SIZE_BITS, /**< the size of an extent of one byte is
                                                             less */
    TTI_EXTENT_SHORT_GAPS = 8, /**< the gap of an extent of one byte is less; neither is 0 */
    TTI_EXTENT_MAX_BYTES = 11  /**< bytes of the longest extent */
};

typedef struct tti_token_extent {
    uint32_t gap, size;
} tti_token_extent;

/** 0 if one byte is enough. */
static inline uint32_t tti_token_extent_long_bits(uint32_t gap, uint32_t size)
{
    const uint32_t none = ((gap - 1) | (size - 1)) & UINT32_C(0x80000000);
    return gap / TTI_EXTENT_SHORT_GAPS | size / TTI_EXTENT_SHORT_SIZES | none;
}

static inline uint8_t *tti_leb128_encode(uint8_t *out, uint32_t number)
{
    for (; number >= 0x80; number >>= 7)
        *out++ = (uint8_t)(number | 0x80);
    *out++ = (uint8_t)number;
    return out;
}

/** Writes an extent, at most TTI_EXTENT_MAX_BYTES bytes. @return its end */
static inline uint8_t *tti_token_extent_encode(uint8_t *out, uint32_t gap, uint32_t size)
{
    if (tti_token_extent_long_bits(gap, size) == 0) {
        *out++ = (uint8_t)(gap << TTI_EXTENT_SIZE_BITS | size);
        return out;
    }
    *out++ = 0;
    return tti_leb128_encode(tti_leb128_encode(out, gap), size);
}

/* A number of at most 32 bits. @return its end, or NULL */
static inline const uint8_t *tti_leb128_decode(const uint8_t *at, const uint8_t *end,
                                               uint32_t *number)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && at < end; shift += 7) {
        value |= (uint64_t)(*at & 0x7F) << shift;
        if ((*at++ & 0x80) == 0) {
            *number = (uint32_t)value;
            return value <= UINT32_MAX ? at : NULL;
        }
    }
    return NULL;
}

/** Reads the extent at `at`. @return its end, or NULL: there is none before `end` */
static inline const uint8_t *tti_token_extent_decode(const uint8_t *at, const uint8_t *end,
                                                     tti_token_extent *extent)
{
    if (at == end)
        return NULL;
    if (*at == 0) {
        if (end - at >= 3 && (at[1] | at[2]) < 0x80) { /* as an ideograph */
            extent->gap = at[1];
            extent->size = at[2];
            return at + 3;
        }
        at = tti_leb128_decode(at + 1, end, &extent->gap);
        return at == NULL ? NULL : tti_leb128_decode(at, end, &extent->size);
    }
    extent->gap = *at >> TTI_EXTENT_SIZE_BITS;
    extent->size = *at % TTI_EXTENT_SHORT_SIZES;
    return extent->gap == 0 || extent->size == 0 ? NULL : at + 1;
}

#endif
