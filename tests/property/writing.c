/*
 * One text written in two ways is one text: digits of any script, letters that look alike, straight
 * and curly apostrophes, words cut at the ends of lines, spaces that are not seen. The pair is
 * identical with all its facts, and the passages that both share with a third text have the same
 * words in both.
 *
 *     test_property_writing [-s SEED] [-n CASES] [-v]
 */
#include "cases.h"

enum { MOST_BYTES = 1 << 16 };

/* How a text is written. */
typedef struct writing {
    rng r;
    uint32_t digits; /* the zero of its digits */
    int hyphenates;  /* cuts words at the ends of lines */
    int separates;   /* digits from letters by spaces */
    int is_persian;  /* yehs and kafs */
    uint32_t apostrophe;
    char *at, *line;
} writing;

static void put_code(writing *w, uint32_t c)
{
    if (c < 0x80)
        *w->at++ = (char)c;
    else if (c < 0x800)
        *w->at++ = (char)(0xC0 | c >> 6), *w->at++ = (char)(0x80 | (c & 0x3F));
    else if (c < 0x10000)
        *w->at++ = (char)(0xE0 | c >> 12), *w->at++ = (char)(0x80 | (c >> 6 & 0x3F)),
        *w->at++ = (char)(0x80 | (c & 0x3F));
    else
        *w->at++ = (char)(0xF0 | c >> 18), *w->at++ = (char)(0x80 | (c >> 12 & 0x3F)),
        *w->at++ = (char)(0x80 | (c >> 6 & 0x3F)), *w->at++ = (char)(0x80 | (c & 0x3F));
}

static void put_number(writing *w, uint32_t number)
{
    char digits[12];
    const int size = snprintf(digits, sizeof digits, "%u", (unsigned)number);
    for (int k = 0; k < size; k++)
        put_code(w, w->digits + (uint32_t)(digits[k] - '0'));
}

/* A word of Latin letters; it may be cut in two. */
static void put_latin(writing *w, uint32_t word)
{
    char letters[24], *end = put_word(letters, word);
    const long size = end - letters;
    const long cut = w->hyphenates && w->at - w->line > 30 && size >= 4 ? 2 : size;
    for (long k = 0; k < size; k++) {
        if (k == cut && (letters[k] & 0xC0) != 0x80) {
            memcpy(w->at, "-\n", 2);
            w->line = w->at += 2;
        }
        *w->at++ = letters[k];
        if (rng_below(&w->r, 40) == 0 && k + 1 < size && (letters[k + 1] & 0xC0) != 0x80)
            put_code(w, 0xAD);
    }
}

/* A word of Arabic letters. */
static void put_arabic(writing *w, uint32_t word)
{
    static const uint32_t letters[] = {0x628, 0x62F, 0x631, 0x64A, 0x643, 0x644, 0x645, 0x648};
    do {
        uint32_t c = letters[word % 8];
        if (w->is_persian)
            c = c == 0x64A ? 0x6CC : c == 0x643 ? 0x6A9 : c;
        put_code(w, c);
        if (rng_below(&w->r, 20) == 0)
            put_code(w, 0x640);
        word /= 8;
    } while (word > 0);
}

static void put_space(writing *w)
{
    static const uint32_t spaces[] = {' ', ' ', ' ', 0xA0, 0x200B, 0x2009};
    put_code(w, spaces[rng_below(&w->r, 6)]);
}

/* Writes `words`: the lowest two bits of each are its kind. @return the size */
static size_t write_words(writing *w, const wordlist *words, char *out)
{
    w->at = w->line = out;
    for (size_t k = 0; k < words->count; k++) {
        const uint32_t word = words->words[k] / 4;
        switch (words->words[k] % 4) {
        case 0: /* a number, an Arabic word */
            put_number(w, word);
            if (w->separates)
                put_space(w);
            put_arabic(w, word);
            break;
        case 1:
            put_latin(w, word);
            put_code(w, w->apostrophe);
            *w->at++ = 's';
            break;
        default: put_latin(w, word);
        }
        if (w->at - w->line > 50)
            *w->at++ = '\n', w->line = w->at;
        else
            put_space(w);
    }
    return (size_t)(w->at - out);
}

static writing random_writing(rng *r)
{
    static const uint32_t zeros[] = {'0', '0', 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1E950};
    static const uint32_t apostrophes[] = {'\'', 0x2019, 0x2BC, 0xFF07, 0x2018};
    return (writing){.r = {rng_next(r)},
                     .digits = zeros[rng_below(r, 9)],
                     .hyphenates = rng_below(r, 2) == 0,
                     .separates = rng_below(r, 2) == 0,
                     .is_persian = rng_below(r, 2) == 0,
                     .apostrophe = apostrophes[rng_below(r, 5)]};
}

static void run_case(uint64_t seed)
{
    static char bytes[2][MOST_BYTES];
    rng r = {seed};
    wordlist words = {NULL, 0, 0};
    tt_article articles[2];
    const tt_pair *pairs;
    const tt_segment *segments;
    tt_alignment *al = NULL;
    size_t count;
    current_seed = seed;
    words_random(&words, &r, 20 + rng_below(&r, 300), 4 * VOCABULARY);
    for (int k = 0; k < 2; k++) {
        writing w = random_writing(&r);
        articles[k] = (tt_article){.text = bytes[k],
                                   .text_size = write_words(&w, &words, bytes[k]),
                                   .published = TT_NO_TIME};
    }
    CHECK(tt_align(&al, &articles[0], &articles[1], NULL, 0, NULL) == TT_OK, "align");
    pairs = tt_alignment_pair(al, NULL);
    CHECK(pairs->relation == TT_IDENTICAL || pairs->resemblance == 1,
          "a resemblance of %f: %.*s\n---\n%.*s", pairs->resemblance, (int)articles[0].text_size,
          bytes[0], (int)articles[1].text_size, bytes[1]);
    CHECK(pairs->facts == 1 && pairs->overlap_a == 1, "facts");
    segments = tt_alignment_segments(al, &count);
    CHECK(count == 1 && segments->kind == TT_SEGMENT_EQUAL, "%zu segments", count);
    tt_alignment_close(al);
    words_free(&words);
}

int main(int argc, char **argv)
{
    run_cases(argc, argv, 2000, run_case);
    return 0;
}
