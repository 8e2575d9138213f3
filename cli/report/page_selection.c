#include "report/page_selection.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"

typedef struct weight {
    uint64_t item, heavy, light;
} weight;

static int by_weight(const void *x, const void *y)
{
    const weight *p = x, *q = y;
    if (p->heavy != q->heavy)
        return p->heavy < q->heavy ? 1 : -1;
    if (p->light != q->light)
        return p->light < q->light ? 1 : -1;
    return (p->item > q->item) - (p->item < q->item);
}

/* Puts the items of `weights` into `items`, the heaviest first. */
static void sort_heaviest_first(weight *weights, uint64_t count, uint64_t *items)
{
    if (count > 1)
        qsort(weights, (size_t)count, sizeof *weights, by_weight);
    for (uint64_t i = 0; i < count; i++)
        items[i] = weights[i].item;
}

static int is_listed(const page_selection *c, uint64_t article)
{
    return c->number[article] != UINT64_MAX;
}

/* Marks an article as listed; page_selection_number() numbers them. */
static void list_article(page_selection *c, uint64_t article)
{
    c->article_count += !is_listed(c, article);
    c->number[article] = 0;
}

static void select_clusters(page_selection *c, const result_arrays *r, weight *weights)
{
    for (uint64_t i = 0; i < r->cluster_count; i++)
        weights[i] = (weight){i, r->clusters[i].count, 0};
    sort_heaviest_first(weights, r->cluster_count, c->clusters);
    for (uint64_t i = 0; i < r->cluster_count; i++) {
        const tt_cluster *k = &r->clusters[c->clusters[i]];
        if (c->article_count + k->count > MOST_LISTED_ARTICLES)
            break;
        for (size_t m = 0; m < k->count; m++)
            list_article(c, k->members[m]);
        c->cluster_count = i + 1;
    }
}

static void select_sections(page_selection *c, const result_arrays *r, weight *weights)
{
    uint64_t places = 0;
    for (uint64_t i = 0; i < r->section_count; i++)
        weights[i] = (weight){i, r->sections[i].count, r->sections[i].tokens};
    sort_heaviest_first(weights, r->section_count, c->sections);
    for (uint64_t i = 0; i < r->section_count; i++) {
        const tt_section *s = &r->sections[c->sections[i]];
        places += s->count;
        if (places > MOST_LISTED_OCCURRENCES || c->article_count + s->count > MOST_LISTED_ARTICLES)
            break;
        for (size_t m = 0; m < s->count; m++)
            list_article(c, s->occurrences[m].article);
        c->section_count = i + 1;
    }
}

static void select_pairs(page_selection *c, const result_arrays *r)
{
    for (uint64_t i = 0; i < r->pair_count && c->pair_count < MOST_LISTED_PAIRS; i++) {
        const tt_pair *p = &r->pairs[i];
        if (c->article_count + 2 > MOST_LISTED_ARTICLES &&
            !(is_listed(c, p->a) && is_listed(c, p->b)))
            continue;
        list_article(c, p->a);
        list_article(c, p->b);
        c->pairs[c->pair_count++] = i;
    }
}

/* Of a scan the result has every article, also those that share nothing. */
static void mark_named(page_selection *c, const result_arrays *r)
{
    for (uint64_t i = 0; i < r->cluster_count; i++)
        for (size_t m = 0; m < r->clusters[i].count; m++)
            c->named[r->clusters[i].members[m]] = 1;
    for (uint64_t i = 0; i < r->section_count; i++)
        for (size_t m = 0; m < r->sections[i].count; m++)
            c->named[r->sections[i].occurrences[m].article] = 1;
    for (uint64_t i = 0; i < r->pair_count; i++)
        c->named[r->pairs[i].a] = c->named[r->pairs[i].b] = 1;
}

static void rank_text(page_selection *c, uint64_t article, uint32_t *next)
{
    if (c->rank[article] == UINT32_MAX && is_listed(c, article))
        c->rank[article] = (*next)++;
}

/* The kept article and at most `most` others of each cluster, then as many of each section. */
static void rank_group_texts(page_selection *c, const result_arrays *r, size_t most, uint32_t *next)
{
    for (uint64_t i = 0; i < c->cluster_count; i++) {
        const tt_cluster *k = &r->clusters[c->clusters[i]];
        rank_text(c, k->keep, next);
        for (size_t m = 0, others = 0; m < k->count && others < most; m++) {
            others += k->members[m] != k->keep;
            rank_text(c, k->members[m], next);
        }
    }
    for (uint64_t i = 0; i < c->section_count; i++) {
        const tt_section *s = &r->sections[c->sections[i]];
        for (size_t m = 0; m < s->count && m <= most; m++)
            rank_text(c, s->occurrences[m].article, next);
    }
}

/* Two texts of every group come first, so that each can be opened side by side. */
static void rank_texts(page_selection *c, const result_arrays *r)
{
    uint32_t next = 0;
    rank_group_texts(c, r, 1, &next);
    for (uint64_t i = 0; i < c->pair_count; i++) {
        rank_text(c, r->pairs[c->pairs[i]].a, &next);
        rank_text(c, r->pairs[c->pairs[i]].b, &next);
    }
    rank_group_texts(c, r, SIZE_MAX, &next);
}

static void *allocate_array(uint64_t count, size_t size)
{
    return malloc(((size_t)count + 1) * size);
}

int page_selection_make(page_selection *c, const result_arrays *r)
{
    const uint64_t most = r->cluster_count > r->section_count ? r->cluster_count : r->section_count;
    weight *weights = allocate_array(most, sizeof *weights);
    memset(c, 0, sizeof *c);
    c->clusters = allocate_array(r->cluster_count, sizeof *c->clusters);
    c->sections = allocate_array(r->section_count, sizeof *c->sections);
    c->pairs = allocate_array(r->pair_count, sizeof *c->pairs);
    c->articles = allocate_array(r->article_count, sizeof *c->articles);
    c->number = allocate_array(r->article_count, sizeof *c->number);
    c->rank = allocate_array(r->article_count, sizeof *c->rank);
    c->named = calloc((size_t)r->article_count + 1, sizeof *c->named);
    if (weights == NULL || c->clusters == NULL || c->sections == NULL || c->pairs == NULL ||
        c->articles == NULL || c->number == NULL || c->rank == NULL || c->named == NULL) {
        free(weights);
        return failure_memory();
    }
    for (uint64_t a = 0; a < r->article_count; a++) {
        c->number[a] = UINT64_MAX;
        c->rank[a] = UINT32_MAX;
    }
    mark_named(c, r);
    select_clusters(c, r, weights);
    select_sections(c, r, weights);
    select_pairs(c, r);
    free(weights);
    c->article_count = 0;
    for (uint64_t a = 0; a < r->article_count; a++)
        if (is_listed(c, a))
            c->articles[c->article_count++] = a;
    rank_texts(c, r);
    return 0;
}

int page_selection_number(page_selection *c, const uint64_t *row_of)
{
    weight *rows = allocate_array(c->article_count, sizeof *rows);
    if (rows == NULL)
        return failure_memory();
    for (uint64_t i = 0; i < c->article_count; i++)
        rows[i] = (weight){c->articles[i], UINT64_MAX - row_of[c->articles[i]], 0};
    sort_heaviest_first(rows, c->article_count, c->articles);
    for (uint64_t i = 0; i < c->article_count; i++)
        c->number[c->articles[i]] = i;
    free(rows);
    return 0;
}

void page_selection_free(page_selection *c)
{
    free(c->clusters);
    free(c->sections);
    free(c->pairs);
    free(c->articles);
    free(c->number);
    free(c->rank);
    free(c->named);
}
