#define _DEFAULT_SOURCE
#include "terminal/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "failure.h"
#include "terminal/character.h"

static int is_variable_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0';
}

/* POSIX says that the first of these that is set decides. */
static int takes_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_variable_set(names[i])) {
            const char *value = getenv(names[i]);
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
                   strstr(value, "UTF8") != NULL || strstr(value, "utf-8") != NULL;
        }
    return 0;
}

static int terminal_columns(void)
{
    struct winsize size;
    int columns = 0;
    if (is_variable_set("COLUMNS"))
        columns = atoi(getenv("COLUMNS"));
    if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns <= 0)
        columns = 80;
    return columns < 40 ? 40 : columns > 240 ? 240 : columns;
}

void terminal_init(terminal *s, int wanted)
{
    const char *type = getenv("TERM");
    const int able = isatty(STDOUT_FILENO) && type != NULL && strcmp(type, "dumb") != 0;
    s->columns = terminal_columns();
    s->colour =
        wanted == COLOR_ALWAYS || (wanted == COLOR_AUTO && able && !is_variable_set("NO_COLOR"));
    s->unicode = takes_utf8();
}

const char *terminal_style(const terminal *s, style look)
{
    static const char *const codes[] = {
        [STYLE_PLAIN] = "\033[0m",     [STYLE_STRONG] = "\033[1m", [STYLE_FAINT] = "\033[2m",
        [STYLE_NUMBER] = "\033[1;36m", [STYLE_CUT] = "\033[31m",   [STYLE_ADDED] = "\033[32m",
        [STYLE_FACT] = "\033[7m"};
    return s->colour ? codes[look] : "";
}

void terminal_repeat(const terminal *s, const char *unicode, const char *ascii, int count)
{
    while (count-- > 0)
        (void)fputs(s->unicode ? unicode : ascii, stdout);
}

int terminal_print_text(style look, const terminal *s, const char *text, size_t size, int columns)
{
    char line[2000];
    const int width = character_fit_text(text, size, columns, line, sizeof line);
    (void)printf("%s%s%s", terminal_style(s, look), line, terminal_style(s, STYLE_PLAIN));
    return width;
}
