#include "serve/routes.h"

#include <stdio.h>
#include <string.h>

#include "serve/handlers.h"

#define FIELDS "id_field text_field title_field date_field source_field "

static const route routes[] = {
    {"GET", {NULL}, ROUTE_AT_ONCE, 0, "", handle_page},
    {"GET", {"openapi.json", NULL}, ROUTE_AT_ONCE, 0, "", handle_openapi},
    {"GET", {"healthz", NULL}, ROUTE_AT_ONCE, 1, "", handle_health},
    {"GET", {"version", NULL}, ROUTE_AT_ONCE, 0, "", handle_version},
    {"GET", {"metrics", NULL}, ROUTE_QUESTION, 0, "", handle_metrics},
    {"GET", {"events", NULL}, ROUTE_LISTEN, 0, "since ", NULL},
    {"GET", {"stat", NULL}, ROUTE_QUESTION, 0, "", handle_stat},
    {"GET",
     {"articles", NULL},
     ROUTE_QUESTION,
     0,
     "since before limit q source verdict story texts ",
     handle_list},
    {"POST", {"articles", NULL}, ROUTE_ARTICLES, 0, FIELDS, handle_add},
    {"GET", {"articles", "*", NULL}, ROUTE_QUESTION, 0, "integer ", handle_article},
    {"DELETE", {"articles", "*", NULL}, ROUTE_QUESTION, 0, "integer ", handle_remove},
    {"GET", {"articles", "*", "matches", NULL}, ROUTE_QUESTION, 0, "integer ", handle_matches},
    {"GET", {"stories", "*", NULL}, ROUTE_QUESTION, 0, "", handle_story},
    {"GET", {"compare", NULL}, ROUTE_QUESTION, 0, "a b integer_a integer_b ", handle_compare},
    {"POST", {"compare", NULL}, ROUTE_ARTICLES, 0, FIELDS, handle_compare_sent},
    {"POST", {"query", NULL}, ROUTE_ARTICLES, 0, FIELDS, handle_query},
    {"POST", {"expire", NULL}, ROUTE_QUESTION, 0, "before ", handle_expire},
    {"GET", {"decisions", NULL}, ROUTE_QUESTION, 0, "since ", handle_decisions},
    {"POST", {"decisions", NULL}, ROUTE_ARTICLES, 0, "", handle_decide},
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

/* Whether a word is one of a list with a blank after each. */
static int is_listed(const char *list, const char *word, size_t size)
{
    for (; *list != '\0'; list += strcspn(list, " ") + 1)
        if (strcspn(list, " ") == size && memcmp(list, word, size) == 0)
            return 1;
    return 0;
}

/* A parameter that a route does not know would be passed over in silence: a word that is wrong by a
 * letter, say, or a newer one. @return 0, or -1: it is answered */
static int check_query(request *r)
{
    const char *known = r->route->parameters;
    char list[100];
    for (const char *at = r->query; at != NULL && *at != '\0'; at += *at == '&') {
        const size_t size = strcspn(at, "&"), name = strcspn(at, "=&");
        if (size > 0 && !is_listed(known, at, name)) {
            (void)snprintf(list, sizeof list, "those known are: %s", known);
            list[strlen(list) - 1] = '\0';
            request_fail(r, 400, *known == '\0' ? "this path has none" : list,
                         "unknown parameter \"%.*s\"", (int)(name < 60 ? name : 60), at);
            return -1;
        }
        if (size > 0 && at[name] != '=') {
            request_fail(r, 400, NULL, "the parameter \"%.*s\" has no value", (int)name, at);
            return -1;
        }
        at += size;
    }
    return 0;
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
            return check_query(r);
        }
        (void)snprintf(r->allow + strlen(r->allow), sizeof r->allow - strlen(r->allow), "%s%s",
                       r->allow[0] == '\0' ? "" : ", ", routes[i].method);
    }
    if (r->allow[0] != '\0')
        request_fail(r, 405, NULL, "this path takes only %s", r->allow);
    else
        request_fail(r, 404, "GET /openapi.json lists what there is", "there is no such path");
    return -1;
}
