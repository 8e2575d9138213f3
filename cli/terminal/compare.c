#include "terminal/compare.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/character.h"

enum { MOST_DIFFERENCES = 3000 };

/* ==== Words =============================================================================== */

enum { BLANK, LETTER, SINGLE };

static int kind_of(const char *text, const character *g)
{
    const unsigned char c = (unsigned char)*text;
    if (g->blank)
        return BLANK;
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? LETTER
                                                                                          : SINGLE;
    return g->width == 2 || c == 0xe2 ? SINGLE : LETTER; /* ideographs; dashes and quotes */
}

word *split_words(const char *text, size_t size, size_t *count)
{
    word *words = malloc((size + 1) * sizeof *words);
    int before = BLANK;
    character g;
    *count = 0;
    for (size_t at = 0; words != NULL && at < size; at += g.taken) {
        int kind;
        character_next(text + at, size - at, &g);
        kind = kind_of(text + at, &g);
        if (kind == LETTER && before == LETTER)
            words[*count - 1].end = at + g.taken;
        else if (kind != BLANK)
            words[(*count)++] = (word){at, at + g.taken, NO_PARTNER};
        before = kind;
    }
    return words;
}

/* ==== Comparing =========================================================================== */

typedef struct problem {
    const char *left_text, *right_text;
    word *left, *right;
    size_t left_count, right_count;
    int32_t *trace[MOST_DIFFERENCES + 1]; /* furthest left words by diagonal, for each distance */
    int32_t *line;                        /* the same, for the distance at hand */
} problem;

static int same_word(const problem *p, size_t i, size_t k)
{
    const word *x = &p->left[i], *y = &p->right[k];
    return x->end - x->begin == y->end - y->begin &&
           memcmp(p->left_text + x->begin, p->right_text + y->begin, x->end - x->begin) == 0;
}

/* Goes back from the place that was reached, and joins the words on the way. */
static void join_words(problem *p, int32_t distance, int32_t diagonal)
{
    int32_t x = p->line[MOST_DIFFERENCES + 1 + diagonal];
    for (int32_t d = distance; d >= 0; d--) {
        const int32_t *before = d > 0 ? p->trace[d - 1] + d - 1 : NULL; /* by diagonal, -(d-1).. */
        int32_t start = 0, next = diagonal;
        if (d > 0) {
            const int down =
                diagonal == -d || (diagonal != d && before[diagonal - 1] < before[diagonal + 1]);
            next = down ? diagonal + 1 : diagonal - 1;
            start = down ? before[next] : before[next] + 1;
        }
        while (x > start) {
            x--;
            p->left[x].partner = (size_t)(x - diagonal);
            p->right[x - diagonal].partner = (size_t)x;
        }
        if (d > 0)
            x = before[next];
        diagonal = next;
    }
}

/* @return the distance at which the ends were reached, or the last one, with *best its diagonal;
 * -1: no memory */
static int32_t search(problem *p, int32_t *best)
{
    int32_t *furthest = p->line + MOST_DIFFERENCES + 1;
    const int32_t n = (int32_t)p->left_count, m = (int32_t)p->right_count;
    furthest[1] = 0;
    for (int32_t d = 0; d <= MOST_DIFFERENCES; d++) {
        int32_t reached = -1;
        for (int32_t k = -d; k <= d; k += 2) {
            int32_t x = k == -d || (k != d && furthest[k - 1] < furthest[k + 1])
                            ? furthest[k + 1]
                            : furthest[k - 1] + 1;
            while (x < n && x - k < m && x - k >= 0 && same_word(p, (size_t)x, (size_t)(x - k)))
                x++;
            furthest[k] = x;
            if (x <= n && x - k <= m && 2 * x - k > reached) {
                reached = 2 * x - k;
                *best = k;
            }
        }
        if (reached >= n + m || d == MOST_DIFFERENCES)
            return d;
        p->trace[d] = malloc((size_t)(2 * d + 1) * sizeof(int32_t));
        if (p->trace[d] == NULL)
            return -1;
        memcpy(p->trace[d], furthest - d, (size_t)(2 * d + 1) * sizeof(int32_t));
    }
    return -1;
}

int match_words(const char *left_text, word *left, size_t left_count, const char *right_text,
                word *right, size_t right_count)
{
    problem *p = calloc(1, sizeof *p);
    int32_t distance = -1, diagonal = 0;
    if (p == NULL)
        return -1;
    p->left_text = left_text;
    p->right_text = right_text;
    p->left = left;
    p->right = right;
    p->left_count = left_count;
    p->right_count = right_count;
    p->line = calloc(2 * (MOST_DIFFERENCES + 2) + 1, sizeof *p->line);
    if (p->line != NULL && left_count < INT32_MAX / 2 && right_count < INT32_MAX / 2)
        distance = search(p, &diagonal);
    if (distance >= 0)
        join_words(p, distance, diagonal);
    for (size_t d = 0; d <= MOST_DIFFERENCES; d++)
        free(p->trace[d]);
    free(p->line);
    free(p);
    return distance < 0 ? -1 : 0;
}
