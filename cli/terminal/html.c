#define _POSIX_C_SOURCE 200809L
#include "terminal/html.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"

static FILE *kept;
static int standard_output = -1;

int html_begin(terminal *t)
{
    kept = tmpfile();
    if (kept == NULL)
        return failure_temporary("write", NULL, errno);
    (void)fflush(stdout);
    standard_output = dup(STDOUT_FILENO);
    (void)dup2(fileno(kept), STDOUT_FILENO);
    t->columns = HTML_COLUMNS;
    t->colour = t->unicode = 1;
    return 0;
}

static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<' || *text == '&')
            (void)fputs(*text == '<' ? "&lt;" : "&amp;", stdout);
        else
            (void)putchar(*text);
}

static void print_head(const char *title)
{
    (void)fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'\">\n"
                "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
                stdout);
    print_escaped(title);
    (void)fputs("</title>\n<style>\n"
                ":root { color-scheme: light dark }\n"
                "body { margin: 1em; overflow-x: auto; color: light-dark(#111, #ddd); "
                "background: light-dark(#fff, #161616) }\n"
                "h1 { font: bold 16px/1.4 ui-monospace, monospace }\n"
                "pre { font: 14px/1.4 ui-monospace, monospace }\n"
                ".strong { font-weight: bold } .faint { color: light-dark(#595959, #a0a0a0) }\n"
                ".number { font-weight: bold; color: light-dark(#005a73, #6cc7de) }\n"
                ".cut { color: light-dark(#a4000f, #ff8f86) } "
                ".added { color: light-dark(#006b2d, #6fd58c) }\n"
                ".fact { text-decoration: underline 2px; font-weight: bold }\n"
                "</style>\n<main><h1>",
                stdout);
    print_escaped(title);
    (void)fputs("</h1>\n<pre tabindex=\"0\">", stdout);
}

/* The class of a style's escape sequence, "" where it ends all of them. *size: its bytes. */
static const char *class_at(const char *text, size_t *size)
{
    static const struct {
        style look;
        const char *name;
    } classes[] = {{STYLE_STRONG, "strong"}, {STYLE_FAINT, "faint"}, {STYLE_NUMBER, "number"},
                   {STYLE_CUT, "cut"},       {STYLE_ADDED, "added"}, {STYLE_FACT, "fact"},
                   {STYLE_PLAIN, ""}};
    const terminal coloured = {HTML_COLUMNS, 1, 1};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const char *code = terminal_style(&coloured, classes[i].look);
        *size = strlen(code);
        if (strncmp(text, code, *size) == 0)
            return classes[i].name;
    }
    *size = 1;
    return "";
}

/* A line is whole: no style and no character is cut by the ends of `line`. */
static void print_line_of_page(const char *line, int *open)
{
    while (*line != '\0') {
        size_t size = 1;
        if (*line == '\033') {
            const char *name = class_at(line, &size);
            for (; *name == '\0' && *open > 0; (*open)--)
                (void)fputs("</span>", stdout);
            if (*name != '\0') {
                (void)printf("<span class=\"%s\">", name);
                (*open)++;
            }
        } else {
            const char one[2] = {*line, '\0'};
            print_escaped(one);
        }
        line += size;
    }
}

int html_end(const char *title)
{
    char *line = NULL;
    size_t room = 0;
    int open = 0, rc = 0;
    if (kept == NULL)
        return 0;
    (void)fflush(stdout);
    (void)dup2(standard_output, STDOUT_FILENO);
    (void)close(standard_output);
    rewind(kept);
    print_head(title);
    while (getline(&line, &room, kept) > 0)
        print_line_of_page(line, &open);
    for (; open > 0; open--)
        (void)fputs("</span>", stdout);
    (void)fputs("</pre></main>\n</html>\n", stdout);
    if (ferror(kept))
        rc = failure_temporary("read", NULL, errno);
    free(line);
    (void)fclose(kept);
    kept = NULL;
    return rc;
}
