/* twicetold: finds near-duplicate articles and repeated sections from the command line. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file_list.h"
#include "help.h"
#include "message.h"
#include "nearest.h"
#include "output.h"
#include "program.h"
#include "settings.h"
#include "signals.h"
#include "twicetold.h"

/* Lists the words that may follow `prefix`, as "scan, dedup, index or eval". */
static void list_names(const char *prefix, char *to, size_t size)
{
    const size_t skip = strlen(prefix);
    const char *last = NULL;
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i <= command_count; i++) {
        const char *name = i < command_count ? commands[i]->name : skip == 0 ? "index" : "";
        if (strncmp(name, prefix, skip) != 0 || strchr(name + skip, ' ') != NULL || *name == '\0')
            continue;
        if (last != NULL)
            used += (size_t)snprintf(to + used, size - used, used == 0 ? "%s" : ", %s", last);
        last = name + skip;
    }
    if (last != NULL)
        (void)snprintf(to + used, size - used, " or %s", last);
}

/* Runs the command whose name ends with argv[first]. */
static int run_command(const subcommand *command, int argc, char **argv, int first)
{
    settings s;
    int rc = settings_parse(command, argc - first, argv + first, &s);
    if (rc < 0) {
        program_run_again(&s, argv);
        rc = command->run(&s);
    }
    file_list_free(&s);
    return rc;
}

/* The command whose name is `prefix` followed by `word`, or NULL. */
static const subcommand *find_command(const char *prefix, const char *word)
{
    const size_t skip = strlen(prefix);
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i]->name, prefix, skip) == 0 &&
            strcmp(commands[i]->name + skip, word) == 0)
            return commands[i];
    return NULL;
}

/* The name after `prefix` that a word may stand for, or NULL. */
static const char *suggest_command(const char *prefix, const char *word)
{
    const size_t skip = strlen(prefix);
    nearest best = {0};
    const char *synonym = nearest_synonym(word);
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i]->name, prefix, skip) == 0)
            nearest_try(&best, word, commands[i]->name + skip);
    if (best.word == NULL && synonym != NULL && find_command(prefix, synonym) != NULL)
        best.word = synonym;
    return best.word;
}

/* Refuses a word that is no command; `what` comes before it in the message. */
static int refuse_command(const char *what, const char *prefix, const char *word)
{
    static const subcommand index = {.name = "index"};
    const subcommand *family = *prefix != '\0' ? &index : NULL;
    char names[120];
    const char *meant = suggest_command(prefix, word);
    list_names(prefix, names, sizeof names);
    if (*word == '\0')
        return message_usage(family, "%sno command given; it is %s", what, names);
    if (meant != NULL)
        return message_usage(family, "%sunknown command '%s'; did you mean '%s%s'?", what, word,
                             prefix, meant);
    return message_usage(family, "%sunknown command '%s'; it is %s", what, word, names);
}

static int is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run_index(int argc, char **argv)
{
    const char *word = argc > 2 ? argv[2] : "";
    const subcommand *command = find_command("index ", word);
    if (is_help(word))
        return help_of_index();
    if (command != NULL)
        return run_command(command, argc, argv, 2);
    return refuse_command("index: ", "index ", word);
}

/* `help COMMAND` is `COMMAND --help`, and so is `COMMAND help` where there is no such file. */
static int run_help(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const subcommand *command = find_command("", word);
    if (*word == '\0')
        return help_of_all();
    if (strcmp(word, "index") == 0) {
        command = find_command("index ", argc > 2 ? argv[2] : "");
        return command == NULL ? help_of_index() : help_of_command(command, 0);
    }
    return command == NULL ? refuse_command("", "", word) : help_of_command(command, 0);
}

static int show_version(void)
{
    (void)printf("twicetold %s\n", tt_version_string());
    return output_flush_standard();
}

/* If the parent closed a standard stream, a file that is opened later must not get its number. The
 * number is taken by a file on which reading (0) or writing (1 and 2) fails. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const subcommand *command = find_command("", word);

    hold_standard_streams();
    signals_install();
    if (is_help(word))
        return help_of_all();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return show_version();
    if (strcmp(word, "help") == 0)
        return run_help(argc - 1, argv + 1);
    if (strcmp(word, "index") == 0)
        return run_index(argc, argv);
    if (command == NULL || strchr(word, ' ') != NULL)
        return refuse_command("", "", word);
    if (argc == 3 && strcmp(argv[2], "help") == 0 && access("help", F_OK) != 0)
        return help_of_command(command, 0);
    return run_command(command, argc, argv, 1);
}
