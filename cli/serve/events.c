#define _POSIX_C_SOURCE 200809L
#include "serve/events.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/answers.h"
#include "serve/find.h"
#include "serve/server.h"
#include "terminal/progress.h"

enum {
    MOST_LISTENERS = 512,
    PAGE_EVENTS = 256,
    PAGE_BYTES = 1 << 20,
    MOST_COMPARED = 1 << 18, /* bytes of a text that is compared to say what differs */
    PAGE_COMPARISONS = 16,   /* others wait for the index meanwhile */
    IDLE_SECONDS = 15        /* proxies close a connection on which nothing comes for long */
};

static const char idle_comment[] = ": nothing new\n\n";

void events_init(events *e)
{
    pthread_condattr_t monotonic;
    memset(e, 0, sizeof *e);
    (void)pthread_mutex_init(&e->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&e->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    e->ticks = 1;
}

void events_tick(events *e)
{
    (void)pthread_mutex_lock(&e->mutex);
    e->ticks++;
    (void)pthread_cond_signal(&e->changed);
    (void)pthread_mutex_unlock(&e->mutex);
}

int events_parse_place(const char *text, place *out)
{
    uint64_t numbers[4] = {0, 0, UINT64_MAX, 0};
    for (int k = 0; k < 4; k++) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return -1;
        errno = 0;
        numbers[k] = strtoull(text, &end, 10);
        if (errno != 0 || numbers[k] > INT64_MAX)
            return -1;
        text = end + (*end == '.' && k < 3);
        if (*end == '\0')
            break;
    }
    *out = (place){numbers[0], numbers[1], numbers[2], (int64_t)numbers[3]};
    return *text == '\0' ? 0 : -1;
}

static void write_place(buffer *out, const place *p)
{
    buffer_printf(out, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 ".%" PRId64, p->article, p->decision,
                  p->removal, p->time);
}

static int is_same_place(const place *x, const place *y)
{
    return x->article == y->article && x->decision == y->decision && x->removal == y->removal &&
           x->time == y->time;
}

/* ==== Pages =================================================================================== */

/* A page that is being filled. */
typedef struct filling {
    page *page;
    size_t events, comparisons;
    found_id id, of; /* of an article whose differences are to follow */
} filling;

static int is_full(const filling *f)
{
    return f->events >= PAGE_EVENTS || f->comparisons >= PAGE_COMPARISONS ||
           f->page->bytes.size >= PAGE_BYTES || f->page->bytes.failed;
}

static void begin_event(filling *f, const char *type)
{
    f->events++;
    buffer_text(&f->page->bytes, "id: ");
    write_place(&f->page->bytes, &f->page->end);
    buffer_printf(&f->page->bytes, "\nevent: %s\ndata: ", type);
}

static void pass_time(place *p, int64_t time)
{
    p->time = time > p->time ? time : p->time;
}

/* A tt_index_article_fn. It stops after an article that changes another one. */
static int append_article(void *ctx, const tt_index_article *article)
{
    filling *f = ctx;
    f->page->end.article = article->number;
    pass_time(&f->page->end, article->arrival);
    begin_event(f, "article");
    answer_article(&f->page->bytes, article);
    if (article->verdict != NULL && changes_is_change(article->verdict) && !article->withdrawn &&
        article->text_size <= MOST_COMPARED && find_keep_id(&article->id, &f->id) == 0 &&
        find_keep_id(&article->verdict->of, &f->of) == 0)
        return 1;
    buffer_text(&f->page->bytes, "\n\n");
    return is_full(f);
}

/* Says what differs between the article that was appended last and the one that it changes. */
static void append_differences(server *s, filling *f)
{
    buffer *out = &f->page->bytes;
    const buffer *known = changes_find(&s->changes, &f->id.id, &f->of.id);
    out->size--; /* the bracket that ends the article */
    if (known != NULL) {
        buffer_key(out, "differ");
        (void)buffer_write(out, known->bytes, known->size);
    } else {
        find_differences(s, &f->id.id, &f->of.id, MOST_COMPARED, out);
        f->comparisons++;
    }
    buffer_text(out, "}\n\n");
}

static tt_status append_articles(server *s, filling *f)
{
    tt_status status = TT_ESTOPPED;
    while (status == TT_ESTOPPED && !is_full(f)) {
        status = tt_index_list(s->index, 0, f->page->end.article, 0, append_article, f, NULL);
        if (f->of.bytes != NULL)
            append_differences(s, f);
        find_free(&f->id);
        find_free(&f->of);
        f->id = f->of = (found_id){0};
    }
    return status;
}

/* A tt_index_decision_fn. */
static int append_decision(void *ctx, const tt_index_decision *decision)
{
    filling *f = ctx;
    if (is_full(f))
        return 1;
    f->page->end.decision = decision->number;
    pass_time(&f->page->end, decision->time);
    begin_event(f, "decision");
    answer_decision(&f->page->bytes, decision);
    buffer_text(&f->page->bytes, "\n\n");
    return is_full(f);
}

/* A tt_index_removal_fn. */
static int append_removal(void *ctx, uint64_t removal, uint64_t article)
{
    filling *f = ctx;
    if (is_full(f) || removal != f->page->end.removal + 1)
        return 1;
    f->page->end.removal = removal;
    begin_event(f, "removed");
    buffer_printf(&f->page->bytes, "{\"number\":%" PRIu64 "}\n\n", article);
    return is_full(f);
}

/* What was heard no longer counts: everything follows. */
static void append_restart(filling *f, uint64_t removal, const char *reason)
{
    f->page->end = (place){.removal = removal};
    begin_event(f, "restart");
    buffer_text(&f->page->bytes, "{\"reason\":");
    buffer_string(&f->page->bytes, reason, strlen(reason));
    buffer_text(&f->page->bytes, "}\n\n");
}

/* What is new goes first, so that an article has come before it is removed or decided about. */
static tt_status fill_page(server *s, filling *f)
{
    tt_index_progress now;
    tt_status status = tt_index_progress_get(s->index, &now, NULL);
    if (status == TT_OK)
        status = append_articles(s, f);
    if (status == TT_OK)
        status = tt_index_decisions(s->index, f->page->end.decision, append_decision, f, NULL);
    if (status == TT_OK)
        status = tt_index_removals(s->index, f->page->end.removal, append_removal, f, NULL);
    if ((status == TT_OK || status == TT_ESTOPPED) && f->events == 0 &&
        f->page->end.removal < now.removal)
        append_restart(f, now.removal, "more was removed than the index remembers");
    return status;
}

/* A tt_index_article_fn. */
static int take_arrival(void *ctx, const tt_index_article *article)
{
    *(int64_t *)ctx = article->arrival;
    return 0;
}

/* A tt_index_decision_fn. */
static int take_time(void *ctx, const tt_index_decision *decision)
{
    *(int64_t *)ctx = decision->time;
    return 1;
}

/* When the last article and the last decision came until a place, or before. */
static int64_t time_at(server *s, const place *p)
{
    int64_t arrival = 0, decided = 0;
    if (p->article > 0)
        (void)!tt_index_list(s->index, TT_LIST_NEWEST_FIRST, p->article + 1, 1, take_arrival,
                             &arrival, NULL);
    if (p->decision > 0)
        (void)!tt_index_decisions(s->index, p->decision - 1, take_time, &decided, NULL);
    return arrival > decided ? arrival : decided;
}

/* Where everything that there is has been heard. The caller has the index. */
static place last_place(server *s)
{
    tt_index_progress now = {0};
    place p;
    (void)!tt_index_progress_get(s->index, &now, NULL);
    p = (place){now.article, now.decision, now.removal, 0};
    p.time = time_at(s, &p);
    return p;
}

void events_write_last(server *s, buffer *out)
{
    const place p = last_place(s);
    write_place(out, &p);
}

/* Whether a place that a client says is one of this index, as it is now. */
static int is_place(server *s, place *p)
{
    const place last = last_place(s);
    const int knows_removals = p->removal != UINT64_MAX;
    if (!knows_removals)
        p->removal = last.removal;
    return p->article <= last.article && p->decision <= last.decision &&
           p->removal <= last.removal && (p->time == 0 || time_at(s, p) <= p->time);
}

/* What follows a place; `checks`: if it is one. @return NULL: nothing is new, or out of memory */
static page *make_page(server *s, place *from, int checks)
{
    page *p = calloc(1, sizeof *p);
    filling f = {.page = p};
    tt_status status = TT_OK;
    if (p == NULL)
        return NULL;
    server_lock(s);
    if (checks && !is_place(s, from))
        append_restart(&f, last_place(s).removal, "the place is not of this index, as it is now");
    if (f.events == 0) {
        p->end = *from;
        status = fill_page(s, &f);
    }
    server_unlock(s);
    if (f.events > 0 && !p->bytes.failed && (status == TT_OK || status == TT_ESTOPPED))
        return p;
    buffer_free(&p->bytes);
    free(p);
    return NULL;
}

static void release_page(page *p)
{
    if (p == NULL || --p->shared > 0)
        return;
    buffer_free(&p->bytes);
    free(p);
}

/* ==== The thread ============================================================================== */

static void resume(listener *l)
{
    if (!l->is_suspended)
        return;
    l->is_suspended = 0;
    MHD_resume_connection(l->connection);
}

/* A listener that waits for a page, and for whom there may be something new. */
static listener *find_waiting(const events *e)
{
    for (listener *l = e->listeners; l != NULL; l = l->next)
        if (l->is_suspended && l->page == NULL && l->seen < e->ticks)
            return l;
    return NULL;
}

/* Gives all who wait at a place what follows it; p NULL: nothing. */
static void give_page(events *e, const place *from, uint64_t tick, page *p)
{
    for (listener *l = e->listeners; l != NULL; l = l->next) {
        if (!l->is_suspended || l->page != NULL || l->is_new || l->is_unchecked ||
            !is_same_place(&l->at, from))
            continue;
        if (p == NULL) {
            l->seen = tick;
            continue;
        }
        l->page = p;
        l->sent = 0;
        p->shared++;
        resume(l);
    }
}

/* Those who have said no place, or one that was not looked at yet, get theirs. */
static void set_places(events *e, int is_new, int is_unchecked, const place *said, const place *at)
{
    for (listener *l = e->listeners; l != NULL; l = l->next)
        if (l->is_suspended && ((is_new && l->is_new) ||
                                (is_unchecked && l->is_unchecked && is_same_place(&l->at, said)))) {
            l->is_new = l->is_unchecked = 0;
            l->at = *at;
        }
}

/* Those on whose connection nothing came for a while get a sign that it is still there. */
static void wake_idle(events *e)
{
    const double now = seconds_now();
    for (listener *l = e->listeners; l != NULL; l = l->next)
        if (now - l->last_read > IDLE_SECONDS)
            resume(l);
}

static void wait_a_second(events *e)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    (void)pthread_cond_timedwait(&e->changed, &e->mutex, &until);
}

/* Finds out what follows the place of a listener, and gives it to all who are there. */
static void serve_listener(server *s, events *e, const listener *first)
{
    const uint64_t tick = e->ticks;
    const int is_new = first->is_new, is_unchecked = first->is_unchecked;
    const place said = first->at;
    place from = said;
    page *p;
    (void)pthread_mutex_unlock(&e->mutex);
    if (is_new) {
        server_lock(s);
        from = last_place(s);
        server_unlock(s);
    }
    p = is_new ? NULL : make_page(s, &from, is_unchecked);
    (void)pthread_mutex_lock(&e->mutex);
    set_places(e, is_new, is_unchecked, &said, &from);
    give_page(e, &from, tick, p);
    if (p != NULL && p->shared == 0) {
        p->shared = 1;
        release_page(p);
    }
}

void *events_run(void *ctx)
{
    server *s = ctx;
    events *e = &s->events;
    (void)pthread_mutex_lock(&e->mutex);
    while (!e->is_closed) {
        const listener *l = find_waiting(e);
        wake_idle(e);
        if (l == NULL)
            wait_a_second(e);
        else
            serve_listener(s, e, l);
    }
    for (listener *l = e->listeners; l != NULL; l = l->next)
        resume(l);
    (void)pthread_mutex_unlock(&e->mutex);
    return NULL;
}

void events_close(events *e)
{
    (void)pthread_mutex_lock(&e->mutex);
    e->is_closed = 1;
    (void)pthread_cond_signal(&e->changed);
    (void)pthread_mutex_unlock(&e->mutex);
}

/* ==== Listeners =============================================================================== */

listener *events_listen(events *e, struct MHD_Connection *connection, const place *from)
{
    listener *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    *l = (listener){.connection = connection,
                    .last_read = seconds_now(),
                    .is_new = from == NULL,
                    .is_unchecked = from != NULL};
    if (from != NULL)
        l->at = *from;
    (void)pthread_mutex_lock(&e->mutex);
    if (e->is_closed || e->count == MOST_LISTENERS) {
        (void)pthread_mutex_unlock(&e->mutex);
        free(l);
        return NULL;
    }
    l->next = e->listeners;
    e->listeners = l;
    e->count++;
    (void)pthread_mutex_unlock(&e->mutex);
    return l;
}

static int64_t read_page(listener *l, char *to, size_t room)
{
    const page *p = l->page;
    const size_t left = p->bytes.size - l->sent, size = left < room ? left : room;
    memcpy(to, p->bytes.bytes + l->sent, size);
    l->sent += size;
    if (size == left) {
        l->at = p->end;
        release_page(l->page);
        l->page = NULL;
        l->seen = 0; /* there may be more */
    }
    return (int64_t)size;
}

int64_t events_read(events *e, listener *l, char *to, size_t room)
{
    const double now = seconds_now();
    int64_t size = 0;
    (void)pthread_mutex_lock(&e->mutex);
    if (l->page != NULL) {
        size = read_page(l, to, room);
    } else if (e->is_closed) {
        size = -1;
    } else if (now - l->last_read > IDLE_SECONDS && room >= sizeof idle_comment) {
        size = sizeof idle_comment - 1;
        memcpy(to, idle_comment, (size_t)size);
    }
    if (size != 0) {
        l->last_read = now;
    } else {
        l->is_suspended = 1;
        MHD_suspend_connection(l->connection);
        (void)pthread_cond_signal(&e->changed);
    }
    (void)pthread_mutex_unlock(&e->mutex);
    return size;
}

void events_leave(events *e, listener *l)
{
    listener **at = &e->listeners;
    (void)pthread_mutex_lock(&e->mutex);
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    e->count--;
    release_page(l->page);
    (void)pthread_mutex_unlock(&e->mutex);
    free(l);
}
