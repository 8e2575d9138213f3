/*
 * Template: included once per instruction set by kernels.c. Needs TTI_NAME(x), TTI_TARGET.
 *
 * A gram has two hashes, each multilinear in its four tokens (Carter and Wegman 1979) and finished
 * by folding its upper bits onto the lower ones: thirty-two bits each, so that a register holds
 * eight or sixteen. A gram is a minimizer if it is the least of some window: if the greatest of the
 * least of the windows around it is its own key.
 */
TTI_TARGET static void TTI_NAME(hash_kgrams)(const uint32_t *restrict tokens, size_t grams,
                                             uint64_t seed, uint32_t *restrict keys,
                                             uint32_t *restrict parts)
{
    const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
    for (size_t i = 0; i < grams; i++) {
        const uint32_t t = tokens[i], u = tokens[i + 1], v = tokens[i + 2], w = tokens[i + 3];
        const uint32_t y =
            high + t * 0x165667B1u + u * 0x27D4EB2Fu + v * 0x85EBCA77u + w * 0xC2B2AE3Du;
        uint32_t x = low + t * 0x9E3779B1u + u * 0x2C1B3C6Du + v * 0xB55A4F09u + w * 0x297A2D39u;
        x = (x ^ x >> 15) * 0x846CA68Bu;
        keys[i] = x ^ x >> 16;
        parts[i] = y ^ y >> 16;
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

/* Before least[0] lie TTI_MINIMIZER_WINDOW - 1 zeros. */
TTI_TARGET static size_t TTI_NAME(find_minimizers)(const uint32_t *restrict keys, size_t grams,
                                                   uint32_t *restrict least, uint32_t *restrict out)
{
    const size_t windows = grams - TTI_MINIMIZER_WINDOW + 1;
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

TTI_TARGET static size_t TTI_NAME(find_set_bits)(const uint32_t *restrict keys, size_t grams,
                                                 const uint32_t *restrict bits, int shift,
                                                 uint32_t *restrict out)
{
    size_t n = 0;
    for (size_t i = 0; i < grams; i++) {
        const uint32_t bit = keys[i] >> shift;
        out[n] = (uint32_t)i;
        n += bits[bit / 32] >> bit % 32 & 1;
    }
    return n;
}

TTI_TARGET static int TTI_NAME(has_token)(const uint32_t *tokens, size_t count, uint32_t token)
{
    enum { STEP = 64 }; /* compared without an end before that: it vectorises */
    const size_t whole_steps = count - count % STEP;
    uint32_t found = 0;
    for (size_t i = 0; i < whole_steps; i += STEP) {
        for (size_t k = 0; k < STEP; k++)
            found |= tokens[i + k] == token;
        if (found)
            return 1;
    }
    for (size_t i = whole_steps; i < count; i++)
        found |= tokens[i] == token;
    return found != 0;
}

TTI_TARGET static void TTI_NAME(find_near)(const uint32_t *restrict b,
                                           const uint32_t *restrict reach,
                                           const uint32_t *restrict first, size_t count,
                                           uint32_t at, uint32_t end, uint8_t *restrict near)
{
    for (size_t k = 0; k < count; k++)
        near[k] = (at - b[k] - 1 < reach[k]) & (end <= first[k]);
}
