/*
 * Radix sort by the upper bits that differ, as many as tell most values apart, least significant
 * digit first; what is left of the order is within runs of equal digits. Short ones go to insertion
 * sort, where counting would cost more than moving, long ones are sorted likewise by the bits that
 * still differ in them.
 */
#include "util/sort.h"

#include <string.h>

enum {
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    INSERTION_SORT_MAX = 48, /* for insertion sort */
    SPARE_BITS = 3 /* more than tell as many values apart: most runs are of one then, and the
                      branches of insertion sort, which no processor foresees, are few */
};

/* Digits of `digit` bits, from bit `low` up. */
typedef struct digit_plan {
    int low, digit, passes;
} digit_plan;

static digit_plan plan_digits(uint64_t varying, size_t count)
{
    const int top = 64 - __builtin_clzll(varying);
    int bits = 64 - __builtin_clzll(count) + SPARE_BITS;
    digit_plan p;
    if (bits > top)
        bits = top;
    p.passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
    p.digit = (bits + p.passes - 1) / p.passes;
    p.low = top > p.digit * p.passes ? top - p.digit * p.passes : 0;
    return p;
}

static void offsets_from_counts(size_t *counts, size_t digits)
{
    size_t sum = 0;
    for (size_t d = 0; d < digits; d++) {
        const size_t n = counts[d];
        counts[d] = sum;
        sum += n;
    }
}

/* ---- Records --------------------------------------------------------------------------------- */

static void insertion_sort_entries(tti_sort_entry *r, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const tti_sort_entry x = r[i];
        size_t j = i;
        for (; j > 0 && r[j - 1].key > x.key; j--)
            r[j] = r[j - 1];
        r[j] = x;
    }
}

static void scatter_entries(const tti_sort_entry *from, tti_sort_entry *to, size_t count, int shift,
                            size_t digits)
{
    size_t counts[DIGITS];
    memset(counts, 0, digits * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        counts[from[i].key >> shift & (digits - 1)]++;
    offsets_from_counts(counts, digits);
    for (size_t i = 0; i < count; i++)
        to[counts[from[i].key >> shift & (digits - 1)]++] = from[i];
}

void tti_radix_sort_entries(tti_sort_entry *records, tti_sort_entry *spare, size_t count)
{
    uint64_t varying = 0; /* bits in which some keys differ */
    digit_plan p;
    if (count <= INSERTION_SORT_MAX) {
        insertion_sort_entries(records, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        varying |= records[i].key ^ records[0].key;
    if (varying == 0)
        return;
    p = plan_digits(varying, count);
    for (int pass = 0; pass < p.passes; pass++)
        scatter_entries(pass % 2 == 0 ? records : spare, pass % 2 == 0 ? spare : records, count,
                        p.low + pass * p.digit, (size_t)1 << p.digit);
    if (p.passes % 2 != 0)
        memcpy(records, spare, count * sizeof *records);
    for (size_t i = 0, k; i < count && p.low > 0; i = k) {
        for (k = i + 1; k < count && (records[k].key ^ records[i].key) >> p.low == 0;)
            k++;
        if (k - i > 1)
            tti_radix_sort_entries(records + i, spare, k - i);
    }
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void insertion_sort_u64(uint64_t *v, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t x = v[i];
        size_t j = i;
        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

static void scatter_u64(const uint64_t *from, uint64_t *to, size_t count, int shift, size_t digits)
{
    size_t counts[DIGITS];
    memset(counts, 0, digits * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        counts[from[i] >> shift & (digits - 1)]++;
    offsets_from_counts(counts, digits);
    for (size_t i = 0; i < count; i++)
        to[counts[from[i] >> shift & (digits - 1)]++] = from[i];
}

void tti_radix_sort_u64(uint64_t *values, uint64_t *spare, size_t count)
{
    uint64_t varying = 0;
    digit_plan p;
    if (count <= INSERTION_SORT_MAX) {
        insertion_sort_u64(values, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        varying |= values[i] ^ values[0];
    if (varying == 0)
        return;
    p = plan_digits(varying, count);
    for (int pass = 0; pass < p.passes; pass++)
        scatter_u64(pass % 2 == 0 ? values : spare, pass % 2 == 0 ? spare : values, count,
                    p.low + pass * p.digit, (size_t)1 << p.digit);
    if (p.passes % 2 != 0)
        memcpy(values, spare, count * sizeof *values);
    for (size_t i = 0, k; i < count && p.low > 0; i = k) {
        for (k = i + 1; k < count && (values[k] ^ values[i]) >> p.low == 0;)
            k++;
        if (k - i > 1)
            tti_radix_sort_u64(values + i, spare, k - i);
    }
}
