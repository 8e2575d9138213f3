#include "index/slab.h"

#include "../support.h"

enum { PIECES = 4000 };

typedef struct piece {
    unsigned char *at;
    size_t size;
    tti_slab_chunk *of;
} piece;

static piece pieces[PIECES];

static void take(tti_slab *heap, size_t k, size_t size)
{
    piece *p = &pieces[k];
    p->size = size;
    p->at = tti_slab_alloc(heap, size, &p->of);
    assert_non_null(p->at);
    assert_int_equal((uintptr_t)p->at % 8, 0);
    memset(p->at, (int)(k % 251), size);
}

static void give(tti_slab *heap, size_t k)
{
    for (size_t i = 0; i < pieces[k].size; i++)
        assert_int_equal(pieces[k].at[i], k % 251);
    tti_slab_release(heap, pieces[k].of, pieces[k].size);
}

static void what_is_given_back_in_order_leaves_as_it_came(void **state)
{
    counting c;
    tti_slab heap = {0}, other = {0};
    rng r = {3};
    (void)state;
    counting_start(&c, 0);
    heap.allocator = other.allocator = &c.allocator;
    other.least = 300000;
    for (size_t k = 0; k < PIECES; k++) /* some of nothing, some longer than a chunk */
        take(k < PIECES / 2 ? &heap : &other, k, k % 900 == 899 ? 400000 : rng_below(&r, 3000));
    tti_slab_merge(&heap, &other);
    assert_int_equal(other.bytes, 0);
    assert_int_equal(heap.bytes, atomic_load(&c.held));
    for (size_t k = 0; k < PIECES; k++) {
        give(&heap, k);
        if (k == PIECES - 100)
            assert_true(heap.bytes < 1000000);
    }
    assert_true(heap.bytes <= 300000);
    take(&heap, 0, 10);
    tti_slab_free(&heap);
    assert_true(counting_is_clean(&c));
}

static void what_one_long_piece_took_is_not_kept(void **state)
{
    counting c;
    tti_slab heap = {0};
    (void)state;
    counting_start(&c, 0);
    heap.allocator = &c.allocator;
    take(&heap, 0, 100);
    take(&heap, 1, 40 << 20);
    give(&heap, 1);
    assert_true(atomic_load(&c.held) < 1 << 20);
    take(&heap, 2, 100);
    give(&heap, 0);
    give(&heap, 2);
    tti_slab_free(&heap);
    assert_true(counting_is_clean(&c));
}

static void without_memory_it_says_so(void **state)
{
    counting c;
    tti_slab heap = {0};
    tti_slab_chunk *of;
    (void)state;
    counting_start(&c, 2);
    heap.allocator = &c.allocator;
    assert_non_null(tti_slab_alloc(&heap, 60000, &of));
    assert_null(tti_slab_alloc(&heap, 60000, &of));
    assert_non_null(tti_slab_alloc(&heap, 100, &of)); /* existing blocks remain usable */
    tti_slab_free(&heap);
    assert_true(counting_is_clean(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_back_in_order_leaves_as_it_came),
        cmocka_unit_test(what_one_long_piece_took_is_not_kept),
        cmocka_unit_test(without_memory_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
