#include "util/array.h"

#include "../support.h"

typedef struct item {
    uint32_t key;
    char letter;
} item;

static void what_is_pushed_is_there(void **state)
{
    TTI_ARRAY(item) x = {0};
    (void)state;
    for (uint32_t k = 0; k < 1000; k++) {
        assert_int_equal(tti_array_push(&x, &tti_libc_allocator, (item){k, 'a'}), TT_OK);
        assert_int_equal(x.count, k + 1);
        assert_true(x.capacity >= x.count);
    }
    for (uint32_t k = 0; k < 1000; k++)
        assert_int_equal(tti_array_at(&x, k).key, k);
    assert_int_equal(tti_array_last(&x).key, 999);
    tti_array_free(&x, &tti_libc_allocator);
    assert_null(x.items);
    assert_int_equal(x.count + x.capacity, 0);
}

static void an_argument_is_evaluated_once(void **state)
{
    static const uint32_t numbers[] = {3, 1, 4, 1, 5};
    TTI_ARRAY(uint32_t) x = {0};
    size_t n = 0;
    (void)state;
    assert_int_equal(tti_array_push(&x, &tti_libc_allocator, numbers[n++]), TT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(tti_array_append(&x, &tti_libc_allocator, numbers, n++), TT_OK);
    assert_int_equal(n, 2);
    assert_int_equal(tti_array_resize(&x, &tti_libc_allocator, n++), TT_OK);
    assert_int_equal(n, 3);
    assert_int_equal(x.count, 2);
    assert_int_equal(tti_array_reserve(&x, &tti_libc_allocator, n++), TT_OK);
    assert_int_equal(n, 4);
    tti_array_free(&x, &tti_libc_allocator);
}

static void nothing_is_appended_from_nowhere(void **state)
{
    TTI_ARRAY(uint64_t) x = {0};
    (void)state;
    assert_int_equal(tti_array_append(&x, &tti_libc_allocator, (uint64_t *)NULL, 0), TT_OK);
    assert_null(x.items);
    tti_array_shrink(&x, &tti_libc_allocator);
    assert_null(x.items);
    tti_array_free(&x, &tti_libc_allocator);
}

static void a_failure_leaves_the_array_as_it_was(void **state)
{
    static const uint64_t more[] = {7, 8, 9};
    TTI_ARRAY(uint64_t) x = {0};
    counting c;
    const uint64_t *items;
    (void)state;
    counting_start(&c, 0);
    while (x.count == 0 || x.count < x.capacity)
        assert_int_equal(tti_array_push(&x, &c.allocator, x.count), TT_OK);
    items = x.items;
    c.fail_at = c.calls + 1;
    assert_int_equal(tti_array_push(&x, &c.allocator, 5), TT_ENOMEM);
    c.fail_at = c.calls + 1;
    assert_int_equal(tti_array_append(&x, &c.allocator, more, 3), TT_ENOMEM);
    c.fail_at = c.calls + 1;
    assert_int_equal(tti_array_resize(&x, &c.allocator, x.count + 1), TT_ENOMEM);
    assert_int_equal(tti_array_reserve(&x, &c.allocator, SIZE_MAX), TT_ENOMEM);
    assert_int_equal(tti_array_reserve(&x, &c.allocator, SIZE_MAX / 8), TT_ENOMEM);
    assert_ptr_equal(x.items, items);
    assert_int_equal(x.count, x.capacity);
    for (size_t k = 0; k < x.count; k++)
        assert_int_equal(x.items[k], k);
    tti_array_free(&x, &c.allocator);
    assert_int_equal(c.held, 0);
    assert_int_equal(c.wrong, 0);
}

/* Random operations, compared with an array that is large enough from the start. */
static void it_does_what_a_plain_array_does(void **state)
{
    enum { TURNS = 20000, MOST = 4096 };
    static uint32_t model[2 * MOST];
    const uint64_t seed = test_seed("array");
    rng r = {seed};
    size_t count = 0;
    TTI_ARRAY(uint32_t) x = {0};
    counting c;
    (void)state;
    counting_start(&c, 0);
    for (size_t turn = 0; turn < TURNS; turn++) {
        const uint32_t value = (uint32_t)rng_next(&r);
        const size_t n = rng_below(&r, 40);
        tt_status status = TT_OK;
        c.fail_at = rng_below(&r, 4) == 0 ? c.calls + 1 : 0;
        switch (count < MOST ? rng_below(&r, 6) : 5) {
        case 0:
        case 1:
            status = tti_array_push(&x, &c.allocator, value);
            if (status == TT_OK)
                model[count++] = value;
            break;
        case 2: {
            uint32_t from[40];
            for (size_t k = 0; k < n; k++)
                from[k] = (uint32_t)rng_next(&r);
            status = tti_array_append(&x, &c.allocator, from, n);
            if (status == TT_OK) {
                memcpy(model + count, from, n * sizeof *from);
                count += n;
            }
            break;
        }
        case 3: tti_array_shrink(&x, &c.allocator); break;
        case 4:
            if (rng_below(&r, 50) == 0) {
                tti_array_free(&x, &c.allocator);
                count = 0;
            }
            break;
        default:
            count = count * rng_below(&r, 100) / 100;
            status = tti_array_resize(&x, &c.allocator, count);
            assert_int_equal(status, TT_OK); /* the array is no longer than before */
        }
        if (status != TT_OK && (status != TT_ENOMEM || c.fail_at == 0))
            fail_msg("seed %llu: status %d", (unsigned long long)seed, (int)status);
        if (x.count != count || (count > 0 && memcmp(x.items, model, count * sizeof *model) != 0))
            fail_msg("seed %llu: turn %zu differs", (unsigned long long)seed, turn);
    }
    tti_array_free(&x, &c.allocator);
    assert_int_equal(c.held, 0);
    assert_int_equal(c.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pushed_is_there),
        cmocka_unit_test(an_argument_is_evaluated_once),
        cmocka_unit_test(nothing_is_appended_from_nowhere),
        cmocka_unit_test(a_failure_leaves_the_array_as_it_was),
        cmocka_unit_test(it_does_what_a_plain_array_does),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
