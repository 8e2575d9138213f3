/*
 * One pair at a time: exact numbers of its shingle sets, the alignment with its overlaps, the
 * facts, and the relation. All of it follows from the two articles alone.
 */
#ifndef TTI_VERIFY_VERIFIER_H
#define TTI_VERIFY_VERIFIER_H

#include "align/align.h"
#include "verify/relation.h"
#include "verify/shingle_counts.h"

typedef struct tti_verifier tti_verifier; /**< the working memory of one thread */

/** What a verifier says of a pair. Side b is the loaded article; pair.a and pair.b are 0. */
typedef struct tti_verified_pair {
    tt_pair pair; /**< facts and relation only of a pair that is admitted */
    tti_admission admission;
    tti_alignment alignment; /**< empty where the options need none; borrowed until the next run */
} tti_verified_pair;

/** True if the options need the alignment of a pair. */
int tti_verify_aligns(const tt_options *options);

/** `options` stays borrowed. @return TT_OK, TT_ENOMEM. Owner: the caller, tti_verifier_close(). */
tt_status tti_verifier_open(tti_verifier **out, const tt_options *options, tt_error *error);
/** NULL is allowed. */
void tti_verifier_close(tti_verifier *v);

/** Loads side b of the pairs to come. `shingles`: as counted before, or NULL. Both stay borrowed.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verifier_load(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                            tt_error *error);

/** Verifies the pair of `doc` and the loaded article, both of which have tokens.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_verifier_run(tti_verifier *v, const tti_doc *doc, const tti_doc_shingles *shingles,
                           tti_verified_pair *out, tt_error *error);

#endif
