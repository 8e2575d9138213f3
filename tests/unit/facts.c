#include "verify/relation.h"

#include "../support.h"
#include "aligned.h"

/* Compares the facts of two texts as the engine does. */
static tti_facts compare(const char *x, const char *y)
{
    aligned_texts t;
    tti_doc_filter filter;
    tti_small_numbers numbers;
    tti_facts facts;
    tti_small_numbers_init(&numbers, 0);
    align_texts(&t, x, y);
    tti_doc_filter_reset(&filter, &t.docs[1]);
    tti_facts_compare(&t.docs[0], &filter, &t.alignment, &numbers, &facts);
    aligned_texts_free(&t);
    return facts;
}

static void assert_facts(const char *x, const char *y, double expected)
{
    const double there = compare(x, y).share, back = compare(y, x).share;
    if (there < expected - 1e-9 || there > expected + 1e-9)
        fail_msg("facts are %g and not %g: %s | %s", there, expected, x, y);
    if (back < expected - 1e-9 || back > expected + 1e-9)
        fail_msg("the other way facts are %g and not %g", back, expected);
}

/* A template with slots, long enough on both sides of each to be aligned. */
#define HEAD "the board of the company said on friday it will pay a dividend of "
#define MIDDLE " cents for each share to all who hold them on the record date of the "
#define TAIL " of the month as it did in the same season of the year before that"

static void numbers_with_an_equal_part_differ(void **state)
{
    (void)state;
    assert_true(
        compare(HEAD "15.87" MIDDLE "21" TAIL, HEAD "64.15" MIDDLE "21" TAIL).number_slots == 1);
    assert_true(compare(HEAD "57.7" MIDDLE "21" TAIL, HEAD "7.81" MIDDLE "21" TAIL).number_slots ==
                1);
    assert_true(compare(HEAD "57.7" MIDDLE "21" TAIL, HEAD "57.7" MIDDLE "21" TAIL).number_slots ==
                0);
}

static void text_without_facts_agrees(void **state)
{
    (void)state;
    assert_facts("all in this text is said in plain words of no weight",
                 "all in this text is said in plain words of no weight", 1);
    assert_facts("all in this text is said in plain words of no weight at all",
                 "all in this text is put in plain words of no weight at all", 1);
}

static void equal_facts_agree(void **state)
{
    (void)state;
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD "20" MIDDLE "9th" TAIL, 1);
}

/* "friday" agrees; one or none of the two numbers does. */
static void a_slot_that_is_filled_anew_disagrees(void **state)
{
    (void)state;
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD "21" MIDDLE "9th" TAIL, 2.0 / 3);
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD "21" MIDDLE "8th" TAIL, 1.0 / 3);
}

static void a_fact_that_faces_none_says_nothing(void **state)
{
    (void)state;
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD MIDDLE "9th" TAIL, 1);
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD "zo" MIDDLE "9th" TAIL, 1);    /* misread */
    assert_facts(HEAD "20" MIDDLE "9th" TAIL, HEAD "Rossi" MIDDLE "9th" TAIL, 1); /* another kind */
}

static void names_count_half(void **state)
{
    (void)state;
    assert_facts(HEAD "Acme" MIDDLE "9th" TAIL, HEAD "Bolt" MIDDLE "9th" TAIL, 2 / 2.5);
    assert_facts(HEAD "Acme" MIDDLE "9th" TAIL, HEAD "Acme" MIDDLE "8th" TAIL, 1.5 / 2.5);
}

static void slots_at_the_ends_count(void **state)
{
    (void)state;
    assert_facts("1987 300 " HEAD, "1988 301 " HEAD, 1.0 / 3);
    assert_facts(HEAD "1987", HEAD "1988", 1.0 / 2);
}

static void new_text_does_not_count(void **state)
{
    (void)state;
    assert_facts(HEAD "20" MIDDLE "9th" TAIL
                      " and then some more was said by 17 people who came in 4 cars "
                      "with 5 dogs and who had 6 things to tell of 8 days that they had spent",
                 HEAD "20" MIDDLE "9th" TAIL, 1);
}

static void conflicts_are_facts_that_the_other_text_nowhere_has(void **state)
{
    tti_facts f;
    (void)state;
    f = compare(HEAD "20" MIDDLE "9th" TAIL, HEAD "21" MIDDLE "8th" TAIL);
    assert_int_equal(f.conflicts, 2);
    assert_int_equal(f.differences[0].kind, TT_DIFFERS_NUMERAL);
    f = compare(HEAD "20" MIDDLE "9th" TAIL " as 21 were", HEAD "21" MIDDLE "9th" TAIL);
    assert_int_equal(f.conflicts, 0); /* 21 is in the first too */
    f = compare(HEAD "Acme Mills" MIDDLE "May" TAIL, HEAD "Bolton Works" MIDDLE "June" TAIL);
    assert_int_equal(f.conflicts, 2);
    assert_int_equal(f.differences[0].kind, TT_DIFFERS_NAME);
    assert_int_equal(f.differences[0].a_size, 2);
    assert_int_equal(f.differences[1].kind, TT_DIFFERS_DATE);
}

static void a_number_is_one_fact_in_words_and_in_figures(void **state)
{
    tti_facts f;
    (void)state;
    f = compare(HEAD "five" MIDDLE "twenty-one" TAIL, HEAD "5" MIDDLE "21" TAIL);
    assert_true(f.number_slots == 0 && f.conflicts == 0 && f.share == 1);
    f = compare(HEAD "nine" MIDDLE "9th" TAIL, HEAD "12" MIDDLE "9th" TAIL);
    assert_true(f.number_slots == 1 && f.conflicts == 1);
    f = compare(HEAD "twenty-one" MIDDLE "9th" TAIL, HEAD "22" MIDDLE "9th" TAIL);
    assert_true(f.number_slots == 1 && f.conflicts == 1);
    assert_int_equal(f.differences[0].a_size, 2);
    f = compare(HEAD "nine" MIDDLE "9th" TAIL " as 12 were",
                HEAD "12" MIDDLE "9th" TAIL " as 9 were");
    assert_int_equal(f.conflicts, 0); /* both numbers are in both */
    assert_int_equal(compare(HEAD "second" MIDDLE, HEAD "5econd" MIDDLE).conflicts, 0);
    /* other languages have number words and months as well */
    f = compare(HEAD "f\u00fcnf" MIDDLE "trois" TAIL, HEAD "5" MIDDLE "3" TAIL);
    assert_true(f.number_slots == 0 && f.conflicts == 0);
    f = compare(HEAD "drei" MIDDLE "1 Mars" TAIL, HEAD "f\u00fcnf" MIDDLE "1 mars" TAIL);
    assert_int_equal(f.conflicts, 1);
    assert_int_equal(f.differences[0].kind, TT_DIFFERS_NUMERAL);
    f = compare(HEAD "lundi" MIDDLE, HEAD "mardi" MIDDLE);
    assert_int_equal(f.differences[0].kind, TT_DIFFERS_DATE);
}

static void numbers_beside_the_passage_are_conflicts(void **state)
{
    (void)state;
    assert_int_equal(compare("Three people of " HEAD, "Seven people of " HEAD).conflicts, 1);
    assert_int_equal(compare("Three " HEAD, "3 " HEAD).conflicts, 0);
    assert_int_equal(compare(HEAD "15", HEAD "twelve").conflicts, 1);
    assert_int_equal(compare(HEAD "May 15", HEAD "June 12").conflicts, 0); /* a dateline */
    assert_int_equal(compare("Paris 12. The" HEAD, "Rome 13. The " HEAD).conflicts, 0);
}

static void a_name_that_was_misread_is_no_conflict(void **state)
{
    const tti_facts f =
        compare(HEAD "Roberts" MIDDLE "Rundell" TAIL, HEAD "Roborts" MIDDLE "Kundcll" TAIL);
    (void)state;
    assert_int_equal(f.conflicts, 0);
    assert_int_equal(compare(HEAD "zone" MIDDLE, HEAD "zonc" MIDDLE).misread, 1);
    assert_int_equal(compare(HEAD "zone" MIDDLE, HEAD "shop" MIDDLE).misread, 0);
}

static void words_without_capitals_may_be_names(void **state)
{
    (void)state;
    const tti_facts f = compare("\u4eca\u5929\u5728\u4eba\u6c11\u5e7f\u573a\u5e02\u957f"
                                "\u5f20\u4f1f"
                                "\u4f1a\u89c1\u4e86\u5916\u56fd\u8bb0\u8005\u4ee3\u8868\u56e2",
                                "\u4eca\u5929\u5728\u4eba\u6c11\u5e7f\u573a\u5e02\u957f"
                                "\u738b\u82b3"
                                "\u4f1a\u89c1\u4e86\u5916\u56fd\u8bb0\u8005\u4ee3\u8868\u56e2");
    assert_int_equal(f.conflicts, 1);
    assert_int_equal(f.differences[0].a_size, 2);
}

static void slots_are_numbers_and_names_that_are_filled_anew(void **state)
{
    (void)state;
    tti_facts f = compare(HEAD "20" MIDDLE "Acme" TAIL, HEAD "21" MIDDLE "Bolton" TAIL);
    assert_true(f.number_slots == 1 && f.name_slots == 1);
    assert_int_equal(compare(HEAD "Roberts" MIDDLE, HEAD "Roborts" MIDDLE).name_slots, 0);
    assert_true(compare(HEAD "Monday" MIDDLE, HEAD "Friday" MIDDLE).number_slots == 0);
    assert_int_equal(compare(HEAD "rye bread" MIDDLE, HEAD "goat cheese" MIDDLE).words, 2);
    assert_int_equal(compare(HEAD "\u7532" MIDDLE, HEAD "\u4e59" MIDDLE).character_slots, 1);
    /* a word in a script without capitals may be a name, and may be rewritten */
    f = compare(HEAD "\u0627\u062d\u0645\u062f" MIDDLE, HEAD "\u06a9\u0627\u0645\u0644" MIDDLE);
    assert_true(f.character_slots == 0 && f.other_names == 1);
}

static void names_that_recur_on_both_sides_are_other_subjects(void **state)
{
    (void)state;
    assert_int_equal(
        compare("Acme" MIDDLE "Acme" TAIL, "Bolton" MIDDLE "Bolton" TAIL).other_subjects,
        2); /* where the texts begin, and in the slot */
    assert_int_equal(compare(HEAD "Acme" TAIL, HEAD "Bolton" TAIL).other_subjects, 0);
    assert_int_equal(
        compare(HEAD "Acme" MIDDLE "Acme" TAIL, HEAD "Bolton" MIDDLE "Dale" TAIL).other_subjects,
        0);
    assert_int_equal(
        compare(HEAD "Acme" MIDDLE "Acme" TAIL, HEAD "Azme" MIDDLE "Azme" TAIL).other_subjects, 0);
    assert_int_equal(
        compare(HEAD "Acme County" MIDDLE "Acme" TAIL, HEAD "Bolton Coast" MIDDLE "Bolton" TAIL)
            .other_subjects,
        2);
    ; /* though other words of the names are alike */
}

/* What each has for itself: text in no passage, numbers and a subject. */
static void own_text_is_that_of_the_article_that_has_less(void **state)
{
    const tti_facts f =
        compare("Kalida 31 and 42 and 42. " HEAD "20" MIDDLE "Kalida" TAIL,
                "Kidron 17. " HEAD "20" MIDDLE "Kidron" TAIL " and 5 more words than before");
    (void)state;
    assert_int_equal(f.own_numbers, 2);
    assert_true(f.has_own_subjects);
    assert_true(f.rest.tokens >= 2 && f.rest.tokens <= 6);
    assert_false(compare(HEAD "20" MIDDLE "9" TAIL, HEAD "20" MIDDLE "9" TAIL).own_numbers);
}

static void articles_that_say_other_things_tell_other_news(void **state)
{
    tti_facts f = {.aligned = 300, .own_numbers = 4, .rest = {.share = 0.11}};
    (void)state;
    assert_true(tti_tell_other_news(&f, 0));
    f.words = 4;
    assert_false(tti_tell_other_news(&f, 0));
    f = (tti_facts){.aligned = 300, .own_numbers = 4, .rest = {.share = 0.09}};
    assert_false(tti_tell_other_news(&f, 0));
    f.number_slots = 2;
    assert_true(tti_tell_other_news(&f, 0));
    assert_false(tti_tell_other_news(&f, 0.5));
    f = (tti_facts){.aligned = 300, .has_own_subjects = 1, .other_numbers = 1};
    assert_true(tti_tell_other_news(&f, 0));
    f.misread = 8;
    assert_false(tti_tell_other_news(&f, 0));
    f = (tti_facts){.aligned = 900, .has_own_dates = 1, .own_numbers = 3, .conflicts = 1};
    f.rest.share = 0.04;
    assert_true(tti_tell_other_news(&f, 0));
    f.conflicts = 0; /* each adds a paragraph */
    assert_false(tti_tell_other_news(&f, 0));
}

static void near_articles_have_most_of_one_in_common(void **state)
{
    const tti_doc doc = {.token_count = 200};
    tt_pair p = {.overlap_a = 0.74, .overlap_b = 0.7};
    tti_facts f = {.aligned = 148, .rest = {.share = 0.1}};
    (void)state;
    assert_false(tti_share_most(&p, &f, &doc, &doc));
    f.misread = 7; /* misread words do not align */
    assert_true(tti_share_most(&p, &f, &doc, &doc));
    f.rest.share = 0.41;
    assert_false(tti_share_most(&p, &f, &doc, &doc));
    f = (tti_facts){.aligned = 150, .rest = {.share = 0.1}};
    p.overlap_a = 0.75;
    assert_true(tti_share_most(&p, &f, &doc, &doc));
}

static void weeks_later_a_little_own_text_is_another_stage(void **state)
{
    const int64_t day = INT64_C(24) * 3600 * 1000000;
    const tti_doc first = {.token_count = 200, .published = 0};
    tti_doc later = {.token_count = 200, .published = 15 * day};
    tt_pair p = {.overlap_a = 0.94, .overlap_b = 0.94};
    tti_facts f = {.aligned = 188};
    (void)state;
    assert_true(tti_are_stages(&p, &f, &first, &later) && tti_are_stages(&p, &f, &later, &first));
    f.misread = 3; /* damage is nothing of its own */
    assert_false(tti_are_stages(&p, &f, &first, &later));
    f.misread = 0;
    later.published = 14 * day;
    assert_false(tti_are_stages(&p, &f, &first, &later));
    later.published = TT_NO_TIME;
    assert_false(tti_are_stages(&p, &f, &first, &later));
    later.published = INT64_MAX;
    p.overlap_a = 1; /* what the other adds says nothing against a copy */
    assert_false(tti_are_stages(&p, &f, &first, &later));
}

static void datelines_are_no_other_names_and_numbers(void **state)
{
    tti_facts f = compare(HEAD "Acme 20" MIDDLE, HEAD "Bolton 21" MIDDLE);
    (void)state;
    assert_true(f.other_names == 1 && f.other_numbers == 1);
    f = compare(HEAD "Acme March 6" MIDDLE, HEAD "Bolton April 9" MIDDLE);
    assert_true(f.other_names == 0 && f.other_numbers == 0 && f.conflicts == 3);
    f = compare(HEAD "6 March" MIDDLE, HEAD "9 March" MIDDLE);
    assert_true(f.other_numbers == 0 && f.conflicts == 1);
    f = compare(HEAD "55.7" MIDDLE, HEAD "55.8" MIDDLE); /* brought up to date */
    assert_true(f.other_numbers == 0 && f.conflicts == 1);
}

static void other_names_and_numbers_are_other_facts(void **state)
{
    tti_facts f = {.aligned = 900, .facts = 40, .other_names = 1, .other_numbers = 1};
    (void)state;
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f.misread = 2;
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f = (tti_facts){.aligned = 900, .facts = 40, .other_numbers = 2};
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED)); /* corrected */
    f = (tti_facts){.aligned = 900, .facts = 40, .other_subjects = 1};
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED));
}

static void other_facts_are_dense_numbers_or_several_slots(void **state)
{
    tti_facts f = {.share = 0.9, .aligned = 300, .facts = 40, .numbers = 10};
    (void)state;
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f.numbers = 11;
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f.misread = 4;
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f = (tti_facts){.share = 0.9, .aligned = 450, .facts = 40, .number_slots = 3};
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED)); /* figures brought up to date */
    f.name_slots = 1;
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f.words = 4; /* as if rewritten */
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f = (tti_facts){.share = 0.9, .aligned = 100, .character_slots = 1};
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED));
    f = (tti_facts){.share = 0.9, .aligned = 20, .facts = 3, .numbers = 100};
    assert_false(tti_facts_are_others(&f, 0, TTI_ADMITTED));           /* too few say nothing, */
    assert_true(tti_facts_are_others(&f, 0, TTI_ADMITTED_BY_OVERLAP)); /* but where little admits */
    assert_true(tti_facts_are_others(&f, 0.95, TTI_ADMITTED));
    assert_false(tti_facts_are_others(&f, 0.9, TTI_ADMITTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_without_facts_agrees),
        cmocka_unit_test(numbers_with_an_equal_part_differ),
        cmocka_unit_test(equal_facts_agree),
        cmocka_unit_test(a_slot_that_is_filled_anew_disagrees),
        cmocka_unit_test(a_fact_that_faces_none_says_nothing),
        cmocka_unit_test(names_count_half),
        cmocka_unit_test(slots_at_the_ends_count),
        cmocka_unit_test(new_text_does_not_count),
        cmocka_unit_test(conflicts_are_facts_that_the_other_text_nowhere_has),
        cmocka_unit_test(a_number_is_one_fact_in_words_and_in_figures),
        cmocka_unit_test(numbers_beside_the_passage_are_conflicts),
        cmocka_unit_test(a_name_that_was_misread_is_no_conflict),
        cmocka_unit_test(words_without_capitals_may_be_names),
        cmocka_unit_test(slots_are_numbers_and_names_that_are_filled_anew),
        cmocka_unit_test(names_that_recur_on_both_sides_are_other_subjects),
        cmocka_unit_test(own_text_is_that_of_the_article_that_has_less),
        cmocka_unit_test(articles_that_say_other_things_tell_other_news),
        cmocka_unit_test(near_articles_have_most_of_one_in_common),
        cmocka_unit_test(weeks_later_a_little_own_text_is_another_stage),
        cmocka_unit_test(datelines_are_no_other_names_and_numbers),
        cmocka_unit_test(other_names_and_numbers_are_other_facts),
        cmocka_unit_test(other_facts_are_dense_numbers_or_several_slots),
    };
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
