/*
 * Template: XXH3-128, whose instructions xxhash.h chooses as it is compiled, so that each set needs
 * a file of its own. Needs TTI_KEY_NAME.
 */
#include "kernels/key.h"

tti_hash128 TTI_KEY_NAME(const uint64_t *hashes, size_t count, uint64_t seed)
{
    return tti_hash128_u64(hashes, count, seed);
}
