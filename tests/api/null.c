/*
 * What NULL does, function by function: where a description does not allow it, a function that
 * returns a status returns TT_EINVAL, one that returns a pointer or a count returns NULL or 0, and
 * one that returns nothing does nothing. Every function of the library is in the table.
 */
#define _GNU_SOURCE
#include "../support.h"

static tt_scan *scan;
static tt_result *result;
static tt_index *index_handle;
static tt_reader *reader;
static tt_alignment *alignment;
static tt_article article;
static size_t count;

static int write_nothing(void *ctx, const char *bytes, size_t size)
{
    return (void)ctx, (void)bytes, (void)size, 0;
}

static int take_article(void *ctx, const tt_index_article *x)
{
    return (void)ctx, (void)x, 0;
}

static int take_decision(void *ctx, const tt_index_decision *x)
{
    return (void)ctx, (void)x, 0;
}

static int take_removal(void *ctx, uint64_t removal, uint64_t number)
{
    return (void)ctx, (void)removal, (void)number, 0;
}

static int take_verdicts(void *ctx, const tt_verdict *x, size_t n)
{
    return (void)ctx, (void)x, (void)n, 0;
}

#define REFUSES(call) assert_int_equal(call, TT_EINVAL)

static void tt_align_(void)
{
    REFUSES(tt_align(NULL, &article, &article, NULL, 8, NULL));
    REFUSES(tt_align(&alignment, NULL, &article, NULL, 8, NULL));
}
static void tt_alignment_close_(void)
{
    tt_alignment_close(NULL);
}
static void tt_alignment_differences_(void)
{
    assert_null(tt_alignment_differences(NULL, &count));
    assert_int_equal(count, 0);
}
static void tt_alignment_pair_(void)
{
    int admitted;
    assert_null(tt_alignment_pair(NULL, &admitted));
}
static void tt_alignment_passages_(void)
{
    assert_null(tt_alignment_passages(NULL, &count));
    assert_int_equal(count, 0);
}
static void tt_alignment_segments_(void)
{
    assert_null(tt_alignment_segments(NULL, &count));
    assert_int_equal(count, 0);
}
static void tt_article_digest_(void)
{
    assert_int_equal(tt_article_digest(NULL), 0);
}
static void tt_article_refusal_(void)
{
    char text[8] = "as is";
    tt_article_refusal(&article, TT_EINVAL, NULL, 0);
    tt_article_refusal(NULL, TT_EINVAL, text, sizeof text);
    assert_string_equal(text, "as is");
}
static void tt_eval_(void)
{
    tt_scores scores;
    REFUSES(tt_eval(NULL, result, &scores, NULL));
    REFUSES(tt_eval(result, NULL, &scores, NULL));
    REFUSES(tt_eval(result, result, NULL, NULL));
}
static void tt_eval_errors_list_(void)
{
    tt_eval_errors *errors;
    REFUSES(tt_eval_errors_list(NULL, result, &errors, NULL));
    REFUSES(tt_eval_errors_list(result, NULL, &errors, NULL));
    REFUSES(tt_eval_errors_list(result, result, NULL, NULL));
}
static void tt_eval_errors_close_(void)
{
    tt_eval_errors_close(NULL);
}
static void tt_index_add_(void)
{
    REFUSES(tt_index_add(NULL, &article, 1, NULL, NULL, NULL, NULL));
    REFUSES(tt_index_add(index_handle, NULL, 1, NULL, NULL, NULL, NULL));
}
static void tt_index_check_(void)
{
    REFUSES(tt_index_check(NULL, NULL, NULL, NULL, NULL, NULL));
}
static void tt_index_close_(void)
{
    tt_index_close(NULL);
}
static void tt_index_create_(void)
{
    REFUSES(tt_index_create(NULL, NULL, NULL));
}
static void tt_index_expire_(void)
{
    REFUSES(tt_index_expire(NULL, 0, NULL, NULL));
}
static void tt_index_newest_(void)
{
    assert_true(tt_index_newest(NULL) == TT_NO_TIME);
}
static void tt_index_sources_(void)
{
    REFUSES(tt_index_sources(NULL, TT_SOURCES_ANY, NULL, NULL));
    REFUSES(tt_index_sources(index_handle, 3, NULL, NULL));
}

static void tt_index_notices_(void)
{
    REFUSES(tt_index_notices(NULL, result, NULL));
    REFUSES(tt_index_notices(index_handle, NULL, NULL));
}

static void tt_index_notices_get_(void)
{
    tt_result *out = NULL;
    REFUSES(tt_index_notices_get(NULL, &out, NULL));
    REFUSES(tt_index_notices_get(index_handle, NULL, NULL));
}

static void tt_index_open_(void)
{
    REFUSES(tt_index_open(NULL, "x", 0, NULL, NULL));
}
static void tt_index_options_(void)
{
    assert_null(tt_index_options(NULL));
}
static void tt_index_query_(void)
{
    REFUSES(tt_index_query(NULL, &article, 1, NULL, NULL, NULL, NULL));
    REFUSES(tt_index_query(index_handle, NULL, 1, NULL, NULL, NULL, NULL));
}
static void tt_index_remove_(void)
{
    const tt_id id = {"x", 1, 0, 0};
    REFUSES(tt_index_remove(NULL, &id, 1, NULL, NULL));
    REFUSES(tt_index_remove(index_handle, NULL, 1, NULL, NULL));
}
static void tt_index_repair_(void)
{
    REFUSES(tt_index_repair(NULL, "x", NULL, NULL, NULL, NULL, NULL));
    REFUSES(tt_index_repair("x", NULL, NULL, NULL, NULL, NULL, NULL));
}
static void tt_index_stat_get_(void)
{
    tt_index_stat stat;
    REFUSES(tt_index_stat_get(NULL, &stat, NULL));
    REFUSES(tt_index_stat_get(index_handle, NULL, NULL));
}
static void tt_decision_kind_name_(void)
{
    assert_string_equal(tt_decision_kind_name(TT_DECISION_NOT_A_COPY), "not-a-copy");
    assert_non_null(tt_decision_kind_name((tt_decision_kind)99));
}
static void tt_index_count_(void)
{
    assert_int_equal(tt_index_count(NULL), 0);
}
static void tt_index_decide_(void)
{
    const tt_index_decision decision = {.kind = TT_DECISION_KEEP};
    REFUSES(tt_index_decide(NULL, &decision, 1, NULL, NULL));
    REFUSES(tt_index_decide(index_handle, NULL, 1, NULL, NULL));
    REFUSES(tt_index_decide(index_handle, &decision, 1, NULL, NULL));
}
static void tt_index_decisions_(void)
{
    REFUSES(tt_index_decisions(NULL, 0, take_decision, NULL, NULL));
    REFUSES(tt_index_decisions(index_handle, 0, NULL, NULL, NULL));
}
static void tt_index_progress_get_(void)
{
    tt_index_progress out;
    REFUSES(tt_index_progress_get(NULL, &out, NULL));
    REFUSES(tt_index_progress_get(index_handle, NULL, NULL));
}
static void tt_index_removals_(void)
{
    REFUSES(tt_index_removals(NULL, 0, take_removal, NULL, NULL));
    REFUSES(tt_index_removals(index_handle, 0, NULL, NULL, NULL));
}
static void tt_index_get_(void)
{
    const tt_id id = {"x", 1, 0, 0};
    tt_index_article out;
    REFUSES(tt_index_get(NULL, &id, &out, NULL));
    REFUSES(tt_index_get(index_handle, NULL, &out, NULL));
    REFUSES(tt_index_get(index_handle, &id, NULL, NULL));
}
static void tt_index_list_(void)
{
    REFUSES(tt_index_list(NULL, 0, 0, 0, take_article, NULL, NULL));
    REFUSES(tt_index_list(index_handle, 0, 0, 0, NULL, NULL, NULL));
}
static void tt_index_matches_(void)
{
    const tt_id id = {"x", 1, 0, 0};
    REFUSES(tt_index_matches(NULL, &id, take_verdicts, NULL, NULL));
    REFUSES(tt_index_matches(index_handle, NULL, take_verdicts, NULL, NULL));
    REFUSES(tt_index_matches(index_handle, &id, NULL, NULL, NULL));
}
static void tt_index_story_get_(void)
{
    tt_index_story out;
    REFUSES(tt_index_story_get(NULL, 1, &out, NULL));
    REFUSES(tt_index_story_get(index_handle, 1, NULL, NULL));
}
static void tt_index_article_write_(void)
{
    const tt_index_article x = {0};
    REFUSES(tt_index_article_write(NULL, write_nothing, NULL));
    REFUSES(tt_index_article_write(&x, NULL, NULL));
}
static void tt_index_backup_(void)
{
    REFUSES(tt_index_backup(NULL, "x", NULL));
    REFUSES(tt_index_backup("x", NULL, NULL));
}
static void tt_index_merge_(void)
{
    REFUSES(tt_index_merge(NULL, "x", NULL, NULL));
    REFUSES(tt_index_merge(index_handle, NULL, NULL, NULL));
}
static void tt_option_list_(void)
{
    assert_non_null(tt_option_list(&count));
    assert_null(tt_option_list(NULL));
}
static void tt_note_text_(void)
{
    assert_non_null(tt_note_text(TT_NOTE_NO_WORD));
    assert_null(tt_note_text(TT_NOTE_NO_WORD << 1));
}
static void tt_options_resolve_(void)
{
    REFUSES(tt_options_resolve(NULL, NULL, NULL));
}
static void tt_reader_close_(void)
{
    tt_reader_close(NULL);
}
static void tt_reader_next_(void)
{
    const tt_record *records;
    REFUSES(tt_reader_next(NULL, &records, &count, NULL));
    REFUSES(tt_reader_next(reader, NULL, &count, NULL));
    REFUSES(tt_reader_next(reader, &records, NULL, NULL));
}
static void tt_reader_next_within_(void)
{
    const tt_record *records;
    int is_late;
    REFUSES(tt_reader_next_within(NULL, 0, &records, &count, &is_late, NULL));
    REFUSES(tt_reader_next_within(reader, 0, NULL, &count, &is_late, NULL));
    REFUSES(tt_reader_next_within(reader, 0, &records, NULL, &is_late, NULL));
    REFUSES(tt_reader_next_within(reader, 0, &records, &count, NULL, NULL));
}
static void tt_reader_open_(void)
{
    const char *const path[] = {"/dev/null"};
    tt_reader *none;
    REFUSES(tt_reader_open(NULL, path, 1, NULL, NULL));
    REFUSES(tt_reader_open(&none, NULL, 1, NULL, NULL));
}
static void tt_reader_open_bytes_(void)
{
    tt_reader *none;
    REFUSES(tt_reader_open_bytes(NULL, "-", "", 0, NULL, NULL));
    REFUSES(tt_reader_open_bytes(&none, NULL, "", 0, NULL, NULL));
    REFUSES(tt_reader_open_bytes(&none, "-", NULL, 1, NULL, NULL));
}
static void tt_reader_passed_over_(void)
{
    char text[8] = "x";
    assert_int_equal(tt_reader_passed_over(NULL, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(tt_reader_passed_over(reader, NULL, 9), 0);
}

static void tt_reader_empty_(void)
{
    char text[8] = "x";
    assert_int_equal(tt_reader_empty(NULL, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(tt_reader_empty(reader, NULL, 9), 0);
}

static void tt_reader_progress_(void)
{
    uint64_t done = 7, total = 7;
    tt_reader_progress(NULL, &done, &total);
    assert_true(done == 7 && total == 7);
    tt_reader_progress(reader, NULL, NULL);
}
static void tt_difference_kind_name_(void)
{
    assert_string_equal(tt_difference_kind_name(TT_DIFFERS_NAME), "name");
    assert_non_null(tt_difference_kind_name((tt_difference_kind)99));
}
static void tt_relation_name_(void)
{
    assert_non_null(tt_relation_name(TT_NEAR));
}
static void tt_result_article_(void)
{
    tt_article out;
    REFUSES(tt_result_article(NULL, 0, &out, NULL));
    REFUSES(tt_result_article(result, 0, NULL, NULL));
}
static void tt_result_article_count_(void)
{
    assert_int_equal(tt_result_article_count(NULL), 0);
}
static void tt_result_close_(void)
{
    tt_result_close(NULL);
}
static void tt_result_clusters_(void)
{
    assert_null(tt_result_clusters(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tt_result_clusters(result, NULL));
}
static void tt_result_differences_(void)
{
    tt_difference differences[TT_MOST_DIFFERENCES];
    assert_int_equal(tt_result_differences(NULL, 0, 1, differences), 0);
    assert_int_equal(tt_result_differences(result, 0, 1, NULL), 0);
}
static void tt_result_dropped_(void)
{
    const tt_pair *dropped;
    REFUSES(tt_result_dropped(NULL, &dropped, &count, NULL));
    REFUSES(tt_result_dropped(result, NULL, &count, NULL));
    REFUSES(tt_result_dropped(result, &dropped, NULL, NULL));
}
static void tt_result_find_(void)
{
    const tt_id id = {"x", 1, 0, 0}, none = {0};
    assert_true(tt_result_find(NULL, &id) == TT_NO_ARTICLE);
    assert_true(tt_result_find(result, NULL) == TT_NO_ARTICLE);
    assert_true(tt_result_find(result, &none) == TT_NO_ARTICLE);
}
static void tt_result_id_(void)
{
    assert_null(tt_result_id(NULL, 0).bytes);
}
static void tt_result_options_(void)
{
    assert_null(tt_result_options(NULL));
}
static void tt_result_pairs_(void)
{
    assert_null(tt_result_pairs(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tt_result_pairs(result, NULL));
}
static void tt_result_pairs_of_(void)
{
    const uint64_t *positions;
    REFUSES(tt_result_pairs_of(NULL, 0, &positions, &count, NULL));
    REFUSES(tt_result_pairs_of(result, 0, NULL, &count, NULL));
    REFUSES(tt_result_pairs_of(result, 0, &positions, NULL, NULL));
}
static void tt_result_read_(void)
{
    tt_result *out;
    REFUSES(tt_result_read(NULL, "x", NULL, NULL));
    REFUSES(tt_result_read(&out, NULL, NULL, NULL));
}
static void tt_result_notices_(void)
{
    assert_null(tt_result_notices(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tt_result_notices(result, NULL));
}
static void tt_result_sections_(void)
{
    assert_null(tt_result_sections(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tt_result_sections(result, NULL));
}
static void tt_result_summary_(void)
{
    assert_null(tt_result_summary(NULL));
}
static void tt_result_summary_line_(void)
{
    assert_null(tt_result_summary_line(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tt_result_summary_line(result, NULL));
}
static void tt_result_write_(void)
{
    REFUSES(tt_result_write(NULL, write_nothing, NULL, NULL, NULL));
    REFUSES(tt_result_write(result, NULL, NULL, NULL, NULL));
}
static void tt_scan_add_(void)
{
    REFUSES(tt_scan_add(NULL, &article, 1, NULL, NULL));
    REFUSES(tt_scan_add(scan, NULL, 1, NULL, NULL));
    assert_int_equal(tt_scan_add(scan, NULL, 0, NULL, NULL), TT_OK);
}
static void tt_scan_close_(void)
{
    tt_scan_close(NULL);
}
static void tt_scan_finish_(void)
{
    tt_result *out;
    REFUSES(tt_scan_finish(NULL, &out, NULL));
    REFUSES(tt_scan_finish(scan, NULL, NULL));
}
static void tt_scan_notices_(void)
{
    REFUSES(tt_scan_notices(NULL, result, NULL));
    REFUSES(tt_scan_notices(scan, NULL, NULL));
}
static void tt_scan_open_(void)
{
    REFUSES(tt_scan_open(NULL, NULL, NULL));
}
static void tt_signatures_(void)
{
    uint32_t row[128];
    REFUSES(tt_signatures(NULL, &article, 1, NULL, NULL, NULL));
    REFUSES(tt_signatures(row, NULL, 1, NULL, NULL, NULL));
}
static void tt_status_name_(void)
{
    assert_non_null(tt_status_name(TT_OK));
}
static void tt_time_parse_(void)
{
    assert_true(tt_time_parse(NULL, 4) == TT_NO_TIME);
}
static void tt_verdict_kind_name_(void)
{
    assert_non_null(tt_verdict_kind_name(TT_VERDICT_NEW));
}
static void tt_verdict_write_(void)
{
    const tt_verdict verdict = {0};
    REFUSES(tt_verdict_write(NULL, write_nothing, NULL));
    REFUSES(tt_verdict_write(&verdict, NULL, NULL));
}
static void tt_verdict_write_matches_(void)
{
    const tt_verdict verdict = {0};
    REFUSES(tt_verdict_write_matches(NULL, write_nothing, NULL));
    REFUSES(tt_verdict_write_matches(&verdict, NULL, NULL));
}
static void tt_version_(void)
{
    assert_int_equal(tt_version(), TT_VERSION_NUMBER);
}
static void tt_version_string_(void)
{
    char expected[40];
    (void)snprintf(expected, sizeof expected, "%d.%d.%d", TT_VERSION_MAJOR, TT_VERSION_MINOR,
                   TT_VERSION_PATCH);
    assert_string_equal(tt_version_string(), expected);
}
static void tt_write_json_string_(void)
{
    REFUSES(tt_write_json_string(NULL, NULL, "x", 1));
    REFUSES(tt_write_json_string(write_nothing, NULL, NULL, 1));
}
static void tt_write_words_(void)
{
    REFUSES(tt_write_words(NULL, NULL, "x", 1));
    REFUSES(tt_write_words(write_nothing, NULL, NULL, 1));
}

typedef struct function {
    const char *name;
    void (*check)(void);
} function;

#define FUNCTION(name)                                                                             \
  {                                                                                                \
#    name, name##_                                                                                 \
  }

/* As in engine/exports.txt. */
static const function functions[] = {
    FUNCTION(tt_align),
    FUNCTION(tt_alignment_close),
    FUNCTION(tt_alignment_differences),
    FUNCTION(tt_alignment_pair),
    FUNCTION(tt_alignment_passages),
    FUNCTION(tt_alignment_segments),
    FUNCTION(tt_article_digest),
    FUNCTION(tt_article_refusal),
    FUNCTION(tt_decision_kind_name),
    FUNCTION(tt_difference_kind_name),
    FUNCTION(tt_eval),
    FUNCTION(tt_eval_errors_close),
    FUNCTION(tt_eval_errors_list),
    FUNCTION(tt_index_add),
    FUNCTION(tt_index_article_write),
    FUNCTION(tt_index_backup),
    FUNCTION(tt_index_check),
    FUNCTION(tt_index_close),
    FUNCTION(tt_index_count),
    FUNCTION(tt_index_create),
    FUNCTION(tt_index_decide),
    FUNCTION(tt_index_decisions),
    FUNCTION(tt_index_expire),
    FUNCTION(tt_index_get),
    FUNCTION(tt_index_list),
    FUNCTION(tt_index_matches),
    FUNCTION(tt_index_merge),
    FUNCTION(tt_index_newest),
    FUNCTION(tt_index_notices),
    FUNCTION(tt_index_notices_get),
    FUNCTION(tt_index_open),
    FUNCTION(tt_index_options),
    FUNCTION(tt_index_progress_get),
    FUNCTION(tt_index_query),
    FUNCTION(tt_index_removals),
    FUNCTION(tt_index_remove),
    FUNCTION(tt_index_repair),
    FUNCTION(tt_index_sources),
    FUNCTION(tt_index_stat_get),
    FUNCTION(tt_index_story_get),
    FUNCTION(tt_note_text),
    FUNCTION(tt_option_list),
    FUNCTION(tt_options_resolve),
    FUNCTION(tt_reader_close),
    FUNCTION(tt_reader_empty),
    FUNCTION(tt_reader_next),
    FUNCTION(tt_reader_next_within),
    FUNCTION(tt_reader_open),
    FUNCTION(tt_reader_open_bytes),
    FUNCTION(tt_reader_passed_over),
    FUNCTION(tt_reader_progress),
    FUNCTION(tt_relation_name),
    FUNCTION(tt_result_article),
    FUNCTION(tt_result_article_count),
    FUNCTION(tt_result_close),
    FUNCTION(tt_result_clusters),
    FUNCTION(tt_result_differences),
    FUNCTION(tt_result_dropped),
    FUNCTION(tt_result_find),
    FUNCTION(tt_result_id),
    FUNCTION(tt_result_notices),
    FUNCTION(tt_result_options),
    FUNCTION(tt_result_pairs),
    FUNCTION(tt_result_pairs_of),
    FUNCTION(tt_result_read),
    FUNCTION(tt_result_sections),
    FUNCTION(tt_result_summary),
    FUNCTION(tt_result_summary_line),
    FUNCTION(tt_result_write),
    FUNCTION(tt_scan_add),
    FUNCTION(tt_scan_close),
    FUNCTION(tt_scan_finish),
    FUNCTION(tt_scan_notices),
    FUNCTION(tt_scan_open),
    FUNCTION(tt_signatures),
    FUNCTION(tt_status_name),
    FUNCTION(tt_time_parse),
    FUNCTION(tt_verdict_kind_name),
    FUNCTION(tt_verdict_write),
    FUNCTION(tt_verdict_write_matches),
    FUNCTION(tt_version),
    FUNCTION(tt_version_string),
    FUNCTION(tt_write_json_string),
    FUNCTION(tt_write_words),
};

static void every_function_keeps_the_rule(void **state)
{
    FILE *list = fopen(TT_EXPORTS, "r");
    char line[80];
    size_t k = 0;
    (void)state;
    assert_non_null(list);
    for (; fgets(line, sizeof line, list) != NULL; k++) {
        line[strcspn(line, "\n")] = '\0';
        assert_true(k < sizeof functions / sizeof *functions);
        assert_string_equal(functions[k].name, line);
        functions[k].check();
    }
    assert_int_equal(k, sizeof functions / sizeof *functions);
    (void)fclose(list);
}

static int open_handles(void **state)
{
    const char *const path[] = {"/dev/null"};
    (void)state;
    article = article_of("a", "some text of an article");
    return tt_scan_open(&scan, NULL, NULL) != TT_OK ||
           tt_scan_add(scan, &article, 1, NULL, NULL) != TT_OK ||
           tt_scan_finish(scan, &result, NULL) != TT_OK ||
           tt_reader_open(&reader, path, 1, NULL, NULL) != TT_OK ||
           tt_index_open(&index_handle, NULL, 0, NULL, NULL) != TT_OK;
}

static int close_handles(void **state)
{
    (void)state;
    tt_index_close(index_handle);
    tt_reader_close(reader);
    tt_result_close(result);
    tt_scan_close(scan);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_function_keeps_the_rule)};
    return cmocka_run_group_tests(tests, open_handles, close_handles);
}
