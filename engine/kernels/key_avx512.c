/* Compiled for AVX-512, which the macros of xxhash.h see. */
#define TTI_KEY_NAME tti_kernel_key_avx512
#include "kernels/key.inc.h"
