/* What the service answers: a function for each method and path. */
#ifndef CLI_SERVE_ROUTES_H
#define CLI_SERVE_ROUTES_H

#include "serve/request.h"

/** Answers a request, or passes it on to a thread that will. */
typedef void (*route_fn)(request *r);

/** Where a request is answered. */
typedef enum route_place {
    ROUTE_AT_ONCE,  /**< where it is received: it takes no time */
    ROUTE_QUESTION, /**< in a thread that answers questions */
    ROUTE_ARTICLES, /**< in a thread that reads articles */
    ROUTE_LISTEN    /**< it is a stream of events */
} route_place;

struct route {
    const char *method;
    const char *parts[MOST_PARTS]; /**< "*": any part; NULL: the end */
    route_place place;
    int is_open;            /**< needs no token */
    const char *parameters; /**< of its query, with a blank after each */
    route_fn answer;
};

/** Finds the route of a request, or answers with 404 or 405. @return 0, or -1: it is answered */
int routes_find(request *r);

#endif
