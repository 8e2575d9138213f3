/*
 * Anchors of two articles of few different words. Most k-grams occur in many places there, and an
 * anchor for each of them would cost more than the alignment is worth: each position gets one
 * anchor, the longest match within reach.
 */
#ifndef TTI_ALIGN_REPETITIVE_H
#define TTI_ALIGN_REPETITIVE_H

#include "align/anchors.h"

/** Replaces the anchors of the k-grams probed last, in time linear in the two articles; they are in
 * order of those k-grams. @return TT_OK, TT_ENOMEM */
tt_status tti_repetitive_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error);

#endif
