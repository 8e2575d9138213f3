/* watch: a feed to an index or a service, with a verdict on each article. */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "feeding.h"
#include "message.h"

/* Connects to the service that is named in the place of an index. */
static int open_service(feeding *f, const settings *s)
{
    const char *option = s->window != 0       ? "window"
                         : s->notices != NULL ? "notices"
                         : s->sources != 0    ? "sources"
                         : s->prefer != NULL  ? "prefer"
                                              : NULL;
    int rc;
    if (option != NULL)
        return message_usage(s->command, "--%s is for an INDEX; a service decides that itself",
                             option);
    rc = service_link_open(&f->service, s);
    if (rc != 0)
        service_link_close(f->service);
    return rc;
}

static int run_watch(const settings *s)
{
    static const char *const input[] = {"-"};
    feeding f = {.adds = 1, .verdicts = 1};
    settings made = *s;
    if (s->input_count != 1)
        return message_usage(s->command, s->input_count == 0
                                             ? "no INDEX given; give the name of its file"
                                             : "give one INDEX; articles come on "
                                               "standard input");
    if (service_link_is_service(s->inputs[0])) {
        const int rc = open_service(&f, s);
        if (rc != 0)
            return rc;
    }
    if (access(s->inputs[0], F_OK) == 0)
        made.engine.seed = 0; /* it has one */
    return feeding_run(&f, &made, TT_INDEX_CREATE, s->dir != NULL ? &s->dir : input, 1);
}

const subcommand watch_command = {
    .name = "watch",
    .bit = FOR_WATCH,
    .operands = "INDEX",
    .about = "say whether each incoming article has been seen before",
    .text = "Reads articles, JSON Lines, on standard input (which may be empty), adds them to\n"
            "INDEX, which is created if missing, and writes a verdict on each, a JSON line,\n"
            "once it is on the disk: new, duplicate, correction, update, overlaps, withdrawn.\n"
            "A record without an id is named -#DIGEST, by its content. INDEX may be the\n"
            "address or socket of a running 'twicetold serve', to which several may send.",
    .example = "twicetold watch feed.db --window 72h <feed.jsonl >verdicts.jsonl",
    .run = run_watch,
};
