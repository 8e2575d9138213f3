#include "util/json_write.h"

#include "twicetold.h"

#include "../test.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>

/* The shortest decimal that is read back as the same number, with libc. */
static void check_shortest(double value)
{
    char expected[TTI_JSON_NUMBER_SIZE], text[TTI_JSON_NUMBER_SIZE];
    const size_t size = tti_json_format_number(text, value);
    assert_true(size < sizeof text);
    text[size] = '\0';
    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(expected, sizeof expected, "%.*g", digits, value);
        if (strtod(expected, NULL) == value)
            break;
    }
    assert_true(strtod(text, NULL) == value);
    if (value >= 1e-4 && value <= 1)
        assert_string_equal(text, expected);
}

static void numbers_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (uint64_t b = 1; b <= 400; b++)
        for (uint64_t a = 0; a <= b; a++)
            check_shortest((double)a / (double)b);
    for (int i = 0; i < 200000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        check_shortest((double)(random >> 11) * 0x1p-53);
    }
    for (double v = 1; v > 0x1p-12; v /= 2) {
        check_shortest(v);
        check_shortest(nextafter(v, 0));
        check_shortest(nextafter(v, 2));
    }
    check_shortest(1234567.891);
    check_shortest(1e-300);
    check_shortest(-0.7);
}

static void check_number(double value, const char *expected)
{
    char text[TTI_JSON_NUMBER_SIZE];
    text[tti_json_format_number(text, value)] = '\0';
    assert_string_equal(text, expected);
}

static void whole_numbers_and_missing_ones_have_one_form(void **state)
{
    (void)state;
    check_number(0, "0");
    check_number(-0.0, "0");
    check_number(1, "1");
    check_number(0.7, "0.7");
    check_number(2.5, "2.5");
    check_number(NAN, "null");
    check_number(INFINITY, "null");
}

static void numbers_do_not_follow_the_locale(void **state)
{
    static const char *const with_comma[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "ru_RU.UTF-8"};
    (void)state;
    for (size_t i = 0; i < sizeof with_comma / sizeof *with_comma; i++)
        if (setlocale(LC_NUMERIC, with_comma[i]) != NULL)
            break;
    check_number(2.5, "2.5");
    check_number(0.001953125, "0.001953125");
    (void)setlocale(LC_NUMERIC, "C");
}

typedef struct text_sink {
    char text[40000];
    size_t size, room; /* writes beyond `room` are refused */
} text_sink;

static int collect(void *ctx, const char *bytes, size_t size)
{
    text_sink *s = ctx;
    if (size > s->room - s->size)
        return 1;
    memcpy(s->text + s->size, bytes, size);
    s->size += size;
    return 0;
}

static void check_string(const char *text, size_t size, const char *expected)
{
    static text_sink s;
    s.size = 0;
    s.room = sizeof s.text - 1;
    assert_int_equal(tt_write_json_string(collect, &s, text, size), TT_OK);
    s.text[s.size] = '\0';
    assert_string_equal(s.text, expected);
}

#define CHECK_STRING(text, expected) check_string("" text, sizeof(text) - 1, expected)

static void strings_escape_what_could_drive_a_terminal(void **state)
{
    (void)state;
    CHECK_STRING("", "\"\"");
    CHECK_STRING("plain", "\"plain\"");
    CHECK_STRING("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    CHECK_STRING("\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"");
    CHECK_STRING("\0x\x1b[2J\x7f", "\"\\u0000x\\u001b[2J\\u007f\"");
    CHECK_STRING("\xc2\x80\xc2\x9b\xc2\xa0", "\"\\u0080\\u009b\xc2\xa0\"");
    CHECK_STRING("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9", "\"\xe2\x80\xa7\\u2028\\u2029\"");
    CHECK_STRING("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80",
                 "\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"");
}

static void bytes_that_are_not_utf8_become_replacement_characters(void **state)
{
    (void)state;
    CHECK_STRING("a\xff"
                 "b",
                 "\"a\\ufffdb\"");
    CHECK_STRING("\xc3", "\"\\ufffd\"");
    CHECK_STRING("\xe4\xb8", "\"\\ufffd\\ufffd\"");
    CHECK_STRING("\xc0\x80", "\"\\ufffd\\ufffd\"");
    CHECK_STRING("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
    CHECK_STRING("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void long_strings_cross_the_block(void **state)
{
    (void)state;
    static char text[12001], expected[24003];
    size_t size = 0;
    expected[size++] = '"';
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] = i % 3 == 0 ? '\n' : 'x';
        if (i % 3 == 0)
            expected[size++] = '\\';
        expected[size++] = i % 3 == 0 ? 'n' : 'x';
    }
    expected[size++] = '"';
    expected[size] = '\0';
    check_string(text, sizeof text - 1, expected);
}

static void a_refused_write_stops(void **state)
{
    (void)state;
    static text_sink s;
    static char text[20000];
    s.size = 0;
    s.room = 10;
    assert_int_equal(tt_write_json_string(collect, &s, text, sizeof text), TT_ESTOPPED);
    assert_int_equal(s.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_the_shortest_that_read_back),
        cmocka_unit_test(whole_numbers_and_missing_ones_have_one_form),
        cmocka_unit_test(numbers_do_not_follow_the_locale),
        cmocka_unit_test(strings_escape_what_could_drive_a_terminal),
        cmocka_unit_test(bytes_that_are_not_utf8_become_replacement_characters),
        cmocka_unit_test(long_strings_cross_the_block),
        cmocka_unit_test(a_refused_write_stops),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
