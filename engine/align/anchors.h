/*
 * Anchors: the maximal exact matches of two runs of tokens, or of one run with itself.
 *
 * The b side is loaded once, indexed by its grams of four tokens, and any number of a sides are
 * looked up in it. A gram that stands in more than a few places of b starts no anchor (it is still
 * passed through by the extension of its neighbours), unless nothing rarer is shared.
 */
#ifndef TTI_ALIGN_ANCHORS_H
#define TTI_ALIGN_ANCHORS_H

#include "align/align.h"

#define TTI_NO_ANCHOR TTI_NO_POSITION

/** Tokens a..a+len of one side equal b..b+len of the other; the rest is the chainer's. */
typedef struct tti_anchor {
    uint32_t a, b, len;
    uint32_t before;  /**< the anchor before it in its best chain, or TTI_NO_ANCHOR */
    uint32_t first_b; /**< where that chain begins in b */
    int64_t score;    /**< of the best chain that ends here */
    int64_t best;     /**< the greatest score up to here */
    uint8_t followed; /**< it is the one before another */
    uint8_t used;     /**< a chain was made with it */
} tti_anchor;

/** The a side of a comparison. */
typedef struct tti_query_side {
    const uint32_t *tokens;
    uint32_t count;
    int self; /**< the two sides are one article */
} tti_query_side;

/** How far the last anchor of a diagonal reaches in a; end 0: an empty slot. */
typedef struct tti_diagonal {
    uint32_t shift, end;
} tti_diagonal;

/** The loaded side and the anchors found last. One thread's; zero it but for the allocator. */
typedef struct tti_anchors {
    const tt_allocator *allocator;
    const uint32_t *b;
    uint32_t b_count;
    tti_kgram_index grams;
    int knows_doubled; /**< the following is filled in */
    uint32_t *doubled; /**< the next place from here on whose gram stands in b elsewhere too */
    size_t doubled_capacity;
    tti_anchor *anchors; /**< in order of (a, b) */
    size_t count, capacity;
    uint32_t passed_over;    /**< shared grams that stand in too many places to look at all */
    int crowded;             /**< so many that there is one anchor a place only, or not all */
    tti_diagonal *diagonals; /**< open addressing by shift */
    size_t diagonal_slots, diagonal_capacity;
} tti_anchors;

void tti_anchors_free(tti_anchors *x);

/** Takes the b side; `tokens` stays borrowed. @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_load(tti_anchors *x, const uint32_t *tokens, uint32_t count, tt_error *error);

/** Finds the anchors of an a side; of the loaded side with itself once after each load.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error);

/** Finds the anchors of another article as far as tti_anchors_shared_shingles() needs them; see
 * tti_aligner_match(). @return TT_OK, TT_ENOMEM */
tt_status tti_anchors_match(tti_anchors *x, const tti_query_side *a, uint32_t least, int *enough,
                            tt_error *error);

/** See tti_aligner_shared_shingles(). */
uint32_t tti_anchors_shared_shingles(const tti_anchors *x, uint32_t w, const uint32_t *repeats,
                                     uint32_t repeat_count);

#endif
