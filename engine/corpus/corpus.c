#include "corpus/corpus.h"

#include "kernels/kernels.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/sort.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory ---------------------------------------------------------------------------------- */

static const char *temp_dir(const tt_options *o)
{
    const char *dir = o->temp_dir != NULL ? o->temp_dir : getenv("TMPDIR");
    return dir != NULL && *dir != '\0' ? dir : "/tmp";
}

tt_status tti_corpus_store_open(tti_corpus_store *s, const tt_options *o, tt_error *error)
{
    if (s->allocator != NULL)
        return TT_OK;
    if (o->memory_limit > 0)
        TTI_TRY(tti_spill_open(&s->spill, temp_dir(o), o->memory_limit, o->allocator, error));
    s->allocator = s->spill == NULL ? o->allocator : tti_spill_allocator(s->spill);
    s->arena.allocator = o->allocator;
    return TT_OK;
}

void tti_stored_batch_free(tti_corpus_store *s, tti_stored_batch *batch)
{
    if (batch->tokens != NULL && s->spill != NULL)
        tti_spill_release(s->spill, batch->tokens);
    tti_release(s->allocator, batch->names, batch->name_size, 1);
    memset(batch, 0, sizeof *batch);
}

void tti_corpus_store_free(tti_corpus_store *s)
{
    const tt_allocator *a = s->allocator;
    if (a == NULL)
        return;
    for (size_t k = 0; k < s->batch_count; k++)
        tti_stored_batch_free(s, &s->batches[k]);
    tti_release(a, s->batches, s->batch_capacity, sizeof *s->batches);
    tti_release(a, s->corpus.docs, s->doc_capacity, sizeof *s->corpus.docs);
    tti_release(a, s->corpus.articles, s->article_capacity, sizeof *s->corpus.articles);
    tti_release(a, s->token_hashes, s->token_hash_capacity, sizeof *s->token_hashes);
    tti_arena_free(&s->arena);
    tti_spill_close(s->spill);
    memset(s, 0, sizeof *s);
}

/* ---- Articles -------------------------------------------------------------------------------- */

uint64_t tt_article_digest(const tt_article *article)
{
    if (article == NULL)
        return 0;
    /* An article that is refused may lack either, whatever its sizes say. */
    return tti_kernels_get()->hash_bytes(
        article->text, article->text == NULL ? 0 : article->text_size,
        XXH3_64bits_withSeed(article->id, article->id == NULL ? 0 : article->id_size,
                             article->flags & TT_ARTICLE_INTEGER_ID));
}

/* ---- Articles with the same tokens are one document ------------------------------------------ */

/* Sets the document of each article to the first article with the same tokens. Articles whose
 * hashes agree in 64 bits are a run; nearly always they agree in all 128. */
static tt_status find_equal_articles(tti_corpus_store *s, tt_error *error)
{
    const size_t n = s->corpus.article_count;
    tti_article *articles = s->corpus.articles;
    tti_sort_entry *entries = tti_alloc(s->allocator, n, sizeof *entries);
    tti_sort_entry *spare = tti_alloc(s->allocator, n, sizeof *spare);
    const int have = entries != NULL && spare != NULL;
    size_t count = 0;
    for (uint32_t i = 0; have && i < n; i++)
        if (s->corpus.docs[i].token_count > 0)
            entries[count++] = (tti_sort_entry){s->token_hashes[i].low, i, 0};
    if (have)
        tti_radix_sort_entries(entries, spare, count);
    for (size_t first = 0, end; have && first < count; first = end) {
        for (end = first + 1; end < count && entries[end].key == entries[first].key; end++)
            for (size_t k = first; k < end; k++) {
                const uint32_t x = entries[k].doc, y = entries[end].doc;
                if (articles[x].doc == x &&
                    tti_hash128_equal(s->token_hashes[x], s->token_hashes[y])) {
                    articles[y].doc = x;
                    break;
                }
            }
    }
    tti_release(s->allocator, entries, n, sizeof *entries);
    tti_release(s->allocator, spare, n, sizeof *spare);
    return have ? TT_OK : tti_fail_memory(error, "equal articles");
}

/* Keeps the documents of the first articles, and gives each article the number of its document. */
static void drop_repeated_docs(tti_corpus *c)
{
    size_t kept = 0;
    for (uint32_t i = 0; i < c->article_count; i++) {
        const uint32_t first = c->articles[i].doc;
        assert(first <= i);
        if (first == i)
            c->docs[kept] = c->docs[i];
        c->articles[i].doc = first == i ? (uint32_t)kept++ : c->articles[first].doc;
    }
    c->doc_count = kept;
}

tt_status tti_corpus_store_merge_equal(tti_corpus_store *s, tti_doc_articles *out, tt_error *error)
{
    tti_corpus *c = &s->corpus;
    TTI_TRY(find_equal_articles(s, error));
    drop_repeated_docs(c);
    out->firsts = tti_alloc_zero(s->allocator, c->doc_count + 2, sizeof *out->firsts);
    out->articles = tti_alloc(s->allocator, c->article_count, sizeof *out->articles);
    TTI_TRY_ALLOC(out->firsts == NULL || out->articles == NULL, error, "equal articles");
    for (size_t i = 0; i < c->article_count; i++)
        out->firsts[c->articles[i].doc + 2]++;
    for (size_t d = 2; d < c->doc_count + 2; d++)
        out->firsts[d] += out->firsts[d - 1];
    for (uint32_t i = 0; i < c->article_count; i++)
        out->articles[out->firsts[c->articles[i].doc + 1]++] = i;
    return TT_OK;
}
