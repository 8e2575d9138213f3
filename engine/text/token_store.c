/*
 * The store of tokens, and the way of a batch of tokens into it.
 */
#include "text/tokenizer.h"

#include <string.h>

#include "kernels/token_extents.h"
#include "text/paragraphs.h"
#include "text/sentences.h"
#include "text/tokenizer_state.h"
#include "text/words.h"
#include "util/alloc.h"
#include "util/error.h"

void tti_tokens_init(tti_tokens *tokens, const tt_allocator *allocator)
{
    memset(tokens, 0, sizeof *tokens);
    tokens->allocator = allocator;
}

void tti_tokens_free(tti_tokens *tokens)
{
    const tt_allocator *a = tokens->allocator;
    tti_release(a, tokens->hashes, tokens->capacity, sizeof *tokens->hashes);
    tti_release(a, tokens->flags, tokens->flags_capacity, sizeof *tokens->flags);
    tti_release(a, tokens->extents, tokens->extents_capacity, 1);
    tti_release(a, tokens->paragraphs, tokens->paragraph_capacity, sizeof *tokens->paragraphs);
    tti_release(a, tokens->wide, tokens->wide_capacity, sizeof *tokens->wide);
    tti_release(a, tokens->folded, tokens->folded_capacity, 1);
    tti_release(a, tokens->lines, tokens->line_capacity, sizeof *tokens->lines);
    tti_release(a, tokens->scan, 1, sizeof *tokens->scan);
    tti_tokens_init(tokens, a);
}

void tti_tokens_clear(tti_tokens *tokens)
{
    tokens->count = 0;
    tokens->extents_size = 0;
    tokens->paragraph_count = 0;
}

static tt_status reserve_tokens(tti_tokenizer *s)
{
    tti_tokens *t = s->tokens;
    const tt_allocator *a = t->allocator;
    const size_t more = s->batch.count;
    const size_t wide = s->flushed + more, all = t->count + wide;
    const size_t extents = more * TTI_EXTENT_MAX_BYTES + TTI_SPLIT_PADDING;
    int failed = tti_reserve(a, &t->hashes, &t->capacity, all, sizeof *t->hashes) |
                 tti_reserve(a, &t->wide, &t->wide_capacity, wide, sizeof *t->wide);
    if (!(t->skips & TTI_SKIP_FLAGS))
        failed |= tti_reserve(a, &t->flags, &t->flags_capacity, all, sizeof *t->flags);
    if (!(t->skips & TTI_SKIP_EXTENTS))
        failed |= tti_reserve(a, &t->extents, &t->extents_capacity, s->extents_size + extents, 1);
    return failed != 0 ? tti_fail_memory(s->error, "tokens") : TT_OK;
}

static void flag_words(const tti_words *words, const uint64_t *wide, uint8_t *flags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (tti_words_may_have(words, wide[i]))
            flags[i] |= tti_words_find(words, wide[i], flags[i]);
}

/* Answers TTI_TOKEN_MAYBE_SENTENCE for token i of the batch. */
static void resolve_sentence_flag(const tti_tokenizer *s, uint8_t *flags, uint32_t i)
{
    const tti_token_batch *b = &s->batch;
    const uint32_t before = i > 0 ? b->begin[i - 1] : s->stored_begin;
    const uint32_t before_end = i > 0 ? before + b->size[i - 1] : s->stored_end;
    flags[i] &= (uint8_t)~TTI_TOKEN_MAYBE_SENTENCE;
    /* One byte opens nothing: a stop wants a space after it, a quote before it. */
    if (b->begin[i] - before_end > 1 &&
        tti_sentence_begins(s->text, before, before_end, b->begin[i]))
        flags[i] |= TTI_TOKEN_SENTENCE;
}

/* Looks at eight flags at a time: one in ten asks. */
static void resolve_sentence_flags(const tti_tokenizer *s, uint8_t *flags)
{
    const uint32_t count = s->batch.count;
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t asking = XXH_readLE64(flags + i) & UINT64_C(0x8080808080808080);
        for (; asking != 0; asking &= asking - 1)
            resolve_sentence_flag(s, flags, i + (uint32_t)__builtin_ctzll(asking) / 8);
    }
    for (; i < count; i++)
        if ((flags[i] & TTI_TOKEN_MAYBE_SENTENCE) != 0)
            resolve_sentence_flag(s, flags, i);
}

/* The flags of the batch's tokens, of which these are the wide hashes, for the store. */
static void store_flags(const tti_tokenizer *s, const uint64_t *wide, uint8_t *flags)
{
    const tti_token_batch *b = &s->batch;
    memcpy(flags, b->flags, b->count);
    flag_words(&s->words, wide, flags, b->count);
    resolve_sentence_flags(s, flags);
}

tt_status tti_tokenizer_flush(tti_tokenizer *s)
{
    tti_tokens *t = s->tokens;
    tti_token_batch *b = &s->batch;
    const size_t at = t->count + s->flushed;
    uint64_t *wide;
    if (b->count == 0)
        return TT_OK;
    TTI_TRY(reserve_tokens(s));
    wide = t->wide + s->flushed;
    s->kernels->hash(b, t->folded, s->seed, wide, t->hashes + at);
    if (!(t->skips & TTI_SKIP_FLAGS))
        store_flags(s, wide, t->flags + at);
    if (!(t->skips & TTI_SKIP_EXTENTS))
        s->extents_size += s->kernels->extents(b, s->stored_end, t->extents + s->extents_size);
    s->stored_begin = b->begin[b->count - 1];
    s->stored_end = s->stored_begin + b->size[b->count - 1];
    s->flushed += b->count;
    s->folded_size = TTI_SPLIT_BYTES;
    b->count = 0;
    return TT_OK;
}

/* Makes the store's scratch ready for an article. */
static tt_status start_article(tti_tokens *t, uint64_t seed, tti_tokenizer **out, tt_error *error)
{
    tti_tokenizer *s = t->scan;
    if (s == NULL) {
        s = tti_alloc(t->allocator, 1, sizeof *s);
        if (s == NULL)
            return tti_fail_memory(error, "the text stage");
        t->scan = s;
        tti_words_init(&s->words, seed);
    } else if (s->words.seed != seed) {
        tti_words_init(&s->words, seed);
    }
    s->batch.count = 0;
    memset((char *)s + offsetof(tti_tokenizer, text), 0, sizeof *s - offsetof(tti_tokenizer, text));
    s->kernels = tti_kernels_get();
    s->seed = seed;
    s->tokens = t;
    s->extents_size = t->extents_size;
    s->error = error;
    *out = s;
    return TT_OK;
}

/* Cuts the article into paragraphs, with their keys and the flags of their first tokens. */
static tt_status finish_paragraphs(tti_tokenizer *s, tt_paragraphs mode, uint32_t *count)
{
    tti_tokens *t = s->tokens;
    TTI_TRY(tti_tokenizer_end_line(s, s->flushed, s->size, s->size, 0));
    TTI_TRY(tti_paragraphs_split(t, s->text, s->line_count, mode, count, s->error));
    for (uint32_t i = 0; i < *count; i++) {
        tti_paragraph *p = &t->paragraphs[t->paragraph_count + i];
        if (!(t->skips & TTI_SKIP_PARAGRAPHS))
            p->key = s->kernels->key(t->wide + p->begin, p->end - p->begin, s->seed);
        if (!(t->skips & TTI_SKIP_FLAGS))
            t->flags[t->count + p->begin] |= TTI_TOKEN_PARAGRAPH | TTI_TOKEN_SENTENCE;
    }
    return TT_OK;
}

tt_status tti_tokens_append_text(tti_tokens *tokens, const char *text, size_t size,
                                 tt_paragraphs paragraphs, uint64_t seed, tti_tokenized_text *added,
                                 tt_error *error)
{
    tti_tokenizer *s = NULL;
    uint32_t paragraph_count = 0;
    if (size > UINT32_MAX - 1)
        return tti_fail(error, TT_ELIMIT, TTI_NOWHERE, "text of %zu bytes is too long", size);
    TTI_TRY(start_article(tokens, seed, &s, error));
    s->text = (const uint8_t *)text;
    s->size = (uint32_t)size;
    s->by_lines = paragraphs != TT_PARAGRAPHS_NONE;
    TTI_TRY(tti_tokenizer_run(s));
    if (s->flushed > 0)
        TTI_TRY(finish_paragraphs(s, paragraphs, &paragraph_count));
    added->token_count = s->flushed;
    added->paragraph_count = paragraph_count;
    added->extents_size = s->extents_size - tokens->extents_size;
    added->key = s->kernels->key(tokens->wide, s->flushed, seed);
    tokens->count += s->flushed;
    tokens->extents_size = s->extents_size;
    if (!(tokens->skips & TTI_SKIP_PARAGRAPHS)) /* or the next article's are written over them */
        tokens->paragraph_count += paragraph_count;
    return TT_OK;
}

void tti_token_extents_decode(const uint8_t *extents, uint32_t token_count, uint32_t *begins,
                              uint32_t *ends)
{
    uint32_t position = 0;
    for (uint32_t i = 0; i < token_count; i++) {
        tti_token_extent span = {0, 0};
        extents = tti_token_extent_decode(extents, extents + TTI_EXTENT_MAX_BYTES, &span);
        begins[i] = position + span.gap;
        ends[i] = position = begins[i] + span.size;
    }
}
