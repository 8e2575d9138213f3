/*
 * The verify stage: candidates -> exact numbers, relations, and the passages that sections are made
 * of. The numbers of a pair follow from its two articles alone.
 */
#ifndef TTI_VERIFY_VERIFY_H
#define TTI_VERIFY_VERIFY_H

#include "align/align.h"
#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "verify/shingle_counts.h"

/** A passage of document b that stands earlier, in a (or earlier in b itself). Token extents. */
typedef struct tti_shared_passage {
    uint32_t a, b;
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched;
    uint32_t block_count;
    size_t block_begin; /**< in tti_verified.blocks; a and b as here */
} tti_shared_passage;

/** The same pair with its sides exchanged: every number and the relation, but not a and b. */
tt_pair tti_pair_swapped(const tt_pair *pair);
/** A pair of documents with the numbers of `doc` on side a. */
tt_pair tti_pair_oriented(const tt_pair *pair, uint32_t doc);

enum { TTI_BY_OVERLAP = 1 }; /**< tt_pair.reserved inside the engine: only its overlap admits it */

typedef struct tti_verified {
    const tt_allocator *allocator;
    tt_pair *pairs; /**< of documents, sorted by (a, b); series pairs among them */
    size_t pair_count, pair_capacity;
    tti_shared_passage *links;
    size_t link_count, link_capacity;
    tti_block *blocks;
    size_t block_count, block_capacity;
} tti_verified;

/** True if the options need the alignment of a pair. */
int tti_verify_aligns(const tt_options *options);

/** Verifies settled candidates and adds what it finds to `out`. Zero `out` before the first. */
tt_status tti_verify(tti_verified *out, const tti_corpus *corpus, const tti_candidates *candidates,
                     const tt_options *options, tt_error *error);
void tti_verified_free(tti_verified *v);
/** Frees the links and blocks, when sections are made; the pairs stay. */
void tti_verified_free_passages(tti_verified *v);

/** Adds the passages of an alignment of documents a and b (a == b: of one with itself) that are
 * long and dense enough for sections as links. @return TT_OK, TT_ENOMEM */
tt_status tti_verified_add_passages(tti_verified *out, const tti_alignment *al, uint32_t a,
                                    uint32_t b, uint32_t min_section);
/** Puts the links in the order in which sections take them. */
void tti_verified_sort_passages(tti_verified *v);

typedef struct tti_verifier tti_verifier; /**< one thread's working memory */

tt_status tti_verifier_open(tti_verifier **out, const tt_options *options, tt_error *error);
void tti_verifier_close(tti_verifier *v);
/** Takes one side of the pairs to come. `shingles`: as counted before, or NULL. Both borrowed. */
tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                            tt_error *error);

/** A pair's numbers with the a side given and the b side loaded; a, b ordinals are not set. */
typedef struct tti_verified_pair {
    tt_pair pair;
    int admitted; /**< some rule admits it */
    tti_alignment alignment;
} tti_verified_pair;

tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_shingles *shingles,
                           tti_verified_pair *out, tt_error *error);

#endif
