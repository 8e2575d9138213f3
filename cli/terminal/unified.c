/*
 * Lines that both texts have in order are found by the longest common subsequence, between the
 * lines with which both begin and those with which both end. Texts of very many different lines
 * are one block that is replaced.
 */
#include "terminal/unified.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "failure.h"
#include "memory.h"
#include "terminal/character.h"

enum { MOST_CELLS = 16 << 20 };

typedef struct text_lines {
    extent *items;
    size_t count, capacity;
    const char *text;
} text_lines;

static int split_lines(text_lines *l, const article_copy *a)
{
    l->text = a->text;
    for (size_t at = 0; at < a->size;) {
        const char *end = memchr(a->text + at, '\n', a->size - at);
        const size_t stop = end == NULL ? a->size : (size_t)(end - a->text);
        if (memory_grow(&l->items, l->count, &l->capacity, sizeof *l->items) != 0)
            return EXIT_FAILED;
        l->items[l->count++] = (extent){at, stop};
        at = stop + 1;
    }
    return 0;
}

static int lines_equal(const text_lines *a, size_t i, const text_lines *b, size_t j)
{
    const extent x = a->items[i], y = b->items[j];
    return x.end - x.begin == y.end - y.begin &&
           memcmp(a->text + x.begin, b->text + y.begin, (size_t)(x.end - x.begin)) == 0;
}

static void print_line(const terminal *t, char sign, const text_lines *l, size_t i)
{
    const style look = sign == '-' ? STYLE_CUT : sign == '+' ? STYLE_ADDED : STYLE_PLAIN;
    character g;
    (void)fputs(look == STYLE_PLAIN ? "" : terminal_style(t, look), stdout);
    (void)putchar(sign);
    for (uint64_t at = l->items[i].begin; at < l->items[i].end; at += g.taken) {
        character_next(l->text + at, (size_t)(l->items[i].end - at), &g);
        (void)fwrite(g.bytes, 1, g.size, stdout);
    }
    (void)printf("%s\n", look == STYLE_PLAIN ? "" : terminal_style(t, STYLE_PLAIN));
}

/* Prints lines [i, a_end) and [j, b_end) by the lengths of the common subsequences of their ends:
 * `lengths` has a row for each of a's lines and one more. */
static void print_differing(const terminal *t, const text_lines *a, const text_lines *b, size_t i,
                            size_t a_end, size_t j, size_t b_end)
{
    const size_t width = b_end - j + 1, first = i, first_b = j;
    const size_t cells = (a_end - i + 1) * width;
    uint32_t *lengths = cells > MOST_CELLS ? NULL : calloc(cells, sizeof *lengths);
    for (size_t x = a_end; lengths != NULL && x-- > first;)
        for (size_t y = b_end; y-- > first_b;) {
            uint32_t *at = &lengths[(x - first) * width + (y - first_b)];
            *at = lines_equal(a, x, b, y) ? at[width + 1] + 1
                  : at[1] > at[width]     ? at[1]
                                          : at[width];
        }
    while (i < a_end || j < b_end) {
        const uint32_t *at = lengths == NULL ? NULL : &lengths[(i - first) * width + (j - first_b)];
        if (at != NULL && i < a_end && j < b_end && lines_equal(a, i, b, j)) {
            print_line(t, ' ', a, i);
            i++, j++;
        } else if (i < a_end && (j == b_end || at == NULL || at[width] >= at[1])) {
            print_line(t, '-', a, i++);
        } else {
            print_line(t, '+', b, j++);
        }
    }
    free(lengths);
}

/* A blank would end the name there. */
static void print_name(const char *sign, tt_id id)
{
    character g;
    (void)fputs(sign, stdout);
    for (size_t at = 0; at < id.size; at += g.taken) {
        character_next(id.bytes + at, id.size - at, &g);
        (void)fwrite(g.blank ? "_" : g.bytes, 1, g.blank ? 1 : g.size, stdout);
    }
    (void)putchar('\n');
}

int unified_print(const terminal *t, tt_id left_id, const article_copy *left, tt_id right_id,
                  const article_copy *right)
{
    text_lines a = {0}, b = {0};
    size_t begin = 0, a_end, b_end;
    int rc = split_lines(&a, left);
    if (rc == 0)
        rc = split_lines(&b, right);
    a_end = a.count, b_end = b.count;
    while (rc == 0 && begin < a_end && begin < b_end && lines_equal(&a, begin, &b, begin))
        begin++;
    while (rc == 0 && a_end > begin && b_end > begin && lines_equal(&a, a_end - 1, &b, b_end - 1))
        a_end--, b_end--;
    if (rc == 0) {
        print_name("--- a/", left_id);
        print_name("+++ b/", right_id);
        (void)printf("%s@@ -%d,%zu +%d,%zu @@%s\n", terminal_style(t, STYLE_NUMBER), a.count > 0,
                     a.count, b.count > 0, b.count, terminal_style(t, STYLE_PLAIN));
        for (size_t i = 0; i < begin; i++)
            print_line(t, ' ', &a, i);
        print_differing(t, &a, &b, begin, a_end, begin, b_end);
        for (size_t i = a_end; i < a.count; i++)
            print_line(t, ' ', &a, i);
    }
    free(a.items);
    free(b.items);
    return rc;
}
