#include "terminal/two_columns.h"

#include <stdio.h>

#include "terminal/character.h"

enum { LEFT, RIGHT };

static int column_width(const terminal *s)
{
    return (s->columns - 3) / 2;
}

static int is_alone(const column *c, size_t at)
{
    return at < c->size && c->alone != NULL && c->alone[at] != 0;
}

/* Without colours, words that differ are put into brackets, which take columns too. */
static int brackets_at(const terminal *s, const column *c, size_t at, size_t next)
{
    if (s->colour || !is_alone(c, at))
        return 0;
    return (at == 0 || !is_alone(c, at - 1)) + !is_alone(c, next);
}

/* A line of a column: the bytes [begin, end), and where the next line begins. */
typedef struct line {
    size_t begin, end, next;
    int width;
} line;

/* In a hard-wrapped text only a blank line ends a line. */
static int ends_line(const column *c, size_t at)
{
    return !c->joins || (at + 1 < c->size && c->text[at + 1] == '\n');
}

static line next_line(const terminal *s, const column *c, size_t begin)
{
    line l = {begin, begin, begin, 0};
    line broken = l; /* as of the last blank */
    const int room = column_width(s);
    character g;
    while (l.next < c->size) {
        int width;
        character_next(c->text + l.next, c->size - l.next, &g);
        if (g.blank &&
            (l.width == 0 ||
             (g.line_end && ends_line(c, l.next)))) { /* blanks at the start are skipped */
            l.next += g.taken;
            if (l.width > 0)
                return l;
            l.begin = l.end = l.next;
            continue;
        }
        if (g.blank)
            broken = (line){l.begin, l.end, l.next + g.taken, l.width};
        width = g.width + brackets_at(s, c, l.next, l.next + g.taken);
        if (l.width + width > room) {
            if (broken.width > 0)
                return broken;
            if (l.width > 0)
                return l;
        }
        l.width += width;
        l.next += g.taken;
        l.end = l.next;
    }
    return l;
}

/* The styles of words that differ begin and end where `alone` changes; brackets take their place
 * where there are no colours. */
static void print_text(const terminal *s, const column *c, const line *l, int which)
{
    unsigned char alone = 0;
    character g;
    (void)fputs(c->look == STYLE_PLAIN ? "" : terminal_style(s, c->look), stdout);
    for (size_t at = l->begin; at < l->end; at += g.taken) {
        character_next(c->text + at, l->end - at, &g);
        if (is_alone(c, at) && c->alone[at] != alone)
            (void)printf("%s%s%s%s%s", alone != 0 ? terminal_style(s, STYLE_PLAIN) : "",
                         terminal_style(s, STYLE_STRONG),
                         terminal_style(s, which == LEFT ? STYLE_CUT : STYLE_ADDED),
                         c->alone[at] == COLUMN_FACT ? terminal_style(s, STYLE_FACT) : "",
                         s->colour || alone != 0 || (at > 0 && is_alone(c, at - 1)) ? "" : "[");
        alone = is_alone(c, at) ? c->alone[at] : 0;
        (void)fwrite(g.bytes, 1, g.size, stdout);
        if (alone != 0 && !is_alone(c, at + g.taken)) {
            (void)fputs(s->colour ? terminal_style(s, STYLE_PLAIN) : "]", stdout);
            alone = 0;
        }
    }
    (void)fputs(terminal_style(s, STYLE_PLAIN), stdout);
}

static int has_alone(const column *c, const line *l)
{
    for (size_t at = l->begin; at < l->end; at++)
        if (is_alone(c, at))
            return 1;
    return 0;
}

static size_t count_lines(const terminal *s, const column *c)
{
    size_t count = 0, at = 0;
    while (at < c->size) {
        const line l = next_line(s, c, at);
        count += l.width > 0;
        at = l.next;
    }
    return count;
}

static const char *sign_of(const terminal *s, const line lines[2], block kind, int differ)
{
    if (kind == BLOCK_SHARED)
        return differ ? "!" : s->unicode ? "\xe2\x94\x82" : "|";
    if (kind == BLOCK_CONTEXT)
        return " ";
    if (lines[LEFT].width > 0 && lines[RIGHT].width > 0)
        return "!";
    return lines[LEFT].width > 0 ? "<" : ">";
}

static void print_row(const terminal *s, const column *const columns[2], const line lines[2],
                      block kind)
{
    const int differ = kind == BLOCK_SHARED && (has_alone(columns[LEFT], &lines[LEFT]) ||
                                                has_alone(columns[RIGHT], &lines[RIGHT]));
    print_text(s, columns[LEFT], &lines[LEFT], LEFT);
    (void)printf("%*s %s%s%s", column_width(s) - lines[LEFT].width, "",
                 terminal_style(s, differ ? STYLE_NUMBER : STYLE_FAINT),
                 sign_of(s, lines, kind, differ), terminal_style(s, STYLE_PLAIN));
    if (lines[RIGHT].width > 0) {
        (void)putchar(' ');
        print_text(s, columns[RIGHT], &lines[RIGHT], RIGHT);
    }
    (void)putchar('\n');
}

/* Prints the next line of each column, if it has one, and moves behind them. */
static void print_next_row(const terminal *s, const column *const columns[2], size_t at[2],
                           block kind)
{
    line lines[2];
    for (int k = LEFT; k <= RIGHT; k++) {
        do {
            lines[k] = next_line(s, columns[k], at[k]);
            at[k] = lines[k].next;
        } while (lines[k].width == 0 && at[k] < columns[k]->size);
    }
    print_row(s, columns, lines, kind);
}

void two_columns_print(const terminal *s, const column *left, const column *right, block kind,
                       int most)
{
    const column *const columns[2] = {left, right};
    size_t at[2] = {0, 0}, row = 0;
    const size_t rows[2] = {count_lines(s, left), count_lines(s, right)};
    const size_t all = rows[0] > rows[1] ? rows[0] : rows[1];
    const size_t limit = most > 0 && all > (size_t)most + 1 ? (size_t)most : all;
    while (row < limit) {
        print_next_row(s, columns, at, kind);
        row++;
    }
    if (limit < all)
        (void)printf("%s%*s%zu more lines (--all)%s\n", terminal_style(s, STYLE_FAINT),
                     rows[0] > limit ? 0 : column_width(s) + 3, "", all - limit,
                     terminal_style(s, STYLE_PLAIN));
}

void two_columns_heading(const terminal *s, const char *left, size_t left_size, const char *right,
                         size_t right_size, style look)
{
    enum { MOST_LINES = 6 };
    const column columns[2] = {{left, left_size, NULL, look, 0},
                               {right, right_size, NULL, look, 0}};
    const column *const both[2] = {&columns[LEFT], &columns[RIGHT]};
    size_t at[2] = {0, 0};
    for (int row = 0; row < MOST_LINES && (at[LEFT] < left_size || at[RIGHT] < right_size); row++)
        print_next_row(s, both, at, BLOCK_SHARED);
}

void two_columns_rule(const terminal *s)
{
    const int width = column_width(s);
    (void)fputs(terminal_style(s, STYLE_FAINT), stdout);
    terminal_repeat(s, "\xe2\x94\x80", "-", width + 1);
    terminal_repeat(s, "\xe2\x94\xbc", "+", 1);
    terminal_repeat(s, "\xe2\x94\x80", "-", width + 1);
    (void)printf("%s\n", terminal_style(s, STYLE_PLAIN));
}
