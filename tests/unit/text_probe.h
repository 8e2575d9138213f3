/* Runs the text stage on one article, for tests to inspect its tokens. */
#ifndef TT_TEXT_PROBE_H
#define TT_TEXT_PROBE_H

#include "text/tokenizer.h"
#include "util/alloc.h"
#include "util/utf8.h"

#include "../test.h"

typedef struct probe {
    tti_tokens store;
    tti_tokenized_text added;
    const char *text;
    uint32_t *begins, *ends;
} probe;

enum { PROBE_SEED = 42 };

/* The text is copied to a buffer of exactly its size, so that reads past it are detected. */
static inline probe probe_open(const char *text, size_t size, tt_paragraphs mode)
{
    probe p;
    char *copy = malloc(size == 0 ? 1 : size);
    tt_error error;
    assert_non_null(copy);
    memcpy(copy, text, size);
    p.text = copy;
    tti_tokens_init(&p.store, &tti_libc_allocator);
    assert_int_equal(
        tti_tokens_append_text(&p.store, copy, size, mode, PROBE_SEED, &p.added, &error), TT_OK);
    p.begins = malloc((p.added.token_count + 1u) * sizeof *p.begins);
    p.ends = malloc((p.added.token_count + 1u) * sizeof *p.ends);
    assert_true(p.begins != NULL && p.ends != NULL);
    tti_token_extents_decode(p.store.extents, p.added.token_count, p.begins, p.ends);
    return p;
}

static inline probe probe_text(const char *text)
{
    return probe_open(text, strlen(text), TT_PARAGRAPHS_AUTO);
}

static inline void probe_close(probe *p)
{
    tti_tokens_free(&p->store);
    free(p->begins);
    free(p->ends);
    free((void *)(uintptr_t)p->text);
}

/* The tokens as written in the text, separated by '|', and paragraphs separated by '/'. */
static inline char *probe_join(const probe *p)
{
    size_t filled = 0;
    uint32_t paragraph = 0;
    char *joined = malloc(p->added.token_count == 0
                              ? 1
                              : 2 * p->added.token_count + p->ends[p->added.token_count - 1]);
    assert_non_null(joined);
    for (uint32_t i = 0; i < p->added.token_count; i++) {
        const uint32_t size = p->ends[i] - p->begins[i];
        if (i > 0 && p->store.paragraphs[paragraph].end == i) {
            joined[filled++] = '/';
            paragraph++;
        } else if (i > 0) {
            joined[filled++] = '|';
        }
        memcpy(joined + filled, p->text + p->begins[i], size);
        filled += size;
    }
    joined[filled] = '\0';
    return joined;
}

static inline void assert_joined(const char *text, tt_paragraphs mode, const char *expected)
{
    probe p = probe_open(text, strlen(text), mode);
    char *joined = probe_join(&p);
    assert_string_equal(joined, expected);
    free(joined);
    probe_close(&p);
}

static inline void assert_tokens(const char *text, const char *expected)
{
    assert_joined(text, TT_PARAGRAPHS_NONE, expected);
}

/* Checks that two texts have the same tokens, whatever their bytes. */
static inline void assert_same(const char *a, const char *b)
{
    probe p = probe_text(a), q = probe_text(b);
    assert_int_equal(p.added.token_count, q.added.token_count);
    assert_memory_equal(p.store.hashes, q.store.hashes,
                        p.added.token_count * sizeof *p.store.hashes);
    assert_true(tti_hash128_equal(p.added.key, q.added.key));
    probe_close(&p);
    probe_close(&q);
}

/* The value of a decimal digit (Nd) of Unicode 16 that NFKD leaves as it is, or -1. */
static inline int plain_digit(uint32_t code)
{
    static const uint32_t zeros[] = {
        0x30,    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,   0xBE6,
        0xC66,   0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,  0x1090,  0x17E0,
        0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,
        0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0x104A0, 0x10D30, 0x10D40, 0x11066,
        0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
        0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60,
        0x16AC0, 0x16B50, 0x16D70, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (code >= zeros[i] && code <= zeros[i] + 9)
            return (int)(code - zeros[i]);
    return -1;
}

/* Writes the digits and the letters that are equal to others as those. @return the new size */
static inline size_t plain_equal_letters(uint8_t *text, size_t size)
{
    size_t filled = 0;
    unsigned length;
    for (size_t i = 0; i < size; i += length) {
        uint32_t code = tti_utf8_decode(text + i, size - i, &length);
        if (plain_digit(code) >= 0)
            code = '0' + (uint32_t)plain_digit(code);
        else if (code == 0x6CC || code == 0x649)
            code = 0x64A;
        else if (code == 0x6A9)
            code = 0x643;
        filled += tti_utf8_encode(code, text + filled);
    }
    return filled;
}

/* Deterministic random numbers for generated texts. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* The seed of a property test: TT_TEST_SEED in the environment, or `given`. It is printed. */
static inline uint64_t test_seed(uint64_t given)
{
    const char *wish = getenv("TT_TEST_SEED");
    const uint64_t seed = wish != NULL ? strtoull(wish, NULL, 0) : given;
    print_message("TT_TEST_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

#endif
