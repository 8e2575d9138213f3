/*
 * Facts are numerals, number words, dates, and names: words with a capital that does not begin a
 * sentence. An aligned fact agrees. A fact on one side of a gap that faces a fact of the same kind
 * on the other side disagrees: the slot was filled in anew. A fact that faces none is damage or an
 * addition and says nothing; nor does new text, a gap too long to be a slot. The tokens next to a
 * passage, where nothing else aligns them, are slots at its ends.
 *
 * The weights and the threshold were fitted on bulletins against copies: docs/quality.md.
 */
#include "verify/facts.h"

#include <math.h>
#include <string.h>

enum { MARGIN = 8 }; /* tokens next to a passage that still belong to the form */

enum { NUMERAL, WORD, NAME, KINDS };

static const double weights[KINDS] = {1, 1, 0.5};

/* Facts of each kind. */
typedef struct tally {
    uint32_t of[KINDS];
} tally;

static int fact_kind(uint8_t flags)
{
    if (flags & TTI_TOKEN_NUMERAL)
        return NUMERAL;
    if (flags & (TTI_TOKEN_NUMBER_WORD | TTI_TOKEN_DATE_WORD))
        return WORD;
    if ((flags & TTI_TOKEN_CAPITAL) && !(flags & (TTI_TOKEN_SENTENCE | TTI_TOKEN_UPPER)))
        return NAME;
    return KINDS;
}

static void count_token(tally *t, uint8_t flags)
{
    const int kind = fact_kind(flags);
    if (kind < KINDS)
        t->of[kind]++;
}

static tally count_gap(const uint8_t *flags, uint32_t begin, uint32_t end)
{
    tally t = {{0}};
    for (uint32_t i = begin; i < end; i++)
        count_token(&t, flags[i]);
    return t;
}

/* Adds the facts that face one of their kind. */
static void add_disagreeing_facts(tally *slots, const tally *a, const tally *b)
{
    for (int k = 0; k < KINDS; k++)
        slots->of[k] += a->of[k] < b->of[k] ? a->of[k] : b->of[k];
}

/* Which of eight tokens are facts of each kind: a byte a token, 1 if it is. */
typedef struct eight {
    uint64_t of[KINDS];
} eight;

#define ONES 0x0101010101010101u

static inline uint64_t has(uint64_t flags, unsigned flag)
{
    return flags / flag & ONES;
}

static inline eight fact_kinds_of_eight(const uint8_t *flags)
{
    eight x;
    uint64_t f;
    memcpy(&f, flags, sizeof f);
    x.of[NUMERAL] = has(f, TTI_TOKEN_NUMERAL);
    x.of[WORD] = has(f, TTI_TOKEN_NUMBER_WORD) | has(f, TTI_TOKEN_DATE_WORD);
    x.of[NAME] =
        has(f, TTI_TOKEN_CAPITAL) & ~(has(f, TTI_TOKEN_SENTENCE) | has(f, TTI_TOKEN_UPPER));
    return x;
}

static uint32_t sum_bytes(uint64_t x)
{
    const uint64_t pairs = (x & 0x00FF00FF00FF00FFu) + (x >> 8 & 0x00FF00FF00FF00FFu);
    return (uint32_t)(pairs * 0x0001000100010001u >> 48);
}

/* Facts of two runs of aligned tokens. A token that is one on either side counts: one side may
 * begin a sentence with the name. The first kind of the two stands. */
static void count_aligned(tally *agree, const uint8_t *a, const uint8_t *b, uint32_t len)
{
    enum { WORDS = 255 }; /* of eight tokens: as many as a byte can count */
    uint32_t i = 0;
    while (i + 8 <= len) {
        eight sum = {{0}};
        for (uint32_t end = i + 8 * WORDS; i < end && i + 8 <= len; i += 8) {
            const eight x = fact_kinds_of_eight(a + i), y = fact_kinds_of_eight(b + i);
            const uint64_t numeral = x.of[NUMERAL] | y.of[NUMERAL];
            const uint64_t word = (x.of[WORD] | y.of[WORD]) & ~numeral;
            sum.of[NUMERAL] += numeral;
            sum.of[WORD] += word;
            sum.of[NAME] += (x.of[NAME] | y.of[NAME]) & ~(numeral | word);
        }
        for (int k = 0; k < KINDS; k++)
            agree->of[k] += sum_bytes(sum.of[k]);
    }
    for (; i < len; i++) {
        const int ka = fact_kind(a[i]), kb = fact_kind(b[i]);
        if (ka < KINDS || kb < KINDS)
            agree->of[ka < kb ? ka : kb]++;
    }
}

static void count_passage(tally *agree, tally *slots, const tti_doc *a, const tti_doc *b,
                          const tti_passage *p, const tti_block *blocks)
{
    for (uint32_t k = 0; k < p->block_count; k++) {
        const tti_block *x = &blocks[k];
        count_aligned(agree, a->flags + x->a, b->flags + x->b, x->len);
        if (k + 1 < p->block_count) {
            const tally in_a = count_gap(a->flags, x->a + x->len, x[1].a);
            const tally in_b = count_gap(b->flags, x->b + x->len, x[1].b);
            add_disagreeing_facts(slots, &in_a, &in_b);
        }
    }
}

/* Facts next to a passage [begin, end) of a side, but for those that are aligned elsewhere. */
static void count_margin(tally *t, const tti_doc *doc, const uint8_t *aligned, uint32_t begin,
                         uint32_t end)
{
    for (uint32_t d = 1; d <= MARGIN; d++) {
        if (begin >= d && !aligned[begin - d])
            count_token(t, doc->flags[begin - d]);
        if (end + d <= doc->token_count && !aligned[end + d - 1])
            count_token(t, doc->flags[end + d - 1]);
    }
}

static double weigh_facts(const tally *t)
{
    double sum = 0;
    for (int k = 0; k < KINDS; k++)
        sum += weights[k] * t->of[k];
    return sum;
}

double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *al)
{
    tally agree = {{0}}, slots = {{0}}, margin_a = {{0}}, margin_b = {{0}};
    double agreed, total;
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        count_passage(&agree, &slots, a, b, p, al->blocks + p->block_begin);
        count_margin(&margin_a, a, al->a_aligned, p->a_begin, p->a_end);
        count_margin(&margin_b, b, al->b_aligned, p->b_begin, p->b_end);
    }
    add_disagreeing_facts(&slots, &margin_a, &margin_b);
    agreed = weigh_facts(&agree);
    total = agreed + weigh_facts(&slots);
    return total > 0 ? agreed / total : 1.0;
}

double tti_facts_threshold(const tti_alignment *al, double wish)
{
    uint32_t matched = 0;
    double threshold;
    if (wish != 0)
        return wish;
    for (size_t k = 0; k < al->passage_count; k++)
        matched += al->passages[k].matched;
    threshold = 1.8 - 0.3 * log(matched > 0 ? matched : 1);
    return threshold < 0.55 ? 0.55 : threshold > 0.96 ? 0.96 : threshold;
}
