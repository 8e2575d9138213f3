/* A result that was written is read back unchanged. */
#define _GNU_SOURCE
#include "read_files.h"

#include <math.h>

static tt_result *read_back(const char *text)
{
    tt_result *r = NULL;
    tt_error error = {TT_OK, 0, ""};
    if (tt_result_read(&r, write_text("result.jsonl", text), NULL, &error) != TT_OK)
        fail_msg("%s", error.message);
    return r;
}

static void assert_refused(const char *text, const char *reason)
{
    tt_result *r = (tt_result *)"";
    tt_error error = {TT_OK, 0, ""};
    assert_int_equal(tt_result_read(&r, write_text("result.jsonl", text), NULL, &error),
                     TT_EFORMAT);
    assert_null(r);
    if (strstr(error.message, reason) == NULL)
        fail_msg("%s: not %s", error.message, reason);
}

static uint64_t find(const tt_result *r, const char *id, uint32_t flags)
{
    const tt_id wanted = {id, strlen(id), flags, 0};
    return tt_result_find(r, &wanted);
}

static const char whole[] =
    "{\"type\":\"pair\",\"a\":\"one\",\"b\":7,\"relation\":\"contains\",\"resemblance\":0.25,"
    "\"containment_a\":0.5,\"containment_b\":1,\"overlap_a\":0.125,\"overlap_b\":null,\"facts\":0}"
    "\n"
    "{\"type\":\"pair\",\"a\":7,\"b\":\"7\",\"relation\":\"series\"}\n"
    "{\"type\":\"cluster\",\"cluster\":4,\"keep\":7,\"members\":[\"one\",7]}\n"
    "{\"type\":\"cluster\",\"cluster\":6,\"keep\":\"\\u00e9\",\"articles\":[\"\\u00e9\",\"7\","
    "\"x\"]}\n"
    "{\"type\":\"section\",\"section\":9,\"tokens\":33,\"sources\":2,\"occurrences\":["
    "{\"article\":\"one\",\"begin\":3,\"end\":90},"
    "{\"article\":7,\"begin\":0,\"end\":80,\"of_begin\":4,\"of_end\":89,\"similarity\":0.75}]}\n"
    "{\"type\":\"news\"}\n"
    "{\"type\":\"summary\",\"articles\":10,\"rejected\":2,\"bytes\":999}\n";

static void a_result_is_read_back_whole(void **state)
{
    tt_result *r = read_back(whole);
    size_t count, size;
    const tt_pair *pairs;
    const tt_cluster *clusters;
    const tt_section *sections;
    const uint64_t *positions;
    const tt_pair *dropped;
    tt_article article;
    (void)state;
    assert_int_equal(tt_result_article_count(r), 5);
    assert_memory_equal(tt_result_id(r, 0).bytes, "one", 3);
    assert_int_equal(tt_result_id(r, 1).flags, TT_ARTICLE_INTEGER_ID);
    assert_null(tt_result_id(r, 5).bytes);
    assert_int_equal(tt_result_article(r, 2, &article, NULL), TT_OK);
    assert_memory_equal(article.id, "7", 1);
    assert_true(article.published == TT_NO_TIME && article.text == NULL && article.text_size == 0);
    assert_int_equal(tt_result_article(r, 5, &article, NULL), TT_EINVAL);
    assert_int_equal(find(r, "7", TT_ARTICLE_INTEGER_ID), 1);
    assert_int_equal(find(r, "7", 0), 2);
    assert_int_equal(find(r, "\xc3\xa9", 0), 3);
    assert_true(find(r, "none", 0) == TT_NO_ARTICLE);
    pairs = tt_result_pairs(r, &count);
    assert_int_equal(count, 2);
    assert_int_equal(pairs[0].a, 0);
    assert_int_equal(pairs[0].b, 1);
    assert_int_equal(pairs[0].relation, TT_CONTAINS);
    assert_true(pairs[0].resemblance == 0.25 && pairs[0].containment_b == 1);
    assert_true(isnan(pairs[0].overlap_b) && pairs[0].facts == 0);
    assert_int_equal(pairs[1].relation, TT_SERIES);
    assert_true(isnan(pairs[1].resemblance));
    assert_int_equal(tt_result_pairs_of(r, 1, &positions, &count, NULL), TT_OK);
    assert_int_equal(count, 2);
    assert_true(positions[0] == 0 && positions[1] == 1);
    clusters = tt_result_clusters(r, &count);
    assert_int_equal(count, 2);
    assert_int_equal(clusters[0].number, 4);
    assert_int_equal(clusters[0].keep, 1);
    assert_int_equal(clusters[1].count, 3);
    assert_int_equal(clusters[1].members[2], 4);
    sections = tt_result_sections(r, &count);
    assert_int_equal(count, 1);
    assert_int_equal(sections[0].number, 9);
    assert_int_equal(sections[0].tokens, 33);
    assert_int_equal(sections[0].sources, 2);
    assert_int_equal(sections[0].occurrences[0].of_begin, 3);
    assert_int_equal(sections[0].occurrences[1].of_end, 89);
    assert_true(sections[0].occurrences[1].similarity == 0.75);
    assert_int_equal(tt_result_summary(r)->articles, 10);
    assert_int_equal(tt_result_summary(r)->rejected, 2);
    assert_int_equal(tt_result_summary(r)->bytes, 999);
    assert_int_equal(tt_result_summary(r)->pairs, 2);
    assert_memory_equal(tt_result_summary_line(r, &size), "{\"type\":\"summary\"", 17);
    assert_int_equal(size,
                     strlen("{\"type\":\"summary\",\"articles\":10,\"rejected\":2,\"bytes\":999}"));
    assert_null(tt_result_options(r));
    assert_int_equal(tt_result_dropped(r, &dropped, &count, NULL), TT_EINVAL);
    tt_result_close(r);
}

static void an_empty_file_is_an_empty_result(void **state)
{
    tt_result *r = read_back("\n");
    size_t pairs, clusters, sections, size;
    (void)state;
    (void)tt_result_pairs(r, &pairs);
    (void)tt_result_clusters(r, &clusters);
    (void)tt_result_sections(r, &sections);
    assert_int_equal(tt_result_article_count(r) + pairs + clusters + sections, 0);
    assert_null(tt_result_summary_line(r, &size));
    assert_true(find(r, "x", 0) == TT_NO_ARTICLE);
    tt_result_close(r);
    tt_result_close(NULL);
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    tt_result *r = read_back("\xef\xbb\xbf{\"type\":\"pair\",\"a\":\"x\",\"b\":\"y\"}\r\n");
    (void)state;
    assert_int_equal(tt_result_article_count(r), 2);
    tt_result_close(r);
    assert_refused("{\"type\":\"news\"}\n\xef\xbb\xbf{\"type\":\"news\"}\n", ":2: ");
}

static void a_cluster_that_names_no_kept_article_keeps_the_first(void **state)
{
    tt_result *r = read_back("{\"type\":\"cluster\",\"articles\":[4,3]}");
    size_t count;
    (void)state;
    assert_int_equal(tt_result_clusters(r, &count)->keep, 0);
    assert_memory_equal(tt_result_id(r, 0).bytes, "4", 1);
    tt_result_close(r);
}

typedef struct written {
    char bytes[4000];
    size_t size;
} written;

static int append_written(void *ctx, const char *bytes, size_t size)
{
    written *w = ctx;
    assert_true(w->size + size < sizeof w->bytes);
    memcpy(w->bytes + w->size, bytes, size);
    w->size += size;
    w->bytes[w->size] = '\0';
    return 0;
}

static written write_back(const tt_result *r)
{
    written w = {"", 0};
    assert_int_equal(tt_result_write(r, append_written, &w, NULL, NULL), TT_OK);
    return w;
}

/* Lines of other types are skipped, and a missing number is null; the output is then stable. */
static void a_result_that_was_read_can_be_written(void **state)
{
    tt_result *r = read_back(whole), *again;
    const written first = write_back(r);
    written second;
    (void)state;
    assert_non_null(strstr(
        first.bytes,
        "{\"type\":\"pair\",\"a\":7,\"b\":\"7\",\"relation\":\"series\",\"resemblance\":null,"));
    assert_non_null(strstr(
        first.bytes, "{\"type\":\"cluster\",\"cluster\":4,\"keep\":7,\"members\":[\"one\",7]}\n"));
    assert_non_null(strstr(
        first.bytes, "\n{\"type\":\"summary\",\"articles\":10,\"rejected\":2,\"bytes\":999}\n"));
    assert_null(strstr(first.bytes, "news"));
    tt_result_close(r);
    again = read_back(first.bytes);
    second = write_back(again);
    assert_string_equal(first.bytes, second.bytes);
    tt_result_close(again);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    assert_refused("\n{\"type\":\"pair\",\"a\":1}", "result.jsonl:2: no \"b\"");
    assert_refused("{\"type\":\"pair\",\"a\":1,\"b\":1}",
                   ":1: \"a\" and \"b\" are the same article");
    assert_refused("{\"type\":\"pair\",\"a\":1,\"b\":2,\"relation\":\"far\"}",
                   "unknown \"relation\"");
    assert_refused("{\"type\":\"pair\",\"a\":1,\"b\":2,\"facts\":1.5}",
                   "\"facts\" is not a number from 0 to 1");
    assert_refused("{\"type\":\"cluster\",\"keep\":1,\"articles\":[2]}",
                   "\"keep\" is not one of the members");
    assert_refused("{\"type\":\"cluster\",\"articles\":[]}", "a cluster without an article");
    assert_refused("{\"type\":\"cluster\",\"articles\":[1,2]}\n"
                   "{\"type\":\"cluster\",\"articles\":[3,2]}",
                   ":2: an article is in clusters twice");
    assert_refused("{\"type\":\"cluster\",\"keep\":1,\"articles\":3}",
                   "\"articles\" is not a list");
    assert_refused("{\"type\":\"section\",\"occurrences\":[]}", "a section without an occurrence");
    assert_refused("{\"type\":\"section\",\"occurrences\":[{\"article\":1,\"begin\":5,\"end\":5}]}",
                   "an occurrence that ends before it begins");
    assert_refused("{\"type\":\"section\",\"occurrences\":[{\"article\":1,\"begin\":1,\"end\":5,"
                   "\"similarity\":\"x\"}]}",
                   "\"similarity\" is not a number from 0 to 1");
    assert_refused("{\"type\":\"summary\"}\n{\"type\":\"summary\"}", ":2: a second summary");
    assert_refused("{\"text\":1}", "no \"type\"");
    assert_refused("[1]", "not a JSON object");
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    const char *path = write_text("result.jsonl", whole);
    tt_status status = TT_ENOMEM;
    (void)state;
    for (long fail_at = 1; status != TT_OK; fail_at++) {
        counting c;
        tt_result *r = NULL;
        counting_init(&c, fail_at);
        status = tt_result_read(&r, path, &c.allocator, NULL);
        assert_true(status == TT_OK || status == TT_ENOMEM);
        tt_result_close(r);
        assert_int_equal(c.live, 0);
        assert_true(fail_at < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_read_back_whole),
        cmocka_unit_test(an_empty_file_is_an_empty_result),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(a_cluster_that_names_no_kept_article_keeps_the_first),
        cmocka_unit_test(a_result_that_was_read_can_be_written),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
