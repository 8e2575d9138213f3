/*
 * The seed stage: minimizers that documents share -> candidate pairs, and documents that repeat
 * themselves.
 *
 * Each document counts what it shares with every earlier one; enough shared seeds make the two a
 * candidate for a pair, and enough of them in a row, where a seed occurs first, a candidate for
 * sections. The counting is the same in a scan, in the index and in the operators, so that all find
 * the same candidates.
 */
#ifndef TTI_SEED_CANDIDATES_H
#define TTI_SEED_CANDIDATES_H

#include "corpus/candidate_pairs.h"
#include "corpus/corpus.h"
#include "util/array.h"
#include "util/table.h"

/** Adds the candidates that the seeds of a corpus give, and lists the documents that LSH must look
 * for as well, since seeds may miss a pair of two of them that resemble each other: `for_lsh`,
 * ascending. @return TT_OK, TT_ENOMEM */
tt_status tti_seed_candidates_add(const tti_corpus *corpus, const tt_options *options,
                                  tti_candidates *candidates, tti_doc_list *for_lsh,
                                  tt_error *error);

/* ---- The candidates of one document ---------------------------------------------------------- */

/** What a document shares with an earlier document, or with itself. */
typedef struct tti_seed_counter {
    uint32_t doc;           /**< the earlier one */
    uint32_t shared;        /**< seeds */
    uint32_t covered;       /**< tokens near shared seeds */
    uint32_t last_end;      /**< where those near the last seed end */
    uint32_t run, best_run; /**< seeds in a row on both sides: the current run, the longest */
    uint32_t last_here, last_there; /**< positions of the last seed of the run */
} tti_seed_counter;

/** How many shared seeds make a candidate. */
typedef struct tti_seed_rules {
    const uint32_t *counts; /**< seeds of each earlier document */
    double least_share;     /**< of the seeds of the document with fewer, for a pair */
    double least_cover;     /**< tokens near shared seeds, for each seed of that document */
    uint32_t least_run;     /**< for sections */
    uint32_t least_shared;  /**< for sections, where every k-gram is a seed: all of the shortest */
    unsigned pair_wants;    /**< what a candidate pair is for: its passages too, if sections are */
    size_t max_pairs;       /**< of one document */
} tti_seed_rules;

/** The rules that follow from the options. `counts` stays borrowed. */
void tti_seed_rules_make(tti_seed_rules *out, const tt_options *options, const uint32_t *counts);

/** The counters of one document at a time, and the candidates found. Belongs to one thread. */
typedef struct tti_seed_counts {
    tti_candidates found;
    TTI_ARRAY(tti_seed_counter) counters;
    tti_table by_doc; /**< the counter of each document; it grows with the documents met, so that it
                           mostly stays in the nearest cache */
    tt_status status; /**< TT_ENOMEM after a call that had no memory; nothing is counted then */
} tti_seed_counts;

void tti_seed_counts_init(tti_seed_counts *counts, const tt_allocator *allocator);
void tti_seed_counts_free(tti_seed_counts *counts);

/** Counts a seed at `here` whose first occurrence is at `there` of `doc`, which may be the document
 * itself, as part of a run. Positions ascend. */
void tti_seed_counts_extend_run(tti_seed_counts *counts, uint32_t doc, uint32_t here,
                                uint32_t there);
/** Counts a seed at `here` that `doc` shares. Positions ascend. */
void tti_seed_counts_add_shared(tti_seed_counts *counts, uint32_t doc, uint32_t here);
/** Adds the candidates of document `doc`, which has `seeds` seeds, to `found` and empties the
 * counters. */
void tti_seed_counts_select(tti_seed_counts *counts, const tti_seed_rules *rules, uint32_t doc,
                            uint32_t seeds);

#endif
