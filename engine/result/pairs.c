/*
 * From documents to articles: the pairs and clusters that are reported.
 *
 * A verified pair of documents is reported for the first article of each; further articles with the
 * same tokens are each paired with that first one, and with the article that their cluster keeps.
 * An article's pairs with earlier ones are limited to the best max_matches; a pair that a cluster
 * rests on is always reported.
 */
#include "result/result.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <math.h>
#include <stdlib.h>

/* ---- Pairs ----------------------------------------------------------------------------------- */

static int is_listed_pair(const tt_options *o, const tti_doc_pair *p)
{
    return p->numbers.relation != TT_SERIES || p->admission != TTI_ADMITTED_BY_OVERLAP ||
           (o->find & TT_FIND_SERIES) != 0;
}

static int pairs_with_representative(const tti_clusters *c, const tt_pair *p)
{
    return p->relation != TT_SERIES && (c->kept[p->a] == p->b || c->kept[p->b] == p->a);
}

/* How much the two share, by whichever number says more; NAN loses. */
static double closeness(const tt_pair *p)
{
    return fmax(p->resemblance, fmax(p->overlap_a, p->overlap_b));
}

static int compare_by_later_then_closeness(const void *x, const void *y)
{
    const tt_pair *p = *(const tt_pair *const *)x, *q = *(const tt_pair *const *)y;
    const double cp = closeness(p), cq = closeness(q);
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    if (cp != cq)
        return cp > cq ? -1 : 1;
    if (p->resemblance != q->resemblance)
        return p->resemblance > q->resemblance ? -1 : 1;
    return (p->a > q->a) - (p->a < q->a);
}

/* The verified pairs to report, best first for each later document, cut to max_matches. Where that
 * many match, the candidates that were not looked at are counted as omitted too. */
static size_t choose_listed_pairs(tt_result *x, const tti_candidates *candidates,
                                  const tt_pair **chosen)
{
    const tt_options *o = &x->settings.options;
    size_t n = 0, kept = 0, rank = 0;
    for (size_t k = 0; k < x->verified.pairs.count; k++)
        if (is_listed_pair(o, &x->verified.pairs.items[k]))
            chosen[n++] = &x->verified.pairs.items[k].numbers;
    tti_qsort(chosen, n, sizeof *chosen, compare_by_later_then_closeness);
    for (size_t k = 0; k < n; k++) {
        const tt_pair *p = chosen[k];
        rank = k > 0 && chosen[k - 1]->b == p->b ? rank + 1 : 0;
        if (rank + 1 == o->max_matches)
            x->summary.pairs_omitted += tti_candidates_skipped_of(candidates, (uint32_t)p->b);
        if (rank < o->max_matches || pairs_with_representative(&x->doc_clusters, p))
            chosen[kept++] = p;
        else
            x->summary.pairs_omitted++;
    }
    return kept;
}

static int compare_pair_articles(const void *x, const void *y)
{
    const tt_pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static tt_pair identical_pair(uint64_t a, uint64_t b)
{
    return (tt_pair){a, b, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
}

/* The pair of articles i and k of two paired documents. */
static tt_pair pair_of_copies(const tt_result *x, uint32_t i, uint32_t k)
{
    const tti_corpus *c = &x->store.corpus;
    const uint32_t doc = c->articles[i].doc;
    tt_pair p = tti_pair_oriented(tti_verified_find(&x->verified, doc, c->articles[k].doc), doc);
    if (i > k)
        p = tti_pair_swapped(&p);
    p.a = i < k ? i : k;
    p.b = i < k ? k : i;
    return p;
}

/* True if the cluster of article i keeps another whose pair with it is not among the others: one of
 * the two is not the first with its tokens. */
static int needs_pair_with_representative(const tt_result *x, uint32_t i, uint32_t *keep)
{
    const tti_corpus *c = &x->store.corpus;
    const uint32_t doc = c->articles[i].doc, kept = x->doc_clusters.kept[doc];
    const int is_first = c->docs[doc].article == i;
    *keep = x->doc_clusters.best[kept];
    if (!(x->settings.options.find & TT_FIND_CLUSTERS) || i == *keep)
        return 0;
    return !(c->docs[kept].article == *keep && (is_first || doc == kept)) &&
           !(doc == kept && is_first);
}

static size_t count_representative_pairs(const tt_result *x)
{
    size_t n = 0;
    uint32_t keep;
    for (uint32_t i = 0; i < x->store.corpus.article_count; i++)
        n += (size_t)needs_pair_with_representative(x, i, &keep);
    return n;
}

static void append_representative_pairs(tt_result *x)
{
    for (uint32_t i = 0, keep; i < x->store.corpus.article_count; i++) {
        if (!needs_pair_with_representative(x, i, &keep))
            continue;
        x->pairs[x->pair_count++] =
            x->store.corpus.articles[i].doc == x->store.corpus.articles[keep].doc
                ? identical_pair(i < keep ? i : keep, i < keep ? keep : i)
                : pair_of_copies(x, i, keep);
    }
}

int tti_options_have_rule(const tt_options *o)
{
    return o->resemblance >= 0 || o->containment >= 0 || o->overlap >= 0;
}

static void fill_pairs(tt_result *x, const tt_pair **chosen, size_t count)
{
    const tti_corpus *c = &x->store.corpus;
    x->pair_count = 0;
    for (size_t k = 0; k < count; k++) {
        tt_pair p = *chosen[k];
        p.a = c->docs[p.a].article;
        p.b = c->docs[p.b].article;
        x->pairs[x->pair_count++] = p;
    }
    for (size_t i = 0; tti_options_have_rule(&x->settings.options) && i < c->article_count; i++) {
        const uint32_t first = c->docs[c->articles[i].doc].article;
        if (first != i)
            x->pairs[x->pair_count++] = identical_pair(first, i);
    }
    if (tti_options_have_rule(&x->settings.options))
        append_representative_pairs(x);
    tti_qsort(x->pairs, x->pair_count, sizeof *x->pairs, compare_pair_articles);
}

static tt_status list_pairs(tt_result *x, const tti_candidates *candidates, tt_error *error)
{
    const tt_allocator *a = x->store.allocator;
    const size_t copies = x->store.corpus.article_count - x->store.corpus.doc_count;
    const tt_pair **chosen = tti_alloc(a, x->verified.pairs.count, sizeof *chosen);
    size_t count;
    if (chosen == NULL)
        return tti_fail_memory(error, "pairs");
    count = choose_listed_pairs(x, candidates, chosen);
    x->pair_capacity = count + copies + count_representative_pairs(x);
    x->pairs = tti_alloc(a, x->pair_capacity, sizeof *x->pairs);
    if (x->pairs != NULL)
        fill_pairs(x, chosen, count);
    tti_release(a, chosen, x->verified.pairs.count, sizeof *chosen);
    return x->pairs == NULL ? tti_fail_memory(error, "pairs") : TT_OK;
}

/* ---- Clusters -------------------------------------------------------------------------------- */

static int compare_ordinals(const void *x, const void *y)
{
    const uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return (p > q) - (p < q);
}

static int compare_first_member(const void *x, const void *y)
{
    const tt_cluster *p = x, *q = y;
    return (p->members[0] > q->members[0]) - (p->members[0] < q->members[0]);
}

/* Articles of each kept document's cluster, counted at the kept document. */
static void count_cluster_members(const tt_result *x, uint32_t *sizes)
{
    for (size_t d = 0; d < x->store.corpus.doc_count; d++)
        sizes[x->doc_clusters.kept[d]] += x->doc_articles.firsts[d + 1] - x->doc_articles.firsts[d];
}

static void fill_clusters(tt_result *x, const uint32_t *sizes, uint64_t *starts)
{
    const tti_corpus *c = &x->store.corpus;
    size_t at = 0, n = 0;
    for (size_t d = 0; d < c->doc_count; d++) {
        starts[d] = at;
        if (sizes[d] < 2)
            continue;
        x->clusters[n++] = (tt_cluster){0, x->doc_clusters.best[d], x->members + at, sizes[d]};
        at += sizes[d];
    }
    for (size_t i = 0; i < c->article_count; i++) {
        const uint32_t keep = x->doc_clusters.kept[c->articles[i].doc];
        if (sizes[keep] >= 2)
            x->members[starts[keep]++] = i;
    }
    for (size_t k = 0; k < n; k++)
        tti_qsort((uint64_t *)x->clusters[k].members, x->clusters[k].count, sizeof *x->members,
                  compare_ordinals);
    tti_qsort(x->clusters, n, sizeof *x->clusters, compare_first_member);
    for (size_t k = 0; k < n; k++)
        x->clusters[k].number = k + 1;
}

static tt_status list_clusters(tt_result *x, tt_error *error)
{
    const tt_allocator *a = x->store.allocator;
    const size_t docs = x->store.corpus.doc_count;
    uint32_t *sizes = tti_alloc_zero(a, docs, sizeof *sizes);
    uint64_t *starts = tti_alloc(a, docs, sizeof *starts);
    tt_status status = TT_OK;
    if (sizes == NULL || starts == NULL)
        status = tti_fail_memory(error, "clusters");
    if (status == TT_OK) {
        count_cluster_members(x, sizes);
        for (size_t d = 0; d < docs; d++) {
            x->cluster_count += sizes[d] >= 2;
            x->member_count += sizes[d] >= 2 ? sizes[d] : 0;
        }
        x->cluster_capacity = x->cluster_count;
        x->member_capacity = x->member_count;
        x->clusters = tti_alloc(a, x->cluster_count, sizeof *x->clusters);
        x->members = tti_alloc(a, x->member_count, sizeof *x->members);
        if (x->clusters == NULL || x->members == NULL)
            status = tti_fail_memory(error, "clusters");
        else
            fill_clusters(x, sizes, starts);
    }
    tti_release(a, sizes, docs, sizeof *sizes);
    tti_release(a, starts, docs, sizeof *starts);
    return status;
}

tt_status tti_result_list(tt_result *x, const tti_candidates *candidates, tt_error *error)
{
    const uint32_t find = x->settings.options.find;
    if (find & TT_FIND_PAIRS)
        TTI_TRY(list_pairs(x, candidates, error));
    if ((find & TT_FIND_CLUSTERS) && tti_options_have_rule(&x->settings.options))
        TTI_TRY(list_clusters(x, error));
    x->summary.pairs = x->pair_count;
    x->summary.clusters = x->cluster_count;
    x->summary.sections = x->sections.section_count;
    return TT_OK;
}
