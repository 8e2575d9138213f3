/*
 * What one document shares with each earlier one, counted seed by seed, and which of those are
 * worth a look: shared by the batch (links.c) and by the living index, so that both find the same.
 */
#ifndef TTI_TALLY_H
#define TTI_TALLY_H

#include "common/candidate.h"
#include "common/slots.h"

/** What a document shares with one earlier document (or with itself). */
typedef struct tti_counter {
    uint32_t doc;
    uint32_t shared;
    uint32_t covered;  /**< tokens about the shared seeds */
    uint32_t last_end; /**< of the tokens about the last of them */
    uint32_t run, best_run;
    uint32_t last_here, last_there;
} tti_counter;

/** How much is enough. */
typedef struct tti_tally_rules {
    const uint32_t *counts; /**< seeds of each earlier document */
    double share;           /**< of the shorter one's seeds that a candidate pair shares at least */
    uint32_t run_need;      /**< seeds in a run that make a candidate for sections */
    double cover;           /**< of its tokens that lie about shared seeds at least */
    size_t most;            /**< candidates looked at for one document */
} tti_tally_rules;

/** The rules that follow from the options. */
void tti_tally_rules_make(tti_tally_rules *out, const tt_options *options, const uint32_t *counts);

/** One thread's counters, and a table that finds them. The table grows with the documents met, so
 * that it mostly stays in the nearest cache. */
typedef struct tti_tally {
    tti_candidates found;
    tti_counter *counters;
    size_t count, capacity;
    tti_slots places; /**< among the counters, by document */
    tt_status status; /**< TT_ENOMEM once a call had no memory; nothing is counted any more */
} tti_tally;

void tti_tally_init(tti_tally *tally, const tt_allocator *allocator);
void tti_tally_free(tti_tally *tally);

/** The seed at `here` stands first at `there` of `doc`: follows the run that the two are in. */
void tti_tally_follow(tti_tally *tally, uint32_t doc, uint32_t here, uint32_t there);
/** `doc` shares the seed at `here`; places ascend. */
void tti_tally_share(tti_tally *tally, uint32_t doc, uint32_t here);
/** Adds the candidates of document b, which has so many seeds, to `found` and empties the counters.
 */
void tti_tally_choose(tti_tally *tally, const tti_tally_rules *rules, uint32_t b, uint32_t seeds);

#endif
