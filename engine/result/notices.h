/*
 * The notices of a scan: texts that articles have which tell different news. They are learned from
 * the pairs that share a notice as far as the two can tell (verify/own_text.h), and then other
 * pairs are known by them: those of a page that has nothing but the notice, or of teasers that
 * happen to share some words. Numbers of pairs do not depend on them; only relations do.
 *
 * Always holds: the list follows from the documents and their pairs, in order.
 */
#ifndef TTI_RESULT_NOTICES_H
#define TTI_RESULT_NOTICES_H

#include "util/table.h"
#include "verify/verify.h"
#include "verify/word_owners.h"

/** The share of a section that makes it a notice. */
#define TTI_MOST_OF_NOTICE 0.8

enum {
    TTI_SHORTEST_NOTICE = 8, /**< tokens */
    TTI_MOST_NOTICES = 10000,
    TTI_MOST_NOTICE_TOKENS = 1 << 20 /**< of all together; with them a list takes 30 MB */
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
    TTI_ARRAY(uint64_t) filter; /**< 16 bits a run or more, to pass over most of other text */
    uint64_t seed;              /**< of the hashes */
    int is_given;               /**< nothing is learned */
} tti_notices;

void tti_notices_free(tti_notices *notices);
/** Empties a list, which keeps its memory. */
void tti_notices_clear(tti_notices *notices);

/** Removes all but the first `count` notices, as if they had never been added. */
void tti_notices_cut(tti_notices *notices, size_t count);

/** Adds a notice of `size` tokens, or what there is room for. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_add(tti_notices *notices, const uint32_t *tokens, uint32_t size,
                          const tti_notice *of);

/** Adds the notices of another list. @return TT_OK; TT_EINVAL (it has another seed); TT_ENOMEM */
tt_status tti_notices_copy(tti_notices *to, const tti_notices *from, tt_error *error);

/** Learns from the places of one document, in the order of the others: text that it shares with two
 * earlier ones or more whose evidence that it is a notice is twice what two articles need, unless
 * copies of it outweigh the evidence. `copies`: the pairs that are, those of places among them.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_notices_learn_from_doc(tti_notices *notices, const tti_doc *doc,
                                     const tti_notice_place *places, size_t count, uint32_t copies);

/** Learns from the pairs of a scan, document by document. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_learn(tti_notices *notices, const tti_corpus *corpus,
                            const tti_verified *verified, tt_error *error);

/** The runs of four of a document that are in notices: by the token where one begins, its place in
 * tti_notices.tokens, or UINT32_MAX. */
typedef TTI_ARRAY(uint32_t) tti_gram_numbers;

/** What of a document is in notices. */
typedef struct tti_doc_notices {
    const tti_doc *doc;
    tti_gram_numbers runs;
    tti_gram_numbers rest; /**< tokens in no notice, once they were asked for */
    uint32_t count;        /**< tokens in notices */
    int has_rest;
} tti_doc_notices;

/** Working memory of one thread. Zeroed but for the allocator, it is empty. */
typedef struct tti_notice_reader {
    const tt_allocator *allocator;
    tti_doc_notices a, b;
    TTI_ARRAY(uint32_t) seen; /**< by the number of a run: the pair whose side b has it */
    uint32_t pair;
    tti_gram_numbers shared; /**< runs of side a that side b has too */
    tti_word_owners words;   /**< of what is in no notice */
} tti_notice_reader;

void tti_notice_reader_free(tti_notice_reader *reader);

/** Gives a pair of documents that have notices its relation, as tti_notices_apply() does.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_notices_apply_to_pair(const tti_notices *notices, tti_notice_reader *reader,
                                    const tti_doc *a, const tti_doc *b, tt_pair *pair);

/** Gives the pairs that share hardly anything but notices their relation. A pair stays what it is
 * if the notices taken away leave both the same text, or one of which most words are the same.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_notices_apply(const tti_notices *notices, const tti_corpus *corpus,
                            tti_verified *verified, tt_error *error);

/** Whether a document has four tokens in a row that a notice has. */
int tti_notices_are_in(const tti_notices *notices, const tti_doc *doc);

/** The share of tokens [begin, end) of a document that are in notices. *share is written on
 * success. @return TT_OK, TT_ENOMEM */
tt_status tti_notices_cover(const tti_notices *notices, const tti_doc *doc, uint32_t begin,
                            uint32_t end, double *share);

#endif
