/*
 * From pairs of documents to those of articles.
 *
 * A verified pair of documents is reported for the first article of each. Every further article
 * with the same tokens is paired with the first one, and with the article that its cluster keeps.
 * An article's pairs with earlier ones are limited to the best max_matches; a pair of a cluster's
 * representative is always reported.
 */
#include "result/result.h"
#include "util/error.h"
#include "util/sort.h"

#include <math.h>

static int is_listed_pair(const tt_options *o, const tti_doc_pair *p)
{
    return p->numbers.relation != TT_SERIES || p->admission != TTI_ADMITTED_BY_OVERLAP ||
           (o->find & TT_FIND_SERIES) != 0;
}

static int is_pair_with_representative(const tti_clusters *c, const tt_pair *p)
{
    return TT_IS_COPY(p->relation) &&
           (c->representative[p->a] == p->b || c->representative[p->b] == p->a);
}

/* How much the two share, by whichever number says more. */
static double closeness(const tt_pair *p)
{
    return fmax(p->resemblance, fmax(p->overlap_a, p->overlap_b));
}

static int is_before_for_later(const tt_pair *x, const tt_pair *y)
{
    const double cx = closeness(x), cy = closeness(y);
    if (x->b != y->b)
        return x->b < y->b;
    if (cx != cy)
        return cx > cy;
    if (x->resemblance != y->resemblance)
        return x->resemblance > y->resemblance;
    return x->a < y->a;
}

typedef const tt_pair *pair_pointer;

TTI_SORT_DEFINE(sort_pairs_of_later, pair_pointer, is_before_for_later(*x, *y))

TTI_SORT_DEFINE(sort_pairs_by_articles, tt_pair, x->a != y->a ? x->a < y->a : x->b < y->b)

/* The pairs of documents to report: for each later document the best, at most max_matches. Where
 * there are that many, its candidates that were not compared are counted as omitted too. */
static size_t choose_listed_pairs(tt_result *x, const tti_candidates *candidates,
                                  const tt_pair **chosen)
{
    const tt_options *o = &x->settings.options;
    size_t n = 0, kept = 0, rank = 0;
    for (size_t k = 0; k < x->verified.pairs.count; k++)
        if (is_listed_pair(o, &x->verified.pairs.items[k]))
            chosen[n++] = &x->verified.pairs.items[k].numbers;
    sort_pairs_of_later(chosen, n);
    for (size_t k = 0; k < n; k++) {
        const tt_pair *p = chosen[k];
        rank = k > 0 && chosen[k - 1]->b == p->b ? rank + 1 : 0;
        if (rank + 1 == o->max_matches)
            x->summary.pairs_omitted += tti_candidates_skipped_of(candidates, (uint32_t)p->b);
        if (rank < o->max_matches || is_pair_with_representative(&x->doc_clusters, p))
            chosen[kept++] = p;
        else
            x->summary.pairs_omitted++;
    }
    return kept;
}

static tt_pair identical_pair(uint64_t a, uint64_t b)
{
    return (tt_pair){a, b, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
}

tt_pair tti_pair_of_articles(const tt_result *x, uint32_t a, uint32_t b)
{
    const tti_article *articles = x->store.corpus.articles;
    const tti_doc_pair *found;
    tt_pair p;
    if (articles[a].doc == articles[b].doc)
        return identical_pair(a, b);
    found = tti_verified_find(&x->verified, articles[a].doc, articles[b].doc);
    assert(found != NULL);
    p = tti_pair_oriented(&found->numbers, articles[a].doc);
    p.a = a;
    p.b = b;
    return p;
}

/* Whether article i is to be paired with the article that its cluster keeps: they are two, and not
 * both the first with their tokens, whose pair is listed already. */
static int needs_pair_with_kept(const tt_result *x, uint32_t i, uint32_t *keep)
{
    const tti_corpus *c = &x->store.corpus;
    const uint32_t doc = c->articles[i].doc, representative = x->doc_clusters.representative[doc];
    const int is_first = c->docs[doc].article == i;
    *keep = x->doc_clusters.preferred[representative];
    if (!(x->settings.options.find & TT_FIND_CLUSTERS) || i == *keep)
        return 0;
    if (c->docs[representative].article == *keep && (is_first || doc == representative))
        return 0;
    return doc != representative || !is_first;
}

static tt_status list_pairs(tt_result *x, const tti_candidates *candidates, tt_error *error)
{
    const tti_corpus *c = &x->store.corpus;
    const tt_allocator *a = x->allocator;
    const size_t verified = x->verified.pairs.count;
    const tt_pair **chosen = tti_alloc(a, verified, sizeof *chosen);
    tt_status status = chosen == NULL ? TT_ENOMEM : TT_OK;
    size_t count = 0;
    if (status == TT_OK) {
        count = choose_listed_pairs(x, candidates, chosen);
        status = tti_array_reserve(&x->pairs, a, count + c->article_count - c->doc_count);
    }
    for (size_t k = 0; k < count && status == TT_OK; k++) {
        tt_pair p = *chosen[k];
        p.a = c->docs[p.a].article;
        p.b = c->docs[p.b].article;
        x->pairs.items[x->pairs.count++] = p;
    }
    tti_release(a, chosen, verified, sizeof *chosen);
    for (uint32_t i = 0;
         tti_options_have_rule(&x->settings.options) && i < c->article_count && status == TT_OK;
         i++) {
        const uint32_t first = c->docs[c->articles[i].doc].article;
        uint32_t keep;
        if (first != i)
            status = tti_array_push(&x->pairs, a, identical_pair(first, i));
        if (status == TT_OK && needs_pair_with_kept(x, i, &keep))
            status = tti_array_push(&x->pairs, a,
                                    i < keep ? tti_pair_of_articles(x, i, keep)
                                             : tti_pair_of_articles(x, keep, i));
    }
    TTI_TRY_ALLOC(status, error, "pairs");
    tti_array_shrink(&x->pairs, a);
    sort_pairs_by_articles(x->pairs.items, x->pairs.count);
    return TT_OK;
}

tt_status tti_result_list(tt_result *x, const tti_candidates *candidates, tt_error *error)
{
    const uint32_t find = x->settings.options.find;
    if (find & TT_FIND_PAIRS)
        TTI_TRY(list_pairs(x, candidates, error));
    x->summary.pairs_omitted += x->verified.omitted;
    if ((find & TT_FIND_CLUSTERS) && tti_options_have_rule(&x->settings.options))
        TTI_TRY(tti_clusters_list(&x->doc_clusters, &x->store.corpus, &x->clusters, error));
    x->summary.pairs = x->pairs.count;
    x->summary.clusters = x->clusters.clusters.count;
    x->summary.copies = x->clusters.members.count - x->clusters.clusters.count;
    x->summary.sections = x->sections.sections.count;
    return TT_OK;
}
