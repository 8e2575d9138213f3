/* Paragraph classes: equal paragraphs are found by sorting their keys. */
#ifndef TTI_SKETCH_DUPLICATE_GROUPS_H
#define TTI_SKETCH_DUPLICATE_GROUPS_H

#include "sketch/sketch.h"

/**
 * Fills out->distinct with the first places of all paragraphs and links every other place to the
 * first as a candidate. `bases` receives, for each document, the number of paragraphs before it;
 * `is_first` a bit (a byte) for each paragraph.
 */
tt_status tti_duplicate_paragraphs_find(tti_sketches *out, const tti_corpus *corpus,
                                        const uint64_t *bases, uint8_t *is_first,
                                        tti_candidates *candidates, tt_error *error);

#endif
