/* Who may ask: the token, the name of the host, and pages of other origins. */
#ifndef CLI_SERVE_AUTH_H
#define CLI_SERVE_AUTH_H

#include "serve/request.h"

/** Reads the token from its file, again after the first time. @return 0, or an exit code */
int auth_read_token(server *s);

/**
 * Refuses a request that has not the token, as `Authorization: Bearer TOKEN` or as the password of
 * Basic, whose user is who asks; one that is meant for another host, since a name of somebody
 * else's may lead here (DNS rebinding); and one that changes something and comes from a page of
 * another origin (CSRF). @return 0, or -1: the request has its answer
 */
int auth_check(request *r);

#endif
