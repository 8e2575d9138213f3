/*
 * Template: included once per instruction set by kernels.c. Needs TTI_NAME(x), TTI_TARGET.
 *
 * Thirty-two bits throughout, so that eight or sixteen shingles, or values of a signature, fit a
 * register. The width of a
 * shingle is a constant where it is usual, so that the sum stays in registers.
 */
enum { TTI_NAME(minhash_block) = 64 };

/* hashes[i]: the hash of `width` values from i * stride on. */
TTI_TARGET static inline void TTI_NAME(hash_width)(const uint32_t *restrict values, size_t count,
                                                   size_t stride, const uint32_t *restrict mul,
                                                   uint32_t add, uint32_t width,
                                                   uint32_t *restrict hashes)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t x = add;
        for (uint32_t k = 0; k < width; k++)
            x += mul[k] * values[i * stride + k];
        x = (x ^ x >> 15) * 0x2C1B3C6Du;
        x = (x ^ x >> 12) * 0x297A2D39u;
        hashes[i] = x ^ x >> 15;
    }
}

TTI_TARGET static void TTI_NAME(hash_shingles)(const uint32_t *restrict tokens, size_t count,
                                               const uint32_t *restrict mul, uint32_t add,
                                               uint32_t width, uint32_t *restrict hashes)
{
    switch (width) {
    case 3: TTI_NAME(hash_width)(tokens, count, 1, mul, add, 3, hashes); return;
    case 4: TTI_NAME(hash_width)(tokens, count, 1, mul, add, 4, hashes); return;
    case 5: TTI_NAME(hash_width)(tokens, count, 1, mul, add, 5, hashes); return;
    default: TTI_NAME(hash_width)(tokens, count, 1, mul, add, width, hashes); return;
    }
}

TTI_TARGET static void TTI_NAME(hash_bands)(const uint32_t *restrict values, size_t bands,
                                            const uint32_t *restrict mul, uint32_t add,
                                            uint32_t rows, uint32_t *restrict keys)
{
    switch (rows) {
    case 4: TTI_NAME(hash_width)(values, bands, 4, mul, add, 4, keys); return;
    case 8: TTI_NAME(hash_width)(values, bands, 8, mul, add, 8, keys); return;
    default: TTI_NAME(hash_width)(values, bands, rows, mul, add, rows, keys); return;
    }
}

TTI_TARGET static void TTI_NAME(fill_bins)(uint32_t *signature, size_t num_hashes,
                                           const uint32_t *hashes, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        uint32_t *least = &signature[tti_minhash_bin(hashes[k], num_hashes)];
        *least = hashes[k] < *least ? hashes[k] : *least;
    }
}

TTI_TARGET static inline uint32_t TTI_NAME(lesser)(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

/* Four shingles a step, so that the numbers of a permutation are loaded once for all of them. */
TTI_TARGET static inline void TTI_NAME(min_hashes_block)(uint32_t *restrict least,
                                                         const uint32_t *restrict mul,
                                                         const uint32_t *restrict add,
                                                         const uint32_t *restrict hashes,
                                                         size_t count, size_t num_hashes)
{
    uint32_t block[TTI_NAME(minhash_block)];
    size_t k = 0;
    for (size_t i = 0; i < num_hashes; i++)
        block[i] = UINT32_MAX;
    for (; k + 4 <= count; k += 4) {
        const uint32_t x = hashes[k], y = hashes[k + 1], z = hashes[k + 2], w = hashes[k + 3];
        for (size_t i = 0; i < num_hashes; i++) {
            const uint32_t xy = TTI_NAME(lesser)(mul[i] * x + add[i], mul[i] * y + add[i]);
            const uint32_t zw = TTI_NAME(lesser)(mul[i] * z + add[i], mul[i] * w + add[i]);
            block[i] = TTI_NAME(lesser)(block[i], TTI_NAME(lesser)(xy, zw));
        }
    }
    for (; k < count; k++)
        for (size_t i = 0; i < num_hashes; i++)
            block[i] = TTI_NAME(lesser)(block[i], mul[i] * hashes[k] + add[i]);
    memcpy(least, block, num_hashes * sizeof *least);
}

/* For few values and many shingles: the loop runs along the shingles. */
TTI_TARGET static inline uint32_t TTI_NAME(min_hash_one)(uint32_t mul, uint32_t add,
                                                         const uint32_t *hashes, size_t count)
{
    uint32_t least = UINT32_MAX;
    for (size_t k = 0; k < count; k++) {
        const uint32_t h = mul * hashes[k] + add;
        least = h < least ? h : least;
    }
    return least;
}

TTI_TARGET static void TTI_NAME(min_hashes)(const uint32_t *restrict mul,
                                            const uint32_t *restrict add, size_t num_hashes,
                                            const uint32_t *restrict hashes, size_t count,
                                            uint32_t *restrict least)
{
    enum { BLOCK = TTI_NAME(minhash_block), HALF = BLOCK / 2, SMALL = 16 };
    size_t begin = 0;
    if (count < BLOCK) {
        for (; begin + BLOCK <= num_hashes; begin += BLOCK)
            TTI_NAME(min_hashes_block)
            (least + begin, mul + begin, add + begin, hashes, count, BLOCK);
        for (; begin + HALF <= num_hashes; begin += HALF)
            TTI_NAME(min_hashes_block)
            (least + begin, mul + begin, add + begin, hashes, count, HALF);
        for (; begin + SMALL <= num_hashes; begin += SMALL)
            TTI_NAME(min_hashes_block)
            (least + begin, mul + begin, add + begin, hashes, count, SMALL);
    }
    for (; begin < num_hashes; begin++)
        least[begin] = TTI_NAME(min_hash_one)(mul[begin], add[begin], hashes, count);
}

TTI_TARGET static uint32_t TTI_NAME(count_equal)(const uint8_t *restrict x,
                                                 const uint8_t *restrict y, size_t num_hashes)
{
    enum { BLOCK = TTI_NAME(minhash_block) };
    uint32_t n = 0;
    size_t i = 0;
    for (; i + BLOCK <= num_hashes; i += BLOCK) {
        uint8_t of_block = 0; /* bytes are added as bytes */
        for (size_t k = 0; k < BLOCK; k++)
            of_block = (uint8_t)(of_block + (x[i + k] == y[i + k]));
        n += of_block;
    }
    for (; i < num_hashes; i++)
        n += x[i] == y[i];
    return n;
}
