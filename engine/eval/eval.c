/*
 * A result against a gold standard: pairs as sets, clusters by the adjusted Rand index (Hubert and
 * Arabie 1985), sections by the bytes that they share (section_overlaps.h).
 *
 * The true pairs are the gold's pairs and all pairs within one of its clusters. The latter are
 * counted, not listed: a cluster of n articles has n (n - 1) / 2. Articles have their numbers in
 * the gold; those that only the result names come after.
 */
#include "eval/section_overlaps.h"
#include "result/result.h"
#include "util/error.h"
#include "util/sort.h"

#include <math.h>

/* Articles of a gold cluster all of whose pairs are looked for among those of the result. */
enum { MOST_SQUARED = 2000 };

__extension__ typedef unsigned __int128 uint128;

TTI_SORT_DEFINE(sort_keys, uint64_t, *x < *y)

typedef TTI_ARRAY(uint64_t) pair_keys; /* the numbers of two articles, the lesser one above */

typedef struct comparison {
    const tt_allocator *allocator;
    const tt_result *found, *gold;
    uint32_t *numbers; /* of each article of the result */
    size_t article_count;
    uint32_t *in_found, *in_gold;      /* by number: the cluster, from 1, or 0 for none */
    pair_keys found_pairs, gold_pairs; /* those that are no series; ascending, each once */
} comparison;

static uint64_t pair_key(uint64_t a, uint64_t b)
{
    return a < b ? a << 32 | b : b << 32 | a;
}

static int has_key(const pair_keys *keys, uint64_t key)
{
    size_t i;
    TTI_LOWER_BOUND(i, 0, keys->count, keys->items[i] < key);
    return i < keys->count && keys->items[i] == key;
}

static void sort_unique_keys(pair_keys *keys)
{
    size_t kept = 0;
    sort_keys(keys->items, keys->count);
    for (size_t i = 0; i < keys->count; i++)
        if (kept == 0 || keys->items[i] != keys->items[kept - 1])
            keys->items[kept++] = keys->items[i];
    keys->count = kept;
}

/* `numbers`: NULL leaves the articles their own. */
static tt_status list_pair_keys(pair_keys *out, const tt_result *result, const uint32_t *numbers,
                                const tt_allocator *a, tt_error *error)
{
    size_t count;
    const tt_pair *pairs = tt_result_pairs(result, &count);
    TTI_TRY_ALLOC(tti_array_reserve(out, a, count), error, "pairs");
    for (size_t i = 0; i < count; i++)
        if (TT_IS_COPY(pairs[i].relation))
            out->items[out->count++] = numbers == NULL
                                           ? pair_key(pairs[i].a, pairs[i].b)
                                           : pair_key(numbers[pairs[i].a], numbers[pairs[i].b]);
    sort_unique_keys(out);
    return TT_OK;
}

static void number_clusters(uint32_t *cluster_of, const tt_result *result, const uint32_t *numbers)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(result, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < clusters[i].count; k++) {
            const uint64_t article = clusters[i].members[k];
            cluster_of[numbers == NULL ? article : numbers[article]] = (uint32_t)i + 1;
        }
}

/* Whatever it returns, free_comparison() is due. */
static tt_status compare_results(comparison *c, const tt_result *found, const tt_result *gold,
                                 tt_error *error)
{
    const uint64_t found_count = tt_result_article_count(found);
    const uint64_t gold_count = tt_result_article_count(gold);
    const tt_allocator *a = gold->settings.options.allocator;
    *c = (comparison){.allocator = a, .found = found, .gold = gold, .article_count = gold_count};
    if (found_count + gold_count >= UINT32_MAX)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "too many articles");
    c->numbers = tti_alloc(a, found_count, sizeof *c->numbers);
    c->in_found = tti_alloc_zero(a, found_count + gold_count, sizeof *c->in_found);
    c->in_gold = tti_alloc_zero(a, found_count + gold_count, sizeof *c->in_gold);
    if (c->numbers == NULL || c->in_found == NULL || c->in_gold == NULL)
        return tti_fail_memory(error, "articles");
    for (uint64_t i = 0; i < found_count; i++) {
        const tt_id id = tt_result_id(found, i);
        const uint64_t number = tt_result_find(gold, &id);
        c->numbers[i] = (uint32_t)(number != TT_NO_ARTICLE ? number : c->article_count++);
    }
    number_clusters(c->in_found, found, c->numbers);
    number_clusters(c->in_gold, gold, NULL);
    TTI_TRY(list_pair_keys(&c->found_pairs, found, c->numbers, a, error));
    return list_pair_keys(&c->gold_pairs, gold, NULL, a, error);
}

static void free_comparison(comparison *c)
{
    const uint64_t found_count = tt_result_article_count(c->found);
    const uint64_t gold_count = tt_result_article_count(c->gold);
    tti_release(c->allocator, c->numbers, found_count, sizeof *c->numbers);
    tti_release(c->allocator, c->in_found, found_count + gold_count, sizeof *c->in_found);
    tti_release(c->allocator, c->in_gold, found_count + gold_count, sizeof *c->in_gold);
    tti_array_free(&c->found_pairs, c->allocator);
    tti_array_free(&c->gold_pairs, c->allocator);
}

static int share_cluster(const uint32_t *cluster_of, uint64_t key)
{
    const uint32_t cluster = cluster_of[key >> 32];
    return cluster != 0 && cluster == cluster_of[(uint32_t)key];
}

static int is_true_pair(const comparison *c, uint64_t key)
{
    return share_cluster(c->in_gold, key) || has_key(&c->gold_pairs, key);
}

/* ---- Scores ---------------------------------------------------------------------------------- */

static uint64_t pairs_among(uint64_t n)
{
    if (n < 2)
        return 0;
    return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

static uint64_t pairs_in_clusters(const tt_result *result)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(result, &count);
    uint64_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        pairs += pairs_among(clusters[i].count);
    return pairs;
}

/* part / whole; without a whole 1 if there was nothing to find, and else 0. */
static double ratio(uint64_t part, uint64_t whole, uint64_t other)
{
    if (whole == 0)
        return other == 0 ? 1 : 0;
    return (double)part / (double)whole;
}

static void score_pairs(const comparison *c, tt_scores *out)
{
    out->gold_pairs = pairs_in_clusters(c->gold);
    for (size_t i = 0; i < c->gold_pairs.count; i++)
        out->gold_pairs += !share_cluster(c->in_gold, c->gold_pairs.items[i]);
    out->found_pairs = c->found_pairs.count;
    for (size_t i = 0; i < c->found_pairs.count; i++)
        out->right_pairs += is_true_pair(c, c->found_pairs.items[i]) != 0;
    out->pair_precision = ratio(out->right_pairs, out->found_pairs, out->gold_pairs);
    out->pair_recall = ratio(out->right_pairs, out->gold_pairs, 0);
    out->pair_f1 = ratio(2 * out->right_pairs, out->found_pairs + out->gold_pairs, 0);
}

/* Articles in no cluster are clusters of one, which have no pairs. */
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

static tt_status score_clusters(const comparison *c, tt_scores *out, tt_error *error)
{
    uint64_t *cells = tti_alloc(c->allocator, c->article_count, sizeof *cells);
    uint64_t both = 0, articles = 0;
    size_t count = 0;
    if (cells == NULL)
        return tti_fail_memory(error, "the clusters' table");
    for (size_t i = 0; i < c->article_count; i++) {
        articles += c->in_found[i] != 0 || c->in_gold[i] != 0;
        if (c->in_found[i] != 0 && c->in_gold[i] != 0)
            cells[count++] = (uint64_t)c->in_found[i] << 32 | c->in_gold[i];
    }
    sort_keys(cells, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && cells[end] == cells[i];)
            end++;
        both += pairs_among(end - i);
    }
    tti_release(c->allocator, cells, c->article_count, sizeof *cells);
    if (tt_result_summary(c->found)->articles > articles)
        articles = tt_result_summary(c->found)->articles;
    out->cluster_ari =
        adjusted_rand(both, pairs_in_clusters(c->found), pairs_in_clusters(c->gold), articles);
    return TT_OK;
}

static tt_status score_sections(const comparison *c, tt_scores *out, tt_error *error)
{
    tti_section_overlaps o = {.allocator = c->allocator};
    const tt_status status = tti_section_overlaps_find(&o, c->found, c->numbers, c->gold, error);
    if (status == TT_OK) {
        out->gold_section_bytes = o.gold_bytes;
        out->found_section_bytes = o.found_bytes;
        out->right_section_bytes = o.detected_bytes;
        out->section_precision = ratio(o.precise_bytes, o.found_bytes, 1);
        out->section_recall = ratio(o.detected_bytes, o.gold_bytes, 0);
        out->section_granularity = ratio(o.detections, o.detected, 0);
    }
    tti_section_overlaps_free(&o);
    return status;
}

tt_status tt_eval(const tt_result *result, const tt_result *gold, tt_scores *out, tt_error *error)
{
    tt_scores scores = {0};
    size_t pairs, clusters, sections;
    comparison c;
    tt_status status;
    if (result == NULL || gold == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result, gold or out is NULL");
    scores.pair_precision = scores.pair_recall = scores.pair_f1 = scores.cluster_ari = NAN;
    scores.section_precision = scores.section_recall = scores.section_granularity = NAN;
    (void)tt_result_pairs(gold, &pairs);
    (void)tt_result_clusters(gold, &clusters);
    (void)tt_result_sections(gold, &sections);
    status = compare_results(&c, result, gold, error);
    if (status == TT_OK && pairs + clusters > 0)
        score_pairs(&c, &scores);
    if (status == TT_OK && clusters > 0)
        status = score_clusters(&c, &scores, error);
    if (status == TT_OK && sections > 0)
        status = score_sections(&c, &scores, error);
    if (status == TT_OK)
        *out = scores;
    free_comparison(&c);
    return status;
}

/* ---- Errors ---------------------------------------------------------------------------------- */

typedef TTI_ARRAY(tt_missed_pair) missed_pairs;

typedef struct wrong_pair {
    uint64_t position, a, b;
    double overlap;
} wrong_pair;

typedef struct wrong_place {
    tt_section_place place;
    uint64_t size, number;
} wrong_place;

typedef TTI_ARRAY(wrong_pair) wrong_pairs;
typedef TTI_ARRAY(wrong_place) wrong_places;

TTI_SORT_DEFINE(sort_missed_pairs, tt_missed_pair, x->a != y->a ? x->a < y->a : x->b < y->b)

TTI_SORT_DEFINE(sort_wrong_pairs, wrong_pair,
                x->overlap != y->overlap ? x->overlap > y->overlap
                : x->a != y->a           ? x->a < y->a
                : x->b != y->b           ? x->b < y->b
                                         : x->position < y->position)

TTI_SORT_DEFINE(sort_wrong_places, wrong_place,
                x->size != y->size                     ? x->size > y->size
                : x->number != y->number               ? x->number < y->number
                : x->place.section != y->place.section ? x->place.section < y->place.section
                                                       : x->place.occurrence < y->place.occurrence)

/* What the caller sees, and the memory of it. */
typedef struct error_list {
    tt_eval_errors view; /* first */
    const tt_allocator *allocator;
    missed_pairs missed_pairs;
    TTI_ARRAY(uint64_t) wrong_pairs;
    TTI_ARRAY(tt_section_place) missed_places, wrong_places;
} error_list;

static tt_status check_true_pair(error_list *list, const comparison *c, uint64_t key,
                                 tt_error *error)
{
    if (has_key(&c->found_pairs, key))
        return TT_OK;
    if (share_cluster(c->in_found, key)) {
        list->view.clustered_pairs++;
        return TT_OK;
    }
    TTI_TRY_ALLOC(tti_array_push(&list->missed_pairs, c->allocator,
                                 (tt_missed_pair){key >> 32, (uint32_t)key}),
                  error, "missed pairs");
    return TT_OK;
}

static tt_status list_missed_pairs(error_list *list, const comparison *c, tt_error *error)
{
    size_t count;
    const tt_cluster *clusters = tt_result_clusters(c->gold, &count);
    for (size_t i = 0; i < c->gold_pairs.count; i++)
        if (!share_cluster(c->in_gold, c->gold_pairs.items[i]))
            TTI_TRY(check_true_pair(list, c, c->gold_pairs.items[i], error));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 1; k < clusters[i].count; k++)
            for (size_t j = 0; j < (clusters[i].count <= MOST_SQUARED ? k : 1); j++)
                TTI_TRY(check_true_pair(
                    list, c, pair_key(clusters[i].members[j], clusters[i].members[k]), error));
    sort_missed_pairs(list->missed_pairs.items, list->missed_pairs.count);
    return TT_OK;
}

static tt_status list_wrong_pairs(error_list *list, const comparison *c, tt_error *error)
{
    const tt_allocator *a = c->allocator;
    size_t count;
    const tt_pair *pairs = tt_result_pairs(c->found, &count);
    wrong_pairs wrong = {0};
    tt_status status = TT_OK;
    for (size_t i = 0; i < count && status == TT_OK; i++) {
        const tt_pair *p = &pairs[i];
        const double overlap = fmax(p->overlap_a, p->overlap_b);
        if (!TT_IS_COPY(p->relation) ||
            is_true_pair(c, pair_key(c->numbers[p->a], c->numbers[p->b])))
            continue;
        status =
            tti_array_push(&wrong, a,
                           (wrong_pair){i, p->a < p->b ? p->a : p->b, p->a < p->b ? p->b : p->a,
                                        isnan(overlap) ? -1 : overlap});
    }
    sort_wrong_pairs(wrong.items, wrong.count);
    if (status == TT_OK)
        status = tti_array_reserve(&list->wrong_pairs, a, wrong.count);
    for (size_t i = 0; i < wrong.count && status == TT_OK; i++)
        list->wrong_pairs.items[list->wrong_pairs.count++] = wrong.items[i].position;
    tti_array_free(&wrong, a);
    TTI_TRY_ALLOC(status, error, "wrong pairs");
    return TT_OK;
}

static tt_status append_place(wrong_places *out, const tt_result *result, uint64_t section,
                              uint64_t occurrence, const tt_allocator *a)
{
    size_t count;
    const tt_section *s = &tt_result_sections(result, &count)[section];
    const tt_occurrence *o = &s->occurrences[occurrence];
    assert(section < count && occurrence < s->count);
    return tti_array_push(out, a,
                          (wrong_place){{section, occurrence}, o->end - o->begin, s->number});
}

static tt_status list_places(error_list *list, const comparison *c, tt_error *error)
{
    const tt_allocator *a = c->allocator;
    tti_section_overlaps o = {.allocator = a};
    wrong_places missed = {0}, wrong = {0};
    size_t count, flat = 0;
    const tt_section *sections = tt_result_sections(c->gold, &count);
    tt_status status =
        count == 0 ? TT_OK : tti_section_overlaps_find(&o, c->found, c->numbers, c->gold, error);
    for (size_t s = 0; s < count && status == TT_OK; s++)
        for (size_t k = 0; k < sections[s].count && status == TT_OK; k++)
            if (!o.is_detected[flat++])
                status = append_place(&missed, c->gold, s, k, a);
    for (size_t i = 0; i < o.found.count && status == TT_OK; i++)
        if (!o.found.items[i].overlaps_gold)
            status = append_place(&wrong, c->found, o.found.items[i].section,
                                  o.found.items[i].occurrence, a);
    sort_wrong_places(missed.items, missed.count);
    sort_wrong_places(wrong.items, wrong.count);
    if (status == TT_OK)
        status = tti_array_reserve(&list->missed_places, a, missed.count);
    if (status == TT_OK)
        status = tti_array_reserve(&list->wrong_places, a, wrong.count);
    for (size_t i = 0; i < missed.count && status == TT_OK; i++)
        list->missed_places.items[list->missed_places.count++] = missed.items[i].place;
    for (size_t i = 0; i < wrong.count && status == TT_OK; i++)
        list->wrong_places.items[list->wrong_places.count++] = wrong.items[i].place;
    tti_array_free(&missed, a);
    tti_array_free(&wrong, a);
    tti_section_overlaps_free(&o);
    TTI_TRY_ALLOC(status, error, "errors in sections");
    return TT_OK;
}

tt_status tt_eval_errors_list(const tt_result *result, const tt_result *gold, tt_eval_errors **out,
                              tt_error *error)
{
    error_list *list;
    comparison c;
    tt_status status;
    if (result == NULL || gold == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result, gold or out is NULL");
    *out = NULL;
    list = tti_alloc_zero(gold->settings.options.allocator, 1, sizeof *list);
    TTI_TRY_ALLOC(list == NULL, error, "a list of errors");
    list->allocator = gold->settings.options.allocator;
    status = compare_results(&c, result, gold, error);
    if (status == TT_OK)
        status = list_missed_pairs(list, &c, error);
    if (status == TT_OK)
        status = list_wrong_pairs(list, &c, error);
    if (status == TT_OK)
        status = list_places(list, &c, error);
    free_comparison(&c);
    if (status != TT_OK) {
        tt_eval_errors_close(&list->view);
        return status;
    }
    list->view = (tt_eval_errors){.missed_pairs = list->missed_pairs.items,
                                  .missed_pair_count = list->missed_pairs.count,
                                  .clustered_pairs = list->view.clustered_pairs,
                                  .wrong_pairs = list->wrong_pairs.items,
                                  .wrong_pair_count = list->wrong_pairs.count,
                                  .missed_places = list->missed_places.items,
                                  .missed_place_count = list->missed_places.count,
                                  .wrong_places = list->wrong_places.items,
                                  .wrong_place_count = list->wrong_places.count};
    *out = &list->view;
    return TT_OK;
}

void tt_eval_errors_close(tt_eval_errors *errors)
{
    error_list *list = (error_list *)errors;
    if (list == NULL)
        return;
    tti_array_free(&list->missed_pairs, list->allocator);
    tti_array_free(&list->wrong_pairs, list->allocator);
    tti_array_free(&list->missed_places, list->allocator);
    tti_array_free(&list->wrong_places, list->allocator);
    tti_release(list->allocator, list, 1, sizeof *list);
}
