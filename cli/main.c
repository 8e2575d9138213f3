/* twicetold: near-duplicate articles and repeated sections, from the command line. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "options.h"
#include "signals.h"
#include "twicetold.h"

static const subcommand *const commands[] = {&scan_command, &dedup_command, &eval_command};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int flush_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return message_failure("cannot write standard output: %s", strerror(errno));
    return EXIT_DONE;
}

static int show_help(void)
{
    (void)printf("Usage: twicetold COMMAND [OPTION]... [ARGUMENT]...\n\n"
                 "Finds near-duplicate articles and repeated sections in text.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        (void)printf("  %-8s %s\n", commands[i]->name, commands[i]->about);
    (void)printf("\n  --help     this page; after a COMMAND: its options\n"
                 "  --version  the version\n\n"
                 "Example: twicetold scan feed.jsonl -o result.jsonl\n");
    return flush_output();
}

static int show_version(void)
{
    const uint32_t version = tt_version();
    (void)printf("twicetold %u.%u.%u\n", version / 10000, version / 100 % 100, version % 100);
    return flush_output();
}

/* A standard stream that the parent closed must not become the number of a file opened later: it is
 * held by one on which reading (of 0) or writing (to 1 and 2) fails. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    settings s;
    int ended;

    hold_standard_streams();
    signals_install();
    if (word == NULL)
        return message_usage(NULL, "no command given; it is scan, dedup or eval");
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return show_help();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return show_version();
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(word, commands[i]->name) != 0)
            continue;
        ended = options_parse(commands[i], argc - 1, argv + 1, &s);
        return ended >= 0 ? ended : commands[i]->run(&s);
    }
    return message_usage(NULL, "unknown command '%s'; it is scan, dedup or eval", word);
}
