/*
 * Scores of a result against gold: pairs as sets, clusters by the adjusted Rand index (Hubert and
 * Arabie 1985), sections in extents.c.
 *
 * Gold pairs are the gold's pair lines and all pairs within one gold cluster. The latter are
 * counted, not listed: a cluster of n articles has n (n - 1) / 2.
 */
#include "eval/labels.h"

#include "util/alloc.h"
#include "util/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

static uint64_t pairs_among(uint64_t n)
{
    if (n < 2)
        return 0;
    return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/* Pairs of articles that stand in one cluster. Members are grouped by cluster. */
static uint64_t pairs_in_clusters(const tti_labels *g)
{
    uint64_t pairs = 0;
    for (size_t i = 0, end; i < g->member_count; i = end) {
        for (end = i + 1;
             end < g->member_count && g->members[end].cluster == g->members[i].cluster;)
            end++;
        pairs += pairs_among(end - i);
    }
    return pairs;
}

static int is_in_one_cluster(const tti_labels *g, tti_label_pair pair)
{
    const uint32_t cluster = tti_labels_cluster_of(g, pair.a);
    return cluster != 0 && cluster == tti_labels_cluster_of(g, pair.b);
}

static int compare_pairs(tti_label_pair x, tti_label_pair y)
{
    if (x.a != y.a)
        return x.a < y.a ? -1 : 1;
    return (x.b > y.b) - (x.b < y.b);
}

/* part / whole; where there is no whole, 1 if nothing was to be had and else 0. */
static double ratio(uint64_t part, uint64_t whole, uint64_t other)
{
    if (whole == 0)
        return other == 0 ? 1 : 0;
    return (double)part / (double)whole;
}

static void score_pairs(const tti_labels *found, const tti_labels *gold, tt_scores *out)
{
    size_t i = 0;
    out->gold_pairs = pairs_in_clusters(gold);
    for (size_t k = 0; k < gold->pair_count; k++)
        out->gold_pairs += !is_in_one_cluster(gold, gold->pairs[k]);
    out->found_pairs = found->pair_count;
    for (size_t k = 0; k < found->pair_count; k++) {
        const tti_label_pair pair = found->pairs[k];
        while (i < gold->pair_count && compare_pairs(gold->pairs[i], pair) < 0)
            i++;
        out->right_pairs += is_in_one_cluster(gold, pair) ||
                            (i < gold->pair_count && compare_pairs(gold->pairs[i], pair) == 0);
    }
    out->pair_precision = ratio(out->right_pairs, out->found_pairs, out->gold_pairs);
    out->pair_recall = ratio(out->right_pairs, out->gold_pairs, 0);
    out->pair_f1 = ratio(2 * out->right_pairs, out->found_pairs + out->gold_pairs, 0);
}

static int compare_cells(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

/* Pairs that stand together in both: over the cells of the contingency table. */
static tt_status count_pairs_in_both(const tti_labels *found, const tti_labels *gold,
                                     uint64_t *pairs, tt_error *error)
{
    const tt_allocator *a = found->allocator;
    uint64_t *cells = tti_alloc(a, found->member_count, sizeof *cells);
    size_t count = 0;
    if (cells == NULL)
        return tti_fail_memory(error, "the clusters' table");
    for (size_t i = 0; i < found->member_count; i++) {
        const tti_label_member m = found->members[i];
        if (tti_labels_cluster_of(gold, m.article) != 0)
            cells[count++] = (uint64_t)m.cluster << 32 | tti_labels_cluster_of(gold, m.article);
    }
    if (count > 1)
        qsort(cells, count, sizeof *cells, compare_cells);
    *pairs = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && cells[end] == cells[i];)
            end++;
        *pairs += pairs_among(end - i);
    }
    tti_release(a, cells, found->member_count, sizeof *cells);
    return TT_OK;
}

/* Articles in no cluster are clusters of one: they have no pair in a cell. */
static double adjusted_rand(uint64_t both, uint64_t found, uint64_t gold, uint64_t articles)
{
    const uint64_t all = pairs_among(articles);
    const uint128 index = (uint128)both * all, expected = (uint128)found * gold;
    const uint128 most = (uint128)(found + gold) * all; /* twice the maximum */
    const double above =
        index >= expected ? (double)(index - expected) : -(double)(expected - index);
    if (most == 2 * expected)
        return 1; /* both are all in one, or all single */
    return 2 * above / (double)(most - 2 * expected);
}

static tt_status score_clusters(const tti_labels *found, const tti_labels *gold, tt_scores *out,
                                tt_error *error)
{
    uint64_t both = 0, articles = gold->member_count;
    TTI_TRY(count_pairs_in_both(found, gold, &both, error));
    for (size_t i = 0; i < found->member_count; i++)
        articles += tti_labels_cluster_of(gold, found->members[i].article) == 0;
    if (found->articles > articles)
        articles = found->articles;
    out->cluster_ari =
        adjusted_rand(both, pairs_in_clusters(found), pairs_in_clusters(gold), articles);
    return TT_OK;
}

static tt_status score_labels(const tti_labels *found, const tti_labels *gold, tt_scores *out,
                              tt_error *error)
{
    out->pair_precision = out->pair_recall = out->pair_f1 = NAN;
    out->cluster_ari = NAN;
    out->section_precision = out->section_recall = out->section_granularity = NAN;
    if (gold->pair_lines > 0 || gold->cluster_count > 0)
        score_pairs(found, gold, out);
    if (gold->cluster_count > 0)
        TTI_TRY(score_clusters(found, gold, out, error));
    if (gold->section_count > 0)
        TTI_TRY(tti_eval_sections(gold->allocator, found, gold, out, error));
    return TT_OK;
}

tt_status tti_eval(const tt_allocator *allocator, const char *result_path, const char *gold_path,
                   tt_scores *out, tt_error *error)
{
    tti_labels found, gold;
    tti_id_map names;
    tt_scores scores;
    tt_status status;
    memset(&found, 0, sizeof found);
    memset(&gold, 0, sizeof gold);
    memset(&names, 0, sizeof names);
    memset(&scores, 0, sizeof scores);
    found.allocator = gold.allocator = names.allocator = allocator;
    status = tti_labels_read(&found, &names, result_path, error);
    if (status == TT_OK)
        status = tti_labels_read(&gold, &names, gold_path, error);
    if (status == TT_OK)
        status = score_labels(&found, &gold, &scores, error);
    if (status == TT_OK)
        *out = scores;
    tti_labels_free(&found);
    tti_labels_free(&gold);
    tti_id_map_free(&names);
    return status;
}

tt_status tt_eval(const char *result_path, const char *gold_path, tt_scores *out, tt_error *error)
{
    if (result_path == NULL || gold_path == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "a path or the scores are NULL");
    return tti_eval(&tti_libc_allocator, result_path, gold_path, out, error);
}
