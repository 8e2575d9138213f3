/*
 * Properties of sections whose places are planted: a passage that stands two to nine times in one
 * article, at any distance or at none, or in two articles, is one section with exactly these
 * places; a text of 6 to 12 words in a longer one is no pair, but a section of --min-section 6; two
 * short texts that differ in few words are a pair.
 *
 *     test_property_repeats [-s SEED] [-n CASES] [-v]
 */
#include "cases.h"

enum { MOST_PLACES = 9, LEAST_SECTION = 6 };

/* Where the passage was planted. */
typedef struct place {
    uint32_t article, word;
} place;

/* Appends words that occur nowhere else. */
static void add_new_words(wordlist *w, uint32_t *next, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++)
        words_add(w, (*next)++);
}

static void check_planted_passage(uint64_t seed)
{
    rng r = {seed};
    corpus c = {.seed = seed, .count = 1 + rng_below(&r, 2)};
    const uint32_t min_section = LEAST_SECTION + rng_below(&r, 30);
    const uint32_t length = min_section + rng_below(&r, 80), count = 2 + rng_below(&r, 8);
    const uint32_t most_gap = rng_below(&r, 3) * rng_below(&r, 50);
    const int is_even = rng_below(&r, 2) == 0; /* all gaps have the same length */
    const plan p = {5, min_section, 1, 2, 0, NULL, 0, 0};
    place places[MOST_PLACES];
    wordlist passage = {NULL, 0, 0};
    uint32_t next = 0;
    results found;
    add_new_words(&passage, &next, length);
    for (uint32_t k = 0, article = 0; article < c.count; article++) {
        text *t = &c.texts[article];
        const uint32_t last = article + 1 == c.count ? count : k + 1 + rng_below(&r, count - 1);
        add_new_words(&t->words, &next, rng_below(&r, 100));
        for (; k < last; k++) {
            places[k] = (place){article, (uint32_t)t->words.count};
            words_copy(&t->words, &passage, 0, length);
            add_new_words(&t->words, &next, is_even ? most_gap : rng_below(&r, most_gap + 1));
        }
        add_new_words(&t->words, &next, rng_below(&r, 100));
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%u", (unsigned)article);
    }
    scan(&c, &p, &found);
    CHECK(found.section_count == 1, "%zu sections of a passage of %u in %u places",
          found.section_count, (unsigned)length, (unsigned)count);
    CHECK(found.sections->count == count, "%zu of %u places", (size_t)found.sections->count,
          (unsigned)count);
    CHECK(found.sections->tokens == length, "%u of %u tokens", (unsigned)found.sections->tokens,
          (unsigned)length);
    for (uint32_t k = 0; k < count; k++) {
        const tt_occurrence *o = &found.sections->occurrences[k];
        const text *t = &c.texts[places[k].article], *first = &c.texts[places->article];
        CHECK(o->article == places[k].article, "place %u is in %u", (unsigned)k,
              (unsigned)o->article);
        CHECK(o->begin == t->begins[places[k].word] &&
                  o->end == t->ends[places[k].word + length - 1],
              "place %u of %u is [%u, %u)", (unsigned)k, (unsigned)count, (unsigned)o->begin,
              (unsigned)o->end);
        CHECK(k == 0 || (o->of_begin == first->begins[places->word] &&
                         o->of_end == first->ends[places->word + length - 1]),
              "place %u of %u repeats [%u, %u)", (unsigned)k, (unsigned)count,
              (unsigned)o->of_begin, (unsigned)o->of_end);
    }
    results_free(&found);
    words_free(&passage);
    corpus_free(&c);
}

/* Whether a section has all words of article `number` in one place, and in another the same words
 * of the long article. */
static int has_whole_text(const corpus *c, const results *found, uint32_t number, uint32_t in)
{
    const text *t = &c->texts[number];
    for (size_t k = 0; k < found->section_count; k++) {
        const tt_section *s = &found->sections[k];
        int is_whole = 0, is_in = 0;
        for (size_t i = 0; i < s->count; i++) {
            const tt_occurrence *o = &s->occurrences[i];
            is_whole |= o->article == number && o->begin <= t->begins[0] &&
                        o->end >= t->ends[t->words.count - 1];
            is_in |= o->article == in;
        }
        if (is_whole && is_in)
            return 1;
    }
    return 0;
}

/* Texts of 6 to 12 words of a longer one, before or after it, that do not overlap there. */
static void check_short_texts(uint64_t seed)
{
    enum { APART = 30 };
    rng r = {seed};
    const uint32_t vocabulary = 90 + rng_below(&r, VOCABULARY - 90), count = 2 + rng_below(&r, 20);
    const uint32_t in = rng_below(&r, count);
    const plan p = {5, 6, 1, 8, 0, NULL, 0, 0};
    corpus c = {.seed = seed, .count = count};
    results found;
    wordlist *words = &c.texts[in].words;
    for (uint32_t k = 0; k < APART * count; k++)
        words_add(words, rng_below(&r, vocabulary));
    words_random(words, &r, rng_below(&r, 900), vocabulary);
    for (uint32_t k = 0; k < count; k++) {
        text *t = &c.texts[k];
        const uint32_t length = 6 + rng_below(&r, 7), begin = APART * k + rng_below(&r, APART - 12);
        if (k != in)
            words_copy(&t->words, words, begin, begin + length);
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%u", (unsigned)k);
    }
    scan(&c, &p, &found);
    CHECK(found.pair_count == 0, "%zu short texts are pairs with a long one", found.pair_count);
    for (uint32_t k = 0; k < count; k++)
        CHECK(k == in || has_whole_text(&c, &found, k, in),
              "text %u of %zu words is not found in %u", (unsigned)k, c.texts[k].words.count,
              (unsigned)in);
    results_free(&found);
    corpus_free(&c);
}

/* Two texts of 8 to 30 words that differ in three words of twenty at most, among others. */
static void check_near_texts(uint64_t seed)
{
    rng r = {seed};
    const uint32_t count = 2 + rng_below(&r, MOST_ARTICLES - 1), length = 8 + rng_below(&r, 23);
    const uint32_t replaced = rng_below(&r, length * 3 / 20 + 1);
    const plan p = {5, 32, 1, 8, 0, NULL, 0, 0};
    corpus c = {.seed = seed, .count = count};
    results found;
    uint32_t next = 0;
    for (uint32_t k = 0; k < count; k++) {
        text *t = &c.texts[k];
        if (k + 1 < count)
            add_new_words(&t->words, &next, length);
        else
            words_copy(&t->words, &c.texts->words, 0, length);
        for (uint32_t i = 0; k + 1 == count && i < replaced; i++)
            t->words.words[rng_below(&r, length)] = next++;
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%u", (unsigned)k);
    }
    scan(&c, &p, &found);
    CHECK(found.pair_count == 1, "%zu pairs of %u words, %u replaced", found.pair_count,
          (unsigned)length, (unsigned)replaced);
    CHECK(found.pairs->a == 0 && found.pairs->b == count - 1, "another pair");
    CHECK(found.pairs->relation != TT_SERIES || found.pairs->overlap_a < 0.85,
          "%u words, %u replaced: a series", (unsigned)length, (unsigned)replaced);
    results_free(&found);
    corpus_free(&c);
}

static void run_case(uint64_t seed)
{
    current_seed = seed;
    check_planted_passage(seed);
    check_near_texts(seed);
    check_short_texts(seed);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 2000, run_case);
    return 0;
}
