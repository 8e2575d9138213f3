#include "serve/routes.h"

#include <stdio.h>
#include <string.h>

#include "serve/handlers.h"

static const route routes[] = {
    {"GET", {NULL}, ROUTE_AT_ONCE, 0, handle_page},
    {"GET", {"openapi.json", NULL}, ROUTE_AT_ONCE, 0, handle_openapi},
    {"GET", {"healthz", NULL}, ROUTE_AT_ONCE, 1, handle_health},
    {"GET", {"version", NULL}, ROUTE_AT_ONCE, 0, handle_version},
    {"GET", {"metrics", NULL}, ROUTE_QUESTION, 0, handle_metrics},
    {"GET", {"events", NULL}, ROUTE_LISTEN, 0, NULL},
    {"GET", {"stat", NULL}, ROUTE_QUESTION, 0, handle_stat},
    {"GET", {"articles", NULL}, ROUTE_QUESTION, 0, handle_list},
    {"POST", {"articles", NULL}, ROUTE_ARTICLES, 0, handle_add},
    {"GET", {"articles", "*", NULL}, ROUTE_QUESTION, 0, handle_article},
    {"DELETE", {"articles", "*", NULL}, ROUTE_QUESTION, 0, handle_remove},
    {"GET", {"articles", "*", "matches", NULL}, ROUTE_QUESTION, 0, handle_matches},
    {"GET", {"stories", "*", NULL}, ROUTE_QUESTION, 0, handle_story},
    {"GET", {"compare", NULL}, ROUTE_QUESTION, 0, handle_compare},
    {"POST", {"compare", NULL}, ROUTE_ARTICLES, 0, handle_compare_sent},
    {"POST", {"query", NULL}, ROUTE_ARTICLES, 0, handle_query},
    {"POST", {"expire", NULL}, ROUTE_QUESTION, 0, handle_expire},
    {"GET", {"decisions", NULL}, ROUTE_QUESTION, 0, handle_decisions},
    {"POST", {"decisions", NULL}, ROUTE_ARTICLES, 0, handle_decide},
};

static int matches_path(const route *x, const request *r)
{
    size_t i = 0;
    for (; i < MOST_PARTS && x->parts[i] != NULL; i++)
        if (i >= r->part_count ||
            (strcmp(x->parts[i], "*") != 0 && strcmp(x->parts[i], r->parts[i].bytes) != 0))
            return 0;
    return i == r->part_count;
}

int routes_find(request *r)
{
    const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!matches_path(&routes[i], r))
            continue;
        if (strcmp(routes[i].method, method) == 0) {
            r->route = &routes[i];
            r->allow[0] = '\0';
            return 0;
        }
        (void)snprintf(r->allow + strlen(r->allow), sizeof r->allow - strlen(r->allow), "%s%s",
                       r->allow[0] == '\0' ? "" : ", ", routes[i].method);
    }
    if (r->allow[0] != '\0')
        request_fail(r, 405, NULL, "this path has the methods %s", r->allow);
    else
        request_fail(r, 404, "GET /openapi.json lists what there is", "there is no such path");
    return -1;
}
