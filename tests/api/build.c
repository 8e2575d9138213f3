#include "../texts.h"

#include <stdio.h>

static tt_scan *open_builder(const tt_options *options)
{
    tt_scan *b = NULL;
    tt_error error = {TT_OK, 0, ""};
    if (tt_scan_open(&b, options, &error) != TT_OK)
        fail_msg("%s", error.message);
    return b;
}

static tt_result *finish(tt_scan *b)
{
    tt_result *x = NULL;
    tt_error error = {TT_OK, 0, ""};
    if (tt_scan_finish(b, &x, &error) != TT_OK)
        fail_msg("%s", error.message);
    assert_non_null(x);
    return x;
}

static void add(tt_scan *b, const char *id, const char *text)
{
    const tt_article a = article_of(id, text);
    assert_int_equal(tt_scan_add(b, &a, 1, NULL, NULL), TT_OK);
}

static tt_summary summary_of(const tt_result *x)
{
    return *tt_result_summary(x);
}

/* ---- Adding articles ----------------------------------------------------------------------- */

static void an_empty_builder_finishes_to_an_empty_index(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_result *x = finish(b);
    tt_article out;
    results r = {0};
    (void)state;
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.pair_count + r.cluster_count + r.section_count + r.dropped_count, 0);
    assert_int_equal(summary_of(x).articles, 0);
    assert_int_equal(tt_result_article(x, 0, &out, NULL), TT_EINVAL);
    results_free(&r);
    tt_result_close(x);
    tt_scan_close(b);
}

static void articles_without_tokens_are_articles_but_match_nothing(void **state)
{
    static const char *const texts[] = {"", "", " \n\n ", "... --- !!!", "\n", "word"};
    tt_result *x = index_of(NULL, texts, 6);
    results r = {0};
    (void)state;
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.pair_count + r.cluster_count + r.section_count + r.dropped_count, 0);
    assert_int_equal(summary_of(x).articles, 6);
    assert_int_equal(summary_of(x).tokens, 1);
    assert_int_equal(summary_of(x).bytes, 0 + 0 + 4 + 11 + 1 + 4);
    results_free(&r);
    tt_result_close(x);
}

static void copies_are_each_paired_with_the_first(void **state)
{
    static const char *const texts[] = {"One, two three: four!", "other words stand here",
                                        "one TWO three four", "\"One\" (two) three... FOUR"};
    tt_result *x = index_of(NULL, texts, 4);
    results r = {0};
    (void)state;
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.pair_count, 2);
    for (size_t k = 0; k < 2; k++) {
        const tt_pair *p = &r.pairs[k];
        assert_true(p->a == 0 && p->b == k + 2);
        assert_int_equal(p->relation, TT_IDENTICAL);
        assert_true(p->resemblance == 1 && p->containment_a == 1 && p->containment_b == 1);
        assert_true(p->overlap_a == 1 && p->overlap_b == 1 && p->facts == 1);
    }
    assert_int_equal(r.cluster_count, 1);
    assert_int_equal(r.clusters[0].count, 3);
    assert_true(r.clusters[0].keep == 0 && r.clusters[0].number == 1);
    assert_int_equal(r.dropped_count, 2);
    assert_true(r.dropped[0].a == 2 && r.dropped[0].b == 0 && r.dropped[1].a == 3);
    results_free(&r);
    tt_result_close(x);
}

static void an_id_that_stands_twice_is_reported_and_skipped(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_article batch[4] = {article_of("a", "first text"), article_of("b", "second text"),
                           article_of("a", "third text"), article_of("c", "fourth text")};
    tt_status statuses[4];
    tt_article out;
    tt_result *x;
    (void)state;
    assert_int_equal(tt_scan_add(b, batch, 4, statuses, NULL), TT_OK);
    assert_int_equal(statuses[0], TT_OK);
    assert_int_equal(statuses[1], TT_OK);
    assert_int_equal(statuses[2], TT_EDUPLICATE);
    assert_int_equal(statuses[3], TT_OK);
    assert_int_equal(tt_scan_add(b, batch + 1, 1, statuses, NULL), TT_OK);
    assert_int_equal(statuses[0], TT_EDUPLICATE);
    x = finish(b);
    assert_int_equal(summary_of(x).articles, 3);
    assert_int_equal(tt_result_article(x, 2, &out, NULL), TT_OK);
    assert_int_equal(out.id_size, 1);
    assert_memory_equal(out.id, "c", 1);
    assert_int_equal(out.text_size, strlen("fourth text"));
    assert_null(out.text);
    tt_result_close(x);
    tt_scan_close(b);
}

static void an_integer_id_is_not_the_string_of_its_digits(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_article one = article_of("1", "text"), two = article_of("1", "text");
    tt_status status = TT_EINTERNAL;
    (void)state;
    two.flags = TT_ARTICLE_INTEGER_ID;
    assert_int_equal(tt_scan_add(b, &one, 1, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_add(b, &two, 1, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_add(b, &two, 1, &status, NULL), TT_OK);
    assert_int_equal(status, TT_EDUPLICATE);
    tt_scan_close(b);
}

static void thousands_of_ids_are_told_apart(void **state)
{
    tt_scan *b = open_builder(NULL);
    char id[16];
    tt_status status;
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int k = 0; k < 3000; k++) {
            tt_article a;
            (void)snprintf(id, sizeof id, "id-%d", k);
            a = article_of(id, "x");
            assert_int_equal(tt_scan_add(b, &a, 1, &status, NULL), TT_OK);
            assert_int_equal(status, round == 0 ? TT_OK : TT_EDUPLICATE);
        }
    tt_scan_close(b);
}

static void each_bad_article_is_told_why(void **state)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *b;
    tt_article batch[9];
    tt_status statuses[9];
    const tt_status wanted[9] = {TT_OK,      TT_EFORMAT, TT_ELIMIT, TT_EINVAL, TT_EINVAL,
                                 TT_EFORMAT, TT_EINVAL,  TT_EINVAL, TT_OK};
    (void)state;
    o.max_article_bytes = 10;
    b = open_builder(&o);
    batch[0] = article_of("a", "0123456789");
    batch[1] = article_of("b", "bad \xff");
    batch[2] = article_of("c", "0123456789+");
    batch[3] = article_of("", "no id");
    batch[4] = article_of("e", "id gone");
    batch[4].id = NULL;
    batch[5] = article_of("f\xc0\xaf", "id bad");
    batch[6] = article_of("g", "reserved");
    batch[6].reserved = 1;
    batch[7] = article_of("h", "gone");
    batch[7].text = NULL;
    batch[8] = article_of("i", "");
    batch[8].text = NULL;
    assert_int_equal(tt_scan_add(b, batch, 9, statuses, NULL), TT_OK);
    for (size_t k = 0; k < 9; k++)
        if (statuses[k] != wanted[k])
            fail_msg("article %zu: %s", k, tt_status_name(statuses[k]));
    tt_scan_close(b);
}

static void assert_refusal(const tt_article *a, tt_status status, const char *wanted)
{
    char reason[200];
    tt_article_refusal(a, status, reason, sizeof reason);
    assert_string_equal(reason, wanted);
}

static void a_refusal_says_what_is_wrong_and_where(void **state)
{
    char id[300], wanted[200];
    tt_article a = article_of("7", "text");
    (void)state;
    assert_refusal(&a, TT_EDUPLICATE, "id \"7\" was seen before");
    a.flags = TT_ARTICLE_INTEGER_ID;
    assert_refusal(&a, TT_EDUPLICATE, "id 7 was seen before");
    assert_refusal(&a, TT_EFORMAT, "id or text is not valid UTF-8");
    assert_refusal(&a, TT_ELIMIT, "text of 4 bytes is over the limit");
    assert_refusal(&a, TT_EINVAL, "no id");
    assert_refusal(&a, TT_ENOMEM, "out of memory");

    memset(id, 'x', sizeof id);
    memcpy(id + 99, "\xc3\xa9", 2); /* the character at the cut */
    a = (tt_article){.id = id, .id_size = sizeof id};
    (void)snprintf(wanted, sizeof wanted, "id \"%.99s...\" was seen before", id);
    assert_refusal(&a, TT_EDUPLICATE, wanted);
    tt_article_refusal(&a, TT_EDUPLICATE, wanted, 8);
    assert_string_equal(wanted, "id \"xxx");
}

static void without_statuses_one_bad_article_keeps_out_the_batch(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_article batch[3] = {article_of("a", "good text"), article_of("b", "bad \xc3 text"),
                           article_of("c", "good again")};
    tt_error error = {TT_OK, 0, ""};
    tt_status statuses[3];
    tt_result *x;
    (void)state;
    add(b, "z", "was there before");
    assert_int_equal(tt_scan_add(b, batch, 3, NULL, &error), TT_EFORMAT);
    assert_int_equal(error.status, TT_EFORMAT);
    assert_int_equal(error.where, 1);
    batch[1] = article_of("z", "an id that was there before");
    assert_int_equal(tt_scan_add(b, batch, 3, NULL, &error), TT_EDUPLICATE);
    assert_int_equal(error.where, 1);
    batch[1] = article_of("a", "an id that is in the batch");
    assert_int_equal(tt_scan_add(b, batch, 3, NULL, &error), TT_EDUPLICATE);
    /* nothing was added, so the ids are free */
    assert_int_equal(tt_scan_add(b, batch, 3, statuses, NULL), TT_OK);
    assert_int_equal(statuses[0], TT_OK);
    assert_int_equal(statuses[1], TT_EDUPLICATE);
    assert_int_equal(statuses[2], TT_OK);
    x = finish(b);
    assert_int_equal(summary_of(x).articles, 3);
    assert_int_equal(summary_of(x).tokens, 3 + 2 + 2);
    assert_int_equal(summary_of(x).bytes, strlen("was there beforegood textgood again"));
    tt_result_close(x);
    tt_scan_close(b);
}

/* Ids with characters of two, three and four bytes, at every offset. */
static void a_message_never_ends_within_a_character(void **state)
{
    static const char *const letters[] = {"\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80"};
    tt_scan *b = open_builder(NULL);
    (void)state;
    for (size_t l = 0; l < 3; l++)
        for (size_t before = 0; before < 4; before++) {
            char id[400] = "xxxx";
            tt_article a[2];
            tt_error error = {TT_OK, 0, ""};
            for (size_t size = before; size < 300; size += strlen(letters[l]))
                memcpy(id + size, letters[l], strlen(letters[l]) + 1);
            a[0] = a[1] = article_of(id, "text");
            assert_int_equal(tt_scan_add(b, a, 2, NULL, &error), TT_EDUPLICATE);
            assert_non_null(strstr(error.message, letters[l]));
            for (const char *at = strstr(error.message, letters[l]); *at != ':';
                 at += strlen(letters[l]))
                if (strncmp(at, letters[l], strlen(letters[l])) != 0)
                    fail_msg("'%s'", error.message);
            for (size_t room = 1; room < 60; room++) {
                char reason[60];
                const char *at = reason + 4 + before;
                tt_article_refusal(&a[0], TT_EDUPLICATE, reason, room);
                assert_true(strlen(reason) < room);
                for (; strlen(reason) > 4 + before && *at != '\0'; at += strlen(letters[l]))
                    if (strncmp(at, letters[l], strlen(letters[l])) != 0)
                        fail_msg("'%s'", reason);
            }
        }
    tt_scan_close(b);
}

static void a_builder_is_empty_after_finish_and_takes_more(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_result *first, *second;
    (void)state;
    add(b, "a", "some words to find");
    add(b, "b", "some words to find");
    first = finish(b);
    add(b, "a", "other words this time");
    second = finish(b);
    tt_scan_close(b); /* a result does not need its scan */
    assert_int_equal(summary_of(first).articles, 2);
    assert_int_equal(summary_of(first).pairs, 1);
    assert_int_equal(summary_of(second).articles, 1);
    assert_int_equal(summary_of(second).pairs, 0);
    tt_result_close(first);
    tt_result_close(second);
}

static void null_arguments_are_refused_or_ignored(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_result *x = NULL;
    tt_article a = article_of("a", "text");
    (void)state;
    assert_int_equal(tt_scan_add(NULL, &a, 1, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_scan_add(b, NULL, 1, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_scan_add(b, NULL, 0, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_finish(NULL, &x, NULL), TT_EINVAL);
    assert_int_equal(tt_scan_finish(b, NULL, NULL), TT_EINVAL);
    tt_scan_close(NULL);
    tt_result_close(NULL);
    tt_scan_close(b);
}

static void an_index_gives_back_what_it_was_told_of_an_article(void **state)
{
    tt_scan *b = open_builder(NULL);
    tt_article a = article_of("identity", "text of it"), out;
    tt_result *x;
    (void)state;
    a.source = "desk";
    a.source_size = 4;
    a.published = 1234567;
    assert_int_equal(tt_scan_add(b, &a, 1, NULL, NULL), TT_OK);
    x = finish(b);
    tt_scan_close(b);
    assert_int_equal(tt_result_article(x, 0, &out, NULL), TT_OK);
    assert_int_equal(out.id_size, 8);
    assert_memory_equal(out.id, "identity", 8);
    assert_int_equal(out.source_size, 4);
    assert_memory_equal(out.source, "desk", 4);
    assert_true(out.published == 1234567);
    assert_int_equal(tt_result_article(x, 1, &out, NULL), TT_EINVAL);
    assert_int_equal(tt_result_article(x, UINT64_MAX, &out, NULL), TT_EINVAL);
    tt_result_close(x);
}

/* ---- Stopping ------------------------------------------------------------------------------ */

typedef struct stopper {
    const char *at;
    int seen;
} stopper;

static int stop_at(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    stopper *s = ctx;
    (void)done, (void)total;
    s->seen += strcmp(stage, s->at) == 0;
    return strcmp(stage, s->at) == 0;
}

static void progress_stops_a_build_at_any_stage(void **state)
{
    static const char *const stages[] = {"sketch", "seed", "verify", "section"};
    char *text = random_text(7, 200);
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        stopper s = {stages[k], 0};
        tt_options o = TT_OPTIONS_INIT;
        tt_error error = {TT_OK, 0, ""};
        tt_result *x = NULL;
        tt_scan *b;
        o.progress = stop_at;
        o.progress_ctx = &s;
        b = open_builder(&o);
        add(b, "a", text);
        add(b, "b", text);
        assert_int_equal(tt_scan_finish(b, &x, &error), TT_ESTOPPED);
        assert_null(x);
        assert_int_equal(s.seen, 1);
        assert_non_null(strstr(error.message, stages[k]));
        s.at = "none";
        add(b, "a", text); /* the scan is empty again, and works */
        x = finish(b);
        assert_int_equal(summary_of(x).articles, 1);
        tt_result_close(x);
        tt_scan_close(b);
    }
    free(text);
}

/* A tt_progress_fn that uses its scan. */
static int use_the_scan(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    tt_scan *scan = *(tt_scan **)ctx;
    const tt_article a = article_of("x", "other words");
    tt_result *result = NULL;
    (void)stage, (void)done, (void)total;
    assert_int_equal(tt_scan_add(scan, &a, 1, NULL, NULL), TT_EINVAL);
    assert_int_equal(tt_scan_finish(scan, &result, NULL), TT_EINVAL);
    tt_scan_close(scan);
    return 0;
}

static void a_callback_may_not_use_its_scan(void **state)
{
    const tt_article a = article_of("a", "some words");
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *scan = NULL;
    tt_result *result = NULL;
    (void)state;
    o.progress = use_the_scan;
    o.progress_ctx = &scan;
    assert_int_equal(tt_scan_open(&scan, &o, NULL), TT_OK);
    assert_int_equal(tt_scan_add(scan, &a, 1, NULL, NULL), TT_OK);
    assert_int_equal(tt_scan_finish(scan, &result, NULL), TT_OK);
    assert_int_equal(tt_result_article_count(result), 1);
    tt_result_close(result);
    tt_scan_close(scan);
}

static void progress_stops_an_add_and_nothing_is_added(void **state)
{
    stopper s = {"text", 0};
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *b;
    tt_result *x;
    const tt_article a = article_of("a", "text");
    (void)state;
    o.progress = stop_at;
    o.progress_ctx = &s;
    b = open_builder(&o);
    assert_int_equal(tt_scan_add(b, &a, 1, NULL, NULL), TT_ESTOPPED);
    s.at = "none";
    assert_int_equal(tt_scan_add(b, &a, 1, NULL, NULL), TT_OK);
    x = finish(b);
    assert_int_equal(summary_of(x).articles, 1);
    tt_result_close(x);
    tt_scan_close(b);
}

/* ---- tt_options.find ----------------------------------------------------------------------- */

static void only_what_is_asked_for_is_found(void **state)
{
    char *text = random_text(5, 100);
    const char *texts[] = {text, text};
    (void)state;
    for (uint32_t find = 1; find < 8; find++) {
        tt_options o = TT_OPTIONS_INIT;
        results r = {0};
        tt_result *x;
        o.find = find;
        x = index_of(&o, texts, 2);
        assert_non_null(x);
        assert_int_equal(results_collect(&r, x), TT_OK);
        assert_int_equal(r.pair_count, (find & TT_FIND_PAIRS) != 0);
        assert_int_equal(r.cluster_count, (find & TT_FIND_CLUSTERS) != 0);
        assert_int_equal(r.section_count, (find & TT_FIND_SECTIONS) != 0);
        assert_int_equal(summary_of(x).pairs, r.pair_count);
        assert_int_equal(summary_of(x).clusters, r.cluster_count);
        assert_int_equal(summary_of(x).sections, r.section_count);
        results_free(&r);
        tt_result_close(x);
    }
    free(text);
}

static void rules_that_are_off_admit_no_pair(void **state)
{
    char *text = random_text(6, 100), *longer = joined(text, " and a little more after it");
    const char *texts[] = {text, longer, text};
    tt_options o = TT_OPTIONS_INIT;
    results r = {0};
    tt_result *x;
    (void)state;
    o.resemblance = o.containment = o.overlap = TT_OFF;
    x = index_of(&o, texts, 3);
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.pair_count, 0);
    assert_int_equal(r.cluster_count, 0); /* there are none without pairs */
    assert_int_equal(r.dropped_count, 0);
    assert_int_equal(r.section_count, 1); /* sections do not need pairs */
    assert_int_equal(r.sections[0].count, 3);
    results_free(&r);
    tt_result_close(x);
    free(text);
    free(longer);
}

static void dropping_needs_clusters_and_overlaps(void **state)
{
    static const char *const texts[] = {"one two three four five", "one two three four five"};
    tt_options o = TT_OPTIONS_INIT;
    const tt_pair *dropped;
    size_t count;
    tt_result *x;
    (void)state;
    o.find = TT_FIND_PAIRS;
    x = index_of(&o, texts, 2);
    assert_int_equal(tt_result_dropped(x, &dropped, &count, NULL), TT_EINVAL);
    tt_result_close(x);
    o.find = TT_FIND_CLUSTERS;
    o.overlap = o.facts = TT_OFF;
    x = index_of(&o, texts, 2);
    assert_int_equal(tt_result_dropped(x, &dropped, &count, NULL), TT_EINVAL);
    tt_result_close(x);
    o.overlap = 0;
    x = index_of(&o, texts, 2);
    assert_int_equal(tt_result_dropped(x, &dropped, &count, NULL), TT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(dropped->a, 1);
    tt_result_close(x);
}

static void an_article_is_dropped_only_if_most_of_it_stands_in_the_kept_one(void **state)
{
    char *body = random_text(11, 200), *news = random_text(12, 300), *tail = random_text(13, 20);
    char *mostly = joined(body, " "), *update = joined(mostly, news), *small;
    const char *texts[3];
    results r = {0};
    tt_result *x;
    (void)state;
    small = joined(mostly, tail);
    texts[0] = update; /* 500 words, kept as the longest */
    texts[1] = small;  /* 200 of its 220 words are in the other */
    texts[2] = news;   /* all of it does */
    x = index_of(NULL, texts, 3);
    assert_non_null(x);
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.cluster_count, 1);
    assert_true(r.clusters[0].keep == 0 && r.clusters[0].count == 3);
    assert_int_equal(r.dropped_count, 2);
    assert_true(r.dropped[0].a == 1 && r.dropped[0].b == 0);
    assert_true(r.dropped[0].overlap_a > 0.88 && r.dropped[0].overlap_a < 0.95);
    assert_true(r.dropped[0].overlap_b > 0.38 && r.dropped[0].overlap_b < 0.43);
    assert_int_equal(r.dropped[0].relation, TT_CONTAINED);
    assert_true(r.dropped[1].a == 2 && r.dropped[1].overlap_a == 1);
    results_free(&r);
    tt_result_close(x);
    /* the other way round: the short one is kept for being first, and so is the long one, which has
     * 2/5 of itself in it */
    texts[0] = body, texts[1] = update, texts[2] = small;
    {
        tt_options o = TT_OPTIONS_INIT;
        o.keep = TT_KEEP_FIRST;
        x = index_of(&o, texts, 3);
    }
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.cluster_count, 1);
    assert_true(r.clusters[0].keep == 0 && r.clusters[0].count == 2);
    assert_int_equal(r.dropped_count, 1);
    assert_true(r.dropped[0].a == 2);
    results_free(&r);
    tt_result_close(x);
    free(body), free(news), free(tail), free(mostly), free(update), free(small);
}

/* ---- The kept article ---------------------------------------------------------------------- */

static uint64_t kept_of(int32_t keep, const char *sources, const tt_article *articles, size_t count)
{
    tt_options o = TT_OPTIONS_INIT;
    tt_scan *b;
    tt_result *x;
    results r = {0};
    uint64_t kept;
    o.keep = keep;
    o.keep_sources = sources;
    b = open_builder(&o);
    assert_int_equal(tt_scan_add(b, articles, count, NULL, NULL), TT_OK);
    x = finish(b);
    tt_scan_close(b);
    assert_int_equal(results_collect(&r, x), TT_OK);
    assert_int_equal(r.cluster_count, 1);
    assert_int_equal(r.clusters[0].count, count);
    kept = r.clusters[0].keep;
    for (size_t k = 0; k < r.dropped_count; k++)
        assert_true(r.dropped[k].a != kept && r.dropped[k].b == kept);
    results_free(&r);
    tt_result_close(x);
    return kept;
}

static void the_kept_article_is_the_one_that_was_asked_for(void **state)
{
    char *text = random_text(21, 300), *more = joined(text, " amid new words of the day");
    const tt_article base[5] = {article_of("0", text), article_of("1", more), article_of("2", text),
                                article_of("3", more), article_of("4", text)};
    tt_article a[5];
    (void)state;
    memcpy(a, base, sizeof a);
    a[2].published = 50, a[3].published = 99, a[4].published = 99;
    a[0].source = "wire", a[0].source_size = 4;
    a[2].source = "paper", a[2].source_size = 5;
    a[4].source = "pap", a[4].source_size = 3;
    assert_int_equal(kept_of(TT_KEEP_LONGEST, NULL, a, 5), 1); /* of the two longest, the first */
    assert_int_equal(kept_of(TT_KEEP_FIRST, NULL, a, 5), 0);
    assert_int_equal(kept_of(TT_KEEP_NEWEST, NULL, a, 5), 3); /* of the two newest, the first */
    assert_int_equal(kept_of(TT_KEEP_SOURCE, "paper,wire", a, 5), 2);
    assert_int_equal(kept_of(TT_KEEP_SOURCE, "wire,paper", a, 5), 0);
    assert_int_equal(kept_of(TT_KEEP_SOURCE, "nobody,pap", a, 5), 4);
    assert_int_equal(kept_of(TT_KEEP_SOURCE, "nobody,pa", a, 5), 1); /* then the longest */
    a[3].published = a[4].published = TT_NO_TIME;
    assert_int_equal(kept_of(TT_KEEP_NEWEST, NULL, a, 5), 2);
    a[2].published = TT_NO_TIME;
    assert_int_equal(kept_of(TT_KEEP_NEWEST, NULL, a, 5), 0);
    free(text);
    free(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_builder_finishes_to_an_empty_index),
        cmocka_unit_test(articles_without_tokens_are_articles_but_match_nothing),
        cmocka_unit_test(copies_are_each_paired_with_the_first),
        cmocka_unit_test(an_id_that_stands_twice_is_reported_and_skipped),
        cmocka_unit_test(an_integer_id_is_not_the_string_of_its_digits),
        cmocka_unit_test(thousands_of_ids_are_told_apart),
        cmocka_unit_test(each_bad_article_is_told_why),
        cmocka_unit_test(a_refusal_says_what_is_wrong_and_where),
        cmocka_unit_test(without_statuses_one_bad_article_keeps_out_the_batch),
        cmocka_unit_test(a_message_never_ends_within_a_character),
        cmocka_unit_test(a_builder_is_empty_after_finish_and_takes_more),
        cmocka_unit_test(null_arguments_are_refused_or_ignored),
        cmocka_unit_test(an_index_gives_back_what_it_was_told_of_an_article),
        cmocka_unit_test(progress_stops_a_build_at_any_stage),
        cmocka_unit_test(progress_stops_an_add_and_nothing_is_added),
        cmocka_unit_test(a_callback_may_not_use_its_scan),
        cmocka_unit_test(only_what_is_asked_for_is_found),
        cmocka_unit_test(rules_that_are_off_admit_no_pair),
        cmocka_unit_test(dropping_needs_clusters_and_overlaps),
        cmocka_unit_test(an_article_is_dropped_only_if_most_of_it_stands_in_the_kept_one),
        cmocka_unit_test(the_kept_article_is_the_one_that_was_asked_for),
    };
    return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
