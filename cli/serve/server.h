/*
 * The service: one index, one thread that writes to it, and what the other threads share.
 *
 *   http      a thread that speaks HTTP, receives bodies and sends answers, and never waits
 *   workers   threads that read bodies and answer questions
 *   writer    the thread that adds articles: it gathers those of all requests into commits
 *   events    a thread that tells those who listen what is new
 */
#ifndef CLI_SERVE_SERVER_H
#define CLI_SERVE_SERVER_H

#include <pthread.h>

#include "serve/changes.h"
#include "serve/events.h"
#include "serve/metrics.h"
#include "serve/request.h"
#include "settings.h"

/** Whose turn it is with the index: they come in the order in which they asked, so that neither
 * readers nor the writer wait for ever. */
typedef struct turns {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t next, now;
} turns;

/** Requests that wait for a thread. */
typedef struct request_queue {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    request *first, *last;
    int is_closed;
} request_queue;

typedef struct submission submission;

/** Articles that wait for a commit. */
typedef struct write_queue {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    submission *first, *last;
    size_t articles; /**< of all that wait */
    int is_closed;
} write_queue;

enum { MOST_TOKENS_BYTES = 256, MOST_THREADS = 16 };

struct server {
    const settings *settings;
    tt_reader_options reader;

    tt_index *index; /**< only between server_lock() and server_unlock() */
    changes changes; /**< likewise */
    turns turns;

    request_queue readers, questions; /**< bodies with articles to read; everything else */
    write_queue writes;
    events events;
    metrics metrics;

    char token[MOST_TOKENS_BYTES]; /**< filled up with zeros; empty: none is needed */
    pthread_mutex_t token_mutex;

    struct http *http;
    pthread_t threads[MOST_THREADS];
    size_t thread_count;
    uint64_t body_limit, queue_limit; /**< bytes of one body, and of all together */

    pthread_mutex_t count_mutex; /**< of what follows */
    uint64_t body_bytes;         /**< of all requests */
    int access_log;              /**< a file descriptor, or -1 */
};

void server_init(server *s, const settings *given);
void server_free(server *s);

/** Takes the index for the calling thread. */
void server_lock(server *s);
void server_unlock(server *s);

/** Counts bytes of bodies in, or out again. @return 0, or -1: there would be more than the limit */
int server_claim_bytes(server *s, size_t size);
void server_release_bytes(server *s, size_t size);

/** Puts a request at the end of a queue. */
void queue_push(request_queue *q, request *r);
/** Waits for a request. @return NULL: the queue was closed, and is empty */
request *queue_pop(request_queue *q);
void queue_close(request_queue *q);

/** Writes the line of the access log. */
void server_log(server *s, const request *r);
/** Opens the access log, again after the first time. @return 0, or an exit code */
int server_open_log(server *s);

#endif
