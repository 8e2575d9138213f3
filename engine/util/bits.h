/* Bits of a word. */
#ifndef TTI_UTIL_BITS_H
#define TTI_UTIL_BITS_H

#include <stdint.h>

/** How many bits are set. The compiler's builtin is a function call where the processor may be too
 * old for the instruction. */
static inline unsigned tti_popcount64(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

#endif
