/*
 * No list of words and no count over a corpus is used, so that the answer follows from the two
 * articles: two texts of one story share names and what the story is about; texts of two stories
 * share short words, which are left out, and some others.
 */
#include "verify/own_text.h"

#include "align/anchors.h"
#include "util/minmax.h"

enum {
    STRAY = 4,           /* a run of fewer aligned tokens in other text is there by chance */
    LEAST_FRAMED = 20,   /* the least tokens of a text that a notice frames */
    LONGEST_FRAME = 150, /* the most tokens of such a notice */
    NEARBY = 150,        /* tokens on either side of a run of own text */
    LONGEST_FLASH = 40,  /* tokens; longer own text of pages may be their furniture */
    ALMOST_NOTHING = 3,  /* own tokens of a page that is left empty: a date, a number */
    FEW_WORDS = 4        /* of so few, none is another's by chance */
};

#define UNRELATED 0.15 /* the share of words that texts of different stories have in common */
#define UNRELATED_TO_SHARED 0.2
#define IN_ONE_PLACE 0.5 /* of the own tokens, so that misread words here and there are none */
#define ALL_IN_ONE_PLACE 0.9
#define FRAMED_SHARE 0.3 /* of the frame's tokens */

/* A notice is the same wherever it is, but for some numbers that are filled in, and has one place
 * for the text that it goes with. A text that was scanned twice is in more pieces: more than these,
 * and one for so many tokens. */
enum { PIECES = 2, PIECE = 50 };
enum { BESIDE = 12 }; /* shared tokens on either side of own text that is inside */
#define INSIDE_SHARE 0.4
#define OTHER_PLACE 0.1 /* of the shared tokens, between two places that are one */

/* An article beside another: `head` tokens at its begin and `tail` at its end are those of the
 * other, a dateline or a signature, however few they are. */
typedef struct compared_text {
    const tti_doc *doc;
    const uint8_t *aligned;
    uint32_t head, tail;
} compared_text;

/* The tokens of an article that are not aligned with the other one. */
typedef struct own_text {
    uint32_t count, longest; /* all tokens; those of the longest run */
    uint32_t begin, place;   /* where that run begins; how many shared tokens are before it */
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
        same = tti_aligned_run_end(aligned, count, end, 1);
        if (same - end >= STRAY) {
            *is_shared = end == begin;
            return end == begin ? same : end;
        }
        end = tti_aligned_run_end(aligned, count, same, 0);
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

static own_text measure_own_text(const compared_text *x)
{
    const uint32_t count = x->doc->token_count - x->tail;
    own_text own = {.is_framed = x->head >= STRAY && x->tail >= STRAY,
                    .shared = x->head,
                    .pieces = (x->head >= STRAY) + (x->tail >= STRAY)};
    for (uint32_t begin = x->head, end; begin < count; begin = end) {
        int is_shared;
        end = find_run_end(x->aligned, count, begin, &is_shared);
        if (is_shared) {
            own.shared += end - begin;
            own.pieces++;
            continue;
        }
        own.count += end - begin;
        if (end - begin > own.longest) {
            own.longest = end - begin;
            own.begin = begin;
            own.place = own.shared;
            own.is_last = end == count && x->tail < STRAY;
        }
    }
    own.shared += x->tail;
    return own;
}

/* Sets how many tokens the two have in common at their ends. */
static void measure_ends(compared_text *x, compared_text *y)
{
    const uint32_t n = x->doc->token_count, m = y->doc->token_count, most = n < m ? n : m;
    uint32_t head, tail = 0;
    head = tti_count_equal_tokens(x->doc->hashes, y->doc->hashes, most);
    while (tail < most - head && x->doc->hashes[n - 1 - tail] == y->doc->hashes[m - 1 - tail])
        tail++;
    x->head = y->head = head;
    x->tail = y->tail = tail;
}

/* ---- Words ----------------------------------------------------------------------------------- */

/* Who has a word, and what it is. */
enum { SHARED = 1, OF_A = 2, OF_B = 4, TELLS = 8, SHARED_NEARBY = 16, BITS = 5 };

int tti_token_tells(uint8_t flags)
{
    const int kind = flags & TTI_TOKEN_KIND;
    return (flags & TTI_TOKEN_CAPITAL) == 0 && !tti_token_is_short(flags) &&
           kind != TTI_TOKEN_NUMERAL && kind != TTI_TOKEN_NUMBER_WORD &&
           kind != TTI_TOKEN_DATE_WORD;
}

/* Those of the longest run: words that were misread here and there say nothing. */
static void collect_own_words(tti_word_owners *w, const compared_text *x, const own_text *own,
                              unsigned who)
{
    const uint32_t size = tti_min(own->longest, TTI_LONGEST_NOTICE);
    for (uint32_t i = own->begin; i < own->begin + size; i++)
        if (!tti_token_is_short(x->doc->flags[i]))
            tti_word_owners_add(w, x->doc->hashes[i],
                                (uint8_t)(who | (tti_token_tells(x->doc->flags[i]) ? TELLS : 0)));
}

/* Marks the own words that the shared text has too; of a text that is too long for a notice, those
 * nearby the run of own text. */
static void mark_shared_words(tti_word_owners *w, const compared_text *x, const own_text *own)
{
    uint32_t left = TTI_LONGEST_NOTICE;
    const uint32_t count = x->doc->token_count, end = own->begin + own->longest;
    for (uint32_t i = 0; i < count && left > 0; i++) {
        const int is_shared = i < x->head || i >= count - x->tail || x->aligned[i];
        const int is_nearby = i + NEARBY >= own->begin && i < end + NEARBY;
        if (!is_shared || !(is_nearby || own->shared <= TTI_LONGEST_NOTICE))
            continue;
        left--;
        tti_word_owners_mark(w, x->doc->hashes[i],
                             (uint8_t)(SHARED | (is_nearby ? SHARED_NEARBY : 0)));
    }
}

/* Counts the words by those who have them: counts[SHARED | OF_A] have both of these. */
static void count_owners(const tti_word_owners *w, uint32_t counts[1 << BITS])
{
    memset(counts, 0, sizeof *counts << BITS);
    for (size_t k = 0; k < w->bits.count; k++)
        counts[w->bits.items[k]]++;
}

static uint32_t count_owned_by(const uint32_t counts[1 << BITS], unsigned who)
{
    uint32_t n = 0;
    for (unsigned k = 0; k < 1u << BITS; k++)
        n += (k & who) == who ? counts[k] : 0;
    return n;
}

/* True if of the words of one the other has a small share. Names and numbers are no reason to think
 * that they are of one story: every flash of an agency begins with them. */
static int are_unrelated(const uint32_t counts[1 << BITS], unsigned one, unsigned other,
                         double most)
{
    const uint32_t n = count_owned_by(counts, one),
                   both = count_owned_by(counts, one | other | TELLS);
    return both == 0 || (both == 1 && n > FEW_WORDS) || both <= most * n;
}

/* ---- Evidence -------------------------------------------------------------------------------- */

static int is_mostly_in_one_place(const own_text *own)
{
    return own->longest >= IN_ONE_PLACE * own->count;
}

static int is_told_in_one_place(const own_text *own)
{
    return is_mostly_in_one_place(own) && own->pieces <= PIECES + own->shared / PIECE;
}

/* True if the own text is a small part within the shared one, as another quote is in a joint
 * release: it takes more articles to tell that this is a notice. */
static int is_small_inside(const own_text *own)
{
    return own->place > BESIDE && own->shared - own->place > BESIDE &&
           own->longest < INSIDE_SHARE * own->shared;
}

static int are_in_same_place(const own_text *a, const own_text *b)
{
    const uint32_t apart = a->place > b->place ? a->place - b->place : b->place - a->place;
    return apart <= STRAY || apart <= OTHER_PLACE * a->shared;
}

/* A page that is left empty, b, beside one that is filled in. */
static tt_status find_frame(const compared_text *a, const own_text *of_a, tti_word_owners *words,
                            uint32_t *evidence)
{
    uint32_t counts[1 << BITS];
    if (!of_a->is_framed || of_a->longest < LEAST_FRAMED || of_a->shared > LONGEST_FRAME ||
        of_a->longest < ALL_IN_ONE_PLACE * of_a->count ||
        of_a->longest < FRAMED_SHARE * of_a->shared)
        return TT_OK;
    TTI_TRY(tti_word_owners_reset(words, of_a->longest));
    collect_own_words(words, a, of_a, OF_A);
    mark_shared_words(words, a, of_a);
    count_owners(words, counts);
    if (are_unrelated(counts, OF_A, SHARED, UNRELATED_TO_SHARED))
        *evidence = tti_min(count_owned_by(counts, OF_A | TELLS), TTI_NOTICE_EVIDENCE);
    return TT_OK;
}

tt_status tti_notice_evidence(const tti_doc *a, const tti_doc *b, const tti_alignment *al,
                              tti_word_owners *words, uint32_t *evidence)
{
    compared_text x = {a, al->a_aligned, 0, 0}, y = {b, al->b_aligned, 0, 0};
    uint32_t counts[1 << BITS], n, m;
    own_text of_a, of_b;
    int is_certain;
    *evidence = 0;
    if (a->token_count == al->aligned_a && b->token_count == al->aligned_b)
        return TT_OK;
    measure_ends(&x, &y);
    of_a = measure_own_text(&x);
    if (of_a.count > ALMOST_NOTHING && !is_mostly_in_one_place(&of_a))
        return TT_OK; /* as of most pairs: it is no notice, however the other one is */
    of_b = measure_own_text(&y);
    if (of_a.count <= ALMOST_NOTHING && of_b.count >= LEAST_FRAMED)
        return find_frame(&y, &of_b, words, evidence);
    if (of_b.count <= ALMOST_NOTHING && of_a.count >= LEAST_FRAMED)
        return find_frame(&x, &of_a, words, evidence);
    if (of_a.count == 0 || of_b.count == 0 || !is_told_in_one_place(&of_a) ||
        !is_told_in_one_place(&of_b) || !are_in_same_place(&of_a, &of_b))
        return TT_OK;
    TTI_TRY(tti_word_owners_reset(words, (size_t)of_a.longest + of_b.longest));
    collect_own_words(words, &x, &of_a, OF_A);
    collect_own_words(words, &y, &of_b, OF_B);
    count_owners(words, counts);
    n = count_owned_by(counts, OF_A | TELLS);
    m = count_owned_by(counts, OF_B | TELLS);
    if (!are_unrelated(counts, n < m ? OF_A : OF_B, n < m ? OF_B : OF_A, UNRELATED))
        return TT_OK;
    mark_shared_words(words, &x, &of_a);
    count_owners(words, counts);
    if (!are_unrelated(counts, OF_A, SHARED_NEARBY, UNRELATED_TO_SHARED) ||
        !are_unrelated(counts, OF_B, SHARED_NEARBY, UNRELATED_TO_SHARED))
        return TT_OK;
    is_certain = al->aligned_a <= TTI_LONGEST_NOTICE &&
                 are_unrelated(counts, OF_A, SHARED, UNRELATED_TO_SHARED) &&
                 are_unrelated(counts, OF_B, SHARED, UNRELATED_TO_SHARED);
    if (!is_certain && (of_a.count > LONGEST_FLASH || of_b.count > LONGEST_FLASH))
        return TT_OK;
    is_certain &=
        !of_a.is_last && !of_b.is_last && !is_small_inside(&of_a) && !is_small_inside(&of_b);
    *evidence = tti_min(tti_min(n, m), TTI_NOTICE_EVIDENCE - (uint32_t)!is_certain);
    return TT_OK;
}
