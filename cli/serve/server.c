#define _POSIX_C_SOURCE 200809L
#include "serve/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "terminal/progress.h"

static void init_queue(request_queue *q)
{
    (void)pthread_mutex_init(&q->mutex, NULL);
    (void)pthread_cond_init(&q->changed, NULL);
}

void server_init(server *s, const settings *given)
{
    pthread_condattr_t monotonic;
    s->settings = given;
    s->reader = given->reader;
    s->reader.threads = 1; /* several bodies are read at once */
    s->access_log = -1;
    (void)pthread_mutex_init(&s->turns.mutex, NULL);
    (void)pthread_cond_init(&s->turns.changed, NULL);
    (void)pthread_mutex_init(&s->token_mutex, NULL);
    (void)pthread_mutex_init(&s->count_mutex, NULL);
    (void)pthread_mutex_init(&s->writes.mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&s->writes.changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    init_queue(&s->readers);
    init_queue(&s->questions);
    events_init(&s->events);
    metrics_init(&s->metrics);
}

void server_free(server *s)
{
    if (s->access_log >= 0)
        (void)close(s->access_log);
    changes_free(&s->changes);
    free(s);
}

/* ==== The index =============================================================================== */

void server_lock(server *s)
{
    turns *t = &s->turns;
    uint64_t own;
    (void)pthread_mutex_lock(&t->mutex);
    own = t->next++;
    while (t->now != own)
        (void)pthread_cond_wait(&t->changed, &t->mutex);
    (void)pthread_mutex_unlock(&t->mutex);
}

void server_unlock(server *s)
{
    turns *t = &s->turns;
    (void)pthread_mutex_lock(&t->mutex);
    t->now++;
    (void)pthread_cond_broadcast(&t->changed);
    (void)pthread_mutex_unlock(&t->mutex);
}

/* ==== Counts ================================================================================== */

int server_claim_bytes(server *s, size_t size)
{
    int rc = 0;
    (void)pthread_mutex_lock(&s->count_mutex);
    if (s->body_bytes + size > s->queue_limit)
        rc = -1;
    else
        s->body_bytes += size;
    (void)pthread_mutex_unlock(&s->count_mutex);
    return rc;
}

void server_release_bytes(server *s, size_t size)
{
    (void)pthread_mutex_lock(&s->count_mutex);
    s->body_bytes -= size;
    (void)pthread_mutex_unlock(&s->count_mutex);
}

/* ==== Queues ================================================================================== */

void queue_push(request_queue *q, request *r)
{
    (void)pthread_mutex_lock(&q->mutex);
    r->next = NULL;
    if (q->last == NULL)
        q->first = r;
    else
        q->last->next = r;
    q->last = r;
    (void)pthread_cond_signal(&q->changed);
    (void)pthread_mutex_unlock(&q->mutex);
}

request *queue_pop(request_queue *q)
{
    request *r;
    (void)pthread_mutex_lock(&q->mutex);
    while (q->first == NULL && !q->is_closed)
        (void)pthread_cond_wait(&q->changed, &q->mutex);
    r = q->first;
    if (r != NULL)
        q->first = r->next;
    if (q->first == NULL)
        q->last = NULL;
    (void)pthread_mutex_unlock(&q->mutex);
    return r;
}

void queue_close(request_queue *q)
{
    (void)pthread_mutex_lock(&q->mutex);
    q->is_closed = 1;
    (void)pthread_cond_broadcast(&q->changed);
    (void)pthread_mutex_unlock(&q->mutex);
}

/* ==== The access log ========================================================================== */

int server_open_log(server *s)
{
    const char *path = s->settings->access_log;
    int fd, before, rc;
    if (path == NULL)
        return 0;
    rc = output_refuse_index(path);
    if (rc != 0)
        return rc;
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        return message_failure(NULL, "cannot write %s: %s", path, strerror(errno));
    (void)pthread_mutex_lock(&s->count_mutex);
    before = s->access_log;
    s->access_log = fd;
    (void)pthread_mutex_unlock(&s->count_mutex);
    if (before >= 0)
        (void)close(before);
    return 0;
}

void server_log(server *s, const request *r)
{
    buffer line = {0};
    struct timespec now;
    if (s->settings->access_log == NULL)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    buffer_text(&line, "{\"time\":");
    buffer_time(&line, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    buffer_text(&line, ",\"method\":");
    buffer_string(&line, r->method, strlen(r->method));
    buffer_text(&line, ",\"path\":");
    buffer_string(&line, r->uri, strlen(r->uri));
    buffer_text(&line, ",\"who\":");
    buffer_string(&line, r->who, strlen(r->who));
    buffer_printf(
        &line, ",\"status\":%d,\"received\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"seconds\":%.6f}\n",
        r->status, r->received, r->sent, seconds_now() - r->began);
    (void)pthread_mutex_lock(&s->count_mutex);
    if (!line.failed && s->access_log >= 0)
        (void)!write(s->access_log, line.bytes, line.size);
    (void)pthread_mutex_unlock(&s->count_mutex);
    buffer_free(&line);
}
