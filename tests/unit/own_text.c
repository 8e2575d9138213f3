/* Two articles with a text in common: is it a notice, or what they tell? */
#include "verify/own_text.h"

#include "../support.h"
#include "../texts.h"
#include "util/alloc.h"

static int share_only_notice(const char *x, const char *y)
{
    tti_tokens tokens[2];
    tti_tokenized_text added[2];
    tti_doc docs[2];
    tti_aligner *aligner = NULL;
    tti_own_text_words words;
    tti_alignment al;
    const char *texts[2] = {x, y};
    int answer;
    for (int k = 0; k < 2; k++) {
        tti_tokens_init(&tokens[k], &tti_libc_allocator);
        assert_int_equal(tti_tokens_append_text(&tokens[k], texts[k], strlen(texts[k]),
                                                TT_PARAGRAPHS_AUTO, 0, &added[k], NULL),
                         TT_OK);
        docs[k] = (tti_doc){.hashes = tokens[k].hashes,
                            .flags = tokens[k].flags,
                            .token_count = added[k].token_count};
    }
    assert_int_equal(tti_aligner_open(&aligner, 32, &tti_libc_allocator, NULL), TT_OK);
    assert_int_equal(tti_aligner_load(aligner, docs[1].hashes, docs[1].token_count, NULL), TT_OK);
    assert_int_equal(tti_aligner_run(aligner, docs[0].hashes, docs[0].token_count, &al, NULL),
                     TT_OK);
    assert_true(al.passage_count > 0);
    answer = tti_share_only_notice(&docs[0], &docs[1], &al, &words);
    tti_aligner_close(aligner);
    tti_tokens_free(&tokens[0]);
    tti_tokens_free(&tokens[1]);
    return answer;
}

static void assert_notice(int expected, const char *x, const char *y)
{
    if (share_only_notice(x, y) != expected || share_only_notice(y, x) != expected)
        fail_msg("not %d: %s | %s", expected, x, y);
}

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
    assert_notice(1, FUNGI NOTICE, DEBT NOTICE);
    assert_notice(1, NOTICE FUNGI "Contact: press desk of the Meridian Courier. ",
                  NOTICE DEBT "Contact: press desk of the Meridian Courier. ");
}

static void a_dispatch_under_two_headlines(void **state)
{
    (void)state;
    assert_notice(0,
                  "Ferry with forty passengers aground off Kestron after captain lost his way in "
                  "dense fog. " STORY,
                  "Tugs will pull Aurora from the rocks; harbour master says nobody was hurt "
                  "aboard the stranded ferry. " STORY);
    assert_notice(0, "Aground in fog. " STORY, "Ferry is stuck. " STORY);
}

static void what_comes_last_may_be_a_notice_itself(void **state)
{
    (void)state;
    assert_notice(0, STORY FUNGI, STORY DEBT);
}

static void a_notice_has_one_place_for_the_text(void **state)
{
    (void)state;
    assert_notice(0, FUNGI STORY "And that is all. ",
                  "The ferry Aurora ran aground in fog off Kestron on Tuesday with forty "
                  "passengers on board. " DEBT
                  "The harbour master said that nobody was hurt and that two tugs would try to "
                  "pull her free at the next high tide. The line has cancelled all crossings until "
                  "the hull is inspected. And that is all. ");
}

static void an_empty_page_frames_what_others_fill_in(void **state)
{
    (void)state;
    assert_notice(
        1, "Office of Senator Jon Hale, press room, releases, filter, contacts. " NOTICE,
        "Office of Senator Jon Hale, press room, releases, filter, contacts. " FUNGI DEBT NOTICE);
    /* The longer one may be a later report. */
    assert_notice(0, NOTICE, FUNGI DEBT NOTICE);
    assert_notice(0, STORY,
                  "The ferry Aurora ran aground in fog off Kestron on Tuesday with forty "
                  "passengers on board. One of the passengers said that the ferry had turned "
                  "twice in the fog before the hull hit rocks near the harbour of Kestron. "
                  "The harbour master said that nobody was hurt and that two tugs would try to "
                  "pull her free at the next high tide. The line has cancelled all crossings until "
                  "the hull is inspected. ");
}

static void a_long_text_is_no_notice(void **state)
{
    char *shared = random_text(7, 300), *x = joined(FUNGI, shared), *y = joined(DEBT, shared);
    (void)state;
    assert_notice(0, x, y);
    free(shared), free(x), free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_under_two_teasers),
        cmocka_unit_test(a_dispatch_under_two_headlines),
        cmocka_unit_test(what_comes_last_may_be_a_notice_itself),
        cmocka_unit_test(a_notice_has_one_place_for_the_text),
        cmocka_unit_test(an_empty_page_frames_what_others_fill_in),
        cmocka_unit_test(a_long_text_is_no_notice),
    };
    return cmocka_run_group_tests_name("own_text", tests, NULL, NULL);
}
