#include "result/dropped.h"

#include "result/clusters.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

#define NONE UINT32_MAX

/* An article with so many conflicts against the one that is kept says something else. */
enum { OTHER_NEWS = 2 };

TTI_SORT_DEFINE(sort_covers, tti_cover, x->doc != y->doc ? x->doc < y->doc : x->by < y->by)
TTI_SORT_DEFINE(sort_dropped, tt_pair, x->a < y->a)

/* ---- By the kept article of the cluster ------------------------------------------------------ */

/* Articles that the kept one of their cluster does not make unnecessary. */
typedef TTI_ARRAY(tti_preference) preferences;

/* True if an article is newer than another: by their times, or by their order. */
static int is_newer(const tti_article *articles, uint32_t x, uint32_t y)
{
    const int64_t at = articles[x].published, other = articles[y].published;
    return at != TT_NO_TIME && other != TT_NO_TIME && at != other ? at > other : x > y;
}

/* True if an article makes another one, the pair's a, unnecessary. */
static int is_unnecessary(const tt_result *x, const tt_pair *pair)
{
    const tti_article *articles = x->store.corpus.articles;
    const uint32_t a = (uint32_t)pair->a, b = (uint32_t)pair->b;
    if (articles[a].doc == articles[b].doc)
        return 1;
    if (is_newer(articles, a, b) &&
        tti_differs_in_figure(&x->verified,
                              tti_verified_find(&x->verified, articles[a].doc, articles[b].doc)))
        return 0; /* a later stage of the story */
    return pair->overlap_a >= x->settings.options.drop && pair->conflicts < OTHER_NEWS;
}

/* Drops what the kept article of its cluster makes unnecessary, and lists what is left. */
static tt_status drop_for_kept(tt_result *x, preferences *left)
{
    const tti_corpus *corpus = &x->store.corpus;
    const tti_clusters *clusters = &x->doc_clusters;
    for (uint32_t i = 0; i < corpus->article_count; i++) {
        const uint32_t kept =
            clusters->preferred[clusters->representative[corpus->articles[i].doc]];
        tt_pair pair;
        if (i == kept)
            continue;
        pair = tti_pair_of_articles(x, i, kept);
        if (is_unnecessary(x, &pair))
            TTI_TRY(tti_array_push(&x->dropped, x->allocator, pair));
        else
            TTI_TRY(tti_array_push(left, x->allocator,
                                   tti_preference_of(corpus, &x->settings.options, i)));
    }
    return TT_OK;
}

/* ---- By others that are left ----------------------------------------------------------------- */

void tti_covers_choose(const uint32_t *order, size_t count, tti_cover *covers, size_t cover_count,
                       uint32_t *kept)
{
    sort_covers(covers, cover_count);
    for (size_t k = 0; k < count; k++) {
        const uint32_t doc = order[k];
        double most = -1;
        size_t i;
        if (kept[doc] != NONE)
            continue;
        kept[doc] = doc;
        TTI_LOWER_BOUND(i, 0, cover_count, covers[i].doc < doc);
        for (; i < cover_count && covers[i].doc == doc; i++)
            if (kept[covers[i].by] == covers[i].by && covers[i].share > most) {
                kept[doc] = covers[i].by;
                most = covers[i].share;
            }
    }
}

/* Lists which documents that are left have which others, of the same cluster and without a
 * conflict. `is_left`: by documents. */
static tt_status list_covers(const tt_result *x, const uint8_t *is_left, tti_cover_list *out)
{
    const uint32_t *representative = x->doc_clusters.representative;
    for (size_t k = 0; k < x->verified.pairs.count; k++) {
        const tt_pair *p = &x->verified.pairs.items[k].numbers;
        const uint32_t a = (uint32_t)p->a, b = (uint32_t)p->b;
        if (!TT_IS_COPY(p->relation) || p->conflicts > 0 || !is_left[a] || !is_left[b] ||
            representative[a] != representative[b])
            continue;
        if (p->overlap_a >= x->settings.options.drop)
            TTI_TRY(tti_array_push(out, x->allocator, ((tti_cover){a, b, p->overlap_a})));
        if (p->overlap_b >= x->settings.options.drop)
            TTI_TRY(tti_array_push(out, x->allocator, ((tti_cover){b, a, p->overlap_b})));
    }
    return TT_OK;
}

/* What one call needs for the articles that are left, by documents. */
typedef struct left_docs {
    uint8_t *is_left;
    uint32_t *kept;  /* the document that is kept for it */
    uint32_t *faces; /* its article that is kept, or that would be */
    uint32_t *order;
} left_docs;

static tt_status drop_for_left(tt_result *x, const preferences *left, left_docs *d)
{
    const size_t docs = x->store.corpus.doc_count;
    tti_cover_list covers = {NULL, 0, 0};
    size_t count = 0;
    tt_status status;
    d->is_left = tti_alloc_zero(x->allocator, docs, 1);
    d->kept = tti_alloc(x->allocator, docs, sizeof *d->kept);
    d->faces = tti_alloc(x->allocator, docs, sizeof *d->faces);
    d->order = tti_alloc(x->allocator, docs, sizeof *d->order);
    if (d->is_left == NULL || d->kept == NULL || d->faces == NULL || d->order == NULL)
        return TT_ENOMEM;
    memset(d->kept, 0xFF, docs * sizeof *d->kept);
    for (size_t k = 0; k < left->count; k++) {
        const uint32_t doc = left->items[k].doc;
        if (d->is_left[doc])
            continue;
        d->is_left[doc] = 1;
        d->faces[doc] = left->items[k].article;
        d->order[count++] = doc;
    }
    status = list_covers(x, d->is_left, &covers);
    if (status == TT_OK)
        tti_covers_choose(d->order, count, covers.items, covers.count, d->kept);
    for (size_t k = 0; k < left->count && status == TT_OK; k++) {
        const uint32_t i = left->items[k].article;
        const uint32_t kept = d->faces[d->kept[left->items[k].doc]];
        if (i != kept)
            status = tti_array_push(&x->dropped, x->allocator, tti_pair_of_articles(x, i, kept));
    }
    tti_array_free(&covers, x->allocator);
    sort_dropped(x->dropped.items, x->dropped.count);
    return status;
}

tt_status tti_dropped_list(tt_result *x, tt_error *error)
{
    const size_t docs = x->store.corpus.doc_count;
    preferences left = {NULL, 0, 0};
    left_docs d = {NULL, NULL, NULL, NULL};
    tt_status status = drop_for_kept(x, &left);
    if (status == TT_OK && left.count > 1) {
        tti_preferences_sort(left.items, left.count);
        status = drop_for_left(x, &left, &d);
    }
    tti_release(x->allocator, d.is_left, docs, 1);
    tti_release(x->allocator, d.kept, docs, sizeof *d.kept);
    tti_release(x->allocator, d.faces, docs, sizeof *d.faces);
    tti_release(x->allocator, d.order, docs, sizeof *d.order);
    tti_array_free(&left, x->allocator);
    x->has_dropped = status == TT_OK;
    if (status != TT_OK)
        x->dropped.count = 0;
    TTI_TRY_ALLOC(status, error, "the dropped articles");
    return TT_OK;
}
