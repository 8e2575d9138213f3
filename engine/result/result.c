/*
 * The results as the caller sees them. The arrays are there from the start; what only some callers
 * ask for is made by the first call that does.
 */
#include "result/result.h"

#include "kernels/token_extents.h"
#include "result/dropped.h"
#include "util/disjoint_sets.h"
#include "util/error.h"
#include "util/sort.h"

#include <assert.h>

tt_result *tti_result_open(const tt_allocator *a)
{
    tt_result *x = tti_alloc_zero(a, 1, sizeof *x);
    if (x == NULL)
        return NULL;
    x->allocator = x->settings.options.allocator = x->ids.allocator = a;
    (void)pthread_mutex_init(&x->lock, NULL);
    return x;
}

void tt_result_close(tt_result *x)
{
    const tt_allocator *a, *own;
    if (x == NULL)
        return;
    a = x->allocator;
    own = x->settings.options.allocator;
    tti_release(a, x->article_pairs, 2 * x->pairs.count, sizeof *x->article_pairs);
    tti_array_free(&x->pairs, a);
    tti_array_free(&x->clusters.clusters, a);
    tti_array_free(&x->clusters.members, a);
    tti_sections_free(&x->sections);
    tti_array_free(&x->notice_list, x->allocator);
    tti_notices_free(&x->notices);
    tti_release(own, x->summary_line, x->summary_line_size, 1);
    tti_release(a, x->doc_articles.firsts, x->store.corpus.doc_count + 2,
                sizeof *x->doc_articles.firsts);
    tti_release(a, x->doc_articles.articles, x->store.corpus.article_count,
                sizeof *x->doc_articles.articles);
    tti_verified_free(&x->verified);
    tti_clusters_free(&x->doc_clusters);
    tti_table_free(&x->ids);
    tti_array_free(&x->dropped, a);
    tti_release(a, x->article_starts, x->store.corpus.article_count + 2, sizeof *x->article_starts);
    tti_corpus_store_free(&x->store);
    tti_owned_options_free(&x->settings);
    (void)pthread_mutex_destroy(&x->lock);
    tti_release(own, x, 1, sizeof *x);
}

/* ---- Pairs, clusters, sections --------------------------------------------------------------- */

const tt_pair *tt_result_pairs(const tt_result *x, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = x == NULL ? 0 : x->pairs.count;
    return x == NULL ? NULL : x->pairs.items;
}

const tt_cluster *tt_result_clusters(const tt_result *x, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = x == NULL ? 0 : x->clusters.clusters.count;
    return x == NULL ? NULL : x->clusters.clusters.items;
}

const tt_notice *tt_result_notices(const tt_result *x, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = x == NULL ? 0 : x->notice_list.count;
    return x == NULL ? NULL : x->notice_list.items;
}

const tt_section *tt_result_sections(const tt_result *x, size_t *count)
{
    if (count == NULL)
        return NULL;
    *count = x == NULL ? 0 : x->sections.sections.count;
    return x == NULL ? NULL : x->sections.sections.items;
}

/* Ends a call that made something under the lock, and keeps to the memory limit. */
static tt_status end_making(tt_result *x, tt_status status, tt_error *error)
{
    tti_spill_evict(x->store.spill);
    (void)pthread_mutex_unlock(&x->lock);
    return tti_spill_status(x->store.spill, status, error);
}

/* A counting sort of the positions by article: an article's come in the order of the pairs. */
static tt_status index_article_pairs(tt_result *x, tt_error *error)
{
    const size_t n = x->store.corpus.article_count;
    uint64_t *starts = tti_alloc_zero(x->allocator, n + 2, sizeof *starts);
    uint64_t *positions = tti_alloc(x->allocator, 2 * x->pairs.count, sizeof *positions);
    if (starts == NULL || positions == NULL) {
        tti_release(x->allocator, starts, n + 2, sizeof *starts);
        tti_release(x->allocator, positions, 2 * x->pairs.count, sizeof *positions);
        return tti_fail_memory(error, "the pairs of an article");
    }
    for (size_t k = 0; k < x->pairs.count; k++) {
        assert(x->pairs.items[k].a < n && x->pairs.items[k].b < n);
        starts[x->pairs.items[k].a + 2]++;
        starts[x->pairs.items[k].b + 2]++;
    }
    for (size_t i = 2; i < n + 2; i++)
        starts[i] += starts[i - 1];
    for (size_t k = 0; k < x->pairs.count; k++) {
        positions[starts[x->pairs.items[k].a + 1]++] = k;
        positions[starts[x->pairs.items[k].b + 1]++] = k;
    }
    x->article_starts = starts;
    x->article_pairs = positions;
    x->has_article_pairs = 1;
    return TT_OK;
}

tt_status tt_result_pairs_of(const tt_result *result, uint64_t article, const uint64_t **out,
                             size_t *count, tt_error *error)
{
    tt_result *x = (tt_result *)result; /* only what the lock guards is written */
    tt_status status = TT_OK;
    if (x == NULL || out == NULL || count == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result, out or count is NULL");
    *out = NULL;
    *count = 0;
    if (article >= x->store.corpus.article_count)
        return tti_fail(error, TT_EINVAL, article, "no such article");
    (void)pthread_mutex_lock(&x->lock);
    if (!x->has_article_pairs)
        status = index_article_pairs(x, error);
    status = end_making(x, status, error);
    if (status == TT_OK) {
        *out = x->article_pairs + x->article_starts[article];
        *count = (size_t)(x->article_starts[article + 1] - x->article_starts[article]);
    }
    return status;
}

/* ---- Dropped articles ------------------------------------------------------------------------ */

tt_status tt_result_dropped(const tt_result *result, const tt_pair **out, size_t *count,
                            tt_error *error)
{
    tt_result *x = (tt_result *)result; /* only what the lock guards is written */
    tt_status status = TT_OK;
    if (x == NULL || out == NULL || count == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result, out or count is NULL");
    *out = NULL;
    *count = 0;
    if (!x->is_scan)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "a result read from a file does not say what is dropped");
    if (!(x->settings.options.find & TT_FIND_CLUSTERS) || !tti_verify_aligns(&x->settings.options))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "the scan looked for no clusters or no overlaps");
    if (!tti_options_have_rule(&x->settings.options))
        return TT_OK;
    (void)pthread_mutex_lock(&x->lock);
    if (!x->has_dropped)
        status = tti_dropped_list(x, error);
    status = end_making(x, status, error);
    if (status == TT_OK) {
        *out = x->dropped.items;
        *count = x->dropped.count;
    }
    return status;
}

/* ---- Notices --------------------------------------------------------------------------------- */

/* The tokens of an article that begin within bytes [begin, end). */
static void find_tokens(const tti_article *article, uint32_t count, uint64_t begin, uint64_t end,
                        uint32_t *first, uint32_t *last)
{
    const uint8_t *at = article->extents;
    uint64_t byte = 0;
    *first = *last = 0;
    for (uint32_t i = 0; i < count && byte < end; i++) {
        tti_token_extent x = {0, 0};
        at = tti_token_extent_decode(at, at + TTI_EXTENT_MAX_BYTES, &x);
        *first += byte + x.gap < begin;
        *last += byte + x.gap < end;
        byte += x.gap + x.size;
    }
}

/* Links documents to stories: a story is all that copies link. */
static uint32_t *link_stories(const tt_result *x)
{
    const size_t docs = x->store.corpus.doc_count;
    uint32_t *parents = tti_alloc(x->allocator, docs + 1, sizeof *parents);
    for (uint32_t d = 0; parents != NULL && d < docs; d++)
        parents[d] = d;
    for (size_t k = 0; parents != NULL && k < x->verified.pairs.count; k++) {
        const tt_pair *p = &x->verified.pairs.items[k].numbers;
        if (TT_IS_COPY(p->relation))
            tti_join_sets(parents, (uint32_t)p->a, (uint32_t)p->b);
    }
    return parents;
}

enum {
    STORIES_OF_NOTICE = 3,  /* a text that two stories have may have been borrowed */
    TOKENS_OF_NOTICE = 250, /* a longer text is no notice */
};

static int has_several_stories(const tt_result *x, uint32_t *parents, const tt_section *s)
{
    const tt_occurrence *reference = &s->occurrences[0];
    uint32_t stories[STORIES_OF_NOTICE];
    size_t count = 0;
    for (size_t i = 0; i < s->count && count < STORIES_OF_NOTICE; i++) {
        const tt_occurrence *o = &s->occurrences[i];
        const uint32_t doc = x->store.corpus.articles[o->article].doc;
        const uint32_t story = tti_find_root(parents, doc);
        size_t known = 0;
        if (2 * (o->of_end - o->of_begin) < reference->end - reference->begin)
            continue; /* it has a notice that the reference is printed with */
        while (known < count && stories[known] != story)
            known++;
        if (known == count)
            stories[count++] = story;
    }
    return count == STORIES_OF_NOTICE;
}

/* Short sections that several stories have are notices, though no two articles have so little else
 * that the notice could be learned from them. */
static tt_status mark_sections_of_stories(tt_result *x)
{
    uint32_t *parents;
    if ((x->options.find & (TT_FIND_PAIRS | TT_FIND_CLUSTERS)) == 0 ||
        !tti_options_have_rule(&x->options) || x->sections.sections.count == 0)
        return TT_OK; /* it is not known who tells the same story */
    parents = link_stories(x);
    if (parents == NULL)
        return TT_ENOMEM;
    for (size_t k = 0; k < x->sections.sections.count; k++) {
        tt_section *s = &x->sections.sections.items[k];
        if (s->tokens <= TOKENS_OF_NOTICE && has_several_stories(x, parents, s))
            s->kind = TT_SECTION_NOTICE;
    }
    tti_release(x->allocator, parents, x->store.corpus.doc_count + 1, sizeof *parents);
    return TT_OK;
}

static tt_status mark_notice_sections(tt_result *x)
{
    for (size_t k = 0; k < x->sections.sections.count; k++) {
        tt_section *s = &x->sections.sections.items[k];
        const tt_occurrence *o = &s->occurrences[0];
        const tti_article *article = &x->store.corpus.articles[o->article];
        const tti_doc *doc = &x->store.corpus.docs[article->doc];
        uint32_t begin, end;
        double share;
        find_tokens(article, doc->token_count, o->begin, o->end, &begin, &end);
        TTI_TRY(tti_notices_cover(&x->notices, doc, begin, end, &share));
        s->kind = share >= TTI_MOST_OF_NOTICE ? TT_SECTION_NOTICE : TT_SECTION_STORY;
    }
    return TT_OK;
}

tt_status tti_result_list_notices(tt_result *x, tt_error *error)
{
    const tti_corpus *c = &x->store.corpus;
    const size_t count = x->notices.list.count;
    tt_status status = tti_array_reserve(&x->notice_list, x->allocator, count);
    for (size_t k = 0; k < count && status == TT_OK; k++) {
        const tti_notice *from = &x->notices.list.items[k];
        tt_notice n = {.number = k + 1,
                       .tokens = from->size,
                       .articles = from->articles,
                       .article = TT_NO_ARTICLE,
                       .words = x->notices.tokens.items + from->begin};
        if (from->doc != UINT32_MAX) {
            n.article = c->docs[from->doc].article;
            tti_extent_cursor cursor = {.extents = c->articles[n.article].extents};
            tti_extent_cursor_locate(&cursor, from->doc_begin, from->doc_begin + from->size,
                                     &n.begin, &n.end);
        }
        x->notice_list.items[x->notice_list.count++] = n;
    }
    if (status == TT_OK && count > 0)
        status = mark_notice_sections(x);
    if (status == TT_OK)
        status = mark_sections_of_stories(x);
    TTI_TRY_ALLOC(status, error, "notices");
    return TT_OK;
}

/* ---- Differences ----------------------------------------------------------------------------- */

TTI_SORT_DEFINE(sort_differences, tt_difference,
                x->begin_a != y->begin_a ? x->begin_a < y->begin_a : x->begin_b < y->begin_b)

void tti_differences_of_bytes(const tti_difference *from, size_t count, const uint8_t *extents_a,
                              const uint8_t *extents_b, tt_difference *out)
{
    tti_extent_cursor a = {.extents = extents_a}, b = {.extents = extents_b};
    for (size_t k = 0; k < count; k++) { /* of a passage, they are in order */
        const tti_difference *d = &from[k];
        out[k] = (tt_difference){.kind = d->kind};
        tti_extent_cursor_locate(&a, d->a, d->a + d->a_size, &out[k].begin_a, &out[k].end_a);
        tti_extent_cursor_locate(&b, d->b, d->b + d->b_size, &out[k].begin_b, &out[k].end_b);
    }
    sort_differences(out, count);
}

size_t tt_result_differences(const tt_result *x, uint64_t a, uint64_t b, tt_difference *out)
{
    const tti_article *articles;
    const tti_doc_pair *found;
    tti_facts facts;
    if (x == NULL || out == NULL || !x->is_scan || a >= x->store.corpus.article_count ||
        b >= x->store.corpus.article_count)
        return 0;
    articles = x->store.corpus.articles;
    found = tti_verified_find(&x->verified, articles[a].doc, articles[b].doc);
    if (found == NULL || found->numbers.conflicts == 0)
        return 0;
    facts.conflicts = tti_listed_differences(found->numbers.conflicts);
    memcpy(facts.differences, x->verified.differences.items + found->difference_begin,
           facts.conflicts * sizeof *facts.differences);
    if (found->numbers.a != articles[a].doc)
        tti_facts_swap(&facts);
    tti_differences_of_bytes(facts.differences, facts.conflicts, articles[a].extents,
                             articles[b].extents, out);
    return facts.conflicts;
}

/* ---- Articles -------------------------------------------------------------------------------- */

uint64_t tt_result_article_count(const tt_result *x)
{
    return x == NULL ? 0 : x->store.corpus.article_count;
}

tt_status tt_result_article(const tt_result *x, uint64_t article, tt_article *out, tt_error *error)
{
    const tti_article *kept;
    if (x == NULL || out == NULL)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "result or out is NULL");
    if (article >= x->store.corpus.article_count)
        return tti_fail(error, TT_EINVAL, article, "no such article");
    kept = &x->store.corpus.articles[article];
    *out = (tt_article){.id = kept->id,
                        .id_size = kept->id_size,
                        .text_size = kept->text_size,
                        .source = kept->source,
                        .source_size = kept->source_size,
                        .published = kept->published,
                        .flags = kept->flags};
    return TT_OK;
}

tt_id tt_result_id(const tt_result *x, uint64_t article)
{
    if (x == NULL || article >= x->store.corpus.article_count)
        return (tt_id){0};
    return tti_article_id(&x->store.corpus.articles[article]);
}

uint32_t tti_result_lookup(const tt_result *x, tt_id id, uint32_t hash)
{
    assert(x->has_ids);
    return tti_table_find(&x->ids, hash, tti_article_has_id, x->store.corpus.articles, &id);
}

/* @return 0, or -1 without memory */
static int index_ids(tt_result *x)
{
    const size_t n = x->store.corpus.article_count;
    if (tti_table_reserve(&x->ids, n) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        tti_table_add(&x->ids, tti_id_hash(tti_article_id(&x->store.corpus.articles[i])),
                      (uint32_t)i);
    x->has_ids = 1;
    return 0;
}

uint64_t tt_result_find(const tt_result *result, const tt_id *id)
{
    tt_result *x = (tt_result *)result; /* only what the lock guards is written */
    tt_id wanted;
    uint32_t found = TTI_TABLE_NONE;
    int indexed;
    if (x == NULL || id == NULL || id->bytes == NULL)
        return TT_NO_ARTICLE;
    wanted = tti_id(id->bytes, id->size, id->flags);
    (void)pthread_mutex_lock(&x->lock);
    indexed = x->has_ids || index_ids(x) == 0;
    (void)pthread_mutex_unlock(&x->lock);
    if (indexed)
        found = tti_result_lookup(x, wanted, tti_id_hash(wanted));
    else /* too little memory for the table: one after another */
        for (uint32_t i = 0; found == TTI_TABLE_NONE && i < x->store.corpus.article_count; i++)
            if (tti_article_has_id(x->store.corpus.articles, i, &wanted))
                found = i;
    return found == TTI_TABLE_NONE ? TT_NO_ARTICLE : found;
}

/* ---- All of it ------------------------------------------------------------------------------- */

const tt_summary *tt_result_summary(const tt_result *x)
{
    return x == NULL ? NULL : &x->summary;
}

const char *tt_result_summary_line(const tt_result *x, size_t *size)
{
    if (size == NULL)
        return NULL;
    *size = x == NULL ? 0 : x->summary_line_size;
    return x == NULL ? NULL : x->summary_line;
}

const tt_options *tt_result_options(const tt_result *x)
{
    return x == NULL || !x->is_scan ? NULL : &x->settings.options;
}
