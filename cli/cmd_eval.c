/* Scores of a result, precision and recall by threshold, and the worst errors. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "article_copy.h"
#include "failure.h"
#include "format.h"
#include "message.h"
#include "records.h"
#include "result_arrays.h"
#include "svg.h"
#include "terminal/side_by_side.h"

/* "0.9876", or a dash where the gold has no answer. */
static const char *format_score(char *to, size_t size, double value)
{
    if (isnan(value))
        return "-";
    (void)snprintf(to, size, "%.4f", value);
    return to;
}

static void print_row(const char *name, const uint64_t counts[3], double precision, double recall,
                      double f1)
{
    char p[32], r[32], f[32];
    (void)printf("%-14s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %9s %9s %9s\n", name, counts[0],
                 counts[1], counts[2], format_score(p, sizeof p, precision),
                 format_score(r, sizeof r, recall), format_score(f, sizeof f, f1));
}

static double f1_of(double precision, double recall)
{
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : NAN;
}

static void print_table(const tt_scores *s)
{
    const uint64_t pairs[3] = {s->gold_pairs, s->found_pairs, s->right_pairs};
    const uint64_t bytes[3] = {s->gold_section_bytes, s->found_section_bytes,
                               s->right_section_bytes};
    char ari[32], granularity[32];
    (void)printf("%-14s %12s %12s %12s %9s %9s %9s\n", "", "gold", "found", "right", "precision",
                 "recall", "F1");
    print_row("pairs", pairs, s->pair_precision, s->pair_recall, s->pair_f1);
    print_row("section bytes", bytes, s->section_precision, s->section_recall,
              f1_of(s->section_precision, s->section_recall));
    (void)printf("\ncluster ARI          %s\n", format_score(ari, sizeof ari, s->cluster_ari));
    (void)printf("section granularity  %s\n",
                 format_score(granularity, sizeof granularity, s->section_granularity));
}

static void print_number(const char *before, double value)
{
    char text[FORMAT_NUMBER_SIZE];
    (void)printf("%s%s", before, format_number(text, value));
}

static void print_json(const tt_scores *s)
{
    (void)printf("{\"pairs\":{\"gold\":%" PRIu64 ",\"found\":%" PRIu64 ",\"right\":%" PRIu64,
                 s->gold_pairs, s->found_pairs, s->right_pairs);
    print_number(",\"precision\":", s->pair_precision);
    print_number(",\"recall\":", s->pair_recall);
    print_number(",\"f1\":", s->pair_f1);
    print_number("},\"clusters\":{\"ari\":", s->cluster_ari);
    (void)printf("},\"sections\":{\"gold_bytes\":%" PRIu64 ",\"found_bytes\":%" PRIu64
                 ",\"right_bytes\":%" PRIu64,
                 s->gold_section_bytes, s->found_section_bytes, s->right_section_bytes);
    print_number(",\"precision\":", s->section_precision);
    print_number(",\"recall\":", s->section_recall);
    print_number(",\"granularity\":", s->section_granularity);
    (void)printf("}}\n");
}

/* ==== Curves ================================================================================== */

/* Pairs with a score; articles of the result or of the gold. */
typedef struct scored_pair {
    uint64_t a, b;
    double score;
    int is_right;
} scored_pair;

static int by_score(const void *x, const void *y)
{
    const scored_pair *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static double score_by_resemblance(const tt_pair *p)
{
    return p->resemblance;
}

static double score_by_containment(const tt_pair *p)
{
    return fmax(p->containment_a, p->containment_b);
}

static double score_by_overlap(const tt_pair *p)
{
    return fmax(p->overlap_a, p->overlap_b);
}

/* Draws a point for each score: precision and recall of the pairs with that score or more. */
static int draw_curve(svg *picture, const char *name, double (*score_of)(const tt_pair *),
                      const result_arrays *r, const unsigned char *is_wrong, uint64_t gold_pairs)
{
    scored_pair *pairs = malloc((r->pair_count + 1) * sizeof *pairs);
    double *recall = malloc((r->pair_count + 1) * sizeof *recall);
    double *precision = malloc((r->pair_count + 1) * sizeof *precision);
    const int have = pairs != NULL && recall != NULL && precision != NULL;
    size_t count = 0, points = 0, right = 0;
    for (size_t i = 0; have && i < r->pair_count; i++) {
        const tt_pair *p = &r->pairs[i];
        if (TT_IS_COPY(p->relation) && !isnan(score_of(p)))
            pairs[count++] = (scored_pair){p->a, p->b, score_of(p), !is_wrong[i]};
    }
    if (count > 1)
        qsort(pairs, count, sizeof *pairs, by_score);
    for (size_t i = 0; i < count; i++) {
        right += (size_t)pairs[i].is_right;
        if (i + 1 < count && pairs[i + 1].score == pairs[i].score)
            continue;
        recall[points] = gold_pairs == 0 ? 0 : (double)right / (double)gold_pairs;
        precision[points++] = (double)right / (double)(i + 1);
    }
    if (points > 0) {
        svg_curve(picture, name, recall, precision, points);
        svg_dot(picture, recall[points - 1], precision[points - 1]);
    }
    free(pairs);
    free(recall);
    free(precision);
    return have ? 0 : failure_memory();
}

static int draw_curves(const char *path, const result_arrays *r, const tt_eval_errors *errors,
                       uint64_t gold_pairs)
{
    unsigned char *is_wrong = calloc(r->pair_count + 1, 1);
    svg picture;
    int rc;
    if (is_wrong == NULL)
        return failure_memory();
    for (uint64_t i = 0; i < errors->wrong_pair_count; i++)
        is_wrong[errors->wrong_pairs[i]] = 1;
    rc = svg_begin(&picture, path, "Pairs, by the least number that counts", "recall", "precision");
    if (rc == 0)
        rc = draw_curve(&picture, "resemblance", score_by_resemblance, r, is_wrong, gold_pairs);
    if (rc == 0)
        rc = draw_curve(&picture, "containment", score_by_containment, r, is_wrong, gold_pairs);
    if (rc == 0)
        rc = draw_curve(&picture, "overlap", score_by_overlap, r, is_wrong, gold_pairs);
    if (rc == 0)
        rc = svg_end(&picture);
    svg_discard(&picture);
    free(is_wrong);
    return rc;
}

/* ==== Errors with their texts ================================================================= */

enum {
    DEFAULT_SHOWN = 3,
    MOST_MEASURED = 5000 /* missed pairs whose texts are compared */
};

/* The result or the gold, with copies of the articles that are printed. */
typedef struct eval_side {
    result_arrays arrays;
    unsigned char *wanted; /* by article */
    article_copy *copies;  /* likewise; without a text if it is not wanted or not in the INPUT */
} eval_side;

typedef struct eval_state {
    session session;
    terminal terminal;
    eval_side result, gold;
    tt_eval_errors *errors;
    scored_pair *missed;
} eval_state;

static int init_side(eval_side *s, const tt_result *result)
{
    s->arrays = result_arrays_of(result);
    s->wanted = calloc((size_t)s->arrays.article_count + 1, 1);
    s->copies = calloc((size_t)s->arrays.article_count + 1, sizeof *s->copies);
    return s->wanted == NULL || s->copies == NULL ? failure_memory() : 0;
}

static void free_side(eval_side *s)
{
    for (uint64_t i = 0; s->copies != NULL && i < s->arrays.article_count; i++)
        article_copy_free(&s->copies[i]);
    free(s->copies);
    free(s->wanted);
}

static const tt_occurrence *occurrence_of(const eval_side *s, const tt_section_place *p,
                                          const tt_occurrence **first)
{
    const tt_section *section = &s->arrays.sections[p->section];
    *first = &section->occurrences[0];
    return &section->occurrences[p->occurrence];
}

static void want_places(eval_side *s, const tt_section_place *places, uint64_t count, size_t most)
{
    for (uint64_t i = 0; i < count && i < most; i++) {
        const tt_occurrence *first, *here = occurrence_of(s, &places[i], &first);
        s->wanted[first->article] = s->wanted[here->article] = 1;
    }
}

static void want_texts(eval_state *e, size_t most)
{
    const tt_eval_errors *errors = e->errors;
    for (uint64_t i = 0; i < errors->missed_pair_count && i < MOST_MEASURED; i++)
        e->gold.wanted[errors->missed_pairs[i].a] = e->gold.wanted[errors->missed_pairs[i].b] = 1;
    for (uint64_t i = 0; i < errors->wrong_pair_count && i < most; i++) {
        const tt_pair *p = &e->result.arrays.pairs[errors->wrong_pairs[i]];
        e->result.wanted[p->a] = e->result.wanted[p->b] = 1;
    }
    want_places(&e->gold, errors->missed_places, errors->missed_place_count, most);
    want_places(&e->result, errors->wrong_places, errors->wrong_place_count, most);
}

/* Keeps the first record with the id of a wanted article. */
static int keep_if_wanted(eval_side *s, const tt_record *record)
{
    const tt_id id = record_id(record);
    const uint64_t article = tt_result_find(s->arrays.result, &id);
    return article == TT_NO_ARTICLE || !s->wanted[article] || s->copies[article].text != NULL
               ? 0
               : article_copy_take(&s->copies[article], record);
}

/* A records_fn. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    eval_state *e = ctx;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (records[i].status != TT_OK) {
            rc = session_reject(&e->session, &records[i], TT_OK);
            continue;
        }
        rc = keep_if_wanted(&e->gold, &records[i]);
        if (rc == 0)
            rc = keep_if_wanted(&e->result, &records[i]);
    }
    return rc;
}

/* How much of the shorter text the other one has; 0 if that is next to nothing. */
static int measure_overlap(const article_copy *x, const article_copy *y, double *overlap)
{
    const tt_options options = {
        .struct_size = sizeof options, .resemblance = 0.001, .overlap = 0.001};
    const tt_article a = {.text = x->text, .text_size = x->size, .published = TT_NO_TIME},
                     b = {.text = y->text, .text_size = y->size, .published = TT_NO_TIME};
    tt_alignment *alignment = NULL;
    tt_error error = {0};
    int admitted;
    const tt_pair *pair;
    if (tt_align(&alignment, &a, &b, &options, 0, &error) != TT_OK)
        return failure_library(&error, ABOUT_WORK);
    pair = tt_alignment_pair(alignment, &admitted);
    *overlap = admitted ? fmax(pair->overlap_a, pair->overlap_b) : 0;
    tt_alignment_close(alignment);
    return 0;
}

/* The missed pairs whose texts are most alike come first: a person would call them copies at once.
 */
static int rank_missed(eval_state *e)
{
    const uint64_t count = e->errors->missed_pair_count;
    int rc = 0;
    e->missed = calloc((size_t)count + 1, sizeof *e->missed);
    if (e->missed == NULL)
        return failure_memory();
    for (uint64_t i = 0; i < count && rc == 0; i++) {
        scored_pair *p = &e->missed[i];
        const article_copy *a, *b;
        p->a = e->errors->missed_pairs[i].a;
        p->b = e->errors->missed_pairs[i].b;
        a = &e->gold.copies[p->a];
        b = &e->gold.copies[p->b];
        if (i < MOST_MEASURED && a->text != NULL && b->text != NULL)
            rc = measure_overlap(a, b, &p->score);
    }
    if (count > 1)
        qsort(e->missed, (size_t)count, sizeof *e->missed, by_score);
    return rc;
}

static int print_pair(const eval_state *e, const eval_side *side, const char *what, uint64_t a,
                      uint64_t b, double score)
{
    const terminal *t = &e->terminal;
    const tt_id x = tt_result_id(side->arrays.result, a), y = tt_result_id(side->arrays.result, b);
    (void)printf("\n%s%s%s ", terminal_style(t, STYLE_NUMBER), what,
                 terminal_style(t, STYLE_PLAIN));
    (void)terminal_print_text(STYLE_STRONG, t, x.bytes, x.size, t->columns / 2 - 8);
    (void)fputs(", ", stdout);
    (void)terminal_print_text(STYLE_STRONG, t, y.bytes, y.size, t->columns / 2 - 8);
    if (side->copies[a].text == NULL || side->copies[b].text == NULL) {
        (void)printf("%s\n", e->session.settings->input_count > 2 ? ": not in the INPUT" : "");
        return 0;
    }
    (void)printf(": %.0f%% of the shorter appears in the other\n", score * 100);
    side_by_side_headings(t, x, &side->copies[a], y, &side->copies[b]);
    return side_by_side_articles(t, &side->copies[a], &side->copies[b], 0);
}

static int print_place(const eval_state *e, const eval_side *side, const char *what,
                       const tt_section_place *place)
{
    const terminal *t = &e->terminal;
    const tt_occurrence *first, *here = occurrence_of(side, place, &first);
    const article_copy *left = &side->copies[first->article], *right = &side->copies[here->article];
    const extent left_part = {first->begin, first->end}, right_part = {here->begin, here->end};
    const tt_id id = tt_result_id(side->arrays.result, here->article);
    (void)printf("\n%s%s%s section %" PRIu64 " in ", terminal_style(t, STYLE_NUMBER), what,
                 terminal_style(t, STYLE_PLAIN), side->arrays.sections[place->section].number);
    (void)terminal_print_text(STYLE_STRONG, t, id.bytes, id.size, t->columns / 2);
    (void)printf(", bytes %" PRIu64 " to %" PRIu64 "\n", here->begin, here->end);
    if (left->text == NULL || right->text == NULL ||
        !text_has_extent(left->text, left->size, left_part) ||
        !text_has_extent(right->text, right->size, right_part))
        return 0;
    side_by_side_headings(t, tt_result_id(side->arrays.result, first->article), left, id, right);
    return side_by_side_passages(t, left, left_part, right, right_part);
}

static int print_errors(const eval_state *e, size_t most)
{
    const tt_eval_errors *errors = e->errors;
    int rc = 0;
    (void)printf("\npairs of the gold that were missed  %12" PRIu64 "\n",
                 errors->missed_pair_count);
    (void)printf("not listed, but in one cluster      %12" PRIu64 "\n", errors->clustered_pairs);
    (void)printf("found, but not in the gold          %12" PRIu64 "\n", errors->wrong_pair_count);
    for (size_t i = 0; i < errors->missed_pair_count && i < most && rc == 0; i++)
        rc = print_pair(e, &e->gold, "missed", e->missed[i].a, e->missed[i].b, e->missed[i].score);
    for (size_t i = 0; i < errors->wrong_pair_count && i < most && rc == 0; i++) {
        const tt_pair *p = &e->result.arrays.pairs[errors->wrong_pairs[i]];
        rc = print_pair(e, &e->result, "not in the gold", p->a, p->b, score_by_overlap(p));
    }
    if (rc != 0 || e->gold.arrays.section_count == 0)
        return rc;
    (void)printf("\nplaces of sections that were missed %12" PRIu64 "\n",
                 errors->missed_place_count);
    (void)printf("found, but not in the gold          %12" PRIu64 "\n", errors->wrong_place_count);
    for (size_t i = 0; i < errors->missed_place_count && i < most && rc == 0; i++)
        rc = print_place(e, &e->gold, "missed", &errors->missed_places[i]);
    for (size_t i = 0; i < errors->wrong_place_count && i < most && rc == 0; i++)
        rc = print_place(e, &e->result, "not in the gold", &errors->wrong_places[i]);
    return rc;
}

/* ==== The command ============================================================================= */

static int list_errors(eval_state *e, const settings *s, uint64_t gold_pairs)
{
    const size_t most = s->misses != 0 ? s->misses : DEFAULT_SHOWN;
    tt_error error = {0};
    int rc = 0;
    if (tt_eval_errors_list(e->result.arrays.result, e->gold.arrays.result, &e->errors, &error) !=
        TT_OK)
        return failure_library(&error, ABOUT_RESULT);
    if (s->svg != NULL)
        rc = draw_curves(s->svg, &e->result.arrays, e->errors, gold_pairs);
    if (rc != 0 || s->json || (s->misses == 0 && s->input_count == 2))
        return rc;
    if (s->input_count > 2) {
        want_texts(e, most);
        rc = session_read(&e->session, s->inputs + 2, s->input_count - 2, &s->reader, take_records,
                          e);
        progress_end(&e->session.progress);
    }
    if (rc == 0)
        rc = rank_missed(e);
    if (rc == 0)
        rc = print_errors(e, most);
    return rc != 0 ? rc : output_flush_standard();
}

static int print_all(const settings *s, const tt_result *result, const tt_result *gold)
{
    eval_state e = {0};
    tt_scores scores;
    tt_error error = {0};
    int rc;
    if (tt_eval(result, gold, &scores, &error) != TT_OK)
        return failure_library(&error, ABOUT_RESULT);
    if (s->json)
        print_json(&scores);
    else
        print_table(&scores);
    rc = output_flush_standard();
    if (rc != 0 || (s->svg == NULL && s->misses == 0 && s->input_count == 2))
        return rc;
    session_init(&e.session, s);
    terminal_init(&e.terminal, s->color);
    rc = init_side(&e.result, result);
    if (rc == 0)
        rc = init_side(&e.gold, gold);
    if (rc == 0)
        rc = list_errors(&e, s, scores.gold_pairs);
    free_side(&e.result);
    free_side(&e.gold);
    free(e.missed);
    tt_eval_errors_close(e.errors);
    session_close(&e.session);
    return rc;
}

static int run_eval(const settings *s)
{
    tt_result *result = NULL, *gold = NULL;
    tt_error error = {0};
    int rc;
    if (s->input_count < 2)
        return message_usage(s->command, "give two files: the result and the gold");
    if (tt_result_read(&result, s->inputs[0], NULL, &error) != TT_OK ||
        tt_result_read(&gold, s->inputs[1], NULL, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_RESULT);
    else
        rc = print_all(s, result, gold);
    tt_result_close(result);
    tt_result_close(gold);
    return rc;
}

const subcommand eval_command = {
    .name = "eval",
    .bit = FOR_EVAL,
    .operands = "RESULT GOLD [INPUT...]",
    .about = "score a result against known pairs, clusters and sections",
    .text = "Scores the RESULT of a scan against GOLD, which holds pair, cluster and section\n"
            "lines of the same form. Both may be compressed with gzip or zstd.\n\n"
            "pairs      precision, recall and F1; a gold cluster stands for all of its pairs\n"
            "clusters   adjusted Rand index over the articles that either side names\n"
            "sections   precision and recall of the text in sections, in bytes; granularity:\n"
            "           found occurrences for each gold one that is found (1 is best)",
    .more = "With INPUT, that of the scan, the worst misses are shown with their texts. The\n"
            "curves of --svg are precision and recall at each threshold of resemblance,\n"
            "containment or overlap; the dot is all listed pairs.",
    .example = "twicetold eval result.jsonl gold.jsonl feed.jsonl --svg curve.svg",
    .run = run_eval,
};
