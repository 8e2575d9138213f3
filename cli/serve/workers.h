/* The threads that do requests. */
#ifndef CLI_SERVE_WORKERS_H
#define CLI_SERVE_WORKERS_H

#include "serve/server.h"

/** Begins all threads but that of HTTP. @return 0, or an exit code */
int workers_start(server *s);
/** Lets them finish what there is, and waits for their end. */
void workers_stop(server *s);

#endif
