/* Which article is kept: the order of preference that tt_options.keep names. */
#include "result/clusters.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <string.h>

int64_t tti_source_rank(const char *source, size_t size, const char *list)
{
    int64_t rank = 0;
    while (list != NULL && *list != '\0') {
        const size_t n = strcspn(list, ",");
        rank--;
        if (n == size && memcmp(list, source, n) == 0)
            return rank;
        list += n + (list[n] == ',');
    }
    return INT64_MIN;
}

tti_preference tti_preference_of(const tti_corpus *corpus, const tt_options *options,
                                 uint32_t article)
{
    const tti_article *x = &corpus->articles[article];
    tti_preference m = {0, corpus->docs[x->doc].token_count, article, x->doc};
    switch (options->keep) {
    case TT_KEEP_FIRST: m.length = 0; break;
    case TT_KEEP_NEWEST: m.value = x->published, m.length = 0; break;
    case TT_KEEP_SOURCE:
        m.value = tti_source_rank(x->source, x->source_size, options->keep_sources);
        break;
    default: break;
    }
    return m;
}

TTI_SORT_DEFINE(sort_by_preference, tti_preference,
                x->value != y->value     ? x->value > y->value
                : x->length != y->length ? x->length > y->length
                                         : x->article < y->article)

void tti_preferences_sort(tti_preference *items, size_t count)
{
    sort_by_preference(items, count);
}

/* The best of the articles of document d. */
static tti_preference best_of_doc(const tti_corpus *corpus, const tti_doc_articles *doc_articles,
                                  const tt_options *options, uint32_t d)
{
    const uint32_t *articles = doc_articles->articles;
    tti_preference best = tti_preference_of(corpus, options, articles[doc_articles->firsts[d]]);
    for (uint32_t k = doc_articles->firsts[d] + 1; k < doc_articles->firsts[d + 1]; k++) {
        const tti_preference other = tti_preference_of(corpus, options, articles[k]);
        if (sort_by_preference_less(&other, &best))
            best = other;
    }
    return best;
}

tt_status tti_representatives_rank(tti_clusters *out, const tti_corpus *corpus,
                                   const tti_doc_articles *doc_articles,
                                   const tti_verified *verified, const tt_options *options,
                                   uint32_t *order, tt_error *error)
{
    const tt_allocator *a = options->allocator;
    const size_t docs = corpus->doc_count;
    tti_preference *preferences = tti_alloc(a, docs, sizeof *preferences);
    uint8_t *paired = tti_alloc_zero(a, docs, 1);
    tt_status status = TT_OK;
    size_t n = 0;
    out->allocator = a;
    out->doc_count = docs;
    out->representative = tti_alloc(a, docs, sizeof *out->representative);
    out->preferred = tti_alloc(a, docs, sizeof *out->preferred);
    if (preferences == NULL || paired == NULL || out->representative == NULL ||
        out->preferred == NULL)
        status = tti_fail_memory(error, "clusters");
    for (size_t k = 0; status == TT_OK && k < verified->pairs.count; k++) {
        const tt_pair *p = &verified->pairs.items[k].numbers;
        paired[p->a] = paired[p->b] = 1;
    }
    for (uint32_t d = 0; status == TT_OK && d < docs; d++) {
        const tti_preference best = best_of_doc(corpus, doc_articles, options, d);
        out->preferred[d] = best.article;
        if (paired[d])
            preferences[n++] = best;
    }
    sort_by_preference(preferences, n);
    for (size_t k = 0; k < n; k++)
        order[k] = preferences[k].doc;
    for (uint32_t d = 0; status == TT_OK && d < docs; d++)
        if (!paired[d])
            order[n++] = d;
    tti_release(a, preferences, docs, sizeof *preferences);
    tti_release(a, paired, docs, 1);
    return status;
}
