/*
 * Template: included once per instruction set by kernels.c. Needs TTI_NAME(x), TTI_TARGET.
 *
 * Sixty-four lanes at a time, so that their minima stay in registers while the shingles stream by.
 */
enum { TTI_NAME(minhash_lanes) = 64 };

TTI_TARGET static void TTI_NAME(minhash_block)(uint32_t *restrict signature,
                                               const uint32_t *restrict mul,
                                               const uint32_t *restrict add,
                                               const uint32_t *restrict folds, size_t count)
{
    uint32_t least[TTI_NAME(minhash_lanes)];
    memcpy(least, signature, sizeof least);
    for (size_t k = 0; k < count; k++) {
        const uint32_t x = folds[k];
        for (size_t i = 0; i < TTI_NAME(minhash_lanes); i++) {
            const uint32_t h = mul[i] * x + add[i];
            least[i] = h < least[i] ? h : least[i];
        }
    }
    memcpy(signature, least, sizeof least);
}

TTI_TARGET static void TTI_NAME(minhash)(uint32_t *restrict signature, const uint32_t *restrict mul,
                                         const uint32_t *restrict add, size_t lanes,
                                         const uint32_t *restrict folds, size_t count)
{
    size_t lane = 0;
    for (; lane + TTI_NAME(minhash_lanes) <= lanes; lane += TTI_NAME(minhash_lanes))
        TTI_NAME(minhash_block)(signature + lane, mul + lane, add + lane, folds, count);
    for (; lane < lanes; lane++)
        for (size_t k = 0; k < count; k++) {
            const uint32_t h = mul[lane] * folds[k] + add[lane];
            signature[lane] = h < signature[lane] ? h : signature[lane];
        }
}
