/* Two articles with a text in common: is it a notice, or what they tell? */
#include "verify/own_text.h"

#include "result/notices.h"
#include "util/alloc.h"

#include "../support.h"
#include "../texts.h"
#include "aligned.h"

static uint32_t evidence_of(const char *x, const char *y)
{
    aligned_texts t;
    tti_word_owners words = {.table.allocator = &tti_libc_allocator};
    uint32_t evidence;
    align_texts(&t, x, y);
    assert_int_equal(tti_notice_evidence(&t.docs[0], &t.docs[1], &t.alignment, &words, &evidence),
                     TT_OK);
    tti_word_owners_free(&words);
    aligned_texts_free(&t);
    return evidence;
}

static void assert_evidence(uint32_t expected, const char *x, const char *y)
{
    if (evidence_of(x, y) != expected || evidence_of(y, x) != expected)
        fail_msg("not %u: %s | %s", expected, x, y);
}

enum { ENOUGH = TTI_NOTICE_EVIDENCE };

#define FUNGI                                                                                      \
  "Scientists ask for a turn in nature protection: fungi, not pandas, deserve the funds of this "  \
  "decade. "
#define DEBT                                                                                       \
  "Trust is being lost in the vaccine muddle, and the autumn vote may well show how much of it. "
#define NOTICE                                                                                     \
  "Read on now with a subscription. All articles on the site are open to you. You have a digital " \
  "subscription already? Log in here. No minimum term, cancel at any time. You can switch off "    \
  "automatic renewal at least a day before the period ends. By ordering you accept our general "   \
  "terms of business and our privacy statement. "
#define STORY                                                                                      \
  "The ferry Aurora ran aground in fog off Kestron on Tuesday with forty passengers on board. "    \
  "The harbour master said that nobody was hurt and that two tugs would try to pull her free at "  \
  "the next high tide. The line has cancelled all crossings until the hull is inspected. "

static void a_notice_under_two_teasers(void **state)
{
    (void)state;
    assert_evidence(ENOUGH, FUNGI NOTICE, DEBT NOTICE);
    assert_evidence(ENOUGH, NOTICE FUNGI "Contact: press desk of the Meridian Courier. ",
                    NOTICE DEBT "Contact: press desk of the Meridian Courier. ");
}

static void a_dispatch_under_two_headlines(void **state)
{
    (void)state;
    assert_evidence(0,
                    "Ferry with forty passengers aground off Kestron after captain lost his way in "
                    "dense fog. " STORY,
                    "Tugs will pull Aurora from the rocks; harbour master says nobody was hurt "
                    "aboard the stranded ferry. " STORY);
    assert_evidence(0, "Aground in fog. " STORY, "Ferry is stuck. " STORY);
}

static void what_comes_last_may_be_a_notice_itself(void **state)
{
    (void)state;
    assert_evidence(ENOUGH - 1, NOTICE FUNGI, NOTICE DEBT);
}

static void short_flashes_tell_something(void **state)
{
    (void)state;
    assert_evidence(ENOUGH, "Ferry line cancels winter crossings. " NOTICE,
                    "Speaker resigns early, surprising deputies. " NOTICE);
    assert_evidence(2, "Ferry cancels crossings. " NOTICE, "Speaker resigns early. " NOTICE);
    /* A dateline and the address below are the same everywhere; names and dates tell nothing. */
    assert_evidence(ENOUGH,
                    "PORT ALDERY (MN) - Ferry line cancels winter crossings. " NOTICE
                    "desk@meridian.example",
                    "PORT ALDERY (MN) - Speaker resigns early, surprising deputies. " NOTICE
                    "desk@meridian.example");
    assert_evidence(0, "Kestron, 3 March (Harbour Wire) - " STORY,
                    "Vellmoor, 5 June (Evening Mail) - " STORY);
    assert_evidence(0, "By Jane Harlow. " STORY, "By Tom Brandt. " STORY);
}

static void a_notice_has_one_place_for_the_text(void **state)
{
    (void)state;
    assert_evidence(
        0, FUNGI STORY "And that is all. ",
        "The ferry Aurora ran aground in fog off Kestron on Tuesday with forty "
        "passengers on board. " DEBT
        "The harbour master said that nobody was hurt and that two tugs would try to "
        "pull her free at the next high tide. The line has cancelled all crossings until "
        "the hull is inspected. And that is all. ");
}

/* Each office puts a quotation of its own into a joint release. */
static void a_small_part_inside_is_uncertain(void **state)
{
    (void)state;
    const char *const begin =
        "Two senators introduced a bill that gives counties with fewer people direct access to "
        "grants with which they repair or replace bridges that were closed after last spring. ";
    const char *const end =
        "It sets aside three hundred million a year until the end of the decade, and is supported "
        "by farmers, builders and the association of counties, whose president called it overdue.";
    char x[1000], y[1000];
    (void)snprintf(x, sizeof x, "%sFamilies should not drive around barriers every morning. %s",
                   begin, end);
    (void)snprintf(y, sizeof y, "%sGrain rots unless trucks reach markets before harvest ends. %s",
                   begin, end);
    assert_evidence(ENOUGH - 1, x, y);
}

static void an_empty_page_frames_what_others_fill_in(void **state)
{
    (void)state;
    assert_evidence(
        ENOUGH, "Office of Senator Jon Hale, press room, releases, filter, contacts. " NOTICE,
        "Office of Senator Jon Hale, press room, releases, filter, contacts. " FUNGI DEBT NOTICE);
    /* The longer one may be a later report. */
    assert_evidence(0, NOTICE, FUNGI DEBT NOTICE);
    assert_evidence(
        0, STORY,
        "The ferry Aurora ran aground in fog off Kestron on Tuesday with forty "
        "passengers on board. One of the passengers said that the ferry had turned "
        "twice in the fog before the hull hit rocks near the harbour of Kestron. "
        "The harbour master said that nobody was hurt and that two tugs would try to "
        "pull her free at the next high tide. The line has cancelled all crossings until "
        "the hull is inspected. ");
}

static void a_long_text_may_be_a_notice(void **state)
{
    char *shared = random_text(7, 1100), *x = joined(FUNGI, shared), *y = joined(DEBT, shared);
    (void)state;
    assert_evidence(ENOUGH - 1, x, y);
    free(shared), free(x), free(y);
}

#define CLAUSES                                                                                    \
  "Decade scientists fungi protection pandas nature deserve, muddle vaccine autumn trust being "   \
  "lost. "

/* In a long text any words occur somewhere. */
static void words_that_a_long_text_has_far_away_are_uncertain(void **state)
{
    char *filler = random_text(7, 300), *rest = joined(filler, " " CLAUSES);
    char *x = joined(FUNGI, rest), *y = joined(DEBT, rest);
    (void)state;
    assert_evidence(ENOUGH - 1, x, y);
    assert_evidence(0, FUNGI CLAUSES NOTICE, DEBT CLAUSES NOTICE);
    free(filler), free(rest), free(x), free(y);
}

static void a_list_has_no_more_notices_than_are_allowed(void **state)
{
    const tti_notice from = {0};
    tti_notices list = {.allocator = &tti_libc_allocator};
    uint32_t *tokens = calloc(TTI_MOST_NOTICE_TOKENS, sizeof *tokens);
    (void)state;
    assert_non_null(tokens);
    for (uint32_t k = 0; k <= TTI_MOST_NOTICES; k++) {
        tokens[0] = k;
        assert_int_equal(tti_notices_add(&list, tokens, TTI_SHORTEST_NOTICE, &from), TT_OK);
    }
    assert_int_equal(list.list.count, TTI_MOST_NOTICES);
    tti_notices_clear(&list);
    assert_int_equal(tti_notices_add(&list, tokens, TTI_SHORTEST_NOTICE, &from), TT_OK);
    assert_int_equal(tti_notices_add(&list, tokens, TTI_MOST_NOTICE_TOKENS, &from), TT_OK);
    assert_int_equal(list.list.count, 1);
    tti_notices_free(&list);
    free(tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_under_two_teasers),
        cmocka_unit_test(a_dispatch_under_two_headlines),
        cmocka_unit_test(what_comes_last_may_be_a_notice_itself),
        cmocka_unit_test(short_flashes_tell_something),
        cmocka_unit_test(a_notice_has_one_place_for_the_text),
        cmocka_unit_test(a_small_part_inside_is_uncertain),
        cmocka_unit_test(an_empty_page_frames_what_others_fill_in),
        cmocka_unit_test(a_long_text_may_be_a_notice),
        cmocka_unit_test(words_that_a_long_text_has_far_away_are_uncertain),
        cmocka_unit_test(a_list_has_no_more_notices_than_are_allowed),
    };
    return cmocka_run_group_tests_name("own_text", tests, NULL, NULL);
}
