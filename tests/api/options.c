#include "../support.h"

#include <math.h>

/* Expects a failure whose message names `field`. */
static void assert_refused(const tt_options *o, const char *field)
{
    tt_options out;
    tt_error error = {TT_OK, 0, ""};
    assert_int_equal(tt_options_resolve(o, &out, &error), TT_EINVAL);
    assert_int_equal(error.status, TT_EINVAL);
    assert_non_null(strstr(error.message, field));
}

static void assert_taken(const tt_options *o)
{
    tt_options out;
    tt_error error = {TT_OK, 0, ""};
    if (tt_options_resolve(o, &out, &error) != TT_OK)
        fail_msg("%s", error.message);
}

static void zeros_are_the_documented_defaults(void **state)
{
    tt_options out;
    (void)state;
    assert_int_equal(tt_options_resolve(NULL, &out, NULL), TT_OK);
    assert_int_equal(out.struct_size, sizeof out);
    assert_int_equal(out.find, TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS);
    assert_int_equal(out.shingle_tokens, 5);
    assert_int_equal(out.num_hashes, 128);
    assert_true(out.bands > 0);
    assert_int_equal(out.num_hashes % out.bands, 0);
    assert_int_equal(out.min_section, 32);
    assert_int_equal(out.max_matches, 64);
    assert_true(out.resemblance == 0.7);
    assert_true(out.containment == 0.8);
    assert_true(out.overlap == 0.5);
    assert_true(out.facts == 0); /* depends on the length */
    assert_true(out.drop == 0.8);
    assert_true(out.max_article_bytes == (uint64_t)16 << 20);
    assert_int_equal(out.keep, TT_KEEP_LONGEST);
    assert_non_null(out.allocator);
    assert_null(out.progress);
}

static void what_is_resolved_resolves_to_itself(void **state)
{
    tt_options o = TT_OPTIONS_INIT, once, twice;
    (void)state;
    o.resemblance = TT_OFF;
    o.facts = TT_OFF;
    o.num_hashes = 96;
    o.find = TT_FIND_SERIES;
    assert_int_equal(tt_options_resolve(&o, &once, NULL), TT_OK);
    assert_int_equal(tt_options_resolve(&once, &twice, NULL), TT_OK);
    assert_memory_equal(&once, &twice, sizeof once);
    assert_true(once.resemblance == TT_OFF);
    assert_int_equal(once.find,
                     TT_FIND_PAIRS | TT_FIND_CLUSTERS | TT_FIND_SECTIONS | TT_FIND_SERIES);
}

#define CHECK_COUNT(field, least, most)                                                            \
  do {                                                                                             \
    tt_options o = TT_OPTIONS_INIT;                                                                \
    o.field = (least);                                                                             \
    assert_taken(&o);                                                                              \
    o.field = (most);                                                                              \
    assert_taken(&o);                                                                              \
    o.field = (least)-1;                                                                           \
    if (o.field != 0) /* 0 is the default */                                                       \
      assert_refused(&o, #field);                                                                  \
    o.field = (most) + 1;                                                                          \
    if (o.field != 0)                                                                              \
      assert_refused(&o, #field);                                                                  \
  } while (0)

static void counts_keep_to_their_ranges_and_errors_name_the_field(void **state)
{
    (void)state;
    CHECK_COUNT(shingle_tokens, 1, 64);
    CHECK_COUNT(num_hashes, 16, 1024);
    CHECK_COUNT(min_section, 6, UINT32_MAX);
    CHECK_COUNT(max_matches, 1, 1u << 20);
    CHECK_COUNT(max_article_bytes, 1, (uint64_t)1 << 30);
    CHECK_COUNT(memory_limit, (uint64_t)32 << 20, UINT64_MAX);
}

#define CHECK_RULE(field)                                                                          \
  do {                                                                                             \
    tt_options o = TT_OPTIONS_INIT;                                                                \
    o.field = 1;                                                                                   \
    assert_taken(&o);                                                                              \
    o.field = 1e-9;                                                                                \
    assert_taken(&o);                                                                              \
    o.field = 1.0001;                                                                              \
    assert_refused(&o, #field);                                                                    \
    o.field = NAN;                                                                                 \
    assert_refused(&o, #field);                                                                    \
    o.field = INFINITY;                                                                            \
    assert_refused(&o, #field);                                                                    \
  } while (0)

static void rules_lie_between_0_and_1_or_are_off(void **state)
{
    tt_options off = TT_OPTIONS_INIT;
    (void)state;
    CHECK_RULE(resemblance);
    CHECK_RULE(containment);
    CHECK_RULE(overlap);
    CHECK_RULE(facts);
    CHECK_RULE(drop);
    off.resemblance = off.containment = off.overlap = off.facts = TT_OFF;
    assert_taken(&off);
    off.drop = TT_OFF;
    assert_refused(&off, "drop");
}

static void bands_divide_the_sketch(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    for (o.bands = 1; o.bands <= 130; o.bands++)
        if (128 % o.bands == 0)
            assert_taken(&o);
        else
            assert_refused(&o, "bands");
}

static void enumerations_and_flags_are_known_values(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    o.paragraphs = 4;
    assert_refused(&o, "paragraphs");
    o.paragraphs = -1;
    assert_refused(&o, "paragraphs");
    o.paragraphs = TT_PARAGRAPHS_NONE;
    o.keep = 4;
    assert_refused(&o, "keep");
    o.keep = -1;
    assert_refused(&o, "keep");
    o.keep = TT_KEEP_SOURCE;
    assert_refused(&o, "keep_sources");
    o.keep_sources = "";
    assert_refused(&o, "keep_sources");
    o.keep_sources = "ap,reuters";
    assert_taken(&o);
    o.find = 1u << 5;
    assert_refused(&o, "find");
    o.find = 0;
    o.reserved = 1;
    assert_refused(&o, "reserved");
}

static void threads_are_not_negative(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    o.threads = 1 << 20;
    assert_taken(&o);
    o.threads = -1;
    assert_refused(&o, "threads");
}

/* What resolve() does, by the field alone. @return the value as a double */
static double resolved_value(const tt_option *x, const tt_options *given, tt_status *status)
{
    tt_options out = TT_OPTIONS_INIT;
    const void *field = (const char *)&out + x->offset;
    tt_error error = {TT_OK, 0, ""};
    *status = tt_options_resolve(given, &out, &error);
    if (*status != TT_OK) {
        assert_non_null(strstr(error.message, x->field));
        return 0;
    }
    switch (x->type) {
    case TT_OPTION_FLAGS:
    case TT_OPTION_COUNT: return *(const uint32_t *)field;
    case TT_OPTION_CHOICE:
    case TT_OPTION_SWITCH:
    case TT_OPTION_THREADS: return *(const int32_t *)field;
    case TT_OPTION_SIZE:
    case TT_OPTION_SEED: return (double)*(const uint64_t *)field;
    case TT_OPTION_RULE:
    case TT_OPTION_SHARE: return *(const double *)field;
    case TT_OPTION_PATH: break;
    }
    return 0;
}

static void set_number(tt_options *o, const tt_option *x, uint64_t value)
{
    void *field = (char *)o + x->offset;
    if (x->type == TT_OPTION_SIZE)
        *(uint64_t *)field = value;
    else
        *(uint32_t *)field = (uint32_t)value;
}

static void the_list_of_options_says_what_is_checked(void **state)
{
    size_t count = 0, kept = 0;
    const tt_option *list = tt_option_list(&count);
    (void)state;
    assert_null(tt_option_list(NULL));
    assert_int_equal(count, 19);
    for (size_t i = 0; i < count; i++) {
        const tt_option *x = &list[i];
        tt_status status;
        tt_options o = TT_OPTIONS_INIT;
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(x->name, list[j].name);
            assert_int_not_equal(x->offset, list[j].offset);
            assert_true(x->index_order < 0 || x->index_order != list[j].index_order);
        }
        kept += x->index_order >= 0;
        assert_true(x->index_order < 11);
        if (strcmp(x->name, "bands") != 0)
            assert_true(resolved_value(x, &o, &status) == x->default_value);
        if (x->type == TT_OPTION_CHOICE) {
            for (uint64_t k = 0; k <= x->max; k++)
                assert_non_null(x->words[k]);
            assert_null(x->words[x->max + 1]);
        }
        if (x->type != TT_OPTION_COUNT && x->type != TT_OPTION_SIZE)
            continue;
        if (x->min > 1) {
            set_number(&o, x, x->min - 1);
            (void)resolved_value(x, &o, &status);
            assert_int_equal(status, TT_EINVAL);
        }
        if (x->max < (x->type == TT_OPTION_SIZE ? UINT64_MAX : UINT32_MAX)) {
            set_number(&o, x, x->max + 1);
            (void)resolved_value(x, &o, &status);
            assert_int_equal(status, TT_EINVAL);
        }
        if (strcmp(x->name, "bands") == 0)
            o.num_hashes = 1024; /* of which bands are a divisor */
        set_number(&o, x, x->min);
        assert_true(resolved_value(x, &o, &status) == (double)x->min && status == TT_OK);
        set_number(&o, x, x->max);
        assert_true(resolved_value(x, &o, &status) == (double)x->max && status == TT_OK);
    }
    assert_int_equal(kept, 11);
}

static void half_an_allocator_is_refused(void **state)
{
    counting c;
    tt_allocator half;
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    counting_start(&c, 0);
    o.allocator = &c.allocator;
    assert_taken(&o);
    half = c.allocator;
    half.resize = NULL;
    o.allocator = &half;
    assert_refused(&o, "allocator");
}

static void an_older_smaller_struct_is_accepted_and_the_rest_is_default(void **state)
{
    tt_options o, out;
    (void)state;
    memset(&o, 0xA5, sizeof o); /* fields that the old caller does not know are not read */
    memset(&o, 0, offsetof(tt_options, num_hashes));
    o.struct_size = offsetof(tt_options, num_hashes);
    o.shingle_tokens = 7;
    assert_int_equal(tt_options_resolve(&o, &out, NULL), TT_OK);
    assert_int_equal(out.struct_size, sizeof out);
    assert_int_equal(out.shingle_tokens, 7);
    assert_int_equal(out.num_hashes, 128);
    assert_true(out.resemblance == 0.7);
}

static void a_struct_without_a_size_is_refused(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    (void)state;
    o.struct_size = 0;
    assert_refused(&o, "struct_size");
    assert_int_equal(tt_options_resolve(NULL, NULL, NULL), TT_EINVAL);
}

static int drop_bytes(void *ctx, const char *bytes, size_t size)
{
    return (void)ctx, (void)bytes, (void)size, 0;
}

/* Every struct with a size, as of a newer caller: with a field that the library does not know. */
static void a_newer_longer_struct_is_accepted_if_its_new_fields_are_zero(void **state)
{
    const char *const path[] = {"/dev/null"};
    struct {
        tt_options known;
        uint64_t later;
    } options = {TT_OPTIONS_INIT, 0};
    struct {
        tt_reader_options known;
        uint64_t later;
    } reading = {TT_READER_OPTIONS_INIT, 0};
    struct {
        tt_write_options known;
        uint64_t later;
    } writing = {TT_WRITE_OPTIONS_INIT, 0};
    (void)state;
    options.known.struct_size = sizeof options;
    reading.known.struct_size = sizeof reading;
    writing.known.struct_size = sizeof writing;
    for (uint64_t later = 0; later < 2; later++) {
        const tt_status expected = later == 0 ? TT_OK : TT_EINVAL;
        tt_options resolved;
        tt_scan *scan = NULL, *empty = NULL;
        tt_reader *reader = NULL;
        tt_result *result = NULL;
        tt_index *index = NULL;
        options.later = reading.later = writing.later = later << 63; /* in its last byte */
        assert_int_equal(tt_options_resolve(&options.known, &resolved, NULL), expected);
        if (later == 0)
            assert_int_equal(resolved.struct_size, sizeof resolved);
        assert_int_equal(tt_scan_open(&scan, &options.known, NULL), expected);
        assert_int_equal(tt_index_open(&index, "/no/such/index", 0, &options.known, NULL),
                         later == 0 ? TT_EIO : TT_EINVAL);
        assert_int_equal(tt_reader_open(&reader, path, 1, &reading.known, NULL), expected);
        assert_int_equal(tt_scan_open(&empty, NULL, NULL), TT_OK);
        assert_int_equal(tt_scan_finish(empty, &result, NULL), TT_OK);
        assert_int_equal(tt_result_write(result, drop_bytes, NULL, &writing.known, NULL), expected);
        writing.known.struct_size = 0;
        assert_int_equal(tt_result_write(result, drop_bytes, NULL, &writing.known, NULL),
                         TT_EINVAL);
        writing.known.struct_size = sizeof writing;
        tt_result_close(result);
        tt_scan_close(empty);
        tt_scan_close(scan);
        tt_reader_close(reader);
    }
}

static void the_builder_refuses_what_the_check_refuses(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *b = (tt_scan *)&o;
    tt_error error;
    (void)state;
    o.bands = 3;
    assert_int_equal(tt_scan_open(&b, &o, &error), TT_EINVAL);
    assert_null(b);
    assert_non_null(strstr(error.message, "bands"));
    assert_int_equal(tt_scan_open(NULL, NULL, &error), TT_EINVAL);
}

static void every_status_and_relation_has_a_name(void **state)
{
    (void)state;
    for (int s = -120; s < 10; s++)
        assert_true(strlen(tt_status_name((tt_status)s)) > 0);
    assert_string_equal(tt_relation_name(TT_IDENTICAL), "identical");
    assert_string_equal(tt_relation_name(TT_NEAR), "near");
    assert_string_equal(tt_relation_name(TT_CONTAINS), "contains");
    assert_string_equal(tt_relation_name(TT_CONTAINED), "contained");
    assert_string_equal(tt_relation_name(TT_SERIES), "series");
    assert_non_null(tt_relation_name((tt_relation)99));
    assert_int_equal(tt_version(), TT_VERSION_NUMBER);
}

static void the_version_as_text_is_that_of_the_header(void **state)
{
    char wanted[40];
    (void)state;
    (void)snprintf(wanted, sizeof wanted, "%d.%d.%d", TT_VERSION_MAJOR, TT_VERSION_MINOR,
                   TT_VERSION_PATCH);
    assert_string_equal(tt_version_string(), wanted);
}

static int64_t time_of(const char *text)
{
    return tt_time_parse(text, strlen(text));
}

static void times_are_those_of_rfc_3339_and_of_the_calendar(void **state)
{
    static const char *const refused[] = {"",
                                          "2025",
                                          "2025-02-31",
                                          "2025-02-29T00:00:00Z",
                                          "1900-02-29",
                                          "2025-04-31",
                                          "2025-13-01",
                                          "2025-00-10",
                                          "2025-01-00",
                                          "2025-1-1",
                                          " 2025-01-01",
                                          "2025-01-01 ",
                                          "2025-01-01T24:00:00Z",
                                          "2025-01-01T00:00:61Z",
                                          "2025-01-01T00:00:00+24:00"};
    (void)state;
    assert_int_equal(time_of("1970-01-01"), 0);
    assert_int_equal(time_of("1969-12-31T23:59:59.5Z"), -500000);
    assert_int_equal(time_of("2024-02-29T12:00:00+02:00"), time_of("2024-02-29T10:00:00Z"));
    assert_int_equal(time_of("2024-02-29t12:00:00"), time_of("2024-02-29T12:00:00z"));
    assert_int_equal(time_of("2000-02-29"), INT64_C(951782400) * 1000000);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (time_of(refused[i]) != TT_NO_TIME)
            fail_msg("'%s' was taken", refused[i]);
    assert_true(tt_time_parse(NULL, 0) == TT_NO_TIME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_are_the_documented_defaults),
        cmocka_unit_test(what_is_resolved_resolves_to_itself),
        cmocka_unit_test(counts_keep_to_their_ranges_and_errors_name_the_field),
        cmocka_unit_test(rules_lie_between_0_and_1_or_are_off),
        cmocka_unit_test(bands_divide_the_sketch),
        cmocka_unit_test(enumerations_and_flags_are_known_values),
        cmocka_unit_test(threads_are_not_negative),
        cmocka_unit_test(the_list_of_options_says_what_is_checked),
        cmocka_unit_test(half_an_allocator_is_refused),
        cmocka_unit_test(an_older_smaller_struct_is_accepted_and_the_rest_is_default),
        cmocka_unit_test(a_struct_without_a_size_is_refused),
        cmocka_unit_test(a_newer_longer_struct_is_accepted_if_its_new_fields_are_zero),
        cmocka_unit_test(the_builder_refuses_what_the_check_refuses),
        cmocka_unit_test(every_status_and_relation_has_a_name),
        cmocka_unit_test(the_version_as_text_is_that_of_the_header),
        cmocka_unit_test(times_are_those_of_rfc_3339_and_of_the_calendar),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
