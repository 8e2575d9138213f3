/* What an index says of the articles that are in it: texts, verdicts, stories, decisions. */
#include "index.h"

#include <sqlite3.h>

static tt_article article_from(const char *id, const char *source, const char *text)
{
    tt_article a = article_of(id, text);
    a.source = source;
    a.source_size = strlen(source);
    a.title = "A title";
    a.title_size = 7;
    return a;
}

static int take_none(void *ctx, const tt_verdict *verdicts, size_t count)
{
    return (void)ctx, (void)verdicts, (void)count, 0;
}

static void add(tt_index *index, const char *id, const char *source, const char *text)
{
    const tt_article a = article_from(id, source, text);
    assert_int_equal(tt_index_add(index, &a, 1, NULL, take_none, NULL, NULL), TT_OK);
}

static void remove_id(tt_index *index, const char *id)
{
    const tt_id key = {id, strlen(id), 0, 0};
    uint64_t removed;
    assert_int_equal(tt_index_remove(index, &key, 1, &removed, NULL), TT_OK);
    assert_int_equal(removed, 1);
}

/* ---- Changes --------------------------------------------------------------------------------- */

typedef struct removal_list {
    uint64_t first, count, articles[16];
} removal_list;

static int take_removals(void *ctx, uint64_t removal, uint64_t article)
{
    removal_list *l = ctx;
    if (l->count == 0)
        l->first = removal;
    assert_int_equal(removal, l->first + l->count);
    l->articles[l->count++] = article;
    return 0;
}

static removal_list list_removals(tt_index *index, uint64_t after)
{
    removal_list l = {0};
    assert_int_equal(tt_index_removals(index, after, take_removals, &l, NULL), TT_OK);
    return l;
}

static void removals_are_listed_from_a_place_on(void **state)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    tt_index *index = open_with_texts(NULL);
    tt_index_progress progress;
    char *text[6];
    removal_list l;
    for (uint64_t k = 0; k < 6; k++) {
        text[k] = random_text(k + 1, 50);
        add(index, ids[k], "s", text[k]);
    }
    assert_int_equal(list_removals(index, 0).count, 0);
    remove_id(index, "b");
    add(index, "d", "s", text[0]); /* number 7 in the place of number 4 */
    l = list_removals(index, 0);
    assert_int_equal(l.count, 2);
    assert_int_equal(l.articles[0], 2);
    assert_int_equal(l.articles[1], 4);
    l = list_removals(index, 1);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.first, 2);
    assert_int_equal(tt_index_progress_get(index, &progress, NULL), TT_OK);
    assert_int_equal(progress.article, 7);
    assert_int_equal(progress.decision, 0);
    assert_int_equal(progress.removal, 2);
    remove_id(index, "d"); /* the last one, whose number counts on */
    remove_id(index, "c");
    assert_int_equal(tt_index_progress_get(index, &progress, NULL), TT_OK);
    assert_int_equal(progress.article, 7);
    l = list_removals(index, 0); /* three articles are left, and as many removals are known */
    assert_int_equal(l.count, 3);
    assert_int_equal(l.first, 2);
    assert_int_equal(list_removals(index, 4).count, 0);
    assert_int_equal(list_removals(index, 99).count, 0);
    tt_index_close(index);
    for (int k = 0; k < 6; k++)
        free(text[k]);
    (void)state;
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static void texts_are_kept_if_the_index_was_made_so(void **state)
{
    const char *path = fresh_path();
    char *long_text = random_text(1, 20000), *other = random_text(2, 300);
    tt_index *index = open_with_texts(path);
    tt_index_article x;
    (void)state;
    add(index, "long", "wire", long_text);
    add(index, "other", "", other);
    tt_index_close(index);
    assert_int_equal(tt_index_open(&index, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_options(index)->keep_text, 1);
    x = get_article(index, "long");
    assert_int_equal(x.number, 1);
    assert_int_equal(x.text_size, strlen(long_text));
    assert_memory_equal(x.text, long_text, x.text_size);
    assert_int_equal(x.title_size, 7);
    assert_memory_equal(x.title, "A title", 7);
    assert_int_equal(x.source_size, 4);
    assert_memory_equal(x.source, "wire", 4);
    assert_int_equal(x.token_count, 20000);
    assert_true(x.published == TT_NO_TIME && x.arrival > 0);
    assert_non_null(x.verdict);
    assert_int_equal(x.verdict->kind, TT_VERDICT_NEW);
    assert_int_equal(get_article(index, "none").number, 0);
    tt_index_close(index);
    free(long_text);
    free(other);
    remove_index(path);
}

static void without_keep_text_there_is_none(void **state)
{
    char *text = random_text(3, 200);
    tt_index *index = NULL;
    tt_options options = TT_OPTIONS_INIT;
    tt_index_article x;
    const char *path = fresh_path();
    (void)state;
    assert_int_equal(tt_index_open(&index, path, TT_INDEX_CREATE, NULL, NULL), TT_OK);
    add(index, "a", "wire", text);
    x = get_article(index, "a");
    assert_null(x.text);
    assert_null(x.title);
    assert_int_equal(x.text_size, strlen(text));
    tt_index_close(index);
    options.keep_text = 1;
    assert_int_equal(tt_index_open(&index, path, 0, &options, NULL), TT_EINVAL);
    remove_index(path);
    free(text);
}

static void a_text_leaves_with_its_article(void **state)
{
    char *text = random_text(4, 200), *newer = joined(text, " and some more words");
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path);
    tt_index_article x;
    (void)state;
    add(index, "a", "wire", text);
    add(index, "a", "wire", newer);
    x = get_article(index, "a");
    assert_int_equal(x.number, 2);
    assert_int_equal(x.text_size, strlen(newer));
    assert_memory_equal(x.text, newer, x.text_size);
    assert_int_equal(x.verdict->kind, TT_VERDICT_UPDATE);
    assert_int_equal(x.story, 1);
    remove_id(index, "a");
    assert_int_equal(get_article(index, "a").number, 0);
    assert_int_equal(tt_index_count(index), 0);
    tt_index_close(index);
    assert_int_equal(tt_index_check(path, NULL, NULL, NULL, NULL, NULL), TT_OK);
    remove_index(path);
    free(text);
    free(newer);
}

/* ---- Lists ----------------------------------------------------------------------------------- */

typedef struct listing {
    char ids[200];
    uint64_t last;
    size_t most, with_text;
} listing;

static int list_one(void *ctx, const tt_index_article *x)
{
    listing *l = ctx;
    const size_t used = strlen(l->ids);
    (void)snprintf(l->ids + used, sizeof l->ids - used, "%.*s ", (int)x->id.size, x->id.bytes);
    l->last = x->number;
    l->with_text += x->text != NULL;
    return l->most > 0 && --l->most == 0;
}

static void articles_are_listed_from_a_place_on(void **state)
{
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path);
    listing l = {.most = 2};
    char id[8];
    (void)state;
    for (int k = 0; k < 6; k++) {
        char *text = random_text(10 + (uint64_t)k, 100);
        (void)snprintf(id, sizeof id, "a%d", k);
        add(index, id, "wire", text);
        free(text);
    }
    assert_int_equal(tt_index_list(index, TT_LIST_TEXTS, 0, 0, list_one, &l, NULL), TT_ESTOPPED);
    assert_string_equal(l.ids, "a0 a1 ");
    assert_int_equal(l.with_text, 2);
    remove_id(index, "a1");
    remove_id(index, "a3");
    tt_index_close(index);
    index = open_with_texts(path);
    memset(l.ids, 0, sizeof l.ids);
    assert_int_equal(tt_index_list(index, 0, l.last, 0, list_one, &l, NULL), TT_OK);
    assert_string_equal(l.ids, "a2 a4 a5 ");
    assert_int_equal(l.with_text, 2);
    memset(l.ids, 0, sizeof l.ids);
    assert_int_equal(tt_index_list(index, 0, l.last, 0, list_one, &l, NULL), TT_OK);
    assert_string_equal(l.ids, "");
    assert_int_equal(tt_index_list(index, TT_LIST_NEWEST_FIRST, 0, 2, list_one, &l, NULL), TT_OK);
    assert_string_equal(l.ids, "a5 a4 ");
    memset(l.ids, 0, sizeof l.ids);
    assert_int_equal(tt_index_list(index, TT_LIST_NEWEST_FIRST, l.last, 0, list_one, &l, NULL),
                     TT_OK);
    assert_string_equal(l.ids, "a2 a0 ");
    tt_index_close(index);
    remove_index(path);
}

/* ---- Verdicts and stories -------------------------------------------------------------------- */

static void a_verdict_is_stored_as_it_was_told(void **state)
{
    char *text = random_text(20, 300), *longer = joined(text, " with a new end of it");
    const tt_article a = article_from("a", "x", text), b = article_from("b", "y", longer);
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path);
    lines told = {0}, stored = {0};
    tt_index_article x;
    tt_verdict v;
    (void)state;
    assert_int_equal(tt_index_add(index, &a, 1, NULL, take_none, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(index, &b, 1, NULL, add_verdicts, &told, NULL), TT_OK);
    x = get_article(index, "b");
    v = *x.verdict;
    assert_int_equal(add_verdicts(&stored, &v, 1), 0);
    told.size = (size_t)(strstr(told.bytes, ",\"sections\"") - told.bytes);
    stored.size = (size_t)(strstr(stored.bytes, ",\"sections\"") - stored.bytes);
    assert_same_lines(&told, &stored);
    lines_free(&told);
    lines_free(&stored);
    tt_index_close(index);
    remove_index(path);
    free(text);
    free(longer);
}

static void a_story_lasts_with_its_first_source(void **state)
{
    char *text = random_text(21, 300), *other = random_text(22, 300);
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path);
    tt_index_story story;
    (void)state;
    add(index, "a", "first", text);
    add(index, "b", "second", text);
    add(index, "c", "second", text);
    add(index, "d", "third", other);
    assert_int_equal(get_article(index, "c").story, 1);
    assert_int_equal(get_article(index, "d").story, 4);
    assert_int_equal(tt_index_story_get(index, 1, &story, NULL), TT_OK);
    assert_int_equal(story.source_count, 2);
    assert_int_equal(story.article_count, 3);
    remove_id(index, "a");
    tt_index_close(index);
    index = open_with_texts(path);
    add(index, "e", "fourth", text);
    add(index, "f", "", text); /* of no source, which counts as none */
    assert_int_equal(get_article(index, "e").story, 1);
    assert_int_equal(tt_index_story_get(index, 1, &story, NULL), TT_OK);
    assert_int_equal(story.number, 1);
    assert_memory_equal(story.first.bytes, "a", 1);
    assert_memory_equal(story.source, "first", 5);
    assert_int_equal(story.source_count, 3);
    assert_int_equal(story.article_count, 4);
    remove_id(index, "b");
    remove_id(index, "c");
    remove_id(index, "e");
    remove_id(index, "f");
    assert_int_equal(tt_index_story_get(index, 1, &story, NULL), TT_OK);
    assert_int_equal(story.number, 0);
    tt_index_close(index);
    remove_index(path);
    free(text);
    free(other);
}

typedef struct found_matches {
    char of[100];
    int32_t kind;
    size_t count;
} found_matches;

static int take_matches(void *ctx, const tt_verdict *v, size_t count)
{
    found_matches *f = ctx;
    assert_int_equal(count, 1);
    f->kind = v->kind;
    f->count = v->match_count;
    for (size_t k = 0; k < v->match_count; k++)
        (void)snprintf(f->of + strlen(f->of), sizeof f->of - strlen(f->of), "%.*s ",
                       (int)v->matches[k].of.size, v->matches[k].of.bytes);
    return 0;
}

static void matches_are_with_earlier_and_later_articles(void **state)
{
    char *text = random_text(23, 300), *longer = joined(text, " with a new end of it"),
         *longest = joined(longer, " and of that"), *other = random_text(24, 300);
    const tt_id first = {"a", 1, 0, 0}, middle = {"b", 1, 0, 0}, last = {"d", 1, 0, 0},
                none = {"none", 4, 0, 0};
    tt_index *index = open_with_texts(NULL);
    found_matches f = {{0}, -1, 0};
    (void)state;
    add(index, "a", "x", text);
    add(index, "b", "x", longer);
    add(index, "c", "x", longest);
    add(index, "other", "x", other);
    add(index, "d", "x", longer);
    assert_int_equal(tt_index_matches(index, &middle, take_matches, &f, NULL), TT_OK);
    assert_int_equal(f.kind, TT_VERDICT_DUPLICATE);
    assert_int_equal(f.count, 3);
    assert_non_null(strstr(f.of, "a "));
    assert_non_null(strstr(f.of, "c "));
    assert_non_null(strstr(f.of, "d "));
    memset(&f, 0, sizeof f);
    assert_int_equal(tt_index_matches(index, &last, take_matches, &f, NULL), TT_OK);
    assert_int_equal(f.kind, TT_VERDICT_DUPLICATE);
    assert_int_equal(f.count, 3);
    assert_int_equal(tt_index_matches(index, &first, take_matches, &f, NULL), TT_OK);
    assert_int_equal(f.kind, TT_VERDICT_NEW);
    assert_int_equal(f.count, 2); /* b stands for d */
    f.kind = -1;
    assert_int_equal(tt_index_matches(index, &none, take_matches, &f, NULL), TT_OK);
    assert_int_equal(f.kind, -1);
    tt_index_close(index);
    free(text);
    free(longer);
    free(longest);
    free(other);
}

/* ---- Decisions ------------------------------------------------------------------------------- */

static tt_index_decision decision_of(const char *id, int32_t kind, const char *of)
{
    return (tt_index_decision){.id = {id, strlen(id), 0, 0},
                               .of = {of, of == NULL ? 0 : strlen(of), 0, 0},
                               .who = "Ada",
                               .who_size = 3,
                               .time = TT_NO_TIME,
                               .kind = kind};
}

static uint64_t decide(tt_index *index, const char *id, int32_t kind, const char *of)
{
    const tt_index_decision d = decision_of(id, kind, of);
    uint64_t last = 0;
    assert_int_equal(tt_index_decide(index, &d, 1, &last, NULL), TT_OK);
    return last;
}

static int list_decision(void *ctx, const tt_index_decision *d)
{
    char *out = ctx;
    assert_true(d->time > 0);
    (void)sprintf(out + strlen(out), "%d %.*s %s %.*s %.*s\n", (int)d->number, (int)d->id.size,
                  d->id.bytes, tt_decision_kind_name((tt_decision_kind)d->kind), (int)d->of.size,
                  d->of.bytes == NULL ? "" : d->of.bytes, (int)d->who_size, d->who);
    return 0;
}

static int take_kind(void *ctx, const tt_verdict *v, size_t count)
{
    *(tt_verdict *)ctx = v[count - 1];
    return 0;
}

static int32_t kind_of(tt_index *index, const char *id, const char *text)
{
    const tt_article a = article_from(id, "x", text);
    tt_verdict v = {0};
    assert_int_equal(tt_index_query(index, &a, 1, NULL, take_kind, &v, NULL), TT_OK);
    return v.kind;
}

static void decisions_are_kept_and_listed_from_a_place_on(void **state)
{
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path);
    char *text = random_text(30, 100), told[400] = "";
    tt_index_decision bad = decision_of("a", TT_DECISION_NOT_A_COPY, NULL);
    (void)state;
    add(index, "a", "x", text);
    add(index, "b", "x", text);
    assert_int_equal(decide(index, "a", TT_DECISION_KEEP, NULL), 1);
    assert_int_equal(decide(index, "b", TT_DECISION_KILL, NULL), 2);
    tt_index_close(index);
    index = open_with_texts(path);
    assert_int_equal(get_article(index, "a").decision, TT_DECISION_KEEP);
    assert_int_equal(decide(index, "a", TT_DECISION_NOT_A_COPY, "b"), 3);
    assert_int_equal(tt_index_decisions(index, 1, list_decision, told, NULL), TT_OK);
    assert_string_equal(told, "2 b kill  Ada\n3 a not-a-copy b Ada\n");
    assert_int_equal(tt_index_decide(index, &bad, 1, NULL, NULL), TT_EINVAL);
    bad = decision_of("a", 7, NULL);
    assert_int_equal(tt_index_decide(index, &bad, 1, NULL, NULL), TT_EINVAL);
    bad = decision_of("", TT_DECISION_KEEP, NULL);
    assert_int_equal(tt_index_decide(index, &bad, 1, NULL, NULL), TT_EINVAL);
    tt_index_close(index);
    remove_index(path);
    free(text);
}

static void decisions_about_what_is_not_there_are_refused(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(36, 100), told[400] = "";
    const tt_index_decision all[] = {decision_of("a", TT_DECISION_KEEP, NULL),
                                     decision_of("none", TT_DECISION_KILL, NULL)},
                            no_copy = decision_of("a", TT_DECISION_NOT_A_COPY, "none");
    tt_error error = {0};
    (void)state;
    add(index, "a", "x", text);
    assert_int_equal(tt_index_decide(index, all, 2, NULL, &error), TT_EINVAL);
    assert_int_equal(error.where, 1);
    assert_non_null(strstr(error.message, "article none, which is not there"));
    assert_int_equal(tt_index_decide(index, &no_copy, 1, NULL, NULL), TT_EINVAL);
    assert_int_equal(get_article(index, "a").decision, TT_DECISION_NONE);
    (void)decide(index, "a", TT_DECISION_KILL, NULL);
    remove_id(index, "a");
    assert_int_equal(decide(index, "a", TT_DECISION_NONE, NULL), 2);
    assert_int_equal(tt_index_decisions(index, 0, list_decision, told, NULL), TT_OK);
    assert_string_equal(told, "1 a kill  Ada\n2 a none  Ada\n");
    tt_index_close(index);
    free(text);
}

static void what_is_killed_is_withdrawn_until_it_is_taken_back(void **state)
{
    const char *path = fresh_path();
    tt_index *index = open_with_texts(path), *reader = NULL;
    char *text = random_text(31, 100), *newer = joined(text, " and more");
    tt_index_article x;
    (void)state;
    add(index, "a", "x", text);
    assert_int_equal(tt_index_open(&reader, path, TT_INDEX_READ, NULL, NULL), TT_OK);
    (void)decide(index, "a", TT_DECISION_KILL, NULL);
    x = get_article(index, "a");
    assert_int_equal(x.withdrawn, 1);
    assert_int_equal(x.decision, TT_DECISION_KILL);
    assert_non_null(x.text);
    assert_int_equal(kind_of(index, "b", text), TT_VERDICT_WITHDRAWN);
    assert_int_equal(kind_of(reader, "b", text), TT_VERDICT_WITHDRAWN);
    assert_int_equal(get_article(reader, "a").decision, TT_DECISION_KILL);
    add(index, "a", "x", newer); /* a later version of it */
    assert_int_equal(get_article(index, "a").withdrawn, 1);
    assert_int_equal(get_article(index, "a").verdict->kind, TT_VERDICT_WITHDRAWN);
    (void)decide(index, "a", TT_DECISION_NONE, NULL);
    x = get_article(index, "a");
    assert_int_equal(x.withdrawn, 0);
    assert_int_equal(x.story, 1);
    assert_int_equal(x.text_size, strlen(newer));
    assert_memory_equal(x.text, newer, x.text_size);
    assert_int_equal(kind_of(index, "b", newer), TT_VERDICT_DUPLICATE);
    assert_int_equal(kind_of(reader, "b", newer), TT_VERDICT_DUPLICATE);
    tt_index_close(reader);
    tt_index_close(index);
    remove_index(path);
    free(text);
    free(newer);
}

static void what_is_no_copy_is_not_told_as_one(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(32, 300), *longer = joined(text, " and more");
    tt_index_story story;
    (void)state;
    add(index, "a", "x", text);
    add(index, "b", "y", longer);
    add(index, "c", "z", text);
    assert_int_equal(get_article(index, "b").story, 1);
    (void)decide(index, "b", TT_DECISION_NOT_A_COPY, "a");
    (void)decide(index, "c", TT_DECISION_NOT_A_COPY, "a");
    assert_int_equal(get_article(index, "b").story, 2);
    assert_int_equal(get_article(index, "c").story, 3);
    assert_int_equal(tt_index_story_get(index, 1, &story, NULL), TT_OK);
    assert_int_equal(story.article_count, 1);
    remove_id(index, "b");
    remove_id(index, "c");
    assert_int_not_equal(kind_of(index, "b", longer), TT_VERDICT_DUPLICATE);
    assert_int_equal(kind_of(index, "c", text), TT_VERDICT_NEW);
    assert_int_equal(kind_of(index, "d", longer), TT_VERDICT_DUPLICATE);
    (void)decide(index, "b", TT_DECISION_NONE, "a");
    assert_int_equal(kind_of(index, "b", longer), TT_VERDICT_DUPLICATE);
    tt_index_close(index);
    free(text);
    free(longer);
}

static void a_notice_is_not_taken_back_with_a_kill(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(33, 100);
    tt_article notice = article_from("a", "x", "");
    (void)state;
    add(index, "a", "x", text);
    (void)decide(index, "a", TT_DECISION_KILL, NULL);
    notice.flags = TT_ARTICLE_WITHDRAWN;
    assert_int_equal(tt_index_add(index, &notice, 1, NULL, take_none, NULL, NULL), TT_OK);
    (void)decide(index, "a", TT_DECISION_NONE, NULL);
    assert_int_equal(get_article(index, "a").withdrawn, 1);
    assert_null(get_article(index, "a").text);
    tt_index_close(index);
    free(text);
}

/* ---- What was withdrawn -----------------------------------------------------------------------
 */

static tt_verdict judged; /* of the last article */

static int take_judged(void *ctx, const tt_verdict *v, size_t count)
{
    (void)ctx;
    judged = v[count - 1];
    return 0;
}

static int32_t send(tt_index *index, const char *id, const char *version, const char *text,
                    uint32_t flags)
{
    tt_article a = article_from(id, "x", text);
    a.version = version;
    a.version_size = strlen(version);
    a.flags = flags;
    assert_int_equal(tt_index_add(index, &a, 1, NULL, take_judged, NULL, NULL), TT_OK);
    return judged.kind;
}

static void assert_is_of(const char *id)
{
    assert_int_equal(judged.of.size, strlen(id));
    assert_memory_equal(judged.of.bytes, id, strlen(id));
}

static void every_reprint_of_what_was_withdrawn_says_so(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(40, 300), *longer = joined(text, " with a new end"),
         *longest = joined(longer, " and some more of it");
    (void)state;
    add(index, "a", "x", text);
    (void)send(index, "a", "", "", TT_ARTICLE_WITHDRAWN);
    assert_int_equal(send(index, "b", "", longer, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("a");
    assert_int_equal(send(index, "c", "", longer, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("a");
    assert_int_equal(send(index, "d", "", longest, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("a");
    assert_true(judged.new_tokens == 9);
    assert_int_equal(kind_of(index, "e", longest), TT_VERDICT_WITHDRAWN);
    assert_int_equal(get_article(index, "d").story, 1);
    (void)decide(index, "b", TT_DECISION_KEEP, NULL);
    assert_int_equal(kind_of(index, "e", longer), TT_VERDICT_DUPLICATE); /* of b, which is kept */
    (void)send(index, "a", "2", text, 0);
    assert_int_equal(send(index, "a", "3", longest, 0), TT_VERDICT_UPDATE);
    assert_int_equal(kind_of(index, "e", longest), TT_VERDICT_DUPLICATE);
    tt_index_close(index);
    free(text);
    free(longer);
    free(longest);
}

static void what_was_withdrawn_does_not_come_back_by_being_sent_once_more(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(41, 200), *newer = joined(text, " and more");
    tt_article sent = article_from("a", "x", text), notice = article_from("a", "x", "");
    (void)state;
    sent.published = 1000;
    notice.published = 2000;
    notice.flags = TT_ARTICLE_WITHDRAWN;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(tt_index_add(index, &sent, 1, NULL, take_judged, NULL, NULL), TT_OK);
        assert_int_equal(judged.kind, k == 0 ? TT_VERDICT_NEW : TT_VERDICT_WITHDRAWN);
        assert_int_equal(tt_index_add(index, &notice, 1, NULL, take_judged, NULL, NULL), TT_OK);
        assert_int_equal(judged.kind, TT_VERDICT_WITHDRAWN);
        assert_is_of("a");
    }
    assert_int_equal(get_article(index, "a").number, 2);
    sent.published = 2000;
    assert_int_equal(tt_index_add(index, &sent, 1, NULL, take_judged, NULL, NULL), TT_OK);
    assert_int_equal(get_article(index, "a").withdrawn, 0); /* it was released */
    (void)send(index, "b", "3", text, 0);
    (void)send(index, "b", "6", "", TT_ARTICLE_WITHDRAWN);
    assert_int_equal(send(index, "b", "5", "", TT_ARTICLE_WITHDRAWN), TT_VERDICT_WITHDRAWN);
    assert_is_of("b");
    assert_int_equal(send(index, "b", "4", newer, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("b");
    assert_int_equal(get_article(index, "b").withdrawn, 1);
    assert_int_equal(send(index, "b", "7", newer, 0), TT_VERDICT_UPDATE);
    assert_is_of("b");
    tt_index_close(index);
    free(text);
    free(newer);
}

static void what_was_withdrawn_before_it_came_is_withdrawn_when_it_comes(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(42, 200), *longer = joined(text, " and more");
    tt_article later = article_from("d", "x", text);
    (void)state;
    assert_int_equal(send(index, "a", "", "", TT_ARTICLE_WITHDRAWN), TT_VERDICT_WITHDRAWN);
    assert_null(judged.of.bytes);
    assert_int_equal(send(index, "a", "", "", TT_ARTICLE_WITHDRAWN), TT_VERDICT_WITHDRAWN);
    assert_int_equal(kind_of(index, "a", text), TT_VERDICT_WITHDRAWN); /* it is only asked */
    assert_int_equal(send(index, "a", "", text, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("a");
    assert_int_equal(get_article(index, "a").withdrawn, 1);
    assert_null(get_article(index, "a").text);
    assert_int_equal(send(index, "b", "", longer, 0), TT_VERDICT_WITHDRAWN);
    assert_is_of("a");
    (void)send(index, "c", "3", "", TT_ARTICLE_WITHDRAWN);
    add(index, "c", "x", text); /* without a verdict */
    assert_int_equal(get_article(index, "c").withdrawn, 1);
    assert_int_equal(send(index, "c", "2", longer, 0), TT_VERDICT_WITHDRAWN);
    assert_int_equal(send(index, "c", "4", longer, 0), TT_VERDICT_UPDATE); /* it is released */
    later.published = 1000;
    later.flags = TT_ARTICLE_WITHDRAWN;
    later.text_size = 0;
    assert_int_equal(tt_index_add(index, &later, 1, NULL, take_judged, NULL, NULL), TT_OK);
    later.flags = 0;
    later.text_size = strlen(text);
    assert_int_equal(tt_index_add(index, &later, 1, NULL, take_judged, NULL, NULL), TT_OK);
    assert_int_equal(judged.kind, TT_VERDICT_WITHDRAWN);
    later.published = 1001;
    assert_int_equal(tt_index_add(index, &later, 1, NULL, take_judged, NULL, NULL), TT_OK);
    assert_int_equal(get_article(index, "d").withdrawn, 0);
    tt_index_close(index);
    free(text);
    free(longer);
}

static void what_is_withdrawn_is_no_match(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *text = random_text(42, 200), *longer = joined(text, " and more");
    const tt_id id = {"d", 1, 0, 0};
    found_matches f = {{0}, -1, 0};
    (void)state;
    add(index, "a", "x", text);
    add(index, "b", "x", text);
    add(index, "c", "x", longer);
    add(index, "d", "x", longer);
    (void)decide(index, "c", TT_DECISION_KILL, NULL);
    (void)send(index, "a", "", "", TT_ARTICLE_WITHDRAWN);
    assert_int_equal(judged.match_count, 2); /* the copies that may still be used */
    assert_memory_equal(judged.matches[0].of.bytes, "b", 1);
    assert_memory_equal(judged.matches[1].of.bytes, "d", 1);
    assert_int_equal(tt_index_matches(index, &id, take_matches, &f, NULL), TT_OK);
    assert_string_equal(f.of, "b ");
    tt_index_close(index);
    free(text);
    free(longer);
}

/* ---- Versions of an item ----------------------------------------------------------------------
 */

static void another_text_of_an_item_is_its_update(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *first = random_text(43, 200), *other = random_text(44, 200);
    (void)state;
    add(index, "a", "x", first);
    add(index, "b", "x", other);
    assert_int_equal(send(index, "a", "", other, 0), TT_VERDICT_UPDATE);
    assert_is_of("a");
    assert_int_equal(get_article(index, "a").story, 1);
    tt_index_close(index);
    free(first);
    free(other);
}

static void an_update_of_an_item_says_which_facts_are_others(void **state)
{
    tt_index *index = open_with_texts(NULL);
    char *more = random_text(45, 60), *x = joined("In Lima 3 people died on Friday. ", more),
         *y = joined("In Lima 5 people died on Friday. ", more), *z = joined(x, " Nothing else.");
    (void)state;
    add(index, "b", "x", z);
    add(index, "a", "x", x);
    assert_int_equal(send(index, "a", "", y, 0), TT_VERDICT_UPDATE);
    assert_is_of("a");
    assert_int_equal(judged.conflicts, 1);
    assert_int_equal(judged.difference_count, 1);
    assert_int_equal(judged.differences[0].begin_a, 8);
    assert_int_equal(judged.differences[0].begin_b, 8);
    tt_index_close(index);
    free(more);
    free(x);
    free(y);
    free(z);
}

/* ---- Merging ----------------------------------------------------------------------------------
 */

static void a_time_of_arrival_can_be_given_but_none_in_the_future(void **state)
{
    tt_index *index = open_with_texts(NULL);
    tt_article x = article_from("a", "x", "one two three"), y = article_from("b", "x", "four five");
    (void)state;
    x.arrival = 1000000;
    y.arrival = INT64_MAX;
    assert_int_equal(tt_index_add(index, &x, 1, NULL, NULL, NULL, NULL), TT_OK);
    assert_int_equal(tt_index_add(index, &y, 1, NULL, NULL, NULL, NULL), TT_OK);
    assert_true(get_article(index, "a").arrival == 1000000);
    assert_true(get_article(index, "b").arrival > 1000000 &&
                get_article(index, "b").arrival < INT64_MAX);
    tt_index_close(index);
}

static void a_merge_keeps_times_and_stories(void **state)
{
    char path[200], text[4][4000];
    tt_index *from, *to = open_with_texts(NULL);
    tt_index_story story;
    int64_t arrival;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", fresh_path());
    for (int k = 0; k < 4; k++) {
        char *made = random_text(46, 200);
        (void)snprintf(text[k], sizeof text[k], "%s and more%.*s", made, 5 * k, " word word word");
        free(made);
    }
    from = open_with_texts(path);
    add(from, "a", "x", text[0]); /* it begins the story, and has gone when it is merged */
    add(from, "b", "x", text[1]);
    add(from, "c", "y", text[2]);
    remove_id(from, "a");
    arrival = get_article(from, "b").arrival;
    tt_index_close(from);
    add(to, "z", "z", text[3]);
    assert_int_equal(tt_index_merge(to, path, NULL, NULL), TT_OK);
    assert_true(get_article(to, "b").arrival == arrival);
    assert_int_equal(get_article(to, "b").story, get_article(to, "b").number);
    assert_int_equal(get_article(to, "c").story, get_article(to, "b").number);
    assert_int_equal(tt_index_story_get(to, get_article(to, "b").story, &story, NULL), TT_OK);
    assert_int_equal(story.article_count, 2);
    assert_int_equal(story.source_count, 2);
    tt_index_close(to);
    to = open_with_texts(NULL); /* which has one of its articles already */
    add(to, "z", "z", "");
    add(to, "b", "x", text[1]);
    assert_int_equal(tt_index_merge(to, path, NULL, NULL), TT_OK);
    assert_int_equal(get_article(to, "c").story, 2);
    tt_index_close(to);
    remove_index(path);
}

/* ---- Damage ---------------------------------------------------------------------------------- */

static int count_finding(void *ctx, const char *finding)
{
    char *out = ctx;
    const char *what = strstr(finding, "is damaged: ");
    (void)sprintf(out + strlen(out), "%s\n", what == NULL ? finding : what + 12);
    return 0;
}

static void change(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void damaged_details_are_found_and_the_rest_is_saved(void **state)
{
    char path[200], saved[220], told[1000] = "";
    char *first = random_text(34, 200), *second = random_text(35, 200);
    tt_index *index;
    tt_index_repaired repaired;
    tt_index_story story;
    uint64_t findings = 0;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", fresh_path());
    (void)snprintf(saved, sizeof saved, "%s.saved", path);
    remove_index(saved);
    index = open_with_texts(path);
    add(index, "a", "x", first);
    add(index, "b", "y", first);
    add(index, "c", "x", second);
    (void)decide(index, "a", TT_DECISION_KEEP, NULL);
    (void)decide(index, "b", TT_DECISION_KEEP, NULL);
    (void)decide(index, "c", TT_DECISION_KEEP, NULL);
    tt_index_close(index);
    assert_int_equal(tt_index_check(path, NULL, count_finding, told, &findings, NULL), TT_OK);
    assert_string_equal(told, "");
    change(path, "UPDATE text SET size=size+1 WHERE number=1;"
                 "UPDATE verdict SET story=3 WHERE number=2; UPDATE decision SET kind=2 WHERE "
                 "number=2; DELETE FROM text WHERE number=3; UPDATE story SET articles=9");
    assert_int_equal(tt_index_check(path, NULL, count_finding, told, &findings, NULL), TT_OK);
    assert_string_equal(told, "the text of record 1\nthe story 1\nthe verdict of record 2\n"
                              "record 3: its text is missing\nthe story 3\nthe decision 2\n");
    memset(told, 0, sizeof told);
    assert_int_equal(tt_index_repair(path, saved, NULL, count_finding, told, &repaired, NULL),
                     TT_OK);
    assert_string_equal(told, "the text of record 1\nthe story 1\nthe verdict of record 2\n"
                              "the story 3\nthe decision 2\n");
    assert_int_equal(repaired.kept, 3);
    assert_int_equal(repaired.lost, 0);
    assert_int_equal(repaired.details_lost, 1);
    index = open_with_texts(saved);
    assert_null(get_article(index, "a").text);
    assert_memory_equal(get_article(index, "b").text, first, strlen(first));
    assert_null(get_article(index, "b").verdict);
    assert_int_equal(tt_index_story_get(index, 1, &story, NULL), TT_OK);
    assert_int_equal(story.article_count, 1);
    memset(told, 0, sizeof told);
    assert_int_equal(tt_index_decisions(index, 0, list_decision, told, NULL), TT_OK);
    assert_string_equal(told, "1 a keep  Ada\n3 c keep  Ada\n");
    tt_index_close(index);
    remove_index(path);
    remove_index(saved);
    free(first);
    free(second);
}

enum { PAGE = 16384, MANY = 60 };

/* Overwrites the first page, or every inner page of a table. @return how many */
static int overwrite_pages(const char *path, int inner)
{
    static char page[PAGE];
    FILE *file = fopen(path, "r+b");
    int count = 0;
    assert_non_null(file);
    for (long k = 0; fseek(file, k * PAGE, SEEK_SET) == 0 && fread(page, PAGE, 1, file) == 1; k++) {
        if (inner ? k == 0 || page[0] != 5 : k > 0)
            continue;
        memset(page, 0x55, sizeof page);
        assert_int_equal(fseek(file, k * PAGE, SEEK_SET), 0);
        assert_int_equal(fwrite(page, PAGE, 1, file), 1);
        count++;
    }
    (void)fclose(file);
    return count;
}

static void records_below_a_damaged_first_or_inner_page_are_saved(void **state)
{
    static char told[20000];
    char path[200], saved[220];
    char *texts[MANY];
    tt_options options = TT_OPTIONS_INIT;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", fresh_path());
    (void)snprintf(saved, sizeof saved, "%s.saved", path);
    options.keep_text = 1;
    for (int k = 0; k < MANY; k++)
        texts[k] = random_text(100 + (uint64_t)k, k == 7 ? 20000 : 700);
    for (int inner = 0; inner < 2; inner++) {
        tt_index_repaired repaired;
        tt_index *index;
        char id[8];
        remove_index(path);
        remove_index(saved);
        index = open_with_texts(path);
        for (int k = 0; k < MANY; k++) {
            (void)snprintf(id, sizeof id, "a%d", k);
            add(index, id, "x", texts[k]);
        }
        remove_id(index, "a3");
        tt_index_close(index);
        assert_true(overwrite_pages(path, inner) > inner);
        assert_int_equal(tt_index_open(&index, path, 0, NULL, NULL), TT_EFORMAT);
        memset(told, 0, sizeof told);
        assert_int_equal(
            tt_index_repair(path, saved, &options, count_finding, told, &repaired, NULL), TT_OK);
        assert_true(repaired.kept >= MANY - 1); /* without the journal also what was removed */
        assert_int_equal(inner ? repaired.kept : MANY - 1, MANY - 1);
        assert_non_null(strstr(told, "on pages that nothing leads to"));
        index = open_with_texts(saved);
        for (int k = 0; k < MANY; k++) {
            const tt_index_article *x;
            tt_index_article out;
            (void)snprintf(id, sizeof id, "a%d", k);
            out = get_article(index, id);
            x = &out;
            if (k == 3)
                continue;
            assert_int_equal(x->text_size, strlen(texts[k]));
            assert_memory_equal(x->text, texts[k], x->text_size);
        }
        tt_index_close(index);
        assert_int_equal(tt_index_check(saved, NULL, NULL, NULL, NULL, NULL), TT_OK);
    }
    remove_index(path);
    remove_index(saved);
    for (int k = 0; k < MANY; k++)
        free(texts[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(removals_are_listed_from_a_place_on),
        cmocka_unit_test(texts_are_kept_if_the_index_was_made_so),
        cmocka_unit_test(without_keep_text_there_is_none),
        cmocka_unit_test(a_text_leaves_with_its_article),
        cmocka_unit_test(articles_are_listed_from_a_place_on),
        cmocka_unit_test(a_verdict_is_stored_as_it_was_told),
        cmocka_unit_test(a_story_lasts_with_its_first_source),
        cmocka_unit_test(matches_are_with_earlier_and_later_articles),
        cmocka_unit_test(decisions_are_kept_and_listed_from_a_place_on),
        cmocka_unit_test(decisions_about_what_is_not_there_are_refused),
        cmocka_unit_test(what_is_killed_is_withdrawn_until_it_is_taken_back),
        cmocka_unit_test(every_reprint_of_what_was_withdrawn_says_so),
        cmocka_unit_test(what_was_withdrawn_does_not_come_back_by_being_sent_once_more),
        cmocka_unit_test(what_was_withdrawn_before_it_came_is_withdrawn_when_it_comes),
        cmocka_unit_test(what_is_withdrawn_is_no_match),
        cmocka_unit_test(another_text_of_an_item_is_its_update),
        cmocka_unit_test(an_update_of_an_item_says_which_facts_are_others),
        cmocka_unit_test(a_time_of_arrival_can_be_given_but_none_in_the_future),
        cmocka_unit_test(a_merge_keeps_times_and_stories),
        cmocka_unit_test(what_is_no_copy_is_not_told_as_one),
        cmocka_unit_test(a_notice_is_not_taken_back_with_a_kill),
        cmocka_unit_test(damaged_details_are_found_and_the_rest_is_saved),
        cmocka_unit_test(records_below_a_damaged_first_or_inner_page_are_saved),
    };
    return cmocka_run_group_tests_name("index articles", tests, NULL, NULL);
}
