#define _GNU_SOURCE /* madvise() */
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#  include <sys/mman.h>
#endif

enum { HUGE_PAGE_SIZE = 2 << 20, HUGE_PAGE_THRESHOLD = 2 * HUGE_PAGE_SIZE };

/* Asks for huge pages inside a large block, for to touch small ones first costs more than what is
 * done with them. A system that has none does without. */
static void *advise_huge(void *p, size_t size)
{
#if defined(MADV_HUGEPAGE)
    if (p != NULL && size >= HUGE_PAGE_THRESHOLD) {
        const size_t before = (size_t)(-(uintptr_t)p & (HUGE_PAGE_SIZE - 1));
        (void)madvise((char *)p + before, (size - before) & ~(size_t)(HUGE_PAGE_SIZE - 1),
                      MADV_HUGEPAGE);
    }
#else
    (void)size;
#endif
    return p;
}

static void *libc_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return advise_huge(malloc(size), size);
}

static void *libc_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    (void)ctx;
    old = realloc(old, new_size);
    return new_size > old_size ? advise_huge(old, new_size) : old;
}

static void libc_release(void *ctx, void *old, size_t size)
{
    (void)ctx;
    (void)size;
    free(old);
}

const tt_allocator tti_libc_allocator = {libc_alloc, libc_resize, libc_release, NULL};

/* Bytes of an array of at least one element, or 0 where the product does not fit. */
static size_t array_bytes(size_t count, size_t size)
{
    if (count == 0)
        count = 1;
    return count > PTRDIFF_MAX / size ? 0 : count * size;
}

void *tti_alloc(const tt_allocator *a, size_t count, size_t size)
{
    const size_t bytes = array_bytes(count, size);
    return bytes == 0 ? NULL : a->alloc(a->ctx, bytes);
}

void *tti_alloc_zero(const tt_allocator *a, size_t count, size_t size)
{
    void *p = tti_alloc(a, count, size);
    if (p != NULL)
        memset(p, 0, array_bytes(count, size));
    return p;
}

void tti_release(const tt_allocator *a, void *p, size_t count, size_t size)
{
    if (p != NULL)
        a->release(a->ctx, p, array_bytes(count, size));
}

int tti_resize(const tt_allocator *a, void *p, size_t *capacity, size_t count, size_t size)
{
    const size_t bytes = array_bytes(count, size);
    void *old, *grown;
    memcpy(&old, p, sizeof old);
    if (bytes == 0)
        return -1;
    grown = a->resize(a->ctx, old, old == NULL ? 0 : array_bytes(*capacity, size), bytes);
    if (grown == NULL)
        return -1;
    memcpy(p, &grown, sizeof grown);
    *capacity = count;
    return 0;
}

int tti_reserve(const tt_allocator *a, void *p, size_t *capacity, size_t need, size_t size)
{
    size_t count = *capacity + *capacity / 2;
    if (need <= *capacity)
        return 0;
    if (count < need)
        count = need;
    if (count < 16)
        count = 16;
    return tti_resize(a, p, capacity, count, size);
}
