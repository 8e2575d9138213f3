/* Compiled for AVX2, which the macros of xxhash.h see. */
#define TTI_KEY_NAME tti_kernel_key_avx2
#include "kernels/key.inc.h"
