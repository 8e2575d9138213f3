/*
 * Where the sections of a result overlap those of the gold, after Potthast et al. 2010 ("An
 * evaluation framework for plagiarism detection"), whose pairs of passages become sections of any
 * number of occurrences.
 *
 * An overlap of a found occurrence F with a gold occurrence G is confirmed if the two sections
 * overlap elsewhere too: another occurrence of F's section overlaps another one of G's section. Of
 * m overlaps of two sections, that holds for F and G unless m = (those of F) + (those of G) - 1.
 */
#ifndef TTI_EVAL_SECTION_OVERLAPS_H
#define TTI_EVAL_SECTION_OVERLAPS_H

#include "twicetold.h"
#include "util/array.h"

/** One occurrence of a section, in order of article and place. */
typedef struct tti_section_extent {
    uint64_t begin, end;
    uint64_t reach; /**< the greatest `end` of the article's extents up to this one */
    uint32_t article;
    uint32_t section, occurrence; /**< of the result */
    int overlaps_gold;            /**< of a found one */
} tti_section_extent;

typedef TTI_ARRAY(tti_section_extent) tti_section_extents;

typedef struct tti_section_overlaps {
    const tt_allocator *allocator;
    tti_section_extents found, gold; /**< sorted by article, begin and end */
    uint8_t *is_detected; /**< by gold occurrence, section by section: an overlap is confirmed */
    uint64_t found_bytes, gold_bytes;
    uint64_t detected_bytes; /**< of gold occurrences, under confirmed overlaps */
    uint64_t precise_bytes;  /**< of found occurrences, within gold ones */
    uint64_t detected;       /**< gold occurrences with confirmed overlaps */
    uint64_t detections;     /**< confirmed overlaps */
} tti_section_overlaps;

/** Compares the sections of two results. `numbers` gives each article of `found` the number of the
 * same article in `gold`, or one that no article in `gold` has. Zero `out` but for its allocator.
 * @return TT_OK, TT_ENOMEM */
tt_status tti_section_overlaps_find(tti_section_overlaps *out, const tt_result *found,
                                    const uint32_t *numbers, const tt_result *gold,
                                    tt_error *error);

void tti_section_overlaps_free(tti_section_overlaps *overlaps);

#endif
