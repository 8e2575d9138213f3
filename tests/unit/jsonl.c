#define _GNU_SOURCE
#include "input/jsonl.h"
#include "input/json.h"
#include "util/utf8.h"

#include "../test.h"

#include <stdio.h>

/* Reads one line with both parsers, which must agree, as line 3 of "news.jsonl". */
typedef struct reading {
    tt_record record;
    char line[4096], out[8192], again[8192];
} reading;

static const tti_jsonl_options usual = {{"id", "text", "published", "source", "version", "title"},
                                        {2, 4, 9, 6, 7, 5},
                                        1000,
                                        0,
                                        0,
                                        NULL,
                                        0};

static tt_record *read_bytes_by(const tti_jsonl_options *rules, reading *r, const char *line,
                                size_t size)
{
    tti_simdjson *quick = tti_simdjson_open();
    tt_record strict;
    assert_non_null(quick);
    assert_true(size + TTI_LINE_SLACK <= sizeof r->line);
    memset(r->line, 0, sizeof r->line);
    memcpy(r->line, line, size);
    memset(&r->record, 0, sizeof r->record);
    r->record.raw = r->line;
    r->record.raw_size = size;
    r->record.file = "news.jsonl";
    r->record.line = 3;
    strict = r->record;
    tti_jsonl_read(rules, quick, r->out, &r->record);
    tti_jsonl_read(rules, NULL, r->again, &strict);
    tti_simdjson_close(quick);
    assert_int_equal(r->record.status, strict.status);
    assert_string_equal(r->record.reason, strict.reason);
    assert_int_equal(r->record.article.id_size, strict.article.id_size);
    assert_int_equal(r->record.article.text_size, strict.article.text_size);
    assert_int_equal(r->record.article.source_size, strict.article.source_size);
    assert_memory_equal(r->record.article.id, strict.article.id, strict.article.id_size);
    if (strict.article.text_size > 0)
        assert_memory_equal(r->record.article.text, strict.article.text, strict.article.text_size);
    if (strict.article.source_size > 0)
        assert_memory_equal(r->record.article.source, strict.article.source,
                            strict.article.source_size);
    assert_true(r->record.article.published == strict.article.published);
    assert_int_equal(r->record.article.flags, strict.article.flags);
    return &r->record;
}

static tt_record *read_line(reading *r, const char *line)
{
    return read_bytes_by(&usual, r, line, strlen(line));
}

static void assert_bytes(const char *bytes, size_t size, const char *expected)
{
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, size);
}

static void assert_rejected(const char *line, tt_status status, const char *reason)
{
    reading r;
    const tt_record *record = read_line(&r, line);
    assert_string_equal(record->reason, reason);
    assert_int_equal(record->status, status);
    assert_null(record->article.text);
}

static void a_plain_line_is_an_article(void **state)
{
    (void)state;
    reading r;
    const tt_record *record = read_line(&r, "{\"id\":\"a1\",\"text\":\"Prices rose.\"}");
    assert_int_equal(record->status, TT_OK);
    assert_string_equal(record->reason, "");
    assert_bytes(record->article.id, record->article.id_size, "a1");
    assert_bytes(record->article.text, record->article.text_size, "Prices rose.");
    assert_int_equal(record->article.flags, 0);
    assert_true(record->article.published == TT_NO_TIME);
    assert_int_equal(record->article.source_size, 0);
}

static void escapes_are_resolved(void **state)
{
    (void)state;
    reading r;
    const tt_record *record =
        read_line(&r, " { \"\\u0069d\" : \"q\\\"\\\\\\/\" , \"te\\u0078t\" : "
                      "\"\\b\\f\\n\\r\\t\\u00e9\\u4E2D\\ud83d\\uDE00 end\" } \t");
    assert_int_equal(record->status, TT_OK);
    assert_bytes(record->article.id, record->article.id_size, "q\"\\/");
    assert_bytes(record->article.text, record->article.text_size,
                 "\b\f\n\r\t\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80 end");
}

static void nul_characters_are_text(void **state)
{
    (void)state;
    reading r;
    const tt_record *record = read_line(&r, "{\"id\":\"a\\u0000b\",\"text\":\"x\\u0000y\"}");
    assert_int_equal(record->status, TT_OK);
    assert_int_equal(record->article.id_size, 3);
    assert_memory_equal(record->article.id, "a\0b", 3);
    assert_int_equal(record->article.text_size, 3);
    assert_memory_equal(record->article.text, "x\0y", 3);
}

static void integers_are_ids_as_written(void **state)
{
    (void)state;
    static const char *const ids[] = {
        "7", "0", "-12", "9223372036854775807", "-9223372036854775808", "18446744073709551615"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        reading r;
        char line[200];
        const tt_record *record;
        (void)snprintf(line, sizeof line, "{\"text\":\"x\",\"id\":%s}", ids[i]);
        record = read_line(&r, line);
        assert_int_equal(record->status, TT_OK);
        assert_int_equal(record->article.flags, TT_ARTICLE_INTEGER_ID);
        assert_bytes(record->article.id, record->article.id_size, ids[i]);
    }
}

static void a_number_is_one_id(void **state)
{
    static const char *const too_great[] = {"18446744073709551616", "-9223372036854775809",
                                            "123456789012345678901234567890"};
    reading r;
    const tt_record *record = read_line(&r, "{\"text\":\"x\",\"id\":-0}");
    (void)state;
    assert_int_equal(record->status, TT_OK);
    assert_bytes(record->article.id, record->article.id_size, "0");
    for (size_t i = 0; i < sizeof too_great / sizeof *too_great; i++) {
        char line[200];
        (void)snprintf(line, sizeof line, "{\"text\":\"x\",\"id\":%s}", too_great[i]);
        record = read_line(&r, line);
        assert_int_equal(record->status, TT_EFORMAT);
        assert_non_null(strstr(record->reason, "write it as a string"));
    }
}

static void without_an_id_it_is_file_and_line(void **state)
{
    (void)state;
    reading r;
    const tt_record *record = read_line(&r, "{\"text\":\"a\\nb\"}");
    assert_int_equal(record->status, TT_OK);
    assert_bytes(record->article.id, record->article.id_size, "news.jsonl:3");
    assert_bytes(record->article.text, record->article.text_size, "a\nb");
}

static void a_null_id_is_none(void **state)
{
    reading r;
    const tt_record *record = read_line(&r, "{\"id\":null,\"text\":\"x\"}");
    (void)state;
    assert_int_equal(record->status, TT_OK);
    assert_bytes(record->article.id, record->article.id_size, "news.jsonl:3");
    record = read_line(&r, "{\"id\":null,\"text\":\"x\",\"id\":\"y\"}");
    assert_bytes(record->article.id, record->article.id_size, "y");
    assert_null(read_line(&r, "{\"id\":null}")->article.id);
}

static void bad_ids_are_rejected(void **state)
{
    (void)state;
    static const char reason[] = "\"id\" is neither a string nor an integer";
    assert_rejected("{\"id\":1.5,\"text\":\"x\"}", TT_EFORMAT, reason);
    assert_rejected("{\"id\":1e3,\"text\":\"x\"}", TT_EFORMAT, reason);
    assert_rejected("{\"id\":true,\"text\":\"x\"}", TT_EFORMAT, reason);
    assert_rejected("{\"id\":[1],\"text\":\"x\"}", TT_EFORMAT, reason);
    assert_rejected("{\"id\":{\"name\":\"x\"},\"text\":\"x\"}", TT_EFORMAT, reason);
    assert_rejected("{\"id\":\"\",\"text\":\"x\"}", TT_EFORMAT, "\"id\" is empty");
    assert_rejected("{\"id\":\"\\udfff\",\"text\":\"x\"}", TT_EFORMAT,
                    "unpaired surrogate escape in \"id\"");
}

static void bad_texts_are_rejected(void **state)
{
    (void)state;
    reading r;
    assert_rejected("{\"id\":\"a\"}", TT_EFORMAT, "no \"text\"; it has \"id\"");
    assert_rejected("{}", TT_EFORMAT, "no \"text\"");
    assert_rejected("{\"id\":\"a\",\"text\":null}", TT_EFORMAT, "\"text\" is null");
    assert_rejected("{\"id\":\"a\",\"text\":5}", TT_EFORMAT, "\"text\" is not a string");
    assert_rejected("{\"id\":\"a\",\"text\":[\"x\",5]}", TT_EFORMAT, "\"text\" is not a string");
    assert_rejected("{\"id\":\"a\",\"text\":[{}]}", TT_EFORMAT, "\"text\" is not a string");
    assert_rejected("{\"id\":\"a\",\"text\":{}}", TT_EFORMAT, "\"text\" is not a string");
    /* fields that can be read are reported */
    assert_bytes(r.record.article.id = read_line(&r, "{\"id\":\"a\"}")->article.id, 1, "a");
    assert_null(read_line(&r, "{}")->article.id);
}

static void unpaired_surrogates_are_rejected_where_they_matter(void **state)
{
    (void)state;
    static const char *const bad[] = {"\\ud800",        "\\udc00",        "\\ud800x",
                                      "\\ud800\\n",     "\\ud83d\\ud83d", "\\ud800\\u0041",
                                      "\\udc00\\ud800", "x\\udbff"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        reading r;
        char line[200];
        (void)snprintf(line, sizeof line, "{\"id\":\"a\",\"text\":\"%s\"}", bad[i]);
        assert_rejected(line, TT_EFORMAT, "unpaired surrogate escape in \"text\"");
        (void)snprintf(line, sizeof line, "{\"id\":\"a\",\"title\":\"%s\",\"text\":\"x\"}", bad[i]);
        assert_int_equal(read_line(&r, line)->status, TT_OK);
        (void)snprintf(line, sizeof line, "{\"%s\":1,\"id\":\"a\",\"text\":\"x\"}", bad[i]);
        assert_int_equal(read_line(&r, line)->status, TT_OK);
    }
}

static void lines_that_are_not_one_object_are_rejected(void **state)
{
    (void)state;
    assert_rejected("[1,2]", TT_EFORMAT, "not a JSON object but a list");
    assert_rejected("\"text\"", TT_EFORMAT, "not a JSON object");
    assert_rejected("12", TT_EFORMAT, "not a JSON object");
    assert_rejected("null", TT_EFORMAT, "not a JSON object");
    assert_rejected("[1,2", TT_EFORMAT, "invalid JSON: it ends early at byte 4");
    assert_rejected("hello", TT_EFORMAT, "invalid JSON: unexpected character 'h' at byte 0");
    assert_rejected("{\"id\":\"a\",\"text\":\"x\"} y", TT_EFORMAT,
                    "invalid JSON: more after the value at byte 22");
    assert_rejected("{\"id\":\"a\",\"text\":\"x\"}{}", TT_EFORMAT,
                    "invalid JSON: more after the value at byte 21");
    assert_rejected("{\"id\":\"a\",\"text\":\"x\"", TT_EFORMAT,
                    "invalid JSON: it ends early at byte 20");
    assert_rejected("{\"id\":\"a\",\"text\":\"x", TT_EFORMAT,
                    "invalid JSON: string without an end at byte 17");
    assert_rejected("{\"id\":\"a\",\"te", TT_EFORMAT,
                    "invalid JSON: string without an end at byte 10");
    assert_rejected("{\"id\"", TT_EFORMAT, "invalid JSON: it ends early at byte 5");
    assert_rejected("{\"id\":", TT_EFORMAT, "invalid JSON: it ends early at byte 6");
    assert_rejected("{", TT_EFORMAT, "invalid JSON: it ends early at byte 1");
}

static void bad_json_is_rejected_with_its_place(void **state)
{
    (void)state;
    assert_rejected("{\"a\":1,}", TT_EFORMAT, "invalid JSON: a key was expected at byte 7");
    assert_rejected("{a:1}", TT_EFORMAT, "invalid JSON: a key was expected at byte 1");
    assert_rejected("{\"a\" 1}", TT_EFORMAT, "invalid JSON: no colon after a key at byte 5");
    assert_rejected("{\"a\":1 \"b\":2}", TT_EFORMAT,
                    "invalid JSON: no comma after a value at byte 7");
    assert_rejected("{\"a\":[1 2]}", TT_EFORMAT, "invalid JSON: no comma after a value at byte 8");
    assert_rejected("{\"a\":[1}", TT_EFORMAT, "invalid JSON: no comma after a value at byte 7");
    assert_rejected("{\"a\":[1,]}", TT_EFORMAT, "invalid JSON: unexpected character ']' at byte 8");
    assert_rejected("{\"a\":tru}", TT_EFORMAT, "invalid JSON: unexpected character 't' at byte 5");
    assert_rejected("{\"a\":truex}", TT_EFORMAT, "invalid JSON: no comma after a value at byte 9");
    assert_rejected("{\"a\":'x'}", TT_EFORMAT, "invalid JSON: unexpected character ''' at byte 5");
    assert_rejected("{\"a\":\x01}", TT_EFORMAT,
                    "invalid JSON: unexpected character (byte 0x01) at byte 5");
    assert_rejected("{\"a\":\"x\ty\"}", TT_EFORMAT,
                    "invalid JSON: control character in a string at byte 7");
    assert_rejected("{\"a\":\"\\x\"}", TT_EFORMAT, "invalid JSON: bad escape at byte 6");
    assert_rejected("{\"a\":\"\\u12g4\"}", TT_EFORMAT, "invalid JSON: bad escape at byte 6");
    assert_rejected("{\"a\":01}", TT_EFORMAT, "invalid JSON: bad number at byte 5");
    assert_rejected("{\"a\":-}", TT_EFORMAT, "invalid JSON: bad number at byte 5");
    assert_rejected("{\"a\":1.}", TT_EFORMAT, "invalid JSON: bad number at byte 5");
    assert_rejected("{\"a\":1e+}", TT_EFORMAT, "invalid JSON: bad number at byte 5");
    assert_rejected("{\"a\":.5}", TT_EFORMAT, "invalid JSON: unexpected character '.' at byte 5");
    assert_rejected("{\"a\":+5}", TT_EFORMAT, "invalid JSON: unexpected character '+' at byte 5");
}

static void bytes_that_are_not_utf8_are_rejected(void **state)
{
    (void)state;
    reading r;
    assert_rejected("{\"id\":\"a\",\"text\":\"\xff\"}", TT_EFORMAT, "invalid UTF-8 at byte 18");
    assert_rejected("{\"id\":\"a\xc3\",\"text\":\"x\"}", TT_EFORMAT, "invalid UTF-8 at byte 8");
    assert_rejected("{\"text\":\"\xed\xa0\x80\"}", TT_EFORMAT, "invalid UTF-8 at byte 9");
    assert_rejected("{\"text\":\"\xc0\x80\"}", TT_EFORMAT, "invalid UTF-8 at byte 9");
    assert_rejected("{\"text\":\"x\",\"t\":\"\xf4\x90\x80\x80\"}", TT_EFORMAT,
                    "invalid UTF-8 at byte 17");
    read_bytes_by(&usual, &r, "\xff\xfe{\0\"\0", 6);
    assert_string_equal(r.record.reason, "invalid UTF-8 at byte 0: this is UTF-16");
    read_bytes_by(&usual, &r, "\0{\0\"\0", 5);
    assert_string_equal(r.record.reason,
                        "invalid JSON: unexpected character (byte 0x00) at byte 0");
}

static void a_text_over_the_limit_is_rejected(void **state)
{
    (void)state;
    char line[2000];
    reading r;
    (void)snprintf(line, sizeof line, "{\"id\":\"a\",\"text\":\"%0*d\"}", 1000, 0);
    assert_int_equal(read_line(&r, line)->status, TT_OK);
    (void)snprintf(line, sizeof line, "{\"id\":\"a\",\"text\":\"%0*d\"}", 1001, 0);
    assert_rejected(line, TT_ELIMIT, "text of 1001 bytes is over the limit of 1000");
    assert_bytes(read_line(&r, line)->article.id, 1, "a");
    /* the size of the text counts, not that of its escapes */
    memset(line, 0, sizeof line);
    strcpy(line, "{\"text\":\"");
    for (int i = 0; i < 200; i++)
        strcat(line, "\\u0041");
    strcat(line, "\"}");
    assert_int_equal(read_line(&r, line)->status, TT_OK);
}

static void the_last_of_equal_keys_counts(void **state)
{
    (void)state;
    reading r;
    const tt_record *record =
        read_line(&r, "{\"id\":5,\"text\":\"one\\n\",\"id\":\"b\",\"text\":\"two\"}");
    assert_bytes(record->article.id, record->article.id_size, "b");
    assert_bytes(record->article.text, record->article.text_size, "two");
    assert_int_equal(record->article.flags, 0);
    assert_rejected("{\"text\":\"one\",\"text\":2}", TT_EFORMAT, "\"text\" is not a string");
}

static void other_fields_are_passed_over_but_checked(void **state)
{
    (void)state;
    reading r;
    static const char *const good[] = {
        "1e999", "-1E-999", "12345678901234567890123456789", "0.1",  "true",   "[]",
        "{}",    "[[],{}]", "{\"text\":\"inner\",\"id\":3}", "null", "\"\\/\""};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char line[200];
        (void)snprintf(line, sizeof line, "{\"x\":%s,\"id\":\"a\",\"text\":\"outer\",\"y\":%s}",
                       good[i], good[i]);
        assert_int_equal(read_line(&r, line)->status, TT_OK);
        assert_bytes(r.record.article.text, r.record.article.text_size, "outer");
    }
}

static void deep_nesting_is_bounded(void **state)
{
    (void)state;
    char line[3000];
    reading r;
    for (size_t depth = 1020; depth < 1030; depth++) {
        size_t n = (size_t)sprintf(line, "{\"text\":\"x\",\"d\":");
        memset(line + n, '[', depth);
        memset(line + n + depth, ']', depth);
        strcpy(line + n + 2 * depth, "}");
        if (depth < TTI_JSON_DEPTH)
            assert_int_equal(read_line(&r, line)->status, TT_OK);
        else
            assert_rejected(line, TT_EFORMAT, "invalid JSON: nested too deeply at byte 1039");
    }
    memset(line, '[', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_rejected(line, TT_EFORMAT, "invalid JSON: nested too deeply at byte 1024");
}

static void names_of_fields_are_options(void **state)
{
    (void)state;
    reading r;
    tti_jsonl_options rules = {{"key", "body \"x\"", "published", "source", "version", "title"},
                               {3, 8, 9, 6, 7, 5},
                               1000,
                               0,
                               0,
                               NULL,
                               0};
    const char *line = "{\"key\":3,\"body \\\"x\\\"\":\"t\\n\",\"id\":1.5,\"text\":7}";
    read_bytes_by(&rules, &r, line, strlen(line));
    assert_int_equal(r.record.status, TT_OK);
    assert_bytes(r.record.article.id, r.record.article.id_size, "3");
    assert_bytes(r.record.article.text, r.record.article.text_size, "t\n");
    read_bytes_by(&rules, &r, "{}", 2);
    assert_string_equal(r.record.reason, "no \"body \"x\"\"");
    /* a long one is shown to its last whole character */
    rules.name[TTI_FIELD_TEXT] = "a234567890123456789012345678901234567\xe4\xb8\xad and more";
    rules.name_size[TTI_FIELD_TEXT] = strlen(rules.name[TTI_FIELD_TEXT]);
    read_bytes_by(&rules, &r, "{}", 2);
    assert_string_equal(r.record.reason,
                        "no \"a234567890123456789012345678901234567\xe4\xb8\xad\"");
    rules.name[TTI_FIELD_TEXT] = "a2345678901234567890123456789012345678\xe4\xb8\xad and more";
    rules.name_size[TTI_FIELD_TEXT] = strlen(rules.name[TTI_FIELD_TEXT]);
    read_bytes_by(&rules, &r, "{}", 2);
    assert_string_equal(r.record.reason, "no \"a2345678901234567890123456789012345678\"");
}

static void one_field_may_play_two_parts(void **state)
{
    (void)state;
    reading r;
    tti_jsonl_options rules = {{"source", "source", "published", "source", "version"},
                               {6, 6, 9, 6, 7},
                               1000,
                               0,
                               0,
                               NULL,
                               0};
    char line[1500], *end = line;
    end += sprintf(end, "{\"source\":\"");
    for (int i = 0; i < 500; i++)
        end += sprintf(end, "\\n");
    sprintf(end, "\"}");
    read_bytes_by(&rules, &r, line, strlen(line));
    assert_int_equal(r.record.status, TT_OK);
    assert_int_equal(r.record.article.text_size, 500);
    assert_int_equal(r.record.article.id_size, 500);
    assert_int_equal(r.record.article.source_size, 500);
}

static void source_is_a_string_or_has_a_name(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\"AP\"", "AP"},
        {"\"A\\u0050\"", "AP"},
        {"{\"name\":\"AP\"}", "AP"},
        {"{\"x\":{\"name\":\"no\"},\"name\":\"A\\u0050\",\"y\":[{\"name\":\"no\"}]}", "AP"},
        {"{\"name\":\"x\",\"name\":5}", ""},
        {"{\"nam\":\"AP\"}", ""},
        {"{}", ""},
        {"[\"AP\"]", ""},
        {"7", ""},
        {"null", ""},
        {"\"\\ud800\"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reading r;
        char line[200];
        (void)snprintf(line, sizeof line, "{\"source\":%s,\"id\":\"a\",\"text\":\"x\"}",
                       cases[i][0]);
        assert_int_equal(read_line(&r, line)->status, TT_OK);
        if (strcmp(cases[i][0], "7") != 0)
            assert_bytes(r.record.article.source, r.record.article.source_size, cases[i][1]);
    }
}

static void moments_are_microseconds_since_1970(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t micros;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01", 0},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2000-02-29T12:00:00+00:00", 951825600000000},
        {"2024-03-04T05:06:07.5Z", 1709528767500000},
        {"2024-03-04T06:06:07.5+01:00", 1709528767500000},
        {"2024-03-03t21:36:07.500000-07:30", 1709528767500000},
        {"2024-03-04 05:06:07.5z", 1709528767500000},
        {"2024-03-04T05:06:07.5", 1709528767500000},
        {"2024-03-04T05:06:07.123456789Z", 1709528767123456},
        {"2016-12-31T23:59:60Z", 1483228800000000},
        {"0001-01-01", -62135596800000000},
        {"9999-12-31T23:59:59Z", 253402300799000000},
        {"", TT_NO_TIME},
        {"yesterday", TT_NO_TIME},
        {"2024", TT_NO_TIME},
        {"2024-13-01", TT_NO_TIME},
        {"2023-02-29", TT_NO_TIME},
        {"1900-02-29", TT_NO_TIME},
        {"2024-03-04T", TT_NO_TIME},
        {"2024-03-04T05:06", TT_NO_TIME},
        {"2024-03-04T24:00:00Z", TT_NO_TIME},
        {"2024-03-04T05:60:00Z", TT_NO_TIME},
        {"2024-03-04T05:06:07.Z", TT_NO_TIME},
        {"2024-03-04T05:06:07+1:00", TT_NO_TIME},
        {"2024-03-04T05:06:07+24:00", TT_NO_TIME},
        {"2024-03-04T05:06:07Zx", TT_NO_TIME},
        {"2024-03-04T05:06:07 GMT", TT_NO_TIME},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reading r;
        char line[200];
        if (tt_time_parse(cases[i].text, strlen(cases[i].text)) != cases[i].micros)
            fail_msg("%s", cases[i].text);
        (void)snprintf(line, sizeof line, "{\"published\":\"%s\",\"text\":\"x\"}", cases[i].text);
        read_line(&r, line);
        if (strcmp(cases[i].text, "2024-03-04T05:06") == 0) /* records may leave out the seconds */
            assert_true(r.record.article.published == 1709528760000000);
        else
            assert_true(r.record.article.published == cases[i].micros);
    }
}

static void utf8_is_checked_to_the_byte(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, valid;
    } cases[] = {
        {"", 0, 0},
        {"plain ascii, longer than a word", 31, 31},
        {"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", 9, 9},
        {"\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80", 10, 10},
        {"12345678\xc3", 9, 8},
        {"ab\xe4\xb8", 4, 2},
        {"ab\xf0\x9f\x98", 5, 2},
        {"\x80", 1, 0},
        {"x\xc1\xbf", 3, 1},
        {"x\xe0\x9f\xbf", 4, 1},
        {"x\xed\xa0\x80", 4, 1},
        {"x\xf0\x8f\xbf\xbf", 5, 1},
        {"x\xf4\x90\x80\x80", 5, 1},
        {"x\xf5\x80\x80\x80", 5, 1},
        {"\0\0\xff", 3, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tti_utf8_valid_up_to(cases[i].bytes, cases[i].size), cases[i].valid);
}

/* Random damage to good lines: both parsers agree, and nothing is read out of bounds. */
static void damaged_lines_read_the_same_in_both_ways(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "{\"id\":\"a\",\"text\":\"one \\\"two\\\" "
        "\\u00e9\\ud83d\\ude00\\n\",\"n\":[1,-2.5e3,true]}",
        "{\"id\":12,\"source\":{\"name\":\"AP\"},\"text\":\"caf\xc3\xa9\",\"published\":"
        "\"2024-01-01\"}"};
    static const char alphabet[] = "{}[]\",:\\u0d8c1e-+.tfn \x01\xc3\xa9\xff";
    uint64_t random = 7;
    for (int i = 0; i < 40000; i++) {
        const char *seed = seeds[i % 2];
        size_t size = strlen(seed);
        char line[200];
        reading r;
        memcpy(line, seed, size);
        for (int edits = 1 + i % 3; edits > 0; edits--) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            line[(random >> 33) % size] = alphabet[(random >> 20) % (sizeof alphabet - 1)];
        }
        if (i % 5 == 0)
            size = (random >> 40) % (size + 1);
        read_bytes_by(&usual, &r, line, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_line_is_an_article),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(nul_characters_are_text),
        cmocka_unit_test(integers_are_ids_as_written),
        cmocka_unit_test(a_number_is_one_id),
        cmocka_unit_test(without_an_id_it_is_file_and_line),
        cmocka_unit_test(a_null_id_is_none),
        cmocka_unit_test(bad_ids_are_rejected),
        cmocka_unit_test(bad_texts_are_rejected),
        cmocka_unit_test(unpaired_surrogates_are_rejected_where_they_matter),
        cmocka_unit_test(lines_that_are_not_one_object_are_rejected),
        cmocka_unit_test(bad_json_is_rejected_with_its_place),
        cmocka_unit_test(bytes_that_are_not_utf8_are_rejected),
        cmocka_unit_test(a_text_over_the_limit_is_rejected),
        cmocka_unit_test(the_last_of_equal_keys_counts),
        cmocka_unit_test(other_fields_are_passed_over_but_checked),
        cmocka_unit_test(deep_nesting_is_bounded),
        cmocka_unit_test(names_of_fields_are_options),
        cmocka_unit_test(one_field_may_play_two_parts),
        cmocka_unit_test(source_is_a_string_or_has_a_name),
        cmocka_unit_test(moments_are_microseconds_since_1970),
        cmocka_unit_test(utf8_is_checked_to_the_byte),
        cmocka_unit_test(damaged_lines_read_the_same_in_both_ways),
    };
    return cmocka_run_group_tests_name("jsonl", tests, NULL, NULL);
}
