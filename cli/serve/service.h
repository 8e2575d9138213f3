/* The service: `twicetold serve`. */
#ifndef CLI_SERVE_SERVICE_H
#define CLI_SERVE_SERVICE_H

#include "settings.h"

/** Serves the index until a signal. @return an exit code */
int service_run(const settings *s);

#endif
