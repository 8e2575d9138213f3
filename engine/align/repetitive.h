/*
 * Anchors of two articles of few different words, where most grams stand in many places and an
 * anchor for each of them would cost more than the alignment is worth: one anchor a place, the
 * longest match at hand.
 */
#ifndef TTI_ALIGN_REPETITIVE_H
#define TTI_ALIGN_REPETITIVE_H

#include "align/anchors.h"

/** Finds them anew, for the grams probed last, in time linear in the two. The order is that of
 * their grams. @return TT_OK, TT_ENOMEM */
tt_status tti_repetitive_anchors_find(tti_anchors *x, const tti_query_side *a, tt_error *error);

#endif
