#include "cut_passages.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "util/json_unescape.h"

/* ==== What is cut ============================================================================= */

static int is_cut(const tt_section *s, cut_choice choice)
{
    if (choice == CUT_WITHIN)
        return 1;
    if (choice == CUT_NOTICES && s->kind != TT_SECTION_NOTICE)
        return 0;
    for (size_t i = 1; i < s->count; i++)
        if (s->occurrences[i].article != s->occurrences[0].article)
            return 1;
    return 0;
}

static int compare_cuts(const void *x, const void *y)
{
    const cut *a = x, *b = y;
    if (a->article != b->article)
        return a->article < b->article ? -1 : 1;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return 0;
}

/* Joins the cuts that overlap or touch. @return how many are left */
static size_t join_cuts(cut *cuts, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        cut *last = left > 0 ? &cuts[left - 1] : NULL;
        if (last != NULL && last->article == cuts[i].article && cuts[i].begin <= last->end) {
            last->end = cuts[i].end > last->end ? cuts[i].end : last->end;
            last->section = cuts[i].section < last->section ? cuts[i].section : last->section;
        } else {
            cuts[left++] = cuts[i];
        }
    }
    return left;
}

int cuts_find(const tt_result *result, cut_choice choice, cut **cuts, size_t *count)
{
    size_t sections, most = 1;
    const tt_section *list = tt_result_sections(result, &sections);
    for (size_t s = 0; s < sections; s++)
        most += list[s].count;
    *count = 0;
    *cuts = malloc(most * sizeof **cuts);
    if (*cuts == NULL)
        return failure_memory();
    for (size_t s = 0; s < sections; s++)
        for (size_t i = 1; i < list[s].count && is_cut(&list[s], choice); i++)
            (*cuts)[(*count)++] =
                (cut){list[s].occurrences[i].article, list[s].occurrences[i].begin,
                      list[s].occurrences[i].end, list[s].number};
    qsort(*cuts, *count, sizeof **cuts, compare_cuts);
    *count = join_cuts(*cuts, *count);
    return 0;
}

static int is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The size of the mark at the begin of bytes, or at their end, if it is one of these; else 0. */
static size_t size_of_mark(const char *const *marks, const char *bytes, size_t size, int at_end)
{
    for (; *marks != NULL; marks++) {
        const size_t mark = strlen(*marks);
        if (mark <= size && memcmp(at_end ? bytes + size - mark : bytes, *marks, mark) == 0)
            return mark;
    }
    return 0;
}

void cuts_take_marks(const char *text, size_t size, cut *cuts, size_t count)
{
    static const char *const opening[] = {"(", "[", "\"", "'", "“", "‘", "«", "„", NULL};
    static const char *const closing[] = {".",  ",", ";", ":", "!", "?", ")", "]",
                                          "\"", "'", "”", "’", "»", "…", NULL};
    for (size_t i = 0; i < count; i++) {
        const uint64_t least = i > 0 ? cuts[i - 1].end : 0;
        const uint64_t most = i + 1 < count ? cuts[i + 1].begin : size;
        size_t mark;
        while ((mark = size_of_mark(opening, text + least, (size_t)(cuts[i].begin - least), 1)) > 0)
            cuts[i].begin -= mark;
        while ((mark = size_of_mark(closing, text + cuts[i].end, (size_t)(most - cuts[i].end), 0)) >
               0)
            cuts[i].end += mark;
    }
}

size_t cuts_apply(char *text, size_t size, const cut *cuts, size_t count)
{
    size_t used = 0, at = 0;
    for (size_t i = 0; i <= count; i++) {
        const size_t end = i < count ? (size_t)cuts[i].begin : size;
        if (end > at) {
            memmove(text + used, text + at, end - at);
            used += end - at;
        }
        if (i < count)
            at = (size_t)cuts[i].end;
        while (i < count && at < size && is_blank(text[at]))
            at++;
    }
    return used;
}

/* ==== The text of a record ==================================================================== */

/* The end of the string that begins at `at`, behind its closing quote. The record is JSON. */
static size_t end_of_string(const char *json, size_t size, size_t at)
{
    for (at++; at < size && json[at] != '"'; at++)
        if (json[at] == '\\')
            at++;
    return at < size ? at + 1 : size;
}

/* Whether the string in [begin, end), quotes included, is this text. `scratch` has its room. */
static int is_string_of(const char *json, size_t begin, size_t end, const char *text, size_t size,
                        char *scratch)
{
    const size_t escaped = end - begin - 2;
    return escaped >= size && tti_json_unescape(json + begin + 1, escaped, scratch) == size &&
           memcmp(scratch, text, size) == 0;
}

int cuts_find_text(const char *record, size_t record_size, const char *field, const char *text,
                   size_t text_size, size_t *begin, size_t *end)
{
    char *scratch = malloc(record_size + 1);
    int depth = 0, is_named = 0, is_found = scratch == NULL ? -1 : 0;
    for (size_t at = 0; scratch != NULL && at < record_size;) {
        const char c = record[at];
        size_t stop = at + 1, next;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (c == '"') {
            stop = next = end_of_string(record, record_size, at);
            while (next < record_size && is_blank(record[next]))
                next++;
            if (next < record_size && record[next] == ':') {
                is_named =
                    depth == 1 && is_string_of(record, at, stop, field, strlen(field), scratch);
                stop = next + 1;
            } else if (is_named ||
                       (!is_found && is_string_of(record, at, stop, text, text_size, scratch))) {
                *begin = at;
                *end = stop;
                is_found = 1;
                if (is_named)
                    break;
            }
        } else if (!is_blank(c)) {
            is_named = 0;
        }
        at = stop;
    }
    free(scratch);
    return is_found;
}
