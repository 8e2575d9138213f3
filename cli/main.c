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

static const subcommand *const commands[] = {&scan_command, &dedup_command, &watch_command,
                                             &eval_command};

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
    (void)printf("  %-8s %s\n", "index",
                 "keep an index of articles: create, add, query, remove...");
    (void)printf("\n  --help     this page; after a COMMAND: its options\n"
                 "  --version  the version\n\n"
                 "Example: twicetold scan feed.jsonl -o result.jsonl\n");
    return flush_output();
}

static int show_index_help(void)
{
    (void)printf(
        "Usage: twicetold index COMMAND INDEX [OPTION]... [ARGUMENT]...\n\n"
        "Keeps the articles seen so far in INDEX, one file, and tells of new ones whether\n"
        "they came before. 'twicetold watch' does both with a feed.\n\n");
    for (size_t i = 0; i < INDEX_COMMANDS; i++)
        (void)printf("  %-8s %s\n", index_commands[i]->name + strlen("index "),
                     index_commands[i]->about);
    (void)printf("\n  --help   this page; after a COMMAND: its options\n\n"
                 "Example: twicetold index query feed.db new.jsonl\n");
    return flush_output();
}

static int run_command(const subcommand *command, int argc, char **argv)
{
    settings s;
    const int ended = options_parse(command, argc, argv, &s);
    return ended >= 0 ? ended : command->run(&s);
}

static int run_index(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return show_index_help();
    for (size_t i = 0; i < INDEX_COMMANDS; i++)
        if (strcmp(word, index_commands[i]->name + strlen("index ")) == 0)
            return run_command(index_commands[i], argc - 1, argv + 1);
    return message_usage(NULL,
                         "index: %s '%s'; it is create, add, query, remove, expire, stat or "
                         "check",
                         *word == '\0' ? "no command given" : "unknown command", word);
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

    hold_standard_streams();
    signals_install();
    if (word == NULL)
        return message_usage(NULL, "no command given; it is scan, dedup, watch, index or eval");
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return show_help();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return show_version();
    if (strcmp(word, "index") == 0)
        return run_index(argc - 1, argv + 1);
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(word, commands[i]->name) == 0)
            return run_command(commands[i], argc - 1, argv + 1);
    return message_usage(NULL, "unknown command '%s'; it is scan, dedup, watch, index or eval",
                         word);
}
