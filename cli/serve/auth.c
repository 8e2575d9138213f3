#define _POSIX_C_SOURCE 200809L
#include "serve/auth.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/routes.h"
#include "serve/server.h"

/* ==== The token =============================================================================== */

int auth_read_token(server *s)
{
    const char *path = s->settings->token_file;
    char bytes[MOST_TOKENS_BYTES] = {0};
    ssize_t size;
    struct stat about;
    int fd;
    if (path == NULL)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (size < 0 || fstat(fd, &about) != 0) {
        const int number = errno;
        if (fd >= 0)
            (void)close(fd);
        return message_failure(NULL, "cannot read the token in %s: %s", path, strerror(number));
    }
    (void)close(fd);
    while (size > 0 && isspace((unsigned char)bytes[size - 1]))
        bytes[--size] = '\0';
    if (size < 16 || size == sizeof bytes || memchr(bytes, '\n', (size_t)size) != NULL)
        return message_failure("make one: head -c 24 /dev/urandom | base64 >FILE",
                               "%s: a token is one line of 16 to %d bytes", path,
                               MOST_TOKENS_BYTES - 1);
    if ((about.st_mode & (S_IRWXO)) != 0)
        return message_failure("chmod o= FILE", "%s: everybody can read the token", path);
    (void)pthread_mutex_lock(&s->token_mutex);
    memcpy(s->token, bytes, sizeof bytes);
    (void)pthread_mutex_unlock(&s->token_mutex);
    return 0;
}

/* Takes as long whatever the token is. */
static int is_token(server *s, const char *given, size_t size)
{
    char padded[MOST_TOKENS_BYTES] = {0};
    unsigned different = size >= sizeof padded;
    if (size < sizeof padded)
        memcpy(padded, given, size);
    (void)pthread_mutex_lock(&s->token_mutex);
    for (size_t i = 0; i < sizeof padded; i++)
        different |= (unsigned char)(padded[i] ^ s->token[i]);
    (void)pthread_mutex_unlock(&s->token_mutex);
    return different == 0;
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* @return the size, or 0: it is no base64, or too long */
static size_t decode_base64(const char *text, char *to, size_t room)
{
    unsigned bits = 0, held = 0;
    size_t size = 0;
    for (; base64_value(*text) >= 0; text++) {
        bits = bits << 6 | (unsigned)base64_value(*text);
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (size + 1 == room)
            return 0;
        to[size++] = (char)(bits >> held & 0xff);
    }
    to[size] = '\0';
    return text[strspn(text, "=")] == '\0' ? size : 0;
}

static int has_token(request *r)
{
    const char *given =
        MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Authorization");
    char pair[MOST_TOKENS_BYTES + 80];
    const char *colon;
    size_t size;
    if (given == NULL)
        return 0;
    if (strncasecmp(given, "Bearer ", 7) == 0)
        return is_token(r->server, given + 7, strlen(given + 7));
    if (strncasecmp(given, "Basic ", 6) != 0)
        return 0;
    size = decode_base64(given + 6, pair, sizeof pair);
    colon = memchr(pair, ':', size);
    if (size == 0 || colon == NULL || strlen(pair) != size)
        return 0;
    (void)snprintf(r->who, sizeof r->who, "%.*s", (int)(colon - pair), pair);
    return is_token(r->server, colon + 1, size - (size_t)(colon + 1 - pair));
}

/* ==== Hosts and origins ======================================================================= */

/* Whether a name is one of those of --host, which have commas between them. */
static int is_listed(const char *list, const char *name, size_t size)
{
    while (list != NULL && *list != '\0') {
        const size_t length = strcspn(list, ",");
        if (length == size && strncasecmp(list, name, size) == 0)
            return 1;
        list += length + (list[length] == ',');
    }
    return 0;
}

/* Nobody else's page can have an address for its host: only names lead somewhere else. */
static int is_address(const char *name, size_t size)
{
    unsigned char address[16];
    char copy[64];
    const int bracketed = size > 2 && name[0] == '[' && name[size - 1] == ']';
    if (size - (bracketed ? 2 : 0) >= sizeof copy)
        return 0;
    memcpy(copy, name + bracketed, size - (bracketed ? 2 : 0));
    copy[size - (bracketed ? 2 : 0)] = '\0';
    return inet_pton(bracketed ? AF_INET6 : AF_INET, copy, address) == 1;
}

static int is_own_host(const server *s, const char *host)
{
    const char *end = *host == '[' ? strchr(host, ']') : strchr(host, ':');
    size_t size = end == NULL ? strlen(host) : (size_t)(end - host) + (*host == '[');
    if (size > 0 && host[size - 1] == '.')
        size--;
    return (size == 9 && strncasecmp(host, "localhost", size) == 0) || is_address(host, size) ||
           is_listed(s->settings->hosts, host, size);
}

/* A browser says where a request that changes something comes from; other programs say nothing. */
static int is_own_origin(const request *r, const char *host)
{
    const char *origin = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Origin");
    const char *site =
        MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Sec-Fetch-Site");
    const char *name = origin == NULL ? NULL : strstr(origin, "://");
    if (site != NULL && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0)
        return 0;
    if (origin == NULL)
        return 1;
    return name != NULL && host != NULL && strcasecmp(name + 3, host) == 0;
}

int auth_check(request *r)
{
    server *s = r->server;
    const char *host = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Host");
    if (host != NULL && !is_own_host(s, host)) {
        request_fail(r, 421, "whoever runs the service can give it this name, with --host",
                     "the request is for another host");
        return -1;
    }
    if (s->settings->token_file != NULL && (r->route == NULL || !r->route->is_open) &&
        !has_token(r)) {
        request_fail(r, 401, "send Authorization: Bearer TOKEN", "the token is missing or wrong");
        return -1;
    }
    if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0 &&
        !is_own_origin(r, host)) {
        request_fail(r, 403, NULL, "a page of another origin may change nothing");
        return -1;
    }
    return 0;
}
