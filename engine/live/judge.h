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

/** What one thread finds candidates and compares documents with. */
typedef struct tti_hand {
    tti_tally tally; /**< its candidates are those of the last document */
    tti_sample sample;
    tti_own own;
    tti_verifier *verifier;
    tti_aligner *self; /**< NULL until a document repeats itself */
} tti_hand;

/** The best so far: by the rules, and by what is shared in sections. */
typedef struct tti_best {
    tt_pair pair, section;
    uint32_t of, section_of;
    uint64_t new_tokens, section_new;
    int has_section;
} tti_best;

/** An article on its way to a verdict: its candidates are found among those before it and compared
 * with it by any thread, and it is judged in order. Zeroed, it is empty. */
typedef struct tti_trial {
    uint32_t number; /**< on the shelf, or what it would be */
    uint32_t same;   /**< the document with its tokens, or TTI_NONE */
    tti_verified links;
    tti_best best;
} tti_trial;

typedef struct tti_judge {
    tti_shelf *shelf;
    const tt_options *options;
    const tt_allocator *allocator;
    tti_hand *hands; /**< one a thread; the first is that of all that is done in order */
    int hand_count;
    tti_trial trial;       /**< of tti_judge_run() */
    tti_tally_rules rules; /**< but for the counts, which may move */
    tti_verified others;   /**< links of a holder */
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
    uint32_t number;         /**< its own on the shelf, or what it would be */
    const tti_place *places; /**< of_doc: an article, or its own number */
    size_t place_count;
} tti_judgement;

tt_status tti_judge_init(tti_judge *j, tti_shelf *shelf, const tt_options *options,
                         tt_error *error);
void tti_judge_free(tti_judge *j);

/** Sees to it that so many threads may find and compare. @return TT_OK, TT_ENOMEM */
tt_status tti_judge_reserve(tti_judge *j, int hands, tt_error *error);
/** The two steps of a verdict. The first, by any thread, with j->hands[hand]: the shelf does not
 * change meanwhile. `number`: the article's on the shelf, whose seeds are made, or the shelf's
 * count for one that is not there. */
tt_status tti_trial_run(const tti_judge *j, int hand, const tti_doc *doc, uint32_t number,
                        tti_trial *t, tt_error *error);
/** The second, in order of the articles. `out` borrows until the next call. */
tt_status tti_trial_end(tti_judge *j, const tti_doc *doc, tti_trial *t, tti_judgement *out,
                        tt_error *error);
void tti_trial_free(tti_trial *t);

/** Judges tokens that are not on the shelf. `out` borrows until the next call. */
tt_status tti_judge_run(tti_judge *j, const tti_doc *doc, tti_judgement *out, tt_error *error);
/** The verdict on a new version of `article`; *related: the rules admit the two. */
tt_status tti_judge_version(tti_judge *j, const tti_doc *doc, uint32_t article, tti_judgement *out,
                            int *related, tt_error *error);
/** Keeps the places of the last run as those of `doc`, which it has become. */
void tti_judge_keep(tti_judge *j, uint32_t doc);

/* holders.c */

/** Finds the candidates of a document among those before b: in hand->tally.found, settled. `b`: its
 * number, or the count of the shelf for one that is not there. `pairs`: also those for pairs. */
tt_status tti_judge_candidates(const tti_judge *j, tti_hand *hand, const tti_doc *doc, uint32_t b,
                               int pairs, tt_error *error);
/** Sees to it that the memos of these documents are as the shelf is. */
tt_status tti_judge_settle(tti_judge *j, const uint32_t *docs, size_t count, tt_error *error);
/** The places of document b from its links, into j->places; the memos of the holders are settled.
 */
tt_status tti_judge_places(tti_judge *j, tti_verified *links, uint32_t b, tt_error *error);
/** Adds the links of a document with itself. */
tt_status tti_judge_self(const tti_judge *j, tti_hand *hand, const tti_doc *doc, uint32_t b,
                         tti_verified *out, tt_error *error);

#endif
