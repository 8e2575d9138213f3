/* MinHash signatures of articles, for a caller's own use: text and sketch, and nothing after them.
 */
#include "sketch/minhash.h"
#include "text/tokenizer.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/threads.h"

/* One thread's working memory. */
typedef struct signature_worker {
    tti_tokens tokens;
    TTI_ARRAY(uint32_t) shingle_hashes;
    tt_status status; /* TT_ENOMEM: it has given up */
} signature_worker;

typedef struct signature_job {
    const tt_options *options;
    tti_minhash minhash;
    signature_worker *workers;
    int threads;
} signature_job;

/* @return TT_OK; TT_EFORMAT, TT_ELIMIT, TT_EINVAL: what is wrong with the article; TT_ENOMEM */
static tt_status sign_article(const signature_job *j, signature_worker *w, const tt_article *a,
                              uint32_t *signature)
{
    const tt_options *o = j->options;
    tti_tokenized_text added = {0};
    tt_status status = TT_OK;
    uint32_t count, width;
    tti_minhash_signature(&j->minhash, NULL, 0, signature);
    if (a->text == NULL && a->text_size > 0)
        return TT_EINVAL;
    if (a->text_size > o->max_article_bytes)
        return TT_ELIMIT;
    tti_tokens_clear(&w->tokens);
    status = tti_tokens_append_text(&w->tokens, a->text, a->text_size, (tt_paragraphs)o->paragraphs,
                                    o->seed, &added, NULL);
    if (status != TT_OK)
        return status;
    count = tti_shingle_count(added.token_count, o->shingle_tokens);
    width = tti_shingle_width(added.token_count, o->shingle_tokens);
    TTI_TRY(tti_array_resize(&w->shingle_hashes, o->allocator, count));
    if (count > 0)
        tti_minhash_hash_shingles(&j->minhash, w->tokens.hashes, count, width,
                                  w->shingle_hashes.items);
    tti_minhash_signature(&j->minhash, w->shingle_hashes.items, count, signature);
    return TT_OK;
}

static void sign_articles(signature_job *j, const tt_article *articles, size_t count,
                          tt_status *statuses, uint32_t *out)
{
#pragma omp parallel for num_threads(j->threads) if (j->threads > 1) schedule(dynamic, 16)
    for (int64_t i = 0; i < (int64_t)count; i++) {
        signature_worker *w = &j->workers[tti_thread_index()];
        if (w->status == TT_OK)
            statuses[i] = sign_article(j, w, &articles[i], out + (size_t)i * j->minhash.num_hashes);
        if (w->status == TT_OK && statuses[i] == TT_ENOMEM)
            w->status = TT_ENOMEM;
    }
}

static tt_status find_refused_article(const tt_article *articles, const tt_status *statuses,
                                      size_t count, tt_error *error)
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

static tt_status sign_in_threads(signature_job *j, const tt_article *articles, size_t count,
                                 tt_status *statuses, uint32_t *out, tt_error *error)
{
    const tt_allocator *a = j->options->allocator;
    tt_status status = TT_OK;
    j->threads = tti_thread_count(j->options->threads, count);
    j->workers = tti_alloc_zero(a, (size_t)j->threads, sizeof *j->workers);
    if (j->workers == NULL)
        return tti_fail_memory(error, "signatures");
    for (int t = 0; t < j->threads; t++) {
        tti_tokens_init(&j->workers[t].tokens, a);
        j->workers[t].tokens.skips = TTI_SKIP_FLAGS | TTI_SKIP_EXTENTS | TTI_SKIP_PARAGRAPHS;
    }
    tti_minhash_init(&j->minhash, j->options->num_hashes, j->options->seed);
    sign_articles(j, articles, count, statuses, out);
    for (int t = 0; t < j->threads; t++) {
        if (j->workers[t].status != TT_OK)
            status = j->workers[t].status;
        tti_tokens_free(&j->workers[t].tokens);
        tti_array_free(&j->workers[t].shingle_hashes, a);
    }
    tti_release(a, j->workers, (size_t)j->threads, sizeof *j->workers);
    return status == TT_OK ? TT_OK : tti_fail_memory(error, "signatures");
}

tt_status tt_signatures(uint32_t *out, const tt_article *articles, size_t count,
                        const tt_options *options, tt_status *statuses, tt_error *error)
{
    tt_options resolved;
    signature_job j = {.options = &resolved};
    tt_status *list = statuses;
    tt_status status;
    if ((out == NULL || articles == NULL) && count > 0)
        return tti_fail(error, TT_EINVAL, TTI_NOWHERE, "out or articles is NULL");
    TTI_TRY(tt_options_resolve(options, &resolved, error));
    if (list == NULL && (list = tti_alloc(resolved.allocator, count, sizeof *list)) == NULL)
        return tti_fail_memory(error, "signatures");
    status = sign_in_threads(&j, articles, count, list, out, error);
    if (statuses == NULL) {
        if (status == TT_OK)
            status = find_refused_article(articles, list, count, error);
        tti_release(resolved.allocator, list, count, sizeof *list);
    }
    return status;
}
