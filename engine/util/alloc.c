#define _GNU_SOURCE /* madvise() */
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#  include <sys/mman.h>
#endif

enum {
    HUGE_PAGE_SIZE = 2 << 20,
    REMAPPED_SIZE = 32 << 20 /* glibc moves larger blocks without copying them */
};

/* Asks for huge pages inside a large block, because touching small ones for the first time costs
 * more than what is done with them. A system without huge pages ignores this. */
static void *advise_huge(void *p, size_t size)
{
#if defined(MADV_HUGEPAGE)
    const size_t before = (size_t)(-(uintptr_t)p & (HUGE_PAGE_SIZE - 1));
    if (p != NULL && size >= before + HUGE_PAGE_SIZE)
        (void)madvise((char *)p + before, (size - before) & ~(size_t)(HUGE_PAGE_SIZE - 1),
                      MADV_HUGEPAGE);
#else
    (void)size;
#endif
    return p;
}

/* A large block begins with a huge page. */
static void *libc_alloc(void *ctx, size_t size)
{
    void *p;
    (void)ctx;
    if (size < HUGE_PAGE_SIZE)
        return malloc(size);
    return posix_memalign(&p, HUGE_PAGE_SIZE, size) == 0 ? advise_huge(p, size) : NULL;
}

/* realloc() would copy to small pages. */
static void *libc_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    if (new_size > old_size && new_size >= HUGE_PAGE_SIZE && old_size < REMAPPED_SIZE) {
        void *grown = libc_alloc(ctx, new_size);
        if (grown != NULL && old_size > 0)
            memcpy(grown, old, old_size);
        if (grown != NULL)
            free(old);
        return grown;
    }
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

/* ---- Arrays ---------------------------------------------------------------------------------- */

tt_status tti_array_set_count(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                              size_t n, size_t size)
{
    if (tti_reserve(a, items, capacity, n, size) != 0)
        return TT_ENOMEM;
    *count = n;
    return TT_OK;
}

tt_status tti_array_copy_in(const tt_allocator *a, void *items, size_t *capacity, size_t *count,
                            const void *from, size_t n, size_t size)
{
    char *to;
    if (n == 0)
        return TT_OK;
    if (n > SIZE_MAX - *count || tti_reserve(a, items, capacity, *count + n, size) != 0)
        return TT_ENOMEM;
    memcpy(&to, items, sizeof to); /* `items` may point to a pointer of any type */
    memcpy(to + *count * size, from, n * size);
    *count += n;
    return TT_OK;
}

/* ---- The arena ------------------------------------------------------------------------------- */

/* Blocks grow with what they hold: a small build needs little. */
enum { MIN_BLOCK_SIZE = 64 << 10, MAX_BLOCK_SIZE = 32 << 20 };

static tti_arena_block *last_block(const tti_arena *a)
{
    return a->count > 0 ? &a->blocks[a->count - 1] : NULL;
}

static int append_arena_block(tti_arena *a, size_t need)
{
    size_t size = a->total < MIN_BLOCK_SIZE   ? MIN_BLOCK_SIZE
                  : a->total < MAX_BLOCK_SIZE ? a->total
                                              : MAX_BLOCK_SIZE;
    tti_arena_block block = {NULL, 0, 0};
    if (size < need)
        size = need;
    if (tti_reserve(a->allocator, &a->blocks, &a->capacity, a->count + 1, sizeof *a->blocks) != 0)
        return -1;
    block.bytes = tti_alloc(a->allocator, size, 1);
    if (block.bytes == NULL)
        return -1;
    block.size = size;
    a->blocks[a->count++] = block;
    a->total += size;
    return 0;
}

const char *tti_arena_copy(tti_arena *a, const tti_slice *slices, size_t count)
{
    size_t need = 0;
    char *at;
    for (size_t k = 0; k < count; k++)
        need += tti_slice_padded_size(slices[k].size);
    if ((a->count == 0 || last_block(a)->size - last_block(a)->used < need) &&
        append_arena_block(a, need) != 0)
        return NULL;
    at = last_block(a)->bytes + last_block(a)->used;
    last_block(a)->used += need;
    for (size_t k = 0; k < count; k++) {
        if (slices[k].size > 0)
            memcpy(at, slices[k].data, slices[k].size);
        at += tti_slice_padded_size(slices[k].size);
    }
    return at - need;
}

void tti_arena_rewind(tti_arena *a, const char *kept)
{
    last_block(a)->used = (size_t)(kept - last_block(a)->bytes);
}

void tti_arena_free(tti_arena *a)
{
    for (size_t k = 0; k < a->count; k++)
        tti_release(a->allocator, a->blocks[k].bytes, a->blocks[k].size, 1);
    tti_release(a->allocator, a->blocks, a->capacity, sizeof *a->blocks);
    a->blocks = NULL;
    a->count = a->capacity = a->total = 0;
}
