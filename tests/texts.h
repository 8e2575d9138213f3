/* Random text for tests: words of a small language, and the edits that a news desk makes. */
#ifndef TT_TEXTS_H
#define TT_TEXTS_H

#include "support.h"

/** An array of words; each is a number, which text_of() spells. */
typedef struct wordlist {
    uint32_t *words;
    size_t count, capacity;
} wordlist;

static inline void words_add(wordlist *w, uint32_t word)
{
    if (w->count == w->capacity) {
        w->capacity = w->capacity * 2 + 64;
        w->words = realloc(w->words, w->capacity * sizeof *w->words);
        if (w->words == NULL)
            abort();
    }
    w->words[w->count++] = word;
}

static inline void words_copy(wordlist *to, const wordlist *from, size_t begin, size_t end)
{
    for (size_t k = begin; k < end && k < from->count; k++)
        words_add(to, from->words[k]);
}

/** Appends n random words below `vocabulary`, small numbers more often. */
static inline void words_random(wordlist *w, rng *r, size_t n, uint32_t vocabulary)
{
    for (size_t k = 0; k < n; k++) {
        const uint32_t limit = 1 + rng_below(r, vocabulary);
        words_add(w, rng_below(r, limit));
    }
}

/** Replaces each word with a probability of `chance` in 1,000. */
static inline void words_replace(wordlist *w, rng *r, uint32_t chance, uint32_t vocabulary)
{
    for (size_t k = 0; k < w->count; k++)
        if (rng_below(r, 1000) < chance)
            w->words[k] = rng_below(r, vocabulary);
}

static inline void words_free(wordlist *w)
{
    free(w->words);
    memset(w, 0, sizeof *w);
}

/** Spells a word in lower-case letters, distinct for distinct numbers. @return its size, <= 16 */
static inline size_t spell(uint32_t word, char *out)
{
    static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";
    size_t n = 0;
    do {
        out[n++] = consonants[word % 14];
        out[n++] = vowels[word / 14 % 5];
        word /= 70;
    } while (word > 0);
    return n;
}

/** Returns the words as NUL-terminated text, with a blank line after every `paragraph` words (0:
 * none). Owner: the caller, free(). */
static inline char *text_of(const wordlist *w, size_t paragraph)
{
    char *text = malloc(w->count * 18 + 1), *at = text;
    if (text == NULL)
        abort();
    for (size_t k = 0; k < w->count; k++) {
        if (k > 0 && paragraph > 0 && k % paragraph == 0)
            *at++ = '\n', *at++ = '\n';
        else if (k > 0)
            *at++ = ' ';
        at += spell(w->words[k], at);
    }
    *at = '\0';
    return text;
}

/** Returns text of n random words from a seed. Owner: the caller, free(). */
static inline char *random_text(uint64_t seed, size_t n)
{
    rng r = {seed};
    wordlist w = {NULL, 0, 0};
    char *text;
    words_random(&w, &r, n, 5000);
    text = text_of(&w, 0);
    words_free(&w);
    return text;
}

/** Returns a copy of `text` followed by `more`. Owner: the caller, free(). */
static inline char *joined(const char *text, const char *more)
{
    char *out = malloc(strlen(text) + strlen(more) + 1);
    if (out == NULL)
        abort();
    strcpy(out, text);
    strcat(out, more);
    return out;
}

/** An index of some texts with ids "0", "1", ...; NULL where a call fails. */
/* The result of a scan that takes the notices of another one, if that is not NULL. */
static inline tt_result *scan_with_notices(const tt_options *options, const char *const *texts,
                                           size_t count, const tt_result *notices)
{
    tt_scan *b = NULL;
    tt_result *x = NULL;
    char id[24];
    tt_status status = tt_scan_open(&b, options, NULL);
    for (size_t k = 0; k < count && status == TT_OK; k++) {
        tt_article a;
        (void)snprintf(id, sizeof id, "%zu", k);
        a = article_of(id, texts[k]);
        status = tt_scan_add(b, &a, 1, NULL, NULL);
    }
    if (status == TT_OK && notices != NULL)
        status = tt_scan_notices(b, notices, NULL);
    if (status == TT_OK)
        status = tt_scan_finish(b, &x, NULL);
    tt_scan_close(b);
    return status == TT_OK ? x : NULL;
}

static inline tt_result *index_of(const tt_options *options, const char *const *texts, size_t count)
{
    return scan_with_notices(options, texts, count, NULL);
}

#endif
