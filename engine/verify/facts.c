/*
 * Facts are numerals, number words, dates, and names: words with a capital that does not begin a
 * sentence. They are counted inside the passages that two articles share and in the tokens next to
 * those: a fact that is aligned agrees, a fact that is not is one that the other side lacks or tells
 * otherwise. New text (an unaligned run that ends a passage) is not a filled-in slot and says
 * nothing beyond its first tokens.
 */
#include "verify/facts.h"

enum { MARGIN = 8 }; /* tokens next to a passage that still belong to the form */

static int is_fact(uint8_t flags)
{
    if (flags & (TTI_TOKEN_NUMERAL | TTI_TOKEN_NUMBER_WORD | TTI_TOKEN_DATE_WORD))
        return 1;
    return (flags & TTI_TOKEN_CAPITAL) && !(flags & (TTI_TOKEN_SENTENCE | TTI_TOKEN_UPPER));
}

static uint32_t facts_between(const uint8_t *flags, uint32_t begin, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = begin; i < end; i++)
        n += (uint32_t)is_fact(flags[i]);
    return n;
}

typedef struct tally {
    uint32_t agree, slots; /* slots: facts that do not */
} tally;

static void count_slot(tally *t, uint32_t in_a, uint32_t in_b)
{
    t->slots += in_a > in_b ? in_a : in_b;
}

static void count_passage(tally *t, const tti_doc *a, const tti_doc *b, const tti_passage *p,
                          const tti_block *blocks)
{
    for (uint32_t k = 0; k < p->block_count; k++) {
        const tti_block *x = &blocks[k];
        for (uint32_t i = 0; i < x->len; i++)
            t->agree += (uint32_t)(is_fact(a->flags[x->a + i]) || is_fact(b->flags[x->b + i]));
        if (k + 1 < p->block_count)
            count_slot(t, facts_between(a->flags, x->a + x->len, x[1].a),
                       facts_between(b->flags, x->b + x->len, x[1].b));
    }
}

static void count_margins(tally *t, const tti_doc *a, const tti_doc *b, const tti_passage *p)
{
    const uint32_t a_left = p->a_begin < MARGIN ? p->a_begin : MARGIN;
    const uint32_t b_left = p->b_begin < MARGIN ? p->b_begin : MARGIN;
    const uint32_t a_right = a->token_count - p->a_end < MARGIN ? a->token_count - p->a_end : MARGIN;
    const uint32_t b_right = b->token_count - p->b_end < MARGIN ? b->token_count - p->b_end : MARGIN;
    /* A side that ends here has no slot to fill. */
    if (a_left > 0 && b_left > 0)
        count_slot(t, facts_between(a->flags, p->a_begin - a_left, p->a_begin),
                   facts_between(b->flags, p->b_begin - b_left, p->b_begin));
    if (a_right > 0 && b_right > 0)
        count_slot(t, facts_between(a->flags, p->a_end, p->a_end + a_right),
                   facts_between(b->flags, p->b_end, p->b_end + b_right));
}

double tti_facts(const tti_doc *a, const tti_doc *b, const tti_alignment *alignment)
{
    tally t = {0, 0};
    for (size_t k = 0; k < alignment->passage_count; k++) {
        const tti_passage *p = &alignment->passages[k];
        count_passage(&t, a, b, p, alignment->blocks + p->block_begin);
        count_margins(&t, a, b, p);
    }
    return t.agree + t.slots == 0 ? 1.0 : (double)t.agree / (t.agree + t.slots);
}

double tti_facts_threshold(const tti_doc *a, const tti_doc *b, double wish)
{
    const uint32_t shorter = a->token_count < b->token_count ? a->token_count : b->token_count;
    if (wish != 0)
        return wish;
    return shorter < 60 ? 0.8 : 0.5;
}
