/*
 * One thread receives all bodies and sends all answers; it waits for no disk and for no other
 * thread. A request that takes time is suspended and handed to a worker. Every connection has a
 * time until which it must have sent its request, or taken its answer, so that a slow client ends
 * by the clock and not by its own doing: microhttpd's timeout begins again with each byte.
 */
#define _DEFAULT_SOURCE
#include "serve/http.h"

#include <inttypes.h>
#include <linux/sockios.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failure.h"
#include "serve/auth.h"
#include "serve/listen.h"
#include "serve/routes.h"
#include "terminal/progress.h"

enum {
    CONNECTION_MEMORY = 32 << 10, /* for the headers */
    STREAM_BLOCK = 8 << 10,
    STREAM_SECONDS = 60,    /* in which a listener must take something */
    BYTES_A_SECOND = 100000 /* that a long body takes its time for, at the slowest */
};

typedef enum phase { PHASE_IDLE, PHASE_REQUEST, PHASE_WORK, PHASE_ANSWER, PHASE_STREAM } phase;

/* A connection of a client. */
typedef struct connection {
    int fd;
    phase phase;
    double since;   /* when the phase began; of a stream, when it last took something */
    uint64_t bytes; /* received, or to be sent, in this phase */
    int unsent;     /* bytes that the client has not taken, as they were last counted */
    double moved;   /* when that number last changed */
    struct connection *before, *after;
} connection;

struct http {
    struct MHD_Daemon *daemon;
    listening at;
    pthread_mutex_t mutex; /* of what follows */
    connection *connections;
    size_t pending; /* requests that are not answered */
    int is_draining;
};

/* A listener and its connection. */
typedef struct stream {
    server *server;
    listener *listener;
    connection *connection;
} stream;

/* ==== Connections ============================================================================= */

static connection *connection_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void enter_phase(server *s, connection *c, phase next, uint64_t bytes)
{
    if (c == NULL)
        return;
    (void)pthread_mutex_lock(&s->http->mutex);
    c->phase = next;
    c->since = c->moved = seconds_now();
    c->bytes = bytes;
    (void)pthread_mutex_unlock(&s->http->mutex);
}

/* An MHD_NotifyConnectionCallback. */
static void notify_connection(void *cls, struct MHD_Connection *connection_, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    server *s = cls;
    struct http *h = s->http;
    connection *c = *context;
    const union MHD_ConnectionInfo *info;
    (void)pthread_mutex_lock(&h->mutex);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        info = MHD_get_connection_info(connection_, MHD_CONNECTION_INFO_CONNECTION_FD);
        c = calloc(1, sizeof *c);
        if (c != NULL && info != NULL) {
            *c = (connection){
                .fd = info->connect_fd, .since = seconds_now(), .after = h->connections};
            if (c->after != NULL)
                c->after->before = c;
            h->connections = c;
        }
        *context = c;
    } else if (c != NULL) {
        if (c->after != NULL)
            c->after->before = c->before;
        if (c->before != NULL)
            c->before->after = c->after;
        else
            h->connections = c->after;
        free(c);
        *context = NULL;
    }
    (void)pthread_mutex_unlock(&h->mutex);
}

/* How long a connection may be in its phase, 0: as long as it takes. */
static double time_allowed(const server *s, const connection *c)
{
    const double limit = (double)s->settings->request_time * 1e-6;
    switch (c->phase) {
    case PHASE_WORK: return 0;
    case PHASE_STREAM: return STREAM_SECONDS;
    default: return limit + (double)c->bytes / BYTES_A_SECOND;
    }
}

/* Whether a client takes nothing of what it is sent. */
static int is_stuck(const server *s, connection *c, double now)
{
    int unsent = 0;
    if (c->phase != PHASE_ANSWER || ioctl(c->fd, SIOCOUTQ, &unsent) != 0 || unsent == 0 ||
        unsent != c->unsent) {
        c->unsent = unsent;
        c->moved = now;
        return 0;
    }
    return now - c->moved > (double)s->settings->request_time * 1e-6;
}

/* Whether a client has gone: microhttpd does not see an end that came together with bytes. */
static int is_gone(const connection *c)
{
    char byte;
    return c->phase != PHASE_WORK && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void http_sweep(server *s)
{
    const double now = seconds_now();
    (void)pthread_mutex_lock(&s->http->mutex);
    for (connection *c = s->http->connections; c != NULL; c = c->after) {
        const double allowed = time_allowed(s, c);
        if ((allowed > 0 && now - c->since > allowed) || is_stuck(s, c, now) || is_gone(c))
            (void)shutdown(c->fd, SHUT_RDWR);
    }
    (void)pthread_mutex_unlock(&s->http->mutex);
}

static const char *header(const request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

/* ==== Answers ================================================================================= */

static void add_headers(const request *r, struct MHD_Response *response)
{
    char seconds[16];
    (void)MHD_add_response_header(response, "Content-Type", r->type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    (void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    (void)MHD_add_response_header(response, "X-Frame-Options", "DENY");
    (void)MHD_add_response_header(response, "Content-Security-Policy",
                                  r->policy != NULL ? r->policy
                                                    : "default-src 'none'; frame-ancestors 'none'");
    if (r->retry_after > 0) {
        (void)snprintf(seconds, sizeof seconds, "%d", r->retry_after);
        (void)MHD_add_response_header(response, "Retry-After", seconds);
    }
    if (r->allow[0] != '\0')
        (void)MHD_add_response_header(response, "Allow", r->allow);
    if (r->status == 401) {
        (void)MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
        (void)MHD_add_response_header(response, "WWW-Authenticate",
                                      "Basic realm=\"twicetold\", charset=\"UTF-8\"");
    }
}

static int is_draining(server *s)
{
    int is_so;
    (void)pthread_mutex_lock(&s->http->mutex);
    is_so = s->http->is_draining;
    (void)pthread_mutex_unlock(&s->http->mutex);
    return is_so;
}

static enum MHD_Result send_answer(request *r)
{
    server *s = r->server;
    struct MHD_Response *response;
    enum MHD_Result result;
    if (r->answer.failed)
        request_fail(r, 503, NULL, "out of memory");
    r->sent = r->fixed != NULL ? r->fixed_size : r->answer.size;
    response = r->fixed != NULL ? MHD_create_response_from_buffer(r->fixed_size, (void *)r->fixed,
                                                                  MHD_RESPMEM_PERSISTENT)
                                : MHD_create_response_from_buffer(r->answer.size, r->answer.bytes,
                                                                  MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        return MHD_NO;
    r->answer = (buffer){0};
    add_headers(r, response);
    if (r->closes || is_draining(s))
        (void)MHD_add_response_header(response, "Connection", "close");
    enter_phase(s, connection_of(r->connection), PHASE_ANSWER, r->sent);
    r->state = REQUEST_ANSWERED;
    result = MHD_queue_response(r->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return result;
}

/* An MHD_ContentReaderCallback. */
static ssize_t read_stream(void *cls, uint64_t at, char *bytes, size_t room)
{
    stream *x = cls;
    const int64_t size = events_read(&x->server->events, x->listener, bytes, room);
    (void)at;
    if (size != 0)
        enter_phase(x->server, x->connection, PHASE_STREAM, 0);
    return size < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)size;
}

static void free_stream(void *cls)
{
    stream *x = cls;
    events_leave(&x->server->events, x->listener);
    free(x);
}

/* Where a listener was: a browser that comes back says so in a header. */
static int read_since(request *r)
{
    const char *last = header(r, "Last-Event-ID");
    const piece since = request_value(r, "since");
    int rc = 0;
    if (last != NULL && *last != '\0')
        rc = events_parse_place(last, &r->since_place);
    else if (since.bytes != NULL)
        rc = events_parse_place(since.bytes, &r->since_place);
    if ((last != NULL && *last != '\0') || since.bytes != NULL)
        r->since = &r->since_place;
    free(since.bytes);
    if (rc != 0)
        request_fail(r, 400, "take the id of an event, or 0 for all",
                     "since is not the id of an event");
    return rc;
}

static enum MHD_Result send_stream(request *r)
{
    server *s = r->server;
    stream *x = calloc(1, sizeof *x);
    struct MHD_Response *response;
    enum MHD_Result result;
    if (x != NULL && read_since(r) != 0) {
        free(x);
        return send_answer(r);
    }
    if (x != NULL)
        *x = (stream){s, events_listen(&s->events, r->connection, r->since),
                      connection_of(r->connection)};
    if (x == NULL || x->listener == NULL) {
        free(x);
        request_fail(r, 503, NULL, "too many clients are listening to events");
        r->retry_after = 30;
        return send_answer(r);
    }
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, x,
                                                 free_stream);
    if (response == NULL) {
        free_stream(x);
        return MHD_NO;
    }
    r->status = 200;
    r->type = "text/event-stream";
    add_headers(r, response);
    (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
    enter_phase(s, x->connection, PHASE_STREAM, 0);
    r->state = REQUEST_ANSWERED;
    (void)pthread_mutex_lock(&s->http->mutex);
    s->http->pending--; /* it has no end */
    (void)pthread_mutex_unlock(&s->http->mutex);
    r->is_stream = 1;
    result = MHD_queue_response(r->connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

void request_finish(request *r)
{
    r->state = REQUEST_DONE;
    MHD_resume_connection(r->connection);
}

/* ==== Requests ================================================================================ */

/* An MHD_OPTION_URI_LOG_CALLBACK: the request line is there. */
static void *begin_request(void *cls, const char *uri, struct MHD_Connection *connection_)
{
    server *s = cls;
    request *r = request_open(s, uri);
    enter_phase(s, connection_of(connection_), PHASE_REQUEST, 0);
    if (r == NULL)
        return NULL;
    r->connection = connection_;
    (void)pthread_mutex_lock(&s->http->mutex);
    s->http->pending++;
    (void)pthread_mutex_unlock(&s->http->mutex);
    return r;
}

/* An MHD_RequestCompletedCallback. */
static void end_request(void *cls, struct MHD_Connection *connection_, void **context,
                        enum MHD_RequestTerminationCode code)
{
    server *s = cls;
    request *r = *context;
    (void)code;
    *context = NULL;
    enter_phase(s, connection_of(connection_), PHASE_IDLE, 0);
    if (r == NULL)
        return;
    if (r->status >= 200 && r->status < 600)
        metrics_add(&s->metrics, &s->metrics.answers[r->status / 100], 1);
    if (r->status == 429)
        metrics_add(&s->metrics, &s->metrics.refused, 1);
    server_log(s, r);
    (void)pthread_mutex_lock(&s->http->mutex);
    s->http->pending -= !r->is_stream;
    (void)pthread_mutex_unlock(&s->http->mutex);
    request_free(r);
}

static void refuse_size(request *r)
{
    request_fail(r, 413, "send the articles in several requests",
                 "the body is longer than %" PRIu64 " bytes", r->server->body_limit);
}

static void refuse_for_now(request *r)
{
    request_fail(r, 429, "wait, and send it again", "too much is waiting to be stored");
    r->retry_after = 1;
}

/* What a head has of headers that may be there once. */
typedef struct head {
    int hosts, lengths, encodings;
} head;

/* An MHD_KeyValueIterator. */
static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    head *h = cls;
    (void)kind;
    (void)value;
    h->hosts += strcasecmp(name, "Host") == 0;
    h->lengths += strcasecmp(name, "Content-Length") == 0;
    h->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* A proxy may read a head with two lengths, or two names of the host, in another way than this:
 * then what the one takes for the end of a body is a request to the other. */
static void check_head(request *r, const char *version)
{
    const char *encoding = header(r, "Transfer-Encoding");
    head h = {0};
    (void)MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_header, &h);
    if (h.lengths + h.encodings > 1)
        request_fail(r, 400, NULL,
                     "the request says more than once how long its body is (Content-Length, "
                     "Transfer-Encoding)");
    else if (encoding != NULL && strcasecmp(encoding, "chunked") != 0)
        request_fail(r, 400, "send it chunked, or with its Content-Length",
                     "the Transfer-Encoding is unknown");
    else if (h.hosts > 1)
        request_fail(r, 400, NULL, "the request has %d Host headers", h.hosts);
    else if (h.hosts == 0 && strcmp(version, MHD_HTTP_VERSION_1_1) == 0)
        request_fail(r, 400, NULL, "the request has no Host header");
    r->closes = r->status != 0;
}

/* The headers are there. @return 1: the request is refused without its body */
static int begin_body(request *r, const char *method, const char *version)
{
    const char *type = header(r, "Content-Type"), *size = header(r, "Content-Length");
    r->state = REQUEST_RECEIVING;
    check_head(r, version);
    if (r->status != 0)
        return 1;
    (void)snprintf(r->method, sizeof r->method, "%s", method);
    (void)snprintf(r->file, sizeof r->file, "%s",
                   type != NULL && strncasecmp(type, "text/csv", 8) == 0 ? "-.csv" : "-");
    if (is_draining(r->server)) {
        request_fail(r, 503, NULL, "the service is ending");
        r->retry_after = 5;
    } else if (routes_find(r) == 0) {
        (void)auth_check(r);
    } else {
        const int status = r->status; /* the token comes first */
        r->status = 0;
        if (auth_check(r) == 0)
            r->status = status;
    }
    if (size != NULL && strtoull(size, NULL, 10) > r->server->body_limit) {
        if (r->status == 0)
            refuse_size(r);
        return 1;
    }
    return 0;
}

static void take_body(request *r, const char *bytes, size_t size)
{
    server *s = r->server;
    connection *c = connection_of(r->connection);
    if (c != NULL) {
        (void)pthread_mutex_lock(&s->http->mutex);
        c->bytes += size;
        (void)pthread_mutex_unlock(&s->http->mutex);
    }
    metrics_add(&s->metrics, &s->metrics.bytes_received, size);
    r->received += size;
    if (r->status != 0)
        return; /* it is refused, and its body thrown away */
    if (r->body.size + size > s->body_limit)
        refuse_size(r);
    else if (server_claim_bytes(s, size) != 0)
        refuse_for_now(r);
    else {
        r->claimed += size;
        (void)buffer_write(&r->body, bytes, size);
        if (r->body.failed)
            refuse_for_now(r);
    }
    if (r->status != 0) {
        buffer_free(&r->body);
        server_release_bytes(s, r->claimed);
        r->claimed = 0;
    }
}

/* The request is whole. */
static enum MHD_Result answer_request(request *r)
{
    server *s = r->server;
    if (r->status != 0)
        return send_answer(r);
    if (r->route->place == ROUTE_LISTEN)
        return send_stream(r);
    if (r->route->place == ROUTE_AT_ONCE) {
        r->route->answer(r);
        return send_answer(r);
    }
    r->state = REQUEST_WORKING;
    r->began = seconds_now();
    enter_phase(s, connection_of(r->connection), PHASE_WORK, 0);
    MHD_suspend_connection(r->connection);
    queue_push(r->route->place == ROUTE_ARTICLES ? &s->readers : &s->questions, r);
    return MHD_YES;
}

/* An MHD_AccessHandlerCallback: it is called when the headers are there, for each part of the body,
 * when that is whole, and when the connection goes on after it was suspended. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection_, const char *url,
                              const char *method, const char *version, const char *bytes,
                              size_t *size, void **context)
{
    request *r = *context;
    (void)cls;
    (void)connection_;
    (void)url;
    if (r == NULL)
        return MHD_NO;
    switch (r->state) {
    case REQUEST_NEW: return begin_body(r, method, version) ? send_answer(r) : MHD_YES;
    case REQUEST_RECEIVING:
        if (*size == 0)
            return answer_request(r);
        take_body(r, bytes, *size);
        *size = 0;
        return MHD_YES;
    case REQUEST_DONE: return send_answer(r);
    default: return MHD_YES;
    }
}

/* ==== Start and end =========================================================================== */

/* What microhttpd says of single connections helps nobody. */
static void drop_message(void *cls, const char *format, va_list arguments)
{
    (void)cls;
    (void)format;
    (void)arguments;
}

int http_start(server *s, char *where, size_t size)
{
    struct http *h = calloc(1, sizeof *h);
    int rc;
    if (h == NULL)
        return failure_memory();
    s->http = h;
    h->at.fd = -1;
    (void)pthread_mutex_init(&h->mutex, NULL);
    rc = listen_open(&h->at, s->settings, where, size);
    if (rc != 0)
        return rc;
    h->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, handle, s, MHD_OPTION_EXTERNAL_LOGGER, drop_message, NULL,
        MHD_OPTION_LISTEN_SOCKET, h->at.fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)s->settings->most_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
        0, MHD_OPTION_URI_LOG_CALLBACK, begin_request, s, MHD_OPTION_NOTIFY_COMPLETED, end_request,
        s, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, s, MHD_OPTION_END);
    if (h->daemon == NULL)
        return message_failure(NULL, "cannot serve on %s", where);
    return 0;
}

void http_drain(server *s)
{
    (void)pthread_mutex_lock(&s->http->mutex);
    s->http->is_draining = 1;
    (void)pthread_mutex_unlock(&s->http->mutex);
    if (s->http->daemon != NULL)
        (void)MHD_quiesce_daemon(s->http->daemon);
}

size_t http_pending(server *s)
{
    size_t pending;
    (void)pthread_mutex_lock(&s->http->mutex);
    pending = s->http->pending;
    (void)pthread_mutex_unlock(&s->http->mutex);
    return pending;
}

void http_stop(server *s)
{
    if (s->http == NULL)
        return;
    if (s->http->daemon != NULL)
        MHD_stop_daemon(s->http->daemon);
    listen_close(&s->http->at);
    free(s->http);
    s->http = NULL;
}
