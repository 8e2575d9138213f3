#define _POSIX_C_SOURCE 200809L
#include "serve/request.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/server.h"
#include "terminal/progress.h"

static int hex_of(char c)
{
    const int lower = tolower((unsigned char)c);
    return isdigit((unsigned char)c)      ? c - '0'
           : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                          : -1;
}

/* Resolves escapes in place. `plus` is a blank in a query. @return the size */
static size_t unescape(char *text, int in_query)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++)
        if (*at == '%' && hex_of(at[1]) >= 0 && hex_of(at[2]) >= 0) {
            *to++ = (char)(hex_of(at[1]) * 16 + hex_of(at[2]));
            at += 2;
        } else {
            *to++ = in_query && *at == '+' ? ' ' : *at;
        }
    *to = '\0';
    return (size_t)(to - text);
}

static void split_path(request *r)
{
    char *at = r->place;
    r->query = strchr(at, '?');
    if (r->query != NULL)
        *r->query++ = '\0';
    while (*at != '\0') {
        const size_t size = strcspn(at, "/");
        if (size > 0 && r->part_count < MOST_PARTS)
            r->parts[r->part_count].bytes = at;
        r->part_count += size > 0;
        at += size;
        if (*at == '/')
            *at++ = '\0';
    }
    for (size_t i = 0; i < r->part_count && i < MOST_PARTS; i++)
        r->parts[i].size = unescape(r->parts[i].bytes, 0);
}

request *request_open(server *s, const char *uri)
{
    request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->server = s;
    r->began = seconds_now();
    r->uri = strdup(uri);
    r->place = strdup(uri);
    if (r->uri == NULL || r->place == NULL) {
        request_free(r);
        return NULL;
    }
    split_path(r);
    return r;
}

void request_free(request *r)
{
    if (r == NULL)
        return;
    server_release_bytes(r->server, r->claimed);
    buffer_free(&r->body);
    buffer_free(&r->answer);
    free(r->uri);
    free(r->place);
    free(r);
}

piece request_value(const request *r, const char *name)
{
    const size_t size = strlen(name);
    piece value = {NULL, 0};
    for (const char *at = r->query; at != NULL && *at != '\0'; at += *at == '&') {
        const size_t length = strcspn(at, "&");
        if (length > size && memcmp(at, name, size) == 0 && at[size] == '=') {
            value.bytes = strndup(at + size + 1, length - size - 1);
            if (value.bytes != NULL)
                value.size = unescape(value.bytes, 1);
            return value;
        }
        at += length;
    }
    return value;
}

int request_number(request *r, const char *name, uint64_t most, uint64_t *out)
{
    const piece value = request_value(r, name);
    char *end;
    uint64_t number;
    int rc = 0;
    if (value.bytes == NULL)
        return 0;
    errno = 0;
    number = strtoull(value.bytes, &end, 10);
    if (!isdigit((unsigned char)*value.bytes) || *end != '\0' || errno != 0 || number > most) {
        request_fail(r, 400, NULL, "%s is a whole number up to %" PRIu64, name, most);
        rc = -1;
    } else {
        *out = number;
    }
    free(value.bytes);
    return rc;
}

int request_flag(request *r, const char *name, int *out)
{
    uint64_t value = *out != 0;
    if (request_number(r, name, 1, &value) != 0)
        return -1;
    *out = (int)value;
    return 0;
}

void request_fail(request *r, int status, const char *advice, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    r->status = status;
    r->type = "application/json";
    r->answer.size = 0;
    buffer_text(&r->answer, "{\"error\":");
    buffer_string(&r->answer, text, strlen(text));
    if (advice != NULL) {
        buffer_key(&r->answer, "advice");
        buffer_string(&r->answer, advice, strlen(advice));
    }
    buffer_text(&r->answer, "}\n");
}

void request_fail_library(request *r, const tt_error *error)
{
    const int status = error->status == TT_ENOMEM || error->status == TT_EIO       ? 503
                       : error->status == TT_ELIMIT                                ? 413
                       : error->status == TT_EFORMAT || error->status == TT_EINVAL ? 400
                                                                                   : 500;
    request_fail(r, status, NULL, "%s", error->message);
    r->retry_after = status == 503 ? 5 : 0;
}
