/*
 * The notices of a scan: texts that articles have which tell different news. They are learned from
 * the pairs that share a notice as far as the two can tell (verify/own_text.h), and then other pairs
 * are known by them: those of a page that has nothing but the notice, or of teasers that happen to
 * share some words. Numbers of pairs do not depend on them; only relations do.
 *
 * Always holds: the list follows from the documents and their pairs, in order.
 */
#ifndef TTI_RESULT_NOTICES_H
#define TTI_RESULT_NOTICES_H

#include "util/table.h"
#include "verify/verify.h"

enum {
    TTI_SHORTEST_NOTICE = 8, /**< tokens */
    TTI_MOST_NOTICES = 10000,
    TTI_MOST_NOTICE_TOKENS = 1 << 20 /**< of all together; with them a list takes 28 MB */
};

typedef struct tti_notice {
    uint32_t begin, size;    /**< in tti_notices.tokens */
    uint32_t articles;       /**< documents that have it and share it with others */
    uint32_t doc, doc_begin; /**< the first place, in tokens; doc UINT32_MAX: not known */
} tti_notice;

/** Zeroed but for the allocator, it is empty. */
typedef struct tti_notices {
    const tt_allocator *allocator;
    TTI_ARRAY(tti_notice) list;
    TTI_ARRAY(uint32_t) tokens; /**< hashes */
    tti_table grams;            /**< positions in `tokens` where a run of four begins */
    uint64_t filter[1 << 10];   /**< bits of the runs, to pass over most of other text */
} tti_notices;

void tti_notices_free(tti_notices *notices);

/** Adds a notice of `size` tokens, or what there is room for. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_add(tti_notices *notices, const uint32_t *tokens, uint32_t size,
                          const tti_notice *of);

/** Learns from the pairs of a scan: text that a document shares as a notice with two earlier ones
 * or more, unless it has more copies among them than such. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_learn(tti_notices *notices, const tti_corpus *corpus,
                            const tti_verified *verified, tt_error *error);

/** Gives the pairs that share hardly anything but notices their relation. A pair of which a
 * story is left when the notices are taken away, half of it or more the same, stays what it is.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_notices_apply(const tti_notices *notices, const tti_corpus *corpus,
                            tti_verified *verified, tt_error *error);

/** The share of tokens [begin, end) of a document that are in notices. *share is written on
 * success. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_cover(const tti_notices *notices, const tti_doc *doc, uint32_t begin,
                            uint32_t end, double *share);

#endif
