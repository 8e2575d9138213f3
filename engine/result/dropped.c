#include "result/dropped.h"

#include "result/clusters.h"
#include "util/error.h"
#include "util/sort.h"

#include <assert.h>
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

static tt_pair identical_pair(uint32_t a, uint32_t b)
{
    return (tt_pair){a, b, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
}

/* The pair of two documents as one of two of their articles, that of document `doc` first. */
static tt_pair pair_of_articles(const tti_doc_pair *pair, uint32_t doc, uint32_t a, uint32_t b)
{
    tt_pair p = tti_pair_oriented(&pair->numbers, doc);
    p.a = a;
    p.b = b;
    return p;
}

/* True if the kept article makes article i, of the pair's document a, unnecessary. */
static int is_unnecessary(const tt_result *x, const tti_doc_pair *found, const tt_pair *pair)
{
    if (is_newer(x->store.corpus.articles, (uint32_t)pair->a, (uint32_t)pair->b) &&
        tti_differs_in_figure(&x->verified, found))
        return 0; /* a later stage of the story */
    return pair->overlap_a >= x->settings.options.drop && pair->conflicts < OTHER_NEWS;
}

/* Drops what the kept article of its cluster makes unnecessary, and lists what is left. */
static tt_status drop_for_kept(tt_result *x, preferences *left)
{
    const tti_corpus *corpus = &x->store.corpus;
    for (uint32_t i = 0; i < corpus->article_count; i++) {
        const uint32_t doc = corpus->articles[i].doc;
        const uint32_t representative = x->doc_clusters.representative[doc];
        const uint32_t kept = x->doc_clusters.preferred[representative];
        const tti_doc_pair *found;
        tt_pair pair = identical_pair(i, kept);
        if (i == kept)
            continue;
        if (doc != representative) {
            found = tti_verified_find(&x->verified, doc, representative);
            assert(found != NULL); /* a member of a cluster is paired with its representative */
            pair = pair_of_articles(found, doc, i, kept);
            if (!is_unnecessary(x, found, &pair)) {
                TTI_TRY(tti_array_push(left, x->allocator,
                                       tti_preference_of(corpus, &x->settings.options, i)));
                continue;
            }
        }
        TTI_TRY(tti_array_push(&x->dropped, x->allocator, pair));
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
        const uint32_t i = left->items[k].article, doc = left->items[k].doc;
        const uint32_t of = d->kept[doc], kept = d->faces[of];
        if (i != kept)
            status = tti_array_push(
                &x->dropped, x->allocator,
                of == doc
                    ? identical_pair(i, kept)
                    : pair_of_articles(tti_verified_find(&x->verified, doc, of), doc, i, kept));
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
