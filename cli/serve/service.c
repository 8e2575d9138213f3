/*
 * The service from its start to its end: it begins the threads, waits for signals, and then stops
 * to accept requests, answers those that there are, and closes the index.
 */
#define _POSIX_C_SOURCE 200809L
#include "serve/service.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "serve/auth.h"
#include "serve/http.h"
#include "serve/workers.h"
#include "terminal/progress.h"

enum { DRAIN_SECONDS = 30 };

static const uint64_t USUAL_BODY = 64 << 20, USUAL_QUEUE = 256 << 20;
static const int64_t USUAL_REQUEST_TIME = 30000000;
static const uint32_t USUAL_CONNECTIONS = 1024;

/* A tt_verdict_fn. */
static int take_none(void *ctx, const tt_verdict *verdicts, size_t count)
{
    (void)ctx;
    (void)verdicts;
    (void)count;
    return 0;
}

/* An index that is made here keeps its texts, which the page shows. */
static int open_index(server *s)
{
    tt_options options = s->settings->engine;
    const char *path = s->settings->inputs[0];
    const tt_article none = {0};
    tt_error error = {0};
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        options.keep_text = 1;
        if (tt_index_create(path, &options, &error) != TT_OK)
            return failure_library(&error, ABOUT_CREATION);
    }
    options.keep_text = 0;
    if (tt_index_open(&s->index, path, 0, &options, &error) != TT_OK ||
        tt_index_sources(s->index, s->settings->sources, s->settings->prefer, &error) != TT_OK ||
        tt_index_query(s->index, &none, 0, NULL, take_none, NULL, &error) != TT_OK)
        return failure_library(&error, ABOUT_INDEX);
    return 0;
}

/* ==== Signals ================================================================================= */

static sigset_t own_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    return set;
}

/* A second signal does not wait. */
static void drain(server *s)
{
    const sigset_t set = own_signals();
    const struct timespec pause = {0, 20000000};
    const double deadline = seconds_now() + DRAIN_SECONDS;
    http_drain(s);
    events_close(&s->events);
    while (http_pending(s) > 0 && seconds_now() < deadline &&
           sigtimedwait(&set, NULL, &pause) != SIGTERM)
        http_sweep(s);
}

static void run_until_signal(server *s)
{
    const sigset_t set = own_signals();
    const struct timespec second = {1, 0};
    for (;;) {
        const int signal = sigtimedwait(&set, NULL, &second);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        if (signal == SIGHUP) {
            (void)server_open_log(s);
            (void)auth_read_token(s);
        }
        http_sweep(s);
    }
}

/* ============================================================================================= */

static int serve(server *s)
{
    char where[200];
    int rc = workers_start(s);
    if (rc == 0)
        rc = http_start(s, where, sizeof where);
    if (rc == 0) {
        if (!s->settings->quiet)
            message_line("serving %s on %s", s->settings->inputs[0], where);
        run_until_signal(s);
        if (!s->settings->quiet)
            message_line("ending");
        drain(s);
    }
    workers_stop(s);
    http_stop(s);
    return rc;
}

int service_run(const settings *given)
{
    settings own = *given;
    server *s = calloc(1, sizeof *s);
    const sigset_t set = own_signals();
    int rc;
    if (s == NULL)
        return failure_memory();
    if (own.request_time == 0)
        own.request_time = USUAL_REQUEST_TIME;
    if (own.most_connections == 0)
        own.most_connections = USUAL_CONNECTIONS;
    server_init(s, &own);
    s->body_limit = own.most_body == 0 ? USUAL_BODY : own.most_body;
    s->queue_limit = own.most_queue == 0 ? USUAL_QUEUE : own.most_queue;
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* for all threads */
    (void)signal(SIGPIPE, SIG_IGN);
    rc = auth_read_token(s);
    if (rc == 0)
        rc = server_open_log(s);
    if (rc == 0)
        rc = open_index(s);
    if (rc == 0)
        rc = serve(s);
    tt_index_close(s->index);
    server_free(s);
    return rc;
}
