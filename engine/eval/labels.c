/* Result and gold files -> ledgers. */
#include "eval/labels.h"

#include "output/result_lines.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct labels_reader {
    tti_labels *ledger;
    tti_id_map *names;
} labels_reader;

/* ==== Lines =================================================================================== */

static tt_status label_number_of_id(labels_reader *w, tti_result_line *e, const tt_id *id,
                                    uint32_t *article)
{
    return tti_id_map_add(w->names, (id->flags & TT_ARTICLE_INTEGER_ID) != 0, id->bytes, id->size,
                          article, &e->fault);
}

static tt_status read_label_id(labels_reader *w, tti_result_line *e, tti_line_key which,
                               uint32_t *article)
{
    tt_id id;
    TTI_TRY(tti_line_id(e, which, &id));
    return label_number_of_id(w, e, &id, article);
}

static tt_status append_label_pair(labels_reader *w, tti_result_line *e)
{
    tti_labels *g = w->ledger;
    tti_label_pair pair;
    g->pair_lines++;
    TTI_TRY(read_label_id(w, e, TTI_LINE_A, &pair.a));
    TTI_TRY(read_label_id(w, e, TTI_LINE_B, &pair.b));
    if (pair.a == pair.b)
        return tti_line_malformed(e, "\"a\" and \"b\" are the same article");
    if (tti_line_value_is(e, TTI_LINE_RELATION, "\"series\""))
        return TT_OK;
    if (tti_reserve(g->allocator, &g->pairs, &g->pair_capacity, g->pair_count + 1,
                    sizeof *g->pairs) != 0)
        return tti_fail_memory(&e->fault, "pairs");
    if (pair.a > pair.b)
        pair = (tti_label_pair){pair.b, pair.a};
    g->pairs[g->pair_count++] = pair;
    return TT_OK;
}

/* Makes cluster_of long enough for the article. */
static int grow_cluster_of(tti_labels *g, uint32_t article)
{
    const size_t before = g->cluster_of_count;
    if (article < before)
        return 0;
    if (tti_reserve(g->allocator, &g->cluster_of, &g->cluster_of_count, (size_t)article + 1,
                    sizeof *g->cluster_of) != 0)
        return -1;
    memset(g->cluster_of + before, 0, (g->cluster_of_count - before) * sizeof *g->cluster_of);
    return 0;
}

static tt_status append_label_member(labels_reader *w, tti_result_line *e, uint32_t article)
{
    tti_labels *g = w->ledger;
    if (grow_cluster_of(g, article) != 0 ||
        tti_reserve(g->allocator, &g->members, &g->member_capacity, g->member_count + 1,
                    sizeof *g->members) != 0)
        return tti_fail_memory(&e->fault, "clusters");
    if (g->cluster_of[article] != 0)
        return tti_line_malformed(e, "an article stands twice in clusters");
    g->cluster_of[article] = (uint32_t)g->cluster_count + 1;
    g->members[g->member_count++] = (tti_label_member){article, (uint32_t)g->cluster_count};
    return TT_OK;
}

static tt_status append_label_cluster(labels_reader *w, tti_result_line *e)
{
    tti_json j;
    tti_json_kind kind;
    TTI_TRY(tti_line_list(e, TTI_LINE_ARTICLES, &j));
    while ((kind = tti_json_next(&j)) != TTI_JSON_ARRAY_END) {
        uint32_t article;
        tt_id id;
        TTI_TRY(tti_line_token_id(e, &j, kind, &id));
        TTI_TRY(label_number_of_id(w, e, &id, &article));
        TTI_TRY(append_label_member(w, e, article));
    }
    w->ledger->cluster_count++;
    return TT_OK;
}

static tt_status append_label_section(labels_reader *w, tti_result_line *e)
{
    tti_labels *g = w->ledger;
    tti_json j;
    tti_line_occurrence place;
    TTI_TRY(tti_line_list(e, TTI_LINE_OCCURRENCES, &j));
    for (;;) {
        tti_label_extent x = {0, (uint32_t)g->section_count, 0, 0};
        TTI_TRY(tti_line_next_occurrence(e, &j, &place));
        if (place.seen == 0)
            break;
        TTI_TRY(label_number_of_id(w, e, &place.article, &x.article));
        x.begin = place.begin;
        x.end = place.end;
        if (tti_reserve(g->allocator, &g->extents, &g->extent_capacity, g->extent_count + 1,
                        sizeof *g->extents) != 0)
            return tti_fail_memory(&e->fault, "sections");
        g->extents[g->extent_count++] = x;
    }
    g->section_count++;
    return TT_OK;
}

static tt_status read_label_line(void *ctx, tti_result_line *e)
{
    labels_reader *w = ctx;
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"pair\""))
        return append_label_pair(w, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"cluster\""))
        return append_label_cluster(w, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"section\""))
        return append_label_section(w, e);
    if (tti_line_value_is(e, TTI_LINE_TYPE, "\"summary\""))
        return tti_line_count(e, TTI_LINE_ARTICLES, &w->ledger->articles);
    return TT_OK;
}

/* ==== Files =================================================================================== */

static int compare_label_pairs(const void *x, const void *y)
{
    const tti_label_pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* Ascending and unique. */
static void sort_unique_pairs(tti_labels *g)
{
    size_t kept = 0;
    if (g->pair_count > 1)
        qsort(g->pairs, g->pair_count, sizeof *g->pairs, compare_label_pairs);
    for (size_t i = 0; i < g->pair_count; i++)
        if (i == 0 || compare_label_pairs(&g->pairs[i], &g->pairs[kept - 1]) != 0)
            g->pairs[kept++] = g->pairs[i];
    g->pair_count = kept;
}

tt_status tti_labels_read(tti_labels *ledger, tti_id_map *names, const char *path, tt_error *error)
{
    labels_reader w = {ledger, names};
    const tt_status status =
        tti_result_lines_read(path, ledger->allocator, read_label_line, &w, error);
    sort_unique_pairs(ledger);
    return status;
}

void tti_labels_free(tti_labels *g)
{
    tti_release(g->allocator, g->pairs, g->pair_capacity, sizeof *g->pairs);
    tti_release(g->allocator, g->members, g->member_capacity, sizeof *g->members);
    tti_release(g->allocator, g->cluster_of, g->cluster_of_count, sizeof *g->cluster_of);
    tti_release(g->allocator, g->extents, g->extent_capacity, sizeof *g->extents);
    memset(g, 0, sizeof *g);
}
