/* A connection to a running `twicetold serve`: articles go out, the lines of its answers come back.
 */
#ifndef CLI_SERVICE_LINK_H
#define CLI_SERVICE_LINK_H

#include "buffer.h"
#include "settings.h"

typedef struct service_link service_link;

/** Whether an operand names a service and no file: an address, or a local socket. */
int service_link_is_service(const char *name);

/** Connects to a service; the token is in --token-file. @return 0, or an exit code */
int service_link_open(service_link **out, const settings *s);

/** Sends articles, JSON Lines, and waits for the answer, which has a line for each. A service that
 * begins again, or has no room for now, is waited for: what is sent twice changes nothing.
 * @return 0, or an exit code */
int service_link_send(service_link *link, const buffer *articles, buffer *answer);

void service_link_close(service_link *link);

#endif
