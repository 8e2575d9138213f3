/* MinHash signatures of articles, for a caller's own use: text and sketch, and nothing after them.
 */
#include "common/alloc.h"
#include "common/fail.h"
#include "common/par.h"
#include "options.h"
#include "sketch/minhash.h"
#include "sketch/shingle.h"
#include "text/text.h"

/* One thread's working memory. */
typedef struct worker {
    tti_tokens tokens;
    uint32_t *folds;
    size_t capacity;
    tt_status status; /* TT_ENOMEM: it has given up */
} worker;

typedef struct job {
    const tt_options *options;
    tti_minhash minhash;
    worker *workers;
    int threads;
} job;

/* @return TT_OK; TT_EFORMAT, TT_ELIMIT, TT_EINVAL: what is wrong with the article; TT_ENOMEM */
static tt_status sign(const job *j, worker *w, const tt_article *a, uint32_t *signature)
{
    const tt_options *o = j->options;
    tti_text_added added = {0};
    tt_status status = TT_OK;
    uint32_t count, width;
    tti_minhash_make(&j->minhash, NULL, 0, signature);
    if (a->text == NULL && a->text_size > 0)
        return TT_EINVAL;
    if (a->text_size > o->max_article_bytes)
        return TT_ELIMIT;
    tti_tokens_clear(&w->tokens);
    status = tti_text_append(&w->tokens, a->text, a->text_size, (tt_paragraphs)o->paragraphs,
                             o->seed, &added, NULL);
    if (status != TT_OK)
        return status;
    count = tti_shingle_count(added.token_count, o->shingle_tokens);
    width = tti_shingle_width(added.token_count, o->shingle_tokens);
    if (tti_reserve(o->allocator, &w->folds, &w->capacity, count, sizeof *w->folds) != 0)
        return TT_ENOMEM;
    if (count > 0)
        tti_minhash_fold(&j->minhash, w->tokens.hashes, count, width, w->folds);
    tti_minhash_make(&j->minhash, w->folds, count, signature);
    return TT_OK;
}

static void sign_all(job *j, const tt_article *articles, size_t count, tt_status *statuses,
                     uint32_t *out)
{
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(dynamic, 16)
    for (int64_t i = 0; i < (int64_t)count; i++) {
        worker *w = &j->workers[tti_thread()];
        if (w->status == TT_OK)
            statuses[i] = sign(j, w, &articles[i], out + (size_t)i * j->minhash.lanes);
        if (w->status == TT_OK && statuses[i] == TT_ENOMEM)
            w->status = TT_ENOMEM;
    }
}

static tt_status find_refusal(const tt_article *articles, const tt_status *statuses, size_t count,
                              tt_error *error)
{
    char reason[200];
    for (size_t i = 0; i < count; i++) {
        if (statuses[i] == TT_OK)
            continue;
        tt_article_refusal(&articles[i], statuses[i], reason, sizeof reason);
        return tti_fail(error, statuses[i], i, "article %zu: %s", i, reason);
    }
    return TT_OK;
}

static tt_status run(job *j, const tt_article *articles, size_t count, tt_status *statuses,
                     uint32_t *out, tt_error *error)
{
    const tt_allocator *a = j->options->allocator;
    tt_status status = TT_OK;
    j->threads = tti_threads(j->options->threads, count);
    j->workers = tti_alloc_zero(a, (size_t)j->threads, sizeof *j->workers);
    if (j->workers == NULL)
        return tti_fail_memory(error, "signatures");
    for (int t = 0; t < j->threads; t++) {
        tti_tokens_init(&j->workers[t].tokens, a);
        j->workers[t].tokens.skips = TTI_SKIP_FLAGS | TTI_SKIP_SPANS | TTI_SKIP_PARAGRAPHS;
    }
    tti_minhash_init(&j->minhash, j->options->sketch_size, j->options->seed);
    sign_all(j, articles, count, statuses, out);
    for (int t = 0; t < j->threads; t++) {
        if (j->workers[t].status != TT_OK)
            status = j->workers[t].status;
        tti_tokens_free(&j->workers[t].tokens);
        tti_release(a, j->workers[t].folds, j->workers[t].capacity, sizeof *j->workers[t].folds);
    }
    tti_release(a, j->workers, (size_t)j->threads, sizeof *j->workers);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "signatures");
}

tt_status tt_signatures(uint32_t *out, const tt_article *articles, size_t count,
                        const tt_options *options, tt_status *statuses, tt_error *error)
{
    tt_options resolved;
    job j = {.options = &resolved};
    tt_status *list = statuses;
    tt_status status;
    if ((out == NULL || articles == NULL) && count > 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or articles is NULL");
    TTI_TRY(tt_options_resolve(options, &resolved, error));
    if (list == NULL && (list = tti_alloc(resolved.allocator, count, sizeof *list)) == NULL)
        return tti_fail_memory(error, "signatures");
    status = run(&j, articles, count, list, out, error);
    if (statuses == NULL) {
        if (status == TT_OK)
            status = find_refusal(articles, list, count, error);
        tti_release(resolved.allocator, list, count, sizeof *list);
    }
    return status;
}
