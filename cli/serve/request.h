/* One HTTP request, from its first line to its answer. */
#ifndef CLI_SERVE_REQUEST_H
#define CLI_SERVE_REQUEST_H

#include "serve/events.h"

struct MHD_Connection;
typedef struct route route;
typedef struct request request;

enum { MOST_PARTS = 4 };

/** A part of a path, or a value of its query, without escapes. */
typedef struct piece {
    char *bytes; /* NUL at the end */
    size_t size;
} piece;

typedef enum request_state {
    REQUEST_NEW,       /**< the headers are not there yet */
    REQUEST_RECEIVING, /**< the body is coming */
    REQUEST_WORKING,   /**< a thread does it; the connection is suspended */
    REQUEST_DONE,      /**< the answer is there */
    REQUEST_ANSWERED   /**< the answer is being sent */
} request_state;

struct request {
    server *server;
    struct MHD_Connection *connection;
    const route *route; /**< NULL: none */
    request_state state;
    char *uri;   /**< as it came, for the log */
    char *place; /**< a copy, cut into the following */
    piece parts[MOST_PARTS];
    size_t part_count;
    char *query; /**< what follows the '?', still escaped; NULL: nothing */
    char method[8];
    char who[64];       /**< the name of who asks, or "" */
    const place *since; /**< from where it listens, or NULL */
    place since_place;
    int is_stream;
    char file[32]; /**< what the reader of articles calls the body */
    buffer body;
    size_t claimed; /**< bytes of the body that are counted */
    double began;

    int status;
    const char *type;
    buffer answer;
    const void *fixed; /**< NULL, or what is sent in its place; it lasts */
    size_t fixed_size;
    uint64_t received, sent; /**< bytes of bodies */
    const char *policy;      /**< of the page: its Content-Security-Policy, or NULL */
    int retry_after;         /**< seconds; 0: no such header */
    int closes;              /**< the connection ends with the answer */
    char allow[32];          /**< methods, with 405 */
    request *next;           /**< in a queue */
};

/** A request for a path with its query, as HTTP has it. @return NULL: out of memory */
request *request_open(server *s, const char *uri);
void request_free(request *r);

/** A value of the query, without escapes. Owner: the caller, free() of `bytes`, which is NULL where
 * there is none. */
piece request_value(const request *r, const char *name);
/** The same as a whole number up to `most`. @return 0, or -1 (then the request is answered) where
 * it is no such number; *out is left as it is where there is none */
int request_number(request *r, const char *name, uint64_t most, uint64_t *out);

/** The same as 1 or 0. */
int request_flag(request *r, const char *name, int *out);

/** Answers with an error: an object with "error" and, unless it is NULL, "advice". */
PRINTF_LIKE(4, 5)
void request_fail(request *r, int status, const char *advice, const char *format, ...);
/** Answers with the failure of a call of the library. */
void request_fail_library(request *r, const tt_error *error);

/** The answer of a request is there: its connection goes on. */
void request_finish(request *r);

#endif
