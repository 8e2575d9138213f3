/*
 * What is new in the index, for those who listen: articles with their verdicts, decisions, and
 * removals. It is read from the index, so that a client that reconnects, even after the service
 * was restarted, resumes where it left off. Where that cannot be, since the index
 * was restored from a copy or has forgotten what it removed, an event says so, and everything
 * follows.
 */
#ifndef CLI_SERVE_EVENTS_H
#define CLI_SERVE_EVENTS_H

#include <pthread.h>

#include "buffer.h"

struct MHD_Connection;
typedef struct server server;

/** Up to where somebody has listened: the numbers of the last article, decision and removal. */
typedef struct place {
    uint64_t article, decision;
    uint64_t removal; /**< UINT64_MAX: not known */
    int64_t time;     /**< the latest arrival or decision until then, 0: not known. What came after
                         an index was restored came later, whatever its number. */
} place;

/** Events as they are sent, for all who wait at the same place. */
typedef struct page {
    buffer bytes;
    place end;     /**< where one is who has them all */
    size_t shared; /**< by so many listeners */
} page;

/** A client that listens. */
typedef struct listener {
    struct MHD_Connection *connection;
    place at;
    page *page;       /**< that it is reading, or NULL */
    size_t sent;      /**< bytes of it */
    int is_suspended; /**< its connection waits for a page */
    int is_new;       /**< it listens from now on, wherever that is */
    int is_unchecked; /**< the place is what the client says */
    uint64_t seen;    /**< the tick at which there was nothing more for it */
    double last_read; /**< when it last took something */
    struct listener *next;
} listener;

typedef struct events {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    listener *listeners;
    size_t count;
    uint64_t ticks; /**< how often something was new */
    int is_closed;
} events;

void events_init(events *e);

/** Says that something is new. */
void events_tick(events *e);
/** What the thread runs that makes the pages: `ctx` is the server. */
void *events_run(void *ctx);
/** Ends the thread, and the connections of all who listen. */
void events_close(events *e);

/** Writes the place of who has heard everything. The caller has the index. */
void events_write_last(server *s, buffer *out);
/** Reads a place, as it is the id of an event; or "12.3", or "12". @return 0, or -1 */
int events_parse_place(const char *text, place *out);

/** `from`: NULL for what is new from now on. @return NULL: there are too many, or out of memory */
listener *events_listen(events *e, struct MHD_Connection *connection, const place *from);
/** Gives the next bytes, at most `room`. @return 0: its connection is suspended; -1: the end */
int64_t events_read(events *e, listener *l, char *to, size_t room);
void events_leave(events *e, listener *l);

#endif
