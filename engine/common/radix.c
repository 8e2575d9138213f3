/*
 * Least-significant-digit radix sort, 11 bits a pass, after dropping the passes whose digit is the
 * same everywhere. Small inputs go to insertion sort, where counting would cost more than moving.
 */
#include "common/radix.h"

#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, SMALL = 48 };

static void insertion_records(tti_record *r, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const tti_record x = r[i];
        size_t j = i;
        for (; j > 0 && r[j - 1].key > x.key; j--)
            r[j] = r[j - 1];
        r[j] = x;
    }
}

static void starts_from_counts(size_t *counts)
{
    size_t sum = 0;
    for (size_t d = 0; d < DIGITS; d++) {
        const size_t n = counts[d];
        counts[d] = sum;
        sum += n;
    }
}

void tti_radix_records(tti_record *records, tti_record *spare, size_t count)
{
    tti_record *from = records, *to = spare;
    uint64_t varying = 0; /* bits in which some keys differ */
    size_t counts[DIGITS];
    if (count <= SMALL) {
        insertion_records(records, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        varying |= records[i].key ^ records[0].key;
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        tti_record *swap;
        if ((varying >> shift & (DIGITS - 1)) == 0)
            continue;
        memset(counts, 0, sizeof counts);
        for (size_t i = 0; i < count; i++)
            counts[(from[i].key >> shift) & (DIGITS - 1)]++;
        starts_from_counts(counts);
        for (size_t i = 0; i < count; i++)
            to[counts[(from[i].key >> shift) & (DIGITS - 1)]++] = from[i];
        swap = from, from = to, to = swap;
    }
    if (from != records)
        memcpy(records, from, count * sizeof *records);
}

void tti_radix_u64(uint64_t *values, uint64_t *spare, size_t count, int bits)
{
    uint64_t *from = values, *to = spare;
    size_t counts[DIGITS];
    for (int shift = 0; shift < bits && count > 1; shift += DIGIT_BITS) {
        uint64_t *swap;
        memset(counts, 0, sizeof counts);
        for (size_t i = 0; i < count; i++)
            counts[(from[i] >> shift) & (DIGITS - 1)]++;
        if (counts[(from[0] >> shift) & (DIGITS - 1)] == count)
            continue;
        starts_from_counts(counts);
        for (size_t i = 0; i < count; i++)
            to[counts[(from[i] >> shift) & (DIGITS - 1)]++] = from[i];
        swap = from, from = to, to = swap;
    }
    if (from != values)
        memcpy(values, from, count * sizeof *values);
}
