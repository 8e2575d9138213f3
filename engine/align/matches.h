/*
 * The anchors of a comparison one by one: the maximal match through a shared gram, once for each
 * diagonal that it lies on.
 */
#ifndef TTI_ALIGN_MATCHES_H
#define TTI_ALIGN_MATCHES_H

#include "align/anchors.h"

/** Forgets all anchors. @return TT_OK, TT_ENOMEM */
tt_status tti_matches_clear(tti_anchors *x, tt_error *error);

/** Adds the maximal match through gram i of a, which stands at p of b, unless the last one of its
 * diagonal holds that. Grams of a diagonal come in order. @return TT_OK, TT_ENOMEM */
tt_status tti_matches_add(tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p,
                          tt_error *error);

/** Tokens from gram i of another article on that stand from p on of b too. */
uint32_t tti_match_length(const tti_anchors *x, const tti_query_side *a, uint32_t i, uint32_t p);

#endif
