#include "util/sort.h"

#define TTI_RADIX_NAME radix_sort_u64
#define TTI_RADIX_TYPE uint64_t
#define TTI_RADIX_KEY(x) (x)
#include "util/radix_sort.inc.h"

#define TTI_RADIX_NAME radix_sort_entries
#define TTI_RADIX_TYPE tti_sort_entry
#define TTI_RADIX_KEY(x) ((x).key)
#include "util/radix_sort.inc.h"

void tti_radix_sort_u64(uint64_t *values, uint64_t *spare, size_t count)
{
    radix_sort_u64(values, spare, count);
}

void tti_radix_sort_entries(tti_sort_entry *entries, tti_sort_entry *spare, size_t count)
{
    radix_sort_entries(entries, spare, count);
}
