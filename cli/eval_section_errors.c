/*
 * The found places are sorted by article; each place of the gold looks at those of its own article.
 * What meets a section of the gold is grouped by found section: where a group has two places on
 * either side, all of the gold's places in it are found.
 */
#include "eval_section_errors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"

/* A place of the result whose article the gold knows. */
typedef struct place {
    uint64_t article; /* in the gold */
    uint64_t begin, end;
    size_t section;                /* in the result */
    const tt_occurrence *original; /* which of them it is */
} place;

/* Place `gold` of a section of the gold overlaps a found one. */
typedef struct meeting {
    size_t section; /* in the result */
    const tt_occurrence *found;
    size_t gold;
} meeting;

typedef struct search {
    place *places;
    size_t place_count;
    uint8_t *right; /* by place: it meets one of the gold */
    meeting *meetings;
    size_t meeting_count, meeting_room;
    uint8_t *is_found; /* by place of the section of the gold at hand */
} search;

static int by_article(const void *x, const void *y)
{
    const place *p = x, *q = y;
    if (p->article != q->article)
        return p->article < q->article ? -1 : 1;
    return (p->begin > q->begin) - (p->begin < q->begin);
}

static int by_found_section(const void *x, const void *y)
{
    const meeting *p = x, *q = y;
    return (p->section > q->section) - (p->section < q->section);
}

static uint64_t size_of(const section_error *x)
{
    return x->here->end - x->here->begin;
}

static int by_size(const void *x, const void *y)
{
    const section_error *p = x, *q = y;
    if (size_of(p) != size_of(q))
        return size_of(p) > size_of(q) ? -1 : 1;
    if (p->section->number != q->section->number)
        return p->section->number < q->section->number ? -1 : 1;
    return (p->here > q->here) - (p->here < q->here);
}

static size_t count_places(const result_arrays *r, size_t *most)
{
    size_t count = 0;
    *most = 0;
    for (uint64_t i = 0; i < r->section_count; i++) {
        count += r->sections[i].count;
        *most = r->sections[i].count > *most ? r->sections[i].count : *most;
    }
    return count;
}

static void gather_places(search *s, const result_arrays *result, const uint64_t *gold_of)
{
    for (uint64_t i = 0; i < result->section_count; i++)
        for (size_t k = 0; k < result->sections[i].count; k++) {
            const tt_occurrence *o = &result->sections[i].occurrences[k];
            s->places[s->place_count++] =
                (place){gold_of[o->article], o->begin, o->end, (size_t)i, o};
        }
    if (s->place_count > 1)
        qsort(s->places, s->place_count, sizeof *s->places, by_article);
}

static size_t first_of(const search *s, uint64_t article)
{
    size_t low = 0, high = s->place_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->places[middle].article < article)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int meet(search *s, const tt_occurrence *o, size_t number)
{
    for (size_t i = first_of(s, o->article);
         i < s->place_count && s->places[i].article == o->article && s->places[i].begin < o->end;
         i++) {
        const place *p = &s->places[i];
        if (p->end <= o->begin)
            continue;
        if (s->meeting_count == s->meeting_room) {
            const size_t room = s->meeting_room * 2 + 64;
            meeting *grown = realloc(s->meetings, room * sizeof *grown);
            if (grown == NULL)
                return failure_memory();
            s->meetings = grown;
            s->meeting_room = room;
        }
        s->meetings[s->meeting_count++] = (meeting){p->section, p->original, number};
        s->right[i] = 1;
    }
    return 0;
}

/* The meetings [from, to) are those of one found section. */
static void mark_group(search *s, size_t from, size_t to)
{
    int two_found = 0, two_gold = 0;
    for (size_t i = from + 1; i < to; i++) {
        two_found |= s->meetings[i].found != s->meetings[from].found;
        two_gold |= s->meetings[i].gold != s->meetings[from].gold;
    }
    for (size_t i = from; two_found && two_gold && i < to; i++)
        s->is_found[s->meetings[i].gold] = 1;
}

static int search_section(lost *l, search *s, const tt_section *gold)
{
    int rc = 0;
    s->meeting_count = 0;
    memset(s->is_found, 0, gold->count);
    for (size_t k = 0; k < gold->count && rc == 0; k++)
        rc = meet(s, &gold->occurrences[k], k);
    if (s->meeting_count > 1)
        qsort(s->meetings, s->meeting_count, sizeof *s->meetings, by_found_section);
    for (size_t i = 0, to; i < s->meeting_count; i = to) {
        for (to = i + 1;
             to < s->meeting_count && s->meetings[to].section == s->meetings[i].section;)
            to++;
        mark_group(s, i, to);
    }
    for (size_t k = 0; k < gold->count && rc == 0; k++)
        if (!s->is_found[k])
            l->missed[l->missed_count++] =
                (section_error){gold, &gold->occurrences[0], &gold->occurrences[k]};
    return rc;
}

static int search_all(lost *l, search *s, const result_arrays *result, const result_arrays *gold)
{
    int rc = 0;
    for (uint64_t i = 0; i < gold->section_count && rc == 0; i++)
        rc = search_section(l, s, &gold->sections[i]);
    for (size_t i = 0; i < s->place_count && rc == 0; i++) {
        const tt_section *x = &result->sections[s->places[i].section];
        if (!s->right[i])
            l->wrong[l->wrong_count++] =
                (section_error){x, &x->occurrences[0], s->places[i].original};
    }
    if (l->missed_count > 1)
        qsort(l->missed, l->missed_count, sizeof *l->missed, by_size);
    if (l->wrong_count > 1)
        qsort(l->wrong, l->wrong_count, sizeof *l->wrong, by_size);
    return rc;
}

int section_errors_find(lost *l, const result_arrays *result, const result_arrays *gold,
                        const uint64_t *gold_of)
{
    size_t most, unused;
    const size_t golden = count_places(gold, &most), found = count_places(result, &unused);
    search s = {.places = calloc(found + 1, sizeof *s.places),
                .right = calloc(found + 1, 1),
                .is_found = calloc(most + 1, 1)};
    int rc;
    *l = (lost){.missed = calloc(golden + 1, sizeof *l->missed),
                .wrong = calloc(found + 1, sizeof *l->wrong)};
    if (s.places == NULL || s.right == NULL || s.is_found == NULL || l->missed == NULL ||
        l->wrong == NULL) {
        rc = failure_memory();
    } else {
        gather_places(&s, result, gold_of);
        rc = search_all(l, &s, result, gold);
    }
    free(s.places);
    free(s.right);
    free(s.is_found);
    free(s.meetings);
    return rc;
}

static void want(const section_error *list, size_t count, size_t most, article_copy *faces)
{
    for (size_t i = 0; i < count && i < most; i++)
        faces[list[i].first->article].size = faces[list[i].here->article].size = 1;
}

void section_errors_want_texts(const lost *l, size_t most, article_copy *gold_faces,
                               article_copy *result_faces)
{
    want(l->missed, l->missed_count, most, gold_faces);
    want(l->wrong, l->wrong_count, most, result_faces);
}

/* ==== Printing ============================================================================ */

static int is_within(const article_copy *f, const tt_occurrence *o)
{
    return f->text != NULL && o->begin < o->end && o->end <= f->size;
}

static int print_place(const terminal *s, const char *what, const section_error *x,
                       const result_arrays *names, const article_copy *faces)
{
    const tt_id a = tt_result_id(names->result, x->first->article);
    const tt_id b = tt_result_id(names->result, x->here->article);
    const article_copy *left = &faces[x->first->article], *right = &faces[x->here->article];
    (void)printf("\n%s%s%s section %" PRIu64 " in ", terminal_style(s, STYLE_NUMBER), what,
                 terminal_style(s, STYLE_PLAIN), x->section->number);
    (void)terminal_print_text(STYLE_STRONG, s, b.bytes, b.size, s->columns / 2);
    (void)printf(", bytes %" PRIu64 " to %" PRIu64 "\n", x->here->begin, x->here->end);
    if (!is_within(left, x->first) || !is_within(right, x->here))
        return 0;
    side_by_side_headings(s, a, left, b, right);
    return side_by_side_passages(s, left, (extent){x->first->begin, x->first->end}, right,
                                 (extent){x->here->begin, x->here->end});
}

int section_errors_print(const lost *l, const terminal *s, size_t most, const result_arrays *gold,
                         const article_copy *gold_faces, const result_arrays *result,
                         const article_copy *result_faces)
{
    int rc = 0;
    (void)printf("\nplaces of sections that were missed %12zu\n", l->missed_count);
    (void)printf("found, but not in the gold          %12zu\n", l->wrong_count);
    for (size_t i = 0; i < l->missed_count && i < most && rc == 0; i++)
        rc = print_place(s, "missed", &l->missed[i], gold, gold_faces);
    for (size_t i = 0; i < l->wrong_count && i < most && rc == 0; i++)
        rc = print_place(s, "not in the gold", &l->wrong[i], result, result_faces);
    return rc;
}

void section_errors_free(lost *l)
{
    free(l->missed);
    free(l->wrong);
}
