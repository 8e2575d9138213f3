/*
 * No list of words and no count over a corpus is used, so that the answer follows from the two
 * articles: two texts of one story share names and what the story is about; texts of two stories
 * share short words, which are left out, and some others.
 */
#include "verify/own_text.h"

#include "util/sort.h"

enum {
    STRAY = 4,           /* a run of fewer aligned tokens in other text is there by chance */
    LEAST_OWN = 10,      /* tokens of a text that tells something */
    LEAST_FRAMED = 20,   /* and of one that a notice frames, */
    LONGEST_FRAME = 150, /* which has at most so many */
    ALMOST_NOTHING = 3,  /* own tokens of a page that is left empty: a date, a number */
    LEAST_WORDS = 4      /* distinct ones, to say what a text is about */
};

#define UNRELATED 0.15 /* the share of words that texts of different stories have in common */
#define UNRELATED_TO_SHARED 0.2
#define IN_ONE_PLACE 0.5 /* of the own tokens, so that misread words here and there are none */
#define ALL_IN_ONE_PLACE 0.9
#define FRAMED_SHARE 0.3 /* of the frame's tokens */

/* A notice is the same wherever it is, but for some numbers that are filled in, and has one place
 * for the text that it goes with. A text that was scanned twice is in more pieces: more than these,
 * and one for so many tokens. */
enum { PIECES = 2, PIECE = 20 };
#define OTHER_PLACE 0.1 /* of the shared tokens, between two places that are one */

/* The tokens of an article that are not aligned with the other one. */
typedef struct own_text {
    uint32_t count, longest; /* all; those of the longest run, */
    uint32_t place;          /* before which there are so many shared ones */
    uint32_t shared, pieces; /* tokens and runs of shared text */
    int is_framed, is_last;  /* the article begins and ends with shared text; ends with that run */
} own_text;

/* The end of the run of tokens from `begin` on that are all shared, or all its own; strays are a
 * part of the text around them. */
static uint32_t find_run_end(const uint8_t *aligned, uint32_t count, uint32_t begin, int *is_shared)
{
    uint32_t end = begin, same;
    *is_shared = 0;
    while (end < count) {
        for (same = end; same < count && aligned[same]; same++)
            ;
        if (same - end >= STRAY) {
            *is_shared = end == begin;
            return end == begin ? same : end;
        }
        for (end = same; end < count && !aligned[end]; end++)
            ;
    }
    return end;
}

int tti_next_shared_run(const uint8_t *aligned, uint32_t count, uint32_t *begin, uint32_t *end)
{
    int is_shared = 0;
    while (!is_shared && *end < count) {
        *begin = *end;
        *end = find_run_end(aligned, count, *begin, &is_shared);
    }
    return is_shared;
}

static own_text measure_own_text(const uint8_t *aligned, uint32_t count)
{
    own_text own = {.is_framed = 1};
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        int is_shared;
        end = find_run_end(aligned, count, begin, &is_shared);
        if (is_shared) {
            own.shared += end - begin;
            own.pieces++;
            continue;
        }
        own.count += end - begin;
        if (end - begin > own.longest) {
            own.longest = end - begin;
            own.place = own.shared;
            own.is_last = end == count;
        }
        if (begin == 0 || end == count)
            own.is_framed = 0;
    }
    return own;
}

/* ---- Words ----------------------------------------------------------------------------------- */

/* Who has a word, and whether it says little anywhere. */
enum { SHARED = 1, OF_A = 2, OF_B = 4, LITTLE = 8, BITS = 4 };

/* True for a word that many texts have whatever they are about. */
static int says_little(uint8_t flags)
{
    return tti_token_is_short(flags) || (flags & TTI_TOKEN_KIND) == TTI_TOKEN_NUMBER_WORD;
}

static void collect_words(tti_own_text_words *w, const tti_doc *doc, const uint8_t *aligned,
                          int wants_shared, unsigned who)
{
    const size_t most = w->count + TTI_LONGEST_NOTICE;
    for (uint32_t begin = 0, end; begin < doc->token_count; begin = end) {
        int is_shared;
        end = find_run_end(aligned, doc->token_count, begin, &is_shared);
        for (uint32_t i = begin; is_shared == wants_shared && i < end && w->count < most; i++)
            w->items[w->count++] =
                (uint64_t)doc->hashes[i] << BITS | who | (says_little(doc->flags[i]) ? LITTLE : 0);
    }
}

TTI_SORT_DEFINE(sort_words, uint64_t, *x < *y)

/* Counts the distinct words by those who have them: counts[SHARED | OF_A] have both of these. */
static void count_words(tti_own_text_words *w, uint32_t counts[1 << BITS])
{
    sort_words(w->items, w->count);
    memset(counts, 0, sizeof *counts << BITS);
    for (size_t k = 0, next; k < w->count; k = next) {
        unsigned who = 0;
        for (next = k; next < w->count && w->items[next] >> BITS == w->items[k] >> BITS; next++)
            who |= (unsigned)w->items[next] & ((1u << BITS) - 1);
        counts[who]++;
    }
}

static uint32_t count_of(const uint32_t counts[1 << BITS], unsigned who)
{
    uint32_t n = 0;
    for (unsigned k = 0; k < 1u << BITS; k++)
        n += (k & (who | LITTLE)) == who ? counts[k] : 0;
    return n;
}

/* True if of the words of one, at least a few, the other has one or a small share. */
static int are_unrelated(const uint32_t counts[1 << BITS], unsigned one, unsigned other,
                         double most)
{
    const uint32_t n = count_of(counts, one), both = count_of(counts, one | other);
    return n >= LEAST_WORDS && (both <= 1 || both <= most * n);
}

/* What comes last may be a notice itself: a story does not. */
static int is_told_in_one_place(const own_text *own)
{
    return !own->is_last && own->longest >= LEAST_OWN &&
           own->longest >= IN_ONE_PLACE * own->count && own->pieces <= PIECES + own->shared / PIECE;
}

static int are_in_same_place(const own_text *a, const own_text *b)
{
    const uint32_t apart = a->place > b->place ? a->place - b->place : b->place - a->place;
    return apart <= STRAY || apart <= OTHER_PLACE * a->shared;
}

int tti_share_only_notice(const tti_doc *a, const tti_doc *b, const tti_alignment *al,
                          tti_own_text_words *words)
{
    uint32_t counts[1 << BITS];
    own_text of_a, of_b;
    if (al->aligned_a > TTI_LONGEST_NOTICE ||
        a->token_count + b->token_count < al->aligned_a + al->aligned_b + LEAST_FRAMED)
        return 0;
    of_a = measure_own_text(al->a_aligned, a->token_count);
    of_b = measure_own_text(al->b_aligned, b->token_count);
    words->count = 0;
    if (is_told_in_one_place(&of_a) && is_told_in_one_place(&of_b)) {
        if (!are_in_same_place(&of_a, &of_b))
            return 0;
        collect_words(words, a, al->a_aligned, 1, SHARED);
        collect_words(words, a, al->a_aligned, 0, OF_A);
        collect_words(words, b, al->b_aligned, 0, OF_B);
        count_words(words, counts);
        return are_unrelated(counts, OF_A, SHARED, UNRELATED_TO_SHARED) &&
               are_unrelated(counts, OF_B, SHARED, UNRELATED_TO_SHARED) &&
               are_unrelated(counts, OF_A, OF_B, UNRELATED) &&
               are_unrelated(counts, OF_B, OF_A, UNRELATED);
    }
    if (of_a.count > of_b.count ? of_b.count > ALMOST_NOTHING : of_a.count > ALMOST_NOTHING)
        return 0;
    if (of_a.count < of_b.count)
        return tti_share_only_notice(b, a,
                                     &(tti_alignment){.aligned_a = al->aligned_b,
                                                      .aligned_b = al->aligned_a,
                                                      .a_aligned = al->b_aligned,
                                                      .b_aligned = al->a_aligned},
                                     words);
    if (!of_a.is_framed || of_a.longest < LEAST_FRAMED || of_a.shared > LONGEST_FRAME ||
        of_a.longest < ALL_IN_ONE_PLACE * of_a.count || of_a.longest < FRAMED_SHARE * al->aligned_a)
        return 0;
    collect_words(words, a, al->a_aligned, 1, SHARED);
    collect_words(words, a, al->a_aligned, 0, OF_A);
    count_words(words, counts);
    return are_unrelated(counts, OF_A, SHARED, UNRELATED_TO_SHARED);
}
