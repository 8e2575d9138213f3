/*
 * The command `serve`, which becomes the program twicetold-serve beside it: serve/ has that. It is
 * a separate program because the library for HTTP, and what that loads, are not for every command.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <string.h>

#include "message.h"
#include "program.h"
#include "settings.h"

static char program[] = "twicetold-serve";

static int run_serve(const settings *s)
{
    if (s->input_count != 1)
        return message_usage(s->command, s->input_count == 0
                                             ? "no INDEX given; give the name of its file"
                                             : "give one INDEX; articles come by HTTP");
    s->words[0] = program; /* as ps shows it */
    program_run(program, s->words);
    return message_failure(errno == ENOENT ? "install libmicrohttpd-dev and build twicetold again"
                                           : NULL,
                           "cannot run %s: %s", program, strerror(errno));
}

const subcommand serve_command = {
    .name = "serve",
    .bit = FOR_SERVE,
    .operands = "INDEX",
    .about = "the same over HTTP, for many producers and readers at once",
    .text = "Serves INDEX over HTTP, and creates it with --keep-text if it does not exist.\n"
            "Articles are sent with POST /articles, and the answer has a verdict on\n"
            "each as soon as they are on the disk. GET / is a page that shows them as they\n"
            "come, GET /openapi.json says what else there is. SIGTERM ends it once all open\n"
            "requests have their answers; SIGHUP makes it reopen the log and read the token.",
    .example = "twicetold serve feed.db --listen 127.0.0.1:8377",
    .run = run_serve,
};
