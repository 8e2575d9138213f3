/*
 * The comparison of an article with its candidates, pair by pair, by the code of a scan.
 */
#ifndef TTI_INDEX_COMPARER_H
#define TTI_INDEX_COMPARER_H

#include "index/candidate_lookup.h"
#include "result/notices.h"
#include "verify/verify.h"

/** What one thread finds candidates and compares documents with. */
typedef struct tti_comparer {
    const tt_options *options;
    tti_candidate_lookup lookup;
    tti_verifier *verifier;
    tti_aligner *self_aligner; /**< NULL until a document repeats itself */
    int is_loaded;             /**< the verifier holds the document that is compared */
    tti_notice_reader notice_reader;
} tti_comparer;

/** A pair with the earlier document on side a. */
typedef struct tti_compared_pair {
    tt_pair pair;
    int admitted;             /**< some rule admits it */
    tti_facts facts;          /**< of a pair that is admitted; side a: the earlier document */
    uint32_t notice_evidence; /**< of tti_notice_evidence(), likewise */
    int is_swapped;           /**< the alignment's side a is document b */
    tti_alignment alignment;  /**< borrowed until the next comparison */
    uint32_t aligned_b;       /**< tokens of b that are in some block */
} tti_compared_pair;

/** On failure it is to be closed too. @return TT_OK, TT_ENOMEM */
tt_status tti_comparer_open(tti_comparer *c, const tt_options *options, tt_error *error);
/** A zeroed one is allowed. */
void tti_comparer_close(tti_comparer *c);

/** Begins the comparisons of another document. */
void tti_comparer_begin(tti_comparer *c);
/** Compares that document, b, with an earlier one. */
tt_status tti_comparer_run(tti_comparer *c, const tti_doc *a, const tti_doc *b,
                           tti_compared_pair *out, tt_error *error);
/** Adds the shared passages of a pair that are sections to `out`, under the documents' numbers. */
tt_status tti_compared_pair_add_passages(const tti_compared_pair *p, uint32_t a, uint32_t b,
                                         uint32_t min_section, tti_verified *out, tt_error *error);
/** Adds the passages that a document repeats within itself. */
tt_status tti_comparer_add_own_passages(tti_comparer *c, const tti_doc *doc, uint32_t number,
                                        tti_verified *out, tt_error *error);

#endif
