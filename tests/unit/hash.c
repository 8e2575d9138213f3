/* The bytes of numbers are the same on every machine. */
#include "util/hash.h"

#include "../test.h"

enum { COUNT = 3 * TTI_HASH_BLOCK + 5 };

typedef struct sample {
    uint32_t narrow[COUNT];
    uint64_t wide[COUNT];
    uint8_t narrow_bytes[COUNT * 4]; /* the lowest byte first */
    uint8_t wide_bytes[COUNT * 8];
} sample;

static const sample *get_sample(void)
{
    static sample s;
    uint64_t x = 1;
    for (size_t i = 0; i < COUNT; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        s.wide[i] = x ^ x >> 29;
        s.narrow[i] = (uint32_t)(s.wide[i] >> 7);
        for (unsigned k = 0; k < 8; k++)
            s.wide_bytes[i * 8 + k] = (uint8_t)(s.wide[i] >> 8 * k);
        for (unsigned k = 0; k < 4; k++)
            s.narrow_bytes[i * 4 + k] = (uint8_t)(s.narrow[i] >> 8 * k);
    }
    return &s;
}

static void numbers_are_stored_lowest_byte_first(void **state)
{
    const sample *s = get_sample();
    uint8_t bytes[COUNT * 4 + 1];
    uint32_t back[COUNT];
    (void)state;
    tti_write_le32(bytes + 1, s->narrow, COUNT);
    assert_memory_equal(bytes + 1, s->narrow_bytes, COUNT * 4);
    tti_read_le32(back, bytes + 1, COUNT);
    assert_memory_equal(back, s->narrow, sizeof back);
}

static void hashes_are_those_of_the_bytes(void **state)
{
    const sample *s = get_sample();
    (void)state;
    for (size_t n = 0; n <= COUNT; n++) {
        const XXH128_hash_t key = XXH3_128bits_withSeed(s->wide_bytes, n * 8, 7);
        XXH3_state_t parts;
        (void)XXH3_64bits_reset(&parts);
        tti_hash_add_u32(&parts, s->narrow, n);
        assert_true(XXH3_64bits_digest(&parts) == XXH3_64bits(s->narrow_bytes, n * 4));
        assert_true(tti_hash_u32(s->narrow, n, n) ==
                    XXH3_64bits_withSeed(s->narrow_bytes, n * 4, n));
        if (n <= TTI_HASH_BLOCK)
            assert_true(tti_hash_u64(s->wide, n) == XXH3_64bits(s->wide_bytes, n * 8));
        assert_true(tti_hash128_equal(tti_hash128_u64(s->wide, n, 7),
                                      (tti_hash128){key.low64, key.high64}));
    }
}

static void letters_are_numbers(void **state)
{
    const uint32_t numbers[2] = {0x64636261, 0x68676665}; /* "abcdefgh" */
    (void)state;
    assert_true(tti_hash_u32(numbers, 2, 0) == XXH3_64bits("abcdefgh", 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_stored_lowest_byte_first),
        cmocka_unit_test(hashes_are_those_of_the_bytes),
        cmocka_unit_test(letters_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
