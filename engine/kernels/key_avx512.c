/* Compiled for AVX-512, which the macros of xxhash.h see. */
#include "kernels/kernels.h"

tti_hash128 tti_kernel_key_avx512(const uint64_t *hashes, size_t count, uint64_t seed)
{
    return tti_hash128_u64(hashes, count, seed);
}

uint64_t tti_kernel_hash_bytes_avx512(const void *bytes, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}
