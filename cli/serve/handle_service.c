#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "serve/handlers.h"
#include "serve/live_page.h"
#include "serve/server.h"

void handle_page(request *r)
{
    r->status = 200;
    r->type = "text/html; charset=utf-8";
    r->policy = live_page_policy;
    r->fixed = live_page;
    r->fixed_size = live_page_size;
}

void handle_openapi(request *r)
{
    r->status = 200;
    r->type = "application/json";
    r->fixed = openapi_file;
    r->fixed_size = openapi_file_size;
}

void handle_health(request *r)
{
    r->type = "application/json";
    if (metrics_is_failing(&r->server->metrics)) {
        request_fail(r, 503, NULL, "the last articles could not be stored");
        return;
    }
    r->status = 200;
    buffer_text(&r->answer, "{\"status\":\"ok\"}\n");
}

void handle_version(request *r)
{
    r->status = 200;
    r->type = "application/json";
    buffer_printf(&r->answer, "{\"name\":\"twicetold\",\"version\":\"%s\"}\n", tt_version_string());
}

static uint64_t memory_of_process(void)
{
    unsigned long long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL || fscanf(f, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    if (f != NULL)
        (void)fclose(f);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

void handle_metrics(request *r)
{
    server *s = r->server;
    metrics_now now = {.memory_bytes = memory_of_process()};
    server_lock(s);
    now.articles = tt_index_count(s->index);
    server_unlock(s);
    (void)pthread_mutex_lock(&s->writes.mutex);
    now.queue_articles = s->writes.articles;
    (void)pthread_mutex_unlock(&s->writes.mutex);
    (void)pthread_mutex_lock(&s->count_mutex);
    now.body_bytes = s->body_bytes;
    (void)pthread_mutex_unlock(&s->count_mutex);
    (void)pthread_mutex_lock(&s->events.mutex);
    now.listeners = s->events.count;
    (void)pthread_mutex_unlock(&s->events.mutex);
    r->status = 200;
    r->type = "text/plain; version=0.0.4";
    metrics_write(&s->metrics, &now, &r->answer);
}
