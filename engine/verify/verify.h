/*
 * The verify stage: candidates -> pairs with exact numbers, and the passages that sections are made
 * of. The numbers of a pair follow from its two articles alone.
 *
 * Always holds after tti_verify(): pairs are in order of (a, b), each once, and a < b; passages are
 * in the order of tti_verified_sort_passages(); the blocks of a passage ascend on both sides, from
 * its begin to its end.
 */
#ifndef TTI_VERIFY_VERIFY_H
#define TTI_VERIFY_VERIFY_H

#include "corpus/candidate_pairs.h"
#include "util/array.h"
#include "verify/relation.h"
#include "verify/shingle_sets.h"

/* ---- One pair at a time ---------------------------------------------------------------------- */

typedef struct tti_verifier tti_verifier; /**< the working memory of one thread */

/** What a verifier says of a pair. Side b is the loaded article; pair.a and pair.b are 0. */
typedef struct tti_verified_pair {
    tt_pair pair; /**< facts and relation only of a pair that is admitted */
    tti_admission admission;
    int is_omitted;           /**< not compared: the loaded article has used up its effort */
    tti_facts facts;          /**< of a pair that is admitted */
    uint32_t notice_evidence; /**< of tti_notice_evidence(), for a pair that is admitted */
    tti_alignment alignment;  /**< empty where the options need none; borrowed until the next run */
} tti_verified_pair;

/** True if the options need the alignment of a pair. */
int tti_verify_aligns(const tt_options *options);

/** `options` stays borrowed. `admitted_only`: the numbers of a pair that no rule admits are not
 * wanted, and may be 0. @return TT_OK, TT_ENOMEM. Owner: the caller, tti_verifier_close(). */
tt_status tti_verifier_open(tti_verifier **out, const tt_options *options, int admitted_only,
                            tt_error *error);
/** NULL is allowed. */
void tti_verifier_close(tti_verifier *v);

/** Loads side b of the pairs to come. `shingles`: as counted before, or NULL. Both stay borrowed.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                            tt_error *error);

/** Verifies the pair of `doc` and the loaded article, both of which have tokens. An article that
 * has the same words all over is aligned with a few others that have them too, whatever their
 * number: then is_omitted is set, and nothing is compared.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                           tti_verified_pair *out, tt_error *error);

/* ---- All candidates -------------------------------------------------------------------------- */

/** A pair of documents that a rule admits; series pairs are among them. */
typedef struct tti_doc_pair {
    tt_pair numbers; /**< a and b are documents, a < b */
    tti_admission admission;
    size_t difference_begin; /**< in tti_verified.differences: those that are listed */
} tti_doc_pair;

/** A passage of document b that occurs earlier: in document a < b, or earlier in b itself where
 * a == b. Its extents are in tokens. */
typedef struct tti_shared_passage {
    uint32_t a, b;
    uint32_t a_begin, a_end, b_begin, b_end;
    uint32_t matched; /**< aligned tokens */
    uint32_t block_count;
    size_t block_begin; /**< in tti_verified.blocks */
} tti_shared_passage;

/** Tokens [begin, end) of a document that it shares with an earlier one, maybe as a notice. */
typedef struct tti_notice_place {
    uint32_t doc, other;
    uint32_t begin, end;
    uint8_t evidence; /**< of tti_notice_evidence(), at least 1 */
    uint8_t is_copy;  /**< the pair is one by its own numbers */
} tti_notice_place;

/** What was found. Zero it, but for the allocator, before first use. */
typedef struct tti_verified {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_doc_pair) pairs;
    TTI_ARRAY(tti_shared_passage) passages;
    TTI_ARRAY(tti_block) blocks;           /**< of the passages */
    TTI_ARRAY(tti_difference) differences; /**< of the pairs */
    TTI_ARRAY(tti_notice_place) notice_places;
    uint64_t omitted; /**< candidates that were not compared */
} tti_verified;

/** Verifies candidates, each named once, and adds what it finds to `out`.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verify(tti_verified *out, const tti_corpus *corpus, const tti_candidates *candidates,
                     const tt_options *options, tt_error *error);
void tti_verified_free(tti_verified *v);
/** Frees the passages and their blocks; the pairs stay. */
void tti_verified_free_passages(tti_verified *v);

/** The pair of documents x and y, in either order, or NULL. The pairs are in order. */
const tti_doc_pair *tti_verified_find(const tti_verified *v, uint32_t x, uint32_t y);

/** True if a number or date of the pair differs, of the differences that are listed. */
int tti_differs_in_figure(const tti_verified *v, const tti_doc_pair *pair);

/** Adds those passages of an alignment of documents a and b (a == b: of one with itself) that are
 * long and dense enough for sections. @return TT_OK, TT_ENOMEM */
tt_status tti_verified_add_passages(tti_verified *out, const tti_alignment *alignment, uint32_t a,
                                    uint32_t b, uint32_t min_section);

/** Puts the passages in the order in which sections take them: document by document; the earliest
 * document a first; those with most aligned tokens first. Within one document they are in order of
 * b_begin, so that an earlier occurrence is known before it is referred to. */
void tti_verified_sort_passages(tti_verified *v);

#endif
