#define _POSIX_C_SOURCE 200809L
#include "serve/events.h"

#include <ctype.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/answers.h"
#include "serve/server.h"
#include "terminal/progress.h"

enum {
    MOST_LISTENERS = 512,
    PAGE_EVENTS = 256,
    PAGE_BYTES = 1 << 20,
    IDLE_SECONDS = 15 /* proxies close a connection on which nothing comes for long */
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
    char *end;
    if (!isdigit((unsigned char)*text))
        return -1;
    out->article = strtoull(text, &end, 10);
    out->decision = 0;
    if (*end == '.' && isdigit((unsigned char)end[1]))
        out->decision = strtoull(end + 1, &end, 10);
    return *end == '\0' ? 0 : -1;
}

/* ==== Pages =================================================================================== */

/* A page that is being filled. */
typedef struct filling {
    page *page;
    size_t events;
} filling;

static int is_full(const filling *f)
{
    return f->events >= PAGE_EVENTS || f->page->bytes.size >= PAGE_BYTES || f->page->bytes.failed;
}

static void begin_event(filling *f, const char *type)
{
    f->events++;
    buffer_printf(&f->page->bytes,
                  "id: %" PRIu64 ".%" PRIu64 "\nevent: %s\ndata: ", f->page->end.article,
                  f->page->end.decision, type);
}

/* A tt_index_article_fn. */
static int append_article(void *ctx, const tt_index_article *article)
{
    filling *f = ctx;
    f->page->end.article = article->number;
    begin_event(f, "article");
    answer_article(&f->page->bytes, article);
    buffer_text(&f->page->bytes, "\n\n");
    return is_full(f);
}

/* A tt_index_decision_fn. */
static int append_decision(void *ctx, const tt_index_decision *decision)
{
    filling *f = ctx;
    if (is_full(f))
        return 1;
    f->page->end.decision = decision->number;
    begin_event(f, "decision");
    answer_decision(&f->page->bytes, decision);
    buffer_text(&f->page->bytes, "\n\n");
    return is_full(f);
}

/* @return NULL: nothing is new, or out of memory */
static page *make_page(server *s, place from)
{
    page *p = calloc(1, sizeof *p);
    filling f = {p, 0};
    tt_status status;
    if (p == NULL)
        return NULL;
    p->end = from;
    server_lock(s);
    status = tt_index_list(s->index, 0, from.article, 0, append_article, &f, NULL);
    if (status == TT_OK || status == TT_ESTOPPED)
        status = tt_index_decisions(s->index, from.decision, append_decision, &f, NULL);
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

/* A tt_index_article_fn. */
static int take_number(void *ctx, const tt_index_article *article)
{
    *(uint64_t *)ctx = article->number;
    return 0;
}

/* Where everything that there is has been heard. */
static place last_place(server *s)
{
    place p = {0, 0};
    server_lock(s);
    (void)!tt_index_list(s->index, TT_LIST_NEWEST_FIRST, 0, 1, take_number, &p.article, NULL);
    p.decision = s->last_decision;
    server_unlock(s);
    return p;
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
static void give_page(events *e, place from, uint64_t tick, page *p)
{
    for (listener *l = e->listeners; l != NULL; l = l->next) {
        if (!l->is_suspended || l->page != NULL || l->is_new || l->at.article != from.article ||
            l->at.decision != from.decision)
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

static void place_new(events *e, place at, uint64_t tick)
{
    for (listener *l = e->listeners; l != NULL; l = l->next)
        if (l->is_new && l->is_suspended) {
            l->is_new = 0;
            l->at = at;
            l->seen = tick;
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

void *events_run(void *ctx)
{
    server *s = ctx;
    events *e = &s->events;
    (void)pthread_mutex_lock(&e->mutex);
    while (!e->is_closed) {
        const listener *l = find_waiting(e);
        const uint64_t tick = e->ticks;
        const int is_new = l != NULL && l->is_new;
        place from;
        page *p = NULL;
        wake_idle(e);
        if (l == NULL) {
            wait_a_second(e);
            continue;
        }
        from = l->at;
        (void)pthread_mutex_unlock(&e->mutex);
        if (is_new)
            from = last_place(s);
        else
            p = make_page(s, from);
        (void)pthread_mutex_lock(&e->mutex);
        if (is_new)
            place_new(e, from, tick);
        else
            give_page(e, from, tick, p);
        if (p != NULL && p->shared == 0) {
            p->shared = 1;
            release_page(p);
        }
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
    *l = (listener){.connection = connection, .last_read = seconds_now(), .is_new = from == NULL};
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
