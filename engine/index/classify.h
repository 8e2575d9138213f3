/*
 * What one article is to those before it: the stages of a batch, asked for one document at a time.
 * Candidates, numbers and places come from the same code, so a verdict agrees with a scan of the
 * articles up to then.
 */
#ifndef TTI_INDEX_CLASSIFY_H
#define TTI_INDEX_CLASSIFY_H

#include "index/article_table.h"
#include "seed/counts.h"
#include "verify/verify.h"

/** The seeds of the document at hand by key, to find the first place of each. */
typedef struct tti_own_seeds {
    uint32_t *slots; /**< number of the seed + 1; 0 is empty */
    size_t slot_count, capacity;
} tti_own_seeds;

/** A document whose places are being made, and the holders it waits for. */
typedef struct tti_repeats_frame {
    uint32_t doc;
    size_t begin, end, at; /**< of the candidates; the next to look at */
    int known;             /**< the candidates are there */
} tti_repeats_frame;

/** What one thread finds candidates and compares documents with. */
typedef struct tti_classify_scratch {
    tti_seed_counts tally; /**< its candidates are those of the last document */
    tti_minimizers sample;
    tti_own_seeds own;
    tti_verifier *verifier;
    tti_aligner *self; /**< NULL until a document repeats itself */
} tti_classify_scratch;

/** The best so far: by the rules, and by what is shared in sections. */
typedef struct tti_best_matches {
    tt_pair pair, section;
    uint32_t of, section_of;
    uint64_t new_tokens, section_new;
    int has_section;
} tti_best_matches;

/** An article on its way to a verdict: its candidates are found among those before it and compared
 * with it by any thread, and it is judged in order. Zeroed, it is empty. */
typedef struct tti_comparison {
    uint32_t number; /**< on the shelf, or what it would be */
    uint32_t same;   /**< the document with its tokens, or TTI_NONE */
    tti_verified links;
    tti_best_matches best;
} tti_comparison;

typedef struct tti_classifier {
    tti_article_table *table;
    const tt_options *options;
    const tt_allocator *allocator;
    tti_classify_scratch
        *scratches; /**< one a thread; the first is that of all that is done in order */
    int scratch_count;
    tti_comparison comparison; /**< of tti_classify() */
    tti_seed_rules rules;      /**< but for the counts, which may move */
    tti_verified others;       /**< links of a holder */
    tti_repeats_frame *frames;
    size_t frame_count, frame_capacity;
    uint32_t *holders; /**< candidates of the frames */
    size_t holder_count, holder_capacity;
    uint32_t *local; /**< documents that one computation of places speaks of, ascending */
    size_t local_count, local_capacity;
    tti_token_repeat *places; /**< of the article at hand */
    size_t place_count, place_capacity;
    tti_block *blocks;
    size_t block_count, block_capacity;
} tti_classifier;

/** A verdict in the shelf's numbers. */
typedef struct tti_decision {
    tt_verdict_kind kind;
    uint32_t of;  /**< article, or TTI_NONE */
    tt_pair pair; /**< side a: `of`; side b: the article at hand */
    uint64_t new_tokens;
    uint32_t number;                /**< its own on the shelf, or what it would be */
    const tti_token_repeat *places; /**< of_doc: an article, or its own number */
    size_t place_count;
} tti_decision;

tt_status tti_classifier_init(tti_classifier *j, tti_article_table *table,
                              const tt_options *options, tt_error *error);
void tti_classifier_free(tti_classifier *j);

/** Sees to it that so many threads may find and compare. @return TT_OK, TT_ENOMEM */
tt_status tti_classifier_reserve_scratch(tti_classifier *j, int scratches, tt_error *error);
/** The two steps of a verdict. The first, by any thread, with j->hands[hand]: the shelf does not
 * change meanwhile. `number`: the article's on the shelf, whose seeds are made, or the shelf's
 * count for one that is not there. */
tt_status tti_comparison_run(const tti_classifier *j, int scratch, const tti_doc *doc,
                             uint32_t number, tti_comparison *t, tt_error *error);
/** The second, in order of the articles. `out` borrows until the next call. */
tt_status tti_comparison_decide(tti_classifier *j, const tti_doc *doc, tti_comparison *t,
                                tti_decision *out, tt_error *error);
void tti_comparison_free(tti_comparison *t);

/** Judges tokens that are not on the shelf. `out` borrows until the next call. */
tt_status tti_classify(tti_classifier *j, const tti_doc *doc, tti_decision *out, tt_error *error);
/** The verdict on a new version of `article`; *related: the rules admit the two. */
tt_status tti_classify_version(tti_classifier *j, const tti_doc *doc, uint32_t article,
                               tti_decision *out, int *related, tt_error *error);
/** Keeps the places of the last run as those of `doc`, which it has become. */
void tti_repeats_cache_store(tti_classifier *j, uint32_t doc);

/* holders.c */

/** Finds the candidates of a document among those before b: in hand->tally.found, settled. `b`: its
 * number, or the count of the shelf for one that is not there. `pairs`: also those for pairs. */
tt_status tti_candidate_lookup(const tti_classifier *j, tti_classify_scratch *scratch,
                               const tti_doc *doc, uint32_t b, int pairs, tt_error *error);
/** Sees to it that the memos of these documents are as the shelf is. */
tt_status tti_repeats_cache_fill(tti_classifier *j, const uint32_t *docs, size_t count,
                                 tt_error *error);
/** The places of document b from its links, into j->places; the memos of the holders are settled.
 */
tt_status tti_repeats_from_links(tti_classifier *j, tti_verified *links, uint32_t b,
                                 tt_error *error);
/** Adds the links of a document with itself. */
tt_status tti_link_to_itself(const tti_classifier *j, tti_classify_scratch *scratch,
                             const tti_doc *doc, uint32_t b, tti_verified *out, tt_error *error);

#endif
