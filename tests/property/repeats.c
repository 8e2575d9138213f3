/*
 * Properties of sections whose places are planted: a passage that occurs two to sixty times in one
 * article, at any distance or at none, or in two articles, is one section with exactly these
 * places; a run of text that articles share is one section with all of it, though other articles
 * have parts; passages in another order are found from their first words to their last; a text of 6
 * to 12 words in a longer one is no pair, but a section of --min-section 6; two short texts that
 * differ in few words are a pair.
 *
 *     test_property_repeats [-s SEED] [-n CASES] [-v]
 */
#include "cases.h"

enum { FEW_PLACES = 9, MOST_PLACES = 60, LEAST_SECTION = 6 };

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
    const uint32_t length = min_section + rng_below(&r, 80);
    const uint32_t count =
        2 + rng_below(&r, (rng_below(&r, 2) == 0 ? FEW_PLACES : MOST_PLACES) - 1);
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

/* ---- Runs ------------------------------------------------------------------------------------ */

enum { MOST_FRAGMENTS = 6, RUN_ARTICLES = 8 };

/* A run of fragments that some articles have whole, each between words that occur nowhere else; the
 * others have one fragment each. */
typedef struct planted_run {
    corpus texts;
    uint32_t fragments, fragment_words;
    uint32_t part[RUN_ARTICLES];  /* the fragment of an article; `fragments` in those with all */
    uint32_t begin[RUN_ARTICLES]; /* the first word of that */
} planted_run;

/* Whether one section has `count` fragments from `from` on in both articles. */
static int are_together(const planted_run *p, const results *found, uint32_t x, uint32_t y,
                        uint32_t from, uint32_t count)
{
    const uint32_t articles[] = {x, y};
    for (size_t k = 0; k < found->section_count; k++) {
        int have = 0;
        for (int side = 0; side < 2; side++) {
            const uint32_t n = articles[side];
            const uint32_t first = p->part[n] == p->fragments ? 0 : p->part[n];
            const uint32_t word = p->begin[n] + (from - first) * p->fragment_words;
            const text *t = &p->texts.texts[n];
            for (size_t i = 0; i < found->sections[k].count; i++) {
                const tt_occurrence *o = &found->sections[k].occurrences[i];
                have += o->article == n && o->begin <= t->begins[word] &&
                        o->end >= t->ends[word + count * p->fragment_words - 1];
            }
        }
        if (have == 2)
            return 1;
    }
    return 0;
}

/* How many sections have both articles. */
static size_t count_together(const results *found, uint32_t x, uint32_t y)
{
    size_t count = 0;
    for (size_t k = 0; k < found->section_count; k++) {
        int has_x = 0, has_y = 0;
        for (size_t i = 0; i < found->sections[k].count; i++) {
            has_x |= found->sections[k].occurrences[i].article == x;
            has_y |= found->sections[k].occurrences[i].article == y;
        }
        count += has_x && has_y;
    }
    return count;
}

/* Any two articles that have the run have it in one section, and share no other but fragments that
 * others have alone. What an article has of the run is in a section with the first that has it. */
static void check_planted_run(uint64_t seed)
{
    rng r = {seed};
    const uint32_t min_section = LEAST_SECTION + rng_below(&r, 30);
    planted_run p = {.fragments = 2 + rng_below(&r, MOST_FRAGMENTS - 1),
                     .fragment_words = min_section + 2 + rng_below(&r, 40)};
    const plan options = {5, min_section, 1, 2, 0, NULL, 0, 0};
    const uint32_t count = 2 + rng_below(&r, RUN_ARTICLES - 1);
    uint32_t next = 0, has_part[MOST_FRAGMENTS] = {0};
    wordlist run = {NULL, 0, 0};
    results found;
    p.texts = (corpus){.seed = seed, .count = count};
    add_new_words(&run, &next, p.fragments * p.fragment_words);
    for (uint32_t n = 0; n < count; n++) {
        text *t = &p.texts.texts[n];
        p.part[n] = rng_below(&r, 2) == 0 ? rng_below(&r, p.fragments) : p.fragments;
        add_new_words(&t->words, &next, 1 + rng_below(&r, 100));
        p.begin[n] = (uint32_t)t->words.count;
        if (p.part[n] < p.fragments) {
            words_copy(&t->words, &run, p.part[n] * p.fragment_words,
                       (p.part[n] + 1) * p.fragment_words);
            has_part[p.part[n]] = 1;
        } else {
            words_copy(&t->words, &run, 0, run.count);
        }
        add_new_words(&t->words, &next, 1 + rng_below(&r, 100));
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%u", (unsigned)n);
    }
    scan(&p.texts, &options, &found);
    for (uint32_t y = 1; y < count; y++) {
        uint32_t first = 0;
        while (p.part[first] != p.part[y] && p.part[first] != p.fragments)
            first++;
        if (p.part[y] < p.fragments && first < y)
            CHECK(are_together(&p, &found, first, y, p.part[y], 1),
                  "%u is in no section with %u, the first", (unsigned)y, (unsigned)first);
        for (uint32_t x = 0; x < y; x++) {
            size_t most = 1;
            if (p.part[x] != p.fragments || p.part[y] != p.fragments)
                continue;
            for (uint32_t k = 0; k < p.fragments; k++)
                most += has_part[k];
            CHECK(are_together(&p, &found, x, y, 0, p.fragments), "the run of %u and %u is cut",
                  (unsigned)x, (unsigned)y);
            CHECK(count_together(&found, x, y) <= most, "%u and %u share %zu sections, not %zu",
                  (unsigned)x, (unsigned)y, count_together(&found, x, y), most);
        }
    }
    results_free(&found);
    words_free(&run);
    corpus_free(&p.texts);
}

/* ---- Moved passages -------------------------------------------------------------------------- */

enum { MOST_MOVED = 6, MOST_GAP = 20 };

/* A passage, and its first word in two articles. */
typedef struct moved_passage {
    uint32_t words, begin[2];
} moved_passage;

/* Whether a section has all of the passage in both articles. */
static int is_found(const corpus *c, const results *found, const moved_passage *m)
{
    for (size_t k = 0; k < found->section_count; k++) {
        int have[2] = {0, 0};
        for (size_t i = 0; i < found->sections[k].count; i++) {
            const tt_occurrence *o = &found->sections[k].occurrences[i];
            const text *t = &c->texts[o->article];
            const uint32_t first = m->begin[o->article];
            have[o->article] |=
                o->begin <= t->begins[first] && o->end >= t->ends[first + m->words - 1];
        }
        if (have[0] && have[1])
            return 1;
    }
    return 0;
}

/* Passages that the second article has in another order, with other words between them or none.
 * They are longer than a gap within a passage may be, in which nothing else is looked for. */
static void check_moved_passages(uint64_t seed)
{
    rng r = {seed};
    corpus c = {.seed = seed, .count = 2};
    const uint32_t min_section = MOST_GAP + 1 + rng_below(&r, 30);
    const uint32_t count = 2 + rng_below(&r, MOST_MOVED - 1), most_gap = rng_below(&r, 3) * 10;
    const uint32_t turn = 1 + rng_below(&r, count - 1); /* the second begins with this one, */
    const int is_back = rng_below(&r, 2) == 0;          /* and goes back from it or on */
    const plan p = {5, min_section, 1, 2, 0, NULL, 0, 0};
    moved_passage moved[MOST_MOVED];
    uint32_t next = 0;
    results found;
    for (uint32_t n = 0; n < 2; n++) {
        text *t = &c.texts[n];
        for (uint32_t k = 0; k < count; k++) {
            moved_passage *m = &moved[n == 0 ? k : (is_back ? turn + count - k : turn + k) % count];
            add_new_words(&t->words, &next, rng_below(&r, most_gap + 1));
            if (n == 0)
                m->words = min_section + 2 + rng_below(&r, 60);
            m->begin[n] = (uint32_t)t->words.count;
            if (n == 0)
                add_new_words(&t->words, &next, m->words);
            else
                words_copy(&t->words, &c.texts->words, m->begin[0], m->begin[0] + m->words);
        }
        write_text(t, &r);
        (void)snprintf(t->id, sizeof t->id, "t%u", (unsigned)n);
    }
    scan(&c, &p, &found);
    for (uint32_t k = 0; k < count; k++)
        CHECK(is_found(&c, &found, &moved[k]), "passage %u of %u, %u words, is not found",
              (unsigned)k, (unsigned)count, (unsigned)moved[k].words);
    results_free(&found);
    corpus_free(&c);
}

/* ---- Short texts ----------------------------------------------------------------------------- */

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
    CHECK(found.pairs->relation != TT_SERIES || found.pairs->overlap_a < 0.9,
          "%u words, %u replaced: a series", (unsigned)length, (unsigned)replaced);
    results_free(&found);
    corpus_free(&c);
}

static void run_case(uint64_t seed)
{
    current_seed = seed;
    check_planted_passage(seed);
    check_planted_run(seed);
    check_moved_passages(seed);
    check_near_texts(seed);
    check_short_texts(seed);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 2000, run_case);
    return 0;
}
