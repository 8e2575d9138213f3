#include "verify/relation.h"

#include "kernels/kernels.h"
#include "util/bits.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- Facts ----------------------------------------------------------------------------------- */

/*
 * Facts are numerals, number words, dates, and names: words with a capital that does not begin a
 * sentence. An aligned fact agrees. A fact in a gap that faces a fact of the same kind on the other
 * side disagrees: a slot of a form was filled in with another value. A fact that faces none is
 * damage or an addition and says nothing, and neither does new text, a gap too long to be a slot.
 * The tokens next to a passage that nothing else aligns are slots at its ends.
 *
 * Text that was misread or rewritten has other ordinary words in its gaps too: the more of them
 * face each other, the more facts may differ. Words that were misread are like those they face,
 * which their first letters tell, so a name that faces a name alike is no conflict.
 *
 * The weights and the limits were fitted to tell bulletins from copies: docs/quality.md.
 */
enum {
    MARGIN = 8,     /* tokens next to a passage that still belong to the form */
    FIRM = 4,       /* equal tokens in a row beside which a slot is sure to be one */
    LEAST_FACTS = 4 /* fewer say nothing */
};

/* In copies, a number faces another number no more often than once in so many aligned tokens, and
 * once more for so many words that were misread. */
#define WORDS_OF_A_NUMBER 30.0
#define MISREAD_FORGIVEN 4.0

/* Copies have no more other names and numbers than these, where there are both: somebody else got
 * another sum. Words that were misread forgive as many as above. */
#define NAMES_AND_NUMBERS 1.5

/* Copies have no more slots that are filled with other facts than these, and with fewer where
 * little aligns. */
#define SLOTS 2.0
#define SLOTS_OF_NUMBERS 3.0    /* where none is a name's: figures are brought up to date */
#define SLOTS_OF_CHARACTERS 0.5 /* in text of which each character is a token */
#define WORDS_OF_A_SHORT_SLOT 35.0
/* one in so many aligned tokens, and one for so many ordinary words that face others. */
#define WORDS_OF_A_SLOT 350.0
#define WORDS_FORGIVEN 2.0

/*
 * What an article says in text that the other has not: two numbers, and one more for so many
 * aligned tokens and so many words that were misread or rewritten. More than these on both sides
 * are other news where there are slots as well, or the article that has least of its own has that
 * much of it.
 */
#define OWN_NUMBERS 2.0
#define WORDS_OF_AN_OWN_NUMBER 150.0
#define OWN_SLOTS 2.0
#define OWN_TEXT 0.1
/* Another date on both sides and more numbers than that are, where some facts face each other, with
 * less. */
#define OWN_TEXT_OF_A_DATE 0.03
/* With another subject on both sides one other number is, and one more for so many misread words.
 */
#define MISREAD_OF_A_SUBJECT 8.0

/* Kinds of facts; a token that is no fact has kind KINDS. */
enum { NUMERAL, WORD, NAME, KINDS };

static const double weights[KINDS] = {1, 1, 0.5};

/*
 * Sorts of tokens that a slot may be filled with; those below KINDS are the kinds of facts. Words
 * whose first letter is of no class are in a script without capitals, where in a conflict any may
 * be a name, or are single characters. Ordinary words are no facts and not written as names. A date
 * is no count.
 */
enum { MAYBE_NAME = KINDS, CAPITAL, CHARACTER, ORDINARY, COUNT };

/* The sorts of each token's flags, a byte a sort, 1 if it is of it: a sum counts the tokens of a
 * slot. */
#define HAS(f, flag) (((f) & (flag)) != 0)
#define IS_KIND(f, kind) (((f)&TTI_TOKEN_KIND) == (kind))
#define IS_NUMBER(f) (IS_KIND(f, TTI_TOKEN_NUMERAL) || IS_KIND(f, TTI_TOKEN_NUMBER_WORD))
#define IS_WORD(f) (IS_KIND(f, TTI_TOKEN_NUMBER_WORD) || IS_KIND(f, TTI_TOKEN_DATE_WORD))
#define IS_FACT(f) (IS_NUMBER(f) || IS_KIND(f, TTI_TOKEN_DATE_WORD))
#define IS_NAME(f)                                                                                 \
  (!IS_FACT(f) && HAS(f, TTI_TOKEN_CAPITAL) && !HAS(f, TTI_TOKEN_SENTENCE | TTI_TOKEN_UPPER))
#define SORTS_OF(f)                                                                                \
  ((uint64_t)IS_KIND(f, TTI_TOKEN_NUMERAL) << 8 * NUMERAL | (uint64_t)IS_WORD(f) << 8 * WORD |     \
   (uint64_t)IS_NAME(f) << 8 * NAME | (uint64_t)(IS_NAME(f) || IS_KIND(f, 0)) << 8 * MAYBE_NAME |  \
   (uint64_t)HAS(f, TTI_TOKEN_CAPITAL) << 8 * CAPITAL |                                            \
   (uint64_t)(IS_KIND(f, 0) && HAS(f, TTI_TOKEN_UPPER)) << 8 * CHARACTER |                         \
   (uint64_t) !(IS_FACT(f) || IS_KIND(f, 0) || HAS(f, TTI_TOKEN_CAPITAL)) << 8 * ORDINARY |        \
   (uint64_t)IS_NUMBER(f) << 8 * COUNT)
#define FOUR(f) SORTS_OF(f), SORTS_OF((f) + 1), SORTS_OF((f) + 2), SORTS_OF((f) + 3)
#define SIXTEEN(f) FOUR(f), FOUR((f) + 4), FOUR((f) + 8), FOUR((f) + 12)
#define SIXTY_FOUR(f) SIXTEEN(f), SIXTEEN((f) + 16), SIXTEEN((f) + 32), SIXTEEN((f) + 48)
static const uint64_t sorts_of[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128),
                                       SIXTY_FOUR(192)};

static inline unsigned count_of(uint64_t sorts, int sort)
{
    return sorts >> 8 * sort & 0xFF;
}

static inline int is_of_sort(uint8_t flags, int sort)
{
    return (int)count_of(sorts_of[flags], sort);
}

static int is_like(uint8_t x, uint8_t y)
{
    return (x & TTI_TOKEN_KIND) != 0 && ((x ^ y) & TTI_TOKEN_KIND) == 0;
}

typedef struct fact_counts {
    uint32_t of[KINDS];
} fact_counts;

/* Adds the facts among tokens, at most 255, of which `sorts` is the sum. */
static void add_facts(fact_counts *t, uint64_t sorts)
{
    for (int kind = 0; kind < KINDS; kind++)
        t->of[kind] += count_of(sorts, kind);
}

/* Adds the facts that face one of their kind: they disagree. */
static void count_facing(fact_counts *disagree, const fact_counts *a, const fact_counts *b)
{
    for (int k = 0; k < KINDS; k++)
        disagree->of[k] += a->of[k] < b->of[k] ? a->of[k] : b->of[k];
}

/* Which of eight tokens are facts of each kind: a byte a token, 1 if it is. */
typedef struct eight_facts {
    uint64_t of[KINDS];
} eight_facts;

#define ONES 0x0101010101010101u

/* The bytes of eight flags that have `flag`, a power of two, as ones. */
static inline uint64_t bytes_with_flag(uint64_t flags, unsigned flag)
{
    return flags / flag & ONES;
}

static inline eight_facts facts_of_eight(const uint8_t *flags)
{
    eight_facts x;
    const uint64_t f = XXH_readLE64(flags);
    const uint64_t numeral = bytes_with_flag(f, TTI_TOKEN_NUMERAL);
    const uint64_t number = bytes_with_flag(f, TTI_TOKEN_NUMBER_WORD);
    const uint64_t date = bytes_with_flag(f, TTI_TOKEN_DATE_WORD);
    const uint64_t word = bytes_with_flag(f, TTI_TOKEN_KIND & ~7u);
    x.of[NUMERAL] = numeral & ~(number | date | word);
    x.of[WORD] = (number ^ date) & ~(numeral | word);
    x.of[NAME] = bytes_with_flag(f, TTI_TOKEN_CAPITAL) &
                 ~(bytes_with_flag(f, TTI_TOKEN_SENTENCE) | bytes_with_flag(f, TTI_TOKEN_UPPER) |
                   x.of[NUMERAL] | x.of[WORD]);
    return x;
}

/* Adds the facts of eight aligned tokens, or those of them in `mask`. */
static inline void add_eight(eight_facts *sum, const uint8_t *a, const uint8_t *b, uint64_t mask)
{
    const eight_facts x = facts_of_eight(a), y = facts_of_eight(b);
    const uint64_t numeral = x.of[NUMERAL] | y.of[NUMERAL];
    const uint64_t word = (x.of[WORD] | y.of[WORD]) & ~numeral;
    sum->of[NUMERAL] += numeral & mask;
    sum->of[WORD] += word & mask;
    sum->of[NAME] += (x.of[NAME] | y.of[NAME]) & ~(numeral | word) & mask;
}

static uint32_t sum_bytes(uint64_t x)
{
    const uint64_t pairs = (x & 0x00FF00FF00FF00FFu) + (x >> 8 & 0x00FF00FF00FF00FFu);
    return (uint32_t)(pairs * 0x0001000100010001u >> 48);
}

/* Counts the facts of two runs of aligned tokens. A token that is a fact on either side counts,
 * because one side may begin a sentence with the name; if the sides differ, by the first kind. */
static void count_aligned(fact_counts *agree, const uint8_t *a, const uint8_t *b, uint32_t len)
{
    enum { MOST = 8 * 254 }; /* tokens of which a byte can count every eighth, and the last eight */
    uint64_t few = 0;
    while (len >= 8) {
        eight_facts sum = {{0}};
        const uint32_t n = len < MOST ? len : MOST;
        uint32_t i = 0;
        for (; i + 8 <= n; i += 8)
            add_eight(&sum, a + i, b + i, UINT64_MAX);
        if (i < n)
            add_eight(&sum, a + n - 8, b + n - 8, UINT64_MAX << 8 * (i + 8 - n));
        for (int k = 0; k < KINDS; k++)
            agree->of[k] += sum_bytes(sum.of[k]);
        a += n, b += n, len -= n;
    }
    for (uint32_t i = 0; i < len; i++) {
        const uint64_t facts = (sorts_of[a[i]] | sorts_of[b[i]]) % ((uint64_t)1 << 8 * KINDS);
        few += facts & -facts; /* the first kind */
    }
    add_facts(agree, few);
}

/* A comparison under way. */
typedef struct fact_comparison {
    const tti_doc *a, *b;
    tti_doc_filter *in_a, *in_b;
    const tti_small_numbers *numbers;
    fact_counts agree, disagree;
    tti_facts *out;
} fact_comparison;

/* A run of tokens of one article, at most TTI_SPLIT_GAP, as one side of a slot. */
typedef struct slot_side {
    const tti_doc *doc;
    uint32_t begin, end;
    uint64_t sorts; /* how many tokens of each */
    uint32_t asked; /* a bit a token: it is known whether the other article has it */
    uint32_t novel; /* a bit a token: the other article does not have it */
} slot_side;

void tti_doc_filter_reset(tti_doc_filter *f, const tti_doc *doc)
{
    f->doc = doc;
    f->questions = 0;
    f->is_filled = 0;
}

static void fill_filter(tti_doc_filter *f)
{
    memset(f->bits, 0, sizeof f->bits);
    for (uint32_t i = 0; i < f->doc->token_count; i++)
        f->bits[f->doc->hashes[i] % TTI_DOC_FILTER_BITS / 64] |= (uint64_t)1
                                                                 << f->doc->hashes[i] % 64;
    f->is_filled = 1;
}

/* A short article is looked through for the first tokens; for more, and in a long one, the filter
 * mostly says that it need not be. */
static int has_token(tti_doc_filter *f, uint32_t hash)
{
    enum { SHORT = 1024, FEW = 16 };
    if (!f->is_filled && (f->doc->token_count > SHORT || ++f->questions > FEW))
        fill_filter(f);
    if (f->is_filled && (f->bits[hash % TTI_DOC_FILTER_BITS / 64] >> hash % 64 & 1) == 0)
        return 0;
    return tti_kernels_get()->has_token(f->doc->hashes, f->doc->token_count, hash);
}

/* True if an article has one of the words for a number that is one word in any language. */
static int has_number_word(const tti_small_numbers *numbers, unsigned n, tti_doc_filter *other)
{
    for (int i = 0; i < TTI_NUMBER_WORD_LISTS; i++)
        if (numbers->words[n][i] != 0 && has_token(other, numbers->words[n][i]))
            return 1;
    return 0;
}

/* True if an article has a number in words that token i of the other one is a numeral of, or the
 * other way round. */
static int has_number_otherwise(const tti_small_numbers *numbers, const tti_doc *doc, uint32_t i,
                                tti_doc_filter *other)
{
    uint32_t size = 0;
    unsigned n = 0;
    if (!is_of_sort(doc->flags[i], COUNT))
        return 0;
    if (i > 0)
        n = tti_small_number_of(numbers, doc->hashes + i - 1, doc->token_count - i + 1, &size);
    if (size < 2) /* the one before is no part of it */
        n = tti_small_number_of(numbers, doc->hashes + i, doc->token_count - i, &size);
    if (n == 0)
        return 0;
    if (!is_of_sort(doc->flags[i], NUMERAL))
        return has_token(other, numbers->numerals[n]);
    if (n <= 20 || n % 10 == 0)
        return has_number_word(numbers, n, other);
    return has_number_word(numbers, n - n % 10, other) && has_number_word(numbers, n % 10, other);
}

/* True if the other article does not have token i, however it writes it. */
static int is_novel(const fact_comparison *x, const tti_doc *doc, uint32_t i)
{
    tti_doc_filter *other = doc == x->a ? x->in_b : x->in_a;
    return !has_token(other, doc->hashes[i]) && !has_number_otherwise(x->numbers, doc, i, other);
}

/* Finds the first token of a sort from i on that the other article does not have. @return its
 * index, `end` if there is none */
static uint32_t find_novel_token(const fact_comparison *x, slot_side *s, int sort, uint32_t i)
{
    for (; i < s->end; i++) {
        const uint32_t bit = 1u << (i - s->begin);
        if (!is_of_sort(s->doc->flags[i], sort))
            continue;
        if ((s->asked & bit) == 0 && is_novel(x, s->doc, i))
            s->novel |= bit;
        s->asked |= bit;
        if ((s->novel & bit) != 0)
            return i;
    }
    return s->end;
}

/* How many tokens of a sort follow one another from i on: a name of two words is one difference. */
static uint8_t count_run(const slot_side *s, uint32_t i, int sort)
{
    uint32_t end = i;
    while (end < s->end && is_of_sort(s->doc->flags[end], sort))
        end++;
    return (uint8_t)(end - i);
}

/* Finds a token of a sort on either side that the other article does not have. @return 0: one side
 * has none */
static int find_facing(const fact_comparison *x, slot_side *a, slot_side *b, int sort,
                       uint32_t *in_a, uint32_t *in_b)
{
    if (count_of(a->sorts, sort) == 0 || count_of(b->sorts, sort) == 0)
        return 0;
    *in_a = find_novel_token(x, a, sort, a->begin);
    if (*in_a == a->end)
        return 0;
    *in_b = find_novel_token(x, b, sort, b->begin);
    return *in_b < b->end;
}

/* True if the slot is filled with other names, none of them like one that it may face, wherever in
 * a sentence they are. */
static int has_other_names(const fact_comparison *x, slot_side *a, slot_side *b)
{
    uint32_t i, first;
    if (!find_facing(x, a, b, CAPITAL, &i, &first))
        return 0;
    for (; i < a->end; i = find_novel_token(x, a, CAPITAL, i + 1))
        for (uint32_t k = first; k < b->end; k = find_novel_token(x, b, CAPITAL, k + 1))
            if (is_like(a->doc->flags[i], b->doc->flags[k]))
                return 0;
    return 1;
}

/* True if the article has the token at i in another place too. */
static int recurs(const tti_doc *doc, uint32_t i)
{
    const uint32_t hash = doc->hashes[i];
    return tti_kernels_get()->has_token(doc->hashes, i, hash) ||
           tti_kernels_get()->has_token(doc->hashes + i + 1, doc->token_count - i - 1, hash);
}

/* True if the token at i recurs, and is somewhere within a sentence, as a name. */
static int is_recurring_name(const tti_doc *doc, uint32_t i)
{
    uint32_t k = 0;
    if (!recurs(doc, i))
        return 0;
    while (k < doc->token_count &&
           (doc->hashes[k] != doc->hashes[i] || !is_of_sort(doc->flags[k], NAME)))
        k++;
    return k < doc->token_count;
}

/* Finds the first name from i on that the article has twice or more and the other nowhere. @return
 * its index, `end` if there is none */
static uint32_t find_recurring_name(const fact_comparison *x, slot_side *s, uint32_t i)
{
    do
        i = find_novel_token(x, s, CAPITAL, i);
    while (i < s->end && !is_recurring_name(s->doc, i) && ++i < s->end);
    return i;
}

/* True if each side of a slot has a name that recurs in its article alone, and the two are unlike:
 * they are what the articles are about. */
static int has_other_subject(const fact_comparison *x, slot_side *a, slot_side *b)
{
    uint32_t i, first;
    if (!find_facing(x, a, b, CAPITAL, &i, &first))
        return 0;
    i = find_recurring_name(x, a, i);
    if (i == a->end)
        return 0;
    first = find_recurring_name(x, b, first);
    for (; i < a->end; i = find_recurring_name(x, a, i + 1))
        for (uint32_t k = first; k < b->end; k = find_recurring_name(x, b, k + 1))
            if (!is_like(a->doc->flags[i], b->doc->flags[k]))
                return 1;
    return 0;
}

static int has_other_characters(const fact_comparison *x, slot_side *a, slot_side *b)
{
    uint32_t i, k;
    return find_facing(x, a, b, CHARACTER, &i, &k);
}

static int is_date(uint8_t flags)
{
    return (flags & TTI_TOKEN_KIND) == TTI_TOKEN_DATE_WORD;
}

/* True for the day or the year of a date. */
static int is_in_date(const tti_doc *doc, uint32_t i, uint32_t size)
{
    return (i > 0 && is_date(doc->flags[i - 1])) ||
           (i + size < doc->token_count && is_date(doc->flags[i + size]));
}

/* True for the 7 of 55.7 that faces the 8 of 55.8: a figure was brought up to date. */
static int is_end_of_number(const slot_side *a, const slot_side *b, const tti_difference *d)
{
    return d->a > 0 && d->b > 0 && a->doc->hashes[d->a - 1] == b->doc->hashes[d->b - 1] &&
           is_of_sort(a->doc->flags[d->a - 1], NUMERAL);
}

/* True if a date is among the tokens, as in a dateline. */
static int has_date(const slot_side *s)
{
    return count_of(s->sorts, WORD) + count_of(s->sorts, NUMERAL) > count_of(s->sorts, COUNT);
}

/* Counts a conflict towards another name and another number. A reprint has another dateline. */
static void count_conflict(tti_facts *out, const slot_side *a, const slot_side *b,
                           const tti_difference *d)
{
    if (has_date(a) && has_date(b))
        return;
    out->other_names += d->kind == TT_DIFFERS_NAME;
    out->other_numbers += d->kind == TT_DIFFERS_NUMERAL && !is_in_date(a->doc, d->a, d->a_size) &&
                          !is_in_date(b->doc, d->b, d->b_size) && !is_end_of_number(a, b, d);
}

/* True for "second" and "half", which are ordinary words more often than numbers. */
static int is_ordinal(const fact_comparison *x, const tti_doc *doc, uint32_t i)
{
    uint32_t size;
    return is_of_sort(doc->flags[i], WORD) &&
           tti_small_number_of(x->numbers, doc->hashes + i, doc->token_count - i, &size) == 0;
}

/* Lists a conflict, if the slot has one of this kind. A name whose first or last word is like that
 * of the name it faces was misread. */
static void find_conflict(fact_comparison *x, slot_side *a, slot_side *b, int kind)
{
    const int sort = kind == NAME ? MAYBE_NAME : kind;
    const uint8_t *in_a = a->doc->flags, *in_b = b->doc->flags;
    tti_difference d;
    if (!find_facing(x, a, b, sort, &d.a, &d.b))
        return;
    if (kind == COUNT && (is_ordinal(x, a->doc, d.a) || is_ordinal(x, b->doc, d.b)))
        return;
    d.a_size = count_run(a, d.a, sort);
    d.b_size = count_run(b, d.b, sort);
    if (kind == NAME && (is_like(in_a[d.a], in_b[d.b]) ||
                         is_like(in_a[d.a + d.a_size - 1], in_b[d.b + d.b_size - 1])))
        return;
    d.kind = kind == NAME                               ? TT_DIFFERS_NAME
             : is_date(in_a[d.a]) && is_date(in_b[d.b]) ? TT_DIFFERS_DATE
                                                        : TT_DIFFERS_NUMERAL;
    count_conflict(x->out, a, b, &d);
    if (x->out->conflicts < TT_MOST_DIFFERENCES)
        x->out->differences[x->out->conflicts] = d;
    x->out->conflicts++;
}

static uint32_t count_bits(uint32_t bits)
{
    uint32_t n = 0;
    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

/* A bit a token: it is an ordinary word. */
static uint32_t find_ordinary_words(const slot_side *s)
{
    uint32_t bits = 0;
    for (uint32_t i = s->begin; i < s->end; i++)
        bits |= (uint32_t)is_of_sort(s->doc->flags[i], ORDINARY) << (i - s->begin);
    return bits;
}

/* Counts the ordinary words of a slot that face others, and those that face one that is like them.
 */
static void count_words(tti_facts *out, const slot_side *a, const slot_side *b)
{
    uint32_t others_a, others_b, free_b, n;
    if (a->end - a->begin == 1 && b->end - b->begin == 1) { /* as most slots */
        out->words++;
        out->misread += (uint32_t)is_like(a->doc->flags[a->begin], b->doc->flags[b->begin]);
        return;
    }
    others_a = find_ordinary_words(a), others_b = free_b = find_ordinary_words(b);
    for (uint32_t i = a->begin; i < a->end; i++)
        for (uint32_t k = b->begin; k < b->end; k++)
            if (a->doc->hashes[i] == b->doc->hashes[k]) {
                others_a &= ~(1u << (i - a->begin));
                others_b &= ~(1u << (k - b->begin));
            }
    n = count_bits(others_b);
    for (; others_a != 0; others_a &= others_a - 1) {
        const uint8_t flags = a->doc->flags[a->begin + (uint32_t)__builtin_ctz(others_a)];
        if (n > 0) {
            out->words++;
            n--;
        }
        for (uint32_t facing = free_b; facing != 0; facing &= facing - 1) {
            if (!is_like(flags, b->doc->flags[b->begin + (uint32_t)__builtin_ctz(facing)]))
                continue;
            free_b &= ~(facing & -facing);
            out->misread++;
            break;
        }
    }
}

static void count_sorts(slot_side *s)
{
    for (uint32_t i = s->begin; i < s->end; i++)
        s->sorts += sorts_of[s->doc->flags[i]];
}

/* The sorts of which both sides have tokens: a byte each that is not 0. */
static uint64_t common_sorts(const slot_side *a, const slot_side *b)
{
    return (a->sorts + 0x7F * ONES) & (b->sorts + 0x7F * ONES) & 0x80 * ONES;
}

static uint32_t next_number(const slot_side *s, uint32_t i)
{
    while (i < s->end && !is_of_sort(s->doc->flags[i], COUNT))
        i++;
    return i;
}

/* True if both sides of a slot have the same numbers in the same order, be it "twenty-one" and 21.
 */
static int have_same_numbers(const fact_comparison *x, const slot_side *a, const slot_side *b)
{
    uint32_t size_a, size_b;
    for (uint32_t i = a->begin, k = b->begin;; i += size_a, k += size_b) {
        const uint32_t *in_a, *in_b;
        unsigned n;
        i = next_number(a, i), k = next_number(b, k);
        if (i == a->end || k == b->end)
            return i == a->end && k == b->end;
        in_a = a->doc->hashes + i, in_b = b->doc->hashes + k;
        n = tti_small_number_of(x->numbers, in_a, a->end - i, &size_a);
        if (n != tti_small_number_of(x->numbers, in_b, b->end - k, &size_b) ||
            (n == 0 && *in_a != *in_b))
            return 0;
    }
}

/* Takes numerals and number words out of the sorts of a slot. */
static void leave_numbers_out(slot_side *s)
{
    const uint64_t numerals = count_of(s->sorts, NUMERAL), numbers = count_of(s->sorts, COUNT);
    s->sorts -= numerals << 8 * NUMERAL | (numbers - numerals) << 8 * WORD | numbers << 8 * COUNT;
}

/* Lists the conflicts of a slot. */
static void find_conflicts(fact_comparison *x, slot_side *a, slot_side *b)
{
    const uint32_t before = x->out->conflicts;
    find_conflict(x, a, b, NUMERAL);
    find_conflict(x, a, b, WORD);
    if (x->out->conflicts == before) /* "nine" may face 12 */
        find_conflict(x, a, b, COUNT);
    find_conflict(x, a, b, NAME);
}

/* Counts the facts of a gap. `is_firm`: the text beside it is the same, not some stray words. */
static void count_slot(fact_comparison *x, slot_side *a, slot_side *b, int is_firm)
{
    uint64_t common;
    assert(a->end - a->begin <= TTI_SPLIT_GAP && b->end - b->begin <= TTI_SPLIT_GAP);
    if (a->begin == a->end || b->begin == b->end)
        return; /* nothing faces another */
    count_sorts(a);
    count_sorts(b);
    common = common_sorts(a, b);
    if (count_of(common, COUNT) != 0 && have_same_numbers(x, a, b)) {
        x->agree.of[NUMERAL] += count_of(a->sorts, COUNT);
        leave_numbers_out(a);
        leave_numbers_out(b);
        common = common_sorts(a, b);
    }
    if (count_of(common, ORDINARY) != 0)
        count_words(x->out, a, b);
    if ((common & ~((uint64_t)0xFF << 8 * ORDINARY)) == 0)
        return;
    for (int kind = 0; kind < KINDS; kind++) {
        const unsigned in_a = count_of(a->sorts, kind), in_b = count_of(b->sorts, kind);
        x->disagree.of[kind] += in_a < in_b ? in_a : in_b;
    }
    x->out->number_slots += count_of(common, COUNT) != 0;
    if (!is_firm)
        return;
    x->out->name_slots += has_other_names(x, a, b);
    x->out->other_subjects += has_other_subject(x, a, b);
    x->out->character_slots += has_other_characters(x, a, b);
    find_conflicts(x, a, b);
}

static int is_numeral_in(const slot_side *gap, uint32_t i)
{
    return i >= gap->begin && i < gap->end && is_of_sort(gap->doc->flags[i], NUMERAL);
}

/* True if a block is a part of a number, such as the 15 of 15.87, that happens to be a part of
 * another one, as of 64.15. The gap, which runs over the block, holds more of both. */
static int is_part_of_other_numbers(const tti_block *y, const slot_side *a, const slot_side *b)
{
    return y->len == 1 && is_numeral_in(a, y->a) &&
           (is_numeral_in(a, y->a - 1) || is_numeral_in(a, y->a + 1)) &&
           (is_numeral_in(b, y->b - 1) || is_numeral_in(b, y->b + 1));
}

/* Counts the facts of a passage: those of its blocks agree, those of its gaps may not. */
static void count_passage(fact_comparison *x, const tti_passage *p, const tti_block *blocks)
{
    for (uint32_t k = 0, next; k < p->block_count; k = next) {
        const tti_block *y = &blocks[k];
        slot_side a = {.doc = x->a, .begin = y->a + y->len, .end = y->a + y->len};
        slot_side b = {.doc = x->b, .begin = y->b + y->len, .end = y->b + y->len};
        count_aligned(&x->agree, x->a->flags + y->a, x->b->flags + y->b, y->len);
        next = k + 1;
        if (next == p->block_count)
            break;
        if (next + 1 < p->block_count && blocks[next + 1].a - a.begin <= TTI_SPLIT_GAP &&
            blocks[next + 1].b - b.begin <= TTI_SPLIT_GAP) {
            a.end = blocks[next + 1].a, b.end = blocks[next + 1].b;
            next += (uint32_t)is_part_of_other_numbers(&blocks[next], &a, &b);
        }
        a.end = blocks[next].a, b.end = blocks[next].b;
        count_slot(x, &a, &b, y->len >= FIRM || blocks[next].len >= FIRM);
    }
}

/* Counts the facts next to tokens [begin, end), except those that are aligned elsewhere. */
static void count_margin(fact_counts *t, const tti_doc *doc, const uint8_t *aligned, uint32_t begin,
                         uint32_t end)
{
    uint64_t sorts = 0;
    for (uint32_t d = 1; d <= MARGIN; d++) {
        if (begin >= d && !aligned[begin - d])
            sorts += sorts_of[doc->flags[begin - d]];
        if (end + d <= doc->token_count && !aligned[end + d - 1])
            sorts += sorts_of[doc->flags[end + d - 1]];
    }
    add_facts(t, sorts);
}

/* Looks for another subject in what both texts begin with, before a passage. */
static void compare_beginnings(fact_comparison *x, const tti_passage *p)
{
    slot_side a = {.doc = x->a, .end = p->a_begin}, b = {.doc = x->b, .end = p->b_begin};
    if (a.end > MARGIN || b.end > MARGIN)
        return;
    count_sorts(&a);
    count_sorts(&b);
    x->out->other_subjects += has_other_subject(x, &a, &b);
}

/* True if a passage ends in text that is the same, or in a few words of it beside a small gap. */
static int is_firm_end(const tti_passage *p, const tti_block *end, const tti_block *neighbour)
{
    enum { FEW = 2, SMALL_GAP = 2 };
    const tti_block *y = end < neighbour ? end : neighbour;
    return end->len >= FIRM ||
           (p->block_count > 1 && end->len >= FEW && neighbour->len >= FIRM &&
            y[1].a - (y->a + y->len) <= SMALL_GAP && y[1].b - (y->b + y->len) <= SMALL_GAP);
}

/* Lists a number that faces another one right beside a passage: "Three people were killed" is the
 * beginning of both. */
static void compare_numbers_beside(fact_comparison *x, slot_side a, slot_side b)
{
    if (a.begin == a.end || b.begin == b.end || is_in_date(a.doc, a.begin, a.end - a.begin) ||
        is_in_date(b.doc, b.begin, b.end - b.begin))
        return;
    count_sorts(&a);
    count_sorts(&b);
    if (!have_same_numbers(x, &a, &b))
        find_conflict(x, &a, &b, COUNT);
}

static int is_number_beside(const tti_doc *doc, const uint8_t *aligned, uint32_t i)
{
    return !aligned[i] && is_of_sort(doc->flags[i], COUNT);
}

/* The numbers right before token `end`, which begins no sentence. */
static slot_side numbers_before(const tti_doc *doc, const uint8_t *aligned, uint32_t end)
{
    slot_side s = {.doc = doc, .begin = end, .end = end};
    while (s.begin > 0 && end - s.begin < MARGIN && (doc->flags[end] & TTI_TOKEN_SENTENCE) == 0 &&
           is_number_beside(doc, aligned, s.begin - 1))
        s.begin--;
    return s;
}

/* The numbers right behind token begin - 1, in its sentence. */
static slot_side numbers_behind(const tti_doc *doc, const uint8_t *aligned, uint32_t begin)
{
    slot_side s = {.doc = doc, .begin = begin, .end = begin};
    while (s.end < doc->token_count && s.end - begin < MARGIN &&
           (doc->flags[s.end] & TTI_TOKEN_SENTENCE) == 0 && is_number_beside(doc, aligned, s.end))
        s.end++;
    return s;
}

/* ---- What each has for itself ---------------------------------------------------------------- */

/* What an article has that the other nowhere has. */
typedef struct own_facts {
    uint32_t numbers;          /* different ones */
    int has_date, has_subject; /* a name that is in its first words and recurs */
} own_facts;

/* Aligned tokens are in the other article. */
static own_facts find_own_facts(const fact_comparison *x, const tti_doc *doc,
                                const uint8_t *aligned)
{
    enum { FIRST_WORDS = 40, MOST = 32 };
    uint32_t numbers[MOST];
    own_facts own = {0};
    for (uint32_t i = 0;
         (i = tti_aligned_run_end(aligned, doc->token_count, i, 1)) < doc->token_count; i++) {
        const uint8_t flags = doc->flags[i];
        const uint32_t hash = doc->hashes[i];
        uint32_t k = 0;
        if (is_of_sort(flags, COUNT)) {
            while (k < own.numbers && numbers[k] != hash)
                k++;
            if (k == own.numbers && k < MOST && is_novel(x, doc, i))
                numbers[own.numbers++] = hash;
        } else if (is_date(flags)) {
            own.has_date = own.has_date || is_novel(x, doc, i);
        } else if (i < FIRST_WORDS && !own.has_subject && is_of_sort(flags, CAPITAL)) {
            own.has_subject = is_novel(x, doc, i) && is_recurring_name(doc, i);
        }
    }
    return own;
}

/* How many tokens of an article are in no passage. */
static uint32_t tokens_beside(uint32_t tokens, uint64_t in_passages)
{
    return in_passages < tokens ? tokens - (uint32_t)in_passages : 0;
}

tti_rest tti_rest_of(const tti_alignment *al, const tti_doc *a, const tti_doc *b)
{
    uint64_t in_a = 0, in_b = 0;
    uint32_t own_a, own_b;
    double share_a, share_b;
    for (size_t k = 0; k < al->passage_count; k++) {
        in_a += al->passages[k].a_end - al->passages[k].a_begin;
        in_b += al->passages[k].b_end - al->passages[k].b_begin;
    }
    own_a = tokens_beside(a->token_count, in_a), own_b = tokens_beside(b->token_count, in_b);
    share_a = (double)own_a / a->token_count, share_b = (double)own_b / b->token_count;
    return (tti_rest){own_a < own_b ? own_a : own_b, share_a < share_b ? share_a : share_b};
}

/* Compares the facts of the text that is not aligned, where they may decide something. */
static void compare_own_facts(fact_comparison *x, const tti_alignment *al)
{
    own_facts a, b;
    if (x->out->rest.share <= OWN_TEXT_OF_A_DATE && x->out->other_numbers == 0 &&
        x->out->number_slots < OWN_SLOTS)
        return;
    a = find_own_facts(x, x->a, al->a_aligned);
    if (a.numbers == 0 && !a.has_date && !a.has_subject)
        return;
    b = find_own_facts(x, x->b, al->b_aligned);
    x->out->own_numbers = a.numbers < b.numbers ? a.numbers : b.numbers;
    x->out->has_own_dates = a.has_date && b.has_date;
    x->out->has_own_subjects = a.has_subject && b.has_subject;
}

static double weigh_facts(const fact_counts *t)
{
    double sum = 0;
    for (int k = 0; k < KINDS; k++)
        sum += weights[k] * t->of[k];
    return sum;
}

void tti_facts_compare(const tti_doc *a, tti_doc_filter *in_b, const tti_alignment *al,
                       const tti_small_numbers *numbers, tti_facts *out)
{
    const tti_doc *b = in_b->doc;
    tti_doc_filter in_a;
    fact_comparison x = {
        .a = a, .b = b, .in_a = &in_a, .in_b = in_b, .numbers = numbers, .out = out};
    fact_counts margin_a = {{0}}, margin_b = {{0}}, beside = {{0}};
    double agreed, total;
    tti_doc_filter_reset(&in_a, a);
    memset(out, 0, sizeof *out);
    out->rest = tti_rest_of(al, a, b);
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        assert(p->a_end <= a->token_count && p->b_end <= b->token_count);
        out->aligned += p->matched;
        const tti_block *blocks = al->blocks + p->block_begin, *last = blocks + p->block_count - 1;
        if (blocks->len >= FIRM)
            compare_beginnings(&x, p);
        if (is_firm_end(p, blocks, blocks + 1))
            compare_numbers_beside(&x, numbers_before(a, al->a_aligned, p->a_begin),
                                   numbers_before(b, al->b_aligned, p->b_begin));
        count_passage(&x, p, blocks);
        if (is_firm_end(p, last, last - 1))
            compare_numbers_beside(&x, numbers_behind(a, al->a_aligned, p->a_end),
                                   numbers_behind(b, al->b_aligned, p->b_end));
        count_margin(&margin_a, a, al->a_aligned, p->a_begin, p->a_end);
        count_margin(&margin_b, b, al->b_aligned, p->b_begin, p->b_end);
    }
    count_facing(&beside, &margin_a, &margin_b);
    agreed = weigh_facts(&x.agree);
    total = agreed + weigh_facts(&x.disagree) + weigh_facts(&beside);
    out->share = total > 0 ? agreed / total : 1.0;
    out->numbers =
        x.disagree.of[NUMERAL] + x.disagree.of[WORD] + (beside.of[NUMERAL] + beside.of[WORD]) / 2.0;
    out->number_slots += beside.of[NUMERAL] / 2.0;
    compare_own_facts(&x, al);
    for (int k = 0; k < KINDS; k++)
        out->facts += x.agree.of[k] + x.disagree.of[k] + beside.of[k];
}

void tti_facts_swap(tti_facts *f)
{
    for (uint32_t k = 0; k < tti_listed_differences(f->conflicts); k++) {
        const tti_difference d = f->differences[k];
        f->differences[k] = (tti_difference){d.b, d.a, d.b_size, d.a_size, d.kind};
    }
}

/* The words that were misread or rewritten. */
static double changed_words(const tti_facts *f)
{
    return (double)f->misread + f->words;
}

int tti_tell_other_news(const tti_facts *f, double wanted)
{
    const double changed = changed_words(f);
    const double least = OWN_NUMBERS + changed / MISREAD_FORGIVEN;
    if (wanted > 0 || f->aligned == 0)
        return 0;
    if (f->has_own_subjects && f->other_numbers > changed / MISREAD_OF_A_SUBJECT)
        return 1;
    if (f->has_own_dates && f->own_numbers > least && f->conflicts > 0 &&
        f->rest.share > OWN_TEXT_OF_A_DATE)
        return 1;
    return f->own_numbers >= least + f->aligned / WORDS_OF_AN_OWN_NUMBER &&
           (f->number_slots >= OWN_SLOTS || f->rest.share > OWN_TEXT);
}

int tti_facts_are_others(const tti_facts *f, double wanted, tti_admission admission)
{
    const double most = f->character_slots > 0 ? SLOTS_OF_CHARACTERS
                        : f->name_slots > 0    ? SLOTS
                                               : SLOTS_OF_NUMBERS;
    const double of_short = f->aligned / WORDS_OF_A_SHORT_SLOT;
    const double forgiven = f->misread / MISREAD_FORGIVEN;
    if (wanted > 0)
        return f->share < wanted;
    if (f->other_subjects > forgiven)
        return 1;
    if (f->other_names > 0 && f->other_numbers > 0 &&
        f->other_names + f->other_numbers > NAMES_AND_NUMBERS + forgiven)
        return 1;
    if ((f->facts >= LEAST_FACTS || admission == TTI_ADMITTED_BY_OVERLAP) &&
        f->numbers > f->aligned / WORDS_OF_A_NUMBER + forgiven)
        return 1;
    return f->number_slots + f->name_slots + f->character_slots >
           (of_short < most ? of_short : most) + f->aligned / WORDS_OF_A_SLOT +
               (f->words + f->misread) / WORDS_FORGIVEN;
}

/* ---- Relations ------------------------------------------------------------------------------- */

/* An article that has half as many tokens again as another contains it, or is no copy of it. */
#define CONTAINING 1.5

/* With fewer aligned tokens than this, a pair needs a greater overlap than that. Where a token is a
 * character, it takes three to say as much. */
#define FEW_TOKENS 20
#define FEW_CHARACTERS 60
#define FEW_TOKENS_OVERLAP 0.9

/* Of two near articles one has no more text of its own than this, a share: what does not align,
 * less the words that were misread or rewritten. A few tokens, and two for each such word, do not
 * count, unless a short article has as much beside the passages as the last. */
#define MOST_OWN 0.25
#define FEW_OWN_TOKENS 40
#define OWN_TOKENS_OF_A_CHANGE 2
#define MOST_OWN_OF_SHORT 0.4

static int reaches(double value, double rule)
{
    return rule >= 0 && value >= rule; /* NAN reaches nothing */
}

/* A text of fewer tokens that a much longer one has is a phrase, a notice, a letterhead: a section
 * where it is long enough, and no copy. */
#define LEAST_CONTAINED 25

tti_admission tti_admission_of(const tt_options *o, const tt_pair *p, uint32_t a_tokens,
                               uint32_t b_tokens)
{
    const int a_shorter = a_tokens < b_tokens;
    const uint32_t shorter = a_shorter ? a_tokens : b_tokens;
    if (reaches(p->resemblance, o->resemblance))
        return TTI_ADMITTED;
    if (shorter < LEAST_CONTAINED && (a_shorter ? b_tokens : a_tokens) >= CONTAINING * shorter)
        return TTI_NOT_ADMITTED;
    if (reaches(p->containment_a, o->containment) || reaches(p->containment_b, o->containment))
        return TTI_ADMITTED;
    return reaches(a_shorter ? p->overlap_a : p->overlap_b, o->overlap) ? TTI_ADMITTED_BY_OVERLAP
                                                                        : TTI_NOT_ADMITTED;
}

/* True if most tokens of an article are single characters. */
static int is_of_characters(const tti_doc *doc)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < doc->token_count; i++)
        n += (uint32_t)is_of_sort(doc->flags[i], CHARACTER);
    return n > doc->token_count / 2;
}

/* True if so little aligns that most of the shorter article must: any two short bulletins of one
 * form would be copies otherwise. */
static int aligns_too_little(const tt_pair *p, const tti_doc *a, const tti_doc *b)
{
    const int a_shorter = a->token_count < b->token_count;
    const double overlap = a_shorter ? p->overlap_a : p->overlap_b;
    const tti_doc *shorter = a_shorter ? a : b;
    const double aligned = overlap * shorter->token_count;
    return overlap < FEW_TOKENS_OVERLAP && aligned < FEW_CHARACTERS &&
           (aligned < FEW_TOKENS || is_of_characters(shorter));
}

/* What is printed again after weeks with a little of its own is the next stage of a story, or
 * another event of the kind; a reprint has hardly anything of its own but what was misread. */
#define STAGE_MICROSECONDS (14 * 24 * 3600 * 1e6)
#define OWN_OF_STAGE 0.05

/* The tokens of a document that are not in the overlap. */
static double own_tokens(double overlap, const tti_doc *doc)
{
    return (1 - overlap) * doc->token_count;
}

int tti_are_stages(const tt_pair *p, const tti_facts *f, const tti_doc *a, const tti_doc *b)
{
    const double changed = changed_words(f);
    return a->published != TT_NO_TIME && b->published != TT_NO_TIME &&
           fabs((double)a->published - (double)b->published) > STAGE_MICROSECONDS &&
           own_tokens(p->overlap_a, a) - changed >= OWN_OF_STAGE * a->token_count &&
           own_tokens(p->overlap_b, b) - changed >= OWN_OF_STAGE * b->token_count;
}

int tti_share_most(const tt_pair *p, const tti_facts *f, const tti_doc *a, const tti_doc *b)
{
    const double changed = changed_words(f);
    const double own_a = own_tokens(p->overlap_a, a), own_b = own_tokens(p->overlap_b, b);
    return f->rest.share <= MOST_OWN_OF_SHORT &&
           (own_a - changed <= MOST_OWN * a->token_count ||
            own_b - changed <= MOST_OWN * b->token_count ||
            (own_a < own_b ? own_a : own_b) < FEW_OWN_TOKENS + OWN_TOKENS_OF_A_CHANGE * changed);
}

double tti_own_share(const tt_pair *p)
{
    return isnan(p->overlap_a) ? p->containment_a : p->overlap_a;
}

int32_t tti_relation_of(const tt_options *o, const tt_pair *p, tti_admission admission,
                        const tti_doc *a, const tti_doc *b, int other_facts)
{
    const double a_tokens = a->token_count, b_tokens = b->token_count;
    const double containment = o->containment < 0 ? 0.8 : o->containment;
    if (o->facts >= 0 &&
        (other_facts || (admission == TTI_ADMITTED_BY_OVERLAP && aligns_too_little(p, a, b))))
        return TT_SERIES;
    if (a_tokens >= CONTAINING * b_tokens &&
        (p->containment_b >= containment || p->overlap_b >= o->drop))
        return TT_CONTAINS;
    if (b_tokens >= CONTAINING * a_tokens &&
        (p->containment_a >= containment || p->overlap_a >= o->drop))
        return TT_CONTAINED;
    return TT_NEAR;
}

tt_pair tti_pair_swapped(const tt_pair *pair)
{
    tt_pair p = *pair;
    p.containment_a = pair->containment_b, p.containment_b = pair->containment_a;
    p.overlap_a = pair->overlap_b, p.overlap_b = pair->overlap_a;
    if (p.relation == TT_CONTAINS || p.relation == TT_CONTAINED)
        p.relation = p.relation == TT_CONTAINS ? TT_CONTAINED : TT_CONTAINS;
    return p;
}

tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc)
{
    return pair->a == doc ? *pair : tti_pair_swapped(pair);
}
