/*
 * Template of a stable radix sort. Needs
 *
 *     TTI_RADIX_NAME      the function's name; it is static
 *     TTI_RADIX_TYPE      the type of an item
 *     TTI_RADIX_KEY(x)    the 64-bit key of item x
 *
 * and undefines them. Defines TTI_RADIX_NAME(items, spare, count), which sorts the items by their
 * keys and leaves items with equal keys in order; `spare` has room for as many.
 *
 * Items are sorted by the upper bits in which keys differ, by as many of them as tell most keys
 * apart, least significant digit first. What is then still out of order is within runs of equal
 * digits: short runs go to insertion sort, where counting would cost more than moving, and long
 * ones are sorted in the same way by the bits that still differ in them.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TTI_RADIX_PASTE_(a, b) a##b
#define TTI_RADIX_PASTE(a, b) TTI_RADIX_PASTE_(a, b)
#define TTI_RADIX_SCATTER TTI_RADIX_PASTE(TTI_RADIX_NAME, _scatter)
#define TTI_RADIX_INSERTION TTI_RADIX_PASTE(TTI_RADIX_NAME, _insertion)

static void TTI_RADIX_INSERTION(TTI_RADIX_TYPE *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const TTI_RADIX_TYPE x = items[i];
        size_t j = i;
        for (; j > 0 && TTI_RADIX_KEY(items[j - 1]) > TTI_RADIX_KEY(x); j--)
            items[j] = items[j - 1];
        items[j] = x;
    }
}

/* Sorts by the digit of a number of bits from `shift` up. */
static void TTI_RADIX_SCATTER(const TTI_RADIX_TYPE *from, TTI_RADIX_TYPE *to, size_t count,
                              int shift, int bits)
{
    const size_t digits = (size_t)1 << bits;
    size_t starts[1 << TTI_RADIX_BITS], sum = 0;
    memset(starts, 0, digits * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[TTI_RADIX_KEY(from[i]) >> shift & (digits - 1)]++;
    for (size_t d = 0; d < digits; d++) {
        const size_t n = starts[d];
        starts[d] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[TTI_RADIX_KEY(from[i]) >> shift & (digits - 1)]++] = from[i];
}

static void TTI_RADIX_NAME(TTI_RADIX_TYPE *items, TTI_RADIX_TYPE *spare, size_t count)
{
    uint64_t differing = 0; /* bits in which some keys differ */
    tti_radix_plan p;
    if (count <= TTI_RADIX_INSERTION_MAX) {
        TTI_RADIX_INSERTION(items, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        differing |= TTI_RADIX_KEY(items[i]) ^ TTI_RADIX_KEY(items[0]);
    if (differing == 0)
        return;
    p = tti_radix_plan_make(differing, count);
    for (int pass = 0; pass < p.passes; pass++)
        TTI_RADIX_SCATTER(pass % 2 == 0 ? items : spare, pass % 2 == 0 ? spare : items, count,
                          p.low + pass * p.bits, p.bits);
    if (p.passes % 2 != 0)
        memcpy(items, spare, count * sizeof *items);
    for (size_t i = 0, end; i < count && p.low > 0; i = end) {
        const uint64_t digits = TTI_RADIX_KEY(items[i]) >> p.low;
        for (end = i + 1; end < count && TTI_RADIX_KEY(items[end]) >> p.low == digits;)
            end++;
        if (end - i > 1)
            TTI_RADIX_NAME(items + i, spare, end - i);
    }
}

#undef TTI_RADIX_PASTE_
#undef TTI_RADIX_PASTE
#undef TTI_RADIX_SCATTER
#undef TTI_RADIX_INSERTION
#undef TTI_RADIX_NAME
#undef TTI_RADIX_TYPE
#undef TTI_RADIX_KEY
