/* The identity of a run of tokens, once per instruction set. */
#ifndef TTI_KERNELS_KEY_H
#define TTI_KERNELS_KEY_H

#include "util/hash.h"

tti_hash128 tti_kernel_key_generic(const uint64_t *hashes, size_t count, uint64_t seed);
tti_hash128 tti_kernel_key_avx2(const uint64_t *hashes, size_t count, uint64_t seed);
tti_hash128 tti_kernel_key_avx512(const uint64_t *hashes, size_t count, uint64_t seed);

#endif
