/*
 * Properties of sections whose places are planted: a passage that stands two to nine times in one
 * article, at any distance or at none, or in two articles, is one section with exactly these
 * places.
 *
 *     test_property_repeats [-s SEED] [-n CASES] [-v]
 */
#include "cases.h"

enum { MOST_PLACES = 9, LEAST_SECTION = 9 };

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

static void run_case(uint64_t seed)
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
    current_seed = seed;
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

int main(int argc, char **argv)
{
    run_cases(argc, argv, 2000, run_case);
    return 0;
}
