/* twicetold: finds near-duplicate articles and repeated sections from the command line. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "help.h"
#include "message.h"
#include "output.h"
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

static int run_command(const subcommand *command, int argc, char **argv)
{
    settings s;
    const int rc = settings_parse(command, argc, argv, &s);
    return rc >= 0 ? rc : command->run(&s);
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

static int is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run_index(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const subcommand *command = find_command("index ", word);
    char names[120];
    if (is_help(word))
        return help_of_index();
    if (command != NULL)
        return run_command(command, argc - 1, argv + 1);
    list_names("index ", names, sizeof names);
    return message_usage(NULL, "index: %s '%s'; it is %s",
                         *word == '\0' ? "no command given" : "unknown command", word, names);
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
    char names[120];

    hold_standard_streams();
    signals_install();
    if (is_help(word))
        return help_of_all();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return show_version();
    if (strcmp(word, "index") == 0)
        return run_index(argc - 1, argv + 1);
    if (command != NULL && strchr(word, ' ') == NULL)
        return run_command(command, argc - 1, argv + 1);
    list_names("", names, sizeof names);
    if (argc < 2)
        return message_usage(NULL, "no command given; it is %s", names);
    return message_usage(NULL, "unknown command '%s'; it is %s", word, names);
}
