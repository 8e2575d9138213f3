#include "util/table.h"

#include "../support.h"
#include "util/alloc.h"

enum { KEYS = 3000 };

/* Keys of 64 bits with hashes of a few bits, so that many collide. */
static uint64_t keys[KEYS];

static int has_key(const void *ctx, uint32_t number, const void *key)
{
    return ((const uint64_t *)ctx)[number] == *(const uint64_t *)key;
}

static uint32_t poor_hash(uint64_t key)
{
    return (uint32_t)(key % 97);
}

static uint32_t find(const tti_table *t, uint64_t key)
{
    return tti_table_find(t, poor_hash(key), has_key, keys, &key);
}

static void an_empty_table_has_nothing(void **state)
{
    tti_table t = {.allocator = &tti_libc_allocator};
    (void)state;
    assert_int_equal(find(&t, 5), TTI_TABLE_NONE);
    tti_table_clear(&t);
    tti_table_prefetch(&t, 7);
    assert_int_equal(tti_table_reserve(&t, 0), TT_OK);
    assert_int_equal(find(&t, 5), TTI_TABLE_NONE);
    tti_table_free(&t);
    tti_table_free(&t);
}

/* Random operations, compared with a flag for every number. Numbers are drawn so that all hashes
 * and the base reach their limits. */
static void it_does_what_a_plain_list_does(void **state)
{
    enum { TURNS = 200000 };
    static uint8_t is_there[KEYS];
    const uint64_t seed = test_seed("table");
    rng r = {seed};
    size_t there = 0;
    counting c;
    tti_table t = {.allocator = &c.allocator};
    (void)state;
    counting_start(&c, 0);
    for (uint32_t k = 0; k < KEYS; k++)
        keys[k] = rng_next(&r) << 12 | k;
    for (size_t turn = 0; turn < TURNS; turn++) {
        const uint32_t n = rng_below(&r, KEYS);
        const uint32_t found = find(&t, keys[n]);
        if (found != (is_there[n] ? n : TTI_TABLE_NONE))
            fail_msg("seed %llu: turn %zu: %u found as %u", (unsigned long long)seed, turn, n,
                     found);
        switch (rng_below(&r, 4)) {
        case 0:
            if (rng_below(&r, 2000) == 0) { /* another set of another size */
                const size_t room = rng_below(&r, KEYS);
                c.fail_at = rng_below(&r, 3) == 0 ? c.calls + 1 : 0;
                if (rng_below(&r, 2) == 0)
                    tti_table_clear(&t);
                else if (tti_table_reset(&t, room) == TT_OK)
                    assert_true(t.slot_count >= 2 * room);
                memset(is_there, 0, sizeof is_there);
                there = 0;
            } else if (is_there[n]) {
                tti_table_remove(&t, poor_hash(keys[n]), n);
                is_there[n] = 0;
                there--;
            }
            break;
        default:
            if (!is_there[n] && rng_below(&r, 3) == 0)
                break;
            c.fail_at = rng_below(&r, 9) == 0 ? c.calls + 1 : 0;
            if (tti_table_reserve(&t, there + 1) != TT_OK)
                break;
            if (!is_there[n] && rng_below(&r, 2) == 0)
                tti_table_add(&t, poor_hash(keys[n]), n);
            else
                assert_int_equal(
                    tti_table_find_or_add(&t, poor_hash(keys[n]), n, has_key, keys, &keys[n]), n);
            there += !is_there[n];
            is_there[n] = 1;
        }
        assert_int_equal(t.used, there);
    }
    tti_table_free(&t);
    assert_int_equal(c.held, 0);
    assert_int_equal(c.wrong, 0);
}

static void keys_of_32_bits_need_no_callback(void **state)
{
    tti_table t = {.allocator = &tti_libc_allocator};
    rng r = {2};
    (void)state;
    for (int set = 0; set < 20; set++) {
        uint32_t drawn[500];
        const uint32_t count = 1 + rng_below(&r, 500);
        assert_int_equal(tti_table_reset(&t, count), TT_OK);
        for (uint32_t k = 0; k < count; k++) {
            const uint32_t hash = tti_table_hash_u32(drawn[k] = k << rng_below(&r, 3) * 8);
            const uint32_t n = tti_table_find_or_add(&t, hash, k, NULL, NULL, NULL);
            assert_int_equal(drawn[n], drawn[k]);
        }
        for (uint32_t k = 0; k < count; k++)
            assert_int_equal(
                drawn[tti_table_find(&t, tti_table_hash_u32(drawn[k]), NULL, NULL, NULL)],
                drawn[k]);
    }
    tti_table_free(&t);
}

/* The base has no room for the numbers of one more set. */
static void the_base_starts_again(void **state)
{
    static const uint32_t numbers[] = {0, UINT32_MAX / 2, UINT32_MAX - 2, UINT32_MAX - 1, 7};
    tti_table t = {.allocator = &tti_libc_allocator};
    (void)state;
    for (int set = 0; set < 7; set++) {
        assert_int_equal(set % 2 == 0 ? tti_table_reserve(&t, 5) : tti_table_reset(&t, 5), TT_OK);
        for (uint32_t k = 0; k < 5; k++) {
            assert_int_equal(tti_table_find(&t, k, NULL, NULL, NULL), TTI_TABLE_NONE);
            tti_table_add(&t, k, numbers[k]);
        }
        for (uint32_t k = 0; k < 5; k++)
            assert_int_equal(tti_table_find(&t, k, NULL, NULL, NULL), numbers[k]);
        tti_table_remove(&t, 3, UINT32_MAX - 1);
        assert_int_equal(tti_table_find(&t, 3, NULL, NULL, NULL), TTI_TABLE_NONE);
        tti_table_clear(&t);
    }
    tti_table_free(&t);
}

static void a_size_that_does_not_fit_is_refused(void **state)
{
    tti_table t = {.allocator = &tti_libc_allocator};
    (void)state;
    assert_int_equal(tti_table_reserve(&t, 10), TT_OK);
    tti_table_add(&t, 1, 1);
    assert_int_equal(tti_table_reserve(&t, SIZE_MAX), TT_ENOMEM);
    assert_int_equal(tti_table_reserve(&t, SIZE_MAX / 2), TT_ENOMEM);
    assert_int_equal(tti_table_find(&t, 1, NULL, NULL, NULL), 1);
    assert_int_equal(tti_table_reset(&t, SIZE_MAX), TT_ENOMEM);
    assert_int_equal(tti_table_find(&t, 1, NULL, NULL, NULL), TTI_TABLE_NONE);
    tti_table_free(&t);
}

/* ---- Probing in separate slots of any number ------------------------------------------------- */

typedef struct counter {
    uint32_t key, count;
} counter;

#define COUNTER_HOME(slot, slots) ((slot)->key % (slots))
#define COUNTER_USED(slot, base) ((slot)->count > 0)
TTI_PROBING(counter, counter, COUNTER_HOME, COUNTER_USED)

static void slots_of_any_type_are_probed(void **state)
{
    enum { SLOTS = 61, GROWN = 97 };
    counter slots[SLOTS] = {{0, 0}}, grown[GROWN] = {{0, 0}};
    uint32_t there[3 * SLOTS] = {0};
    size_t used = 0;
    const uint64_t seed = test_seed("probing");
    rng r = {seed};
    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        const uint32_t key = rng_below(&r, 3 * SLOTS);
        size_t at = key % SLOTS;
        while (slots[at].count > 0 && slots[at].key != key)
            at = tti_next_slot(at, SLOTS);
        if (slots[at].count != there[key])
            fail_msg("seed %llu: turn %d", (unsigned long long)seed, turn);
        if (there[key] > 0) {
            counter_remove_slot(slots, SLOTS, &slots[at], 0);
            there[key] = 0;
            used--;
        } else if (used < SLOTS - 1) {
            *counter_unused(slots, SLOTS, key % SLOTS, 0) = (counter){key, key + 1};
            there[key] = key + 1;
            used++;
        }
    }
    counter_rehash(slots, SLOTS, grown, GROWN, 0);
    for (uint32_t key = 0; key < 3 * SLOTS; key++) {
        size_t at = key % GROWN;
        while (grown[at].count > 0 && grown[at].key != key)
            at = tti_next_slot(at, GROWN);
        assert_int_equal(grown[at].count, there[key]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(it_does_what_a_plain_list_does),
        cmocka_unit_test(keys_of_32_bits_need_no_callback),
        cmocka_unit_test(the_base_starts_again),
        cmocka_unit_test(a_size_that_does_not_fit_is_refused),
        cmocka_unit_test(slots_of_any_type_are_probed),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
