#include <string.h>

#include "manual.h"
#include "option_values.h"

/* Whether the option's value is the name of a file. */
static int takes_file(const option_row *r)
{
    return r->value != NULL && strcmp(r->value, "FILE") == 0;
}

static int is_index(const subcommand *command)
{
    return strncmp(command->name, "index ", 6) == 0;
}

/* Writes the words that an option's value may be, separated by blanks. */
static void write_words(FILE *out, const option_row *r)
{
    const char *const *words = option_words(r);
    for (size_t i = 0; words[i] != NULL; i++)
        (void)fprintf(out, "%s%s", i == 0 ? "" : " ", words[i]);
}

/* Writes text between single quotes: a quote becomes `quote`, and the characters in `escaped` get a
 * backslash. */
static void write_quoted(FILE *out, const char *text, const char *escaped, const char *quote)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            (void)fputs(quote, out);
            continue;
        }
        if (strchr(escaped, *text) != NULL)
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
}

static void write_names(FILE *out, int index)
{
    for (size_t i = 0; i < command_count; i++)
        if (is_index(commands[i]) == index)
            (void)fprintf(out, "%s ", commands[i]->name + (index ? 6 : 0));
}

/* ==== bash ================================================================================ */

/* An option that several commands have is listed once. */
static int is_first(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(option_rows[k].name, option_rows[i].name) == 0)
            return 0;
    return 1;
}

static void write_bash_values(FILE *out)
{
    (void)fputs("    case $previous in\n", out);
    for (size_t i = 0; i < option_count; i++) {
        const option_row *r = &option_rows[i];
        if (r->value == NULL || !is_first(i))
            continue;
        (void)fprintf(out, "    --%s", r->name);
        if (r->letter != 0)
            (void)fprintf(out, " | -%c", r->letter);
        if (takes_file(r)) {
            (void)fputs(") return ;;\n", out);
        } else if (option_words(r) != NULL) {
            (void)fputs(") words='", out);
            write_words(out, r);
            (void)fputs("' ;;\n", out);
        } else {
            (void)fputs(") compopt +o default; return ;;\n", out);
        }
    }
    (void)fputs("    esac\n", out);
}

void completions_write_bash(FILE *out)
{
    (void)fputs(
        "# Completion of twicetold's words in bash; made by the build.\n"
        "_twicetold() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local command=${COMP_WORDS[1]} place=1 words=\n"
        "    COMPREPLY=()\n"
        "    if [ \"$command\" = index ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n"
        "        command=\"index ${COMP_WORDS[2]}\" place=2\n"
        "    fi\n",
        out);
    write_bash_values(out);
    (void)fputs("    if [ -z \"$words\" ]; then\n        case $COMP_CWORD:$command in\n"
                "        1:*) words='",
                out);
    write_names(out, 0);
    (void)fputs("index --help --version' ;;\n        2:index*) words='", out);
    write_names(out, 1);
    (void)fputs("--help' ;;\n", out);
    for (size_t i = 0; i < command_count; i++) {
        (void)fprintf(out, "        *:'%s') words='", commands[i]->name);
        for (size_t k = 0; k < option_count; k++)
            if ((option_rows[k].who & commands[i]->bit) != 0)
                (void)fprintf(out, "--%s ", option_rows[k].name);
        (void)fputs("' ;;\n", out);
    }
    (void)fputs("        esac\n"
                "        [ \"$COMP_CWORD\" -le \"$place\" ] || [ \"${current#-}\" != \"$current\" "
                "] || return\n"
                "    fi\n"
                "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
                "}\n"
                "complete -o default -F _twicetold twicetold\n",
                out);
}

/* ==== zsh ================================================================================= */

static void write_zsh_option(FILE *out, const option_row *r)
{
    if (r->letter != 0)
        (void)fprintf(out, " \\\n        '(-%c --%s)'{-%c,--%s}'[", r->letter, r->name, r->letter,
                      r->name);
    else
        (void)fprintf(out, " \\\n        '--%s[", r->name);
    write_quoted(out, r->help, "[]:", "'\\''");
    (void)fputs("]", out);
    if (takes_file(r))
        (void)fprintf(out, ":%s:_files", r->value);
    else if (r->value != NULL) {
        (void)fprintf(out, ":%s:", r->value);
        if (option_words(r) != NULL) {
            (void)fputs("(", out);
            write_words(out, r);
            (void)fputs(")", out);
        }
    }
    (void)fputs("'", out);
}

static void write_zsh_list(FILE *out, const char *name, int index)
{
    (void)fprintf(out, "    local -a %s=(", name);
    for (size_t i = 0; i < command_count; i++)
        if (is_index(commands[i]) == index) {
            (void)fprintf(out, "\n        '%s:", commands[i]->name + (index ? 6 : 0));
            write_quoted(out, commands[i]->about, "", "'\\''");
            (void)fputs("'", out);
        }
    if (!index)
        (void)fputs("\n        'index:keep an index of articles'", out);
    (void)fputs(")\n", out);
}

void completions_write_zsh(FILE *out)
{
    (void)fputs("#compdef twicetold\n"
                "# Completion of twicetold's words in zsh; made by the build.\n"
                "_twicetold() {\n",
                out);
    write_zsh_list(out, "names", 0);
    write_zsh_list(out, "index_names", 1);
    (void)fputs("    local command=$words[2]\n"
                "    if (( CURRENT == 2 )); then\n"
                "        _describe command names\n"
                "        return\n"
                "    fi\n"
                "    if [[ $command == index ]]; then\n"
                "        if (( CURRENT == 3 )); then\n"
                "            _describe command index_names\n"
                "            return\n"
                "        fi\n"
                "        command=\"index $words[3]\"\n"
                "        shift words\n"
                "        (( CURRENT-- ))\n"
                "    fi\n"
                "    shift words\n"
                "    (( CURRENT-- ))\n"
                "    case $command in\n",
                out);
    for (size_t i = 0; i < command_count; i++) {
        (void)fprintf(out, "    ('%s') _arguments -S", commands[i]->name);
        for (size_t k = 0; k < option_count; k++)
            if ((option_rows[k].who & commands[i]->bit) != 0)
                write_zsh_option(out, &option_rows[k]);
        (void)fputs(" \\\n        '*:file:_files' ;;\n", out);
    }
    (void)fputs("    esac\n}\n_twicetold \"$@\"\n", out);
}

/* ==== fish ================================================================================ */

static void write_fish_condition(FILE *out, const subcommand *command)
{
    if (is_index(command))
        (void)fprintf(out,
                      "complete -c twicetold -n '__fish_seen_subcommand_from index; and "
                      "__fish_seen_subcommand_from %s'",
                      command->name + 6);
    else
        (void)fprintf(out, "complete -c twicetold -n '__fish_seen_subcommand_from %s'",
                      command->name);
}

static void write_fish_names(FILE *out)
{
    for (size_t i = 0; i < command_count; i++) {
        if (is_index(commands[i])) {
            (void)fputs("complete -c twicetold -n '__fish_seen_subcommand_from index; and not "
                        "__fish_seen_subcommand_from ",
                        out);
            write_names(out, 1);
            (void)fprintf(out, "' -f -a %s -d '", commands[i]->name + 6);
        } else {
            (void)fprintf(out, "complete -c twicetold -n __fish_use_subcommand -f -a %s -d '",
                          commands[i]->name);
        }
        write_quoted(out, commands[i]->about, "", "\\'");
        (void)fputs("'\n", out);
    }
    (void)fputs("complete -c twicetold -n __fish_use_subcommand -f -a index -d 'keep an index of "
                "articles'\n",
                out);
}

void completions_write_fish(FILE *out)
{
    (void)fputs("# Completion of twicetold's words in fish; made by the build.\n", out);
    write_fish_names(out);
    for (size_t i = 0; i < command_count; i++)
        for (size_t k = 0; k < option_count; k++) {
            const option_row *r = &option_rows[k];
            if ((r->who & commands[i]->bit) == 0)
                continue;
            write_fish_condition(out, commands[i]);
            (void)fprintf(out, " -l %s", r->name);
            if (r->letter != 0)
                (void)fprintf(out, " -s %c", r->letter);
            if (r->value != NULL)
                (void)fputs(takes_file(r) ? " -r -F" : " -x", out);
            if (option_words(r) != NULL) {
                (void)fputs(" -a '", out);
                write_words(out, r);
                (void)fputs("'", out);
            }
            (void)fputs(" -d '", out);
            write_quoted(out, r->help, "\\", "\\'");
            (void)fputs("'\n", out);
        }
}
