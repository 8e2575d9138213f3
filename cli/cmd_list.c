/*
 * Lists what a result has, a line each: in columns for a person at a terminal, with tabs between
 * them elsewhere. The inputs of the scan, if they are given, add headlines, sources and times.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "article_copy.h"
#include "failure.h"
#include "format.h"
#include "memory.h"
#include "message.h"
#include "records.h"
#include "result_arrays.h"
#include "terminal/character.h"
#include "terminal/pager.h"
#include "terminal/terminal.h"
#include "versions.h"

enum {
    MOST_COLUMNS = 6,
    MOST_HEADLINE = 200,
    MOST_NAME = 32,   /* columns of an id or a source on a terminal */
    FEW_COLUMNS = 60, /* of the terminal: sources and times are left out */
    NARROW_INDENT = 4,
    CELL_SIZE = 2000
};

typedef struct column {
    const char *name;
    int number;   /* it is aligned on the right */
    int optional; /* narrow terminals do not have it */
    int of_input; /* it needs the articles */
} column;

static const column cluster_columns[] = {{"CLUSTER", 1, 0, 0}, {"ARTICLES", 1, 0, 0},
                                         {"OVER", 1, 1, 1},    {"KEEP", 0, 0, 0},
                                         {"SOURCE", 0, 1, 1},  {"HEADLINE", 0, 0, 1}};
static const column article_columns[] = {{"IN KEPT", 1, 0, 0},   {"FACTS DIFFER", 1, 1, 0},
                                         {"PUBLISHED", 0, 1, 1}, {"ARTICLE", 0, 0, 0},
                                         {"SOURCE", 0, 1, 1},    {"HEADLINE", 0, 0, 1}};
static const column pair_columns[] = {
    {"RELATION", 0, 0, 0}, {"SIMILAR", 1, 1, 0}, {"FACTS DIFFER", 1, 1, 0},
    {"A", 0, 0, 0},        {"B", 0, 0, 0},       {"HEADLINE OF A", 0, 0, 1}};
static const column section_columns[] = {{"SECTION", 1, 0, 0},  {"PLACES", 1, 0, 0},
                                         {"WORDS", 1, 1, 0},    {"KIND", 0, 1, 0},
                                         {"FIRST IN", 0, 0, 0}, {"TEXT", 0, 0, 1}};

/* What the input says of an article. */
typedef struct article_label {
    char *headline, *source;
    int64_t published;
} article_label;

typedef struct list_state {
    session session;
    terminal terminal;
    int has_input;
    tt_result *result;
    result_arrays arrays;
    article_label *labels; /* by article; NULL without input */
    char **quotes;         /* by section; NULL unless they are wanted */
    size_t *first_section; /* by article: one that is first found in it, plus 1, or 0 */
    size_t *next_section;  /* by section: the next one of that article */
    const column *columns; /* MOST_COLUMNS */
    char **cells;          /* rows of MOST_COLUMNS */
    size_t cell_count, cell_capacity;
    int failed; /* out of memory */
} list_state;

/* ==== Cells =================================================================================== */

static void add_text(list_state *l, const char *text, size_t size)
{
    char line[CELL_SIZE];
    (void)character_fit_text(text, size, CELL_SIZE, line, sizeof line);
    l->failed |= memory_grow(&l->cells, l->cell_count, &l->cell_capacity, sizeof *l->cells) != 0 ||
                 (l->cells[l->cell_count++] = memory_copy(line, strlen(line))) == NULL;
}

static void add_word(list_state *l, const char *word)
{
    add_text(l, word, strlen(word));
}

static void add_number(list_state *l, uint64_t number)
{
    char digits[FORMAT_NUMBER_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, number);
    add_word(l, digits);
}

static void add_share(list_state *l, double share)
{
    char digits[FORMAT_NUMBER_SIZE] = "";
    if (!isnan(share))
        (void)snprintf(digits, sizeof digits, "%.0f%%", share * 100);
    add_word(l, digits);
}

static void add_id(list_state *l, uint64_t article)
{
    const tt_id id = tt_result_id(l->result, article);
    add_text(l, id.bytes, id.size);
}

/* A word of the input about an article, which is there or not. */
static void add_label(list_state *l, const char *word)
{
    add_word(l, word != NULL ? word : "");
}

static article_label label_of(const list_state *l, uint64_t article)
{
    return l->has_input ? l->labels[article] : (article_label){NULL, NULL, TT_NO_TIME};
}

static void add_source(list_state *l, uint64_t article)
{
    add_label(l, label_of(l, article).source);
}

static void add_headline(list_state *l, uint64_t article)
{
    add_label(l, label_of(l, article).headline);
}

/* The time from the first of a cluster to the last, as "7 h 26 min"; nothing without times. */
static void add_span(list_state *l, const tt_cluster *c)
{
    int64_t first = INT64_MAX, last = INT64_MIN, minutes;
    char span[40] = "";
    for (size_t i = 0; i < c->count; i++) {
        const int64_t at = label_of(l, c->members[i]).published;
        if (at == TT_NO_TIME)
            continue;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    minutes = last < first ? 0 : (last - first) / 60000000;
    if (minutes >= 48 * 60)
        (void)snprintf(span, sizeof span, "%" PRId64 " days", minutes / (24 * 60));
    else if (minutes >= 60)
        (void)snprintf(span, sizeof span, "%" PRId64 " h %02" PRId64 " min", minutes / 60,
                       minutes % 60);
    else if (last > first)
        (void)snprintf(span, sizeof span, "%" PRId64 " min", minutes);
    add_word(l, span);
}

/* ==== Rows ==================================================================================== */

static int larger_cluster(const void *x, const void *y)
{
    const tt_cluster *p = *(const tt_cluster *const *)x, *q = *(const tt_cluster *const *)y;
    return p->count != q->count ? (p->count < q->count ? 1 : -1)
                                : (p->number > q->number) - (p->number < q->number);
}

static int larger_section(const void *x, const void *y)
{
    const tt_section *p = *(const tt_section *const *)x, *q = *(const tt_section *const *)y;
    return p->count != q->count ? (p->count < q->count ? 1 : -1)
                                : (p->number > q->number) - (p->number < q->number);
}

/* Whether another row is wanted. */
static int has_room(const list_state *l, size_t rows)
{
    const uint64_t limit = l->session.settings->limit;
    return !l->failed && (limit == 0 || rows < limit);
}

static void list_clusters(list_state *l)
{
    const size_t count = l->arrays.cluster_count;
    const tt_cluster **sorted = malloc((count + 1) * sizeof *sorted);
    l->columns = cluster_columns;
    l->failed = sorted == NULL;
    for (size_t i = 0; i < count && !l->failed; i++)
        sorted[i] = &l->arrays.clusters[i];
    if (!l->failed)
        qsort(sorted, count, sizeof *sorted, larger_cluster);
    for (size_t i = 0; i < count && has_room(l, i); i++) {
        add_number(l, sorted[i]->number);
        add_number(l, sorted[i]->count);
        add_span(l, sorted[i]);
        add_id(l, sorted[i]->keep);
        add_source(l, sorted[i]->keep);
        add_headline(l, sorted[i]->keep);
    }
    free(sorted);
}

static const tt_pair *find_pair(const list_state *l, uint64_t x, uint64_t y)
{
    const uint64_t *positions;
    size_t count;
    if (tt_result_pairs_of(l->result, x, &positions, &count, NULL) != TT_OK)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const tt_pair *p = &l->arrays.pairs[positions[i]];
        if (p->a == y || p->b == y)
            return p;
    }
    return NULL;
}

/* The articles of a cluster, in the order in which they ran. */
static int list_articles(list_state *l, const tt_cluster *c)
{
    version *versions = malloc((c->count + 1) * sizeof *versions);
    l->columns = article_columns;
    if (versions == NULL)
        return failure_memory();
    for (size_t i = 0; i < c->count; i++) {
        const int64_t published = label_of(l, c->members[i]).published;
        versions[i] = (version){published == TT_NO_TIME ? INT64_MAX : published, i, c->members[i]};
    }
    versions_sort(versions, c->count);
    for (size_t i = 0; i < c->count && has_room(l, i); i++) {
        const uint64_t article = versions[i].article;
        const tt_pair *p = article == c->keep ? NULL : find_pair(l, c->keep, article);
        char time[30];
        if (article == c->keep)
            add_word(l, "kept");
        else
            add_share(l, p == NULL ? NAN : p->a == article ? p->overlap_a : p->overlap_b);
        if (p == NULL)
            add_word(l, "");
        else
            add_number(l, p->conflicts);
        add_word(l,
                 format_time(time, sizeof time, "%Y-%m-%d %H:%M", label_of(l, article).published));
        add_id(l, article);
        add_source(l, article);
        add_headline(l, article);
    }
    free(versions);
    return 0;
}

static void list_pairs(list_state *l)
{
    l->columns = pair_columns;
    for (size_t i = 0; i < l->arrays.pair_count && has_room(l, i); i++) {
        const tt_pair *p = &l->arrays.pairs[i];
        const double shorter = p->overlap_a > p->overlap_b ? p->overlap_a : p->overlap_b;
        add_word(l, tt_relation_name((tt_relation)p->relation));
        add_share(l, isnan(shorter) ? p->resemblance : shorter);
        add_number(l, p->conflicts);
        add_id(l, p->a);
        add_id(l, p->b);
        add_headline(l, p->a);
    }
}

static void list_sections(list_state *l)
{
    const size_t count = l->arrays.section_count;
    const tt_section **sorted = malloc((count + 1) * sizeof *sorted);
    l->columns = section_columns;
    l->failed = sorted == NULL;
    for (size_t i = 0; i < count && !l->failed; i++)
        sorted[i] = &l->arrays.sections[i];
    if (!l->failed)
        qsort(sorted, count, sizeof *sorted, larger_section);
    for (size_t i = 0; i < count && has_room(l, i); i++) {
        add_number(l, sorted[i]->number);
        add_number(l, sorted[i]->count);
        add_number(l, sorted[i]->tokens);
        add_word(l, sorted[i]->kind == TT_SECTION_NOTICE ? "notice" : "story");
        add_id(l, sorted[i]->occurrences[0].article);
        add_label(l, l->quotes == NULL ? NULL : l->quotes[sorted[i] - l->arrays.sections]);
    }
    free(sorted);
}

static int list_rows(list_state *l)
{
    const settings *s = l->session.settings;
    const result_arrays *r = &l->arrays;
    if (s->list_pairs)
        list_pairs(l);
    else if (s->list_sections)
        list_sections(l);
    else if (s->cluster == 0)
        list_clusters(l);
    for (size_t i = 0; i < r->cluster_count && s->cluster != 0; i++)
        if (r->clusters[i].number == s->cluster)
            return list_articles(l, &r->clusters[i]);
    if (s->cluster != 0)
        return message_failure("give a number from the result",
                               "%s has no cluster %" PRIu32 "; it has %zu of them", s->inputs[0],
                               s->cluster, r->cluster_count);
    return l->failed ? EXIT_FAILED : 0;
}

/* ==== The input =============================================================================== */

/* An article_fn. */
static int take_label(void *ctx, const tt_record *record, uint64_t article)
{
    list_state *l = ctx;
    const tt_article *a = &record->article;
    article_label *label;
    if (article == TT_NO_ARTICLE)
        return 0;
    label = &l->labels[article];
    label->headline = article_headline(record, MOST_HEADLINE);
    label->source = memory_copy(a->source, a->source_size);
    label->published = a->published;
    if (label->headline == NULL || label->source == NULL)
        return failure_memory();
    for (size_t i = l->quotes != NULL ? l->first_section[article] : 0; i != 0;
         i = l->next_section[i - 1]) {
        const tt_occurrence *first = &l->arrays.sections[i - 1].occurrences[0];
        if (first->end > a->text_size || first->begin > first->end)
            continue;
        l->quotes[i - 1] = article_quote(a->text + first->begin,
                                         (size_t)(first->end - first->begin), MOST_HEADLINE);
        if (l->quotes[i - 1] == NULL)
            return failure_memory();
    }
    return 0;
}

/* The sections of each article that has their first place. */
static int chain_sections(list_state *l)
{
    const result_arrays *r = &l->arrays;
    l->quotes = calloc(r->section_count + 1, sizeof *l->quotes);
    l->first_section = calloc((size_t)r->article_count + 1, sizeof *l->first_section);
    l->next_section = calloc(r->section_count + 1, sizeof *l->next_section);
    if (l->quotes == NULL || l->first_section == NULL || l->next_section == NULL)
        return failure_memory();
    for (size_t i = 0; i < r->section_count; i++) {
        size_t *head = &l->first_section[r->sections[i].occurrences[0].article];
        l->next_section[i] = *head;
        *head = i + 1;
    }
    return 0;
}

static int read_labels(list_state *l)
{
    int rc = 0;
    if (!l->has_input)
        return 0;
    l->labels = calloc((size_t)l->arrays.article_count + 1, sizeof *l->labels);
    if (l->labels == NULL)
        return failure_memory();
    if (l->session.settings->list_sections)
        rc = chain_sections(l);
    return rc != 0 ? rc : records_read_articles(&l->session, l->result, take_label, l);
}

/* ==== Printing ================================================================================ */

/* Columns without a value in any row, and optional ones of a narrow terminal, are left out. */
static int is_shown_column(const list_state *l, size_t c, int person)
{
    const column *k = &l->columns[c];
    return (l->has_input || !k->of_input) &&
           !(person && k->optional && l->terminal.columns < FEW_COLUMNS);
}

static void print_with_tabs(const list_state *l)
{
    for (size_t i = 0; i < MOST_COLUMNS + l->cell_count; i++) {
        const size_t c = i % MOST_COLUMNS;
        const char *cell = i < MOST_COLUMNS ? l->columns[c].name : l->cells[i - MOST_COLUMNS];
        if (is_shown_column(l, c, 0))
            (void)printf("%s%s", c == 0 ? "" : "\t", cell);
        if (c == MOST_COLUMNS - 1)
            (void)putchar('\n');
    }
}

/* Prints a row. The headline, which is last, takes what is left of the line, or the next one. */
static void print_row(const list_state *l, style look, const char *const *row,
                      const int widths[MOST_COLUMNS])
{
    const int narrow = l->terminal.columns < FEW_COLUMNS, headline = MOST_COLUMNS - 1;
    int used = 0, gap = 0; /* blanks before the next column */
    for (int c = 0; c < headline; c++) {
        const int size = character_width_of_text(row[c], strlen(row[c]));
        const int left = l->terminal.columns - 1 - used;
        const int width = widths[c] < left ? widths[c] : left;
        const int blanks = size < width ? width - size : 0;
        if (!is_shown_column(l, (size_t)c, 1) || width <= 0)
            continue;
        (void)printf("%*s", gap + (l->columns[c].number ? blanks : 0), "");
        (void)terminal_print_text(look, &l->terminal, row[c], strlen(row[c]), width);
        gap = 2 + (l->columns[c].number ? 0 : blanks);
        used += width + 2;
    }
    if (is_shown_column(l, (size_t)headline, 1) && row[headline][0] != '\0' &&
        !(narrow && look == STYLE_STRONG)) {
        (void)printf("%s%*s", narrow ? "\n" : "", narrow ? NARROW_INDENT : gap, "");
        (void)terminal_print_text(look, &l->terminal, row[headline], strlen(row[headline]),
                                  l->terminal.columns - 1 - (narrow ? NARROW_INDENT : used));
    }
    (void)putchar('\n');
}

static void print_columns(const list_state *l)
{
    const char *names[MOST_COLUMNS];
    int widths[MOST_COLUMNS];
    for (size_t c = 0; c < MOST_COLUMNS; c++) {
        names[c] = l->columns[c].name;
        widths[c] = (int)strlen(names[c]);
    }
    for (size_t i = 0; i < l->cell_count; i++) {
        const int width = character_width_of_text(l->cells[i], strlen(l->cells[i]));
        int *widest = &widths[i % MOST_COLUMNS];
        *widest = width > MOST_NAME ? MOST_NAME : width > *widest ? width : *widest;
    }
    print_row(l, STYLE_STRONG, names, widths);
    for (size_t i = 0; i < l->cell_count; i += MOST_COLUMNS)
        print_row(l, STYLE_PLAIN, (const char *const *)l->cells + i, widths);
}

/* ==== The command ============================================================================= */

static int read_and_list(list_state *l, const settings *s)
{
    const int person = isatty(STDOUT_FILENO);
    int rc = session_open(&l->session, s);
    terminal_init(&l->terminal, s->color);
    if (rc == 0)
        rc = records_read_result(&l->result, s->inputs[0]);
    if (rc != 0)
        return rc;
    l->arrays = result_arrays_of(l->result);
    rc = read_labels(l);
    if (rc == 0)
        rc = list_rows(l);
    if (rc != 0)
        return rc;
    if (l->cell_count == 0) {
        message_line("no %ss in %s",
                     s->list_pairs      ? "pair"
                     : s->list_sections ? "section"
                                        : "cluster",
                     s->inputs[0]);
        return 0;
    }
    if (person) {
        pager_begin();
        print_columns(l);
        pager_end();
    } else {
        print_with_tabs(l);
    }
    rc = output_flush_standard();
    return rc != 0 ? rc : session_exit_code(&l->session);
}

static int run_list(const settings *s)
{
    list_state l = {.has_input = s->input_count > 1};
    int rc;
    if (s->input_count == 0)
        return message_usage(s->command, "give a RESULT, and the INPUT of its scan for headlines");
    if (s->list_pairs + s->list_sections + (s->cluster != 0) > 1)
        return message_usage(s->command, "give one of --pairs, --sections and --cluster");
    rc = read_and_list(&l, s);
    for (uint64_t i = 0; l.labels != NULL && i < l.arrays.article_count; i++) {
        free(l.labels[i].headline);
        free(l.labels[i].source);
    }
    for (size_t i = 0; l.quotes != NULL && i < l.arrays.section_count; i++)
        free(l.quotes[i]);
    for (size_t i = 0; i < l.cell_count; i++)
        free(l.cells[i]);
    free(l.labels);
    free(l.quotes);
    free(l.first_section);
    free(l.next_section);
    free(l.cells);
    tt_result_close(l.result);
    session_close(&l.session);
    return rc;
}

const subcommand list_result_command = {
    .name = "list",
    .bit = FOR_LIST_RESULT,
    .operands = "RESULT [INPUT...]",
    .about = "list clusters, the articles of one, pairs or sections",
    .text = "Lists the clusters of a result, the largest first, a line each. INPUT is that of\n"
            "the scan; with it the lines have headlines, sources and times.",
    .more = "At a terminal the list is in columns and goes through the pager; elsewhere tabs\n"
            "are between the columns. The first line names them: 'show --cluster' and\n"
            "'--section' take the numbers. IN KEPT is the share of an\n"
            "article that is in the one to keep, SIMILAR that of the shorter article in the\n"
            "longer, and FACTS DIFFER counts numbers, dates and names that differ.",
    .example = "twicetold list result.jsonl feed.jsonl",
    .run = run_list,
};
