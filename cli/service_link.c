/*
 * HTTP/1.1 over one connection that is kept: a request, its answer, the next one. TLS is left to a
 * proxy or a tunnel, as it is in the service.
 */
#define _DEFAULT_SOURCE
#include "service_link.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "terminal/progress.h"

enum { PATIENCE_SECONDS = 60, ANSWER_SECONDS = 120, USUAL_PORT = 80, MOST_HEAD = 32 << 10 };

static const char scheme[] = "http://";

struct service_link {
    const char *name;        /* as it was given */
    char host[256], port[8]; /* empty: it is a local socket */
    char base[256];          /* of the paths */
    char token[300];         /* a header line, or empty */
    int fd;                  /* -1: not connected */
    buffer received;         /* bytes that were read; up to `used` they were taken */
    size_t used;
};

/* What an answer says before its body. */
typedef struct answer_head {
    int status, is_chunked, closes;
    size_t length;
    double retry_after;
} answer_head;

int service_link_is_service(const char *name)
{
    struct stat about;
    return strstr(name, "://") != NULL || (stat(name, &about) == 0 && S_ISSOCK(about.st_mode));
}

/* ==== Connections ============================================================================= */

static void disconnect(service_link *l)
{
    if (l->fd >= 0)
        (void)close(l->fd);
    l->fd = -1;
    l->received.size = l->used = 0;
}

static int connect_local(service_link *l)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(l->name) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, l->name, strlen(l->name) + 1);
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return l->fd < 0 ? -1 : connect(l->fd, (const struct sockaddr *)&address, sizeof address);
}

static int connect_address(service_link *l)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int rc = -1;
    if (getaddrinfo(l->host, l->port, &wanted, &found) != 0) {
        errno = EHOSTUNREACH;
        return -1;
    }
    for (const struct addrinfo *a = found; a != NULL && rc != 0; a = a->ai_next) {
        if (l->fd >= 0)
            (void)close(l->fd);
        l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        rc = l->fd < 0 ? -1 : connect(l->fd, a->ai_addr, a->ai_addrlen);
    }
    freeaddrinfo(found);
    return rc;
}

/* @return 0, or -1 with errno */
static int open_connection(service_link *l)
{
    const struct timeval limit = {ANSWER_SECONDS, 0};
    int rc, number;
    disconnect(l);
    rc = l->host[0] == '\0' ? connect_local(l) : connect_address(l);
    number = errno;
    if (rc == 0)
        (void)setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    else
        disconnect(l);
    errno = number;
    return rc;
}

static int write_bytes(service_link *l, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = send(l->fd, bytes, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Reads more bytes. @return 0, or -1: the connection has ended */
static int read_more(service_link *l)
{
    char block[16384];
    ssize_t n;
    do
        n = recv(l->fd, block, sizeof block, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0) {
        errno = n == 0 ? ECONNRESET : errno == EAGAIN ? ETIMEDOUT : errno;
        return -1;
    }
    return buffer_write(&l->received, block, (size_t)n);
}

/* ==== Answers ================================================================================= */

/* The next line, without its end; NULL: the connection has ended. It lasts until more is read. */
static const char *read_line(service_link *l, size_t *size)
{
    size_t at = l->used;
    for (;; at++) {
        if (at - l->used > MOST_HEAD || (at >= l->received.size && read_more(l) != 0))
            return NULL;
        if (l->received.bytes[at] == '\n')
            break;
    }
    *size = at - l->used;
    l->received.bytes[at] = '\0';
    if (*size > 0 && l->received.bytes[at - 1] == '\r')
        l->received.bytes[at - 1] = '\0';
    l->used = at + 1;
    return l->received.bytes + at - *size;
}

static const char *value_of(const char *line, const char *name)
{
    const size_t size = strlen(name);
    if (strncasecmp(line, name, size) != 0 || line[size] != ':')
        return NULL;
    return line + size + 1 + strspn(line + size + 1, " \t");
}

static int read_head(service_link *l, answer_head *h)
{
    size_t size;
    const char *line = read_line(l, &size), *value;
    *h = (answer_head){.retry_after = 1};
    if (line == NULL || strncmp(line, "HTTP/1.", 7) != 0)
        return -1;
    h->status = atoi(line + 8);
    while ((line = read_line(l, &size)) != NULL && *line != '\0') {
        if ((value = value_of(line, "Content-Length")) != NULL)
            h->length = strtoull(value, NULL, 10);
        if ((value = value_of(line, "Transfer-Encoding")) != NULL)
            h->is_chunked = strcasecmp(value, "chunked") == 0;
        if ((value = value_of(line, "Connection")) != NULL)
            h->closes = strcasecmp(value, "close") == 0;
        if ((value = value_of(line, "Retry-After")) != NULL)
            h->retry_after = strtod(value, NULL);
    }
    return line == NULL ? -1 : 0;
}

static int read_bytes(service_link *l, size_t size, buffer *out)
{
    while (l->received.size - l->used < size)
        if (read_more(l) != 0)
            return -1;
    (void)buffer_write(out, l->received.bytes + l->used, size);
    l->used += size;
    return 0;
}

static int read_chunks(service_link *l, buffer *out)
{
    size_t size;
    const char *line;
    while ((line = read_line(l, &size)) != NULL) {
        const size_t length = strtoull(line, NULL, 16);
        if (length == 0)
            return read_line(l, &size) == NULL ? -1 : 0;
        if (read_bytes(l, length, out) != 0 || read_line(l, &size) == NULL)
            return -1;
    }
    return -1;
}

/* Sends a request and reads its answer. @return 0, or -1: the connection was lost */
static int exchange(service_link *l, const buffer *articles, answer_head *h, buffer *answer)
{
    buffer head = {0};
    int rc;
    buffer_text(&head, "POST ");
    buffer_text(&head, l->base);
    buffer_text(&head, "/articles HTTP/1.1\r\nHost: ");
    buffer_text(&head, l->host[0] == '\0' ? "localhost" : "");
    buffer_text(&head, strchr(l->host, ':') != NULL ? "[" : "");
    buffer_text(&head, l->host);
    buffer_text(&head, strchr(l->host, ':') != NULL ? "]" : "");
    if (l->port[0] != '\0')
        buffer_printf(&head, ":%s", l->port);
    buffer_printf(&head, "\r\nContent-Type: application/x-ndjson\r\nContent-Length: %zu\r\n",
                  articles->size);
    buffer_text(&head, l->token);
    buffer_text(&head, "\r\n");
    answer->size = 0;
    rc = head.failed ? -1 : write_bytes(l, head.bytes, head.size);
    buffer_free(&head);
    if (rc == 0) /* an answer may come before the end of a body that is refused */
        (void)write_bytes(l, articles->bytes, articles->size);
    if (rc == 0)
        rc = read_head(l, h);
    if (rc == 0)
        rc = h->is_chunked ? read_chunks(l, answer) : read_bytes(l, h->length, answer);
    if (rc != 0 || h->closes)
        disconnect(l);
    else
        l->received.size = l->used = 0; /* nothing comes that was not asked for */
    return rc;
}

/* ============================================================================================= */

static int fail_connection(const service_link *l)
{
    return message_failure(
        errno == ECONNREFUSED || errno == ENOENT ? "start it with: twicetold serve INDEX" : NULL,
        "cannot reach the service at %s: %s", l->name, strerror(errno));
}

static int fail_answer(const service_link *l, const answer_head *h, const buffer *answer)
{
    return message_failure(h->status == 401 ? "give its token: --token-file FILE" : NULL,
                           "the service at %s answers %d: %.300s", l->name, h->status,
                           answer->bytes == NULL ? "" : answer->bytes);
}

static void pause_for(double seconds)
{
    const struct timespec time = {(time_t)seconds,
                                  (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&time, NULL);
}

int service_link_send(service_link *l, const buffer *articles, buffer *answer)
{
    const double deadline = seconds_now() + PATIENCE_SECONDS;
    answer_head h = {0};
    for (;;) {
        const int is_there = l->fd >= 0 || open_connection(l) == 0;
        const int rc = is_there ? exchange(l, articles, &h, answer) : -1;
        if (answer->failed)
            return failure_memory();
        if (rc == 0 && (h.status == 200 || h.status == 422))
            return 0;
        if (rc == 0 && h.status != 429 && h.status != 503)
            return fail_answer(l, &h, answer);
        if (seconds_now() > deadline)
            return rc == 0 ? fail_answer(l, &h, answer) : fail_connection(l);
        pause_for(rc != 0                            ? 0.5
                  : h.retry_after < PATIENCE_SECONDS ? h.retry_after
                                                     : PATIENCE_SECONDS);
    }
}

/* "http://HOST:PORT/BASE". @return 0, or -1 */
static int parse_address(service_link *l)
{
    const char *host = l->name + strlen(scheme), *end = host + strcspn(host, "/");
    const char *colon = *host == '[' ? strchr(host, ']') : memchr(host, ':', (size_t)(end - host));
    const int is_bracketed = *host == '[';
    size_t size;
    if (is_bracketed && colon == NULL)
        return -1;
    if (is_bracketed)
        colon = colon[1] == ':' ? colon + 1 : NULL;
    size = (size_t)((colon == NULL ? end : colon) - host);
    if (is_bracketed) {
        host++;
        size -= 2;
    }
    if (size == 0 || size >= sizeof l->host || strlen(end) >= sizeof l->base)
        return -1;
    (void)snprintf(l->host, sizeof l->host, "%.*s", (int)size, host);
    if (colon == NULL)
        (void)snprintf(l->port, sizeof l->port, "%d", USUAL_PORT);
    else
        (void)snprintf(l->port, sizeof l->port, "%.*s", (int)(end - colon - 1), colon + 1);
    (void)snprintf(l->base, sizeof l->base, "%s", end);
    while (l->base[0] != '\0' && l->base[strlen(l->base) - 1] == '/')
        l->base[strlen(l->base) - 1] = '\0';
    return l->port[0] != '\0' && strpbrk(l->name, " \t\r\n?#@") == NULL ? 0 : -1;
}

static int read_token(service_link *l, const char *path)
{
    char line[256] = "";
    FILE *file = fopen(path, "re");
    const char *got = file == NULL ? NULL : fgets(line, sizeof line, file);
    const int number = errno;
    if (file != NULL)
        (void)fclose(file);
    if (file == NULL || got == NULL)
        return message_failure(NULL, "cannot read the token in %s: %s", path,
                               file == NULL ? strerror(number) : "it is empty");
    line[strcspn(line, "\r\n")] = '\0';
    (void)snprintf(l->token, sizeof l->token, "Authorization: Bearer %s\r\n", line);
    return 0;
}

int service_link_open(service_link **out, const settings *s)
{
    service_link *l = calloc(1, sizeof *l);
    int rc = 0;
    *out = l;
    if (l == NULL)
        return failure_memory();
    l->name = s->inputs[0];
    l->fd = -1;
    if (strncmp(l->name, "https://", 8) == 0)
        return message_usage(
            s->command, "%s: TLS is left to a proxy or a tunnel; give its http:// address here",
            l->name);
    if (strstr(l->name, "://") != NULL &&
        (strncmp(l->name, scheme, strlen(scheme)) != 0 || parse_address(l) != 0))
        return message_usage(
            s->command, "'%s' is not allowed; give http://HOST:PORT or the path of a local socket",
            l->name);
    if (s->token_file != NULL)
        rc = read_token(l, s->token_file);
    if (rc == 0 && open_connection(l) != 0)
        rc = fail_connection(l);
    return rc;
}

void service_link_close(service_link *l)
{
    if (l == NULL)
        return;
    disconnect(l);
    buffer_free(&l->received);
    free(l);
}
