/* xxHash, inlined: a dependency of the build only. */
#ifndef TTI_HASH_H
#define TTI_HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

/** The identity of a run of tokens: XXH3-128 of their 64-bit hashes. */
typedef struct tti_key {
    uint64_t low, high;
} tti_key;

static inline int tti_key_equal(tti_key x, tti_key y)
{
    return x.low == y.low && x.high == y.high;
}

#endif
