/*
 * Articles of all requests that wait are committed together. A request with many articles gives a
 * slice of them to each commit, so that one with few does not wait for all of them.
 */
#define _POSIX_C_SOURCE 200809L
#include "serve/writer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "serve/server.h"
#include "terminal/progress.h"
#include "util/id.h"

enum {
    MOST_ARTICLES = 4096, /* of one commit */
    SLICE = 512,          /* articles of one request in it, while others wait */
    MOST_BYTES = 16 << 20 /* of text in one commit, but for its first article */
};

/* Articles [begin, end) of a request, at a place in a commit. */
typedef struct slice {
    submission *from;
    size_t begin, end, at;
} slice;

/* One commit. */
typedef struct commit {
    server *server;
    slice slices[MOST_ARTICLES];
    size_t slice_count;
    tt_article articles[MOST_ARTICLES];
    tt_status statuses[MOST_ARTICLES];
    char *earlier[MOST_ARTICLES]; /* texts of the versions in the index, or NULL */
    size_t count, bytes;
    int is_added; /* they are on the disk, and not only asked about */
} commit;

/* ==== The queue =============================================================================== */

static void append_submission(write_queue *q, submission *x)
{
    x->next = NULL;
    if (q->last == NULL)
        q->first = x;
    else
        q->last->next = x;
    q->last = x;
}

void writer_submit(server *s, submission *articles)
{
    write_queue *q = &s->writes;
    (void)pthread_mutex_lock(&q->mutex);
    append_submission(q, articles);
    q->articles += articles->article_count;
    articles->since = seconds_now();
    (void)pthread_cond_signal(&q->changed);
    (void)pthread_mutex_unlock(&q->mutex);
}

void writer_close(server *s)
{
    write_queue *q = &s->writes;
    (void)pthread_mutex_lock(&q->mutex);
    q->is_closed = 1;
    (void)pthread_cond_signal(&q->changed);
    (void)pthread_mutex_unlock(&q->mutex);
}

/* Takes as many articles of a request as the commit has room for. */
static void take_slice(commit *c, submission *x, size_t taken, size_t most)
{
    slice *s = &c->slices[c->slice_count];
    *s = (slice){x, taken, taken, c->count};
    while (s->end < x->article_count && s->end - s->begin < most && c->count < MOST_ARTICLES &&
           (c->count == 0 || c->bytes + x->articles[s->end].text_size <= MOST_BYTES)) {
        c->bytes += x->articles[s->end].text_size;
        c->articles[c->count++] = x->articles[s->end++];
    }
    c->slice_count += s->end > s->begin;
}

/* Fills a commit from the requests that wait, in their order; then those with many articles give
 * more. The queue is locked. */
static void fill_commit(write_queue *q, commit *c)
{
    c->slice_count = c->count = c->bytes = 0;
    for (submission *x = q->first; x != NULL && c->count < MOST_ARTICLES; x = x->next)
        take_slice(c, x, x->done, x == q->last ? MOST_ARTICLES : SLICE);
}

static void wait_until(write_queue *q, double deadline)
{
    const double left = deadline - seconds_now();
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)left;
    at.tv_nsec += (long)((left - (double)(time_t)left) * 1e9);
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    (void)pthread_cond_timedwait(&q->changed, &q->mutex, &at);
}

/* Waits for articles and, with --commit-every, for more of them. @return 0: the queue was closed
 * and is empty */
static int next_commit(server *s, commit *c)
{
    write_queue *q = &s->writes;
    const double gather = (double)s->settings->commit_every * 1e-6;
    int found;
    (void)pthread_mutex_lock(&q->mutex);
    while (q->first == NULL && !q->is_closed)
        (void)pthread_cond_wait(&q->changed, &q->mutex);
    while (gather > 0 && q->first != NULL && !q->is_closed && q->articles < MOST_ARTICLES &&
           seconds_now() < q->first->since + gather)
        wait_until(q, q->first->since + gather);
    found = q->first != NULL;
    if (found)
        fill_commit(q, c);
    (void)pthread_mutex_unlock(&q->mutex);
    return found;
}

/* Takes the requests that have all their verdicts out of the queue. @return them, or NULL */
static submission *take_finished(write_queue *q)
{
    write_queue left = {0};
    submission *finished = NULL, **last = &finished;
    (void)pthread_mutex_lock(&q->mutex);
    q->articles = 0;
    for (submission *x = q->first, *next; x != NULL; x = next) {
        next = x->next;
        if (x->done < x->article_count) {
            append_submission(&left, x);
            q->articles += x->article_count - x->done;
            continue;
        }
        x->next = NULL;
        *last = x;
        last = &x->next;
    }
    q->first = left.first;
    q->last = left.last;
    (void)pthread_mutex_unlock(&q->mutex);
    return finished;
}

/* ==== One commit ============================================================================== */

/* The slice that has an article of the commit; they ascend. */
static const slice *find_slice(const commit *c, size_t article)
{
    size_t i = 0;
    while (i + 1 < c->slice_count && c->slices[i + 1].at <= article)
        i++;
    return &c->slices[i];
}

/* ==== Versions ================================================================================ */

/* A copy of the text of an article, or NULL. */
static char *copy_text_of(tt_index *index, const tt_id *id)
{
    tt_index_article found;
    return id->size > 0 && tt_index_get(index, id, &found, NULL) == TT_OK && found.number != 0 &&
                   found.text != NULL
               ? memory_copy(found.text, found.text_size)
               : NULL;
}

/* Copies the texts of the versions whose place the articles will take, for what they change. */
static void copy_earlier(commit *c)
{
    tt_index *index = c->server->index;
    if (!tt_index_options(index)->keep_text)
        return;
    for (size_t i = 0; i < c->count; i++) {
        const tt_article *a = &c->articles[i];
        const tt_id id = tti_id_of(a);
        c->earlier[i] = copy_text_of(index, &id);
        if (c->earlier[i] == NULL)
            c->earlier[i] = copy_text_of(index, &a->replacing);
    }
}

static void free_earlier(commit *c)
{
    if (tt_index_options(c->server->index)->keep_text)
        for (size_t i = 0; i < c->count; i++)
            free(c->earlier[i]);
}

/* Whether the commit has an article with this id before another one: then that is the version
 * before, or is none. */
static int is_repeated(const commit *c, const tt_id *id, size_t article)
{
    for (size_t i = 0; i < article; i++)
        if (c->articles[i].id_size == id->size &&
            memcmp(c->articles[i].id, id->bytes, id->size) == 0)
            return 1;
    return 0;
}

static void note_version(commit *c, const tt_verdict *v, size_t article)
{
    if (tt_index_options(c->server->index)->keep_text && c->earlier[article] != NULL &&
        changes_is_version(v, &c->articles[article].replacing) && !is_repeated(c, &v->of, article))
        changes_note(&c->server->changes, v, c->articles[article].text, c->earlier[article]);
}

/* A tt_verdict_fn. */
static int take_verdicts(void *ctx, const tt_verdict *verdicts, size_t count)
{
    commit *c = ctx;
    metrics *m = &c->server->metrics;
    for (size_t i = 0; i < count; i++) {
        const size_t at = (size_t)verdicts[i].article;
        const slice *s = find_slice(c, at);
        submission *x = s->from;
        outcome *o = &x->outcomes[x->outcome_of[s->begin + at - s->at]];
        o->begin = x->lines.size;
        if (tt_verdict_write(&verdicts[i], buffer_write, &x->lines) != TT_OK)
            x->lines.failed = 1;
        o->end = x->lines.size;
        if (!c->is_added)
            continue;
        metrics_add(m, &m->verdicts[verdicts[i].kind], 1);
        note_version(c, &verdicts[i], at);
    }
    return 0;
}

static void reject_refused(const commit *c)
{
    char reason[200];
    for (size_t k = 0; k < c->slice_count; k++) {
        const slice *s = &c->slices[k];
        for (size_t i = s->begin; i < s->end; i++) {
            const tt_status status = c->statuses[s->at + i - s->begin];
            if (status == TT_OK)
                continue;
            tt_article_refusal(&s->from->articles[i], status, reason, sizeof reason);
            ingest_reject(s->from, s->from->outcome_of[i], reason);
        }
        s->from->done += s->end - s->begin;
    }
}

/* The requests of a commit that failed are answered; what they have in the index stays. */
static void fail_requests(const commit *c, const tt_error *error)
{
    for (size_t k = 0; k < c->slice_count; k++) {
        submission *x = c->slices[k].from;
        request_fail(x->request, 503,
                     "send the request again; what of it is there already changes nothing",
                     "the articles could not be stored: %s", error->message);
        x->request->retry_after = 5;
        x->done = x->article_count;
    }
}

static void expire_window(server *s)
{
    const int64_t window = s->settings->window, newest = tt_index_newest(s->index);
    uint64_t removed = 0;
    if (window > 0 && newest != TT_NO_TIME &&
        tt_index_expire(s->index, newest - window, &removed, NULL) == TT_OK && removed > 0)
        metrics_add(&s->metrics, &s->metrics.removed, removed);
}

static void run_commit(server *s, commit *c)
{
    const double began = seconds_now();
    metrics *m = &s->metrics;
    tt_error error = {0};
    tt_status status = TT_OK;
    c->server = s;
    c->is_added = 1;
    server_lock(s);
    copy_earlier(c);
    if (c->count > 0)
        status =
            tt_index_add(s->index, c->articles, c->count, c->statuses, take_verdicts, c, &error);
    if (status == TT_OK)
        expire_window(s);
    free_earlier(c);
    server_unlock(s);
    if (status == TT_OK)
        reject_refused(c);
    else
        fail_requests(c, &error);
    events_tick(&s->events);
    metrics_time(m, &m->commit_time, seconds_now() - began);
    metrics_commit(m, status == TT_OK);
}

/* Answers a request whose articles are done. */
static void answer(server *s, submission *x)
{
    if (x->request->status == 0)
        ingest_answer(x);
    metrics_time(&s->metrics, &s->metrics.verdict_time, seconds_now() - x->request->began);
    request_finish(x->request);
    ingest_free(x);
}

void *writer_run(void *ctx)
{
    server *s = ctx;
    commit *c = malloc(sizeof *c);
    if (c == NULL)
        abort(); /* the service has begun only now */
    while (next_commit(s, c)) {
        submission *finished;
        run_commit(s, c);
        finished = take_finished(&s->writes);
        for (submission *next; finished != NULL; finished = next) {
            next = finished->next;
            answer(s, finished);
        }
    }
    free(c);
    return NULL;
}

/* ==== Questions =============================================================================== */

void writer_query(server *s, submission *x)
{
    commit *c = calloc(1, sizeof *c);
    tt_error error = {0};
    tt_status status = TT_OK;
    if (c == NULL)
        request_fail(x->request, 503, NULL, "out of memory");
    while (c != NULL && status == TT_OK && x->done < x->article_count) {
        c->server = s;
        c->slice_count = c->count = c->bytes = 0;
        take_slice(c, x, x->done, SLICE);
        server_lock(s);
        status =
            tt_index_query(s->index, c->articles, c->count, c->statuses, take_verdicts, c, &error);
        server_unlock(s);
        if (status == TT_OK)
            reject_refused(c);
        else
            request_fail_library(x->request, &error);
    }
    free(c);
    answer(s, x);
}
