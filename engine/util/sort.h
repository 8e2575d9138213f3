/* Sorting: stable radix sorts of packed records, and qsort for the rest. */
#ifndef TTI_UTIL_SORT_H
#define TTI_UTIL_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** A hash and where it stands: 16 bytes. */
typedef struct tti_sort_entry {
    uint64_t key;
    uint32_t doc;
    uint32_t pos;
} tti_sort_entry;

/** Sorts by key; equal keys keep their order. `spare` has room for `count`. One thread. */
void tti_radix_sort_entries(tti_sort_entry *records, tti_sort_entry *spare, size_t count);

/** Sorts numbers ascending. `spare` has room for `count`. One thread. */
void tti_radix_sort_u64(uint64_t *values, uint64_t *spare, size_t count);

/** qsort that takes an empty array at NULL, too. */
static inline void tti_qsort(void *base, size_t count, size_t size,
                             int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(base, count, size, compare);
}

#endif
