/* Turns the plain text of the tables into mdoc(7). */
#include <ctype.h>
#include <string.h>

#include "manual.h"

enum { LINE_WIDTH = 78 };

/* Writes a word; characters that mean something to roff are escaped. */
static void write_word(FILE *out, const char *word, size_t size, int first)
{
    if (first && (*word == '.' || *word == '\''))
        (void)fputs("\\&", out);
    for (size_t i = 0; i < size; i++)
        if (word[i] == '\\')
            (void)fputs("\\e", out);
        else if (word[i] == '\'')
            (void)fputs("\\(aq", out);
        else
            (void)fputc(word[i], out);
}

/* Writes --name and the punctuation after it as a separate line. */
static void write_flag(FILE *out, const char *word, size_t size)
{
    const size_t name = 2 + strspn(word + 2, "abcdefghijklmnopqrstuvwxyz-");
    (void)fprintf(out, ".Fl %.*s", (int)(name - 1), word + 1);
    if (name < size)
        (void)fprintf(out, " %.*s", (int)(size - name), word + name);
    (void)fputc('\n', out);
}

/* Writes the words up to `end` in filled lines; --name becomes a flag. */
static void write_filled(FILE *out, const char *text, const char *end)
{
    size_t column = 0;
    while (text < end) {
        size_t size = strcspn(text, " \n");
        if (size > (size_t)(end - text))
            size = (size_t)(end - text);
        if (strncmp(text, "--", 2) == 0 && isalpha((unsigned char)text[2])) {
            if (column > 0)
                (void)fputc('\n', out);
            write_flag(out, text, size);
            column = 0;
        } else if (size > 0) {
            if (column > 0 && column + 1 + size > LINE_WIDTH) {
                (void)fputc('\n', out);
                column = 0;
            } else if (column > 0) {
                (void)fputc(' ', out);
                column++;
            }
            write_word(out, text, size, column == 0);
            column += size;
            if (text[size - 1] == '.' && text + size < end) { /* each sentence starts a line */
                (void)fputc('\n', out);
                column = 0;
            }
        }
        text += size;
        text += strspn(text, " \n");
    }
    if (column > 0)
        (void)fputc('\n', out);
}

/* A table, whose columns are at least three blanks apart, is written as it is. */
static void write_paragraph(FILE *out, const char *text, const char *end)
{
    const char *gap = strstr(text, "   ");
    if (gap == NULL || gap >= end) {
        write_filled(out, text, end);
        return;
    }
    (void)fputs(".Bd -literal\n", out);
    while (text < end) {
        const size_t size = strcspn(text, "\n");
        write_word(out, text, size, 1);
        (void)fputc('\n', out);
        text += size + 1;
    }
    (void)fputs(".Ed\n", out);
}

static void write_text(FILE *out, const char *text)
{
    for (;;) {
        const char *gap = strstr(text, "\n\n");
        write_paragraph(out, text, gap != NULL ? gap : text + strlen(text));
        if (gap == NULL)
            return;
        text = gap + 2;
        (void)fputs(".Pp\n", out);
    }
}

/* Writes the phrase of the help as a sentence. */
static void write_option(FILE *out, const option_row *r)
{
    char sentence[600];
    const size_t size = strlen(r->help);
    (void)fputs(".It ", out);
    if (r->letter != 0)
        (void)fprintf(out, "Fl %c , ", r->letter);
    (void)fprintf(out, "Fl -%s", r->name);
    if (r->value != NULL)
        (void)fprintf(out, " Ar %s", r->value);
    (void)fputc('\n', out);
    (void)snprintf(sentence, sizeof sentence, "%s%s%s%s", r->help,
                   r->help[size - 1] == '.' ? "" : ".", r->more != NULL ? " " : "",
                   r->more != NULL ? r->more : "");
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    write_text(out, sentence);
}

/* Writes the name of a command as part of the name of its page: "index-create". */
static void write_name(FILE *out, const char *name, int upper)
{
    for (; *name != '\0'; name++)
        (void)fputc(*name == ' ' ? '-' : upper ? toupper((unsigned char)*name) : *name, out);
}

static void write_synopsis(FILE *out, const subcommand *command)
{
    (void)fprintf(out, ".Sh SYNOPSIS\n.Nm twicetold %s\n.Op Ar options\n", command->name);
    for (const char *word = command->operands; *word != '\0'; word += strspn(word, " ")) {
        const size_t size = strcspn(word, " ");
        const int flag = *word == '-';
        (void)fprintf(out, ".%s %.*s\n", flag ? "Fl" : "Ar", (int)size - flag, word + flag);
        word += size;
    }
}

void manual_write(FILE *out, const subcommand *command, const char *date)
{
    (void)fprintf(out, "%s.Dt TWICETOLD-", date);
    write_name(out, command->name, 1);
    (void)fputs(" 1\n.Os\n.Sh NAME\n.Nm twicetold-", out);
    write_name(out, command->name, 0);
    (void)fprintf(out, "\n.Nd %s\n", command->about);
    write_synopsis(out, command);
    (void)fputs(".Sh DESCRIPTION\n", out);
    write_text(out, command->text);
    if (command->more != NULL) {
        (void)fputs(".Pp\n", out);
        write_text(out, command->more);
    }
    (void)fputs(".Sh OPTIONS\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < option_count; i++)
        if ((option_rows[i].who & command->bit) != 0)
            write_option(out, &option_rows[i]);
    (void)fputs(".El\n.Sh EXIT STATUS\n"
                "0 done; 1 done, and some records were rejected; 2 the command line was wrong;\n"
                "3 failed: the reason is on standard error, and no file was written.\n",
                out);
    if ((command->bit & (FOR_SCAN | FOR_DEDUP)) != 0)
        (void)fputs("With\n.Fl -fail-on-duplicates :\n4 done, and there are copies.\n", out);
    (void)fputs(".Sh EXAMPLES\n.Dl $ ", out);
    write_word(out, command->example, strlen(command->example), 0);
    (void)fputs("\n.Sh SEE ALSO\n.Xr twicetold 1\n", out);
}

void manual_write_list(FILE *out)
{
    (void)fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < command_count; i++) {
        (void)fputs(".It Xr twicetold-", out);
        write_name(out, commands[i]->name, 0);
        (void)fputs(" 1\n", out);
        write_filled(out, commands[i]->about, commands[i]->about + strlen(commands[i]->about));
    }
    (void)fputs(".El\n", out);
}
