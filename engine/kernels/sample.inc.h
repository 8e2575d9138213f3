/*
 * Template: included once per instruction set by kernels.c. Needs TTI_NAME(x), TTI_TARGET.
 *
 * A gram's hash is multilinear in its four tokens (Carter and Wegman 1979; the upper half of a sum
 * of products is universal), finished by a multiplication. A gram is a minimizer if it is the least
 * of some window: if the greatest of the least of the windows around it is its own key.
 */
TTI_TARGET static void TTI_NAME(hash_grams)(const uint32_t *restrict tokens, size_t grams,
                                            uint64_t seed, uint32_t *restrict keys,
                                            uint32_t *restrict parts)
{
    for (size_t i = 0; i < grams; i++) {
        uint64_t h = seed + tokens[i] * 0x9E3779B185EBCA87u + tokens[i + 1] * 0xC2B2AE3D27D4EB4Fu +
                     tokens[i + 2] * 0x165667B19E3779F9u + tokens[i + 3] * 0x27D4EB2F165667C5u;
        h = (h ^ h >> 32) * 0xD6E8FEB86659FD93u;
        keys[i] = (uint32_t)(h >> 32);
        parts[i] = (uint32_t)h;
    }
}

TTI_TARGET static inline uint32_t TTI_NAME(least_u32)(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

TTI_TARGET static inline uint32_t TTI_NAME(most_u32)(uint32_t x, uint32_t y)
{
    return x > y ? x : y;
}

/* Before least[0] lie TTI_SAMPLE_WINDOW - 1 zeros. */
TTI_TARGET static size_t TTI_NAME(sample)(const uint32_t *restrict keys, size_t grams,
                                          uint32_t *restrict least, uint32_t *restrict out)
{
    const size_t windows = grams - TTI_SAMPLE_WINDOW + 1;
    size_t n = 0;
    for (size_t i = 0; i < windows; i++) {
        const uint32_t a = TTI_NAME(least_u32)(keys[i], keys[i + 1]);
        const uint32_t b = TTI_NAME(least_u32)(keys[i + 2], keys[i + 3]);
        const uint32_t c = TTI_NAME(least_u32)(keys[i + 4], keys[i + 5]);
        least[i] = TTI_NAME(least_u32)(TTI_NAME(least_u32)(a, b), c);
    }
    for (size_t i = windows; i < grams; i++) /* no window begins here */
        least[i] = 0;
    for (size_t i = 0; i < grams; i++) {
        const uint32_t a = TTI_NAME(most_u32)(least[i], least[(ptrdiff_t)i - 1]);
        const uint32_t b = TTI_NAME(most_u32)(least[(ptrdiff_t)i - 2], least[(ptrdiff_t)i - 3]);
        const uint32_t c = TTI_NAME(most_u32)(least[(ptrdiff_t)i - 4], least[(ptrdiff_t)i - 5]);
        out[i] = TTI_NAME(most_u32)(TTI_NAME(most_u32)(a, b), c) == keys[i];
    }
    for (size_t i = 0; i < grams; i++) { /* out[n] is behind or at what is read */
        const uint32_t taken = out[i];
        out[n] = (uint32_t)i;
        n += taken;
    }
    return n;
}
