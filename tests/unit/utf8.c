#include "text_probe.h"

#include <utf8proc.h>

#include "text/characters.h"
#include "util/error.h"

/* `bad` is invalid at its byte `offset` wherever it occurs: alone, in a word, far into a text, and
 * just before the end. */
static void assert_invalid(const char *bad, size_t size, uint64_t offset)
{
    static const size_t before[] = {0, 1, 7, 63, 64, 65, 4000, 4095, 4096, 5000};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        for (size_t after = 0; after < 3; after++)
            for (int letters = 0; letters < 2; letters++) {
                const size_t total = before[i] + size + after;
                char *text = malloc(total);
                tti_tokens store;
                tti_tokenized_text added;
                tt_error error;
                assert_non_null(text);
                memset(text, letters ? 'e' : ' ', total);
                memcpy(text + before[i], bad, size);
                tti_tokens_init(&store, &tti_libc_allocator);
                assert_int_equal(tti_tokens_append_text(&store, text, total, TT_PARAGRAPHS_AUTO, 0,
                                                        &added, &error),
                                 TT_EFORMAT);
                assert_int_equal(error.where, before[i] + offset);
                assert_int_equal(store.count, 0);
                assert_int_equal(store.extents_size, 0);
                assert_int_equal(store.paragraph_count, 0);
                tti_tokens_free(&store);
                free(text);
            }
}

#define ASSERT_INVALID(bytes, offset) assert_invalid(bytes, sizeof bytes - 1, offset)

static void stray_bytes_are_refused(void **state)
{
    (void)state;
    ASSERT_INVALID("\x80", 0);
    ASSERT_INVALID("\xBF", 0);
    ASSERT_INVALID("\xC3\xA9\xA9", 2);
    ASSERT_INVALID("\xFE", 0);
    ASSERT_INVALID("\xFF", 0);
    ASSERT_INVALID("\xF8\x88\x80\x80\x80", 0);
}

static void characters_cut_short_are_refused(void **state)
{
    (void)state;
    ASSERT_INVALID("\xC3", 0);
    ASSERT_INVALID("\xE4\xB8", 0);
    ASSERT_INVALID("\xE4", 0);
    ASSERT_INVALID("\xF0\x9F\x98", 0);
    ASSERT_INVALID("\xE4\xB8\xAD\xE4\xB8", 3);
    ASSERT_INVALID("\xE4\xB8 \xE4", 0);
    ASSERT_INVALID("\xF0\x9F\xC3\xA9", 0);
}

static void overlong_forms_are_refused(void **state)
{
    (void)state;
    ASSERT_INVALID("\xC0\x80", 0);
    ASSERT_INVALID("\xC1\xBF", 0);
    ASSERT_INVALID("\xE0\x80\xAF", 0);
    ASSERT_INVALID("\xE0\x9F\xBF", 0);
    ASSERT_INVALID("\xF0\x80\x80\xAF", 0);
    ASSERT_INVALID("\xF0\x8F\xBF\xBF", 0);
}

static void surrogates_and_what_lies_above_unicode_are_refused(void **state)
{
    (void)state;
    ASSERT_INVALID("\xED\xA0\x80", 0);
    ASSERT_INVALID("\xED\xBF\xBF", 0);
    ASSERT_INVALID("\xF4\x90\x80\x80", 0);
    ASSERT_INVALID("\xF5\x80\x80\x80", 0);
}

static void every_code_point_is_read_back(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint8_t bytes[4] = {0};
        unsigned size;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        const size_t written = tti_utf8_encode(code, bytes);
        if (tti_utf8_decode(bytes, written, &size) != code || size != written)
            fail_msg("U+%04X", (unsigned)code);
        for (size_t cut = 1; cut < written; cut++) {
            (void)tti_utf8_decode(bytes, cut, &size);
            if (size != 0)
                fail_msg("U+%04X cut to %zu bytes", (unsigned)code, cut);
        }
    }
}

/* The decoder accepts the same strings of two, three and four bytes as utf8proc. */
static void the_decoder_takes_what_utf8proc_takes(void **state)
{
    (void)state;
    static const uint8_t ends[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90,
                                   0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    enum { ENDS = sizeof ends };
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++)
            for (unsigned i = 0; i < ENDS * ENDS; i++) {
                const uint8_t bytes[4] = {(uint8_t)first, (uint8_t)second, ends[i / ENDS],
                                          ends[i % ENDS]};
                utf8proc_int32_t code = -1;
                unsigned size;
                const utf8proc_ssize_t read = utf8proc_iterate(bytes, 4, &code);
                const uint32_t got = tti_utf8_decode(bytes, 4, &size);
                if (read < 0 ? size != 0 : size != (unsigned)read || got != (uint32_t)code)
                    fail_msg("%02x %02x %02x %02x", bytes[0], bytes[1], bytes[2], bytes[3]);
            }
}

static void text_is_cut_between_characters(void **state)
{
    static const char text[] = "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80z";
    static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    (void)state;
    for (size_t most = 0; most < sizeof cuts / sizeof *cuts; most++)
        assert_int_equal(tti_utf8_cut(text, sizeof text - 1, most), cuts[most]);
}

static void a_message_is_made_utf8(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
        {"cut\xf0\x9f\x98", "cut"},
        {"cut\xe4", "cut"},
        {"a\xe4\xb8: b", "a??: b"},
        {"caf\xe9.txt", "caf?.txt"},
        {"\x80\xff\xc0\xaf", "????"},
        {"\xed\xa0\x80", "???"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[32];
        strcpy(message, cases[i][0]);
        tti_utf8_clean(message);
        assert_string_equal(message, cases[i][1]);
    }
}

/* The NFKD of the case-folded NFD of a string, by utf8proc. */
static size_t reference_fold(const uint8_t *text, size_t size, uint8_t *out, size_t capacity)
{
    utf8proc_uint8_t *decomposed = NULL, *folded = NULL;
    utf8proc_ssize_t n =
        utf8proc_map(text, (utf8proc_ssize_t)size, &decomposed, UTF8PROC_DECOMPOSE);
    assert_true(n >= 0);
    n = utf8proc_map(decomposed, n, &folded,
                     UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
    assert_true(n >= 0 && (size_t)n <= capacity);
    memcpy(out, folded, (size_t)n);
    free(decomposed);
    free(folded);
    return (size_t)n;
}

static void the_table_folds_like_utf8proc_and_the_plain_forms(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint8_t text[4], expected[256], found[TTI_CHARACTERS_MAX_FOLD];
        const uint64_t entry = tti_characters_get(code);
        size_t size;
        if ((code >= 0xD800 && code <= 0xDFFF) || tti_char_class(entry) < TTI_CHAR_WORD)
            continue;
        size = reference_fold(text, tti_utf8_encode(code, text), expected, sizeof expected);
        size = plain_equal_letters(expected, size);
        if (tti_char_slow(entry)) {
            if (tti_characters_normalise(code, 1, found) != size)
                fail_msg("U+%04X", (unsigned)code);
        } else {
            for (size_t i = 0; i < 6; i++)
                found[i] = (uint8_t)(tti_char_bytes(entry) >> (8 * i));
            if (tti_char_size(entry) != size)
                fail_msg("U+%04X", (unsigned)code);
        }
        if (memcmp(found, expected, size) != 0)
            fail_msg("U+%04X", (unsigned)code);
    }
}

/* Folding twice changes nothing; otherwise equal words could have different bytes. */
static void folding_twice_is_folding_once(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint8_t once[TTI_CHARACTERS_MAX_FOLD], twice[TTI_CHARACTERS_MAX_FOLD];
        unsigned size;
        if ((code >= 0xD800 && code <= 0xDFFF) ||
            tti_char_class(tti_characters_get(code)) < TTI_CHAR_WORD)
            continue;
        const size_t length = tti_characters_normalise(code, 1, once);
        for (size_t i = 0; i < length; i += size) {
            const uint32_t part = tti_utf8_decode(once + i, length - i, &size);
            if (tti_characters_normalise(part, 1, twice) != size ||
                memcmp(twice, once + i, size) != 0)
                fail_msg("U+%04X", (unsigned)code);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stray_bytes_are_refused),
        cmocka_unit_test(characters_cut_short_are_refused),
        cmocka_unit_test(overlong_forms_are_refused),
        cmocka_unit_test(surrogates_and_what_lies_above_unicode_are_refused),
        cmocka_unit_test(every_code_point_is_read_back),
        cmocka_unit_test(the_decoder_takes_what_utf8proc_takes),
        cmocka_unit_test(the_table_folds_like_utf8proc_and_the_plain_forms),
        cmocka_unit_test(folding_twice_is_folding_once),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(a_message_is_made_utf8),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
