/* Sorting: stable radix sorts of packed records, and qsort for the rest. */
#ifndef TTI_RADIX_H
#define TTI_RADIX_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** A hash and where it stands: 16 bytes. */
typedef struct tti_record {
    uint64_t key;
    uint32_t doc;
    uint32_t pos;
} tti_record;

/** Sorts by key; equal keys keep their order. `spare` has room for `count`. One thread. */
void tti_radix_records(tti_record *records, tti_record *spare, size_t count);

/** Sorts numbers ascending. `spare` has room for `count`. One thread. */
void tti_radix_u64(uint64_t *values, uint64_t *spare, size_t count);

/** qsort that takes an empty array at NULL, too. */
static inline void tti_sort(void *base, size_t count, size_t size,
                            int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(base, count, size, compare);
}

#endif
