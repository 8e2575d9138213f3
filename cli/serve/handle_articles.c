#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "serve/answers.h"
#include "serve/find.h"
#include "serve/handlers.h"
#include "serve/search.h"
#include "serve/server.h"
#include "terminal/progress.h"

enum {
    MOST_QUERY_BYTES = 800, /* 200 characters */
    MOST_LISTED = 1000,
    USUAL_LISTED = 100,
    LISTED_AT_ONCE = 512, /* articles looked at before others have their turn with the index */
    MOST_LIST_BYTES = 32 << 20
};

static const double SEARCH_SECONDS = 2; /* then the answer says where to go on */

/* ==== Lists =================================================================================== */

/* A list that is being made. */
typedef struct listing {
    buffer *out;
    search words;
    piece source, verdict; /* wanted; bytes NULL: any */
    uint64_t story;        /* wanted; 0: any */
    int with_texts;        /* in the answer */
    uint64_t most, count, looked_at;
    uint64_t last; /* the number of the article that was looked at last */
} listing;

static int is_wanted(listing *l, const tt_index_article *a)
{
    const char *kind =
        a->verdict == NULL ? "" : tt_verdict_kind_name((tt_verdict_kind)a->verdict->kind);
    return (l->source.bytes == NULL || (a->source_size == l->source.size &&
                                        memcmp(a->source, l->source.bytes, a->source_size) == 0)) &&
           (l->verdict.bytes == NULL || strcmp(l->verdict.bytes, kind) == 0) &&
           (l->story == 0 || l->story == a->story) && search_matches(&l->words, a);
}

/* A tt_index_article_fn. */
static int list_article(void *ctx, const tt_index_article *article)
{
    listing *l = ctx;
    l->last = article->number;
    l->looked_at++;
    if (is_wanted(l, article)) {
        tt_index_article shown = *article;
        if (!l->with_texts)
            shown.text = NULL;
        if (l->count++ > 0)
            buffer_text(l->out, ",");
        answer_article(l->out, &shown);
    }
    return l->count == l->most || l->looked_at % LISTED_AT_ONCE == 0 ||
           l->out->size > MOST_LIST_BYTES || l->out->failed;
}

/* Looks at articles after, or before, a number until there are enough. @return TT_OK at the end of
 * the index, TT_ESTOPPED before */
static tt_status run_listing(server *s, listing *l, uint32_t flags, tt_error *error)
{
    const double deadline = seconds_now() + SEARCH_SECONDS;
    tt_status status;
    do {
        server_lock(s);
        status = tt_index_list(s->index, flags, l->last, 0, list_article, l, error);
        server_unlock(s);
    } while (status == TT_ESTOPPED && l->count < l->most && l->out->size <= MOST_LIST_BYTES &&
             !l->out->failed && seconds_now() < deadline);
    return status;
}

static void answer_listing(request *r, listing *l, uint32_t flags)
{
    tt_error error = {0};
    tt_status status;
    r->status = 200;
    r->type = "application/json";
    buffer_text(&r->answer, "{\"articles\":[");
    status = run_listing(r->server, l, flags, &error);
    if (status != TT_OK && status != TT_ESTOPPED) {
        request_fail_library(r, &error);
        return;
    }
    buffer_printf(&r->answer, "],\"last\":%" PRIu64 ",\"more\":%s}\n", l->last,
                  status == TT_ESTOPPED ? "true" : "false");
}

static int is_verdict(const char *name)
{
    for (int k = TT_VERDICT_NEW; k <= TT_VERDICT_CORRECTION; k++)
        if (strcmp(name, tt_verdict_kind_name((tt_verdict_kind)k)) == 0)
            return 1;
    return 0;
}

static int keeps_texts(const request *r)
{
    return tt_index_options(r->server->index)->keep_text; /* they never change */
}

void handle_list(request *r)
{
    listing l = {.out = &r->answer, .most = USUAL_LISTED};
    const piece words = request_value(r, "q");
    piece since = request_value(r, "since");
    piece before = request_value(r, "before");
    const int ascending = since.bytes != NULL, both = ascending && before.bytes != NULL;
    const uint64_t most_number = INT64_MAX;
    free(since.bytes);
    free(before.bytes);
    l.source = request_value(r, "source");
    l.verdict = request_value(r, "verdict");
    if (request_number(r, "limit", MOST_LISTED, &l.most) == 0 &&
        request_number(r, ascending ? "since" : "before", most_number, &l.last) == 0 &&
        request_number(r, "story", most_number, &l.story) == 0 &&
        request_flag(r, "texts", &l.with_texts) == 0) {
        if (both)
            request_fail(r, 400, NULL, "since and before exclude each other");
        else if (l.most == 0)
            request_fail(r, 400, NULL, "limit is 1 or more");
        else if (l.verdict.bytes != NULL && !is_verdict(l.verdict.bytes))
            request_fail(r, 400, NULL, "verdict is not the name of a verdict");
        else if (words.size > MOST_QUERY_BYTES)
            request_fail(r, 400, NULL, "q is longer than %d bytes", MOST_QUERY_BYTES);
        else if (search_open(&l.words, words.bytes) != 0)
            request_fail(r, 400, NULL, "q has no words, more than %d of them, or is not UTF-8",
                         MOST_WORDS);
        else if (l.words.count > 0 && !keeps_texts(r))
            request_fail(r, 409, "an index keeps texts only if it was made to",
                         "the index keeps no texts to search in");
        else
            answer_listing(r, &l,
                           (ascending ? 0u : TT_LIST_NEWEST_FIRST) |
                               (l.with_texts || l.words.count > 0 ? TT_LIST_TEXTS : 0u));
    }
    search_free(&l.words);
    free(words.bytes);
    free(l.source.bytes);
    free(l.verdict.bytes);
}

/* ==== One article ============================================================================= */

void handle_article(request *r)
{
    tt_index_article article;
    server_lock(r->server);
    if (find_part(r, 1, &article) == 0) {
        r->status = 200;
        r->type = "application/json";
        answer_article(&r->answer, &article);
        buffer_text(&r->answer, "\n");
    }
    server_unlock(r->server);
}

/* A tt_verdict_fn. */
static int take_matches(void *ctx, const tt_verdict *verdicts, size_t count)
{
    request *r = ctx;
    for (size_t i = 0; i < count; i++)
        answer_matches(&r->answer, &verdicts[i]);
    return 0;
}

void handle_matches(request *r)
{
    tt_index_article article;
    tt_error error = {0};
    found_id id = {0};
    server_lock(r->server);
    if (find_part(r, 1, &article) == 0 && find_copy_id(r, &article.id, &id) == 0) {
        r->status = 200;
        r->type = "application/json";
        if (tt_index_matches(r->server->index, &id.id, take_matches, r, &error) != TT_OK)
            request_fail_library(r, &error);
        else
            buffer_text(&r->answer, "\n");
    }
    server_unlock(r->server);
    find_free(&id);
}

void handle_story(request *r)
{
    tt_index_story story;
    tt_error error = {0};
    char *end;
    const uint64_t number = strtoull(r->parts[1].bytes, &end, 10);
    server_lock(r->server);
    if (*end != '\0' || end == r->parts[1].bytes)
        request_fail(r, 404, NULL, "a story has a number");
    else if (tt_index_story_get(r->server->index, number, &story, &error) != TT_OK)
        request_fail_library(r, &error);
    else if (story.number == 0)
        request_fail(r, 404, NULL, "there is no such story");
    else {
        r->status = 200;
        r->type = "application/json";
        buffer_printf(&r->answer, "{\"number\":%" PRIu64 ",\"first\":", story.number);
        buffer_id(&r->answer, &story.first);
        buffer_text(&r->answer, ",\"source\":");
        buffer_string(&r->answer, story.source == NULL ? "" : story.source, story.source_size);
        buffer_printf(&r->answer, ",\"sources\":%" PRIu64 ",\"articles\":%" PRIu64 "}\n",
                      story.source_count, story.article_count);
    }
    server_unlock(r->server);
}

/* ==== Two articles ============================================================================ */

void handle_compare(request *r)
{
    found_article a = {0}, b = {0};
    if (find_text(r, "a", "integer_a", &a) == 0 && find_text(r, "b", "integer_b", &b) == 0)
        find_compare(r, &a, &b);
    find_article_free(&a);
    find_article_free(&b);
}

/* ==== The index =============================================================================== */

void handle_stat(request *r)
{
    tt_index_stat stat;
    tt_error error = {0};
    buffer last = {0};
    int keeps_text;
    tt_status status;
    server_lock(r->server);
    status = tt_index_stat_get(r->server->index, &stat, &error);
    keeps_text = tt_index_options(r->server->index)->keep_text;
    events_write_last(r->server, &last);
    server_unlock(r->server);
    if (status != TT_OK) {
        request_fail_library(r, &error);
        buffer_free(&last);
        return;
    }
    r->status = 200;
    r->type = "application/json";
    buffer_printf(&r->answer,
                  "{\"articles\":%" PRIu64 ",\"distinct\":%" PRIu64 ",\"tokens\":%" PRIu64
                  ",\"bytes\":%" PRIu64 ",\"file_bytes\":%" PRIu64 ",\"memory_bytes\":%" PRIu64
                  ",\"keep_text\":%s,\"oldest\":",
                  stat.articles, stat.distinct, stat.tokens, stat.bytes, stat.file_bytes,
                  stat.memory_bytes, keeps_text ? "true" : "false");
    buffer_time(&r->answer, stat.oldest);
    buffer_text(&r->answer, ",\"newest\":");
    buffer_time(&r->answer, stat.newest);
    buffer_key(&r->answer, "place");
    buffer_string(&r->answer, last.bytes, last.size);
    buffer_text(&r->answer, "}\n");
    buffer_free(&last);
}

/* A list of decisions that is being made. */
typedef struct decision_list {
    buffer *out;
    uint64_t count, last;
} decision_list;

/* A tt_index_decision_fn. */
static int list_decision(void *ctx, const tt_index_decision *decision)
{
    decision_list *l = ctx;
    if (l->count++ > 0)
        buffer_text(l->out, ",");
    answer_decision(l->out, decision);
    l->last = decision->number;
    return l->count == MOST_LISTED;
}

void handle_decisions(request *r)
{
    decision_list l = {.out = &r->answer};
    tt_error error = {0};
    tt_status status;
    if (request_number(r, "since", INT64_MAX, &l.last) != 0)
        return;
    r->status = 200;
    r->type = "application/json";
    buffer_text(&r->answer, "{\"decisions\":[");
    server_lock(r->server);
    status = tt_index_decisions(r->server->index, l.last, list_decision, &l, &error);
    server_unlock(r->server);
    if (status != TT_OK && status != TT_ESTOPPED)
        request_fail_library(r, &error);
    else
        buffer_printf(&r->answer, "],\"last\":%" PRIu64 ",\"more\":%s}\n", l.last,
                      status == TT_ESTOPPED ? "true" : "false");
}
