/*
 * The LSH stage: signatures -> band keys -> buckets -> candidate pairs (Indyk and Motwani 1998;
 * Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4).
 */
#ifndef TTI_LSH_BANDS_H
#define TTI_LSH_BANDS_H

#include "corpus/candidate_pairs.h"
#include "sketch/sketch.h"

/** Which of the documents that share a bucket with one are its candidates. */
typedef struct tti_band_rule {
    uint32_t num_hashes;
    uint32_t max_distance; /**< values that may differ in a pair that is worth verifying */
    uint32_t max_bucket;   /**< documents of a bucket that one is compared with */
    size_t max_pairs;      /**< candidates of one document, those of the least distance */
} tti_band_rule;

tti_band_rule tti_band_rule_make(const tt_options *options);

/** The documents of a bucket that its i-th, in input order, is compared with: [0, first_end) and
 * [last_begin, i); `skipped` others are not. */
typedef struct tti_band_window {
    size_t first_end, last_begin, skipped;
} tti_band_window;

tti_band_window tti_band_rule_window(const tti_band_rule *rule, size_t i);

/** In how many values two signatures differ: 1 - that / num_hashes estimates the resemblance, but
 * for one value in 256 that is equal by chance. */
uint32_t tti_signature_distance(const tti_band_rule *rule, const uint8_t *x, const uint8_t *y);

/** Adds candidates for pairs of documents that may reach options->resemblance, and links documents
 * with nearly equal paragraphs to the first that has one. Uses up sketches->doc_keys. */
tt_status tti_bands_find(tti_sketches *sketches, const tti_corpus *corpus,
                         const tt_options *options, tti_candidates *candidates, tt_error *error);

#endif
