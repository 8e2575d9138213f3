/*
 * What one article is to those before it: the stages of a batch, asked for one document at a time.
 * Candidates, numbers and places come from the same code, so a verdict agrees with a scan of the
 * articles up to then.
 */
#ifndef TTI_JUDGE_H
#define TTI_JUDGE_H

#include "live/shelf.h"
#include "seed/tally.h"
#include "verify/verify.h"

/** The seeds of the document at hand by key, to find the first place of each. */
typedef struct tti_own {
    uint32_t *slots; /**< number of the seed + 1; 0 is empty */
    size_t slot_count, capacity;
} tti_own;

/** A document whose places are being made, and the holders it waits for. */
typedef struct tti_frame {
    uint32_t doc;
    size_t begin, end, at; /**< of the candidates; the next to look at */
    int known;             /**< the candidates are there */
} tti_frame;

typedef struct tti_judge {
    tti_shelf *shelf;
    const tt_options *options;
    const tt_allocator *allocator;
    tti_verifier *verifier;
    tti_aligner *self;
    tti_tally tally;
    tti_tally_rules rules;
    tti_sample sample;
    tti_own own;
    tti_verified links;  /**< of the article at hand */
    tti_verified others; /**< of a holder */
    tti_frame *frames;
    size_t frame_count, frame_capacity;
    uint32_t *holders; /**< candidates of the frames */
    size_t holder_count, holder_capacity;
    uint32_t *local; /**< documents that one computation of places speaks of, ascending */
    size_t local_count, local_capacity;
    tti_place *places; /**< of the article at hand */
    size_t place_count, place_capacity;
    tti_block *blocks;
    size_t block_count, block_capacity;
} tti_judge;

/** A verdict in the shelf's numbers. */
typedef struct tti_judgement {
    tt_novelty novelty;
    uint32_t of;  /**< article, or TTI_NONE */
    tt_pair pair; /**< side a: `of`; side b: the article at hand */
    uint64_t new_tokens;
    const tti_place *places; /**< of_doc: an article, the count of the shelf for itself */
    size_t place_count;
} tti_judgement;

tt_status tti_judge_init(tti_judge *j, tti_shelf *shelf, const tt_options *options,
                         tt_error *error);
void tti_judge_free(tti_judge *j);

/** Judges tokens that are not on the shelf. `out` borrows until the next call. */
tt_status tti_judge_run(tti_judge *j, const tti_doc *doc, tti_judgement *out, tt_error *error);
/** The verdict on a new version of `article`; *related: the rules admit the two. */
tt_status tti_judge_version(tti_judge *j, const tti_doc *doc, uint32_t article, tti_judgement *out,
                            int *related, tt_error *error);
/** Keeps the places of the last run as those of `doc`, which it has become. */
void tti_judge_keep(tti_judge *j, uint32_t doc);

/* holders.c */

/** Finds the candidates of a document: in j->tally.found, settled. `b`: its number, or the count of
 * the shelf for one that is not there. `pairs`: also those for pairs. */
tt_status tti_judge_candidates(tti_judge *j, const tti_doc *doc, uint32_t b, int pairs,
                               tt_error *error);
/** Sees to it that the memos of these documents are as the shelf is. */
tt_status tti_judge_settle(tti_judge *j, const uint32_t *docs, size_t count, tt_error *error);
/** The places of document b from its links, into j->places; the memos of the holders are settled.
 */
tt_status tti_judge_places(tti_judge *j, tti_verified *links, uint32_t b, tt_error *error);
/** Adds the links of a document with itself. */
tt_status tti_judge_self(tti_judge *j, const tti_doc *doc, uint32_t b, tti_verified *out,
                         tt_error *error);

#endif
