/* The socket on which the service listens. */
#ifndef CLI_SERVE_LISTEN_H
#define CLI_SERVE_LISTEN_H

#include "settings.h"

typedef struct listening {
    int fd;
    char path[108]; /**< of a local socket that is to be removed; "" otherwise */
} listening;

/**
 * Opens the socket that --listen names, or takes the one that systemd passes on. Without a token,
 * it is one that other machines do not reach. `where` gets its address. @return 0, or an exit code
 */
int listen_open(listening *l, const settings *s, char *where, size_t size);
void listen_close(listening *l);

#endif
