#include "help.h"

#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "output.h"

/* Prints `text` wrapped at 79 columns and indented by `indent`; the cursor is at `column`. */
static void print_wrapped(const char *text, int indent, int column)
{
    const int width = 79;
    if (column >= indent) {
        (void)putchar('\n');
        column = 0;
    }
    (void)printf("%*s", indent - column, "");
    column = indent;
    while (*text != '\0') {
        const int size = (int)strcspn(text, " ");
        if (column > indent && column + 1 + size > width) {
            (void)printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            (void)putchar(' ');
            column++;
        }
        (void)printf("%.*s", size, text);
        column += size;
        text += size;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

static void print_row(const option_row *r)
{
    int column =
        r->letter != 0 ? printf("  -%c, --%s", r->letter, r->name) : printf("      --%s", r->name);
    if (r->value != NULL)
        column += printf(" %s", r->value);
    print_wrapped(r->help, 26, column);
}

int help_of_command(const subcommand *command, int all)
{
    (void)printf("Usage: twicetold %s [OPTION]... %s\n\n%s\n\n", command->name, command->operands,
                 command->text);
    for (size_t i = 0; i < option_count; i++)
        if ((option_rows[i].who & command->bit) != 0 && (all || option_rows[i].first))
            print_row(&option_rows[i]);
    if (all && command->more != NULL)
        (void)printf("\n%s\n", command->more);
    (void)printf("\nExample: %s\n", command->example);
    if (!all)
        (void)printf("All options: twicetold %s --help-all\n", command->name);
    (void)printf("Exit codes: 0 done, 1 done but records were rejected, 2 usage, 3 failed\n");
    return output_flush_standard();
}

int help_of_all(void)
{
    (void)printf("Usage: twicetold COMMAND [OPTION]... [ARGUMENT]...\n\n"
                 "Finds near-duplicate articles and repeated sections in text.\n\n");
    for (size_t i = 0; i < command_count; i++)
        if (strchr(commands[i]->name, ' ') == NULL)
            (void)printf("  %-8s %s\n", commands[i]->name, commands[i]->about);
    (void)printf("  %-8s %s\n", "index",
                 "keep an index of articles: create, add, query, remove...");
    (void)printf("\n  --help     this page; after a COMMAND: its options\n"
                 "  --version  the version\n\n"
                 "Example: twicetold scan feed.jsonl -o result.jsonl\n");
    return output_flush_standard();
}

int help_of_index(void)
{
    (void)printf("Usage: twicetold index COMMAND INDEX [OPTION]... [ARGUMENT]...\n\n"
                 "Keeps the articles seen so far in INDEX, one file, and says whether new ones\n"
                 "have been seen before. 'twicetold watch' does both with a feed.\n\n");
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i]->name, "index ", 6) == 0)
            (void)printf("  %-8s %s\n", commands[i]->name + 6, commands[i]->about);
    (void)printf("  --help   this page; after a COMMAND: its options\n\n"
                 "Example: twicetold index query feed.db new.jsonl\n");
    return output_flush_standard();
}
