/* What a wire says of an item beside its text: embargo, end, language, status, and which item it
 * takes the place of; and rules for sources. */
#include "index.h"

static const char old_text[] =
    "The harbour ferry ran aground in thick fog on Tuesday with forty people on board, and five of "
    "them were hurt when the bow struck the rocks below the lighthouse at the entrance of the "
    "port.";
static const char new_text[] =
    "The harbour ferry ran aground in thick fog on Tuesday with forty people on board, and seven "
    "of them were hurt when the bow struck the rocks below the lighthouse at the entrance of the "
    "port. Police questioned the captain in the evening, and tugs took the ferry to the yard.";
static const char other_text[] =
    "Bakers of the northern towns will raise the price of bread by a tenth next month, since flour "
    "and electricity cost more than they did in spring.";

static tt_article item(const char *id, const char *text)
{
    tt_article a = article_of(id, text);
    a.source = "Wire";
    a.source_size = 4;
    return a;
}

static tt_article replacement(const char *id, const char *replacing, const char *text)
{
    tt_article a = item(id, text);
    a.replacing = id_of(replacing);
    return a;
}

/* A verdict, with copies of its ids. */
typedef struct kept_verdict {
    tt_verdict verdict;
    char of[40];
} kept_verdict;

static int keep_verdict(void *ctx, const tt_verdict *verdicts, size_t count)
{
    kept_verdict *k = ctx;
    assert_int_equal(count, 1);
    k->verdict = verdicts[0];
    (void)snprintf(k->of, sizeof k->of, "%.*s", (int)verdicts[0].of.size,
                   verdicts[0].of.bytes == NULL ? "" : verdicts[0].of.bytes);
    return 0;
}

static kept_verdict add(tt_index *index, tt_article a)
{
    kept_verdict k = {0};
    assert_int_equal(tt_index_add(index, &a, 1, NULL, keep_verdict, &k, NULL), TT_OK);
    return k;
}

static void assert_verdict(kept_verdict k, tt_verdict_kind kind, const char *of)
{
    assert_string_equal(tt_verdict_kind_name((tt_verdict_kind)k.verdict.kind),
                        tt_verdict_kind_name(kind));
    assert_string_equal(k.of, of);
}

static void assert_text(const char *bytes, size_t size, const char *expected)
{
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, size);
}

static void decide(tt_index *index, const char *id, tt_decision_kind kind)
{
    const tt_index_decision d = {.id = id_of(id), .time = TT_NO_TIME, .kind = kind};
    assert_int_equal(tt_index_decide(index, &d, 1, NULL, NULL), TT_OK);
}

static tt_article embargoed_item(void)
{
    tt_article a = item("a", old_text);
    a.language = "en-GB";
    a.language_size = 5;
    a.pubstatus = "commissioned";
    a.pubstatus_size = 12;
    a.embargoed = 2000000000000000;
    a.expires = 2100000000000000;
    a.replacing = id_of("zero");
    return a;
}

static void assert_embargoed_item(tt_index *index)
{
    const tt_index_article a = get_article(index, "a");
    assert_int_not_equal(a.number, 0);
    assert_text(a.language, a.language_size, "en-GB");
    assert_text(a.pubstatus, a.pubstatus_size, "commissioned");
    assert_text(a.replacing.bytes, a.replacing.size, "zero");
    assert_true(a.embargoed == 2000000000000000 && a.expires == 2100000000000000);
    assert_int_equal(a.replaced_by.size, 0);
}

static void terms_are_kept_in_every_copy(void **state)
{
    char path[200], copy[230];
    tt_index *index, *merged = open_with_texts(NULL);
    uint64_t findings = 1;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", fresh_path());
    (void)snprintf(copy, sizeof copy, "%s.repaired", path);
    remove_index(copy);
    index = open_with_texts(path);
    assert_verdict(add(index, embargoed_item()), TT_VERDICT_NEW, "");
    assert_embargoed_item(index);
    decide(index, "a", TT_DECISION_KILL);
    decide(index, "a", TT_DECISION_KEEP);
    assert_embargoed_item(index);
    tt_index_close(index);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, &findings, NULL), TT_OK);
    assert_int_equal(findings, 0);
    assert_int_equal(tt_index_merge(merged, path, NULL, NULL), TT_OK);
    assert_embargoed_item(merged);
    tt_index_close(merged);
    assert_int_equal(tt_index_repair(path, copy, NULL, NULL, NULL, NULL, NULL), TT_OK);
    index = open_with_texts(copy);
    assert_embargoed_item(index);
    tt_index_close(index);
    remove_index(copy);
    remove_index(path);
}

static void an_embargo_is_told_of_copies_too(void **state)
{
    tt_index *index = open_with_texts(NULL);
    kept_verdict k = add(index, embargoed_item());
    (void)state;
    assert_true(k.verdict.embargoed == 2000000000000000 && k.verdict.expires == 2100000000000000 &&
                k.verdict.of_embargoed == 0);
    k = add(index, item("b", old_text));
    assert_verdict(k, TT_VERDICT_DUPLICATE, "a");
    assert_true(k.verdict.embargoed == 0 && k.verdict.of_embargoed == 2000000000000000);
    tt_index_close(index);
}

static void a_version_that_lifts_an_embargo_is_taken(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article lifted = embargoed_item();
    kept_verdict k;
    (void)state;
    lifted.embargoed = 0;
    add(index, embargoed_item());
    k = add(index, lifted);
    assert_verdict(k, TT_VERDICT_DUPLICATE, "a");
    assert_true(k.verdict.of_embargoed == 2000000000000000);
    assert_true(get_article(index, "a").embargoed == 0);
    assert_int_equal(get_article(index, "a").number, 2);
    add(index, lifted);
    assert_int_equal(get_article(index, "a").number, 2); /* the same again */
    tt_index_close(index);
}

static void a_replacement_takes_the_place_of_the_item(void **state)
{
    tt_index *index = open_with_texts(NULL);
    (void)state;
    add(index, item("a", old_text));
    assert_verdict(add(index, item("copy", old_text)), TT_VERDICT_DUPLICATE, "a");
    assert_verdict(add(index, replacement("b", "a", new_text)), TT_VERDICT_UPDATE, "a");
    assert_int_equal(get_article(index, "a").number, 0);
    assert_int_equal(get_article(index, "b").story, 1);
    assert_verdict(add(index, replacement("c", "b", other_text)), TT_VERDICT_UPDATE, "b");
    assert_int_equal(get_article(index, "c").story,
                     1); /* as a version, whatever its text has become */
    assert_int_equal(tt_index_count(index), 2);
    tt_index_close(index);
}

static void a_feed_with_replacements_changes_nothing_the_second_time(void **state)
{
    tt_index *index = open_with_texts(NULL);
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        add(index, item("a", old_text));
        add(index, replacement("b", "a", new_text));
        assert_int_equal(tt_index_count(index), 1);
        assert_int_equal(get_article(index, "b").number, 2);
        assert_int_equal(get_article(index, "a").number, 0);
    }
    tt_index_close(index);
}

static void what_was_replaced_is_late(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article late = item("a", old_text);
    (void)state;
    late.replaced_by = id_of("b");
    assert_verdict(add(index, late), TT_VERDICT_NEW, ""); /* the other one has not come */
    add(index, item("b", new_text));
    assert_verdict(add(index, late), TT_VERDICT_DUPLICATE, "b");
    assert_int_equal(get_article(index, "a").number, 0);
    late.replaced_by = id_of("a"); /* nonsense */
    assert_verdict(add(index, late), TT_VERDICT_CORRECTION, "b");
    assert_int_not_equal(get_article(index, "a").number, 0);
    tt_index_close(index);
}

static void what_an_editor_killed_is_not_replaced(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article late = item("a", old_text);
    (void)state;
    add(index, item("a", old_text));
    decide(index, "a", TT_DECISION_KILL);
    assert_verdict(add(index, replacement("b", "a", new_text)), TT_VERDICT_WITHDRAWN, "a");
    assert_int_equal(get_article(index, "a").withdrawn, 1);
    late.replaced_by = id_of("b");
    add(index, late);
    assert_int_equal(get_article(index, "a").withdrawn, 1);
    tt_index_close(index);
}

static void what_an_agency_withdrew_can_be_replaced(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article notice = item("a", "");
    (void)state;
    notice.flags |= TT_ARTICLE_WITHDRAWN;
    notice.pubstatus = "withheld";
    notice.pubstatus_size = 8;
    add(index, item("a", old_text));
    assert_verdict(add(index, notice), TT_VERDICT_WITHDRAWN, "a");
    assert_text(get_article(index, "a").pubstatus, get_article(index, "a").pubstatus_size,
                "withheld");
    assert_verdict(add(index, replacement("b", "a", new_text)), TT_VERDICT_UPDATE, "a");
    assert_int_equal(get_article(index, "b").withdrawn, 0);
    assert_int_equal(tt_index_count(index), 1);
    tt_index_close(index);
}

static void questions_replace_nothing(void **state)
{
    tt_index *index = open_with_texts(NULL);
    const tt_article b = replacement("b", "a", new_text);
    kept_verdict k = {0};
    (void)state;
    add(index, item("a", old_text));
    assert_int_equal(tt_index_query(index, &b, 1, NULL, keep_verdict, &k, NULL), TT_OK);
    assert_verdict(k, TT_VERDICT_UPDATE, "a");
    assert_int_equal(get_article(index, "a").number, 1);
    assert_int_equal(tt_index_add(index, &b, 1, NULL, NULL, NULL, NULL), TT_OK);
    assert_int_equal(get_article(index, "a").number, 0); /* also where no verdict is asked for */
    assert_int_not_equal(get_article(index, "b").number, 0);
    tt_index_close(index);
}

static tt_article from(const char *source, const char *id, const char *text)
{
    tt_article a = item(id, text);
    a.source = source;
    a.source_size = strlen(source);
    return a;
}

static tt_index *open_by_sources(tt_sources which, const char *preferred)
{
    tt_index *index = open_with_texts(NULL);
    assert_int_equal(tt_index_sources(index, which, preferred, NULL), TT_OK);
    return index;
}

static void what_says_that_it_corrects_does(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article a = item("b", old_text);
    (void)state;
    a.flags |= TT_ARTICLE_CORRECTION;
    add(index, item("a", old_text));
    assert_verdict(add(index, a), TT_VERDICT_CORRECTION, "a");
    assert_verdict(add(index, a), TT_VERDICT_DUPLICATE, "b"); /* the same again */
    a.text = other_text;
    a.text_size = strlen(other_text);
    assert_verdict(add(index, a), TT_VERDICT_CORRECTION, "b"); /* a version */
    a.id = "c";
    assert_verdict(add(index, a), TT_VERDICT_CORRECTION, "b");
    decide(index, "a", TT_DECISION_KILL);
    a.id = "d";
    a.text = old_text;
    a.text_size = strlen(old_text);
    assert_verdict(add(index, a), TT_VERDICT_WITHDRAWN, "a");
    tt_index_close(index);
}

/* The text with more words behind it than a duplicate may have. */
static const char *longer_text(void)
{
    static char text[600];
    (void)snprintf(text, sizeof text,
                   "%s Rescuers from three towns were there within the hour, and the hospital in "
                   "the next bay kept two nurses and a doctor on duty all night.",
                   old_text);
    return text;
}

static void across_sources_a_source_does_not_copy_itself(void **state)
{
    tt_index *index = open_by_sources(TT_SOURCES_ACROSS, NULL);
    tt_article none = item("n", old_text);
    (void)state;
    none.source_size = 0;
    assert_verdict(add(index, from("A", "a", old_text)), TT_VERDICT_NEW, "");
    assert_verdict(add(index, from("A", "a2", old_text)), TT_VERDICT_NEW, "");
    assert_verdict(add(index, from("A", "a3", longer_text())), TT_VERDICT_NEW, "");
    assert_verdict(add(index, from("B", "b", old_text)), TT_VERDICT_DUPLICATE, "a");
    assert_verdict(add(index, from("A", "a4", longer_text())), TT_VERDICT_UPDATE, "b");
    assert_verdict(add(index, none), TT_VERDICT_DUPLICATE, "a");
    assert_verdict(add(index, from("A", "a", new_text)), TT_VERDICT_UPDATE, "a"); /* a version */
    tt_index_close(index);
}

static void within_sources_only_a_source_copies_itself(void **state)
{
    tt_index *index = open_by_sources(TT_SOURCES_WITHIN, NULL);
    (void)state;
    add(index, from("A", "a", old_text));
    assert_verdict(add(index, from("B", "b", old_text)), TT_VERDICT_NEW, "");
    assert_verdict(add(index, from("B", "b2", old_text)), TT_VERDICT_DUPLICATE, "b");
    assert_verdict(add(index, from("C", "c", longer_text())), TT_VERDICT_NEW, "");
    assert_verdict(add(index, from("A", "a2", longer_text())), TT_VERDICT_UPDATE, "a");
    tt_index_close(index);
}

static void what_is_withdrawn_is_found_in_any_source(void **state)
{
    tt_index *index = open_by_sources(TT_SOURCES_ACROSS, NULL);
    (void)state;
    add(index, from("A", "a", old_text));
    decide(index, "a", TT_DECISION_KILL);
    assert_verdict(add(index, from("A", "a2", old_text)), TT_VERDICT_WITHDRAWN, "a");
    assert_verdict(add(index, from("A", "a3", longer_text())), TT_VERDICT_WITHDRAWN, "a");
    tt_index_close(index);
}

static void of_copies_the_preferred_source_is_named(void **state)
{
    tt_index *index = open_by_sources(TT_SOURCES_ANY, "P,Q");
    (void)state;
    add(index, from("A", "a", old_text));
    assert_verdict(add(index, from("Q", "q", old_text)), TT_VERDICT_UPDATE, "a");
    assert_verdict(add(index, from("B", "b", old_text)), TT_VERDICT_DUPLICATE, "q");
    assert_verdict(add(index, from("P", "p", longer_text())), TT_VERDICT_UPDATE, "q");
    assert_verdict(add(index, from("B", "b2", longer_text())), TT_VERDICT_DUPLICATE, "p");
    assert_verdict(add(index, from("Q", "q2", old_text)), TT_VERDICT_DUPLICATE, "q");
    assert_int_equal(tt_index_sources(index, TT_SOURCES_ANY, NULL, NULL), TT_OK);
    assert_verdict(add(index, from("B", "b3", old_text)), TT_VERDICT_DUPLICATE, "a");
    tt_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_kept_in_every_copy),
        cmocka_unit_test(an_embargo_is_told_of_copies_too),
        cmocka_unit_test(a_version_that_lifts_an_embargo_is_taken),
        cmocka_unit_test(a_replacement_takes_the_place_of_the_item),
        cmocka_unit_test(a_feed_with_replacements_changes_nothing_the_second_time),
        cmocka_unit_test(what_was_replaced_is_late),
        cmocka_unit_test(what_an_editor_killed_is_not_replaced),
        cmocka_unit_test(what_an_agency_withdrew_can_be_replaced),
        cmocka_unit_test(questions_replace_nothing),
        cmocka_unit_test(what_says_that_it_corrects_does),
        cmocka_unit_test(across_sources_a_source_does_not_copy_itself),
        cmocka_unit_test(within_sources_only_a_source_copies_itself),
        cmocka_unit_test(what_is_withdrawn_is_found_in_any_source),
        cmocka_unit_test(of_copies_the_preferred_source_is_named),
    };
    return cmocka_run_group_tests_name("index terms", tests, NULL, NULL);
}
