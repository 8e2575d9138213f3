/*
 * How the two articles of a pair relate: do they state the same facts, which of the options' rules
 * admit them, and what is each to the other.
 *
 * A form that is filled in with new values (dividends, prices, the day's weather) aligns as well as
 * a damaged copy does; the difference is that its facts are replaced by other facts.
 */
#ifndef TTI_VERIFY_RELATION_H
#define TTI_VERIFY_RELATION_H

#include "align/align.h"
#include "corpus/corpus.h"
#include "text/words.h"

/** Two facts of one kind that two articles state in the same place, each of which the other article
 * does not have: tokens [a, a + a_size) of one, and of the other. */
typedef struct tti_difference {
    uint32_t a, b;
    uint8_t a_size, b_size;
    uint8_t kind; /**< tt_difference_kind */
} tti_difference;

/** The text of two articles that is in no passage: of the article that has less of it. */
typedef struct tti_rest {
    uint32_t tokens;
    double share; /**< of all its tokens */
} tti_rest;

/** The facts of two aligned articles, compared. */
typedef struct tti_facts {
    double share;     /**< of the facts on which they agree, from 0 to 1; 1 if there are none. Names
                           count half: they are more often misread or written in another way */
    uint32_t aligned; /**< tokens */
    uint32_t facts;   /**< that agree or face one of their kind */
    double numbers;   /**< numbers and dates that face another; those beside a passage, which may
                           belong to other text, count half */
    double number_slots;      /**< gaps where a number faces another; those beside a passage count
                                   half */
    uint32_t name_slots;      /**< gaps where new names face others, of which none is alike */
    uint32_t other_subjects;  /**< those, and places beside passages, whose names recur */
    uint32_t character_slots; /**< gaps where new characters face others, in text of which each is a
                                   token */
    uint32_t words;           /**< ordinary words that face others */
    uint32_t misread;         /**< ordinary words that face one that is like them */
    uint32_t other_names;     /**< conflicts of names */
    uint32_t other_numbers;   /**< conflicts of numbers that are no dates */
    uint32_t own_numbers;     /**< different ones that an article has and the other nowhere, in the
                                   article that has fewer of them */
    int has_own_dates;        /**< each has a date that the other nowhere has */
    int has_own_subjects;     /**< each has a name in its first words that recurs, and the
                                   other nowhere has */
    tti_rest rest;
    uint32_t
        conflicts; /**< how many differences there are; the first of them are in `differences` */
    tti_difference differences[TT_MOST_DIFFERENCES];
} tti_facts;

enum { TTI_DOC_FILTER_BITS = 1 << 15 };

/** Says for certain that a token is not in a document; filled when that pays. */
typedef struct tti_doc_filter {
    const tti_doc *doc;
    uint32_t questions; /**< before it was filled */
    int is_filled;
    uint64_t bits[TTI_DOC_FILTER_BITS / 64]; /**< by some bits of the hashes */
} tti_doc_filter;

void tti_doc_filter_reset(tti_doc_filter *f, const tti_doc *doc);

/** Compares the facts of `a` and the filter's document, side b of the alignment. A small number is
 * one fact whether it is a word or a numeral. */
void tti_facts_compare(const tti_doc *a, tti_doc_filter *in_b, const tti_alignment *alignment,
                       const tti_small_numbers *numbers, tti_facts *out);

/** How many differences of a pair with so many conflicts are listed. */
static inline uint32_t tti_listed_differences(uint32_t conflicts)
{
    return conflicts < TT_MOST_DIFFERENCES ? conflicts : TT_MOST_DIFFERENCES;
}

/** Exchanges the sides of the differences that are listed. */
void tti_facts_swap(tti_facts *facts);

/** Which rules admit a pair; none is 0. */
typedef enum tti_admission {
    TTI_NOT_ADMITTED = 0,
    TTI_ADMITTED = 1,           /**< resemblance or containment */
    TTI_ADMITTED_BY_OVERLAP = 2 /**< overlap alone */
} tti_admission;

/** True if one states other facts in the words of the other, so that they are no copies. `wanted`:
 * tt_options.facts, the least share of facts that agree in copies; 0 takes the rule of
 * docs/quality.md. */
int tti_facts_are_others(const tti_facts *facts, double wanted, tti_admission admission);

/** True if each says for itself what the other does not: two reports with the same background.
 * `wanted` as above: with one nothing else decides. */
int tti_tell_other_news(const tti_facts *facts, double wanted);

/** The tokens are those of the two articles: a short text is no copy of a much longer one. */
tti_admission tti_admission_of(const tt_options *options, const tt_pair *pair, uint32_t a_tokens,
                               uint32_t b_tokens);

/** The relation of a pair that `admission` admits, but for TT_RELATED. `other_facts`: of
 * tti_facts_are_others(); it is not used where options->facts is off. */
int32_t tti_relation_of(const tt_options *options, const tt_pair *pair, tti_admission admission,
                        const tti_doc *a, const tti_doc *b, int other_facts);

tti_rest tti_rest_of(const tti_alignment *alignment, const tti_doc *a, const tti_doc *b);

/** True if one of two articles has most of itself in common with the other; `facts` are theirs.
 * Near articles are related otherwise. */
int tti_share_most(const tt_pair *pair, const tti_facts *facts, const tti_doc *a, const tti_doc *b);

/** True if two articles that may be copies are two stages of a story, or two events of a kind: they
 * were published more than two weeks apart, and each has some text of its own. */
int tti_are_stages(const tt_pair *pair, const tti_facts *facts, const tti_doc *a, const tti_doc *b);

/** The least share of itself that an article has in another, for the two to be in one cluster. */
#define TTI_MOST 0.6

/** The share of a that b has: its overlap, or where that is not known its containment. */
double tti_own_share(const tt_pair *pair);

/** True if what an article shares of itself with a copy of it, whose own share is `other`, is most
 * of it, so that it can be in the cluster of that one. One of two copies always can. */
static inline int tti_is_most(double own, double other)
{
    return own >= TTI_MOST || own >= other;
}

/** The same pair with its sides exchanged: every number and the relation, but not a and b. */
tt_pair tti_pair_swapped(const tt_pair *pair);
/** A pair of documents with the numbers of `doc` on side a. */
tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc);

#endif
