/* What a caller sees of an index. */
#include "result/result.h"

#include "util/alloc.h"
#include "util/error.h"

#include <math.h>
#include <string.h>

enum { BATCH = 1024 }; /* results handed to a callback at once */

void tt_result_close(tt_result *x)
{
    const tt_allocator *a;
    if (x == NULL)
        return;
    a = x->store.allocator;
    tti_release(a, x->members.firsts, x->store.corpus.doc_count + 2, sizeof *x->members.firsts);
    tti_release(a, x->members.articles, x->store.corpus.article_count, sizeof *x->members.articles);
    tti_release(a, x->pairs, x->pair_room, sizeof *x->pairs);
    tti_release(a, x->groups, x->group_count, sizeof *x->groups);
    tti_release(a, x->grouped, x->grouped_count, sizeof *x->grouped);
    tti_verified_free(&x->verified);
    tti_clusters_free(&x->clusters);
    tti_sections_free(&x->sections);
    tti_seeds_free(&x->seeds);
    tti_corpus_store_free(&x->store);
    a = x->settings.options.allocator;
    tti_owned_options_free(&x->settings);
    (void)pthread_mutex_destroy(&x->seed_lock);
    tti_release(a, x, 1, sizeof *x);
}

static tt_status check(const tt_result *x, int has_callback, tt_error *error)
{
    if (x == NULL || !has_callback)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "index or callback is NULL");
    return TT_OK;
}

static tt_status stopped(tt_error *error)
{
    return tti_fail(error, TT_ESTOPPED, TTI_NOWHERE, "stopped by the callback");
}

tt_status tt_result_pairs(const tt_result *x, tt_pair_fn emit, void *ctx, tt_error *error)
{
    TTI_TRY(check(x, emit != NULL, error));
    for (size_t k = 0; k < x->pair_count; k += BATCH) {
        const size_t n = x->pair_count - k < BATCH ? x->pair_count - k : BATCH;
        if (emit(ctx, x->pairs + k, n) != 0)
            return stopped(error);
    }
    return TT_OK;
}

tt_status tt_result_clusters(const tt_result *x, tt_cluster_fn emit, void *ctx, tt_error *error)
{
    TTI_TRY(check(x, emit != NULL, error));
    for (size_t k = 0; k < x->group_count; k += BATCH) {
        const size_t n = x->group_count - k < BATCH ? x->group_count - k : BATCH;
        if (emit(ctx, x->groups + k, n) != 0)
            return stopped(error);
    }
    return TT_OK;
}

tt_status tt_result_sections(const tt_result *x, tt_section_fn emit, void *ctx, tt_error *error)
{
    TTI_TRY(check(x, emit != NULL, error));
    for (size_t k = 0; k < x->sections.section_count; k += BATCH) {
        const size_t left = x->sections.section_count - k;
        if (emit(ctx, x->sections.sections + k, left < BATCH ? left : BATCH) != 0)
            return stopped(error);
    }
    return TT_OK;
}

/* True if article i is dropped; *out is then its pair with the one kept. */
static int is_dropped_article(const tt_result *x, uint32_t i, tt_pair *out)
{
    const uint32_t doc = x->store.corpus.articles[i].doc, keep = x->clusters.kept[doc];
    const uint32_t kept_article = x->clusters.best[keep];
    if (i == kept_article)
        return 0;
    if (doc == keep) {
        *out = (tt_pair){i, kept_article, 1, 1, 1, 1, 1, 1, TT_IDENTICAL, 0};
        return 1;
    }
    *out = tti_pair_oriented(tti_verified_find(&x->verified, doc, keep), doc);
    out->a = i;
    out->b = kept_article;
    out->reserved = 0;
    return out->overlap_a >= x->settings.options.drop;
}

tt_status tt_result_dropped(const tt_result *x, tt_dropped_fn emit, void *ctx, tt_error *error)
{
    tt_pair batch[64];
    size_t n = 0;
    TTI_TRY(check(x, emit != NULL, error));
    if (!(x->settings.options.find & TT_FIND_CLUSTERS) || !tti_verify_aligns(&x->settings.options))
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE,
                        "the index was built without clusters or without overlaps");
    if (!tti_options_have_rule(&x->settings.options))
        return TT_OK;
    for (uint32_t i = 0; i < x->store.corpus.article_count; i++) {
        if (is_dropped_article(x, i, &batch[n]))
            n++;
        if (n == 64 || (n > 0 && i + 1 == x->store.corpus.article_count)) {
            if (emit(ctx, batch, n) != 0)
                return stopped(error);
            n = 0;
        }
    }
    return TT_OK;
}

void tt_result_summary(const tt_result *x, tt_summary *out)
{
    *out = x->summary;
}

const tt_options *tt_result_options(const tt_result *x)
{
    return &x->settings.options;
}

tt_status tt_result_article(const tt_result *x, uint64_t ordinal, tt_article *out, tt_error *error)
{
    const tti_article *article;
    if (x == NULL || out == NULL || ordinal >= x->store.corpus.article_count)
        return tti_fail(error, TT_EINVAL, ordinal, "no such article");
    article = &x->store.corpus.articles[ordinal];
    *out = (tt_article){.id = article->id,
                        .id_size = article->id_size,
                        .text_size = article->text_size,
                        .source = article->source,
                        .source_size = article->source_size,
                        .published = article->published,
                        .flags = article->flags};
    return TT_OK;
}
