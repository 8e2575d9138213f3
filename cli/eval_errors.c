/*
 * Articles are known by their numbers in the gold; one that only the result names cannot be right.
 *
 * A pair of the gold that is not listed, but whose two articles stand in one cluster of the result,
 * is no miss: copies with the same words are each paired with the first of them only. What is left
 * is ranked by how much of the shorter text stands in the other, counted anew from the two texts,
 * so that the first are those a person would call copies at once.
 */
#include "eval_errors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval_section_errors.h"
#include "failure.h"
#include "records.h"
#include "svg.h"
#include "terminal/side_by_side.h"

enum {
    DEFAULT_MISSES = 3,
    MOST_MEASURED = 5000, /* misses whose texts are compared */
    MOST_SQUARE = 2000    /* articles of a gold cluster all of whose pairs are looked at */
};

/* Two articles. Found ones have numbers in the result, missed ones in the gold. */
typedef struct couple {
    uint64_t a, b;
    double score;
} couple;

typedef struct couples {
    couple *list;
    size_t count, capacity;
} couples;

typedef struct misses {
    session session;
    terminal terminal;
    result_arrays result, gold;
    uint64_t *gold_of; /* by number in the result: that in the gold, or TT_NO_ARTICLE */
    uint64_t *cluster_in_gold, *cluster_in_result; /* by number in the gold; 0: none */
    couples truth;                                 /* pair lines of the gold, sorted */
    couples listed; /* all pairs of the result in the gold's numbers, sorted */
    couples missed, wrong;
    uint64_t together; /* of the gold's pairs: not listed, and in one cluster */
    uint64_t gold_pairs;
    article_copy *gold_faces, *result_faces;
    lost places; /* of sections */
} misses;

static int add(couples *c, uint64_t a, uint64_t b, double score)
{
    if (c->count == c->capacity) {
        const size_t capacity = c->capacity * 2 + 256;
        couple *grown = realloc(c->list, capacity * sizeof *grown);
        if (grown == NULL)
            return failure_memory();
        c->list = grown;
        c->capacity = capacity;
    }
    c->list[c->count++] = a < b ? (couple){a, b, score} : (couple){b, a, score};
    return 0;
}

static int by_articles(const void *x, const void *y)
{
    const couple *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static int by_score(const void *x, const void *y)
{
    const couple *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return by_articles(x, y);
}

static void sort(couples *c, int (*order)(const void *, const void *))
{
    if (c->count > 1)
        qsort(c->list, c->count, sizeof *c->list, order);
}

static int has(const couples *c, uint64_t a, uint64_t b)
{
    const couple wanted = a < b ? (couple){a, b, 0} : (couple){b, a, 0};
    return c->count > 0 && bsearch(&wanted, c->list, c->count, sizeof wanted, by_articles) != NULL;
}

/* ==== Pairs of both ======================================================================= */

static int same_cluster(const uint64_t *cluster, uint64_t a, uint64_t b)
{
    return cluster[a] != 0 && cluster[a] == cluster[b];
}

static int is_right(const misses *m, uint64_t a, uint64_t b)
{
    return a != TT_NO_ARTICLE && b != TT_NO_ARTICLE &&
           (same_cluster(m->cluster_in_gold, a, b) || has(&m->truth, a, b));
}

static int number_articles(misses *m)
{
    const result_arrays *r = &m->result, *g = &m->gold;
    m->gold_of = calloc((size_t)r->article_count + 1, sizeof *m->gold_of);
    m->cluster_in_gold = calloc((size_t)g->article_count + 1, sizeof *m->cluster_in_gold);
    m->cluster_in_result = calloc((size_t)g->article_count + 1, sizeof *m->cluster_in_result);
    m->gold_faces = calloc((size_t)g->article_count + 1, sizeof *m->gold_faces);
    m->result_faces = calloc((size_t)r->article_count + 1, sizeof *m->result_faces);
    if (m->gold_of == NULL || m->cluster_in_gold == NULL || m->cluster_in_result == NULL ||
        m->gold_faces == NULL || m->result_faces == NULL)
        return failure_memory();
    for (uint64_t i = 0; i < r->article_count; i++) {
        const tt_id id = tt_result_id(r->result, i);
        m->gold_of[i] = tt_result_find(g->result, &id);
    }
    for (uint64_t i = 0; i < g->cluster_count; i++)
        for (size_t k = 0; k < g->clusters[i].count; k++)
            m->cluster_in_gold[g->clusters[i].members[k]] = i + 1;
    for (uint64_t i = 0; i < r->cluster_count; i++)
        for (size_t k = 0; k < r->clusters[i].count; k++) {
            const uint64_t article = m->gold_of[r->clusters[i].members[k]];
            if (article != TT_NO_ARTICLE)
                m->cluster_in_result[article] = i + 1;
        }
    return 0;
}

static int list_pairs(misses *m)
{
    int rc = 0;
    for (uint64_t i = 0; i < m->gold.pair_count && rc == 0; i++) {
        const tt_pair *p = &m->gold.pairs[i];
        if (p->relation != TT_SERIES)
            rc = add(&m->truth, p->a, p->b, 0);
    }
    sort(&m->truth, by_articles);
    for (uint64_t i = 0; i < m->result.pair_count && rc == 0; i++) {
        const tt_pair *p = &m->result.pairs[i];
        const uint64_t a = m->gold_of[p->a], b = m->gold_of[p->b];
        if (p->relation == TT_SERIES)
            continue;
        if (a != TT_NO_ARTICLE && b != TT_NO_ARTICLE)
            rc = add(&m->listed, a, b, 0);
        if (rc == 0 && !is_right(m, a, b))
            rc = add(&m->wrong, p->a, p->b, fmax(p->overlap_a, p->overlap_b));
    }
    sort(&m->listed, by_articles);
    sort(&m->wrong, by_score);
    return rc;
}

static int take_gold_pair(misses *m, uint64_t a, uint64_t b)
{
    m->gold_pairs++;
    if (has(&m->listed, a, b))
        return 0;
    if (!same_cluster(m->cluster_in_result, a, b))
        return add(&m->missed, a, b, 0);
    m->together++;
    return 0;
}

static int list_missed(misses *m)
{
    int rc = 0;
    for (size_t i = 0; i < m->truth.count && rc == 0; i++) {
        const couple *x = &m->truth.list[i];
        const int twice = i > 0 && by_articles(x, x - 1) == 0;
        if (!twice && !same_cluster(m->cluster_in_gold, x->a, x->b))
            rc = take_gold_pair(m, x->a, x->b);
    }
    for (uint64_t i = 0; i < m->gold.cluster_count; i++) {
        const tt_cluster *c = &m->gold.clusters[i];
        for (size_t k = 1; k < c->count && rc == 0; k++)
            for (size_t j = 0; j < (c->count <= MOST_SQUARE ? k : 1) && rc == 0; j++)
                rc = take_gold_pair(m, c->members[j], c->members[k]);
    }
    return rc;
}

/* ==== The curve =========================================================================== */

/* One point a score: all pairs of that score or more. */
static int draw_by(misses *m, svg *picture, const char *name, double (*score)(const tt_pair *),
                   uint64_t gold_pairs)
{
    couples all = {NULL, 0, 0};
    double *recall, *precision;
    size_t points = 0, right = 0;
    int rc = 0;
    for (uint64_t i = 0; i < m->result.pair_count && rc == 0; i++) {
        const tt_pair *p = &m->result.pairs[i];
        const double value = score(p);
        if (p->relation != TT_SERIES && !isnan(value))
            rc = add(&all, p->a, p->b, value);
    }
    sort(&all, by_score);
    recall = calloc(all.count + 1, sizeof *recall);
    precision = calloc(all.count + 1, sizeof *precision);
    if (rc == 0 && (recall == NULL || precision == NULL))
        rc = failure_memory();
    for (size_t i = 0; i < all.count && rc == 0; i++) {
        const couple *x = &all.list[i];
        right += is_right(m, m->gold_of[x->a], m->gold_of[x->b]) != 0;
        if (i + 1 < all.count && all.list[i + 1].score == x->score)
            continue;
        recall[points] = gold_pairs == 0 ? 0 : (double)right / (double)gold_pairs;
        precision[points++] = (double)right / (double)(i + 1);
    }
    if (rc == 0 && points > 0) {
        svg_curve(picture, name, recall, precision, points);
        svg_dot(picture, recall[points - 1], precision[points - 1]);
    }
    free(recall);
    free(precision);
    free(all.list);
    return rc;
}

static double by_resemblance(const tt_pair *p)
{
    return p->resemblance;
}

static double by_containment(const tt_pair *p)
{
    return fmax(p->containment_a, p->containment_b);
}

static double by_overlap(const tt_pair *p)
{
    return fmax(p->overlap_a, p->overlap_b);
}

static int draw(misses *m, uint64_t gold_pairs)
{
    svg picture;
    int rc = svg_begin(&picture, m->session.settings->svg, "Pairs, by the least number that counts",
                       "recall", "precision");
    if (rc == 0)
        rc = draw_by(m, &picture, "resemblance", by_resemblance, gold_pairs);
    if (rc == 0)
        rc = draw_by(m, &picture, "containment", by_containment, gold_pairs);
    if (rc == 0)
        rc = draw_by(m, &picture, "overlap", by_overlap, gold_pairs);
    if (rc == 0)
        rc = svg_end(&picture);
    svg_discard(&picture);
    return rc;
}

/* ==== Texts =============================================================================== */

static int keep_face(article_copy *f, const tt_record *record)
{
    return f->text != NULL ? 0 : article_copy_take(f, record);
}

/* An article whose size is set is wanted. */
static int keep_if_wanted(misses *m, const tt_record *record)
{
    const tt_id id = record_id(record);
    const uint64_t in_gold = tt_result_find(m->gold.result, &id);
    const uint64_t in_result = tt_result_find(m->result.result, &id);
    int rc = 0;
    if (in_gold != TT_NO_ARTICLE && m->gold_faces[in_gold].size != 0)
        rc = keep_face(&m->gold_faces[in_gold], record);
    if (rc == 0 && in_result != TT_NO_ARTICLE && m->result_faces[in_result].size != 0)
        rc = keep_face(&m->result_faces[in_result], record);
    return rc;
}

/* A records_fn. */
static int take_records(void *ctx, const tt_record *records, size_t count)
{
    misses *m = ctx;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = records[i].status != TT_OK ? session_reject(&m->session, &records[i], TT_OK)
                                        : keep_if_wanted(m, &records[i]);
    return rc;
}

static void want(article_copy *faces, const couples *c, size_t most)
{
    for (size_t i = 0; i < c->count && i < most; i++)
        faces[c->list[i].a].size = faces[c->list[i].b].size = 1;
}

/* How much of the shorter text stands in the other. */
static int measure(const article_copy *x, const article_copy *y, double *score)
{
    const tt_options options = {.struct_size = sizeof options,
                                .find = TT_FIND_PAIRS | TT_FIND_SERIES | TT_FIND_OVERLAPS,
                                .threads = 1,
                                .resemblance = 0.001,
                                .overlap = 0.001};
    const tt_article articles[] = {
        {.id = "x", .id_size = 1, .text = x->text, .text_size = x->size, .published = TT_NO_TIME},
        {.id = "y", .id_size = 1, .text = y->text, .text_size = y->size, .published = TT_NO_TIME}};
    tt_scan *builder = NULL;
    tt_result *index = NULL;
    const tt_pair *pairs;
    size_t count;
    tt_error error = {0};
    int rc = 0;
    if (tt_scan_open(&builder, &options, &error) != TT_OK ||
        tt_scan_add(builder, articles, 2, NULL, &error) != TT_OK ||
        tt_scan_finish(builder, &index, &error) != TT_OK)
        rc = failure_library(&error, ABOUT_WORK);
    pairs = tt_result_pairs(index, &count);
    if (count > 0)
        *score = fmax(pairs->overlap_a, pairs->overlap_b);
    tt_result_close(index);
    tt_scan_close(builder);
    return rc;
}

static int rank_missed(misses *m)
{
    int rc = 0;
    for (size_t i = 0; i < m->missed.count && i < MOST_MEASURED && rc == 0; i++) {
        couple *x = &m->missed.list[i];
        if (m->gold_faces[x->a].text != NULL && m->gold_faces[x->b].text != NULL)
            rc = measure(&m->gold_faces[x->a], &m->gold_faces[x->b], &x->score);
    }
    sort(&m->missed, by_score);
    return rc;
}

/* ==== Printing ============================================================================ */

static int print_couple(const misses *m, const couple *x, const result_arrays *names,
                        const article_copy *faces, const char *what)
{
    const terminal *s = &m->terminal;
    const tt_id a = tt_result_id(names->result, x->a), b = tt_result_id(names->result, x->b);
    (void)printf("\n%s%s%s ", terminal_style(s, STYLE_NUMBER), what,
                 terminal_style(s, STYLE_PLAIN));
    (void)terminal_print_text(STYLE_STRONG, s, a.bytes, a.size, s->columns / 2 - 8);
    (void)fputs(", ", stdout);
    (void)terminal_print_text(STYLE_STRONG, s, b.bytes, b.size, s->columns / 2 - 8);
    if (faces[x->a].text == NULL || faces[x->b].text == NULL) {
        (void)printf("%s\n", m->session.settings->input_count > 2 ? ": not in the INPUT" : "");
        return 0;
    }
    (void)printf(": %.0f %% of the shorter stands in the other\n", x->score * 100);
    side_by_side_headings(s, a, &faces[x->a], b, &faces[x->b]);
    return side_by_side_articles(s, &faces[x->a], &faces[x->b], 0);
}

static int print_misses(misses *m, size_t most)
{
    int rc = 0;
    (void)printf("\npairs of the gold that were missed  %12zu\n", m->missed.count);
    (void)printf("not listed, but in one cluster      %12" PRIu64 "\n", m->together);
    (void)printf("found, but not in the gold          %12zu\n", m->wrong.count);
    for (size_t i = 0; i < m->missed.count && i < most && rc == 0; i++)
        rc = print_couple(m, &m->missed.list[i], &m->gold, m->gold_faces, "missed");
    for (size_t i = 0; i < m->wrong.count && i < most && rc == 0; i++)
        rc = print_couple(m, &m->wrong.list[i], &m->result, m->result_faces, "not in the gold");
    if (rc == 0 && m->gold.section_count > 0)
        rc = section_errors_print(&m->places, &m->terminal, most, &m->gold, m->gold_faces,
                                  &m->result, m->result_faces);
    return rc != 0 ? rc : output_flush_standard();
}

/* ==== All ================================================================================= */

static int report(misses *m, const settings *s)
{
    const size_t most = s->misses != 0 ? s->misses : DEFAULT_MISSES;
    int rc = number_articles(m);
    if (rc == 0)
        rc = list_pairs(m);
    if (rc == 0)
        rc = list_missed(m);
    if (rc == 0 && s->svg != NULL)
        rc = draw(m, m->gold_pairs);
    if (rc != 0 || s->json || (s->misses == 0 && s->input_count == 2))
        return rc;
    if (m->gold.section_count > 0)
        rc = section_errors_find(&m->places, &m->result, &m->gold, m->gold_of);
    if (rc == 0 && s->input_count > 2) {
        section_errors_want_texts(&m->places, most, m->gold_faces, m->result_faces);
        want(m->gold_faces, &m->missed, MOST_MEASURED);
        want(m->result_faces, &m->wrong, most);
        rc = session_read(&m->session, s->inputs + 2, s->input_count - 2, &s->reader, take_records,
                          m);
        progress_end(&m->session.progress);
    }
    if (rc == 0)
        rc = rank_missed(m);
    return rc != 0 ? rc : print_misses(m, most);
}

int eval_print_errors(const settings *s, const tt_result *result, const tt_result *gold)
{
    misses m;
    int rc;
    memset(&m, 0, sizeof m);
    m.result = result_arrays_of(result);
    m.gold = result_arrays_of(gold);
    session_init(&m.session, s);
    terminal_init(&m.terminal, s->color);
    rc = report(&m, s);
    for (uint64_t i = 0; m.gold_faces != NULL && i < m.gold.article_count; i++)
        article_copy_free(&m.gold_faces[i]);
    for (uint64_t i = 0; m.result_faces != NULL && i < m.result.article_count; i++)
        article_copy_free(&m.result_faces[i]);
    free(m.gold_faces);
    free(m.result_faces);
    free(m.gold_of);
    free(m.cluster_in_gold);
    free(m.cluster_in_result);
    free(m.truth.list);
    free(m.listed.list);
    free(m.missed.list);
    free(m.wrong.list);
    section_errors_free(&m.places);
    session_close(&m.session);
    return rc;
}
