/*
 * The passages that two texts share come from a query of one against the other, the shortest that
 * the library reports; those that stand in one order in both are rows, and what lies between them
 * is printed beside each other. Inside a passage words are compared one by one.
 */
#define _POSIX_C_SOURCE 200809L
#include "terminal/side_by_side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "failure.h"
#include "session.h"
#include "terminal/compare.h"
#include "terminal/two_columns.h"

enum {
    CONTEXT_BYTES = 160, /* around a passage */
    ALONE_LINES = 6      /* of what only one side has */
};

/* ==== Keeping one ========================================================================= */

/* NULL: there was no memory. Owner: the caller. */
static char *copy_bytes(const char *bytes, size_t size)
{
    char *to = malloc(size + 1);
    if (to == NULL)
        return NULL;
    if (size > 0)
        memcpy(to, bytes, size);
    to[size] = '\0';
    return to;
}

int article_copy_take(article_copy *f, const tt_record *record)
{
    const tt_article *a = &record->article;
    article_copy_free(f);
    f->text = copy_bytes(a->text, a->text_size);
    f->title = copy_bytes(record->title, record->title_size);
    f->source = copy_bytes(a->source, a->source_size);
    f->size = a->text_size;
    f->published = a->published;
    return f->text == NULL || f->title == NULL || f->source == NULL ? failure_memory() : 0;
}

void article_copy_free(article_copy *f)
{
    free(f->text);
    free(f->title);
    free(f->source);
    f->text = f->title = f->source = NULL;
}

/* ==== Heads =============================================================================== */

/* One line above the columns, if either side has something to say. */
static void print_head(const terminal *s, const char *left, const char *right, style look)
{
    if (*left != '\0' || *right != '\0')
        two_columns_heading(s, left, strlen(left), right, strlen(right), look);
}

/* "Valley Courier, 2034-05-08 04:45": where and when. */
static void describe_origin(const article_copy *f, char *to, size_t size)
{
    const time_t seconds = (time_t)(f->published / 1000000);
    char when[40] = "";
    struct tm t;
    if (f->published != TT_NO_TIME && gmtime_r(&seconds, &t) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%d %H:%M", &t);
    (void)snprintf(to, size, "%s%s%s", f->source != NULL ? f->source : "",
                   f->source != NULL && *f->source != '\0' && *when != '\0' ? ", " : "", when);
}

void side_by_side_headings(const terminal *s, const tt_id *left_id, const article_copy *left,
                           const tt_id *right_id, const article_copy *right)
{
    char left_words[200], right_words[200];
    two_columns_rule(s);
    two_columns_heading(s, left_id->bytes, left_id->size, right_id->bytes, right_id->size,
                        STYLE_STRONG);
    describe_origin(left, left_words, sizeof left_words);
    describe_origin(right, right_words, sizeof right_words);
    print_head(s, left->title != NULL ? left->title : "", right->title != NULL ? right->title : "",
               STYLE_PLAIN);
    print_head(s, left_words, right_words, STYLE_FAINT);
    two_columns_rule(s);
}

/* Blank lines between paragraphs: then single ones only wrap, as the engine reads them. */
static int is_wrapped(const article_copy *f)
{
    return strstr(f->text, "\n\n") != NULL;
}

/* ==== What both have ====================================================================== */

/* A passage on both sides: words, and for each byte whether its word is alone. */
typedef struct passage {
    const char *text[2];
    size_t size[2];
    word *words[2];
    size_t count[2];
    unsigned char *alone[2];
    int joins[2];
} passage;

static void free_passage(passage *p)
{
    for (int k = 0; k < 2; k++) {
        free(p->words[k]);
        free(p->alone[k]);
    }
}

/* Blanks between two words that are alone belong to them. */
static void mark_alone(passage *p, int k)
{
    for (size_t i = 0; i < p->count[k]; i++) {
        const word *w = &p->words[k][i];
        if (w->partner != NO_PARTNER)
            continue;
        memset(p->alone[k] + w->begin, 1, w->end - w->begin);
        if (i > 0 && w[-1].partner == NO_PARTNER)
            memset(p->alone[k] + w[-1].end, 1, w->begin - w[-1].end);
    }
}

static int make_passage(passage *p, const article_copy *left, extent l, const article_copy *right,
                        extent r)
{
    int bad = 0;
    memset(p, 0, sizeof *p);
    p->text[0] = left->text + l.begin;
    p->text[1] = right->text + r.begin;
    p->joins[0] = is_wrapped(left);
    p->joins[1] = is_wrapped(right);
    p->size[0] = (size_t)(l.end - l.begin);
    p->size[1] = (size_t)(r.end - r.begin);
    for (int k = 0; k < 2; k++) {
        p->words[k] = split_words(p->text[k], p->size[k], &p->count[k]);
        p->alone[k] = calloc(p->size[k] + 1, 1);
        bad = bad || p->words[k] == NULL || p->alone[k] == NULL;
    }
    if (bad || match_words(p->text[0], p->words[0], p->count[0], p->text[1], p->words[1],
                           p->count[1]) != 0)
        return failure_memory();
    for (int k = 0; k < 2; k++)
        mark_alone(p, k);
    return 0;
}

static void print_part(const terminal *s, const passage *p, const size_t begin[2],
                       const size_t end[2])
{
    const column left = {p->text[0] + begin[0], end[0] - begin[0], p->alone[0] + begin[0],
                         STYLE_PLAIN, p->joins[0]},
                 right = {p->text[1] + begin[1], end[1] - begin[1], p->alone[1] + begin[1],
                          STYLE_PLAIN, p->joins[1]};
    two_columns_print(s, &left, &right, BLOCK_SHARED, 0);
}

/* Whether a paragraph ends between two words on the left. */
static int has_break(const passage *p, size_t begin, size_t end)
{
    const char *first = memchr(p->text[0] + begin, '\n', end - begin);
    return first != NULL &&
           (!p->joins[0] ||
            memchr(first + 1, '\n', (size_t)(p->text[0] + end - first - 1)) != NULL);
}

/* Where a paragraph begins on the left, both sides begin a row. */
static int print_shared(const terminal *s, const article_copy *left, extent l,
                        const article_copy *right, extent r)
{
    passage p;
    size_t begin[2] = {0, 0}, end[2];
    const int rc = make_passage(&p, left, l, right, r);
    for (size_t i = 1; rc == 0 && i < p.count[0]; i++) {
        const word *w = &p.words[0][i];
        if (w->partner == NO_PARTNER || !has_break(&p, w[-1].end, w->begin))
            continue;
        end[0] = w->begin;
        end[1] = p.words[1][w->partner].begin;
        print_part(s, &p, begin, end);
        memcpy(begin, end, sizeof begin);
    }
    if (rc == 0)
        print_part(s, &p, begin, p.size);
    free_passage(&p);
    return rc;
}

/* Extents begin and end on a word: a full stop or a quotation mark that both have goes with it. */
static int is_mark(const article_copy *f, uint64_t at)
{
    return at < f->size && strchr(".,;:!?\"')(", f->text[at]) != NULL && f->text[at] != '\0';
}

static void take_marks(const article_copy *left, extent *l, const article_copy *right, extent *r)
{
    while (is_mark(left, l->end) && is_mark(right, r->end) &&
           left->text[l->end] == right->text[r->end]) {
        l->end++;
        r->end++;
    }
    while (l->begin > 0 && r->begin > 0 && is_mark(left, l->begin - 1) &&
           left->text[l->begin - 1] == right->text[r->begin - 1]) {
        l->begin--;
        r->begin--;
    }
}

/* ==== A passage of each =================================================================== */

/* Up to CONTEXT_BYTES before or after a place, from a blank on. */
static extent context_extent(const article_copy *f, uint64_t place, int before)
{
    extent e = {place, place};
    if (before) {
        e.begin = place > CONTEXT_BYTES ? place - CONTEXT_BYTES : 0;
        while (e.begin > 0 && e.begin < place && f->text[e.begin - 1] != ' ')
            e.begin++;
    } else {
        e.end = f->size - place > CONTEXT_BYTES ? place + CONTEXT_BYTES : f->size;
        while (e.end < f->size && e.end > place && f->text[e.end] != ' ')
            e.end--;
    }
    return e;
}

static void print_context(const terminal *s, const article_copy *left, extent l,
                          const article_copy *right, extent r)
{
    const column x = {left->text + l.begin, (size_t)(l.end - l.begin), NULL, STYLE_FAINT,
                      is_wrapped(left)},
                 y = {right->text + r.begin, (size_t)(r.end - r.begin), NULL, STYLE_FAINT,
                      is_wrapped(right)};
    two_columns_print(s, &x, &y, BLOCK_CONTEXT, 0);
}

int side_by_side_passages(const terminal *s, const article_copy *left, extent left_part,
                          const article_copy *right, extent right_part)
{
    int rc;
    take_marks(left, &left_part, right, &right_part);
    print_context(s, left, context_extent(left, left_part.begin, 1), right,
                  context_extent(right, right_part.begin, 1));
    rc = print_shared(s, left, left_part, right, right_part);
    print_context(s, left, context_extent(left, left_part.end, 0), right,
                  context_extent(right, right_part.end, 0));
    return rc;
}

/* ==== Two articles ======================================================================== */

/* What a query found, of the left (of_*) and the right. */
typedef struct found {
    tt_occurrence *passages;
    size_t count;
    int failed;
} found;

static int take_match(void *ctx, const tt_match *matches, size_t count)
{
    found *f = ctx;
    if (count == 0 || f->passages != NULL || matches->passage_count == 0)
        return 0;
    f->passages = malloc(matches->passage_count * sizeof *f->passages);
    f->failed = f->passages == NULL;
    if (f->failed)
        return -1;
    memcpy(f->passages, matches->passages, matches->passage_count * sizeof *f->passages);
    f->count = matches->passage_count;
    return 0;
}

static tt_article as_article(const article_copy *f)
{
    return (tt_article){
        .id = "0", .id_size = 1, .text = f->text, .text_size = f->size, .published = TT_NO_TIME};
}

static int find_passages(const article_copy *left, const article_copy *right, found *f)
{
    const tt_options options = {
        .struct_size = sizeof options, .min_section = 8, .threads = 1, .max_matches = 1};
    const tt_article l = as_article(left), r = as_article(right);
    tt_scan *builder = NULL;
    tt_result *index = NULL;
    tt_query *query = NULL;
    tt_error error = {0};
    int rc = 0;
    if (tt_scan_open(&builder, &options, &error) != TT_OK ||
        tt_scan_add(builder, &l, 1, NULL, &error) != TT_OK ||
        tt_scan_finish(builder, &index, &error) != TT_OK ||
        tt_query_open(&query, index, &error) != TT_OK ||
        (tt_query_run(query, &r, take_match, f, &error) != TT_OK && !f->failed))
        rc = failure_library(&error, ABOUT_WORK);
    else if (f->failed)
        rc = failure_memory();
    tt_query_close(query);
    tt_result_close(index);
    tt_scan_close(builder);
    return rc;
}

/* Of the passages, which are in order on the right, the heaviest chain that is in order on the left
 * too is kept. */
static int keep_chain(found *f)
{
    uint64_t *weights = calloc(f->count + 1, sizeof *weights);
    size_t *before = calloc(f->count + 1, sizeof *before), best = 0, kept = 0;
    unsigned char *in_chain = calloc(f->count + 1, 1);
    const int have = weights != NULL && before != NULL && in_chain != NULL;
    for (size_t i = 0; have && i < f->count; i++) {
        const tt_occurrence *x = &f->passages[i];
        before[i] = i;
        for (size_t k = 0; k < i; k++)
            if (f->passages[k].of_end <= x->of_begin && f->passages[k].end <= x->begin &&
                weights[k] > weights[i]) {
                weights[i] = weights[k];
                before[i] = k;
            }
        weights[i] += x->end - x->begin;
        best = weights[i] > weights[best] ? i : best;
    }
    for (size_t i = best; have && f->count > 0; i = before[i]) {
        in_chain[i] = 1;
        if (before[i] == i)
            break;
    }
    for (size_t i = 0; have && i < f->count; i++)
        if (in_chain[i])
            f->passages[kept++] = f->passages[i];
    f->count = kept;
    free(weights);
    free(before);
    free(in_chain);
    return have ? 0 : failure_memory();
}

/* What lies between two passages: each side by itself. */
static void print_between(const terminal *s, const article_copy *left, extent l,
                          const article_copy *right, extent r, int all)
{
    const column x = {left->text + l.begin, (size_t)(l.end - l.begin), NULL, STYLE_CUT,
                      is_wrapped(left)},
                 y = {right->text + r.begin, (size_t)(r.end - r.begin), NULL, STYLE_ADDED,
                      is_wrapped(right)};
    two_columns_print(s, &x, &y, BLOCK_DIFFERENT, all ? 0 : ALONE_LINES);
}

int side_by_side_articles(const terminal *s, const article_copy *left, const article_copy *right,
                          int all)
{
    found f = {NULL, 0, 0};
    uint64_t left_at = 0, right_at = 0;
    int rc = find_passages(left, right, &f);
    if (rc == 0)
        rc = keep_chain(&f);
    for (size_t i = 0; rc == 0 && i < f.count; i++) {
        const tt_occurrence *x = &f.passages[i];
        extent l = {x->of_begin, x->of_end}, r = {x->begin, x->end};
        take_marks(left, &l, right, &r);
        if (l.begin < left_at || r.begin < right_at) { /* a mark that the one before has taken */
            l.begin = x->of_begin;
            r.begin = x->begin;
        }
        print_between(s, left, (extent){left_at, l.begin}, right, (extent){right_at, r.begin}, all);
        rc = print_shared(s, left, l, right, r);
        left_at = l.end;
        right_at = r.end;
    }
    if (rc == 0 && f.count == 0 && left->size < 400 && right->size < 400)
        rc = print_shared(s, left, (extent){0, left->size}, right, (extent){0, right->size});
    else if (rc == 0)
        print_between(s, left, (extent){left_at, left->size}, right,
                      (extent){right_at, right->size}, all);
    free(f.passages);
    return rc;
}
