/*
 * A program that the build runs to write the manual pages and the completions into a directory.
 *
 *   tt_pages DIRECTORY twicetold.1.in
 *
 * The template is the page twicetold(1). A line "@commands@" in it becomes the list of commands,
 * and its first line, the date, also goes into every other page.
 */
#include "manual.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, LINE_SIZE = 512 };

static FILE *open_page(const char *directory, const char *folder, const char *name,
                       const char *suffix)
{
    char path[PATH_SIZE];
    FILE *out;
    const int used = snprintf(path, sizeof path, "%s/%s/%s%s", directory, folder, name, suffix);
    out = used > 0 && used < PATH_SIZE ? fopen(path, "w") : NULL;
    if (out == NULL)
        perror(path);
    return out;
}

static int close_page(FILE *out)
{
    const int bad = ferror(out);
    if (fclose(out) == 0 && !bad)
        return 0;
    perror("tt_pages");
    return 1;
}

static int write_overview(const char *directory, FILE *template, const char *date)
{
    char line[LINE_SIZE];
    FILE *out = open_page(directory, "man1", "twicetold", ".1");
    if (out == NULL)
        return 1;
    (void)fputs(date, out);
    while (fgets(line, sizeof line, template) != NULL)
        if (strcmp(line, "@commands@\n") == 0)
            manual_write_list(out);
        else
            (void)fputs(line, out);
    return close_page(out);
}

static int write_manual(const char *directory, const subcommand *command, const char *date)
{
    char name[80];
    FILE *out;
    (void)snprintf(name, sizeof name, "twicetold-%s", command->name);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)(*c == ' ' ? '-' : *c);
    out = open_page(directory, "man1", name, ".1");
    if (out == NULL)
        return 1;
    manual_write(out, command, date);
    return close_page(out);
}

static int write_completions(const char *directory, const char *folder, const char *name,
                             void (*write)(FILE *))
{
    FILE *out = open_page(directory, folder, name, "");
    if (out == NULL)
        return 1;
    write(out);
    return close_page(out);
}

int main(int argc, char **argv)
{
    char date[LINE_SIZE];
    FILE *template = argc == 3 ? fopen(argv[2], "r") : NULL;
    int bad;
    if (template == NULL || fgets(date, sizeof date, template) == NULL) {
        (void)fputs("usage: tt_pages DIRECTORY twicetold.1.in\n", stderr);
        return EXIT_FAILURE;
    }
    bad = write_overview(argv[1], template, date);
    (void)fclose(template);
    for (size_t i = 0; i < command_count && !bad; i++)
        bad = write_manual(argv[1], commands[i], date);
    bad = bad || write_completions(argv[1], "bash", "twicetold", completions_write_bash) ||
          write_completions(argv[1], "zsh", "_twicetold", completions_write_zsh) ||
          write_completions(argv[1], "fish", "twicetold.fish", completions_write_fish);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
