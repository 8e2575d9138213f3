/*
 * What one document shares with each earlier one, counted seed by seed, and which of those are
 * worth a look: shared by the batch (links.c) and by the living index, so that both find the same.
 */
#ifndef TTI_SEED_COUNTS_H
#define TTI_SEED_COUNTS_H

#include "corpus/candidate_pairs.h"
#include "util/table.h"

/** What a document shares with one earlier document (or with itself). */
typedef struct tti_seed_counter {
    uint32_t doc;
    uint32_t shared;
    uint32_t covered;  /**< tokens about the shared seeds */
    uint32_t last_end; /**< of the tokens about the last of them */
    uint32_t run, best_run;
    uint32_t last_here, last_there;
} tti_seed_counter;

/** How much is enough. */
typedef struct tti_seed_rules {
    const uint32_t *counts; /**< seeds of each earlier document */
    double share;           /**< of the shorter one's seeds that a candidate pair shares at least */
    uint32_t run_need;      /**< seeds in a run that make a candidate for sections */
    double cover;           /**< of its tokens that lie about shared seeds at least */
    size_t most;            /**< candidates looked at for one document */
} tti_seed_rules;

/** The rules that follow from the options. */
void tti_seed_rules_make(tti_seed_rules *out, const tt_options *options, const uint32_t *counts);

/** One thread's counters, and a table that finds them. The table grows with the documents met, so
 * that it mostly stays in the nearest cache. */
typedef struct tti_seed_counts {
    tti_candidates found;
    tti_seed_counter *counters;
    size_t count, capacity;
    tti_table places; /**< among the counters, by document */
    tt_status status; /**< TT_ENOMEM once a call had no memory; nothing is counted any more */
} tti_seed_counts;

void tti_seed_counts_init(tti_seed_counts *tally, const tt_allocator *allocator);
void tti_seed_counts_free(tti_seed_counts *tally);

/** The seed at `here` stands first at `there` of `doc`: follows the run that the two are in. */
void tti_seed_counts_extend_run(tti_seed_counts *tally, uint32_t doc, uint32_t here,
                                uint32_t there);
/** `doc` shares the seed at `here`; places ascend. */
void tti_seed_counts_add_shared(tti_seed_counts *tally, uint32_t doc, uint32_t here);
/** Adds the candidates of document b, which has so many seeds, to `found` and empties the counters.
 */
void tti_seed_counts_select(tti_seed_counts *tally, const tti_seed_rules *rules, uint32_t b,
                            uint32_t seeds);

#endif
