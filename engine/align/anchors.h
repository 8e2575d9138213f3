/*
 * Anchors: the maximal exact matches of two runs of tokens, or of one run with itself.
 *
 * Side b is loaded once and indexed by its k-grams; any number of sides a are then looked up in it.
 * A k-gram that occurs in more than a few places of b starts no anchor, unless nothing rarer is
 * shared; the anchors of its neighbours still run through it.
 *
 * Always holds: tokens [a, a + len) of an anchor equal tokens [b, b + len) of the other side, and
 * it is the longest such match on its diagonal; within one article a + len <= b.
 */
#ifndef TTI_ALIGN_ANCHORS_H
#define TTI_ALIGN_ANCHORS_H

#include "align/kgram_index.h"
#include "util/array.h"

#define TTI_NO_ANCHOR UINT32_MAX

/** An exact match; what follows `len` belongs to align/chain.h. */
typedef struct tti_anchor {
    uint32_t a, b, len;
    uint32_t before;  /**< the anchor before it in its best chain, or TTI_NO_ANCHOR */
    uint32_t first_b; /**< where that chain begins in b */
    int64_t score;    /**< of the best chain that ends here */
    int64_t best;     /**< the highest score of this anchor and all before it */
    uint8_t followed; /**< it is the one before another */
    uint8_t used;     /**< some chain has taken it */
} tti_anchor;

/** Side a of a comparison. */
typedef struct tti_query_side {
    const uint32_t *tokens;
    uint32_t count;
    int self; /**< both sides are the loaded article */
} tti_query_side;

/** The loaded side and the anchors found last. Belongs to one thread; zero it, but for the
 * allocator, before first use. */
typedef struct tti_anchors {
    const tt_allocator *allocator;
    const uint32_t *b;
    uint32_t b_count;
    tti_kgram_index index; /**< of b */
    int few_words;         /**< b has few different words; -1: not computed yet */
    int knows_repeated;    /**< `next_repeated` is filled in */
    TTI_ARRAY(uint32_t)
    next_repeated;    /**< of each position, the first one from there on whose k-gram
                           occurs in another place of b too, where a match may begin */
    int knows_common; /**< `is_common` is filled in */
    TTI_ARRAY(uint8_t)
    is_common;                     /**< of each position of b: its k-gram occurs too often and has
                                        been followed */
    uint32_t least_common;         /**< the least number of tokens in anchors of common k-grams */
    uint32_t common_anchors;       /**< how many anchors of common k-grams there are */
    uint32_t common_end;           /**< where the farthest of those anchors ends in a */
    uint32_t stray_kgrams;         /**< common k-grams that are in none of those anchors */
    uint64_t places;               /**< positions of k-grams that were looked at */
    TTI_ARRAY(tti_anchor) anchors; /**< in order of (a, b) */
    uint32_t skipped_kgrams;       /**< shared k-grams that occur too often to be looked at */
    int repetitive; /**< there is one anchor a position at most, or some are missing, because the
                         k-grams occur so often */
    TTI_ARRAY(uint32_t)
    diagonal_ends; /**< of each diagonal the base and where its last anchor
                        ends in a; none if it is not above the base */
    uint32_t diagonal_base, longest_end;
} tti_anchors;

void tti_anchors_free(tti_anchors *x);

/** How many of the first `most` tokens of the two are equal. */
uint32_t tti_count_equal_tokens(const uint32_t *p, const uint32_t *q, uint32_t most);

/** Loads side b; `tokens` stays borrowed. @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_load(tti_anchors *x, const uint32_t *tokens, uint32_t count, tt_error *error);

/** See tti_aligner_has_few_words(). */
int tti_anchors_have_few_words(tti_anchors *x);

/** Finds the anchors of a side a; those of the loaded side with itself once after each load,
 * because that uses the index up. @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error);

/** Finds the anchors of another article as far as tti_anchors_shared_shingles() needs them; see
 * tti_aligner_match(). @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_match(tti_anchors *x, const tti_query_side *a, uint32_t least, int *enough,
                            tt_error *error);

/** See tti_aligner_shared_shingles(). */
uint32_t tti_anchors_shared_shingles(const tti_anchors *x, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count);

#endif
