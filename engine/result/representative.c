/* Which article is kept: the order of preference of --keep. */
#include "result/clusters.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <stdlib.h>
#include <string.h>

/* What an article is judged by: the greater value first, then the longer, then the earlier. */
typedef struct preference {
    int64_t value;
    uint32_t length;
    uint32_t article;
    uint32_t doc;
} preference;

/* The place of a source in the list, from the end: the first named is the greatest. */
static int64_t source_rank(const tti_article *article, const char *list)
{
    int64_t place = 0, found = INT64_MIN;
    while (list != NULL && *list != '\0') {
        const size_t n = strcspn(list, ",");
        place--;
        if (found == INT64_MIN && n == article->source_size &&
            memcmp(list, article->source, n) == 0)
            found = place;
        list += n + (list[n] == ',');
    }
    return found;
}

static preference preference_of(const tti_corpus *corpus, const tt_options *options,
                                uint32_t article)
{
    const tti_article *x = &corpus->articles[article];
    preference m = {0, corpus->docs[x->doc].token_count, article, x->doc};
    switch (options->keep) {
    case TT_KEEP_FIRST: m.length = 0; break;
    case TT_KEEP_NEWEST: m.value = x->published, m.length = 0; break;
    case TT_KEEP_SOURCE: m.value = source_rank(x, options->keep_sources); break;
    default: break;
    }
    return m;
}

static int compare_preference(const void *x, const void *y)
{
    const preference *p = x, *q = y;
    if (p->value != q->value)
        return p->value > q->value ? -1 : 1;
    if (p->length != q->length)
        return p->length > q->length ? -1 : 1;
    return (p->article > q->article) - (p->article < q->article);
}

/* The best of a document's articles. */
static preference best_of_doc(const tti_corpus *corpus, const tti_doc_articles *members,
                              const tt_options *options, uint32_t d)
{
    preference best = preference_of(corpus, options, members->articles[members->firsts[d]]);
    for (uint32_t k = members->firsts[d] + 1; k < members->firsts[d + 1]; k++) {
        const preference other = preference_of(corpus, options, members->articles[k]);
        if (compare_preference(&other, &best) < 0)
            best = other;
    }
    return best;
}

static void mark_paired_docs(const tti_verified *v, uint8_t *paired)
{
    for (size_t k = 0; k < v->pairs.count; k++)
        paired[v->pairs.items[k].numbers.a] = paired[v->pairs.items[k].numbers.b] = 1;
}

tt_status tti_representatives_rank(tti_clusters *out, const tti_corpus *corpus,
                                   const tti_doc_articles *members, const tti_verified *verified,
                                   const tt_options *options, uint32_t *order, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    const size_t docs = corpus->doc_count;
    preference *preferences = tti_alloc(a, docs, sizeof *preferences);
    uint8_t *paired = tti_alloc_zero(a, docs, 1);
    tt_status status = TT_OK;
    size_t n = 0;
    out->allocator = a;
    out->doc_count = docs;
    out->kept = tti_alloc(a, docs, sizeof *out->kept);
    out->best = tti_alloc(a, docs, sizeof *out->best);
    if (preferences == NULL || paired == NULL || out->kept == NULL || out->best == NULL)
        status = tti_fail_memory(error, "clusters");
    if (status == TT_OK)
        mark_paired_docs(verified, paired);
    for (uint32_t d = 0; status == TT_OK && d < docs; d++) {
        const preference best = best_of_doc(corpus, members, options, d);
        out->best[d] = best.article;
        if (paired[d])
            preferences[n++] = best;
    }
    if (status == TT_OK)
        tti_qsort(preferences, n, sizeof *preferences, compare_preference);
    for (size_t k = 0; k < n; k++)
        order[k] = preferences[k].doc;
    for (uint32_t d = 0; status == TT_OK && d < docs; d++)
        if (!paired[d])
            order[n++] = d;
    tti_release(a, preferences, docs, sizeof *preferences);
    tti_release(a, paired, docs, 1);
    return status;
}
