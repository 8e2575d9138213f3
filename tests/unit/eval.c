#define _GNU_SOURCE
#include "read_files.h"

#include <math.h>
#include <zlib.h>

static tt_status eval_files(const tt_allocator *allocator, const char *result_path,
                            const char *gold_path, tt_scores *out, tt_error *error)
{
    tt_result *result = NULL, *gold = NULL;
    tt_status status = tt_result_read(&result, result_path, allocator, error);
    if (status == TT_OK)
        status = tt_result_read(&gold, gold_path, allocator, error);
    if (status == TT_OK)
        status = tt_eval(result, gold, out, error);
    if (status == TT_OK) { /* the numbers of errors agree with the scores */
        tt_eval_errors *errors = NULL;
        status = tt_eval_errors_list(result, gold, &errors, error);
        if (status == TT_OK)
            assert_int_equal(errors->missed_pair_count + errors->clustered_pairs +
                                 (isnan(out->pair_recall) ? 0 : out->right_pairs),
                             out->gold_pairs);
        tt_eval_errors_close(errors);
    }
    tt_result_close(result);
    tt_result_close(gold);
    return status;
}

static tt_scores score(const char *result, const char *gold)
{
    tt_scores scores;
    tt_error error = {TT_OK, 0, ""};
    const char *result_path = write_text("result.jsonl", result);
    const char *gold_path = write_text("gold.jsonl", gold);
    if (eval_files(NULL, result_path, gold_path, &scores, &error) != TT_OK)
        fail_msg("%s", error.message);
    return scores;
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-12))
        fail_msg("%.15g is not %.15g", value, expected);
}

#define PAIR(a, b) "{\"type\":\"pair\",\"a\":" a ",\"b\":" b ",\"relation\":\"near\"}\n"
#define SERIES(a, b) "{\"type\":\"pair\",\"a\":" a ",\"b\":" b ",\"relation\":\"series\"}\n"
#define CLUSTER(ids) "{\"type\":\"cluster\",\"cluster\":1,\"articles\":[" ids "]}\n"
#define AT(article, begin, end) "{\"article\":" article ",\"begin\":" begin ",\"end\":" end "}"
#define SECTION(occurrences)                                                                       \
  "{\"type\":\"section\",\"section\":1,\"tokens\":9,\"occurrences\":[" occurrences "]}\n"

static void pairs_are_sets(void **state)
{
    (void)state;
    const tt_scores s = score(PAIR("1", "2") PAIR("2", "1") PAIR("1", "3") PAIR("4", "5"),
                              PAIR("2", "1") PAIR("5", "4") PAIR("5", "6") PAIR("7", "8"));
    assert_int_equal(s.gold_pairs, 4);
    assert_int_equal(s.found_pairs, 3);
    assert_int_equal(s.right_pairs, 2);
    assert_near(s.pair_precision, 2.0 / 3);
    assert_near(s.pair_recall, 0.5);
    assert_near(s.pair_f1, 4.0 / 7);
    assert_true(isnan(s.cluster_ari));
    assert_true(isnan(s.section_recall));
    assert_true(isnan(s.section_precision));
    assert_true(isnan(s.section_granularity));
}

static void series_are_not_copies(void **state)
{
    (void)state;
    const tt_scores s =
        score(PAIR("1", "2") SERIES("3", "4"),
              PAIR("1", "2") SERIES("3", "4") "{\"type\":\"series\",\"a\":3,\"b\":4}\n"
                                              "{\"type\":\"planted\",\"kind\":[1,{}]}\n");
    assert_int_equal(s.gold_pairs, 1);
    assert_int_equal(s.found_pairs, 1);
    assert_int_equal(s.right_pairs, 1);
    assert_near(s.pair_f1, 1);
}

static void gold_clusters_are_gold_pairs(void **state)
{
    (void)state;
    const tt_scores s =
        score(PAIR("1", "2") PAIR("2", "3") PAIR("4", "1") PAIR("5", "6") PAIR("8", "9"),
              CLUSTER("1,2,3,4") PAIR("1", "2") PAIR("5", "6") CLUSTER("6,7"));
    assert_int_equal(s.gold_pairs, 8); /* 6 + 1 within clusters, 1 more */
    assert_int_equal(s.found_pairs, 5);
    assert_int_equal(s.right_pairs, 4);
}

static void ids_are_strings_or_integers(void **state)
{
    (void)state;
    const tt_scores s = score(PAIR("\"1\"", "\"\\u00e9\"") PAIR("1", "2"),
                              PAIR("\"\xc3\xa9\"", "\"1\"") PAIR("\"1\"", "\"2\""));
    assert_int_equal(s.right_pairs, 1); /* 1 is not "1" */
}

static void nothing_found_and_nothing_to_find(void **state)
{
    (void)state;
    tt_scores s = score("", PAIR("1", "2") CLUSTER("1,2") SECTION(AT("1", "0", "9")));
    assert_near(s.pair_precision, 0);
    assert_near(s.pair_recall, 0);
    assert_near(s.pair_f1, 0);
    assert_near(s.cluster_ari, 0);
    assert_near(s.section_precision, 0);
    assert_near(s.section_recall, 0);
    assert_near(s.section_granularity, 1);
    s = score(PAIR("1", "2") CLUSTER("1,2"), "\n");
    assert_true(isnan(s.pair_precision) && isnan(s.pair_recall) && isnan(s.pair_f1));
    assert_true(isnan(s.cluster_ari));
    s = score("", SERIES("1", "2"));
    assert_near(s.pair_precision, 1);
    assert_near(s.pair_recall, 1);
    assert_near(s.pair_f1, 1);
    s = score(PAIR("1", "2"), SERIES("1", "2"));
    assert_near(s.pair_precision, 0);
    assert_near(s.pair_recall, 1);
}

static void ari_has_its_known_values(void **state)
{
    (void)state;
    /* documentation of scikit-learn: labels 0 0 1 2 against 0 0 1 1 */
    assert_near(score(CLUSTER("1,2"), CLUSTER("1,2") CLUSTER("3,4")).cluster_ari, 4.0 / 7);
    assert_near(score(CLUSTER("1,2") CLUSTER("3,4"), CLUSTER("1,2")).cluster_ari, 4.0 / 7);
    /* 0 0 0 0 against 0 1 2 3, with no pair together in both */
    assert_near(score(CLUSTER("1,2,3,4"), CLUSTER("1")).cluster_ari, 0);
    /* perfect, whatever the order */
    assert_near(score(CLUSTER("3,4") CLUSTER("2,1"), CLUSTER("1,2") CLUSTER("4,3")).cluster_ari, 1);
    /* worse than chance: {1,2},{3,4} against {1,3},{2,4} */
    assert_near(score(CLUSTER("1,2") CLUSTER("3,4"), CLUSTER("1,3") CLUSTER("2,4")).cluster_ari,
                -0.5);
    /* 1 1 1 2 2 2 against 1 1 2 2 3 3: 2 in both, sums 6 and 3, 15 in all */
    assert_near(
        score(CLUSTER("1,2,3") CLUSTER("4,5,6"), CLUSTER("1,2") CLUSTER("3,4") CLUSTER("5,6"))
            .cluster_ari,
        (2 - 6.0 * 3 / 15) / (4.5 - 6.0 * 3 / 15));
}

static void unnamed_articles_are_alone(void **state)
{
    (void)state;
    const char *found = CLUSTER("1,2") "{\"type\":\"summary\",\"articles\":10}\n";
    /* 10 articles: index 1, sums 1 and 2, 45 in all */
    assert_near(score(found, CLUSTER("1,2") CLUSTER("3,4")).cluster_ari,
                (1 - 2.0 / 45) / (1.5 - 2.0 / 45));
}

static void sections_are_scored_by_bytes(void **state)
{
    (void)state;
    const tt_scores s = score(SECTION(AT("1", "0", "100") "," AT("2", "10", "60")),
                              SECTION(AT("1", "50", "150") "," AT("2", "0", "50")));
    assert_int_equal(s.gold_section_bytes, 150);
    assert_int_equal(s.found_section_bytes, 150);
    assert_int_equal(s.right_section_bytes, 90);
    assert_near(s.section_recall, 0.6);
    assert_near(s.section_precision, 0.6);
    assert_near(s.section_granularity, 1);
}

static void a_lone_occurrence_detects_nothing(void **state)
{
    (void)state;
    /* the found section overlaps the gold one in one occurrence only */
    tt_scores s = score(SECTION(AT("1", "0", "100") "," AT("9", "0", "100")),
                        SECTION(AT("1", "0", "100") "," AT("2", "0", "100")));
    assert_near(s.section_recall, 0);
    assert_near(s.section_precision, 0.5);
    assert_near(s.section_granularity, 1);
    /* one found occurrence over both gold ones has no partner */
    s = score(SECTION(AT("1", "0", "500") "," AT("9", "0", "100")),
              SECTION(AT("1", "0", "100") "," AT("1", "200", "300")));
    assert_near(s.section_recall, 0);
    /* two found occurrences on one gold one have no other gold one */
    s = score(SECTION(AT("1", "0", "40") "," AT("1", "50", "90")),
              SECTION(AT("1", "0", "100") "," AT("1", "200", "300")));
    assert_near(s.section_recall, 0);
    /* both are within one article */
    s = score(SECTION(AT("1", "0", "100") "," AT("1", "200", "300")),
              SECTION(AT("1", "0", "100") "," AT("1", "200", "300")));
    assert_near(s.section_recall, 1);
    assert_near(s.section_precision, 1);
}

static void a_chopped_detection_has_a_granularity(void **state)
{
    (void)state;
    /* articles 1 and 2 are found in three pieces each, 3 not at all */
    const tt_scores s =
        score(SECTION(AT("1", "0", "30") "," AT("2", "0", "30"))
                  SECTION(AT("1", "30", "60") "," AT("2", "30", "60") "," AT("8", "0", "5"))
                      SECTION(AT("1", "50", "90") "," AT("2", "500", "540"))
                          SECTION(AT("1", "40", "70") "," AT("2", "20", "40")),
              SECTION(AT("1", "0", "100") "," AT("2", "0", "100") "," AT("3", "0", "100")));
    /* the second occurrence of the third section is outside: neither of its occurrences counts */
    assert_int_equal(s.right_section_bytes, 70 + 60);
    assert_near(s.section_granularity, 3);
    assert_int_equal(s.gold_section_bytes, 300);
    assert_int_equal(s.found_section_bytes, 60 + 65 + 80 + 50);
    assert_near(s.section_precision, (60 + 60 + 40 + 50) / 255.0);
}

static void sections_do_not_lend_each_other_partners(void **state)
{
    (void)state;
    /* found occurrences are right, but joined across two gold sections */
    const tt_scores s = score(SECTION(AT("1", "0", "10") "," AT("3", "0", "10")),
                              SECTION(AT("1", "0", "10") "," AT("2", "0", "10"))
                                  SECTION(AT("3", "0", "10") "," AT("4", "0", "10")));
    assert_near(s.section_recall, 0);
    assert_near(s.section_precision, 1);
}

/* Many occurrences, long and short, compared with a count of bytes. */
static void many_sections_are_scored_as_byte_by_byte(void **state)
{
    (void)state;
    enum { ARTICLES = 5, LENGTH = 400, SECTIONS = 30, PLACES = 4 };
    static uint64_t spots[2][SECTIONS][PLACES][3];
    static unsigned char in_gold[ARTICLES][LENGTH];
    uint64_t random = 5, right = 0, precise = 0, found_bytes = 0, gold_bytes = 0, detections = 0,
             detected = 0;
    char *text[2];
    tt_scores s;
    memset(in_gold, 0, sizeof in_gold);
    for (int side = 0; side < 2; side++) {
        char *end = text[side] = malloc(100000);
        for (int i = 0; i < SECTIONS; i++) {
            end += sprintf(end, "{\"type\":\"section\",\"occurrences\":[");
            for (int k = 0; k < PLACES; k++) {
                uint64_t *spot = spots[side][i][k];
                random = random * 6364136223846793005u + 1442695040888963407u;
                spot[0] = (random >> 33) % ARTICLES;
                spot[1] = (random >> 40) % (LENGTH - 100);
                spot[2] = spot[1] + 1 + (random >> 50) % (k == 0 ? 99 : 30);
                end += sprintf(end, "%s{\"article\":%d,\"begin\":%d,\"end\":%d}", k == 0 ? "" : ",",
                               (int)spot[0], (int)spot[1], (int)spot[2]);
                if (side == 1)
                    memset(in_gold[spot[0]] + spot[1], 1, spot[2] - spot[1]);
            }
            end += sprintf(end, "]}\n");
        }
    }
#define MEET(f, g) ((f)[0] == (g)[0] && (f)[1] < (g)[2] && (g)[1] < (f)[2])
    for (int j = 0; j < SECTIONS; j++)
        for (int q = 0; q < PLACES; q++) {
            uint64_t *gold = spots[1][j][q];
            unsigned char covered[LENGTH] = {0};
            uint64_t times = 0;
            gold_bytes += gold[2] - gold[1];
            found_bytes += spots[0][j][q][2] - spots[0][j][q][1];
            for (uint64_t b = spots[0][j][q][1]; b < spots[0][j][q][2]; b++)
                precise += in_gold[spots[0][j][q][0]][b];
            for (int i = 0; i < SECTIONS; i++)
                for (int p = 0; p < PLACES; p++) {
                    uint64_t *f = spots[0][i][p];
                    int counts = 0;
                    for (int p2 = 0; p2 < PLACES; p2++)
                        for (int q2 = 0; q2 < PLACES; q2++)
                            counts |= p2 != p && q2 != q && MEET(spots[0][i][p2], spots[1][j][q2]);
                    if (!counts || !MEET(f, gold))
                        continue;
                    times++;
                    for (uint64_t b = f[1] > gold[1] ? f[1] : gold[1]; b < f[2] && b < gold[2]; b++)
                        covered[b] = 1;
                }
            for (int b = 0; b < LENGTH; b++)
                right += covered[b];
            detected += times > 0;
            detections += times;
        }
    s = score(text[0], text[1]);
    assert_true(detected > 20);
    assert_int_equal(s.right_section_bytes, right);
    assert_int_equal(s.gold_section_bytes, gold_bytes);
    assert_int_equal(s.found_section_bytes, found_bytes);
    assert_near(s.section_precision, (double)precise / (double)found_bytes);
    assert_near(s.section_recall, (double)right / (double)gold_bytes);
    assert_near(s.section_granularity, (double)detections / (double)detected);
    free(text[0]);
    free(text[1]);
}

static void assert_malformed(const char *gold, uint64_t line, const char *reason)
{
    tt_scores scores;
    tt_error error;
    char expected[400];
    const char *result_path = write_text("result.jsonl", "");
    const char *gold_path = write_text("bad.jsonl", gold);
    (void)snprintf(expected, sizeof expected, "%s:%d: %s", gold_path, (int)line, reason);
    assert_int_equal(eval_files(NULL, result_path, gold_path, &scores, &error), TT_EFORMAT);
    assert_string_equal(error.message, expected);
    assert_true(error.where == line);
    assert_int_equal(eval_files(NULL, gold_path, result_path, &scores, NULL), TT_EFORMAT);
}

static void a_malformed_line_is_named(void **state)
{
    (void)state;
    assert_malformed("\n" PAIR("1", "2") "[]\n", 3, "not a JSON object");
    assert_malformed("hello", 1, "not a JSON object");
    assert_malformed("{\"type\":\"pair\"", 1, "invalid JSON: it ends early at byte 14");
    assert_malformed("{\"type\":\"other\"} x", 1, "invalid JSON: more after the value at byte 17");
    assert_malformed("{\"type\":\"\xff\"}", 1, "invalid UTF-8");
    assert_malformed("{\"a\":1}", 1, "no \"type\"");
    assert_malformed("{\"type\":1}", 1, "no \"type\"");
    assert_malformed("{\"type\":\"pair\",\"b\":1}", 1, "no \"a\"");
    assert_malformed("{\"type\":\"pair\",\"a\":1}", 1, "no \"b\"");
    assert_malformed(PAIR("1", "1.5"), 1, "an id is neither a string nor an integer");
    assert_malformed(PAIR("1", "[]"), 1, "an id is neither a string nor an integer");
    assert_malformed(PAIR("\"\\ud800\"", "1"), 1, "unpaired surrogate escape in an id");
    assert_malformed(PAIR("1", "1"), 1, "\"a\" and \"b\" are the same article");
    assert_malformed("{\"type\":\"cluster\"}", 1, "\"members\" is not a list");
    assert_malformed("{\"type\":\"cluster\",\"articles\":3}", 1, "\"articles\" is not a list");
    assert_malformed(CLUSTER("1,null"), 1, "an id is neither a string nor an integer");
    assert_malformed(CLUSTER("1,2") CLUSTER("3,2"), 2, "an article is in clusters twice");
    assert_malformed("{\"type\":\"section\"}", 1, "\"occurrences\" is not a list");
    assert_malformed(SECTION("1"), 1, "an occurrence is not an object");
    assert_malformed(SECTION("{\"article\":1,\"begin\":2}"), 1,
                     "an occurrence without \"article\", \"begin\" or \"end\"");
    assert_malformed(SECTION(AT("1", "-1", "5")), 1, "\"begin\" or \"end\" is not an offset");
    assert_malformed(SECTION(AT("1", "1", "5.0")), 1, "\"begin\" or \"end\" is not an offset");
    assert_malformed(SECTION(AT("1", "1", "\"5\"")), 1, "\"begin\" or \"end\" is not an offset");
    assert_malformed(SECTION(AT("1", "5", "5")), 1, "an occurrence that ends before it begins");
    assert_malformed("{\"type\":\"summary\",\"articles\":-1}", 1, "\"articles\" is not a count");
}

static void files_that_cannot_be_read_are_named(void **state)
{
    (void)state;
    tt_scores scores;
    tt_error error;
    char expected[400], longest[300];
    const char *good = write_text("good.jsonl", PAIR("1", "2"));
    const char *missing = path_of("missing.jsonl");
    (void)snprintf(expected, sizeof expected, "%s: cannot open: No such file or directory",
                   missing);
    assert_int_equal(eval_files(NULL, missing, good, &scores, &error), TT_EIO);
    assert_string_equal(error.message, expected);
    assert_int_equal(eval_files(NULL, good, missing, &scores, &error), TT_EIO);
    assert_string_equal(error.message, expected);
    good = write_bytes("cut.gz", "\x1f\x8b\x08\0", 4);
    (void)snprintf(expected, sizeof expected, "%s: truncated gzip data", good);
    assert_int_equal(eval_files(NULL, good, good, &scores, &error), TT_EFORMAT);
    assert_string_equal(error.message, expected);
    /* a long path keeps its end */
    memset(longest, 'x', sizeof longest);
    memcpy(longest + 290, "end.jsonl", 10);
    assert_int_equal(eval_files(NULL, longest, good, &scores, &error), TT_EIO);
    assert_non_null(strstr(error.message, "xend.jsonl: cannot open: File name too long"));
    assert_int_equal(eval_files(NULL, NULL, good, &scores, &error), TT_EINVAL);
}

static void compressed_and_marked_files_are_read(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf" PAIR("1", "2") "\r\n" PAIR("3", "4");
    const char *path = path_of("r.jsonl");
    tt_scores s;
    gzFile file = gzopen(path, "wb");
    assert_int_equal(gzwrite(file, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(eval_files(NULL, path, path, &s, NULL), TT_OK);
    assert_int_equal(s.right_pairs, 2);
}

static void every_failed_allocation_is_handed_up(void **state)
{
    (void)state;
    enum { PAIRS = 3000 };
    char *text = malloc(PAIRS * 200), *end = text;
    const char *path;
    int done = 0;
    for (int i = 0; i < PAIRS; i++) {
        end += sprintf(end, "{\"type\":\"pair\",\"a\":%d,\"b\":\"\\u0062%d\"}\n", i, i);
        end += sprintf(end, "{\"type\":\"cluster\",\"articles\":[%d]}\n", i);
    }
    end += sprintf(end, SECTION(AT("1", "0", "9") "," AT("2", "0", "9")));
    path = write_bytes("big.jsonl", text, (size_t)(end - text));
    for (long k = 1; !done; k++) {
        counting c;
        tt_error error = {TT_OK, 0, ""};
        tt_scores s;
        tt_status status;
        counting_init(&c, k);
        status = eval_files(&c.allocator, path, path, &s, &error);
        done = status == TT_OK;
        if (!done)
            assert_int_equal(status, TT_ENOMEM);
        assert_int_equal(status, error.status);
        assert_int_equal(c.live, 0);
        assert_true(k < 1000);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_sets),
        cmocka_unit_test(series_are_not_copies),
        cmocka_unit_test(gold_clusters_are_gold_pairs),
        cmocka_unit_test(ids_are_strings_or_integers),
        cmocka_unit_test(nothing_found_and_nothing_to_find),
        cmocka_unit_test(ari_has_its_known_values),
        cmocka_unit_test(unnamed_articles_are_alone),
        cmocka_unit_test(sections_are_scored_by_bytes),
        cmocka_unit_test(a_lone_occurrence_detects_nothing),
        cmocka_unit_test(a_chopped_detection_has_a_granularity),
        cmocka_unit_test(sections_do_not_lend_each_other_partners),
        cmocka_unit_test(many_sections_are_scored_as_byte_by_byte),
        cmocka_unit_test(a_malformed_line_is_named),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
        cmocka_unit_test(compressed_and_marked_files_are_read),
        cmocka_unit_test(every_failed_allocation_is_handed_up),
    };
    return cmocka_run_group_tests_name("eval", tests, make_directory, remove_directory);
}
