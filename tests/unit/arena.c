#include "util/alloc.h"

#include "../test.h"

#include <stdint.h>
#include <string.h>

static void what_is_kept_stays_where_it_is(void **state)
{
    enum { TURNS = 300 };
    static char data[70000];
    const char *kept[TURNS];
    tti_arena a = {.allocator = &tti_libc_allocator};
    (void)state;
    for (size_t k = 0; k < TURNS; k++) {
        const size_t size = k * 233;
        memset(data, (int)k, sizeof data);
        kept[k] = tti_arena_copy(&a, (tti_slice[]){{data, size}, {NULL, 0}, {data, 5}}, 3);
        assert_non_null(kept[k]);
        assert_int_equal((uintptr_t)kept[k] % 16, 0);
    }
    for (size_t k = 0; k < TURNS; k++) {
        const size_t size = k * 233;
        memset(data, (int)k, sizeof data);
        assert_memory_equal(kept[k], data, size);
        assert_memory_equal(kept[k] + tti_slice_padded_size(size), data, 5);
    }
    tti_arena_free(&a);
    assert_int_equal(a.count, 0);
}

static void what_was_kept_last_can_be_taken_back(void **state)
{
    tti_arena a = {.allocator = &tti_libc_allocator};
    const char *first, *second;
    (void)state;
    first = tti_arena_copy(&a, &(tti_slice){"one", 4}, 1);
    second = tti_arena_copy(&a, &(tti_slice){"two", 4}, 1);
    tti_arena_rewind(&a, second);
    assert_ptr_equal(tti_arena_copy(&a, &(tti_slice){"three", 6}, 1), second);
    assert_string_equal(first, "one");
    tti_arena_free(&a);
}

static void a_block_is_as_large_as_what_it_must_hold(void **state)
{
    static char large[40 << 20];
    tti_arena a = {.allocator = &tti_libc_allocator};
    (void)state;
    assert_non_null(tti_arena_copy(&a, &(tti_slice){"small", 6}, 1));
    assert_non_null(tti_arena_copy(&a, &(tti_slice){large, sizeof large}, 1));
    assert_int_equal(a.count, 2);
    tti_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_stays_where_it_is),
        cmocka_unit_test(what_was_kept_last_can_be_taken_back),
        cmocka_unit_test(a_block_is_as_large_as_what_it_must_hold),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
