/* The lesser and the greater of two numbers. */
#ifndef TTI_UTIL_MINMAX_H
#define TTI_UTIL_MINMAX_H

#include <stdint.h>

static inline uint32_t tti_min(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

static inline uint32_t tti_max(uint32_t x, uint32_t y)
{
    return x > y ? x : y;
}

#endif
