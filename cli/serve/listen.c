#define _DEFAULT_SOURCE
#include "serve/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "message.h"

enum { BACKLOG = 1024, FIRST_PASSED = 3 };

static const char usual_address[] = "127.0.0.1:8377";

static int fail_listen(const char *where, int number)
{
    return message_failure(
        number == EADDRINUSE ? "another program uses it; give another address with --listen" : NULL,
        "cannot listen on %s: %s", where, strerror(number));
}

/* ==== Local sockets =========================================================================== */

/* A socket that nobody listens on was left by a service that was killed. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat about;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (lstat(address->sun_path, &about) == 0 && S_ISSOCK(about.st_mode) &&
        connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED)
        (void)unlink(address->sun_path);
    (void)close(fd);
}

static int open_local(listening *l, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t before;
    int rc;
    struct stat about;
    if (strlen(path) >= sizeof address.sun_path)
        return fail_listen(path, ENAMETOOLONG);
    if (lstat(path, &about) == 0 && !S_ISSOCK(about.st_mode))
        return message_failure("give the path of a socket, which is made, or HOST:PORT",
                               "cannot listen on %s: it exists and is not a socket", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    remove_stale(&address);
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0)
        return fail_listen(path, errno);
    before = umask(0177); /* only who may read the index may ask */
    rc = bind(l->fd, (const struct sockaddr *)&address, sizeof address);
    (void)umask(before);
    if (rc != 0 || listen(l->fd, BACKLOG) != 0)
        return fail_listen(path, errno);
    memcpy(l->path, address.sun_path, sizeof l->path);
    return 0;
}

/* ==== Addresses =============================================================================== */

static int is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
    }
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        return (ntohl(four.sin_addr.s_addr) >> 24) == 127;
    }
    return address->sa_family == AF_UNIX;
}

static int refuse_without_token(const settings *s, const struct sockaddr *address)
{
    if (s->token_file != NULL || is_loopback(address))
        return 0;
    return message_usage(s->command, "other machines can reach this address; give --token-file, "
                                     "and leave TLS to a proxy");
}

static int open_address(listening *l, const settings *s, const char *text)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(text, ':');
    char host[256];
    const int on = 1;
    int rc;
    if (colon == NULL || colon[1] == '\0' || (size_t)(colon - text) >= sizeof host)
        return message_usage(s->command,
                             "--listen: '%s' is not allowed; give HOST:PORT or the "
                             "path of a local socket",
                             text);
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    if (host[0] == '[' && host[strlen(host) - 1] == ']') {
        memmove(host, host + 1, strlen(host));
        host[strlen(host) - 1] = '\0';
    }
    rc = getaddrinfo(host[0] == '\0' ? NULL : host, colon + 1, &wanted, &found);
    if (rc != 0)
        return message_failure(NULL, "cannot listen on %s: %s", text, gai_strerror(rc));
    rc = refuse_without_token(s, found->ai_addr);
    if (rc == 0) {
        l->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (l->fd < 0 || setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
            bind(l->fd, found->ai_addr, found->ai_addrlen) != 0 || listen(l->fd, BACKLOG) != 0)
            rc = fail_listen(text, errno);
    }
    freeaddrinfo(found);
    return rc;
}

/* ==== Sockets of systemd ====================================================================== */

static int take_passed(listening *l, const settings *s)
{
    const char *count = getenv("LISTEN_FDS"), *process = getenv("LISTEN_PID");
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (count == NULL || process == NULL || strtol(process, NULL, 10) != (long)getpid())
        return -1;
    if (strcmp(count, "1") != 0)
        return message_failure("give the unit one ListenStream", "systemd passes %s sockets",
                               count);
    l->fd = FIRST_PASSED;
    if (getsockname(l->fd, (struct sockaddr *)&address, &size) != 0 ||
        fcntl(l->fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(l->fd, F_SETFL, O_NONBLOCK) != 0)
        return fail_listen("the socket of systemd", errno);
    return refuse_without_token(s, (const struct sockaddr *)&address);
}

/* ============================================================================================= */

static void describe(const listening *l, char *where, size_t size)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char host[INET6_ADDRSTRLEN + 20] = "", port[8] = "";
    if (getsockname(l->fd, (struct sockaddr *)&address, &length) == 0 &&
        address.ss_family != AF_UNIX &&
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        (void)snprintf(where, size,
                       address.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host,
                       port);
    else
        (void)snprintf(where, size, "%s", l->path[0] != '\0' ? l->path : "the socket of systemd");
}

int listen_open(listening *l, const settings *s, char *where, size_t size)
{
    const char *text = s->listen != NULL ? s->listen : usual_address;
    int rc = take_passed(l, s);
    if (rc < 0)
        rc = text[0] == '/' || text[0] == '.' ? open_local(l, text) : open_address(l, s, text);
    if (rc == 0)
        describe(l, where, size);
    return rc;
}

void listen_close(listening *l)
{
    if (l->fd >= 0)
        (void)close(l->fd);
    if (l->path[0] != '\0')
        (void)unlink(l->path);
    l->fd = -1;
}
