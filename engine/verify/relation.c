#include "verify/relation.h"

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
#define WORDS_OF_A_NUMBER 28.0
#define MISREAD_FORGIVEN 10.0

/* Copies have no more slots that are filled with other facts than these, fewer if little aligns, */
#define SLOTS 2.0
#define SLOTS_OF_NUMBERS 3.0    /* where none is a name's: figures are brought up to date */
#define SLOTS_OF_CHARACTERS 1.0 /* in text of which each character is a token */
#define WORDS_OF_A_SHORT_SLOT 35.0
/* one in so many aligned tokens, and one for so many ordinary words that face others. */
#define WORDS_OF_A_SLOT 350.0
#define WORDS_FORGIVEN 2.0

/* Kinds of facts; a token that is no fact has kind KINDS. */
enum { NUMERAL, WORD, NAME, KINDS };

static const double weights[KINDS] = {1, 1, 0.5};

typedef struct fact_counts {
    uint32_t of[KINDS];
} fact_counts;

static int is_name(uint8_t flags)
{
    return (flags & (TTI_TOKEN_CAPITAL | TTI_TOKEN_SENTENCE | TTI_TOKEN_UPPER)) ==
           TTI_TOKEN_CAPITAL;
}

static int fact_kind(uint8_t flags)
{
    switch (flags & TTI_TOKEN_KIND) {
    case TTI_TOKEN_NUMERAL: return NUMERAL;
    case TTI_TOKEN_NUMBER_WORD:
    case TTI_TOKEN_DATE_WORD: return WORD;
    default: return is_name(flags) ? NAME : KINDS;
    }
}

static void count_token(fact_counts *t, uint8_t flags)
{
    const int kind = fact_kind(flags);
    if (kind < KINDS)
        t->of[kind]++;
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
    uint64_t f, numeral, number, date, word;
    memcpy(&f, flags, sizeof f);
    numeral = bytes_with_flag(f, TTI_TOKEN_NUMERAL);
    number = bytes_with_flag(f, TTI_TOKEN_NUMBER_WORD);
    date = bytes_with_flag(f, TTI_TOKEN_DATE_WORD);
    word = bytes_with_flag(f, TTI_TOKEN_KIND & ~7u);
    x.of[NUMERAL] = numeral & ~(number | date | word);
    x.of[WORD] = (number ^ date) & ~(numeral | word);
    x.of[NAME] = bytes_with_flag(f, TTI_TOKEN_CAPITAL) &
                 ~(bytes_with_flag(f, TTI_TOKEN_SENTENCE) | bytes_with_flag(f, TTI_TOKEN_UPPER) |
                   x.of[NUMERAL] | x.of[WORD]);
    return x;
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
    enum { MOST_WORDS = 255 }; /* words of eight tokens that a byte can count */
    uint32_t i = 0;
    while (i + 8 <= len) {
        eight_facts sum = {{0}};
        for (uint32_t end = i + 8 * MOST_WORDS; i < end && i + 8 <= len; i += 8) {
            const eight_facts x = facts_of_eight(a + i), y = facts_of_eight(b + i);
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

/* A comparison under way. */
typedef struct fact_comparison {
    const tti_doc *a, *b;
    tti_doc_filter *in_a, *in_b;
    fact_counts agree, disagree;
    tti_facts *out;
} fact_comparison;

/* A run of tokens of one article, as one side of a slot. */
typedef struct slot_side {
    const tti_doc *doc;
    uint32_t begin, end;
    unsigned sorts; /* of its tokens */
} slot_side;

/* A word whose first letter is of no class is a single character. */
static inline int is_character(uint8_t flags)
{
    return (flags & TTI_TOKEN_KIND) == 0;
}

static inline int has_capital(uint8_t flags)
{
    return (flags & TTI_TOKEN_CAPITAL) != 0;
}

/* A word that is no fact and not written as a name. */
static int is_ordinary(uint8_t flags)
{
    return fact_kind(flags) == KINDS && !is_character(flags) && !has_capital(flags);
}

static int is_like(uint8_t x, uint8_t y)
{
    return (x & TTI_TOKEN_KIND) != 0 && ((x ^ y) & TTI_TOKEN_KIND) == 0;
}

/* Sorts of tokens that a slot may be filled with: those below 1 << KINDS are the kinds of facts in
 * a conflict, where, if there are no capitals, any word may be a name. */
enum { CAPITAL = 1 << (KINDS + 1), CHARACTER = 1 << (KINDS + 2) };

static unsigned token_sorts(uint8_t flags)
{
    if (is_character(flags))
        return 1u << NAME | CHARACTER | (has_capital(flags) ? CAPITAL : 0);
    return 1u << fact_kind(flags) | (has_capital(flags) ? CAPITAL : 0);
}

void tti_doc_filter_reset(tti_doc_filter *f, const tti_doc *doc)
{
    f->doc = doc;
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

/* A short article is looked through; of a long one the filter mostly says that it need not be. */
static int has_token(tti_doc_filter *f, uint32_t hash)
{
    enum { SHORT = 1024, STEP = 64 };
    const tti_doc *doc = f->doc;
    const uint32_t whole_steps = doc->token_count - doc->token_count % STEP;
    if (doc->token_count > SHORT) {
        if (!f->is_filled)
            fill_filter(f);
        if ((f->bits[hash % TTI_DOC_FILTER_BITS / 64] >> hash % 64 & 1) == 0)
            return 0;
    }
    for (uint32_t i = 0; i < whole_steps; i += STEP) {
        uint32_t found = 0;
        for (uint32_t k = 0; k < STEP; k++) /* without an end before that: it vectorises */
            found |= doc->hashes[i + k] == hash;
        if (found)
            return 1;
    }
    for (uint32_t i = whole_steps; i < doc->token_count; i++)
        if (doc->hashes[i] == hash)
            return 1;
    return 0;
}

/* Finds the first token of a sort that the other article does not have. @return its index, `end`
 * if there is none */
static uint32_t find_novel_token(const slot_side *s, tti_doc_filter *other, unsigned sort)
{
    uint32_t i = s->begin;
    while (i < s->end &&
           ((token_sorts(s->doc->flags[i]) & sort) == 0 || has_token(other, s->doc->hashes[i])))
        i++;
    return i;
}

/* How many tokens of a sort follow one another from i on: a name of two words is one difference. */
static uint8_t count_run(const slot_side *s, uint32_t i, unsigned sort)
{
    uint32_t end = i;
    while (end < s->end && (token_sorts(s->doc->flags[end]) & sort) != 0)
        end++;
    return (uint8_t)(end - i);
}

/* Finds a token of a sort on either side that the other article does not have. @return 0: one side
 * has none */
static int find_facing(const fact_comparison *x, const slot_side *a, const slot_side *b,
                       unsigned sort, uint32_t *in_a, uint32_t *in_b)
{
    if ((a->sorts & b->sorts & sort) == 0)
        return 0;
    *in_a = find_novel_token(a, x->in_b, sort);
    if (*in_a == a->end)
        return 0;
    *in_b = find_novel_token(b, x->in_a, sort);
    return *in_b < b->end;
}

/* True if the slot is filled with names that are not alike, wherever in a sentence they are. */
static int has_other_names(const fact_comparison *x, const slot_side *a, const slot_side *b)
{
    uint32_t i, k;
    return find_facing(x, a, b, CAPITAL, &i, &k) && !is_like(a->doc->flags[i], b->doc->flags[k]);
}

static int has_other_characters(const fact_comparison *x, const slot_side *a, const slot_side *b)
{
    uint32_t i, k;
    return find_facing(x, a, b, CHARACTER, &i, &k);
}

static int has_number(const slot_side *s)
{
    for (uint32_t i = s->begin; i < s->end; i++)
        if (fact_kind(s->doc->flags[i]) < NAME &&
            (s->doc->flags[i] & TTI_TOKEN_KIND) != TTI_TOKEN_DATE_WORD)
            return 1;
    return 0;
}

/* Lists a conflict, if the slot has one of this kind. A name whose first or last word is like that
 * of the name it faces was misread. */
static void find_conflict(fact_comparison *x, const slot_side *a, const slot_side *b, int kind)
{
    const uint8_t *in_a = a->doc->flags, *in_b = b->doc->flags;
    tti_difference d;
    if (!find_facing(x, a, b, 1u << kind, &d.a, &d.b))
        return;
    d.a_size = count_run(a, d.a, 1u << kind);
    d.b_size = count_run(b, d.b, 1u << kind);
    if (kind == NAME && (is_like(in_a[d.a], in_b[d.b]) ||
                         is_like(in_a[d.a + d.a_size - 1], in_b[d.b + d.b_size - 1])))
        return;
    d.kind = kind == NAME ? TT_DIFFERS_NAME
             : (in_a[d.a] & TTI_TOKEN_KIND) == TTI_TOKEN_DATE_WORD &&
                     (in_b[d.b] & TTI_TOKEN_KIND) == TTI_TOKEN_DATE_WORD
                 ? TT_DIFFERS_DATE
                 : TT_DIFFERS_NUMERAL;
    if (x->out->conflicts < TT_MOST_DIFFERENCES)
        x->out->differences[x->out->conflicts] = d;
    x->out->conflicts++;
}

/* True for an ordinary word that the other side of the slot has not. */
static int is_other_word(const slot_side *s, uint32_t i, const slot_side *facing)
{
    if (!is_ordinary(s->doc->flags[i]))
        return 0;
    for (uint32_t k = facing->begin; k < facing->end; k++)
        if (facing->doc->hashes[k] == s->doc->hashes[i])
            return 0;
    return 1;
}

static uint32_t count_other_words(const slot_side *s, const slot_side *facing)
{
    uint32_t n = 0;
    for (uint32_t i = s->begin; i < s->end; i++)
        n += is_other_word(s, i, facing);
    return n;
}

/* Counts the ordinary words of a gap that face one that is like them. */
static uint32_t count_misread(const slot_side *a, const slot_side *b)
{
    uint64_t taken = 0; /* a bit a token of b, of which a slot has few */
    uint32_t n = 0;
    for (uint32_t i = a->begin; i < a->end; i++) {
        if (!is_other_word(a, i, b))
            continue;
        for (uint32_t k = b->begin; k < b->end; k++)
            if ((taken >> (k - b->begin) & 1) == 0 && is_ordinary(b->doc->flags[k]) &&
                is_like(a->doc->flags[i], b->doc->flags[k])) {
                taken |= (uint64_t)1 << (k - b->begin);
                n++;
                break;
            }
    }
    return n;
}

static void count_slot_side(slot_side *s, fact_counts *t)
{
    for (uint32_t i = s->begin; i < s->end; i++) {
        count_token(t, s->doc->flags[i]);
        s->sorts |= token_sorts(s->doc->flags[i]);
    }
}

/* Counts the facts of a gap. `is_firm`: the text beside it is the same, not some stray words. */
static void count_slot(fact_comparison *x, slot_side a, slot_side b, int is_firm)
{
    fact_counts in_a = {{0}}, in_b = {{0}};
    uint32_t words_a, words_b;
    assert(a.end - a.begin <= TTI_SPLIT_GAP && b.end - b.begin <= TTI_SPLIT_GAP);
    if (a.begin == a.end || b.begin == b.end)
        return;
    count_slot_side(&a, &in_a);
    count_slot_side(&b, &in_b);
    count_facing(&x->disagree, &in_a, &in_b);
    words_a = count_other_words(&a, &b);
    words_b = words_a > 0 ? count_other_words(&b, &a) : 0;
    if (words_a > 0)
        x->out->misread += count_misread(&a, &b);
    x->out->words += words_a < words_b ? words_a : words_b;
    x->out->number_slots += has_number(&a) && has_number(&b);
    x->out->name_slots += is_firm && has_other_names(x, &a, &b);
    x->out->character_slots += is_firm && has_other_characters(x, &a, &b);
    for (int kind = 0; kind < KINDS && is_firm; kind++)
        if (kind == NAME || (in_a.of[kind] > 0 && in_b.of[kind] > 0))
            find_conflict(x, &a, &b, kind);
}

static int is_numeral_in(const slot_side *gap, uint32_t i)
{
    return i >= gap->begin && i < gap->end && fact_kind(gap->doc->flags[i]) == NUMERAL;
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
        slot_side a = {x->a, y->a + y->len, y->a + y->len, 0},
                  b = {x->b, y->b + y->len, y->b + y->len, 0};
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
        count_slot(x, a, b, y->len >= FIRM || blocks[next].len >= FIRM);
    }
}

/* Counts the facts next to tokens [begin, end), except those that are aligned elsewhere. */
static void count_margin(fact_counts *t, const tti_doc *doc, const uint8_t *aligned, uint32_t begin,
                         uint32_t end)
{
    for (uint32_t d = 1; d <= MARGIN; d++) {
        if (begin >= d && !aligned[begin - d])
            count_token(t, doc->flags[begin - d]);
        if (end + d <= doc->token_count && !aligned[end + d - 1])
            count_token(t, doc->flags[end + d - 1]);
    }
}

static double weigh_facts(const fact_counts *t)
{
    double sum = 0;
    for (int k = 0; k < KINDS; k++)
        sum += weights[k] * t->of[k];
    return sum;
}

void tti_facts_compare(const tti_doc *a, tti_doc_filter *in_b, const tti_alignment *al,
                       tti_facts *out)
{
    const tti_doc *b = in_b->doc;
    tti_doc_filter in_a;
    fact_comparison x = {.a = a, .b = b, .in_a = &in_a, .in_b = in_b, .out = out};
    fact_counts margin_a = {{0}}, margin_b = {{0}}, beside = {{0}};
    double agreed, total;
    tti_doc_filter_reset(&in_a, a);
    memset(out, 0, sizeof *out);
    for (size_t k = 0; k < al->passage_count; k++) {
        const tti_passage *p = &al->passages[k];
        assert(p->a_end <= a->token_count && p->b_end <= b->token_count);
        out->aligned += p->matched;
        count_passage(&x, p, al->blocks + p->block_begin);
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

int tti_facts_are_others(const tti_facts *f, double wish, tti_admission admission)
{
    const double most = f->character_slots > 0 ? SLOTS_OF_CHARACTERS
                        : f->name_slots > 0    ? SLOTS
                                               : SLOTS_OF_NUMBERS;
    const double of_short = f->aligned / WORDS_OF_A_SHORT_SLOT;
    if (wish > 0)
        return f->share < wish;
    if ((f->facts >= LEAST_FACTS || admission == TTI_ADMITTED_BY_OVERLAP) &&
        f->numbers > f->aligned / WORDS_OF_A_NUMBER + f->misread / MISREAD_FORGIVEN)
        return 1;
    return f->number_slots + f->name_slots + f->character_slots >
           (of_short < most ? of_short : most) + f->aligned / WORDS_OF_A_SLOT +
               (f->words + f->misread) / WORDS_FORGIVEN;
}

/* ---- Relations ------------------------------------------------------------------------------- */

/* An article that has half as many tokens again as another contains it, or is no copy of it. */
#define CONTAINING 1.5

/* With fewer aligned tokens than this, a pair needs a greater overlap than that. Where a token is a
 * character, it takes two to say as much. */
#define FEW_TOKENS 20
#define FEW_CHARACTERS 40
#define FEW_TOKENS_OVERLAP 0.85

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

/* True if most words of an article are in a script without capitals. Of these the frequent ones
 * have a token for each character; where they have not, a few more words are asked for. */
static int is_uncased(const tti_doc *doc)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < doc->token_count; i++)
        n += (doc->flags[i] & TTI_TOKEN_KIND) == 0;
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
           (aligned < FEW_TOKENS || is_uncased(shorter));
}

int tti_share_most(const tti_alignment *al, const tti_doc *a, const tti_doc *b)
{
    uint64_t of_a = 0, of_b = 0;
    for (size_t k = 0; k < al->passage_count; k++) {
        of_a += al->passages[k].a_end - al->passages[k].a_begin;
        of_b += al->passages[k].b_end - al->passages[k].b_begin;
    }
    return al->passage_count == 0 || (double)of_a >= TTI_MOST * a->token_count ||
           (double)of_b >= TTI_MOST * b->token_count;
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
