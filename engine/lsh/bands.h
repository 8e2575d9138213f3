/*
 * The LSH stage: signatures -> band keys -> buckets -> candidate pairs (Indyk and Motwani 1998;
 * Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4).
 */
#ifndef TTI_BANDS_H
#define TTI_BANDS_H

#include "common/candidate.h"
#include "sketch/sketch.h"

/** Rows of a band for a threshold: the most that still find a pair at the threshold with a chance
 * of at least 0.9995, among the divisors of `lanes`. */
uint32_t tti_bands_rows(uint32_t lanes, double threshold);

/** The chance that a pair of the given resemblance shares a bucket. */
double tti_bands_recall(uint32_t lanes, uint32_t rows, double resemblance);

/** Adds candidates for pairs of documents that may reach options->resemblance, and links documents
 * whose paragraphs are nearly equal to the first holder. */
tt_status tti_bands_find(const tti_sketches *sketches, const tti_corpus *corpus,
                         const tt_options *options, tti_candidates *candidates, tt_error *error);

#endif
