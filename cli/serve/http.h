/* The thread that speaks HTTP. */
#ifndef CLI_SERVE_HTTP_H
#define CLI_SERVE_HTTP_H

#include "serve/server.h"

/** Opens the socket of --listen, or takes the one that systemd passes on, and begins to accept.
 * `where`, of `size` bytes, is where it can be reached. @return 0, or an exit code */
int http_start(server *s, char *where, size_t size);

/** Closes connections whose time is over. To be called every second. */
void http_sweep(server *s);

/** Accepts no more connections, and refuses new requests on those that there are. */
void http_drain(server *s);
/** How many requests are not answered yet. */
size_t http_pending(server *s);
void http_stop(server *s);

#endif
