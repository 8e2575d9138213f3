#include "kernels/kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/bit_positions.h"
#include "kernels/token_extents.h"
#include "util/hash.h"

#if defined(__x86_64__) && defined(__GNUC__)
#  define TTI_X86 1
#  include <immintrin.h>
#else
#  define TTI_X86 0
#endif

static tti_hash128 tti_kernel_key_generic(const uint64_t *hashes, size_t count, uint64_t seed)
{
    return tti_hash128_u64(hashes, count, seed);
}

static uint64_t tti_kernel_hash_bytes_generic(const void *bytes, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}

/* A set: its functions in the order of tti_kernels. */
/* clang-format off */
#define TTI_KERNELS(set)                                                                           \
    {#set, split_##set, append_runs_##set, hash_tokens_##set, tti_kernel_key_##set,                \
     tti_kernel_hash_bytes_##set, extents_##set, hash_shingles_##set, hash_bands_##set,            \
     fill_bins_##set, min_hashes_##set, count_equal_##set, hash_kgrams_##set,                      \
     find_minimizers_##set, find_set_bits_##set, has_token_##set, find_near_##set}
/* clang-format on */

#define TTI_TARGET
#define TTI_WIDE 0
#define TTI_NAME(x) x##_generic
#include "kernels/kgrams.inc.h"
#include "kernels/minhash.inc.h"
#include "kernels/split.inc.h"
static const tti_kernels generic = TTI_KERNELS(generic);
#undef TTI_TARGET
#undef TTI_WIDE
#undef TTI_NAME

#if TTI_X86
#  define TTI_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#  define TTI_WIDE 2
#  define TTI_NAME(x) x##_avx2
#  include "kernels/kgrams.inc.h"
#  include "kernels/minhash.inc.h"
#  include "kernels/split.inc.h"
static const tti_kernels avx2 = TTI_KERNELS(avx2);
#  undef TTI_TARGET
#  undef TTI_WIDE
#  undef TTI_NAME

#  define TTI_TARGET                                                                               \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,bmi,bmi2,popcnt")))
#  define TTI_WIDE 5
#  define TTI_NAME(x) x##_avx512
#  include "kernels/kgrams.inc.h"
#  include "kernels/minhash.inc.h"
#  include "kernels/split.inc.h"
static const tti_kernels avx512 = TTI_KERNELS(avx512);
#  undef TTI_TARGET
#  undef TTI_WIDE
#  undef TTI_NAME
#endif

size_t tti_kernels_all(const tti_kernels **out, size_t capacity)
{
    size_t n = 0;
#if TTI_X86
    if (n < capacity && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
        __builtin_cpu_supports("bmi2"))
        out[n++] = &avx512;
    if (n < capacity && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        out[n++] = &avx2;
#endif
    if (n < capacity)
        out[n++] = &generic;
    return n;
}

static const tti_kernels *choose(void)
{
    const tti_kernels *all[4];
    const size_t n = tti_kernels_all(all, 4);
    const char *want = getenv("TT_KERNELS");
    for (size_t i = 0; want != NULL && i < n; i++)
        if (strcmp(want, all[i]->name) == 0)
            return all[i];
    return all[0];
}

/* Racing first calls all store the same pointer, so relaxed order is enough. */
const tti_kernels *tti_kernels_get(void)
{
    static _Atomic(const tti_kernels *) chosen;
    const tti_kernels *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (k == NULL) {
        k = choose();
        atomic_store_explicit(&chosen, k, memory_order_relaxed);
    }
    return k;
}
