/*
 * The library aligns the two texts; tt_alignment_segments() is what is printed. The segments of a
 * passage are one block of rows, and the segments between two passages another.
 */
#include "terminal/side_by_side.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "format.h"
#include "terminal/two_columns.h"

enum {
    CONTEXT_BYTES = 160,   /* around a passage */
    UNSHARED_LINES = 6,    /* of text that only one side has */
    MOST_SHORT_TEXT = 400, /* two texts this short are one block even if they share no passage */
    MIN_PASSAGE_TOKENS = 8
};

/* The two texts, 0 is the left one. */
typedef struct text_pair {
    const char *text[2];
    uint64_t size[2];
    int is_wrapped[2];          /* single newlines only wrap, as the library reads them */
    const tt_difference *facts; /* that differ */
    size_t fact_count;
} text_pair;

/* ==== Headings ================================================================================ */

static void print_heading(const terminal *t, const char *left, const char *right, style look)
{
    if (*left != '\0' || *right != '\0')
        two_columns_heading(t, left, strlen(left), right, strlen(right), look);
}

/* "Valley Courier, 2034-05-08 04:45" */
static void describe_origin(const article_copy *a, char *to, size_t size)
{
    const char *source = a->source != NULL ? a->source : "";
    char when[40] = "";
    if (a->text != NULL)
        format_time(when, sizeof when, "%Y-%m-%d %H:%M", a->published);
    (void)snprintf(to, size, "%s%s%s", source, *source != '\0' && *when != '\0' ? ", " : "", when);
}

void side_by_side_headings(const terminal *t, tt_id left_id, const article_copy *left,
                           tt_id right_id, const article_copy *right)
{
    char left_origin[200], right_origin[200];
    describe_origin(left, left_origin, sizeof left_origin);
    describe_origin(right, right_origin, sizeof right_origin);
    two_columns_rule(t);
    two_columns_heading(t, left_id.bytes, left_id.size, right_id.bytes, right_id.size,
                        STYLE_STRONG);
    print_heading(t, left->title != NULL ? left->title : "",
                  right->title != NULL ? right->title : "", STYLE_PLAIN);
    print_heading(t, left_origin, right_origin, STYLE_FAINT);
    two_columns_rule(t);
}

/* ==== Blocks that both texts have ============================================================= */

static text_pair make_pair(const article_copy *left, const article_copy *right)
{
    text_pair p = {{left->text, right->text}, {left->size, right->size}, {0, 0}, NULL, 0};
    for (int k = 0; k < 2; k++)
        p.is_wrapped[k] = strstr(p.text[k], "\n\n") != NULL;
    return p;
}

/* Whether a paragraph of the left text ends between two bytes. */
static int has_paragraph_end(const text_pair *p, uint64_t begin, uint64_t end)
{
    const char *first = memchr(p->text[0] + begin, '\n', (size_t)(end - begin));
    return first != NULL &&
           (!p->is_wrapped[0] ||
            memchr(first + 1, '\n', (size_t)(p->text[0] + end - first - 1)) != NULL);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of the word at `at`, and of the blanks after it. */
static uint64_t skip_word(const char *text, uint64_t at, uint64_t end, uint64_t *next)
{
    uint64_t word_end;
    while (at < end && !is_blank(text[at]))
        at++;
    word_end = at;
    while (at < end && is_blank(text[at]))
        at++;
    *next = at;
    return word_end;
}

/* A block of rows: its parts of both texts, with a flag for each byte whose word is unshared. */
typedef struct shared_block {
    const terminal *terminal;
    const text_pair *texts;
    extent part[2];
    unsigned char *unshared[2];
    uint64_t printed[2]; /* up to where it was printed */
} shared_block;

static void print_up_to(shared_block *b, uint64_t left_end, uint64_t right_end)
{
    const uint64_t end[2] = {left_end, right_end};
    column columns[2];
    for (int k = 0; k < 2; k++) {
        assert(b->printed[k] <= end[k] && end[k] <= b->part[k].end);
        columns[k] = (column){b->texts->text[k] + b->printed[k], (size_t)(end[k] - b->printed[k]),
                              b->unshared[k] + (b->printed[k] - b->part[k].begin), STYLE_PLAIN,
                              b->texts->is_wrapped[k]};
        b->printed[k] = end[k];
    }
    two_columns_print(b->terminal, &columns[0], &columns[1], BLOCK_SHARED, 0);
}

static size_t count_words(const char *text, uint64_t at, uint64_t end)
{
    size_t count = 0;
    for (; at < end; count++)
        (void)skip_word(text, at, end, &at);
    return count;
}

/* Where a paragraph begins within an equal segment, both sides begin a row. The words of the two
 * sides are paired by counting, which works unless one side has a blank within a word. */
static void print_equal_paragraphs(shared_block *b, const tt_segment *s)
{
    const char *left = b->texts->text[0], *right = b->texts->text[1];
    uint64_t x = s->begin_a, y = s->begin_b;
    if (!has_paragraph_end(b->texts, x, s->end_a) ||
        count_words(left, x, s->end_a) != count_words(right, y, s->end_b))
        return;
    while (x < s->end_a) {
        uint64_t next_x, next_y;
        const uint64_t end_x = skip_word(left, x, s->end_a, &next_x);
        (void)skip_word(right, y, s->end_b, &next_y);
        if (next_x < s->end_a && has_paragraph_end(b->texts, end_x, next_x))
            print_up_to(b, next_x, next_y);
        x = next_x;
        y = next_y;
    }
}

static void mark_fact(shared_block *b, int k, uint64_t begin, uint64_t end)
{
    if (b->part[k].begin <= begin && end <= b->part[k].end)
        memset(b->unshared[k] + (begin - b->part[k].begin), COLUMN_FACT, (size_t)(end - begin));
}

static int print_shared(const terminal *t, const text_pair *p, extent left, extent right,
                        const tt_segment *segments, size_t count)
{
    shared_block b = {t, p, {left, right}, {NULL, NULL}, {left.begin, right.begin}};
    int rc = 0;
    for (int k = 0; k < 2; k++)
        b.unshared[k] = calloc((size_t)(b.part[k].end - b.part[k].begin) + 1, 1);
    if (b.unshared[0] == NULL || b.unshared[1] == NULL) {
        rc = failure_memory();
    } else {
        for (size_t i = 0; i < count; i++) {
            const tt_segment *s = &segments[i];
            if (s->kind == TT_SEGMENT_EQUAL)
                continue;
            memset(b.unshared[0] + (s->begin_a - left.begin), COLUMN_ALONE,
                   (size_t)(s->end_a - s->begin_a));
            memset(b.unshared[1] + (s->begin_b - right.begin), COLUMN_ALONE,
                   (size_t)(s->end_b - s->begin_b));
        }
        for (size_t i = 0; i < p->fact_count; i++) {
            const tt_difference *d = &p->facts[i];
            mark_fact(&b, 0, d->begin_a, d->end_a);
            mark_fact(&b, 1, d->begin_b, d->end_b);
        }
        for (size_t i = 0; i < count; i++) {
            const tt_segment *s = &segments[i];
            if (s->kind != TT_SEGMENT_EQUAL)
                continue;
            if (i > 0 && has_paragraph_end(p, s[-1].end_a, s->begin_a))
                print_up_to(&b, s->begin_a, s->begin_b);
            print_equal_paragraphs(&b, s);
        }
        print_up_to(&b, left.end, right.end);
    }
    free(b.unshared[0]);
    free(b.unshared[1]);
    return rc;
}

static int is_mark(const text_pair *p, int k, uint64_t at)
{
    return at < p->size[k] && p->text[k][at] != '\0' &&
           strchr(".,;:!?\"')(", p->text[k][at]) != NULL;
}

/* Segments begin and end with a token. Punctuation that both texts have beside it is shared too. */
static void take_in_punctuation(const text_pair *p, extent *left, extent *right,
                                const uint64_t printed[2])
{
    while (is_mark(p, 0, left->end) && is_mark(p, 1, right->end) &&
           p->text[0][left->end] == p->text[1][right->end]) {
        left->end++;
        right->end++;
    }
    while (left->begin > printed[0] && right->begin > printed[1] &&
           is_mark(p, 0, left->begin - 1) &&
           p->text[0][left->begin - 1] == p->text[1][right->begin - 1]) {
        left->begin--;
        right->begin--;
    }
}

/* ==== One passage of each text ================================================================ */

static int align(tt_alignment **out, const char *left, uint64_t left_size, const char *right,
                 uint64_t right_size)
{
    const tt_article a = {.text = left, .text_size = (size_t)left_size, .published = TT_NO_TIME},
                     b = {.text = right, .text_size = (size_t)right_size, .published = TT_NO_TIME};
    tt_error error = {0};
    return tt_align(out, &a, &b, NULL, MIN_PASSAGE_TOKENS, &error) == TT_OK
               ? 0
               : failure_library(&error, ABOUT_WORK);
}

/* Up to CONTEXT_BYTES before or after `at`, without the word that they would cut. */
static extent context_of(const char *text, uint64_t size, uint64_t at, int before)
{
    extent e = {at, at};
    if (before) {
        e.begin = at > CONTEXT_BYTES ? at - CONTEXT_BYTES : 0;
        while (e.begin > 0 && e.begin < at && !is_blank(text[e.begin]))
            e.begin++;
    } else {
        e.end = size - at > CONTEXT_BYTES ? at + CONTEXT_BYTES : size;
        while (e.end < size && e.end > at && !is_blank(text[e.end]))
            e.end--;
    }
    return e;
}

static void print_context(const terminal *t, const text_pair *p, uint64_t left_at,
                          uint64_t right_at, int before)
{
    const uint64_t at[2] = {left_at, right_at};
    column columns[2];
    for (int k = 0; k < 2; k++) {
        const extent e = context_of(p->text[k], p->size[k], at[k], before);
        columns[k] = (column){p->text[k] + e.begin, (size_t)(e.end - e.begin), NULL, STYLE_FAINT,
                              p->is_wrapped[k]};
    }
    two_columns_print(t, &columns[0], &columns[1], BLOCK_CONTEXT, 0);
}

int side_by_side_passages(const terminal *t, const article_copy *left, extent left_part,
                          const article_copy *right, extent right_part)
{
    static const uint64_t nothing[2] = {0, 0};
    const text_pair p = make_pair(left, right);
    tt_alignment *alignment = NULL;
    int rc;
    take_in_punctuation(&p, &left_part, &right_part, nothing);
    rc = align(&alignment, left->text + left_part.begin, left_part.end - left_part.begin,
               right->text + right_part.begin, right_part.end - right_part.begin);
    if (rc == 0) {
        size_t count;
        const tt_segment *found = tt_alignment_segments(alignment, &count);
        tt_segment *segments = malloc((count + 1) * sizeof *segments);
        for (size_t i = 0; i < count && segments != NULL; i++) {
            segments[i] = found[i];
            segments[i].begin_a += left_part.begin;
            segments[i].end_a += left_part.begin;
            segments[i].begin_b += right_part.begin;
            segments[i].end_b += right_part.begin;
        }
        print_context(t, &p, left_part.begin, right_part.begin, 1);
        rc = segments == NULL ? failure_memory()
                              : print_shared(t, &p, left_part, right_part, segments, count);
        if (rc == 0)
            print_context(t, &p, left_part.end, right_part.end, 0);
        free(segments);
    }
    tt_alignment_close(alignment);
    return rc;
}

/* ==== Two articles ============================================================================ */

/* The text between two passages, each side by itself. */
static void print_unshared(const terminal *t, const text_pair *p, extent left, extent right,
                           int all)
{
    const column l = {p->text[0] + left.begin, (size_t)(left.end - left.begin), NULL, STYLE_CUT,
                      p->is_wrapped[0]},
                 r = {p->text[1] + right.begin, (size_t)(right.end - right.begin), NULL,
                      STYLE_ADDED, p->is_wrapped[1]};
    two_columns_print(t, &l, &r, BLOCK_DIFFERENT, all ? 0 : UNSHARED_LINES);
}

/* How many of the segments from `first` on make a block: those of one passage, or those up to the
 * next passage. *is_shared: at least half of their tokens are equal. */
static size_t block_size(const tt_segment *segments, size_t count, size_t first, int *is_shared)
{
    uint64_t equal = 0, left = 0, right = 0;
    size_t end = first;
    for (; end < count && segments[end].passage == segments[first].passage; end++) {
        equal += segments[end].kind == TT_SEGMENT_EQUAL ? segments[end].tokens_a : 0;
        left += segments[end].tokens_a;
        right += segments[end].tokens_b;
    }
    *is_shared =
        segments[first].passage != TT_NO_PASSAGE || 2 * equal >= (left > right ? left : right);
    return end - first;
}

static int print_articles(const terminal *t, const text_pair *p, const tt_segment *segments,
                          size_t count, int all)
{
    uint64_t printed[2] = {0, 0};
    int rc = 0;
    for (size_t i = 0, size; i < count && rc == 0; i += size) {
        int is_shared;
        const tt_segment *first = &segments[i], *last;
        extent left, right;
        size = block_size(segments, count, i, &is_shared);
        if (!is_shared)
            continue;
        last = first + size - 1;
        left = (extent){first->begin_a, last->end_a};
        right = (extent){first->begin_b, last->end_b};
        take_in_punctuation(p, &left, &right, printed);
        print_unshared(t, p, (extent){printed[0], left.begin}, (extent){printed[1], right.begin},
                       all);
        rc = print_shared(t, p, left, right, first, size);
        printed[0] = left.end;
        printed[1] = right.end;
    }
    if (rc == 0)
        print_unshared(t, p, (extent){printed[0], p->size[0]}, (extent){printed[1], p->size[1]},
                       all);
    return rc;
}

static void print_fact(const terminal *t, style look, const char *text, uint64_t begin,
                       uint64_t end)
{
    (void)terminal_print_text(look, t, text + begin, (size_t)(end - begin), t->columns / 2 - 8);
}

/* "  number: three -> five" */
static void print_facts(const terminal *t, const text_pair *p)
{
    static const char *const kinds[] = {"number", "date", "name"};
    if (p->fact_count > 0)
        (void)printf("%sfacts that differ%s\n", terminal_style(t, STYLE_STRONG),
                     terminal_style(t, STYLE_PLAIN));
    for (size_t i = 0; i < p->fact_count; i++) {
        const tt_difference *d = &p->facts[i];
        (void)printf("  %s: ", kinds[d->kind]);
        print_fact(t, STYLE_CUT, p->text[0], d->begin_a, d->end_a);
        (void)fputs(t->unicode ? " \xe2\x86\x92 " : " -> ", stdout);
        print_fact(t, STYLE_ADDED, p->text[1], d->begin_b, d->end_b);
        (void)putchar('\n');
    }
}

int side_by_side_articles(const terminal *t, const article_copy *left, const article_copy *right,
                          int all)
{
    text_pair p = make_pair(left, right);
    tt_alignment *alignment = NULL;
    int rc = align(&alignment, left->text, left->size, right->text, right->size);
    if (rc == 0) {
        size_t count, passages;
        p.facts = tt_alignment_differences(alignment, &p.fact_count);
        print_facts(t, &p);
        if (p.fact_count > 0)
            two_columns_rule(t);
        const tt_segment *segments = tt_alignment_segments(alignment, &count);
        (void)tt_alignment_passages(alignment, &passages);
        if (passages == 0 && left->size < MOST_SHORT_TEXT && right->size < MOST_SHORT_TEXT)
            rc = print_shared(t, &p, (extent){0, left->size}, (extent){0, right->size}, segments,
                              count);
        else
            rc = print_articles(t, &p, segments, count, all);
    }
    tt_alignment_close(alignment);
    return rc;
}
