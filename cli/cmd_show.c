/*
 * Prints what a result says of an article, a cluster or a section, with the texts side by side. The
 * result alone decides what is shown; then the inputs are read for the texts that this needs.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "memory.h"
#include "message.h"
#include "records.h"
#include "result_arrays.h"
#include "terminal/html.h"
#include "terminal/pager.h"
#include "terminal/side_by_side.h"
#include "terminal/unified.h"
#include "versions.h"

enum { USUAL_VIEWS = 3 };

/* Two articles as a whole, or two occurrences of a section. */
typedef struct view {
    uint64_t left, right;      /* articles of the result */
    const tt_pair *pair;       /* or NULL */
    const tt_section *section; /* NULL: the articles as a whole */
    const tt_occurrence *place;
} view;

typedef struct show_state {
    session session;
    terminal terminal;
    tt_result *result;
    result_arrays arrays; /* of the result */
    article_copy *copies; /* by article; without a text if no view needs it */
    view *views;
    size_t view_count, view_capacity;
    uint64_t left_out;         /* views that --all would add */
    const tt_cluster *cluster; /* that --cluster names, or NULL */
    const tt_cluster *story;   /* whose versions are shown, or NULL */
} show_state;

/* ==== Choosing the views ================================================================== */

static int add_view(show_state *w, view v)
{
    if (w->view_count >= USUAL_VIEWS && !w->session.settings->all) {
        w->left_out++;
        return 0;
    }
    if (memory_grow(&w->views, w->view_count, &w->view_capacity, sizeof *w->views) != 0)
        return EXIT_FAILED;
    w->views[w->view_count++] = v;
    return 0;
}

/* Two articles, with their pair if the result lists one. */
static int add_pair_view(show_state *w, uint64_t left, uint64_t right)
{
    const uint64_t *positions;
    const tt_pair *found = NULL;
    size_t count;
    tt_error error = {0};
    if (tt_result_pairs_of(w->result, right, &positions, &count, &error) != TT_OK)
        return failure_library(&error, ABOUT_RESULT);
    for (size_t i = 0; i < count && found == NULL; i++) {
        const tt_pair *p = &w->arrays.pairs[positions[i]];
        if (p->a == left || p->b == left)
            found = p;
    }
    return add_view(w, (view){left, right, found, NULL, NULL});
}

/* The kept article beside each copy, or the versions, which are chosen when their times are known.
 */
static int choose_cluster(show_state *w, const tt_cluster *c)
{
    int rc = 0;
    if (w->session.settings->versions) {
        w->story = c;
        return 0;
    }
    for (size_t i = 0; i < c->count && rc == 0; i++)
        if (c->members[i] != c->keep)
            rc = add_pair_view(w, c->keep, c->members[i]);
    return rc;
}

/* The first occurrence beside each other one. */
static int choose_section(show_state *w, const tt_section *x)
{
    int rc = 0;
    for (size_t i = 1; i < x->count && rc == 0; i++) {
        const tt_occurrence *o = &x->occurrences[i];
        rc = add_view(w, (view){x->occurrences[0].article, o->article, NULL, x, o});
    }
    return rc;
}

static int has_article(const tt_cluster *c, uint64_t article)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->members[i] == article)
            return 1;
    return 0;
}

static int is_shown(const show_state *w, uint64_t x, uint64_t y)
{
    for (size_t i = 0; i < w->view_count; i++)
        if (w->views[i].section == NULL && ((w->views[i].left == x && w->views[i].right == y) ||
                                            (w->views[i].left == y && w->views[i].right == x)))
            return 1;
    return 0;
}

/* Its cluster first, then its other pairs, then the sections that these do not show. */
static int choose_article(show_state *w, uint64_t article)
{
    const result_arrays *r = &w->arrays;
    const uint64_t *positions;
    size_t count;
    tt_error error = {0};
    int rc = 0;
    for (uint64_t i = 0; i < r->cluster_count && rc == 0; i++) {
        const tt_cluster *c = &r->clusters[i];
        if (c->keep == article)
            rc = choose_cluster(w, c);
        else if (has_article(c, article))
            rc = add_pair_view(w, c->keep, article);
    }
    if (rc == 0 && tt_result_pairs_of(w->result, article, &positions, &count, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_RESULT);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const tt_pair *p = &r->pairs[positions[i]];
        if (!is_shown(w, p->a, p->b))
            rc = add_view(w, (view){p->a, p->b, p, NULL, NULL});
    }
    for (uint64_t i = 0; i < r->section_count && rc == 0; i++) {
        const tt_section *x = &r->sections[i];
        for (size_t k = 1; k < x->count && rc == 0; k++) {
            const tt_occurrence *o = &x->occurrences[k];
            const uint64_t first = x->occurrences[0].article;
            if ((o->article == article || first == article) && !is_shown(w, first, o->article))
                rc = add_view(w, (view){first, o->article, NULL, x, o});
        }
    }
    return rc;
}

/* ==== What is asked for =================================================================== */

static int refuse_number(const show_state *w, const char *what, uint64_t number, uint64_t count)
{
    return message_failure("give a number from the result",
                           "%s has no %s %" PRIu64 "; it has %" PRIu64 " of them",
                           w->session.settings->inputs[0], what, number, count);
}

static int choose_named_article(show_state *w, const char *name)
{
    tt_id id = {name, strlen(name), 0, 0};
    uint64_t article = tt_result_find(w->result, &id);
    if (article == TT_NO_ARTICLE) {
        id.flags = TT_ARTICLE_INTEGER_ID;
        article = tt_result_find(w->result, &id);
    }
    if (article == TT_NO_ARTICLE)
        return message_failure(
            "give an id from one of its pairs, clusters or sections",
            "%s: article %s is not in this result: it has no copies or repeats, or "
            "the id is wrong",
            w->session.settings->inputs[0], name);
    return choose_article(w, article);
}

static int choose_views(show_state *w, const char *name)
{
    const settings *s = w->session.settings;
    const result_arrays *r = &w->arrays;
    if (name != NULL)
        return choose_named_article(w, name);
    for (uint64_t i = 0; i < r->cluster_count && s->cluster != 0; i++)
        if (r->clusters[i].number == s->cluster) {
            w->cluster = &r->clusters[i];
            return choose_cluster(w, w->cluster);
        }
    if (s->cluster != 0)
        return refuse_number(w, "cluster", s->cluster, r->cluster_count);
    for (uint64_t i = 0; i < r->section_count; i++)
        if (r->sections[i].number == s->section)
            return choose_section(w, &r->sections[i]);
    return refuse_number(w, "section", s->section, r->section_count);
}

/* ==== Texts =============================================================================== */

static int keep_wanted_text(void *ctx, const tt_record *record, uint64_t article)
{
    show_state *w = ctx;
    int wanted = 0;
    if (w->story != NULL && article != TT_NO_ARTICLE)
        wanted = has_article(w->story, article);
    for (size_t i = 0; i < w->view_count && article != TT_NO_ARTICLE; i++)
        wanted = wanted || w->views[i].left == article || w->views[i].right == article;
    if (!wanted)
        return 0;
    return article_copy_take(&w->copies[article], record);
}

/* Each version beside the one before it. */
static int choose_versions(show_state *w)
{
    const tt_cluster *c = w->story;
    version *versions;
    int rc = 0;
    if (c == NULL)
        return 0;
    versions = malloc((c->count + 1) * sizeof *versions);
    if (versions == NULL)
        return failure_memory();
    for (size_t i = 0; i < c->count; i++) {
        const int64_t published = w->copies[c->members[i]].published;
        versions[i] = (version){published == TT_NO_TIME ? INT64_MAX : published, i, c->members[i]};
    }
    versions_sort(versions, c->count);
    for (size_t i = 1; i < c->count && rc == 0; i++)
        rc = add_pair_view(w, versions[i - 1].article, versions[i].article);
    free(versions);
    return rc;
}

/* ==== Printing ============================================================================ */

static void print_share(const char *before, double value, const char *after)
{
    if (!isnan(value))
        (void)printf("%s%.0f%%%s", before, value * 100, after);
}

/* How the left article relates to the right one, by tt_relation. */
static const char *label_of_relation(tt_relation relation)
{
    switch (relation) {
    case TT_NEAR: return "near-duplicate";
    case TT_CONTAINS: return "longer version";
    case TT_CONTAINED: return "excerpt";
    case TT_BOILERPLATE: return "notices only";
    default: return tt_relation_name(relation);
    }
}

/* The numbers of a pair, whichever of the two is on the left. */
static void print_pair(const terminal *s, const tt_pair *p, uint64_t left)
{
    const int turned = p->a != left;
    tt_relation relation = (tt_relation)p->relation;
    if (turned && relation == TT_CONTAINS)
        relation = TT_CONTAINED;
    else if (turned && relation == TT_CONTAINED)
        relation = TT_CONTAINS;
    (void)printf("%s%s%s", terminal_style(s, STYLE_NUMBER), label_of_relation(relation),
                 terminal_style(s, STYLE_PLAIN));
    print_share(": ", turned ? p->overlap_b : p->overlap_a, " of the left appears in the right");
    print_share(", ", turned ? p->overlap_a : p->overlap_b, " vice versa");
    (void)putchar('\n');
    if (!isnan(p->resemblance))
        (void)printf("%sresemblance %.2f, facts that match %.2f%s\n",
                     terminal_style(s, STYLE_FAINT), p->resemblance, p->facts,
                     terminal_style(s, STYLE_PLAIN));
}

static void print_title(const show_state *w, const view *v)
{
    const terminal *s = &w->terminal;
    if (v->section != NULL) {
        (void)printf("%ssection %" PRIu64 "%s: %" PRIu64 " words, found %zu times",
                     terminal_style(s, STYLE_NUMBER), v->section->number,
                     terminal_style(s, STYLE_PLAIN), v->section->tokens, v->section->count);
        print_share(", these two ", v->place->similarity, " alike");
        (void)putchar('\n');
    } else if (v->pair != NULL) {
        print_pair(s, v->pair, v->left);
    }
}

static int print_view(show_state *w, const view *v)
{
    const article_copy *left = &w->copies[v->left], *right = &w->copies[v->right];
    extent left_part, right_part;
    if (w->session.settings->unified)
        return unified_print(&w->terminal, tt_result_id(w->result, v->left), left,
                             tt_result_id(w->result, v->right), right);
    print_title(w, v);
    side_by_side_headings(&w->terminal, tt_result_id(w->result, v->left), left,
                          tt_result_id(w->result, v->right), right);
    if (v->section == NULL)
        return side_by_side_articles(&w->terminal, left, right, w->session.settings->all);
    left_part = (extent){v->place->of_begin, v->place->of_end};
    right_part = (extent){v->place->begin, v->place->end};
    if (!text_has_extent(left->text, left->size, left_part) ||
        !text_has_extent(right->text, right->size, right_part))
        return message_failure(NULL,
                               "section %" PRIu64 " does not fit the texts; give the INPUT of the "
                               "scan that made the result",
                               v->section->number);
    return side_by_side_passages(&w->terminal, left, left_part, right, right_part);
}

/* Articles that pairs join with the cluster, and that are not in it. */
static int print_beside(const show_state *w)
{
    enum { SHOWN = 5 };
    static const struct {
        tt_relation first, last;
        const char *about;
    } kinds[] = {{TT_IDENTICAL, TT_CONTAINED, "copies of one of them, in no cluster with it"},
                 {TT_SERIES, TT_SERIES, "series: the same template with other facts, not copies"},
                 {TT_RELATED, TT_RELATED, "related: a part of it, or another stage of the story"}};
    const tt_cluster *c = w->cluster;
    unsigned char *seen = calloc((size_t)w->arrays.article_count + 1, 1);
    if (seen == NULL)
        return failure_memory();
    for (size_t i = 0; i < c->count; i++)
        seen[c->members[i]] = 1;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        size_t count = 0;
        for (size_t i = 0; i < w->arrays.pair_count; i++) {
            const tt_pair *p = &w->arrays.pairs[i];
            const int a_inside = has_article(c, p->a), b_inside = has_article(c, p->b);
            const uint64_t other = a_inside ? p->b : p->a;
            const tt_id id = tt_result_id(w->result, other);
            if (p->relation < (int32_t)kinds[kind].first ||
                p->relation > (int32_t)kinds[kind].last || a_inside == b_inside || seen[other])
                continue;
            seen[other] = 1;
            if (count++ == 0)
                (void)printf("\n%sbeside this cluster%s, %s:\n",
                             terminal_style(&w->terminal, STYLE_NUMBER),
                             terminal_style(&w->terminal, STYLE_PLAIN), kinds[kind].about);
            if (count > SHOWN)
                continue;
            (void)fputs("  ", stdout);
            (void)terminal_print_text(STYLE_STRONG, &w->terminal, id.bytes, id.size,
                                      w->terminal.columns - 4);
            (void)putchar('\n');
        }
        if (count > SHOWN)
            (void)printf("  and %zu more: list RESULT --pairs\n", count - SHOWN);
    }
    free(seen);
    return 0;
}

static int print_views(show_state *w)
{
    int rc = 0;
    for (size_t i = 0; i < w->view_count && rc == 0; i++) {
        if (i > 0 && !w->session.settings->unified)
            (void)putchar('\n');
        rc = print_view(w, &w->views[i]);
    }
    if (rc == 0 && w->left_out > 0 && w->session.settings->unified)
        message_line("%" PRIu64 " more: --all shows them", w->left_out);
    else if (rc == 0 && w->left_out > 0)
        (void)printf("\n%s%" PRIu64 " more: --all shows them%s\n",
                     terminal_style(&w->terminal, STYLE_FAINT), w->left_out,
                     terminal_style(&w->terminal, STYLE_PLAIN));
    if (rc == 0 && w->cluster != NULL && !w->session.settings->unified)
        rc = print_beside(w);
    return rc != 0 ? rc : output_flush_standard();
}

/* ==== The command ========================================================================= */

static int read_and_print(show_state *w, const settings *s, const char *name)
{
    int rc = session_open(&w->session, s);
    terminal_init(&w->terminal, s->color);
    if (rc == 0)
        rc = records_read_result(&w->result, s->inputs[0]);
    w->arrays = result_arrays_of(w->result);
    if (rc == 0)
        rc = choose_views(w, name);
    if (rc == 0 &&
        (w->copies = calloc((size_t)w->arrays.article_count + 1, sizeof *w->copies)) == NULL)
        rc = failure_memory();
    if (rc == 0)
        rc = records_read_articles(&w->session, w->result, keep_wanted_text, w);
    if (rc == 0)
        rc = choose_versions(w);
    if (rc != 0)
        return rc;
    if (s->html) {
        char title[200];
        (void)snprintf(title, sizeof title, "%s: %s %s", s->inputs[0],
                       name != NULL      ? "article"
                       : s->cluster != 0 ? "cluster"
                                         : "section",
                       name != NULL ? name : "");
        if (name == NULL)
            (void)snprintf(title + strlen(title), sizeof title - strlen(title), "%" PRIu32,
                           s->cluster != 0 ? s->cluster : s->section);
        rc = html_begin(&w->terminal);
        if (rc == 0)
            rc = print_views(w);
        return rc != 0 ? rc : html_end(title) != 0 ? EXIT_FAILED : output_flush_standard();
    }
    pager_begin();
    rc = print_views(w);
    pager_end();
    return rc;
}

static int run_show(const settings *s)
{
    const int named = s->cluster == 0 && s->section == 0;
    settings narrowed = *s;
    const char **inputs = NULL;
    show_state w = {0};
    int rc;
    if (s->cluster != 0 && s->section != 0)
        return message_usage(s->command, "give --cluster or --section, not both");
    if (s->input_count < (named ? 3u : 2u))
        return message_usage(s->command,
                             named ? "give a RESULT, an ID (or --cluster N, --section N) and the "
                                     "INPUT of its scan"
                                   : "give a RESULT and the INPUT of its scan");
    inputs = malloc(s->input_count * sizeof *inputs);
    if (inputs == NULL)
        return failure_memory();
    inputs[0] = s->inputs[0];
    narrowed.input_count = s->input_count - (size_t)named;
    for (size_t i = 1; i < narrowed.input_count; i++)
        inputs[i] = s->inputs[i + (size_t)named];
    narrowed.inputs = inputs;
    rc = read_and_print(&w, &narrowed, named ? s->inputs[1] : NULL);
    for (uint64_t i = 0; w.copies != NULL && i < w.arrays.article_count; i++)
        article_copy_free(&w.copies[i]);
    free(w.copies);
    free(w.views);
    tt_result_close(w.result);
    session_close(&w.session);
    free(inputs);
    return rc;
}

const subcommand show_command = {
    .name = "show",
    .bit = FOR_SHOW,
    .operands = "RESULT ID INPUT...",
    .about = "print an article and its copies side by side",
    .text = "Prints what a RESULT says of the article ID, or of one cluster or section: the\n"
            "texts side by side, aligned, with the words that differ marked. INPUT is\n"
            "that of the scan. With --cluster or --section there is no ID.",
    .more = "Facts that differ are listed above two articles, and marked in them. On a\n"
            "terminal the output goes through $PAGER, or less.\n"
            "On the left is the article that is kept, or the first place of a section. The\n"
            "sign between the columns is ! where words differ (red on the left, green on the\n"
            "right; in brackets where there are no colours), < and > where only one side has\n"
            "the text.",
    .example = "twicetold show result.jsonl --cluster 1 feed.jsonl",
    .run = run_show,
};
