/*
 * Chaining: anchors -> colinear chains, best first (Li 2018, minimap2, section 2.1).
 *
 * Always holds: in a chain each anchor begins after the one before it on both sides; the gaps
 * between two of them are at most TTI_CHAIN_MAX_GAP tokens long and do not differ much; an anchor
 * is in one chain at most; within one article a chain ends in a before it begins in b.
 */
#ifndef TTI_ALIGN_CHAIN_H
#define TTI_ALIGN_CHAIN_H

#include "align/anchors.h"

enum {
    TTI_CHAIN_MAX_GAP = 48,   /**< unaligned tokens of either side that a chain may pass over */
    TTI_CHAIN_TOKEN_SCORE = 4 /**< score of an aligned token; gaps cost parts of it */
};

typedef struct tti_chain_end {
    int64_t score;
    uint32_t anchor; /**< the last of the chain */
} tti_chain_end;

/** The chains found last. Belongs to one thread; zero it, but for the allocator, before first use.
 */
typedef struct tti_chains {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_chain_end) ends; /**< highest score first */
    TTI_ARRAY(uint32_t) path;      /**< the chain traced last: its anchors, the last one first */
    /** Of each anchor, for the kernel: b, len + TTI_CHAIN_MAX_GAP, first_b. */
    TTI_ARRAY(uint32_t) begins_b, reaches, firsts_b;
} tti_chains;

void tti_chains_free(tti_chains *chains);

/** Chains the anchors, of one article with itself if `self` is set, and lists the ends of the
 * chains with `least_score` or more. @return TT_OK, TT_ENOMEM */
tt_status tti_chains_find(tti_chains *chains, tti_anchors *anchors, int self, int64_t least_score,
                          tt_error *error);

/** Traces the chain that ends in an anchor back to its first anchor, or to one that a chain traced
 * before has taken, as `path`: it may be empty. */
void tti_chains_trace(tti_chains *chains, tti_anchors *anchors, uint32_t end);

#endif
