#include "corpus/tokenized_batch.h"

#include "util/error.h"
#include "util/threads.h"
#include "util/utf8.h"

int tti_id_is_valid(tt_id x)
{
    size_t k = x.size > 0 && x.bytes[0] == '-';
    if (!(x.flags & TT_ARTICLE_INTEGER_ID))
        return x.size > 0 && tti_utf8_valid_up_to(x.bytes, x.size) == x.size;
    if (k == x.size || (x.bytes[k] == '0' && x.size - k > 1))
        return 0;
    while (k < x.size && x.bytes[k] >= '0' && x.bytes[k] <= '9')
        k++;
    return k == x.size;
}

static tt_status check_article_fields(const tt_options *o, const tt_article *x)
{
    if (x->id == NULL || x->id_size == 0 || x->id_size > UINT32_MAX ||
        x->source_size > UINT32_MAX || x->version_size > UINT32_MAX)
        return TT_EINVAL;
    if ((x->text == NULL && x->text_size > 0) || (x->source == NULL && x->source_size > 0) ||
        (x->version == NULL && x->version_size > 0) || x->reserved != 0 ||
        (x->flags &
         ~(uint32_t)(TT_ARTICLE_INTEGER_ID | TT_ARTICLE_WITHDRAWN | TT_ARTICLE_CORRECTION)) != 0)
        return TT_EINVAL;
    if (!tti_id_is_valid(tti_id_of(x)) ||
        ((x->flags & TT_ARTICLE_INTEGER_ID) && !tti_id_is_in_range(tti_id_of(x))))
        return TT_EFORMAT;
    if (x->text_size > o->max_article_bytes)
        return TT_ELIMIT;
    return TT_OK;
}

static void tokenize_article(const tt_options *o, const tt_article *x, tti_tokens *tokens,
                             tti_tokenized_article *out)
{
    out->thread = tti_thread_index();
    out->token_begin = tokens->count;
    out->extents_begin = tokens->extents_size;
    out->paragraph_begin = tokens->paragraph_count;
    out->status = check_article_fields(o, x);
    if (out->status == TT_OK)
        out->status =
            tti_tokens_append_text(tokens, x->text, x->text_size, (tt_paragraphs)o->paragraphs,
                                   o->seed, &out->added, NULL);
}

tt_status tti_tokenize_batch(const tt_options *o, const tt_article *articles, size_t count,
                             tti_tokens *stores, int threads, tti_tokenized_article *list,
                             tt_error *error)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 16)
    for (int64_t i = 0; i < (int64_t)count; i++)
        tokenize_article(o, &articles[i], &stores[tti_thread_index()], &list[i]);
    for (size_t i = 0; i < count; i++)
        if (list[i].status == TT_ENOMEM)
            return tti_fail_memory(error, "tokens");
    return TT_OK;
}

/* The id may be what is wrong with the article. */
static size_t shown_id_size(const tt_article *x)
{
    return x->id == NULL ? 0 : tti_utf8_cut(x->id, x->id_size, TTI_SHOWN_ID);
}

tt_status tti_tokenized_batch_error(const tt_article *articles, const tti_tokenized_article *list,
                                    size_t count, tt_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].status != TT_OK)
            return tti_fail(
                error, list[i].status, i, "article %.*s: %s", (int)shown_id_size(&articles[i]),
                articles[i].id == NULL ? "" : articles[i].id, tt_status_name(list[i].status));
    return TT_OK;
}
