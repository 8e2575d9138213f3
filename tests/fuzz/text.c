/*
 * The text stage. UTF-8 is accepted and anything else refused; tokens are within the text, in
 * order, and on whole characters; paragraphs contain every token once; every kernel set gives the
 * same; and an article gives the same tokens after another one, and in its decomposed form (NFD).
 *
 * Input: the mode of paragraphs, a seed, the text.
 */
#include "fuzz.h"

#include "kernels/kernels.h"
#include "text/characters.h"
#include "text/tokenizer.h"
#include "util/alloc.h"

#include <utf8proc.h>

typedef struct article {
    tti_tokens store;
    tti_tokenized_text added;
    size_t token_begin, extents_begin; /* where the article begins in the store */
} article;

static tt_status append(article *a, const void *text, size_t size, int mode, uint64_t seed)
{
    tt_error error = {TT_OK, 0, ""};
    a->token_begin = a->store.count;
    a->extents_begin = a->store.extents_size;
    return tti_tokens_append_text(&a->store, text, size, (tt_paragraphs)mode, seed, &a->added,
                                  &error);
}

static size_t valid_up_to(const uint8_t *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code;
        const utf8proc_ssize_t n =
            utf8proc_iterate(text + at, (utf8proc_ssize_t)(size - at), &code);
        if (n <= 0)
            return at;
        at += (size_t)n;
    }
    return size;
}

static int cuts_character(const uint8_t *text, size_t size, size_t at)
{
    return at < size && (text[at] & 0xC0) == 0x80;
}

static void check_tokens(const article *a, const uint8_t *text, size_t size)
{
    const uint32_t n = a->added.token_count;
    uint32_t *begins = malloc(((size_t)n + 1) * 4), *ends = malloc(((size_t)n + 1) * 4), last = 0;
    if (begins == NULL || ends == NULL)
        abort();
    if (n > 0)
        tti_token_extents_decode(a->store.extents + a->extents_begin, n, begins, ends);
    for (uint32_t i = 0; i < n; i++) {
        FUZZ_CHECK(last <= begins[i] && begins[i] < ends[i] && ends[i] <= size,
                   "token %u is %u..%u after %u", i, begins[i], ends[i], last);
        FUZZ_CHECK(!cuts_character(text, size, begins[i]) && !cuts_character(text, size, ends[i]),
                   "token %u, %u..%u, cuts a character", i, begins[i], ends[i]);
        last = ends[i];
    }
    free(begins);
    free(ends);
}

static void check_paragraphs(const article *a)
{
    const size_t first = a->store.paragraph_count - a->added.paragraph_count;
    uint32_t at = 0;
    for (size_t i = first; i < a->store.paragraph_count; i++) {
        const tti_paragraph *p = &a->store.paragraphs[i];
        FUZZ_CHECK(p->begin == at && p->end > at, "a paragraph is %u..%u after %u", p->begin,
                   p->end, at);
        FUZZ_CHECK(a->store.flags[a->token_begin + at] & TTI_TOKEN_PARAGRAPH, "no flag at %u", at);
        at = p->end;
    }
    FUZZ_CHECK(at == a->added.token_count, "paragraphs end at %u of %u", at, a->added.token_count);
}

static void check_same_hashes(const article *x, const article *y, const char *what)
{
    FUZZ_CHECK(x->added.token_count == y->added.token_count, "%s: %u tokens, and %u", what,
               x->added.token_count, y->added.token_count);
    for (uint32_t i = 0; i < x->added.token_count; i++)
        FUZZ_CHECK(x->store.hashes[x->token_begin + i] == y->store.hashes[y->token_begin + i],
                   "%s: token %u", what, i);
}

/* Adds the article a second time: what precedes an article must not matter. */
static void check_again(const article *first, const uint8_t *text, size_t size, int mode,
                        uint64_t seed)
{
    article twice = {0};
    tti_tokens_init(&twice.store, &tti_libc_allocator);
    FUZZ_CHECK(append(&twice, text, size, mode, seed) == TT_OK &&
                   append(&twice, text, size, mode, seed) == TT_OK,
               "a second time");
    check_same_hashes(first, &twice, "after another article");
    FUZZ_CHECK(tti_hash128_equal(first->added.key, twice.added.key), "another key");
    FUZZ_CHECK(first->added.token_count == 0 ||
                   memcmp(first->store.flags, twice.store.flags + twice.token_begin,
                          first->added.token_count) == 0,
               "other flags");
    FUZZ_CHECK(first->added.extents_size == twice.added.extents_size, "other spans");
    FUZZ_CHECK(first->added.extents_size == 0 ||
                   memcmp(first->store.extents, twice.store.extents + twice.extents_begin,
                          first->added.extents_size) == 0,
               "other spans");
    tti_tokens_free(&twice.store);
}

static void check_decomposed(const article *composed, const uint8_t *text, size_t size, int mode,
                             uint64_t seed)
{
    utf8proc_uint8_t *nfd = NULL;
    const utf8proc_ssize_t n = utf8proc_map(text, (utf8proc_ssize_t)size, &nfd, UTF8PROC_DECOMPOSE);
    article a = {0};
    uint8_t *copy;
    if (n < 0)
        return;
    copy = fuzz_copy(nfd, (size_t)n);
    free(nfd);
    tti_tokens_init(&a.store, &tti_libc_allocator);
    FUZZ_CHECK(append(&a, copy, (size_t)n, mode, seed) == TT_OK, "NFD is refused");
    check_same_hashes(composed, &a, "decomposed");
    tti_tokens_free(&a.store);
    free(copy);
}

/* Splits the blocks of the text with every kernel set. */
static void check_kernels(const uint8_t *text, size_t size)
{
    const tti_kernels *sets[8];
    const size_t count = tti_kernels_all(sets, 8);
    for (size_t at = 0; at < size; at += TTI_SPLIT_BYTES) {
        const size_t n = size - at < TTI_SPLIT_BYTES ? size - at : TTI_SPLIT_BYTES;
        uint8_t first[TTI_SPLIT_BYTES + TTI_SPLIT_PADDING],
            other[TTI_SPLIT_BYTES + TTI_SPLIT_PADDING];
        static tti_split x, y;
        memset(&x, 0, sizeof x);
        sets[0]->split(text + at, n, first, &x);
        for (size_t k = 1; k < count; k++) {
            memset(&y, 0, sizeof y);
            sets[k]->split(text + at, n, other, &y);
            FUZZ_CHECK(memcmp(first, other, n) == 0, "%s and %s fold differently", sets[0]->name,
                       sets[k]->name);
            FUZZ_CHECK(x.count == y.count && memcmp(x.begin, y.begin, x.count * 2) == 0 &&
                           memcmp(x.end, y.end, x.count * 2) == 0,
                       "%s and %s find other runs", sets[0]->name, sets[k]->name);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_input in = {bytes, size};
    const int mode = (int)fuzz_below(&in, 4);
    const uint64_t seed = fuzz_byte(&in);
    uint8_t *text = fuzz_copy(in.bytes, in.size);
    article a = {0};
    tt_status status;
    tti_tokens_init(&a.store, &tti_libc_allocator);
    status = append(&a, text, in.size, mode, seed);
    FUZZ_CHECK(memcmp(text, in.bytes, in.size) == 0 || in.size == 0, "the text was changed");
    if (valid_up_to(text, in.size) != in.size) {
        FUZZ_CHECK(status == TT_EFORMAT, "status %d for what is no UTF-8", status);
        FUZZ_CHECK(a.store.count == 0 && a.store.paragraph_count == 0, "something is left of it");
    } else {
        FUZZ_CHECK(status == TT_OK, "status %d for UTF-8", status);
        check_tokens(&a, text, in.size);
        check_paragraphs(&a);
        check_again(&a, text, in.size, mode, seed);
        check_decomposed(&a, text, in.size, mode, seed);
        if (in.size > 0)
            check_kernels(text, in.size);
    }
    tti_tokens_free(&a.store);
    free(text);
    return 0;
}
