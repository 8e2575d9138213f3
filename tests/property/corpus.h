/* Small random corpora of texts that copy, cut, damage and repeat each other, with known words. */
#ifndef TT_PROPERTY_CORPUS_H
#define TT_PROPERTY_CORPUS_H

#include "../texts.h"

enum { MOST_ARTICLES = 40, VOCABULARY = 3000 };

/** One article: its words, its text, and the extent of each word. */
typedef struct text {
    wordlist words;
    char *bytes;
    size_t size;
    uint32_t *begins, *ends;
    char id[12];
    uint32_t same; /**< the first article with the same words */
} text;

typedef struct corpus {
    uint64_t seed;
    text texts[MOST_ARTICLES];
    size_t count;
} corpus;

/* Two of five syllables are not ASCII, so that words and bytes differ. No two words below
 * VOCABULARY have the same 32-bit hash, by which the engine compares them. */
static inline char *put_word(char *at, uint32_t word)
{
    static const char *const vowels[] = {"a", "e", "i", "\xd1\x8f", "\xce\xbb"};
    static const char consonants[] = "bdfgklmnprstvz";
    do {
        *at++ = consonants[word % 14];
        for (const char *v = vowels[word / 14 % 5]; *v != '\0'; v++)
            *at++ = *v;
        word /= 70;
    } while (word > 0);
    return at;
}

static inline void write_text(text *t, rng *r)
{
    static const char *const between[] = {" ", " ", " ", " ", ", ", " - ", "\n", "\n\n", ". "};
    const int plain = rng_below(r, 2) == 0;
    char *at = t->bytes = malloc(t->words.count * 24 + 8);
    t->begins = malloc(t->words.count * sizeof *t->begins + 1);
    t->ends = malloc(t->words.count * sizeof *t->ends + 1);
    if (at == NULL || t->begins == NULL || t->ends == NULL)
        abort();
    if (!plain)
        *at++ = '\n';
    for (size_t k = 0; k < t->words.count; k++) {
        if (k > 0)
            for (const char *s = between[plain ? 0 : rng_below(r, 9)]; *s != '\0'; s++)
                *at++ = *s;
        t->begins[k] = (uint32_t)(at - t->bytes);
        at = put_word(at, t->words.words[k]);
        t->ends[k] = (uint32_t)(at - t->bytes);
    }
    if (!plain)
        *at++ = '.';
    t->size = (size_t)(at - t->bytes);
}

static inline const wordlist *some_words(const corpus *c, rng *r)
{
    return &c->texts[rng_below(r, (uint32_t)c->count)].words;
}

/* Makes a copy of an earlier article with one of the usual edits. */
static inline void edit_copy(const corpus *c, rng *r, wordlist *w)
{
    const wordlist *of = some_words(c, r);
    const size_t n = of->count, middle = n > 0 ? rng_below(r, (uint32_t)n) : 0;
    switch (rng_below(r, 8)) {
    case 0: words_copy(w, of, 0, n); break;
    case 1: words_copy(w, of, 0, n), words_replace(w, r, 20 + rng_below(r, 230), VOCABULARY); break;
    case 2: words_copy(w, of, 0, n - n / 8 + 1); break;
    case 3: words_copy(w, of, 0, middle); break;
    case 4: words_copy(w, of, 0, n), words_random(w, r, 5 + rng_below(r, 120), VOCABULARY); break;
    case 5: words_copy(w, of, middle, n), words_copy(w, of, 0, middle); break;
    case 6:
        words_copy(w, of, 0, middle);
        words_random(w, r, rng_below(r, 60), VOCABULARY);
        words_copy(w, of, middle, n);
        break;
    default: words_copy(w, of, 0, n); words_replace(w, r, 15, VOCABULARY);
    }
}

/* Makes new text with passages of earlier articles. */
static inline void lend(const corpus *c, rng *r, wordlist *w)
{
    const uint32_t lent = 1 + rng_below(r, 4);
    words_random(w, r, rng_below(r, 80), VOCABULARY);
    for (uint32_t k = 0; k < lent; k++) {
        const wordlist *of = some_words(c, r);
        const size_t begin = of->count > 0 ? rng_below(r, (uint32_t)of->count) : 0;
        words_copy(w, of, begin, begin + 20 + rng_below(r, 90));
        words_random(w, r, rng_below(r, 60), VOCABULARY);
    }
}

/* Makes text that repeats itself. */
static inline void repeat(rng *r, wordlist *w)
{
    const uint32_t times = 2 + rng_below(r, 5);
    wordlist unit = {NULL, 0, 0};
    words_random(&unit, r, 1 + rng_below(r, 100), VOCABULARY);
    for (uint32_t k = 0; k < times; k++) {
        words_copy(w, &unit, 0, unit.count);
        words_random(w, r, rng_below(r, 3) * rng_below(r, 30), VOCABULARY);
    }
    words_free(&unit);
}

/** Makes a corpus from a seed. `extremes` adds texts of a few words over and over. */
static inline void corpus_make(corpus *c, uint64_t seed, int extremes)
{
    rng r = {seed};
    const size_t count = 3 + rng_below(&r, MOST_ARTICLES - 2);
    memset(c, 0, sizeof *c);
    c->seed = seed;
    while (c->count < count) {
        text *t = &c->texts[c->count];
        const uint32_t kind = rng_below(&r, 20);
        if (c->count == 0 || kind < 5)
            words_random(&t->words, &r, 20 + rng_below(&r, 300), VOCABULARY);
        else if (kind < 12)
            edit_copy(c, &r, &t->words);
        else if (kind < 16)
            lend(c, &r, &t->words);
        else if (kind < 18)
            repeat(&r, &t->words);
        else if (kind < 19)
            words_random(&t->words, &r, rng_below(&r, 9), VOCABULARY);
        else
            words_random(&t->words, &r, 1 + rng_below(&r, 200), extremes ? 2 : VOCABULARY);
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%zu", c->count);
        c->count++;
    }
    for (size_t k = 0; k < count; k++)
        for (c->texts[k].same = 0; c->texts[k].same < k; c->texts[k].same++) {
            const wordlist *x = &c->texts[c->texts[k].same].words, *y = &c->texts[k].words;
            if (x->count == y->count && x->count > 0 &&
                memcmp(x->words, y->words, x->count * sizeof *x->words) == 0)
                break;
        }
}

static inline void corpus_free(corpus *c)
{
    for (size_t k = 0; k < c->count; k++) {
        words_free(&c->texts[k].words);
        free(c->texts[k].bytes);
        free(c->texts[k].begins);
        free(c->texts[k].ends);
    }
    c->count = 0;
}

#endif
