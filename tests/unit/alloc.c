#include "util/alloc.h"

#include "../test.h"

static void reserve_keeps_what_was_there(void **state)
{
    (void)state;
    uint32_t *p = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(tti_reserve(&tti_libc_allocator, &p, &capacity, i + 1, sizeof *p), 0);
        assert_true(capacity > i);
        p[i] = i * 3;
    }
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(p[i], i * 3);
    tti_release(&tti_libc_allocator, p, capacity, sizeof *p);
}

static void a_product_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    void *p = NULL;
    size_t capacity = 0;
    assert_null(tti_alloc(&tti_libc_allocator, SIZE_MAX / 2, 8));
    assert_int_equal(tti_resize(&tti_libc_allocator, &p, &capacity, SIZE_MAX / 4, 8), -1);
    assert_null(p);
    assert_int_equal(capacity, 0);
}

static void zero_elements_give_room_for_one(void **state)
{
    (void)state;
    uint64_t *p = tti_alloc_zero(&tti_libc_allocator, 0, sizeof *p);
    assert_non_null(p);
    assert_true(*p == 0);
    tti_release(&tti_libc_allocator, p, 0, sizeof *p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserve_keeps_what_was_there),
        cmocka_unit_test(a_product_that_does_not_fit_is_refused),
        cmocka_unit_test(zero_elements_give_room_for_one),
    };
    return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
